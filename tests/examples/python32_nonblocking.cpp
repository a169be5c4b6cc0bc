// "Notes on non-blocking sockets" of the Python 3.2 documents: the handshake with select(), and
// then sending and receiving by the same rule.
#include <sys/select.h>

#include <cstdint>
#include <iostream>

#include "parley/ssl.hpp"

enum class Until { readable, writable };

// select.select([sock], [], []) or select.select([], [sock], [])
void select(const parley::socket& sock, Until until) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(sock.fileno(), &set);
  ::select(sock.fileno() + 1, until == Until::readable ? &set : nullptr,
           until == Until::writable ? &set : nullptr, nullptr, nullptr);
}

int main(int argc, char** argv) try {
  if (argc != 4) return std::cerr << "usage: python32_nonblocking HOST PORT CA_FILE\n", 2;
  const parley::address server{argv[1], static_cast<std::uint16_t>(std::stoi(argv[2]))};

  parley::SSLContext context(parley::PROTOCOL_TLSv1);
  context.verify_mode = parley::CERT_REQUIRED;
  context.load_verify_locations(argv[3]);
  parley::SSLSocket sock =
      context.wrap_socket(parley::socket(), {.do_handshake_on_connect = false});
  sock.connect(server);
  sock.setblocking(false);

  while (true) {
    try {
      sock.do_handshake();
      break;
    } catch (const parley::SSLError& err) {
      if (err.errno_() == parley::SSL_ERROR_WANT_READ) {
        select(sock, Until::readable);
      } else if (err.errno_() == parley::SSL_ERROR_WANT_WRITE) {
        select(sock, Until::writable);
      } else {
        throw;
      }
    }
  }

  while (sock.send("HEAD / HTTP/1.0\r\n\r\n") == 0) select(sock, Until::writable);
  for (bool done = false; !done;) {
    try {
      const parley::bytes data = sock.recv();
      std::cout << parley::as_text(data);
      done = data.empty();
    } catch (const parley::SSLWantReadError&) {
      select(sock, Until::readable);
    }
  }
} catch (const parley::IOError& e) {
  std::cerr << e.what() << "\n";
  return 1;
}
