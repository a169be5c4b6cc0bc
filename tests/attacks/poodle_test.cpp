// POODLE (CVE-2014-3566): a block of nothing but padding at the end of an SSL 3.0 record can be
// exchanged for any other, and the peer tells whether its last byte was right. No data travels in
// such a record.
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "suite/suite.hpp"
#include "support/pair.hpp"

namespace parley::test {
namespace {

using V = ProtocolVersion;

/// What is left of each record of data on the wire when data and MAC are taken off: the padding.
class Paddings final : public Observer {
 public:
  explicit Paddings(const CipherSuite& s) : mac_(mac_size(s)) {}
  void on(const Event& e) override {
    const auto* r = std::get_if<RecordEvent>(&e);
    if (r == nullptr || r->type != ContentType::application_data) return;
    seen.push_back(r->wire_size - limits::kRecordHeader - r->fragment.size() - mac_);
  }
  std::vector<std::size_t> seen;

 private:
  std::size_t mac_;
};

std::vector<const CipherSuite*> cbc_suites(V v) {
  std::vector<const CipherSuite*> found;
  for (const CipherSuite* s : suites_of(v))
    if (enc_traits(s->enc).mode == EncTraits::Mode::cbc) found.push_back(s);
  return found;
}

/// An open pair whose client is watched.
struct Line {
  Line(const CipherSuite& suite, V v, bool narrow)
      : options(suite_options(suite, v)), paddings(suite) {
    auto c = std::make_shared<Config>(*options.client);
    c->split_cbc_records = narrow;
    client = std::make_unique<Connection>(
        Connection::client(c, options.server_name, {client_rng, clock, &paddings}));
    server = std::make_unique<Connection>(
        Connection::server(options.server, {server_rng, clock, nullptr}));
    settle(*client, *server, up, down);
  }
  bool open() const {
    return client->phase() == Connection::Phase::open && server->phase() == Connection::Phase::open;
  }
  Bytes send(ByteView data) { return transfer(*client, *server, up, data); }

  Pair::Options options;
  FixedClock clock{kNow};
  SeededRng client_rng{2}, server_rng{3};
  Paddings paddings;
  std::unique_ptr<Connection> client, server;
  Wire up, down;
};

Bytes text(std::size_t n) {
  Bytes b(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  return b;
}

/// 1 to 64 cross every block several times; the last are full records and some more.
std::vector<std::size_t> sizes() {
  std::vector<std::size_t> all;
  for (std::size_t n = 1; n <= 64; ++n) all.push_back(n);
  for (std::size_t n = 0; n <= 32; ++n) all.push_back(limits::kPlaintext - 16 + n);
  all.push_back(2 * limits::kPlaintext);
  return all;
}

TEST(Poodle, finds_no_block_of_padding_alone_behind_data_of_any_size) {
  const auto suites = cbc_suites(V::ssl30);
  ASSERT_GE(suites.size(), 20u);
  for (const CipherSuite* suite : suites) {
    SCOPED_TRACE(suite->openssl_name);
    const std::size_t block = enc_traits(suite->enc).iv_size;
    Line line(*suite, V::ssl30, true);
    ASSERT_TRUE(line.open());
    for (const std::size_t n : sizes()) {
      const Bytes data = text(n);
      ASSERT_EQ(line.send(data), data) << n;
    }
    for (const std::size_t p : line.paddings.seen) {
      EXPECT_GE(p, 1u);
      EXPECT_LT(p, block);
    }
  }
}

// Or else the test above would see nothing.
TEST(Poodle, would_find_one_among_sixteen_sizes_if_nothing_were_done) {
  for (const CipherSuite* suite : cbc_suites(V::ssl30)) {
    SCOPED_TRACE(suite->openssl_name);
    const std::size_t block = enc_traits(suite->enc).iv_size;
    Line line(*suite, V::ssl30, false);
    ASSERT_TRUE(line.open());
    for (std::size_t n = 1; n <= 16; ++n) line.send(text(n));
    EXPECT_EQ(line.paddings.seen.size(), 16u) << "the setting for peers that want no more records";
    EXPECT_EQ(std::ranges::count(line.paddings.seen, block),
              static_cast<std::ptrdiff_t>(16 / block));
  }
}

TEST(Poodle, costs_a_record_of_one_byte_and_only_where_it_has_to) {
  const CipherSuite& suite = *find_cipher_suite("DES-CBC3-SHA");  // 20 bytes of MAC, blocks of 8
  Line line(suite, V::ssl30, true);
  const auto records_of = [&](std::size_t n) {
    const std::size_t before = line.paddings.seen.size();
    line.send(text(n));
    return line.paddings.seen.size() - before;
  };
  EXPECT_EQ(records_of(1), 1u);
  EXPECT_EQ(records_of(4), 2u);  // 1 and 3, since the first byte travels alone anyway
  EXPECT_EQ(records_of(5), 3u);  // 1, 3 and 1: not 1 and 4
  EXPECT_EQ(records_of(6), 2u);
}

TEST(Poodle, is_nothing_that_tls_has_to_avoid) {
  Line line(*find_cipher_suite("AES128-SHA"), V::tls10, true);
  ASSERT_TRUE(line.open());
  for (std::size_t n = 1; n <= 17; ++n) line.send(text(n));
  EXPECT_NE(std::ranges::count(line.paddings.seen, std::size_t{16}), 0);
}

}  // namespace
}  // namespace parley::test
