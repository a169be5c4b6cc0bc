// What covers the handshake: Finished, and the signatures.
#include "explain/decoder.hpp"
#include "explain/ladder.hpp"
#include "explain/specification.hpp"
#include "parley/x509.hpp"
#include "protocol/tls10.hpp"
#include "suite/signature_schemes.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"
#include "wire/messages.hpp"

namespace parley::explain {
namespace {

constexpr std::size_t kHeader = 4;

bool is_tls10_prf(const Negotiation& h) { return h.profile->prf == tls10::prf; }

/// The digest of the messages that TLS puts into its PRF.
Input handshake_hash(const Negotiation& h, Ladder& ladder) {
  const Input messages{"handshake_messages", h.transcript};
  if (is_tls10_prf(h)) {
    const Input md5{"MD5", ladder.step("MD5(messages)", Operation::md5, {messages}, false)};
    const Input sha{"SHA1", ladder.step("SHA1(messages)", Operation::sha1, {messages}, false)};
    return {"MD5 + SHA1", ladder.step("MD5 + SHA1", Operation::concat, {md5, sha}, false)};
  }
  return {"Hash(messages)",
          ladder.step("Hash(messages)", hash_operation(prf_hash(*h.suite)), {messages}, false)};
}

Bytes tell_finished(Decoder& d, std::size_t message, Side from) {
  const Negotiation& h = d.hs;
  const Sections& at = sections_of(h.profile);
  Ladder ladder{d.out, h.index, message};
  const Input master{"master_secret", to_bytes(h.master), true};
  const std::string who{side_name(from)};
  if (h.profile->prf == nullptr) {
    const bool client = from == Side::client;
    const std::string_view sender = client ? "CLNT" : "SRVR";
    const Input md5{"md5_hash",
                    ladder.ssl3_nested(crypto::HashId::md5, h.transcript, sender, master)};
    const Input sha{"sha_hash",
                    ladder.ssl3_nested(crypto::HashId::sha1, h.transcript, sender, master)};
    return ladder.goal({who + " finished",
                        "MD5 and SHA of master_secret + pad_2 + H(handshake_messages + sender + "
                        "master_secret + pad_1)",
                        at.cite(at.finished), false},
                       Operation::concat, {md5, sha});
  }
  const Input hash = handshake_hash(h, ladder);
  const std::string label = who + " finished";
  std::string function{"PRF(master_secret, \""};
  function.append(label).append("\", ").append(hash.name).append(")[0..11]");
  constexpr std::size_t kSize = 12;
  return ladder.prf(is_tls10_prf(h) ? crypto::HashId::md5 : prf_hash(*h.suite),
                    {label, std::move(function), at.cite(at.finished), false}, master, label,
                    {hash}, kSize);
}

Result<crypto::PublicKey> leaf_key(const std::vector<Bytes>& chain) {
  if (chain.empty()) return Error{.code = Errc::no_certificate, .where = "certificate"};
  PARLEY_TRY(const Certificate leaf, Certificate::parse(chain.front()));
  return public_key_from_spki(leaf.spki());
}

void tell_signature(Decoder& d, std::size_t message, const std::vector<Bytes>& chain,
                    std::optional<std::uint16_t> algorithm, ByteView signed_bytes,
                    const VerifyData& md5_sha1, ByteView signature, std::string_view what) {
  const auto key = leaf_key(chain);
  if (!key) return;
  Status s;
  if (algorithm) {
    const SchemeTraits* scheme = find_signature_scheme(*algorithm);
    s = scheme == nullptr ? Status{Error{.code = Errc::wrong_signature_type, .where = "signature"}}
                          : trust::verify_scheme(*key, *scheme, signed_bytes, signature);
  } else {
    s = trust::verify_handshake(*key, md5_sha1, signature);
  }
  std::string words{"the signature in "};
  words.append(what).append(s ? " is that of the key in the certificate" : " is wrong");
  find(d, s ? FindingKind::note : FindingKind::surprise, message, std::move(words),
       s ? std::string{} : s.error().text());
}

}  // namespace

void check_finished(Decoder& d, std::size_t message) {
  Negotiation& h = d.hs;
  if (!h.in_order || h.done || h.profile == nullptr) return;
  const Side from = d.out.messages[message].from;
  TranscriptUse use;
  use.message = message;
  use.what = std::string{side_name(from)}.append(" finished");
  use.covers = h.covered;
  use.bytes = h.transcript.size();
  use.received = to_bytes(ByteView{d.out.messages[message].bytes}.subspan(kHeader));
  if (!h.master.empty()) {
    const VerifyData expected =
        h.profile->finished(prf_hash(*h.suite), h.transcript, h.master, from);
    use.computed = tell_finished(d, message, from);
    if (!equal(use.computed, expected))
      stop_in(d, message, {.code = Errc::internal, .where = "derivation"});
    use.equal = equal(use.computed, use.received);
    d.out.messages[message].summary =
        *use.equal ? "verify_data is what it must be" : "verify_data is wrong";
    if (!*use.equal) {
      find(d, FindingKind::surprise, message, "Finished does not fit this handshake",
           "the ends have seen different messages, or have different keys");
      stop_in(
          d, message,
          {.code = Errc::finished_mismatch, .where = "finished.verify_data", .offset = kHeader});
    }
  }
  (from == Side::client ? h.client_verify_data : h.server_verify_data) = use.received;
  d.out.checks.push_back(std::move(use));
}

void check_certificate_verify(Decoder& d, std::size_t message,
                              std::optional<std::uint16_t> algorithm, ByteView signature) {
  const Negotiation& h = d.hs;
  if (!h.in_order || h.done || h.profile == nullptr) return;
  TranscriptUse use;
  use.message = message;
  use.what = "certificate_verify";
  use.covers = h.covered;
  use.bytes = h.transcript.size();
  VerifyData both;
  bool known = true;
  if (!algorithm) {
    known =
        h.profile->prf != nullptr || !h.master.empty();  // SSL 3.0 hashes the master secret, too
    if (known) both = h.profile->certificate_verify(h.transcript, h.master);
    if (known) use.computed = to_bytes(both);
  } else if (const SchemeTraits* scheme = find_signature_scheme(*algorithm);
             scheme != nullptr && scheme->hash) {
    use.computed = to_bytes(ByteView{crypto::hash(*scheme->hash, {h.transcript})});
  }
  d.out.checks.push_back(std::move(use));
  if (known)
    tell_signature(d, message, h.client_chain, algorithm, h.transcript, both, signature,
                   "CertificateVerify");
}

void check_server_key_exchange(Decoder& d, std::size_t message,
                               std::optional<std::uint16_t> algorithm, ByteView params,
                               ByteView signature) {
  const Negotiation& h = d.hs;
  if (!h.in_order || h.done) return;
  Bytes message_bytes = h.client_random;
  append(message_bytes, h.server_random);
  append(message_bytes, params);
  const VerifyData both = tls10::handshake_hash(crypto::HashId::md5, message_bytes);
  tell_signature(d, message, h.server_chain, algorithm, message_bytes, both, signature,
                 "ServerKeyExchange");
}

}  // namespace parley::explain
