// The flags that `connect` and `serve` share: versions, suites, certificates.
#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "parley/ssl.hpp"
#include "tool/version_flags.hpp"

namespace parley::tool {

struct Settings {
  VersionFlags version{};
  std::string min{}, max{};
  std::string policy{};  ///< empty: as documented
  std::vector<std::string> alpn{};
  std::string ciphers{};
  const CLI::Option* ciphers_flag = nullptr;  ///< an empty string is not the default
  std::vector<std::string> ca{};
  std::string capath{};                    ///< empty: not given
  std::string verify{};                    ///< empty: not given
  std::vector<std::string> cert{}, key{};  ///< pairs, in the order given
  std::string pass{};                      ///< empty: not given
  std::string keylog{};                    ///< empty: SSLKEYLOGFILE, if that is set

  /// All of the flags; `verify_help` says which words --verify takes.
  void add(CLI::App&, const std::string& verify_help);

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
