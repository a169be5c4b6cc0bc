// What a client refuses in ServerKeyExchange and a server in ClientKeyExchange, each with a reason
// of its own: bad groups, bad points, bad shares, wrong signatures.
#include <gtest/gtest.h>

#include "handshake/digital_signature.hpp"
#include "handshake/kx.hpp"
#include "protocol/tls10.hpp"
#include "suite/groups.hpp"
#include "support/pair.hpp"
#include "trust/key_codec.hpp"
#include "wire/messages.hpp"

namespace parley::test {
namespace {

class KeyExchanges : public testing::Test {
 protected:
  KeyExchanges() {
    for (Handshake* h : {&client, &server}) {
      h->profile = &kTls10;
      h->offered_version = ProtocolVersion::tls10;
      h->client_random.fill(1);
      h->server_random.fill(2);
    }
  }
  void use(std::string_view suite) { client.suite = server.suite = find_cipher_suite(suite); }
  const KeyExchange& kx() const { return *key_exchange(client.suite->kx); }

  template <class M>
  Status client_reads(const M& m) {
    Bytes body;
    EXPECT_TRUE(build(m, body).has_value());
    return kx().receive_params(client, body);
  }
  template <class M>
  Status server_reads(const M& m) {
    Bytes body;
    EXPECT_TRUE(build(m, body).has_value());
    crypto::SecretBytes premaster;
    return kx().receive(server, body, premaster);
  }
  /// What the client makes of a share that the server has sent.
  Status client_answers() {
    Bytes body;
    crypto::SecretBytes premaster;
    return kx().send(client, body, premaster);
  }
  ServerKeyExchangeDh good_dh(std::size_t bits = 1024) {
    const crypto::DhGroup& g = crypto::DhGroup::well_known(bits);
    return {g.p(), g.g(), crypto::DhPrivateKey::generate(rng, g)->public_value(), {}};
  }
  ServerKeyExchangeEcdh good_ecdh(NamedGroup g = NamedGroup::secp256r1) {
    const auto key = crypto::EcPrivateKey::generate(rng, curve_of(g));
    return {kNamedCurve, static_cast<std::uint16_t>(g), key->public_key().point(), {}};
  }
  static Errc code(const Status& s) { return s ? Errc::count_ : s.error().code; }

  SeededRng rng{5};
  FixedClock clock{kNow};
  std::shared_ptr<Config> config = client_config();
  Half read, write;
  Handshake client{Side::client, config, {rng, clock}, read, write};
  Handshake server{Side::server, config, {rng, clock}, read, write};
};

using Dhe = KeyExchanges;

TEST_F(Dhe, takes_a_sound_group) {
  use("ADH-AES128-SHA");
  EXPECT_TRUE(client_reads(good_dh()).has_value());
  EXPECT_TRUE(client_answers().has_value());
}

TEST_F(Dhe, refuses_an_even_prime) {
  use("ADH-AES128-SHA");
  ServerKeyExchangeDh m = good_dh();
  m.dh_p.back() = static_cast<std::uint8_t>(m.dh_p.back() & 0xfe);
  EXPECT_EQ(code(client_reads(m)), Errc::bad_group);
}

TEST_F(Dhe, refuses_a_prime_shorter_than_the_setting_but_not_one_as_long) {
  use("ADH-AES128-SHA");
  ServerKeyExchangeDh m = good_dh(1024);
  m.dh_p.front() = 0x7f;  // 1023 bits
  EXPECT_EQ(code(client_reads(m)), Errc::dh_key_too_small);
  EXPECT_EQ(code(client_reads(good_dh(512))), Errc::dh_key_too_small);
  config->min_dh_bits = 512;
  EXPECT_TRUE(client_reads(good_dh(512)).has_value());
}

TEST_F(Dhe, refuses_a_prime_longer_than_the_setting_but_not_one_as_long) {
  use("ADH-AES128-SHA");
  config->max_dh_bits = 1536;
  EXPECT_TRUE(client_reads(good_dh(1536)).has_value());
  EXPECT_EQ(code(client_reads(good_dh(2048))), Errc::dh_key_too_large);
}

TEST_F(Dhe, an_export_suite_takes_512_bits_whatever_the_setting) {
  use("EXP-ADH-RC4-MD5");
  EXPECT_TRUE(client_reads(good_dh(512)).has_value());
  EXPECT_TRUE(client_reads(good_dh(1024)).has_value());
  ServerKeyExchangeDh m = good_dh(512);
  m.dh_p.front() = 0x7f;  // 511 bits
  EXPECT_EQ(code(client_reads(m)), Errc::dh_key_too_small);
}

TEST_F(Dhe, a_servers_share_never_begins_with_a_zero) {
  use("EXP-ADH-RC4-MD5");
  for (int i = 0; i < 2000; ++i) {
    Bytes body;
    ASSERT_TRUE(kx().send_params(server, body).has_value());
    ServerKeyExchangeDh m;
    ASSERT_TRUE(parse(body, m).has_value());
    ASSERT_NE(m.dh_ys.front(), 0);
  }
}

TEST_F(Dhe, refuses_generators_of_trivial_subgroups) {
  use("ADH-AES128-SHA");
  ServerKeyExchangeDh m = good_dh();
  Bytes minus_one = m.dh_p;
  minus_one.back() = static_cast<std::uint8_t>(minus_one.back() - 1);
  for (const Bytes& g : {Bytes{0}, Bytes{1}, minus_one, m.dh_p}) {
    m.dh_g = g;
    EXPECT_EQ(code(client_reads(m)), Errc::bad_group);
  }
}

TEST_F(Dhe, either_side_refuses_a_share_that_fixes_the_secret) {
  use("ADH-AES128-SHA");
  ServerKeyExchangeDh m = good_dh();
  Bytes minus_one = m.dh_p;
  minus_one.back() = static_cast<std::uint8_t>(minus_one.back() - 1);
  const Bytes above(m.dh_p.size(), 0xff);
  Bytes body;
  config->dh_parameters = DhParameters{m.dh_p, m.dh_g};
  ASSERT_TRUE(kx().send_params(server, body).has_value());
  for (const Bytes& y : {Bytes{0}, Bytes{1}, minus_one, m.dh_p, above}) {
    m.dh_ys = y;
    ASSERT_TRUE(client_reads(m).has_value());
    EXPECT_EQ(code(client_answers()), Errc::bad_dh_value);
    EXPECT_EQ(code(server_reads(ClientKeyExchangeDh{y})), Errc::bad_dh_value);
  }
}

TEST_F(Dhe, strips_the_leading_zeros_of_the_secret) {
  use("ADH-AES128-SHA");
  Bytes body;
  config->dh_parameters = DhParameters{crypto::DhGroup::well_known(512).p(), Bytes{2}};
  config->min_dh_bits = 512;
  std::size_t shortest = 64;
  for (int i = 0; i < 3000 && shortest == 64; ++i) {
    body.clear();
    ASSERT_TRUE(kx().send_params(server, body).has_value());
    ASSERT_TRUE(kx().receive_params(client, body).has_value());
    Bytes answer;
    crypto::SecretBytes ours, theirs;
    ASSERT_TRUE(kx().send(client, answer, ours).has_value());
    ASSERT_TRUE(kx().receive(server, answer, theirs).has_value());
    ASSERT_TRUE(equal(ours, theirs));
    shortest = std::min(shortest, ours.size());
    ASSERT_NE(ours.view()[0], 0);
  }
  EXPECT_LT(shortest, 64u);
}

TEST_F(Dhe, an_anonymous_suite_has_no_signature_and_the_others_need_one) {
  use("ADH-AES128-SHA");
  ServerKeyExchangeDh m = good_dh();
  m.signature = Bytes(128, 1);
  EXPECT_EQ(code(client_reads(m)), Errc::trailing_bytes);
  use("DHE-RSA-AES128-SHA");
  client.peer_key = *public_key_from_spki(era_identity(KeyType::rsa, KeyType::rsa).chain[0].spki());
  m.signature.reset();
  EXPECT_EQ(code(client_reads(m)), Errc::truncated);
}

using Ecdhe = KeyExchanges;

TEST_F(Ecdhe, takes_every_curve_of_the_configuration) {
  use("AECDH-AES128-SHA");
  for (const NamedGroup g : kNamedGroups) {
    EXPECT_TRUE(client_reads(good_ecdh(g)).has_value()) << named_group_name(g);
    EXPECT_TRUE(client_answers().has_value()) << named_group_name(g);
  }
}

TEST_F(Ecdhe, refuses_a_curve_it_did_not_offer) {
  use("AECDH-AES128-SHA");
  config->groups = {NamedGroup::secp384r1};
  EXPECT_EQ(code(client_reads(good_ecdh(NamedGroup::secp256r1))), Errc::wrong_curve);
  ServerKeyExchangeEcdh m = good_ecdh(NamedGroup::secp384r1);
  m.named_curve = 1;  // sect163k1
  EXPECT_EQ(code(client_reads(m)), Errc::wrong_curve);
}

TEST_F(Ecdhe, refuses_explicit_parameters) {
  use("AECDH-AES128-SHA");
  ServerKeyExchangeEcdh m = good_ecdh();
  for (const std::uint8_t type : {std::uint8_t{1}, std::uint8_t{2}}) {
    m.curve_type = type;
    EXPECT_EQ(code(client_reads(m)), Errc::wrong_curve);
  }
}

TEST_F(Ecdhe, refuses_points_off_the_curve_of_another_curve_and_at_infinity) {
  use("AECDH-AES128-SHA");
  ServerKeyExchangeEcdh m = good_ecdh();
  Bytes body;
  ASSERT_TRUE(kx().send_params(server, body).has_value());
  m.point[40] = static_cast<std::uint8_t>(m.point[40] ^ 1);
  EXPECT_EQ(code(client_reads(m)), Errc::bad_point);
  EXPECT_EQ(code(server_reads(ClientKeyExchangeEcdh{m.point})), Errc::bad_point);
  m.point = good_ecdh(NamedGroup::secp256k1).point;
  EXPECT_EQ(code(client_reads(m)), Errc::bad_point);
  EXPECT_EQ(code(server_reads(ClientKeyExchangeEcdh{m.point})), Errc::bad_point);
  m.point = good_ecdh(NamedGroup::secp384r1).point;
  EXPECT_EQ(code(client_reads(m)), Errc::bad_point);
  m.point = {0};
  EXPECT_EQ(code(client_reads(m)), Errc::point_at_infinity);
  EXPECT_EQ(code(server_reads(ClientKeyExchangeEcdh{m.point})), Errc::point_at_infinity);
}

TEST_F(Ecdhe, refuses_x25519_points_that_fix_the_secret) {
  use("AECDH-AES128-SHA");
  ServerKeyExchangeEcdh m = good_ecdh(NamedGroup::x25519);
  m.point.assign(32, 0);
  const Status taken = client_reads(m);
  EXPECT_EQ(code(taken ? client_answers() : taken), Errc::bad_point);
}

using RsaExport = KeyExchanges;

TEST_F(RsaExport, refuses_a_temporary_key_above_512_bits) {
  use("EXP-RC4-MD5");
  client.peer_key = *public_key_from_spki(server_identity().chain[0].spki());
  server.identity = &server_identity();
  for (const std::size_t bits : {512u, 768u}) {
    const auto key = crypto::RsaPrivateKey::generate(rng, bits);
    Bytes body;
    ASSERT_TRUE(
        build(ServerKeyExchangeRsa{key->public_key().n(), key->public_key().e(), {}}, body));
    ASSERT_TRUE(sign_params(server, 0, body).has_value());
    const Status s = kx().receive_params(client, body);
    EXPECT_EQ(code(s), bits == 512 ? Errc::count_ : Errc::key_too_large);
  }
}

/// Every signed kind of key exchange.
class SignedParams : public KeyExchanges, public testing::WithParamInterface<const char*> {
 protected:
  SignedParams() {
    use(GetParam());
    const KeyType type = client.suite->auth == Auth::rsa   ? KeyType::rsa
                         : client.suite->auth == Auth::dss ? KeyType::dsa
                                                           : KeyType::ec;
    server.identity = &era_identity(type, type);
    client.peer_key = *public_key_from_spki(server.identity->chain[0].spki());
    EXPECT_TRUE(kx().send_params(server, body).has_value());
    EXPECT_TRUE(sign_params(server, 0, body).has_value());
  }
  Bytes body;
};
INSTANTIATE_TEST_SUITE_P(Suites, SignedParams,
                         testing::Values("DHE-RSA-AES128-SHA", "DHE-DSS-AES128-SHA",
                                         "ECDHE-RSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA",
                                         "EXP-RC4-MD5", "EXP-EDH-DSS-DES-CBC-SHA"));

TEST_P(SignedParams, hold_for_the_hellos_they_were_made_for) {
  EXPECT_TRUE(kx().receive_params(client, body).has_value());
  client.server_random[5] = static_cast<std::uint8_t>(client.server_random[5] ^ 1);
  EXPECT_EQ(code(kx().receive_params(client, body)), Errc::bad_signature);
}

TEST_P(SignedParams, do_not_hold_with_any_bit_changed) {
  for (std::size_t i = 0; i < body.size(); i += 7) {
    Bytes damaged = body;
    damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ 0x10);
    EXPECT_FALSE(kx().receive_params(client, damaged).has_value()) << "byte " << i;
  }
}

TEST_P(SignedParams, do_not_hold_under_another_key) {
  const Identity& other = client.suite->auth == Auth::rsa
                              ? era_identity(KeyType::ec, KeyType::ec)
                              : era_identity(KeyType::rsa, KeyType::rsa);
  client.peer_key = *public_key_from_spki(other.chain[0].spki());
  EXPECT_FALSE(kx().receive_params(client, body).has_value());
}

TEST_P(SignedParams, no_prefix_of_the_message_is_taken) {
  for (std::size_t n = 0; n < body.size(); ++n)
    EXPECT_FALSE(kx().receive_params(client, ByteView{body}.first(n)).has_value()) << n;
}

}  // namespace
}  // namespace parley::test
