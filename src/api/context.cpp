// SSLContext: a builder of settings, and the snapshot that connections get.
#include <mutex>
#include <stdexcept>

#include "api/errors.hpp"
#include "api/posix.hpp"
#include "crypto/dh.hpp"
#include "parley/pem.hpp"
#include "parley/ssl.hpp"
#include "trust/key_codec.hpp"

namespace parley {
namespace {

// Documented for the OpenSSL level that is emulated: the version-flexible method keeps sessions
// five minutes, the fixed ones two hours.
constexpr std::int64_t kFlexibleLifetime = 300;
constexpr std::int64_t kFixedLifetime = 7200;

std::vector<ProtocolVersion> versions_of(int protocol, std::uint64_t options) {
  if (protocol == PROTOCOL_SSLv3) return {ProtocolVersion::ssl30};
  if (protocol == PROTOCOL_TLSv1) return {ProtocolVersion::tls10};
  std::vector<ProtocolVersion> v;
  if ((options & OP_NO_SSLv3) == 0) v.push_back(ProtocolVersion::ssl30);
  if ((options & OP_NO_TLSv1) == 0) v.push_back(ProtocolVersion::tls10);
  return v;
}

CipherContext cipher_context(int protocol) {
  return protocol == PROTOCOL_SSLv23 ? CipherContext::sslv23 : CipherContext::sslv3;
}

/// A leaf alone is sent with the issuers that the trust store knows, as OpenSSL does.
void complete_chain(std::vector<Certificate>& chain, std::span<const Certificate> store) {
  if (chain.size() != 1) return;
  while (!chain.back().self_issued() && chain.size() <= store.size()) {
    const auto issuer = std::find_if(store.begin(), store.end(), [&](const Certificate& c) {
      return same_name(c.subject_der(), chain.back().issuer_der());
    });
    if (issuer == store.end()) return;
    chain.push_back(*issuer);
  }
}

crypto::SecretBytes read_whole(const std::string& path) {
  posix::File f = posix::read_file(path);
  if (f.error != 0) throw IOError(f.error, {}, path);
  return std::move(f.content);
}

void check_mode(int mode) {
  if (mode != CERT_NONE && mode != CERT_OPTIONAL && mode != CERT_REQUIRED)
    throw std::invalid_argument("invalid value for verify_mode");
}

}  // namespace

struct SSLContext::State {
  explicit State(int p) : protocol(p) {}

  const int protocol;
  const std::shared_ptr<SessionCache> sessions = std::make_shared<SessionCache>(
      protocol == PROTOCOL_SSLv23 ? kFlexibleLifetime : kFixedLifetime);
  const std::shared_ptr<SessionCounters> counters = std::make_shared<SessionCounters>();
  const std::shared_ptr<const void> session_scope = std::make_shared<char>();

  std::mutex mutex;  // guards what follows
  std::uint64_t options = OP_ALL;
  int verify_mode = CERT_NONE;
  std::vector<Identity> identities{};  // one of each kind of key
  std::vector<NamedGroup> groups{kNamedGroups.begin(), kNamedGroups.end()};
  std::optional<DhParameters> dh_parameters{};
  std::size_t min_dh_bits = Config{}.min_dh_bits, max_dh_bits = Config{}.max_dh_bits;
  TrustStore trust{};
  CipherList suites = default_cipher_list();
  std::shared_ptr<const Config> snapshot{};  // null after a change

  template <class Change>
  void change(Change c) {
    const std::lock_guard lock(mutex);
    c(*this);
    snapshot = nullptr;
  }
  template <class T>
  T get(T State::*member) {
    const std::lock_guard lock(mutex);
    return this->*member;
  }
};

SSLContext::SSLContext(int p)
    : protocol(p),
      options(p == PROTOCOL_SSLv3 || p == PROTOCOL_SSLv23 || p == PROTOCOL_TLSv1
                  ? std::make_shared<State>(p)
                  : throw std::invalid_argument("invalid protocol version")),
      verify_mode(options.state_),
      state_(options.state_) {}

SSLContext& SSLContext::operator=(const SSLContext& o) {
  protocol = o.protocol;
  options.state_ = o.state_;  // the handle follows; assigning `options` itself would set bits
  verify_mode.state_ = o.state_;
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
  state_->change([&](State& s) { s.verify_mode = mode; });
  return *this;
}

void SSLContext::load_cert_chain(const std::string& certfile,
                                 const std::optional<std::string>& keyfile) {
  const std::string& key_path = keyfile && !keyfile->empty() ? *keyfile : certfile;
  const crypto::SecretBytes certificates = read_whole(certfile);
  Result<std::vector<Certificate>> chain = certificates_from_pem(as_text(certificates.view()));
  if (!chain) throw_pem_error(chain.error(), certfile);
  const crypto::SecretBytes key_text = read_whole(key_path);
  Result<PrivateKey> key = PrivateKey::from_pem(as_text(key_text.view()));
  if (!key) throw_pem_error(key.error(), key_path);
  load_cert_chain(Identity{*std::move(chain), *std::move(key)});
}

void SSLContext::load_cert_chain(const Identity& identity) {
  if (identity.chain.empty()) throw_pem_error(Error{Errc::no_start_line, "certificate chain"}, {});
  if (const Status s = check_key_matches(identity.chain.front(), identity.key); !s)
    throw_pem_error(s.error(), {});
  state_->change([&](State& s) {
    const auto same_kind = std::ranges::find(s.identities, identity.key.type(),
                                             [](const Identity& i) { return i.key.type(); });
    if (same_kind != s.identities.end())
      *same_kind = identity;
    else
      s.identities.push_back(identity);
  });
}

void SSLContext::load_verify_locations(const std::string& cafile) {
  const crypto::SecretBytes text = read_whole(cafile);
  Result<std::vector<Certificate>> anchors = certificates_from_pem(as_text(text.view()));
  if (!anchors) throw_pem_error(anchors.error(), cafile);
  state_->change([&](State& s) {
    for (Certificate& c : *anchors) s.trust.add(std::move(c));
  });
}

void SSLContext::load_verify_data(std::string_view pem) {
  Result<std::vector<Certificate>> anchors = certificates_from_pem(pem);
  if (!anchors) throw_pem_error(anchors.error(), {});
  state_->change([&](State& s) {
    for (Certificate& c : *anchors) s.trust.add(std::move(c));
  });
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
  const crypto::SecretBytes text = read_whole(path);
  Result<DhParameters> p = DhParameters::from_pem(as_text(text.view()), system_rng());
  if (!p) throw_pem_error(p.error(), path);
  state_->change([&](State& s) { s.dh_parameters = *std::move(p); });
}

void SSLContext::set_ecdh_curve(std::string_view name) {
  const std::optional<NamedGroup> group = find_named_group(name);
  if (!group)
    throw std::invalid_argument("unknown elliptic curve name '" + std::string{name} + "'");
  state_->change([&](State& s) { s.groups = {*group}; });
}

void SSLContext::set_dh_limits(std::size_t shortest, std::size_t longest) {
  if (shortest < crypto::kMinDhBits || shortest > longest || longest > crypto::kMaxDhBits)
    throw std::invalid_argument("set_dh_limits() takes 512 <= shortest <= longest <= 8192");
  state_->change([&](State& s) {
    s.min_dh_bits = shortest;
    s.max_dh_bits = longest;
  });
}

session_stats_t SSLContext::session_stats() const {
  const SessionCounters& c = *state_->counters;
  session_stats_t s;
  s.number = static_cast<long>(state_->sessions->size());
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
    c->versions = versions_of(s.protocol, s.options);
    c->suites = s.suites;
    c->prefer_server_suites = (s.options & OP_CIPHER_SERVER_PREFERENCE) != 0;
    c->identities = s.identities;
    for (Identity& i : c->identities) complete_chain(i.chain, s.trust.certificates());
    c->groups = s.groups;
    c->dh_parameters = s.dh_parameters;
    c->min_dh_bits = s.min_dh_bits;
    c->max_dh_bits = s.max_dh_bits;
    c->verify_mode = static_cast<VerifyMode>(s.verify_mode);
    c->trust = s.trust;
    c->split_cbc_records = (s.options & OP_DONT_INSERT_EMPTY_FRAGMENTS) == 0;
    c->session_scope = s.session_scope;
    c->sessions = s.sessions;
    c->counters = s.counters;
    s.snapshot = std::move(c);
  }
  return s.snapshot;
}

SSLSocket SSLContext::wrap_socket(socket&& sock, const context_wrap_options& o) const {
  return wrap_socket(sock, o);
}

}  // namespace parley
