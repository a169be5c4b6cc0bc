// SSLContext::verify_flags: revocation lists and the rest, in real handshakes.
#include "facade_support.hpp"
#include "parley/pem.hpp"
#include "tests/support/raw_certs.hpp"

namespace parley {
namespace {

using namespace test;

struct VerifyFlags : testing::Test {
  Issued root = self_signed(ca_request("Root"), 1);
  Issued ca = issued_by(root, ca_request("CA"), 2);
  Issued leaf = raw_certificate("leaf", 3, &ca, {}, 77);
  FixedClock clock{kNow};
  SSLContext server{PROTOCOL_TLSv1}, client{PROTOCOL_TLSv1};

  VerifyFlags() {
    server.load_cert_chain(Identity{{leaf.certificate, ca.certificate}, leaf.key});
    client.verify_mode = CERT_REQUIRED;
    client.set_environment(Environment{system_environment().rng, clock});
    load(root.certificate);
  }
  void load(const Certificate& c) { client.load_verify_data(encode_pem("CERTIFICATE", c.der())); }
  void load(const RevocationList& l) { client.load_verify_data(encode_pem("X509 CRL", l.der())); }
  /// "" for a good handshake, else what the client says.
  std::string verdict() {
    const Pair p(client, server);
    return p.good() ? "" : ssl_error(p.client_error).strerror();
  }
};

// API: 11.verify_flags
TEST_F(VerifyFlags, have_the_values_of_python_and_prefer_anchors_at_first) {
  EXPECT_EQ(unsigned{client.verify_flags}, VERIFY_X509_TRUSTED_FIRST);
  EXPECT_EQ(VERIFY_DEFAULT, 0U);
  EXPECT_EQ(VERIFY_CRL_CHECK_LEAF, 4U);
  EXPECT_EQ(VERIFY_CRL_CHECK_CHAIN, 12U);
  EXPECT_EQ(VERIFY_X509_STRICT, 32U);
  EXPECT_EQ(VERIFY_X509_TRUSTED_FIRST, 32768U);
  EXPECT_EQ(VERIFY_X509_PARTIAL_CHAIN, 0x80000U);
  client.verify_flags |= VERIFY_X509_STRICT;
  EXPECT_EQ(unsigned{client.verify_flags}, VERIFY_X509_STRICT | VERIFY_X509_TRUSTED_FIRST);
  client.verify_flags &= ~VERIFY_X509_TRUSTED_FIRST;
  EXPECT_EQ(unsigned{client.verify_flags}, VERIFY_X509_STRICT);
  const SSLContext same = client;
  client.verify_flags = VERIFY_DEFAULT;
  EXPECT_EQ(unsigned{same.verify_flags}, 0U) << "handles share it";
  EXPECT_FALSE(client.config()->verify_policy.trusted_first);
}

// API: C3, 11.verify_flags
TEST_F(VerifyFlags, ask_for_the_list_of_the_leafs_issuer) {
  load(raw_crl(ca, {77}));
  EXPECT_EQ(verdict(), "") << "kept, and not consulted";
  client.verify_flags |= VERIFY_CRL_CHECK_LEAF;
  const Pair p(client, server);
  const SSLError e = ssl_error(p.client_error);
  EXPECT_TRUE(says(e, "certificate verify failed: certificate revoked"));
  EXPECT_EQ(e.cause()->code, Errc::certificate_revoked);
  EXPECT_TRUE(says(ssl_error(p.server_error), "sslv3 alert certificate revoked"));
}

// API: 11.verify_flags
TEST_F(VerifyFlags, ask_for_the_lists_of_the_whole_chain) {
  client.verify_flags |= VERIFY_CRL_CHECK_LEAF;
  EXPECT_TRUE(has(verdict(), "unable to get certificate CRL"));
  load(raw_crl(ca, {5}));
  EXPECT_EQ(verdict(), "");
  client.verify_flags |= VERIFY_CRL_CHECK_CHAIN;
  EXPECT_TRUE(has(verdict(), "unable to get certificate CRL (depth 1)"));
  load(raw_crl(root, {}));
  EXPECT_EQ(verdict(), "");
}

// API: 11.verify_flags
TEST_F(VerifyFlags, make_an_anchor_of_every_certificate) {
  SSLContext other(PROTOCOL_TLSv1);
  client = other;
  client.verify_mode = CERT_REQUIRED;
  client.set_environment(Environment{system_environment().rng, clock});
  load(ca.certificate);
  EXPECT_TRUE(has(verdict(), "unable to get local issuer certificate"));
  client.verify_flags |= VERIFY_X509_PARTIAL_CHAIN;
  EXPECT_EQ(verdict(), "");
}

// API: 11.verify_flags
TEST_F(VerifyFlags, hold_issuers_to_the_letter) {
  EXPECT_EQ(verdict(), "");
  client.verify_flags |= VERIFY_X509_STRICT;
  EXPECT_TRUE(has(verdict(), "bad certificate")) << "no authorityKeyIdentifier";
}

/// A session of the client, and whether the server knows it again when asked now.
struct FormerSessions : VerifyFlags {
  std::shared_ptr<const Session> former;
  FormerSessions() {
    former = Pair(client, server).c().session();
    EXPECT_TRUE(resumes());
  }
  bool resumes() { return Pair(client, server, {.session = former}).c().session_reused(); }
};

// API: 11.verify_flags, 11.sessions
TEST_F(FormerSessions, are_not_resumed_under_flags_that_they_were_not_made_under) {
  load(raw_crl(ca, {77}));
  client.verify_flags |= VERIFY_CRL_CHECK_LEAF;
  const Pair p(client, server, {.session = former});
  EXPECT_TRUE(says(ssl_error(p.client_error), "certificate revoked"));
}

// API: 11.verify_flags, 11.sessions
TEST_F(FormerSessions, end_with_any_change_of_how_peers_are_verified) {
  const std::string root_pem = encode_pem("CERTIFICATE", root.certificate.der());
  const std::vector<std::function<void()>> changes{
      [&] { client.verify_flags |= VERIFY_X509_PARTIAL_CHAIN; },
      [&] { client.verify_flags &= ~VERIFY_X509_PARTIAL_CHAIN; },
      [&] { client.verify_flags = VERIFY_DEFAULT; },
      [&] { client.load_verify_data(root_pem); },
      [&] { client.load_verify_locations(pki("ca.pem")); },
      [&] { client.set_default_verify_paths(); },
      [&] { client.set_verify_callback([](const Status& s, auto) { return s; }); }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    changes[i]();
    EXPECT_FALSE(resumes()) << i;
    former = Pair(client, server).c().session();
    EXPECT_TRUE(resumes()) << i;
  }
  client.options |= OP_NO_SSLv2;  // something else
  EXPECT_TRUE(resumes());
}

// API: 11.sessions
TEST_F(FormerSessions, of_a_client_end_with_a_change_at_the_server) {
  Issued me = raw_certificate("me", 9, &root, {}, 9);
  for (const std::uint64_t tickets : {std::uint64_t{0}, OP_NO_TICKET}) {
    SSLContext asking(PROTOCOL_TLSv1), known(PROTOCOL_TLSv1);
    asking.load_cert_chain(Identity{{leaf.certificate, ca.certificate}, leaf.key});
    asking.load_verify_data(encode_pem("CERTIFICATE", root.certificate.der()));
    asking.verify_mode = CERT_REQUIRED;
    asking.set_environment(Environment{system_environment().rng, clock});
    asking.options |= tickets;
    known.load_cert_chain(Identity{{me.certificate}, me.key});
    const std::shared_ptr<const Session> s = Pair(known, asking).c().session();
    EXPECT_TRUE(Pair(known, asking, {.session = s}).c().session_reused());
    asking.load_verify_data(encode_pem("X509 CRL", raw_crl(root, {9}).der()));
    asking.verify_flags |= VERIFY_CRL_CHECK_LEAF;
    const Pair p(known, asking, {.session = s});
    EXPECT_TRUE(says(ssl_error(p.server_error), "certificate revoked")) << tickets;
  }
}

// API: 11.sessions
TEST_F(FormerSessions, from_bytes_are_verified_as_things_stand) {
  const Bytes bytes = former->encode();
  former = client.session_from_bytes(bytes);
  EXPECT_TRUE(resumes());
  load(raw_crl(ca, {77}));
  client.verify_flags |= VERIFY_CRL_CHECK_LEAF;
  former = client.session_from_bytes(bytes);
  const Pair p(client, server, {.session = former});
  EXPECT_TRUE(says(ssl_error(p.client_error), "certificate revoked"));
}

}  // namespace
}  // namespace parley
