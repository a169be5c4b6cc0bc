// What is offered and what is chosen: rollbacks, compression, export, signatures, intolerance. The
// numbers are the rows of rows.tsv.
#include <gtest/gtest.h>

#include "crypto/key.hpp"
#include "support/meddler.hpp"
#include "trust/key_codec.hpp"
#include "wire/extension.hpp"

namespace parley::test {
namespace {

using V = ProtocolVersion;

Errc failure(const Connection& c) {
  return c.failure() != nullptr ? c.failure()->code : Errc::count_;
}

Pair make_pair(std::vector<V> versions, std::string_view suites) {
  return Pair{{.client = client_config(versions, suites), .server = server_config({}, suites)}};
}

bool holds(const Bytes& where, const Bytes& what) {
  return std::search(where.begin(), where.end(), what.begin(), what.end()) != where.end();
}

// Row 4. The server would not notice a rollback if the premaster secret held the version agreed.
TEST(RsaPremasterVersion, is_the_one_offered_whatever_is_agreed) {
  for (const V highest : {V::tls10, V::tls11, V::tls12}) {
    std::vector<V> offered;
    for (const V v : all_versions())
      if (v <= highest) offered.push_back(v);
    Pair p{{.client = client_config(offered, "RC4-SHA"),
            .server = server_config({V::ssl30}, "RC4-SHA")}};
    ASSERT_TRUE(p.run());
    ASSERT_EQ(p.client.version(), V::ssl30);
    for (const Recorder::Seen& m : p.server_seen.messages) {
      if (m.step != Step::client_key_exchange) continue;
      const auto& key = std::get<crypto::RsaPrivateKey>(server_identity().key.impl().key);
      SeededRng rng{3};
      const auto premaster = key.decrypt(rng, m.body);
      ASSERT_TRUE(premaster.has_value());
      EXPECT_EQ(premaster->view()[0] << 8 | premaster->view()[1], static_cast<int>(highest));
    }
  }
}

// Row 12 (CRIME). DEFLATE is 1.
TEST(Compression, is_never_offered_chosen_or_taken) {
  for (const V v : all_versions()) {
    Pair offered = make_pair({v}, "AES128-SHA");
    meddle<ClientHello>(offered, Side::client, HandshakeType::client_hello, [](ClientHello& m) {
      EXPECT_EQ(m.compression_methods, Bytes{0});
      m.compression_methods = {1, 64, 0};
    });
    meddle<ServerHello>(offered, Side::server, HandshakeType::server_hello,
                        [](ServerHello& m) { EXPECT_EQ(m.compression_method, 0); });
    offered.run();  // ends at Finished, since the hello was changed

    Pair alone = make_pair({v}, "AES128-SHA");
    meddle<ClientHello>(alone, Side::client, HandshakeType::client_hello,
                        [](ClientHello& m) { m.compression_methods = {1}; });
    alone.run();
    EXPECT_EQ(failure(alone.server), Errc::bad_compression);

    Pair chosen = make_pair({v}, "AES128-SHA");
    meddle<ServerHello>(chosen, Side::server, HandshakeType::server_hello,
                        [](ServerHello& m) { m.compression_method = 1; });
    chosen.run();
    EXPECT_EQ(failure(chosen.client), Errc::bad_compression);
  }
}

// Row 15 (FREAK). The man in the middle answers with a temporary key of 512 bits.
TEST(Freak, a_temporary_rsa_key_in_a_suite_that_is_not_of_export_is_refused) {
  for (const V v : all_versions()) {
    Pair p = make_pair({v}, "AES128-SHA");
    bool sent = false;
    meddle(p, Side::server, [&](HandshakeType t, Bytes& message) {
      if (t != HandshakeType::server_hello_done || sent) return;
      sent = true;
      ServerKeyExchangeRsa m{.rsa_modulus = Bytes(64, 0xc1), .rsa_exponent = {1, 0, 1}};
      m.signature = Bytes(128, 7);
      Bytes body;
      ASSERT_TRUE(build(m, body).has_value());
      message = handshake_message(HandshakeType::server_key_exchange, body);
    });
    p.run();
    EXPECT_TRUE(sent);
    EXPECT_EQ(failure(p.client), Errc::unexpected_message);
  }
}

// Row 16 (Logjam) and row 3 (CVE-2015-3197).
TEST(Suites, a_server_picks_none_that_it_has_not_enabled_or_was_not_offered) {
  for (const V v : {V::ssl30, V::tls10}) {
    Pair p{{.client = client_config({v}, "EXP-RC4-MD5:EXP-EDH-RSA-DES-CBC-SHA:RC4-MD5"),
            .server = server_config({v}, "AES128-SHA:RC4-SHA")}};
    p.run();
    EXPECT_EQ(failure(p.server), Errc::no_shared_cipher);
    Pair q{{.client = client_config({v}, "EXP-RC4-MD5:RC4-SHA"),
            .server = server_config({v}, "ALL:EXP")}};
    meddle<ServerHello>(q, Side::server, HandshakeType::server_hello, [](ServerHello& m) {
      EXPECT_TRUE(m.cipher_suite == 0x0003 || m.cipher_suite == 0x0005);
    });
    q.run();
  }
}

TEST(Suites, a_client_takes_none_that_it_did_not_offer_or_that_its_version_lacks) {
  struct Case {
    V version;
    std::string_view offered;
    std::uint16_t chosen;
  };
  for (const Case& c : {Case{V::ssl30, "AES128-SHA", 0x0003},  // EXP-RC4-MD5
                        Case{V::tls10, "AES128-SHA", 0x0005}, Case{V::tls10, "AES128-SHA", 0x1234},
                        Case{V::tls10, "AES128-SHA", 0x0000}, Case{V::tls10, "AES128-SHA", 0x00ff},
                        Case{V::tls12, "AES128-SHA", 0x5600},
                        Case{V::tls11, "ALL:EXP", 0x0003},  // export ended with 1.0
                        Case{V::tls11, "ALL", 0x003c}}) {   // of TLS 1.2
    Pair p{{.client = client_config({c.version}, c.offered),
            .server = server_config({}, "AES128-SHA")}};
    meddle<ServerHello>(p, Side::server, HandshakeType::server_hello,
                        [&](ServerHello& m) { m.cipher_suite = c.chosen; });
    p.run();
    EXPECT_EQ(failure(p.client), Errc::wrong_cipher_returned) << c.chosen;
  }
}

// Row 22 (SLOTH). Of TLS 1.2's pairs of hash and signature none has MD5.
TEST(Sloth, no_md5_is_offered_asked_for_or_signed_with) {
  const auto client = client_config({V::tls12}, "ECDHE-RSA-AES128-SHA");
  client->identities = {client_identity()};
  const auto server = server_config({V::tls12}, "ECDHE-RSA-AES128-SHA");
  server->verify_mode = VerifyMode::required;
  Pair p{{.client = client, .server = server}};
  const auto without_md5 = [](std::span<const std::uint16_t> schemes) {
    EXPECT_FALSE(schemes.empty());
    for (const std::uint16_t s : schemes) EXPECT_NE(s >> 8, 1) << s;
  };
  meddle<ClientHello>(p, Side::client, HandshakeType::client_hello, [&](ClientHello& m) {
    HelloExtensions e;
    ASSERT_TRUE(read_extensions(*m.extensions, Place::client_hello, nullptr, e).has_value());
    without_md5(*e.signature_algorithms);
  });
  meddle(p, Side::server, [&](HandshakeType t, Bytes& message) {
    if (t != HandshakeType::certificate_request) return;
    CertificateRequestMessage m;
    m.supported_signature_algorithms.emplace();
    ASSERT_TRUE(parse(ByteView{message}.subspan(4), m).has_value());
    without_md5(*m.supported_signature_algorithms);
  });
  EXPECT_TRUE(p.run());
}

// Row 26 (Heartbleed): the extension is not there, nor its record type (24).
TEST(Heartbeat, does_not_exist) {
  for (const V v : all_versions()) {
    Pair p = make_pair({v}, "AES128-SHA");
    const Bytes request = record(static_cast<ContentType>(24), v, Bytes{1, 0x40, 0});
    p.deliver(Side::client);
    p.inject(Side::server, request);
    EXPECT_EQ(failure(p.server), Errc::bad_record_type);
    EXPECT_LT(p.server.outgoing().size(), 4096u);

    Pair q = make_pair({v}, "AES128-SHA");
    meddle<ClientHello>(q, Side::client, HandshakeType::client_hello, [](ClientHello& m) {
      if (!m.extensions) m.extensions.emplace();
      EXPECT_FALSE(holds(*m.extensions, {0, 15, 0, 1}));
      append(*m.extensions, Bytes{0, 15, 0, 1, 1});  // heartbeat, peer_allowed_to_send
    });
    meddle<ServerHello>(q, Side::server, HandshakeType::server_hello, [](ServerHello& m) {
      const Bytes none = m.extensions.value_or(Bytes{});
      EXPECT_FALSE(holds(none, {0, 15, 0}));
    });
    q.run();
  }
}

// Row 52 (KCI): nobody authenticates with a fixed Diffie-Hellman key, rsa_fixed_dh (3) and
// dss_fixed_dh (4), rsa_fixed_ecdh (65) and ecdsa_fixed_ecdh (66).
TEST(FixedDiffieHellman, is_neither_asked_for_nor_shown) {
  for (const V v : all_versions()) {
    const auto client = client_config({v}, "AES128-SHA");
    client->identities = {client_identity()};
    const auto server = server_config({v}, "AES128-SHA");
    server->verify_mode = VerifyMode::optional;
    Pair p{{.client = client, .server = server}};
    bool asked = false;
    meddle(p, Side::server, [&](HandshakeType t, Bytes& message) {
      if (t != HandshakeType::certificate_request) return;
      asked = true;
      ByteSpan types = ByteSpan{message}.subspan(5, message[4]);
      for (std::uint8_t& type : types) {
        EXPECT_TRUE(type == 1 || type == 2 || type == 64) << int{type};
        type = type == 1 ? 3 : type == 2 ? 4 : 65;
      }
    });
    p.run();
    EXPECT_TRUE(asked);
    for (const Recorder::Seen& m : p.server_seen.messages) {
      if (m.step != Step::certificate || m.from != Side::client) continue;
      EXPECT_EQ(m.body, (Bytes{0, 0, 0})) << "no certificate";
    }
  }
}

// Row 53. What a server does not know it passes over.
TEST(Tolerance, a_server_bears_hellos_of_the_future) {
  struct Case {
    const char* what;
    std::function<void(ClientHello&)> edit;
  };
  const Case cases[]{
      {"a version nobody has made", [](ClientHello& m) { m.client_version = 0x0399; }},
      {"a thousand suites",
       [](ClientHello& m) {
         for (std::uint16_t i = 0; i < 1000; ++i)
           m.cipher_suites.push_back(static_cast<std::uint16_t>(0x9a00 + i));
       }},
      {"GREASE",
       [](ClientHello& m) {
         m.cipher_suites.insert(m.cipher_suites.begin(), 0x0a0a);
         append(*m.extensions, Bytes{0x3a, 0x3a, 0, 1, 0});
       }},
      {"an extension of 12,000 bytes",
       [](ClientHello& m) {
         append(*m.extensions, Bytes{0x77, 0x77, 12000 >> 8, 12000 & 0xff});
         append(*m.extensions, Bytes(12000, 'x'));
       }},
      {"many compression methods",
       [](ClientHello& m) { m.compression_methods.insert(m.compression_methods.begin(), 200, 9); }},
  };
  for (const Case& c : cases) {
    Pair p = make_pair({V::tls10, V::tls11, V::tls12}, "AES128-SHA");
    meddle<ClientHello>(p, Side::client, HandshakeType::client_hello, c.edit);
    bool answered = false;
    meddle<ServerHello>(p, Side::server, HandshakeType::server_hello, [&](ServerHello& m) {
      answered = true;
      EXPECT_EQ(m.server_version, 0x0303);
    });
    p.run();
    EXPECT_TRUE(answered) << c.what;
  }
}

}  // namespace
}  // namespace parley::test
