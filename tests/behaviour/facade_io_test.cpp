// The documented API on live connections: connect and accept, reading, writing, the several ends.
#include <fcntl.h>
#include <poll.h>

#include <atomic>
#include <chrono>

#include "facade_support.hpp"

namespace parley {
namespace {

using namespace test;

socket listener() {
  socket s;
  s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
  s.bind({"127.0.0.1", 0});
  s.listen(5);
  return s;
}

// ---- connect and accept --------------------------------------------------------------------

// API: F1.g, F1.h, M1, M4, 10.accept
TEST(Connect, a_lazy_client_meets_a_wrapped_listener) {
  for (const bool by_context : {true, false}) {
    SSLContext context = server_context();
    SSLSocket server =
        by_context ? context.wrap_socket(listener(), {.server_side = true})
                   : wrap_socket(listener(), {.certfile = pki("server.pem"), .server_side = true});
    const address where = server.getsockname();
    SSLSocket client = verifying_context().wrap_socket(socket());
    Both(
        [&] {
          client.connect(where);
          client.sendall("x");
          EXPECT_EQ(text(client.recv()), "x");
          client.close();
        },
        [&] {
          auto accepted = server.accept();
          SSLSocket& connection = accepted.first;
          EXPECT_EQ(accepted.second, connection.getpeername());
          EXPECT_TRUE(connection.server_side());
          EXPECT_EQ(connection.context == context, by_context);
          EXPECT_TRUE(connection.context == server.context);
          connection.sendall(connection.recv());
          EXPECT_TRUE(connection.recv().empty());
        })
        .check();
  }
}

// API: M1, M8, 10.accept
TEST(Connect, accept_reports_the_clients_own_address) {
  SSLSocket server = server_context().wrap_socket(listener(), {.server_side = true});
  SSLSocket client = SSLContext(PROTOCOL_TLSv1).wrap_socket(socket());
  address seen;
  std::string echoed;
  Both(
      [&] {
        client.connect(server.getsockname());
        client.sendall("are you there?");
        echoed = read_all(client, 14);
        client.unwrap();
      },
      [&] {
        auto accepted = server.accept();
        seen = accepted.second;
        accepted.first.sendall(read_all(accepted.first, 14));
        EXPECT_TRUE(accepted.first.recv().empty());
        accepted.first.unwrap();
      })
      .check();
  EXPECT_EQ(echoed, "are you there?");
  EXPECT_EQ(seen.host, "127.0.0.1");
  EXPECT_NE(seen.port, 0);
}

// API: M4, 10.errors
TEST(Connect, is_for_clients_and_once) {
  SSLSocket server = wrap_socket(socket(), {.certfile = pki("server.pem"), .server_side = true});
  EXPECT_EQ(argument_error([&] {
              server.connect({"127.0.0.1", 1});
            }),
            "can't connect in server-side mode");
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  EXPECT_EQ(argument_error([&] {
              p.c().connect({"127.0.0.1", 1});
            }),
            "attempt to connect already-connected SSLSocket!");
}

// API: M4, M5, 0.gaierror, 10.connect_ex
TEST(Connect, a_failure_leaves_a_plain_open_socket) {
  socket taken = listener();
  const address nobody = taken.getsockname();
  taken.close();
  SSLSocket s = SSLContext(PROTOCOL_TLSv1).wrap_socket(socket());
  EXPECT_EQ(errno_of([&] { s.connect(nobody); }), ECONNREFUSED);
  EXPECT_NE(s.fileno(), -1);
  EXPECT_EQ(s.connection(), nullptr);
  EXPECT_EQ(s.connect_ex(nobody), ECONNREFUSED);
  EXPECT_THROW(s.connect({"no-such-host.invalid", 1}), gaierror);
  EXPECT_THROW(s.connect_ex({"no-such-host.invalid", 1}), gaierror);
  EXPECT_EQ(s.connection(), nullptr);
}

// API: M5, 10.connect_ex
TEST(Connect, connect_ex_makes_the_handshake_and_lets_its_errors_out) {
  SSLSocket server = server_context().wrap_socket(listener(), {.server_side = true});
  for (const bool trusting : {true, false}) {
    SSLSocket client = verifying_context(PROTOCOL_TLSv1, trusting ? "ca.pem" : "wrong_ca.pem")
                           .wrap_socket(socket());
    int result = -1;
    const Both both([&] { result = client.connect_ex(server.getsockname()); },
                    [&] { server.accept(); });
    if (trusting) {
      EXPECT_EQ(result, 0);
      EXPECT_EQ(client.version(), "TLSv1");
    } else {
      EXPECT_TRUE(says(ssl_error(both.here), "certificate verify failed"));
      EXPECT_TRUE(says(ssl_error(both.there), "tlsv1 alert unknown ca"));
    }
  }
}

// API: M1
TEST(Accept, a_failed_handshake_leaves_the_listener_usable) {
  SSLSocket server = server_context().wrap_socket(listener(), {.server_side = true});
  {
    socket rude;
    rude.connect(server.getsockname());
    rude.sendall("this is no TLS at all");
    const SSLError e = ssl_error([&] { server.accept(); });
    EXPECT_TRUE(says(e, "unknown protocol") || says(e, "wrong version number"));
  }
  {
    socket gone;
    gone.connect(server.getsockname());
    gone.close();
    EXPECT_EQ(ssl_error([&] { server.accept(); }).errno_(), SSL_ERROR_EOF);
  }
  SSLSocket client = SSLContext(PROTOCOL_TLSv1).wrap_socket(socket());
  Both([&] { client.connect(server.getsockname()); }, [&] { server.accept(); }).check();
}

// API: M1
TEST(Accept, the_new_socket_is_blocking_and_inherits_the_options) {
  SSLSocket server = server_context().wrap_socket(
      listener(), {.server_side = true, .do_handshake_on_connect = false});
  server.settimeout(20);
  socket client;
  client.connect(server.getsockname());
  auto accepted = server.accept();  // no handshake: this would wait forever
  EXPECT_EQ(accepted.first.gettimeout(), std::nullopt);
  EXPECT_EQ(accepted.first.version(), std::nullopt);
  server.settimeout(0.02);
  EXPECT_THROW(server.accept(), timeout);
}

// API: F7, 10.get_server_certificate
TEST(GetServerCertificate, returns_the_leaf_in_PEM_and_checks_it_on_request) {
  SSLSocket server = server_context().wrap_socket(listener(), {.server_side = true});
  const address where = server.getsockname();
  const auto fetch = [&](int version, const std::optional<std::string>& ca) {
    std::string pem;
    const Both both([&] { pem = get_server_certificate(where, version, ca); },
                    [&] { server.accept(); });
    if (both.here) std::rethrow_exception(both.here);
    return pem;
  };
  const std::string pem = fetch(PROTOCOL_SSLv3, {});
  EXPECT_EQ(PEM_cert_to_DER_cert(pem),
            to_bytes(server_context().config()->identities.front().chain.front().der()));
  EXPECT_EQ(fetch(PROTOCOL_SSLv23, pki("ca.pem")), pem);
  EXPECT_TRUE(says(ssl_error([&] { fetch(PROTOCOL_SSLv23, pki("wrong_ca.pem")); }),
                   "certificate verify failed"));
}

// ---- reading and writing -------------------------------------------------------------------

// API: M12, M14, M15, 10.echo
TEST(ReadWrite, carries_a_mebibyte_each_way) {
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1}) {
    Pair p(SSLContext(protocol), server_context());
    const std::string data = pattern(1 << 20);
    std::string got;
    Both([&] { EXPECT_EQ(p.c().sendall(data), data.size()); },
         [&] { got = read_all(p.s(), data.size()); })
        .check();
    EXPECT_TRUE(got == data);
    Both([&] { EXPECT_EQ(p.s().send(data), data.size()); },  // blocking: all of it
         [&] { got = read_all(p.c(), data.size()); })
        .check();
    EXPECT_TRUE(got == data);
  }
}

// API: M12, D12, M13, M17, M18, M24, 10.recv_send
TEST(ReadWrite, recv_returns_what_is_there_up_to_what_was_asked) {
  SSLContext client(PROTOCOL_TLSv1);
  client.options |= OP_DONT_INSERT_EMPTY_FRAGMENTS;  // one write, one record
  Pair p(client, server_context());
  p.c().send("abcdefgh");
  EXPECT_EQ(text(p.s().recv(3)), "abc");
  EXPECT_EQ(p.s().pending(), 5u);
  EXPECT_TRUE(p.s().recv(0).empty());  // no I/O, nothing lost
  std::array<std::uint8_t, 2> small{};
  EXPECT_EQ(p.s().recv_into(small), 2u);
  EXPECT_EQ(as_text(small), "de");
  EXPECT_EQ(p.s().recv_into(small, 1), 1u);
  EXPECT_EQ(small[0], 'f');
  EXPECT_EQ(p.s().recv_into(small, 0), 2u);
  EXPECT_EQ(as_text(small), "gh");
  EXPECT_EQ(p.s().pending(), 0u);
  p.c().write("by write");
  EXPECT_EQ(text(p.s().read()), "by write");
  p.c().write("into");
  std::array<std::uint8_t, 100> large{};
  EXPECT_EQ(p.s().read(large), 4u);
  p.c().send("x");
  EXPECT_EQ(p.s().recv_into(large, 1000), 1u);
}

// API: M14, D13, M15, M18
TEST(ReadWrite, nothing_sent_is_nothing) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  EXPECT_EQ(p.c().send(""), 0u);
  EXPECT_EQ(p.c().sendall(""), 0u);
  EXPECT_EQ(p.c().write(""), 0u);
  p.c().send("after");
  EXPECT_EQ(read_all(p.s(), 5), "after");
}

// API: M12, M13, M14, M15
TEST(ReadWrite, flags_are_refused_with_TLS) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  std::array<std::uint8_t, 4> buffer{};
  const std::string start = "non-zero flags not allowed in calls to ";
  EXPECT_TRUE(has(argument_error([&] { p.c().recv(1, MSG_PEEK); }), start + "recv()"));
  EXPECT_TRUE(has(argument_error([&] { p.c().recv_into(buffer, {}, 1); }), start + "recv_into()"));
  EXPECT_TRUE(has(argument_error([&] { p.c().send("x", 1); }), start + "send()"));
  EXPECT_TRUE(has(argument_error([&] { p.c().sendall("x", 1); }), start + "sendall()"));
}

// API: F1.j, M12, M14
TEST(ReadWrite, before_a_handshake_makes_one) {
  auto ends = socketpair();
  SSLSocket client =
      SSLContext(PROTOCOL_TLSv1).wrap_socket(ends.first, {.do_handshake_on_connect = false});
  SSLSocket server = server_context().wrap_socket(
      ends.second, {.server_side = true, .do_handshake_on_connect = false});
  std::string got;
  Both([&] { client.send("implicit"); }, [&] { got = read_all(server, 8); }).check();
  EXPECT_EQ(got, "implicit");
  EXPECT_EQ(client.version(), "TLSv1");
}

// API: 0.handles, M12, M15
TEST(ReadWrite, works_through_the_base_class) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  socket& plain_looking = p.c();
  plain_looking.sendall("not in the clear");
  EXPECT_EQ(read_all(p.s(), 16), "not in the clear");
  p.s().send("back");
  EXPECT_EQ(text(plain_looking.recv(4)).substr(0, 1), "b");
}

// API: 7.records, 7.alerts
TEST(ReadWrite, tampered_data_is_a_bad_record_and_the_peer_is_told) {
  auto near_end = socketpair();  // client <-> relay
  auto far_end = socketpair();   // relay <-> server
  SSLContext client_side(PROTOCOL_TLSv1);
  SSLSocket client = client_side.wrap_socket(near_end.first, {.do_handshake_on_connect = false});
  SSLSocket server = server_context().wrap_socket(
      far_end.second, {.server_side = true, .do_handshake_on_connect = false});
  std::atomic<bool> flip{false};
  const auto relay = [&flip](socket& from, socket& to) {
    for (;;) {
      bytes b = from.recv(65536);
      if (b.empty()) break;
      if (flip) b.back() ^= 1;
      to.sendall(b);
    }
    to.shutdown(SHUT_WR);
  };
  std::thread up([&] { relay(near_end.second, far_end.first); });
  std::thread down([&] {
    for (;;) {
      const bytes b = far_end.first.recv(65536);
      if (b.empty()) break;
      near_end.second.sendall(b);
    }
    near_end.second.shutdown(SHUT_WR);
  });
  Both([&] { client.do_handshake(); }, [&] { server.do_handshake(); }).check();
  flip = true;
  client.send("to be tampered with");
  const SSLError e = ssl_error([&] { read_all(server, 19); });
  EXPECT_TRUE(says(e, "decryption failed or bad record mac"));
  const SSLError again = ssl_error([&] { server.recv(); });
  EXPECT_EQ(again.strerror(), e.strerror());
  EXPECT_TRUE(says(ssl_error([&] { client.recv(); }), "sslv3 alert bad record mac"));
  EXPECT_THROW(server.send("x"), SSLError);
  client.close();
  server.close();
  up.join();
  down.join();
}

// ---- the ends of a connection --------------------------------------------------------------

// API: M22, 10.starttls
TEST(Closing, unwrap_gives_the_plain_socket_and_nothing_that_follows_is_lost) {
  // The ping-pong of STARTTLS and ENDTLS: whoever answers close_notify may send plain text at
  // once, and it reaches the other side together with the alert.
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1}) {
    Pair p(SSLContext(protocol), server_context());
    std::string client_got, server_got;
    Both(
        [&] {
          p.c().send("last words");
          socket plain = p.c().unwrap();
          EXPECT_EQ(p.c().fileno(), -1);
          plain.sendall("plain from client");
          client_got = read_all(plain, 17);
        },
        [&] {
          EXPECT_EQ(read_all(p.s(), 10), "last words");
          EXPECT_TRUE(p.s().recv().empty());
          socket plain = p.s().unwrap();
          plain.sendall("plain from server");
          server_got = read_all(plain, 17);
        })
        .check();
    EXPECT_EQ(client_got, "plain from server");
    EXPECT_EQ(server_got, "plain from client");
  }
}

// API: M22, F1.i, 10.starttls
TEST(Closing, a_plain_socket_can_be_wrapped_again) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  std::string got;
  Both(
      [&] {
        socket plain = p.c().unwrap();
        SSLSocket again = SSLContext(PROTOCOL_SSLv3).wrap_socket(plain);
        again.sendall("second layer");
      },
      [&] {
        socket plain = p.s().unwrap();
        SSLSocket again = server_context().wrap_socket(plain, {.server_side = true});
        EXPECT_EQ(again.version(), "SSLv3");
        got = read_all(again, 12);
      })
      .check();
  EXPECT_EQ(got, "second layer");
}

// API: M22
TEST(Closing, unwrap_refuses_data_instead_of_close_notify_and_keeps_it) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  p.s().send("unread");
  const SSLError e = ssl_error([&] { p.c().unwrap(); });
  EXPECT_EQ(e.errno_(), SSL_ERROR_SSL);
  EXPECT_EQ(e.reason(), "APPLICATION_DATA_AFTER_CLOSE_NOTIFY");
  EXPECT_EQ(read_all(p.c(), 6), "unread");
  Both([&] { p.c().unwrap(); }, [&] { p.s().unwrap(); }).check();
}

// API: D15, 7.eof
TEST(Closing, unwrap_of_a_peer_that_just_leaves_is_SSL_ERROR_EOF) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  std::optional<SSLError> e;
  Both([&] { e = ssl_error([&] { p.c().unwrap(); }); },
       [&] {
         EXPECT_TRUE(p.s().recv().empty());
         p.s().shutdown(SHUT_WR);
       });
  EXPECT_EQ(e->errno_(), SSL_ERROR_EOF);
}

// API: M22, 7.closed
TEST(Closing, after_close_notify_from_both_sides_reading_is_ZERO_RETURN) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  p.c().setblocking(false);
  EXPECT_THROW(p.c().unwrap(), SSLWantReadError);
  EXPECT_TRUE(p.s().recv().empty());
  p.s().setblocking(false);
  p.s().unwrap();
  try {
    p.c().recv();
    FAIL() << "recv returned";
  } catch (const SSLZeroReturnError& e) {
    EXPECT_EQ(e.errno_(), SSL_ERROR_ZERO_RETURN);
    EXPECT_TRUE(says(e, "TLS/SSL connection has been closed"));
  }
  p.c().unwrap();
}

// API: D19, M7, F1.k, 7.eof
TEST(Closing, close_sends_no_close_notify_and_the_peer_chooses_what_that_means) {
  for (const bool suppress : {true, false}) {
    Pair p(SSLContext(PROTOCOL_TLSv1), server_context(), {}, {.suppress_ragged_eofs = suppress});
    p.c().send("rest");
    p.c().close();
    EXPECT_EQ(p.c().fileno(), -1);
    p.c().close();
    EXPECT_EQ(read_all(p.s(), 4), "rest");
    if (suppress) {
      EXPECT_TRUE(p.s().recv().empty());
      EXPECT_TRUE(p.s().recv().empty());
      std::array<std::uint8_t, 1> b{};
      EXPECT_EQ(p.s().recv_into(b), 0u);
    } else {
      EXPECT_EQ(ssl_error([&] { p.s().recv(); }).errno_(), SSL_ERROR_EOF);
      EXPECT_THROW(p.s().read(), SSLEOFError);
    }
  }
}

// API: F1.k
TEST(Closing, a_peer_that_has_only_stopped_sending_is_still_answered) {
  for (const int protocol : {PROTOCOL_SSLv2, PROTOCOL_TLSv1}) {
    SSLContext client(protocol), server = server_context(protocol);
    client.set_ciphers("ALL");
    server.set_ciphers("ALL");
    Pair p(client, server);
    p.c().sendall("question");
    ASSERT_EQ(::shutdown(p.c().fileno(), SHUT_WR), 0);
    EXPECT_EQ(read_all(p.s(), 8), "question");
    EXPECT_TRUE(p.s().recv().empty());
    EXPECT_EQ(p.s().sendall("answer"), 6u);
    EXPECT_EQ(read_all(p.c(), 6), "answer");
  }
}

// API: M22
TEST(Closing, unwrap_of_ssl2_returns_at_once_also_when_the_peer_has_gone) {
  SSLContext client(PROTOCOL_SSLv2), server = server_context(PROTOCOL_SSLv2);
  Pair p(client, server);
  p.c().close();
  EXPECT_TRUE(p.s().recv().empty());
  EXPECT_NO_THROW(p.s().unwrap());
}

// API: F1.k, M12
TEST(Closing, close_notify_is_an_ordinary_end_even_unsuppressed) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context(), {}, {.suppress_ragged_eofs = false});
  p.c().setblocking(false);
  EXPECT_THROW(p.c().unwrap(), SSLWantReadError);
  EXPECT_TRUE(p.s().recv().empty());
  EXPECT_TRUE(p.s().read().empty());
}

// API: D19
TEST(Closing, shutdown_drops_TLS_silently) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context(), {}, {.suppress_ragged_eofs = false});
  p.c().shutdown(SHUT_WR);
  EXPECT_EQ(p.c().connection(), nullptr);
  EXPECT_EQ(p.c().cipher(), std::nullopt);
  EXPECT_EQ(ssl_error([&] { p.s().recv(); }).errno_(), SSL_ERROR_EOF);
}

// API: M6
TEST(Closing, detach_keeps_the_descriptor_open) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  socket plain = socket::from_fd(p.c().detach());
  EXPECT_EQ(p.c().fileno(), -1);
  EXPECT_EQ(p.c().connection(), nullptr);
  EXPECT_NO_THROW(plain.getsockname());
}

// API: 7.os
TEST(Closing, a_vanished_peer_is_an_error_of_the_system_and_no_signal) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  p.s().close();
  // What went before the reset may be taken; then it is EPIPE, and SIGPIPE would end us.
  const int error = errno_of([&] {
    for (int i = 0; i < 100; ++i) p.c().send(std::string(100000, 'x'));
  });
  EXPECT_TRUE(error == EPIPE || error == ECONNRESET) << error;
}

// API: M14, 7.records
TEST(Closing, an_alert_that_came_before_the_pipe_broke_is_what_is_reported) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  // Garbage in place of a record makes the client fail and send its alert; then it leaves.
  socket raw = socket::from_fd(p.s().detach());
  const std::array<std::uint8_t, 7> alert{21, 3, 1, 0, 2, 2, 40};
  raw.sendall(ByteView(alert));  // unprotected, so the client refuses it as a bad record
  raw.shutdown(SHUT_RDWR);
  raw.close();
  const SSLError e = ssl_error([&] {
    for (int i = 0; i < 100; ++i) p.c().send(std::string(100000, 'x'));
  });
  EXPECT_EQ(e.errno_(), SSL_ERROR_SSL);
}

// API: M27, 10.refcycle
TEST(Closing, a_socket_that_goes_takes_its_connection_and_its_context_along) {
  const auto store = std::make_shared<SessionCache>(10);
  const std::weak_ptr<SessionCache> watched = store;
  int client_fd = -1;
  bytes rest;
  {
    std::optional<Pair> p;
    {
      SSLContext server = server_context();
      server.set_session_store(store);
      p.emplace(SSLContext(PROTOCOL_TLSv1), server);
    }
    client_fd = p->c().fileno();
    SSLSocket kept = std::move(p->s());
    p.reset();  // the client's end has gone
    EXPECT_EQ(fcntl(client_fd, F_GETFD), -1);
    EXPECT_TRUE(kept.recv().empty());
    EXPECT_GT(watched.use_count(), 1);  // the socket keeps its context, and that the store
  }
  EXPECT_EQ(watched.use_count(), 1);
}

// ---- threads -------------------------------------------------------------------------------

// API: 8.threads
TEST(Threads, one_may_read_a_socket_while_another_writes_it) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  p.c().setblocking(true);
  const std::string data = pattern(1 << 20);
  std::string client_got, server_got;
  std::thread client_writer([&] { p.c().sendall(data); });
  std::thread server_writer([&] { p.s().sendall(data); });
  Both([&] { client_got = read_all(p.c(), data.size()); },
       [&] { server_got = read_all(p.s(), data.size()); })
      .check();
  client_writer.join();
  server_writer.join();
  EXPECT_TRUE(client_got == data);
  EXPECT_TRUE(server_got == data);
}

// API: 8.threads
TEST(Threads, may_share_contexts) {
  const SSLContext client = verifying_context();
  SSLContext server = server_context();
  constexpr int kThreads = 4, kRounds = 5;
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&] {
      std::shared_ptr<const Session> session;
      for (int i = 0; i < kRounds; ++i) {
        Pair p(client, server, {.session = session});
        if (!p.good()) return;
        session = p.c().session();
        p.c().send("x");
        if (read_all(p.s(), 1) == "x") ++good;
        server.options |= OP_NO_COMPRESSION;
        Both([&] { p.c().unwrap(); }, [&] { p.s().unwrap(); });
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(good, kThreads * kRounds);
  EXPECT_EQ(server.session_stats()["accept_good"], kThreads * kRounds);
  EXPECT_EQ(server.session_stats()["hits"], kThreads * (kRounds - 1));
}

}  // namespace
}  // namespace parley
