// GenericBlockCipher with encrypt_then_mac (RFC 7366 section 3): the MAC covers the IV and the
// ciphertext, so that nothing is decrypted which the peer has not sent.
#include <cstring>

#include "crypto/ct.hpp"
#include "record/cbc_chain.hpp"

namespace parley {
namespace {

class EtmProtection final : public OneByOne {
 public:
  EtmProtection(const ProtocolProfile& profile, const CipherSuite& suite, const DirectionKeys& keys)
      : profile_(profile),
        mac_(profile.record_mac(mac_hash(suite.mac), keys.mac_secret)),
        chain_(profile, suite, keys) {}

  std::size_t overhead() const override {
    return chain_.prefix() + chain_.block_size() + mac_.size();
  }
  bool chains_records() const override { return profile_.split_cbc_records; }

  Result<std::size_t> seal(std::uint64_t seq, ContentType type, ByteView plaintext,
                           ByteSpan out) override {
    PARLEY_CHECK(chain_.write_iv(out));
    const std::size_t block = chain_.block_size();
    const ByteSpan blocks =
        out.subspan(chain_.prefix(), (plaintext.size() + block) / block * block);
    if (!plaintext.empty()) std::memcpy(blocks.data(), plaintext.data(), plaintext.size());
    std::ranges::fill(blocks.subspan(plaintext.size()),
                      static_cast<std::uint8_t>(blocks.size() - plaintext.size() - 1));
    chain_.encrypt(blocks);
    const ByteView sealed = out.first(chain_.prefix() + blocks.size());
    mac_.compute(mac_header(profile_, seq, type, sealed.size()), sealed,
                 out.subspan(sealed.size()));
    return sealed.size() + mac_.size();
  }

 private:
  bool open_one(std::uint64_t seq, OpenRecord& r) override {
    if (r.fragment.size() < chain_.prefix() + chain_.block_size() + mac_.size() ||
        (r.fragment.size() - mac_.size()) % chain_.block_size() != 0)
      return false;
    const ByteSpan sealed = r.fragment.first(r.fragment.size() - mac_.size());
    crypto::Digest expected;
    mac_.compute(mac_header(profile_, seq, r.type, sealed.size()), sealed, expected.bytes);
    if (!crypto::ct_equal(r.fragment.subspan(sealed.size()),
                          ByteView{expected.bytes}.first(mac_.size())))
      return false;
    const ByteSpan blocks = chain_.decrypt(sealed);
    // The peer itself has written the padding, so that its form is no secret to keep.
    const std::size_t padding = blocks.back() + std::size_t{1};
    if (padding > blocks.size()) return false;
    for (const std::uint8_t b : blocks.last(padding))
      if (b != padding - 1) return false;
    r.fragment = blocks.first(blocks.size() - padding);
    return true;
  }

  const ProtocolProfile& profile_;
  RecordMac mac_;
  CbcChain chain_;
};

}  // namespace

std::unique_ptr<Protection> make_etm_protection(const ProtocolProfile& profile,
                                                const CipherSuite& suite,
                                                const DirectionKeys& keys) {
  return std::make_unique<EtmProtection>(profile, suite, keys);
}

}  // namespace parley
