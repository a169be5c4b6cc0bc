// Any bytes as an encoded session and as a ticket: what is decoded is encoded to the same bytes,
// and comes back out of a ticket.
#include <cstdlib>

#include "parley/session.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const ByteView in{data, size};
  const auto scope = std::make_shared<char>();
  constexpr std::int64_t kLifetime = 300;
  constexpr std::int64_t kNow = 1700000000;
  TicketKeys keys{kLifetime};
  Bytes key(TicketKeys::kKeySize);
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  if (!keys.add_key(key, kNow)) std::abort();

  const auto opened = keys.open(in, scope, kNow);
  if (opened.session != nullptr && opened.session->encode().empty()) std::abort();

  const auto session = Session::decode(in, scope);
  if (!session) return 0;
  const Session::Data& d = (*session)->data();
  if (d.scope != scope || !equal((*session)->encode(), in)) std::abort();
  SeededRng rng{size};
  const Result<Bytes> ticket = keys.seal(**session, rng, kNow);
  if (!ticket) {
    if (ticket.error().code != Errc::length_out_of_range) std::abort();
    return 0;
  }
  const auto again = keys.open(*ticket, scope, kNow);
  const bool expired = d.created < kNow && (d.created < 0 || kNow - d.created >= kLifetime);
  if ((again.session == nullptr) != expired) std::abort();
  if (again.session != nullptr && !equal(again.session->encode(), in)) std::abort();
  return 0;
}
