// What a caller relies on without looking: that nothing leaves in clear, that a saved setting is
// saved, that a name means all of its characters, that errors stay errors.
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <type_traits>
#include <vector>

#include "tests/behaviour/facade_support.hpp"

namespace parley::test {
namespace {

using namespace std::string_literals;

socket listener() {
  socket l;
  l.bind({"127.0.0.1", 0});
  l.listen(5);
  l.settimeout(20);
  return l;
}

address of(const socket& l) { return {"127.0.0.1", l.getsockname().port}; }

/// A TLS server for one client whose handshake fails, and what comes on the wire afterwards.
std::string after_a_refusal(const std::function<void(const address&)>& client) {
  socket l = listener();
  std::string wire;
  Both([&] { client(of(l)); },
       [&] {
         socket accepted = l.accept().first;
         socket raw = socket::from_fd(::dup(accepted.fileno()));
         try {
           accepted.settimeout(20);
           server_context().wrap_socket(accepted, {.server_side = true});
         } catch (const SSLError&) {
           // the client's alert
         }
         raw.settimeout(20);
         wire = read_all(raw, 1 << 20);
       })
      .check();
  return wire;
}

void expect_nothing_in_clear(SSLSocket& s) {
  std::uint8_t room[8];
  const auto verification = [&](const std::function<void()>& call) {
    EXPECT_THROW(call(), SSLCertVerificationError);
  };
  verification([&] { s.sendall("SECRET"); });
  verification([&] { s.send("SECRET"); });
  verification([&] { s.write("SECRET"); });
  verification([&] { s.sendto("SECRET", address{}); });
  verification([&] { s.recv(); });
  verification([&] { s.recv_into(room); });
  verification([&] { s.recvfrom(8); });
  verification([&] { s.recvfrom_into(room); });
  verification([&] { s.read(); });
  verification([&] { s.do_handshake(); });
  verification([&] { s.unwrap(); });
  socket_file f = s.makefile("rwb");
  verification([&] {
    f.write("SECRET");
    f.flush();
  });
}

SSLContext believes_nobody() {
  SSLContext c(PROTOCOL_SSLv23);
  c.verify_mode = CERT_REQUIRED;
  return c;
}

// API: M4, 5.1.REQUIRED
TEST(Caller, sends_nothing_in_clear_when_connect_has_refused_the_server) {
  const std::string wire = after_a_refusal([](const address& a) {
    SSLSocket s = believes_nobody().wrap_socket(socket());
    EXPECT_THROW(s.connect(a), SSLCertVerificationError);
    EXPECT_NE(s.fileno(), -1);
    expect_nothing_in_clear(s);
    s.shutdown(SHUT_RD);
    EXPECT_THROW(s.sendall("SECRET"), SSLCertVerificationError);
    EXPECT_EQ(s.connect_ex(a), EISCONN);
    EXPECT_THROW(s.sendall("SECRET"), SSLCertVerificationError);
  });
  EXPECT_EQ(wire, "");
}

// API: M5
TEST(Caller, sends_nothing_in_clear_when_connect_ex_has_refused_the_server) {
  const std::string wire = after_a_refusal([](const address& a) {
    SSLSocket s = believes_nobody().wrap_socket(socket());
    EXPECT_THROW(s.connect_ex(a), SSLCertVerificationError);
    expect_nothing_in_clear(s);
  });
  EXPECT_EQ(wire, "");
}

// API: M4
TEST(Caller, sends_nothing_in_clear_when_the_handshake_of_connect_has_timed_out) {
  socket l = listener();
  socket plain;
  plain.settimeout(0.1);
  SSLSocket s = wrap_socket(plain);
  EXPECT_THROW(s.connect(of(l)), timeout);
  EXPECT_THROW(s.sendall("SECRET"), timeout);
  EXPECT_THROW(s.recv(), timeout);
  s.close();
  EXPECT_EQ(errno_of([&] { s.recv(); }), EBADF);
  socket other = l.accept().first;
  EXPECT_FALSE(has(read_all(other, 1 << 20), "SECRET"));
}

// API: M5
TEST(Caller, keeps_tls_when_connect_ex_is_called_again_too_early) {
  socket l;
  l.bind({"127.0.0.1", 0});
  l.listen(0);
  std::vector<socket> queue(3);  // fills the backlog, so that nobody else gets through
  for (socket& s : queue) {
    s.setblocking(false);
    s.connect_ex(of(l));
  }
  ::usleep(50'000);
  socket plain;
  plain.setblocking(false);
  SSLSocket s = SSLContext(PROTOCOL_SSLv23).wrap_socket(plain, {.do_handshake_on_connect = false});
  ASSERT_EQ(s.connect_ex(of(l)), EINPROGRESS);
  ASSERT_EQ(s.connect_ex(of(l)), EALREADY);
  EXPECT_THROW(s.do_handshake(), SSLWantWriteError);
  EXPECT_EQ(s.send("SECRET"), 0u);
}

// API: M5
TEST(Caller, keeps_tls_when_the_descriptor_turns_out_to_be_connected_already) {
  socket l = listener();
  SSLSocket s = SSLContext(PROTOCOL_TLSv1).wrap_socket(socket());
  s.socket::connect(of(l));
  EXPECT_EQ(s.connect_ex(of(l)), EISCONN);
  socket other = l.accept().first;
  s.settimeout(0.1);
  EXPECT_THROW(s.sendall("SECRET"), timeout);
  EXPECT_EQ(other.recv(1).at(0), 22);  // a handshake record
}

// API: 0.attributes
TEST(Caller, cannot_take_an_attribute_for_its_value) {
  static_assert(!std::is_copy_constructible_v<SSLContext::Options>);
  static_assert(!std::is_copy_constructible_v<SSLContext::Mode>);
  static_assert(!std::is_copy_constructible_v<SSLContext::VersionBound>);
  static_assert(!std::is_copy_constructible_v<SSLContext::KeylogFilename>);
  static_assert(!std::is_copy_constructible_v<SSLContext::SniCallback>);
  static_assert(!std::is_copy_constructible_v<SSLContext::ReadOnlyInt>);
  static_assert(std::is_copy_constructible_v<SSLContext>);
  SSLContext c(PROTOCOL_SSLv23);
  c.verify_mode = CERT_REQUIRED;
  const auto mode = c.verify_mode();
  const auto options = c.options();
  const auto lowest = c.minimum_version();
  c.sni_callback = [](const std::optional<std::string>&) { return Alert::unrecognized_name; };
  const ServerNameCallback callback = c.sni_callback;
  c.verify_mode = CERT_NONE;
  c.options = 0;
  c.minimum_version = TLSVersion::TLSv1;
  c.sni_callback = nullptr;
  EXPECT_FALSE(c.sni_callback);
  c.verify_mode = mode;
  c.options = options;
  c.minimum_version = lowest;
  c.sni_callback = callback;
  EXPECT_EQ(c.verify_mode, CERT_REQUIRED);
  EXPECT_EQ(c.options, OP_ALL);
  EXPECT_EQ(c.minimum_version, TLSVersion::MINIMUM_SUPPORTED);
  EXPECT_TRUE(c.sni_callback);
  SSLContext other(PROTOCOL_SSLv23);
  other.verify_mode = c.verify_mode;
  EXPECT_EQ(other.verify_mode, CERT_REQUIRED);
}

// API: C11, 0.attributes
TEST(Caller, sets_bits_of_verify_mode_as_of_options) {
  SSLContext c(PROTOCOL_SSLv23);
  c.verify_mode |= CERT_REQUIRED;
  EXPECT_EQ(c.verify_mode, CERT_REQUIRED);
  EXPECT_EQ(argument_error([&] { c.verify_mode |= CERT_OPTIONAL; }),
            "invalid value for verify_mode");
  EXPECT_EQ(c.verify_mode, CERT_REQUIRED);
  c.verify_mode &= CERT_NONE;
  EXPECT_EQ(c.verify_mode, CERT_NONE);
}

// API: 0.str, C2, C3, F3, 11.keylog
TEST(Caller, is_told_that_a_path_goes_on_behind_a_nul) {
  const std::string good = pki("server.pem"), cut = good + "\0.evil"s;
  SSLContext c(PROTOCOL_SSLv23);
  const std::vector<std::function<void()>> calls{
      [&] { c.load_cert_chain(cut); },
      [&] { c.load_cert_chain(good, cut); },
      [&] { c.load_verify_locations(pki("ca.pem") + "\0x"s); },
      [&] { c.load_verify_locations({}, PARLEY_SOURCE_DIR "\0x"s); },
      [&] { c.load_dh_params(cut); },
      [&] { c.keylog_filename = "/dev/null\0x"s; },
      [&] { RAND_egd("/dev/null\0x"s); },
      [&] { _test_decode_cert(cut); },
      [&] { wrap_socket(socket(), {.certfile = cut}); },
      [&] { socket(AF_UNIX).connect({.path = "/dev/null\0x"s}); },
  };
  for (std::size_t i = 0; i < calls.size(); ++i)
    EXPECT_TRUE(argument_error(calls[i]).starts_with("embedded null character")) << i;
}

// API: 0.socket, M4, F7
TEST(Caller, is_told_that_a_host_goes_on_behind_a_nul) {
  socket l = listener();
  const address cut{"127.0.0.1\0.evil"s, of(l).port};
  const std::vector<std::function<void()>> calls{
      [&] { socket().connect(cut); },       [&] { socket().connect_ex(cut); },
      [&] { socket().bind(cut); },          [&] { wrap_socket(socket()).connect(cut); },
      [&] { get_server_certificate(cut); },
  };
  for (std::size_t i = 0; i < calls.size(); ++i)
    EXPECT_TRUE(argument_error(calls[i]).starts_with("embedded null character")) << i;
}

// API: 6.2.6, F6, 0.IOError
TEST(Caller, reads_messages_to_their_end_whatever_was_given) {
  EXPECT_EQ(argument_error([] { cert_time_to_seconds("a\0b'\n"s); }),
            R"(time data "a\x00b'\n" does not match format '%b %d %H:%M:%S %Y GMT')");
  EXPECT_EQ(std::string(IOError(ENOENT, {}, "a\0b\n"s).what()),
            R"([Errno 2] No such file or directory: 'a\x00b\n')");
  EXPECT_EQ(argument_error([] { SSLContext(PROTOCOL_SSLv23).set_ecdh_curve("P\0Q"s); }),
            R"(unknown elliptic curve name 'P\x00Q')");
}

// API: 7.offer, 5.1.REQUIRED
TEST(Caller, is_told_when_verify_mode_leaves_no_suite) {
  SSLContext c = verifying_context();
  c.set_ciphers("aNULL");
  Pair p(c, server_context());
  const SSLError e = ssl_error(p.client_error);
  EXPECT_TRUE(says(e, "no ciphers available"));
  EXPECT_TRUE(has(e.hint(), "verify_mode")) << e.hint();
  c.verify_mode = CERT_NONE;
  c.set_ciphers("AES128-SHA");
  c.minimum_version = TLSVersion::TLSv1;
  c.maximum_version = TLSVersion::SSLv3;
  EXPECT_FALSE(has(ssl_error(Pair(c, server_context()).client_error).hint(), "verify_mode"));
}

// API: M20
TEST(Caller, is_not_shown_a_certificate_as_checked_because_an_earlier_connection_checked_it) {
  SSLContext c = verifying_context(PROTOCOL_TLSv1), server = server_context(PROTOCOL_TLSv1);
  Pair first(c, server);
  EXPECT_FALSE(first.c().getpeercert().value().empty());
  const std::shared_ptr<const SSLSession> session = first.c().session();
  c.verify_mode = CERT_NONE;
  Pair unchecked(c, server, {.session = session});
  EXPECT_TRUE(unchecked.c().session_reused());
  EXPECT_TRUE(unchecked.c().getpeercert().value().empty());
  EXPECT_EQ(unchecked.c().getpeercert(binary_form), first.c().getpeercert(binary_form));
  c.verify_mode = CERT_REQUIRED;
  Pair checked(c, server, {.session = session});
  EXPECT_TRUE(checked.c().session_reused());
  EXPECT_EQ(checked.c().getpeercert(), first.c().getpeercert());
}

// API: 11.sni_callback, M23, M20
TEST(Caller, finds_the_context_that_the_server_name_callback_chose) {
  SSLContext a = server_context(), b = server_context();
  b.verify_mode = CERT_REQUIRED;
  b.load_verify_locations(pki("ca.pem"));
  a.sni_callback = [b](const std::optional<std::string>& name) -> ServerNameAnswer {
    if (name == "b.example") return b;
    return {};
  };
  SSLContext client = server_context();
  Pair chosen(client, a, {.server_hostname = "b.example"});
  EXPECT_TRUE(chosen.s().context == b);
  EXPECT_FALSE(chosen.s().getpeercert().value().empty());
  Pair kept(client, a, {.server_hostname = "a.example"});
  EXPECT_TRUE(kept.s().context == a);
}

// API: F1.k
TEST(Caller, is_told_of_a_reset_each_time) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context(PROTOCOL_TLSv1));
  p.c().sendall("never read");
  p.s().close();
  EXPECT_EQ(errno_of([&] { p.c().recv(); }), ECONNRESET);
  EXPECT_EQ(errno_of([&] { p.c().recv(); }), ECONNRESET);
  EXPECT_EQ(errno_of([&] { p.c().read(); }), ECONNRESET);
}

// API: 6.2.1, F5
TEST(Caller, may_ask_match_hostname_about_no_certificate_in_any_way) {
  const std::string text = "empty or no certificate";
  EXPECT_EQ(argument_error([] { match_hostname({}, "x"); }), text);
  EXPECT_EQ(argument_error([] { match_hostname(std::nullopt, "x"); }), text);
  EXPECT_EQ(argument_error([] { match_hostname(std::optional<cert_dict>(), "x"); }), text);
  EXPECT_EQ(argument_error([] { match_hostname(cert_dict{}, "x"); }), text);
  const cert_dict named{.subject = {{{"commonName", "1.2.3.4"}}}};
  EXPECT_NO_THROW(match_hostname(named, "1.2.3.4"));
  EXPECT_NO_THROW(match_hostname(std::optional(named), "1.2.3.4"));
  EXPECT_NO_THROW(match_hostname({.subject = {{{"commonName", "x"}}}}, "x"));
}

// API: 11.exceptions, 6.1
TEST(Caller, finds_a_reason_and_a_hint_in_what_decoding_a_certificate_throws) {
  const SSLError missing = ssl_error([] { _test_decode_cert(pki("missing.pem")); });
  const SSLError wrong = ssl_error([] { _test_decode_cert(PARLEY_SOURCE_DIR "/README.md"); });
  for (const SSLError* e : {&missing, &wrong}) {
    EXPECT_NE(e->reason(), "") << e->what();
    EXPECT_NE(e->hint(), "") << e->what();
  }
  EXPECT_EQ(wrong.reason(), "NO_START_LINE");
}

// API: M3, M19
TEST(Caller, gets_the_same_errno_from_every_method_of_a_closed_socket) {
  SSLSocket s = wrap_socket(socket());
  s.close();
  EXPECT_EQ(errno_of([&] { s.recv(); }), EBADF);
  EXPECT_EQ(errno_of([&] { s.send("x"); }), EBADF);
  EXPECT_EQ(errno_of([&] { s.do_handshake(); }), EBADF);
  EXPECT_EQ(errno_of([&] { s.read(); }), EBADF);
  EXPECT_EQ(errno_of([&] { s.write("x"); }), EBADF);
}

// API: 11.sans_io
TEST(Caller, needs_one_header_for_wrap_bio_too) {
  MemoryBIO in, out;
  SSLObject o = SSLContext(PROTOCOL_SSLv23).wrap_bio(in, out);
  EXPECT_THROW(o.do_handshake(), SSLWantReadError);
  EXPECT_GT(out.pending(), 0u);
}

}  // namespace
}  // namespace parley::test
