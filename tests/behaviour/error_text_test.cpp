// The texts of errors: each one that the documents promise, met as a program meets it, with its
// number, its stable name and a hint that says what to try.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>

#include "facade_support.hpp"

namespace parley {
namespace {

using namespace test;

/// What every SSLError owes to whoever catches it.
void owes(const SSLError& e, int number, const std::string& part, const std::string& reason,
          const std::string& hint_says) {
  SCOPED_TRACE(e.what());
  EXPECT_EQ(e.errno_(), number);
  EXPECT_TRUE(says(e, part));
  EXPECT_EQ(e.what(), "[Errno " + std::to_string(number) + "] " + e.strerror());
  EXPECT_EQ(e.reason(), reason);
  ASSERT_FALSE(e.hint().empty());
  EXPECT_TRUE(std::isupper(static_cast<unsigned char>(e.hint().front()))) << e.hint();
  EXPECT_EQ(e.hint().back(), '.') << e.hint();
  EXPECT_TRUE(has(e.hint(), hint_says)) << e.hint();
}

/// A client's error, met by a peer that takes the hello and answers with these bytes.
SSLError client_meets(const SSLContext& client, const bytes& answer) {
  auto ends = socketpair();
  ends.first.settimeout(20);
  ends.second.settimeout(20);
  std::optional<SSLError> error;
  const Both both([&] { error = ssl_error([&] { client.wrap_socket(ends.first); }); },
                  [&] {
                    ends.second.recv(4096);
                    ends.second.sendall(answer);
                    ends.second.shutdown(SHUT_WR);
                  });
  both.check();
  return error.value();
}

/// A server's error, met by a peer that begins with these bytes.
SSLError server_meets(const SSLContext& server, std::string_view beginning) {
  auto ends = socketpair();
  ends.second.settimeout(20);
  ends.first.sendall(beginning);
  ends.first.shutdown(SHUT_WR);
  return ssl_error([&] { server.wrap_socket(ends.second, {.server_side = true}); });
}

// ---- alerts --------------------------------------------------------------------------------

struct AlertRow {
  std::uint8_t number;
  const char *text, *reason, *hint_says;
};
// The prefix belongs to the number: those that SSL 3.0 knew keep "sslv3" for ever.
constexpr AlertRow kAlerts[] = {
    {10, "sslv3 alert unexpected message", "SSLV3_ALERT_UNEXPECTED_MESSAGE", "order"},
    {20, "sslv3 alert bad record mac", "SSLV3_ALERT_BAD_RECORD_MAC", "changed"},
    {21, "tlsv1 alert decryption failed", "TLSV1_ALERT_DECRYPTION_FAILED", "changed"},
    {22, "tlsv1 alert record overflow", "TLSV1_ALERT_RECORD_OVERFLOW", "record"},
    {30, "sslv3 alert decompression failure", "SSLV3_ALERT_DECOMPRESSION_FAILURE", "compress"},
    {40, "sslv3 alert handshake failure", "SSLV3_ALERT_HANDSHAKE_FAILURE", "set_ciphers"},
    {41, "sslv3 alert no certificate", "SSLV3_ALERT_NO_CERTIFICATE", "certificate"},
    {42, "sslv3 alert bad certificate", "SSLV3_ALERT_BAD_CERTIFICATE", "certificate"},
    {43, "sslv3 alert unsupported certificate", "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
     "certificate"},
    {44, "sslv3 alert certificate revoked", "SSLV3_ALERT_CERTIFICATE_REVOKED", "revoked"},
    {45, "sslv3 alert certificate expired", "SSLV3_ALERT_CERTIFICATE_EXPIRED", "clock"},
    {46, "sslv3 alert certificate unknown", "SSLV3_ALERT_CERTIFICATE_UNKNOWN", "certificate"},
    {47, "sslv3 alert illegal parameter", "SSLV3_ALERT_ILLEGAL_PARAMETER", "parameter"},
    {48, "tlsv1 alert unknown ca", "TLSV1_ALERT_UNKNOWN_CA", "load_cert_chain"},
    {49, "tlsv1 alert access denied", "TLSV1_ALERT_ACCESS_DENIED", "certificate"},
    {50, "tlsv1 alert decode error", "TLSV1_ALERT_DECODE_ERROR", "read"},
    {51, "tlsv1 alert decrypt error", "TLSV1_ALERT_DECRYPT_ERROR", "key"},
    {60, "tlsv1 alert export restriction", "TLSV1_ALERT_EXPORT_RESTRICTION", "set_ciphers"},
    {70, "tlsv1 alert protocol version", "TLSV1_ALERT_PROTOCOL_VERSION", "PROTOCOL_"},
    {71, "tlsv1 alert insufficient security", "TLSV1_ALERT_INSUFFICIENT_SECURITY", "set_ciphers"},
    {80, "tlsv1 alert internal error", "TLSV1_ALERT_INTERNAL_ERROR", "log"},
    {86, "tlsv1 alert inappropriate fallback", "TLSV1_ALERT_INAPPROPRIATE_FALLBACK", "fallback"},
    {90, "tlsv1 alert user cancelled", "TLSV1_ALERT_USER_CANCELLED", "again"},
    {100, "tlsv1 alert no renegotiation", "TLSV1_ALERT_NO_RENEGOTIATION", "handshake"},
    {110, "tlsv1 unsupported extension", "TLSV1_UNSUPPORTED_EXTENSION", "extension"},
    {111, "tlsv1 certificate unobtainable", "TLSV1_CERTIFICATE_UNOBTAINABLE", "certificate"},
    {112, "tlsv1 unrecognized name", "TLSV1_UNRECOGNIZED_NAME", "server_hostname"},
    {113, "tlsv1 bad certificate status response", "TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE",
     "certificate"},
    {114, "tlsv1 bad certificate hash value", "TLSV1_BAD_CERTIFICATE_HASH_VALUE", "certificate"},
    {115, "tlsv1 unknown psk identity", "TLSV1_UNKNOWN_PSK_IDENTITY", "key"},
    {120, "tlsv1 alert no application protocol", "TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
     "application"},
};

// API: 7.alerts
TEST(ErrorTexts, every_alert_that_a_server_sends_has_one_whatever_the_version) {
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1, PROTOCOL_SSLv23})
    for (const AlertRow& row : kAlerts) {
      const std::uint8_t minor = protocol == PROTOCOL_SSLv3 ? 0 : 1;
      const SSLError e =
          client_meets(SSLContext(protocol), {21, 3, minor, 0, 2, 2 /* fatal */, row.number});
      EXPECT_EQ(e.strerror(), row.text) << protocol;
      owes(e, SSL_ERROR_SSL, row.text, row.reason, row.hint_says);
      EXPECT_EQ(e.library(), "SSL");
      ASSERT_TRUE(e.cause().has_value());
      EXPECT_EQ(e.cause()->code, Errc::peer_alert);
      EXPECT_EQ(static_cast<int>(e.cause()->received), row.number);
    }
}

// API: 7.alerts
TEST(ErrorTexts, an_alert_to_a_server_has_the_same) {
  for (const AlertRow& row : kAlerts) {
    const bytes alert{21, 3, 0, 0, 2, 2, row.number};
    owes(server_meets(server_context(PROTOCOL_SSLv3), as_text(alert)), SSL_ERROR_SSL, row.text,
         row.reason, row.hint_says);
  }
}

// API: 7.alerts
TEST(ErrorTexts, an_alert_that_nobody_registered_is_named_by_its_number) {
  const SSLError e = client_meets(SSLContext(PROTOCOL_TLSv1), {21, 3, 1, 0, 2, 2, 99});
  EXPECT_TRUE(says(e, "unknown alert type 99"));
  EXPECT_EQ(e.reason(), "UNKNOWN_ALERT_TYPE_99");
  EXPECT_FALSE(e.hint().empty());
}

// ---- reading, writing, the end -------------------------------------------------------------

// API: 7.want
TEST(ErrorTexts, an_operation_that_must_wait_says_for_what) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  p.c().setblocking(false);
  owes(ssl_error([&] { p.c().recv(); }), SSL_ERROR_WANT_READ,
       "The operation did not complete (read)", "WANT_READ", "readable");
  owes(ssl_error([&] {
         for (;;) p.c().write(std::string(100000, 'x'));
       }),
       SSL_ERROR_WANT_WRITE, "The operation did not complete (write)", "WANT_WRITE", "writable");
}

// API: 7.closed
TEST(ErrorTexts, reading_after_both_sides_have_closed_says_so) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  p.c().setblocking(false);
  EXPECT_THROW(p.c().unwrap(), SSLWantReadError);
  EXPECT_TRUE(p.s().recv().empty());
  p.s().unwrap();
  owes(ssl_error([&] { p.c().read(); }), SSL_ERROR_ZERO_RETURN,
       "TLS/SSL connection has been closed", "ZERO_RETURN", "unwrap()");
}

// API: 7.eof
TEST(ErrorTexts, an_end_without_close_notify_is_a_violation) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context(), {.suppress_ragged_eofs = false});
  p.s().close();
  owes(ssl_error([&] { p.c().recv(); }), SSL_ERROR_EOF, "EOF occurred in violation of protocol",
       "UNEXPECTED_EOF", "close_notify");
  owes(client_meets(SSLContext(PROTOCOL_TLSv1), {}), SSL_ERROR_EOF,
       "EOF occurred in violation of protocol", "UNEXPECTED_EOF", "close_notify");
}

// API: 7.gone
TEST(ErrorTexts, a_descriptor_closed_underneath_is_named) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  p.c().socket::close();
  owes(ssl_error([&] { p.c().recv(); }), SSL_ERROR_SSL, "Underlying socket has been closed.",
       "SOCKET_CLOSED", "socket");
}

// API: 7.os
TEST(ErrorTexts, an_error_of_the_system_stays_one) {
  // A connection that is reset in the middle of the handshake, and one that is reset afterwards.
  socket plain;
  plain.bind({"127.0.0.1", 0});
  plain.listen(1);
  const auto reset = [](socket s) {
    const linger now{1, 0};
    s.setsockopt(SOL_SOCKET, SO_LINGER,
                 ByteView(reinterpret_cast<const std::uint8_t*>(&now), sizeof now));
  };
  for (const bool suppress : {true, false}) {
    SSLSocket client =
        SSLContext(PROTOCOL_TLSv1).wrap_socket(socket(), {.suppress_ragged_eofs = suppress});
    const Both both([&] { client.connect(plain.getsockname()); },
                    [&] {
                      socket s = plain.accept().first;
                      s.recv(10);  // the hello is not read to its end
                      reset(std::move(s));
                    });
    try {
      std::rethrow_exception(both.here);
    } catch (const SSLError& e) {
      ADD_FAILURE() << e.what();
    } catch (const socket_error& e) {
      EXPECT_EQ(e.errno_(), ECONNRESET);
      EXPECT_STREQ(e.what(), "[Errno 104] Connection reset by peer");
    }
  }
}

// API: 0.timeout, 8.timeouts
TEST(ErrorTexts, a_timeout_names_the_operation) {
  const auto text_of = [](const std::function<void()>& call) -> std::string {
    try {
      call();
    } catch (const SSLError& e) {
      return std::string("an SSLError: ") + e.what();
    } catch (const timeout& e) {
      EXPECT_EQ(e.errno_(), ETIMEDOUT);
      return e.strerror();
    }
    return "nothing was thrown";
  };
  auto ends = socketpair();
  ends.first.settimeout(0.02);
  EXPECT_EQ(text_of([&] { SSLContext(PROTOCOL_SSLv3).wrap_socket(ends.first); }),
            "The handshake operation timed out");
  Pair p(SSLContext(PROTOCOL_SSLv3), server_context());
  p.c().settimeout(0.02);
  EXPECT_EQ(text_of([&] { p.c().read(); }), "The read operation timed out");
  EXPECT_EQ(text_of([&] {
              for (;;) p.c().sendall(std::string(100000, 'x'));
            }),
            "The write operation timed out");
  auto plain = socketpair();
  plain.first.settimeout(0.02);
  EXPECT_EQ(text_of([&] { plain.first.recv(); }), "timed out");
}

// ---- certificates and files ----------------------------------------------------------------

// API: 7.verify
TEST(ErrorTexts, a_certificate_that_does_not_verify_says_why_and_whom_to_ask) {
  struct Row {
    const char *chain, *ca, *why, *hint_says;
  };
  for (const Row& row : {Row{"server.pem", "wrong_ca.pem", "unable to get local issuer certificate",
                             "load_verify_locations"},
                         Row{"expired.pem", "ca.pem", "certificate has expired", "clock"}}) {
    Pair p(verifying_context(PROTOCOL_TLSv1, row.ca), server_context(PROTOCOL_TLSv1, row.chain));
    const SSLError e = ssl_error(p.client_error);
    owes(e, SSL_ERROR_SSL, "certificate verify failed", "CERTIFICATE_VERIFY_FAILED", row.hint_says);
    EXPECT_TRUE(says(e, row.why));
  }
  SSLContext early = verifying_context(PROTOCOL_TLSv1);
  const FixedClock before(0);
  early.set_environment(Environment{.rng = system_rng(), .clock = before});
  owes(ssl_error(Pair(early, server_context()).client_error), SSL_ERROR_SSL,
       "certificate verify failed: certificate is not yet valid", "CERTIFICATE_VERIFY_FAILED",
       "clock");
  SSLContext strict = verifying_context(PROTOCOL_TLSv1);
  strict.set_verify_callback([](const Status&, std::span<const Certificate>) -> Status {
    return Error{.code = Errc::certificate_verify_failed, .where = "not today"};
  });
  owes(ssl_error(Pair(strict, server_context()).client_error), SSL_ERROR_SSL,
       "certificate verify failed", "CERTIFICATE_VERIFY_FAILED", "set_verify_callback");
}

// API: 7.client_cert
TEST(ErrorTexts, a_client_without_a_certificate_is_told_and_so_is_the_server) {
  SSLContext server = server_context();
  server.verify_mode = CERT_REQUIRED;
  server.load_verify_locations(pki("ca.pem"));
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1}) {
    Pair p(SSLContext(protocol), server);
    owes(ssl_error(p.server_error), SSL_ERROR_SSL, "peer did not return a certificate",
         "PEER_DID_NOT_RETURN_A_CERTIFICATE", "CERT_OPTIONAL");
    owes(ssl_error(p.client_error), SSL_ERROR_SSL, "sslv3 alert handshake failure",
         "SSLV3_ALERT_HANDSHAKE_FAILURE", "certificate");
  }
}

// API: 7.files, D8
TEST(ErrorTexts, files_that_hold_something_else_say_what_they_lack) {
  const std::string folder =
      std::filesystem::temp_directory_path() / ("parley-texts-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const auto write = [&folder](const std::string& name, const std::string& text) {
    std::ofstream(folder + "/" + name, std::ios::binary) << text;
    return folder + "/" + name;
  };
  const std::string cert = pki("server_cert.pem"), key = pki("server_key.pem");
  const std::string bad =
      write("bad.pem", "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n");
  const std::string cut = write("cut.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
  SSLContext c(PROTOCOL_TLSv1);
  const auto load = [&c](const std::string& chain, const std::string& private_key) {
    return ssl_error([&] { c.load_cert_chain(chain, private_key); });
  };
  owes(load(write("empty.pem", ""), key), SSL_ERROR_SSL, "PEM lib: no start line", "NO_START_LINE",
       "PEM block");
  owes(load(cert, cert), SSL_ERROR_SSL, "PEM lib: no start line", "NO_START_LINE", "PEM block");
  owes(load(bad, key), SSL_ERROR_SSL, "PEM lib: bad base64 decode", "BAD_BASE64_DECODE", "damaged");
  owes(load(cut, key), SSL_ERROR_SSL, "PEM lib: bad end line", "BAD_END_LINE", "cut off");
  owes(load(cert, pki("encrypted_key.pem")), SSL_ERROR_SSL, "PEM lib: bad password read",
       "BAD_PASSWORD_READ", "password");
  owes(load(cert, pki("other_key.pem")), SSL_ERROR_SSL, "key values mismatch",
       "KEY_VALUES_MISMATCH", "another certificate");
  const auto ec = PrivateKey::generate_ec(system_rng(), "P-256");
  ASSERT_TRUE(ec.has_value());
  owes(load(cert, write("ec.pem", ec->to_pem())), SSL_ERROR_SSL, "key type mismatch",
       "KEY_TYPE_MISMATCH", "another certificate");
  const SSLError no_der = load(
      write("no_der.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), key);
  owes(no_der, SSL_ERROR_SSL, "PEM lib: bad DER encoding", no_der.reason(), "damaged");
  for (const std::string& file : {bad, cut, key})
    EXPECT_TRUE(says(ssl_error([&] { c.load_verify_locations(file); }), "PEM lib"));
  owes(ssl_error([&] { c.load_verify_locations({}, ""); }), SSL_ERROR_SSL, "invalid directory",
       "INVALID_DIRECTORY", "capath");
  std::filesystem::remove_all(folder);
}

// ---- suites --------------------------------------------------------------------------------

// API: 7.ciphers
TEST(ErrorTexts, a_list_that_selects_nothing_shows_what_a_list_looks_like) {
  SSLContext c(PROTOCOL_TLSv1);
  for (const auto& [list, reason] :
       {std::pair{"^$:,;?*'dorothyx", "INVALID_COMMAND"}, {"", "NO_CIPHER_MATCH"}}) {
    const SSLError e = ssl_error([&c, names = list] { c.set_ciphers(names); });
    EXPECT_EQ(e.strerror(), "No cipher can be selected.");
    owes(e, SSL_ERROR_SSL, "No cipher can be selected.", reason, "HIGH");
  }
}

// API: 7.offer
TEST(ErrorTexts, a_client_that_has_nothing_to_offer_says_so) {
  SSLContext c(PROTOCOL_SSLv23);
  c.set_ciphers("SSLv2");
  c.options |= OP_NO_SSLv2;
  auto ends = socketpair();
  owes(ssl_error([&] { c.wrap_socket(ends.first); }), SSL_ERROR_SSL, "no ciphers available",
       "NO_CIPHERS_AVAILABLE", "set_ciphers");
}

// API: 7.shared
TEST(ErrorTexts, without_a_common_suite_both_sides_are_told) {
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1, PROTOCOL_SSLv23}) {
    SSLContext client(protocol), server = server_context();
    client.options |= OP_NO_SSLv2;
    client.set_ciphers("RC4-SHA");
    server.set_ciphers("AES128-SHA");
    Pair p(client, server);
    owes(ssl_error(p.server_error), SSL_ERROR_SSL, "no shared cipher", "NO_SHARED_CIPHER",
         "set_ciphers");
    owes(ssl_error(p.client_error), SSL_ERROR_SSL, "sslv3 alert handshake failure",
         "SSLV3_ALERT_HANDSHAKE_FAILURE", "set_ciphers");
  }
  // A server without a certificate, which is nearly always a mistake.
  Pair bare{SSLContext(PROTOCOL_TLSv1), SSLContext(PROTOCOL_TLSv1)};
  owes(ssl_error(bare.server_error), SSL_ERROR_SSL, "no shared cipher", "NO_SHARED_CIPHER",
       "load_cert_chain");
}

// ---- versions ------------------------------------------------------------------------------

// API: 7.version
TEST(ErrorTexts, versions_that_do_not_meet_are_named_on_both_sides) {
  // Whoever finds out says so; the other hears an alert, if both speak the language of alerts.
  const auto refuses = [](const std::exception_ptr& e) {
    owes(ssl_error(e), SSL_ERROR_SSL, "wrong version number", "UNSUPPORTED_PROTOCOL", "OP_NO_");
    EXPECT_TRUE(says(ssl_error(e), "unsupported protocol"));
  };
  const auto hears = [](const std::exception_ptr& e) {
    owes(ssl_error(e), SSL_ERROR_SSL, "alert", ssl_error(e).reason(), "PROTOCOL_");
  };
  Pair lower{SSLContext(PROTOCOL_SSLv3), server_context(PROTOCOL_TLSv1)};
  refuses(lower.server_error);
  hears(lower.client_error);
  Pair higher{SSLContext(PROTOCOL_TLSv1), server_context(PROTOCOL_SSLv3)};
  refuses(higher.client_error);
  hears(higher.server_error);
  Pair ancient{SSLContext(PROTOCOL_SSLv2), server_context(PROTOCOL_TLSv1)};
  owes(ssl_error(ancient.server_error), SSL_ERROR_SSL, "unknown protocol", "UNKNOWN_PROTOCOL",
       "switched off");
  // A record of a version that there never was.
  owes(client_meets(SSLContext(PROTOCOL_TLSv1), {22, 4, 1, 0, 4, 2, 0, 0, 0}), SSL_ERROR_SSL,
       "wrong version number", "WRONG_VERSION_NUMBER", "switched off");
}

// API: 7.version, 4.2.6
TEST(ErrorTexts, a_version_that_is_switched_off_is_unsupported) {
  SSLContext client(PROTOCOL_SSLv23);
  client.options |= OP_NO_SSLv2 | OP_NO_SSLv3 | OP_NO_TLSv1 | OP_NO_TLSv1_1 | OP_NO_TLSv1_2;
  owes(ssl_error(Pair(client, server_context()).client_error), SSL_ERROR_SSL,
       "unsupported protocol", "UNSUPPORTED_PROTOCOL", "OP_NO_");
  // A server that answers with a version that was not wanted.
  SSLContext modern(PROTOCOL_SSLv23);
  modern.options |= OP_NO_SSLv2 | OP_NO_SSLv3;
  owes(ssl_error(Pair(modern, server_context(PROTOCOL_SSLv3)).client_error), SSL_ERROR_SSL,
       "unsupported protocol", "UNSUPPORTED_PROTOCOL", "OP_NO_");
}

// API: 7.version, 4.3.http
TEST(ErrorTexts, something_that_is_no_TLS_is_told_apart) {
  for (const char* verb : {"GET / HTTP/1.0\r\n\r\n", "POST /x HTTP/1.1\r\n\r\n",
                           "HEAD / HTTP/1.0\r\n\r\n", "PUT /y HTTP/1.0\r\n\r\n"})
    owes(server_meets(server_context(), verb), SSL_ERROR_SSL, "http request", "HTTP_REQUEST",
         "HTTP");
  owes(server_meets(server_context(), "SSH-2.0-OpenSSH_9.2\r\n"), SSL_ERROR_SSL, "unknown protocol",
       "UNKNOWN_PROTOCOL", "port");
  const std::string answer = "HTTP/1.0 400 Bad Request\r\n\r\n";
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1, PROTOCOL_SSLv23})
    owes(client_meets(SSLContext(protocol), to_bytes(as_bytes(answer))), SSL_ERROR_SSL,
         "unknown protocol", "UNKNOWN_PROTOCOL", "port");
}

// API: 7.version
TEST(ErrorTexts, ssl2_has_words_of_its_own) {
  // A TLS hello to a server of SSL 2.0, and a TLS answer to a client of it.
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context(PROTOCOL_SSLv2));
  owes(ssl_error(p.server_error), SSL_ERROR_SSL, "non sslv2 initial packet",
       "NON_SSLV2_INITIAL_PACKET", "SSLv2");
  owes(client_meets(SSLContext(PROTOCOL_SSLv2), {21, 3, 1, 0, 2, 2, 70}), SSL_ERROR_SSL,
       "non sslv2 initial packet", "NON_SSLV2_INITIAL_PACKET", "SSLv2");
  // No kind in common: in SSL 2.0 the client chooses, so the client finds out.
  SSLContext client(PROTOCOL_SSLv2), server = server_context(PROTOCOL_SSLv2);
  client.set_ciphers("RC4-MD5");
  server.set_ciphers("DES-CBC3-MD5");
  Pair q(client, server);
  owes(ssl_error(q.client_error), SSL_ERROR_SSL, "no cipher list", "NO_CIPHER_LIST", "SSLv2");
  owes(ssl_error(q.server_error), SSL_ERROR_SSL, "peer error no cipher", "PEER_ERROR_NO_CIPHER",
       "SSLv2");
}

// ---- records -------------------------------------------------------------------------------

// API: 7.records
TEST(ErrorTexts, a_bit_that_flips_on_the_way_is_noticed_and_reported_to_the_sender) {
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1})
    for (const char* suite : {"AES128-SHA", "RC4-SHA"}) {
      SSLContext client(protocol);
      client.set_ciphers(suite);
      Pair p(client, server_context());
      ASSERT_TRUE(p.good());
      // The record is taken from the wire, and comes again with a bit changed.
      p.c().send("to be tampered with");
      socket wire = socket::from_fd(dup(p.s().fileno()));
      bytes record = wire.recv(4096);
      record.back() ^= 1;
      socket back = socket::from_fd(dup(p.c().fileno()));
      back.sendall(record);
      const SSLError e = ssl_error([&] { read_all(p.s(), 19); });
      owes(e, SSL_ERROR_SSL, "decryption failed or bad record mac",
           "DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "changed");
      owes(ssl_error([&] { p.c().recv(); }), SSL_ERROR_SSL, "sslv3 alert bad record mac",
           "SSLV3_ALERT_BAD_RECORD_MAC", "changed");
    }
}

// ---- all the rest --------------------------------------------------------------------------

// API: 11.exceptions
TEST(ErrorTexts, a_reason_that_only_a_broken_peer_gives_has_a_hint_too) {
  // A handshake record where there is none of that type; a length that the message has not.
  owes(client_meets(SSLContext(PROTOCOL_TLSv1), {22, 3, 1, 0, 4, 99, 0, 0, 0}), SSL_ERROR_SSL,
       "unexpected message", "UNEXPECTED_MESSAGE", "cause()");
  owes(client_meets(SSLContext(PROTOCOL_TLSv1), {22, 3, 1, 0, 5, 2, 0, 0, 1, 3}), SSL_ERROR_SSL,
       "length mismatch", "LENGTH_MISMATCH", "cause()");
  owes(ssl_error([] { RAND_egd("/no/such/socket"); }), SSL_ERROR_SSL,
       "EGD connection failed or EGD did not return enough data to seed the PRNG", "EGD_FAILED",
       "left out");
  SSLSocket s = SSLContext(PROTOCOL_TLSv1)
                    .wrap_socket(socketpair().first, {.do_handshake_on_connect = false});
  owes(ssl_error([&] { s.unwrap(); }), SSL_ERROR_SSL, "shutdown while in init",
       "SHUTDOWN_WHILE_IN_INIT", "do_handshake");
}

}  // namespace
}  // namespace parley
