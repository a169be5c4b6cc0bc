// Numbers and bytes of the protocol in plain words.
#pragma once
#include <string>

#include "parley/bytes.hpp"

namespace parley::explain {

/// "47 bytes".
std::string length_words(ByteView big_endian);
/// What the field of this name, as its parser calls it, says; empty where bytes are just bytes.
std::string meaning_of(std::string_view name, ByteView value);

/// "TLS 1.0"; "version 0x0305" for others.
std::string version_words(std::uint16_t number);
/// The name in the registry of IANA, known to parley or not: "heartbeat", "extension_1234".
std::string extension_name(std::uint16_t number);
std::string group_words(std::uint16_t number);
std::string scheme_words(std::uint16_t number);
/// Text of a peer for people: what is not printable ASCII becomes \xNN; at most 256 bytes of it.
std::string printable(ByteView text);

}  // namespace parley::explain
