// The second client of "Client-side operation" in the Python 3.2 documents: a context, a verified
// chain, match_hostname(), and a HEAD request.
#include <cstdint>

#include "pprint.hpp"

int main(int argc, char** argv) try {
  if (argc != 5)
    return std::cerr << "usage: python32_context_client HOST PORT CA_FILE NAME_EXPECTED\n", 2;
  const parley::address server{argv[1], static_cast<std::uint16_t>(std::stoi(argv[2]))};

  parley::SSLContext context(parley::PROTOCOL_SSLv23);
  context.verify_mode = parley::CERT_REQUIRED;
  context.load_verify_locations(argv[3]);

  parley::SSLSocket conn = context.wrap_socket(parley::socket(AF_INET));
  conn.connect(server);

  const auto cert = conn.getpeercert();
  parley::match_hostname(cert, argv[4]);
  pprint(cert);

  conn.sendall("HEAD / HTTP/1.0\r\nHost: linuxfr.org\r\n\r\n");
  const parley::bytes answer = conn.recv(1024);
  std::string_view rest = parley::as_text(answer);
  for (std::size_t end = 0; end != std::string_view::npos; rest.remove_prefix(end + 2)) {
    end = rest.find("\r\n");
    std::cout << "b'" << rest.substr(0, end) << "'\n";
    if (end == std::string_view::npos) break;
  }
} catch (const parley::CertificateError& e) {
  std::cerr << "CertificateError: " << e.what() << "\n";
  return 1;
} catch (const parley::IOError& e) {
  std::cerr << e.what() << "\n";
  return 1;
}
