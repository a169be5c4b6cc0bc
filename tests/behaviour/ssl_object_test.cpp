// SSLObject and MemoryBIO: TLS by Python 3.5's names, without a socket.
#include "parley/ssl_object.hpp"

#include <gtest/gtest.h>

#include "facade_support.hpp"

namespace parley {
namespace {

using namespace test;

/// Two objects whose BIOs are joined crosswise; the carrier can be held up.
struct Joined {
  MemoryBIO to_client, to_server;
  SSLObject client, server;
  Joined(const SSLContext& c, const SSLContext& s, const wrap_bio_options& o = {})
      : client(c.wrap_bio(to_client, to_server, o)),
        server(s.wrap_bio(to_server, to_client, {.server_side = true})) {}

  void handshake() {
    bool client_done = false, server_done = false;
    for (int i = 0; i < 10 && !(client_done && server_done); ++i) {
      client_done = done(client);
      server_done = done(server);
    }
    ASSERT_TRUE(client_done && server_done);
  }
  static bool done(SSLObject& o) {
    try {
      o.do_handshake();
      return true;
    } catch (const SSLWantReadError&) {
      return false;
    }
  }
};

// API: 11.sans_io
TEST(MemoryBio, gives_back_what_was_written_in_any_portions) {
  MemoryBIO b;
  EXPECT_EQ(b.pending(), 0u);
  EXPECT_FALSE(b.eof());
  EXPECT_TRUE(b.read().empty());
  EXPECT_EQ(b.write("foobar"), 6u);
  EXPECT_EQ(text(b.read(2)), "fo");
  EXPECT_EQ(b.pending(), 4u);
  b.write("baz");
  EXPECT_EQ(text(b.read(0)), "");
  EXPECT_EQ(text(b.read(100)), "obarbaz");
  EXPECT_EQ(b.pending(), 0u);
  const std::string much = pattern(100000);
  std::string got;
  for (std::size_t i = 0; i < much.size(); i += 1000) {
    b.write(std::string_view(much).substr(i, 1000));
    got += text(b.read(700));
  }
  EXPECT_EQ(got + text(b.read()), much);
}

// API: 11.sans_io
TEST(MemoryBio, is_at_its_end_when_all_is_read_and_no_more_will_come) {
  MemoryBIO b;
  b.write("foo");
  b.write_eof();
  EXPECT_FALSE(b.eof());
  EXPECT_EQ(ssl_error([&] { b.write("x"); }).strerror(), "cannot write() after write_eof()");
  b.read(2);
  EXPECT_FALSE(b.eof());
  b.read(1);
  EXPECT_TRUE(b.eof());
  EXPECT_TRUE(b.read().empty());
}

// API: 11.sans_io
TEST(MemoryBio, copies_are_the_same_buffer) {
  MemoryBIO a;
  MemoryBIO b = a;
  a.write("x");
  EXPECT_EQ(text(b.read()), "x");
  EXPECT_TRUE(a == b);
  EXPECT_FALSE(a == MemoryBIO());
}

// API: 11.sans_io
TEST(SslObject, shakes_hands_and_talks) {
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1, PROTOCOL_SSLv23}) {
    Joined j(verifying_context(protocol), server_context());
    EXPECT_EQ(j.client.cipher(), std::nullopt);
    EXPECT_EQ(j.client.version(), std::nullopt);
    EXPECT_EQ(j.client.getpeercert(), std::nullopt);
    EXPECT_THROW(j.client.do_handshake(), SSLWantReadError);
    EXPECT_GT(j.to_server.pending(), 0u);  // the ClientHello
    j.handshake();
    EXPECT_NO_THROW(j.client.do_handshake());
    EXPECT_EQ(j.client.cipher(), j.server.cipher());
    EXPECT_EQ(j.client.version(), j.server.version());
    EXPECT_EQ(j.client.version().has_value(), true);
    EXPECT_EQ(j.client.shared_ciphers(), std::nullopt);
    const auto shared = j.server.shared_ciphers();
    ASSERT_TRUE(shared.has_value());
    EXPECT_NE(std::ranges::find(*shared, *j.server.cipher()), shared->end());
    match_hostname(j.client.getpeercert(), "localhost");
    EXPECT_TRUE(j.client.getpeercert(binary_form).has_value());
    EXPECT_EQ(j.server.getpeercert(), std::nullopt);

    const std::string much = pattern(100000);
    EXPECT_EQ(j.client.write(much), much.size());
    std::string got;
    while (got.size() < much.size()) got += text(j.server.read(30000));
    EXPECT_EQ(got, much);
    EXPECT_THROW(j.server.read(), SSLWantReadError);
    EXPECT_EQ(j.client.write(""), 0u);
    EXPECT_TRUE(j.server.read(0).empty());

    j.server.write("hello");
    EXPECT_EQ(text(j.client.read(2)), "he");
    EXPECT_EQ(j.client.pending(), 3u);
    EXPECT_EQ(text(j.client.read()), "llo");
    EXPECT_EQ(j.client.pending(), 0u);
  }
}

// API: 11.sans_io
TEST(SslObject, needs_no_more_than_a_byte_at_a_time) {
  const SSLContext context = verifying_context(PROTOCOL_TLSv1), serving = server_context();
  MemoryBIO ci, co, si, so;
  SSLObject c = context.wrap_bio(ci, co);
  SSLObject s = serving.wrap_bio(si, so, {.server_side = true});
  bool c_done = false, s_done = false;
  for (int i = 0; i < 20000 && !(c_done && s_done); ++i) {
    c_done = Joined::done(c);
    s_done = Joined::done(s);
    si.write(co.read(1));
    ci.write(so.read(1));
  }
  EXPECT_TRUE(c_done && s_done);
}

// API: 11.sans_io
TEST(SslObject, unwraps_when_the_peers_close_notify_is_there) {
  Joined j(SSLContext(PROTOCOL_TLSv1), server_context());
  EXPECT_EQ(ssl_error([&] { j.client.unwrap(); }).reason(), "SHUTDOWN_WHILE_IN_INIT");
  j.handshake();
  EXPECT_THROW(j.client.unwrap(), SSLWantReadError);
  EXPECT_TRUE(j.server.read().empty());
  j.server.unwrap();
  j.to_client.write("in the clear");
  j.client.unwrap();
  EXPECT_EQ(text(j.to_client.read()), "in the clear");
  EXPECT_THROW(j.client.read(), SSLZeroReturnError);
}

// API: 11.sans_io
TEST(SslObject, does_not_take_a_cut_off_stream_for_an_end) {
  Joined j(SSLContext(PROTOCOL_TLSv1), server_context());
  j.handshake();
  j.to_client.write_eof();
  EXPECT_THROW(j.client.read(), SSLEOFError);
  Joined early(SSLContext(PROTOCOL_TLSv1), server_context());
  early.to_client.write_eof();
  EXPECT_THROW(early.client.do_handshake(), SSLEOFError);
}

// API: 11.sans_io, F1.k
TEST(SslObject, still_writes_to_a_peer_that_has_only_stopped_sending) {
  for (const int protocol : {PROTOCOL_SSLv2, PROTOCOL_TLSv1}) {
    Joined j(SSLContext(protocol), server_context(protocol));
    j.handshake();
    j.client.write("question");
    j.to_server.write_eof();
    EXPECT_EQ(text(j.server.read()), "question");
    EXPECT_THROW(j.server.read(), SSLEOFError);
    EXPECT_EQ(j.server.write("answer"), 6u);
    EXPECT_EQ(text(j.client.read()), "answer");
    if (protocol == PROTOCOL_SSLv2)
      EXPECT_NO_THROW(j.server.unwrap());
    else
      EXPECT_THROW(j.server.unwrap(), SSLEOFError);
  }
}

// API: 11.sans_io, 7.verify
TEST(SslObject, leaves_the_alert_of_a_failure_in_the_outgoing_bio) {
  Joined j(verifying_context(PROTOCOL_TLSv1, "wrong_ca.pem"), server_context());
  EXPECT_THROW(j.client.do_handshake(), SSLWantReadError);
  EXPECT_THROW(j.server.do_handshake(), SSLWantReadError);
  EXPECT_TRUE(says(ssl_error([&] { j.client.do_handshake(); }), "certificate verify failed"));
  EXPECT_TRUE(says(ssl_error([&] { j.server.do_handshake(); }), "tlsv1 alert unknown ca"));
  EXPECT_TRUE(says(ssl_error([&] { j.client.write("x"); }), "certificate verify failed"));
}

// API: 11.sans_io
TEST(SslObject, knows_where_it_comes_from) {
  const SSLContext c = verifying_context(PROTOCOL_TLSv1);
  Joined j(c, server_context(), {.server_hostname = "www.example.org"});
  EXPECT_TRUE(j.client.context() == c);
  EXPECT_FALSE(j.client.server_side());
  EXPECT_TRUE(j.server.server_side());
  EXPECT_EQ(j.client.server_hostname(), "www.example.org");
  EXPECT_EQ(j.client.connection(), nullptr);
  j.handshake();
  EXPECT_EQ(j.server.connection()->server_name(), "www.example.org");
  MemoryBIO in, out;
  EXPECT_EQ(argument_error([&] {
              c.wrap_bio(in, out, {.server_side = true, .server_hostname = "some.hostname"});
            }),
            "server_hostname can only be specified in client mode");
  EXPECT_EQ(argument_error([&] { c.wrap_bio(in, out, {.server_hostname = "a..b"}); }),
            "label empty or too long");
}

// API: M22, 11.sans_io
TEST(SslObject, unwraps_at_once_where_there_is_no_close_notify) {
  const SSLContext client(PROTOCOL_SSLv2), server = server_context(PROTOCOL_SSLv2);
  for (const bool data_on_the_way : {false, true}) {
    Joined j(client, server);
    j.handshake();
    if (data_on_the_way) j.server.write("hello");
    const std::size_t waiting = j.to_client.pending();
    j.client.unwrap();
    j.client.unwrap();
    EXPECT_EQ(j.to_client.pending(), waiting);
    EXPECT_EQ(ssl_error([&] { j.client.read(); }).errno_(), SSL_ERROR_ZERO_RETURN);
    EXPECT_THROW(j.client.write("x"), SSLError);
  }
}

// API: 8.renegotiation, 11.sans_io
TEST(SslObject, inside_a_renegotiation_a_write_asks_for_what_nobody_has_read_to_be_read) {
  const SSLContext context(PROTOCOL_TLSv1), serving = server_context();
  MemoryBIO in, out;
  SSLObject c = context.wrap_bio(in, out);
  Connection server = Connection::server(serving.config(), system_environment());
  const auto carry = [&] {
    const bytes up = out.read();
    EXPECT_EQ(server.feed(up), up.size());
    in.write(server.outgoing());
    server.sent(server.outgoing().size());
  };
  while (!Joined::done(c)) carry();
  carry();
  ASSERT_TRUE(server.renegotiate().has_value());
  const std::string much = pattern(400000);
  std::string rest = much;
  while (!rest.empty()) {
    const Result<std::size_t> taken = server.write(as_bytes(rest));
    ASSERT_TRUE(taken.has_value());
    rest.erase(0, *taken);
    carry();
  }
  // Reading one byte meets the HelloRequest; the answer is on its way when the call is over.
  std::string got = text(c.read(1));
  EXPECT_GT(out.pending(), 0u);
  EXPECT_THROW(c.write("x"), SSLWantReadError);
  while (got.size() < much.size()) {
    got += text(c.read(65536));
    carry();
  }
  EXPECT_EQ(got, much);
  bool written = false;
  for (int i = 0; i < 10 && !written; ++i) {
    try {
      written = c.write("x") == 1;
    } catch (const SSLWantReadError&) {
    }
    carry();
  }
  EXPECT_TRUE(written);
  EXPECT_EQ(server.renegotiations(), 1u);
  std::array<std::uint8_t, 8> x{};
  EXPECT_EQ(server.read(x), 1u);
}

// API: 11.sans_io, 11.sessions
TEST(SslObject, resumes_sessions) {
  const SSLContext c(PROTOCOL_SSLv3), s = server_context();
  Joined first(c, s);
  first.handshake();
  EXPECT_FALSE(first.client.session_reused());
  Joined second(c, s, {.session = first.client.session()});
  second.handshake();
  EXPECT_TRUE(second.client.session_reused());
  EXPECT_TRUE(second.server.session_reused());
}

// API: 11.sans_io
TEST(SslObject, talks_to_a_socket) {
  const SSLContext serving = server_context();
  auto ends = socketpair();
  ends.first.settimeout(20);
  std::thread server([&] {
    SSLSocket s = serving.wrap_socket(ends.second, {.server_side = true});
    s.sendall(s.recv());
    s.unwrap();
  });
  MemoryBIO in, out;
  SSLObject c = SSLContext(PROTOCOL_TLSv1).wrap_bio(in, out);
  const auto drive = [&](const std::function<void()>& step) {
    for (;;) {
      bool again = false;
      try {
        step();
      } catch (const SSLWantReadError&) {
        again = true;
      }
      ends.first.sendall(out.read());
      if (!again) return;
      in.write(ends.first.recv(5));
    }
  };
  drive([&] { c.do_handshake(); });
  drive([&] { c.write("echo"); });
  std::string got;
  while (got.size() < 4) drive([&] { got += text(c.read()); });  // CBC records come split
  EXPECT_EQ(got, "echo");
  drive([&] { c.unwrap(); });
  server.join();
}

}  // namespace
}  // namespace parley
