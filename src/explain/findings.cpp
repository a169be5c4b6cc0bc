// What a careful reader sees in what was agreed.
#include "explain/alert_words.hpp"
#include "explain/decoder.hpp"
#include "explain/meaning.hpp"
#include "parley/explain.hpp"
#include "parley/x509.hpp"
#include "protocol/weakness.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"

namespace parley::explain {
namespace {

std::string in_bits(std::size_t bits) {
  return std::string{": "}.append(std::to_string(bits)).append(" bits");
}

void tell_version(Decoder& d, std::size_t message) {
  const Negotiation& h = d.hs;
  std::uint16_t most = h.offered_version;
  std::string offered = version_words(most);
  if (h.offered.supported_versions && !h.offered.supported_versions->empty()) {
    offered.clear();
    for (const std::uint16_t v : *h.offered.supported_versions)
      offered.append(offered.empty() ? "" : ", ").append(version_words(v));
  }
  const ByteView body = ByteView{d.out.messages[message].bytes}.subspan(4);
  const std::string chosen = version_words(static_cast<std::uint16_t>(body[0] << 8 | body[1]));
  find(d, FindingKind::decision, message, std::string{"the server chose "}.append(chosen),
       std::string{"the client offered "}
           .append(h.offered.supported_versions ? "" : "at most ")
           .append(offered),
       "RFC 5246 appendix E.1", "minimum_version and maximum_version");
  constexpr std::string_view kSentinel = "DOWNGRD";
  const ByteView end = ByteView{h.server_random}.last(8);
  if (as_text(end.first(7)) != kSentinel || end[7] > 1) return;
  const bool asked_for_more = offered != chosen;
  find(d, asked_for_more ? FindingKind::surprise : FindingKind::note, message,
       "the server could have done better than this version",
       asked_for_more
           ? "its random ends in the mark against downgrades, and the client offers more"
           : "its random ends in the mark against downgrades; the client asks for no more",
       "RFC 8446 section 4.1.3");
}

void tell_suite(Decoder& d, std::size_t message) {
  const Negotiation& h = d.hs;
  if (h.suite == nullptr) return;
  std::string what{"the server chose "};
  what.append(h.suite->iana_name);
  const auto it = std::ranges::find(h.offered_suites, h.suite->id);
  if (it == h.offered_suites.end()) {
    find(d, FindingKind::surprise, message, std::move(what), "the client did not offer it");
    return;
  }
  const auto place = static_cast<std::size_t>(it - h.offered_suites.begin()) + 1;
  std::string why{"number "};
  why.append(std::to_string(place)).append(" of ").append(std::to_string(h.offered_suites.size()));
  why.append(" that the client offered");
  find(d, FindingKind::decision, message, std::move(what), std::move(why),
       "RFC 5246 section 7.4.1.3", "set_ciphers");
}

void tell_extensions(Decoder& d, std::size_t message) {
  const Negotiation& h = d.hs;
  for (const HelloExtension* e : extension_registry()) {
    const bool asked = e->present(h.offered), answered = e->present(h.answered);
    if (answered && !asked && e != &kRenegotiationInfo)
      find(d, FindingKind::surprise, message,
           std::string{"the server answers "}.append(e->name).append(", which nobody offered"), {},
           std::string{e->specification});
    else if (answered)
      find(d, FindingKind::decision, message, std::string{"both agree on "}.append(e->name), {},
           std::string{e->specification});
  }
}

/// Whose certificate it is, and why that one.
void tell_certificate(Decoder& d, std::size_t message, const Certificate& leaf, Side owner) {
  const Negotiation& h = d.hs;
  const auto name = leaf.subject();
  std::string what{"the "};
  what.append(side_name(owner)).append(" shows the certificate of ");
  what.append(name ? printable(as_bytes(name->text())) : "nobody");
  std::string why;
  if (owner == Side::client) {
    why = "the server asks for one";
  } else if (d.framing == Framing::ssl2) {
    why = "SSL 2.0 knows RSA alone, and no names";
  } else {
    if (h.suite != nullptr)
      why.append("its key has to serve ").append(h.suite->iana_name).append("; ");
    const auto& host = h.offered.server_name;
    why.append("the client asks for ");
    why.append(host ? printable(as_bytes(*host)) : std::string{"nobody by name"});
  }
  find(d, FindingKind::decision, message, std::move(what), std::move(why), {},
       owner == Side::client ? "load_cert_chain" : "load_cert_chain, set_servername_callback");
}

}  // namespace

void judge(Decoder& d, std::optional<std::size_t> message, const Agreement& a,
           std::string_view detail) {
  for_each_weakness(a, [&](const WeaknessEvent& w) {
    find(d, FindingKind::weakness, message, std::string{w.what}.append(detail), std::string{w.why},
         std::string{w.specification}, std::string{w.allowed_by});
  });
}

void judge_server_hello(Decoder& d, std::size_t message) {
  const Negotiation& h = d.hs;
  if (h.hello_seen && h.in_order) {
    tell_version(d, message);
    tell_suite(d, message);
    tell_extensions(d, message);
  }
  if (h.resumed)
    find(d, FindingKind::decision, message, "a session is resumed",
         "the server answers with the session id that the client asked for",
         "RFC 5246 section 7.4.1.3", "set_session_store");
  Agreement a;
  a.no_secure_renegotiation = h.hello_seen && h.in_order && !h.answered.renegotiated_connection;
  if (h.profile != nullptr && h.suite != nullptr && is_spoken(*h.suite)) {
    a.profile = h.profile;
    a.suite = h.suite;
    a.compressed = h.compressed;
  }
  judge(d, message, a);
}

void judge_dh_prime(Decoder& d, std::size_t message, std::size_t bits) {
  Agreement a;
  a.dh_prime_bits = bits;
  judge(d, message, a, in_bits(bits));
}

void judge_chain(Decoder& d, std::size_t message, const std::vector<Bytes>& chain, Side owner) {
  // Reading a certificate costs; nobody sends more than a few.
  constexpr std::size_t kMost = 10;
  for (std::size_t i = 0; i < std::min(chain.size(), kMost); ++i) {
    const auto c = Certificate::parse(chain[i]);
    if (!c) continue;
    Agreement signature;
    signature.chain_rests_on_md5 = trust::rests_on_md5(*c);
    judge(d, message, signature);
    if (i != 0) continue;
    tell_certificate(d, message, *c, owner);
    const auto key = public_key_from_spki(c->spki());
    const auto* rsa = key ? std::get_if<crypto::RsaPublicKey>(&*key) : nullptr;
    if (rsa == nullptr) continue;
    Agreement a;
    (owner == Side::server ? a.server_key_bits : a.client_key_bits) = rsa->bits();
    judge(d, message, a, in_bits(rsa->bits()));
  }
}

void judge_alert(Decoder& d, std::size_t message) {
  const Message& m = d.out.messages[message];
  if (m.bytes.size() != 2) return;
  std::string what{side_name(m.from)};
  what.append(m.bytes[0] == 2 ? " gives up: " : " says: ").append(alert_sentence(m.bytes[1]));
  find(d, FindingKind::alert, message, std::move(what), {}, m.specification);
}

std::vector<WeaknessEvent> weaknesses(const CipherSuite& suite) {
  Agreement a;
  a.ssl2 = suite.id > 0xffff;  // numbers of three bytes are its kinds
  a.suite = &suite;
  std::vector<WeaknessEvent> all;
  for_each_weakness(a, [&](const WeaknessEvent& w) { all.push_back(w); });
  return all;
}

}  // namespace parley::explain
