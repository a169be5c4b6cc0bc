// What people and programs read: prose on stderr, data on stdout, one JSON document.
#pragma once
#include <cstdint>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "parley/cipher.hpp"
#include "parley/ssl.hpp"
#include "parley/x509.hpp"
#include "tool/failure.hpp"

namespace parley::tool {

using Json = nlohmann::ordered_json;

/// Text from a peer or a file on its way to a terminal: control characters become \x1b and the
/// like, so that a certificate cannot move the cursor.
std::string printable(std::string_view);

/// "2026-11-22T09:30:00Z"; years outside 0 to 9999 give the number of seconds.
std::string rfc3339(std::int64_t unix_seconds);
/// RFC 3339 (any offset) or a decimal count of Unix seconds.
std::optional<std::int64_t> parse_moment(std::string_view);

/// "TLS_RSA_WITH_AES_128_CBC_SHA (0x002f)" and the rest, as JSON.
Json suite_json(const CipherSuite&);
/// Subject, issuer, validity and so on, as JSON.
Json certificate_json(const Certificate&);
/// "CN=localhost, issued by CN=Test CA, valid 2026-01-01 to 2027-01-01".
std::string certificate_line(const Certificate&);
/// "valid 2026-01-01 to 2027-01-01"
std::string dates_line(const Certificate&);
/// The getpeercert dictionary as JSON: Python's json.dumps of what its ssl module gives.
Json dict_json(const cert_dict&);

/// The global flags and what they govern. Printing is safe from several threads.
class Output {
 public:
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  int verbosity = 0;           ///< how often -v was given
  std::string color = "auto";  ///< auto, always or never

  /// The document that --json prints; commands put their members in.
  Json document = Json::object();

  /// One line on stderr that is an answer: without our name in front.
  void answer(std::string_view);
  /// "parley: TEXT" on stderr, unless --quiet.
  void note(std::string_view text);
  /// The same only with --verbose.
  void detail(std::string_view text);
  /// "parley: warning: TEXT", unless --quiet.
  void warn(std::string_view text);
  /// "parley: MESSAGE; HINT": always.
  void error(const Failure&);
  /// Data on stdout. Failure (local) when it cannot be written.
  void data(std::string_view);

  /// Ends the run: with --json prints the document with schema, version and exit.
  Exit finish(Exit, const Failure* = nullptr);

 private:
  bool colored() const;
  void line(std::string_view color, std::string_view word, std::string_view text);
  std::mutex mutex_{};
};

}  // namespace parley::tool
