#include "parley/hostname.hpp"

#include <arpa/inet.h>

#include <array>

#include "trust/address.hpp"

namespace parley {
namespace {

constexpr std::size_t kMaxHost = 253;  // RFC 1035 section 2.3.4, in text form

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_but_for_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

/// Visible ASCII. NUL is what a certificate for "www.bank.example\0.evil.example" hides behind
/// (CVE-2009-2408).
bool is_plain(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool has_empty_label(std::string_view name) {
  return name.empty() || name.front() == '.' || name.back() == '.' ||
         name.find("..") != std::string_view::npos;
}

/// What some program would take for an address, "127.1" or "192.0.2.1.": no name of the DNS ends in
/// a number, and certificates must not make it one (RFC 9525 section 6.4).
bool looks_like_an_address(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return host.find(':') != std::string_view::npos ||
         last.find_first_not_of("0123456789") == std::string_view::npos;
}

/// RFC 9525 section 6.3. `host` has no empty label.
bool dns_matches(std::string_view pattern, std::string_view host) {
  constexpr std::string_view kWildcard = "*.";
  if (!is_plain(pattern) || has_empty_label(pattern)) return false;
  if (!pattern.starts_with(kWildcard))
    return pattern.find('*') == std::string_view::npos && same_but_for_case(pattern, host);
  const std::string_view parent = pattern.substr(kWildcard.size());
  // "*.org" would be for everybody.
  if (parent.find('*') != std::string_view::npos || parent.find('.') == std::string_view::npos)
    return false;
  const std::size_t dot = host.find('.');
  return dot != std::string_view::npos && same_but_for_case(parent, host.substr(dot + 1));
}

template <class Matches>
Result<bool> any_name(const Certificate& c, GeneralName::Kind kind, Matches matches) {
  PARLEY_TRY(const auto names, c.subject_alt_names());
  return names && std::any_of(names->begin(), names->end(), [&](const GeneralName& n) {
           return n.kind == kind && matches(n.value);
         });
}

}  // namespace

Bytes trust::parse_address(std::string_view text) {
  std::array<std::uint8_t, 16> a{};
  const std::string s{text};
  if (inet_pton(AF_INET, s.c_str(), a.data()) == 1) return {a.begin(), a.begin() + 4};
  if (inet_pton(AF_INET6, s.c_str(), a.data()) == 1) return {a.begin(), a.end()};
  return {};
}

bool is_host(std::string_view host) {
  if (!is_plain(host)) return false;
  if (!trust::parse_address(host).empty()) return true;
  if (host.ends_with('.')) host.remove_suffix(1);
  return !has_empty_label(host) && host.size() <= kMaxHost;
}

Status check_host(const Certificate& c, std::string_view host) {
  if (!is_host(host)) return Error{.code = Errc::bad_argument, .where = "host"};
  const Bytes address = trust::parse_address(host);
  if (!address.empty()) {
    PARLEY_TRY(const bool found,
               any_name(c, GeneralName::Kind::ip_address, [&](const std::string& value) {
                 return trust::parse_address(value) == address;
               }));
    if (!found) return Error{.code = Errc::ip_address_mismatch, .where = "subjectAltName"};
    return {};
  }
  if (host.ends_with('.')) host.remove_suffix(1);
  PARLEY_TRY(const bool found, any_name(c, GeneralName::Kind::dns, [&](const std::string& value) {
               return dns_matches(value, host);
             }));
  if (!found || looks_like_an_address(host))
    return Error{.code = Errc::hostname_mismatch, .where = "subjectAltName"};
  return {};
}

bool is_email(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return is_plain(address) && at != 0 && at != std::string_view::npos && at + 1 != address.size();
}

Status check_email(const Certificate& c, std::string_view address) {
  if (!is_email(address)) return Error{.code = Errc::bad_argument, .where = "address"};
  const std::size_t at = address.rfind('@');
  const std::string_view user = address.substr(0, at), domain = address.substr(at + 1);
  PARLEY_TRY(const bool found, any_name(c, GeneralName::Kind::email, [&](const std::string& value) {
               return is_plain(value) && value.size() == address.size() && value[at] == '@' &&
                      std::string_view{value}.substr(0, at) == user &&
                      same_but_for_case(std::string_view{value}.substr(at + 1), domain);
             }));
  if (!found) return Error{.code = Errc::email_address_mismatch, .where = "subjectAltName"};
  return {};
}

}  // namespace parley
