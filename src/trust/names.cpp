// Which names of a certificate are held against which subtrees, and at what cost.
#include "trust/names.hpp"

#include "asn1/der_reader.hpp"
#include "asn1/name.hpp"
#include "asn1/oid.hpp"
#include "trust/address.hpp"

namespace parley::trust {
namespace {

using Kind = GeneralName::Kind;

constexpr std::string_view kEmailAddress = "1.2.840.113549.1.9.1";
constexpr std::string_view kCommonName = "2.5.4.3";

Result<HeldName> hold(Kind kind, ByteView content) {
  if (kind != Kind::directory) return HeldName{.kind = kind, .value = to_bytes(content)};
  PARLEY_TRY(Bytes canonical, asn1::canonical_name(content));
  return HeldName{.kind = kind, .value = std::move(canonical)};
}

// What may stand in a host that match_hostname() is asked about: also letters outside ASCII, which
// are printed in certificates though they should not.
bool in_host(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '*' || static_cast<unsigned char>(c) >= 0x80;
}

// Of two labels, or for many hosts. Blanks and controls around it somebody will strip; what is
// held then is no host, which fits no constraint.
bool looks_like_a_host(std::string_view s) {
  const auto edge = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; };
  while (!s.empty() && edge(s.front())) s.remove_prefix(1);
  while (!s.empty() && edge(s.back())) s.remove_suffix(1);
  return std::all_of(s.begin(), s.end(), in_host) &&
         s.find_first_of(".*") != std::string_view::npos;
}

// `hosts`: nothing else names the hosts of the certificate.
void hold_attributes(const Name& subject, bool hosts, std::vector<HeldName>& to) {
  for (const RelativeName& rdn : subject.rdns)
    for (const NameAttribute& a : rdn) {
      if (a.oid == kEmailAddress)
        to.push_back({.kind = Kind::email, .value = to_bytes(as_bytes(a.value))});
      if (hosts && a.oid == kCommonName && looks_like_a_host(a.value))
        to.push_back({.kind = Kind::dns, .value = to_bytes(as_bytes(a.value))});
      if (!hosts || a.oid != kCommonName) continue;
      if (Bytes address = parse_address(a.value); !address.empty())
        to.push_back({.kind = Kind::ip_address, .value = std::move(address)});
    }
}

// What a SmtpUTF8Mailbox is to constraints on rfc822Name (RFC 9598 sections 3 and 6): the address,
// whose host is in ASCII. Any other is held as no address at all, which fits no constraint and is
// refused where there is one.
std::optional<HeldName> utf8_mailbox(const RawGeneralName& n) {
  if (n.kind != Kind::other_name) return {};
  asn1::DerReader r{n.content};
  if (!equal(r.oid("otherName.type-id"), asn1::oid::kSmtpUtf8Mailbox)) return {};
  HeldName held{.kind = Kind::email};
  asn1::DerReader value = r.enter("otherName.value", asn1::context_constructed(0));
  const ByteView address = value.element("SmtpUTF8Mailbox", asn1::kUtf8String).content;
  value.end("otherName.value");
  if (!r.finish("otherName")) return held;
  const std::size_t at = as_text(address).rfind('@');
  const auto in_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (at == std::string_view::npos) return held;
  const std::string_view host = as_text(address).substr(at);
  if (std::all_of(host.begin(), host.end(), in_ascii)) held.value = to_bytes(address);
  return held;
}

Status hold_all(const std::vector<GeneralSubtree>& from,
                std::array<std::vector<HeldName>, Subtrees::kKinds>& to) {
  for (const GeneralSubtree& s : from) {
    PARLEY_TRY(HeldName base, hold(s.kind, s.base));
    to.at(static_cast<std::size_t>(s.kind)).push_back(std::move(base));
  }
  return {};
}

Status spend(std::size_t n, const Budget& budget, Budget& spent) {
  spent.name_comparisons += n;
  if (spent.name_comparisons <= budget.name_comparisons) return {};
  spent.name_comparisons = budget.name_comparisons + 1;
  return Error{.code = Errc::certificate_verify_failed, .where = "name budget"};
}

}  // namespace

Result<std::vector<HeldName>> held_names(const Facts& facts, bool leaf) {
  const Certificate& c = facts.certificate;
  std::vector<HeldName> names;
  PARLEY_TRY(HeldName subject, hold(Kind::directory, c.subject_der()));
  // An empty subject names nobody (RFC 5280 section 4.1.2.6).
  if (!subject.value.empty()) names.push_back(std::move(subject));
  const std::vector<RawGeneralName> none;
  const std::vector<RawGeneralName>& others = facts.alt_names ? *facts.alt_names : none;
  const bool has_host = std::any_of(others.begin(), others.end(),
                                    [](const RawGeneralName& n) { return n.kind == Kind::dns; });
  PARLEY_TRY(const Name attributes, c.subject());
  hold_attributes(attributes, leaf && !has_host, names);
  for (const RawGeneralName& n : others) {
    PARLEY_TRY(HeldName held, hold(n.kind, n.content));
    names.push_back(std::move(held));
    if (std::optional<HeldName> mailbox = utf8_mailbox(n)) names.push_back(*std::move(mailbox));
  }
  return names;
}

Result<std::optional<Subtrees>> subtrees(const Facts& facts) {
  if (!facts.names) return std::optional<Subtrees>{};
  std::optional<Subtrees> all(std::in_place);
  PARLEY_CHECK(hold_all(facts.names->permitted, all->permitted));
  PARLEY_CHECK(hold_all(facts.names->excluded, all->excluded));
  return all;
}

Status check_names(std::span<const HeldName> names, const Subtrees& s, const Budget& budget,
                   Budget& spent) {
  // A comparison reads both from end to end at most.
  const auto cost = [](const HeldName& name, const HeldName& base) {
    return 1 + name.value.size() / 32 + base.value.size() / 32;
  };
  PARLEY_CHECK(spend(names.size(), budget, spent));
  for (const HeldName& name : names) {
    const std::vector<HeldName>& permitted = s.permitted.at(static_cast<std::size_t>(name.kind));
    bool fits = permitted.empty();
    for (const HeldName& base : permitted) {
      PARLEY_CHECK(spend(cost(name, base), budget, spent));
      PARLEY_TRY(fits, in_subtree(name, base));
      if (fits) break;
    }
    if (!fits) return Error{.code = Errc::name_not_permitted, .where = "permittedSubtrees"};
    for (const HeldName& base : s.excluded.at(static_cast<std::size_t>(name.kind))) {
      PARLEY_CHECK(spend(cost(name, base), budget, spent));
      PARLEY_TRY(const bool excluded, touches_subtree(name, base));
      if (excluded) return Error{.code = Errc::name_excluded, .where = "excludedSubtrees"};
    }
  }
  return {};
}

}  // namespace parley::trust
