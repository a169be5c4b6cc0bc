// Which Protection a suite asks for.
#include "record/protection.hpp"

namespace parley {

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
