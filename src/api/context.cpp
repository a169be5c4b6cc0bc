// SSLContext: a builder of settings, and the snapshot that connections get.
#include <stdexcept>

#include "api/context_state.hpp"
#include "api/errors.hpp"
#include "api/files.hpp"
#include "api/repr.hpp"
#include "asn1/name.hpp"
#include "base/limits.hpp"
#include "crypto/dh.hpp"

namespace parley {
namespace {

// Documented for the OpenSSL level that is emulated: the version-flexible method and that of SSL
// 2.0 keep sessions five minutes, the others two hours.
constexpr std::int64_t kShortLifetime = 300;
constexpr std::int64_t kLongLifetime = 7200;
// The bits of OP_ALL that a hello shows.
constexpr std::uint64_t kNetscapeChallengeBug = 0x2;
constexpr std::uint64_t kPadHello = 0x10;  // SSL_OP_TLSEXT_PADDING
constexpr std::size_t kShortChallenge = 16, kLongChallenge = 32;

#ifdef PARLEY_NO_SSL2
constexpr int kSsl2Only = -1;  // nobody can ask for it
#else
constexpr int kSsl2Only = PROTOCOL_SSLv2;
#endif

/// Every version there is, ascending: its own constant, what switches it off among others, and its
/// name as a bound.
struct VersionRow {
  ProtocolVersion wire;
  int protocol;
  std::uint64_t off;
  TLSVersion name;
};
constexpr std::array kVersions{
#ifndef PARLEY_NO_SSL2
    VersionRow{ProtocolVersion::ssl20, PROTOCOL_SSLv2, OP_NO_SSLv2, TLSVersion::SSLv2},
#endif
    VersionRow{ProtocolVersion::ssl30, PROTOCOL_SSLv3, OP_NO_SSLv3, TLSVersion::SSLv3},
    VersionRow{ProtocolVersion::tls10, PROTOCOL_TLSv1, OP_NO_TLSv1, TLSVersion::TLSv1},
    VersionRow{ProtocolVersion::tls11, PROTOCOL_TLSv1_1, OP_NO_TLSv1_1, TLSVersion::TLSv1_1},
    VersionRow{ProtocolVersion::tls12, PROTOCOL_TLSv1_2, OP_NO_TLSv1_2, TLSVersion::TLSv1_2},
};

bool is_protocol(int p) {
  return p == PROTOCOL_SSLv23 ||
         std::ranges::find(kVersions, p, &VersionRow::protocol) != kVersions.end();
}

std::int64_t session_lifetime(int protocol) {
  return protocol == PROTOCOL_SSLv23 || protocol == kSsl2Only ? kShortLifetime : kLongLifetime;
}

bool within(const VersionRow& row, TLSVersion lowest, TLSVersion highest) {
  // As bounds from the wrong side the two words leave one version: the last or the first.
  if (lowest == TLSVersion::MAXIMUM_SUPPORTED) lowest = kVersions.back().name;
  if (highest == TLSVersion::MINIMUM_SUPPORTED) highest = kVersions.front().name;
  return (lowest == TLSVersion::MINIMUM_SUPPORTED || lowest <= row.name) &&
         (highest == TLSVersion::MAXIMUM_SUPPORTED || row.name <= highest);
}

std::vector<ProtocolVersion> versions_of(const SSLContext::State& s) {
  std::vector<ProtocolVersion> v;
  for (const VersionRow& row : kVersions) {
    // The OP_NO_ bits say nothing to a context of one version.
    const bool on =
        s.protocol == PROTOCOL_SSLv23 ? (s.options & row.off) == 0 : s.protocol == row.protocol;
    if (on && within(row, s.minimum, s.maximum)) v.push_back(row.wire);
  }
  return v;
}

CipherContext cipher_context(int protocol) {
  if (protocol == kSsl2Only) return CipherContext::sslv2;
  return protocol == PROTOCOL_SSLv23 ? CipherContext::sslv23 : CipherContext::sslv3;
}

thread_local CallbackGuard::Kept* kept_by_thread = nullptr;  // where CallbackGuard::keep() puts it

CipherList default_ciphers(int protocol) {
  const CipherContext context = cipher_context(protocol);
  Result<CipherList> list = parse_cipher_list(default_cipher_string(context), context);
  return list ? *std::move(list) : CipherList{};
}

/// A leaf alone is sent with the issuers that the trust store knows, as OpenSSL does.
void complete_chain(std::vector<Certificate>& chain, const TrustStore& store) {
  if (chain.size() != 1) return;
  while (!chain.back().self_issued() && chain.size() <= limits::kPathLength) {
    const Result<Bytes> name = asn1::canonical_name(chain.back().issuer_der());
    if (!name) return;
    const std::vector<Certificate> issuers = store.named(*name);
    if (issuers.empty()) return;
    chain.push_back(issuers.front());
  }
}

/// What the engine calls must not throw.
ChooseConfig for_engine(const ServerNameCallback& callback) {
  if (!callback) return {};
  return [callback](std::string_view name) {
    using Choice = Result<std::shared_ptr<const Config>>;
    const auto refuse = [](Alert a) {
      return Error{.code = Errc::unrecognized_name, .where = "sni_callback", .received = a};
    };
    const auto ask = [&]() -> Choice {
      const ServerNameAnswer answer =
          callback(name.empty() ? std::nullopt : std::optional(std::string(name)));
      if (const Alert* alert = std::get_if<Alert>(&answer)) return refuse(*alert);
      if (const SSLContext* other = std::get_if<SSLContext>(&answer)) {
        std::shared_ptr<const Config> settings = other->config();
        CallbackGuard::keep(*other, settings->verify_mode);
        return settings;
      }
      return std::shared_ptr<const Config>{};
    };
    return CallbackGuard::call(ask, Choice{refuse(Alert::handshake_failure)});
  };
}

VerifyOverride for_engine(const VerifyOverride& callback) {
  if (!callback) return {};
  return [callback](const Status& verdict, std::span<const Certificate> chain) {
    return CallbackGuard::call(
        [&] { return callback(verdict, chain); },
        Status{Error{.code = Errc::certificate_verify_failed, .where = "verify_callback"}});
  };
}

VerifyPolicy verify_policy_of(unsigned flags) {
  const auto has = [flags](unsigned bits) { return (flags & bits) == bits; };
  return {.revocation = has(VERIFY_CRL_CHECK_CHAIN)  ? Revocation::chain
                        : has(VERIFY_CRL_CHECK_LEAF) ? Revocation::leaf
                                                     : Revocation::none,
          .strict = has(VERIFY_X509_STRICT),
          .trusted_first = has(VERIFY_X509_TRUSTED_FIRST),
          .partial_chain = has(VERIFY_X509_PARTIAL_CHAIN)};
}

void check_mode(int mode) {
  if (mode != CERT_NONE && mode != CERT_OPTIONAL && mode != CERT_REQUIRED)
    throw std::invalid_argument("invalid value for verify_mode");
}

}  // namespace

SSLContext::State::State(int p)
    : protocol(p),
      suites(default_ciphers(p)),
      sessions(std::make_shared<SessionCache>(session_lifetime(p))),
      ticket_keys(std::make_shared<TicketKeys>(session_lifetime(p))) {}

CallbackGuard::CallbackGuard(Kept& kept) : before_(std::exchange(kept_by_thread, &kept)) {}
CallbackGuard::~CallbackGuard() { kept_by_thread = before_; }
void CallbackGuard::keep(std::exception_ptr e) {
  if (kept_by_thread != nullptr) kept_by_thread->thrown = std::move(e);
}
void CallbackGuard::keep(const SSLContext& c, VerifyMode mode) {
  if (kept_by_thread == nullptr) return;
  kept_by_thread->chosen = c;
  kept_by_thread->verify_mode = mode;
}

SSLContext::SSLContext(int p)
    : protocol(p),
      options(is_protocol(p) ? std::make_shared<State>(p)
                             : throw std::invalid_argument("invalid protocol version")),
      verify_mode(options.state_),
      check_hostname(options.state_),
      minimum_version(options.state_, false),
      maximum_version(options.state_, true),
      keylog_filename(options.state_),
      sni_callback(options.state_),
      verify_flags(options.state_),
      state_(options.state_) {}

SSLContext& SSLContext::operator=(const SSLContext& o) {
  protocol = o.protocol;
  options.state_ = o.state_;  // the handle follows; assigning `options` itself would set bits
  verify_mode.state_ = o.state_;
  check_hostname.state_ = o.state_;
  minimum_version.state_ = o.state_;
  maximum_version.state_ = o.state_;
  keylog_filename.state_ = o.state_;
  sni_callback.state_ = o.state_;
  verify_flags.state_ = o.state_;
  state_ = o.state_;
  return *this;
}

SSLContext::Options::operator std::uint64_t() const { return state_->get(&State::options); }

SSLContext::Options& SSLContext::Options::operator=(std::uint64_t bits) {
  state_->change([&](State& s) { s.options = bits; });
  return *this;
}

SSLContext::Options& SSLContext::Options::operator|=(std::uint64_t bits) {
  state_->change([&](State& s) { s.options |= bits; });
  return *this;
}

SSLContext::Options& SSLContext::Options::operator&=(std::uint64_t bits) {
  state_->change([&](State& s) { s.options &= bits; });
  return *this;
}

SSLContext::Mode::operator int() const { return state_->get(&State::verify_mode); }

SSLContext::Mode& SSLContext::Mode::operator=(int mode) {
  check_mode(mode);
  state_->change([&](State& s) {
    if (mode == CERT_NONE && s.check_hostname)
      throw std::invalid_argument(
          "Cannot set verify_mode to CERT_NONE when check_hostname is enabled.");
    s.verify_mode = mode;
  });
  return *this;
}

SSLContext::CheckHostname::operator bool() const { return state_->get(&State::check_hostname); }

SSLContext::CheckHostname& SSLContext::CheckHostname::operator=(bool on) {
  state_->change([&](State& s) {
    if (on && s.verify_mode == CERT_NONE)
      throw std::invalid_argument(
          "check_hostname needs a SSL context with either CERT_OPTIONAL or CERT_REQUIRED");
    s.check_hostname = on;
  });
  return *this;
}

SSLContext::Mode& SSLContext::Mode::operator|=(int bits) { return *this = *this | bits; }
SSLContext::Mode& SSLContext::Mode::operator&=(int bits) { return *this = *this & bits; }

SSLContext::VerifyFlags::operator unsigned() const { return state_->get(&State::verify_flags); }

SSLContext::VerifyFlags& SSLContext::VerifyFlags::operator=(unsigned bits) {
  state_->change_verification([&](State& s) { s.verify_flags = bits; });
  return *this;
}

SSLContext::VerifyFlags& SSLContext::VerifyFlags::operator|=(unsigned bits) {
  state_->change_verification([&](State& s) { s.verify_flags |= bits; });
  return *this;
}

SSLContext::VerifyFlags& SSLContext::VerifyFlags::operator&=(unsigned bits) {
  state_->change_verification([&](State& s) { s.verify_flags &= bits; });
  return *this;
}

SSLContext::VersionBound::operator TLSVersion() const {
  return state_->get(upper_ ? &State::maximum : &State::minimum);
}

SSLContext::VersionBound& SSLContext::VersionBound::operator=(TLSVersion v) {
  state_->change([&](State& s) { (upper_ ? s.maximum : s.minimum) = v; });
  return *this;
}

SSLContext::KeylogFilename::operator std::optional<std::string>() const {
  const std::shared_ptr<KeyLog> log = state_->get(&State::keylog);
  if (!log) return {};
  return log->path();
}

SSLContext::KeylogFilename& SSLContext::KeylogFilename::operator=(
    const std::optional<std::string>& path) {
  std::shared_ptr<KeyLog> log = path ? std::make_shared<KeyLog>(*path) : nullptr;
  state_->change([&](State& s) { s.keylog = std::move(log); });
  return *this;
}

SSLContext::SniCallback::operator bool() const {
  return state_->get(&State::server_name_callback) != nullptr;
}

SSLContext::SniCallback::operator ServerNameCallback() const {
  return state_->get(&State::server_name_callback);
}

SSLContext::SniCallback& SSLContext::SniCallback::operator=(ServerNameCallback callback) {
  state_->change([&](State& s) { s.server_name_callback = std::move(callback); });
  return *this;
}

SSLContext::SniCallback& SSLContext::SniCallback::operator=(const SniCallback& o) {
  return *this = ServerNameCallback(o);
}

void SSLContext::set_servername_callback(ServerNameCallback callback) {
  sni_callback = std::move(callback);
}

void SSLContext::set_verify_callback(VerifyOverride callback) {
  state_->change_verification([&](State& s) { s.verify_callback = std::move(callback); });
}

void SSLContext::set_session_store(std::shared_ptr<SessionStore> store) {
  state_->change([&](State& s) { s.sessions = std::move(store); });
}

void SSLContext::set_ticket_keys(std::shared_ptr<TicketKeys> keys) {
  state_->change([&](State& s) { s.ticket_keys = std::move(keys); });
}

std::shared_ptr<const Session> SSLContext::session_from_bytes(ByteView encoded) const {
  Result<std::shared_ptr<const Session>> s = Session::decode(encoded, state_->session_scope);
  if (!s) throw_error(s.error());
  return *std::move(s);
}

void SSLContext::set_renegotiation(Renegotiation r) {
  state_->change([&](State& s) { s.renegotiation = r; });
}

void SSLContext::set_environment(const std::optional<Environment>& e) {
  state_->change(
      [&](State& s) { s.environment = e ? std::make_shared<const Environment>(*e) : nullptr; });
}

void SSLContext::set_ciphers(std::string_view string) {
  Result<CipherList> suites = parse_cipher_list(string, cipher_context(state_->protocol));
  if (!suites) {
    SSLError::Details d{
        .reason = std::string(errc_name(suites.error().code)),
        .hint = "Give a cipher list as OpenSSL reads it, such as HIGH:RC4-SHA:!aNULL."};
    d.cause = suites.error();
    throw SSLError(SSL_ERROR_SSL, "No cipher can be selected.", std::move(d));
  }
  state_->change([&](State& s) { s.suites = *std::move(suites); });
}

std::vector<const CipherSuite*> SSLContext::get_ciphers() const {
  return state_->get(&State::suites);
}

void SSLContext::load_dh_params(const std::string& path) {
  const crypto::SecretBytes text = read_file(path);
  Result<DhParameters> p = DhParameters::from_pem(as_text(text.view()), system_rng());
  if (!p) throw_pem_error(p.error(), path);
  state_->change([&](State& s) { s.dh_parameters = *std::move(p); });
}

void SSLContext::set_ecdh_curve(std::string_view name) {
  const std::optional<NamedGroup> group = find_named_group(name);
  if (!group) throw std::invalid_argument("unknown elliptic curve name " + repr(name));
  state_->change([&](State& s) { s.groups = {*group}; });
}

void SSLContext::set_alpn_protocols(std::vector<std::string> protocols) {
  std::size_t list = 0;
  for (const std::string& name : protocols) {
    if (name.empty() || name.size() > 255)
      throw std::invalid_argument("ALPN protocols must be 1 to 255 in length");
    list += 1 + name.size();
  }
  // With the other extensions it has to fit into 65535 bytes.
  if (list > 32768)
    throw std::invalid_argument("ALPN protocols must be 32768 bytes in all at most");
  state_->change([&](State& s) { s.alpn_protocols = std::move(protocols); });
}

void SSLContext::set_signature_schemes(std::vector<SignatureScheme> schemes) {
  if (schemes.empty()) throw std::invalid_argument("no signature scheme");
  state_->change([&](State& s) { s.signature_schemes = std::move(schemes); });
}

void SSLContext::set_encrypt_then_mac(bool ask) {
  state_->change([&](State& s) { s.encrypt_then_mac = ask; });
}

void SSLContext::set_request_status(bool request, bool require) {
  state_->change_verification([&](State& s) {
    s.request_status = request;
    s.require_status = require;
  });
}

void SSLContext::set_max_fragment_length(std::size_t size) {
  if (size != 0 && size != 512 && size != 1024 && size != 2048 && size != 4096)
    throw std::invalid_argument("max_fragment_length is 512, 1024, 2048 or 4096, or 0 for none");
  state_->change([&](State& s) { s.max_fragment_length = size; });
}

void SSLContext::set_dh_limits(std::size_t shortest, std::size_t longest) {
  if (shortest < crypto::kMinDhBits || shortest > longest || longest > crypto::kMaxDhBits)
    throw std::invalid_argument("set_dh_limits() takes 512 <= shortest <= longest <= 8192");
  state_->change([&](State& s) {
    s.min_dh_bits = shortest;
    s.max_dh_bits = longest;
  });
}

void SSLContext::set_key_limits(const KeyLimits& limits) {
  for (const KeyLimit& l : {limits.blocks_of_64_bits, limits.rc4})
    if (l.end_after != 0 && l.end_after < l.renegotiate_after)
      throw std::invalid_argument("set_key_limits() takes renegotiate_after <= end_after");
  state_->change([&](State& s) { s.key_limits = limits; });
}

session_stats_t SSLContext::session_stats() const {
  const SessionCounters& c = *state_->counters;
  session_stats_t s;
  const std::shared_ptr<SessionStore> sessions = state_->get(&State::sessions);
  s.number = sessions ? static_cast<long>(sessions->size()) : 0;
  s.connect = c.connect;
  s.connect_good = c.connect_good;
  s.connect_renegotiate = c.connect_renegotiate;
  s.accept = c.accept;
  s.accept_good = c.accept_good;
  s.accept_renegotiate = c.accept_renegotiate;
  s.hits = c.hits;
  s.misses = c.misses;
  s.timeouts = c.timeouts;
  s.cache_full = c.cache_full;
  return s;
}

long session_stats_t::operator[](std::string_view key) const {
  const std::array<long, kKeys.size()> values{
      number, connect, connect_good, connect_renegotiate, accept, accept_good, accept_renegotiate,
      hits,   misses,  timeouts,     cache_full};
  for (std::size_t i = 0; i < kKeys.size(); ++i)
    if (kKeys[i] == key) return values[i];
  throw std::out_of_range("no counter of that name");
}

std::shared_ptr<const Config> SSLContext::config() const {
  State& s = *state_;
  const std::lock_guard lock(s.mutex);
  if (!s.snapshot) {
    auto c = std::make_shared<Config>();
    c->versions = versions_of(s);
    c->v2_hello = s.protocol == PROTOCOL_SSLv23;
    c->v2_challenge_size =
        (s.options & kNetscapeChallengeBug) != 0 ? kShortChallenge : kLongChallenge;
    c->pad_hello = (s.options & kPadHello) != 0;
    c->suites = s.suites;
    c->prefer_server_suites = (s.options & OP_CIPHER_SERVER_PREFERENCE) != 0;
    c->identities = s.identities;
    for (Identity& i : c->identities) complete_chain(i.chain, s.trust);
    c->groups = s.groups;
    c->signature_schemes = s.signature_schemes;
    c->alpn_protocols = s.alpn_protocols;
    c->encrypt_then_mac = s.encrypt_then_mac;
    c->request_status = s.request_status;
    c->require_status = s.require_status;
    c->max_fragment_length = s.max_fragment_length;
    c->dh_parameters = s.dh_parameters;
    c->min_dh_bits = s.min_dh_bits;
    c->max_dh_bits = s.max_dh_bits;
    c->verify_mode = static_cast<VerifyMode>(s.verify_mode);
    c->trust = s.trust;
    c->verify_policy = verify_policy_of(s.verify_flags);
    c->verification = s.verification;
    c->verify_policy.strength = s.strength;
    c->split_cbc_records = (s.options & OP_DONT_INSERT_EMPTY_FRAGMENTS) == 0;
    c->session_scope = s.session_scope;
    c->sessions = s.sessions;
    c->session_tickets = (s.options & OP_NO_TICKET) == 0;
    c->ticket_keys = c->session_tickets ? s.ticket_keys : nullptr;
    c->renegotiation =
        (s.options & OP_NO_RENEGOTIATION) != 0 ? Renegotiation::refuse : s.renegotiation;
    c->unsafe_legacy_renegotiation = (s.options & OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION) != 0;
    c->key_limits = s.key_limits;
    c->choose_config = for_engine(s.server_name_callback);
    c->verify_override = for_engine(s.verify_callback);
    c->counters = s.counters;
    s.snapshot = std::move(c);
  }
  return s.snapshot;
}

SSLSocket SSLContext::wrap_socket(socket&& sock, const context_wrap_options& o) const {
  return wrap_socket(sock, o);
}

}  // namespace parley
