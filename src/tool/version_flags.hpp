// --ssl2 --ssl3 --tls1 --tls1.1 --tls1.2 --sslv23: which PROTOCOL_ a context is made for.
#pragma once
#include <array>
#include <span>
#include <string_view>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "parley/ssl.hpp"

namespace parley::tool {

/// A version by the word that the command has for it.
struct VersionWord {
  std::string_view word;  ///< "tls1.1"
  std::string_view name;  ///< "TLS 1.1"
  ProtocolVersion version;
  int protocol;       ///< of exactly this version
  std::uint64_t off;  ///< what switches it off among others
};
/// Those of this build, oldest first.
std::span<const VersionWord> version_words();
/// "ssl2, ssl3, tls1, tls1.1 or tls1.2"
std::string version_words_in_a_row();

/// The flags; each excludes the others.
class VersionFlags {
 public:
  void add(CLI::App&);
  /// The exact ones, which have no bounds beside them.
  std::span<CLI::Option* const> exact() const { return exact_; }
  /// PROTOCOL_SSLv23 unless one was given. Failure (unsupported).
  int protocol() const;

 private:
  std::vector<CLI::Option*> exact_{};
  CLI::Option* ssl2_ = nullptr;
};

}  // namespace parley::tool
