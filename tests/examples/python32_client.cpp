// The first client of "Client-side operation" in the Python 3.2 documents: prints the server's
// certificate.
#include <cstdint>

#include "pprint.hpp"

int main(int argc, char** argv) try {
  if (argc != 4) return std::cerr << "usage: python32_client HOST PORT CA_FILE\n", 2;
  const parley::address server{argv[1], static_cast<std::uint16_t>(std::stoi(argv[2]))};

  parley::socket s(AF_INET, SOCK_STREAM);
  // require a certificate from the server
  parley::SSLSocket ssl_sock =
      parley::wrap_socket(s, {.cert_reqs = parley::CERT_REQUIRED, .ca_certs = argv[3]});
  ssl_sock.connect(server);

  pprint(ssl_sock.getpeercert());
  // note that closing the SSLSocket will also close the underlying socket
  ssl_sock.close();
} catch (const parley::IOError& e) {
  std::cerr << e.what() << "\n";
  return 1;
}
