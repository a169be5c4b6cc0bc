// parley connect: a client that shows what was negotiated, then passes bytes either way.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <deque>

#include "parley/pem.hpp"
#include "tool/commands.hpp"
#include "tool/link.hpp"
#include "tool/settings.hpp"
#include "tool/starttls.hpp"
#include "tool/status.hpp"
#include "tool/target.hpp"

namespace parley::tool {
namespace {

constexpr double kPatience = 20;  // seconds, without --timeout
constexpr double kGrace = 2;      // seconds for last words after our close_notify

struct Flags {
  std::string target{};
  Settings settings{};
  std::string sni{};
  bool no_sni = false;
  std::string starttls{};
  bool resume = false, renegotiate = false;
  std::size_t min_dh = 0;  ///< 0: as it is
  bool show_certs = false;
  bool status = false;
  std::string head{};
  double timeout = 0;  // 0: not given
  ExplainFlags explain{};

  double patience() const { return timeout > 0 ? timeout : kPatience; }
  double grace() const { return timeout > 0 ? timeout : kGrace; }
};

bool plain_ascii(std::string_view s) {
  for (const char c : s)
    if (c <= ' ' || c > '~') return false;
  return true;
}

std::string server_name(const Flags& f, const Target& t) {
  constexpr std::size_t kLongestName = 255;
  if (f.no_sni) return {};
  if (f.sni.empty()) return t.server_name();
  if (!plain_ascii(f.sni) || f.sni.size() > kLongestName)
    throw usage_error(fmt::format("--sni {}: a name is ASCII (the xn-- form), at most 255 letters",
                                  printable(f.sni)));
  return f.sni;
}

/// Whom an XMPP client asks for, whatever it puts into the ClientHello.
std::string domain(const Flags& f, const Target& t) {
  return !f.sni.empty() ? f.sni : t.local_path() ? "localhost" : t.where.host;
}

enum class Check { nothing, chain, host };

/// Whether there is anything to believe on this machine.
bool has_system_roots() {
  const DefaultVerifyPaths paths = get_default_verify_paths();
  return paths.cafile || paths.capath;
}

/// What --verify says; without it the name is compared as soon as there is somebody to believe.
Check wanted_check(const Settings& s) {
  if (s.verify == "none") return Check::nothing;
  if (!s.verify.empty() && s.verify != "chain" && s.verify != "host")
    throw usage_error(fmt::format("--verify {}: give none, chain or host", printable(s.verify)));
  if (!s.has_roots() && !has_system_roots()) {
    if (!s.verify.empty())
      throw usage_error(fmt::format("--verify {} needs --ca FILE or --capath DIR", s.verify));
    return Check::nothing;
  }
  return s.verify == "chain" ? Check::chain : Check::host;
}

/// The context's settings, and whom the certificate must be for.
std::shared_ptr<const Config> settings_for(const SSLContext& context, Check check,
                                           const std::string& host) {
  if (check != Check::host) return context.config();
  auto c = std::make_shared<Config>(*context.config());
  c->verify_policy.host = host;
  // What was verified for one name says nothing of another.
  c->verification = std::make_shared<char>();
  return c;
}

Json negotiated_json(Connection& tls) {
  Json j{{"protocol", version_name(*tls.version())},
         {"suite", suite_json(*tls.suite())},
         {"resumed", tls.resumed()},
         {"verified", tls.peer_verified()}};
  j["extended_master_secret"] = tls.extended_master_secret();
  if (!tls.alpn_protocol().empty()) j["alpn"] = tls.alpn_protocol();
  Json chain = Json::array();
  for (const Certificate& c : tls.peer_chain()) chain.push_back(certificate_json(c));
  j["peer_certificates"] = std::move(chain);
  return j;
}

void report(Output& out, Link& link, const std::string& where, Check check, bool warned) {
  Connection& tls = link.tls();
  const CipherSuite& suite = *tls.suite();
  out.note(fmt::format("{}: {}, {} ({}, 0x{:04x}), {} bits, {}", where,
                       version_name(*tls.version()), suite.openssl_name, suite.iana_name, suite.id,
                       suite.secret_bits, tls.resumed() ? "resumed session" : "new session"));
  if (!tls.peer_chain().empty())
    out.note(fmt::format("certificate: {}; {}", certificate_line(tls.peer_chain().front()),
                         !tls.peer_verified()   ? "not verified"
                         : check == Check::host ? "chain verified, host name too"
                                                : "chain verified, host name not compared"));
  // That the certificate counts for nothing was said before the connection, and in more words.
  for (const Choices::Weak& w : link.choices().weaknesses)
    if (!warned || w.allowed_by != "verify_mode CERT_NONE") out.warn("weak: " + w.what);
  out.document["negotiated"] = negotiated_json(tls);
  tell(out.document, link.choices());
}

void show_certificates(Output& out, Connection& tls) {
  if (out.json) return;  // they are in the document
  std::string text;
  for (const Certificate& c : tls.peer_chain())
    text += describe(c) + encode_pem("CERTIFICATE", c.der());
  out.data(text);
}

/// Bytes between stdin, the connection and stdout. Nothing here waits for one while another
/// could move.
class Pipe {
 public:
  Pipe(Link& link, Output& out, double grace) : link_(link), out_(out), grace_(grace) {}

  void run() {
    for (;;) {
      take();
      if (finished()) break;
      step();
    }
  }

 private:
  static constexpr std::size_t kHighWater = 65536;
  static constexpr std::size_t kChunk = 4096;  // a pipe that is writable has room for it (PIPE_BUF)

  /// Plaintext out of the engine, and stdin into it.
  void take() {
    Connection& tls = link_.tls();
    std::array<std::uint8_t, 16384> buffer;
    while (to_stdout_.size() < kHighWater) {
      const std::size_t n = tls.read(buffer);
      if (n == 0) break;
      to_stdout_ += as_text(ByteView(buffer).first(n));
    }
    if (tls.phase() != Connection::Phase::open) return;
    if (!from_stdin_.empty()) {
      const Result<std::size_t> n = tls.write(as_bytes(from_stdin_));
      if (n) from_stdin_.erase(0, *n);
    }
    if (stdin_ended_ && from_stdin_.empty() && !over_ && link_.say_goodbye()) {
      over_ = true;
      deadline_ = Deadline(grace_);
    }
  }

  bool finished() {
    Connection& tls = link_.tls();
    if (!to_stdout_.empty() || tls.readable() > 0) return false;
    link_.check();
    if (link_.peer_closed()) {
      link_.close(Deadline(grace_));
      return true;
    }
    if (deadline_.over()) {
      out_.detail("the server did not answer our close_notify");
      return true;
    }
    return false;
  }

  void step() {
    const bool room = to_stdout_.size() < kHighWater;
    const bool hungry =
        !stdin_ended_ && from_stdin_.empty() && link_.tls().phase() == Connection::Phase::open;
    // poll() passes over negative descriptors.
    std::array<pollfd, 3> p{pollfd{link_.fd(), link_.events(room), 0},
                            pollfd{hungry ? STDIN_FILENO : -1, POLLIN, 0},
                            pollfd{to_stdout_.empty() ? -1 : STDOUT_FILENO, POLLOUT, 0}};
    if (p[0].events == 0) p[0].fd = -1;
    const bool behind = room && link_.backlog();
    ::poll(p.data(), p.size(), behind ? 0 : deadline_.poll_timeout());
    if (p[2].revents != 0) write_stdout();
    if (p[1].revents != 0) read_stdin();
    if (p[0].revents != 0 || behind) {
      link_.move();
      if (stdin_ended_ && from_stdin_.empty()) deadline_ = Deadline(grace_);
    }
  }

  void write_stdout() {
    const ssize_t n =
        ::write(STDOUT_FILENO, to_stdout_.data(), std::min(kChunk, to_stdout_.size()));
    if (n > 0) to_stdout_.erase(0, static_cast<std::size_t>(n));
    if (n < 0 && errno != EINTR && errno != EAGAIN)
      throw Failure(Exit::local, "standard output: " + IOError(errno).strerror());
  }

  void read_stdin() {
    std::array<char, 16384> buffer;
    const ssize_t n = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (n < 0) throw Failure(Exit::local, "standard input: " + IOError(errno).strerror());
    if (n == 0) stdin_ended_ = true;
    from_stdin_.append(buffer.data(), static_cast<std::size_t>(n));
  }

  Link& link_;
  Output& out_;
  double grace_;
  std::string from_stdin_{}, to_stdout_{};
  bool stdin_ended_ = false;
  bool over_ = false;  ///< the server has been told
  Deadline deadline_{};
};

void send_all(Link& link, std::string_view bytes, const Deadline& until) {
  while (!bytes.empty() && !until.over()) {
    link.check();
    const Result<std::size_t> n = link.tls().write(as_bytes(bytes));
    if (n) bytes.remove_prefix(*n);
    link.drain(until);
  }
}

/// Where the empty line after an HTTP header ends; npos when it has not come.
std::size_t header_end(std::string_view s) {
  const std::size_t crlf = s.find("\r\n\r\n"), lf = s.find("\n\n");
  if (crlf == std::string_view::npos && lf == std::string_view::npos) return crlf;
  return crlf < lf ? crlf + 4 : lf + 2;
}

std::string head_request(const std::string& path, const Target& t, const std::string& name) {
  if (!path.starts_with('/') || !plain_ascii(path))
    throw usage_error(
        fmt::format("--head {}: a path begins with '/' and has no blanks", printable(path)));
  const std::string host = !name.empty() ? name : t.local_path() ? "localhost" : t.where.host;
  return fmt::format("HEAD {} HTTP/1.0\r\nHost: {}\r\nConnection: close\r\n\r\n", path, host);
}

/// Sends the request and gives back the header of the answer.
std::string ask_head(Link& link, const std::string& request, const Target& t, double seconds) {
  constexpr std::size_t kLongestHeader = 1 << 20;
  const Deadline until(seconds);
  send_all(link, request, until);
  std::string answer;
  std::array<std::uint8_t, 16384> buffer;
  for (;;) {
    link.move();
    for (std::size_t n = link.tls().read(buffer); n > 0; n = link.tls().read(buffer))
      answer += as_text(ByteView(buffer).first(n));
    const std::size_t end = header_end(answer);
    if (end != std::string::npos) return answer.substr(0, end);
    link.check();
    if (link.peer_closed() || answer.size() > kLongestHeader) return answer;
    if (until.over())
      throw Failure(Exit::unreachable, fmt::format("{}: no answer to HEAD in time", t.text),
                    "--timeout waits longer");
    if (link.backlog()) continue;
    pollfd p{link.fd(), link.events(true), 0};
    ::poll(&p, 1, until.poll_timeout());
  }
}

/// A second handshake inside the connection (RFC 5746); says whether the server went along.
void renegotiate(Output& out, Link& link, const Target& t, double seconds) {
  if (const Status s = link.tls().renegotiate(); !s)
    throw Failure(Exit::unsupported, fmt::format("{}: {}", t.text, s.error().text()));
  const Deadline until(seconds);
  while (link.tls().renegotiating() || link.unsent()) {
    link.move();
    link.check();
    if (until.over())
      throw Failure(Exit::unreachable, fmt::format("{}: no renegotiation in time", t.text),
                    "--timeout waits longer");
    if (link.tls().renegotiating()) link.wait(link.events(true), until);
  }
  const bool done = link.tls().renegotiations() != 0;
  out.document["renegotiated"] = done;
  out.note(fmt::format("{}: renegotiated: {}", t.text, done ? "yes" : "no"));
}

/// Tapes of the connections that are made are put into the list, if they are wanted.
Exit talk(Output& out, const Flags& f, std::deque<Tape>& tapes) {
  const StarttlsProtocol* starttls = f.starttls.empty() ? nullptr : &starttls_protocol(f.starttls);
  const Target target =
      parse_target(f.target, starttls == nullptr ? kHttps : starttls_port(*starttls));
  const std::string name = server_name(f, target);
  const std::string request =
      f.head.empty() ? std::string() : head_request(f.head, target, f.sni.empty() ? name : f.sni);
  SSLContext context = f.settings.context();
  const Check check = wanted_check(f.settings);
  const bool warned = check == Check::nothing && f.settings.verify.empty();
  if (warned)
    out.warn(
        "without --ca FILE anybody can play the server: its certificate is not verified "
        "(--verify none says that you know)");
  if (check != Check::nothing) {
    context.verify_mode = CERT_REQUIRED;
    if (!f.settings.has_roots()) context.set_default_verify_paths();
  }
  if (f.min_dh != 0) context.set_dh_limits(f.min_dh);
  context.set_request_status(f.status);
  const std::shared_ptr<const Config> config = settings_for(context, check, domain(f, target));
  std::optional<KeyLog> keylog;
  if (const std::string path = f.settings.keylog_path(); !path.empty()) keylog.emplace(path);

  out.document["target"] = target.text;
  if (starttls != nullptr) out.document["starttls"] = f.starttls;
  const auto open = [&](std::shared_ptr<const Session> session) {
    parley::socket socket = connect_to(target, f.patience());
    if (starttls != nullptr)
      start_tls(*starttls, socket, target.text, domain(f, target), Deadline(f.patience()), out);
    if (f.explain.on()) tapes.emplace_back();
    auto link = std::make_unique<Link>(Side::client,
                                       Link::Setup{.socket = std::move(socket),
                                                   .config = config,
                                                   .peer = target.text,
                                                   .out = out,
                                                   .keylog = keylog ? &*keylog : nullptr,
                                                   .tape = f.explain.on() ? &tapes.back() : nullptr,
                                                   .server_name = name,
                                                   .resume = std::move(session)});
    link->handshake(Deadline(f.patience()));
    return link;
  };

  std::unique_ptr<Link> link = open(nullptr);
  if (f.resume) {
    const std::shared_ptr<const Session> session = link->tls().session();
    link->close(Deadline(f.grace()));
    link.reset();
    if (session == nullptr) out.note(target.text + ": the server gave no session to resume");
    link = open(session);
    out.note(fmt::format("{}: resumed: {}", target.text, link->tls().resumed() ? "yes" : "no"));
  }
  if (f.renegotiate) renegotiate(out, *link, target, f.patience());
  report(out, *link, target.text, check, warned);
  if (f.status) report_status(out, link->tls(), *context.config());
  if (f.show_certs) show_certificates(out, link->tls());
  if (!f.head.empty()) {
    const std::string header = ask_head(*link, request, target, f.patience());
    out.document["head"] = header;
    if (!out.json) out.data(header);
    link->close(Deadline(0.5));
  } else if (out.json) {
    link->close(Deadline(f.grace()));
  } else {
    Pipe(*link, out, f.grace()).run();
  }
  return Exit::ok;
}

Exit run(Output& out, const Flags& f) {
  std::deque<Tape> tapes;
  Explainer explainer(out, f.explain);
  const auto explain = [&] {
    for (const Tape& tape : tapes) explainer.tell(tape, printable(f.target));
  };
  Exit exit{};
  try {
    exit = talk(out, f, tapes);
  } catch (const Failure&) {
    // What was said up to there is what somebody wants to see.
    explain();
    throw;
  }
  explain();
  return exit;
}

}  // namespace

void add_connect(CLI::App& app) {
  CLI::App* c = app.add_subcommand(
      "connect", "Connect, show what was negotiated, then pass stdin and stdout through");
  auto f = std::make_shared<Flags>();
  c->add_option("target", f->target, "host[:port], [v6]:port, port, or unix:/path")
      ->required()
      ->type_name("TARGET");
  f->settings.add(*c,
                  "none, chain, or host: the name too (default, with --ca or the system's roots)");
  CLI::Option* sni =
      c->add_option("--sni", f->sni, "server_name to send (default: the host)")->type_name("NAME");
  c->add_flag("--no-sni", f->no_sni, "send no server_name")->excludes(sni);
  c->add_option("--min-dh", f->min_dh,
                "shortest Diffie-Hellman prime to accept, in bits (default 1024)")
      ->type_name("BITS")
      ->check(CLI::Range(512, 8192));
  CLI::Option* starttls =
      c->add_option("--starttls", f->starttls,
                    fmt::format("begin in clear and ask for TLS as {} does", kStarttlsWords))
          ->type_name("PROTO");
  c->add_flag("--resume", f->resume, "connect twice and resume the session of the first time");
  c->add_flag("--renegotiate", f->renegotiate, "a second handshake inside the connection");
  c->add_option("--timeout", f->timeout,
                "seconds for connecting, for the handshake and for an answer (20), and for last "
                "words after the end of stdin (2)")
      ->type_name("S")
      ->check(seconds());
  c->add_option("--head", f->head, "send an HTTP HEAD for PATH instead of stdin")
      ->type_name("PATH")
      ->excludes(starttls);
  c->add_flag("--status", f->status, "ask for a stapled OCSP response and show what it says");
  c->add_flag("--show-certs", f->show_certs, "print the server's certificates");
  f->explain.add(*c);
  on_command(
      *c, [f](Output& out) { return run(out, *f); },
      "  parley connect example.org:443 --head /\n"
      "  parley connect localhost:4433 --ssl3 --ciphers RC4-MD5 --verify none\n"
      "  parley connect 4433 --ca ca.pem --tls1 --resume\n"
      "  parley connect mail.example.org --starttls smtp\n"
      "  parley connect example.org --head / --explain=page.html\n"
      "With --json nothing is passed through: the document is all there is on stdout.");
}

}  // namespace parley::tool
