// GenericStreamCipher (RFC 2246 section 6.2.3.1): MAC, then RC4 or nothing.
#include <cstring>

#include "crypto/ct.hpp"
#include "record/protection.hpp"

namespace parley {
namespace {

class StreamProtection final : public OneByOne {
 public:
  StreamProtection(const ProtocolProfile& profile, const CipherSuite& suite,
                   const DirectionKeys& keys)
      : profile_(profile), mac_(profile.record_mac(mac_hash(suite.mac), keys.mac_secret)) {
    if (!keys.key.empty()) rc4_ = std::make_unique<crypto::Rc4>(keys.key);
  }

  std::size_t overhead() const override { return mac_.size(); }

  Result<std::size_t> seal(std::uint64_t seq, ContentType type, ByteView plaintext,
                           ByteSpan out) override {
    if (!plaintext.empty()) std::memcpy(out.data(), plaintext.data(), plaintext.size());
    const ByteSpan fragment = out.first(plaintext.size() + mac_.size());
    mac_.compute(mac_header(profile_, seq, type, plaintext.size()), plaintext,
                 fragment.subspan(plaintext.size()));
    if (rc4_) rc4_->apply(fragment, fragment);
    return fragment.size();
  }

 private:
  bool open_one(std::uint64_t seq, OpenRecord& r) override {
    if (r.fragment.size() < mac_.size()) return false;
    if (rc4_) rc4_->apply(r.fragment, r.fragment);
    const ByteSpan data = r.fragment.first(r.fragment.size() - mac_.size());
    crypto::Digest expected;
    mac_.compute(mac_header(profile_, seq, r.type, data.size()), data, expected.bytes);
    const ByteSpan received = r.fragment.subspan(data.size());
    r.fragment = data;
    return crypto::ct_equal(received, ByteView{expected.bytes}.first(mac_.size()));
  }

  const ProtocolProfile& profile_;
  RecordMac mac_;
  std::unique_ptr<crypto::Rc4> rc4_;
};

}  // namespace

std::unique_ptr<Protection> make_stream_protection(const ProtocolProfile& profile,
                                                   const CipherSuite& suite,
                                                   const DirectionKeys& keys) {
  return std::make_unique<StreamProtection>(profile, suite, keys);
}

}  // namespace parley
