// The documented API and its extensions: what a context can be told, row by row.
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "asn1/name.hpp"
#include "facade_support.hpp"
#include "parley/issue.hpp"
#include "parley/pem.hpp"

namespace parley {
namespace {

using namespace test;

using Versions = std::vector<ProtocolVersion>;
constexpr auto kSsl20 = ProtocolVersion::ssl20;
constexpr auto kSsl30 = ProtocolVersion::ssl30;
constexpr auto kTls10 = ProtocolVersion::tls10, kTls11 = ProtocolVersion::tls11,
               kTls12 = ProtocolVersion::tls12;

Versions versions(const SSLContext& c) { return c.config()->versions; }

// ---- constants -----------------------------------------------------------------------------

// API: 1.4.PROTOCOL, 1.4.OP_NO, 1.4.SSL_ERROR, 1.4.HAS_SNI, 1.4.OPENSSL_VERSION, 11.options
// API: 10.constants
TEST(ContextConstants, are_those_of_OpenSSL) {
  EXPECT_EQ(PROTOCOL_SSLv2, 0);
  EXPECT_EQ(PROTOCOL_TLSv1, 3);
  EXPECT_EQ(PROTOCOL_TLS, PROTOCOL_SSLv23);
  EXPECT_EQ(OP_NO_SSLv2, 0x01000000u);
  EXPECT_EQ(OP_NO_SSLv3, 0x02000000u);
  EXPECT_EQ(OP_NO_TLSv1, 0x04000000u);
  EXPECT_EQ(OP_NO_TLSv1_2, 0x08000000u);
  EXPECT_EQ(OP_NO_TLSv1_1, 0x10000000u);
  EXPECT_EQ(OP_NO_TICKET, 0x4000u);
  EXPECT_EQ(OP_NO_COMPRESSION, 0x20000u);
  EXPECT_EQ(OP_NO_RENEGOTIATION, 0x40000000u);
  EXPECT_EQ(OP_SINGLE_DH_USE, 0x100000u);
  EXPECT_EQ(OP_SINGLE_ECDH_USE, 0x80000u);
  EXPECT_EQ(OP_CIPHER_SERVER_PREFERENCE, 0x400000u);
  EXPECT_EQ(OP_DONT_INSERT_EMPTY_FRAGMENTS, 0x800u);
  EXPECT_EQ(OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION, 0x40000u);
  EXPECT_EQ(SSL_ERROR_SSL, 1);
  EXPECT_EQ(SSL_ERROR_WANT_READ, 2);
  EXPECT_EQ(SSL_ERROR_WANT_WRITE, 3);
  EXPECT_EQ(SSL_ERROR_WANT_X509_LOOKUP, 4);
  EXPECT_EQ(SSL_ERROR_SYSCALL, 5);
  EXPECT_EQ(SSL_ERROR_ZERO_RETURN, 6);
  EXPECT_EQ(SSL_ERROR_WANT_CONNECT, 7);
  EXPECT_EQ(SSL_ERROR_EOF, 8);
  EXPECT_EQ(SSL_ERROR_INVALID_ERROR_CODE, 10);
  EXPECT_TRUE(HAS_SNI);
  EXPECT_GE(OPENSSL_VERSION_NUMBER, 0x900000);
  EXPECT_LT(OPENSSL_VERSION_NUMBER, 0x20000000);
  EXPECT_EQ(OPENSSL_VERSION_NUMBER, 0x1000111F);
}

// API: get_protocol_name
TEST(ContextConstants, protocols_have_names) {
  EXPECT_EQ(get_protocol_name(PROTOCOL_SSLv2), "SSLv2");
  EXPECT_EQ(get_protocol_name(PROTOCOL_SSLv3), "SSLv3");
  EXPECT_EQ(get_protocol_name(PROTOCOL_SSLv23), "SSLv23");
  EXPECT_EQ(get_protocol_name(PROTOCOL_TLSv1), "TLSv1");
  EXPECT_EQ(get_protocol_name(-1), "<unknown>");
}

// ---- versions ------------------------------------------------------------------------------

// API: C1, 4.4, 1.4.OP_NO, C9
TEST(Versions, follow_from_the_protocol_and_for_the_flexible_one_from_the_options) {
  struct Row {
    int protocol;
    std::uint64_t off;
    Versions left;
  };
  const Row table[] = {
      {PROTOCOL_SSLv2, OP_NO_SSLv2, {kSsl20}},
      {PROTOCOL_SSLv3, OP_NO_SSLv3, {kSsl30}},
      {PROTOCOL_TLSv1, OP_NO_TLSv1, {kTls10}},
      {PROTOCOL_TLSv1_1, OP_NO_TLSv1_1, {kTls11}},
      {PROTOCOL_TLSv1_2, OP_NO_TLSv1_2, {kTls12}},
      {PROTOCOL_SSLv23, 0, {kSsl20, kSsl30, kTls10, kTls11, kTls12}},
      {PROTOCOL_SSLv23, OP_NO_SSLv2, {kSsl30, kTls10, kTls11, kTls12}},
      {PROTOCOL_SSLv23, OP_NO_SSLv3, {kSsl20, kTls10, kTls11, kTls12}},
      {PROTOCOL_SSLv23, OP_NO_TLSv1, {kSsl20, kSsl30, kTls11, kTls12}},
      {PROTOCOL_SSLv23, OP_NO_SSLv2 | OP_NO_SSLv3 | OP_NO_TLSv1, {kTls11, kTls12}},
      {PROTOCOL_SSLv23,
       OP_NO_SSLv2 | OP_NO_SSLv3 | OP_NO_TLSv1 | OP_NO_TLSv1_1 | OP_NO_TLSv1_2,
       {}},
      {PROTOCOL_SSLv23, OP_NO_TLSv1_1 | OP_NO_TLSv1_2, {kSsl20, kSsl30, kTls10}},
  };
  for (const Row& row : table) {
    SSLContext c(row.protocol);
    c.options |= row.off;
    EXPECT_EQ(versions(c), row.left) << row.protocol << " " << row.off;
  }
}

// API: 11.version_bounds, 7.version
TEST(Versions, bounds_narrow_what_the_rest_allows) {
  SSLContext c(PROTOCOL_SSLv23);
  EXPECT_EQ(c.minimum_version, TLSVersion::MINIMUM_SUPPORTED);
  EXPECT_EQ(c.maximum_version, TLSVersion::MAXIMUM_SUPPORTED);
  c.minimum_version = TLSVersion::SSLv3;
  EXPECT_EQ(c.minimum_version, TLSVersion::SSLv3);
  EXPECT_EQ(versions(c), (Versions{kSsl30, kTls10, kTls11, kTls12}));
  c.maximum_version = TLSVersion::SSLv3;
  EXPECT_EQ(versions(c), Versions{kSsl30});
  c.maximum_version = TLSVersion::TLSv1_1;
  EXPECT_EQ(versions(c), (Versions{kSsl30, kTls10, kTls11}));
  c.options |= OP_NO_TLSv1;
  EXPECT_EQ(versions(c), (Versions{kSsl30, kTls11}));
  c.maximum_version = TLSVersion::TLSv1_2;
  c.options = OP_ALL;
  c.minimum_version = TLSVersion::MAXIMUM_SUPPORTED;
  EXPECT_EQ(versions(c), Versions{kTls12});
  c.minimum_version = TLSVersion::MINIMUM_SUPPORTED;
  c.maximum_version = TLSVersion::MINIMUM_SUPPORTED;
  EXPECT_EQ(versions(c), Versions{kSsl20});
  SSLContext fixed(PROTOCOL_TLSv1);
  fixed.maximum_version = TLSVersion::SSLv3;
  EXPECT_TRUE(versions(fixed).empty());
  EXPECT_TRUE(says(ssl_error(Pair(fixed, server_context()).client_error), "unsupported protocol"));
}

// API: 11.version_bounds, 11.version
TEST(Versions, bounds_hold_in_a_handshake) {
  SSLContext client(PROTOCOL_SSLv23), server = server_context();
  client.maximum_version = TLSVersion::SSLv3;
  EXPECT_EQ(Pair(client, server).c().version(), "SSLv3");
  server.minimum_version = TLSVersion::TLSv1;
  EXPECT_FALSE(Pair(client, server).good());
  client.maximum_version = server.minimum_version;  // the value, not the bound
  EXPECT_EQ(client.maximum_version, TLSVersion::TLSv1);
  EXPECT_EQ(Pair(client, server).c().version(), "TLSv1");
}

// API: C7, 11.get_ciphers
TEST(Ciphers, by_default_leave_out_what_is_weak) {
  for (const int p : {PROTOCOL_SSLv3, PROTOCOL_SSLv23, PROTOCOL_TLSv1}) {
    const SSLContext c(p);
    EXPECT_FALSE(c.get_ciphers().empty());
    for (const CipherSuite* s : c.get_ciphers()) {
      EXPECT_NE(s->auth, Auth::anonymous) << s->openssl_name;
      EXPECT_NE(s->enc, Enc::null) << s->openssl_name;
      EXPECT_NE(s->strength, Strength::low) << s->openssl_name;
      EXPECT_FALSE(s->is_export) << s->openssl_name;
      EXPECT_NE(s->first, kSsl20) << s->openssl_name;
    }
  }
}

// API: C7, 7.shared, 10.default_ciphers
TEST(Ciphers, of_a_client_that_wants_DES_only_are_refused_by_a_server_of_defaults) {
  SSLContext client(PROTOCOL_TLSv1);
  client.set_ciphers("DES");
  Pair p(client, server_context());
  EXPECT_TRUE(says(ssl_error(p.server_error), "no shared cipher"));
  EXPECT_TRUE(says(ssl_error(p.client_error), "sslv3 alert handshake failure"));
}

// API: C9, D3, 11.options
TEST(Options, become_settings_of_the_connection) {
  SSLContext c(PROTOCOL_SSLv23);
  std::shared_ptr<const Config> s = c.config();
  EXPECT_TRUE(s->v2_hello);
  EXPECT_EQ(s->v2_challenge_size, 16u);
  EXPECT_TRUE(s->pad_hello);
  EXPECT_TRUE(s->split_cbc_records);
  EXPECT_TRUE(s->session_tickets);
  ASSERT_NE(s->ticket_keys, nullptr);
  EXPECT_EQ(s->ticket_keys->lifetime(), 300);
  EXPECT_EQ(s->renegotiation, Renegotiation::freely);
  EXPECT_FALSE(s->unsafe_legacy_renegotiation);
  EXPECT_FALSE(s->prefer_server_suites);
  c.options = OP_NO_TICKET | OP_NO_RENEGOTIATION | OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION |
              OP_DONT_INSERT_EMPTY_FRAGMENTS | OP_CIPHER_SERVER_PREFERENCE | OP_SINGLE_DH_USE |
              OP_SINGLE_ECDH_USE | OP_NO_COMPRESSION;
  s = c.config();
  EXPECT_EQ(s->v2_challenge_size, 32u);
  EXPECT_FALSE(s->pad_hello);
  EXPECT_FALSE(s->split_cbc_records);
  EXPECT_FALSE(s->session_tickets);
  EXPECT_EQ(s->ticket_keys, nullptr);
  EXPECT_EQ(s->renegotiation, Renegotiation::refuse);
  EXPECT_TRUE(s->unsafe_legacy_renegotiation);
  EXPECT_TRUE(s->prefer_server_suites);
  for (const int p : {PROTOCOL_SSLv3, PROTOCOL_TLSv1}) {
    EXPECT_FALSE(SSLContext(p).config()->v2_hello);
    EXPECT_EQ(SSLContext(p).config()->ticket_keys->lifetime(), 7200);
  }
  EXPECT_FALSE(SSLContext(PROTOCOL_SSLv2).config()->v2_hello);  // it has no other form
  c.options = 0;
  c.set_renegotiation(Renegotiation::once);
  EXPECT_EQ(c.config()->renegotiation, Renegotiation::once);
  const auto keys = std::make_shared<TicketKeys>(60);
  c.set_ticket_keys(keys);
  EXPECT_EQ(c.config()->ticket_keys, keys);
}

// ---- whom to believe -----------------------------------------------------------------------

class Locations : public ::testing::Test {
 protected:
  Locations() { std::filesystem::create_directories(folder / "hashed"); }
  ~Locations() override { std::filesystem::remove_all(folder); }
  static std::string content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name, std::ios::binary) << text;
    return folder / name;
  }
  /// Puts a certificate of the PKI where a hashed directory has it.
  void put(const std::string& name, const std::string& number = "0") const {
    const auto c = certificates_from_pem(content(pki(name)));
    const auto canonical = asn1::canonical_name(c->front().subject_der());
    write("hashed/" + hashed_name(*canonical) + "." + number, content(pki(name)));
  }
  SSLContext client() const {
    SSLContext c(PROTOCOL_TLSv1);
    c.verify_mode = CERT_REQUIRED;
    return c;
  }
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("parley-locations-" + std::to_string(getpid()));
  std::string hashed = folder / "hashed";
};

// API: C3, D5, 0.IOError, 7.files, 10.load_verify_locations
TEST_F(Locations, refuse_what_names_nothing) {
  SSLContext c(PROTOCOL_TLSv1);
  EXPECT_EQ(argument_error([&] { c.load_verify_locations({}); }),
            "cafile and capath cannot be both omitted");
  EXPECT_EQ(argument_error([&] { c.load_verify_locations(std::nullopt, std::nullopt); }),
            "cafile and capath cannot be both omitted");
  EXPECT_EQ(errno_of([&] { c.load_verify_locations(""); }), ENOENT);
  EXPECT_EQ(errno_of([&] { c.load_verify_locations(pki("no_such_file.pem")); }), ENOENT);
  EXPECT_EQ(errno_of([&] { c.load_verify_locations(pki("no_such_file.pem"), hashed); }), ENOENT);
  EXPECT_EQ(errno_of([&] { c.load_verify_locations(hashed); }), EISDIR);
  const SSLError e = ssl_error([&] { c.load_verify_locations({}, ""); });
  EXPECT_TRUE(says(e, "invalid directory"));
  EXPECT_EQ(e.errno_(), SSL_ERROR_SSL);
  EXPECT_FALSE(e.hint().empty());
  EXPECT_TRUE(
      says(ssl_error([&] { c.load_verify_locations(pki("ca.pem"), ""); }), "invalid directory"));
  EXPECT_EQ(c.cert_store_stats(), cert_store_stats_t{});  // on an error nothing changes
  for (const std::string& bad : {write("empty.pem", ""), pki("server_key.pem")}) {
    const SSLError none = ssl_error([&] { c.load_verify_locations(bad); });
    EXPECT_TRUE(says(none, "PEM lib"));
    EXPECT_TRUE(says(none, "no start line"));
  }
  c.load_verify_locations(std::nullopt, "/no/such/directory");  // fine, and of no use
}

// API: C3, 5.3, 10.capath
TEST_F(Locations, a_hashed_directory_is_consulted_when_a_chain_needs_it) {
  SSLContext c = client();
  c.load_verify_locations({}, hashed);
  Pair refused(c, server_context());
  EXPECT_TRUE(says(ssl_error(refused.client_error), "certificate verify failed"));
  EXPECT_TRUE(says(ssl_error(refused.server_error), "tlsv1 alert unknown ca"));
  EXPECT_EQ(c.cert_store_stats().x509, 0u);
  put("ca.pem");
  EXPECT_TRUE(Pair(c, server_context()).good());
  EXPECT_TRUE(Pair(c, server_context(PROTOCOL_TLSv1, "chain.pem")).good());
  EXPECT_EQ(c.cert_store_stats(), (cert_store_stats_t{.x509 = 1, .crl = 0, .x509_ca = 1}));
  EXPECT_EQ(c.get_ca_certs().size(), 1u);
}

// API: C3, 5.3
TEST_F(Locations, several_directories_are_separated_by_colons) {
  put("ca.pem");
  for (const std::string& list :
       {"/no/such/directory:" + hashed, hashed + ":/nowhere", "::" + hashed + ":", hashed + "/"}) {
    SSLContext c = client();
    c.load_verify_locations({}, list);
    EXPECT_TRUE(Pair(c, server_context()).good()) << list;
  }
  SSLContext c = client();
  c.load_verify_locations({}, ":");
  EXPECT_FALSE(Pair(c, server_context()).good());
}

// API: C3, F1.f, 11.trust_store
TEST_F(Locations, add_up) {
  put("ca.pem");
  SSLContext c = client();
  c.load_verify_locations(pki("wrong_ca.pem"), hashed);
  EXPECT_TRUE(Pair(c, server_context()).good());
  c.load_verify_locations(pki("ca.pem"));
  c.load_verify_locations(pki("ca.pem"));  // twice is once
  EXPECT_EQ(c.cert_store_stats().x509, 2u);
  const std::vector<cert_dict> all = c.get_ca_certs();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].subject.back().front().second, "Some other root");
  EXPECT_EQ(all[1].subject.back().front().second, "Parley test root");
  EXPECT_EQ(c.get_ca_certs(binary_form)[1],
            to_bytes(certificates_from_pem(content(pki("ca.pem")))->front().der()));
}

// API: C3, 11.trust_store
TEST_F(Locations, revocation_lists_are_counted_and_not_obeyed) {
  const std::string list = content(PARLEY_SOURCE_DIR "/vectors/keys/signed_crl_ec.pem");
  SSLContext c = client();
  c.load_verify_locations(write("both.pem", list + content(pki("ca.pem"))));
  EXPECT_EQ(c.cert_store_stats(), (cert_store_stats_t{.x509 = 1, .crl = 1, .x509_ca = 1}));
  c.load_verify_locations(write("list.pem", list));
  EXPECT_EQ(c.cert_store_stats().crl, 1u);
  EXPECT_TRUE(Pair(c, server_context()).good());
  for (const char* broken : {"-----BEGIN X509 CRL-----\n!\n-----END X509 CRL-----\n",
                             "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"})
    EXPECT_TRUE(
        says(ssl_error([&] { c.load_verify_locations(write("broken.pem", broken)); }), "PEM lib"));
}

// API: 11.trust_store
TEST_F(Locations, a_leaf_counts_but_is_no_CA) {
  SSLContext c(PROTOCOL_TLSv1);
  c.load_verify_locations(pki("server_cert.pem"));
  EXPECT_EQ(c.cert_store_stats(), (cert_store_stats_t{.x509 = 1, .crl = 0, .x509_ca = 0}));
  EXPECT_TRUE(c.get_ca_certs().empty());
}

// API: C2, 5.3
TEST_F(Locations, a_directory_completes_the_chain_that_is_sent) {
  put("ca.pem");
  SSLContext server = server_context();
  server.load_verify_locations({}, hashed);
  EXPECT_EQ(Pair(SSLContext(PROTOCOL_TLSv1), server).c().connection()->peer_chain().size(), 2u);
}

// API: C4, 10.default_paths, 11.trust_store
TEST_F(Locations, by_default_come_from_the_environment_and_never_fail) {
  put("ca.pem");
  const std::string nowhere = folder / "nowhere";
  const auto set = [](const char* name, const std::string& value) {
    ASSERT_EQ(setenv(name, value.c_str(), 1), 0);
  };
  set("SSL_CERT_FILE", pki("ca.pem"));
  set("SSL_CERT_DIR", nowhere);
  SSLContext by_file = client();
  by_file.set_default_verify_paths();
  EXPECT_EQ(by_file.cert_store_stats().x509, 1u);
  EXPECT_TRUE(Pair(by_file, server_context()).good());
  set("SSL_CERT_FILE", nowhere);
  set("SSL_CERT_DIR", nowhere + ":" + hashed);
  SSLContext by_directory = client();
  by_directory.set_default_verify_paths();
  EXPECT_EQ(by_directory.cert_store_stats().x509, 0u);
  EXPECT_TRUE(Pair(by_directory, server_context()).good());
  DefaultVerifyPaths paths = get_default_verify_paths();
  EXPECT_EQ(paths.cafile, std::nullopt);
  EXPECT_EQ(paths.capath, nowhere + ":" + hashed);
  EXPECT_EQ(paths.openssl_cafile_env + paths.openssl_capath_env, "SSL_CERT_FILESSL_CERT_DIR");
  set("SSL_CERT_FILE", pki("ca.pem"));
  set("SSL_CERT_DIR", nowhere + "::" + pki("ca.pem"));
  paths = get_default_verify_paths();
  EXPECT_EQ(paths.cafile, pki("ca.pem"));
  EXPECT_EQ(paths.capath, std::nullopt);
  EXPECT_EQ(capath_directories(":a::b:"), (std::vector<std::string>{"a", "b"}));
  for (const std::string& bad : {std::string(), pki("server_key.pem"), nowhere}) {
    set("SSL_CERT_FILE", bad);
    set("SSL_CERT_DIR", bad);
    SSLContext c = client();
    c.set_default_verify_paths();
    EXPECT_EQ(c.cert_store_stats(), cert_store_stats_t{});
    EXPECT_FALSE(Pair(c, server_context()).good());
  }
  unsetenv("SSL_CERT_FILE");
  unsetenv("SSL_CERT_DIR");
  SSLContext(PROTOCOL_TLSv1).set_default_verify_paths();
}

// API: C3, 8.threads
TEST_F(Locations, one_context_serves_several_threads) {
  put("ca.pem");
  SSLContext c = client();
  c.load_verify_locations({}, hashed);
  const SSLContext server = server_context();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 3; ++n) {
        good += Pair(c, server).good() ? 1 : 0;
        c.options |= OP_NO_SSLv2;
        c.load_verify_locations(pki("wrong_ca.pem"));
        c.session_stats();
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(good, 12);
  EXPECT_EQ(server.session_stats()["accept_good"], 12);
}

// ---- key log, environment ------------------------------------------------------------------

/// Counts what it sees.
struct Counting : Observer {
  std::atomic<int> secrets{0}, messages{0};
  void on(const Event& e) override {
    secrets += std::holds_alternative<SecretEvent>(e) ? 1 : 0;
    messages += std::holds_alternative<MessageEvent>(e) ? 1 : 0;
  }
};

// API: 11.keylog, 11.override
TEST_F(Locations, a_key_log_has_a_line_for_each_connection_and_is_appended_to) {
  const std::string path = write("keys.log", "before\n");
  SSLContext client_side(PROTOCOL_TLSv1), server_side = server_context();
  EXPECT_EQ(client_side.keylog_filename(), std::nullopt);
  client_side.keylog_filename = path;
  server_side.keylog_filename = path;
  EXPECT_EQ(client_side.keylog_filename(), path);
  Counting seen;
  client_side.set_environment(system_environment(&seen));
  ASSERT_TRUE(Pair(client_side, server_side).good());
  const std::string log = content(path);
  ASSERT_EQ(log.substr(0, 7), "before\n");
  ASSERT_EQ(std::ranges::count(log, '\n'), 3);
  const std::string first = log.substr(7, log.find('\n', 7) - 7);
  EXPECT_EQ(first.substr(0, 14), "CLIENT_RANDOM ");
  EXPECT_EQ(first.size(), 14u + 64 + 1 + 96);
  EXPECT_EQ(log, "before\n" + first + "\n" + first + "\n");  // both sides have one secret
  EXPECT_EQ(seen.secrets, 2);  // the premaster secret, too, which files do without
  EXPECT_GT(seen.messages, 5);
  client_side.keylog_filename = std::nullopt;
  server_side.keylog_filename = client_side.keylog_filename;
  ASSERT_TRUE(Pair(client_side, server_side).good());
  EXPECT_EQ(content(path), log);
  EXPECT_EQ(errno_of([&] { client_side.keylog_filename = folder / "no" / "log"; }), ENOENT);
  EXPECT_EQ(client_side.keylog_filename(), std::nullopt);
  client_side.keylog_filename = folder / "new.log";
  struct stat mode {};
  ASSERT_EQ(stat((folder / "new.log").c_str(), &mode), 0);
  EXPECT_EQ(mode.st_mode & 0077u, 0u);  // secrets are for their owner
}

// API: 11.override
TEST(Environments, give_the_clock_and_the_generator) {
  SSLContext c = verifying_context(PROTOCOL_TLSv1);
  const FixedClock later(4102444800);  // 2100-01-01
  SeededRng rng(7);
  c.set_environment(Environment{.rng = rng, .clock = later});
  EXPECT_TRUE(says(ssl_error(Pair(c, server_context()).client_error), "certificate has expired"));
  c.set_environment(std::nullopt);
  EXPECT_TRUE(Pair(c, server_context()).good());
}

// ---- callbacks -----------------------------------------------------------------------------

// API: 11.sni_callback
TEST(ServerNameCallbacks, are_put_into_words_that_the_engine_knows) {
  SSLContext c = server_context(), other = server_context(PROTOCOL_TLSv1);
  EXPECT_FALSE(c.sni_callback);
  EXPECT_FALSE(c.config()->choose_config);
  std::optional<std::string> asked = "nobody";
  c.set_servername_callback([&](const std::optional<std::string>& name) -> ServerNameAnswer {
    asked = name;
    if (!name) return std::monostate{};
    if (*name == "other") return other;
    if (*name == "bad") throw std::runtime_error("mine");
    return Alert::access_denied;
  });
  EXPECT_TRUE(c.sni_callback);
  const ChooseConfig choose = c.config()->choose_config;
  EXPECT_EQ(*choose(""), nullptr);
  EXPECT_EQ(asked, std::nullopt);
  EXPECT_EQ(*choose("other"), other.config());
  EXPECT_EQ(asked, "other");
  const auto refused = choose("third");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unrecognized_name);
  EXPECT_EQ(refused.error().alert(), Alert::access_denied);
  EXPECT_EQ(choose("bad").error().alert(), Alert::handshake_failure);
  c.sni_callback = nullptr;
  EXPECT_FALSE(c.config()->choose_config);
}

// API: 11.override
TEST(VerifyCallbacks, are_handed_on_and_may_throw) {
  SSLContext c = verifying_context();
  EXPECT_FALSE(c.config()->verify_override);
  bool seen_good = false;
  c.set_verify_callback([&](const Status& verdict, std::span<const Certificate> chain) -> Status {
    seen_good = verdict.has_value();
    if (chain.empty()) throw std::runtime_error("mine");
    return verdict;
  });
  const VerifyOverride f = c.config()->verify_override;
  const auto chain = server_context().config()->identities.front().chain;
  EXPECT_TRUE(f({}, chain));
  EXPECT_TRUE(seen_good);
  EXPECT_EQ(f(Error{Errc::unknown_ca}, chain).error().code, Errc::unknown_ca);
  EXPECT_EQ(f({}, {}).error().code, Errc::certificate_verify_failed);
}

// ---- sessions ------------------------------------------------------------------------------

/// Keeps everything, and counts.
class Shelf : public SessionStore {
 public:
  std::atomic<int> asked{0}, stored{0};
  Lookup find(ByteView id, std::int64_t now) override {
    ++asked;
    return cache_.find(id, now);
  }
  bool put(std::shared_ptr<const Session> s) override {
    ++stored;
    return cache_.put(std::move(s));
  }
  void remove(ByteView id) override { cache_.remove(id); }
  std::size_t size() const override { return cache_.size(); }

 private:
  SessionCache cache_{1000};
};

// API: C8, 11.sessions
TEST(SessionStores, may_be_the_callers_own_or_none) {
  SSLContext server = server_context(PROTOCOL_SSLv3);
  const SSLContext client(PROTOCOL_SSLv3);
  const auto shelf = std::make_shared<Shelf>();
  server.set_session_store(shelf);
  Pair first(client, server);
  EXPECT_EQ(shelf->stored, 1);
  EXPECT_EQ(server.session_stats()["number"], 1);
  Pair second(client, server, {.session = first.c().session()});
  EXPECT_TRUE(second.c().session_reused());
  EXPECT_EQ(shelf->asked, 1);
  server.set_session_store(nullptr);
  Pair third(client, server, {.session = first.c().session()});
  EXPECT_FALSE(third.c().session_reused());
  EXPECT_EQ(server.session_stats()["number"], 0);
}

/// Out of order: says so, or answers nonsense.
class Broken final : public Shelf {
 public:
  enum class What { nothing, find, put, remove, hit_of_nothing };
  std::atomic<What> what{What::nothing};
  Lookup find(ByteView id, std::int64_t now) override {
    fail_if(What::find);
    if (what == What::hit_of_nothing) return {.outcome = Outcome::hit, .session = nullptr};
    return Shelf::find(id, now);
  }
  bool put(std::shared_ptr<const Session> s) override {
    fail_if(What::put);
    return Shelf::put(std::move(s));
  }
  void remove(ByteView id) override {
    fail_if(What::remove);
    Shelf::remove(id);
  }

 private:
  void fail_if(What w) const {
    if (what == w) throw std::runtime_error("the store is down");
  }
};

// API: C8, 11.sessions
TEST(SessionStores, that_fail_cost_no_more_than_a_full_handshake) {
  using enum Broken::What;
  for (const int protocol : {PROTOCOL_SSLv2, PROTOCOL_SSLv3, PROTOCOL_TLSv1})
    for (const Broken::What what : {find, put, remove, hit_of_nothing}) {
      const SSLContext client(protocol);
      SSLContext server = server_context(protocol);
      server.options |= OP_NO_TICKET;
      const auto store = std::make_shared<Broken>();
      server.set_session_store(store);
      Pair first(client, server);
      const std::shared_ptr<const Session> session = first.c().session();
      store->what = what;
      Pair second(client, server, {.session = session});
      const bool found = what == put || what == remove;
      EXPECT_EQ(second.s().session_reused(), found);
      EXPECT_EQ(server.session_stats()["misses"], found ? 0 : 1);
      Pair third(client, server);
      third.c().sendall("hello");
      EXPECT_EQ(read_all(third.s(), 5), "hello");
      // The failure of the connection is what is heard of, and takes the session along.
      const std::shared_ptr<const Session> lost = third.s().session();
      socket::from_fd(dup(third.c().fileno())).sendall("garbage that is no record at all");
      ssl_error([&] { third.s().recv(); });
      EXPECT_TRUE(lost->revoked());
      store->what = nothing;
      Pair last(client, server, {.session = second.c().session()});
      EXPECT_EQ(last.s().session_reused(), found || what == find || what == hit_of_nothing);
    }
}

// API: C8, 11.sessions
TEST(SessionStores, that_cannot_count_say_so_to_who_asks) {
  class Uncountable final : public Shelf {
    std::size_t size() const override { throw std::runtime_error("no number"); }
  };
  SSLContext c = server_context();
  c.set_session_store(std::make_shared<Uncountable>());
  EXPECT_THROW(c.session_stats(), std::runtime_error);
}

// API: 11.sessions
TEST(SessionBytes, outlive_the_context) {
  const SSLContext server = server_context(PROTOCOL_SSLv3);
  bytes kept;
  {
    Pair p(verifying_context(PROTOCOL_SSLv3), server);
    kept = p.c().session()->encode();
  }
  const SSLContext client = verifying_context(PROTOCOL_SSLv3);
  Pair p(client, server, {.session = client.session_from_bytes(kept)});
  EXPECT_TRUE(p.c().session_reused());
  EXPECT_FALSE(p.c().getpeercert()->empty());
  kept.pop_back();
  EXPECT_EQ(ssl_error([&] { client.session_from_bytes(kept); }).errno_(), SSL_ERROR_SSL);
  EXPECT_THROW(client.session_from_bytes({}), SSLError);
  // A session of another context is refused before anything happens.
  auto ends = socketpair();
  EXPECT_EQ(argument_error([&] {
              SSLContext(PROTOCOL_SSLv3).wrap_socket(ends.first, {.session = p.c().session()});
            }),
            "Session refers to a different SSLContext.");
}

// ---- sockets -------------------------------------------------------------------------------

// API: F1, F1.m, 0.keywords
TEST(Wrapped, a_socket_tells_what_it_was_wrapped_with) {
  SSLSocket s = wrap_socket(socket(), {.keyfile = pki("server_key.pem"),
                                       .certfile = pki("server_cert.pem"),
                                       .server_side = true,
                                       .cert_reqs = CERT_OPTIONAL,
                                       .ssl_version = PROTOCOL_TLSv1,
                                       .ca_certs = pki("ca.pem"),
                                       .do_handshake_on_connect = false,
                                       .suppress_ragged_eofs = false,
                                       .ciphers = "AES128-SHA"});
  EXPECT_EQ(s.keyfile(), pki("server_key.pem"));
  EXPECT_EQ(s.certfile(), pki("server_cert.pem"));
  EXPECT_TRUE(s.server_side());
  EXPECT_EQ(s.cert_reqs(), CERT_OPTIONAL);
  EXPECT_EQ(s.ssl_version(), PROTOCOL_TLSv1);
  EXPECT_EQ(s.ca_certs(), pki("ca.pem"));
  EXPECT_FALSE(s.do_handshake_on_connect());
  EXPECT_FALSE(s.suppress_ragged_eofs());
  EXPECT_EQ(s.ciphers(), "AES128-SHA");
  EXPECT_EQ(s.server_hostname(), std::nullopt);
  EXPECT_EQ(s.context.verify_mode, CERT_OPTIONAL);
  SSLSocket plain = verifying_context().wrap_socket(socket(), {.server_hostname = "example.org"});
  EXPECT_EQ(plain.certfile(), std::nullopt);
  EXPECT_EQ(plain.keyfile(), std::nullopt);
  EXPECT_EQ(plain.ca_certs(), std::nullopt);
  EXPECT_EQ(plain.ciphers(), std::nullopt);
  EXPECT_EQ(plain.ssl_version(), PROTOCOL_SSLv23);
  EXPECT_EQ(plain.cert_reqs(), CERT_REQUIRED);
  EXPECT_EQ(plain.server_hostname(), "example.org");
  EXPECT_TRUE(plain.do_handshake_on_connect());
  EXPECT_TRUE(plain.suppress_ragged_eofs());
}

// API: 7.gone
TEST(Wrapped, a_descriptor_closed_underneath_is_named) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  p.c().socket::close();
  const std::function<void()> calls[] = {
      [&] { p.c().recv(); },     [&] { p.c().send("x"); }, [&] { p.c().sendall("x"); },
      [&] { p.c().write("x"); }, [&] { p.c().unwrap(); },  [&] { p.c().do_handshake(); }};
  for (const auto& call : calls) {
    const SSLError e = ssl_error(call);
    EXPECT_EQ(e.errno_(), SSL_ERROR_SSL);
    EXPECT_TRUE(says(e, "Underlying socket has been closed."));
  }
}

// API: M25, 10.recv_send, 10.wrapped_unconnected
TEST(Datagrams, are_for_plain_sockets) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  std::array<std::uint8_t, 8> buffer{};
  EXPECT_TRUE(argument_error([&] { p.c().sendto("x", {}); }).starts_with("sendto not allowed on"));
  EXPECT_TRUE(argument_error([&] { p.c().recvfrom(1); }).starts_with("recvfrom not allowed on"));
  EXPECT_TRUE(argument_error([&] {
                p.c().recvfrom_into(buffer);
              }).starts_with("recvfrom_into not allowed"));
  socket a(AF_INET, SOCK_DGRAM), b(AF_INET, SOCK_DGRAM);
  b.bind({"127.0.0.1", 0});
  a.bind({"127.0.0.1", 0});
  EXPECT_EQ(a.sendto("datagram", b.getsockname()), 8u);
  const auto got = b.recvfrom(100);
  EXPECT_EQ(text(got.first), "datagram");
  EXPECT_EQ(got.second, a.getsockname());
  a.sendto("again", b.getsockname());
  const auto [n, from] = b.recvfrom_into(buffer, 3);
  EXPECT_EQ(n, 3u);
  EXPECT_EQ(from, a.getsockname());
  SSLSocket unconnected = wrap_socket(socket());
  EXPECT_EQ(errno_of([&] { unconnected.recvfrom(1); }), ENOTCONN);
  EXPECT_EQ(errno_of([&] { unconnected.recvfrom_into(buffer); }), ENOTCONN);
  EXPECT_NE(errno_of([&] { unconnected.sendto("x", {}); }), 0);
}

// API: C6
TEST(Wrapped, client_settings_are_refused_to_servers) {
  auto ends = socketpair();
  EXPECT_EQ(argument_error([&] {
              server_context().wrap_socket(ends.first,
                                           {.server_side = true, .fallback_scsv = true});
            }),
            "fallback_scsv can only be specified in client mode");
  ends.first.send("untouched");
  EXPECT_EQ(text(ends.second.recv()), "untouched");
}

// API: 11.exceptions, 0.SSLError, 0.CertificateError, 1.4.SSL_ERROR
TEST(Exceptions, are_subclasses_of_SSLError_with_the_documented_numbers) {
  const auto number = [](const SSLError& e) { return e.errno_(); };
  EXPECT_EQ(number(SSLWantReadError()), SSL_ERROR_WANT_READ);
  EXPECT_EQ(number(SSLWantWriteError()), SSL_ERROR_WANT_WRITE);
  EXPECT_EQ(number(SSLZeroReturnError()), SSL_ERROR_ZERO_RETURN);
  EXPECT_EQ(number(SSLSyscallError("x")), SSL_ERROR_SYSCALL);
  EXPECT_EQ(number(SSLEOFError()), SSL_ERROR_EOF);
  for (const SSLError& e : {SSLError(SSLWantReadError()), SSLError(SSLWantWriteError()),
                            SSLError(SSLZeroReturnError()), SSLError(SSLEOFError())}) {
    EXPECT_EQ(e.library(), "SSL");
    EXPECT_FALSE(e.reason().empty());
    EXPECT_FALSE(e.hint().empty()) << e.what();
  }
  EXPECT_TRUE((std::is_base_of_v<SSLError, SSLCertVerificationError>));
  EXPECT_TRUE((std::is_base_of_v<socket_error, SSLError>));
  EXPECT_TRUE((std::is_base_of_v<std::invalid_argument, CertificateError>));
  EXPECT_STREQ(SSLWantWriteError().what(), "[Errno 3] The operation did not complete (write)");
  EXPECT_STREQ(SSLZeroReturnError().what(), "[Errno 6] TLS/SSL connection has been closed");
}

}  // namespace
}  // namespace parley
