// parley x509 make: a key and a certificate for it.
#include <fmt/format.h>

#include <algorithm>

#include "parley/clock.hpp"
#include "parley/issue.hpp"
#include "parley/pem.hpp"
#include "tool/commands.hpp"
#include "tool/files.hpp"
#include "tool/keys.hpp"

namespace parley::tool {
namespace {

constexpr std::int64_t kDay = 86400;

struct Flags {
  std::string cn = "localhost";
  std::string san{};
  std::string key = "rsa:2048";
  std::string hash = "sha256";
  std::int64_t days = 365;
  bool ca = false;
  std::string issuer{}, pass{};
  std::string out{}, keyout{};
};

std::string alt_name(std::string_view s) {
  for (const std::string_view prefix : {"DNS:", "IP:"})
    if (s.starts_with(prefix)) s.remove_prefix(prefix.size());
  return std::string(s);
}

bool looks_like_a_host(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '.' ||
           c == '-' || c == ':';
  });
}

/// What the library would call an argument, in the words of the flags.
void check_names(const Flags& f) {
  constexpr std::size_t kLongestName = 64;  // ub-common-name of RFC 5280 appendix A.1
  if (f.cn.empty()) throw usage_error("--cn: a name cannot be empty");
  if (f.cn.size() > kLongestName)
    throw usage_error(fmt::format("--cn: a name has at most {} bytes, this one has {}",
                                  kLongestName, f.cn.size()));
  if (f.san.starts_with(',') || f.san.ends_with(',') || f.san.find(",,") != std::string::npos)
    throw usage_error(
        fmt::format("--san {}: a name between the commas is empty", printable(f.san)));
}

void warn_of_issuer(Output& out, const Certificate& issuer) {
  const auto basic = issuer.basic_constraints();
  if (basic && *basic && !(*basic)->ca)
    out.warn("the --issuer is no CA (basicConstraints CA:FALSE): what it signs will not verify");
}

CertificateRequest request_from(const Flags& f) {
  CertificateRequest r{.common_name = f.cn, .ca = f.ca, .hash = f.hash};
  for (std::size_t at = 0; at < f.san.size();) {
    const std::size_t end = std::min(f.san.find(',', at), f.san.size());
    r.subject_alt_names.push_back(alt_name(std::string_view(f.san).substr(at, end - at)));
    at = end + 1;
  }
  // Clients of today look at no other place.
  if (r.subject_alt_names.empty() && !f.ca && looks_like_a_host(f.cn))
    r.subject_alt_names.push_back(f.cn);
  r.not_before = SystemClock().unix_seconds();
  r.not_after = r.not_before + f.days * kDay;
  return r;
}

std::string hint_for(Errc reason) {
  if (reason == Errc::key_too_small) return "a longer --key, or another --hash";
  // DSA ends at SHA-256, ECDSA begins at SHA-1.
  if (reason == Errc::unsupported_algorithm) return "the signing key goes with --hash sha256";
  return {};
}

Exit run(Output& out, const Flags& f) {
  if (f.out.empty() && !f.keyout.empty()) throw usage_error("--keyout needs --out");
  if (!f.out.empty() && f.out == f.keyout)
    throw usage_error("--out and --keyout are the same file; --out alone puts both into it");
  check_names(f);
  std::optional<Identity> issuer;
  if (!f.issuer.empty()) issuer = load_identity_pair("--issuer", f.issuer, password_source(f.pass));
  if (issuer) warn_of_issuer(out, issuer->chain.front());
  const PrivateKey key = generate_key("--key", f.key);
  const CertificateRequest request = request_from(f);
  const Result<Certificate> c =
      issuer ? issue_certificate(system_rng(), request, key, &issuer->chain.front(), &issuer->key)
             : issue_certificate(system_rng(), request, key);
  if (!c) {
    if (c.error().code == Errc::bad_argument)
      throw usage_error("the certificate cannot be made: " + c.error().text());
    throw Failure(exit_for(c.error().code), "the certificate cannot be made: " + c.error().text(),
                  hint_for(c.error().code), c.error());
  }
  const std::string cert_pem = encode_pem("CERTIFICATE", c->der());
  std::string key_pem = key.to_pem();
  std::string both = f.keyout.empty() ? cert_pem + key_pem : std::string();
  out.document["certificate"] = certificate_json(*c);
  if (!f.keyout.empty()) {
    write_files({{f.keyout, key_pem, true}, {f.out, cert_pem}});
  } else if (!f.out.empty()) {
    write_files({{f.out, both, true}});
  } else if (out.json) {
    out.document["key"] = key_pem;
  } else {
    out.data(both);
  }
  wipe(key_pem);
  wipe(both);
  if (!f.out.empty()) out.note(fmt::format("{}: {}", printable(f.out), certificate_line(*c)));
  return Exit::ok;
}

}  // namespace

void add_x509_make(CLI::App& app) {
  CLI::App* c = app.add_subcommand("make", "A new key and a certificate for it");
  auto f = std::make_shared<Flags>();
  c->add_option("--cn", f->cn, "common name (default localhost)")->type_name("NAME");
  c->add_option("--san", f->san, "DNS names and addresses, joined by ',' (default: the --cn)")
      ->type_name("LIST");
  c->add_option("--key", f->key, fmt::format("{} (default rsa:2048)", kKeyKinds))
      ->type_name("KIND");
  c->add_option("--hash", f->hash, "md5, sha1, sha224, sha256 (default), sha384 or sha512")
      ->type_name("HASH")
      ->check(silent(CLI::IsMember({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})));
  c->add_option("--days", f->days, "validity from now on (default 365)")
      ->type_name("N")
      ->check(silent(CLI::Range(1, 36500)));
  c->add_flag("--ca", f->ca, "may sign other certificates");
  c->add_option("--issuer", f->issuer, "signed by this CA instead of itself")
      ->type_name("CERT,KEY");
  c->add_option("--pass", f->pass, kPassHelp)->type_name("SOURCE")->needs("--issuer");
  c->add_option("--out", f->out, "the certificate; without --keyout the key too")
      ->type_name("FILE");
  c->add_option("--keyout", f->keyout, "the key, readable by you only")->type_name("FILE");
  on_command(
      *c, [f](Output& out) { return run(out, *f); },
      "  parley x509 make --cn localhost --out cert.pem --keyout key.pem\n"
      "  parley x509 make --cn 'Test CA' --ca --out ca.pem --keyout ca.key\n"
      "  parley x509 make --cn www.example.org --san www.example.org,192.0.2.1 \\\n"
      "    --issuer ca.pem,ca.key --key rsa:1024 --hash sha1 --out old.pem --keyout old.key\n"
      "  parley x509 make --key ec:p256 --out ec.pem");
}

}  // namespace parley::tool
