// socket::makefile: buffered files over plain sockets and over TLS.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "facade_support.hpp"

namespace parley {
namespace {

using namespace test;
using namespace std::string_literals;

static_assert(!std::is_copy_constructible_v<socket_file> &&
              std::is_nothrow_move_constructible_v<socket_file>);

bool descriptor_is_open(int fd) { return fcntl(fd, F_GETFD) != -1; }

/// A connection whose far end the test plays by hand, plain and through TLS.
struct Ends {
  std::unique_ptr<socket> near, far;
  socket& n() const { return *near; }
  socket& f() const { return *far; }
};
Ends plain_ends() {
  auto [a, b] = socketpair();
  return {std::make_unique<socket>(std::move(a)), std::make_unique<socket>(std::move(b))};
}
Ends tls_ends() {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  return {std::make_unique<SSLSocket>(std::move(p.c())),
          std::make_unique<SSLSocket>(std::move(p.s()))};
}

class MakeFile : public ::testing::TestWithParam<Ends (*)()> {
 protected:
  Ends ends = GetParam()();
};
INSTANTIATE_TEST_SUITE_P(Plain, MakeFile, ::testing::Values(&plain_ends));
INSTANTIATE_TEST_SUITE_P(Tls, MakeFile, ::testing::Values(&tls_ends));

// API: M11
TEST_P(MakeFile, knows_the_modes_of_python_and_refuses_others) {
  for (const char* mode : {"r", "w", "rw", "rb", "wb", "rwb", "br", "", "b"}) {
    socket_file f = ends.n().makefile(mode);
    EXPECT_EQ(f.mode(), mode);
    const std::string m = mode;
    EXPECT_EQ(f.writable(), m.find('w') != std::string::npos) << mode;
    EXPECT_EQ(f.readable(), m.find('r') != std::string::npos || !f.writable()) << mode;
    EXPECT_EQ(f.fileno(), ends.n().fileno());
    EXPECT_FALSE(f.closed());
    EXPECT_FALSE(f.seekable());
  }
  EXPECT_EQ(argument_error([&] { ends.n().makefile("x"); }),
            "invalid mode 'x' (only r, w, b allowed)");
  EXPECT_EQ(argument_error([&] { ends.n().makefile("r+"); }),
            "invalid mode 'r+' (only r, w, b allowed)");
  EXPECT_EQ(argument_error([&] { ends.n().makefile("rw", 0); }),
            "unbuffered streams must be binary");
  EXPECT_EQ(argument_error([&] { ends.n().makefile("w").read(); }), "not readable");
  EXPECT_EQ(argument_error([&] { ends.n().makefile("r").write("x"); }), "not writable");
  EXPECT_EQ(argument_error([&] {
              bytes b(1);
              ends.n().makefile("r").readinto(b);
            }),
            "readinto is for binary files");
}

// API: M11
TEST_P(MakeFile, binary_files_give_bytes_as_they_are_by_number_and_by_line) {
  const std::string sent = "one\r\ntwo\n\nth\rree\xff\0four\nrest"s;
  ends.f().sendall(sent);
  ends.f().close();
  socket_file f = ends.n().makefile("rb");
  EXPECT_EQ(f.read(2), "on");
  EXPECT_EQ(f.readline(), "e\r\n");
  EXPECT_EQ(f.readline(2), "tw");
  EXPECT_EQ(f.readline(2), "o\n");
  EXPECT_EQ(f.readline(), "\n");
  bytes three(3);
  EXPECT_EQ(f.readinto(three), 3u);
  EXPECT_EQ(text(three), "th\r");
  EXPECT_EQ(f.read(0), "");
  EXPECT_EQ(f.readline(0), "");
  EXPECT_EQ(f.readlines(), (std::vector<std::string>{"ree\xff\0four\n"s, "rest"}));
  EXPECT_EQ(f.read(), "");
  EXPECT_EQ(f.read(10), "");
  EXPECT_EQ(f.readline(), "");
}

// API: M11
TEST_P(MakeFile, small_buffers_and_none_give_the_same) {
  const std::string sent = "alpha\nbe\r\nta\n" + pattern(20000) + "\nend";
  for (const int buffering : {-1, 0, 1, 2, 3, 7, 100000}) {
    Ends e = GetParam()();
    std::thread writer([&] {
      e.f().sendall(sent);
      e.f().close();
    });
    socket_file f = e.n().makefile("rb", buffering);
    std::string got = f.readline();
    EXPECT_EQ(got, "alpha\n");
    got += f.readline();
    EXPECT_EQ(got, "alpha\nbe\r\n");
    got += f.read(3);
    got += f.read();
    writer.join();
    EXPECT_EQ(got, sent) << buffering;
  }
}

// API: M11
TEST_P(MakeFile, read_waits_for_all_and_read1_for_something) {
  socket_file f = ends.n().makefile("rb");
  ends.f().sendall("abc");
  EXPECT_EQ(f.read1(100), "abc");
  std::thread writer([&] {
    ends.f().sendall("de");
    ends.f().sendall("fgh");
  });
  EXPECT_EQ(f.read(4), "defg");
  writer.join();
  EXPECT_EQ(f.read1(100), "h");
}

// API: M11
TEST_P(MakeFile, unbuffered_files_leave_the_rest_to_the_socket) {
  socket_file f = ends.n().makefile("rwb", 0);
  ends.f().sendall("line\nrest");
  EXPECT_EQ(f.readline(), "line\n");
  EXPECT_EQ(read_all(ends.n(), 4), "rest");
  EXPECT_EQ(f.write("now"), 3u);
  EXPECT_EQ(read_all(ends.f(), 3), "now");
}

// API: M11
TEST_P(MakeFile, text_files_have_one_line_end_and_count_characters) {
  ends.f().sendall("eins\r\nzw\u00f6lf\rdrei\n\r\n\u20ac\U0001d11ex\r");
  ends.f().close();
  socket_file f = ends.n().makefile();
  EXPECT_EQ(f.mode(), "r");
  EXPECT_EQ(f.readline(), "eins\n");
  EXPECT_EQ(f.readline(3), "zw\u00f6");
  EXPECT_EQ(f.readline(), "lf\n");
  EXPECT_EQ(f.read(5), "drei\n");
  EXPECT_EQ(f.readline(), "\n");
  EXPECT_EQ(f.read(2), "\u20ac\U0001d11e");
  EXPECT_EQ(f.read(), "x\n");
  EXPECT_EQ(f.read(), "");
}

// API: M11
TEST_P(MakeFile, text_survives_being_cut_anywhere) {
  const std::string sent = "\u00e4\r\n\u20ac\r\U0001d11e\n";
  std::thread writer([&] {
    for (const char c : sent) ends.f().sendall(std::string_view(&c, 1));
    ends.f().close();
  });
  socket_file f = ends.n().makefile("r", 1);
  EXPECT_EQ(f.readlines(), (std::vector<std::string>{"\u00e4\n", "\u20ac\n", "\U0001d11e\n"}));
  writer.join();
}

// API: M11
TEST_P(MakeFile, text_that_is_not_utf8_is_refused_after_what_was_good) {
  for (const auto& [bad, why] : {std::pair{"\xff"s, "byte 0xff: invalid start byte"},
                                 {"\xc3("s, "byte 0xc3: invalid continuation byte"},
                                 {"\xed\xa0\x80"s, "byte 0xed: invalid continuation byte"},
                                 {"\xe2\x82"s, "byte 0xe2: unexpected end of data"}}) {
    Ends e = GetParam()();
    e.f().sendall("good\n" + bad);
    e.f().close();
    socket_file f = e.n().makefile("r");
    EXPECT_TRUE(has(argument_error([&] { f.read(); }), why)) << why;
    EXPECT_EQ(f.readline(), "good\n");
  }
}

// API: M11
TEST_P(MakeFile, lines_come_by_iteration) {
  ends.f().sendall("a\nb\n\nc");
  ends.f().close();
  socket_file f = ends.n().makefile("rb");
  std::vector<std::string> lines;
  for (const std::string& line : f) lines.push_back(line);
  EXPECT_EQ(lines, (std::vector<std::string>{"a\n", "b\n", "\n", "c"}));
}

// API: M11
TEST_P(MakeFile, readlines_stops_when_it_has_the_hint) {
  ends.f().sendall("aaa\nbbb\nccc\n");
  socket_file f = ends.n().makefile("rb");
  EXPECT_EQ(f.readlines(5), (std::vector<std::string>{"aaa\n", "bbb\n"}));
  EXPECT_EQ(f.readline(), "ccc\n");
}

bool nothing_to_read(socket& s) {
  s.settimeout(0.0);
  bool nothing = false;
  try {
    s.recv();
  } catch (const socket_error&) {
    nothing = true;
  }
  s.settimeout(20);
  return nothing;
}

// API: M11
TEST_P(MakeFile, writing_waits_in_the_buffer_until_flush_or_until_it_is_full) {
  socket_file f = ends.n().makefile("wb", 10);
  EXPECT_EQ(f.write("12345"), 5u);
  EXPECT_TRUE(nothing_to_read(ends.f()));
  f.flush();
  EXPECT_EQ(read_all(ends.f(), 5), "12345");
  f.write("abcdef");
  f.write("ghijkl");  // the first does not fit with it
  EXPECT_EQ(read_all(ends.f(), 6), "abcdef");
  EXPECT_TRUE(nothing_to_read(ends.f()));
  f.close();
  EXPECT_EQ(read_all(ends.f(), 6), "ghijkl");
  socket_file g = ends.n().makefile("wb", 10);
  g.write("longer than the buffer");
  EXPECT_EQ(read_all(ends.f(), 22), "longer than the buffer");
}

// API: M11
TEST_P(MakeFile, text_is_written_as_it_is_and_counted_in_characters) {
  socket_file f = ends.n().makefile("w");
  EXPECT_EQ(f.write("z\u00f6\u20ac\n"), 4u);
  const std::vector<std::string> lines{"a\n", "b\r\n"};
  f.writelines(lines);
  f.flush();
  EXPECT_EQ(read_all(ends.f(), 12), "z\u00f6\u20ac\na\nb\r\n");
}

// API: M11
TEST_P(MakeFile, reads_and_writes_through_one_file) {
  socket_file f = ends.n().makefile("rwb");
  std::thread far([&] {
    socket_file g = ends.f().makefile("rwb");
    for (const std::string& line : g) {
      g.write("> " + line);
      g.flush();
    }
  });
  for (const char* line : {"GET /\n", "\n", "bye\n"}) {
    f.write(line);
    f.flush();
    EXPECT_EQ(f.readline(), std::string("> ") + line);
  }
  f.close();
  ends.n().close();
  far.join();
}

// API: M11, M3, 10.makefile_close
TEST_P(MakeFile, the_descriptor_closes_with_the_last_of_socket_and_files) {
  const int fd = ends.n().fileno();
  {
    // Python's test_makefile_close: a closed file does not keep the socket from closing.
    socket_file f = ends.n().makefile();
    f.close();
    EXPECT_TRUE(f.closed());
    f.close();
    EXPECT_TRUE(descriptor_is_open(fd));
    EXPECT_EQ(ends.n().fileno(), fd);
  }
  socket_file f = ends.n().makefile("rb");
  {
    const socket_file second = ends.n().makefile("wb");
    ends.n().close();
    EXPECT_EQ(ends.n().fileno(), -1);
    EXPECT_TRUE(descriptor_is_open(fd));
  }
  EXPECT_TRUE(descriptor_is_open(fd));
  ends.f().sendall("still here\n");
  EXPECT_EQ(f.readline(), "still here\n");
  f.close();
  EXPECT_FALSE(descriptor_is_open(fd));
}

// API: M11, M27
TEST_P(MakeFile, outlives_the_socket_and_moves) {
  socket_file f = ends.n().makefile("rwb");
  socket_file g = std::move(f);
  EXPECT_TRUE(f.closed());
  ends.near.reset();
  g.write("hello\n");
  g.flush();
  EXPECT_EQ(read_all(ends.f(), 6), "hello\n");
  ends.f().sendall("x\n");
  EXPECT_EQ(g.readline(), "x\n");
  const int fd = g.fileno();
  Ends other = GetParam()();
  g = other.n().makefile("wb");
  EXPECT_FALSE(descriptor_is_open(fd));
  EXPECT_EQ(g.fileno(), other.n().fileno());
}

// API: M11
TEST_P(MakeFile, goes_on_when_the_socket_moves) {
  socket_file f = ends.n().makefile("rb");
  if (auto* tls = dynamic_cast<SSLSocket*>(ends.near.get()))
    ends.near = std::make_unique<SSLSocket>(std::move(*tls));
  else
    ends.near = std::make_unique<socket>(std::move(*ends.near));
  ends.f().sendall("x\ny\n");
  EXPECT_EQ(f.readline(), "x\n");
  ends.near->settimeout(0.05);  // the files' timeout too
  f.readline();
  EXPECT_THROW(f.readline(), timeout);
}

// API: M11
TEST_P(MakeFile, the_destructor_flushes) {
  { ends.n().makefile("wb").write("last words"); }
  EXPECT_EQ(read_all(ends.f(), 10), "last words");
}

// API: M11
TEST_P(MakeFile, a_closed_file_does_nothing_more) {
  socket_file f = ends.n().makefile("rwb");
  f.close();
  for (const std::function<void()>& call : std::vector<std::function<void()>>{
           [&] { f.read(); }, [&] { f.readline(); }, [&] { f.write("x"); }, [&] { f.flush(); },
           [&] { f.read1(1); }, [&] { f.fileno(); }})
    EXPECT_EQ(argument_error(call), "I/O operation on closed file.");
}

// API: M11
TEST_P(MakeFile, close_reports_what_could_not_be_sent_and_closes_all_the_same) {
  socket_file f = ends.n().makefile("wb");
  f.write("nobody reads this");
  ends.f().close();
  const int fd = ends.n().fileno();
  ends.n().close();
  EXPECT_NE(errno_of([&] { f.close(); }), 0);
  EXPECT_TRUE(f.closed());
  EXPECT_FALSE(descriptor_is_open(fd));
}

// API: M11
TEST_P(MakeFile, refuses_to_read_on_after_a_timeout) {
  ends.n().settimeout(0.05);
  socket_file f = ends.n().makefile("rwb");
  ends.f().sendall("half a li");
  EXPECT_THROW(f.readline(), timeout);
  ends.f().sendall("ne\n");
  try {
    f.readline();
    ADD_FAILURE() << "read on";
  } catch (const timeout&) {
    ADD_FAILURE() << "another timeout";
  } catch (const IOError& e) {
    EXPECT_EQ(e.strerror(), "cannot read from timed out object");
  }
  // Writing goes on, and so does the socket.
  f.write("x");
  f.flush();
  EXPECT_EQ(read_all(ends.f(), 1), "x");
  EXPECT_EQ(read_all(ends.n(), 3), "ne\n");
}

// API: M11
TEST_P(MakeFile, a_non_blocking_read_can_be_repeated_and_loses_nothing) {
  ends.n().setblocking(false);
  socket_file f = ends.n().makefile("r");
  EXPECT_THROW(f.readline(), socket_error);
  ends.f().sendall("half");
  EXPECT_THROW(f.readline(), socket_error);
  ends.f().sendall(" and half\n");
  EXPECT_EQ(f.readline(), "half and half\n");
}

// API: M11
TEST_P(MakeFile, a_non_blocking_write_keeps_what_it_took_and_refuses_more) {
  ends.n().setblocking(false);
  const std::string block = pattern(1 << 20);
  socket_file f = ends.n().makefile("wb");
  EXPECT_EQ(f.write(block), block.size());
  EXPECT_THROW(f.write("and this"), socket_error);
  EXPECT_THROW(f.flush(), socket_error);
  std::string got;
  std::thread reader([&] { got = read_all(ends.f(), block.size() + 3); });
  const auto flush_at_last = [&] {
    for (;;) {
      try {
        f.flush();
        return;
      } catch (const socket_error&) {
        std::this_thread::yield();
      }
    }
  };
  flush_at_last();
  EXPECT_EQ(f.write("end"), 3u);
  flush_at_last();
  reader.join();
  EXPECT_EQ(got, block + "end");
}

// API: M6, M11
TEST_P(MakeFile, detaching_takes_the_descriptor_from_the_files_too) {
  socket_file f = ends.n().makefile("rb");
  const int fd = ends.n().detach();
  EXPECT_EQ(f.fileno(), -1);
  EXPECT_EQ(errno_of([&] { f.read(1); }), EBADF);
  EXPECT_TRUE(descriptor_is_open(fd));
  close(fd);
}

// API: M11
TEST(MakeFileOverTls, made_before_connecting_speaks_tls_all_the_same) {
  socket listener;
  listener.bind({"127.0.0.1", 0});
  listener.listen(1);
  std::string got;
  std::thread server([&] {
    SSLSocket s = server_context().wrap_socket(listener.accept().first, {.server_side = true});
    got = text(s.recv());
  });
  SSLSocket c = SSLContext(PROTOCOL_TLSv1).wrap_socket(socket());
  socket_file f = c.makefile("w");
  c.connect(listener.getsockname());
  f.write("secret\n");
  f.flush();
  server.join();
  EXPECT_EQ(got, "secret\n");
}

// API: M11, M22
TEST(MakeFileOverTls, follows_the_socket_out_of_tls) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  socket_file f = p.c().makefile("rwb");
  std::optional<socket> plain_client, plain_server;
  Both([&] { plain_client = p.c().unwrap(); }, [&] { plain_server = p.s().unwrap(); }).check();
  f.write("in the clear\n");
  f.flush();
  EXPECT_EQ(text(plain_server->recv()), "in the clear\n");
  plain_server->sendall("so be it\n");
  EXPECT_EQ(f.readline(), "so be it\n");
}

// API: M11, F1.k
TEST(MakeFileOverTls, keeps_the_rule_about_ragged_ends) {
  for (const bool suppress : {true, false}) {
    Pair p(SSLContext(PROTOCOL_TLSv1), server_context(), {.suppress_ragged_eofs = suppress});
    p.s().sendall("all there is");
    p.s().close();
    socket_file f = p.c().makefile("r");
    if (suppress)
      EXPECT_EQ(f.read(), "all there is");
    else
      EXPECT_EQ(ssl_error([&] { f.read(); }).errno_(), SSL_ERROR_EOF);
  }
}

// API: M11
TEST(MakeFileOverTls, what_is_written_before_connecting_waits_for_tls) {
  socket listener;
  listener.bind({"127.0.0.1", 0});
  listener.listen(1);
  std::string got;
  std::thread server([&] {
    SSLSocket s = server_context().wrap_socket(listener.accept().first, {.server_side = true});
    got = read_all(s, 6);
  });
  SSLSocket c = SSLContext(PROTOCOL_TLSv1).wrap_socket(socket());
  socket_file f = c.makefile("w");
  f.write("secret");
  c.connect(listener.getsockname());
  f.flush();
  server.join();
  EXPECT_EQ(got, "secret");
}

// ---- files from before TLS, and from before its end ----------------------------------------

/// What every way to use a file says.
void expect_stale(const std::vector<std::function<void()>>& calls, const std::string& part) {
  for (const auto& call : calls) {
    const SSLError e = ssl_error(call);
    EXPECT_EQ(e.reason(), "STALE_FILE_BUFFER");
    EXPECT_TRUE(says(e, part));
    EXPECT_FALSE(e.hint().empty());
  }
}

// The injection into STARTTLS: what an attacker has put behind the last command in clear must not
// look as if it came through TLS.
// API: M11, 10.starttls
TEST(MakeFileAcrossTls, gives_nothing_that_came_in_clear_once_TLS_is_there) {
  for (const char* mode : {"rwb", "rw"}) {
    auto ends = socketpair();
    socket_file f = ends.second.makefile(mode);
    ends.first.sendall("STARTTLS\nMAIL FROM:<evil>\n");
    EXPECT_EQ(f.readline(), "STARTTLS\n");
    f.write("220 go ahead\n");
    f.flush();
    EXPECT_EQ(read_all(ends.first, 13), "220 go ahead\n");
    std::optional<SSLSocket> c, s;
    Both([&] { c = SSLContext(PROTOCOL_TLSv1).wrap_socket(ends.first); },
         [&] { s = server_context().wrap_socket(ends.second, {.server_side = true}); })
        .check();
    c->sendall("MAIL FROM:<good>\n");
    for (int twice = 0; twice < 2; ++twice)
      expect_stale({[&] { f.readline(); }, [&] { f.read(); }, [&] { f.read(1); },
                    [&] { f.read1(1); }, [&] { f.readlines(); }, [&] { f.begin(); }},
                   "17 bytes that were read before TLS began");
    // It still writes, and another file reads what came through TLS, and that alone.
    f.write("250 ok\n");
    f.flush();
    EXPECT_EQ(read_all(*c, 7), "250 ok\n");
    EXPECT_EQ(s->makefile(mode).readline(), "MAIL FROM:<good>\n");
  }
}

// API: M11, 10.starttls
TEST(MakeFileAcrossTls, half_a_character_in_clear_is_not_completed_through_TLS) {
  for (const std::string half : {"\xe2\x82", "\r"}) {
    auto ends = socketpair();
    ends.second.settimeout(0.0);
    socket_file f = ends.second.makefile("r");
    ends.first.sendall("x" + half);
    EXPECT_EQ(f.read(1), "x");
    EXPECT_THROW(f.read(1), socket_error);
    ends.second.settimeout(20);
    std::optional<SSLSocket> c, s;
    Both([&] { c = SSLContext(PROTOCOL_TLSv1).wrap_socket(ends.first); },
         [&] { s = server_context().wrap_socket(ends.second, {.server_side = true}); })
        .check();
    c->sendall("\xac\n");
    expect_stale({[&] { f.readline(); }},
                 std::to_string(half.size()) + (half.size() == 1 ? " byte " : " bytes "));
  }
}

// API: M11, M16, M22
TEST(MakeFileAcrossTls, sends_nothing_in_clear_that_was_written_for_TLS) {
  for (const bool by_shutdown : {false, true}) {
    Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
    socket far = socket::from_fd(dup(p.c().fileno()));
    far.settimeout(20);
    socket_file f = p.s().makefile("rwb");
    std::optional<socket_file> g = p.s().makefile("w");
    f.write("secret");
    g->write("another");
    std::optional<socket> plain;
    if (by_shutdown)
      p.s().shutdown(SHUT_RD);
    else
      Both([&] { plain = p.s().unwrap(); }, [&] { p.c().unwrap(); }).check();
    for (int twice = 0; twice < 2; ++twice)
      expect_stale({[&] { f.flush(); }, [&] { f.write("more"); }},
                   "6 bytes that were written before TLS ended");
    expect_stale({[&] { f.close(); }}, "6 bytes");
    EXPECT_TRUE(f.closed());
    g.reset();  // the destructor has nobody to tell
    (plain ? *plain : static_cast<socket&>(p.s())).sendall("in the clear");
    EXPECT_EQ(text(far.recv()), "in the clear");
  }
}

// The same in the other direction: an end of TLS in the middle of a line that is half read.
// API: M11, M22
TEST(MakeFileAcrossTls, gives_nothing_that_came_through_TLS_once_it_has_ended) {
  Pair p(SSLContext(PROTOCOL_TLSv1), server_context());
  socket_file f = p.s().makefile("rwb");
  p.c().sendall("one\ntw");
  std::string got;
  while (got.size() < 4) got += f.readline(4 - got.size());
  EXPECT_EQ(got, "one\n");
  f.read1(1);
  std::optional<socket> plain_client, plain_server;
  Both([&] { plain_client = p.c().unwrap(); }, [&] { plain_server = p.s().unwrap(); }).check();
  plain_client->sendall("o\n");
  expect_stale({[&] { f.readline(); }}, "1 byte that was read before TLS ended");
  EXPECT_EQ(plain_server->makefile("rb").readline(), "o\n");
}

// API: M11
TEST(MakeFileOfNothing, is_an_error) {
  socket s;
  s.close();
  EXPECT_EQ(errno_of([&] { s.makefile(); }), EBADF);
}

}  // namespace
}  // namespace parley
