// What all views of an explanation share: whose eyes they are for, and the words for it.
#pragma once
#include <string>
#include <vector>

#include "parley/explain.hpp"
#include "tool/output.hpp"

namespace parley::tool {

/// How much to show, and where.
struct View {
  bool secrets = false;    ///< --with-secrets
  int verbosity = 0;       ///< 1: fields, 2: bytes, 3: derivations
  bool color = false;      ///< for a terminal
  std::size_t width = 80;  ///< columns; a terminal's
};

/// "ClientHello"; in SSL 2.0 "CLIENT-HELLO".
std::string title(const explain::Message&);
/// Titles of the messages with bytes in a record: "ServerHello, Certificate".
std::string titles(const explain::Explanation&, const explain::Record&);
/// The last part of a path, safe to print.
std::string field_name(const explain::Field&);
/// "(48 secret bytes; --with-secrets)"
std::string redacted(std::size_t size);
/// What a user said inside TLS, which is as private as a key.
bool is_private(const explain::Message&);
/// A record that was opened and holds such a message.
bool is_private(const explain::Explanation&, const explain::Record&);
/// The same, and no key hides it: what was said stands on the wire as it is (NULL suites).
bool is_bare(const explain::Explanation&, const explain::Record&);
/// All messages of a record that end in it: it is told there.
std::vector<std::size_t> messages_ending_in(const explain::Explanation&, std::size_t record);
/// Seconds since the first thing that has a time: "0.012"; empty without.
std::string moment(const explain::Explanation&, const std::optional<std::int64_t>&);
/// "1 byte", "12 bytes"
std::string count(std::size_t n, const char* what);
/// "TLS 1.0, TLS_RSA_WITH_RC4_128_MD5, resumed": what the connection is.
std::string subject(const explain::Explanation&);
/// "allowed by set_ciphers"; empty without a setting.
std::string setting_words(const explain::Finding&);
/// "client finished covers messages 1 to 7 (1203 bytes): equal"
std::string check_text(const explain::Explanation&, const explain::TranscriptUse&);
/// "client, byte 1203: the record is too long"
std::string stop_text(const explain::Stop&);
/// "1 to 4, 6": of indexes, counted from 1.
std::string ranges(const std::vector<std::size_t>&);

}  // namespace parley::tool
