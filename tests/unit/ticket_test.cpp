#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "crypto/cipher.hpp"
#include "crypto/hmac.hpp"
#include "parley/session.hpp"
#include "tests/support/rngs.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

constexpr std::int64_t kLifetime = 300;
constexpr std::int64_t kNow = 1700000000;

std::shared_ptr<const Session> session(std::int64_t created = kNow, std::uint8_t secret = 1) {
  Session::Data d;
  d.version = ProtocolVersion::tls10;
  d.suite = 0x002f;
  d.master_secret.fill(secret);
  d.server_name = "www.example.org";
  d.created = created;
  return std::make_shared<const Session>(std::move(d));
}

/// Ticket keys and a generator, so that a test says what it is about.
struct Server {
  explicit Server(std::int64_t lifetime = kLifetime, std::uint64_t seed = 1)
      : keys(lifetime), rng(seed) {}
  Bytes seal(const Session& s, std::int64_t now) {
    auto ticket = keys.seal(s, rng, now);
    EXPECT_TRUE(ticket.has_value());
    return ticket ? *std::move(ticket) : Bytes{};
  }
  Bytes seal(std::int64_t now) { return seal(*session(now), now); }
  TicketKeys::Opened open(ByteView ticket, std::int64_t now) { return keys.open(ticket, {}, now); }
  bool opens(ByteView ticket, std::int64_t now) { return open(ticket, now).session != nullptr; }

  TicketKeys keys;
  SeededRng rng;
};

Bytes name_of(ByteView ticket) { return to_bytes(ticket.first(16)); }
Bytes key_of(std::uint8_t fill) { return Bytes(TicketKeys::kKeySize, fill); }

TEST(TicketKeys, give_back_the_session_that_was_sealed_under_the_scope_that_is_asked_for) {
  Server server;
  const auto s = session();
  const Bytes ticket = server.seal(*s, kNow);
  const auto scope = std::make_shared<const char>();
  const auto opened = server.keys.open(ticket, scope, kNow + 1);
  ASSERT_NE(opened.session, nullptr);
  EXPECT_FALSE(opened.renew);
  EXPECT_EQ(opened.session->encode(), s->encode());
  EXPECT_EQ(opened.session->data().scope, scope);
}

// The tickets were made by somebody else: `openssl enc` and Python's hmac (make_tickets.py).
TEST(TicketKeys, open_and_make_the_tickets_that_others_make) {
  for (const test::VectorCase& c : test::read_vector_file("session/tickets.txt")) {
    SCOPED_TRACE(test::field(c, "name"));
    const Bytes ticket = test::hex_field(c, "sealed");
    const std::int64_t sealed_at = std::stoll(test::field(c, "sealed_at"));
    TicketKeys keys{kLifetime};
    ASSERT_TRUE(keys.add_key(test::hex_field(c, "key"), sealed_at));
    const auto opened = keys.open(ticket, {}, sealed_at);
    ASSERT_NE(opened.session, nullptr);
    EXPECT_EQ(to_hex(opened.session->encode()), test::field(c, "encoded"));
    test::FixedRng iv{test::hex_field(c, "iv")};
    const auto made = keys.seal(*opened.session, iv, sealed_at);
    ASSERT_TRUE(made);
    EXPECT_EQ(to_hex(*made), to_hex(ticket));
  }
}

TEST(TicketKeys, every_ticket_has_an_iv_of_its_own_and_shows_nothing_of_the_secret) {
  Server server;
  const auto s = session(kNow, 0x5a);
  std::set<Bytes> seen;
  for (int i = 0; i < 20; ++i) {
    const Bytes t = server.seal(*s, kNow);
    EXPECT_TRUE(seen.insert(t).second);
    const Bytes secret(8, 0x5a);
    EXPECT_EQ(std::search(t.begin(), t.end(), secret.begin(), secret.end()), t.end());
  }
}

TEST(TicketKeys, refuse_a_ticket_with_any_one_byte_changed) {
  Server server;
  Bytes ticket = server.seal(kNow);
  for (std::uint8_t& b : ticket) {
    for (const int flip : {1, 0x80, 0xff}) {
      const std::uint8_t was = b;
      b = static_cast<std::uint8_t>(b ^ flip);
      EXPECT_FALSE(server.opens(ticket, kNow));
      b = was;
    }
  }
  EXPECT_TRUE(server.opens(ticket, kNow));
}

TEST(TicketKeys, refuse_a_ticket_that_is_cut_or_goes_on) {
  Server server;
  const Bytes ticket = server.seal(kNow);
  for (std::size_t n = 0; n < ticket.size(); ++n)
    EXPECT_FALSE(server.opens(ByteView{ticket}.first(n), kNow)) << n;
  for (const std::size_t more : {1U, 16U, 70000U}) {
    Bytes longer = ticket;
    longer.resize(longer.size() + more);
    EXPECT_FALSE(server.opens(longer, kNow));
  }
}

TEST(TicketKeys, refuse_a_key_that_they_do_not_hold_and_do_not_fail_without_any) {
  Server server;
  Server other{kLifetime, 2};
  const Bytes ticket = server.seal(kNow);
  EXPECT_FALSE(other.opens(ticket, kNow));  // has no key yet
  other.seal(kNow);
  EXPECT_FALSE(other.opens(ticket, kNow));
  EXPECT_TRUE(server.opens(ticket, kNow));
}

TEST(TicketKeys, under_a_known_name_another_key_opens_nothing) {
  Server server;
  Server other;
  Bytes key = key_of(7);
  ASSERT_TRUE(server.keys.add_key(key, kNow));
  const Bytes ticket = server.seal(kNow);
  for (const std::size_t changed : {16U, 47U, 48U, 79U}) {
    key = key_of(7);
    key[changed] ^= 1;
    ASSERT_TRUE(other.keys.add_key(key, kNow));
    EXPECT_FALSE(other.opens(ticket, kNow)) << changed;
  }
  ASSERT_TRUE(other.keys.add_key(key_of(7), kNow));  // replaces the one of the same name
  EXPECT_TRUE(other.opens(ticket, kNow));
}

/// A ticket of RFC 5077 section 4 under key_of(7) around any plaintext, whole blocks of it, with
/// `length` as the length of encrypted_state and a right MAC: as another holder of the key could
/// make it.
Bytes forged(ByteView state, std::size_t length) {
  const Bytes key = key_of(7);
  Bytes iv(16, 3);
  Bytes ticket = to_bytes(ByteView{key}.first(16));
  append(ticket, iv);
  append(ticket, Bytes{static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)});
  Bytes encrypted = to_bytes(state);
  const std::size_t whole = state.size() / 16 * 16;
  crypto::make_block_cipher(crypto::BlockCipherId::aes256, ByteView{key}.subspan(16, 32))
      ->cbc_encrypt(iv, state.first(whole), ByteSpan{encrypted}.first(whole));
  append(ticket, encrypted);
  append(ticket, crypto::hmac(crypto::HashId::sha256, ByteView{key}.last(32), {ticket}));
  return ticket;
}

TEST(TicketKeys, refuse_what_another_holder_of_the_key_got_wrong) {
  Server server;
  ASSERT_TRUE(server.keys.add_key(key_of(7), kNow));
  Bytes state(8);
  for (unsigned i = 0; i < 8; ++i) state[i] = static_cast<std::uint8_t>(kNow >> (8 * (7 - i)));
  append(state, session()->encode());
  const std::size_t pad = 16 - state.size() % 16;
  const std::size_t size = state.size() + pad;
  ASSERT_GT(pad, 1U);
  state.resize(size, static_cast<std::uint8_t>(pad));
  EXPECT_TRUE(server.opens(forged(state, size), kNow));

  for (const std::size_t length : {size - 16, size - 1, size + 1, size + 16, std::size_t{0}})
    EXPECT_FALSE(server.opens(forged(state, length), kNow)) << length;
  Bytes ragged = state;
  ragged.insert(ragged.begin(), 5, 0);
  EXPECT_FALSE(server.opens(forged(ragged, ragged.size()), kNow));
  for (const std::size_t last : {std::size_t{0}, pad - 1, pad + 1, std::size_t{17}}) {
    Bytes b = state;
    b.back() = static_cast<std::uint8_t>(last);
    EXPECT_FALSE(server.opens(forged(b, size), kNow)) << last;
  }
  Bytes mixed = state;
  mixed[size - pad] ^= 1;  // the first byte of the padding
  EXPECT_FALSE(server.opens(forged(mixed, size), kNow));
  Bytes two_blocks = state;
  two_blocks.resize(size - pad);
  two_blocks.resize(size + 16, static_cast<std::uint8_t>(pad + 16));
  EXPECT_FALSE(server.opens(forged(two_blocks, size + 16), kNow));
  // A block of padding leaves no room for the time.
  EXPECT_FALSE(server.opens(forged(Bytes(16, 16), 16), kNow));
  EXPECT_FALSE(server.opens(forged(Bytes(16, 9), 16), kNow));
  Bytes no_session = state;
  no_session[8] ^= 0xff;  // the format
  EXPECT_FALSE(server.opens(forged(no_session, size), kNow));
}

TEST(TicketKeys, a_session_lives_for_the_lifetime_and_not_a_second_longer) {
  Server server;
  const Bytes ticket = server.seal(kNow);
  EXPECT_TRUE(server.opens(ticket, kNow + kLifetime - 1));
  EXPECT_FALSE(server.opens(ticket, kNow + kLifetime));
}

TEST(TicketKeys, a_renewed_ticket_does_not_prolong_its_session) {
  Server server;
  const Bytes first = server.seal(kNow);
  const auto opened = server.open(first, kNow + 290);
  ASSERT_NE(opened.session, nullptr);
  const Bytes second = server.seal(*opened.session, kNow + 290);
  EXPECT_TRUE(server.opens(second, kNow + 299));
  EXPECT_FALSE(server.opens(second, kNow + 300));
}

TEST(TicketKeys, a_clock_that_went_backwards_makes_nothing_older) {
  Server server;
  const Bytes ticket = server.seal(kNow);
  for (const std::int64_t now :
       {kNow - 1, std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
    const auto opened = server.open(ticket, now);
    EXPECT_NE(opened.session, nullptr) << now;
    EXPECT_FALSE(opened.renew);
    EXPECT_EQ(name_of(server.seal(now)), name_of(ticket));  // nor is a new key needed
  }
  EXPECT_FALSE(server.opens(ticket, std::numeric_limits<std::int64_t>::max()));
}

// The session says that it was made in an hour; the ticket knows when it was sealed.
TEST(TicketKeys, a_session_made_while_the_clock_was_wrong_lives_no_longer_than_its_ticket) {
  Server server;
  const Bytes ticket = server.seal(*session(kNow + 3600), kNow);
  EXPECT_TRUE(server.opens(ticket, kNow + 299));
  EXPECT_FALSE(server.opens(ticket, kNow + 300));
}

TEST(TicketKeys, a_lifetime_of_nothing_opens_nothing) {
  for (const std::int64_t lifetime : {std::int64_t{0}, std::int64_t{-5}}) {
    Server server{lifetime};
    EXPECT_EQ(server.keys.lifetime(), 0);
    const Bytes ticket = server.seal(kNow);
    EXPECT_FALSE(ticket.empty());
    EXPECT_FALSE(server.opens(ticket, kNow));
  }
  Server server{1};
  EXPECT_TRUE(server.opens(server.seal(kNow), kNow));
}

TEST(TicketKeys, the_longest_lifetime_overflows_nothing) {
  Server server{std::numeric_limits<std::int64_t>::max()};
  const Bytes ticket = server.seal(*session(std::numeric_limits<std::int64_t>::min()), -1);
  EXPECT_FALSE(server.opens(ticket, -1));
  EXPECT_TRUE(server.opens(server.seal(0), std::numeric_limits<std::int64_t>::max() - 1));
}

TEST(TicketKeys, a_new_key_seals_after_half_the_lifetime) {
  Server server;
  const Bytes first = server.seal(kNow);
  EXPECT_EQ(name_of(server.seal(kNow + 149)), name_of(first));
  EXPECT_NE(name_of(server.seal(kNow + 150)), name_of(first));
}

TEST(TicketKeys, a_ticket_wants_to_be_renewed_when_its_key_seals_no_more) {
  Server server;
  const Bytes ticket = server.seal(kNow);
  EXPECT_FALSE(server.open(ticket, kNow + 149).renew);
  // Also when nobody has sealed since, so that no newer key was made.
  EXPECT_TRUE(server.open(ticket, kNow + 150).renew);
  const Bytes newer = server.seal(kNow + 150);
  const auto old = server.open(ticket, kNow + 151);
  EXPECT_NE(old.session, nullptr);
  EXPECT_TRUE(old.renew);
  EXPECT_FALSE(server.open(newer, kNow + 151).renew);
}

TEST(TicketKeys, an_old_key_opens_until_every_ticket_under_it_has_run_out) {
  Server server;
  std::vector<std::pair<std::int64_t, Bytes>> tickets;
  for (std::int64_t now = kNow; now < kNow + 5 * kLifetime; now += 7) {
    tickets.emplace_back(now, server.seal(now));
    for (const auto& [made, ticket] : tickets)
      EXPECT_EQ(server.opens(ticket, now), now - made < kLifetime) << now - made;
  }
  std::set<Bytes> names;
  for (const auto& [made, ticket] : tickets) names.insert(name_of(ticket));
  EXPECT_EQ(names.size(), 10U);  // one for each half of a lifetime
}

TEST(TicketKeys, a_key_whose_tickets_have_run_out_is_forgotten) {
  Server server;
  const Bytes ticket = server.seal(kNow);
  // Too late for the ticket, and a clock set back shows that the key is still there.
  EXPECT_FALSE(server.opens(ticket, kNow + 449));
  EXPECT_TRUE(server.opens(ticket, kNow));
  EXPECT_FALSE(server.opens(ticket, kNow + 450));
  EXPECT_FALSE(server.opens(ticket, kNow));
}

TEST(TicketKeys, a_key_from_outside_lets_two_servers_open_each_others_tickets) {
  Server one{kLifetime, 1};
  Server two{kLifetime, 2};
  const Bytes before = one.seal(kNow);
  for (Server* s : {&one, &two}) ASSERT_TRUE(s->keys.add_key(key_of(0x42), kNow));
  const Bytes ticket = one.seal(kNow);
  EXPECT_EQ(name_of(ticket), Bytes(16, 0x42));
  EXPECT_FALSE(two.open(ticket, kNow).renew);
  EXPECT_TRUE(two.opens(ticket, kNow));
  EXPECT_TRUE(one.opens(two.seal(kNow), kNow));
  // What one sealed by itself is still good, but only there.
  EXPECT_TRUE(one.open(before, kNow).renew);
  EXPECT_TRUE(one.opens(before, kNow));
  EXPECT_FALSE(two.opens(before, kNow));
}

TEST(TicketKeys, a_key_from_outside_rotates_as_their_own_do) {
  Server server;
  ASSERT_TRUE(server.keys.add_key(key_of(1), kNow));
  const Bytes ticket = server.seal(kNow);
  EXPECT_NE(name_of(server.seal(kNow + 150)), name_of(ticket));
  EXPECT_TRUE(server.open(ticket, kNow + 150).renew);
  ASSERT_TRUE(server.keys.add_key(key_of(2), kNow + 150));
  EXPECT_EQ(name_of(server.seal(kNow + 150)), Bytes(16, 2));
}

TEST(TicketKeys, hold_no_more_than_sixteen_keys) {
  Server server;
  std::vector<Bytes> tickets;
  for (std::uint8_t n = 0; n < 17; ++n) {
    ASSERT_TRUE(server.keys.add_key(key_of(n), kNow));
    tickets.push_back(server.seal(kNow));
  }
  EXPECT_FALSE(server.opens(tickets[0], kNow));
  for (std::size_t n = 1; n < 17; ++n) EXPECT_TRUE(server.opens(tickets[n], kNow)) << n;
}

TEST(TicketKeys, a_key_from_outside_has_80_bytes) {
  Server server;
  for (const std::size_t n : {0U, 79U, 81U}) {
    const Status s = server.keys.add_key(Bytes(n), kNow);
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().code, Errc::bad_argument);
  }
}

TEST(TicketKeys, say_so_when_there_is_no_randomness) {
  for (const std::size_t draws : {0U, 1U}) {  // for the key, for the iv
    test::FailingRng rng{1, draws};
    TicketKeys keys{kLifetime};
    const auto ticket = keys.seal(*session(), rng, kNow);
    ASSERT_FALSE(ticket);
    EXPECT_EQ(ticket.error().code, Errc::no_random);
  }
}

TEST(TicketKeys, a_session_too_long_for_a_ticket_is_not_sealed) {
  const auto with_inner = [](std::size_t n) {
    Session::Data d;
    d.version = ProtocolVersion::tls10;
    d.suite = 0x002f;
    d.ticket.resize(n);
    return std::make_shared<const Session>(std::move(d));
  };
  Server server;
  std::size_t longest = 0;
  for (std::size_t n = 14100; n < 14336; ++n) {
    const auto ticket = server.keys.seal(*with_inner(n), server.rng, 0);
    if (!ticket) {
      EXPECT_EQ(ticket.error().code, Errc::length_out_of_range);
      continue;
    }
    EXPECT_TRUE(longest == 0 || longest + 1 == n) << n;
    longest = n;
    EXPECT_LE(ticket->size(), TicketKeys::kMaxTicketSize);
    EXPECT_TRUE(server.opens(*ticket, 0));
  }
  const auto at_most = server.keys.seal(*with_inner(longest), server.rng, 0);
  ASSERT_TRUE(at_most);
  EXPECT_GT(at_most->size() + 16, TicketKeys::kMaxTicketSize);
  const auto beyond = server.keys.seal(*with_inner(70000), server.rng, 0);
  EXPECT_FALSE(beyond);
}

// For the thread sanitizer: rotation, sealing and opening at once.
TEST(TicketKeys, are_shared_between_threads) {
  TicketKeys keys{20};
  std::atomic<int> opened{0};
  const auto work = [&](std::uint64_t seed) {
    SeededRng rng{seed};
    for (int i = 0; i < 300; ++i) {
      const std::int64_t now = kNow + i / 3;
      const auto ticket = keys.seal(*session(now), rng, now);
      ASSERT_TRUE(ticket);
      if (keys.open(*ticket, {}, now).session != nullptr) ++opened;
      if (i % 50 == 0) {
        ASSERT_TRUE(keys.add_key(key_of(static_cast<std::uint8_t>(seed)), now));
      }
    }
  };
  std::vector<std::thread> threads;
  for (std::uint64_t t = 1; t <= 4; ++t) threads.emplace_back(work, t);
  for (std::thread& t : threads) t.join();
  EXPECT_GT(opened, 0);
}

}  // namespace
}  // namespace parley
