#include "crypto/kdf.hpp"

#include "crypto/hmac.hpp"
#include "crypto/secret.hpp"

namespace parley::crypto {
namespace {

using Parts = std::initializer_list<ByteView>;

// out ^= P_hash(secret, label + seed)
void xor_p_hash(HashId id, ByteView secret, ByteView label, Parts seed, ByteSpan out) {
  const std::size_t size = digest_size(id);
  const Hmac keyed(id, secret);
  const auto absorb_seed = [&](Hmac& mac) {
    mac.update(label);
    for (const ByteView part : seed) mac.update(part);
  };

  Secret<kMaxDigest> a;  // A(i)
  const ByteSpan chain = a.span().first(size);
  Hmac first = keyed;
  absorb_seed(first);
  first.finish(chain);

  Secret<kMaxDigest> block;
  while (!out.empty()) {
    Hmac mac = keyed;
    mac.update(chain);
    absorb_seed(mac);
    mac.finish(block);
    const std::size_t n = std::min(size, out.size());
    for (std::size_t i = 0; i < n; ++i) {
      out[i] = static_cast<std::uint8_t>(out[i] ^ block.view()[i]);
    }
    out = out.subspan(n);
    Hmac next = keyed;
    next.update(chain);
    next.finish(chain);
  }
}

}  // namespace

void p_hash(HashId id, ByteView secret, Parts seed, ByteSpan out) {
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  xor_p_hash(id, secret, {}, seed, out);
}

void tls10_prf(ByteView secret, std::string_view label, Parts seed, ByteSpan out) {
  const std::size_t half = secret.size() / 2 + secret.size() % 2;
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  xor_p_hash(HashId::md5, secret.first(half), as_bytes(label), seed, out);
  xor_p_hash(HashId::sha1, secret.last(half), as_bytes(label), seed, out);
}

void tls12_prf(HashId id, ByteView secret, std::string_view label, Parts seed, ByteSpan out) {
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  xor_p_hash(id, secret, as_bytes(label), seed, out);
}

}  // namespace parley::crypto
