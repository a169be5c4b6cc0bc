// A consumer of the installed library: one handshake with itself, without a socket.
#include <iostream>

#include "parley/parley.hpp"

int main() {
  using namespace parley;
  SystemClock clock;
  CertificateRequest request{.not_before = clock.unix_seconds() - 60,
                             .not_after = clock.unix_seconds() + 3600};
  const auto key = PrivateKey::generate_rsa(system_rng(), 1024);
  if (!key) return 1;
  const auto certificate = issue_certificate(system_rng(), request, *key);
  if (!certificate) return 1;
  auto config = std::make_shared<Config>();
  config->identities = {Identity{{*certificate}, *key}};
  Connection client = Connection::client(config, "localhost", system_environment());
  Connection server = Connection::server(config, system_environment());
  for (int i = 0; i < 10; ++i) {
    client.sent(server.feed(client.outgoing()));
    server.sent(client.feed(server.outgoing()));
  }
  if (client.phase() != Connection::Phase::open) return 1;
  std::cout << version_name(*client.version()) << " " << client.suite()->openssl_name << "\n";
}
