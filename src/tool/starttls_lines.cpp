// Protocols of lines: SMTP, FTP, IMAP, POP3.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tool/starttls_talks.hpp"

namespace parley::tool::starttls {

namespace {

std::string upper(std::string_view s) {
  std::string out(s);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

/// Whether one of the words between blanks is this one, in capitals.
bool has_word(std::string_view text, std::string_view word) {
  const std::string wanted = fmt::format(" {} ", word);
  return fmt::format(" {} ", upper(text)).find(wanted) != std::string::npos;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// --- replies with a number: SMTP (RFC 5321 section 4.2), FTP (RFC 959 section 4.2) ---------------

struct NumberedReply {
  std::string code;
  std::vector<std::string> lines;  ///< without code
  std::string text;                ///< as it came, lines separated by " / "
};

/// In SMTP every line has the code; in FTP only the first and the last one need it.
NumberedReply numbered_reply(PlainTalk& t, bool every_line) {
  NumberedReply r;
  for (;;) {
    const std::string line = t.line();
    const bool coded = line.size() >= 3 && std::all_of(line.begin(), line.begin() + 3, is_digit) &&
                       (line.size() == 3 || line[3] == ' ' || line[3] == '-') &&
                       (r.code.empty() || line.starts_with(r.code));
    if (!coded && (every_line || r.code.empty())) t.nonsense("this is no reply", line);
    if (coded && r.code.empty()) r.code = line.substr(0, 3);
    r.lines.push_back(coded ? line.substr(std::min<std::size_t>(line.size(), 4)) : line);
    r.text += (r.text.empty() ? "" : " / ") + line;
    if (coded && (line.size() == 3 || line[3] == ' ')) return r;
  }
}

}  // namespace

// RFC 3207. The address literal says nothing about us, and no server can look it up.
void smtp(PlainTalk& t, std::string_view) {
  const auto ask = [&t](std::string_view command, std::string_view good, std::string_view what) {
    if (!command.empty()) t.say(command);
    NumberedReply r = numbered_reply(t, true);
    if (r.code != good) t.refused(what, r.text);
    return r;
  };
  ask("", "220", "the server turns us away");
  const NumberedReply hello = ask("EHLO [127.0.0.1]\r\n", "250", "the server refuses EHLO");
  // The first line is a greeting that may hold any word.
  if (std::none_of(hello.lines.begin() + 1, hello.lines.end(),
                   [](const std::string& s) { return has_word(s, "STARTTLS"); }))
    t.refused(kNoOffer, hello.text);
  t.go_ahead(ask("STARTTLS\r\n", "220", kRefusal).text);
}

// RFC 4217 section 4.
void ftp(PlainTalk& t, std::string_view) {
  NumberedReply r = numbered_reply(t, false);
  while (r.code == "120") r = numbered_reply(t, false);  // ready in so many minutes
  if (r.code != "220") t.refused("the server turns us away", r.text);
  t.say("AUTH TLS\r\n");
  r = numbered_reply(t, false);
  if (r.code != "234") t.refused(kRefusal, r.text);
  t.go_ahead(r.text);
}

namespace {

// --- IMAP (RFC 3501 section 6.2.1) ---------------------------------------------------------------

/// The lines of an answer; the last one is the tagged one, without its tag.
std::vector<std::string> imap_answer(PlainTalk& t, std::string_view tag) {
  std::vector<std::string> lines;
  for (;;) {
    std::string line = t.line();
    if (line.starts_with(tag)) {
      lines.push_back(line.substr(tag.size()));
      return lines;
    }
    if (upper(line).starts_with("* BYE")) t.refused("the server hangs up", line);
    if (!line.starts_with("* ")) t.nonsense("this is no reply", line);
    lines.push_back(std::move(line));
  }
}

}  // namespace

void imap(PlainTalk& t, std::string_view) {
  const std::string greeting = t.line();
  const std::string word = upper(greeting);
  if (word.starts_with("* PREAUTH"))
    t.refused("STARTTLS is for those who have not logged in, and the server has let us in already",
              greeting);
  if (word.starts_with("* BYE")) t.refused("the server turns us away", greeting);
  if (!word.starts_with("* OK")) t.nonsense("this is no greeting", greeting);
  t.say("a1 CAPABILITY\r\n");
  const std::vector<std::string> offer = imap_answer(t, "a1 ");
  const bool offered = std::any_of(offer.begin(), offer.end(), [](const std::string& s) {
    return has_word(s, "CAPABILITY") && has_word(s, "STARTTLS");
  });
  if (!offered) t.refused(kNoOffer, offer.front());
  t.say("a2 STARTTLS\r\n");
  const std::string last = imap_answer(t, "a2 ").back();
  if (!has_word(last.substr(0, 3), "OK")) t.refused(kRefusal, last);
  t.go_ahead(last);
}

namespace {

// --- POP3 (RFC 2595 section 4, RFC 2449 section 5) -----------------------------------------------

bool pop3_good(PlainTalk& t, const std::string& line) {
  if (line.starts_with("+OK")) return true;
  if (!line.starts_with("-ERR")) t.nonsense("this is no reply", line);
  return false;
}

}  // namespace

void pop3(PlainTalk& t, std::string_view) {
  std::string line = t.line();
  if (!pop3_good(t, line)) t.refused("the server turns us away", line);
  t.say("CAPA\r\n");
  line = t.line();
  // Servers from before CAPA may know STLS.
  if (pop3_good(t, line)) {
    std::string offers = line;
    bool offered = false;
    for (line = t.line(); line != "."; line = t.line()) {
      offered = offered || has_word(line, "STLS");
      offers += " / " + line;
    }
    if (!offered) t.refused("the server does not offer STLS, its reply is", offers);
  }
  t.say("STLS\r\n");
  line = t.line();
  if (!pop3_good(t, line)) t.refused(kRefusal, line);
  t.go_ahead(line);
}

}  // namespace parley::tool::starttls
