// "Client-side operation" of the Python 2.6 documents: connects, prints the server's address,
// cipher and certificate, sends some bytes and reads part of the response.
#include <cstdint>

#include "pprint.hpp"

int main(int argc, char** argv) try {
  if (argc != 4) return std::cerr << "usage: python26_client HOST PORT CA_FILE\n", 2;
  const parley::address server{argv[1], static_cast<std::uint16_t>(std::stoi(argv[2]))};

  parley::socket s(AF_INET, SOCK_STREAM);

  // require a certificate from the server
  parley::SSLSocket ssl_sock =
      parley::wrap_socket(s, {.cert_reqs = parley::CERT_REQUIRED, .ca_certs = argv[3]});

  ssl_sock.connect(server);

  std::cout << ssl_sock.getpeername().host << "\n";
  const auto [name, protocol, bits] = ssl_sock.cipher().value();
  std::cout << "('" << name << "', '" << protocol << "', " << bits << ")\n";
  pprint(ssl_sock.getpeercert());

  // Set a simple HTTP request -- use an HTTP library in actual code.
  ssl_sock.write("GET / HTTP/1.0\r\nHost: www.verisign.com\r\n\r\n");

  // Read a chunk of data.  Will not necessarily
  // read all the data returned by the server.
  const parley::bytes data = ssl_sock.read();
  std::cout << parley::as_text(data);

  // note that closing the SSLSocket will also close the underlying socket
  ssl_sock.close();
} catch (const parley::IOError& e) {
  std::cerr << e.what() << "\n";
  return 1;
}
