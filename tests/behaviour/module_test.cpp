// The module functions that need a server or look at text: one test for each promise.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "facade_support.hpp"

namespace parley {
namespace {

using namespace test;

/// A server for one connection, on a port of its own.
struct OneServer {
  socket listener;
  std::optional<SSLSocket> connection;
  std::exception_ptr error;
  std::thread thread;

  explicit OneServer(SSLContext context = server_context()) {
    listener.bind({"127.0.0.1", 0});
    listener.listen(1);
    listener.settimeout(20);
    thread = std::thread([this, context = std::move(context)] {
      try {
        socket plain = listener.accept().first;
        plain.settimeout(20);
        connection = context.wrap_socket(plain, {.server_side = true});
      } catch (...) {
        error = std::current_exception();
      }
    });
  }
  ~OneServer() { thread.join(); }
  OneServer(const OneServer&) = delete;
  OneServer& operator=(const OneServer&) = delete;
  address where() const { return listener.getsockname(); }
};

std::size_t open_descriptors() {
  std::size_t n = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    n += entry.exists();
  return n;
}

// API: F7
TEST(GetServerCertificateOf, speaks_ssl3_unless_told_otherwise) {
  {
    OneServer s;
    get_server_certificate(s.where());
    s.thread.join();
    s.thread = std::thread([] {});
    EXPECT_EQ(s.connection->version(), "SSLv3");
  }
  OneServer s(server_context(PROTOCOL_TLSv1));
  EXPECT_THROW(get_server_certificate(s.where()), SSLError);
}

// API: F7
TEST(GetServerCertificateOf, sends_no_name_and_checks_none) {
  OneServer s(server_context(PROTOCOL_SSLv23, "names.pem"));  // not for 127.0.0.1
  EXPECT_NO_THROW(get_server_certificate(s.where(), PROTOCOL_TLSv1, pki("ca.pem")));
  s.thread.join();
  s.thread = std::thread([] {});
  EXPECT_EQ(s.connection->connection()->server_name(), "");
}

// API: F7
TEST(GetServerCertificateOf, counts_an_empty_file_name_as_none) {
  OneServer s;
  EXPECT_NO_THROW(get_server_certificate(s.where(), PROTOCOL_TLSv1, ""));
}

// API: F7
TEST(GetServerCertificateOf, closes_its_socket_whatever_happens) {
  const std::size_t before = open_descriptors();
  socket unused;
  unused.bind({"127.0.0.1", 0});  // nobody listens
  const address nobody = unused.getsockname();
  unused.close();
  EXPECT_EQ(errno_of([&] { get_server_certificate(nobody); }), ECONNREFUSED);
  {
    OneServer s;
    get_server_certificate(s.where(), PROTOCOL_TLSv1);
  }
  {
    OneServer s;
    EXPECT_TRUE(says(
        ssl_error([&] { get_server_certificate(s.where(), PROTOCOL_TLSv1, pki("wrong_ca.pem")); }),
        "certificate verify failed"));
  }
  EXPECT_EQ(errno_of([&] { get_server_certificate(nobody, PROTOCOL_TLSv1, "/no/such/file"); }),
            ENOENT);
  EXPECT_EQ(open_descriptors(), before);
}

// API: F8
TEST(DerToPem, looks_at_no_byte_and_fills_lines_of_64) {
  EXPECT_EQ(DER_cert_to_PEM_cert(as_bytes("no DER at all")),
            "-----BEGIN CERTIFICATE-----\nbm8gREVSIGF0IGFsbA==\n-----END CERTIFICATE-----\n");
  const std::string pem = DER_cert_to_PEM_cert(bytes(49, 0));
  EXPECT_EQ(pem, "-----BEGIN CERTIFICATE-----\n" + std::string(64, 'A') +
                     "\nAA==\n-----END CERTIFICATE-----\n");
}

// API: F9
TEST(PemToDer, wants_both_lines_and_not_one_for_both) {
  for (const std::string& no_header : {std::string(), std::string("-----END CERTIFICATE-----"),
                                       std::string("\n-----BEGIN CERTIFICATE-----")})
    EXPECT_EQ(argument_error([&] { PEM_cert_to_DER_cert(no_header); }),
              "Invalid PEM encoding; must start with -----BEGIN CERTIFICATE-----");
  for (const std::string& no_footer :
       {std::string("-----BEGIN CERTIFICATE-----"),
        std::string("-----BEGIN CERTIFICATE-----\nAAAA"),
        std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----x")})
    EXPECT_EQ(argument_error([&] { PEM_cert_to_DER_cert(no_footer); }),
              "Invalid PEM encoding; must end with -----END CERTIFICATE-----");
}

// API: get_protocol_name
TEST(ProtocolName, is_the_constants_without_their_prefix) {
  EXPECT_EQ(get_protocol_name(PROTOCOL_SSLv3), "SSLv3");
  EXPECT_EQ(get_protocol_name(PROTOCOL_SSLv23), "SSLv23");
  EXPECT_EQ(get_protocol_name(PROTOCOL_TLSv1), "TLSv1");
  EXPECT_EQ(get_protocol_name(-1), "<unknown>");
}

// API: 1.4.OPENSSL_VERSION, 10.version
TEST(Version, is_what_test_ssl_asks_of_it) {
  const auto [major, minor, fix, patch, status] = OPENSSL_VERSION_INFO;
  EXPECT_EQ(OPENSSL_VERSION_NUMBER, 0x1000111Fu);
  EXPECT_GE(OPENSSL_VERSION_NUMBER, 0x900000u);
  EXPECT_LT(OPENSSL_VERSION_NUMBER, 0x20000000u);
  EXPECT_EQ(major, 1);
  EXPECT_EQ(minor, 0);
  EXPECT_EQ(fix, 1);
  EXPECT_LE(patch, 26);
  EXPECT_LE(status, 15);
  const std::string text(OPENSSL_VERSION);
  EXPECT_TRUE(text.starts_with("OpenSSL " + std::to_string(major) + "." + std::to_string(minor) +
                               "." + std::to_string(fix)));
  EXPECT_TRUE(has(text, "compatible (parley "));
}

// API: 1.4.SSL_ERROR, 1.4.OP_NO, 1.4.HAS_SNI, 10.constants
TEST(Constants, of_errors_are_the_numbers_of_python) {
  EXPECT_EQ((std::array{SSL_ERROR_SSL, SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE,
                        SSL_ERROR_WANT_X509_LOOKUP, SSL_ERROR_SYSCALL, SSL_ERROR_ZERO_RETURN,
                        SSL_ERROR_WANT_CONNECT, SSL_ERROR_EOF, SSL_ERROR_INVALID_ERROR_CODE}),
            (std::array{1, 2, 3, 4, 5, 6, 7, 8, 10}));
  EXPECT_EQ(OP_NO_SSLv2, 0x01000000u);
  EXPECT_EQ(OP_NO_TLSv1, 0x04000000u);
  EXPECT_TRUE(HAS_SNI);
}

}  // namespace
}  // namespace parley
