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
  phase_ = Phase::failed;
  flight_.clear();
  forget_session();
  // What was settled stays visible: a refused chain is what people ask about.
  if (handshake_) settle(*handshake_);
  if (!is_silent(e.code)) {
    const Alert alert = substitute_alert(outcome_.profile, e.alert());
    // Sealing fails only when the sequence numbers are used up; then silence is all there is.
    (void)send_alert(AlertLevel::fatal, alert).has_value();
  }
  driver_.reset();
  handshake_.reset();
}

/// "The session identifier MUST be invalidated" (RFC 2246 section 7.2.2), and a connection that
/// ends without close_notify must not be resumed either (section 7.2.1).
void TlsEngine::forget_session() {
  const std::shared_ptr<const Session>& s = outcome_.session;
  const bool truncated = failure_->code == Errc::unexpected_eof;
  if (truncated && outcome_.profile != nullptr && !outcome_.profile->close_notify_needed_to_resume)
    return;
  if (side_ == Side::server && config_->sessions) {
    if (s) config_->sessions->remove(s->data().id);
    if (handshake_ && handshake_->resumed_session)
      config_->sessions->remove(handshake_->resumed_session->data().id);
  }
  outcome_.session = nullptr;
}

}  // namespace parley
