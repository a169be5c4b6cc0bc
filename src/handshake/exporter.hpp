// Keying material for others (RFC 5705), out of a handshake that is done.
#pragma once
#include "handshake/context.hpp"

namespace parley {

/// What of a handshake its exporters need; the master secret is wiped with it.
class KeyExporter {
 public:
  explicit KeyExporter(const Handshake&);

  /// Fills `out` for a label and a context; none is not the same as an empty one. Errc::
  /// no_exporter in SSL 3.0, Errc::bad_argument for a label of TLS's own or a context longer than
  /// 65535 bytes.
  Status export_to(std::string_view label, std::optional<ByteView> context, ByteSpan out) const;

 private:
  PrfFn prf_;
  crypto::HashId hash_;
  crypto::SecretBytes master_secret_;
  std::array<std::uint8_t, 32> client_random_, server_random_;
};

}  // namespace parley
