// The engine of SSL 3.0 and TLS: records to driver, application data, alerts, close.
#pragma once
#include <memory>
#include <optional>

#include "base/byte_queue.hpp"
#include "engine/engine.hpp"
#include "engine/inbox.hpp"
#include "handshake/driver.hpp"
#include "handshake/exporter.hpp"
#include "record/framer.hpp"
#include "record/half.hpp"
#include "record/reassembly.hpp"

namespace parley {

class TlsEngine final : public Engine, private FlightSink {
 public:
  TlsEngine(Side, std::shared_ptr<const Config>, std::string server_name, Environment,
            std::shared_ptr<const Session> resume);
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;
  ~TlsEngine() override = default;

  void start() override;
  std::size_t feed(ByteView from_peer) override;
  void end_of_stream() override;
  ByteView outgoing() const override { return out_.view(); }
  void sent(std::size_t n) override { out_.drop_front(std::min(n, out_.size())); }

  std::size_t readable() const override { return inbox_.readable(); }
  std::size_t read(ByteSpan into) override { return inbox_.read(into); }
  Result<std::size_t> write(ByteView plaintext) override;
  Status renegotiate() override;
  Status export_keying_material(std::string_view label, std::optional<ByteView> context,
                                ByteSpan out) const override;

  // The door's side: a hello in the form of SSL 2.0 (RFC 2246 appendix E.1). `message` is without
  // its record header.

  /// Server, in place of the first record: `m` is what the message says, or what is wrong with it.
  void feed_v2_hello(const Result<ClientHello>& m, ByteView message);
  /// Client, in place of start(): such a hello has left, of this version and with this challenge.
  void start_after_v2_hello(ProtocolVersion, ByteView challenge, ByteView message);

  Status close() override;
  void abort(const Error& why, Alert a) override { fail(why, a); }

  Phase phase() const override { return phase_; }
  bool renegotiating() const override { return phase_ == Phase::open && driver_.has_value(); }
  bool peer_closed() const override { return peer_closed_; }
  const Error* failure() const override { return failure_ ? &*failure_ : nullptr; }
  const Outcome& outcome() const override { return outcome_; }

 private:
  // FlightSink
  Status send_handshake(ByteView raw_message) override;
  Status send_change_cipher_spec() override;
  Status send_warning(Alert) override;

  // Incoming.
  void process();
  Status process_one(bool& more);
  Status open_application_data(const RecordHeader& first);
  Status dispatch(ContentType, ByteView fragment);
  Status require_whole_messages() const;
  Status on_handshake(ByteView fragment);
  Status on_message(const HandshakeMessage&);
  Status on_renegotiation_request();
  bool may_renegotiate() const;
  void begin_renegotiation();
  void abandon_renegotiation();
  bool takes_application_data() const;
  Status count_refusal();
  Status refuse_renegotiation();
  bool has_words_to_decline() const;
  Status ask_for_handshake();
  Status on_alert(ByteView fragment);
  Status after_step();
  void finish_handshake();
  void settle(const Handshake&);

  // Keys that have done enough (Config::key_limits).
  std::uint64_t carried() const { return read_half_.carried() + write_half_.carried(); }
  Status check_key_limit() const;
  Status renew_keys(bool reading);
  void observe_worn_keys() const;

  // Outgoing.
  Status seal(ContentType, ByteView plaintext);
  Status flush_flight();
  Status send_alert(AlertLevel, Alert);
  ProtocolVersion record_version() const;

  // The end.
  void fail(Error, std::optional<Alert> of_choice = {});
  void forget_session();
  void store_session(const std::shared_ptr<const Session>& earlier);
  void observe(const Event& e) const {
    if (env_.observer != nullptr) env_.observer->on(e);
  }

  const Side side_;
  std::shared_ptr<const Config> config_;  // a server may change it by server_name
  const std::shared_ptr<SessionCounters> counters_;
  const Environment env_;
  Half read_half_;
  Half write_half_;
  Inbox inbox_;
  ByteQueue out_;
  Reassembly reassembly_;
  Bytes flight_;  // handshake messages waiting to share a record
  std::unique_ptr<Handshake> handshake_;
  std::optional<Driver> driver_;

  Phase phase_ = Phase::handshaking;
  bool peer_closed_ = false;
  bool half_closed_ = false;  // the peer's stream ended in Phase::open: we may still write
  std::optional<Error> failure_;
  const ProtocolProfile* profile_ = nullptr;  // null until a version is chosen
  Outcome outcome_;
  std::optional<KeyExporter> exporter_;  // in Phase::open
  Renegotiated renegotiated_;            // what the last handshake leaves for the next
  bool peer_said_hello_ = false;         // in the handshake under way
  bool peer_changed_keys_ = false;       // likewise
  bool stored_ = false;                  // server: a session of this connection is in the store
  bool requested_ = false;               // server: our HelloRequest is out
  KeyLimit key_limit_{};                 // of the keys in force, in Phase::open
  bool renewal_tried_ = false;           // to have others in their place
  unsigned granted_requests_ = 0;
  unsigned idle_requests_ = 0;  // of those, the ones that count
  unsigned empty_records_ = 0;
  unsigned warnings_ = 0;
  unsigned renegotiation_requests_ = 0;
};

}  // namespace parley
