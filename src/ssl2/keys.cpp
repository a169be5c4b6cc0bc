#include "ssl2/keys.hpp"

#include "crypto/hash.hpp"

namespace parley::ssl2 {

KindSizes kind_sizes(const CipherSuite& s) {
  const EncTraits& t = enc_traits(s.enc);
  const std::size_t secret = s.is_export ? s.secret_bits / 8u : t.key_size;
  return {.key = t.key_size, .clear = t.key_size - secret, .key_arg = t.iv_size};
}

crypto::SecretBytes key_material(ByteView master_key, ByteView challenge, ByteView connection_id,
                                 std::size_t size) {
  crypto::SecretBytes material(size);
  std::uint8_t digit = '0';
  for (ByteSpan rest = material; !rest.empty(); ++digit) {
    crypto::Hasher h{crypto::HashId::md5};
    h.update(master_key);
    h.update({&digit, 1});
    h.update(challenge);
    h.update(connection_id);
    crypto::Secret<16> block;
    h.finish(block);
    const std::size_t n = std::min(rest.size(), block.size());
    std::ranges::copy(block.view().first(n), rest.begin());
    rest = rest.subspan(n);
  }
  return material;
}

}  // namespace parley::ssl2
