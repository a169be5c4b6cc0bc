// Bodies of handshake messages: the parser of each, and what it says that decides what comes.
#include "explain/decoder.hpp"
#include "explain/fields.hpp"
#include "explain/meaning.hpp"
#include "handshake/kx.hpp"
#include "parley/x509.hpp"
#include "trust/key_codec.hpp"
#include "wire/messages.hpp"

namespace parley::explain {
namespace {

constexpr std::size_t kHeader = 4;

struct Body {
  Decoder& d;
  std::size_t message;
  Message& m() const { return d.out.messages[message]; }
  Negotiation& h() const { return d.hs; }
  ByteView bytes() const { return ByteView{m().bytes}.subspan(kHeader); }
};

Collector collector(const Body& b) {
  return Collector{b.m().fields, kHeader, b.m().specification, b.d.field_budget};
}

template <class M>
Status read(const Body& b, M& m) {
  Collector c = collector(b);
  return parse(b.bytes(), m, &c);
}

/// Hellos with the extensions that stand in them.
template <class M>
Status read_hello(const Body& b, M& m, Place place, HelloExtensions& extensions) {
  Collector c = collector(b);
  c.expect_extensions(place);
  PARLEY_CHECK(parse(b.bytes(), m, &c));
  extensions = c.extensions();
  if (c.extensions_status()) return {};
  Error e = c.extensions_status().error();
  e.offset += static_cast<std::uint32_t>(b.bytes().size() - m.extensions->size());
  return e;
}

Status client_hello(const Body& b) {
  ClientHello m;
  HelloExtensions offered;
  const Status s = read_hello(b, m, Place::client_hello, offered);
  Negotiation& h = b.h();
  h.offered = std::move(offered);
  h.offered_version = m.client_version;
  h.offered_suites.assign(m.cipher_suites.begin(), m.cipher_suites.end());
  h.offered_id = m.session_id;
  h.client_random = to_bytes(m.random);
  b.d.out.client_randoms.push_back(h.client_random);
  b.m().summary = std::string{"at most "}.append(version_words(m.client_version));
  b.m().summary.append(", ").append(std::to_string(m.cipher_suites.size())).append(" suites");
  if (h.offered.server_name)
    b.m().summary.append(", for ").append(printable(as_bytes(*h.offered.server_name)));
  return s;
}

Status server_hello(const Body& b) {
  ServerHello m;
  Negotiation& h = b.h();
  const Status s = read_hello(b, m, Place::server_hello, h.answered);
  h.profile = find_profile(static_cast<ProtocolVersion>(m.server_version));
  h.suite = find_cipher_suite(m.cipher_suite);
  h.server_random = to_bytes(m.random);
  h.session_id = m.session_id;
  h.compressed = m.compression_method != kCompressionNull;
  b.m().summary = version_words(m.server_version).append(", ").append(suite_words(m.cipher_suite));
  if (h.profile != nullptr) b.d.out.version = h.profile->version;
  b.d.out.suite = h.suite;
  const bool authenticates = h.suite != nullptr && h.suite->auth != Auth::anonymous &&
                             h.suite->auth != Auth::psk && h.suite->auth != Auth::srp &&
                             h.suite->auth != Auth::krb5;
  h.facts.ticket_promised = h.answered.session_ticket.has_value();
  h.facts.server_authenticates = authenticates;
  h.facts.status_announced = h.answered.status_request && authenticates;
  h.facts.server_kx = h.suite != nullptr && has_server_params(*h.suite, 0);
  h.resumed = !m.session_id.empty() && m.session_id == h.offered_id;
  if (h.in_order) h.cursor.branch(h.resumed ? kResumption : std::span<const Line>{kFullHandshake});
  if (s) judge_server_hello(b.d, b.message);
  return s;
}

Status certificate(const Body& b) {
  CertificateMessage m;
  PARLEY_CHECK(read(b, m));
  Negotiation& h = b.h();
  const std::size_t n = m.certificate_list.size();
  b.m().summary =
      n == 0 ? "none" : std::to_string(n).append(n == 1 ? " certificate" : " certificates");
  if (b.m().from == Side::client) {
    h.facts.client_cert_sent = n != 0;
    h.client_chain = std::move(m.certificate_list);
    judge_chain(b.d, b.message, h.client_chain, Side::client);
    return {};
  }
  h.server_chain = std::move(m.certificate_list);
  if (!h.server_chain.empty()) {
    const auto leaf = Certificate::parse(h.server_chain.front());
    const auto key =
        leaf ? public_key_from_spki(leaf->spki()) : Result<crypto::PublicKey>{leaf.error()};
    const auto* rsa = key ? std::get_if<crypto::RsaPublicKey>(&*key) : nullptr;
    h.server_key_bits = rsa != nullptr ? rsa->bits() : 0;
  }
  if (h.suite != nullptr) h.facts.server_kx = has_server_params(*h.suite, h.server_key_bits);
  judge_chain(b.d, b.message, h.server_chain, Side::server);
  return {};
}

/// What a message is depends on a ServerHello that nobody has seen.
Status no_suite(const char* where) {
  return Error{.code = Errc::unexpected_message, .where = where};
}

template <class M>
Status server_params(const Body& b, M& m) {
  Negotiation& h = b.h();
  h.server_params = true;
  if (h.profile->names_signature_algorithm() && h.suite->auth != Auth::anonymous)
    m.algorithm.emplace();
  PARLEY_CHECK(read(b, m));
  if (!m.signature) return {};
  const std::size_t tail = (m.algorithm ? 2u : 0u) + 2u + m.signature->size();
  const ByteView params = b.bytes().first(b.bytes().size() - tail);
  check_server_key_exchange(b.d, b.message, m.algorithm, params, *m.signature);
  return {};
}

Status server_key_exchange(const Body& b) {
  const Negotiation& h = b.h();
  if (h.suite == nullptr || h.profile == nullptr) return no_suite("server_key_exchange: no suite");
  switch (h.suite->kx) {
    case Kx::dhe: {
      ServerKeyExchangeDh m;
      const Status s = server_params(b, m);
      ByteView p = m.dh_p;
      while (!p.empty() && p.front() == 0) p = p.subspan(1);
      if (s) judge_dh_prime(b.d, b.message, 8 * p.size());
      return s;
    }
    case Kx::ecdhe: {
      b.m().specification = "RFC 4492 section 5.4";
      ServerKeyExchangeEcdh m;
      const Status s = server_params(b, m);
      if (s) b.m().summary = group_words(m.named_curve);
      return s;
    }
    case Kx::rsa: {
      ServerKeyExchangeRsa m;
      return server_params(b, m);
    }
    default: return no_suite("server_key_exchange: of a suite that parley does not speak");
  }
}

Status client_key_exchange(const Body& b) {
  const Negotiation& h = b.h();
  if (h.suite == nullptr || h.profile == nullptr) return no_suite("client_key_exchange: no suite");
  switch (h.suite->kx) {
    case Kx::rsa: {
      if (h.profile->rsa_premaster == RsaPremaster::bare) {
        ClientKeyExchangeRsaSsl30 m;
        return read(b, m);
      }
      ClientKeyExchangeRsa m;
      return read(b, m);
    }
    case Kx::dhe: {
      ClientKeyExchangeDh m;
      return read(b, m);
    }
    case Kx::ecdhe:
    case Kx::ecdh_rsa:
    case Kx::ecdh_ecdsa: {
      b.m().specification = "RFC 4492 section 5.7";
      ClientKeyExchangeEcdh m;
      return read(b, m);
    }
    default: return no_suite("client_key_exchange: of a suite that parley does not speak");
  }
}

Status certificate_request(const Body& b) {
  CertificateRequestMessage m;
  const ProtocolProfile* p = b.h().profile;
  if (p != nullptr && p->names_signature_algorithm()) m.supported_signature_algorithms.emplace();
  return read(b, m);
}

Status certificate_verify(const Body& b) {
  CertificateVerifyMessage m;
  const ProtocolProfile* p = b.h().profile;
  if (p != nullptr && p->names_signature_algorithm()) m.algorithm.emplace();
  PARLEY_CHECK(read(b, m));
  check_certificate_verify(b.d, b.message, m.algorithm, m.signature);
  return {};
}

Status finished(const Body& b) {
  Finished m;
  PARLEY_CHECK(read(b, m));
  check_finished(b.d, b.message);
  return {};
}

template <class M>
Status plain(const Body& b) {
  M m;
  return read(b, m);
}

}  // namespace

Status read_body(Decoder& d, std::size_t message, HandshakeType type) {
  const Body b{d, message};
  switch (type) {
    case HandshakeType::client_hello: return client_hello(b);
    case HandshakeType::server_hello: return server_hello(b);
    case HandshakeType::certificate: return certificate(b);
    case HandshakeType::certificate_status: return plain<CertificateStatusMessage>(b);
    case HandshakeType::server_key_exchange: return server_key_exchange(b);
    case HandshakeType::certificate_request: return certificate_request(b);
    case HandshakeType::server_hello_done: return plain<ServerHelloDone>(b);
    case HandshakeType::client_key_exchange: return client_key_exchange(b);
    case HandshakeType::certificate_verify: return certificate_verify(b);
    case HandshakeType::new_session_ticket: return plain<NewSessionTicket>(b);
    case HandshakeType::finished: return finished(b);
    case HandshakeType::hello_request: break;
  }
  return Error{.code = Errc::unexpected_message, .where = "handshake.msg_type"};
}

}  // namespace parley::explain
