// Further handshakes inside a connection: who asks for them, and when keys have to make place.
#include <algorithm>
#include <array>

#include "base/limits.hpp"
#include "engine/tls_engine.hpp"
#include "wire/messages.hpp"

namespace parley {

/// The peer asks: HelloRequest to a client, ClientHello to a server.
Status TlsEngine::on_renegotiation_request() {
  // "May be ignored by the client" while it negotiates, and our close_notify was our last word.
  if (driver_ || phase_ != Phase::open) return count_refusal();
  const bool asked_for = side_ == Side::server && requested_;
  requested_ = false;
  if (!asked_for) {
    const Renegotiation policy = config_->renegotiation;
    const bool wanted = policy == Renegotiation::freely ||
                        (policy == Renegotiation::once && granted_requests_ == 0);
    if (!wanted || !may_renegotiate()) return refuse_renegotiation();
    ++granted_requests_;
    if (carried() < limits::kRenegotiationBytes && ++idle_requests_ > limits::kRenegotiations)
      return Error{.code = Errc::renegotiation_refused, .where = "too many requests"};
  }
  begin_renegotiation();
  if (side_ == Side::server) return {};
  PARLEY_CHECK(driver_->start());
  return after_step();
}

Status TlsEngine::count_refusal() {
  if (++renegotiation_requests_ > limits::kRenegotiationRequests)
    return Error{.code = Errc::renegotiation_refused, .where = "too many requests"};
  return {};
}

/// Politely where the version has words for it (RFC 2246 section 7.2.2, no_renegotiation).
Status TlsEngine::refuse_renegotiation() {
  PARLEY_CHECK(count_refusal());
  if (side_ == Side::client && config_->renegotiation == Renegotiation::ignore) return {};
  if (has_words_to_decline()) return send_alert(AlertLevel::warning, Alert::no_renegotiation);
  if (side_ == Side::client) return {};
  return Error{.code = Errc::renegotiation_refused, .where = "client_hello"};
}

bool TlsEngine::has_words_to_decline() const {
  return std::ranges::find(profile_->alerts, Alert::no_renegotiation) != profile_->alerts.end();
}

/// RFC 5746, or the setting that does without.
bool TlsEngine::may_renegotiate() const {
  return outcome_.secure_renegotiation || config_->unsafe_legacy_renegotiation;
}

void TlsEngine::begin_renegotiation() {
  if (counters_) {
    ++(side_ == Side::client ? counters_->connect : counters_->accept);
    ++(side_ == Side::client ? counters_->connect_renegotiate : counters_->accept_renegotiate);
  }
  peer_said_hello_ = peer_changed_keys_ = false;
  handshake_ = std::make_unique<Handshake>(side_, config_, env_, read_half_, write_half_);
  handshake_->renegotiated = &renegotiated_;
  handshake_->counters = counters_;
  handshake_->server_name = renegotiated_.server_name;
  driver_.emplace(*handshake_, static_cast<FlightSink&>(*this));
}

/// The peer would rather not (no_renegotiation), or leaves: everything stays as it was.
void TlsEngine::abandon_renegotiation() {
  driver_.reset();
  handshake_.reset();
}

Status TlsEngine::renegotiate() {
  if (failure_) return *failure_;
  if (phase_ != Phase::open || driver_)
    return Error{.code = Errc::not_open, .where = "renegotiate"};
  if (!may_renegotiate())
    return Error{.code = Errc::renegotiation_refused, .where = "the peer does not speak RFC 5746"};
  const Status s = ask_for_handshake();
  if (!s) fail(s.error());
  return s;
}

Status TlsEngine::ask_for_handshake() {
  if (side_ == Side::server) {
    requested_ = true;
    constexpr std::array<std::uint8_t, 4> kHelloRequest{};  // RFC 2246 section 7.4.1.1
    return seal(ContentType::handshake, kHelloRequest);
  }
  begin_renegotiation();
  PARLEY_CHECK(driver_->start());
  return after_step();
}

// ---- keys that have done enough --------------------------------------------------------------

Status TlsEngine::check_key_limit() const {
  if (key_limit_.end_after == 0 || carried() < key_limit_.end_after) return {};
  return Error{.code = Errc::key_limit_reached, .where = "set_key_limits"};
}

/// After application data. A client asks while it is read from and not while it writes: whoever
/// writes may be ahead of his reading by more than is kept unread, and the peer's part of the
/// handshake comes after that.
Status TlsEngine::renew_keys(bool reading) {
  if (renewal_tried_ || key_limit_.renegotiate_after == 0 ||
      carried() < key_limit_.renegotiate_after || (side_ == Side::client && !reading) ||
      phase_ != Phase::open || driver_ || peer_closed_)
    return {};
  renewal_tried_ = true;
  // A server of SSL 3.0 has no words to decline with, and could only end what works (RFC 6101
  // section 5.4.2); a client of any version may pass over HelloRequest.
  if (!outcome_.secure_renegotiation || (side_ == Side::client && !has_words_to_decline())) {
    observe_worn_keys();
    return {};
  }
  observe(DecisionEvent{.what = "another handshake, for new keys",
                        .why = "these have protected as many bytes as is good for their cipher",
                        .setting = "set_key_limits"});
  return requested_ ? Status{} : ask_for_handshake();
}

/// The peer would not have new keys: the connection works, and goes on with those it has.
void TlsEngine::observe_worn_keys() const {
  observe(WeaknessEvent{.what = "the keys have protected more bytes than is good for their cipher",
                        .why = "the peer does not renegotiate",
                        .specification = "CVE-2016-2183",
                        .allowed_by = "set_key_limits"});
}

}  // namespace parley
