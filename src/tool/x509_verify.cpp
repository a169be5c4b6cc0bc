// parley x509 verify: is this certificate signed by somebody we trust?
#include <fmt/format.h>

#include "tool/commands.hpp"
#include "tool/x509_question.hpp"

namespace parley::tool {
namespace {

struct Flags {
  std::string leaf{};
  Question question{};
  bool why = false, batch = false;
};

std::string hint_for(Errc code) {
  switch (code) {
    case Errc::unknown_ca: return "--ca must hold its root, --untrusted what lies between";
    case Errc::certificate_expired:
    case Errc::certificate_not_yet_valid:
    case Errc::crl_expired:
    case Errc::crl_not_yet_valid: return "--at asks about another moment";
    case Errc::certificate_type: return "it was made for another --purpose";
    case Errc::crl_missing: return "--crl must hold a list of each issuer that is asked about";
    case Errc::no_explicit_policy: return "it is not valid under any --policy that is asked for";
    default: return {};
  }
}

std::string taken_back(const RevocationFacts& r) {
  return fmt::format("; revoked at {}{}", rfc3339(r.date),
                     r.reason ? fmt::format(" for {}", reason_name(*r.reason)) : std::string());
}

/// What is asked, and the answer, in the document.
Verification ask(Output& out, const Question& q) {
  try {
    const VerifyPolicy policy = policy_from(q);
    Library library;
    const TrustStore trust = library.trust(q);
    Verification v = verify(trust, chain_from(library, q), policy);
    out.document["at"] = rfc3339(policy.unix_seconds);
    answer_json(v, out.document);
    return v;
  } catch (const Failure& f) {
    answer_json(f, out.document);
    throw;
  }
}

/// No flag means anything without its word; CLI11 takes "" for one.
void refuse_empty(const CLI::App& command) {
  for (const CLI::Option* o : command.get_options())
    for (const std::string& word : o->results())
      if (o->get_items_expected_max() != 0 && word.empty())
        throw usage_error(o->get_name() + ": must not be empty");
}

Exit run(Output& out, Flags& f) {
  if (f.batch) {
    if (!f.leaf.empty() || out.json)
      throw usage_error("--batch takes its questions from standard input alone");
    return verify_batch(out);
  }
  if (f.leaf.empty()) throw usage_error("leaf is required");
  f.question.leaf = {f.leaf};
  f.question.of_system = f.question.ca.empty() && f.question.capath.empty();
  const Verification v = ask(out, f.question);
  if (f.why && !out.json) out.data(search_text(v));
  if (v.reason) {
    const Error& e = *v.reason;
    throw Failure(exit_of(v),
                  fmt::format("{}: not valid: {}{}", printable(f.leaf), chain_text(e),
                              v.revoked ? taken_back(*v.revoked) : ""),
                  hint_for(e.code), e);
  }
  std::string text = fmt::format("{}: valid\n", printable(f.leaf));
  for (std::size_t i = 0; i < v.path.size(); ++i)
    text += fmt::format("  {}: {}\n", i, certificate_line(v.path[i]));
  if (!out.json) out.data(text);
  return Exit::ok;
}

}  // namespace

void add_x509_verify(CLI::App& app) {
  CLI::App* c = app.add_subcommand("verify", "Check a chain of certificates; 0 valid, 1 not");
  auto f = std::make_shared<Flags>();
  Question& q = f->question;
  const auto files = [c](const char* flag, std::vector<std::string>& to, const char* type,
                         const char* help) {
    c->add_option(flag, to, help)->type_name(type)->take_all()->expected(1);
  };
  c->add_option("leaf", f->leaf, "the certificate; others in the file are --untrusted")
      ->type_name("FILE");
  files("--ca", q.ca, "FILE", "trusted roots; may be repeated (default: those of the system)");
  files("--capath", q.capath, "DIR",
        "hashed directory of roots and revocation lists; DIR:DIR for several");
  files("--untrusted", q.untrusted, "FILE", "certificates in between; may be repeated");
  files("--crl", q.crl, "FILE", "revocation lists, which are then asked for the leaf");
  c->add_option("--crl-check", q.crl_check, "whose lists must be there: none, leaf or chain")
      ->type_name("WHOSE");
  c->add_option("--at", q.at, "the moment that counts (default: now)")->type_name("RFC3339|UNIX");
  CLI::Option* host = c->add_option("--host", q.host, "the DNS name or IP address it must be for");
  host->type_name("NAME");
  c->add_option("--email", q.email, "the mail address it must be for")
      ->type_name("ADDR")
      ->excludes(host);
  c->add_option("--purpose", q.purpose, "server, client or any (default)")
      ->type_name("USE")
      ->check(silent(CLI::IsMember({"server", "client", "any"})));
  files("--policy", q.policies, "OID", "a policy it must be valid under; may be repeated");
  c->add_flag("--explicit-policy", q.explicit_policy, "some policy must be valid");
  c->add_flag("--inhibit-map", q.inhibit_mapping, "policies are not mapped onto others");
  c->add_flag("--inhibit-any", q.inhibit_any, "anyPolicy stands for no policy");
  c->add_flag("--strict", q.strict, "ask of issuers what RFC 5280 does");
  c->add_flag("--partial-chain", q.partial_chain, "any certificate of --ca ends a path");
  c->add_flag("--untrusted-first", q.untrusted_first, "prefer --untrusted to --ca");
  c->add_flag("--strong", q.strong, "refuse MD5, SHA-1, and RSA and DSA below 2048 bits");
  c->add_flag("--why", f->why, "print the search, and why each candidate was refused");
  c->add_flag("--batch", f->batch, "answer lines of JSON from standard input");
  on_command(
      *c,
      [f, c](Output& out) {
        refuse_empty(*c);
        return run(out, *f);
      },
      "  parley x509 verify leaf.pem --ca root.pem --untrusted middle.pem\n"
      "  parley x509 verify leaf.pem --ca root.pem --at 2004-02-29T12:00:00Z --json\n"
      "  echo '{\"id\": 1, \"leaf\": \"leaf.pem\", \"ca\": [\"root.pem\"]}' |"
      " parley x509 verify --batch");
}

}  // namespace parley::tool
