// The plain socket layer: Python's waiting rules on real descriptors.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "parley/socket.hpp"

namespace parley {
namespace {

using namespace std::chrono_literals;

template <class Call>
int errno_of(Call call) {
  try {
    call();
  } catch (const socket_error& e) {
    return e.errno_();
  }
  return 0;
}

std::string as_string(const bytes& b) { return std::string(as_text(b)); }

socket listener() {
  socket s;
  s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
  s.bind({"127.0.0.1", 0});
  s.listen(5);
  return s;
}

double seconds_since(std::chrono::steady_clock::time_point t) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - t).count();
}

// API: M2, M8, 0.socket
TEST(PlainSocket, connects_to_a_listener_and_both_name_the_same_ends) {
  socket server = listener();
  socket client;
  client.connect({"localhost", server.getsockname().port});
  auto [peer, from] = server.accept();
  EXPECT_EQ(from, client.getsockname());
  EXPECT_EQ(client.getpeername(), server.getsockname());
  EXPECT_EQ(peer.getpeername(), client.getsockname());
  EXPECT_EQ(client.sendall("ping"), 4u);
  EXPECT_EQ(as_string(peer.recv()), "ping");
  peer.close();
  EXPECT_TRUE(client.recv().empty());
}

// API: M2, 0.socket
TEST(PlainSocket, an_empty_host_means_any_interface_to_bind_and_this_host_to_connect) {
  socket server;
  server.bind({"", 0});
  server.listen(1);
  EXPECT_EQ(server.getsockname().host, "0.0.0.0");
  socket client;
  client.connect({"", server.getsockname().port});
  EXPECT_EQ(client.getpeername().host, "127.0.0.1");
}

// API: 0.socket
TEST(PlainSocket, unix_sockets_carry_their_path) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("parley-socket-test-" + std::to_string(getpid()));
  std::filesystem::remove(path);
  socket server(AF_UNIX);
  server.bind({.path = path});
  server.listen(1);
  socket client(AF_UNIX);
  client.connect({.path = path});
  EXPECT_EQ(client.getpeername().path, path);
  EXPECT_EQ(client.getsockname().path, "");
  std::filesystem::remove(path);
  EXPECT_EQ(errno_of([] { socket(AF_UNIX).bind({.path = std::string(200, 'x')}); }), ENAMETOOLONG);
}

// API: M4, M5, 0.socket_error
TEST(PlainSocket, a_refused_connection_is_an_exception_or_a_number) {
  socket server = listener();
  const address gone = server.getsockname();
  server.close();
  EXPECT_EQ(errno_of([&] { socket().connect(gone); }), ECONNREFUSED);
  EXPECT_EQ(socket().connect_ex(gone), ECONNREFUSED);
}

// API: 0.gaierror
TEST(PlainSocket, a_name_that_does_not_resolve_is_a_gaierror) {
  socket s;
  EXPECT_THROW(s.connect({"no-such-host.invalid", 1}), gaierror);
  EXPECT_THROW(s.connect_ex({"no-such-host.invalid", 1}), gaierror);
  EXPECT_THROW(s.bind({"not a host name", 1}), gaierror);
}

// API: 0.socket_error
TEST(PlainSocket, unconnected_sockets_raise_the_system_error) {
  socket s;
  EXPECT_EQ(errno_of([&] { s.recv(1); }), ENOTCONN);
  EXPECT_EQ(errno_of([&] { s.getpeername(); }), ENOTCONN);
  s.close();
  EXPECT_EQ(errno_of([&] { s.recv(1); }), EBADF);
  EXPECT_EQ(errno_of([&] { s.send("x"); }), EBADF);
}

// API: M1, M10, 0.timeout
TEST(PlainSocket, a_timeout_ends_recv_accept_and_send) {
  auto pair = socketpair();
  socket& a = pair.first;
  a.settimeout(0.05);
  const auto start = std::chrono::steady_clock::now();
  try {
    a.recv();
    FAIL() << "recv returned";
  } catch (const timeout& e) {
    EXPECT_STREQ(e.what(), "timed out");
    EXPECT_EQ(e.errno_(), ETIMEDOUT);
  }
  EXPECT_GE(seconds_since(start), 0.045);
  EXPECT_LT(seconds_since(start), 5);
  socket server = listener();
  server.settimeout(0.02);
  EXPECT_THROW(server.accept(), timeout);
  EXPECT_THROW(for (;;) a.send(std::string(65536, 'x')), timeout);
}

// API: M4, M5, M10
TEST(PlainSocket, a_connect_without_an_answer_times_out) {
  // A full backlog leaves further connections unanswered.
  socket server;
  server.bind({"127.0.0.1", 0});
  server.listen(0);
  std::vector<socket> crowd;
  for (int i = 0; i < 20; ++i) {
    crowd.emplace_back();
    crowd.back().settimeout(0.05);
    if (crowd.back().connect_ex(server.getsockname()) == EAGAIN) {
      socket last;
      last.settimeout(0.05);
      EXPECT_THROW(last.connect(server.getsockname()), timeout);
      return;
    }
  }
  FAIL() << "every connection was taken";
}

// API: M10, M5
TEST(PlainSocket, non_blocking_calls_return_at_once_with_EAGAIN) {
  auto pair = socketpair();
  socket& a = pair.first;
  a.setblocking(false);
  EXPECT_EQ(a.gettimeout(), 0.0);
  EXPECT_EQ(errno_of([&] { a.recv(); }), EAGAIN);
  EXPECT_EQ(errno_of([&] {
              for (;;) a.send(std::string(65536, 'x'));
            }),
            EAGAIN);
  socket server = listener();
  server.setblocking(false);
  EXPECT_EQ(errno_of([&] { server.accept(); }), EAGAIN);
  socket c;
  c.setblocking(false);
  EXPECT_EQ(c.connect_ex(server.getsockname()), EINPROGRESS);
}

// API: M15
TEST(PlainSocket, sendall_waits_even_when_the_socket_is_non_blocking) {
  auto pair = socketpair();
  socket &a = pair.first, &b = pair.second;
  a.setblocking(false);
  const std::string data(1 << 20, 'y');
  std::size_t got = 0;
  std::thread reader([&] {
    while (got < data.size()) got += b.recv(4096).size();
  });
  EXPECT_EQ(a.sendall(data), data.size());
  reader.join();
  EXPECT_EQ(got, data.size());
}

// API: M10
TEST(PlainSocket, timeouts_outside_the_range_are_refused) {
  socket s;
  EXPECT_EQ(s.gettimeout(), std::nullopt);
  EXPECT_THROW(s.settimeout(-0.5), std::invalid_argument);
  EXPECT_THROW(s.settimeout(1e300), std::invalid_argument);
  EXPECT_THROW(s.settimeout(0.0 / 0.0), std::invalid_argument);
  s.settimeout(1.5);
  EXPECT_EQ(s.gettimeout(), 1.5);
  s.setblocking(true);
  EXPECT_EQ(s.gettimeout(), std::nullopt);
}

TEST(PlainSocket, a_closed_peer_raises_EPIPE_and_no_signal) {
  auto pair = socketpair();
  socket &a = pair.first, &b = pair.second;
  b.close();
  EXPECT_EQ(errno_of([&] { a.send("x"); }), EPIPE);  // SIGPIPE would end this program
  EXPECT_EQ(errno_of([&] { a.sendall("x"); }), EPIPE);
}

TEST(PlainSocket, goes_on_after_a_signal) {
  struct sigaction act {};
  act.sa_handler = [](int) {};  // without SA_RESTART
  struct sigaction old {};
  ASSERT_EQ(sigaction(SIGUSR1, &act, &old), 0);
  auto pair = socketpair();
  socket &a = pair.first, &b = pair.second;
  for (const std::optional<double> limit : {std::optional<double>{}, std::optional<double>{10.0}}) {
    a.settimeout(limit);
    std::atomic<bool> waiting{false};
    bytes got;
    std::thread reader([&] {
      waiting = true;
      got = a.recv();
    });
    while (!waiting) std::this_thread::yield();
    for (int i = 0; i < 5; ++i) {
      std::this_thread::sleep_for(5ms);
      pthread_kill(reader.native_handle(), SIGUSR1);
    }
    b.send("after");
    reader.join();
    EXPECT_EQ(as_string(got), "after");
  }
  sigaction(SIGUSR1, &old, nullptr);
}

// API: M13
TEST(PlainSocket, recv_into_fills_at_most_what_was_asked) {
  auto pair = socketpair();
  socket &a = pair.first, &b = pair.second;
  b.send("abcdefgh");
  std::array<std::uint8_t, 6> buffer{};
  EXPECT_EQ(a.recv_into(buffer, 2), 2u);
  EXPECT_EQ(as_text(ByteView(buffer).first(2)), "ab");
  EXPECT_EQ(a.recv_into(buffer, 0), 6u);  // 0 and too much mean the whole buffer
  EXPECT_EQ(as_text(buffer), "cdefgh");
  b.send("xy");
  EXPECT_EQ(a.recv_into(buffer, 100), 2u);
  b.send("peek");
  EXPECT_EQ(as_string(a.recv(10, MSG_PEEK)), "peek");
  EXPECT_EQ(as_string(a.recv(10)), "peek");
}

// API: M9
TEST(PlainSocket, options_are_read_and_set) {
  socket s;
  EXPECT_EQ(s.getsockopt(SOL_SOCKET, SO_TYPE), SOCK_STREAM);
  EXPECT_EQ(s.getsockopt(SOL_SOCKET, SO_REUSEADDR), 0);
  s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
  EXPECT_NE(s.getsockopt(SOL_SOCKET, SO_REUSEADDR), 0);
  const linger wanted{1, 7};
  s.setsockopt(SOL_SOCKET, SO_LINGER,
               ByteView(reinterpret_cast<const std::uint8_t*>(&wanted), sizeof wanted));
  const bytes raw = s.getsockopt(SOL_SOCKET, SO_LINGER, sizeof(linger));
  ASSERT_EQ(raw.size(), sizeof(linger));
  EXPECT_EQ(raw[sizeof(int)], 7);
  EXPECT_EQ(errno_of([&] { s.setsockopt(SOL_SOCKET, 9999, 1); }), ENOPROTOOPT);
}

// API: M16
TEST(PlainSocket, shutdown_ends_one_direction) {
  auto pair = socketpair();
  socket &a = pair.first, &b = pair.second;
  a.shutdown(SHUT_WR);
  EXPECT_TRUE(b.recv().empty());
  b.send("still");
  EXPECT_EQ(as_string(a.recv()), "still");
}

// API: M6, M7, M26
TEST(PlainSocket, detach_and_from_fd_pass_the_descriptor_on) {
  auto pair = socketpair();
  socket &a = pair.first, &b = pair.second;
  a.setblocking(false);
  const int fd = a.detach();
  EXPECT_EQ(a.fileno(), -1);
  socket again = socket::from_fd(fd);
  EXPECT_EQ(again.fileno(), fd);
  EXPECT_EQ(again.family(), AF_UNIX);
  EXPECT_EQ(again.type(), SOCK_STREAM);
  EXPECT_EQ(again.gettimeout(), 0.0);
  again.send("x");
  EXPECT_EQ(as_string(b.recv()), "x");
  EXPECT_EQ(errno_of([] { socket::from_fd(-1); }), EBADF);
}

// API: M27, M3
TEST(PlainSocket, the_destructor_and_an_assignment_close_the_descriptor) {
  int first = -1;
  {
    auto pair = socketpair();
    socket &a = pair.first, &b = pair.second;
    first = a.fileno();
    a = socket();
    EXPECT_TRUE(b.recv().empty());
    a.close();
    a.close();
    EXPECT_EQ(a.fileno(), -1);
  }
  EXPECT_EQ(fcntl(first, F_GETFD), -1);
}

TEST(PlainSocket, descriptors_do_not_leak_into_child_programs) {
  auto pair = socketpair();
  socket& a = pair.first;
  EXPECT_NE(fcntl(a.fileno(), F_GETFD) & FD_CLOEXEC, 0);
  socket server = listener();
  EXPECT_NE(fcntl(server.fileno(), F_GETFD) & FD_CLOEXEC, 0);
}

// API: 0.IOError
TEST(PlainSocket, errors_carry_number_text_and_file) {
  const IOError e(ENOENT, {}, "missing.pem");
  EXPECT_STREQ(e.what(), "[Errno 2] No such file or directory: 'missing.pem'");
  EXPECT_EQ(e.strerror(), "No such file or directory");
  EXPECT_EQ(e.filename(), "missing.pem");
  EXPECT_TRUE(e.code() == std::errc::no_such_file_or_directory);
}

}  // namespace
}  // namespace parley
