// "Server-side operation" of the Python 3.2 documents: one context, and deal_with_client() for each
// connection. Prints its port; serves COUNT connections.
#include <cstdint>
#include <iostream>

#include "parley/ssl.hpp"

// Answers a request; False when finished with the client.
bool do_something(parley::SSLSocket& connstream, const parley::bytes& data) {
  const std::string_view request = parley::as_text(data);
  connstream.sendall("HTTP/1.0 200 OK\r\n\r\n" + std::string(request));
  return !request.ends_with("\r\n\r\n");
}

void deal_with_client(parley::SSLSocket& connstream) {
  parley::bytes data = connstream.recv(1024);
  // empty data means the client is finished with us
  while (!data.empty()) {
    if (!do_something(connstream, data)) {
      // we'll assume do_something returns false
      // when we're finished with client
      break;
    }
    data = connstream.recv(1024);
  }
  // finished with client
}

int main(int argc, char** argv) {
  if (argc != 5) return std::cerr << "usage: python32_server PORT CERT_FILE KEY_FILE COUNT\n", 2;

  parley::SSLContext context(parley::PROTOCOL_TLSv1);
  context.load_cert_chain(/*certfile=*/argv[2], /*keyfile=*/argv[3]);

  parley::socket bindsocket;
  bindsocket.bind({"localhost", static_cast<std::uint16_t>(std::stoi(argv[1]))});
  bindsocket.listen(5);
  std::cout << bindsocket.getsockname().port << std::endl;

  for (int i = 0; i < std::stoi(argv[4]); ++i) {
    auto [newsocket, fromaddr] = bindsocket.accept();
    try {
      parley::SSLSocket connstream = context.wrap_socket(newsocket, {.server_side = true});
      // Python's "finally": closed on every path.
      struct Finally {
        parley::SSLSocket& s;
        ~Finally() try {
          s.shutdown(SHUT_RDWR);
          s.close();
        } catch (const parley::IOError&) {
          // the client was faster
        }
      } const finally{connstream};
      deal_with_client(connstream);
    } catch (const parley::IOError& e) {
      std::cerr << fromaddr.host << ": " << e.what() << "\n";
    }
  }
}
