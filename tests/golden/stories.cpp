// Conversations worth keeping that no two engines of TLS have with each other.
#include "golden/flow.hpp"
#include "support/explained.hpp"
#ifndef PARLEY_NO_SSL2
#include "support/ssl2_pair.hpp"
#endif

namespace parley::test {
namespace {

constexpr std::uint64_t kSeed = 42;

std::string told(const std::string& words, const Recorder& seen, const explain::Flow& flow) {
  std::string text =
      "# " + words + "; seed " + std::to_string(kSeed) + ", clock " + std::to_string(kNow) + "\n";
  for (const std::string& line : seen.key_log) text.append("# keylog ").append(line + "\n");
  return text.append("\n").append(explain::write_flow(flow));
}

#ifndef PARLEY_NO_SSL2
Story ssl2_story(const std::string& kind) {
  explain::Flow flow;
  Ssl2Pair p{{.client = ssl2_config(Side::client, kind),
              .server = ssl2_config(Side::server, kind),
              .seed = kSeed}};
  tape(p, flow);
  if (p.run()) {
    p.transfer(Side::client, as_bytes("ping: a line of the client\n"));
    p.transfer(Side::server, as_bytes("pong: a line of the server\n"));
  }
  std::string name{"ssl20-"};
  for (const char c : kind) name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return {name, told(name + ": parley with itself, SSL 2.0", p.client_seen, flow)};
}
#endif

/// CVE-2014-0224: a ChangeCipherSpec before there are keys made OpenSSL derive them from nothing.
Story early_change_cipher_spec() {
  explain::Flow flow;
  const auto versions = std::vector{ProtocolVersion::tls10};
  Pair p{{.client = client_config(versions, "AES128-SHA"),
          .server = server_config(versions, "AES128-SHA"),
          .seed = kSeed}};
  tape(p, flow);
  p.deliver(Side::client);
  p.deliver(Side::server);
  const Bytes early{0x14, 0x03, 0x01, 0x00, 0x01, 0x01};
  flow.push_back({Side::client, {}, early});
  p.inject(Side::server, early);
  p.deliver(Side::server);
  return {"tls10-early-change-cipher-spec",
          told("tls10-early-change-cipher-spec: parley with itself; somebody in the middle says "
               "ChangeCipherSpec in the client's place (CVE-2014-0224)",
               p.server_seen, flow)};
}

}  // namespace

std::vector<Story> stories() {
  std::vector<Story> all{early_change_cipher_spec()};
#ifndef PARLEY_NO_SSL2
  for (const char* kind : {"RC4-MD5", "DES-CBC3-MD5", "EXP-RC2-CBC-MD5"})
    all.push_back(ssl2_story(kind));
#endif
  return all;
}

}  // namespace parley::test
