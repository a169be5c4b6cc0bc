// GenericBlockCipher (RFC 2246 section 6.2.3.2): MAC, padding, CBC with the IV chained from
// record to record.
#include <cstring>

#include "crypto/ct.hpp"
#include "record/cbc_open.hpp"
#include "record/protection.hpp"

namespace parley {
namespace {

class CbcProtection final : public OneByOne {
 public:
  CbcProtection(const ProtocolProfile& profile, const CipherSuite& suite, const DirectionKeys& keys)
      : profile_(profile),
        mac_(profile.record_mac(mac_hash(suite.mac), keys.mac_secret)),
        cipher_(crypto::make_block_cipher(enc_traits(suite.enc).block_cipher, keys.key)),
        block_size_(cipher_->block_size()) {
    std::ranges::copy(keys.iv, iv_.begin());
  }

  std::size_t overhead() const override { return mac_.size() + block_size_; }
  bool chains_records() const override { return profile_.split_cbc_records; }

  std::size_t seal(std::uint64_t seq, ContentType type, ByteView plaintext, ByteSpan out) override {
    if (!plaintext.empty()) std::memcpy(out.data(), plaintext.data(), plaintext.size());
    const std::size_t unpadded = plaintext.size() + mac_.size() + 1;
    const std::size_t size = (unpadded + block_size_ - 1) / block_size_ * block_size_;
    const ByteSpan fragment = out.first(size);
    mac_.compute(mac_header(profile_, seq, type, plaintext.size()), plaintext,
                 fragment.subspan(plaintext.size()));
    // SSL 3.0 leaves the padding bytes free; some peers insist on TLS's.
    std::ranges::fill(fragment.subspan(unpadded - 1), static_cast<std::uint8_t>(size - unpadded));
    cipher_->cbc_encrypt(iv(), fragment, fragment);
    return size;
  }

 private:
  bool open_one(std::uint64_t seq, OpenRecord& r) override {
    // The size is on the wire for all to see, so this much may be answered early.
    if (r.fragment.size() % block_size_ != 0 || r.fragment.size() < mac_.size() + 1) return false;
    cipher_->cbc_decrypt(iv(), r.fragment, r.fragment);
    const CbcVerdict v = cbc_check(profile_, mac_, seq, r.type, block_size_, r.fragment);
    if (crypto::value_barrier(v.good) == 0) return false;
    r.fragment = r.fragment.first(v.length);
    return true;
  }
  ByteSpan iv() { return ByteSpan{iv_}.first(block_size_); }

  const ProtocolProfile& profile_;
  RecordMac mac_;
  std::unique_ptr<crypto::BlockCipher> cipher_;
  std::size_t block_size_;
  std::array<std::uint8_t, 16> iv_{};
};

}  // namespace

std::unique_ptr<Protection> make_cbc_protection(const ProtocolProfile& profile,
                                                const CipherSuite& suite,
                                                const DirectionKeys& keys) {
  return std::make_unique<CbcProtection>(profile, suite, keys);
}

}  // namespace parley
