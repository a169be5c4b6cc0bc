#include "tool/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/output.hpp"

namespace parley::tool {
namespace {

std::size_t version_index(const std::string& flag, const std::string& word) {
  const auto all = version_words();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].word == word) return i;
  if (word == "ssl2" || word == "tls1.3")
    throw Failure(Exit::unsupported, fmt::format("{} {}: not supported by this build", flag, word),
                  fmt::format("it speaks {}", version_words_in_a_row()));
  throw usage_error(
      fmt::format("{} {}: a version is {}", flag, printable(word), version_words_in_a_row()));
}

/// A cipher list may narrow a policy, and not leave it.
void hold_to_policy(const std::string& policy, const SSLContext& context) {
  SSLContext named(PROTOCOL_SSLv23);
  named.set_policy(policy);
  const std::vector<const CipherSuite*> inside = named.get_ciphers();
  for (const CipherSuite* s : context.get_ciphers())
    if (std::ranges::find(inside, s) == inside.end())
      throw usage_error(
          fmt::format("--ciphers: {} is not of --policy {}", s->openssl_name, policy));
}

}  // namespace

void Settings::add(CLI::App& app, const std::string& verify_help) {
  version.add(app);
  const std::string words = version_words_in_a_row();
  CLI::Option* lowest = app.add_option("--min", min, "lowest version: " + words);
  CLI::Option* highest = app.add_option("--max", max, "highest version: " + words);
  for (CLI::Option* o : {lowest, highest}) {
    o->type_name("V");
    for (CLI::Option* exact : version.exact()) o->excludes(exact);
  }
  CLI::Option* named =
      app.add_option("--policy", policy,
                     "many settings by one name: modern is TLS 1.2, ECDHE with AEAD, certificates "
                     "of 2048 bits and SHA-256")
          ->check(CLI::IsMember({"modern"}))
          ->type_name("NAME");
  for (CLI::Option* exact : version.exact()) named->excludes(exact);
  named->excludes(lowest)->excludes(highest);
  app.add_option("--alpn", alpn, "application protocols, best first, such as h2,http/1.1")
      ->type_name("LIST")
      ->delimiter(',');
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

SSLContext Settings::context_without_certificate() const {
  SSLContext context(version.protocol());
  const std::size_t first = min.empty() ? 0 : version_index("--min", min);
  const std::size_t last = max.empty() ? version_words().size() - 1 : version_index("--max", max);
  if (first > last) throw usage_error("--min is above --max");
  for (std::size_t i = 0; i < version_words().size(); ++i)
    if (i < first || i > last) context.options |= version_words()[i].off;
  if (!policy.empty()) context.set_policy(policy);
  if (!alpn.empty()) {
    try {
      context.set_alpn_protocols(alpn);
    } catch (const std::invalid_argument&) {
      throw usage_error("--alpn: a protocol has 1 to 255 bytes");
    }
  }
  if (ciphers_flag != nullptr && ciphers_flag->count() > 0) {
    try {
      context.set_ciphers(ciphers);
    } catch (const SSLError& e) {
      throw Failure(Exit::usage,
                    fmt::format("--ciphers {}: {}", ciphers.empty() ? "''" : printable(ciphers),
                                errc_reason(e.cause() ? e.cause()->code : Errc::no_cipher_match)),
                    "parley ciphers -v lists what there is", e.cause());
    }
    if (!policy.empty()) hold_to_policy(policy, context);
  }
  for (const std::string& file : ca)
    for (const Certificate& c : load_certificates(file))
      context.load_verify_data(DER_cert_to_PEM_cert(c.der()));
  if (!capath.empty()) {
    trusted_directories(capath);
    context.load_verify_locations(std::nullopt, capath);
  }
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
