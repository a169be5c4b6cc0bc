// One name and one subtree of its kind (RFC 5280 section 4.2.1.10).
#include "trust/names.hpp"

namespace parley::trust {
namespace {

using Kind = GeneralName::Kind;

Error unsupported(const char* where) {
  return {.code = Errc::unsupported_name_constraint, .where = where};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}
bool ends(std::string_view name, std::string_view with) {
  return name.size() >= with.size() && same(name.substr(name.size() - with.size()), with);
}

// The dot of the root, which may be written or not.
std::string_view rootless(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

// A host of the DNS in ASCII, as far as programs agree on where it begins and ends; a name may
// have wildcards. What is not one fits nothing and everything.
bool is_host(std::string_view s, bool wildcards = false) {
  const auto allowed = [wildcards](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || (wildcards && c == '*');
  };
  return !s.empty() && s.front() != '.' && s.find("..") == std::string_view::npos &&
         std::all_of(s.begin(), s.end(), allowed);
}

// Nothing, for any host; a host; a dot and what lies below a host. "." alone is none of them.
bool is_subtree(std::string_view base) {
  if (base.starts_with('.'))
    base.remove_prefix(1);
  else if (base.empty())
    return true;
  return is_host(base);
}

// "example.com" holds itself and what lies below; OpenSSL's ".example.com" what lies below.
Result<bool> dns_in(std::string_view name, std::string_view base) {
  if (!is_host(name, true) || !is_subtree(base)) return unsupported("dNSName");
  name = rootless(name);
  base = rootless(base);
  if (base.empty()) return true;
  if (!ends(name, base)) return false;
  return name.size() == base.size() || base.front() == '.' ||
         name[name.size() - base.size() - 1] == '.';
}

std::string_view last_label(std::string_view& name) {
  const std::size_t dot = name.rfind('.');
  const std::string_view label = name.substr(dot == std::string_view::npos ? 0 : dot + 1);
  name = dot == std::string_view::npos ? std::string_view{} : name.substr(0, dot);
  return label;
}

bool label_may_be(std::string_view pattern, std::string_view label) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return same(pattern, label);
  // What stands behind another star is not worth looking at.
  const std::string_view before = pattern.substr(0, star),
                         after = pattern.substr(pattern.rfind('*') + 1);
  return label.size() >= before.size() + after.size() &&
         same(before, label.substr(0, before.size())) && ends(label, after);
}

// "*.example.com" may stand for "www.example.com", the base or something above it, and so may
// "w*.example.com", which match_hostname() takes.
bool wildcard_touches(std::string_view name, std::string_view base) {
  if (name.find('*') == std::string_view::npos) return false;
  name = rootless(name);
  base = rootless(base);
  const bool below = base.starts_with('.');
  if (below) base.remove_prefix(1);
  while (!base.empty()) {
    if (name.empty()) return false;
    const std::string_view pattern = last_label(name);
    if (!label_may_be(pattern, last_label(base))) return false;
  }
  return !below || !name.empty();
}

// ".example.com" holds hosts below it, "example.com" that host alone.
Result<bool> host_in(std::string_view host, std::string_view base, const char* where) {
  if (!is_host(host) || !is_subtree(base)) return unsupported(where);
  host = rootless(host);
  base = rootless(base);
  if (base.empty()) return true;
  if (base.front() == '.') return host.size() > base.size() && ends(host, base);
  return same(host, base);
}

Result<bool> email_in(std::string_view name, std::string_view base) {
  constexpr const char* kWhere = "rfc822Name";
  const std::size_t at = name.rfind('@');
  if (at == std::string_view::npos) return unsupported(kWhere);
  const std::string_view host = name.substr(at + 1);
  const std::size_t base_at = base.rfind('@');
  if (base_at == std::string_view::npos) return host_in(host, base, kWhere);
  if (!is_host(host) || !is_host(base.substr(base_at + 1))) return unsupported(kWhere);
  // The mailbox itself; its local part is told apart by letter case (RFC 5321 section 2.4).
  if (base_at != 0 && name.substr(0, at) != base.substr(0, base_at)) return false;
  return same(rootless(host), rootless(base.substr(base_at + 1)));
}

bool is_ipv4(std::string_view host) {
  return !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// RFC 3986 section 2: what is not there some programs repair, and each in its own way: to browsers
// a backslash is a slash.
bool in_uri(char c) {
  return c > 0x20 && c < 0x7f && std::string_view{"\"<>\\^`{|}"}.find(c) == std::string_view::npos;
}

Result<bool> uri_in(std::string_view uri, std::string_view base) {
  constexpr const char* kWhere = "uniformResourceIdentifier";
  // Without an authority, or with an address for one, it must be refused.
  const std::size_t colon = uri.find(':');
  if (!std::all_of(uri.begin(), uri.end(), in_uri)) return unsupported(kWhere);
  if (colon == std::string_view::npos || uri.substr(colon + 1, 2) != "//")
    return unsupported(kWhere);
  std::string_view host = uri.substr(colon + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  if (const std::size_t at = host.rfind('@'); at != std::string_view::npos)
    host.remove_prefix(at + 1);
  host = host.substr(0, host.find(':'));
  if (is_ipv4(host)) return unsupported(kWhere);
  return host_in(host, base, kWhere);
}

Result<bool> ip_in(ByteView address, ByteView base) {
  if ((base.size() != 8 && base.size() != 32) || (address.size() != 4 && address.size() != 16))
    return unsupported("iPAddress");
  if (base.size() != 2 * address.size()) return false;
  const ByteView net = base.first(address.size());
  const ByteView mask = base.last(address.size());
  for (std::size_t i = 0; i < address.size(); ++i)
    if (((address[i] ^ net[i]) & mask[i]) != 0) return false;
  return true;
}

bool has_nul(ByteView b) { return std::find(b.begin(), b.end(), std::uint8_t{0}) != b.end(); }

}  // namespace

Result<bool> in_subtree(const HeldName& name, const HeldName& base) {
  const std::string_view text = as_text(name.value);
  const std::string_view subtree = as_text(base.value);
  const bool is_text = name.kind == Kind::dns || name.kind == Kind::email || name.kind == Kind::uri;
  // What follows a NUL is seen by some programs and not by others.
  if (is_text && (has_nul(name.value) || has_nul(base.value))) return unsupported("NUL in a name");
  switch (name.kind) {
    case Kind::dns: return dns_in(text, subtree);
    case Kind::email: return email_in(text, subtree);
    case Kind::uri: return uri_in(text, subtree);
    case Kind::ip_address: return ip_in(name.value, base.value);
    // The first RDNs are the same: whole elements of a canonical form, so bytes will do.
    case Kind::directory: return text.starts_with(subtree);
    case Kind::other_name: return unsupported("otherName");
    case Kind::x400: return unsupported("x400Address");
    case Kind::edi_party: return unsupported("ediPartyName");
    case Kind::registered_id: return unsupported("registeredID");
  }
  return unsupported("GeneralName");
}

Result<bool> touches_subtree(const HeldName& name, const HeldName& base) {
  PARLEY_TRY(const bool inside, in_subtree(name, base));
  if (inside || name.kind != Kind::dns) return inside;
  return wildcard_touches(as_text(name.value), as_text(base.value));
}

}  // namespace parley::trust
