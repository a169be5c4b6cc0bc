#include "tool/explain_tape.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "tool/capture.hpp"
#include "tool/explain_json.hpp"
#include "tool/explain_page.hpp"
#include "tool/explain_terminal.hpp"
#include "tool/files.hpp"
#include "tool/terminal_text.hpp"

namespace parley::tool {
namespace {

std::int64_t microseconds() {
  using namespace std::chrono;
  return duration_cast<std::chrono::microseconds>(system_clock::now().time_since_epoch()).count();
}

/// "page.html" of the first, "page-2.html" of the second.
std::string numbered(const std::string& path, std::size_t n) {
  if (n < 2) return path;
  const std::size_t slash = path.rfind('/'), dot = path.rfind('.');
  const bool has_end = dot != std::string::npos && (slash == std::string::npos || dot > slash);
  return path.substr(0, has_end ? dot : path.size()) + fmt::format("-{}", n) +
         (has_end ? path.substr(dot) : std::string());
}

}  // namespace

void Tape::add(Side from, ByteView bytes) {
  const ByteView kept = bytes.first(std::min(bytes.size(), explain::kMaxFlow - size_));
  full_ = full_ || kept.size() < bytes.size();
  if (kept.empty()) return;
  size_ += kept.size();
  flow_.push_back({from, microseconds(), to_bytes(kept)});
}

void Tape::add_secret(std::string_view line) {
  key_log_ += line;
  key_log_ += '\n';
}

explain::Explanation Tape::explain() const {
  return explain::decode(flow_, {.key_log = key_log_, .server_key = {}});
}

void ExplainFlags::add(CLI::App& app) {
  CLI::Option* explain = app.add_flag(
      "--explain{-}", where,
      "say byte by byte what went over the wire; =FILE.html makes a page, FILE-2.html of a second "
      "connection");
  app.add_flag("--with-secrets", secrets, "show keys and application data there")->needs(explain);
  app.add_option("--pcap", pcap,
                 "write what went over the wire here, in packets that are made up (192.0.2.1 to "
                 "192.0.2.2); x.pcap gets a x-2.pcap beside it for a second connection")
      ->type_name("FILE");
}

void Explainer::tell(const Tape& tape, const std::string& peer) {
  if (!on()) return;
  const std::lock_guard lock(mutex_);
  ++told_;
  if (!flags_.pcap.empty()) write_files({{numbered(flags_.pcap, told_), capture_of(tape.flow())}});
  if (flags_.where.empty()) return;
  const explain::Explanation e = tape.explain();
  if (tape.full())
    out_.warn(
        fmt::format("{}: only the first {} MiB are explained", peer, explain::kMaxFlow >> 20));
  View view = view_of(out_, STDERR_FILENO);
  view.secrets = flags_.secrets;
  view.verbosity = out_.verbosity;
  if (out_.json) {
    Json j = explanation_json(e, view);
    j["peer"] = peer;
    out_.document["explanations"].push_back(std::move(j));
  }
  if (flags_.where != "-") {
    const std::string path = numbered(flags_.where, told_);
    const std::string page = explanation_page(e, view, peer);
    write_files({{path, page, flags_.secrets}});
    out_.note(fmt::format("{}: explained in {}", peer, printable(path)));
  } else if (!out_.json) {
    std::string text = explanation_text(e, view);
    text.pop_back();
    out_.answer(text);
  }
}

}  // namespace parley::tool
