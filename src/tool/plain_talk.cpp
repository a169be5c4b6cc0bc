#include "tool/plain_talk.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace parley::tool {
namespace {

// Several times what RFC 5321 and its like allow, and what servers are seen to say.
constexpr std::size_t kLongestLine = 4096;
constexpr std::size_t kLongestReply = 65536;

void wait(const parley::socket& s, short events, const Deadline& until) {
  pollfd p{s.fileno(), events, 0};
  ::poll(&p, 1, until.poll_timeout());
}

bool is_transient(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

std::string visible(std::string_view bytes) {
  while (bytes.ends_with('\n') || bytes.ends_with('\r')) bytes.remove_suffix(1);
  return printable(bytes);
}

}  // namespace

std::string in_quotes(std::string_view reply) {
  constexpr std::size_t kMostShown = 200;
  const std::string text = visible(reply.substr(0, kMostShown));
  return fmt::format("'{}'{}", text, reply.size() > kMostShown ? "..." : "");
}

PlainTalk::PlainTalk(parley::socket& s, std::string who, const Deadline& until, Output& out)
    : socket_(s), who_(std::move(who)), until_(until), out_(out) {
  socket_.setblocking(false);
}

void PlainTalk::say(std::string_view bytes) {
  if (!unread_.empty()) nonsense("the server said more than it was asked", unread_);
  reply_ = 0;
  if (out_.verbose) out_.detail(fmt::format("{}: sent {}", who_, in_quotes(bytes)));
  while (!bytes.empty()) {
    const ssize_t n =
        ::send(socket_.fileno(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    if (!is_transient(errno))
      throw Failure(Exit::unreachable,
                    fmt::format("{}: the server hung up: {}", who_, IOError(errno).strerror()));
    if (until_.over()) throw Failure(Exit::unreachable, who_ + ": the server takes nothing more");
    wait(socket_, POLLOUT, until_);
  }
}

void PlainTalk::more() {
  std::array<char, 1024> buffer;
  for (;;) {
    const ssize_t n = ::recv(socket_.fileno(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n > 0) {
      unread_.append(buffer.data(), static_cast<std::size_t>(n));
      return;
    }
    if (n == 0 || !is_transient(errno)) {
      const std::string why = n == 0 ? "" : ": " + IOError(errno).strerror();
      throw Failure(
          Exit::unreachable,
          fmt::format("{}: the server hung up{}{}", who_, why,
                      unread_.empty() ? " without a reply"
                                      : " in the middle of its reply " + in_quotes(unread_)),
          "is it the right port for this protocol?");
    }
    if (until_.over())
      throw Failure(Exit::unreachable,
                    fmt::format("{}: the server did not {} in time", who_,
                                unread_.empty() ? "reply" : "end its reply " + in_quotes(unread_)),
                    "a port where TLS begins at once is silent here: try without --starttls; "
                    "--timeout waits longer");
    wait(socket_, POLLIN, until_);
  }
}

void PlainTalk::count(std::size_t taken) {
  reply_ += taken;
  if (reply_ > kLongestReply)
    nonsense(fmt::format("a reply has no end after {} bytes", kLongestReply), unread_);
}

std::string PlainTalk::take(std::size_t n) {
  count(n);
  std::string s = unread_.substr(0, n);
  unread_.erase(0, n);
  return s;
}

std::string PlainTalk::line() {
  std::size_t end = 0;
  while ((end = unread_.find('\n', end)) == std::string::npos) {
    end = unread_.size();
    if (end > kLongestLine)
      nonsense(fmt::format("a line of the reply has no end after {} bytes", kLongestLine), unread_);
    more();
  }
  if (end > kLongestLine)
    nonsense(fmt::format("a line of the reply is longer than {} bytes", kLongestLine), unread_);
  std::string s = take(end + 1);
  s.pop_back();
  if (s.ends_with('\r')) s.pop_back();
  if (out_.verbose) out_.detail(fmt::format("{}: received {}", who_, in_quotes(s)));
  return s;
}

std::string PlainTalk::exactly(std::size_t n) {
  if (n > kLongestReply) nonsense(fmt::format("a reply says that it has {} bytes", n), unread_);
  while (unread_.size() < n) more();
  return take(n);
}

std::string PlainTalk::tag() {
  // A '>' inside a quoted value ends nothing (XML 1.0 section 3.1).
  char quote = 0;
  bool inside = false;
  for (std::size_t at = 0;; ++at) {
    while (at == unread_.size()) {
      if (at > kLongestReply)
        nonsense(fmt::format("a reply has no end after {} bytes", kLongestReply), unread_);
      more();
    }
    const char c = unread_[at];
    if (!inside) {
      inside = c == '<';
      if (!inside) continue;
      count(at);
      unread_.erase(0, at);
      at = 0;
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      std::string s = take(at + 1);
      if (out_.verbose) out_.detail(fmt::format("{}: received {}", who_, in_quotes(s)));
      return s;
    }
  }
}

void PlainTalk::go_ahead(std::string_view reply) {
  // We speak first in TLS, so until then the server has nothing to say.
  std::array<char, 1024> buffer;
  const ssize_t n = ::recv(socket_.fileno(), buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_PEEK);
  if (n > 0) unread_.append(buffer.data(), static_cast<std::size_t>(n));
  if (unread_.empty()) return;
  throw Failure(
      Exit::protocol,
      fmt::format("{}: with its go-ahead {} the server sent more in clear, {}: refused, for "
                  "somebody between us may have put it there to pass for words spoken inside TLS",
                  who_, in_quotes(reply), in_quotes(unread_)));
}

void PlainTalk::refused(std::string_view what, std::string_view reply,
                        const std::string& hint) const {
  throw Failure(Exit::unreachable, fmt::format("{}: {}: {}", who_, what, in_quotes(reply)), hint);
}

void PlainTalk::nonsense(std::string_view what, std::string_view reply) const {
  throw Failure(Exit::protocol, fmt::format("{}: {}: {}", who_, what, in_quotes(reply)),
                "is it the right port for this protocol?");
}

}  // namespace parley::tool
