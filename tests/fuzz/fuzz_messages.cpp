// Any bytes as the body of each message, and as a block of extensions: what is read is written
// again byte for byte, every byte is told to whoever listens, and extensions survive being written.
// A byte in front chooses the message, its highest bit the fields of TLS 1.2.
#include <cstdlib>

#include "wire/extension.hpp"
#include "wire/messages.hpp"

namespace {

using namespace parley;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Every byte once and in order.
class Listener : public FieldSink {
 public:
  void field(const char*, std::size_t offset, ByteView value) override {
    require(offset == told);
    told += value.size();
  }
  std::size_t told = 0;
};

template <class M>
void announce(M& m, bool tls12) {
  if (!tls12) return;
  if constexpr (requires { m.algorithm; }) m.algorithm = std::uint16_t{0};
  if constexpr (requires { m.supported_signature_algorithms; })
    m.supported_signature_algorithms.emplace();
}

template <class M>
void check(ByteView body, bool tls12) {
  M m, heard;
  announce(m, tls12);
  announce(heard, tls12);
  Listener listener;
  const Status read = parse(body, m);
  require(read.has_value() == parse(body, heard, &listener).has_value());
  if (!read) {
    require(read.error().offset <= body.size());
    return;
  }
  require(m == heard && listener.told == body.size());
  Bytes again;
  require(build(m, again).has_value() && equal(again, body));
}

void check_extensions(ByteView block, Place place) {
  HelloExtensions first, second;
  if (!read_extensions(block, place, nullptr, first)) return;
  const Bytes written = write_extensions(first, place);
  require(read_extensions(written, place, nullptr, second).has_value());
  require(write_extensions(second, place) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView body{data + 1, size - 1};
  const bool tls12 = (data[0] & 0x80) != 0;
  unsigned chosen = data[0] & 0x1f;
#define PARLEY_CHECK_MESSAGE(M, schema) \
  if (chosen-- == 0) check<M>(body, tls12);
  PARLEY_MESSAGES(PARLEY_CHECK_MESSAGE)
#undef PARLEY_CHECK_MESSAGE
  if ((data[0] & 0x1f) == 0x1e) check_extensions(body, Place::client_hello);
  if ((data[0] & 0x1f) == 0x1f) check_extensions(body, Place::server_hello);
  return 0;
}
