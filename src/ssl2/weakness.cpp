#include "ssl2/weakness.hpp"

#include "protocol/weakness.hpp"

namespace parley::ssl2 {

void announce_decisions(const Handshake& h, Observer& observer) {
  const bool client = h.side == Side::client;
  const auto place = std::ranges::find(h.kinds, h.suite) - h.kinds.begin() + 1;
  std::string why{client ? "the first that the server has: number "
                         : "the client's choice: number "};
  why.append(std::to_string(place)).append(" of ").append(std::to_string(h.kinds.size()));
  why.append(client ? " that we offer" : " that both have");
  observer.on(DecisionEvent{.what = version_name(ProtocolVersion::ssl20),
                            .why = "the highest that is enabled here and in the peer",
                            .setting = "minimum_version and maximum_version"});
  observer.on(DecisionEvent{
      .what = h.suite->openssl_name,
      .why = h.resumed() ? std::string_view{"it is that of the session"} : std::string_view{why},
      .setting = "set_ciphers"});
}

void announce_weaknesses(const Handshake& h, Observer& observer) {
  const bool client = h.side == Side::client;
  const std::size_t own = h.identity != nullptr ? h.identity->key.bits() : 0;
  const std::size_t peer = h.peer_key ? h.peer_key->bits() : 0;
  Agreement a;
  a.ssl2 = true;
  a.shares_key_with_ssl2 = !client && h.config->versions.size() > 1;
  a.suite = h.suite;
  a.server_unverified = client && !h.peer_verified;
  a.server_key_bits = client ? peer : own;
  a.client_key_bits = client ? own : peer;
  for_each_weakness(a, [&](const WeaknessEvent& w) { observer.on(w); });
}

}  // namespace parley::ssl2
