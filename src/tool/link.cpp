#include "tool/link.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "tool/suite_words.hpp"

namespace parley::tool {
namespace {

/// "client_hello" as the RFCs write it in running text: "ClientHello".
std::string camel_case(std::string_view snake) {
  std::string s;
  bool up = true;
  for (const char c : snake) {
    if (c != '_') s += up ? static_cast<char>(c - 'a' + 'A') : c;
    up = c == '_';
  }
  return s;
}

}  // namespace

void tell(Json& document, const Choices& choices) {
  Json& decisions = document["decisions"] = Json::array();
  for (const Choices::Decision& d : choices.decisions)
    decisions.push_back({{"what", d.what}, {"why", d.why}, {"narrowed_by", d.setting}});
  Json& weaknesses = document["weaknesses"] = Json::array();
  for (const Choices::Weak& w : choices.weaknesses)
    weaknesses.push_back({{"what", w.what}, {"allowed_by", w.allowed_by}});
}

Deadline::Deadline(double seconds)
    : at_(std::chrono::steady_clock::now() +
          std::chrono::duration_cast<std::chrono::steady_clock::duration>(
              std::chrono::duration<double>(seconds))) {}

int Deadline::poll_timeout() const {
  if (!at_) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(*at_ - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
}

bool Deadline::over() const { return at_ && std::chrono::steady_clock::now() >= *at_; }

Link::Link(Side side, Setup setup)
    : socket_(std::move(setup.socket)),
      out_(setup.out),
      keylog_(setup.keylog),
      tape_(setup.tape),
      stop_(setup.stop),
      scene_{.peer = std::move(setup.peer), .us = side} {
  socket_.setblocking(false);
  const Environment world = system_environment(this);
  tls_.emplace(side == Side::client
                   ? Connection::client(std::move(setup.config), std::move(setup.server_name),
                                        world, std::move(setup.resume))
                   : Connection::server(std::move(setup.config), world));
}

Link::~Link() = default;

void Link::on(const Event& event) {
  if (const auto* message = std::get_if<MessageEvent>(&event)) {
    const bool ours = message->from == scene_.us;
    // Once there has been a handshake, nobody wonders whether the peer speaks TLS.
    if (ours && !finished_) scene_.last = camel_case(step_name(message->step));
    if (out_.verbose)
      out_.detail(fmt::format("{}: {} {} ({} bytes)", scene_.peer, ours ? "sent" : "received",
                              camel_case(step_name(message->step)), message->body.size()));
  } else if (const auto* state = std::get_if<StateEvent>(&event)) {
    finished_ = finished_ || state->next == Step::end;
  } else if (const auto* alert = std::get_if<AlertEvent>(&event)) {
    if (out_.verbose)
      out_.detail(fmt::format("{}: {} alert {} ({})", scene_.peer,
                              alert->from == scene_.us ? "sent" : "received",
                              alert_name(alert->alert), static_cast<int>(alert->alert)));
  } else if (const auto* secret = std::get_if<SecretEvent>(&event)) {
    if (keylog_ != nullptr && secret->label != kPremasterLabel) keylog_->add(key_log_line(*secret));
    if (tape_ != nullptr) tape_->add_secret(key_log_line(*secret));
  } else if (const auto* choice = std::get_if<DecisionEvent>(&event)) {
    choices_.decisions.push_back(
        {std::string(choice->what), std::string(choice->why), std::string(choice->setting)});
    if (out_.verbose)
      out_.detail(fmt::format("{}: {}: {} (narrowed by {})", scene_.peer, printable(choice->what),
                              choice->why, choice->setting));
  } else if (const auto* weak = std::get_if<WeaknessEvent>(&event)) {
    choices_.weaknesses.push_back({in_words(*weak), std::string(weak->allowed_by)});
  }
}

short Link::events(bool reading) const {
  int e = 0;
  if (reading && !ended_) e |= POLLIN;
  if (unsent()) e |= POLLOUT;
  return static_cast<short>(e);
}

void Link::send() {
  while (unsent()) {
    const ByteView bytes = tls_->outgoing();
    const ssize_t n = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      if (tape_ != nullptr) tape_->add(scene_.us, bytes.first(static_cast<std::size_t>(n)));
      tls_->sent(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return;
    } else if (errno != EINTR) {
      broken_ = true;
    }
  }
}

void Link::receive() {
  constexpr int kRounds = 4;  // then the data has its turn
  if (!untaken_.empty()) {
    const std::size_t taken = tls_->feed(untaken_);
    untaken_.erase(untaken_.begin(), untaken_.begin() + static_cast<std::ptrdiff_t>(taken));
  }
  std::array<std::uint8_t, 32768> buffer;
  for (int i = 0; i < kRounds && !ended_ && untaken_.empty(); ++i) {
    if (tls_->failure() != nullptr || peer_closed()) return;
    const ssize_t n = ::recv(fd(), buffer.data(), buffer.size(), 0);
    if (n > 0) {
      const ByteView got = ByteView(buffer).first(static_cast<std::size_t>(n));
      if (tape_ != nullptr) tape_->add(other(scene_.us), got);
      append(untaken_, got.subspan(tls_->feed(got)));
    } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
      return;
    } else {
      scene_.reset = n < 0;
      ended_ = true;
    }
  }
  if (ended_ && untaken_.empty() && !speaks_ssl2()) tls_->end_of_stream();
}

bool Link::speaks_ssl2() const {
  return tls_->phase() != Connection::Phase::handshaking &&
         tls_->version() == ProtocolVersion::ssl20;
}

void Link::move() {
  send();
  receive();
  send();
}

void Link::check() const {
  const Error* e = tls_->failure();
  if (e == nullptr) return;
  throw connection_failure(*e, scene_);
}

void Link::wait(short wanted, const Deadline& until) const {
  // poll() passes over a descriptor of -1.
  std::array<pollfd, 2> p{pollfd{fd(), wanted, 0},
                          pollfd{stop_ == nullptr ? -1 : stop_->fd, POLLIN, 0}};
  ::poll(p.data(), p.size(), until.poll_timeout());
}

void Link::handshake(const Deadline& until) {
  for (;;) {
    if (stopped()) throw Stopped();
    move();
    if (const Error* e = tls_->failure()) {
      drain(Deadline(1));
      // What came before the stream was cut is for whoever reads on. The last message is seen
      // before it is checked, so other failures are the handshake's unless there is data.
      if (tls_->readable() > 0 || (finished_ && e->code == Errc::unexpected_eof)) break;
      check();
    } else if (tls_->phase() != Connection::Phase::handshaking && !unsent()) {
      break;
    }
    if (until.over())
      throw Failure(
          Exit::unreachable,
          fmt::format("{}: the {} did not finish the handshake in time{}", scene_.peer,
                      side_name(other(scene_.us)),
                      scene_.last.empty() ? "" : " after our " + scene_.last),
          scene_.us == Side::client ? "it may not speak TLS there; --timeout waits longer" : "");
    wait(events(true), until);
  }
  scene_.last.clear();
}

bool Link::say_goodbye() {
  if (!speaks_ssl2()) return tls_->close().has_value();
  if (unsent()) return false;
  if (!std::exchange(said_goodbye_, true)) ::shutdown(fd(), SHUT_WR);
  return true;
}

void Link::drain(const Deadline& until) {
  for (send(); unsent() && !until.over() && !stopped(); send()) wait(POLLOUT, until);
}

void Link::close(const Deadline& until) {
  drain(until);
  if (tls_->failure() != nullptr || !say_goodbye()) return;
  drain(until);
  std::array<std::uint8_t, 4096> unread;
  for (;;) {
    receive();
    while (tls_->read(unread) > 0) {
    }
    if (backlog() && !until.over()) continue;
    if (peer_closed() || ended_ || tls_->failure() != nullptr || until.over() || stopped()) return;
    wait(POLLIN, until);
  }
}

void Link::hang_up(const Deadline& until) {
  drain(until);
  if (ended_ || broken_) return;
  // A close with unread bytes would reset the connection, and the peer lose our last words.
  ::shutdown(fd(), SHUT_WR);
  std::array<std::uint8_t, 4096> unread;
  while (!until.over()) {
    const ssize_t n = ::recv(fd(), unread.data(), unread.size(), 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) return;
    if (n < 0 && stopped()) return;
    if (n < 0) wait(POLLIN, until);
  }
}

}  // namespace parley::tool
