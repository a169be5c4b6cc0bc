// Non-blocking and timed sockets: whatever cannot go on says so and can be repeated.
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/select.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>

#include "facade_support.hpp"

namespace parley {
namespace {

using namespace test;

void wait_readable(const socket& s) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(s.fileno(), &set);
  ASSERT_GT(select(s.fileno() + 1, &set, nullptr, nullptr, nullptr), 0);
}
void wait_writable(const socket& s) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(s.fileno(), &set);
  ASSERT_GT(select(s.fileno() + 1, nullptr, &set, nullptr, nullptr), 0);
}

/// The handshake loop of the Python 3.2 documents (section 17.3.6), word for word in C++.
void documented_handshake(SSLSocket& s) {
  for (;;) {
    try {
      s.do_handshake();
      break;
    } catch (const SSLError& err) {
      if (err.code().value() == SSL_ERROR_WANT_READ)
        wait_readable(s);
      else if (err.code().value() == SSL_ERROR_WANT_WRITE)
        wait_writable(s);
      else
        throw;
    }
  }
}

/// Calls until it neither wants to read nor to write; how often it wanted each.
struct Wants {
  int reads = 0, writes = 0;
  template <class Call>
  auto operator()(SSLSocket& s, Call call) {
    for (;;) {
      try {
        return call();
      } catch (const SSLWantReadError&) {
        ++reads;
        wait_readable(s);
      } catch (const SSLWantWriteError&) {
        ++writes;
        wait_writable(s);
      }
    }
  }
};

/// Two wrapped, non-blocking ends without a handshake yet.
struct Ends {
  std::optional<SSLSocket> client, server;
  explicit Ends(int protocol, int buffer = 0, const std::string& chain = "server.pem") {
    auto ends = socketpair();
    for (socket* s : {&ends.first, &ends.second}) {
      s->setblocking(false);
      if (buffer != 0) {
        s->setsockopt(SOL_SOCKET, SO_SNDBUF, buffer);
        s->setsockopt(SOL_SOCKET, SO_RCVBUF, buffer);
      }
    }
    client = SSLContext(protocol).wrap_socket(ends.first, {.do_handshake_on_connect = false});
    server = server_context(PROTOCOL_SSLv23, chain)
                 .wrap_socket(ends.second, {.server_side = true, .do_handshake_on_connect = false});
  }
};

/// Carries bytes between two sockets one at a time.
class Drip {
 public:
  Drip(socket a, socket b) : a_(std::move(a)), b_(std::move(b)) {
    there_ = std::thread([this] { carry(a_, b_); });
    back_ = std::thread([this] { carry(b_, a_); });
  }
  ~Drip() {
    there_.join();
    back_.join();
  }

 private:
  static void carry(socket& from, socket& to) {
    try {
      for (;;) {
        const bytes b = from.recv(1);
        if (b.empty()) break;
        to.sendall(b);
      }
      to.shutdown(SHUT_WR);
    } catch (const socket_error&) {
      // An end has gone.
    }
  }
  socket a_, b_;
  std::thread there_, back_;
};

// API: M19, 8.select, 10.non_blocking_handshake
TEST(NonBlocking, the_documented_handshake_loop_works_as_written) {
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1}) {
    Ends e(protocol);
    Both([&] { documented_handshake(*e.client); }, [&] { documented_handshake(*e.server); })
        .check();
    EXPECT_TRUE(e.client->cipher().has_value());
    EXPECT_TRUE(e.server->cipher().has_value());
  }
}

// API: M19, 7.want, 1.4.SSL_ERROR
TEST(NonBlocking, a_handshake_alone_wants_to_read) {
  Ends e(PROTOCOL_TLSv1);
  try {
    e.server->do_handshake();
    FAIL() << "a handshake with nobody";
  } catch (const SSLWantReadError& w) {
    EXPECT_EQ(w.errno_(), SSL_ERROR_WANT_READ);
    EXPECT_STREQ(w.what(), "[Errno 2] The operation did not complete (read)");
  }
  EXPECT_THROW(e.client->do_handshake(), SSLWantReadError);
  EXPECT_EQ(e.client->version(), std::nullopt);
}

// API: M19
TEST(NonBlocking, a_handshake_may_wait_in_spite_of_the_socket) {
  Ends e(PROTOCOL_TLSv1);
  Both([&] { e.client->do_handshake(true); }, [&] { e.server->do_handshake(true); }).check();
  EXPECT_EQ(e.client->gettimeout(), 0.0);
  EXPECT_THROW(e.client->recv(), SSLWantReadError);
}

// API: M19, M12, M22, 8.select
TEST(NonBlocking, bytes_may_arrive_one_at_a_time) {
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1}) {
    auto near_end = socketpair(), far_end = socketpair();
    near_end.first.setblocking(false);
    far_end.second.setblocking(false);
    SSLSocket client =
        verifying_context(protocol).wrap_socket(near_end.first, {.do_handshake_on_connect = false});
    SSLSocket server = server_context().wrap_socket(
        far_end.second, {.server_side = true, .do_handshake_on_connect = false});
    const Drip drip(std::move(near_end.second), std::move(far_end.first));
    Both([&] { documented_handshake(client); }, [&] { documented_handshake(server); }).check();
    EXPECT_THROW(server.recv(1000), SSLWantReadError);
    Wants wants;
    const std::string data = pattern(3000);
    std::string got;
    Both([&] { client.sendall(data); },
         [&] {
           while (got.size() < data.size())
             got += text(wants(server, [&] { return server.recv(1000); }));
         })
        .check();
    EXPECT_TRUE(got == data);
    Wants here, there;
    Both([&] { here(client, [&] { return client.unwrap(); }).close(); },
         [&] { there(server, [&] { return server.unwrap(); }).close(); })
        .check();
  }
}

// API: M18, 7.want
TEST(NonBlocking, a_full_transport_wants_to_write_and_the_write_can_be_repeated) {
  Ends e(PROTOCOL_TLSv1, 2048);
  Both([&] { documented_handshake(*e.client); }, [&] { documented_handshake(*e.server); }).check();
  const std::string data = pattern(500000);
  std::string got;
  Wants writer, reader;
  std::size_t written = 0;
  Both([&] { written = writer(*e.client, [&] { return e.client->write(data); }); },
       [&] {
         while (got.size() < data.size())
           got += text(reader(*e.server, [&] { return e.server->recv(10000); }));
       })
      .check();
  EXPECT_EQ(written, data.size());
  EXPECT_TRUE(got == data);
  EXPECT_GT(writer.writes, 5);
  EXPECT_EQ(writer.reads, 0);
}

// API: M14, M15
TEST(NonBlocking, send_returns_0_when_full_and_a_longer_retry_loses_nothing) {
  Ends e(PROTOCOL_TLSv1, 2048);
  Both([&] { documented_handshake(*e.client); }, [&] { documented_handshake(*e.server); }).check();
  const std::string data = pattern(200000);
  std::size_t length = 100000;
  EXPECT_EQ(e.client->send(std::string_view(data).substr(0, length)), 0u);
  EXPECT_THROW(e.client->write(std::string_view(data).substr(0, length)), SSLWantWriteError);
  const SSLError shorter = ssl_error([&] { e.client->send("p"); });
  EXPECT_EQ(shorter.reason(), "BAD_WRITE_RETRY");
  std::string got;
  Wants reader;
  std::atomic<int> zeros{0};
  Both(
      [&] {
        while (length < data.size()) {
          length = std::min(length + 20000, data.size());
          // Another address, a longer buffer: only the beginning must be the same.
          const std::string copy = data.substr(0, length);
          const std::size_t n = e.client->send(copy);
          if (n != 0) {
            // All that was offered has gone; what is left is a new write.
            EXPECT_EQ(n, length);
            e.client->sendall(std::string_view(data).substr(length));
            return;
          }
          ++zeros;
        }
        while (e.client->send(data) == 0) wait_writable(*e.client);
      },
      [&] {
        while (zeros < 3) std::this_thread::yield();
        while (got.size() < data.size())
          got += text(reader(*e.server, [&] { return e.server->recv(10000); }));
      })
      .check();
  EXPECT_TRUE(got == data);
}

// API: M19
TEST(NonBlocking, a_handshake_through_a_tiny_transport_wants_to_write) {
  // Forty certificates do not fit into the smallest buffers of the system.
  auto ends = socketpair();
  for (socket* s : {&ends.first, &ends.second}) {
    s->setblocking(false);
    s->setsockopt(SOL_SOCKET, SO_SNDBUF, 1);
  }
  Identity identity = server_context(PROTOCOL_TLSv1, "chain.pem").config()->identities.front();
  while (identity.chain.size() < 40) identity.chain.push_back(identity.chain[1]);
  SSLContext context(PROTOCOL_TLSv1);
  context.load_cert_chain(identity);
  SSLSocket client =
      SSLContext(PROTOCOL_TLSv1).wrap_socket(ends.first, {.do_handshake_on_connect = false});
  SSLSocket server =
      context.wrap_socket(ends.second, {.server_side = true, .do_handshake_on_connect = false});
  EXPECT_THROW(client.do_handshake(), SSLWantReadError);
  EXPECT_THROW(server.do_handshake(), SSLWantWriteError);  // nobody reads
  EXPECT_THROW(server.do_handshake(), SSLWantWriteError);
  Both([&] { documented_handshake(client); }, [&] { documented_handshake(server); }).check();
  EXPECT_EQ(client.connection()->peer_chain().size(), 40u);
}

// API: M12, 8.select
TEST(NonBlocking, recv_wants_to_read_though_the_descriptor_is_readable) {
  auto ends = socketpair();
  auto relay = socketpair();
  ends.first.setblocking(false);
  SSLSocket client =
      SSLContext(PROTOCOL_TLSv1).wrap_socket(ends.first, {.do_handshake_on_connect = false});
  SSLSocket server = server_context().wrap_socket(
      relay.second, {.server_side = true, .do_handshake_on_connect = false});
  std::atomic<bool> open{false};
  std::thread up([&] {
    for (;;) {
      const bytes b = ends.second.recv(65536);
      if (b.empty()) return;
      relay.first.sendall(b);
    }
  });
  // Ends when it is told, with nothing on its way: the server is silent after its Finished.
  relay.first.settimeout(0.02);
  std::thread down([&] {
    while (!open) try {
        const bytes b = relay.first.recv(65536);
        if (b.empty()) return;
        ends.second.sendall(b);
      } catch (const timeout&) {
      }
  });
  const Both both([&] { documented_handshake(client); }, [&] { server.do_handshake(); });
  open = true;
  down.join();
  both.check();
  relay.first.settimeout(20);
  server.send("x");
  bytes record = relay.first.recv(65536);
  // Half a record: select() sees it, recv() cannot use it.
  ends.second.sendall(ByteView(record).first(record.size() / 2));
  wait_readable(client);
  EXPECT_THROW(client.recv(), SSLWantReadError);
  ends.second.sendall(ByteView(record).subspan(record.size() / 2));
  wait_readable(client);
  EXPECT_EQ(text(client.recv()), "x");
  EXPECT_THROW(client.recv(), SSLWantReadError);
  client.close();
  up.join();
}

// API: M24, 8.select
TEST(NonBlocking, pending_tells_what_select_cannot_see) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  p.c().send("0123456789");
  wait_readable(p.s());
  std::string got = text(p.s().recv(1));
  while (got.size() < 2) got += text(p.s().recv(1));
  EXPECT_EQ(p.s().pending(), 8u);
  pollfd descriptor{p.s().fileno(), POLLIN, 0};
  EXPECT_EQ(poll(&descriptor, 1, 0), 0);
  EXPECT_EQ(text(p.s().recv()), "23456789");
}

// API: D11, M5, F1.g, 10.connect_ex
TEST(NonBlocking, connect_goes_on_in_do_handshake) {
  for (const bool by_number : {true, false}) {
    socket plain;
    plain.bind({"127.0.0.1", 0});
    plain.listen(5);
    SSLSocket server = server_context().wrap_socket(plain, {.server_side = true});
    socket s;
    s.setblocking(false);
    SSLSocket client = verifying_context().wrap_socket(s, {.do_handshake_on_connect = false});
    Both(
        [&] {
          if (by_number) {
            const int error = client.connect_ex(server.getsockname());
            EXPECT_TRUE(error == EINPROGRESS || error == 0) << error;
          } else {
            EXPECT_EQ(errno_of([&] { client.connect(server.getsockname()); }), EINPROGRESS);
          }
          wait_writable(client);
          documented_handshake(client);
          client.sendall("x");
        },
        [&] {
          auto accepted = server.accept();
          EXPECT_EQ(text(accepted.first.recv()), "x");
        })
        .check();
    EXPECT_FALSE(client.getpeercert()->empty());
    EXPECT_EQ(argument_error([&] { client.connect(server.getsockname()); }),
              "attempt to connect already-connected SSLSocket!");
  }
}

// API: D11, M5
TEST(NonBlocking, a_failed_connection_is_reported_by_do_handshake) {
  socket gone;
  gone.bind({"127.0.0.1", 0});
  const address nobody = gone.getsockname();
  gone.close();
  socket s;
  s.setblocking(false);
  SSLSocket client = SSLContext(PROTOCOL_TLSv1).wrap_socket(s, {.do_handshake_on_connect = false});
  const int error = client.connect_ex(nobody);
  if (error == ECONNREFUSED) return;
  ASSERT_EQ(error, EINPROGRESS);
  wait_writable(client);
  EXPECT_EQ(errno_of([&] { documented_handshake(client); }), ECONNREFUSED);
}

// API: 7.records
TEST(NonBlocking, a_failure_with_a_full_transport_does_not_hang_over_its_alert) {
  Ends e(PROTOCOL_TLSv1, 2048);
  Both([&] { documented_handshake(*e.client); }, [&] { documented_handshake(*e.server); }).check();
  // The server's way out is full, and then it meets a record that is none.
  while (e.server->send(std::string(50000, 'x')) != 0) {
  }
  socket raw = socket::from_fd(e.client->detach());
  raw.send(std::string(64, '!'));
  const SSLError error = ssl_error([&] {
    for (int i = 0; i < 3; ++i) e.server->recv();
  });
  EXPECT_EQ(error.errno_(), SSL_ERROR_SSL);
  EXPECT_EQ(ssl_error([&] { e.server->recv(); }).strerror(), error.strerror());
}

// ---- a server that waits with select(), and further handshakes ------------------------------

/// The handler of test_ssl's asyncore server: a handshake as far as it goes, then an echo in small
/// letters, reading on as long as pending() says that there is more.
class Handler {
 public:
  explicit Handler(socket s)
      : s_(server_context().wrap_socket(s,
                                        {.server_side = true, .do_handshake_on_connect = false})) {}
  int fileno() const { return s_.fileno(); }
  /// False when the peer has closed.
  bool readable() {
    try {
      if (!shaken_) s_.do_handshake();
      shaken_ = true;
      do {
        bytes b = s_.recv(7);
        if (b.empty()) return false;
        for (std::uint8_t& c : b) c = static_cast<std::uint8_t>(std::tolower(c));
        s_.sendall(b);
      } while (s_.pending() != 0);
    } catch (const SSLError& e) {
      if (e.errno_() != SSL_ERROR_WANT_READ) throw;
    }
    return true;
  }

 private:
  SSLSocket s_;
  bool shaken_ = false;
};

// API: 10.asyncore, 8.select, M24
TEST(NonBlocking, one_thread_serves_several_clients_with_select) {
  constexpr std::size_t kClients = 3;
  socket listener;
  listener.bind({"127.0.0.1", 0});
  listener.listen(5);
  const address where = listener.getsockname();
  const auto serve = [&listener] {
    std::vector<Handler> handlers;
    for (std::size_t left = kClients; left != 0;) {
      fd_set set;
      FD_ZERO(&set);
      FD_SET(listener.fileno(), &set);
      int top = listener.fileno();
      for (const Handler& h : handlers) {
        FD_SET(h.fileno(), &set);
        top = std::max(top, h.fileno());
      }
      ASSERT_GT(select(top + 1, &set, nullptr, nullptr, nullptr), 0);
      for (auto h = handlers.begin(); h != handlers.end();) {
        if (FD_ISSET(h->fileno(), &set) && !h->readable()) {
          h = handlers.erase(h);
          --left;
        } else {
          ++h;
        }
      }
      if (FD_ISSET(listener.fileno(), &set)) {
        socket s = listener.accept().first;
        s.setblocking(false);
        handlers.emplace_back(std::move(s));
      }
    }
  };
  const auto ask = [&where] {
    std::vector<SSLSocket> clients;
    for (std::size_t i = 0; i < kClients; ++i) {
      clients.push_back(verifying_context().wrap_socket(socket()));
      clients.back().connect(where);
    }
    for (int round = 0; round < 3; ++round)
      for (SSLSocket& c : clients) {
        c.sendall("FOO, in Capital LETTERS\n");
        EXPECT_EQ(read_all(c, 24), "foo, in capital letters\n");
      }
  };
  Both(ask, serve).check();
}

// API: 8.renegotiation, C8
TEST(Renegotiation, carries_on_with_the_data_of_both_sides) {
  for (const int protocol : {PROTOCOL_SSLv3, PROTOCOL_TLSv1})
    for (const bool client_asks : {true, false}) {
      const SSLContext client = verifying_context(protocol), server = server_context();
      Pair p(client, server);
      SSLSocket& asking = client_asks ? p.c() : p.s();
      SSLSocket& other = client_asks ? p.s() : p.c();
      std::string there, back;
      Both(
          [&] {
            asking.renegotiate();
            asking.sendall("after the question");
            back = read_all(asking, 6);
          },
          [&] {
            there = read_all(other, 18);
            other.sendall("answer");
          })
          .check();
      EXPECT_EQ(there, "after the question");
      EXPECT_EQ(back, "answer");
      EXPECT_EQ(client.session_stats()["connect_renegotiate"], 1);
      EXPECT_EQ(server.session_stats()["accept_renegotiate"], 1);
    }
}

// API: 8.renegotiation
TEST(Renegotiation, makes_a_read_write_and_a_write_read) {
  Ends e(PROTOCOL_TLSv1);
  Both([&] { documented_handshake(*e.client); }, [&] { documented_handshake(*e.server); }).check();
  e.client->renegotiate();
  EXPECT_THROW(e.client->write("x"), SSLWantReadError);  // the peer's turn comes first
  // The server's way out is full: its answer to the new hello has to wait, and so does its read.
  e.server->setsockopt(SOL_SOCKET, SO_SNDBUF, 1);
  socket filler = socket::from_fd(dup(e.server->fileno()));
  filler.setblocking(false);
  std::size_t filled = 0;
  try {
    for (;;) filled += filler.send(std::string(512, '-'));
  } catch (const socket_error& full) {
    EXPECT_EQ(full.errno_(), EAGAIN);
  }
  EXPECT_THROW(e.server->recv(), SSLWantWriteError);
  socket drain = socket::from_fd(dup(e.client->fileno()));
  EXPECT_EQ(read_all(drain, filled).size(), filled);
  Wants there, here;
  std::string got;
  Both([&] { here(*e.client, [&] { return e.client->write("x"); }); },
       [&] { got = text(there(*e.server, [&] { return e.server->recv(); })); })
      .check();
  EXPECT_EQ(got, "x");
}

std::string timeout_text(const std::function<void()>& call) {
  try {
    call();
  } catch (const timeout& e) {
    EXPECT_EQ(e.errno_(), ETIMEDOUT);
    return e.what();
  } catch (const std::exception& e) {
    return std::string("not a timeout: ") + e.what();
  }
  return "nothing was thrown";
}

/// A client inside a renegotiation, with more to read than it takes without being read.
struct Flooded {
  Pair p{SSLContext(PROTOCOL_TLSv1), server_context()};
  std::string data = pattern(600000), got, answer;
  std::thread server;

  Flooded() {
    p.s().sendall("go");
    EXPECT_EQ(read_all(p.c(), 2), "go");
    p.c().renegotiate();
    server = std::thread([this] {
      p.s().sendall(data);
      answer = read_all(p.s(), 5);
    });
  }
  ~Flooded() { server.join(); }
  void wait_until_full(const std::function<void()>& each_time) {
    for (std::size_t before = 0, now = 0; now == 0 || before != now;) {
      each_time();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      before = std::exchange(now, p.c().pending());
    }
  }
};

// API: 8.renegotiation, M14, M15
TEST(Renegotiation, a_write_that_may_wait_waits_for_the_thread_that_reads) {
  for (const bool sendall : {true, false}) {
    Flooded f;
    std::exception_ptr thrown;
    std::thread writer([&] {
      try {
        EXPECT_EQ(sendall ? f.p.c().sendall("after") : f.p.c().write("after"), 5u);
      } catch (...) {
        thrown = std::current_exception();
      }
    });
    // The writer takes in what it can, and stops there.
    f.wait_until_full([] {});
    EXPECT_EQ(read_all(f.p.c(), f.data.size()), f.data);
    writer.join();
    EXPECT_EQ(thrown, nullptr);
    if (thrown) f.p.c().sendall("after");
  }
}

// API: 8.renegotiation, M10
TEST(Renegotiation, a_write_waits_for_a_reader_no_longer_than_the_timeout) {
  Flooded f;
  f.p.c().settimeout(0.05);
  EXPECT_EQ(timeout_text([&] { f.p.c().sendall("after"); }), "The write operation timed out");
  EXPECT_EQ(timeout_text([&] { f.p.c().do_handshake(); }), "The handshake operation timed out");
  f.p.c().settimeout(20);
  EXPECT_EQ(read_all(f.p.c(), f.data.size()), f.data);
  f.p.c().sendall("after");
}

// API: 8.renegotiation, M14, M15
TEST(Renegotiation, a_write_without_any_reader_is_an_error_and_can_be_repeated) {
  Flooded f;
  f.p.c().settimeout(std::nullopt);
  const SSLError e = ssl_error([&] { f.p.c().sendall("after"); });
  EXPECT_EQ(e.errno_(), SSL_ERROR_SSL);
  EXPECT_EQ(e.reason(), "UNREAD_DATA_IN_RENEGOTIATION");
  EXPECT_FALSE(e.hint().empty());
  EXPECT_EQ(read_all(f.p.c(), f.data.size()), f.data);
  f.p.c().sendall("after");
}

// API: 8.renegotiation, 8.threads
TEST(Renegotiation, a_write_does_not_wait_for_a_reader_that_has_gone) {
  Flooded f;
  f.p.c().settimeout(std::nullopt);
  std::string begin;
  std::atomic<bool> leave{false}, ended{false};
  std::thread reader([&] {
    begin = read_all(f.p.c(), 1);
    while (!leave) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  std::optional<SSLError> e;
  std::thread writer([&] {
    f.wait_until_full([] {});
    e = ssl_error([&] { f.p.c().sendall("after"); });
    ended = true;
  });
  // Longer than a write waits where there is nobody: while the reader lives it may come back.
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_FALSE(ended);
  leave = true;
  reader.join();
  writer.join();
  EXPECT_EQ(e.value().reason(), "UNREAD_DATA_IN_RENEGOTIATION");
  EXPECT_EQ(begin + read_all(f.p.c(), f.data.size() - 1), f.data);
  f.p.c().sendall("after");
}

// API: 8.renegotiation
TEST(Renegotiation, on_a_non_blocking_socket_asks_for_the_data_to_be_read) {
  Flooded f;
  f.p.c().setblocking(false);
  f.wait_until_full([&] { EXPECT_THROW(f.p.c().write("after"), SSLWantReadError); });
  f.p.c().setblocking(true);
  EXPECT_EQ(read_all(f.p.c(), f.data.size()), f.data);
  f.p.c().sendall("after");
}

// API: 8.renegotiation
TEST(Renegotiation, that_is_not_granted_leaves_the_connection_as_it_is) {
  SSLContext client(PROTOCOL_TLSv1), server = server_context();
  for (const bool client_asks : {true, false}) {
    client.options = client_asks ? OP_ALL : OP_ALL | OP_NO_RENEGOTIATION;
    server.options = client_asks ? OP_ALL | OP_NO_RENEGOTIATION : OP_ALL;
    Pair p(client, server);
    SSLSocket& asking = client_asks ? p.c() : p.s();
    SSLSocket& other = client_asks ? p.s() : p.c();
    std::string got;
    Both(
        [&] {
          asking.renegotiate();
          asking.sendall("goes on");
        },
        [&] { got = read_all(other, 7); })
        .check();
    EXPECT_EQ(got, "goes on");
    EXPECT_EQ(asking.connection()->renegotiations(), 0u);
  }
  // SSL 2.0 has none at all.
  SSLContext old = server_context(PROTOCOL_SSLv2);
  Pair p(SSLContext(PROTOCOL_SSLv2), old);
  const SSLError e = ssl_error([&] { p.c().renegotiate(); });
  EXPECT_TRUE(says(e, "no renegotiation"));
  EXPECT_EQ(e.reason(), "NO_RENEGOTIATION");
  EXPECT_FALSE(e.hint().empty());
}

// ---- timeouts ------------------------------------------------------------------------------

// API: M10, 0.timeout, F1.j, 10.handshake_timeout
TEST(Timeouts, name_the_operation_they_ended) {
  auto ends = socketpair();
  ends.first.settimeout(0.03);
  EXPECT_EQ(timeout_text([&] { SSLContext(PROTOCOL_TLSv1).wrap_socket(ends.first); }),
            "The handshake operation timed out");
  EXPECT_EQ(ends.first.fileno(), -1);
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  p.c().settimeout(0.03);
  EXPECT_EQ(timeout_text([&] { p.c().recv(); }), "The read operation timed out");
  EXPECT_EQ(timeout_text([&] { p.c().send(pattern(4000000)); }), "The write operation timed out");
  Pair q(SSLContext(PROTOCOL_TLSv1), server_context());
  q.s().settimeout(0.03);
  EXPECT_EQ(timeout_text([&] { q.s().unwrap(); }), "The read operation timed out");
}

// API: M4, M10, 8.timeouts, 10.handshake_timeout
TEST(Timeouts, of_a_lazy_client_end_its_handshake_too) {
  socket silent;
  silent.bind({"127.0.0.1", 0});
  silent.listen(5);
  socket s;
  s.settimeout(0.05);
  SSLSocket client = SSLContext(PROTOCOL_TLSv1).wrap_socket(s);
  EXPECT_TRUE(has(timeout_text([&] { client.connect(silent.getsockname()); }), "timed out"));
  EXPECT_EQ(client.connection(), nullptr);
  EXPECT_NE(client.fileno(), -1);
}

// API: M10, 8.timeouts
TEST(Timeouts, allow_each_step_its_time_and_the_call_can_be_repeated) {
  auto near_end = socketpair(), far_end = socketpair();
  near_end.first.settimeout(10);
  far_end.second.settimeout(10);
  SSLSocket client =
      SSLContext(PROTOCOL_TLSv1).wrap_socket(near_end.first, {.do_handshake_on_connect = false});
  SSLSocket server = server_context().wrap_socket(
      far_end.second, {.server_side = true, .do_handshake_on_connect = false});
  const Drip drip(std::move(near_end.second), std::move(far_end.first));
  Both([&] { client.do_handshake(); }, [&] { server.do_handshake(); }).check();
  client.settimeout(0.02);
  EXPECT_THROW(client.recv(), timeout);
  server.send("late");
  client.settimeout(10);
  EXPECT_EQ(read_all(client, 4), "late");
  client.close();
  server.close();
}

// API: M12, M15, 7.os
TEST(Signals, do_not_disturb_a_handshake_or_a_transfer) {
  struct sigaction act {};
  act.sa_handler = [](int) {};  // without SA_RESTART
  struct sigaction old {};
  ASSERT_EQ(sigaction(SIGUSR1, &act, &old), 0);
  const pthread_t target = pthread_self();
  std::atomic<bool> done{false};
  std::thread pest([&] {
    while (!done) {
      pthread_kill(target, SIGUSR1);
      std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
  });
  for (int i = 0; i < 3; ++i) {
    Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
    ASSERT_TRUE(p.good());
    p.c().setblocking(true);  // no limit: plain blocking calls
    const std::string data = pattern(300000);
    std::string got;
    Both([&] { p.c().sendall(data); }, [&] { got = read_all(p.s(), data.size()); }).check();
    EXPECT_TRUE(got == data);
    Both([&] { got = read_all(p.c(), data.size()); }, [&] { p.s().sendall(data); }).check();
    EXPECT_TRUE(got == data);
  }
  done = true;
  pest.join();
  sigaction(SIGUSR1, &old, nullptr);
}

}  // namespace
}  // namespace parley
