#include "engine/tls_engine.hpp"

#include "base/limits.hpp"
#include "engine/key_limit.hpp"
#include "engine/weakness.hpp"
#include "handshake/remember.hpp"
#include "session/resumable.hpp"
#include "session/store_guard.hpp"
#include "wire/messages.hpp"

namespace parley {

TlsEngine::TlsEngine(Side side, std::shared_ptr<const Config> config, std::string server_name,
                     Environment env, std::shared_ptr<const Session> resume)
    : side_(side),
      config_(std::move(config)),
      counters_(config_->counters),
      env_(env),
      handshake_(std::make_unique<Handshake>(side, config_, env, read_half_, write_half_)) {
  handshake_->server_name = std::move(server_name);
  handshake_->offered_session = std::move(resume);
  driver_.emplace(*handshake_, static_cast<FlightSink&>(*this));
}

void TlsEngine::start() {
  Status s = driver_->start();
  if (s) s = after_step();
  if (!s) fail(s.error());
}

void TlsEngine::feed_v2_hello(const Result<ClientHello>& m, ByteView message) {
  Status s = m ? driver_->receive_v2_hello(*m, message) : Status{m.error()};
  if (s) s = after_step();
  if (!s) fail(s.error());
}

void TlsEngine::start_after_v2_hello(ProtocolVersion version, ByteView challenge,
                                     ByteView message) {
  Handshake& h = *handshake_;
  h.hello_form = HelloForm::v2_compatible;
  h.offered_version = version;
  // "right-justified, with leading zeros" (RFC 2246 appendix E.1).
  std::ranges::copy(challenge,
                    h.client_random.end() - static_cast<std::ptrdiff_t>(challenge.size()));
  h.offered.renegotiated_connection.emplace();  // the SCSV stands in it
  if (const Status s = driver_->sent_v2_hello(message); !s) fail(s.error());
}

// ---- incoming ------------------------------------------------------------------------------

std::size_t TlsEngine::feed(ByteView from_peer) {
  if (phase_ == Phase::failed || phase_ == Phase::closed || peer_closed_ ||
      inbox_.free_segments() == 0)
    return 0;
  const std::size_t taken = inbox_.append(from_peer);
  process();
  if (phase_ == Phase::failed) return taken;
  // What follows the peer's close_notify belongs to whoever owns the stream next; and while the
  // reader lags, whole records are better left with the transport.
  if (!peer_closed_ && inbox_.free_segments() != 0) return taken;
  const std::size_t give_back = std::min(taken, inbox_.unparsed().size());
  inbox_.untake(give_back);
  return taken - give_back;
}

void TlsEngine::process() {
  for (bool more = true; more;) {
    more = false;
    const Status s = process_one(more);
    if (!s) return fail(s.error());
    if (peer_closed_) return;
  }
}

/// Deals with the record at the front, or with a run of application data; `more` is false when
/// none is complete or nobody reads.
Status TlsEngine::process_one(bool& more) {
  const ByteSpan in = inbox_.unparsed();
  // A peer that refuses our choice of version says so in a record of its own.
  const bool refusal = !in.empty() && in[0] == static_cast<std::uint8_t>(ContentType::alert) &&
                       !read_half_.has_keys();
  const auto expected =
      profile_ != nullptr && !refusal ? std::optional{profile_->version} : std::nullopt;
  PARLEY_TRY(const std::optional<RecordHeader> header, read_record_header(in, expected));
  if (!header || in.size() < limits::kRecordHeader + header->length) return {};
  if (inbox_.free_segments() == 0) return {};
  more = true;
  if (header->type == ContentType::application_data && takes_application_data())
    return open_application_data(*header);

  OpenRecord record{.type = header->type,
                    .fragment = in.subspan(limits::kRecordHeader, header->length)};
  std::size_t opened = 0;
  PARLEY_CHECK(read_half_.open({&record, 1}, opened));
  const std::size_t size = limits::kRecordHeader + header->length;
  observe(RecordEvent{other(side_), header->type, header->version, record.fragment, size});
  const Status s = dispatch(header->type, record.fragment);
  inbox_.parsed(size);
  return s;
}

/// Application data comes in runs, and a run is opened at once (Protection::open).
Status TlsEngine::open_application_data(const RecordHeader& first) {
  constexpr std::size_t kRun = 8;
  PARLEY_CHECK(require_whole_messages());
  PARLEY_CHECK(check_key_limit());
  const ByteSpan in = inbox_.unparsed();
  std::array<OpenRecord, kRun> run;
  std::array<std::size_t, kRun> sizes;
  std::size_t count = 0, at = 0;
  const std::size_t most = std::min(kRun, inbox_.free_segments());
  for (RecordHeader h = first;;) {
    sizes[count] = limits::kRecordHeader + h.length;
    run[count++] = {h.type, in.subspan(at + limits::kRecordHeader, h.length)};
    at += sizes[count - 1];
    if (count == most) break;
    // Whatever is wrong with the next header is reported when its turn comes.
    const auto next = read_record_header(in.subspan(at), profile_->version);
    if (!next || !*next || (*next)->type != ContentType::application_data ||
        in.size() - at < limits::kRecordHeader + (*next)->length)
      break;
    h = **next;
  }
  std::size_t opened = 0;
  const Status s = read_half_.open(std::span{run}.first(count), opened);
  for (std::size_t i = 0; i < opened; ++i) {
    observe(RecordEvent{other(side_), run[i].type, first.version, run[i].fragment, sizes[i]});
    if (run[i].fragment.empty()) {
      if (++empty_records_ > limits::kEmptyRecords)
        return Error{.code = Errc::too_many_empty_records, .where = "application_data"};
    } else {
      empty_records_ = warnings_ = 0;
    }
    inbox_.queue_plaintext(run[i].fragment);
    inbox_.parsed(sizes[i]);
  }
  PARLEY_CHECK(s);
  return renew_keys(true);
}

Status TlsEngine::dispatch(ContentType type, ByteView fragment) {
  // Only application data may be empty: anything else would cost work and say nothing.
  if (fragment.empty() && type != ContentType::application_data)
    return Error{.code = Errc::empty_record, .where = "record.length"};
  switch (type) {
    case ContentType::handshake: return on_handshake(fragment);
    case ContentType::alert: return on_alert(fragment);
    case ContentType::change_cipher_spec:
      if (!driver_) break;
      PARLEY_CHECK(driver_->receive_change_cipher_spec(fragment, reassembly_.aligned()));
      peer_changed_keys_ = true;
      return after_step();
    case ContentType::application_data:
      return Error{.code = Errc::data_before_finished, .where = "application_data"};
  }
  return Error{.code = Errc::unexpected_message, .where = "change_cipher_spec"};
}

/// Nothing may come between the records of one handshake message.
Status TlsEngine::require_whole_messages() const {
  if (reassembly_.aligned()) return {};
  return Error{.code = Errc::unexpected_message, .where = "inside a handshake message"};
}

Status TlsEngine::on_handshake(ByteView fragment) {
  reassembly_.add(fragment);
  for (;;) {
    PARLEY_TRY(const std::optional<HandshakeMessage> m, reassembly_.front());
    if (!m) return {};
    // HelloRequests cost nothing either, and are counted by themselves.
    if (m->type != HandshakeType::hello_request) warnings_ = 0;
    PARLEY_CHECK(on_message(*m));
    reassembly_.pop(*m);
  }
}

Status TlsEngine::on_message(const HandshakeMessage& m) {
  // HelloRequest stands outside the script and the transcript (RFC 2246 section 7.4.1.1).
  if (m.type == HandshakeType::hello_request && side_ == Side::client) {
    if (!m.body.empty()) return Error{.code = Errc::trailing_bytes, .where = "hello_request"};
    return on_renegotiation_request();
  }
  if (!driver_) {
    if (m.type != HandshakeType::client_hello || side_ == Side::client)
      return Error{.code = Errc::unexpected_message, .where = "handshake message after finished"};
    PARLEY_CHECK(on_renegotiation_request());
    if (!driver_) return {};
  }
  peer_said_hello_ = true;
  PARLEY_CHECK(driver_->receive(m));
  return after_step();
}

// In a further handshake the peer may go on sending under the old keys until it changes them: "Data
// of different TLS Record layer content types may be interleaved" (RFC 2246 section 6.2.1), and
// RFC 4346 section 6.2.1 obliges whoever receives it. What comes between its ChangeCipherSpec and
// its Finished is nobody's yet.
bool TlsEngine::takes_application_data() const {
  return read_half_.has_keys() &&
         (!driver_ || (phase_ != Phase::handshaking && !peer_changed_keys_));
}

Status TlsEngine::export_keying_material(std::string_view label, std::optional<ByteView> context,
                                         ByteSpan out) const {
  if (!exporter_) return Error{.code = Errc::not_open, .where = "export_keying_material"};
  return exporter_->export_to(label, context, out);
}

Status TlsEngine::on_alert(ByteView fragment) {
  AlertMessage m;
  if (fragment.size() != 2) return Error{.code = Errc::bad_alert, .where = "alert.length"};
  PARLEY_CHECK(parse(fragment, m));
  const auto level = static_cast<AlertLevel>(m.level);
  const auto alert = static_cast<Alert>(m.description);
  if (level != AlertLevel::warning && level != AlertLevel::fatal)
    return Error{.code = Errc::bad_alert, .where = "alert.level"};
  observe(AlertEvent{other(side_), level, alert});
  if (level == AlertLevel::fatal)
    return Error{.code = Errc::peer_alert, .where = "alert", .received = alert};
  if (alert == Alert::close_notify) {
    if (phase_ == Phase::handshaking)
      return Error{.code = Errc::closed, .where = "close_notify inside the handshake"};
    PARLEY_CHECK(require_whole_messages());
    peer_closed_ = true;
    if (phase_ == Phase::closing) phase_ = Phase::closed;
    abandon_renegotiation();
    return {};
  }
  if (++warnings_ > limits::kWarningAlerts)
    return Error{.code = Errc::too_many_warnings, .where = "alert"};
  if (alert == Alert::no_certificate && driver_) {
    PARLEY_TRY(const bool expected, driver_->receive_no_certificate());
    if (expected) return after_step();
  }
  if (alert == Alert::no_renegotiation) {
    requested_ = false;
    if (renegotiating() && !peer_said_hello_) abandon_renegotiation();
    if (renewal_tried_) observe_worn_keys();
  }
  return {};
}

/// After anything that may have moved the script.
Status TlsEngine::after_step() {
  if (phase_ == Phase::closing) {
    if (driver_->done()) abandon_renegotiation();
    return {};
  }
  PARLEY_CHECK(flush_flight());
  if (phase_ == Phase::handshaking) settle(*handshake_);
  if (driver_->done()) finish_handshake();
  return {};
}

/// Makes visible what has been agreed so far; in a renegotiation not before it is all agreed.
void TlsEngine::settle(const Handshake& h) {
  config_ = h.config;
  profile_ = h.profile;
  if (profile_ != nullptr) outcome_.version = profile_->version;
  outcome_.suite = h.suite;
  outcome_.resumed = h.resumed();
  outcome_.extended_master_secret = h.extended_master_secret;
  outcome_.server_name = h.server_name;
  if (h.renegotiated == nullptr) outcome_.alpn_protocol = h.alpn_protocol;
  outcome_.peer_chain = h.peer_chain;
  outcome_.verify_error = h.verify_error;
  outcome_.ocsp_response = h.ocsp_response;
  outcome_.shared_suites = h.shared_suites;
}

void TlsEngine::finish_handshake() {
  Handshake& h = *handshake_;
  settle(h);
  if (counters_) {
    ++(side_ == Side::client ? counters_->connect_good : counters_->accept_good);
    if (h.resumed()) ++counters_->hits;
  }
  const auto earlier = std::exchange(outcome_.session, session_of(h));
  if (side_ == Side::server && !h.resumed() && !h.facts.ticket_promised) store_session(earlier);
  if (env_.observer != nullptr) announce_weaknesses(h, *env_.observer);
  outcome_.peer_verified = h.peer_verified;
  outcome_.secure_renegotiation = h.peer_renegotiation_info;
  if (h.renegotiated != nullptr) ++outcome_.renegotiations;
  // The server is the first to finish when a session is resumed.
  outcome_.first_finished = h.resumed() ? h.server_verify_data : h.client_verify_data;
  exporter_.emplace(h);
  renegotiated_ = {
      .version = h.profile->version,
      .extended_master_secret = h.extended_master_secret,
      .encrypt_then_mac = renegotiated_.encrypt_then_mac || h.encrypt_then_mac,
      .secure = h.peer_renegotiation_info,
      .client_verify_data = std::move(h.client_verify_data),
      .server_verify_data = std::move(h.server_verify_data),
      .server_name = h.server_name,
      .peer_chain = h.peer_chain.empty() ? std::move(renegotiated_.peer_chain) : h.peer_chain};
  key_limit_ = key_limit(config_->key_limits, *h.suite);
  renewal_tried_ = false;
  renegotiation_requests_ = 0;
  phase_ = Phase::open;
  driver_.reset();
  handshake_.reset();
}

/// In place of the one that this connection left there before: it may renegotiate as often as it
/// likes, and others have sessions, too.
void TlsEngine::store_session(const std::shared_ptr<const Session>& earlier) {
  if (!outcome_.session || !is_worth_storing(*outcome_.session)) return;
  if (earlier && stored_) forget(*config_->sessions, earlier->data().id);
  stored_ = true;
  if (store(*config_->sessions, outcome_.session) && counters_) ++counters_->cache_full;
}

// ---- outgoing ------------------------------------------------------------------------------

ProtocolVersion TlsEngine::record_version() const {
  if (profile_ != nullptr) return profile_->version;
  const ProtocolProfile* highest = highest_to_offer(config_->versions);
  return highest != nullptr ? highest->hello_record_version : ProtocolVersion::tls10;
}

Status TlsEngine::seal(ContentType type, ByteView plaintext) {
  const ByteSpan room =
      out_.prepare(limits::kRecordHeader + plaintext.size() + write_half_.overhead());
  const ProtocolVersion version = record_version();
  PARLEY_TRY(const std::size_t n, write_half_.seal(type, version, plaintext, room));
  out_.commit(n);
  observe(RecordEvent{side_, type, static_cast<std::uint16_t>(version), plaintext, n});
  return {};
}

// Our close_notify was our last word, also for a handshake that was under way: what the peer has
// already sent of its part is read, for its keys, and nothing is answered.

Status TlsEngine::send_handshake(ByteView raw_message) {
  if (phase_ != Phase::closing) append(flight_, raw_message);
  return {};
}

Status TlsEngine::flush_flight() {
  // The messages just sent may be the ones that settled the version.
  if (handshake_->profile != nullptr) {
    profile_ = handshake_->profile;
    // In a renegotiation it changes with the keys, which the peer's data may still be under.
    if (handshake_->renegotiated == nullptr)
      for (Half* half : {&read_half_, &write_half_})
        half->limit_plaintext(handshake_->max_fragment);
  }
  for (ByteView rest = flight_; !rest.empty();) {
    const std::size_t n = std::min(rest.size(), write_half_.plaintext_limit());
    PARLEY_CHECK(seal(ContentType::handshake, rest.first(n)));
    rest = rest.subspan(n);
  }
  flight_.clear();
  return {};
}

Status TlsEngine::send_change_cipher_spec() {
  if (phase_ == Phase::closing) return {};
  PARLEY_CHECK(flush_flight());
  Bytes body;
  PARLEY_CHECK(build(ChangeCipherSpec{}, body));
  return seal(ContentType::change_cipher_spec, body);
}

Status TlsEngine::send_warning(Alert a) {
  if (phase_ == Phase::closing) return {};
  PARLEY_CHECK(flush_flight());
  return send_alert(AlertLevel::warning, a);
}

Status TlsEngine::send_alert(AlertLevel level, Alert a) {
  Bytes body;
  PARLEY_CHECK(
      build(AlertMessage{static_cast<std::uint8_t>(level), static_cast<std::uint8_t>(a)}, body));
  observe(AlertEvent{side_, level, a});
  return seal(ContentType::alert, body);
}

Result<std::size_t> TlsEngine::write(ByteView plaintext) {
  if (failure_ && !half_closed_) return *failure_;
  if (phase_ != Phase::open && !half_closed_)
    return Error{.code = Errc::not_open, .where = "write"};
  if (driver_) return std::size_t{0};  // a further handshake goes first
  const std::size_t room =
      limits::kQueuedPlaintext - std::min(out_.size(), limits::kQueuedPlaintext);
  const std::size_t take = std::min(plaintext.size(), room);
  // The first byte of a write travels alone so that nobody who chooses the rest of it can know
  // the block it is chained to (BEAST).
  bool split = config_->split_cbc_records && write_half_.chains_records() && take > 1;
  for (std::size_t at = 0; at < take;) {
    std::size_t n = split ? 1 : std::min(take - at, write_half_.plaintext_limit());
    split = false;
    // A byte more or less, and the last block holds something that the MAC covers.
    if (config_->split_cbc_records && n > 1 && write_half_.bares_a_block(n)) --n;
    Status s = check_key_limit();
    if (s) s = seal(ContentType::application_data, plaintext.subspan(at, n));
    if (!s) {
      fail(s.error());
      return s.error();
    }
    at += n;
  }
  if (const Status s = renew_keys(false); !s) {
    fail(s.error());
    return s.error();
  }
  return take;
}

// ---- the end -------------------------------------------------------------------------------

Status TlsEngine::close() {
  if (failure_) return *failure_;
  if (phase_ == Phase::closing || phase_ == Phase::closed) return {};
  const bool giving_up = phase_ == Phase::handshaking;
  flight_.clear();
  if (const Status s = send_alert(AlertLevel::warning, Alert::close_notify); !s) {
    fail(s.error());
    return s;
  }
  phase_ = peer_closed_ || giving_up ? Phase::closed : Phase::closing;
  exporter_.reset();
  if (phase_ == Phase::closed) abandon_renegotiation();
  return {};
}

void TlsEngine::end_of_stream() {
  if (failure_ || peer_closed_ || phase_ == Phase::closed) return;
  half_closed_ = phase_ == Phase::open && !driver_;
  fail(Error{.code = Errc::unexpected_eof, .where = "end of stream"});
}

}  // namespace parley
