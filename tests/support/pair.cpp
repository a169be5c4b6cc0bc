#include "support/pair.hpp"

#include <map>
#include <mutex>
#include <stdexcept>

#include "parley/issue.hpp"
#include "parley/writer.hpp"
#include "protocol/profile.hpp"

namespace parley::test {

void Recorder::on(const Event& e) {
  if (const auto* m = std::get_if<MessageEvent>(&e))
    messages.push_back({m->from, m->step, to_bytes(m->body)});
  if (const auto* a = std::get_if<AlertEvent>(&e)) alerts.push_back(*a);
  if (const auto* s = std::get_if<SecretEvent>(&e)) {
    key_log.push_back(key_log_line(*s));
    if (s->label != kPremasterLabel) master_secrets.push_back(key_log.back());
  }
  if (const auto* w = std::get_if<WeaknessEvent>(&e)) weaknesses.emplace_back(w->what);
  if (const auto* d = std::get_if<DecisionEvent>(&e))
    decisions.push_back(std::string{d->what}.append(": ").append(d->why));
  if (const auto* r = std::get_if<RecordEvent>(&e))
    if (r->type == ContentType::application_data)
      application_records.emplace_back(r->from, r->fragment.size());
}

Pair::Pair(Options o)
    : clock_(kNow),
      client_rng_(2 * o.seed),
      server_rng_(2 * o.seed + 1),
      client(Connection::client(std::move(o.client), std::move(o.server_name),
                                {client_rng_, clock_, &client_seen}, std::move(o.resume))),
      server(Connection::server(std::move(o.server), {server_rng_, clock_, &server_seen})) {}

bool Pair::deliver(Side from) { return test::deliver(at(from), at(other(from)), wire_from(from)); }

bool Pair::run() {
  settle(client, server, from_client, from_server);
  return client.phase() == Connection::Phase::open && server.phase() == Connection::Phase::open;
}

void Pair::inject(Side to, ByteView bytes) {
  while (!bytes.empty()) {
    const std::size_t n = at(to).feed(bytes);
    if (n == 0) return;
    bytes = bytes.subspan(n);
  }
}

Bytes Pair::transfer(Side from, ByteView data) {
  return test::transfer(at(from), at(other(from)), wire_from(from), data);
}

bool Pair::close() {
  if (!client.close() || !server.close()) return false;
  run();
  return client.phase() == Connection::Phase::closed && server.phase() == Connection::Phase::closed;
}

namespace {

struct TestPki {
  Identity server, client;
  TrustStore trust;
};

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error("test PKI: " + result.error().text());
  return *std::move(result);
}

/// As short as each kind comes without being refused anywhere.
PrivateKey make_key(Rng& rng, KeyType type) {
  switch (type) {
    case KeyType::rsa: return must(PrivateKey::generate_rsa(rng, 1024));
    case KeyType::dsa: return must(PrivateKey::generate_dsa(rng, 512));
    case KeyType::ed25519: return must(PrivateKey::generate_ed25519(rng));
    case KeyType::ec: break;
  }
  return must(PrivateKey::generate_ec(rng, "secp256r1"));
}

TestPki make_test_pki() {
  SeededRng rng{20260101};
  constexpr std::int64_t kDay = 86400;
  CertificateRequest request{.common_name = "parley test root",
                             .not_before = kNow - kDay,
                             .not_after = kNow + 3650 * kDay,
                             .ca = true};
  const PrivateKey root_key = must(PrivateKey::generate_rsa(rng, 1024));
  const Certificate root = must(issue_certificate(rng, request, root_key));
  request.ca = false;
  const auto leaf = [&](std::string name) {
    PrivateKey key = must(PrivateKey::generate_rsa(rng, 1024));
    request.common_name = name;
    request.subject_alt_names = {name};
    Certificate c = must(issue_certificate(rng, request, key, &root, &root_key));
    return Identity{.chain = {std::move(c), root}, .key = std::move(key)};
  };
  TestPki pki{.server = leaf("localhost"), .client = leaf("client.test"), .trust = {}};
  pki.trust.add(root);
  return pki;
}

const TestPki& pki() {
  static const TestPki made = make_test_pki();
  return made;
}

std::shared_ptr<Config> config(std::vector<ProtocolVersion> versions, std::string_view suites) {
  auto c = std::make_shared<Config>();
  if (!versions.empty()) c->versions = std::move(versions);
  if (!suites.empty())
    c->suites = parse_cipher_list(suites).has_value() ? *parse_cipher_list(suites)
                                                      : std::vector<const CipherSuite*>{};
  c->trust = test_trust();
  c->counters = std::make_shared<SessionCounters>();
  return c;
}

}  // namespace

std::vector<ProtocolVersion> all_versions() {
  std::vector<ProtocolVersion> all;
  for (const ProtocolProfile* p : all_profiles()) all.push_back(p->version);
  return all;
}

std::string test_name(ProtocolVersion v) {
  std::string name{version_name(v)};
  std::ranges::replace(name, '.', '_');
  return name;
}

CipherList suites_of(ProtocolVersion v) {
  CipherList l = spoken_cipher_suites();
  const bool exports = find_profile(v)->has_export_suites();
  std::erase_if(l, [&](const CipherSuite* s) {
    return s->first == ProtocolVersion::ssl20 || s->first > v || (s->is_export && !exports);
  });
  return l;
}

const Identity& server_identity() { return pki().server; }
const Identity& client_identity() { return pki().client; }
const Identity& era_identity(KeyType type, KeyType signed_by) {
  static std::mutex mutex;
  static std::map<std::pair<KeyType, KeyType>, Identity> made;
  const std::lock_guard lock{mutex};
  const std::pair which{type, signed_by};
  if (const auto it = made.find(which); it != made.end()) return it->second;
  SeededRng rng{500 + 10 * static_cast<std::uint64_t>(type) +
                static_cast<std::uint64_t>(signed_by)};
  const PrivateKey root_key = make_key(rng, signed_by);
  CertificateRequest request{.common_name = "root of " + std::string{key_type_name(signed_by)},
                             .not_before = kNow - 86400,
                             .not_after = kNow + 86400,
                             .ca = true,
                             .hash = "sha1"};
  const Certificate root = must(issue_certificate(rng, request, root_key));
  request.ca = false;
  request.common_name = "localhost";
  PrivateKey key = make_key(rng, type);
  Certificate c = must(issue_certificate(rng, request, key, &root, &root_key));
  return made.emplace(which, Identity{.chain = {std::move(c), root}, .key = std::move(key)})
      .first->second;
}

const TrustStore& test_trust() { return pki().trust; }

std::shared_ptr<Config> client_config(std::vector<ProtocolVersion> versions,
                                      std::string_view suites) {
  auto c = config(std::move(versions), suites);
  c->verify_mode = VerifyMode::required;
  return c;
}

std::shared_ptr<Config> server_config(std::vector<ProtocolVersion> versions,
                                      std::string_view suites) {
  auto c = config(std::move(versions), suites);
  c->identities = {server_identity()};
  c->sessions = std::make_shared<SessionCache>(300);
  return c;
}

std::optional<Identity> suite_identity(const CipherSuite& s) {
  switch (s.auth) {
    case Auth::rsa: return era_identity(KeyType::rsa, KeyType::rsa);
    case Auth::dss: return era_identity(KeyType::dsa, KeyType::dsa);
    case Auth::ecdsa: return era_identity(KeyType::ec, KeyType::ec);
    case Auth::ecdh:
      return era_identity(KeyType::ec, s.kx == Kx::ecdh_rsa ? KeyType::rsa : KeyType::ec);
    default: return std::nullopt;
  }
}

Pair::Options suite_options(const CipherSuite& s, ProtocolVersion version) {
  auto client = std::make_shared<Config>();
  auto server = std::make_shared<Config>();
  client->versions = server->versions = {version};
  client->suites = server->suites = {&s};
  server->counters = std::make_shared<SessionCounters>();
  server->sessions = std::make_shared<SessionCache>(300);
  if (const auto identity = suite_identity(s)) {
    server->identities = {*identity};
    client->trust.add(identity->chain.back());
    client->verify_mode = VerifyMode::required;
  }
  return {.client = client, .server = server};
}

Bytes record(ContentType type, ProtocolVersion version, ByteView fragment) {
  Bytes r;
  Writer w{r};
  w.u8(static_cast<std::uint8_t>(type));
  w.u16(static_cast<std::uint16_t>(version));
  {
    Writer::Vec body{w, 2};
    w.bytes(fragment);
  }
  return r;
}

Bytes handshake_message(HandshakeType type, ByteView body) {
  Bytes m;
  Writer w{m};
  w.u8(static_cast<std::uint8_t>(type));
  {
    Writer::Vec length{w, 3};
    w.bytes(body);
  }
  return m;
}

std::vector<ByteView> split_records(ByteView stream) {
  std::vector<ByteView> records;
  while (stream.size() >= 5) {
    const std::size_t n = std::min<std::size_t>(
        stream.size(), 5 + (static_cast<std::size_t>(stream[3]) << 8 | stream[4]));
    records.push_back(stream.first(n));
    stream = stream.subspan(n);
  }
  return records;
}

}  // namespace parley::test
