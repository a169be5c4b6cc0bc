// "Server-side operation" of the Python 2.6 documents: wrap_socket() for each connection, and
// deal_with_client(). Prints its port; serves COUNT connections. (The document writes
// ssl_protocol=, which never existed: the parameter is ssl_version.)
#include <cstdint>
#include <iostream>

#include "parley/ssl.hpp"

// Answers a request; False when finished with the client.
bool do_something(parley::SSLSocket& connstream, parley::bytes& data) {
  if (!parley::as_text(data).ends_with("\r\n\r\n")) {  // the rest is still on its way
    parley::append(data, connstream.read());
    return true;
  }
  connstream.write("HTTP/1.0 200 OK\r\n\r\n" + std::string(parley::as_text(data)));
  return false;
}

void deal_with_client(parley::SSLSocket& connstream) {
  parley::bytes data = connstream.read();
  // null data means the client is finished with us
  while (!data.empty()) {
    if (!do_something(connstream, data)) {
      // we'll assume do_something returns false
      // when we're finished with client
      break;
    }
  }
  // finished with client
  connstream.close();
}

int main(int argc, char** argv) {
  if (argc != 5) return std::cerr << "usage: python26_server PORT CERT_FILE KEY_FILE COUNT\n", 2;
  const char *mycertfile = argv[2], *mykeyfile = argv[3];

  parley::socket bindsocket;
  bindsocket.bind({"", static_cast<std::uint16_t>(std::stoi(argv[1]))});
  bindsocket.listen(5);
  std::cout << bindsocket.getsockname().port << std::endl;

  for (int i = 0; i < std::stoi(argv[4]); ++i) {
    auto [newsocket, fromaddr] = bindsocket.accept();
    try {
      parley::SSLSocket connstream =
          parley::wrap_socket(newsocket, {.keyfile = mykeyfile,
                                          .certfile = mycertfile,
                                          .server_side = true,
                                          .ssl_version = parley::PROTOCOL_TLSv1});
      deal_with_client(connstream);
    } catch (const parley::IOError& e) {
      std::cerr << fromaddr.host << ": " << e.what() << "\n";
    }
  }
}
