// Runs a script: asks the cursor, calls the handlers, writes our flights.
#pragma once
#include "handshake/context.hpp"
#include "record/reassembly.hpp"

namespace parley {

struct ClientHello;  // wire/messages.hpp

/// Where the driver's messages go; the engine puts them into records.
class FlightSink {
 public:
  virtual ~FlightSink() = default;
  virtual Status send_handshake(ByteView raw_message) = 0;
  /// Under the old keys; the driver changes them afterwards.
  virtual Status send_change_cipher_spec() = 0;
  virtual Status send_warning(Alert) = 0;
};

class Driver {
 public:
  /// Both must outlive the driver.
  Driver(Handshake& h, FlightSink& sink) : h_(h), sink_(sink) {}

  /// Sends what is ours to send first: a client's hello, nothing on a server.
  Status start() { return produce(); }
  /// A handshake message of the peer. The cursor is asked before the body is looked at.
  Status receive(const HandshakeMessage&);
  /// The peer's hello in the form of SSL 2.0: `m` is what it means, `message` what the transcript
  /// sees (RFC 2246 appendix E.1).
  Status receive_v2_hello(const ClientHello& m, ByteView message);
  /// Ours has left in that form; `h` knows what it said.
  Status sent_v2_hello(ByteView message);
  /// A ChangeCipherSpec record. `aligned`: no handshake message is half received.
  Status receive_change_cipher_spec(ByteView fragment, bool aligned);
  /// The no_certificate warning with which SSL 3.0 answers a CertificateRequest; false when this
  /// is not the moment for it.
  Result<bool> receive_no_certificate();

  bool done() { return h_.cursor.done(h_.facts); }

 private:
  Status produce();
  Status send(Step);
  void announce(Side from, Step, ByteView body);
  Error refusal(Step got);

  Handshake& h_;
  FlightSink& sink_;
};

}  // namespace parley
