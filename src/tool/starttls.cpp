#include "tool/starttls.hpp"

#include <fmt/format.h>

#include <array>

#include "tool/plain_talk.hpp"
#include "tool/starttls_talks.hpp"

namespace parley::tool {

struct StarttlsProtocol {
  std::string_view name, title;
  std::uint16_t port;
  void (*talk)(PlainTalk&, std::string_view domain);
};

namespace {

constexpr std::array kProtocols{
    StarttlsProtocol{"smtp", "SMTP", 25, starttls::smtp},
    StarttlsProtocol{"imap", "IMAP", 143, starttls::imap},
    StarttlsProtocol{"pop3", "POP3", 110, starttls::pop3},
    StarttlsProtocol{"ftp", "FTP", 21, starttls::ftp},
    StarttlsProtocol{"xmpp", "XMPP", 5222, starttls::xmpp},
    StarttlsProtocol{"ldap", "LDAP", 389, starttls::ldap},
    StarttlsProtocol{"postgres", "PostgreSQL", 5432, starttls::postgres}};

}  // namespace

const StarttlsProtocol& starttls_protocol(std::string_view name) {
  for (const StarttlsProtocol& p : kProtocols)
    if (p.name == name) return p;
  throw usage_error(
      fmt::format("--starttls {}: a protocol is {}", printable(name), kStarttlsWords));
}

std::uint16_t starttls_port(const StarttlsProtocol& p) { return p.port; }

void start_tls(const StarttlsProtocol& p, parley::socket& s, const std::string& target,
               std::string_view domain, const Deadline& until, Output& out) {
  PlainTalk talk(s, fmt::format("{}: {}", target, p.title), until, out);
  p.talk(talk, domain);
}

}  // namespace parley::tool
