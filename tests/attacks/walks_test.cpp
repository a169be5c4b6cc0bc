// SMACK: every order of messages, as deep as a handshake goes. A peer that has all the messages of
// a real handshake sends them in any order; what RFC 5246 section 7.3 allows stands here a second
// time.
#include <gtest/gtest.h>

#include <functional>

#include "support/meddler.hpp"

namespace parley::test {
namespace {

using V = ProtocolVersion;
using Phase = Connection::Phase;

/// One thing a peer can send, as a letter, and its bytes.
struct Symbol {
  char letter;
  Bytes bytes;
};

struct Walk {
  V version;
  Side victim;
  std::string_view suite;
  bool certificates;  ///< the client has one and is asked for it
};

Pair make_pair(const Walk& w) {
  const auto client = client_config({w.version}, w.suite);
  const auto server = server_config({w.version}, w.suite);
  client->session_tickets = false;
  if (w.certificates) {
    client->identities = {client_identity()};
    server->verify_mode = VerifyMode::optional;
  }
  return Pair{{.client = client, .server = server}};
}

char letter_of(HandshakeType t) {
  switch (t) {
    case HandshakeType::client_hello: return 'h';
    case HandshakeType::server_hello: return 'H';
    case HandshakeType::certificate: return 'c';
    case HandshakeType::server_key_exchange: return 'K';
    case HandshakeType::certificate_request: return 'R';
    case HandshakeType::server_hello_done: return 'D';
    case HandshakeType::client_key_exchange: return 'k';
    case HandshakeType::certificate_verify: return 'v';
    default: return '?';
  }
}

/// What the peer says in a real handshake, in order, and whatever else one can say.
std::vector<Symbol> alphabet(const Walk& w, std::string& real) {
  Pair p = make_pair(w);
  EXPECT_TRUE(p.run());
  const Side peer = other(w.victim);
  std::vector<Symbol> all;
  bool keyed = false;
  for (const ByteView r : split_records(p.wire_from(peer).log)) {
    if (keyed) {
      all.push_back({'f', to_bytes(r)});
    } else if (r[0] == 20) {
      keyed = true;
      all.push_back({'s', to_bytes(r)});
    } else {
      for (ByteView rest = r.subspan(5); !rest.empty();) {
        const std::size_t n =
            4 + (std::size_t{rest[1]} << 16 | std::size_t{rest[2]} << 8 | rest[3]);
        all.push_back({letter_of(static_cast<HandshakeType>(rest[0])),
                       record(ContentType::handshake, w.version, rest.first(n))});
        rest = rest.subspan(n);
      }
    }
  }
  for (const Symbol& s : all) real += s.letter;
  const auto message = [&](std::uint8_t type, const Bytes& body) {
    return record(ContentType::handshake, w.version,
                  handshake_message(static_cast<HandshakeType>(type), body));
  };
  all.push_back({'q', message(0, {})});                                       // HelloRequest
  all.push_back({'n', message(4, {0, 0, 0, 0, 0, 1, 7})});                    // a ticket
  all.push_back({'F', message(20, Bytes(w.version == V::ssl30 ? 36 : 12))});  // in clear
  all.push_back({'a', record(ContentType::application_data, w.version, Bytes{1})});
  all.push_back({'x', message(99, {})});
  // What this side never says in this handshake, but another one would.
  for (const auto& [letter, type] :
       {std::pair{'h', 1}, {'H', 2}, {'K', 12}, {'R', 13}, {'D', 14}, {'v', 15}, {'k', 16}})
    if (real.find(letter) == std::string::npos)
      all.push_back({letter, message(static_cast<std::uint8_t>(type), {})});
  return all;
}

/// Whether a peer may send this much. HelloRequests are passed over, four of them.
bool is_legal(const Walk& w, const std::string& real, std::string said) {
  if (w.victim == Side::client) {
    if (std::ranges::count(said, 'q') > 4) return false;
    // Not between the change of keys and Finished: it came in clear, and is no record of those
    // keys.
    if (const auto s = said.find('s'); s != std::string::npos && said.find('q', s) != said.npos)
      return false;
    std::erase(said, 'q');
  }
  if (real.starts_with(said)) return true;
  std::string without = real;
  // Only the client knows that it was not asked; the server's request is its own choice.
  std::erase(without, 'R');
  return w.victim == Side::client && without.starts_with(said) &&
         said.find('f') == std::string::npos;
}

class Walks : public testing::TestWithParam<std::tuple<V, Side>> {};
INSTANTIATE_TEST_SUITE_P(Every, Walks,
                         testing::Combine(testing::ValuesIn(all_versions()),
                                          testing::Values(Side::client, Side::server)),
                         [](const auto& i) {
                           return test_name(std::get<0>(i.param)) + "_" +
                                  std::string{side_name(std::get<1>(i.param))};
                         });

TEST_P(Walks, only_the_orders_of_the_rfc_are_borne_and_only_a_real_handshake_opens) {
  constexpr std::size_t kDepth = 8;
  for (const std::string_view suite : {"NULL-SHA", "DHE-RSA-AES128-SHA"}) {
    for (const bool certificates : {false, true}) {
      const Walk w{std::get<0>(GetParam()), std::get<1>(GetParam()), suite, certificates};
      std::string real;
      const std::vector<Symbol> symbols = alphabet(w, real);
      std::size_t walks = 0, opened = 0;
      const std::function<void(const std::vector<const Symbol*>&)> go =
          [&](const std::vector<const Symbol*>& before) {
            for (const Symbol& next : symbols) {
              Pair p = make_pair(w);
              Connection& victim = p.at(w.victim);
              std::string said;
              std::vector<const Symbol*> path = before;
              path.push_back(&next);
              for (const Symbol* s : path) {
                p.inject(w.victim, s->bytes);
                said += s->letter;
              }
              ++walks;
              const bool alive = victim.failure() == nullptr;
              ASSERT_EQ(alive, is_legal(w, real, said))
                  << said << " of " << real << ": " << (alive ? "" : victim.failure()->text());
              std::string plain = said;
              std::erase(plain, 'q');
              ASSERT_EQ(victim.phase() == Phase::open, alive && plain == real) << said;
              opened += victim.phase() == Phase::open ? 1u : 0u;
              // One HelloRequest is as good as two.
              const bool again = said.find('q') != said.rfind('q');
              if (alive && !again && victim.phase() != Phase::open && path.size() < kDepth)
                go(path);
            }
          };
      go({});
      EXPECT_GE(opened, 1u) << real << " after " << walks << " walks";
    }
  }
}

}  // namespace
}  // namespace parley::test
