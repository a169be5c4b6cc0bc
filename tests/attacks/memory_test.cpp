// Freed memory holds no keys: every block that is given back is searched for the secrets of the
// connection that used it.
#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "crypto/key.hpp"
#include "parley/pem.hpp"
#include "protocol/profile.hpp"
#include "support/pair.hpp"
#include "tests/support/vector_file.hpp"
#include "trust/key_codec.hpp"

namespace {

/// What is searched for, in memory that nobody frees: 16 bytes each.
struct Needles {
  static constexpr std::size_t kSize = 16, kMost = 64;
  unsigned char bytes[kMost][kSize];
  const char* names[kMost];
  std::size_t count = 0;
  bool found[kMost];
};
Needles needles;

void search(const void* block) {
  if (block == nullptr || needles.count == 0) return;
  const std::size_t size = malloc_usable_size(const_cast<void*>(block));
  for (std::size_t i = 0; i < needles.count; ++i)
    if (memmem(block, size, needles.bytes[i], Needles::kSize) != nullptr) needles.found[i] = true;
}

}  // namespace

// Not inlined: GCC would see free() of what operator new gave.
[[gnu::noinline]] void* operator new(std::size_t n) {
  // What is handed out does not count as left behind.
  if (void* p = std::calloc(1, n)) return p;
  std::abort();
}
[[gnu::noinline]] void* operator new(std::size_t n, const std::nothrow_t&) noexcept {
  return operator new(n);
}
[[gnu::noinline]] void operator delete(void* p) noexcept {
  search(p);
  std::free(p);
}
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { operator delete(p); }

namespace parley::test {
namespace {

/// Adds the first bytes of a secret, and those of the same as limbs.
void seek(const char* name, ByteView secret) {
  ASSERT_GE(secret.size(), Needles::kSize);
  ASSERT_LT(needles.count + 2, Needles::kMost);
  unsigned char* plain = needles.bytes[needles.count];
  std::memcpy(plain, secret.data(), Needles::kSize);
  needles.names[needles.count++] = name;
  const ByteView end = secret.last(Needles::kSize);
  std::reverse_copy(end.begin(), end.end(), needles.bytes[needles.count]);
  needles.names[needles.count++] = name;
}

/// Sees secrets without keeping them on the heap.
class Thief final : public Observer, public Rng {
 public:
  explicit Thief(std::uint64_t seed) : inner_(seed) {}
  void on(const Event& e) override {
    if (const auto* s = std::get_if<SecretEvent>(&e); s && s->label == "CLIENT_RANDOM") {
      std::memcpy(master.data(), s->secret.data(), master.size());
    }
  }
  /// The 48 bytes of a premaster secret are drawn at once.
  bool fill(ByteSpan out) override {
    if (!inner_.fill(out)) return false;
    if (out.size() == 48) std::memcpy(premaster.data(), out.data(), 48);
    return true;
  }
  std::array<std::uint8_t, 48> master{}, premaster{};

 private:
  SeededRng inner_;
};

class Watched {
 protected:
  Watched() {
    needles.count = 0;
    std::memset(needles.found, 0, sizeof needles.found);
  }
  ~Watched() { needles.count = 0; }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  static void expect_nothing_found() {
    for (std::size_t i = 0; i < needles.count; ++i)
      EXPECT_FALSE(needles.found[i]) << needles.names[i] << (i % 2 != 0 ? " (limbs)" : "");
  }
};
class Freed : public testing::TestWithParam<const char*>, protected Watched {};
class FreedKey : public testing::Test, protected Watched {};
INSTANTIATE_TEST_SUITE_P(Suites, Freed,
                         testing::Values("AES128-SHA", "RC4-SHA", "DES-CBC3-SHA",
                                         "DHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-GCM-SHA256",
                                         "ECDHE-RSA-CHACHA20-POLY1305"),
                         [](const auto& i) {
                           std::string name{i.param};
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

/// One connection from the hello to the end, and everything of it freed.
void connect(Thief& client_thief, Thief& server_thief, std::shared_ptr<Config> client_settings,
             std::shared_ptr<Config> server_settings) {
  const FixedClock clock{kNow};
  Connection client = Connection::client(std::move(client_settings), "localhost",
                                         {client_thief, clock, &client_thief});
  Connection server =
      Connection::server(std::move(server_settings), {server_thief, clock, &server_thief});
  Wire up, down;
  settle(client, server, up, down);
  EXPECT_EQ(client.phase(), Connection::Phase::open);
  const Bytes data(100, 'x');
  EXPECT_EQ(transfer(client, server, up, data), data);
  EXPECT_TRUE(client.close().has_value());
  EXPECT_TRUE(server.close().has_value());
  settle(client, server, up, down);
}

TEST_P(Freed, memory_holds_no_secret_of_a_connection) {
  const auto make = [] {
    auto client = client_config({}, GetParam()), server = server_config({}, GetParam());
    for (const auto& c : {client, server}) c->suites = {find_cipher_suite(GetParam())};
    server->ticket_keys = std::make_shared<TicketKeys>(300);
    return std::pair{client, server};
  };
  // The first run tells the secrets, the second, which has the same, is watched.
  Thief client{1}, server{2};
  {
    const auto [c, s] = make();
    connect(client, server, c, s);
  }
  seek("master secret", client.master);
  seek("end of the master secret", ByteView{client.master}.last(16));
  if (std::string_view{GetParam()}.find("DH") == std::string_view::npos)
    seek("premaster secret", ByteView{client.premaster}.subspan(2));
  const crypto::PrivateKey& key = server_identity().key.impl().key;
  const auto numbers = std::get<crypto::RsaPrivateKey>(key).numbers();
  seek("d", numbers.d);
  seek("p", numbers.p);
  seek("q", numbers.q);
  std::memset(needles.found, 0, sizeof needles.found);
  Thief client_again{1}, server_again{2};
  {
    const auto [c, s] = make();
    connect(client_again, server_again, c, s);
  }
  EXPECT_EQ(client_again.master, client.master) << "the same seed";
  expect_nothing_found();
}

TEST_F(FreedKey, memory_holds_no_key_that_was_read_from_a_file) {
  const std::string pem = server_identity().key.to_pem();
  const auto& key = std::get<crypto::RsaPrivateKey>(server_identity().key.impl().key);
  {
    const auto numbers = key.numbers();
    seek("d", numbers.d);
    seek("p", numbers.p);
    seek("q", numbers.q);
    seek("dp", numbers.dp);
  }
  std::memset(needles.found, 0, sizeof needles.found);
  {
    const auto read = PrivateKey::from_pem(pem);
    ASSERT_TRUE(read.has_value());
  }
  expect_nothing_found();
}

TEST_F(FreedKey, a_test_that_finds_something) {
  const Bytes secret(32, 0x5a);
  seek("a byte repeated", secret);
  { const Bytes copy = secret; }
  EXPECT_TRUE(needles.found[0]);
}

}  // namespace
}  // namespace parley::test
