// The public class: hands everything to the engine behind it.
#include "parley/connection.hpp"

#include "engine/front_door.hpp"

namespace parley {
namespace {

constexpr Error kHalfDone{.code = Errc::out_of_memory, .where = "connection"};

/// What a call that an exception has left half done could have skipped is not worth finding out: a
/// script may stand behind a message that nobody has looked at.
template <class Call>
auto whole(bool& half_done, Call call) {
  struct Watch {
    ~Watch() {
      if (!returned) half_done = true;
    }
    bool& half_done;
    bool returned = false;
  } watch{.half_done = half_done};
  const auto result = call();
  watch.returned = true;
  return result;
}

}  // namespace

Connection::Connection(Side side, std::unique_ptr<Engine> e) : side_(side), engine_(std::move(e)) {
  engine_->start();
}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Connection Connection::client(std::shared_ptr<const Config> config, std::string server_name,
                              Environment env, std::shared_ptr<const Session> resume) {
  if (config->counters) ++config->counters->connect;
  return {Side::client,
          make_client_engine(std::move(config), std::move(server_name), env, std::move(resume))};
}
Connection Connection::server(std::shared_ptr<const Config> config, Environment env) {
  if (config->counters) ++config->counters->accept;
  return {Side::server, make_server_engine(std::move(config), env)};
}

std::size_t Connection::feed(ByteView from_peer) {
  if (left_half_done_) return 0;
  return whole(left_half_done_, [&] { return engine_->feed(from_peer); });
}
void Connection::end_of_stream() {
  if (left_half_done_) return;
  (void)whole(left_half_done_, [&] {
    engine_->end_of_stream();
    return true;
  });
}
ByteView Connection::outgoing() const { return engine_->outgoing(); }
void Connection::sent(std::size_t n) { engine_->sent(n); }
std::size_t Connection::readable() const { return engine_->readable(); }
std::size_t Connection::read(ByteSpan into) { return engine_->read(into); }
Result<std::size_t> Connection::write(ByteView plaintext) {
  if (left_half_done_) return kHalfDone;
  return whole(left_half_done_, [&] { return engine_->write(plaintext); });
}
Status Connection::renegotiate() {
  if (left_half_done_) return kHalfDone;
  return whole(left_half_done_, [&] { return engine_->renegotiate(); });
}
Status Connection::close() {
  if (left_half_done_) return kHalfDone;
  return whole(left_half_done_, [&] { return engine_->close(); });
}
Status Connection::abort(Alert a) {
  if (failure() != nullptr) return *failure();
  if (a == Alert::close_notify) return Error{.code = Errc::bad_argument, .where = "abort"};
  if (phase() == Phase::closed) return Error{.code = Errc::not_open, .where = "abort"};
  return whole(left_half_done_, [&] {
    engine_->abort(Error{.code = Errc::closed, .where = "abort"}, a);
    return Status{};
  });
}
Side Connection::side() const { return side_; }
Connection::Phase Connection::phase() const {
  return left_half_done_ ? Phase::failed : engine_->phase();
}
bool Connection::renegotiating() const { return !left_half_done_ && engine_->renegotiating(); }
unsigned Connection::renegotiations() const { return engine_->outcome().renegotiations; }
bool Connection::secure_renegotiation() const { return engine_->outcome().secure_renegotiation; }
bool Connection::peer_closed() const { return engine_->peer_closed(); }
const Error* Connection::failure() const {
  return left_half_done_ && engine_->failure() == nullptr ? &kHalfDone : engine_->failure();
}

std::optional<ProtocolVersion> Connection::version() const { return engine_->outcome().version; }
const CipherSuite* Connection::suite() const { return engine_->outcome().suite; }
bool Connection::resumed() const { return engine_->outcome().resumed; }
bool Connection::extended_master_secret() const {
  return engine_->outcome().extended_master_secret;
}
std::string_view Connection::alpn_protocol() const { return engine_->outcome().alpn_protocol; }
Status Connection::export_keying_material(std::string_view label, std::optional<ByteView> context,
                                          ByteSpan out) const {
  if (left_half_done_) return kHalfDone;
  return engine_->export_keying_material(label, context, out);
}
ByteView Connection::tls_unique() const { return engine_->outcome().first_finished; }
std::span<const Certificate> Connection::peer_chain() const {
  return engine_->outcome().peer_chain;
}
bool Connection::peer_verified() const { return engine_->outcome().peer_verified; }
const Error* Connection::verify_error() const {
  const std::optional<Error>& e = engine_->outcome().verify_error;
  return e ? &*e : nullptr;
}
ByteView Connection::ocsp_response() const { return engine_->outcome().ocsp_response; }
std::span<const CipherSuite* const> Connection::shared_suites() const {
  return engine_->outcome().shared_suites;
}
std::string_view Connection::server_name() const { return engine_->outcome().server_name; }
std::shared_ptr<const Session> Connection::session() const { return engine_->outcome().session; }

Environment system_environment(Observer* observer) {
  static const SystemClock clock;
  return {.rng = system_rng(), .clock = clock, .observer = observer};
}

}  // namespace parley
