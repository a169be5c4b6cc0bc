// Name constraints (RFC 5280 section 4.2.1.10).
#pragma once
#include "parley/trust.hpp"
#include "trust/facts.hpp"

namespace parley::trust {

/// A name in the form in which it is held against subtrees.
struct HeldName {
  GeneralName::Kind kind{};
  /// As RawGeneralName::content; a directory in its canonical form (asn1::canonical_name).
  Bytes value{};
};
/// The names of a certificate that constraints bind: its subject, the emailAddress attributes in
/// it, all of subjectAltName, and of a leaf that has no DNS name there each commonName that looks
/// like one, as OpenSSL has it: match_hostname() believes those. A SmtpUTF8Mailbox is held against
/// constraints on mail addresses, too (RFC 9598 section 6).
Result<std::vector<HeldName>> held_names(const Facts&, bool leaf);

/// Whether `name` lies in a subtree. Errc::unsupported_name_constraint for what cannot be compared:
/// kinds without rules, a base or a name that is malformed (for `where` see there).
Result<bool> in_subtree(const HeldName& name, const HeldName& base);
/// The same, but a wildcard lies there already when some host that it stands for does: one that may
/// be taken for an excluded host is excluded.
Result<bool> touches_subtree(const HeldName& name, const HeldName& base);

/// The subtrees of a certificate by kind of name, ready to be compared with.
struct Subtrees {
  static constexpr std::size_t kKinds = 9;
  std::array<std::vector<HeldName>, kKinds> permitted{}, excluded{};
};
Result<std::optional<Subtrees>> subtrees(const Facts&);

/// Every name lies in a permitted subtree of its kind, if there are any, and in no excluded one.
/// Errc::name_not_permitted, name_excluded, unsupported_name_constraint; Errc::
/// certificate_verify_failed when `spent` exceeds `budget`.
Status check_names(std::span<const HeldName>, const Subtrees&, const Budget& budget, Budget& spent);

}  // namespace parley::trust
