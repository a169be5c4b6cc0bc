// Limits that no other test reaches: at the limit, and one past it. limits.tsv has them all.
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "parley/issue.hpp"
#include "session/resumable.hpp"
#include "support/meddler.hpp"

namespace parley::test {
namespace {

using V = ProtocolVersion;

TEST(Limit, of_certificates_in_a_chain) {
  for (const std::size_t n : {limits::kChainLength, limits::kChainLength + 1}) {
    const auto client = client_config({V::tls10}, "RC4-SHA");
    client->verify_mode = VerifyMode::none;
    Pair p{{.client = client, .server = server_config({V::tls10}, "RC4-SHA")}};
    meddle<CertificateMessage>(
        p, Side::server, HandshakeType::certificate,
        [n](CertificateMessage& m) { m.certificate_list.resize(n, m.certificate_list.front()); });
    p.run();
    const bool taken = n == limits::kChainLength;
    EXPECT_EQ(p.client.peer_chain().size(), taken ? n : 0u);
    ASSERT_NE(p.client.failure(), nullptr) << "the server has signed another transcript";
    EXPECT_EQ(p.client.failure()->code == Errc::message_too_long, !taken)
        << p.client.failure()->text();
  }
}

TEST(Limit, of_data_that_waits_to_be_sent) {
  Pair p{{.client = client_config({V::tls10}, "NULL-SHA"),
          .server = server_config({V::tls10}, "NULL-SHA")}};
  ASSERT_TRUE(p.run());
  const Bytes most(limits::kQueuedPlaintext + 1);
  EXPECT_EQ(*p.client.write(most), limits::kQueuedPlaintext);
  EXPECT_EQ(*p.client.write(Bytes(1)), 0u);
  EXPECT_GT(p.client.outgoing().size(), limits::kQueuedPlaintext);
  p.client.sent(p.client.outgoing().size() - limits::kQueuedPlaintext + 1);
  EXPECT_EQ(*p.client.write(Bytes(2)), 1u);
}

TEST(Limit, of_the_age_of_a_session) {
  Session::Data d;
  d.created = kNow;
  const Config c;
  d.scope = c.session_scope;
  const Session s{std::move(d)};
  constexpr auto kAge = static_cast<std::int64_t>(limits::kSessionAge);
  EXPECT_TRUE(is_resumable(s, c, "", kNow + kAge - 1));
  EXPECT_FALSE(is_resumable(s, c, "", kNow + kAge));
  EXPECT_TRUE(is_resumable(s, c, "", kNow - kAge + 1));
  EXPECT_FALSE(is_resumable(s, c, "", kNow - kAge));
}

/// Of exactly so many bytes, by its names.
Certificate certificate_of(std::size_t size) {
  CertificateRequest request{.common_name = "x", .not_before = kNow, .not_after = kNow + 1};
  constexpr std::size_t kName = 60, kEncoded = kName + 2;
  const auto with = [&](std::size_t names, std::size_t last) {
    request.subject_alt_names.assign(names, std::string(kName, 'a'));
    request.subject_alt_names.push_back(std::string(last, 'a'));
    SeededRng rng{3};
    return *issue_certificate(rng, request, server_identity().key);
  };
  const std::size_t missing = size - with(100, 1).der().size();
  return with(100 + missing / kEncoded, 1 + missing % kEncoded);
}

TEST(Limit, of_a_chain_that_is_stored) {
  for (const std::size_t over : {0u, 1u}) {
    Session::Data d;
    d.peer_chain = {certificate_of(limits::kStoredChain + over)};
    ASSERT_EQ(d.peer_chain.front().der().size(), limits::kStoredChain + over);
    EXPECT_EQ(is_worth_storing(Session{std::move(d)}), over == 0);
  }
}

}  // namespace
}  // namespace parley::test
