// parley serve: a server for tests and old clients. A thread for each connection, up to a limit;
// whatever a client does ends its own connection only.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "parley/clock.hpp"
#include "tool/commands.hpp"
#include "tool/files.hpp"
#include "tool/keys.hpp"
#include "tool/link.hpp"
#include "tool/settings.hpp"
#include "tool/status.hpp"
#include "tool/target.hpp"
#include "tool/www.hpp"

namespace parley::tool {
namespace {

constexpr double kHandshakePatience = 30;  // seconds
constexpr double kIdlePatience = 600;      // seconds without a byte from the client
constexpr double kLastWords = 2;           // seconds for the client to read our end
constexpr std::size_t kMostConnections = 400;

struct Flags {
  std::string listen{};
  Settings settings{};
  std::vector<std::string> self_signed{};  ///< kinds of keys
  bool echo = false, www = false;
  std::string file{};
  bool once = false;
  std::uint64_t count = 0;           // 0: no limit
  std::vector<std::string> names{};  ///< --sni NAME=CERT,KEY
  std::string ocsp{};                ///< a file; empty: not given
  bool no_split = false, no_tickets = false;
  bool log = false;
  ExplainFlags explain{};
};

/// Written to by the signal handler: poll() sees it.
std::array<int, 2> stop_pipe{-1, -1};
StopSignal stop_signal;

extern "C" void on_stop_signal(int) {
  const int saved = errno;
  stop_signal.raised = true;
  if (::write(stop_pipe[1], "x", 1) < 0) errno = saved;
  errno = saved;
}

void catch_stop_signals() {
  if (::pipe2(stop_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0)
    throw Failure(Exit::local, "no pipe: " + IOError(errno).strerror());
  stop_signal.fd = stop_pipe[0];
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

int verify_mode(const Settings& s) {
  if (s.verify.empty() || s.verify == "none") return CERT_NONE;
  if (s.verify != "optional" && s.verify != "required")
    throw usage_error(
        fmt::format("--verify {}: give none, optional or required", printable(s.verify)));
  if (!s.has_roots())
    throw usage_error(fmt::format("--verify {} needs --ca FILE or --capath DIR", s.verify));
  return s.verify == "optional" ? CERT_OPTIONAL : CERT_REQUIRED;
}

class Server {
 public:
  /// `socket_path`: our Unix socket, removed after a signal; or empty.
  Server(Output& out, const Flags& f, SSLContext context, std::string socket_path)
      : out_(out),
        flags_(f),
        context_(std::move(context)),
        path_(std::move(socket_path)),
        explainer_(out, f.explain) {
    if (!f.file.empty()) content_ = read_file(f.file, std::string::npos);
    if (const std::string log = f.settings.keylog_path(); !log.empty()) keylog_.emplace(log);
    limit_ = f.once ? 1 : f.count;
  }

  void run(parley::socket listener) {
    std::uint64_t accepted = 0;
    while (limit_ == 0 || accepted < limit_) {
      wait_for_a_place();
      std::array<pollfd, 2> p{pollfd{listener.fileno(), POLLIN, 0},
                              pollfd{stop_pipe[0], POLLIN, 0}};
      if (::poll(p.data(), p.size(), -1) < 0) continue;
      if (p[1].revents != 0) return stop();
      if (start_one(listener)) ++accepted;
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return active_ == 0; });
    finish();
  }

  /// What the last connection failed with, if it did.
  const std::optional<Failure>& failure() const { return failure_; }

 private:
  struct Result_ {
    std::string peer;
    std::string negotiated = "-";
    bool resumed = false;
    std::uint64_t received = 0, sent = 0;
    std::optional<Failure> failure{};
    bool stopped = false;
    Choices choices{};
  };

  void wait_for_a_place() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return active_ < kMostConnections; });
  }

  /// False when the client was gone before we could take it.
  bool start_one(parley::socket& listener) {
    try {
      auto [client, from] = listener.accept();
      const std::lock_guard lock(mutex_);
      // The thread is told who it serves; the socket moves into it.
      auto owned = std::make_shared<parley::socket>(std::move(client));
      std::thread([this, owned, peer = address_text(from)] { serve_one(*owned, peer); }).detach();
      ++active_;
      return true;
    } catch (const std::system_error& e) {
      // Out of descriptors or threads: connections that end give some back.
      constexpr useconds_t kPause = 20'000;
      if (e.code() != std::errc::connection_aborted) ::usleep(kPause);
      return false;
    }
  }

  void serve_one(parley::socket& client, const std::string& peer) {
    Result_ result{.peer = peer};
    Tape tape;
    try {
      Link link(Side::server, {.socket = std::move(client),
                               .config = context_.config(),
                               .peer = peer,
                               .out = out_,
                               .keylog = keylog_ ? &*keylog_ : nullptr,
                               .tape = explainer_.on() ? &tape : nullptr,
                               .stop = &stop_signal});
      try {
        link.handshake(Deadline(kHandshakePatience));
        result.negotiated = fmt::format("{} {}", version_name(*link.tls().version()),
                                        link.tls().suite()->openssl_name);
        result.resumed = link.tls().resumed();
        talk(link, result);
      } catch (const Stopped&) {
        result.stopped = true;
        if (!link.say_goodbye()) link.check();
      } catch (...) {
        result.failure = failure_from(std::current_exception());
      }
      result.choices = link.choices();
      link.hang_up(Deadline(kLastWords));
    } catch (...) {
      result.failure = failure_from(std::current_exception());
    }
    try {
      explainer_.tell(tape, peer);
    } catch (...) {
      out_.error(failure_from(std::current_exception()));
    }
    ended(result);
  }

  void ended(const Result_& r) {
    std::string outcome = r.failure ? r.failure->what() : r.stopped ? "the server stopped" : "ok";
    // The line starts with the address.
    if (outcome.starts_with(r.peer + ": ")) outcome.erase(0, r.peer.size() + 2);
    std::string weak;
    for (const Choices::Weak& w : r.choices.weaknesses)
      weak += (weak.empty() ? "; weak: " : ", ") + w.what;
    const std::string line =
        fmt::format("{} {} {} {} in {} out {} {}{}", rfc3339(SystemClock().unix_seconds()), r.peer,
                    r.negotiated, r.resumed ? "resumed" : "new", r.received, r.sent, outcome, weak);
    if (flags_.log)
      out_.note(line);
    else
      out_.detail(line);
    const std::lock_guard lock(mutex_);
    for (const Choices::Weak& w : r.choices.weaknesses)
      if (!flags_.log && warned_.insert(w.what).second) out_.warn("weak: " + w.what);
    if (out_.json) {
      constexpr std::size_t kMostListed = 10'000;
      if (connections_.size() < kMostListed) {
        connections_.push_back({{"peer", r.peer},
                                {"negotiated", r.negotiated},
                                {"resumed", r.resumed},
                                {"received", r.received},
                                {"sent", r.sent},
                                {"outcome", outcome}});
        tell(connections_.back(), r.choices);
      }
    }
    if (r.failure) failure_ = r.failure;
    --active_;
    changed_.notify_all();
  }

  void talk(Link& link, Result_& r) {
    if (!flags_.file.empty()) return send_file(link, r);
    WwwServer www(link.tls(), context_, r.peer);
    std::string input, output;
    bool close = false;
    for (;;) {
      read_some(link, input, output.size(), r);
      if (close)
        input.clear();
      else if (flags_.www)
        close = www.answer(input, output, link.peer_closed() && link.tls().readable() == 0);
      else
        output += std::exchange(input, {});
      write_some(link, output, r);
      // The answer to somebody who is gone; what was said before that is still worth reading.
      if (link.broken() || link.tls().failure() != nullptr) output.clear();
      if (output.empty() && (close || link.tls().readable() == 0)) {
        link.check();
        if (close || link.peer_closed()) break;
      }
      if (!step(link, output.empty())) return;
    }
    link.close(Deadline(kLastWords));
  }

  void read_some(Link& link, std::string& input, std::size_t waiting, Result_& r) const {
    constexpr std::size_t kHighWater = 65536;
    std::array<std::uint8_t, 16384> buffer;
    while (waiting + input.size() < kHighWater) {
      const std::size_t n = link.tls().read(buffer);
      if (n == 0) return;
      r.received += n;
      input += as_text(ByteView(buffer).first(n));
    }
  }

  void write_some(Link& link, std::string& output, Result_& r) const {
    if (output.empty() || link.tls().phase() != Connection::Phase::open) return;
    const Result<std::size_t> n = link.tls().write(as_bytes(output));
    if (!n) return;
    r.sent += *n;
    output.erase(0, *n);
  }

  /// Waits and moves bytes; false when the client has been silent for too long.
  bool step(Link& link, bool reading) const {
    const Deadline idle(kIdlePatience);
    if (link.stopped()) throw Stopped();
    link.move();
    const bool work = link.tls().failure() != nullptr ||
                      (reading ? link.tls().readable() > 0 || link.peer_closed() : !link.unsent());
    if (work) return true;
    link.wait(link.events(reading), idle);
    link.move();
    return !idle.over();
  }

  void send_file(Link& link, Result_& r) const {
    std::string_view rest = content_;
    while (!rest.empty()) {
      link.check();
      const Result<std::size_t> n = link.tls().write(as_bytes(rest));
      if (n) rest.remove_prefix(*n);
      r.sent += n ? *n : 0;
      if (!step(link, false)) return;
      // A close_notify of the client's is no reason to stop: it may have said all it has to say.
      if (link.ended() || link.broken()) break;
    }
    link.close(Deadline(kLastWords));
  }

  /// After a signal: every connection says good-bye and writes its line; who cannot is left.
  [[noreturn]] void stop() {
    {
      constexpr std::chrono::seconds kPatience{1};
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kPatience, [this] { return active_ == 0; });
      finish();
    }
    if (!path_.empty()) ::unlink(path_.c_str());
    const Exit exit = out_.finish(Exit::ok);
    std::fflush(nullptr);
    ::_exit(static_cast<int>(exit));
  }

  void finish() {
    if (out_.json) out_.document["connections"] = std::move(connections_);
  }

  Output& out_;
  const Flags& flags_;
  const SSLContext context_;
  const std::string path_;
  std::string content_{};  ///< --file
  std::optional<KeyLog> keylog_{};
  Explainer explainer_;
  std::uint64_t limit_ = 0;

  std::mutex mutex_{};  // guards what follows
  std::condition_variable changed_{};
  std::size_t active_ = 0;
  std::set<std::string> warned_{};
  std::optional<Failure> failure_{};
  Json connections_ = Json::array();
};

/// Removes the path of a Unix socket at the end.
class PathGuard {
 public:
  explicit PathGuard(std::string path) : path_(std::move(path)) {}
  ~PathGuard() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  PathGuard(const PathGuard&) = delete;
  PathGuard& operator=(const PathGuard&) = delete;

 private:
  std::string path_;
};

/// Nothing in force would show a certificate.
bool all_anonymous(const SSLContext& context) {
  return std::ranges::all_of(context.get_ciphers(),
                             [](const CipherSuite* s) { return s->auth == Auth::anonymous; });
}

/// Contexts like `context`, each with a certificate of its own, chosen by what a client calls us.
void serve_names(SSLContext& context, const Flags& f) {
  if (f.names.empty()) return;
  std::map<std::string, SSLContext> by_name;
  for (const std::string& given : f.names) {
    const std::size_t equals = given.find('='), comma = given.find(',', equals);
    if (equals == std::string::npos || equals == 0)
      throw usage_error(fmt::format("--sni {}: give NAME=CERT or NAME=CERT,KEY", printable(given)));
    const std::string cert = given.substr(equals + 1, comma - equals - 1);
    const std::string key = comma == std::string::npos ? cert : given.substr(comma + 1);
    SSLContext named = f.settings.context_without_certificate();
    named.verify_mode = int{context.verify_mode};
    named.options = std::uint64_t{context.options};
    named.load_cert_chain(load_identity(cert, key, password_source(f.settings.pass)));
    by_name.emplace(given.substr(0, equals), named);
  }
  context.set_servername_callback(
      [by_name](const std::optional<std::string>& name) -> ServerNameAnswer {
        const auto it = by_name.find(name.value_or(""));
        if (it == by_name.end()) return {};
        return it->second;
      });
}

Exit run(Output& out, const Flags& f) {
  const Target where = parse_listener(f.listen);
  SSLContext context = f.settings.context();
  context.verify_mode = verify_mode(f.settings);
  for (const std::string& kind : f.self_signed)
    context.load_cert_chain(self_signed("--self-signed", kind));
  if (f.settings.cert.empty() && f.self_signed.empty() && f.names.empty() &&
      !all_anonymous(context))
    throw usage_error(
        "a server needs --cert and --key, or --self-signed, unless --ciphers selects anonymous "
        "suites only");
  for (const std::string& protocol : f.settings.alpn)
    if (f.www && !protocol.starts_with("http/1."))
      throw usage_error(fmt::format("--www answers in HTTP/1.1, so --alpn {} would be a lie",
                                    printable(protocol)));
  if (!f.ocsp.empty()) staple_file(context, f.ocsp);
  if (f.no_split) context.options |= OP_DONT_INSERT_EMPTY_FRAGMENTS;
  if (f.no_tickets) context.options |= OP_NO_TICKET;
  serve_names(context, f);
  catch_stop_signals();
  Server server(out, f, context, where.where.path);
  parley::socket listener = listen_on(where);
  const PathGuard guard(where.where.path);
  const std::string bound = address_text(listener.getsockname());
  out.document["listening"] = bound;
  out.note("listening on " + bound);
  server.run(std::move(listener));
  if (f.once && server.failure()) throw Failure(*server.failure());
  return Exit::ok;
}

}  // namespace

void add_serve(CLI::App& app) {
  CLI::App* c = app.add_subcommand("serve", "A server for tests and old clients");
  auto f = std::make_shared<Flags>();
  c->add_option("listen", f->listen,
                "[ADDR:]PORT; without ADDR the loopback, ':PORT' for all, 0 "
                "for any free port")
      ->required()
      ->type_name("[ADDR:]PORT");
  f->settings.add(*c, "of clients: none (default), optional or required");
  c->add_flag("--self-signed{rsa:2048}", f->self_signed,
              fmt::format("a new key and certificate, rsa:2048 or ={}; may be repeated", kKeyKinds))
      ->excludes(c->get_option("--cert"));
  CLI::Option* echo = c->add_flag("--echo", f->echo, "send back what comes (default)");
  CLI::Option* www =
      c->add_flag("--www", f->www, "answer HTTP requests with a page about the connection");
  CLI::Option* file = c->add_option("--file", f->file, "send this file to each client, then close")
                          ->type_name("PATH");
  echo->excludes(www)->excludes(file);
  www->excludes(file);
  CLI::Option* once =
      c->add_flag("--once", f->once, "one connection, whose end is that of this command");
  c->add_option("--count", f->count, "end after N connections")
      ->type_name("N")
      ->check(silent(CLI::PositiveNumber))
      ->excludes(once);
  c->add_option("--sni", f->names,
                "another certificate for clients that ask for this name; may be repeated")
      ->type_name("NAME=CERT[,KEY]")
      ->take_all()
      ->expected(1);
  c->add_option("--ocsp", f->ocsp, "OCSP response to staple to the certificate, DER")
      ->type_name("FILE");
  c->add_flag("--no-tickets", f->no_tickets, "remember sessions here, not in tickets (RFC 5077)");
  c->add_flag("--no-split", f->no_split, "no 1/n-1 split of CBC records (BEAST)");
  c->add_flag("--log", f->log, "a line on stderr for each connection");
  f->explain.add(*c);
  on_command(
      *c, [f](Output& out) { return run(out, *f); },
      "  parley serve 4433 --self-signed --www\n"
      "  parley serve :4433 --cert cert.pem --key key.pem --ssl3 --log\n"
      "  parley serve 0 --self-signed=rsa:1024 --ca ca.pem --verify required --once\n"
      "  parley serve 4433 --self-signed --once --explain=page.html");
}

}  // namespace parley::tool
