// The only place that sends a fatal alert.
#include "engine/tls_engine.hpp"
#include "session/store_guard.hpp"

namespace parley {
namespace {

/// After these there is nobody to tell, or nothing to say.
bool is_silent(Errc e) {
  return e == Errc::peer_alert || e == Errc::unexpected_eof || e == Errc::closed;
}

}  // namespace

void TlsEngine::fail(Error e, std::optional<Alert> of_choice) {
  if (failure_) return;
  failure_ = e;
  const bool said_good_bye = phase_ == Phase::closing;
  phase_ = Phase::failed;
  flight_.clear();
  exporter_.reset();
  // Who has said close_notify need not wait for the other's, and many servers just hang up then.
  if (!said_good_bye || e.code != Errc::unexpected_eof) forget_session();
  // What was settled stays visible: a refused chain is what people ask about.
  if (handshake_ && handshake_->renegotiated == nullptr) settle(*handshake_);
  if (!said_good_bye && (of_choice || !is_silent(e.code))) {
    const Alert alert = substitute_alert(profile_, of_choice.value_or(e.alert()));
    // Sealing fails only when the sequence numbers are used up; then silence is all there is.
    (void)send_alert(AlertLevel::fatal, alert).has_value();
  }
  driver_.reset();
  handshake_.reset();
}

/// "The session identifier MUST be invalidated" (RFC 2246 section 7.2.2), and a connection that
/// ends without close_notify must not be resumed either (section 7.2.1). Only a peer that has
/// proved in its Finished that the session is its own can end it.
void TlsEngine::forget_session() {
  if (!outcome_.session) return;
  const bool truncated = failure_->code == Errc::unexpected_eof;
  if (truncated && !profile_->close_notify_needed_to_resume) return;
  outcome_.session->revoke();
  if (side_ == Side::server && config_->sessions)
    forget(*config_->sessions, outcome_.session->data().id);
  outcome_.session = nullptr;
}

}  // namespace parley
