// The documented API, sentence by sentence: contexts, wrapping, handshakes, certificates, errors.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>

#include "facade_support.hpp"
#include "parley/issue.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

using namespace test;

// ---- constants -----------------------------------------------------------------------------

// API: 1.4.CERT, 1.4.PROTOCOL, D3, 1.4.OP_NO, 1.4.SSL_ERROR, get_protocol_name, F2, 10.constants
TEST(Constants, have_the_documented_values) {
  EXPECT_EQ(CERT_NONE, 0);
  EXPECT_EQ(CERT_OPTIONAL, 1);
  EXPECT_EQ(CERT_REQUIRED, 2);
  EXPECT_EQ(PROTOCOL_SSLv3, 1);
  EXPECT_EQ(PROTOCOL_SSLv23, 2);
  EXPECT_EQ(PROTOCOL_TLSv1, 3);
  EXPECT_EQ(OP_ALL, 0x800003FFu);
  EXPECT_EQ(OP_NO_SSLv3, 0x02000000u);
  EXPECT_EQ(SSL_ERROR_EOF, 8);
  EXPECT_EQ(get_protocol_name(PROTOCOL_SSLv23), "SSLv23");
  EXPECT_EQ(get_protocol_name(99), "<unknown>");
  EXPECT_TRUE(RAND_status());
}

// API: D4
TEST(Constants, the_version_number_decodes_as_documented) {
  // The example of the Python 3.2 documents.
  EXPECT_EQ(decode_openssl_version(9470143), (std::array<int, 5>{0, 9, 8, 11, 15}));
  EXPECT_EQ(OPENSSL_VERSION_INFO, (std::array<int, 5>{1, 0, 1, 17, 15}));
  EXPECT_TRUE(OPENSSL_VERSION.starts_with("OpenSSL 1.0.1"));
  EXPECT_TRUE(has(std::string(OPENSSL_VERSION), std::string(kVersion)));
}

// ---- SSLContext ----------------------------------------------------------------------------

// API: C1, C10, D5, 10.context
TEST(Context, is_made_for_each_protocol_and_nothing_else) {
  for (const int p :
       {PROTOCOL_SSLv3, PROTOCOL_SSLv23, PROTOCOL_TLSv1, PROTOCOL_TLSv1_1, PROTOCOL_TLSv1_2}) {
    const SSLContext c(p);
    EXPECT_EQ(c.protocol, p);
    EXPECT_EQ(c.protocol(), p);
  }
  for (const int p : {-1, 6, 42})
    EXPECT_EQ(argument_error([&] { SSLContext c(p); }), "invalid protocol version");
}

// API: C1, C7, C9, C11, D3
TEST(Context, begins_with_the_documented_defaults) {
  const SSLContext c(PROTOCOL_SSLv23);
  EXPECT_EQ(c.options, OP_ALL);
  EXPECT_EQ(c.verify_mode, CERT_NONE);
  for (const CipherSuite* s : c.get_ciphers()) EXPECT_NE(s->enc, Enc::null) << s->openssl_name;
}

// API: C9, 0.attributes, 10.context
TEST(Context, options_are_an_integer_attribute) {
  SSLContext c(PROTOCOL_TLSv1);
  c.options |= OP_NO_SSLv3;
  EXPECT_EQ(c.options, OP_ALL | OP_NO_SSLv3);
  c.options &= ~OP_NO_SSLv3;
  EXPECT_EQ(c.options, OP_ALL);
  c.options = 0;
  EXPECT_EQ(c.options, 0u);
  c.options = OP_NO_TICKET | 0x1;  // no effect here, but remembered
  EXPECT_EQ(c.options, OP_NO_TICKET | 0x1);
}

// API: C11, D5, 0.attributes, 10.context
TEST(Context, verify_mode_takes_only_its_three_values) {
  SSLContext c(PROTOCOL_TLSv1);
  for (const int m : {CERT_OPTIONAL, CERT_REQUIRED, CERT_NONE}) {
    c.verify_mode = m;
    EXPECT_EQ(c.verify_mode, m);
  }
  c.verify_mode = CERT_REQUIRED;
  EXPECT_EQ(argument_error([&] { c.verify_mode = 42; }), "invalid value for verify_mode");
  EXPECT_EQ(c.verify_mode, CERT_REQUIRED);
}

static_assert(!std::is_assignable_v<decltype(SSLContext::protocol)&, int>);
static_assert(!std::is_assignable_v<decltype(SSLSocket::context)&, SSLContext>);
static_assert(!std::is_copy_constructible_v<SSLSocket> && std::is_move_constructible_v<SSLSocket>);

// API: 0.handles, 0.attributes
TEST(Context, copies_are_the_same_context_and_equality_is_identity) {
  SSLContext a(PROTOCOL_SSLv3);
  SSLContext b = a;
  const SSLContext other(PROTOCOL_TLSv1);
  EXPECT_TRUE(a == b);
  EXPECT_FALSE(a == other);
  b.options |= OP_NO_SSLv2;
  EXPECT_EQ(a.options, OP_ALL | OP_NO_SSLv2);
  // Assigning a handle changes the handle, not the settings of the context it named before.
  b = other;
  EXPECT_TRUE(b == other);
  EXPECT_EQ(b.protocol, PROTOCOL_TLSv1);
  EXPECT_EQ(b.options, OP_ALL);
  EXPECT_EQ(a.options, OP_ALL | OP_NO_SSLv2);
  // Assigning an attribute changes the settings, not the handle.
  b.options = a.options;
  EXPECT_EQ(other.options, OP_ALL | OP_NO_SSLv2);
  EXPECT_FALSE(a == b);
}

// API: M23, F1.m
TEST(Context, sockets_name_the_context_they_came_from) {
  SSLContext c(PROTOCOL_SSLv23);
  SSLSocket s = c.wrap_socket(socket());
  EXPECT_TRUE(s.context == c);
  EXPECT_TRUE(s.context() == c);
  SSLSocket moved = std::move(s);
  EXPECT_TRUE(moved.context == c);
  c.options |= OP_NO_SSLv3;
  EXPECT_EQ(moved.context.options, OP_ALL | OP_NO_SSLv3);
  SSLSocket lone = wrap_socket(socket());
  EXPECT_FALSE(lone.context == c);
  EXPECT_EQ(lone.context.protocol, PROTOCOL_SSLv3);
}

// API: D9, 7.ciphers, 11.get_ciphers, 10.ciphers
TEST(Context, set_ciphers_keeps_the_order_and_a_bad_list_changes_nothing) {
  SSLContext c(PROTOCOL_TLSv1);
  c.set_ciphers("RC4-MD5:AES256-SHA");
  ASSERT_EQ(c.get_ciphers().size(), 2u);
  EXPECT_EQ(c.get_ciphers()[0]->openssl_name, "RC4-MD5");
  EXPECT_EQ(c.get_ciphers()[1]->openssl_name, "AES256-SHA");
  for (const auto& [bad, reason] : {std::pair{"", "NO_CIPHER_MATCH"},
                                    {"NO-SUCH-SUITE", "NO_CIPHER_MATCH"},
                                    {"AES256-SHA:!RSA", "NO_CIPHER_MATCH"},
                                    {"PSK", "NO_CIPHER_MATCH"},  // selected, but not spoken
                                    {"^$:,;?*'dorothyx", "INVALID_COMMAND"},
                                    {"AES256-SHA:@strength", "INVALID_COMMAND"}}) {
    const SSLError e = ssl_error([&c, names = bad] { c.set_ciphers(names); });
    EXPECT_EQ(e.strerror(), "No cipher can be selected.") << bad;
    EXPECT_EQ(e.reason(), reason) << bad;
  }
  EXPECT_EQ(c.get_ciphers().size(), 2u);
}

std::string cipher_names(const SSLContext& c) {
  std::string names;
  for (const CipherSuite* s : c.get_ciphers())
    names += (names.empty() ? "" : ":") + std::string(s->openssl_name);
  return names;
}

// API: C5
TEST(Context, set_ciphers_reaches_sockets_that_are_wrapped_but_have_not_begun) {
  for (const bool late_is_client : {true, false}) {
    SSLContext client(PROTOCOL_TLSv1);
    SSLContext server = server_context(PROTOCOL_TLSv1);
    auto ends = socketpair();
    SSLSocket c = client.wrap_socket(ends.first, {.do_handshake_on_connect = false});
    SSLSocket s =
        server.wrap_socket(ends.second, {.server_side = true, .do_handshake_on_connect = false});
    (late_is_client ? client : server).set_ciphers("RC4-SHA");
    const Both both([&] { c.do_handshake(); }, [&] { s.do_handshake(); });
    both.check();
    EXPECT_EQ(std::get<0>(c.cipher().value()), "RC4-SHA") << late_is_client;
    EXPECT_EQ(client.session_stats().connect, 1);
    EXPECT_EQ(server.session_stats().accept, 1);
    // What has begun keeps what it agreed on.
    client.set_ciphers("AES128-SHA");
    EXPECT_EQ(std::get<0>(c.cipher().value()), "RC4-SHA");
    EXPECT_EQ(c.write(as_bytes("still here")), 10u);
    EXPECT_EQ(as_text(s.read(10)), "still here");
  }
}

// API: C5
TEST(Context, set_ciphers_reads_the_language_of_openssl) {
  SSLContext c(PROTOCOL_SSLv23);
  c.set_ciphers("NO-SUCH-SUITE:kRSA+RC4:AES128-SHA!MD5");
  EXPECT_EQ(cipher_names(c), "RC4-SHA:AES128-SHA");
  c.set_ciphers("RC4-SHA:DES-CBC3-SHA:AES256-SHA@STRENGTH");
  EXPECT_EQ(cipher_names(c), "AES256-SHA:RC4-SHA:DES-CBC3-SHA");
}

// API: C5
TEST(Context, the_protocol_decides_what_there_is_to_select_from) {
  SSLContext old(PROTOCOL_SSLv2), any(PROTOCOL_SSLv23);
  for (const CipherSuite* suite : old.get_ciphers())
    EXPECT_EQ(suite->first, ProtocolVersion::ssl20) << suite->openssl_name;
  EXPECT_EQ(old.get_ciphers().size(), 7u);
  any.set_ciphers("RC4-MD5");  // SSL 2.0 has a kind of that name
  EXPECT_EQ(any.get_ciphers().size(), 2u);
  EXPECT_EQ(ssl_error([&] { old.set_ciphers("AES"); }).strerror(), "No cipher can be selected.");
  for (const int p : {PROTOCOL_SSLv3, PROTOCOL_TLSv1}) {
    SSLContext c(p);
    const std::string before = cipher_names(c);
    EXPECT_EQ(ssl_error([&] { c.set_ciphers("SSLv2"); }).strerror(), "No cipher can be selected.");
    EXPECT_EQ(cipher_names(c), before);
    c.set_ciphers("RC4-MD5");  // without the kind of SSL 2.0 that shares the name
    ASSERT_EQ(c.get_ciphers().size(), 1u);
    EXPECT_EQ(c.get_ciphers()[0]->first, ProtocolVersion::ssl30);
  }
}

// API: C8, 10.session_stats
TEST(Context, session_stats_of_a_new_context_are_eleven_zeros) {
  for (const int p :
       {PROTOCOL_SSLv3, PROTOCOL_SSLv23, PROTOCOL_TLSv1, PROTOCOL_TLSv1_1, PROTOCOL_TLSv1_2}) {
    const session_stats_t s = SSLContext(p).session_stats();
    EXPECT_EQ(s, session_stats_t{});
    ASSERT_EQ(session_stats_t::kKeys.size(), 11u);
    EXPECT_EQ(session_stats_t::kKeys.front(), "number");
    EXPECT_EQ(session_stats_t::kKeys.back(), "cache_full");
    for (const std::string_view key : session_stats_t::kKeys) EXPECT_EQ(s[key], 0) << key;
    EXPECT_THROW(s["cb_hits"], std::out_of_range);
  }
}

// ---- files ---------------------------------------------------------------------------------

class Files : public ::testing::Test {
 protected:
  Files() { std::filesystem::create_directory(folder_); }
  ~Files() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return folder_ / name;
  }
  static std::string content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("parley-facade-" + std::to_string(getpid()));
};

/// Key and self-signed certificate in one PEM text.
std::string key_and_certificate(const PrivateKey& key) {
  CertificateRequest request;
  request.not_before = SystemClock().unix_seconds() - 60;
  request.not_after = request.not_before + 3600;
  const auto c = issue_certificate(system_rng(), request, key);
  EXPECT_TRUE(c.has_value());
  return key.to_pem() + DER_cert_to_PEM_cert(c->der());
}

// API: C2
TEST_F(Files, an_rsa_a_dsa_and_a_curve_certificate_serve_side_by_side) {
  SSLContext server(PROTOCOL_TLSv1);
  server.load_cert_chain(pki("server.pem"));
  const auto dsa = PrivateKey::generate_dsa(system_rng(), 512);
  const auto ec = PrivateKey::generate_ec(system_rng(), "P-256");
  ASSERT_TRUE(dsa && ec);
  server.load_cert_chain(write("dsa.pem", key_and_certificate(*dsa)));
  server.load_cert_chain(write("ec.pem", key_and_certificate(*ec)));
  EXPECT_EQ(server.config()->identities.size(), 3u);
  for (const std::string_view suite :
       {"AES128-SHA", "DHE-DSS-AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "DHE-RSA-AES128-SHA"}) {
    SSLContext client(PROTOCOL_TLSv1);
    client.set_ciphers(suite);
    Pair p(client, server);
    EXPECT_EQ(std::get<0>(p.c().cipher().value()), suite);
  }
  // A second one of a kind takes the place of the first.
  server.load_cert_chain(pki("names.pem"));
  EXPECT_EQ(server.config()->identities.size(), 3u);
}

// API: 11.ephemeral
TEST_F(Files, dh_parameters_load_from_pem_and_must_be_a_safe_prime) {
  SeededRng rng{77};
  const auto params = DhParameters::generate(rng, 512);
  ASSERT_TRUE(params.has_value());
  SSLContext server(PROTOCOL_TLSv1);
  server.load_cert_chain(pki("server.pem"));
  server.load_dh_params(write("dh.pem", "prose\n" + params->to_pem()));
  EXPECT_EQ(server.config()->dh_parameters->p, params->p);

  // The client's limit is 1024 bits until it is told otherwise.
  SSLContext client(PROTOCOL_TLSv1);
  client.set_ciphers("DHE-RSA-AES128-SHA");
  Pair refused(client, server);
  const SSLError e = ssl_error(refused.client_error);
  EXPECT_EQ(e.reason(), "DH_KEY_TOO_SMALL");
  EXPECT_NE(e.hint().find("set_dh_limits"), std::string::npos);
  client.set_dh_limits(512);
  Pair taken(client, server);
  EXPECT_TRUE(taken.good());

  DhParameters composite = *params;
  composite.p.back() = static_cast<std::uint8_t>(composite.p.back() - 2);
  EXPECT_TRUE(says(ssl_error([&] { server.load_dh_params(write("bad.pem", composite.to_pem())); }),
                   "PEM lib"));
  EXPECT_EQ(server.config()->dh_parameters->p, params->p);
  EXPECT_TRUE(says(ssl_error([&] { server.load_dh_params(pki("server.pem")); }), "PEM lib"));
  EXPECT_THROW(server.load_dh_params(folder_ / "absent"), IOError);
}

// API: 11.ephemeral
TEST(Context, set_dh_limits_takes_what_makes_sense_only) {
  SSLContext c(PROTOCOL_TLSv1);
  EXPECT_THROW(c.set_dh_limits(511), std::invalid_argument);
  EXPECT_THROW(c.set_dh_limits(2048, 1024), std::invalid_argument);
  EXPECT_THROW(c.set_dh_limits(512, 8193), std::invalid_argument);
  c.set_dh_limits(2048, 4096);
  EXPECT_EQ(c.config()->min_dh_bits, 2048u);
  EXPECT_EQ(c.config()->max_dh_bits, 4096u);
}

// API: 11.key_limits
TEST(Context, set_key_limits_renews_keys_behind_the_back_of_both_ends) {
  SSLContext server = server_context(PROTOCOL_TLSv1), client(PROTOCOL_TLSv1);
  EXPECT_THROW(
      server.set_key_limits({.blocks_of_64_bits = {.renegotiate_after = 2, .end_after = 1}}),
      std::invalid_argument);
  EXPECT_THROW(server.set_key_limits({.rc4 = {.renegotiate_after = 2, .end_after = 1}}),
               std::invalid_argument);
  server.set_key_limits({.blocks_of_64_bits = {.renegotiate_after = 5000, .end_after = 50000}});
  EXPECT_EQ(server.config()->key_limits.blocks_of_64_bits.renegotiate_after, 5000u);
  client.set_ciphers("DES-CBC3-SHA");
  Pair p(client, server);
  ASSERT_TRUE(p.good());
  const Both both(
      [&] {
        for (int i = 0; i < 40; ++i) {
          p.c().sendall(bytes(1000, 'q'));
          EXPECT_EQ(as_text(p.c().recv(1)), "a");
        }
      },
      [&] {
        for (int i = 0; i < 40; ++i) {
          bytes got;
          while (got.size() < 1000) append(got, p.s().recv(1000 - got.size()));
          p.s().sendall(as_bytes("a"));
        }
      });
  EXPECT_FALSE(both.here || both.there);
  EXPECT_GT(client.session_stats()["connect_renegotiate"], 3);
}

// API: 11.ephemeral
TEST(Context, set_ecdh_curve_knows_curves_by_any_of_their_names) {
  SSLContext server = server_context(PROTOCOL_TLSv1);
  for (const std::string_view name : {"prime256v1", "secp384r1", "P-521", "x25519"}) {
    server.set_ecdh_curve(name);
    EXPECT_EQ(server.config()->groups.size(), 1u);
    SSLContext client(PROTOCOL_TLSv1);
    client.set_ciphers("ECDHE-RSA-AES128-SHA");
    Pair p(client, server);
    EXPECT_TRUE(p.good()) << name;
  }
  EXPECT_THROW(server.set_ecdh_curve("brainpoolP256r1"), std::invalid_argument);
  EXPECT_THROW(server.set_ecdh_curve(""), std::invalid_argument);
  EXPECT_EQ(server.config()->groups, std::vector<NamedGroup>{NamedGroup::x25519});
}

// API: C2, 10.load_cert_chain
TEST_F(Files, a_chain_loads_from_one_file_or_two) {
  SSLContext c(PROTOCOL_TLSv1);
  c.load_cert_chain(pki("server.pem"));
  c.load_cert_chain(pki("server_cert.pem"), pki("server_key.pem"));
  c.load_cert_chain(pki("server.pem"), pki("server.pem"));
  c.load_cert_chain(pki("chain.pem"), "");
  ASSERT_EQ(c.config()->identities.size(), 1u);
  EXPECT_EQ(c.config()->identities.front().chain.size(), 2u);
  // The order of key and certificates in the file does not matter.
  const std::string swapped =
      content(pki("server_cert.pem")) + "some prose\n" + content(pki("server_key.pem"));
  c.load_cert_chain(write("swapped.pem", swapped));
  EXPECT_EQ(c.config()->identities.front().chain.size(), 1u);
}

// API: C2, C3, 0.IOError, 10.load_cert_chain
TEST_F(Files, that_cannot_be_read_are_an_IOError_and_not_an_SSLError) {
  SSLContext c(PROTOCOL_TLSv1);
  const auto number = [](const std::function<void()>& call) {
    try {
      call();
    } catch (const SSLError& e) {
      return -1;
    } catch (const IOError& e) {
      return e.errno_();
    }
    return 0;
  };
  const std::string missing = pki("no_such_file.pem");
  EXPECT_EQ(number([&] { c.load_cert_chain(missing); }), ENOENT);
  EXPECT_EQ(number([&] { c.load_cert_chain(missing, pki("server_key.pem")); }), ENOENT);
  EXPECT_EQ(number([&] { c.load_cert_chain(pki("server_cert.pem"), missing); }), ENOENT);
  EXPECT_EQ(number([&] { c.load_cert_chain(folder_); }), EISDIR);
  EXPECT_EQ(number([&] { c.load_verify_locations(missing); }), ENOENT);
  try {
    c.load_verify_locations(missing);
  } catch (const IOError& e) {
    EXPECT_TRUE(has(e.what(), missing));
    EXPECT_EQ(e.filename(), missing);
  }
}

// API: D8, C3, 7.files, 10.load_cert_chain, 10.load_verify_locations, 10.bad_certs
TEST_F(Files, without_what_they_should_hold_are_a_PEM_error) {
  SSLContext c(PROTOCOL_TLSv1);
  const std::string cert = content(pki("server_cert.pem"));
  std::string broken = cert;
  broken[broken.size() / 2] = '!';
  const std::string empty = write("empty.pem", "");
  const std::string bad = write("bad.pem", broken);
  const std::string cut = write("cut.pem", cert.substr(0, cert.size() / 2));
  const std::string not_der = write("not_der.pem",
                                    "-----BEGIN CERTIFICATE-----\nAAAA\n"
                                    "-----END CERTIFICATE-----\n");
  struct Case {
    std::string cert, key, reason;
  };
  const Case cases[] = {
      {empty, pki("server_key.pem"), "NO_START_LINE"},
      {pki("server_key.pem"), pki("server_key.pem"), "NO_START_LINE"},
      {pki("server_cert.pem"), pki("server_cert.pem"), "NO_START_LINE"},
      {pki("server_cert.pem"), empty, "NO_START_LINE"},
      {bad, pki("server_key.pem"), "BAD_BASE64_DECODE"},
      {cut, pki("server_key.pem"), "BAD_END_LINE"},
      {pki("server_cert.pem"), pki("encrypted_key.pem"), "BAD_PASSWORD_READ"},
  };
  for (const Case& t : cases) {
    const SSLError e = ssl_error([&] { c.load_cert_chain(t.cert, t.key); });
    EXPECT_TRUE(says(e, "PEM lib")) << t.cert;
    EXPECT_EQ(e.reason(), t.reason) << t.cert << " " << t.key;
    EXPECT_EQ(e.library(), "PEM");
    EXPECT_FALSE(e.hint().empty());
    EXPECT_EQ(e.errno_(), SSL_ERROR_SSL);
  }
  EXPECT_TRUE(
      says(ssl_error([&] { c.load_cert_chain(not_der, pki("server_key.pem")); }), "PEM lib"));
  EXPECT_TRUE(
      says(ssl_error([&] { c.load_cert_chain(pki("server_cert.pem"), pki("encrypted_key.pem")); }),
           "bad password read"));
  for (const std::string& f : {empty, bad, cut, not_der, pki("server_key.pem")})
    EXPECT_TRUE(says(ssl_error([&] { c.load_verify_locations(f); }), "PEM lib")) << f;
}

// API: C2, 7.files, 10.load_cert_chain
TEST_F(Files, a_key_of_another_certificate_is_refused) {
  SSLContext c(PROTOCOL_TLSv1);
  const SSLError e =
      ssl_error([&] { c.load_cert_chain(pki("server_cert.pem"), pki("other_key.pem")); });
  EXPECT_TRUE(says(e, "key values mismatch"));
  EXPECT_EQ(e.reason(), "KEY_VALUES_MISMATCH");
  ASSERT_TRUE(e.cause().has_value());
  EXPECT_EQ(e.cause()->code, Errc::key_values_mismatch);
}

// API: C2, C3
TEST_F(Files, a_failed_load_changes_nothing) {
  SSLContext c(PROTOCOL_TLSv1);
  c.load_cert_chain(pki("server.pem"));
  const bytes before = to_bytes(c.config()->identities.front().chain.front().der());
  EXPECT_THROW(c.load_cert_chain(pki("names.pem"), pki("other_key.pem")), SSLError);
  EXPECT_THROW(c.load_cert_chain(pki("names.pem"), pki("no_such_file")), IOError);
  EXPECT_EQ(to_bytes(c.config()->identities.front().chain.front().der()), before);
  c.load_verify_locations(pki("ca.pem"));
  const std::string half = content(pki("wrong_ca.pem")) + "-----BEGIN CERTIFICATE-----\n!\n";
  EXPECT_THROW(c.load_verify_locations(write("half.pem", half)), SSLError);
  EXPECT_EQ(c.config()->trust.certificates().size(), 1u);
  c.load_verify_data(content(pki("wrong_ca.pem")));
  EXPECT_EQ(c.config()->trust.certificates().size(), 2u);
}

// API: C2
TEST_F(Files, a_leaf_alone_is_completed_from_the_trust_store) {
  SSLContext c(PROTOCOL_TLSv1);
  c.load_cert_chain(pki("server.pem"));
  c.load_verify_locations(pki("wrong_ca.pem"));
  EXPECT_EQ(c.config()->identities.front().chain.size(), 1u);
  c.load_verify_locations(pki("ca.pem"));
  ASSERT_EQ(c.config()->identities.front().chain.size(), 2u);
  EXPECT_TRUE(c.config()->identities.front().chain[1].self_issued());
}

// ---- wrap_socket, before any handshake -----------------------------------------------------

// API: F1.a, F1.b, F1.d, F1.e, F1.f, F1.j, F1.l, C6, D5, 0.none, 7.ciphers, 10.errors
// API: 10.server_hostname, 10.bad_certs, 10.ciphers
TEST(WrapSocket, checks_its_arguments_before_it_touches_the_socket) {
  auto ends = socketpair();
  socket& s = ends.first;
  const int fd = s.fileno();
  const std::string cert = pki("server_cert.pem"), key = pki("server_key.pem");
  const std::string needs_server_cert = "certfile must be specified for server-side operations";
  EXPECT_EQ(argument_error([&] { wrap_socket(s, {.keyfile = key}); }),
            "certfile must be specified");
  EXPECT_EQ(argument_error([&] { wrap_socket(s, {.keyfile = key, .certfile = ""}); }),
            "certfile must be specified");
  EXPECT_EQ(argument_error([&] { wrap_socket(s, {.server_side = true}); }), needs_server_cert);
  EXPECT_EQ(argument_error([&] { wrap_socket(s, {.certfile = "", .server_side = true}); }),
            needs_server_cert);
  EXPECT_EQ(argument_error([&] { wrap_socket(s, {.keyfile = key, .server_side = true}); }),
            needs_server_cert);
  EXPECT_EQ(argument_error([&] { wrap_socket(s, {.ssl_version = 42}); }),
            "invalid protocol version");
  EXPECT_EQ(argument_error([&] { wrap_socket(s, {.cert_reqs = 42}); }),
            "invalid value for verify_mode");
  EXPECT_TRUE(says(ssl_error([&] { wrap_socket(s, {.ciphers = "no-such-suite"}); }),
                   "No cipher can be selected."));
  const std::string missing = pki("no_such_file.pem");
  EXPECT_EQ(errno_of([&] { wrap_socket(s, {.certfile = missing}); }), ENOENT);
  EXPECT_EQ(errno_of([&] { wrap_socket(s, {.keyfile = missing, .certfile = cert}); }), ENOENT);
  EXPECT_EQ(errno_of([&] { wrap_socket(s, {.keyfile = key, .certfile = missing}); }), ENOENT);
  EXPECT_EQ(errno_of([&] { wrap_socket(s, {.ca_certs = missing}); }), ENOENT);
  const SSLContext c(PROTOCOL_SSLv23);
  EXPECT_EQ(argument_error([&] {
              c.wrap_socket(s, {.server_side = true, .server_hostname = "some.hostname"});
            }),
            "server_hostname can only be specified in client mode");
  for (const std::string& name : {std::string("a..b"), std::string(64, 'x') + ".org"})
    EXPECT_EQ(argument_error([&] { c.wrap_socket(s, {.server_hostname = name}); }),
              "label empty or too long");
  s.setblocking(false);
  EXPECT_EQ(argument_error([&] { c.wrap_socket(s); }),
            "do_handshake_on_connect should not be specified for non-blocking sockets");
  EXPECT_EQ(s.fileno(), fd);
  s.send("still usable");
  EXPECT_EQ(text(ends.second.recv()), "still usable");
}

// API: F1.f
TEST(WrapSocket, loads_version_verify_mode_CAs_chain_and_ciphers_in_this_order) {
  socket s;
  const std::string no_ca = pki("no_ca.pem"), no_chain = pki("no_chain.pem");
  wrap_socket_options o{.certfile = no_chain,
                        .cert_reqs = 42,
                        .ssl_version = 42,
                        .ca_certs = no_ca,
                        .ciphers = "no-such-suite"};
  const auto missing = [&]() -> std::string {
    try {
      wrap_socket(s, o);
    } catch (const IOError& e) {
      return e.filename();
    }
    return "nothing";
  };
  EXPECT_EQ(argument_error([&] { wrap_socket(s, o); }), "invalid protocol version");
  o.ssl_version = PROTOCOL_TLSv1;
  EXPECT_EQ(argument_error([&] { wrap_socket(s, o); }), "invalid value for verify_mode");
  o.cert_reqs = CERT_NONE;
  EXPECT_EQ(missing(), no_ca);  // loaded, though nothing will be verified
  o.ca_certs = pki("ca.pem");
  EXPECT_EQ(missing(), no_chain);
  o.certfile = pki("server.pem");
  EXPECT_TRUE(says(ssl_error([&] { wrap_socket(s, o); }), "No cipher can be selected."));
  o.ciphers = "AES128-SHA";
  EXPECT_NO_THROW(wrap_socket(s, o));
}

// API: F1.a, M26, 10.timeout
TEST(WrapSocket, takes_the_descriptor_and_the_timeout_over) {
  for (const std::optional<double> limit :
       {std::optional<double>{}, std::optional<double>{0.0}, std::optional<double>{5.0}}) {
    socket plain;
    plain.settimeout(limit);
    const int fd = plain.fileno();
    SSLSocket s = wrap_socket(plain);
    EXPECT_EQ(plain.fileno(), -1);
    EXPECT_EQ(s.fileno(), fd);
    EXPECT_EQ(s.gettimeout(), limit);
    EXPECT_EQ(s.family(), AF_INET);
    EXPECT_EQ(s.type(), SOCK_STREAM);
  }
}

// API: F1.g, M12, M13, M14, M17, M18, M19, M20, M21, M22, M24, 10.wrapped_unconnected
TEST(WrapSocket, unconnected_sockets_raise_the_system_error) {
  SSLSocket s = wrap_socket(socket());
  std::array<std::uint8_t, 4> buffer{};
  EXPECT_EQ(errno_of([&] { s.recv(1); }), ENOTCONN);
  EXPECT_EQ(errno_of([&] { s.recv_into(buffer); }), ENOTCONN);
  EXPECT_EQ(errno_of([&] { s.read(1); }), ENOTCONN);
  EXPECT_EQ(errno_of([&] { s.write("x"); }), ENOTCONN);
  EXPECT_EQ(errno_of([&] { s.do_handshake(); }), ENOTCONN);
  EXPECT_NE(errno_of([&] { s.send("x"); }), 0);  // EPIPE here, ENOTCONN elsewhere
  EXPECT_EQ(s.getpeercert(), std::nullopt);
  EXPECT_EQ(s.getpeercert(binary_form), std::nullopt);
  EXPECT_EQ(s.cipher(), std::nullopt);
  EXPECT_EQ(s.version(), std::nullopt);
  EXPECT_EQ(s.pending(), 0u);
  EXPECT_EQ(s.connection(), nullptr);
  EXPECT_TRUE(has(argument_error([&] { s.unwrap(); }), "No SSL wrapper around"));
}

// API: F1.h
TEST(WrapSocket, a_closed_descriptor_is_an_error_of_the_system) {
  socket s;
  s.close();
  EXPECT_EQ(errno_of([&] { wrap_socket(s); }), EBADF);
}

// API: D1, F1, F1.c, F1.i, F1.m
TEST(WrapSocket, without_a_version_speaks_SSLv3_as_client_and_any_as_server) {
  auto ends = socketpair();
  std::optional<SSLSocket> client, server;
  Both([&] { client = wrap_socket(ends.first); },
       [&] {
         server = wrap_socket(ends.second, {.certfile = pki("server.pem"), .server_side = true});
       })
      .check();
  EXPECT_EQ(client->version(), "SSLv3");
  EXPECT_EQ(client->context.protocol, PROTOCOL_SSLv3);
  EXPECT_EQ(server->context.protocol, PROTOCOL_SSLv23);
  EXPECT_EQ(client->getpeercert(), cert_dict{});
  EXPECT_TRUE(client->getpeercert(binary_form).has_value());
}

// ---- handshakes ----------------------------------------------------------------------------

// API: 4.1, 4.3, 4.4, 11.version, 10.protocol_matrices
TEST(Handshake, protocols_meet_as_the_documented_table_says) {
  struct Row {
    int client, server;
    const char* version;  // null: they do not meet
  };
  const Row table[] = {
      {PROTOCOL_SSLv3, PROTOCOL_SSLv3, "SSLv3"},     {PROTOCOL_SSLv3, PROTOCOL_SSLv23, "SSLv3"},
      {PROTOCOL_SSLv3, PROTOCOL_TLSv1, nullptr},     {PROTOCOL_SSLv23, PROTOCOL_SSLv3, "SSLv3"},
      {PROTOCOL_SSLv23, PROTOCOL_SSLv23, "TLSv1.2"}, {PROTOCOL_SSLv23, PROTOCOL_TLSv1, "TLSv1"},
      {PROTOCOL_TLSv1, PROTOCOL_SSLv3, nullptr},     {PROTOCOL_TLSv1, PROTOCOL_SSLv23, "TLSv1"},
      {PROTOCOL_TLSv1, PROTOCOL_TLSv1, "TLSv1"},
  };
  for (const Row& row : table) {
    Pair p(SSLContext(row.client), server_context(row.server));
    const std::string which = get_protocol_name(row.client) + "-" + get_protocol_name(row.server);
    if (row.version == nullptr) {
      EXPECT_TRUE(p.client_error && p.server_error) << which;
      continue;
    }
    ASSERT_TRUE(p.good()) << which;
    EXPECT_EQ(p.c().version(), row.version) << which;
    EXPECT_EQ(p.s().version(), row.version) << which;
  }
}

// API: C9, 1.4.OP_NO, 4.2.2, 4.2.6, 4.4, 7.version
TEST(Handshake, options_switch_versions_off_for_the_flexible_protocol_only) {
  SSLContext client(PROTOCOL_SSLv23);
  client.options |= OP_NO_TLSv1;
  EXPECT_EQ(Pair(client, server_context()).c().version(), "SSLv3");
  SSLContext server = server_context();
  server.options |= OP_NO_TLSv1 | OP_NO_TLSv1_1 | OP_NO_TLSv1_2;
  EXPECT_EQ(Pair(SSLContext(PROTOCOL_SSLv23), server).c().version(), "SSLv3");
  server.options = OP_ALL | OP_NO_SSLv3;
  EXPECT_FALSE(Pair(SSLContext(PROTOCOL_SSLv3), server).good());
  SSLContext fixed(PROTOCOL_TLSv1);
  fixed.options |= OP_NO_TLSv1;
  EXPECT_EQ(Pair(fixed, server_context()).c().version(), "TLSv1");
  SSLContext none(PROTOCOL_SSLv23);
  none.options |= OP_NO_SSLv3 | OP_NO_TLSv1 | OP_NO_TLSv1_1 | OP_NO_TLSv1_2;
  Pair p(none, server_context());
  EXPECT_TRUE(says(ssl_error(p.client_error), "unsupported protocol"));
}

// API: M21
TEST(Handshake, every_suite_carries_data_and_describes_itself) {
  struct Row {
    const char* name;
    int bits;
  };
  // Names and bits as `openssl ciphers -v` prints them.
  const Row table[] = {{"NULL-MD5", 0},      {"NULL-SHA", 0},     {"RC4-MD5", 128},
                       {"RC4-SHA", 128},     {"AES128-SHA", 128}, {"AES256-SHA", 256},
                       {"DES-CBC3-SHA", 112}};
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1}) {
    for (const Row& row : table) {
      SSLContext client(protocol), server = server_context();
      client.set_ciphers(row.name);
      server.set_ciphers(row.name);
      Pair p(client, server);
      ASSERT_TRUE(p.good()) << row.name << " " << ssl_error(p.client_error).what();
      const std::tuple<std::string, std::string, int> expected{row.name, "TLSv1/SSLv3", row.bits};
      EXPECT_EQ(p.c().cipher(), expected);
      EXPECT_EQ(p.s().cipher(), expected);
      const std::string data = pattern(40000);
      std::string got;
      Both([&] { p.c().sendall(data); }, [&] { got = read_all(p.s(), data.size()); }).check();
      EXPECT_TRUE(got == data) << row.name;
      Both([&] { p.s().sendall(data); }, [&] { got = read_all(p.c(), data.size()); }).check();
      EXPECT_TRUE(got == data) << row.name;
    }
  }
}

// API: 4.3, 11.options
TEST(Handshake, the_client_order_of_suites_counts_unless_the_server_insists) {
  SSLContext client(PROTOCOL_TLSv1), server = server_context();
  client.set_ciphers("RC4-SHA:AES128-SHA");
  server.set_ciphers("AES128-SHA:RC4-SHA");
  EXPECT_EQ(std::get<0>(*Pair(client, server).c().cipher()), "RC4-SHA");
  server.options |= OP_CIPHER_SERVER_PREFERENCE;
  EXPECT_EQ(std::get<0>(*Pair(client, server).c().cipher()), "AES128-SHA");
}

// API: C6, 7.shared
TEST(Handshake, without_a_common_suite_both_sides_say_so) {
  SSLContext client(PROTOCOL_TLSv1), server = server_context();
  client.set_ciphers("RC4-MD5");
  server.set_ciphers("AES128-SHA");
  Pair p(client, server);
  const SSLError here = ssl_error(p.server_error);
  EXPECT_TRUE(says(here, "no shared cipher"));
  EXPECT_EQ(here.reason(), "NO_SHARED_CIPHER");
  EXPECT_EQ(here.library(), "SSL");
  EXPECT_FALSE(here.hint().empty());
  const SSLError there = ssl_error(p.client_error);
  EXPECT_TRUE(says(there, "sslv3 alert handshake failure"));
  EXPECT_EQ(there.reason(), "SSLV3_ALERT_HANDSHAKE_FAILURE");
  ASSERT_TRUE(there.cause().has_value());
  EXPECT_EQ(there.cause()->received, Alert::handshake_failure);
  // A server without a certificate can speak none of these suites either.
  Pair bare(client, SSLContext(PROTOCOL_TLSv1));
  EXPECT_TRUE(says(ssl_error(bare.server_error), "no shared cipher"));
}

// API: 4.4, 7.version
TEST(Handshake, an_SSLv3_client_of_a_TLSv1_server_hears_a_clear_refusal) {
  Pair p(SSLContext(PROTOCOL_SSLv3), server_context(PROTOCOL_TLSv1));
  const SSLError server = ssl_error(p.server_error);
  EXPECT_TRUE(says(server, "wrong version number") || says(server, "unsupported protocol"));
  EXPECT_TRUE(has(ssl_error(p.client_error).strerror(), "alert"));
}

// API: 4.3.http, F1.a
TEST(Handshake, plain_HTTP_to_a_server_is_named) {
  auto ends = socketpair();
  ends.first.send("GET / HTTP/1.0\r\n\r\n");
  const SSLContext server = server_context();
  const SSLError e = ssl_error([&] { server.wrap_socket(ends.second, {.server_side = true}); });
  EXPECT_TRUE(says(e, "http request"));
  EXPECT_EQ(ends.second.fileno(), -1);
}

// API: M19, F1.k, 7.eof, 7.os, 10.rude_shutdown
TEST(Handshake, an_end_of_stream_is_SSL_ERROR_EOF_whatever_is_suppressed) {
  for (const bool suppress : {true, false}) {
    auto ends = socketpair();
    ends.second.close();
    SSLContext c(PROTOCOL_TLSv1);
    try {
      c.wrap_socket(ends.first, {.suppress_ragged_eofs = suppress});
      FAIL() << "a handshake with nobody";
    } catch (const SSLError& e) {
      EXPECT_EQ(e.errno_(), SSL_ERROR_EOF);
      EXPECT_TRUE(says(e, "EOF occurred in violation of protocol"));
    } catch (const socket_error& e) {
      EXPECT_EQ(e.errno_(), EPIPE);  // the hello found nobody
    }
  }
  // After the hello has been taken.
  auto ends = socketpair();
  std::optional<SSLError> error;
  Both([&] { error = ssl_error([&] { SSLContext(PROTOCOL_TLSv1).wrap_socket(ends.first); }); },
       [&] {
         read_all(ends.second, 40);
         ends.second.shutdown(SHUT_WR);
         read_all(ends.second, 100000);
       });
  EXPECT_EQ(error->errno_(), SSL_ERROR_EOF);
  EXPECT_STREQ(error->what(), "[Errno 8] EOF occurred in violation of protocol");
}

// API: D10
TEST(Handshake, the_server_sees_the_name_the_client_asked_for) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context(), {.server_hostname = "www.example.org"});
  EXPECT_EQ(p.s().connection()->server_name(), "www.example.org");
  EXPECT_EQ(p.c().server_hostname(), "www.example.org");
  // RFC 6066 section 3: no literal addresses. SSL 3.0 has no extensions at all.
  for (const char* literal : {"192.0.2.1", "2001:db8::1"}) {
    Pair q(SSLContext(PROTOCOL_TLSv1), server_context(), {.server_hostname = literal});
    EXPECT_EQ(q.s().connection()->server_name(), "") << literal;
  }
  Pair old(SSLContext(PROTOCOL_SSLv3), server_context(), {.server_hostname = "www.example.org"});
  EXPECT_EQ(old.s().connection()->server_name(), "");
}

// Python 3.2.2's test prints 1178694000.0, which is local time seven hours west of Greenwich.
// API: F6, D2
TEST(CertTime, is_read_as_utc) {
  EXPECT_EQ(cert_time_to_seconds("May  9 00:00:00 2007 GMT"), 1178694000.0 - 7 * 3600);
  EXPECT_EQ(cert_time_to_seconds("Jan  1 00:00:00 1970 GMT"), 0.0);
  EXPECT_EQ(cert_time_to_seconds("Jan 05 09:34:43 2018 GMT"), 1515144883.0);
  EXPECT_EQ(cert_time_to_seconds("FEB 29 23:59:60 2000 GMT"), 951868800.0);
  EXPECT_EQ(cert_time_to_seconds("Dec 31 23:59:59 9999 GMT"), 253402300799.0);
  EXPECT_EQ(cert_time_to_seconds("May   9   00:00:00   2007   GMT"), 1178668800.0);
  EXPECT_EQ(cert_time_to_seconds("May 09 00:00:61 2007 GMT"), 1178668861.0);
}

// API: F6
TEST(CertTime, refuses_what_is_no_such_time) {
  for (const char* text :
       {"", "May  9 00:00:00 2007", "May  9 00:00:00.5 2007 GMT", "May  9 00:00:00 2007 UTC",
        "Mai  9 00:00:00 2007 GMT", "May 32 00:00:00 2007 GMT", "Feb 29 00:00:00 2007 GMT",
        "May  9 24:00:00 2007 GMT", "May  9 00:60:00 2007 GMT", "May  9 00:00:62 2007 GMT",
        " May  9 00:00:00 2007 GMT", "May  9 00:00:00 2007 GMT ", "May9 00:00:00 2007 GMT",
        "May  9 00:00:00 207 GMT", "May  9 00:00:00 0000 GMT", "May  0 00:00:00 2007 GMT",
        "May  9 00:00:00 20070 GMT", "May  9 00:00:00 2007 gmt", "May  9 00:00 2007 GMT"}) {
    try {
      cert_time_to_seconds(text);
      ADD_FAILURE() << text;
    } catch (const std::invalid_argument& e) {
      EXPECT_EQ(e.what(), "time data '" + std::string{text} +
                              "' does not match format '%b %d %H:%M:%S %Y GMT'");
    }
  }
}

// API: C9, M19
TEST(Handshake, settings_other_than_the_cipher_list_count_as_they_stand_when_TLS_begins) {
  SSLContext c(PROTOCOL_TLSv1);
  auto ends = socketpair();
  SSLSocket s = c.wrap_socket(ends.first, {.do_handshake_on_connect = false});
  c.verify_mode = CERT_REQUIRED;  // too late for s
  EXPECT_EQ(s.cipher(), std::nullopt);
  std::optional<SSLSocket> server;
  Both([&] { s.do_handshake(); },
       [&] { server = server_context().wrap_socket(ends.second, {.server_side = true}); })
      .check();
  EXPECT_TRUE(s.cipher().has_value());
  s.do_handshake();  // again: nothing happens
  EXPECT_FALSE(Pair(c, server_context()).good());
}

// ---- certificates --------------------------------------------------------------------------

std::string dumped(const std::string& s) {
  std::string out = s;
  std::replace(out.begin(), out.end(), ' ', '_');
  return out;
}
std::string dumped(const cert_dict::Name& name) {
  std::string out = "(";
  for (const cert_dict::RDN& rdn : name) {
    if (out.size() > 1) out += ' ';
    std::string pairs;
    for (const auto& [type, value] : rdn)
      pairs += (pairs.empty() ? "(" : " (") + dumped(type) + " " + dumped(value) + ")";
    out += "(" + pairs + ")";
  }
  return out + ")";
}
std::string dumped(const std::vector<cert_dict::AltName>& names) {
  std::string out;
  for (const auto& [kind, value] : names) {
    out += out.empty() ? "(" : " (";
    out += dumped(kind) + " ";
    out += std::holds_alternative<std::string>(value) ? dumped(std::get<std::string>(value))
                                                      : dumped(std::get<cert_dict::Name>(value));
    out += ")";
  }
  return "(" + out + ")";
}

// API: M20, 6.1, 10.getpeercert
TEST(PeerCertificate, the_dictionary_is_the_one_Python_reads) {
  for (const std::string name : {"server", "names"}) {
    Pair p(verifying_context(), server_context(PROTOCOL_SSLv23, name + ".pem"));
    const std::optional<cert_dict> d = p.c().getpeercert();
    ASSERT_TRUE(d.has_value());
    EXPECT_EQ(d->keys(),
              (std::vector<std::string_view>{"subject", "issuer", "version", "serialNumber",
                                             "notBefore", "notAfter", "subjectAltName"}));
    const test::VectorCase expected = test::read_vector_file(pki(name + ".dict")).at(0);
    EXPECT_EQ(dumped(d->subject), test::field(expected, "subject"));
    EXPECT_EQ(dumped(d->issuer), test::field(expected, "issuer"));
    EXPECT_EQ(std::to_string(d->version), test::field(expected, "version"));
    EXPECT_EQ(d->serialNumber, test::field(expected, "serialNumber"));
    EXPECT_EQ(d->notBefore, test::field(expected, "notBefore"));
    EXPECT_EQ(d->notAfter, test::field(expected, "notAfter"));
    EXPECT_EQ(dumped(d->subjectAltName.value()), test::field(expected, "subjectAltName"));
    // The binary form is the file.
    std::ifstream in(pki(name + ".pem"));
    const std::string pem{std::istreambuf_iterator<char>(in), {}};
    const std::string block = pem.substr(pem.find(PEM_HEADER));
    EXPECT_EQ(p.c().getpeercert(binary_form), PEM_cert_to_DER_cert(block));
  }
}

// API: M20, 5.1.NONE, 10.connect
TEST(PeerCertificate, is_empty_unchecked_and_absent_without_one) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  ASSERT_TRUE(p.c().getpeercert().has_value());
  EXPECT_TRUE(p.c().getpeercert()->empty());
  EXPECT_TRUE(p.c().getpeercert(binary_form).has_value());
  EXPECT_EQ(p.s().getpeercert(), std::nullopt);
  EXPECT_EQ(p.s().getpeercert(binary_form), std::nullopt);
}

// API: D14
TEST(PeerCertificate, counts_as_checked_only_if_this_connection_checked_it) {
  SSLContext c(PROTOCOL_TLSv1);
  Pair p(c, server_context());
  c.verify_mode = CERT_REQUIRED;
  EXPECT_TRUE(p.c().getpeercert()->empty());
}

// API: 6.1
TEST(PeerCertificate, a_dictionary_written_by_hand_has_the_keys_written) {
  EXPECT_TRUE(cert_dict{}.empty());
  const cert_dict d{.subject = {{{"commonName", "example.com"}}}};
  EXPECT_EQ(d.keys(), std::vector<std::string_view>{"subject"});
  EXPECT_TRUE(d.contains("subject"));
  EXPECT_FALSE(d.contains("issuer"));
}

// API: 5.1.REQUIRED, 5.2, 10.connect, 10.algorithms
TEST(Verification, accepts_the_right_anchor_directly_and_through_an_intermediate) {
  for (const char* chain : {"server.pem", "chain.pem"})
    for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1}) {
      Pair p(verifying_context(protocol), server_context(PROTOCOL_SSLv23, chain));
      ASSERT_TRUE(p.good()) << chain << " " << ssl_error(p.client_error).what();
      EXPECT_FALSE(p.c().getpeercert()->empty());
    }
}

// API: 5.1.REQUIRED, 7.verify, 7.alerts, 11.exceptions
TEST(Verification, refuses_with_the_documented_text_and_tells_the_peer) {
  struct Row {
    const char *chain, *ca, *message;
    int code;
    Errc cause;
    const char* server_hears;
  };
  const Row table[] = {
      {"server.pem", "wrong_ca.pem", "unable to get local issuer certificate", 20, Errc::unknown_ca,
       "tlsv1 alert unknown ca"},
      {"expired.pem", "ca.pem", "certificate has expired", 10, Errc::certificate_expired,
       "sslv3 alert certificate expired"},
  };
  for (const Row& row : table) {
    Pair p(verifying_context(PROTOCOL_TLSv1, row.ca), server_context(PROTOCOL_TLSv1, row.chain));
    const SSLError e = ssl_error(p.client_error);
    EXPECT_EQ(e.errno_(), SSL_ERROR_SSL);
    EXPECT_TRUE(says(e, "certificate verify failed"));
    EXPECT_TRUE(says(e, row.message));
    EXPECT_EQ(e.reason(), "CERTIFICATE_VERIFY_FAILED");
    EXPECT_FALSE(e.hint().empty());
    EXPECT_EQ(e.cause()->code, row.cause);
    EXPECT_TRUE(says(ssl_error(p.server_error), row.server_hears));
    try {
      std::rethrow_exception(p.client_error);
    } catch (const SSLCertVerificationError& v) {
      EXPECT_EQ(v.verify_code(), row.code);
      EXPECT_EQ(v.verify_message(), row.message);
    } catch (...) {
      ADD_FAILURE() << "not an SSLCertVerificationError";
    }
  }
}

// API: 10.connect, 10.getpeercert, C6, C11
TEST(Verification, of_one_context_may_change_between_two_sockets) {
  const SSLContext server = server_context();
  SSLContext c(PROTOCOL_SSLv23);
  const auto certificate = [&] {
    return Pair(c, server, {.server_hostname = "localhost"}).c().getpeercert();
  };
  EXPECT_EQ(certificate(), cert_dict{});
  c.verify_mode = CERT_REQUIRED;
  EXPECT_TRUE(says(ssl_error([&] { certificate(); }), "certificate verify failed"));
  c.load_verify_locations(pki("ca.pem"));
  const std::optional<cert_dict> d = certificate();
  ASSERT_TRUE(d.has_value());
  EXPECT_TRUE(d->contains("subject"));
  EXPECT_LT(cert_time_to_seconds(d->notBefore), cert_time_to_seconds(d->notAfter));
  EXPECT_NO_THROW(match_hostname(d, "localhost"));
  EXPECT_THROW(match_hostname(d, "example.org"), CertificateError);
  c.verify_mode = CERT_NONE;
  EXPECT_EQ(certificate(), cert_dict{});
}

// API: D6, 5.1.REQUIRED, 7.verify, 10.connect
TEST(Verification, without_any_anchor_fails_in_the_handshake_and_not_before) {
  auto ends = socketpair();
  std::optional<SSLError> error;
  Both([&] { error = ssl_error([&] { wrap_socket(ends.first, {.cert_reqs = CERT_REQUIRED}); }); },
       [&] { server_context().wrap_socket(ends.second, {.server_side = true}); });
  EXPECT_TRUE(says(*error, "certificate verify failed"));
}

// API: 5.1.OPTIONAL, 7.verify
TEST(Verification, CERT_OPTIONAL_means_CERT_REQUIRED_to_a_client) {
  SSLContext c = verifying_context(PROTOCOL_TLSv1, "wrong_ca.pem");
  c.verify_mode = CERT_OPTIONAL;
  EXPECT_TRUE(says(ssl_error(Pair(c, server_context()).client_error), "certificate verify failed"));
}

// API: 5.1.OPTIONAL, 5.1.REQUIRED, 7.client_cert
TEST(Verification, a_server_may_ask_for_a_certificate_and_insist) {
  SSLContext server = server_context();
  server.load_verify_locations(pki("ca.pem"));
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1}) {
    SSLContext bare(protocol), known(protocol);
    known.load_cert_chain(pki("names.pem"));
    server.verify_mode = CERT_OPTIONAL;
    EXPECT_EQ(Pair(bare, server).s().getpeercert(), std::nullopt);
    server.verify_mode = CERT_REQUIRED;
    Pair p(known, server);
    ASSERT_TRUE(p.good()) << ssl_error(p.server_error).what();
    EXPECT_EQ(p.s().getpeercert()->subject.at(3).at(0).second, "names");
    Pair refused(bare, server);
    EXPECT_TRUE(says(ssl_error(refused.server_error), "peer did not return a certificate"));
  }
}

// ---- sessions ------------------------------------------------------------------------------

// API: C8, 11.sessions
TEST(Sessions, are_resumed_when_given_and_both_sides_count) {
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1}) {
    const SSLContext client = verifying_context(protocol), server = server_context(protocol);
    std::shared_ptr<const Session> session;
    {
      Pair first(client, server);
      EXPECT_FALSE(first.c().session_reused());
      session = first.c().session();
      ASSERT_NE(session, nullptr);
      Both([&] { first.c().unwrap(); }, [&] { first.s().unwrap(); }).check();
    }
    Pair second(client, server, {.session = session});
    EXPECT_TRUE(second.c().session_reused());
    EXPECT_TRUE(second.s().session_reused());
    EXPECT_FALSE(second.c().getpeercert()->empty());
    Pair third(client, server);
    EXPECT_FALSE(third.c().session_reused());
    const session_stats_t s = server.session_stats(), c = client.session_stats();
    // TLS 1.0 has tickets, and then nothing is cached.
    EXPECT_EQ(s["number"], protocol == PROTOCOL_SSLv3 ? 2 : 0);
    EXPECT_EQ(s["accept"], 3);
    EXPECT_EQ(s["accept_good"], 3);
    EXPECT_EQ(s["hits"], 1);
    EXPECT_EQ(s["misses"], 0);
    EXPECT_EQ(s["connect"], 0);
    EXPECT_EQ(c["connect"], 3);
    EXPECT_EQ(c["connect_good"], 3);
    EXPECT_EQ(c["hits"], 1);
    EXPECT_EQ(c["number"], 0);
    // Another server does not know it.
    const SSLContext stranger = server_context(protocol);
    EXPECT_FALSE(Pair(client, stranger, {.session = session}).c().session_reused());
    EXPECT_EQ(stranger.session_stats()["misses"], protocol == PROTOCOL_SSLv3 ? 1 : 0);
  }
}

// API: C8
TEST(Sessions, too_old_ones_are_counted_as_timeouts) {
  const std::int64_t now = SystemClock().unix_seconds();
  for (const auto& [protocol, lifetime] : {std::pair{PROTOCOL_SSLv23, 300}, {PROTOCOL_SSLv3, 7200}})
    for (const int late : {-10, 10}) {
      SSLContext server = server_context(protocol);
      const SSLContext client(PROTOCOL_SSLv3);  // whose hello has no tickets
      Pair first(client, server);
      const FixedClock later(now + lifetime + late);
      server.set_environment(Environment{.rng = system_rng(), .clock = later});
      Pair second(client, server, {.session = first.c().session()});
      EXPECT_EQ(second.c().session_reused(), late < 0) << protocol;
      EXPECT_EQ(server.session_stats()["timeouts"], late < 0 ? 0 : 1) << protocol;
      EXPECT_EQ(server.session_stats()["misses"], 0);
    }
}

// API: 11.sni_callback, C6, 7.alerts
TEST(ServerNames, choose_a_context_or_an_alert) {
  SSLContext server = server_context(), other = server_context(PROTOCOL_SSLv23, "names.pem");
  server.set_servername_callback([&](const std::optional<std::string>& name) -> ServerNameAnswer {
    if (!name || *name == "localhost") return std::monostate{};
    if (*name == "other.example") return other;
    if (*name == "broken.example") throw std::runtime_error("mine");
    return Alert::unrecognized_name;
  });
  const SSLContext client = verifying_context(PROTOCOL_TLSv1);
  const auto common_name = [&](const std::optional<std::string>& name) {
    const auto d = Pair(client, server, {.server_hostname = name}).c().getpeercert();
    return d->subject.back().front().second;
  };
  EXPECT_EQ(common_name("localhost"), "localhost");
  EXPECT_EQ(common_name(std::nullopt), "localhost");
  EXPECT_NE(common_name("other.example"), "localhost");
  Pair refused(client, server, {.server_hostname = "third.example"});
  EXPECT_TRUE(says(ssl_error(refused.client_error), "tlsv1 unrecognized name"));
  EXPECT_EQ(ssl_error(refused.server_error).reason(), "UNRECOGNIZED_NAME");
  Pair broken(client, server, {.server_hostname = "broken.example"});
  EXPECT_TRUE(says(ssl_error(broken.client_error), "sslv3 alert handshake failure"));
  EXPECT_THROW(std::rethrow_exception(broken.server_error), std::runtime_error);
}

// API: 11.sessions
TEST(Sessions, belong_to_clients) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  auto ends = socketpair();
  EXPECT_EQ(argument_error([&] {
              server_context().wrap_socket(ends.first,
                                           {.server_side = true, .session = p.c().session()});
            }),
            "session can only be specified in client mode");
}

// API: C8
TEST(Sessions, failed_handshakes_are_counted_as_started_only) {
  const SSLContext client = verifying_context(PROTOCOL_TLSv1, "wrong_ca.pem");
  const SSLContext server = server_context();
  Pair p(client, server);
  EXPECT_EQ(client.session_stats()["connect"], 1);
  EXPECT_EQ(client.session_stats()["connect_good"], 0);
  EXPECT_EQ(server.session_stats()["accept"], 1);
  EXPECT_EQ(server.session_stats()["accept_good"], 0);
  EXPECT_EQ(server.session_stats()["number"], 0);
}

// ---- certificates as text ------------------------------------------------------------------

// API: F8, F9, PEM_HEADER, 10.der_pem
TEST(PemText, goes_there_and_back) {
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{47},
                              std::size_t{48}, std::size_t{49}, std::size_t{1000}}) {
    const std::string data = pattern(n);
    const std::string pem = DER_cert_to_PEM_cert(as_bytes(data));
    EXPECT_EQ(text(PEM_cert_to_DER_cert(pem)), data);
    EXPECT_TRUE(pem.starts_with(std::string(PEM_HEADER) + "\n"));
    EXPECT_TRUE(pem.ends_with("\n" + std::string(PEM_FOOTER) + "\n"));
  }
  EXPECT_EQ(DER_cert_to_PEM_cert({}), "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
  const bytes line(48, 0);
  EXPECT_EQ(DER_cert_to_PEM_cert(line), "-----BEGIN CERTIFICATE-----\n" + std::string(64, 'A') +
                                            "\n-----END CERTIFICATE-----\n");
}

// API: F8, D7
TEST(PemText, is_read_as_leniently_as_documented_and_no_more) {
  const std::string head(PEM_HEADER), foot(PEM_FOOTER);
  EXPECT_EQ(text(PEM_cert_to_DER_cert(head + "aGVs bG8=\r\n" + foot + " \r\n\t")), "hello");
  EXPECT_EQ(text(PEM_cert_to_DER_cert(head + "\r\naG*Vs\r\nbG8=\r\n" + foot)), "hello");
  EXPECT_TRUE(PEM_cert_to_DER_cert(head + foot).empty());
  EXPECT_TRUE(has(argument_error([&] { PEM_cert_to_DER_cert(" " + head + "\n" + foot); }),
                  "must start with -----BEGIN CERTIFICATE-----"));
  EXPECT_TRUE(has(argument_error([&] { PEM_cert_to_DER_cert(head + "\nAAAA\n"); }),
                  "must end with -----END CERTIFICATE-----"));
  for (const char* bad : {"aGVsbG8", "a", "aG=VsbG8="})
    EXPECT_EQ(argument_error([&] { PEM_cert_to_DER_cert(head + bad + foot); }), "Incorrect padding")
        << bad;
  const std::string one = DER_cert_to_PEM_cert(as_bytes("x"));
  EXPECT_THROW(PEM_cert_to_DER_cert(one + one), std::invalid_argument);
}

}  // namespace
}  // namespace parley
