// What a peer can make a connection hold: the most bytes alive at once under every flood that a
// record or a message can carry, measured, against limits::kConnection.
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "parley/issue.hpp"
#include "support/forger.hpp"
#include "support/meddler.hpp"
#include "tests/attacks/heap.hpp"

namespace parley::test {
namespace {

using V = ProtocolVersion;
using T = HandshakeType;

/// What `flood` makes the heap hold above what there was before it, at the most.
template <class Flood>
std::size_t peak_of(Flood flood) {
  const std::size_t before = heap.live;
  heap.reset_peak();
  flood();
  return heap.peak - before;
}

/// A connection alone, without the pair whose own recorders would be measured with it.
struct Alone {
  FixedClock clock{kNow};
  SeededRng rng{2};
  Connection connection;
  Alone(Side side, const std::shared_ptr<Config>& c)
      : connection(side == Side::client ? Connection::client(c, "", {rng, clock, nullptr})
                                        : Connection::server(c, {rng, clock, nullptr})) {}
  /// In pieces of `size`, as a slow peer sends.
  void slowly(ByteView bytes, std::size_t size) {
    while (!bytes.empty() && connection.failure() == nullptr) {
      const std::size_t n = connection.feed(bytes.first(std::min(size, bytes.size())));
      if (n == 0) return;
      bytes = bytes.subspan(n);
    }
  }
};

/// A handshake message cut into records of `size` bytes.
Bytes cut(T type, ByteView body, std::size_t size, V v = V::tls10) {
  const Bytes message = handshake_message(type, body);
  Bytes out;
  for (ByteView rest = message; !rest.empty();) {
    const std::size_t n = std::min(rest.size(), size);
    append(out, record(ContentType::handshake, v, rest.first(n)));
    rest = rest.subspan(n);
  }
  return out;
}

/// A list of opaque entries, `entry` over and over, of about `size` bytes in all; its length in
/// front.
Bytes list_of(ByteView entry, std::size_t size) {
  Bytes list;
  while (list.size() + entry.size() <= size) append(list, entry);
  Bytes out{static_cast<std::uint8_t>(list.size() >> 8), static_cast<std::uint8_t>(list.size())};
  append(out, list);
  return out;
}
Bytes extension(std::uint16_t type, ByteView body) {
  Bytes out{static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type),
            static_cast<std::uint8_t>(body.size() >> 8), static_cast<std::uint8_t>(body.size())};
  append(out, body);
  return out;
}

Bytes hello(ByteView extensions, std::size_t suites) {
  ClientHello m;
  m.client_version = static_cast<std::uint16_t>(V::tls12);
  m.cipher_suites.assign(suites, 0x002f);
  m.compression_methods = {0};
  m.extensions = to_bytes(extensions);
  Bytes body;
  EXPECT_TRUE(build(m, body).has_value());
  return body;
}

constexpr std::uint16_t kGroups = 10, kSchemes = 13, kAlpn = 16, kUnknown = 0x4242;

TEST(Growth, of_a_server_under_a_client_hello_as_long_as_may_be) {
  constexpr std::size_t kMost = 65000;
  const Bytes one_byte_name{1, 'a'}, number{0x00, 0x17};
  Bytes many;
  for (std::uint16_t t = 0; many.size() + 4 <= kMost; ++t)
    append(many, extension(static_cast<std::uint16_t>(kUnknown + t), {}));
  const std::vector<std::pair<const char*, Bytes>> hellos{
      {"one long unknown extension", hello(extension(kUnknown, Bytes(kMost)), 1)},
      {"many empty ones", hello(many, 1)},
      {"protocols of one byte", hello(extension(kAlpn, list_of(one_byte_name, kMost)), 1)},
      {"groups", hello(extension(kGroups, list_of(number, kMost)), 1)},
      {"signature schemes", hello(extension(kSchemes, list_of(number, kMost)), 1)},
      {"suites", hello({}, 32000)},
  };
  const auto config = server_config();
  config->alpn_protocols = {"h2"};
  for (const auto& [name, body] : hellos)
    for (const std::size_t fragment : {std::size_t{1}, limits::kPlaintext}) {
      const Bytes wire = cut(T::client_hello, body, fragment);
      const std::size_t peak = peak_of([&, &wire = wire] {
        Alone server(Side::server, config);
        server.slowly(wire, fragment == 1 ? 6 : 100'000);
      });
      EXPECT_LT(peak, limits::kConnection) << name;
    }
}

/// A client that has heard the hello of a server and waits for its certificate.
struct Waiting : Alone {
  explicit Waiting(const std::shared_ptr<Config>& c, std::string_view suite = "AES128-SHA")
      : Alone(Side::client, c) {
    ServerHello m;
    m.server_version = static_cast<std::uint16_t>(V::tls10);
    m.cipher_suite = static_cast<std::uint16_t>(find_cipher_suite(suite)->id);
    Bytes body;
    EXPECT_TRUE(build(m, body).has_value());
    slowly(cut(T::server_hello, body, limits::kPlaintext), limits::kPlaintext);
    EXPECT_EQ(connection.failure(), nullptr);
  }
};
Bytes certificates(std::span<const Certificate> chain, std::size_t most) {
  CertificateMessage m;
  std::size_t size = 3;
  for (std::size_t i = 0; i < limits::kChainLength; ++i) {
    const ByteView der = chain[i % chain.size()].der();
    if (size + 3 + der.size() > most) break;
    m.certificate_list.push_back(to_bytes(der));
    size += 3 + der.size();
  }
  Bytes body;
  EXPECT_TRUE(build(m, body).has_value());
  return body;
}
/// About `size` bytes, in names of one byte.
Certificate certificate_of_names(std::size_t size) {
  CertificateRequest request{.common_name = "x", .not_before = kNow - 1, .not_after = kNow + 1};
  request.subject_alt_names.assign(size / 3, "a");
  SeededRng rng{3};
  return *issue_certificate(rng, request, server_identity().key);
}

TEST(Growth, of_a_client_under_a_certificate_message_as_long_as_may_be) {
  const auto config = client_config({V::tls10}, "AES128-SHA");
  const std::vector<Certificate> small{server_identity().chain.front()};
  const std::vector<Certificate> names{certificate_of_names(95'000)};
  const std::vector<Certificate> some_names{certificate_of_names(900)};
  for (const auto& [name, chain] :
       {std::pair{"many", small}, {"of names", names}, {"many of names", some_names}}) {
    const Bytes body = certificates(chain, limits::kCertificateMessage);
    EXPECT_GT(body.size(), limits::kCertificateMessage / 3) << name;
    for (const std::size_t fragment : {std::size_t{1}, limits::kPlaintext}) {
      config->verify_mode = fragment == 1 ? VerifyMode::none : VerifyMode::required;
      const Bytes wire = cut(T::certificate, body, fragment);
      const std::size_t peak = peak_of([&, &wire = wire] {
        Waiting client(config);
        client.slowly(wire, fragment == 1 ? 6 : 100'000);
      });
      EXPECT_LT(peak, limits::kConnection) << name;
    }
  }
}

TEST(Growth, of_a_client_that_is_asked_for_a_certificate_of_many_authorities) {
  const auto config = client_config({V::tls10}, "AES128-SHA");
  const Bytes chain = certificates(server_identity().chain, limits::kCertificateMessage);
  Bytes request{1, 1};
  append(request, list_of(Bytes{0, 1, 0x30}, 65'000));
  const std::size_t peak = peak_of([&] {
    Waiting client(config);
    client.slowly(cut(T::certificate, chain, limits::kPlaintext), 100'000);
    EXPECT_EQ(client.connection.failure(), nullptr);
    client.slowly(cut(T::certificate_request, request, limits::kPlaintext), 100'000);
  });
  EXPECT_LT(peak, limits::kConnection);
}

TEST(Growth, of_a_connection_that_is_promised_more_than_ever_comes) {
  struct Promise {
    const char* name;
    Bytes bytes;
  };
  const std::vector<Promise> promises{
      {"a record", {22, 3, 1, 0x48, 0x00}},
      {"a message of 64 KiB", record(ContentType::handshake, V::tls10, Bytes{1, 1, 0, 0})},
      {"one of 16 MiB", record(ContentType::handshake, V::tls10, Bytes{1, 0xff, 0xff, 0xff})},
      {"a hello of SSL 2.0", {0xff, 0xff, 1, 3, 1}},
  };
  const auto config = server_config();
  const std::size_t idle = peak_of([&] { const Alone server(Side::server, config); });
  for (const Promise& p : promises) {
    const std::size_t peak = peak_of([&] {
      Alone server(Side::server, config);
      server.slowly(p.bytes, 1);
    });
    // A length is no reason to make room: the bytes are.
    EXPECT_LT(peak, idle + 4096) << p.name;
  }
}

// The reader is away, and the peer that floods it reads nothing of what is written to it.
TEST(Growth, of_an_open_connection_is_what_its_two_queues_hold) {
  for (const char* suite : {"NULL-SHA", "AES128-SHA"})
    for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, limits::kPlaintext}) {
      Alone client(Side::client, client_config({V::tls10}, suite));
      Alone server(Side::server, server_config({V::tls10}, suite));
      Wire up, down;
      settle(client.connection, server.connection, up, down);
      Bytes flood;
      const Bytes data(piece, 'x');
      while (flood.size() < 2 * limits::kInput) {
        ASSERT_TRUE(client.connection.write(data).has_value());
        append(flood, client.connection.outgoing());
        client.connection.sent(client.connection.outgoing().size());
      }
      std::size_t taken = 0, written = 0;
      const std::size_t peak = peak_of([&] {
        for (std::size_t n = 1; n != 0; taken += n)
          n = server.connection.feed(
              ByteView{flood}.subspan(taken, std::min<std::size_t>(flood.size() - taken, 4096)));
        for (std::size_t n = 1; n != 0 && written <= limits::kQueuedPlaintext; written += n)
          n = *server.connection.write(data);
      });
      EXPECT_EQ(server.connection.failure(), nullptr);
      EXPECT_LT(taken, flood.size()) << "the rest stays with the transport";
      EXPECT_LE(written, limits::kQueuedPlaintext);
      EXPECT_LT(peak, limits::kOpenConnection) << suite << " in pieces of " << piece;
    }
}

TEST(Growth, of_a_connection_is_none_however_often_it_renegotiates) {
  for (const V v : {V::ssl30, V::tls12}) {
    const auto clients = client_config({v}), servers = server_config({v});
    servers->verify_mode = VerifyMode::required;
    clients->identities = {client_identity()};
    Alone client(Side::client, clients), server(Side::server, servers);
    Wire up, down;
    settle(client.connection, server.connection, up, down);
    std::size_t after_the_first = 0;
    for (unsigned i = 1; i < limits::kRenegotiations; ++i) {
      ASSERT_TRUE(client.connection.renegotiate().has_value());
      settle(client.connection, server.connection, up, down);
      ASSERT_EQ(server.connection.renegotiations(), i);
      up = down = {};
      if (i == 2) after_the_first = heap.live;
      if (i > 2) {
        EXPECT_LE(heap.live, after_the_first + 512) << i;
      }
    }
  }
}

TEST(Growth, of_a_connection_is_none_under_floods_that_say_nothing) {
  struct Flood {
    const char* name;
    ContentType type;
    Bytes body;
    Side victim;
    std::size_t bound;
  };
  constexpr std::size_t kNothing = 4096;
  const std::vector<Flood> floods{
      {"empty records", ContentType::application_data, {}, Side::server, kNothing},
      {"warnings", ContentType::alert, {1, 90}, Side::server, kNothing},
      {"HelloRequests", ContentType::handshake, {0, 0, 0, 0}, Side::client, kNothing},
      {"parts of HelloRequests", ContentType::handshake, {0}, Side::client, kNothing},
      // A message is collected to its end.
      {"parts of a hello",
       ContentType::handshake,
       {1, 0, 255, 255},
       Side::server,
       4 * limits::kHandshakeMessage},
  };
  for (const Flood& f : floods) {
    const auto client = client_config({V::tls10}, "NULL-SHA");
    client->renegotiation = Renegotiation::ignore;
    Pair p({.client = client, .server = server_config({V::tls10}, "NULL-SHA")});
    ASSERT_TRUE(p.run());
    Forger forger(p, other(f.victim));
    Bytes wire;
    for (int i = 0; i < 20'000; ++i) append(wire, forger.seal(f.type, f.body));
    Connection& victim = p.at(f.victim);
    const std::size_t peak = peak_of([&] {
      for (ByteView rest = wire; !rest.empty();) {
        const std::size_t n = victim.feed(rest.first(std::min<std::size_t>(rest.size(), 50)));
        if (n == 0) break;
        rest = rest.subspan(n);
      }
    });
    EXPECT_NE(victim.failure(), nullptr) << f.name;
    EXPECT_LT(peak, f.bound) << f.name;
  }
}

TEST(Growth, of_the_servers_memory_of_sessions_ends_at_its_capacity) {
  constexpr std::size_t kCapacity = 50;
  const auto clients = client_config({V::tls10}, "RC4-SHA"),
             servers = server_config({V::tls10}, "RC4-SHA");
  servers->verify_mode = VerifyMode::required;
  clients->identities = {client_identity()};
  servers->sessions = std::make_shared<SessionCache>(300, kCapacity);
  std::size_t full = 0;
  std::uint64_t seed = 1;
  for (std::size_t i = 0; i < 3 * kCapacity; ++i) {
    FixedClock clock{kNow};
    SeededRng client_rng{seed++}, server_rng{seed++};
    Connection client = Connection::client(clients, "", {client_rng, clock, nullptr});
    Connection server = Connection::server(servers, {server_rng, clock, nullptr});
    for (bool moved = true; moved;) {
      const std::size_t a = server.feed(client.outgoing());
      client.sent(a);
      const std::size_t b = client.feed(server.outgoing());
      server.sent(b);
      moved = a + b != 0;
    }
    ASSERT_EQ(server.phase(), Connection::Phase::open);
    if (i + 1 == kCapacity + 1) full = heap.live;
    if (i > kCapacity) {
      EXPECT_LE(heap.live, full + 512) << i;
    }
  }
  EXPECT_EQ(servers->sessions->size(), kCapacity);
}

}  // namespace
}  // namespace parley::test
