// The conventions of the documented interface: how what Python says is said in C++.
#include <concepts>
#include <fstream>

#include "facade_support.hpp"

namespace parley {
namespace {

using namespace test;

// API: 0.names
TEST(Conventions, constants_are_known_to_the_compiler_under_their_own_names) {
  static_assert(CERT_NONE < CERT_OPTIONAL && CERT_OPTIONAL < CERT_REQUIRED);
  static_assert(std::same_as<decltype(PROTOCOL_SSLv23), const int>);
  static_assert(std::same_as<decltype(SSL_ERROR_WANT_READ), const int>);
  static_assert(std::same_as<decltype(OP_ALL), const std::uint64_t>);
  static_assert(std::same_as<decltype(HAS_SNI), const bool>);
  static_assert((OP_ALL & OP_DONT_INSERT_EMPTY_FRAGMENTS) == 0);
  const auto name = [](int protocol) {
    switch (protocol) {  // the names are cases: they differ, and are constants
      case PROTOCOL_SSLv2: return "SSLv2";
      case PROTOCOL_SSLv3: return "SSLv3";
      case PROTOCOL_SSLv23: return "SSLv23";
      case PROTOCOL_TLSv1: return "TLSv1";
      case PROTOCOL_TLSv1_1: return "TLSv1.1";
      case PROTOCOL_TLSv1_2: return "TLSv1.2";
      default: return "<unknown>";
    }
  };
  for (int p = -1; p < 7; ++p) EXPECT_EQ(get_protocol_name(p), name(p));
}

// API: 0.keywords
TEST(Conventions, keyword_arguments_keep_the_order_and_the_defaults_of_python) {
  static_assert(std::is_aggregate_v<wrap_socket_options>);
  static_assert(std::is_aggregate_v<context_wrap_options>);
  // A designated initialiser compiles in the order of the declaration only.
  const wrap_socket_options all{.keyfile = "k",
                                .certfile = "c",
                                .server_side = true,
                                .cert_reqs = CERT_REQUIRED,
                                .ssl_version = PROTOCOL_TLSv1,
                                .ca_certs = "a",
                                .do_handshake_on_connect = false,
                                .suppress_ragged_eofs = false,
                                .ciphers = "AES128-SHA"};
  const auto& [keyfile, certfile, server_side, reqs, version, ca, handshake, ragged, ciphers] = all;
  EXPECT_EQ(keyfile, "k");
  EXPECT_EQ(certfile, "c");
  EXPECT_EQ(version, PROTOCOL_TLSv1);
  EXPECT_EQ(ciphers, "AES128-SHA");
  const wrap_socket_options none;
  EXPECT_EQ(none.keyfile, std::nullopt);
  EXPECT_EQ(none.certfile, std::nullopt);
  EXPECT_FALSE(none.server_side);
  EXPECT_EQ(none.cert_reqs, CERT_NONE);
  EXPECT_EQ(none.ssl_version, std::nullopt);
  EXPECT_EQ(none.ca_certs, std::nullopt);
  EXPECT_TRUE(none.do_handshake_on_connect);
  EXPECT_TRUE(none.suppress_ragged_eofs);
  EXPECT_EQ(none.ciphers, std::nullopt);
  const context_wrap_options few{.server_side = false,
                                 .do_handshake_on_connect = false,
                                 .suppress_ragged_eofs = true,
                                 .server_hostname = "localhost"};
  EXPECT_EQ(few.server_hostname, "localhost");
}

// API: 0.none
TEST(Conventions, an_empty_string_is_as_good_as_none) {
  SSLSocket s = wrap_socket(
      socket(),
      {.keyfile = "", .certfile = "", .cert_reqs = CERT_NONE, .ca_certs = "", .ciphers = ""});
  EXPECT_EQ(s.context.get_ciphers(), SSLContext(PROTOCOL_SSLv3).get_ciphers());
  EXPECT_TRUE(s.context.get_ca_certs().empty());
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context(), {.server_hostname = ""});
  EXPECT_EQ(p.s().connection()->server_name(), "");
  SSLContext c(PROTOCOL_TLSv1);
  c.load_cert_chain(pki("server.pem"), "");
  EXPECT_EQ(c.config()->identities.size(), 1u);
}

// API: 0.bytes
TEST(Conventions, bytes_come_as_vectors_and_go_as_anything_contiguous) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  const bytes vector{'v'};
  const std::array<std::uint8_t, 1> array{'a'};
  const std::string string = "s";
  p.c().send(vector);
  p.c().sendall(array);
  p.c().write(ByteView(vector));
  p.c().send(string);
  p.c().sendall("l");
  p.c().write(std::string_view(string));
  static_assert(std::same_as<decltype(p.s().recv()), bytes>);
  static_assert(std::same_as<decltype(p.s().read()), bytes>);
  static_assert(std::same_as<decltype(p.s().getpeercert(binary_form)), std::optional<bytes>>);
  EXPECT_EQ(read_all(p.s(), 6), "vavsls");
  RAND_add(vector, 0.0);
  RAND_add("this is a random string", 75.0);
}

// API: 0.attributes
TEST(Conventions, attributes_read_and_write_as_values) {
  SSLContext c(PROTOCOL_SSLv23);
  const int mode = c.verify_mode;
  EXPECT_EQ(mode, CERT_NONE);
  c.options |= OP_NO_SSLv2;
  EXPECT_NE(c.options & OP_NO_SSLv2, 0u);
  c.options &= ~OP_NO_SSLv2;
  const std::uint64_t options = c.options;
  EXPECT_EQ(options, OP_ALL);
  EXPECT_TRUE(c.protocol == PROTOCOL_SSLv23 && c.verify_mode != CERT_REQUIRED);
  static_assert(!std::is_assignable_v<decltype((c.protocol)), int>);
  static_assert(!std::is_assignable_v<decltype(SSLSocket::context)&, SSLContext>);
}

// The wrong keyword of the 2.6 documents' server, and other mistakes that Python finds when it
// runs.
template <class Options>
concept has_ssl_protocol = requires(Options o) {
  o.ssl_protocol;
};
template <class... Arguments>
concept makes_a_context = std::constructible_from<SSLContext, Arguments...>;
template <class Argument>
concept is_a_path_to_egd = requires(Argument a) {
  RAND_egd(a);
};

// API: D5
TEST(Conventions,
     what_python_calls_a_TypeError_does_not_compile_and_a_ValueError_is_one_exception) {
  static_assert(!has_ssl_protocol<wrap_socket_options>);
  static_assert(makes_a_context<int> && !makes_a_context<> && !makes_a_context<const char*>);
  static_assert(is_a_path_to_egd<const char*> && !is_a_path_to_egd<int>);
  static_assert(std::derived_from<CertificateError, std::invalid_argument>);
  static_assert(!std::derived_from<SSLError, std::invalid_argument>);
  EXPECT_THROW(SSLContext(42), std::invalid_argument);
  EXPECT_THROW(SSLContext(PROTOCOL_TLSv1).load_verify_locations({}), std::invalid_argument);
  EXPECT_THROW(cert_time_to_seconds("soon"), std::invalid_argument);
  EXPECT_THROW(match_hostname(cert_dict{}, "x"), std::invalid_argument);
}

// API: 0.SSLError, 0.socket_error, 0.timeout, 0.gaierror
TEST(Conventions, every_failure_of_the_world_is_an_IOError_with_its_number) {
  static_assert(std::derived_from<SSLError, socket_error>);
  static_assert(std::derived_from<timeout, socket_error>);
  static_assert(std::derived_from<gaierror, socket_error>);
  static_assert(std::derived_from<socket_error, IOError>);
  static_assert(std::derived_from<IOError, std::system_error>);
  const SSLError e(SSL_ERROR_SSL, "no shared cipher");
  EXPECT_EQ(e.code().category(), ssl_category());
  EXPECT_EQ(e.code().value(), SSL_ERROR_SSL);
  EXPECT_EQ(e.errno_(), SSL_ERROR_SSL);
  EXPECT_EQ(e.strerror(), "no shared cipher");
  EXPECT_STREQ(e.what(), "[Errno 1] no shared cipher");
}

// API: 8.documentation
TEST(Conventions, the_warnings_of_the_documents_stand_where_people_look) {
  std::ifstream in(PARLEY_SOURCE_DIR "/include/parley/README.md");
  std::string all, word;
  while (in >> word) all += word + " ";
  for (const char* sentence :
       {"`CERT_NONE` is the default, and for a client it is insecure",
        "`match_hostname(s.getpeercert(), host)`",
        "sets `CERT_REQUIRED` and looks at `getpeercert()`", "SSL 2.0 is dangerous",
        "`options |= OP_NO_SSLv2` allows SSLv3 and TLSv1 but not SSLv2",
        "A chain begins with the server's own certificate", "the key comes first", "self-signed"})
    EXPECT_TRUE(has(all, sentence)) << sentence;
}

}  // namespace
}  // namespace parley
