#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "parley/rng.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

/// Random numbers that are the same in every run.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : rng_(seed) {}
  std::size_t below(std::size_t n) {
    std::array<std::uint8_t, 4> b{};
    EXPECT_TRUE(rng_.fill(b));
    const std::size_t v =
        std::size_t{b[0]} << 24 | std::size_t{b[1]} << 16 | std::size_t{b[2]} << 8 | b[3];
    return v % n;
  }
  Bytes bytes(std::size_t lo, std::size_t hi) {
    Bytes b(lo + below(hi - lo + 1));
    EXPECT_TRUE(rng_.fill(b));
    return b;
  }

 private:
  SeededRng rng_;
};

/// Makes random values for any schema, so that a new message is tested by being in the list.
struct Randomize {
  Dice& dice;

  void u8(const char*, std::uint8_t& v) { v = static_cast<std::uint8_t>(dice.below(256)); }
  void u16(const char*, std::uint16_t& v) { v = static_cast<std::uint16_t>(dice.below(65536)); }
  void u32(const char*, std::uint32_t& v) {
    v = static_cast<std::uint32_t>(dice.below(std::size_t{1} << 32));
  }
  template <std::size_t N>
  void fixed(const char*, std::array<std::uint8_t, N>& a) {
    const Bytes b = dice.bytes(N, N);
    std::ranges::copy(b, a.begin());
  }
  void opaque(const char*, unsigned, Bytes& v, std::size_t lo, std::size_t hi) {
    v = dice.bytes(lo, std::min<std::size_t>(hi, lo + 80));
  }
  void list16(const char*, unsigned, std::vector<std::uint16_t>& v, std::size_t lo, std::size_t) {
    v.resize(lo / 2 + dice.below(20));
    for (std::uint16_t& x : v) u16("", x);
  }
  void announced_u16(const char* f, std::optional<std::uint16_t>& v) {
    if (v) u16(f, *v);
  }
  void announced_list16(const char* f, unsigned n, std::optional<std::vector<std::uint16_t>>& v,
                        std::size_t lo, std::size_t hi) {
    if (v) list16(f, n, *v, lo, hi);
  }
  void list_of_opaque(const char*, unsigned, std::size_t, std::size_t, const char*, unsigned,
                      std::size_t item_lo, std::vector<Bytes>& v) {
    v.resize(dice.below(4));
    for (Bytes& b : v) b = dice.bytes(item_lo, 60);
  }
  void rest(const char*, Bytes& v) { v = dice.bytes(0, 40); }
  void optional_tail(const char*, std::optional<Bytes>& v) {
    v.reset();
    if (dice.below(2) == 1) v = dice.bytes(0, 60);
  }
};

/// Says of each prefix of a message whether the schema lets it stand for a whole one.
struct LegalEnds {
  std::size_t body;
  bool& ends_in_rest;
  std::optional<std::size_t>& before_tail;  ///< where an optional tail begins, when it is there

  void u8(const char*, const std::uint8_t&) {}
  void u16(const char*, const std::uint16_t&) {}
  void u32(const char*, const std::uint32_t&) {}
  template <std::size_t N>
  void fixed(const char*, const std::array<std::uint8_t, N>&) {}
  void opaque(const char*, unsigned, const Bytes&, std::size_t, std::size_t) {}
  void list16(const char*, unsigned, const std::vector<std::uint16_t>&, std::size_t, std::size_t) {}
  void announced_u16(const char*, const std::optional<std::uint16_t>&) {}
  void announced_list16(const char*, unsigned, const std::optional<std::vector<std::uint16_t>>&,
                        std::size_t, std::size_t) {}
  void list_of_opaque(const char*, unsigned, std::size_t, std::size_t, const char*, unsigned,
                      std::size_t, const std::vector<Bytes>&) {}
  void rest(const char*, const Bytes&) { ends_in_rest = true; }
  void optional_tail(const char*, const std::optional<Bytes>& v) {
    if (v) before_tail = body - 2 - v->size();
  }
};

struct Spans final : FieldSink {
  struct Leaf {
    std::string name;
    std::size_t offset;
    Bytes value;
  };
  void field(const char* name, std::size_t offset, ByteView value) override {
    leaves.push_back({name, offset, to_bytes(value)});
  }
  std::vector<Leaf> leaves;
};

/// The fields of TLS 1.2 are there when somebody has put something into them (schema.hpp).
template <class M>
void announce(M& m) {
  if constexpr (requires { m.algorithm; }) m.algorithm.emplace();
  if constexpr (requires { m.supported_signature_algorithms; })
    m.supported_signature_algorithms.emplace();
}
template <class M>
bool is_announced(const M& m) {
  if constexpr (requires { m.algorithm; }) return m.algorithm.has_value();
  if constexpr (requires { m.supported_signature_algorithms; })
    return m.supported_signature_algorithms.has_value();
  return false;
}
/// An empty message, to parse one of the form of `m`.
template <class M>
M empty_like(const M& m) {
  M empty;
  if (is_announced(m)) announce(empty);
  return empty;
}

/// Runs `check(m, schema)` on 40 random values of every message.
template <class Check>
void for_every_message(Check check) {
  Dice dice{20261122};
#define PARLEY_TEST_MESSAGE(M, schema)                                    \
  {                                                                       \
    SCOPED_TRACE(#M);                                                     \
    const auto randomize = [&dice](M& m) { schema(Randomize{dice}, m); }; \
    const auto ends = [](const M& m, std::size_t body, bool& in_rest,     \
                         std::optional<std::size_t>& before_tail) {       \
      schema(LegalEnds{body, in_rest, before_tail}, m);                   \
    };                                                                    \
    for (int i = 0; i < 40; ++i) {                                        \
      M m;                                                                \
      if (i % 2 == 1) announce(m);                                        \
      randomize(m);                                                       \
      Bytes body;                                                         \
      ASSERT_TRUE(build(m, body));                                        \
      check(m, ByteView{body}, ends);                                     \
    }                                                                     \
  }
  PARLEY_MESSAGES(PARLEY_TEST_MESSAGE)
#undef PARLEY_TEST_MESSAGE
}

TEST(Schema, every_message_survives_build_and_parse) {
  for_every_message([]<class M>(const M& m, ByteView body, const auto&) {
    M back = empty_like(m);
    ASSERT_TRUE(parse(body, back));
    EXPECT_EQ(back, m);
  });
}

TEST(Schema, build_appends_and_parse_overwrites) {
  for_every_message([]<class M>(const M& m, ByteView body, const auto&) {
    Bytes out{1, 2, 3};
    ASSERT_TRUE(build(m, out));
    EXPECT_TRUE(equal(ByteView{out}.subspan(3), body));
    M back = m;  // whatever stood there before must not shine through
    ASSERT_TRUE(parse(body, back));
    EXPECT_EQ(back, m);
  });
}

// A message that ends in `rest` has no length of its own, so every prefix of that rest is a
// message too; one with an optional tail may end before it. All other prefixes are refused.
TEST(Schema, every_proper_prefix_is_refused_unless_the_schema_lets_it_stand) {
  std::size_t refused = 0;
  std::size_t stood = 0;
  for_every_message([&]<class M>(const M& m, ByteView body, const auto& ends) {
    bool ends_in_rest = false;
    std::optional<std::size_t> before_tail;
    ends(m, body.size(), ends_in_rest, before_tail);
    for (std::size_t n = 0; n < body.size(); ++n) {
      M part = empty_like(m);
      const Status s = parse(body.first(n), part);
      const bool may_stand = ends_in_rest || before_tail == n;
      ASSERT_EQ(s.has_value(), may_stand) << n << " of " << body.size();
      ++(s ? stood : refused);
      if (!s) {
        EXPECT_TRUE(s.error().code == Errc::truncated) << n;
      }
    }
  });
  EXPECT_GT(refused, 10000U);
  EXPECT_GT(stood, 100U);
}

TEST(Schema, messages_whose_end_is_open_are_these_and_no_others) {
  std::set<std::string> open;
  for_every_message([&]<class M>(const M& m, ByteView body, const auto& ends) {
    bool ends_in_rest = false;
    std::optional<std::size_t> before_tail;
    ends(m, body.size(), ends_in_rest, before_tail);
    if (ends_in_rest) open.insert(std::string{M::kName} + " (rest)");
    if (before_tail) open.insert(std::string{M::kName} + " (tail)");
  });
  EXPECT_EQ(open, (std::set<std::string>{"client_hello (tail)", "server_hello (tail)",
                                         "server_key_exchange (tail)", "client_key_exchange (rest)",
                                         "finished (rest)"}));
}

TEST(Schema, a_byte_too_many_is_refused_where_the_message_has_an_end) {
  for_every_message([]<class M>(const M& m, ByteView body, const auto& ends) {
    bool ends_in_rest = false;
    std::optional<std::size_t> before_tail;
    ends(m, body.size(), ends_in_rest, before_tail);
    if (ends_in_rest) return;
    Bytes longer = to_bytes(body);
    longer.push_back(0);
    M back = empty_like(m);
    const Status s = parse(longer, back);
    ASSERT_FALSE(s);
    // Where a tail may follow, one byte is half of its length.
    const std::string_view name{M::kName};
    const bool half_tail =
        !before_tail && (name.ends_with("_hello") || name == "server_key_exchange");
    EXPECT_EQ(s.error().code, half_tail ? Errc::truncated : Errc::trailing_bytes);
  });
}

TEST(Schema, every_message_is_explained_to_its_last_byte_and_no_byte_twice) {
  for_every_message([]<class M>(const M& m, ByteView body, const auto&) {
    Spans spans;
    M back = empty_like(m);
    ASSERT_TRUE(parse(body, back, &spans));
    std::size_t next = 0;
    for (const Spans::Leaf& leaf : spans.leaves) {
      ASSERT_EQ(leaf.offset, next) << leaf.name;
      EXPECT_TRUE(equal(body.subspan(next, leaf.value.size()), leaf.value)) << leaf.name;
      EXPECT_TRUE(leaf.name.starts_with(std::string{M::kName} + ".")) << leaf.name;
      next += leaf.value.size();
    }
    EXPECT_EQ(next, body.size());
  });
}

TEST(Schema, a_refusal_names_a_field_and_an_offset_within_the_message) {
  for_every_message([]<class M>(const M& m, ByteView body, const auto&) {
    for (std::size_t n = 0; n < body.size(); ++n) {
      M part = empty_like(m);
      const Status s = parse(body.first(n), part);
      if (s) continue;
      EXPECT_TRUE(std::string_view{s.error().where}.starts_with(std::string{M::kName} + "."))
          << s.error().where;
      EXPECT_LE(s.error().offset, n);
    }
  });
}

ClientHello small_client_hello() {
  ClientHello m;
  m.client_version = 0x0301;
  m.cipher_suites = {0x002f};
  m.compression_methods = {0};
  return m;
}

TEST(Schema, a_session_id_of_33_bytes_is_refused_at_its_first_byte) {
  ClientHello m = small_client_hello();
  for (const std::size_t n : {std::size_t{32}, std::size_t{33}}) {
    m.session_id.assign(n, 7);
    Bytes body;
    // Only parse() holds the bounds of the specification; build() holds those of the length field.
    ASSERT_TRUE(build(m, body));
    ClientHello back;
    const Status s = parse(body, back);
    EXPECT_EQ(s.has_value(), n == 32);
    if (s) continue;
    EXPECT_EQ(s.error().code, Errc::length_out_of_range);
    EXPECT_STREQ(s.error().where, "client_hello.session_id");
    EXPECT_EQ(s.error().offset, 35U);  // 2 version, 32 random, 1 length
    EXPECT_EQ(s.error().text(), "bad length (client_hello.session_id at 35)");
  }
}

struct Refused {
  const char* what;
  const char* where;
  Errc code;
  std::uint32_t offset;
  std::function<void(Bytes&)> spoil;
};

TEST(Schema, a_client_hello_is_refused_where_it_goes_wrong) {
  // version 0-1, random 2-33, session_id 34, cipher_suites 35-36 37-38, compression 39 40
  Bytes good;
  ASSERT_TRUE(build(small_client_hello(), good));
  ASSERT_EQ(good.size(), 41U);
  const std::vector<Refused> cases{
      {"no suite", "client_hello.cipher_suites", Errc::length_out_of_range, 37,
       [](Bytes& b) { b[36] = 0; }},
      {"half a suite", "client_hello.cipher_suites", Errc::truncated, 39,
       [](Bytes& b) { b[36] = 3; }},
      {"suites beyond the end", "client_hello.cipher_suites", Errc::truncated, 37,
       [](Bytes& b) { b[36] = 200; }},
      {"no compression method", "client_hello.compression_methods", Errc::length_out_of_range, 40,
       [](Bytes& b) { b[39] = 0; }},
      {"extensions cut off", "client_hello.extensions", Errc::truncated, 43,
       [](Bytes& b) {
         append(b, Bytes{0, 1});
       }},
      {"bytes after the extensions", "client_hello", Errc::trailing_bytes, 43,
       [](Bytes& b) {
         append(b, Bytes{0, 0, 0});
       }},
  };
  for (const Refused& c : cases) {
    Bytes b = good;
    c.spoil(b);
    ClientHello m;
    const Status s = parse(b, m);
    ASSERT_FALSE(s) << c.what;
    EXPECT_EQ(s.error().code, c.code) << c.what;
    EXPECT_STREQ(s.error().where, c.where) << c.what;
    EXPECT_EQ(s.error().offset, c.offset) << c.what;
  }
}

TEST(Schema, an_empty_certificate_inside_the_list_is_refused_and_an_empty_list_is_not) {
  CertificateMessage m;
  EXPECT_TRUE(parse(Bytes{0, 0, 0}, m));
  EXPECT_TRUE(m.certificate_list.empty());
  const Status s = parse(Bytes{0, 0, 3, 0, 0, 0}, m);
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code, Errc::length_out_of_range);
  EXPECT_STREQ(s.error().where, "certificate.asn1_cert");
  EXPECT_EQ(s.error().offset, 6U);
}

TEST(Schema, a_missing_extension_block_and_an_empty_one_are_different) {
  ClientHello m = small_client_hello();
  Bytes without;
  ASSERT_TRUE(build(m, without));
  m.extensions.emplace();
  Bytes empty;
  ASSERT_TRUE(build(m, empty));
  EXPECT_EQ(empty.size(), without.size() + 2);
  ClientHello back;
  ASSERT_TRUE(parse(empty, back));
  EXPECT_TRUE(back.extensions.has_value());
  ASSERT_TRUE(parse(without, back));
  EXPECT_FALSE(back.extensions.has_value());
}

TEST(Schema, what_does_not_fit_its_length_field_is_not_built) {
  ClientHello m = small_client_hello();
  m.session_id.assign(256, 1);
  Bytes body;
  const Status s = build(m, body);
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code, Errc::length_out_of_range);
  EXPECT_STREQ(s.error().where, "client_hello");
}

// RFC 5077 section 3.3: a lifetime of 7200 seconds and a ticket of three bytes.
TEST(Schema, a_new_session_ticket_has_the_bytes_of_the_specification) {
  Bytes body;
  ASSERT_TRUE(build(NewSessionTicket{7200, {0xa, 0xb, 0xc}}, body));
  EXPECT_EQ(to_hex(body), "00001c2000030a0b0c");
  NewSessionTicket none;
  ASSERT_TRUE(parse(Bytes(6), none));
  EXPECT_TRUE(none.ticket.empty());
  NewSessionTicket longest;
  body = {0, 0, 0, 0, 0xff, 0xff};
  body.resize(6 + 65535, 7);
  ASSERT_TRUE(parse(body, longest));
  EXPECT_EQ(longest.ticket.size(), 65535U);
  EXPECT_FALSE(build(NewSessionTicket{0, Bytes(65536)}, body));
}

// RFC 6066 section 8: status_type ocsp(1), and a response of three bytes.
TEST(Schema, a_certificate_status_has_the_bytes_of_the_specification) {
  Bytes body;
  ASSERT_TRUE(build(CertificateStatusMessage{kStatusTypeOcsp, {0xa, 0xb, 0xc}}, body));
  EXPECT_EQ(to_hex(body), "010000030a0b0c");
  CertificateStatusMessage m;
  ASSERT_TRUE(parse(body, m));
  EXPECT_EQ(to_hex(m.response), "0a0b0c");
  for (const Bytes& bad :
       {Bytes{1, 0, 0, 0}, Bytes{1, 0, 0, 2, 7}, Bytes{1, 0, 0, 1, 7, 7}, Bytes{1}})
    EXPECT_FALSE(parse(bad, m)) << to_hex(bad);
}

TEST(MessageTable, numbers_are_those_of_rfc_2246_section_7_4_and_later_ones) {
  const std::map<Step, int> numbers{
      {Step::client_hello, 1},         {Step::server_hello, 2},
      {Step::new_session_ticket, 4},   {Step::certificate, 11},
      {Step::server_key_exchange, 12}, {Step::certificate_request, 13},
      {Step::server_hello_done, 14},   {Step::certificate_verify, 15},
      {Step::client_key_exchange, 16}, {Step::finished, 20},
      {Step::certificate_status, 22}};
  EXPECT_EQ(message_table().size(), numbers.size());
  for (const auto& [step, number] : numbers) {
    const MessageRow* row = find_message(step);
    ASSERT_NE(row, nullptr) << step_name(step);
    EXPECT_EQ(static_cast<int>(row->type), number);
    EXPECT_EQ(find_message(row->type), row);
  }
}

TEST(MessageTable, what_is_no_message_has_no_row) {
  EXPECT_EQ(find_message(Step::change_cipher_spec), nullptr);
  EXPECT_EQ(find_message(Step::end), nullptr);
  for (int n = 0; n < 256; ++n) {
    const bool known = std::ranges::any_of(
        message_table(), [n](const MessageRow& r) { return static_cast<int>(r.type) == n; });
    EXPECT_EQ(find_message(static_cast<HandshakeType>(n)) != nullptr, known) << n;
  }
  // HelloRequest is answered by the engine and never enters a handshake.
  EXPECT_EQ(find_message(HandshakeType::hello_request), nullptr);
}

}  // namespace
}  // namespace parley
