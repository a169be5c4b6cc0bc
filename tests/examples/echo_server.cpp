// A server as the documents show it: wraps each connection it accepts and echoes until the client
// closes. Prints the port it listens on; serves COUNT connections, one after another.
#include <cstdint>
#include <iostream>

#include "parley/ssl.hpp"

void deal_with_client(parley::SSLSocket& connection) {
  for (parley::bytes data = connection.read(); !data.empty(); data = connection.read())
    connection.sendall(data);
  connection.unwrap();
}

int main(int argc, char** argv) {
  if (argc != 4) return std::cerr << "usage: echo_server PORT CERT_AND_KEY_FILE COUNT\n", 2;
  parley::SSLContext context(parley::PROTOCOL_SSLv23);
  context.load_cert_chain(argv[2]);
  parley::socket listener;
  listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
  listener.bind({"127.0.0.1", static_cast<std::uint16_t>(std::stoi(argv[1]))});
  listener.listen(5);
  std::cout << listener.getsockname().port << std::endl;
  for (int i = 0; i < std::stoi(argv[3]); ++i) {
    auto [plain, from] = listener.accept();
    try {
      parley::SSLSocket connection = context.wrap_socket(plain, {.server_side = true});
      deal_with_client(connection);
    } catch (const parley::IOError& e) {
      std::cerr << from.host << ": " << e.what() << "\n";
    }
  }
}
