// Which Protection a suite asks for, and the one that protects nothing.
#include "record/protection.hpp"

#include <cstring>

namespace parley {
namespace {

class NullProtection final : public Protection {
 public:
  std::size_t overhead() const override { return 0; }
  Result<std::size_t> seal(std::uint64_t, ContentType, ByteView plaintext, ByteSpan out) override {
    if (!plaintext.empty()) std::memcpy(out.data(), plaintext.data(), plaintext.size());
    return plaintext.size();
  }
  std::size_t open(std::uint64_t, std::span<OpenRecord> run) override { return run.size(); }
};

}  // namespace

std::unique_ptr<Protection> make_null_protection() { return std::make_unique<NullProtection>(); }

std::unique_ptr<Protection> make_protection(const ProtocolProfile& profile,
                                            const CipherSuite& suite, const DirectionKeys& keys) {
  switch (enc_traits(suite.enc).mode) {
    case EncTraits::Mode::stream: return make_stream_protection(profile, suite, keys);
    case EncTraits::Mode::cbc:
      return keys.encrypt_then_mac ? make_etm_protection(profile, suite, keys)
                                   : make_cbc_protection(profile, suite, keys);
    case EncTraits::Mode::aead: return make_aead_protection(profile, suite, keys);
  }
  return nullptr;
}

}  // namespace parley
