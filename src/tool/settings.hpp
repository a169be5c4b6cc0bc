// The flags that `connect` and `serve` share: versions, suites, certificates.
#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "parley/ssl.hpp"

namespace parley::tool {

struct Settings {
  bool ssl2 = false, ssl3 = false, tls1 = false, sslv23 = false;
  std::string min{}, max{};
  std::string ciphers{};
  const CLI::Option* ciphers_flag = nullptr;  ///< an empty string is not the default
  std::vector<std::string> ca{};
  std::string capath{};                    ///< empty: not given
  std::string verify{};                    ///< empty: not given
  std::vector<std::string> cert{}, key{};  ///< pairs, in the order given
  std::string pass{};                      ///< empty: not given
  std::string keylog{};                    ///< empty: SSLKEYLOGFILE, if that is set

  /// --ssl2 --ssl3 --tls1 --sslv23
  void add_versions(CLI::App&);
  /// All of the flags; `verify_help` says which words --verify takes.
  void add(CLI::App&, const std::string& verify_help);

  /// PROTOCOL_SSLv2, PROTOCOL_SSLv3, PROTOCOL_TLSv1 or PROTOCOL_SSLv23.
  int protocol() const;
  /// A context of that protocol with everything but verify_mode set. Failure (usage, local,
  /// unsupported).
  SSLContext context() const;
  /// The same without --cert and --key.
  SSLContext context_without_certificate() const;
  /// Somebody to believe has been named.
  bool has_roots() const { return !ca.empty() || !capath.empty(); }
  /// Where key log lines go; empty for nowhere.
  std::string keylog_path() const;
};

}  // namespace parley::tool
