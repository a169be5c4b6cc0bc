#include "tool/settings.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/output.hpp"

namespace parley::tool {
namespace {

/// The versions --min and --max know, in their order, with the bit that switches each off.
struct VersionWord {
  std::string_view word;
  std::uint64_t off;
};
constexpr std::array kVersions{VersionWord{"ssl2", OP_NO_SSLv2}, VersionWord{"ssl3", OP_NO_SSLv3},
                               VersionWord{"tls1", OP_NO_TLSv1}};

std::size_t version_index(const std::string& flag, const std::string& word) {
  for (std::size_t i = 0; i < kVersions.size(); ++i)
    if (kVersions[i].word == word) return i;
  if (word == "tls1.1" || word == "tls1.2" || word == "tls1.3")
    throw Failure(Exit::unsupported, fmt::format("{} {}: not supported by this build", flag, word),
                  "it speaks ssl2, ssl3 and tls1");
  throw usage_error(fmt::format("{} {}: a version is ssl2, ssl3 or tls1", flag, printable(word)));
}

}  // namespace

void Settings::add_versions(CLI::App& app) {
  const std::array flags{
      app.add_flag("--ssl2", ssl2, "exactly SSL 2.0"),
      app.add_flag("--ssl3", ssl3, "exactly SSL 3.0"),
      app.add_flag("--tls1", tls1, "exactly TLS 1.0"),
      app.add_flag("--sslv23", sslv23, "the highest version both have (default)")};
  for (CLI::Option* one : flags)
    for (CLI::Option* another : flags)
      if (one != another) one->excludes(another);
}

void Settings::add(CLI::App& app, const std::string& verify_help) {
  add_versions(app);
  CLI::Option* lowest = app.add_option("--min", min, "lowest version: ssl2, ssl3 or tls1");
  CLI::Option* highest = app.add_option("--max", max, "highest version: ssl2, ssl3 or tls1");
  for (CLI::Option* o : {lowest, highest}) {
    o->type_name("V");
    for (const char* exact : {"--ssl2", "--ssl3", "--tls1"}) o->excludes(app.get_option(exact));
  }
  ciphers_flag =
      app.add_option("--ciphers", ciphers, "cipher list as OpenSSL reads it, such as HIGH:RC4-SHA")
          ->type_name("STRING");
  app.add_option("--ca", ca, "trusted roots, PEM; may be repeated")
      ->type_name("FILE")
      ->take_all()
      ->expected(1);
  app.add_option("--capath", capath, "directory of trusted roots under their hashed names")
      ->type_name("DIR");
  app.add_option("--verify", verify, verify_help)->type_name("MODE");
  CLI::Option* c =
      app.add_option("--cert", cert,
                     "our certificate chain, PEM; repeat for an RSA, a DSA and an EC certificate")
          ->type_name("FILE")
          ->take_all()
          ->expected(1);
  CLI::Option* k = app.add_option("--key", key,
                                  "its private key, PEM (default: in --cert); once for each --cert")
                       ->type_name("FILE")
                       ->take_all()
                       ->expected(1);
  k->needs(c);
  app.add_option("--pass", pass, kPassHelp)->type_name("SOURCE");
  app.add_option("--keylog", keylog, "append secrets for Wireshark here (also SSLKEYLOGFILE)")
      ->type_name("FILE");
}

int Settings::protocol() const {
#ifdef PARLEY_NO_SSL2
  if (ssl2) throw Failure(Exit::unsupported, "--ssl2: not supported by this build");
#else
  if (ssl2) return PROTOCOL_SSLv2;
#endif
  return ssl3 ? PROTOCOL_SSLv3 : tls1 ? PROTOCOL_TLSv1 : PROTOCOL_SSLv23;
}

SSLContext Settings::context_without_certificate() const {
  SSLContext context(protocol());
  const std::size_t first = min.empty() ? 0 : version_index("--min", min);
  const std::size_t last = max.empty() ? kVersions.size() - 1 : version_index("--max", max);
  if (first > last) throw usage_error("--min is above --max");
  for (std::size_t i = 0; i < kVersions.size(); ++i)
    if (i < first || i > last) context.options |= kVersions[i].off;
  if (ciphers_flag != nullptr && ciphers_flag->count() > 0) {
    try {
      context.set_ciphers(ciphers);
    } catch (const SSLError& e) {
      throw Failure(Exit::usage,
                    fmt::format("--ciphers {}: {}", ciphers.empty() ? "''" : printable(ciphers),
                                errc_reason(e.cause() ? e.cause()->code : Errc::no_cipher_match)),
                    "parley ciphers -v lists what there is", e.cause());
    }
  }
  for (const std::string& file : ca)
    for (const Certificate& c : load_certificates(file))
      context.load_verify_data(DER_cert_to_PEM_cert(c.der()));
  if (!capath.empty()) context.load_verify_locations(std::nullopt, capath);
  return context;
}

SSLContext Settings::context() const {
  SSLContext context = context_without_certificate();
  if (!key.empty() && key.size() != cert.size())
    throw usage_error(fmt::format("{} --cert and {} --key: give one key for each certificate",
                                  cert.size(), key.size()));
  for (std::size_t i = 0; i < cert.size(); ++i)
    context.load_cert_chain(
        load_identity(cert[i], key.empty() ? cert[i] : key[i], password_source(pass)));
  return context;
}

std::string Settings::keylog_path() const {
  if (!keylog.empty()) return keylog;
  const char* path = std::getenv("SSLKEYLOGFILE");
  return path == nullptr ? "" : path;
}

}  // namespace parley::tool
