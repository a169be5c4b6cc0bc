#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "base/limits.hpp"
#include "crypto/cipher.hpp"
#include "parley/rng.hpp"
#include "protocol/tls12.hpp"
#include "record/framer.hpp"
#include "record/half.hpp"
#include "record/reassembly.hpp"

namespace parley {
namespace {

constexpr ContentType kData = ContentType::application_data;
constexpr std::size_t kHeader = limits::kRecordHeader;

Bytes text(std::size_t n, std::uint8_t seed = 1) {
  Bytes b(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = static_cast<std::uint8_t>(i * 31 + seed);
  return b;
}

/// Version and suite, and two halves that share keys: what one seals the other opens.
struct Pair {
  const ProtocolProfile& profile;
  const CipherSuite& suite;
  std::unique_ptr<Rng> rng = std::make_unique<SeededRng>(1);
  Half writer, reader;

  Pair(const ProtocolProfile& p, const CipherSuite& s) : profile(p), suite(s) {
    for (Half* h : {&writer, &reader}) {
      h->set_pending(protection());
      EXPECT_TRUE(h->change_keys());
    }
  }
  std::unique_ptr<Protection> protection() const {
    const EncTraits& t = enc_traits(suite.enc);
    const Bytes mac = text(mac_size(), 3);
    const Bytes key = text(t.key_size, 5);
    const Bytes iv = text(t.iv_size, 7);
    return make_protection(profile, suite,
                           {.mac_secret = mac, .key = key, .iv = iv, .rng = rng.get()});
  }
  bool cbc() const { return enc_traits(suite.enc).mode == EncTraits::Mode::cbc; }
  std::size_t mac_size() const { return parley::mac_size(suite); }
  std::string name() const {
    return std::string{profile.name} + " " + std::string{suite.openssl_name};
  }

  /// A whole record.
  Bytes seal(ByteView plaintext, ContentType type = kData) {
    Bytes out(kHeader + plaintext.size() + writer.overhead());
    const auto n = writer.seal(type, profile.version, plaintext, out);
    EXPECT_TRUE(n) << name();
    out.resize(*n);
    return out;
  }
  Bytes seal_fragment(ByteView plaintext, ContentType type = kData) {
    const Bytes r = seal(plaintext, type);
    return {r.begin() + kHeader, r.end()};
  }
  /// Opens one fragment; the plaintext, or why there is none.
  Result<Bytes> open(Bytes fragment, ContentType type = kData) {
    OpenRecord r{type, fragment};
    std::size_t opened = 0;
    PARLEY_CHECK(reader.open({&r, 1}, opened));
    EXPECT_EQ(opened, 1U);
    return to_bytes(r.fragment);
  }
};

template <class Check>
void for_every_pair(Check check) {
  for (const ProtocolProfile* p : all_profiles())
    for (const CipherSuite* s : spoken_cipher_suites()) {
      if (s->first == ProtocolVersion::ssl20) continue;  // it has records of its own
      if (s->first > p->version || (s->is_export && !p->has_export_suites())) continue;
      SCOPED_TRACE(std::string{p->name} + " " + std::string{s->openssl_name});
      check(*p, *s);
    }
}

TEST(Record, what_one_side_seals_the_other_opens) {
  for_every_pair([](const ProtocolProfile& p, const CipherSuite& s) {
    Pair pair{p, s};
    for (const std::size_t n : {0U, 1U, 15U, 16U, 17U, 16383U, 16384U}) {
      const Bytes plain = text(n);
      const Bytes record = pair.seal(plain);
      EXPECT_EQ(record[0], 23);
      EXPECT_EQ(record[1] << 8 | record[2], static_cast<int>(p.version));
      EXPECT_EQ(static_cast<std::size_t>(record[3] << 8 | record[4]), record.size() - kHeader);
      const auto back = pair.open({record.begin() + kHeader, record.end()});
      ASSERT_TRUE(back) << n;
      EXPECT_EQ(*back, plain) << n;
    }
  });
}

TEST(Record, overhead_is_the_most_that_sealing_adds) {
  for_every_pair([](const ProtocolProfile& p, const CipherSuite& s) {
    Pair pair{p, s};
    std::size_t most = 0;
    for (std::size_t n = 0; n < 33; ++n)
      most = std::max(most, pair.seal_fragment(text(n)).size() - n);
    EXPECT_EQ(most, pair.writer.overhead());
    EXPECT_LE(limits::kPlaintext + most, limits::kCiphertext);
  });
}

TEST(Record, a_cipher_leaves_nothing_readable_and_null_leaves_all) {
  for_every_pair([](const ProtocolProfile& p, const CipherSuite& s) {
    Pair pair{p, s};
    const Bytes plain = text(64);
    const Bytes sealed = pair.seal_fragment(plain);
    EXPECT_EQ(equal(ByteView{sealed}.first(64), plain), s.enc == Enc::null);
  });
}

TEST(Record, cbc_padding_is_the_shortest_and_has_the_tls_form_in_every_version) {
  for_every_pair([](const ProtocolProfile& p, const CipherSuite& s) {
    const EncTraits& t = enc_traits(s.enc);
    if (t.mode != EncTraits::Mode::cbc) return;
    for (std::size_t n = 0; n < 17; ++n) {
      Pair pair{p, s};
      Bytes fragment = pair.seal_fragment(text(n));
      Bytes iv = text(t.iv_size, 7);
      if (p.explicit_iv) {
        const auto end = fragment.begin() + static_cast<std::ptrdiff_t>(t.iv_size);
        iv.assign(fragment.begin(), end);
        fragment.erase(fragment.begin(), end);
      }
      crypto::make_block_cipher(t.block_cipher, text(t.key_size, 5))
          ->cbc_decrypt(iv, fragment, fragment);
      const std::size_t padding = fragment.size() - n - pair.mac_size() - 1;
      EXPECT_LT(padding, t.iv_size);
      for (std::size_t i = 0; i <= padding; ++i)
        EXPECT_EQ(fragment[fragment.size() - 1 - i], padding) << n;
    }
  });
}

TEST(Record, a_changed_byte_anywhere_is_a_bad_mac) {
  for_every_pair([](const ProtocolProfile& p, const CipherSuite& s) {
    const Bytes plain = text(37);
    const std::size_t size = Pair{p, s}.seal_fragment(plain).size();
    for (std::size_t i = 0; i < size; ++i) {
      Pair pair{p, s};
      Bytes fragment = pair.seal_fragment(plain);
      fragment[i] ^= 0x01;
      const auto back = pair.open(fragment);
      ASSERT_FALSE(back) << i;
      EXPECT_EQ(back.error().code, Errc::bad_record_mac) << i;
    }
  });
}

TEST(Record, another_type_sequence_or_length_is_a_bad_mac) {
  for_every_pair([](const ProtocolProfile& p, const CipherSuite& s) {
    const Bytes plain = text(37);
    {
      Pair pair{p, s};
      const auto back = pair.open(pair.seal_fragment(plain), ContentType::handshake);
      ASSERT_FALSE(back);
      EXPECT_EQ(back.error().code, Errc::bad_record_mac);
    }
    {
      Pair pair{p, s};
      pair.seal_fragment(plain);  // lost on the way
      EXPECT_FALSE(pair.open(pair.seal_fragment(plain)));
    }
    {
      Pair pair{p, s};
      const Bytes first = pair.seal_fragment(plain);
      EXPECT_TRUE(pair.open(first));
      EXPECT_FALSE(pair.open(first));  // sent twice
    }
    const std::size_t size = Pair{p, s}.seal_fragment(plain).size();
    for (std::size_t n = 0; n < size; ++n) {
      Pair pair{p, s};
      Bytes fragment = pair.seal_fragment(plain);
      fragment.resize(n);
      const auto back = pair.open(fragment);
      ASSERT_FALSE(back) << n;
      EXPECT_EQ(back.error().code, Errc::bad_record_mac) << n;
    }
  });
}

TEST(Record, the_version_is_covered_by_the_mac_of_tls_alone) {
  // Sealed under one profile's MAC and opened under a copy that differs in the version only.
  for (const ProtocolProfile* p : all_profiles()) {
    ProtocolProfile other = *p;
    other.version = static_cast<ProtocolVersion>(0x03ff);
    const CipherSuite& s = *find_cipher_suite("RC4-SHA");
    Pair ours{*p, s};
    Pair theirs{other, s};
    EXPECT_EQ(ours.open(theirs.seal_fragment(text(9))).has_value(), !p->mac_covers_version);
  }
}

TEST(Record, opens_runs_and_says_how_many_were_good) {
  constexpr std::size_t kRun = 5;
  for_every_pair([](const ProtocolProfile& p, const CipherSuite& s) {
    for (std::size_t bad = 0; bad <= kRun; ++bad) {  // kRun: none is bad
      Pair pair{p, s};
      std::vector<Bytes> fragments;
      for (std::size_t i = 0; i < kRun; ++i)
        fragments.push_back(pair.seal_fragment(text(20 * i, static_cast<std::uint8_t>(i))));
      // The last byte is in no other record's way; in RC4 and NULL it belongs to the MAC.
      if (bad < kRun) fragments[bad].back() ^= 0x40;
      std::vector<OpenRecord> run;
      for (Bytes& f : fragments) run.push_back({kData, f});
      std::size_t opened = 77;
      const Status st = pair.reader.open(run, opened);
      EXPECT_EQ(opened, bad);
      EXPECT_EQ(st.has_value(), bad == kRun);
      if (!st) {
        EXPECT_EQ(st.error().code, Errc::bad_record_mac);
      }
      for (std::size_t i = 0; i < opened; ++i)
        EXPECT_TRUE(equal(run[i].fragment, text(20 * i, static_cast<std::uint8_t>(i)))) << i;
    }
  });
}

TEST(Record, a_run_in_pieces_opens_as_a_run_in_one) {
  for_every_pair([](const ProtocolProfile& p, const CipherSuite& s) {
    Pair pair{p, s};
    std::vector<Bytes> fragments;
    for (std::uint8_t i = 0; i < 6; ++i) fragments.push_back(pair.seal_fragment(text(30, i)));
    std::vector<OpenRecord> run;
    for (Bytes& f : fragments) run.push_back({kData, f});
    std::size_t opened = 0;
    for (const auto& [from, n] : {std::pair{0U, 1U}, std::pair{1U, 3U}, std::pair{4U, 2U}}) {
      ASSERT_TRUE(pair.reader.open(std::span{run}.subspan(from, n), opened));
      EXPECT_EQ(opened, n);
    }
    for (std::uint8_t i = 0; i < 6; ++i) EXPECT_TRUE(equal(run[i].fragment, text(30, i)));
  });
}

TEST(Record, the_state_of_the_cipher_goes_on_from_record_to_record) {
  for_every_pair([](const ProtocolProfile& p, const CipherSuite& s) {
    Pair pair{p, s};
    const Bytes plain = text(32);
    const Bytes first = pair.seal_fragment(plain);
    const Bytes second = pair.seal_fragment(plain);
    EXPECT_NE(first, second);
    const std::size_t lead = std::min<std::size_t>(16, first.size());
    EXPECT_EQ(equal(ByteView{first}.first(lead), ByteView{second}.first(lead)), s.enc == Enc::null);
    if (!pair.cbc()) return;
    // The last block of the record before is the IV (RFC 2246 section 6.2.3.2).
    if (p.explicit_iv) return;
    const std::size_t block = enc_traits(s.enc).iv_size;
    Bytes iv(first.end() - static_cast<std::ptrdiff_t>(block), first.end());
    Bytes out = second;
    crypto::make_block_cipher(enc_traits(s.enc).block_cipher, text(enc_traits(s.enc).key_size, 5))
        ->cbc_decrypt(iv, out, out);
    EXPECT_TRUE(equal(ByteView{out}.first(plain.size()), plain));
  });
}

TEST(Record, a_plaintext_of_one_byte_past_the_limit_is_refused_after_its_mac_was_good) {
  for_every_pair([](const ProtocolProfile& p, const CipherSuite& s) {
    Pair pair{p, s};
    Bytes good = pair.seal_fragment(text(10));
    Bytes most = pair.seal_fragment(text(limits::kPlaintext));
    Bytes over = pair.seal_fragment(text(limits::kPlaintext + 1));
    std::array<OpenRecord, 3> run{OpenRecord{kData, good}, {kData, most}, {kData, over}};
    std::size_t opened = 0;
    const Status st = pair.reader.open(run, opened);
    ASSERT_FALSE(st);
    EXPECT_EQ(st.error().code, Errc::record_overflow);
    EXPECT_EQ(opened, 2U);
  });
}

TEST(Record, the_limit_holds_before_there_are_keys) {
  Half reader;
  for (const auto& [n, good] :
       {std::pair{limits::kPlaintext, true}, std::pair{limits::kPlaintext + 1, false}}) {
    Bytes fragment = text(n);
    OpenRecord r{ContentType::handshake, fragment};
    std::size_t opened = 0;
    EXPECT_EQ(reader.open({&r, 1}, opened).has_value(), good) << n;
  }
}

TEST(Half, protects_nothing_until_keys_change) {
  Half h;
  EXPECT_FALSE(h.has_keys());
  EXPECT_EQ(h.overhead(), 0U);
  EXPECT_FALSE(h.chains_records());
  Bytes out(kHeader + 3);
  const auto n = h.seal(ContentType::alert, ProtocolVersion::ssl30, Bytes{1, 2, 3}, out);
  ASSERT_TRUE(n);
  EXPECT_EQ(to_hex(ByteView{out}.first(*n)), "1503000003010203");
}

TEST(Half, pending_keys_wait_for_the_change_and_serve_for_one) {
  const CipherSuite& s = *find_cipher_suite("RC4-MD5");
  const Pair keys{kTls10, s};
  Half h;
  EXPECT_EQ(h.change_keys().error().code, Errc::internal);
  h.set_pending(keys.protection());
  EXPECT_FALSE(h.has_keys());
  EXPECT_EQ(h.overhead(), 0U);
  ASSERT_TRUE(h.change_keys());
  EXPECT_TRUE(h.has_keys());
  EXPECT_EQ(h.overhead(), 16U);
  EXPECT_EQ(h.change_keys().error().code, Errc::internal);
  EXPECT_EQ(h.overhead(), 16U);  // the refusal took nothing away
}

TEST(Half, counting_starts_again_with_new_keys) {
  const CipherSuite& s = *find_cipher_suite("NULL-SHA");
  Pair pair{kTls10, s};
  const Bytes first = pair.seal_fragment(text(5));
  const Bytes second = pair.seal_fragment(text(5));
  pair.writer.set_pending(pair.protection());
  ASSERT_TRUE(pair.writer.change_keys());
  EXPECT_EQ(pair.seal_fragment(text(5)), first);
  EXPECT_NE(first, second);
}

TEST(Half, only_cbc_without_explicit_ivs_chains_records) {
  for_every_pair([](const ProtocolProfile& p, const CipherSuite& s) {
    const Pair pair{p, s};
    EXPECT_EQ(pair.writer.chains_records(), pair.cbc() && !p.explicit_iv);
  });
}

// RFC 4346 section 6.2.3.2: nobody can know it before the record is there.
TEST(Record, an_explicit_iv_is_fresh_in_every_record) {
  Pair pair{kTls11, *find_cipher_suite("AES128-SHA")};
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) seen.insert(to_hex(ByteView{pair.seal_fragment(text(5))}.first(16)));
  EXPECT_EQ(seen.size(), 20U);
}

class BrokenRng final : public Rng {
 public:
  bool fill(ByteSpan) override { return false; }
};

TEST(Record, without_randomness_no_explicit_iv_leaves) {
  const CipherSuite& s = *find_cipher_suite("AES128-SHA");
  BrokenRng broken;
  const Bytes mac = text(20, 3), key = text(16, 5);
  Half h;
  h.set_pending(make_protection(kTls12, s, {.mac_secret = mac, .key = key, .rng = &broken}));
  ASSERT_TRUE(h.change_keys());
  Bytes out(kHeader + 5 + h.overhead());
  EXPECT_EQ(h.seal(kData, ProtocolVersion::tls12, text(5), out).error().code, Errc::no_random);
}

/// Says of one record that it was 2^64 - 3, which moves the count of its Half to where nobody
/// can wait for it.
class TimeMachine final : public Protection {
 public:
  static constexpr std::uint64_t kJump = std::numeric_limits<std::uint64_t>::max() - 2;
  std::size_t overhead() const override { return 0; }
  Result<std::size_t> seal(std::uint64_t seq, ContentType, ByteView, ByteSpan) override {
    last = seq;
    return 0;
  }
  std::size_t open(std::uint64_t seq, std::span<OpenRecord> run) override {
    last = seq;
    return seq == 0 ? kJump : run.size();
  }
  std::uint64_t last = 0;
};

TEST(Half, sequence_numbers_never_wrap) {
  for (const bool sealing : {true, false}) {
    Half h;
    auto machine = std::make_unique<TimeMachine>();
    TimeMachine& seen = *machine;
    h.set_pending(std::move(machine));
    ASSERT_TRUE(h.change_keys());
    OpenRecord r{kData, {}};
    std::size_t opened = 0;
    ASSERT_TRUE(h.open({&r, 1}, opened));
    Bytes out(kHeader);
    const auto one = [&]() -> Status {
      if (!sealing) return h.open({&r, 1}, opened);
      PARLEY_CHECK(h.seal(kData, ProtocolVersion::tls10, {}, out));
      return {};
    };
    ASSERT_TRUE(one());
    EXPECT_EQ(seen.last, TimeMachine::kJump);
    ASSERT_TRUE(one());
    EXPECT_EQ(seen.last, TimeMachine::kJump + 1);
    const Status s = one();  // 2^64 - 1 would leave no number for the next
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().code, Errc::sequence_overflow);
    EXPECT_EQ(seen.last, TimeMachine::kJump + 1);
    EXPECT_FALSE(one());
  }
}

TEST(Half, a_run_that_would_wrap_is_refused_whole) {
  Half h;
  h.set_pending(std::make_unique<TimeMachine>());
  ASSERT_TRUE(h.change_keys());
  std::array<OpenRecord, 3> run{OpenRecord{kData, {}}, {kData, {}}, {kData, {}}};
  std::size_t opened = 0;
  ASSERT_TRUE(h.open(std::span{run}.first(1), opened));
  EXPECT_EQ(h.open(run, opened).error().code, Errc::sequence_overflow);
  EXPECT_EQ(opened, 0U);
  EXPECT_TRUE(h.open(std::span{run}.first(2), opened));
}

// Framer.

using Header = Result<std::optional<RecordHeader>>;
constexpr std::optional<ProtocolVersion> kAny;

TEST(Framer, reads_type_version_and_length) {
  for (int type = 20; type <= 23; ++type) {
    const Header h =
        read_record_header(Bytes{static_cast<std::uint8_t>(type), 3, 1, 0x12, 0x34, 9}, kAny);
    ASSERT_TRUE(h && h->has_value()) << type;
    EXPECT_EQ(static_cast<int>((*h)->type), type);
    EXPECT_EQ((*h)->version, 0x0301);
    EXPECT_EQ((*h)->length, 0x1234U);
  }
}

TEST(Framer, waits_for_the_rest_of_a_header_that_begins_well) {
  const Bytes in{22, 3, 0, 0, 10};
  for (std::size_t n = 0; n < 5; ++n)
    for (const std::optional<ProtocolVersion> expected :
         {kAny, std::optional{ProtocolVersion::ssl30}}) {
      const Header h = read_record_header(ByteView{in}.first(n), expected);
      ASSERT_TRUE(h) << n;
      EXPECT_FALSE(h->has_value()) << n;
    }
  EXPECT_TRUE(read_record_header(in, kAny)->has_value());
}

TEST(Framer, refuses_every_other_type_by_its_first_byte) {
  for (int type = 0; type < 256; ++type) {
    if (type >= 20 && type <= 23) continue;
    const Bytes in{static_cast<std::uint8_t>(type), 3, 1, 0, 1};
    const Header later = read_record_header(ByteView{in}.first(1), ProtocolVersion::tls10);
    ASSERT_FALSE(later) << type;
    EXPECT_EQ(later.error().code, Errc::bad_record_type);
    const Header first = read_record_header(in, kAny);
    ASSERT_FALSE(first) << type;
    EXPECT_EQ(first.error().code, Errc::unknown_protocol);
  }
}

TEST(Framer, lets_any_3_x_in_until_the_version_is_known) {
  for (int minor = 0; minor < 256; ++minor) {
    const Bytes in{22, 3, static_cast<std::uint8_t>(minor), 0, 1};
    EXPECT_TRUE(read_record_header(in, kAny)) << minor;
    EXPECT_EQ(read_record_header(in, ProtocolVersion::tls10).has_value(), minor == 1) << minor;
    EXPECT_EQ(read_record_header(in, ProtocolVersion::ssl30).has_value(), minor == 0) << minor;
  }
}

TEST(Framer, refuses_another_major_version_at_its_byte) {
  for (const int major : {0, 2, 4, 255}) {
    const Header h = read_record_header(Bytes{22, static_cast<std::uint8_t>(major)}, kAny);
    ASSERT_FALSE(h);
    EXPECT_EQ(h.error().code, Errc::wrong_version_number);
    EXPECT_EQ(h.error().offset, 1U);
  }
}

TEST(Framer, length_may_be_2_to_the_14_and_2048_and_no_more) {
  static_assert(limits::kCiphertext == 16384 + 2048);
  const auto with = [](std::size_t n) {
    return Bytes{23, 3, 1, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)};
  };
  EXPECT_TRUE(read_record_header(with(limits::kCiphertext), ProtocolVersion::tls10));
  const Header h = read_record_header(with(limits::kCiphertext + 1), ProtocolVersion::tls10);
  ASSERT_FALSE(h);
  EXPECT_EQ(h.error().code, Errc::record_overflow);
  EXPECT_EQ(h.error().offset, 3U);
  EXPECT_TRUE(read_record_header(with(0), ProtocolVersion::tls10));
}

TEST(Framer, knows_http_when_it_sees_it) {
  for (const std::string_view line :
       {"GET / HTTP/1.0\r\n", "POST /x HTTP/1.1\r\n", "HEAD /", "PUT /f"}) {
    const Header h = read_record_header(as_bytes(line), kAny);
    ASSERT_FALSE(h) << line;
    EXPECT_EQ(h.error().code, Errc::http_request) << line;
    // While it may still become a request nothing is decided; never is it taken for a record.
    for (std::size_t n = 1; n < 4; ++n) {
      const Header part = read_record_header(as_bytes(line.substr(0, n)), kAny);
      EXPECT_TRUE(part && !part->has_value()) << line.substr(0, n);
    }
  }
  EXPECT_EQ(read_record_header(as_bytes("HELLO"), kAny).error().code, Errc::unknown_protocol);
  EXPECT_EQ(read_record_header(as_bytes("GET /"), ProtocolVersion::tls10).error().code,
            Errc::bad_record_type);
}

TEST(Framer, refuses_a_hello_in_the_format_of_version_2) {
  EXPECT_EQ(read_record_header(Bytes{0x80, 0x2e, 1, 3, 1}, kAny).error().code,
            Errc::unknown_protocol);
}

// Reassembly.

Bytes message(HandshakeType type, std::size_t n, std::uint8_t seed = 1) {
  Bytes b{static_cast<std::uint8_t>(type), static_cast<std::uint8_t>(n >> 16),
          static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)};
  append(b, text(n, seed));
  return b;
}

TEST(Reassembly, joins_a_message_that_was_split_at_any_byte) {
  const Bytes m = message(HandshakeType::client_hello, 40);
  for (std::size_t cut = 0; cut <= m.size(); ++cut) {
    Reassembly r;
    EXPECT_TRUE(r.aligned());
    r.add(ByteView{m}.first(cut));
    EXPECT_EQ(r.aligned(), cut == 0);
    EXPECT_EQ(r.front()->has_value(), cut == m.size()) << cut;
    r.add(ByteView{m}.subspan(cut));
    const auto got = r.front();
    ASSERT_TRUE(got && got->has_value()) << cut;
    EXPECT_EQ((*got)->type, HandshakeType::client_hello);
    EXPECT_TRUE(equal((*got)->raw, m));
    EXPECT_TRUE(equal((*got)->body, ByteView{m}.subspan(4)));
    EXPECT_FALSE(r.aligned());
    r.pop(**got);
    EXPECT_TRUE(r.aligned());
    EXPECT_FALSE(r.front()->has_value());
  }
}

TEST(Reassembly, gives_several_messages_of_one_record_in_order) {
  Bytes all = message(HandshakeType::server_hello, 38);
  append(all, message(HandshakeType::certificate, 900, 2));
  append(all, message(HandshakeType::server_hello_done, 0));
  const Bytes half = message(HandshakeType::finished, 12);
  append(all, ByteView{half}.first(7));
  for (const std::size_t step : {all.size(), std::size_t{1}}) {
    Reassembly r;
    std::string seen;
    for (std::size_t at = 0; at < all.size(); at += step) {
      r.add(ByteView{all}.subspan(at, step));
      for (auto m = r.front(); m && m->has_value(); m = r.front()) {
        seen += std::to_string(static_cast<int>((*m)->type)) + ":" +
                std::to_string((*m)->body.size()) + " ";
        r.pop(**m);
      }
    }
    EXPECT_EQ(seen, "2:38 11:900 14:0 ");
    EXPECT_FALSE(r.aligned());
    r.add(ByteView{half}.subspan(7));
    EXPECT_TRUE(equal((*r.front())->raw, half));
  }
}

TEST(Reassembly, a_length_past_the_limit_of_its_kind_is_refused_by_the_header) {
  const auto header = [](HandshakeType type, std::size_t n) {
    const Bytes b = message(type, n);
    return Bytes(b.begin(), b.begin() + 4);
  };
  for (int type = 0; type < 256; ++type) {
    const auto t = static_cast<HandshakeType>(type);
    const std::size_t limit =
        t == HandshakeType::certificate || t == HandshakeType::certificate_request
            ? limits::kCertificateMessage
            : limits::kHandshakeMessage;
    Reassembly at_limit, past;
    at_limit.add(header(t, limit));
    EXPECT_TRUE(at_limit.front()) << type;
    past.add(header(t, limit + 1));
    const auto refused = past.front();
    ASSERT_FALSE(refused) << type;
    EXPECT_EQ(refused.error().code, Errc::message_too_long);
    EXPECT_EQ(refused.error().offset, 1U);
  }
}

TEST(Reassembly, a_message_of_exactly_the_limit_comes_through) {
  for (const auto& [type, n] :
       {std::pair{HandshakeType::finished, limits::kHandshakeMessage},
        std::pair{HandshakeType::certificate, limits::kCertificateMessage}}) {
    const Bytes m = message(type, n);
    Reassembly r;
    for (std::size_t at = 0; at < m.size(); at += 16384)
      r.add(ByteView{m}.subspan(at, std::min<std::size_t>(16384, m.size() - at)));
    const auto got = r.front();
    ASSERT_TRUE(got && got->has_value());
    EXPECT_TRUE(equal((*got)->raw, m));
  }
}

}  // namespace
}  // namespace parley
