// GenericAEADCipher (RFC 5246 section 6.2.3.3): AES-GCM (RFC 5288), AES-CCM (RFC 6655) and
// ChaCha20-Poly1305 (RFC 7905).
#include <algorithm>

#include "crypto/secret.hpp"
#include "crypto/words.hpp"
#include "record/protection.hpp"

namespace parley {
namespace {

class AeadProtection final : public OneByOne {
 public:
  AeadProtection(const ProtocolProfile& profile, const CipherSuite& suite,
                 const DirectionKeys& keys)
      : profile_(profile),
        aead_(crypto::make_aead(enc_traits(suite.enc).aead, keys.key)),
        explicit_(enc_traits(suite.enc).explicit_nonce) {
    std::ranges::copy(keys.iv, fixed_.span().begin());
  }

  std::size_t overhead() const override { return explicit_ + aead_->tag_size(); }

  Result<std::size_t> seal(std::uint64_t seq, ContentType type, ByteView plaintext,
                           ByteSpan out) override {
    // The part of the nonce that is ours to choose is the sequence number, which Half never uses
    // twice: so no nonce comes twice, either (RFC 5288 section 3).
    const Nonce n = nonce(seq);
    std::copy_n(n.end() - static_cast<std::ptrdiff_t>(explicit_), explicit_, out.begin());
    const std::size_t size = plaintext.size() + overhead();
    aead_->seal(n, mac_header(profile_, seq, type, plaintext.size()), plaintext,
                out.subspan(explicit_, size - explicit_));
    return size;
  }

 private:
  using Nonce = std::array<std::uint8_t, crypto::kAeadNonce>;
  static constexpr std::size_t kVaries = 8;  // bytes at the end of a nonce

  bool open_one(std::uint64_t seq, OpenRecord& r) override {
    // The size is on the wire for all to see, so this much may be answered early.
    if (r.fragment.size() < overhead()) return false;
    // A peer may have its own way to make up the explicit part.
    const Nonce n = nonce(explicit_ == 0 ? seq : crypto::load_be64(r.fragment.data()));
    const ByteSpan sealed = r.fragment.subspan(explicit_);
    const ByteSpan plaintext = sealed.first(r.fragment.size() - overhead());
    if (!aead_->open(n, mac_header(profile_, seq, r.type, plaintext.size()), sealed, plaintext))
      return false;
    r.fragment = plaintext;
    return true;
  }

  /// The secret bytes of the key block, filled up with zeros at the end, xor a number at the end:
  /// which is both RFC 5288's salt with the number behind it and RFC 7905's whole IV xor it.
  Nonce nonce(std::uint64_t varies) const {
    Nonce n;
    std::ranges::copy(fixed_.view(), n.begin());
    std::uint8_t* const end = n.data() + n.size() - kVaries;
    crypto::store_be64(end, crypto::load_be64(end) ^ varies);
    return n;
  }

  const ProtocolProfile& profile_;
  std::unique_ptr<crypto::Aead> aead_;
  std::size_t explicit_;  // 8, or 0 when the nonce is not sent
  crypto::Secret<crypto::kAeadNonce> fixed_;
};

}  // namespace

std::unique_ptr<Protection> make_aead_protection(const ProtocolProfile& profile,
                                                 const CipherSuite& suite,
                                                 const DirectionKeys& keys) {
  return std::make_unique<AeadProtection>(profile, suite, keys);
}

}  // namespace parley
