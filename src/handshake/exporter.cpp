#include "handshake/exporter.hpp"

namespace parley {
namespace {

/// Those of the PRF's other uses: material under one of them would be a secret of the connection.
constexpr std::array<std::string_view, 5> kReserved{"client finished", "server finished",
                                                    "master secret", "key expansion",
                                                    "extended master secret"};

}  // namespace

KeyExporter::KeyExporter(const Handshake& h)
    : prf_(h.profile->prf),
      hash_(prf_hash(*h.suite)),
      client_random_(h.client_random),
      server_random_(h.server_random) {
  if (h.master_secret.get() != nullptr)
    master_secret_ = crypto::SecretBytes{h.master_secret.get()->view()};
}

Status KeyExporter::export_to(std::string_view label, std::optional<ByteView> context,
                              ByteSpan out) const {
  if (prf_ == nullptr) return Error{.code = Errc::no_exporter, .where = "SSL 3.0"};
  if (std::ranges::find(kReserved, label) != kReserved.end())
    return Error{.code = Errc::bad_argument, .where = "exporter label"};
  if (!context) {
    prf_(hash_, master_secret_, label, {client_random_, server_random_}, out);
    return {};
  }
  if (context->size() > 0xffff)
    return Error{.code = Errc::bad_argument, .where = "exporter context"};
  const std::array<std::uint8_t, 2> length{static_cast<std::uint8_t>(context->size() >> 8),
                                           static_cast<std::uint8_t>(context->size())};
  prf_(hash_, master_secret_, label, {client_random_, server_random_, length, *context}, out);
  return {};
}

}  // namespace parley
