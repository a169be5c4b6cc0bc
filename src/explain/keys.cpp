// From secrets to the keys of records: what handshake/keys.cpp does, with every step told.
#include "base/limits.hpp"
#include "crypto/rsa.hpp"
#include "explain/decoder.hpp"
#include "explain/ladder.hpp"
#include "explain/specification.hpp"
#include "protocol/tls10.hpp"
#include "trust/key_codec.hpp"
#include "wire/messages.hpp"

namespace parley::explain {
namespace {

/// What Ladder::prf() takes for the PRF of this version and suite.
crypto::HashId prf_of(const Negotiation& h) {
  return h.profile->prf == tls10::prf ? crypto::HashId::md5 : prf_hash(*h.suite);
}

/// SSL 3.0, which has no PRF.
bool has_no_prf(const Negotiation& h) { return h.profile->prf == nullptr; }

struct KeyMaker {
  Decoder& d;
  Negotiation& h;
  std::size_t message;
  Ladder ladder;
  const Sections& at;

  KeyMaker(Decoder& decoder, std::size_t m)
      : d(decoder),
        h(decoder.hs),
        message(m),
        ladder(decoder.out, decoder.hs.index, m),
        at(sections_of(decoder.hs.profile)) {}

  Randoms randoms() const { return {h.client_random, h.server_random}; }
  Input client() const { return {"client_random", h.client_random}; }
  Input server() const { return {"server_random", h.server_random}; }
  bool ssl3() const { return has_no_prf(h); }

  /// The ladder must lead where the library goes; that it does is what the tests show.
  void agree(ByteView ladder_says, ByteView library_says) {
    if (!equal(ladder_says, library_says))
      stop_in(d, message, {.code = Errc::internal, .where = "derivation"});
  }

  void master_from(ByteView premaster) {
    crypto::SecretBytes master(limits::kMasterSecret);
    const Input secret{"pre_master_secret", to_bytes(premaster), true};
    const crypto::HashId prf = prf_hash(*h.suite);
    Bytes shown;
    if (h.answered.extended_master_secret && h.profile->extended_master_secret != nullptr) {
      h.profile->extended_master_secret(prf, premaster, h.transcript, master);
      const Input hash = session_hash();
      shown = ladder.prf(prf_of(h),
                         {"master_secret",
                          "PRF(pre_master_secret, \"extended master secret\", session_hash)[0..47]",
                          "RFC 7627 section 4"},
                         secret, "extended master secret", {hash}, master.size());
    } else if (ssl3()) {
      h.profile->master_secret(prf, premaster, randoms(), master);
      shown = ladder.ssl3_expand(
          {"master_secret",
           "MD5(pre_master_secret + SHA('A' + pre_master_secret + client_random + server_random)) "
           "+ the same with 'BB' + the same with 'CCC'",
           at.cite(at.master_secret)},
          secret, client(), server(), master.size());
    } else {
      h.profile->master_secret(prf, premaster, randoms(), master);
      shown = ladder.prf(
          prf_of(h),
          {"master_secret",
           "PRF(pre_master_secret, \"master secret\", client_random + server_random)[0..47]",
           at.cite(at.master_secret)},
          secret, "master secret", {client(), server()}, master.size());
    }
    agree(shown, master);
    h.master = std::move(master);
  }

  /// Hash of all messages up to ClientKeyExchange (RFC 7627 section 3).
  Input session_hash() {
    const Input messages{"handshake_messages", h.transcript};
    Bytes hash;
    if (prf_of(h) == crypto::HashId::md5) {
      const Input md5{"MD5", ladder.step("MD5(messages)", Operation::md5, {messages}, false)};
      const Input sha{"SHA1", ladder.step("SHA1(messages)", Operation::sha1, {messages}, false)};
      hash = ladder.goal({"session_hash", "MD5(handshake_messages) + SHA1(handshake_messages)",
                          "RFC 7627 section 3", false},
                         Operation::concat, {md5, sha});
    } else {
      hash = ladder.goal({"session_hash", "Hash(handshake_messages)", "RFC 7627 section 3", false},
                         hash_operation(prf_of(h)), {messages});
    }
    d.out.checks.push_back({.message = message,
                            .what = "session_hash",
                            .covers = h.covered,
                            .bytes = h.transcript.size(),
                            .computed = hash,
                            .received = {},
                            .equal = {}});
    return {"session_hash", std::move(hash)};
  }

  Bytes key_block(std::size_t size) {
    crypto::SecretBytes block(size);
    h.profile->key_block(prf_hash(*h.suite), h.master, randoms(), block);
    const Input secret{"master_secret", to_bytes(h.master), true};
    const Bytes shown =
        ssl3()
            ? ladder.ssl3_expand({"key_block",
                                  "MD5(master_secret + SHA('A' + master_secret + server_random + "
                                  "client_random)) + the same with 'BB' and so on",
                                  at.cite(at.key_block)},
                                 secret, server(), client(), size)
            : ladder.prf(prf_of(h),
                         {"key_block",
                          "PRF(master_secret, \"key expansion\", server_random + client_random)",
                          at.cite(at.key_block)},
                         secret, "key expansion", {server(), client()}, size);
    agree(shown, block);
    return shown;
  }

  /// A short key becomes a long one, and public values the IV.
  void stretch(Side side, Bytes& key, Bytes& iv) {
    const EncTraits& enc = enc_traits(h.suite->enc);
    Bytes long_key(enc.key_size), long_iv(enc.iv_size);
    h.profile->export_keys(side, key, randoms(), long_key, long_iv);
    const std::string who{side_name(side)};
    const bool client_side = side == Side::client;
    const Input short_key{who + "_write_key", key, true};
    const std::string section = at.cite(at.export_keys);
    const auto named = [&](const char* what) {
      return std::string{"final_"}.append(who).append(what);
    };
    if (ssl3()) {
      const Input own = client_side ? client() : server(), peer = client_side ? server() : client();
      const Input md5{"digest", ladder.step("digest", Operation::md5, {short_key, own, peer}),
                      true};
      agree(
          ladder.goal({named("_write_key"), "MD5(write_key + own random + peer's random)", section},
                      Operation::slice, {md5}, 0, enc.key_size),
          long_key);
      const Input iv_md5{"digest", ladder.step("digest", Operation::md5, {own, peer}, false)};
      agree(ladder.goal({named("_write_IV"), "MD5(own random + peer's random)", section, false},
                        Operation::slice, {iv_md5}, 0, enc.iv_size),
            long_iv);
    } else {
      const std::string label = who + " write key";
      agree(ladder.prf(prf_of(h),
                       {named("_write_key"),
                        std::string{"PRF(write_key, \""}.append(label).append(
                            "\", client_random + server_random)"),
                        section},
                       short_key, label, {client(), server()}, enc.key_size),
            long_key);
      const Bytes block = ladder.prf(
          prf_of(h),
          {"iv_block", "PRF(\"\", \"IV block\", client_random + server_random)", section, false},
          {"nothing", {}}, "IV block", {client(), server()}, 2 * enc.iv_size);
      agree(
          ladder.goal({named("_write_IV"), "a part of iv_block", section, false}, Operation::slice,
                      {{"iv_block", block}}, client_side ? 0 : enc.iv_size, enc.iv_size),
          long_iv);
    }
    key = std::move(long_key);
    iv = std::move(long_iv);
  }

  /// key_block in the order of RFC 2246 section 6.3.
  void install() {
    const std::size_t mac = mac_size(*h.suite);
    const KeyMaterial m = key_material(*h.suite);
    // Where records bring their IVs the block has none (RFC 5246 section 6.3).
    const bool brought =
        h.profile->explicit_iv && enc_traits(h.suite->enc).mode == EncTraits::Mode::cbc;
    const std::size_t iv_size = brought ? 0 : m.iv_size;
    const Bytes block = key_block(2 * (mac + m.key_size + iv_size));
    std::size_t offset = 0;
    const auto take = [&](const char* who, const char* what, std::size_t n) {
      const std::string name = std::string{who}.append(what);
      if (n == 0) return Bytes{};
      Bytes part = ladder.goal({name, "a part of key_block", at.cite(at.key_block)},
                               Operation::slice, {{"key_block", block, true}}, offset, n);
      offset += n;
      return part;
    };
    const Bytes client_mac = take("client", "_write_MAC_secret", mac);
    const Bytes server_mac = take("server", "_write_MAC_secret", mac);
    Bytes client_key = take("client", "_write_key", m.key_size);
    Bytes server_key = take("server", "_write_key", m.key_size);
    Bytes client_iv = take("client", "_write_IV", iv_size);
    Bytes server_iv = take("server", "_write_IV", iv_size);
    if (h.suite->is_export) {
      stretch(Side::client, client_key, client_iv);
      stretch(Side::server, server_key, server_iv);
    }
    pend(Side::client, client_mac, client_key, client_iv);
    pend(Side::server, server_mac, server_key, server_iv);
  }

  void pend(Side side, ByteView mac, ByteView key, ByteView iv) {
    Keys& k = d.direction(side).pending;
    k.mac_secret = to_bytes(mac);
    k.iv = to_bytes(iv);
    k.profile = h.profile;
    k.suite = h.suite;
    k.encrypt_then_mac =
        h.answered.encrypt_then_mac && enc_traits(h.suite->enc).mode == EncTraits::Mode::cbc;
    k.protection = make_protection(
        *h.profile, *h.suite,
        {.mac_secret = mac, .key = key, .iv = iv, .encrypt_then_mac = k.encrypt_then_mac});
  }
};

/// Keys can be made of a suite that parley speaks, in a version that has it.
bool can_make_keys(const Negotiation& h) {
  return h.profile != nullptr && h.suite != nullptr && is_spoken(*h.suite) &&
         h.suite->id <= 0xffff && (!h.suite->is_export || h.profile->has_export_suites()) &&
         h.client_random.size() == 32 && h.server_random.size() == 32 &&
         (enc_traits(h.suite->enc).mode != EncTraits::Mode::aead ||
          h.profile->names_signature_algorithm());
}

template <class M>
Bytes encrypted_in(ByteView body) {
  M m;
  return parse(body, m) ? std::move(m.encrypted_pre_master_secret) : Bytes{};
}

/// The server's key opens what it was made for.
Bytes decrypt_premaster(Decoder& d, std::size_t message) {
  const Negotiation& h = d.hs;
  if (!d.server_key || h.suite->kx != Kx::rsa || h.server_params) return {};
  const auto* key = std::get_if<crypto::RsaPrivateKey>(&d.server_key->impl().key);
  if (key == nullptr) return {};
  const ByteView body = ByteView{d.out.messages[message].bytes}.subspan(4);
  Bytes encrypted = h.profile->rsa_premaster == RsaPremaster::bare
                        ? encrypted_in<ClientKeyExchangeRsaSsl30>(body)
                        : encrypted_in<ClientKeyExchangeRsa>(body);
  // Some clients leave the leading zeros out.
  if (encrypted.size() < key->size())
    encrypted.insert(encrypted.begin(), key->size() - encrypted.size(), 0);
  auto opened = key->decrypt(system_rng(), encrypted);
  if (!opened || opened->size() != limits::kMasterSecret) {
    find(d, FindingKind::surprise, message, "the server's key does not open ClientKeyExchange",
         "it is the key of another server, or the client is testing");
    return {};
  }
  Bytes premaster = to_bytes(*opened);
  const auto says = static_cast<std::uint16_t>(premaster[0] << 8 | premaster[1]);
  if (says != h.offered_version)
    find(d, FindingKind::surprise, message,
         "the version in the premaster secret is not the one that the client offered",
         "a rollback, or a client that is wrong about it", "RFC 5246 section 7.4.7.1");
  Derivation step;
  step.name = "pre_master_secret";
  step.function = "RSAES-PKCS1-v1_5 decryption with the server's key";
  step.operation = Operation::rsa_decrypt;
  step.inputs = {{"encrypted_pre_master_secret", std::move(encrypted)}};
  step.output = premaster;
  step.specification = sections_of(h.profile).cite(sections_of(h.profile).premaster);
  step.secret = true;
  step.handshake = h.index;
  step.message = message;
  d.out.derivations.push_back(std::move(step));
  return premaster;
}

bool master_given(Decoder& d, KeyMaker& make) {
  const Bytes* logged = KeyLog::find(d.key_log.masters, d.hs.client_random);
  if (logged == nullptr || logged->size() != limits::kMasterSecret) return false;
  make.ladder.given({"master_secret", "the key log has it", {}}, *logged);
  d.hs.master = crypto::SecretBytes{*logged};
  return true;
}

/// A key log that has both secrets must mean the same by them.
void compare_with_log(Decoder& d, std::size_t message) {
  const Bytes* logged = KeyLog::find(d.key_log.masters, d.hs.client_random);
  if (logged != nullptr && !equal(*logged, d.hs.master))
    find(d, FindingKind::surprise, message,
         "the key log has another master secret than this premaster secret makes",
         "one of them belongs to another connection, or somebody has changed the messages");
}

}  // namespace

void derive_from_key_exchange(Decoder& d, std::size_t message) {
  if (!can_make_keys(d.hs)) return;
  KeyMaker make{d, message};
  const Bytes* logged = KeyLog::find(d.key_log.premasters, d.hs.client_random);
  if (const Bytes premaster = decrypt_premaster(d, message); !premaster.empty()) {
    make.master_from(premaster);
  } else if (logged != nullptr) {
    make.ladder.given({"pre_master_secret", "the key log has it", {}}, *logged);
    make.master_from(*logged);
    compare_with_log(d, message);
  } else if (!master_given(d, make)) {
    return;
  }
  make.install();
}

void derive_from_session(Decoder& d, std::size_t message) {
  if (!can_make_keys(d.hs)) return;
  KeyMaker make{d, message};
  if (!master_given(d, make)) {
    const Bytes* made = KeyLog::find(d.sessions, d.hs.session_id);
    if (d.hs.session_id.empty() || made == nullptr) return;
    make.ladder.given({"master_secret", "of the session, which this connection has made", {}},
                      *made);
    d.hs.master = crypto::SecretBytes{*made};
  }
  make.install();
}

}  // namespace parley::explain
