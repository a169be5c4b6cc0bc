// Who we are and whom we talk to, as an application says it: passwords of keys, check_hostname,
// keys that no suite uses, and what keyUsage forbids.
#include <fstream>

#include "facade_support.hpp"
#include "parley/key.hpp"
#include "parley/ssl_object.hpp"

namespace parley {
namespace {

using namespace test;

std::string keys(const std::string& name) {
  return std::string(PARLEY_SOURCE_DIR "/vectors/keys/") + name + ".pem";
}
std::string cert() { return pki("server_cert.pem"); }
std::string encrypted() { return pki("encrypted_key.pem"); }

// ---- password ------------------------------------------------------------------------------

// API: 11.password
TEST(Password, may_be_a_string_or_a_callable) {
  SSLContext c(PROTOCOL_SSLv23);
  c.load_cert_chain(cert(), encrypted(), "secret");
  int asked = 0;
  c.load_cert_chain(cert(), encrypted(), [&] {
    ++asked;
    return std::string("secret");
  });
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(c.config()->identities.size(), 1U);
}

TEST(Password, is_not_asked_for_where_there_is_none) {
  SSLContext c(PROTOCOL_SSLv23);
  int asked = 0;
  c.load_cert_chain(pki("server.pem"), std::nullopt, [&] {
    ++asked;
    return std::string("secret");
  });
  EXPECT_EQ(asked, 0);
  c.load_cert_chain(pki("server.pem"), std::nullopt, "anything");
}

TEST(Password, that_is_wrong_is_told_from_none) {
  SSLContext c(PROTOCOL_SSLv23);
  for (const std::string wrong : {"", "Secret", "secret "}) {
    const SSLError e = ssl_error([&] { c.load_cert_chain(cert(), encrypted(), wrong); });
    EXPECT_TRUE(says(e, "PEM lib: bad decrypt")) << wrong;
    EXPECT_EQ(e.reason(), "BAD_DECRYPT");
    EXPECT_TRUE(has(e.hint(), "password"));
  }
  EXPECT_EQ(ssl_error([&] { c.load_cert_chain(cert(), encrypted()); }).reason(),
            "BAD_PASSWORD_READ");
  EXPECT_TRUE(c.config()->identities.empty());
}

TEST(Password, has_at_most_1023_bytes) {
  SSLContext c(PROTOCOL_SSLv23);
  const auto load = [&](std::size_t n) {
    return [&c, n] { c.load_cert_chain(cert(), encrypted(), std::string(n, 'x')); };
  };
  EXPECT_EQ(argument_error(load(1024)), "password cannot be longer than 1023 bytes");
  EXPECT_EQ(ssl_error(load(1023)).reason(), "BAD_DECRYPT");
}

TEST(Password, callables_may_throw) {
  SSLContext c(PROTOCOL_SSLv23);
  EXPECT_THROW(c.load_cert_chain(cert(), encrypted(),
                                 []() -> std::string { throw std::out_of_range("not today"); }),
               std::out_of_range);
  EXPECT_TRUE(c.config()->identities.empty());
}

TEST(Password, opens_a_key_that_serves) {
  SSLContext server(PROTOCOL_SSLv23);
  server.load_cert_chain(cert(), encrypted(), "secret");
  Pair p(verifying_context(), server);
  EXPECT_EQ(p.c().send(as_bytes("hello")), 5U);
  EXPECT_EQ(read_all(p.s(), 5), "hello");
}

// ---- check_hostname ------------------------------------------------------------------------

SSLContext checking_context(int protocol = PROTOCOL_SSLv23) {
  SSLContext c = verifying_context(protocol);
  c.check_hostname = true;
  return c;
}

// API: 11.check_hostname
TEST(CheckHostname, needs_a_mode_that_verifies) {
  SSLContext c(PROTOCOL_SSLv23);
  EXPECT_FALSE(c.check_hostname);
  EXPECT_EQ(argument_error([&] { c.check_hostname = true; }),
            "check_hostname needs a SSL context with either CERT_OPTIONAL or CERT_REQUIRED");
  EXPECT_FALSE(c.check_hostname);
  c.verify_mode = CERT_OPTIONAL;
  c.check_hostname = true;
  EXPECT_TRUE(c.check_hostname);
  EXPECT_EQ(argument_error([&] { c.verify_mode = CERT_NONE; }),
            "Cannot set verify_mode to CERT_NONE when check_hostname is enabled.");
  EXPECT_EQ(c.verify_mode, CERT_OPTIONAL);
  c.check_hostname = false;
  c.verify_mode = CERT_NONE;
}

TEST(CheckHostname, needs_a_name) {
  const SSLContext c = checking_context();
  socket s(AF_INET, SOCK_STREAM);
  EXPECT_EQ(argument_error([&] { c.wrap_socket(s); }), "check_hostname requires server_hostname");
  EXPECT_EQ(argument_error([&] { c.wrap_socket(s, {.server_hostname = ""}); }),
            "check_hostname requires server_hostname");
  EXPECT_GE(s.fileno(), 0);
}

TEST(CheckHostname, lets_the_right_name_through) {
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1, PROTOCOL_SSLv23})
    for (const std::string name : {"localhost", "LOCALHOST", "127.0.0.1"}) {
      Pair p(checking_context(protocol), server_context(), {.server_hostname = name});
      EXPECT_TRUE(p.good()) << protocol << ' ' << name;
    }
}

TEST(CheckHostname, refuses_another_in_the_handshake) {
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1, PROTOCOL_SSLv23}) {
    Pair p(checking_context(protocol), server_context(), {.server_hostname = "other.example"});
    const SSLError e = ssl_error(p.client_error);
    EXPECT_TRUE(says(e, "certificate verify failed")) << protocol;
    ASSERT_TRUE(e.cause());
    EXPECT_EQ(e.cause()->code, Errc::hostname_mismatch);
    EXPECT_TRUE(p.server_error);
  }
  Pair p(checking_context(), server_context(), {.server_hostname = "127.0.0.2"});
  EXPECT_EQ(ssl_error(p.client_error).cause()->code, Errc::ip_address_mismatch);
}

TEST(CheckHostname, says_what_openssl_calls_it) {
  Pair p(checking_context(), server_context(), {.server_hostname = "other.example"});
  try {
    std::rethrow_exception(p.client_error);
  } catch (const SSLCertVerificationError& e) {
    EXPECT_EQ(e.verify_code(), 62);  // X509_V_ERR_HOSTNAME_MISMATCH
  }
}

TEST(CheckHostname, comes_after_the_chain) {
  Pair p(checking_context(), server_context(PROTOCOL_SSLv23, "expired.pem"),
         {.server_hostname = "other.example"});
  EXPECT_EQ(ssl_error(p.client_error).cause()->code, Errc::certificate_expired);
}

TEST(CheckHostname, leaves_the_last_word_to_the_callback) {
  SSLContext c = checking_context();
  std::optional<Errc> told;
  c.set_verify_callback([&](const Status& verdict, std::span<const Certificate>) {
    if (!verdict) told = verdict.error().code;
    return Status{};
  });
  Pair p(c, server_context(), {.server_hostname = "other.example"});
  EXPECT_TRUE(p.good());
  EXPECT_EQ(told, Errc::hostname_mismatch);
}

TEST(CheckHostname, asks_a_session_of_former_times_too) {
  SSLContext c = verifying_context();
  const SSLContext server = server_context();
  const context_wrap_options named{.server_hostname = "other.example"};
  Pair first(c, server, named);
  ASSERT_TRUE(first.good());
  context_wrap_options again = named;
  again.session = first.c().session();
  ASSERT_TRUE(again.session);
  Pair unchecked(c, server, again);
  EXPECT_TRUE(unchecked.c().session_reused());
  c.check_hostname = true;
  Pair checked(c, server, again);
  EXPECT_EQ(ssl_error(checked.client_error).cause()->code, Errc::hostname_mismatch);
}

#ifndef PARLEY_NO_SSL2
TEST(CheckHostname, holds_in_ssl_2_0_which_knows_no_server_names) {
  const SSLContext server = server_context(PROTOCOL_SSLv2);
  for (const std::string name : {"localhost", "LOCALHOST.", "127.0.0.1"}) {
    Pair p(checking_context(PROTOCOL_SSLv2), server, {.server_hostname = name});
    ASSERT_TRUE(p.good()) << name;
    EXPECT_EQ(p.c().version(), "SSLv2");
    EXPECT_TRUE(p.c().getpeercert());
  }
  for (const std::string name : {"other.example", "127.0.0.2", "localhost.example"}) {
    Pair p(checking_context(PROTOCOL_SSLv2), server, {.server_hostname = name});
    const SSLError e = ssl_error(p.client_error);
    EXPECT_TRUE(says(e, "certificate verify failed")) << name;
    EXPECT_TRUE(p.server_error) << "nothing has been said to it";
  }
  // Nor does a session of before lead past it.
  SSLContext c = verifying_context(PROTOCOL_SSLv2);
  context_wrap_options named{.server_hostname = "other.example"};
  Pair first(c, server, named);
  named.session = first.c().session();
  Pair unchecked(c, server, named);
  EXPECT_TRUE(unchecked.c().session_reused());
  c.check_hostname = true;
  Pair checked(c, server, named);
  EXPECT_EQ(ssl_error(checked.client_error).cause()->code, Errc::hostname_mismatch);
  EXPECT_EQ(argument_error([&] { Pair(c, server).c(); }),
            "check_hostname requires server_hostname");
}
#endif

TEST(CheckHostname, works_between_buffers) {
  const SSLContext c = checking_context();
  MemoryBIO in, out;
  EXPECT_EQ(argument_error([&] { c.wrap_bio(in, out); }),
            "check_hostname requires server_hostname");
}

// ---- keys and suites -----------------------------------------------------------------------

TEST(Ed25519Identity, loads_and_serves_from_tls_1_2_on) {
  SSLContext server(PROTOCOL_SSLv23);
  server.load_cert_chain(keys("signed_for_ed25519"), keys("ed25519"));
  Pair p(SSLContext(PROTOCOL_SSLv23), server);
  EXPECT_EQ(std::get<0>(p.c().cipher().value()), "ECDHE-ECDSA-AES256-GCM-SHA384");
}

TEST(Ed25519Identity, loads_and_serves_no_suite_of_earlier_versions) {
  SSLContext server(PROTOCOL_TLSv1_1);
  server.load_cert_chain(keys("signed_for_ed25519"), keys("ed25519"));
  Pair p(SSLContext(PROTOCOL_TLSv1_1), server);
  const SSLError e = ssl_error(p.server_error);
  EXPECT_TRUE(says(e, "no shared cipher"));
  ASSERT_TRUE(e.cause());
  EXPECT_TRUE(has(e.cause()->where, "Ed25519"));
}

TEST(Ed25519Identity, stands_beside_another) {
  SSLContext server = server_context();
  server.load_cert_chain(keys("signed_for_ed25519"), keys("ed25519"));
  EXPECT_EQ(server.config()->identities.size(), 2U);
  EXPECT_TRUE(Pair(verifying_context(), server).good());
}

struct UsageCase {
  const char *certificate, *key, *suite;
  bool allowed;
};
class KeyUsage : public testing::TestWithParam<UsageCase> {};
INSTANTIATE_TEST_SUITE_P(
    , KeyUsage,
    testing::Values(UsageCase{"usage_rsa_sign", "rsa_1024", "DHE-RSA-AES128-SHA", true},
                    UsageCase{"usage_rsa_sign", "rsa_1024", "ECDHE-RSA-AES128-SHA", true},
                    UsageCase{"usage_rsa_sign", "rsa_1024", "AES128-SHA", false},
                    UsageCase{"usage_rsa_encipher", "rsa_1024", "AES128-SHA", true},
                    UsageCase{"usage_rsa_encipher", "rsa_1024", "DHE-RSA-AES128-SHA", false},
                    UsageCase{"usage_rsa_encipher", "rsa_1024", "EXP-RC4-MD5", false},
                    UsageCase{"usage_ec_sign", "ec_prime256v1", "ECDHE-ECDSA-AES128-SHA", true},
                    UsageCase{"usage_ec_sign", "ec_prime256v1", "ECDH-ECDSA-AES128-SHA", false},
                    UsageCase{"usage_ec_agree", "ec_prime256v1", "ECDH-ECDSA-AES128-SHA", true},
                    UsageCase{"usage_ec_agree", "ec_prime256v1", "ECDHE-ECDSA-AES128-SHA", false}));

// RFC 2246 section 7.4.2
TEST_P(KeyUsage, binds_the_suite_when_the_chain_is_verified) {
  const UsageCase& c = GetParam();
  SSLContext server(PROTOCOL_TLSv1), client(PROTOCOL_TLSv1);
  server.load_cert_chain(keys(c.certificate), keys(c.key));
  client.load_verify_locations(keys("ca_ec"));
  for (SSLContext* one : {&server, &client}) one->set_ciphers(c.suite);
  EXPECT_TRUE(Pair(client, server).good());  // CERT_NONE believes and asks nothing
  client.verify_mode = CERT_REQUIRED;
  Pair p(client, server);
  EXPECT_EQ(p.good(), c.allowed);
  if (c.allowed) return;
  const SSLError e = ssl_error(p.client_error);
  ASSERT_TRUE(e.cause());
  EXPECT_EQ(e.cause()->code, Errc::certificate_type);
}

}  // namespace
}  // namespace parley
