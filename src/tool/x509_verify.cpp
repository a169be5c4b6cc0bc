// parley x509 verify: is this certificate signed by somebody we trust?
#include <fmt/format.h>

#include "parley/clock.hpp"
#include "parley/trust.hpp"
#include "tool/commands.hpp"
#include "tool/files.hpp"

namespace parley::tool {
namespace {

struct Flags {
  std::string leaf{};
  std::vector<std::string> ca{}, untrusted{};
  std::string at{};
  std::string purpose = "any";
};

Purpose purpose_from(const std::string& word) {
  return word == "server" ? Purpose::server : word == "client" ? Purpose::client : Purpose::any;
}

std::string hint_for(Errc code) {
  switch (code) {
    case Errc::unknown_ca: return "--ca must hold its root, --untrusted what lies between";
    case Errc::certificate_expired:
    case Errc::certificate_not_yet_valid: return "--at asks about another moment";
    case Errc::certificate_type: return "it was made for another --purpose";
    default: return {};
  }
}

Exit run(Output& out, const Flags& f) {
  VerifyPolicy policy{.unix_seconds = SystemClock().unix_seconds(),
                      .purpose = purpose_from(f.purpose)};
  if (!f.at.empty()) {
    const std::optional<std::int64_t> at = parse_moment(f.at);
    if (!at)
      throw usage_error(
          fmt::format("--at {}: give 2026-11-22T09:30:00Z or Unix seconds", printable(f.at)));
    policy.unix_seconds = *at;
  }
  TrustStore trust;
  for (const std::string& file : f.ca)
    for (Certificate& c : load_certificates(file)) trust.add(std::move(c));
  std::vector<Certificate> chain = load_certificates(f.leaf);
  for (const std::string& file : f.untrusted)
    for (Certificate& c : load_certificates(file)) chain.push_back(std::move(c));

  out.document["at"] = rfc3339(policy.unix_seconds);
  const Result<std::vector<Certificate>> path = verify_chain(trust, chain, policy);
  out.document["valid"] = path.has_value();
  if (!path) {
    const Error& e = path.error();
    throw Failure(Exit::no, fmt::format("{}: not valid: {}", printable(f.leaf), chain_text(e)),
                  hint_for(e.code), e);
  }
  Json list = Json::array();
  std::string text = fmt::format("{}: valid\n", printable(f.leaf));
  for (std::size_t i = 0; i < path->size(); ++i) {
    list.push_back(certificate_json((*path)[i]));
    text += fmt::format("  {}: {}\n", i, certificate_line((*path)[i]));
  }
  out.document["path"] = std::move(list);
  if (!out.json) out.data(text);
  return Exit::ok;
}

}  // namespace

void add_x509_verify(CLI::App& app) {
  CLI::App* c = app.add_subcommand("verify", "Check a chain of certificates; 0 valid, 1 not");
  auto f = std::make_shared<Flags>();
  c->add_option("leaf", f->leaf, "the certificate; others in the file are --untrusted")
      ->required()
      ->type_name("FILE");
  c->add_option("--ca", f->ca, "trusted roots; may be repeated")
      ->required()
      ->type_name("FILE")
      ->take_all()
      ->expected(1);
  c->add_option("--untrusted", f->untrusted, "certificates in between; may be repeated")
      ->type_name("FILE")
      ->take_all()
      ->expected(1);
  c->add_option("--at", f->at, "the moment that counts (default: now)")->type_name("RFC3339|UNIX");
  c->add_option("--purpose", f->purpose, "server, client or any (default)")
      ->type_name("USE")
      ->check(silent(CLI::IsMember({"server", "client", "any"})));
  on_command(
      *c, [f](Output& out) { return run(out, *f); },
      "  parley x509 verify leaf.pem --ca root.pem --untrusted middle.pem\n"
      "  parley x509 verify leaf.pem --ca root.pem --at 2004-02-29T12:00:00Z --json");
}

}  // namespace parley::tool
