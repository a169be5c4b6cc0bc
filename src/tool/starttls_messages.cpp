// Protocols of elements and messages: XMPP, LDAP, PostgreSQL.
#include <fmt/format.h>

#include <optional>
#include <string>

#include "tool/starttls_talks.hpp"

namespace parley::tool::starttls {

namespace {

// --- XMPP (RFC 6120 section 5) -------------------------------------------------------------------

/// "starttls" of "<starttls xmlns='..'/>", "/features" of "</stream:features>".
std::string local_name(std::string_view tag) {
  tag.remove_prefix(1);
  const bool closing = tag.starts_with('/');
  if (closing) tag.remove_prefix(1);
  std::string_view name = tag.substr(0, tag.find_first_of(" \t\r\n/>"));
  if (const std::size_t colon = name.find(':'); colon != std::string_view::npos)
    name.remove_prefix(colon + 1);
  return fmt::format("{}{}", closing ? "/" : "", name);
}

bool is_empty_element(std::string_view tag) { return tag.ends_with("/>"); }

std::string escaped(std::string_view text) {
  std::string s;
  for (const char c : text) {
    switch (c) {
      case '&': s += "&amp;"; break;
      case '<': s += "&lt;"; break;
      case '\'': s += "&apos;"; break;
      default: s += c;
    }
  }
  return s;
}

/// The next tag. What ends a stream is a failure: <stream:error> with its condition inside, or
/// </stream:stream>.
std::string xmpp_tag(PlainTalk& t) {
  const std::string tag = t.tag();
  const std::string name = local_name(tag);
  if (name == "/stream") t.refused("the server ends the stream", tag);
  if (name == "error") t.refused("the server ends the stream", t.tag());
  return tag;
}

}  // namespace

void xmpp(PlainTalk& t, std::string_view domain) {
  t.say(
      fmt::format("<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
                  "xmlns:stream='http://etherx.jabber.org/streams' to='{}' version='1.0'>",
                  escaped(domain)));
  std::string tag = t.tag();
  if (tag.starts_with("<?xml")) tag = t.tag();
  if (local_name(tag) != "stream") t.nonsense("this is no XMPP stream", tag);
  tag = xmpp_tag(t);
  if (local_name(tag) != "features") t.nonsense("these are no stream features", tag);
  std::string offers = tag;
  bool offered = false;
  for (bool open = !is_empty_element(tag); open;) {
    tag = xmpp_tag(t);
    const std::string name = local_name(tag);
    open = name != "/features";
    offered = offered || name == "starttls";
    offers += tag;
  }
  if (!offered) t.refused(kNoOffer, offers);
  t.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  tag = xmpp_tag(t);
  if (local_name(tag) == "failure") t.refused(kRefusal, tag);
  if (local_name(tag) != "proceed") t.nonsense("this is no answer to starttls", tag);
  if (!is_empty_element(tag)) {
    const std::string end = t.tag();
    if (local_name(end) != "/proceed") t.nonsense("this is no answer to starttls", tag + end);
  }
  t.go_ahead(tag);
}

namespace {

// --- LDAP (RFC 4511 sections 4.2.1 and 4.14) -----------------------------------------------------

constexpr char kSequence = 0x30, kInteger = 0x02, kEnumerated = 0x0a, kOctets = 0x04;
constexpr char kExtendedResponse = 0x78;

std::size_t byte_value(char c) { return static_cast<unsigned char>(c); }

/// Takes an element with this tag off the front; nothing when there is none. LDAP has definite
/// lengths only, which may be longer than they need to be (RFC 4511 section 5.1).
std::optional<std::string_view> take_element(std::string_view& in, char tag) {
  if (in.size() < 2 || in[0] != tag) return {};
  std::size_t length = byte_value(in[1]), begin = 2;
  if (length >= 0x80) {
    const std::size_t digits = length - 0x80;
    if (digits == 0 || digits > 4 || in.size() < 2 + digits) return {};
    length = 0;
    for (std::size_t i = 0; i < digits; ++i) length = length << 8 | byte_value(in[begin++]);
  }
  if (length > in.size() - begin) return {};
  const std::string_view content = in.substr(begin, length);
  in.remove_prefix(begin + length);
  return content;
}

/// A whole LDAPMessage, as it came.
std::string ldap_message(PlainTalk& t) {
  std::string m = t.exactly(2);
  if (m[0] != kSequence) t.nonsense("this is no LDAP message", m);
  std::size_t length = byte_value(m[1]);
  if (length >= 0x80) {
    const std::size_t digits = length - 0x80;
    if (digits == 0 || digits > 4) t.nonsense("this is no LDAP message", m);
    const std::string more = t.exactly(digits);
    length = 0;
    for (const char c : more) length = length << 8 | byte_value(c);
    m += more;
  }
  return m + t.exactly(length);
}

}  // namespace

void ldap(PlainTalk& t, std::string_view) {
  // messageID 1, extendedReq with the requestName 1.3.6.1.4.1.1466.20037.
  constexpr std::string_view kRequest =
      "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
      "1.3.6.1.4.1.1466.20037";
  t.say(kRequest);
  const std::string message = ldap_message(t);
  std::string_view whole = message;
  std::string_view body = take_element(whole, kSequence).value_or("");
  const auto id = take_element(body, kInteger);
  auto response = take_element(body, kExtendedResponse);
  if (!id || !response) t.nonsense("this is no answer to StartTLS", message);
  const auto code = take_element(*response, kEnumerated);
  const auto matched = take_element(*response, kOctets);
  const auto diagnostic = take_element(*response, kOctets);
  if (!code || code->size() != 1 || !matched || !diagnostic)
    t.nonsense("this is no answer to StartTLS", message);
  const std::string text =
      fmt::format("result code {}, {}", byte_value(code->front()),
                  diagnostic->empty() ? "without a word" : std::string(*diagnostic));
  // messageID 0: a notice of disconnection (RFC 4511 section 4.4.1).
  if (*id == std::string_view("\0", 1)) t.refused("the server hangs up", text);
  if (*id != "\x01") t.nonsense("this answers another question", message);
  if (code->front() != 0) t.refused(kRefusal, text);
  t.go_ahead(text);
}

namespace {

// --- PostgreSQL (protocol 3, SSLRequest) ---------------------------------------------------------

}  // namespace

void postgres(PlainTalk& t, std::string_view) {
  t.say(std::string_view("\x00\x00\x00\x08\x04\xd2\x16\x2f", 8));
  const std::string answer = t.exactly(1);
  if (answer == "N") t.refused(kRefusal, answer);
  // What follows 'E' is from before SSL, or an attacker's: it is not for our eyes.
  if (answer != "S") t.nonsense("this is no answer to SSLRequest", answer);
  t.go_ahead(answer);
}

}  // namespace parley::tool::starttls
