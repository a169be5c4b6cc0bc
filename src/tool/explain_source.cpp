#include "tool/explain_source.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "tool/capture.hpp"
#include "tool/commands.hpp"
#include "tool/explain_tape.hpp"
#include "tool/explain_view.hpp"
#include "tool/files.hpp"
#include "tool/link.hpp"
#include "tool/target.hpp"

namespace parley::tool {
namespace {

/// The lines of a stored flow that are of a key log: "# keylog CLIENT_RANDOM ...".
std::string key_log_in(std::string_view text) {
  constexpr std::string_view kMark = "# keylog ";
  std::string log;
  for (std::size_t at = text.find(kMark); at != std::string_view::npos;
       at = text.find(kMark, at + 1)) {
    const std::string_view rest = text.substr(at + kMark.size());
    log.append(rest.substr(0, rest.find('\n'))).append("\n");
  }
  return log;
}

Source stored(const std::string& path, const std::string& content) {
  Result<explain::Flow> flow = explain::parse_flow(content);
  if (!flow)
    throw Failure(Exit::local,
                  fmt::format("{}: not a flow, a capture or a certificate: {}", printable(path),
                              flow.error().text()),
                  "a flow is a line \"client\" or \"server\", then lines of hex", flow.error());
  if (flow->empty())
    throw Failure(Exit::local, fmt::format("{}: nobody says anything in there", printable(path)));
  return {.flow = *std::move(flow), .name = path, .key_log = key_log_in(content)};
}

/// The connection of a capture that --stream names, counted from 1.
Source captured(Output& out, const SourceOptions& f, const std::string& path,
                const std::string& content) {
  Capture capture = connections_in(path, content);
  std::vector<CapturedConnection>& all = capture.connections;
  const auto warn = [&](const std::string& text) {
    const std::string line = fmt::format("{}: {}", printable(path), text);
    out.warn(line);
    out.document["warnings"].push_back(line);
  };
  if (!capture.trouble.empty())
    warn(fmt::format("the file is cut short or damaged, what stands before that is explained: {}",
                     printable(capture.trouble)));
  if (all.empty())
    throw Failure(Exit::local, fmt::format("{}: no TCP connection with data", printable(path)));
  if (f.stream > all.size())
    throw usage_error(fmt::format("--stream {}: {} has {}", f.stream, printable(path),
                                  count(all.size(), "connection")));
  CapturedConnection& c = all[f.stream - 1];
  if (all.size() > 1)
    out.note(fmt::format("{}: connection {} of {}; --stream N chooses", printable(path), f.stream,
                         all.size()));
  for (const CapturedConnection::Gap& g : c.gaps)
    warn(
        fmt::format("{} of the {} missing from byte {} of its stream on; what comes after may seem "
                    "out of place",
                    count(g.size, "byte"), side_name(g.from), g.at));
  return {.flow = std::move(c.flow), .name = fmt::format("{} to {}", c.client, c.server)};
}

/// A word alone may have been meant as a file: with a mistake in its name it becomes a server.
parley::socket connected(const std::string& what, const Target& target, double seconds) {
  try {
    return connect_to(target, seconds);
  } catch (const Failure& f) {
    const bool port = what.find_first_not_of("0123456789") == std::string::npos;
    if (port || what.find(':') != std::string::npos) throw;
    throw Failure(f.exit(),
                  fmt::format("{}: no such file; as a server, {}", printable(what), f.what()),
                  f.hint());
  }
}

}  // namespace

bool is_file(const std::string& what) {
  return what == "-" || ::access(what.c_str(), F_OK) == 0 ||
         (what.find('/') != std::string::npos && !what.starts_with("unix:"));
}

Source live(Output& out, const SourceOptions& f, const std::string& what) {
  const Target target = parse_target(what);
  SSLContext context(f.version.protocol());
  // Whoever asks what a server says wants to see it, trusted or not.
  context.verify_mode = CERT_NONE;
  if (!f.ciphers.empty()) context.set_ciphers(f.ciphers);
  Tape tape;
  Source source{.name = target.text};
  try {
    Link link(Side::client, {.socket = connected(what, target, f.timeout),
                             .config = context.config(),
                             .peer = target.text,
                             .out = out,
                             .tape = &tape,
                             .server_name = target.server_name()});
    link.handshake(Deadline(f.timeout));
    link.close(Deadline(0.5));
  } catch (...) {
    source.failure = failure_from(std::current_exception());
    // Nothing was said: that is no conversation to explain.
    if (tape.flow().empty()) throw Failure(*source.failure);
  }
  source.flow = tape.flow();
  source.key_log = tape.key_log();
  return source;
}

Source recorded(Output& out, const SourceOptions& f, const std::string& path,
                const std::string& content) {
  return is_capture(content) ? captured(out, f, path, content) : stored(path, content);
}

Source from_hex(const SourceOptions& f, std::string_view hex) {
  Result<Bytes> bytes = explain::parse_hex(hex);
  if (!bytes)
    throw Failure(Exit::usage, fmt::format("--hex: {}", bytes.error().text()),
                  "two digits a byte; blanks and colons are fine", bytes.error());
  const Side from = f.from == "server" ? Side::server : Side::client;
  return {.flow = {{from, std::nullopt, *std::move(bytes)}}, .name = "--hex"};
}

void SourceOptions::add(CLI::App& c) {
  c.add_option("--from", from, "who said the bytes of --hex: client (default) or server")
      ->check(silent(CLI::IsMember({"client", "server"})))
      ->type_name("SIDE");
  c.add_option("--stream", stream, "which connection of a capture (1)")
      ->type_name("N")
      ->check({[](const std::string& text) {
                 const bool number = text.find_first_not_of("0123456789") == std::string::npos &&
                                     text.find_first_not_of('0') != std::string::npos &&
                                     text.size() < 10;
                 return number ? std::string() : "give a number from 1 on";
               },
               ""});
  version.add(c);
  c.add_option("--ciphers", ciphers, "cipher list for a live connection")->type_name("STRING");
  c.add_option("--timeout", timeout, "seconds for a live connection (20)")
      ->type_name("S")
      ->check(seconds());
}

}  // namespace parley::tool
