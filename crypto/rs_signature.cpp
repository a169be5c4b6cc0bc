#include "crypto/rs_signature.hpp"

#include "crypto/ct.hpp"
#include "crypto/hmac.hpp"

namespace parley::crypto {
namespace {

constexpr std::size_t kMaxOrderBytes = kMaxOrderLimbs * kLimbBytes;

// bits2int of RFC 6979 section 2.3.2: the leftmost `bits` bits, or all when there are fewer.
void leftmost_bits(LimbSpan r, ByteView bytes, std::size_t bits) {
  bytes = bytes.first(std::min(bytes.size(), (bits + 7) / 8));
  decode_big_endian(r, bytes);
  if (bytes.size() * 8 > bits) {
    limbs_shift_right(r.data(), r.data(), static_cast<unsigned>(bytes.size() * 8 - bits), r.size());
  }
}

// HMAC_DRBG (NIST SP 800-90A) as far as RFC 6979 uses it.
class NonceGenerator {
 public:
  explicit NonceGenerator(HashId hash) : hash_(hash), size_(digest_size(hash)) {
    std::fill_n(v_.span().data(), size_, std::uint8_t{1});
  }
  // V itself, which is the next output.
  ByteView next() {
    Hmac h(hash_, key_.view().first(size_));
    h.update(v());
    h.finish(v_);
    return v();
  }
  // K = HMAC_K(V || separator || parts), V = HMAC_K(V).
  void update(std::uint8_t separator, std::initializer_list<ByteView> parts) {
    Hmac h(hash_, key_.view().first(size_));
    h.update(v());
    h.update({&separator, 1});
    for (const ByteView part : parts) h.update(part);
    h.finish(key_);
    next();
  }

 private:
  ByteView v() const { return v_.view().first(size_); }
  HashId hash_;
  std::size_t size_;
  Secret<kMaxDigest> key_;
  Secret<kMaxDigest> v_;
};

}  // namespace

void digest_number(LimbSpan z, LimbView q, ByteView digest) {
  leftmost_bits(z, digest, bit_length(q));
  // As many bits as q has: below 2 q.
  limbs_sub_masked(z.data(), q.data(), ~limbs_less(z.data(), q.data(), q.size()), q.size());
}

void rfc6979_nonce(LimbSpan k, LimbView x, LimbView q, HashId hash, ByteView digest,
                   ByteView extra) {
  const std::size_t bits = bit_length(q);
  const std::size_t bytes = (bits + 7) / 8;
  Secret<kMaxOrderBytes> x_octets;
  encode_big_endian(x_octets.span().first(bytes), x);
  const ByteView private_number = x_octets.view().first(bytes);
  std::array<std::uint8_t, kMaxOrderBytes> z_octets{};
  LimbArray<kMaxOrderLimbs> z(q.size());
  digest_number(z.span(), q, digest);
  encode_big_endian(ByteSpan{z_octets}.first(bytes), z);
  const ByteView message = ByteView{z_octets}.first(bytes);

  NonceGenerator generator(hash);
  generator.update(0, {private_number, message, extra});
  generator.update(1, {private_number, message, extra});
  for (;;) {
    Secret<kMaxOrderBytes + kMaxDigest> t;
    std::size_t length = 0;
    while (length * 8 < bits) {
      const ByteView v = generator.next();
      std::copy(v.begin(), v.end(), t.span().data() + length);
      length += v.size();
    }
    leftmost_bits(k, t.view().first(length), bits);
    Limb good = ~limbs_is_zero(k.data(), k.size()) & limbs_less(k.data(), q.data(), q.size());
    ct_unpoison(&good, sizeof good);
    if (good != 0) return;
    generator.update(0, {});
  }
}

}  // namespace parley::crypto
