// parley-bogo-shim: one end of a connection, told by flags what to do and what to expect.
#include <cstdio>
#include <cstring>
#include <iostream>

#include "shim_flags.hpp"
#include "shim_link.hpp"
#include "wire/extension.hpp"
#include "wire/messages.hpp"

namespace parley::shim {
namespace {

/// Keeps certificate_types of CertificateRequest (RFC 2246 section 7.4.4) and the ALPN protocols of
/// ClientHello (RFC 7301 section 3.1).
class Onlooker final : public Observer {
 public:
  void on(const Event& e) override {
    const auto* const m = std::get_if<MessageEvent>(&e);
    if (m == nullptr) return;
    if (m->step == Step::client_hello) alpn_ = alpn_in(m->body);
    if (m->step != Step::certificate_request) return;
    const ByteView types = m->body.subspan(1, m->body[0]);
    types_.assign(types.begin(), types.end());
  }
  const Bytes& types() const { return types_; }
  const std::vector<std::string>& alpn() const { return alpn_; }

 private:
  static std::vector<std::string> alpn_in(ByteView body) {
    ClientHello hello;
    HelloExtensions all;
    if (!parse(body, hello) || !hello.extensions ||
        !read_extensions(*hello.extensions, Place::client_hello, nullptr, all))
      return {};
    return all.alpn.value_or(std::vector<std::string>{});
  }

  Bytes types_;
  std::vector<std::string> alpn_;
};

void require_no_failure(const Connection& c) {
  if (const Error* const e = c.failure()) throw failure_of(*e);
}

void check_handshake(const Settings& s, const Connection& c, bool later, const Onlooker& seen) {
  if (later && c.resumed() == s.expect_session_miss)
    throw Failure{s.expect_session_miss ? "EXPECT_SESSION_MISS" : "EXPECT_SESSION_HIT",
                  c.resumed() ? "the session was resumed" : "the session was not resumed"};
  if (s.expect_server_name && c.server_name() != *s.expect_server_name)
    throw Failure{"EXPECT_SERVER_NAME", "'" + std::string{c.server_name()} + "'"};
  if (s.expect_certificate_types && !equal(seen.types(), *s.expect_certificate_types))
    throw Failure{"EXPECT_CERTIFICATE_TYPES", std::to_string(seen.types().size()) + " types"};
  if (s.expect_alpn && c.alpn_protocol() != *s.expect_alpn)
    throw Failure{"EXPECT_ALPN", "'" + std::string{c.alpn_protocol()} + "'"};
  if (s.expect_advertised_alpn && seen.alpn() != *s.expect_advertised_alpn)
    throw Failure{"EXPECT_ADVERTISED_ALPN", std::to_string(seen.alpn().size()) + " protocols"};
  if (s.expect_extended_master_secret && !c.extended_master_secret())
    throw Failure{"EXPECT_EXTENDED_MASTER_SECRET", "the master secret is not extended"};
  if (s.expect_ocsp_response && !c.resumed() && !equal(c.ocsp_response(), *s.expect_ocsp_response))
    throw Failure{"EXPECT_OCSP_RESPONSE", std::to_string(c.ocsp_response().size()) + " bytes"};
  // Where nobody has shown a certificate there is nothing to refuse.
  const bool verified = c.peer_verified() || c.peer_chain().empty();
  if (s.expect_verify_result && verified == s.verify_fail)
    throw Failure{"EXPECT_VERIFY_RESULT", verified ? "verified" : "not verified"};
}

/// Sends back what it reads, inverted, until the peer has finished.
class Exchange {
 public:
  Exchange(const Settings& s, Connection& c, Link& l) : s_(s), c_(c), link_(l) {}

  void handshake() {
    while (c_.phase() == Connection::Phase::handshaking) step();
    require_no_failure(c_);
  }
  void run() {
    if (s_.send_alert) {
      handshake();
      if (const Status sent = c_.abort(Alert::decompression_failure); !sent)
        throw failure_of(sent.error());
      return;
    }
    begin();
    if (s_.shim_shuts_down) {
      while (c_.phase() == Connection::Phase::handshaking || !answer_.empty()) work();
    } else {
      while (!finished()) work();
    }
    (void)c_.close().has_value();  // a failure is noticed below
    while (s_.check_close_notify && !c_.peer_closed() && c_.failure() == nullptr) {
      step();
      read();
    }
    require_no_failure(c_);
  }

 private:
  /// What is said before anything is answered, once the keys are there.
  void begin() {
    if (begun_ || c_.phase() != Connection::Phase::open) return;
    begun_ = true;
    if (s_.export_bytes != 0) {
      Bytes material(s_.export_bytes);
      const auto context = s_.use_export_context ? std::optional{as_bytes(s_.export_context)}
                                                 : std::optional<ByteView>{};
      if (const Status e = c_.export_keying_material(s_.export_label, context, material); !e)
        throw failure_of(e.error());
      append(answer_, material);
    }
    if (s_.tls_unique) append(answer_, c_.tls_unique());
    if (s_.shim_writes_first) append(answer_, as_bytes("hello"));
  }
  bool finished() const {
    return (c_.peer_closed() && c_.readable() == 0 && answer_.empty()) || ended_;
  }
  void work() {
    read();
    write();
    require_no_failure(c_);
    if (!finished()) step();
    begin();
  }
  void read() {
    std::array<std::uint8_t, 4096> buffer;
    while (const std::size_t n = c_.read(buffer))
      for (std::size_t i = 0; i < n; ++i)
        answer_.push_back(static_cast<std::uint8_t>(buffer[i] ^ 0xff));
  }
  void write() {
    if (c_.phase() != Connection::Phase::open || answer_.empty()) return;
    const auto n = c_.write(answer_);
    if (n) answer_.erase(answer_.begin(), answer_.begin() + static_cast<std::ptrdiff_t>(*n));
  }
  /// A peer that just closes its stream has finished, too, unless -check-close-notify.
  void step() {
    if (link_.step(c_)) return;
    if (c_.phase() == Connection::Phase::handshaking || s_.check_close_notify) c_.end_of_stream();
    ended_ = true;
    answer_.clear();
  }

  const Settings& s_;
  Connection& c_;
  Link& link_;
  Bytes answer_;
  bool ended_ = false;
  bool begun_ = false;
};

/// One connection; returns what the next one may resume.
std::shared_ptr<const Session> connect_once(const Settings& s, std::shared_ptr<const Config> config,
                                            bool later, std::shared_ptr<const Session> session) {
  Onlooker seen;
  const Environment env = system_environment(&seen);
  Link link(s.port, s.ipv6, s.async);
  Connection c = s.server
                     ? Connection::server(std::move(config), env)
                     : Connection::client(std::move(config), s.host_name, env, std::move(session));
  try {
    Exchange exchange(s, c, link);
    if (!s.implicit_handshake) {
      exchange.handshake();
      check_handshake(s, c, later, seen);
    }
    exchange.run();
    if (s.implicit_handshake) check_handshake(s, c, later, seen);
    if (s.expect_renegotiations && c.renegotiations() != *s.expect_renegotiations)
      throw Failure{"EXPECT_TOTAL_RENEGOTIATIONS", std::to_string(c.renegotiations())};
  } catch (const Failure&) {
    link.close(c);
    throw;
  }
  link.close(c);
  return c.session();
}

void run(std::span<char* const> arguments) {
  const Flags flags = read_flags(arguments);
  constexpr std::int64_t kSessionSeconds = 7200;
  const auto initial = std::make_shared<Config>(config_of(flags.initial));
  const auto resumed = std::make_shared<Config>(config_of(flags.resumed));
  initial->sessions = std::make_shared<SessionCache>(kSessionSeconds);
  initial->ticket_keys = std::make_shared<TicketKeys>(kSessionSeconds);
  resumed->session_scope = initial->session_scope;
  resumed->verification = initial->verification;
  resumed->sessions = initial->sessions;
  resumed->ticket_keys = initial->ticket_keys;

  auto session = connect_once(flags.initial, initial, false, nullptr);
  for (unsigned i = 0; i < flags.initial.resume_count; ++i)
    session = connect_once(flags.resumed, resumed, true, std::move(session));
}

}  // namespace
}  // namespace parley::shim

int main(int argc, char** argv) {
  using namespace parley::shim;
  if (argc == 2 && std::strcmp(argv[1], "--flags") == 0) {
    std::cout << flag_table();
    return 0;
  }
  try {
    run(std::span{argv, static_cast<std::size_t>(argc)}.subspan(1));
    return 0;
  } catch (const Unimplemented& u) {
    std::cerr << "not implemented: " << u.what << "\n";
    return kUnimplementedStatus;
  } catch (const Failure& f) {
    std::cerr << ":" << f.name << ": " << f.text << "\n";
    return 1;
  }
}
