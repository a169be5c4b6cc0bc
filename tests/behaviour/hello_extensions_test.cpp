// What the hellos agree on beyond version and suite: extended_master_secret, encrypt_then_mac,
// max_fragment_length, ALPN; and what comes out of a handshake for others.
#include <gtest/gtest.h>

#include "handshake/exporter.hpp"
#include "support/forger.hpp"
#include "support/pair.hpp"
#include "wire/messages.hpp"

namespace parley::test {
namespace {

using V = ProtocolVersion;

struct Both {
  std::shared_ptr<Config> client, server;
  explicit Both(V v = V::tls12, std::string_view suites = {})
      : client(client_config({v}, suites)), server(server_config({v}, suites)) {}
  Pair pair(std::shared_ptr<const Session> resume = nullptr) const {
    const std::uint64_t seed = resume ? 2 : 1;  // or both would give their session one name
    return Pair{{.client = client, .server = server, .resume = std::move(resume), .seed = seed}};
  }
};

std::string why(const Pair& p) {
  std::string text;
  for (const Connection* c : {&p.client, &p.server})
    text += c->failure() != nullptr ? c->failure()->text() + " " : "- ";
  return text;
}

/// Replaces the first `from` that passes, which must be of the size of `to`.
std::function<void(Bytes&)> replace(const Bytes& from, const Bytes& to) {
  return [from, to, done = false](Bytes& piece) mutable {
    const auto it = std::search(piece.begin(), piece.end(), from.begin(), from.end());
    if (done || it == piece.end()) return;
    std::ranges::copy(to, it);
    done = true;
  };
}

// A man in the middle, or any server, may answer with SSL 3.0 and what only later versions have.
// OpenSSL before 1.1.0 does with three that change nothing.
TEST(Ssl3, answers_no_extension_that_changes_the_protocol) {
  constexpr std::array<std::uint8_t, 7> kNumbers{0x00, 0x01, 0x0b, 0x10, 0x16, 0x17, 0x23};
  for (const std::uint8_t number : kNumbers) {
    const bool harmless = number == 0x00 || number == 0x0b || number == 0x23;
    auto client = client_config();
    client->encrypt_then_mac = true;
    client->max_fragment_length = 512;
    client->alpn_protocols = {"h2"};
    Pair p{{.client = client,
            .server = server_config({V::ssl30}, "AES128-SHA"),
            .server_name = "localhost"}};
    p.deliver(Side::client);
    ServerHello m;
    m.server_version = 0x0300;
    m.cipher_suite = 0x002f;
    m.extensions = Bytes{0, number, 0, 0};
    if (number == 0x01) m.extensions = Bytes{0, number, 0, 1, 1};
    if (number == 0x0b) m.extensions = Bytes{0, number, 0, 2, 1, 0};
    if (number == 0x10) m.extensions = Bytes{0, number, 0, 5, 0, 3, 2, 'h', '2'};
    Bytes body;
    ASSERT_TRUE(build(m, body));
    p.inject(Side::client, record(ContentType::handshake, V::ssl30,
                                  handshake_message(HandshakeType::server_hello, body)));
    const Error* failure = p.client.failure();
    ASSERT_EQ(failure == nullptr, harmless) << int{number};
    EXPECT_TRUE(harmless || failure->code == Errc::unsolicited_extension) << int{number};
  }
}

// ---- extended_master_secret ----------------------------------------------------------------

TEST(ExtendedMasterSecret, binds_every_version_but_ssl_3) {
  for (const V v : all_versions()) {
    Pair p = Both{v}.pair();
    ASSERT_TRUE(p.run()) << why(p);
    EXPECT_EQ(p.client.extended_master_secret(), v != V::ssl30);
    EXPECT_EQ(p.server.extended_master_secret(), v != V::ssl30);
    EXPECT_EQ(p.client.session()->data().extended_master_secret, v != V::ssl30);
  }
}

TEST(ExtendedMasterSecret, takes_both_ends) {
  for (const bool client_has_it : {true, false}) {
    Both b;
    (client_has_it ? b.server : b.client)->extended_master_secret = false;
    Pair p = b.pair();
    ASSERT_TRUE(p.run()) << why(p);
    EXPECT_FALSE(p.client.extended_master_secret());
    EXPECT_FALSE(p.server.extended_master_secret());
  }
}

// RFC 7627 section 5.3.
TEST(ExtendedMasterSecret, a_bound_session_is_resumed_bound) {
  Both b;
  Pair first = b.pair();
  ASSERT_TRUE(first.run());
  Pair again = b.pair(first.client.session());
  ASSERT_TRUE(again.run()) << why(again);
  EXPECT_TRUE(again.client.resumed());
  EXPECT_TRUE(again.client.extended_master_secret());
}

TEST(ExtendedMasterSecret, an_unbound_session_is_not_resumed_by_those_who_can_do_better) {
  Both b;
  b.client->extended_master_secret = false;
  Pair first = b.pair();
  ASSERT_TRUE(first.run());
  b.client->extended_master_secret = true;
  Pair again = b.pair(first.client.session());
  ASSERT_TRUE(again.run()) << why(again);
  EXPECT_FALSE(again.client.resumed());
  EXPECT_TRUE(again.client.extended_master_secret());
}

TEST(ExtendedMasterSecret, a_client_that_gave_it_up_does_not_offer_a_bound_session) {
  Both b;
  Pair first = b.pair();
  ASSERT_TRUE(first.run());
  b.client->extended_master_secret = false;
  Pair again = b.pair(first.client.session());
  ASSERT_TRUE(again.run()) << why(again);
  EXPECT_FALSE(again.client.resumed());
}

TEST(ExtendedMasterSecret, a_bound_session_in_a_hello_without_it_is_refused) {
  Both b;
  Pair first = b.pair();
  ASSERT_TRUE(first.run());
  Pair again = b.pair(first.client.session());
  again.from_client.tamper = replace({0x00, 0x17, 0x00, 0x00}, {0x0a, 0x0a, 0x00, 0x00});
  EXPECT_FALSE(again.run());
  ASSERT_NE(again.server.failure(), nullptr);
  EXPECT_EQ(again.server.failure()->code, Errc::session_mismatch);
}

TEST(ExtendedMasterSecret, a_renegotiation_cannot_give_it_up) {
  Both b;
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  // The snapshot is shared, so that this is the connection's own config.
  b.client->extended_master_secret = false;
  ASSERT_TRUE(p.client.renegotiate());
  p.run();
  ASSERT_NE(p.server.failure(), nullptr);
  EXPECT_EQ(p.server.failure()->code, Errc::renegotiation_mismatch);
}

// ---- encrypt_then_mac ----------------------------------------------------------------------

TEST(EncryptThenMac, carries_data_over_every_cbc_suite) {
  for (const V v : {V::tls10, V::tls11, V::tls12})
    for (const std::string_view suite :
         {"AES128-SHA", "AES256-SHA", "DES-CBC3-SHA", "CAMELLIA128-SHA", "SEED-SHA"}) {
      Both b{v, suite};
      b.client->encrypt_then_mac = true;
      Pair p = b.pair();
      ASSERT_TRUE(p.run()) << why(p);
      for (const std::size_t n :
           {std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{40000}}) {
        const Bytes data(n, 0x61);
        EXPECT_EQ(p.transfer(Side::client, data), data);
        EXPECT_EQ(p.transfer(Side::server, data), data);
      }
      EXPECT_TRUE(p.close());
    }
}

TEST(EncryptThenMac, is_not_for_streams_and_not_without_being_asked) {
  const Bytes answered{0x00, 0x16, 0x00, 0x00};
  const auto answer_of = [&](bool ask, std::string_view suite) {
    Both b{V::tls12, suite};
    b.client->encrypt_then_mac = ask;
    Pair p = b.pair();
    EXPECT_TRUE(p.run()) << why(p);
    const ByteView log = ByteView{p.from_server.log}.first(120);
    return std::search(log.begin(), log.end(), answered.begin(), answered.end()) != log.end();
  };
  EXPECT_TRUE(answer_of(true, "AES128-SHA"));
  EXPECT_FALSE(answer_of(false, "AES128-SHA"));
  EXPECT_FALSE(answer_of(true, "RC4-SHA"));
}

TEST(EncryptThenMac, a_changed_byte_anywhere_is_a_bad_mac) {
  Both b{V::tls12, "AES128-SHA"};
  b.client->encrypt_then_mac = true;
  for (std::size_t at = 5; at < 5 + 16 + 16 + 20; ++at) {
    Pair p = b.pair();
    ASSERT_TRUE(p.run());
    ASSERT_TRUE(p.client.write(as_bytes("attack at dawn")));
    p.from_client.tamper = [at](Bytes& piece) { piece[at] ^= 1; };
    p.run();
    ASSERT_NE(p.server.failure(), nullptr) << at;
    EXPECT_EQ(p.server.failure()->code, Errc::bad_record_mac) << at;
  }
}

TEST(EncryptThenMac, once_agreed_it_does_not_go_by_way_of_another_cipher) {
  Both b{V::tls12, "ALL"};
  b.client->suites = *parse_cipher_list("AES128-SHA");
  b.client->encrypt_then_mac = true;
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  b.client->suites = *parse_cipher_list("AES128-GCM-SHA256");
  ASSERT_TRUE(p.client.renegotiate());
  ASSERT_TRUE(p.run()) << why(p);
  b.client->suites = *parse_cipher_list("AES128-SHA");
  b.client->encrypt_then_mac = false;
  ASSERT_TRUE(p.client.renegotiate());
  p.run();
  ASSERT_NE(p.server.failure(), nullptr);
  EXPECT_EQ(p.server.failure()->code, Errc::renegotiation_mismatch);
}

// ---- max_fragment_length -------------------------------------------------------------------

TEST(MaxFragmentLength, no_record_of_either_side_is_longer) {
  for (const std::size_t most : {std::size_t{512}, std::size_t{1024}, std::size_t{4096}}) {
    Both b;
    b.client->max_fragment_length = most;
    Pair p = b.pair();
    ASSERT_TRUE(p.run()) << why(p);
    const Bytes data(10000, 0x61);
    EXPECT_EQ(p.transfer(Side::client, data), data);
    EXPECT_EQ(p.transfer(Side::server, data), data);
    std::size_t longest = 0;
    for (const auto& [from, size] : p.client_seen.application_records)
      longest = std::max(longest, size);
    EXPECT_EQ(longest, most);
    // The Certificate message, too, came in pieces.
    for (const ByteView r : split_records(p.from_server.log)) EXPECT_LE(r.size(), 5 + most + 100);
  }
}

TEST(MaxFragmentLength, a_longer_record_is_an_overflow) {
  Both b{V::tls12, "NULL-SHA"};
  b.client->max_fragment_length = 512;
  Pair p = b.pair();
  ASSERT_TRUE(p.run()) << why(p);
  Forger server{p, Side::server};
  p.inject(Side::client, server.seal(ContentType::application_data, Bytes(512, 1)));
  EXPECT_EQ(p.client.failure(), nullptr);
  p.inject(Side::client, server.seal(ContentType::application_data, Bytes(513, 1)));
  ASSERT_NE(p.client.failure(), nullptr);
  EXPECT_EQ(p.client.failure()->code, Errc::record_overflow);
}

// RFC 6066 section 4.
TEST(MaxFragmentLength, belongs_to_the_session) {
  Both b;
  b.client->max_fragment_length = 512;
  Pair first = b.pair();
  ASSERT_TRUE(first.run());
  EXPECT_EQ(first.client.session()->data().max_fragment_length, 1);
  Pair same = b.pair(first.client.session());
  ASSERT_TRUE(same.run());
  EXPECT_TRUE(same.client.resumed());
  b.client->max_fragment_length = 1024;
  Pair other = b.pair(first.client.session());
  ASSERT_TRUE(other.run());
  EXPECT_FALSE(other.client.resumed());
}

TEST(MaxFragmentLength, changes_with_the_keys_of_a_renegotiation) {
  Both b;
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  b.client->max_fragment_length = 512;
  ASSERT_TRUE(p.server.write(Bytes(16384, 'x')));  // on its way when the client asks
  ASSERT_TRUE(p.client.renegotiate());
  ASSERT_TRUE(p.run()) << why(p);
  EXPECT_EQ(p.client.renegotiations(), 1u);
  Bytes got(20000);
  EXPECT_EQ(p.client.read(got), 16384u);
  const Bytes data(3000, 'y');
  EXPECT_EQ(p.transfer(Side::server, data), data);
  EXPECT_EQ(p.client_seen.application_records.back().second % 512, 3000u % 512);
}

TEST(MaxFragmentLength, a_code_nobody_has_defined_is_an_illegal_parameter) {
  Both b;
  b.client->max_fragment_length = 512;
  Pair p = b.pair();
  p.from_client.tamper = replace({0x00, 0x01, 0x00, 0x01, 0x01}, {0x00, 0x01, 0x00, 0x01, 0x05});
  EXPECT_FALSE(p.run());
  ASSERT_NE(p.server.failure(), nullptr);
  EXPECT_EQ(p.server.failure()->code, Errc::bad_max_fragment_length);
}

// ---- ALPN ----------------------------------------------------------------------------------

TEST(Alpn, the_first_of_the_servers_that_the_client_has) {
  Both b;
  b.client->alpn_protocols = {"http/1.1", "spdy/1", "h2"};
  b.server->alpn_protocols = {"h2", "http/1.1"};
  Pair p = b.pair();
  ASSERT_TRUE(p.run()) << why(p);
  EXPECT_EQ(p.client.alpn_protocol(), "h2");
  EXPECT_EQ(p.server.alpn_protocol(), "h2");
}

TEST(Alpn, nothing_in_common_goes_on_without_or_is_refused) {
  Both b;
  b.client->alpn_protocols = {"h2"};
  b.server->alpn_protocols = {"xmpp-client"};
  Pair p = b.pair();
  ASSERT_TRUE(p.run()) << why(p);
  EXPECT_EQ(p.client.alpn_protocol(), "");
  b.server->require_alpn = true;
  Pair strict = b.pair();
  EXPECT_FALSE(strict.run());
  ASSERT_NE(strict.client.failure(), nullptr);
  EXPECT_EQ(strict.server.failure()->code, Errc::no_application_protocol);
  EXPECT_EQ(strict.client.failure()->received, Alert::no_application_protocol);
}

TEST(Alpn, nobody_speaks_of_it_unasked) {
  for (const bool client_only : {true, false}) {
    Both b;
    (client_only ? b.client : b.server)->alpn_protocols = {"h2"};
    Pair p = b.pair();
    ASSERT_TRUE(p.run()) << why(p);
    EXPECT_EQ(p.client.alpn_protocol(), "");
    EXPECT_EQ(p.server.alpn_protocol(), "");
  }
}

TEST(Alpn, an_answer_we_did_not_offer_is_refused) {
  Both b;
  b.client->alpn_protocols = {"h2"};
  b.server->alpn_protocols = {"h2"};
  Pair p = b.pair();
  p.from_server.tamper = replace({2, 'h', '2'}, {2, 'h', '3'});
  EXPECT_FALSE(p.run());
  ASSERT_NE(p.client.failure(), nullptr);
  EXPECT_EQ(p.client.failure()->code, Errc::bad_value);
}

TEST(Alpn, outlives_a_renegotiation_and_is_asked_anew_when_resumed) {
  Both b;
  b.client->alpn_protocols = b.server->alpn_protocols = {"h2", "http/1.1"};
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  ASSERT_TRUE(p.client.renegotiate());
  ASSERT_TRUE(p.run()) << why(p);
  EXPECT_EQ(p.client.renegotiations(), 1u);
  EXPECT_EQ(p.server.alpn_protocol(), "h2");
  b.client->alpn_protocols = {"http/1.1"};
  Pair again = b.pair(p.client.session());
  ASSERT_TRUE(again.run());
  EXPECT_TRUE(again.client.resumed());
  EXPECT_EQ(again.client.alpn_protocol(), "http/1.1");
}

// ---- what comes out ------------------------------------------------------------------------

Bytes exported(const Connection& c, std::string_view label, std::optional<ByteView> context = {}) {
  Bytes out(32);
  const Status s = c.export_keying_material(label, context, out);
  EXPECT_TRUE(s) << s.error().text();
  return out;
}

TEST(Exporter, both_ends_make_the_same_and_every_input_counts) {
  for (const V v : {V::tls10, V::tls11, V::tls12}) {
    Pair p = Both{v}.pair();
    ASSERT_TRUE(p.run());
    const Bytes none = exported(p.client, "EXPORTER-a");
    EXPECT_EQ(exported(p.server, "EXPORTER-a"), none);
    const Bytes context{1, 2};
    EXPECT_EQ(exported(p.server, "EXPORTER-a", context), exported(p.client, "EXPORTER-a", context));
    EXPECT_NE(exported(p.client, "EXPORTER-b"), none);
    EXPECT_NE(exported(p.client, "EXPORTER-a", ByteView{}), none);
    EXPECT_NE(exported(p.client, "EXPORTER-a", context),
              exported(p.client, "EXPORTER-a", ByteView{}));
  }
}

TEST(Exporter, says_why_not) {
  Bytes out(16);
  Pair ssl3 = Both{V::ssl30}.pair();
  EXPECT_EQ(ssl3.client.export_keying_material("EXPORTER-a", {}, out).error().code, Errc::not_open);
  ASSERT_TRUE(ssl3.run());
  EXPECT_EQ(ssl3.client.export_keying_material("EXPORTER-a", {}, out).error().code,
            Errc::no_exporter);
  Pair p = Both{}.pair();
  ASSERT_TRUE(p.run());
  for (const char* label : {"client finished", "server finished", "master secret", "key expansion",
                            "extended master secret"})
    EXPECT_EQ(p.client.export_keying_material(label, {}, out).error().code, Errc::bad_argument);
  EXPECT_EQ(p.client.export_keying_material("EXPORTER-a", Bytes(65536), out).error().code,
            Errc::bad_argument);
  ASSERT_TRUE(p.client.close());
  EXPECT_EQ(p.client.export_keying_material("EXPORTER-a", {}, out).error().code, Errc::not_open);
}

// RFC 5929 section 3.1: of the last handshake the first Finished, which in a resumption is the
// server's.
TEST(TlsUnique, is_the_first_finished_of_the_last_handshake) {
  for (const V v : all_versions()) {
    Both b{v};
    Pair p = b.pair();
    EXPECT_TRUE(p.client.tls_unique().empty());
    ASSERT_TRUE(p.run());
    const Bytes first = to_bytes(p.client.tls_unique());
    EXPECT_EQ(first.size(), v == V::ssl30 ? 36u : 12u);
    EXPECT_TRUE(equal(p.server.tls_unique(), first));
    const auto finished = [](const Recorder& r, Side from) {
      Bytes body;
      for (const Recorder::Seen& m : r.messages)
        if (m.step == Step::finished && m.from == from) body = m.body;
      return body;
    };
    EXPECT_EQ(first, finished(p.client_seen, Side::client));
    Pair again = b.pair(p.client.session());
    ASSERT_TRUE(again.run());
    ASSERT_TRUE(again.client.resumed());
    EXPECT_EQ(to_bytes(again.client.tls_unique()), finished(again.client_seen, Side::server));
    EXPECT_TRUE(equal(again.server.tls_unique(), again.client.tls_unique()));
  }
}

}  // namespace
}  // namespace parley::test
