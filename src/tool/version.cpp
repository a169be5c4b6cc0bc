// parley version.
#include "parley/version.hpp"

#include <fmt/format.h>

#include "parley/cipher.hpp"
#include "tool/commands.hpp"
#include "tool/version_flags.hpp"

namespace parley::tool {
namespace {

#if defined(__clang__)
constexpr std::string_view kCompiler = "Clang " __clang_version__;
#else
constexpr std::string_view kCompiler = "GCC " __VERSION__;
#endif
#ifdef NDEBUG
constexpr std::string_view kAssertions = "off";
#else
constexpr std::string_view kAssertions = "on";
#endif

Exit run(Output& out) {
  std::vector<std::string_view> protocols;
  for (const VersionWord& v : version_words()) protocols.push_back(version_name(v.version));
  Json& d = out.document;
  d["parley"] = kVersion;
  d["openssl_level"] = OPENSSL_VERSION;
  d["compiler"] = kCompiler;
  d["assertions"] = kAssertions == "on";
  d["protocols"] = protocols;
  d["suites"] = spoken_cipher_suites().size();
  d["kernels"] = {"portable"};
  if (!out.json)
    out.data(
        fmt::format("parley {}\n"
                    "documented interface: {}\n"
                    "protocols: {}; {} cipher suites\n"
                    "kernels: portable code only\n"
                    "built by {}, assertions {}\n",
                    kVersion, OPENSSL_VERSION, fmt::join(protocols, " "),
                    spoken_cipher_suites().size(), kCompiler, kAssertions));
  return Exit::ok;
}

}  // namespace

void add_version(CLI::App& app) {
  on_command(*app.add_subcommand("version", "Version, build and kernels"), run);
}

}  // namespace parley::tool
