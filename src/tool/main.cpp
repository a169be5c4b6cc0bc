// parley: one program, a file per command. Parses, runs what was chosen, maps the end to an exit
// code.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstring>
#include <optional>

#include "tool/commands.hpp"

namespace parley::tool {
namespace {

struct Chosen {
  std::string name;
  Run run;
};
std::optional<Chosen> chosen;

std::string full_name(const CLI::App& command) {
  std::string name = command.get_name();
  for (const CLI::App* a = command.get_parent(); a->get_parent() != nullptr; a = a->get_parent())
    name = a->get_name() + " " + name;
  return name;
}

std::string full_help(const CLI::App& app) {
  // Of the chain of commands that were given, the last one.
  for (const CLI::App* sub : app.get_subcommands()) return full_help(*sub);
  return app.get_parent() == nullptr ? "parley --help"
                                     : fmt::format("parley {} --help", full_name(app));
}

/// A descriptor 0, 1 or 2 that is closed would be given to the next socket, and what is meant for
/// standard output would go onto the network in clear. Read-only, so that writing there is still
/// an error and not a silent loss.
bool standard_descriptors_are_taken() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDONLY) != fd) return false;
  return true;
}

/// What to say when no command was found: its name, if there was a word at all.
std::string missing_command(const CLI::App& app, const std::string& otherwise) {
  for (const std::string& word : app.remaining()) {
    if (word.starts_with('-')) continue;
    return word == "scan" ? word + ": not in this build yet"
                          : fmt::format("{}: there is no such command", printable(word));
  }
  return otherwise;
}

constexpr const char* kExamples = R"(Examples:
  parley connect example.org:443 --head /
  parley serve 4433 --self-signed --www
  parley connect localhost:4433 --ssl3 --ciphers RC4-MD5 --verify none
  parley ciphers -v 'HIGH:!aNULL:@STRENGTH'
  parley explain localhost:4433 -v
  parley x509 make --cn localhost --out cert.pem --keyout key.pem

TARGET is host[:port], [v6]:port, a port of localhost, or unix:/path.

Exit codes: 0 ok; 1 ran fine and the answer is no; 2 usage; 3 could not resolve, connect or timed
out; 4 the peer sent a fatal alert; 5 refused here by a setting; 6 certificate verification; 7 the
peer broke the protocol; 8 the stream ended without close_notify; 9 a local file, key or
permission; 10 not supported by this build; 70 a bug in parley.)";

/// Flags and their values; what excludes what is said by the error when it matters.
class PlainFormatter : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* o) const override {
    return o->get_items_expected_max() == 0 || o->get_type_size() == 0 ? ""
                                                                       : " " + o->get_type_name();
  }
};

Exit parse_and_run(int argc, char** argv, Output& out) {
  CLI::App app{"parley: SSL 3.0 to TLS 1.2, and SSL 2.0 for those who ask"};
  app.name("parley");
  auto formatter = std::make_shared<PlainFormatter>();
  formatter->column_width(26);
  app.formatter(formatter);
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(kExamples);
  app.add_flag("--json", out.json, "one JSON document on stdout");
  app.add_option("--color", out.color, "auto, always or never")
      ->check(silent(CLI::IsMember({"auto", "always", "never"})))
      ->type_name("WHEN");
  CLI::Option* verbose = app.add_flag("-v,--verbose", out.verbosity, "say more");
  app.add_flag("-q,--quiet", out.quiet, "only errors on stderr")->excludes(verbose);
  add_connect(app);
  add_serve(app);
  add_ciphers(app);
  add_x509(app);
  add_version(app);
  add_explain(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) {
      out.data(app.help());
      return Exit::ok;
    }
    for (int i = 1; i < argc; ++i) out.json = out.json || std::strcmp(argv[i], "--json") == 0;
    if (app.get_subcommands().empty() && e.get_name() == "RequiredError")
      throw Failure(Exit::usage, missing_command(app, printable(e.what())),
                    "parley --help lists the commands");
    throw Failure(Exit::usage, printable(e.what()), full_help(app) + " lists the flags");
  }
  out.verbose = out.verbosity > 0;
  out.document["schema"] = "parley." + chosen->name;
  out.document["version"] = 1;
  return chosen->run(out);
}

}  // namespace

void on_command(CLI::App& command, Run run, const std::string& footer) {
  command.fallthrough();
  command.footer(footer.empty() ? footer : "Examples:\n" + footer);
  command.final_callback([&command, run = std::move(run)] {
    std::string name = full_name(command);
    std::replace(name.begin(), name.end(), ' ', '.');
    chosen = Chosen{name, run};
  });
}

}  // namespace parley::tool

int main(int argc, char** argv) {
  using namespace parley::tool;
  if (!standard_descriptors_are_taken()) return static_cast<int>(Exit::local);
  // A reader that went away is an error to report, not a signal to die of.
  std::signal(SIGPIPE, SIG_IGN);
  Output out;
  out.document = {{"schema", "parley"}, {"version", 1}};
  try {
    try {
      return static_cast<int>(out.finish(parse_and_run(argc, argv, out)));
    } catch (...) {
      const Failure f = failure_from(std::current_exception());
      return static_cast<int>(out.finish(f.exit(), &f));
    }
  } catch (...) {
    // The document itself could not be written.
    const Failure f = failure_from(std::current_exception());
    out.error(f);
    return static_cast<int>(f.exit());
  }
}
