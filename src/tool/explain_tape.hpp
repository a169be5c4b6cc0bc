// What goes over the wire while somebody watches, and what is made of it in the end.
#pragma once
#include <CLI/CLI.hpp>
#include <mutex>

#include "tool/explain_view.hpp"

namespace parley::tool {

/// One connection: its bytes, each with its moment, and its secrets. Takes explain::kMaxFlow bytes;
/// those behind are not kept.
class Tape {
 public:
  void add(Side from, ByteView);
  /// A line of a key log, without its newline.
  void add_secret(std::string_view line);

  const explain::Flow& flow() const { return flow_; }
  const std::string& key_log() const { return key_log_; }
  bool full() const { return full_; }
  explain::Explanation explain() const;

 private:
  explain::Flow flow_{};
  std::string key_log_{};
  std::size_t size_ = 0;
  bool full_ = false;
};

/// Of `connect` and `serve`: --explain[=FILE], --with-secrets, --pcap.
struct ExplainFlags {
  std::string where{};  ///< empty: not asked for; "-": the terminal; else a page
  bool secrets = false;
  std::string pcap{};  ///< empty: not asked for

  void add(CLI::App&);
  /// Something is to be recorded.
  bool on() const { return !where.empty() || !pcap.empty(); }
};

/// Shows one connection after another: on stderr, as pages FILE, FILE-2 and so on, and in the
/// document of --json. From any thread.
class Explainer {
 public:
  Explainer(Output& out, const ExplainFlags& flags) : out_(out), flags_(flags) {}
  bool on() const { return flags_.on(); }
  void tell(const Tape&, const std::string& peer);

 private:
  Output& out_;
  const ExplainFlags& flags_;
  std::mutex mutex_{};
  std::size_t told_ = 0;
};

}  // namespace parley::tool
