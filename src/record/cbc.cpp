// GenericBlockCipher (RFC 2246 section 6.2.3.2): MAC, padding, CBC.
#include <cstring>

#include "crypto/ct.hpp"
#include "record/cbc_chain.hpp"
#include "record/cbc_open.hpp"

namespace parley {
namespace {

class CbcProtection final : public OneByOne {
 public:
  CbcProtection(const ProtocolProfile& profile, const CipherSuite& suite, const DirectionKeys& keys)
      : profile_(profile),
        mac_(profile.record_mac(mac_hash(suite.mac), keys.mac_secret)),
        chain_(profile, suite, keys) {}

  std::size_t overhead() const override {
    return chain_.prefix() + mac_.size() + chain_.block_size();
  }
  bool chains_records() const override { return profile_.split_cbc_records; }
  bool bares_a_block(std::size_t plaintext) const override {
    return profile_.padding == PaddingRule::ssl3_length_only &&
           (plaintext + mac_.size()) % chain_.block_size() == 0;
  }

  Result<std::size_t> seal(std::uint64_t seq, ContentType type, ByteView plaintext,
                           ByteSpan out) override {
    PARLEY_CHECK(chain_.write_iv(out));
    const std::size_t block = chain_.block_size();
    const std::size_t unpadded = plaintext.size() + mac_.size() + 1;
    const ByteSpan blocks = out.subspan(chain_.prefix(), (unpadded + block - 1) / block * block);
    if (!plaintext.empty()) std::memcpy(blocks.data(), plaintext.data(), plaintext.size());
    mac_.compute(mac_header(profile_, seq, type, plaintext.size()), plaintext,
                 blocks.subspan(plaintext.size()));
    // SSL 3.0 leaves the padding bytes free; some peers insist on TLS's.
    std::ranges::fill(blocks.subspan(unpadded - 1),
                      static_cast<std::uint8_t>(blocks.size() - unpadded));
    chain_.encrypt(blocks);
    return chain_.prefix() + blocks.size();
  }

 private:
  bool open_one(std::uint64_t seq, OpenRecord& r) override {
    // The size is on the wire for all to see, so this much may be answered early.
    if (r.fragment.size() % chain_.block_size() != 0 ||
        r.fragment.size() < chain_.prefix() + mac_.size() + 1)
      return false;
    const ByteSpan blocks = chain_.decrypt(r.fragment);
    const CbcVerdict v = cbc_check(profile_, mac_, seq, r.type, chain_.block_size(), blocks);
    if (crypto::value_barrier(v.good) == 0) return false;
    r.fragment = blocks.first(v.length);
    return true;
  }

  const ProtocolProfile& profile_;
  RecordMac mac_;
  CbcChain chain_;
};

}  // namespace

std::unique_ptr<Protection> make_cbc_protection(const ProtocolProfile& profile,
                                                const CipherSuite& suite,
                                                const DirectionKeys& keys) {
  return std::make_unique<CbcProtection>(profile, suite, keys);
}

}  // namespace parley
