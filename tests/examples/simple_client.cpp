// The ten lines of the README: says hello to a TLS server and prints the answer.
#include <cstdint>
#include <iostream>

#include "parley/ssl.hpp"

int main(int argc, char** argv) try {
  if (argc != 4) return std::cerr << "usage: simple_client HOST PORT CA_FILE\n", 2;
  // [README]
  parley::SSLContext context(parley::PROTOCOL_SSLv23);
  context.verify_mode = parley::CERT_REQUIRED;  // the default checks nothing
  context.load_verify_locations(argv[3]);
  parley::SSLSocket s = context.wrap_socket(parley::socket(), {.server_hostname = argv[1]});
  s.connect({argv[1], static_cast<std::uint16_t>(std::stoi(argv[2]))});
  std::cout << *s.version() << ", " << std::get<0>(*s.cipher()) << "\n";
  s.sendall("hello\n");
  for (char last = 0; last != '\n';) {  // a stream has no messages: one line may come in parts
    const parley::bytes part = s.recv();
    if (part.empty()) break;
    std::cout << parley::as_text(part);
    last = static_cast<char>(part.back());
  }
  s.unwrap();
  // [README]
} catch (const parley::IOError& e) {
  std::cerr << e.what() << "\n";
  return 1;
}
