// What the facade says of TLS 1.1 and 1.2 as an application uses it: versions alone, ALPN, channel
// bindings, exported keys, the policy "modern" and the context made by one call.
#include <ctime>

#include "facade_support.hpp"
#include "parley/issue.hpp"
#include "parley/ssl_object.hpp"

namespace parley {
namespace {

using namespace test;

// API: 11.versions
TEST(Versions, of_their_own_are_all_they_speak) {
  for (const auto& [protocol, name] :
       {std::pair{PROTOCOL_TLSv1_1, "TLSv1.1"}, std::pair{PROTOCOL_TLSv1_2, "TLSv1.2"}}) {
    EXPECT_EQ(get_protocol_name(protocol), name);
    test::Pair same(verifying_context(protocol), server_context(protocol));
    EXPECT_EQ(same.c().version(), name);
    test::Pair open(verifying_context(protocol), server_context());
    EXPECT_EQ(open.c().version(), name);
    test::Pair old(verifying_context(protocol), server_context(PROTOCOL_TLSv1));
    EXPECT_FALSE(old.good());
  }
  EXPECT_EQ(PROTOCOL_TLSv1_1, 4);
  EXPECT_EQ(PROTOCOL_TLSv1_2, 5);
}

TEST(Versions, are_switched_off_by_their_options) {
  const auto agreed = [](std::uint64_t off) {
    SSLContext server = server_context();
    server.options |= off;
    test::Pair p(verifying_context(), server);
    return p.c().version().value();
  };
  EXPECT_EQ(agreed(0), "TLSv1.2");
  EXPECT_EQ(agreed(OP_NO_TLSv1_2), "TLSv1.1");
  EXPECT_EQ(agreed(OP_NO_TLSv1_2 | OP_NO_TLSv1_1), "TLSv1");
}

// The middle of cipher() belongs to the suite (API M21), and was never changed for TLS 1.2.
TEST(Versions, cipher_keeps_its_documented_meaning) {
  test::Pair p(verifying_context(), server_context());
  const auto [name, protocol, bits] = p.c().cipher().value();
  EXPECT_EQ(name, "ECDHE-RSA-AES256-GCM-SHA384");
  EXPECT_EQ(protocol, "TLSv1/SSLv3");
  EXPECT_EQ(bits, 256);
}

// API: 11.alpn
TEST(Alpn, is_what_both_have) {
  SSLContext client = verifying_context(), server = server_context();
  client.set_alpn_protocols({"h2", "http/1.1"});
  {
    test::Pair p(client, server);
    EXPECT_EQ(p.c().selected_alpn_protocol(), std::nullopt);
  }
  server.set_alpn_protocols({"http/1.1"});
  test::Pair p(client, server);
  EXPECT_EQ(p.c().selected_alpn_protocol(), "http/1.1");
  EXPECT_EQ(p.s().selected_alpn_protocol(), "http/1.1");
  EXPECT_TRUE(HAS_ALPN);
}

TEST(Alpn, names_have_1_to_255_bytes) {
  SSLContext c(PROTOCOL_SSLv23);
  for (const std::string& wrong : {std::string{}, std::string(256, 'a')})
    EXPECT_EQ(argument_error([&] {
                c.set_alpn_protocols({"h2", wrong});
              }),
              "ALPN protocols must be 1 to 255 in length");
  EXPECT_EQ(argument_error([&] {
              c.set_alpn_protocols(std::vector<std::string>(129, std::string(254, 'a')));
            }),
            "ALPN protocols must be 32768 bytes in all at most");
  EXPECT_TRUE(c.config()->alpn_protocols.empty());  // the refusal changed nothing
  c.set_alpn_protocols({std::string(255, 'a')});
}

// API: 11.binding
TEST(Binding, is_the_same_at_both_ends) {
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1, PROTOCOL_TLSv1_2}) {
    test::Pair p(verifying_context(protocol), server_context(protocol));
    const std::optional<bytes> binding = p.c().get_channel_binding();
    ASSERT_TRUE(binding);
    EXPECT_EQ(p.s().get_channel_binding("tls-unique"), binding);
    EXPECT_EQ(binding->size(), protocol == PROTOCOL_SSLv3 ? 36u : 12u);
  }
}

TEST(Binding, of_another_type_or_before_the_handshake) {
  SSLContext c(PROTOCOL_SSLv23);
  socket plain(AF_INET);
  SSLSocket s = c.wrap_socket(plain);
  EXPECT_EQ(s.get_channel_binding(), std::nullopt);
  EXPECT_EQ(s.selected_alpn_protocol(), std::nullopt);
  EXPECT_EQ(argument_error([&] { s.get_channel_binding("tls-server-end-point"); }),
            "'tls-server-end-point' channel binding type not implemented");
  EXPECT_EQ(argument_error([&] { s.export_keying_material("EXPORTER-a", 8); }),
            "export_keying_material: no handshake is done");
}

TEST(Exporter, gives_both_ends_the_same_bytes) {
  test::Pair p(verifying_context(), server_context());
  const bytes key = p.c().export_keying_material("EXPORTER-my-protocol", 40);
  EXPECT_EQ(key.size(), 40u);
  EXPECT_EQ(p.s().export_keying_material("EXPORTER-my-protocol", 40), key);
  EXPECT_NE(p.s().export_keying_material("EXPORTER-my-protocol", 40, bytes{}), key);
  EXPECT_EQ(argument_error([&] { p.c().export_keying_material("client finished", 8); }),
            "exporter label");
  EXPECT_EQ(argument_error([&] { p.c().export_keying_material("EXPORTER-a", (1 << 20) + 1); }),
            "export_keying_material: length beyond 2^20");
  test::Pair old(verifying_context(PROTOCOL_SSLv3), server_context(PROTOCOL_SSLv3));
  EXPECT_EQ(ssl_error([&] { old.c().export_keying_material("EXPORTER-a", 8); }).reason(),
            "NO_EXPORTER");
}

/// The keys of vectors/facade are of the era; this one is on a curve, under a root of its own.
struct Strong {
  Certificate root;
  Identity server;

  static const Strong& get() {
    static const Strong made = [] {
      SeededRng rng(12);
      const auto now = static_cast<std::int64_t>(std::time(nullptr));
      CertificateRequest request{
          .common_name = "root", .not_before = now - 3600, .not_after = now + 3600, .ca = true};
      const PrivateKey root_key = *PrivateKey::generate_ec(rng, "secp256r1");
      const PrivateKey key = *PrivateKey::generate_ec(rng, "secp256r1");
      Certificate ca = *issue_certificate(rng, request, root_key);
      request.common_name = "localhost";
      request.subject_alt_names = {"localhost"};
      request.ca = false;
      Certificate leaf = *issue_certificate(rng, request, key, &ca, &root_key);
      return Strong{ca, {.chain = {std::move(leaf)}, .key = key}};
    }();
    return made;
  }
  SSLContext server_context() const {
    SSLContext c(PROTOCOL_SSLv23);
    c.load_cert_chain(server);
    return c;
  }
  void trusted_by(SSLContext& c) const { c.load_verify_data(DER_cert_to_PEM_cert(root.der())); }
};

// ---- policies ------------------------------------------------------------------------------

TEST(Modern, is_tls_1_2_with_forward_secrecy_and_aead) {
  SSLContext client = verifying_context();
  client.set_policy("modern");
  {
    test::Pair weak(client, server_context());
    EXPECT_TRUE(has(ssl_error(weak.client_error).strerror(), "certificate key too weak"));
  }
  Strong::get().trusted_by(client);
  test::Pair p(client, Strong::get().server_context());
  EXPECT_EQ(p.c().version(), "TLSv1.2");
  EXPECT_EQ(std::get<0>(p.c().cipher().value()), "ECDHE-ECDSA-AES128-GCM-SHA256");
  for (const CipherSuite* s : client.get_ciphers()) {
    EXPECT_EQ(s->kx, Kx::ecdhe);
    EXPECT_EQ(s->mac, Mac::aead);
  }
  EXPECT_EQ(client.get_ciphers().size(), 6u);
}

TEST(Modern, refuses_what_is_older) {
  SSLContext modern = verifying_context();
  modern.set_policy("modern");
  {
    test::Pair p(modern, server_context(PROTOCOL_TLSv1_1));
    EXPECT_FALSE(p.good());
  }
  SSLContext cbc = server_context();
  cbc.set_ciphers("AES128-SHA:ECDHE-RSA-AES128-SHA256");
  test::Pair p(modern, cbc);
  EXPECT_EQ(ssl_error(p.server_error).reason(), "NO_SHARED_CIPHER");
}

TEST(Modern, is_the_only_name) {
  SSLContext c(PROTOCOL_SSLv23);
  EXPECT_EQ(argument_error([&] { c.set_policy("Modern"); }), "unknown policy 'Modern'");
  EXPECT_GT(c.get_ciphers().size(), 6u);
}

// API: 11.default_context
TEST(DefaultContext, of_a_client_verifies_and_compares_the_name) {
  const SSLContext c = create_default_context();
  EXPECT_EQ(c.protocol, PROTOCOL_TLS);
  EXPECT_EQ(int{c.verify_mode}, CERT_REQUIRED);
  EXPECT_TRUE(bool{c.check_hostname});
  EXPECT_EQ(c.get_ciphers().size(), 6u);
  EXPECT_EQ(c.config()->versions, std::vector{ProtocolVersion::tls12});
  SSLContext trusting = create_default_context();
  Strong::get().trusted_by(trusting);
  const SSLContext server = Strong::get().server_context();
  test::Pair p(trusting, server, {.server_hostname = "localhost"});
  EXPECT_EQ(p.c().version(), "TLSv1.2");
  test::Pair other(trusting, server, {.server_hostname = "example.org"});
  EXPECT_EQ(ssl_error(other.client_error).reason(), "CERTIFICATE_VERIFY_FAILED");
  test::Pair stranger(create_default_context(), server, {.server_hostname = "localhost"});
  EXPECT_EQ(ssl_error(stranger.client_error).reason(), "CERTIFICATE_VERIFY_FAILED");
}

TEST(DefaultContext, of_a_server_asks_nobody_for_a_certificate) {
  SSLContext c = create_default_context(Purpose::client);
  EXPECT_EQ(int{c.verify_mode}, CERT_NONE);
  c.load_cert_chain(pki("server.pem"));
  test::Pair p(verifying_context(), c);
  EXPECT_EQ(p.c().version(), "TLSv1.2");
}

TEST(RecordSettings, are_asked_for_by_a_client) {
  SSLContext client = verifying_context(PROTOCOL_TLSv1_2);
  client.set_ciphers("AES128-SHA");
  client.set_encrypt_then_mac(true);
  client.set_max_fragment_length(512);
  EXPECT_EQ(argument_error([&] { client.set_max_fragment_length(100); }),
            "max_fragment_length is 512, 1024, 2048 or 4096, or 0 for none");
  client.set_signature_schemes({SignatureScheme::rsa_pss_rsae_sha256});
  EXPECT_EQ(argument_error([&] { client.set_signature_schemes({}); }), "no signature scheme");
  test::Pair p(client, server_context());
  const std::string data = pattern(5000);
  const Both both([&] { p.c().sendall(data); }, [&] { EXPECT_EQ(read_all(p.s(), 5000), data); });
  both.check();
}

}  // namespace
}  // namespace parley
