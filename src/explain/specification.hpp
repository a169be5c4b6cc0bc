// Where each thing is specified: one row a version.
#pragma once
#include <string>

#include "protocol/profile.hpp"
#include "wire/messages.hpp"

namespace parley::explain {

struct Sections {
  std::string_view rfc;  ///< "RFC 2246"
  std::string_view record, change_cipher_spec, alert, application_data;
  std::string_view stream, block, aead;  ///< protection of records
  std::string_view master_secret, key_block, export_keys, prf;
  std::string_view finished, certificate_verify, premaster;
  std::string_view handshake;  ///< what the sections of messages begin with: "7.4", "5.6"

  std::string cite(std::string_view section) const {
    return std::string{rfc}.append(" section ").append(section);
  }
};

/// Of a version; of the newest when it is not known (null).
const Sections& sections_of(const ProtocolProfile*);
/// "RFC 2246 section 7.4.1.2" of a handshake message.
std::string message_section(const ProtocolProfile*, HandshakeType);

}  // namespace parley::explain
