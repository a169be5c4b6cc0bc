// The only place that sends a fatal alert.
#include "engine/tls_engine.hpp"

namespace parley {
namespace {

/// After these there is nobody to tell, or nothing to say.
bool is_silent(Errc e) {
  return e == Errc::peer_alert || e == Errc::unexpected_eof || e == Errc::closed;
}

}  // namespace

void TlsEngine::fail(Error e) {
  if (failure_) return;
  failure_ = e;
  const bool said_good_bye = phase_ == Phase::closing;
  phase_ = Phase::failed;
  flight_.clear();
  forget_session();
  // What was settled stays visible: a refused chain is what people ask about.
  if (handshake_ && handshake_->renegotiated == nullptr) settle(*handshake_);
  if (!said_good_bye && !is_silent(e.code)) {
    const Alert alert = substitute_alert(profile_, e.alert());
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
    config_->sessions->remove(outcome_.session->data().id);
  outcome_.session = nullptr;
}

}  // namespace parley
