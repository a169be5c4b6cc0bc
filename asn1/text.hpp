// Pieces of certificates as text for people: everything is safe to print.
#pragma once
#include <string>

#include "parley/x509_extensions.hpp"

namespace parley::asn1 {

inline constexpr std::string_view kBroken = "<cannot be decoded>";

/// "1a:2b".
std::string colon_hex(ByteView);
/// Hex of at most `most` bytes, and how many there are when that is more.
std::string short_hex(ByteView, std::size_t most = 64);
/// UTF-8 with control characters, and bytes that are no UTF-8, as \xNN.
std::string printable(std::string_view);
/// The text of a Name; "<empty>" or kBroken.
std::string name_text(const Result<Name>&);
/// "DNS:www.example.org".
std::string general_name_text(const RawGeneralName&);
/// An INTEGER: in decimal up to eight bytes, else in hex.
std::string number_text(ByteView content);
/// Parts joined by ", ".
std::string joined(const std::vector<std::string_view>&);

/// "Subject:      " and a value, as a line.
void add_line(std::string& to, std::string_view label, std::string_view value);
/// An extension with its name, its value indented.
void add_extension(std::string& to, const Extension&, std::string_view indent = {});

}  // namespace parley::asn1
