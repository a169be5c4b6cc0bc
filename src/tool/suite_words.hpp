// Cipher suites in words: OpenSSL's columns, and plain English.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "parley/observer.hpp"
#include "tool/output.hpp"

namespace parley::tool {

/// "0x002f", and "0x010080" for a kind of SSL 2.0.
std::string code_text(std::uint32_t number);
/// The line of `openssl ciphers -v` as OpenSSL 1.0.1 prints it, whose columns scripts cut.
std::string column_line(const CipherSuite&);
/// What -V puts in front of it.
std::string code_column(const CipherSuite&);

/// "SSL 3.0 does not protect its padding (POODLE; RFC 7568)".
std::string in_words(const WeaknessEvent&);

/// One suite in words.
struct SuiteWords {
  std::string since{}, key_exchange{}, authentication{}, encryption{}, mac{};
  std::string_view specification{};
  std::vector<std::string> weaknesses{};
};
SuiteWords in_words(const CipherSuite&);
/// Everything about one suite: as text, or as member "suite" of the document.
void tell_suite(Output&, const CipherSuite&);

}  // namespace parley::tool
