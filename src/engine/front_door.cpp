#include "engine/front_door.hpp"

#include "base/byte_queue.hpp"
#include "base/limits.hpp"
#include "engine/tls_engine.hpp"
#include "handshake/negotiate.hpp"
#include "ssl2/client_hello.hpp"
#include "ssl2/engine.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

// SSL 2.0 section 2.2: two bytes of header, the highest bit set, when there is no padding.
constexpr std::size_t kV2Header = 2;
bool has_v2_header(ByteView in) { return (in[0] & 0x80) != 0; }
std::size_t v2_length(ByteView in) { return static_cast<std::size_t>((in[0] & 0x7f) << 8 | in[1]); }

bool enabled(const Config& c, ProtocolVersion v) {
  return std::ranges::find(c.versions, v) != c.versions.end();
}

#ifdef PARLEY_NO_SSL2
bool speaks_ssl2(const Config&) { return false; }
#else
bool speaks_ssl2(const Config& c) { return enabled(c, ProtocolVersion::ssl20); }
#endif

bool has_ssl2_kind(const Config& c) {
  return std::ranges::any_of(c.suites, [](const CipherSuite* s) {
    return s->first == ProtocolVersion::ssl20 && is_spoken(*s);
  });
}

bool speaks_later(const Config& c) { return highest_to_offer(c.versions) != nullptr; }

std::unique_ptr<Engine> ssl2_engine(Side side, std::shared_ptr<const Config> c, Environment env,
                                    std::shared_ptr<const Session> resume = nullptr) {
#ifdef PARLEY_NO_SSL2
  return std::make_unique<TlsEngine>(side, std::move(c), std::string{}, env, std::move(resume));
#else
  return ssl2::make_engine(side, std::move(c), env, std::move(resume));
#endif
}

std::unique_ptr<Engine> ssl2_engine_after_hello(std::shared_ptr<const Config> c, Environment env,
                                                Bytes hello) {
#ifdef PARLEY_NO_SSL2
  (void)hello;
  return std::make_unique<TlsEngine>(Side::client, std::move(c), std::string{}, env, nullptr);
#else
  return ssl2::make_client_after_hello(std::move(c), env, std::move(hello));
#endif
}

/// Stands in for an engine until it is known which; then hands everything on to that one.
class FrontDoor : public Engine {
 public:
  FrontDoor(std::shared_ptr<const Config> c, Environment e) : config_(std::move(c)), env_(e) {}

  std::size_t feed(ByteView from_peer) override {
    if (inner_) return inner_->feed(from_peer);
    if (phase_ != Phase::handshaking) return 0;
    const std::size_t before = seen_.size();
    const std::size_t n = std::min(from_peer.size(), limits::kInput - before);
    append(seen_, from_peer.first(n));
    std::size_t used = 0;
    if (Status s = decide(used); !s) {
      fail(s.error());
      return n;
    }
    if (!inner_) return n;
    used += inner_->feed(ByteView{seen_}.subspan(used));
    seen_ = {};
    // What an engine leaves of the bytes that came now stays with the transport.
    return std::max(used, before) - before;
  }
  void end_of_stream() override {
    if (inner_) return inner_->end_of_stream();
    if (phase_ == Phase::handshaking)
      fail(Error{.code = Errc::unexpected_eof, .where = "end of stream"});
  }
  ByteView outgoing() const override {
    return inner_ && out_.empty() ? inner_->outgoing() : out_.view();
  }
  void sent(std::size_t n) override {
    if (inner_ && out_.empty()) return inner_->sent(n);
    out_.drop_front(std::min(n, out_.size()));
  }

  std::size_t readable() const override { return inner_ ? inner_->readable() : 0; }
  std::size_t read(ByteSpan into) override { return inner_ ? inner_->read(into) : 0; }
  Result<std::size_t> write(ByteView plaintext) override {
    if (inner_) return inner_->write(plaintext);
    return failure_ ? *failure_ : Error{.code = Errc::not_open, .where = "write"};
  }
  Status renegotiate() override {
    if (inner_) return inner_->renegotiate();
    return failure_ ? *failure_ : Error{.code = Errc::not_open, .where = "renegotiate"};
  }
  Status export_keying_material(std::string_view label, std::optional<ByteView> context,
                                ByteSpan out) const override {
    if (inner_) return inner_->export_keying_material(label, context, out);
    return Error{.code = Errc::not_open, .where = "export_keying_material"};
  }
  /// Nothing has been agreed, not even in which words one says goodbye.
  Status close() override {
    if (inner_) return inner_->close();
    if (failure_) return *failure_;
    phase_ = Phase::closed;
    return {};
  }

  void abort(const Error& why, Alert a) override { inner_ ? inner_->abort(why, a) : fail(why); }

  Phase phase() const override { return inner_ ? inner_->phase() : phase_; }
  bool renegotiating() const override { return inner_ && inner_->renegotiating(); }
  bool peer_closed() const override { return inner_ && inner_->peer_closed(); }
  const Error* failure() const override {
    if (inner_) return inner_->failure();
    return failure_ ? &*failure_ : nullptr;
  }
  const Outcome& outcome() const override { return inner_ ? inner_->outcome() : outcome_; }

 protected:
  /// Looks at seen_ and calls enter() when it tells enough; `used`: bytes the new engine has
  /// already been told about.
  virtual Status decide(std::size_t& used) = 0;

  template <class E>
  E& enter(std::unique_ptr<E> e) {
    E& entered = *e;
    inner_ = std::move(e);
    return entered;
  }
  void fail(Error e) {
    failure_ = e;
    phase_ = Phase::failed;
  }

  const std::shared_ptr<const Config> config_;
  const Environment env_;
  Bytes seen_;
  ByteQueue out_;

 private:
  std::unique_ptr<Engine> inner_;
  Phase phase_ = Phase::handshaking;
  std::optional<Error> failure_;
  Outcome outcome_;
};

// ---- server --------------------------------------------------------------------------------

class ServerDoor final : public FrontDoor {
 public:
  using FrontDoor::FrontDoor;
  void start() override {}

 private:
  TlsEngine& enter_tls() {
    TlsEngine& e =
        enter(std::make_unique<TlsEngine>(Side::server, config_, std::string{}, env_, nullptr));
    e.start();
    return e;
  }

  /// A hello in the form of SSL 2.0 goes to the highest version that both sides have (API: a
  /// server of all versions ends in SSL 2.0 only with a client that has nothing better).
  Status decide(std::size_t& used) override {
    if (seen_.empty()) return {};
    if (!has_v2_header(seen_)) return enter_tls(), Status{};
    if (seen_.size() < kV2Header + 3) return {};
    if (seen_[2] != ssl2::kClientHelloType) return enter_tls(), Status{};
    const auto version = static_cast<ProtocolVersion>(seen_[3] << 8 | seen_[4]);
    if (choose_version(config_->versions, version) == nullptr) {
      // Without SSL 2.0 or any of its suites, and for a version that nobody has ever spoken, what
      // the other engine says of such a record is the truth.
      const bool known = seen_[3] >= 3 || version == ProtocolVersion::ssl20;
      if (!known || !speaks_ssl2(*config_) || !has_ssl2_kind(*config_))
        return enter_tls(), Status{};
      enter(ssl2_engine(Side::server, config_, env_)).start();
      return {};
    }
    const std::size_t length = v2_length(seen_);
    if (seen_.size() < kV2Header + length) return {};
    used = kV2Header + length;
    const ByteView message = ByteView{seen_}.subspan(kV2Header, length);
    enter_tls().feed_v2_hello(meaning_of(message), message);
    return {};
  }

  static Result<ClientHello> meaning_of(ByteView message) {
    ssl2::ClientHello v2;
    PARLEY_CHECK(ssl2::parse(message, v2));
    ClientHello m;
    m.client_version = v2.version;
    // RFC 2246 appendix E.1: the challenge is the random, "padded on the left with zeros".
    std::ranges::copy(v2.challenge,
                      m.random.end() - static_cast<std::ptrdiff_t>(v2.challenge.size()));
    for (const std::uint32_t spec : v2.cipher_specs)
      if (spec <= 0xffff) m.cipher_suites.push_back(static_cast<std::uint16_t>(spec));
    m.compression_methods = {kCompressionNull};
    return m;
  }
};

// ---- client --------------------------------------------------------------------------------

class ClientDoor final : public FrontDoor {
 public:
  /// `highest`: what the hello names.
  ClientDoor(std::shared_ptr<const Config> c, Environment e, ProtocolVersion highest)
      : FrontDoor(std::move(c), e), highest_(highest) {}

  void start() override {
    if (const Status s = send_hello(); !s) fail(s.error());
  }

 private:
  Status send_hello() {
    ssl2::ClientHello m;
    m.version = static_cast<std::uint16_t>(highest_);
    // OpenSSL lists the suites of SSL 3.0 even where it names SSL 2.0.
    const ProtocolVersion newest = std::max(highest_, ProtocolVersion::ssl30);
    for (const CipherSuite* s : suites_to_offer(*config_, HelloForm::v2_compatible, newest))
      m.cipher_specs.push_back(s->id);
    m.cipher_specs.push_back(kEmptyRenegotiationInfoScsv);
    if (config_->fallback) m.cipher_specs.push_back(kFallbackScsv);
    m.challenge.resize(
        std::clamp(config_->v2_challenge_size, ssl2::kMinChallenge, ssl2::kMaxChallenge));
    if (!env_.rng.fill(m.challenge))
      return Error{.code = Errc::no_random, .where = "client_hello.challenge"};
    PARLEY_CHECK(ssl2::build(m, hello_));
    challenge_ = std::move(m.challenge);
    const std::array<std::uint8_t, kV2Header> header{
        static_cast<std::uint8_t>(0x80 | hello_.size() >> 8),
        static_cast<std::uint8_t>(hello_.size())};
    out_.append(header);
    out_.append(hello_);
    return {};
  }

  /// A server of SSL 2.0 answers with SERVER-HELLO (4) or ERROR (0), others in their own records.
  Status decide(std::size_t&) override {
    if (seen_.empty()) return {};
    if (has_v2_header(seen_)) {
      if (seen_.size() < kV2Header + 1) return {};
      if (speaks_ssl2(*config_) && (seen_[2] == 4 || seen_[2] == 0)) {
        enter(ssl2_engine_after_hello(config_, env_, std::move(hello_))).start();
        return {};
      }
    }
    enter(std::make_unique<TlsEngine>(Side::client, config_, std::string{}, env_, nullptr))
        .start_after_v2_hello(highest_, challenge_, hello_);
    return {};
  }

  const ProtocolVersion highest_;
  Bytes hello_, challenge_;
};

}  // namespace

std::unique_ptr<Engine> make_client_engine(std::shared_ptr<const Config> c, std::string server_name,
                                           Environment env, std::shared_ptr<const Session> resume) {
  // SSL 2.0 has no words for a status of certificates.
  if (speaks_ssl2(*c) && !c->require_status) {
    const bool v2_form = c->v2_hello && has_ssl2_kind(*c);
    const bool ssl2_to_resume = resume && resume->data().version == ProtocolVersion::ssl20;
    if (!speaks_later(*c) && (!c->v2_hello || ssl2_to_resume))
      return ssl2_engine(Side::client, std::move(c), env, std::move(resume));
    // A hole switches off everything above it, and without SSL 3.0 all but SSL 2.0 is above one.
    if (v2_form && !enabled(*c, ProtocolVersion::ssl30))
      return std::make_unique<ClientDoor>(std::move(c), env, ProtocolVersion::ssl20);
    if (v2_form && server_name.empty() && !resume && !c->request_status) {
      const ProtocolVersion highest = highest_to_offer(c->versions)->version;
      return std::make_unique<ClientDoor>(std::move(c), env, highest);
    }
  }
  return std::make_unique<TlsEngine>(Side::client, std::move(c), std::move(server_name), env,
                                     std::move(resume));
}

std::unique_ptr<Engine> make_server_engine(std::shared_ptr<const Config> c, Environment env) {
  if (speaks_ssl2(*c) && !speaks_later(*c)) return ssl2_engine(Side::server, std::move(c), env);
  if (c->v2_hello) return std::make_unique<ServerDoor>(std::move(c), env);
  return std::make_unique<TlsEngine>(Side::server, std::move(c), std::string{}, env, nullptr);
}

}  // namespace parley
