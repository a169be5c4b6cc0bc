#include "ssl2/engine.hpp"

#include "engine/inbox.hpp"
#include "engine/key_limit.hpp"
#include "session/resumable.hpp"
#include "session/store_guard.hpp"
#include "ssl2/client_hello.hpp"
#include "ssl2/handshake.hpp"
#include "ssl2/keys.hpp"
#include "ssl2/record.hpp"
#include "ssl2/weakness.hpp"

namespace parley::ssl2 {
namespace {

/// A message, who makes and takes it, and the step of the later protocols that an onlooker is told
/// it stands for.
struct MessageRow {
  Step step;
  const char* expected;
  Status (*send)(Handshake&, Bytes&);
  Status (*receive)(Handshake&, ByteView);
};

/// By MessageType; ERROR is none of the script's.
constexpr std::array<MessageRow, 9> kMessages{{
    {Step::end, "", nullptr, nullptr},
    {Step::client_hello, "expected client_hello", send_client_hello, receive_client_hello},
    {Step::client_key_exchange, "expected client_master_key", send_client_master_key,
     receive_client_master_key},
    {Step::finished, "expected client_finished", send_client_finished, receive_client_finished},
    {Step::server_hello, "expected server_hello", send_server_hello, receive_server_hello},
    {Step::certificate_verify, "expected server_verify", send_server_verify, receive_server_verify},
    {Step::finished, "expected server_finished", send_server_finished, receive_server_finished},
    {Step::certificate_request, "expected request_certificate", send_request_certificate,
     receive_request_certificate},
    {Step::certificate, "expected client_certificate", send_client_certificate,
     receive_client_certificate},
}};
const MessageRow& row(MessageType t) { return kMessages[static_cast<std::size_t>(t)]; }

/// What a peer is told. Most reasons have no number, and then silence says enough: none of those
/// that depend on a secret has one.
std::optional<ErrorCode> error_code(Side side, const Error& e) {
  switch (e.code) {
    case Errc::no_cipher_list: return ErrorCode::no_cipher;
    case Errc::no_certificate: return ErrorCode::no_certificate;
    case Errc::bad_signature: return ErrorCode::bad_certificate;
    case Errc::peer_error_no_certificate:
      // A client that was asked, said that it has none, and has to know that this will not do.
      return side == Side::server ? std::optional{ErrorCode::bad_certificate} : std::nullopt;
    default: break;
  }
  switch (e.alert()) {
    case Alert::bad_certificate:
    case Alert::certificate_expired:
    case Alert::unknown_ca: return ErrorCode::bad_certificate;
    case Alert::unsupported_certificate: return ErrorCode::unsupported_certificate_type;
    default: return {};
  }
}

/// What we are told.
Error peer_error(std::uint16_t code) {
  switch (static_cast<ErrorCode>(code)) {
    case ErrorCode::no_cipher: return {.code = Errc::peer_error_no_cipher, .where = "error"};
    case ErrorCode::no_certificate:
      return {.code = Errc::peer_error_no_certificate, .where = "error"};
    case ErrorCode::bad_certificate:
      return {.code = Errc::peer_error_certificate, .where = "error"};
    case ErrorCode::unsupported_certificate_type:
      return {.code = Errc::peer_error_unsupported_certificate_type, .where = "error"};
  }
  return {.code = Errc::peer_alert,
          .where = "error: no known code",
          .received = Alert::handshake_failure};
}

class Ssl2Engine final : public Engine {
 public:
  Ssl2Engine(Side, std::shared_ptr<const Config>, Environment,
             std::shared_ptr<const Session> resume);
  Ssl2Engine(const Ssl2Engine&) = delete;
  Ssl2Engine& operator=(const Ssl2Engine&) = delete;
  ~Ssl2Engine() override = default;

  /// Goes on after a hello that somebody else has sent. Before start().
  void adopt(Bytes client_hello) { hello_that_left_ = std::move(client_hello); }

  void start() override;
  std::size_t feed(ByteView from_peer) override;
  void end_of_stream() override;
  ByteView outgoing() const override { return out_.view(); }
  void sent(std::size_t n) override { out_.drop_front(std::min(n, out_.size())); }

  std::size_t readable() const override { return inbox_.readable(); }
  std::size_t read(ByteSpan into) override { return inbox_.read(into); }
  Result<std::size_t> write(ByteView plaintext) override;
  Status renegotiate() override;
  Status export_keying_material(std::string_view, std::optional<ByteView>,
                                ByteSpan) const override {
    return Error{.code = Errc::no_exporter, .where = "SSL 2.0"};
  }
  Status close() override;
  void abort(const Error& why, Alert) override { fail(why); }

  Phase phase() const override { return phase_; }
  bool renegotiating() const override { return false; }
  bool peer_closed() const override { return false; }  // there are no words for it
  const Error* failure() const override { return failure_ ? &*failure_ : nullptr; }
  const Outcome& outcome() const override { return outcome_; }

 private:
  // Incoming.
  void process();
  Status check_first_bytes(ByteView in);
  Status process_one(bool& more);
  Status on_application_data(ByteSpan data);
  Status on_message(ByteView message);
  Status on_error(ByteView message);

  // The script.
  Status take(MessageType, ByteView message);
  Status produce();
  Status send(MessageType);
  void after_message(MessageType, Side from, ByteView message);
  void finish_handshake();
  void settle();

  Status seal(ContentType, ByteView data);
  Status check_key_limit() const;
  void fail(Error);
  void forget_session();
  void observe(const Event& e) const {
    if (env_.observer != nullptr) env_.observer->on(e);
  }

  const Side side_;
  const Environment env_;
  std::shared_ptr<const Config> config_;  // the handshake may have changed it
  Half read_half_;
  Half write_half_;
  Inbox inbox_;
  ByteQueue out_;
  std::unique_ptr<Handshake> handshake_;
  std::optional<Bytes> hello_that_left_;

  Phase phase_ = Phase::handshaking;
  bool first_bytes_seen_ = false;
  bool half_closed_ = false;  // the peer's stream ended in Phase::open: we may still write
  std::optional<Error> failure_;
  Outcome outcome_;
  unsigned empty_records_ = 0;
  KeyLimit key_limit_{};
  std::uint64_t carried_ = 0;  // bytes of records, both ways
};

Ssl2Engine::Ssl2Engine(Side side, std::shared_ptr<const Config> config, Environment env,
                       std::shared_ptr<const Session> resume)
    : side_(side),
      env_(env),
      config_(std::move(config)),
      handshake_(std::make_unique<Handshake>(side, config_, env)) {
  handshake_->offered_session = std::move(resume);
}

void Ssl2Engine::start() {
  Handshake& h = *handshake_;
  Status s;
  if (hello_that_left_) {
    s = adopt_client_hello(h, *hello_that_left_);
    (void)h.cursor.accept(Side::client, MessageType::client_hello, h.facts);
    write_half_.count_record();
  }
  if (s) s = produce();
  if (!s) fail(s.error());
}

// ---- incoming ------------------------------------------------------------------------------

std::size_t Ssl2Engine::feed(ByteView from_peer) {
  if (phase_ == Phase::failed || phase_ == Phase::closed || inbox_.free_segments() == 0) return 0;
  const std::size_t taken = inbox_.append(from_peer);
  process();
  // While the reader lags, whole records are better left with the transport.
  if (phase_ == Phase::failed || inbox_.free_segments() != 0) return taken;
  const std::size_t give_back = std::min(taken, inbox_.unparsed().size());
  inbox_.untake(give_back);
  return taken - give_back;
}

void Ssl2Engine::process() {
  for (bool more = true; more;) {
    more = false;
    if (const Status s = process_one(more); !s) return fail(s.error());
  }
}

/// The first record tells SSL 2.0 from whatever else may be there.
Status Ssl2Engine::check_first_bytes(ByteView in) {
  const auto is = [&in](MessageType t) { return in[2] == static_cast<std::uint8_t>(t); };
  const bool known = side_ == Side::server
                         ? in.size() < 3 || is(MessageType::client_hello)
                         : in.size() < 3 || is(MessageType::server_hello) || is(MessageType::error);
  if ((!in.empty() && (in[0] & 0x80) == 0) || !known)
    return Error{.code = Errc::non_sslv2_initial_packet, .where = "first record"};
  first_bytes_seen_ = in.size() >= 3;
  return {};
}

Status Ssl2Engine::process_one(bool& more) {
  const ByteSpan in = inbox_.unparsed();
  if (!first_bytes_seen_) PARLEY_CHECK(check_first_bytes(in));
  PARLEY_TRY(const std::optional<RecordHeader> header, read_record_header(in));
  if (!header || in.size() < header->size + header->length) return {};
  if (inbox_.free_segments() == 0) return {};
  more = true;
  PARLEY_CHECK(check_key_limit());
  PARLEY_TRY(const ByteSpan data,
             read_half_.open(*header, in.subspan(header->size, header->length)));
  const bool open = phase_ == Phase::open;
  const std::size_t size = header->size + header->length;
  carried_ += size;
  observe(RecordEvent{other(side_), open ? ContentType::application_data : ContentType::handshake,
                      kVersion, data, size});
  const Status s = open ? on_application_data(data) : on_message(data);
  inbox_.parsed(size);
  return s;
}

Status Ssl2Engine::on_application_data(ByteSpan data) {
  if (!data.empty()) {
    empty_records_ = 0;
  } else if (++empty_records_ > limits::kEmptyRecords) {
    return Error{.code = Errc::too_many_empty_records, .where = "application_data"};
  }
  inbox_.queue_plaintext(data);
  return {};
}

Status Ssl2Engine::on_message(ByteView message) {
  if (message.empty()) return Error{.code = Errc::empty_record, .where = "record.length"};
  if (message[0] == static_cast<std::uint8_t>(MessageType::error)) return on_error(message);
  if (message[0] >= kMessages.size())
    return Error{.code = Errc::unexpected_message, .where = "unknown message"};
  return take(static_cast<MessageType>(message[0]), message);
}

Status Ssl2Engine::on_error(ByteView message) {
  ErrorMessage m;
  PARLEY_CHECK(parse(message, m));
  Handshake& h = *handshake_;
  // The one ERROR that is an answer: a client has no certificate to show.
  const Line& line = h.cursor.next(h.facts);
  if (m.code != static_cast<std::uint16_t>(ErrorCode::no_certificate) || line.from == side_ ||
      line.step != MessageType::client_certificate)
    return peer_error(m.code);
  PARLEY_CHECK(accept_no_certificate(h));
  (void)h.cursor.accept(Side::client, MessageType::client_certificate, h.facts);
  return produce();
}

// ---- the script ----------------------------------------------------------------------------

Status Ssl2Engine::take(MessageType t, ByteView message) {
  Handshake& h = *handshake_;
  if (!h.cursor.accept(other(side_), t, h.facts)) {
    const Line& line = h.cursor.next(h.facts);
    return Error{.code = Errc::unexpected_message,
                 .where = line.from == side_ || line.step == MessageType::end
                              ? "expected nothing"
                              : row(line.step).expected};
  }
  PARLEY_CHECK(row(t).receive(h, message));
  after_message(t, other(side_), message);
  return produce();
}

/// Sends what is ours to send.
Status Ssl2Engine::produce() {
  Handshake& h = *handshake_;
  for (;;) {
    const Line& line = h.cursor.next(h.facts);
    if (line.step == MessageType::end) {
      finish_handshake();
      return {};
    }
    if (line.from != side_) return {};
    if (line.when == When::may && !wants_certificate(h)) {
      h.cursor.skip_optional(h.facts);
      continue;
    }
    PARLEY_CHECK(send(line.step));
  }
}

Status Ssl2Engine::send(MessageType t) {
  Handshake& h = *handshake_;
  if (!h.cursor.accept(side_, t, h.facts))
    return Error{.code = Errc::internal, .where = "our own script"};
  Bytes message;
  PARLEY_CHECK(row(t).send(h, message));
  PARLEY_CHECK(seal(ContentType::handshake, message));
  after_message(t, side_, message);
  return {};
}

/// Both directions are encrypted from the moment both sides know the key, whoever spoke last.
void Ssl2Engine::after_message(MessageType t, Side from, ByteView message) {
  observe(MessageEvent{.from = from, .step = row(t).step, .body = message.subspan(1)});
  Handshake& h = *handshake_;
  settle();
  if (t != MessageType::client_master_key && !(t == MessageType::server_hello && !h.facts.new_key))
    return;
  const ByteView material = h.key_material;
  const std::size_t size = material.size() / 2;
  // CLIENT-READ-KEY comes first.
  const ByteView to_client = material.first(size), to_server = material.subspan(size);
  const bool client = side_ == Side::client;
  read_half_.set_keys(*h.suite, client ? to_client : to_server, h.key_arg);
  write_half_.set_keys(*h.suite, client ? to_server : to_client, h.key_arg);
}

/// Makes visible what has been agreed so far.
void Ssl2Engine::settle() {
  const Handshake& h = *handshake_;
  config_ = h.config;
  if (!h.connection_id.empty()) outcome_.version = ProtocolVersion::ssl20;
  outcome_.suite = h.suite;
  outcome_.resumed = h.resumed();
  outcome_.peer_chain = h.peer_chain;
  outcome_.verify_error = h.verify_error;
  if (side_ == Side::server) outcome_.shared_suites = h.kinds;
}

void Ssl2Engine::finish_handshake() {
  const Handshake& h = *handshake_;
  SessionCounters* const counters = h.counters.get();
  if (counters != nullptr) {
    ++(side_ == Side::client ? counters->connect_good : counters->accept_good);
    if (h.resumed()) ++counters->hits;
  }
  if (h.resumed()) {
    outcome_.session = h.resumed_session;
  } else if (side_ == Side::client || config_->sessions) {
    Session::Data d{.version = ProtocolVersion::ssl20,
                    .suite = h.suite->id,
                    .id = h.session_id,
                    .key_arg = h.key_arg,
                    .scope = config_->session_scope,
                    .peer_chain = h.peer_chain,
                    .peer_verified = h.peer_verified,
                    .verification = config_->verification,
                    .created = env_.clock.unix_seconds()};
    std::ranges::copy(h.master_key.view(), d.master_secret.begin());
    d.master_secret_size = h.master_key.size();
    outcome_.session = std::make_shared<const Session>(std::move(d));
    if (side_ == Side::server && is_worth_storing(*outcome_.session) &&
        store(*config_->sessions, outcome_.session) && counters != nullptr)
      ++counters->cache_full;
  }
  if (env_.observer != nullptr) {
    announce_decisions(h, *env_.observer);
    announce_weaknesses(h, *env_.observer);
  }
  settle();
  outcome_.peer_verified = h.peer_verified;
  key_limit_ = key_limit(config_->key_limits, *h.suite);
  phase_ = Phase::open;
  handshake_.reset();
}

Status Ssl2Engine::renegotiate() {
  if (failure_) return *failure_;
  if (phase_ != Phase::open) return Error{.code = Errc::not_open, .where = "renegotiate"};
  return Error{.code = Errc::renegotiation_refused, .where = "SSL 2.0 has none"};
}

// ---- outgoing ------------------------------------------------------------------------------

Status Ssl2Engine::seal(ContentType type, ByteView data) {
  PARLEY_TRY(const std::size_t n, write_half_.seal(data, out_));
  carried_ += n;
  observe(RecordEvent{side_, type, kVersion, data, n});
  return {};
}

/// There is no way to other keys.
Status Ssl2Engine::check_key_limit() const {
  if (key_limit_.end_after == 0 || carried_ < key_limit_.end_after) return {};
  return Error{.code = Errc::key_limit_reached, .where = "set_key_limits"};
}

/// Not split against BEAST: a record begins with its MAC, which nobody can foresee.
Result<std::size_t> Ssl2Engine::write(ByteView plaintext) {
  if (failure_ && !half_closed_) return *failure_;
  if (phase_ != Phase::open && !half_closed_)
    return Error{.code = Errc::not_open, .where = "write"};
  const std::size_t room =
      limits::kQueuedPlaintext - std::min(out_.size(), limits::kQueuedPlaintext);
  const std::size_t take = std::min(plaintext.size(), room);
  for (std::size_t at = 0; at < take;) {
    const std::size_t n = std::min(take - at, kDataPerRecord);
    Status s = check_key_limit();
    if (s) s = seal(ContentType::application_data, plaintext.subspan(at, n));
    if (!s) {
      fail(s.error());
      return s.error();
    }
    at += n;
  }
  return take;
}

// ---- the end -------------------------------------------------------------------------------

/// There is nothing to say and nothing to wait for; the plain end of the peer's stream is the
/// regular one.
Status Ssl2Engine::close() {
  if (failure_ && !half_closed_) return *failure_;
  half_closed_ = false;
  phase_ = Phase::closed;
  handshake_.reset();
  return {};
}

void Ssl2Engine::end_of_stream() {
  if (failure_ || phase_ == Phase::closed) return;
  half_closed_ = phase_ == Phase::open;
  fail(Error{.code = Errc::unexpected_eof, .where = "end of stream"});
}

void Ssl2Engine::fail(Error e) {
  if (failure_) return;
  failure_ = e;
  forget_session();
  if (handshake_) {
    settle();
    // Once the handshake is over there is no telling an ERROR from data.
    const std::optional<ErrorCode> code = error_code(side_, e);
    Bytes message;
    if (code && build(ErrorMessage{static_cast<std::uint16_t>(*code)}, message))
      (void)seal(ContentType::handshake, message).has_value();
  }
  phase_ = Phase::failed;
  handshake_.reset();
}

/// A connection that somebody has tampered with takes its session along. An end of the stream does
/// not: every connection ends like that.
void Ssl2Engine::forget_session() {
  if (!outcome_.session || failure_->code == Errc::unexpected_eof) return;
  outcome_.session->revoke();
  if (side_ == Side::server && config_->sessions)
    forget(*config_->sessions, outcome_.session->data().id);
  outcome_.session = nullptr;
}

}  // namespace

std::unique_ptr<Engine> make_engine(Side side, std::shared_ptr<const Config> config,
                                    Environment env, std::shared_ptr<const Session> resume) {
  return std::make_unique<Ssl2Engine>(side, std::move(config), env, std::move(resume));
}

std::unique_ptr<Engine> make_client_after_hello(std::shared_ptr<const Config> config,
                                                Environment env, Bytes client_hello) {
  auto e = std::make_unique<Ssl2Engine>(Side::client, std::move(config), env, nullptr);
  e->adopt(std::move(client_hello));
  return e;
}

}  // namespace parley::ssl2
