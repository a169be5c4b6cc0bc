// The AEAD records of TLS 1.2 against records that others made.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "base/limits.hpp"
#include "crypto/kdf.hpp"
#include "crypto/words.hpp"
#include "protocol/tls12.hpp"
#include "record/half.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

using test::field;
using test::hex_field;

constexpr ContentType kData = ContentType::application_data;

Bytes text(std::size_t n, std::uint8_t seed = 1) {
  Bytes b(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = static_cast<std::uint8_t>(i * 31 + seed);
  return b;
}

/// One suite for each cipher.
const std::vector<const CipherSuite*>& suites() {
  static const std::vector<const CipherSuite*> list = [] {
    std::vector<const CipherSuite*> l;
    for (const CipherSuite& s : cipher_suite_catalogue())
      if (s.mac == Mac::aead &&
          std::ranges::none_of(l, [&](const CipherSuite* other) { return other->enc == s.enc; }))
        l.push_back(&s);
    return l;
  }();
  return list;
}

std::unique_ptr<Protection> keyed(const CipherSuite& s) {
  const EncTraits& t = enc_traits(s.enc);
  return make_protection(kTls12, s,
                         {.mac_secret = {}, .key = text(t.key_size, 5), .iv = text(t.iv_size, 7)});
}

Bytes sealed(Protection& p, std::uint64_t seq, ContentType type, ByteView plaintext) {
  Bytes out(plaintext.size() + p.overhead());
  EXPECT_EQ(*p.seal(seq, type, plaintext, out), out.size());
  return out;
}

TEST(AeadRecord, is_what_the_specifications_make_of_it) {
  std::size_t cases = 0;
  for (const auto& c : test::read_vector_file("profile/aead_records.txt")) {
    SCOPED_TRACE(field(c, "suite") + " " + field(c, "seq"));
    const CipherSuite* const suite = find_cipher_suite(std::string_view(field(c, "suite")));
    ASSERT_NE(suite, nullptr);
    const Bytes key = hex_field(c, "key"), iv = hex_field(c, "iv");
    const Bytes plaintext = hex_field(c, "plaintext"), fragment = hex_field(c, "fragment");
    const std::uint64_t seq = crypto::load_be64(hex_field(c, "seq").data());
    const auto type = static_cast<ContentType>(test::number_field(c, "type"));
    const auto p = make_protection(kTls12, *suite, {.mac_secret = {}, .key = key, .iv = iv});
    if (field(c, "kind") == "both") {
      EXPECT_EQ(to_hex(sealed(*p, seq, type, plaintext)), to_hex(fragment));
    }
    Bytes in = fragment;
    OpenRecord r{type, in};
    ASSERT_EQ(p->open(seq, {&r, 1}), 1U);
    EXPECT_EQ(to_hex(r.fragment), to_hex(plaintext));
    ++cases;
  }
  EXPECT_GE(cases, 56U);
}

/// "23:00ff 23:..." as records.
std::vector<std::pair<ContentType, Bytes>> records(const std::string& list) {
  std::vector<std::pair<ContentType, Bytes>> v;
  std::istringstream words(list);
  for (std::string word; words >> word;) {
    const std::size_t colon = word.find(':');
    v.emplace_back(static_cast<ContentType>(std::stoi(word.substr(0, colon))),
                   test::from_hex(word.substr(colon + 1)));
  }
  return v;
}

TEST(AeadRecord, opens_in_runs_what_both_sides_of_openssl_say) {
  std::size_t sessions = 0;
  for (const auto& c : test::read_vector_file("profile/aead_sessions.txt")) {
    SCOPED_TRACE(field(c, "suite"));
    const CipherSuite* const suite = find_cipher_suite(std::string_view(field(c, "suite")));
    ASSERT_NE(suite, nullptr);
    const KeyMaterial sizes = key_material(*suite);
    Bytes block(2 * (mac_size(*suite) + sizes.key_size + sizes.iv_size));
    crypto::tls12_prf(prf_hash(*suite), hex_field(c, "master"), "key expansion",
                      {hex_field(c, "server_random"), hex_field(c, "client_random")}, block);
    const ByteView b = block;
    for (const std::string side : {"client", "server"}) {
      const std::size_t second = side == "client" ? 0 : 1;
      Half half;
      half.set_pending(make_protection(
          kTls12, *suite,
          {.mac_secret = {},
           .key = b.subspan(second * sizes.key_size, sizes.key_size),
           .iv = b.subspan(2 * sizes.key_size + second * sizes.iv_size, sizes.iv_size)}));
      ASSERT_TRUE(half.change_keys());
      auto said = records(field(c, side + "_records"));
      std::vector<OpenRecord> run;
      for (auto& [type, fragment] : said) run.push_back({type, fragment});
      std::size_t opened = 0;
      ASSERT_TRUE(half.open(run, opened)) << side;
      ASSERT_EQ(opened, said.size());
      EXPECT_EQ(run[0].type, ContentType::handshake);
      EXPECT_EQ(to_hex(run[0].fragment).substr(0, 8), "1400000c");  // Finished
      std::string data;
      for (std::size_t i = 1; i < run.size(); ++i) {
        EXPECT_EQ(run[i].type, kData);
        data += (i > 1 ? " " : "") + to_hex(run[i].fragment);
      }
      EXPECT_EQ(data, field(c, side + "_data"));
    }
    ++sessions;
  }
  EXPECT_GE(sessions, 16U);
}

TEST(AeadRecord, any_changed_byte_is_refused) {
  for (const CipherSuite* s : suites()) {
    SCOPED_TRACE(s->openssl_name);
    const auto p = keyed(*s);
    const Bytes fragment = sealed(*p, 5, kData, text(37));
    for (std::size_t i = 0; i < fragment.size(); ++i)
      for (const int change : {0x01, 0x80}) {
        Bytes in = fragment;
        in[i] = static_cast<std::uint8_t>(in[i] ^ change);
        OpenRecord r{kData, in};
        ASSERT_EQ(p->open(5, {&r, 1}), 0U) << i;
        // What was deciphered on the way is gone.
        const Bytes plaintext = text(37);
        EXPECT_EQ(std::search(in.begin(), in.end(), plaintext.begin() + 10, plaintext.begin() + 18),
                  in.end());
      }
  }
}

TEST(AeadRecord, another_number_type_version_or_length_is_refused) {
  for (const CipherSuite* s : suites()) {
    SCOPED_TRACE(s->openssl_name);
    const auto p = keyed(*s);
    const Bytes fragment = sealed(*p, 5, kData, text(37));
    const auto opens = [&](Protection& by, std::uint64_t seq, ContentType type, std::size_t size) {
      Bytes in(fragment.begin(), fragment.begin() + static_cast<std::ptrdiff_t>(size));
      OpenRecord r{type, in};
      return by.open(seq, {&r, 1}) == 1;
    };
    EXPECT_TRUE(opens(*p, 5, kData, fragment.size()));
    EXPECT_FALSE(opens(*p, 4, kData, fragment.size()));
    EXPECT_FALSE(opens(*p, 6, kData, fragment.size()));
    EXPECT_FALSE(opens(*p, 5, ContentType::handshake, fragment.size()));
    for (std::size_t n = 0; n < fragment.size(); ++n) EXPECT_FALSE(opens(*p, 5, kData, n)) << n;
    ProtocolProfile other = kTls12;
    other.version = static_cast<ProtocolVersion>(0x0302);
    const EncTraits& t = enc_traits(s->enc);
    const auto q = make_protection(
        other, *s, {.mac_secret = {}, .key = text(t.key_size, 5), .iv = text(t.iv_size, 7)});
    EXPECT_FALSE(opens(*q, 5, kData, fragment.size()));
  }
}

TEST(AeadRecord, a_run_is_opened_up_to_the_first_bad_one) {
  constexpr std::size_t kRun = 5;
  for (const CipherSuite* s : suites())
    for (std::size_t bad = 0; bad <= kRun; ++bad) {
      Half writer, reader;
      for (Half* h : {&writer, &reader}) {
        h->set_pending(keyed(*s));
        ASSERT_TRUE(h->change_keys());
      }
      std::vector<Bytes> fragments;
      for (std::size_t i = 0; i < kRun; ++i) {
        Bytes record(limits::kRecordHeader + 20 * i + writer.overhead());
        ASSERT_EQ(*writer.seal(kData, ProtocolVersion::tls12, text(20 * i), record), record.size());
        fragments.emplace_back(record.begin() + limits::kRecordHeader, record.end());
      }
      if (bad < kRun) fragments[bad].back() ^= 0x40;
      std::vector<OpenRecord> run;
      for (Bytes& f : fragments) run.push_back({kData, f});
      std::size_t opened = 77;
      const Status st = reader.open(run, opened);
      EXPECT_EQ(opened, bad) << s->openssl_name;
      EXPECT_EQ(st.has_value(), bad == kRun);
      if (!st) {
        EXPECT_EQ(st.error().code, Errc::bad_record_mac);
      }
      for (std::size_t i = 0; i < opened; ++i) EXPECT_TRUE(equal(run[i].fragment, text(20 * i)));
    }
}

TEST(AeadRecord, no_explicit_nonce_comes_twice_and_nothing_is_chained) {
  for (const CipherSuite* s : suites()) {
    const auto p = keyed(*s);
    EXPECT_FALSE(p->chains_records());
    const std::size_t sent = enc_traits(s->enc).explicit_nonce;
    EXPECT_EQ(p->overhead(), sent + crypto::aead_tag_size(enc_traits(s->enc).aead));
    EXPECT_LE(limits::kPlaintext + p->overhead(), limits::kCiphertext);
    for (const std::uint64_t seq : {0ULL, 1ULL, 0x0123456789abcdefULL}) {
      const Bytes fragment = sealed(*p, seq, kData, text(4));
      if (sent != 0) {
        EXPECT_EQ(crypto::load_be64(fragment.data()), seq);
      }
      EXPECT_NE(fragment, sealed(*p, seq + 1, kData, text(4)));
    }
  }
}

}  // namespace
}  // namespace parley
