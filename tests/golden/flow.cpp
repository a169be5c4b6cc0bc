#include "golden/flow.hpp"

#include <sstream>
#include <stdexcept>

#include "tests/support/vector_file.hpp"

namespace parley::test {
namespace {

constexpr std::uint64_t kSeed = 42;
constexpr std::string_view kPing = "ping: a line of the client\n";
constexpr std::string_view kPong = "pong: a line of the server\n";

Pair::Options options(const FlowCase& c) {
  if (c.own_identity) {
    Pair::Options o = suite_options(*find_cipher_suite(c.suite), c.version);
    o.seed = kSeed;
    return o;
  }
  const auto client = client_config({c.version}, c.suite);
  const auto server = server_config({c.version}, c.suite);
  if (c.ask_client_certificate) server->verify_mode = VerifyMode::optional;
  if (c.have_client_certificate) client->identities = {client_identity()};
  Pair::Options o{.client = client, .server = server, .seed = kSeed};
  if (c.resumed) {
    Pair first{{.client = client, .server = server, .seed = kSeed - 1}};
    if (!first.run()) throw std::runtime_error("the first connection failed");
    o.resume = first.client.session();
  }
  return o;
}

/// Reads what is there and says the next line of the play: ping, pong, good-bye, good-bye.
void act(Connection& c, bool& spoken) {
  std::array<std::uint8_t, 100> buffer{};
  const bool heard = c.read(buffer) != 0;
  const bool client = c.side() == Side::client;
  if (c.phase() != Connection::Phase::open) return;
  if (!spoken && (client || heard)) {
    spoken = true;
    (void)c.write(as_bytes(client ? kPing : kPong)).has_value();
  } else if ((client && heard) || c.peer_closed()) {
    (void)c.close().has_value();
  }
}

std::string describe(ByteView r) {
  const auto type = static_cast<ContentType>(r[0]);
  std::string s{content_type_name(type)};
  return s + ", " + std::to_string(r.size() - 5) + " bytes";
}

}  // namespace

std::vector<FlowCase> flow_cases() {
  std::vector<FlowCase> cases;
  for (const auto& [v, version] : {std::pair{ProtocolVersion::ssl30, std::string{"ssl30"}},
                                   std::pair{ProtocolVersion::tls10, std::string{"tls10"}},
                                   std::pair{ProtocolVersion::tls11, std::string{"tls11"}},
                                   std::pair{ProtocolVersion::tls12, std::string{"tls12"}}}) {
    cases.push_back({.name = version + "-rc4-md5", .version = v, .suite = "RC4-MD5"});
    cases.push_back({.name = version + "-null-sha", .version = v, .suite = "NULL-SHA"});
    cases.push_back({.name = version + "-des-cbc3-sha", .version = v, .suite = "DES-CBC3-SHA"});
    cases.push_back({.name = version + "-aes128-sha", .version = v, .suite = "AES128-SHA"});
    cases.push_back({.name = version + "-aes256-sha-resumed",
                     .version = v,
                     .suite = "AES256-SHA",
                     .resumed = true});
    cases.push_back({.name = version + "-client-certificate",
                     .version = v,
                     .suite = "RC4-SHA",
                     .ask_client_certificate = true,
                     .have_client_certificate = true});
    cases.push_back({.name = version + "-no-client-certificate",
                     .version = v,
                     .suite = "RC4-SHA",
                     .ask_client_certificate = true});
    // One of each key exchange: DHE, DH_anon, ECDHE, fixed ECDH, RSA_EXPORT; and of each AEAD.
    for (const auto& [name, suite] :
         {std::pair{"-dhe-dss-aes128-sha", "DHE-DSS-AES128-SHA"},
          std::pair{"-adh-camellia128-sha", "ADH-CAMELLIA128-SHA"},
          std::pair{"-ecdhe-ecdsa-aes256-sha", "ECDHE-ECDSA-AES256-SHA"},
          std::pair{"-ecdh-rsa-des-cbc3-sha", "ECDH-RSA-DES-CBC3-SHA"},
          std::pair{"-exp-rc2-cbc-md5", "EXP-RC2-CBC-MD5"},
          std::pair{"-ecdhe-rsa-aes128-gcm-sha256", "ECDHE-RSA-AES128-GCM-SHA256"},
          std::pair{"-dhe-rsa-aes256-ccm8", "DHE-RSA-AES256-CCM8"},
          std::pair{"-ecdhe-ecdsa-chacha20", "ECDHE-ECDSA-CHACHA20-POLY1305"}}) {
      const CipherList known = suites_of(v);
      if (std::ranges::find(known, find_cipher_suite(std::string_view{suite})) != known.end())
        cases.push_back(
            {.name = version + name, .version = v, .suite = suite, .own_identity = true});
    }
  }
  return cases;
}

Recording record_flow(const FlowCase& c) {
  Pair p{options(c)};
  Flow flow;
  bool spoken[2]{};
  for (int quiet = 0; quiet < 2;) {
    for (const Side from : {Side::client, Side::server}) {
      act(p.at(from), spoken[static_cast<std::size_t>(from)]);
      const ByteView out = p.at(from).outgoing();
      if (out.empty()) {
        ++quiet;
        continue;
      }
      quiet = 0;
      flow.push_back({.from = from, .bytes = to_bytes(out)});
      p.deliver(from);
    }
  }
  return {std::move(flow), p.client_seen.key_log};
}

Flow replay_one_side(const FlowCase& c, const Flow& stored, Side engine) {
  Pair::Options o = options(c);
  FixedClock clock{kNow};
  SeededRng rng{2 * kSeed + (engine == Side::client ? 0u : 1u)};
  const Environment env{rng, clock};
  Connection e = engine == Side::client ? Connection::client(o.client, {}, env, o.resume)
                                        : Connection::server(o.server, env);
  Flow said;
  bool spoken = false;
  const auto listen = [&] {
    act(e, spoken);
    if (e.outgoing().empty()) return;
    said.push_back({.from = engine, .bytes = to_bytes(e.outgoing())});
    e.sent(e.outgoing().size());
  };
  listen();
  for (const FlowBlock& b : stored) {
    if (b.from == engine) continue;
    for (ByteView rest = b.bytes; !rest.empty();) {
      const std::size_t n = e.feed(rest);
      if (n == 0) break;
      rest = rest.subspan(n);
    }
    listen();
  }
  return said;
}

std::string to_text(const FlowCase& c, const Recording& recording) {
  std::string text = "# " + c.name + ": parley with itself; seed " + std::to_string(kSeed) +
                     ", clock " + std::to_string(kNow) + "\n# version " +
                     std::string{version_name(c.version)} + ", suite " + c.suite +
                     (c.resumed ? ", resumed by session id" : "") + "\n";
  for (const std::string& line : recording.key_log) text.append("# keylog ").append(line + "\n");
  for (const FlowBlock& b : recording.flow) {
    text.append("\n").append(side_name(b.from)).append("\n");
    for (const ByteView r : split_records(b.bytes))
      text.append("# ").append(describe(r)).append("\n").append(to_hex(r)).append("\n");
  }
  return text;
}

Flow from_text(std::string_view text) {
  Flow flow;
  std::istringstream in{std::string{text}};
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line == "client" || line == "server") {
      flow.push_back({.from = line == "client" ? Side::client : Side::server, .bytes = {}});
    } else if (flow.empty()) {
      throw std::runtime_error("flow: bytes before a side");
    } else {
      append(flow.back().bytes, from_hex(line));
    }
  }
  return flow;
}

}  // namespace parley::test
