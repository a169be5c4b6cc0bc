// Somebody on the wire who rewrites what is not protected yet: with it the real engine of one side
// becomes a peer that says anything, at any point before its ChangeCipherSpec.
#pragma once
#include "base/limits.hpp"
#include "support/pair.hpp"
#include "wire/messages.hpp"

namespace parley::test {

/// What becomes of one handshake message: changed in place, or emptied, and then it is not sent.
using Edit = std::function<void(HandshakeType, Bytes& message)>;

/// Shows every handshake message that `from` sends in clear to `edit`, header and all; each then
/// travels in records of its own. `before_ccs`: bytes to put in front of its ChangeCipherSpec.
inline void meddle(Pair& pair, Side from, Edit edit, Bytes before_ccs = {}) {
  pair.wire_from(from).tamper = [edit = std::move(edit), before_ccs = std::move(before_ccs),
                                 keyed = false](Bytes& piece) mutable {
    Bytes out;
    for (const ByteView r : split_records(piece)) {
      if (!keyed && r[0] == static_cast<std::uint8_t>(ContentType::change_cipher_spec)) {
        append(out, before_ccs);
        keyed = true;
      }
      if (keyed || r[0] != static_cast<std::uint8_t>(ContentType::handshake)) {
        append(out, r);
        continue;
      }
      const auto version = static_cast<ProtocolVersion>(r[1] << 8 | r[2]);
      for (ByteView rest = r.subspan(5); rest.size() >= 4;) {
        const std::size_t n =
            4 + (std::size_t{rest[1]} << 16 | std::size_t{rest[2]} << 8 | rest[3]);
        if (n > rest.size()) break;
        Bytes message = to_bytes(rest.first(n));
        edit(static_cast<HandshakeType>(message[0]), message);
        for (ByteView left = message; !left.empty();) {
          const std::size_t part = std::min(left.size(), limits::kPlaintext);
          append(out, record(ContentType::handshake, version, left.first(part)));
          left = left.subspan(part);
        }
        rest = rest.subspan(n);
      }
    }
    piece = std::move(out);
  };
}

/// The same for one kind of message, as a value of its schema.
template <class M>
void meddle(Pair& pair, Side from, HandshakeType type, std::function<void(M&)> edit) {
  meddle(pair, from, [type, edit = std::move(edit)](HandshakeType t, Bytes& message) {
    if (t != type) return;
    M m;
    if (!parse(ByteView{message}.subspan(4), m)) return;
    edit(m);
    Bytes body;
    if (build(m, body)) message = handshake_message(type, body);
  });
}

}  // namespace parley::test
