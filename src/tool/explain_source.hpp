// Where the flows come from that `parley explain` tells of: files, captures, hex, live connections.
#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "parley/explain.hpp"
#include "tool/output.hpp"
#include "tool/version_flags.hpp"

namespace parley::tool {

/// What the command line says of where they come from.
struct SourceOptions {
  std::string from = "client";  ///< who said what --hex gives
  std::size_t stream = 1;       ///< of a capture
  // Of a live connection:
  VersionFlags version{};
  std::string ciphers{};
  double timeout = 20;  ///< seconds

  void add(CLI::App&);
};

/// A flow, what opens it, and what to call it.
struct Source {
  explain::Flow flow{};
  std::string name{};
  std::string key_log{};             ///< of a live connection
  std::optional<Failure> failure{};  ///< of a live connection: how it ended
};

/// A file or at least a path; else it is a server.
bool is_file(const std::string& what);
/// A file that has been read, and a server. Failure.
Source recorded(Output&, const SourceOptions&, const std::string& path, const std::string& content);
Source live(Output&, const SourceOptions&, const std::string& target);
Source from_hex(const SourceOptions&, std::string_view hex);

}  // namespace parley::tool
