// Every byte of every kind of connection is explained, once.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <tuple>

#include "suite/suite.hpp"
#include "support/explained.hpp"

namespace parley::test {
namespace {

using namespace explain;

std::string stops_of(const Explanation& e) {
  std::string s;
  for (const Stop& x : e.stops)
    s += std::string{side_name(x.from)} + " at " + std::to_string(x.offset) + ": " + x.text + "\n";
  for (const Finding& f : e.findings)
    if (f.kind == FindingKind::surprise) s += f.what + " (" + f.why + ")\n";
  return s;
}

std::vector<std::filesystem::path> golden_flows() {
  std::vector<std::filesystem::path> files;
  for (const auto& f : std::filesystem::directory_iterator{PARLEY_SOURCE_DIR "/vectors/golden"})
    if (f.path().extension() == ".flow") files.push_back(f.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string text_of(const std::filesystem::path& p) {
  std::ifstream in{p};
  std::ostringstream s;
  s << in.rdbuf();
  return s.str();
}

/// The key log that a stored flow brings along.
std::string key_log_in(const std::string& text) {
  constexpr std::string_view kMark = "# keylog ";
  std::string log;
  for (std::size_t at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at + 1))
    log.append(text, at + kMark.size(), text.find('\n', at) + 1 - at - kMark.size());
  return log;
}

/// Everything was opened and understood.
void expect_understood(const Explanation& e) {
  EXPECT_EQ(coverage(e).complaint, "");
  EXPECT_EQ(stops_of(e), "");
  EXPECT_EQ(e.sealed_records, 0u);
  EXPECT_TRUE(e.unframed.empty());
  std::size_t finished = 0;
  for (const TranscriptUse& use : e.checks) {
    if (!use.equal) continue;
    EXPECT_TRUE(*use.equal) << use.what;
    ++finished;
  }
  EXPECT_EQ(finished, 2 * e.handshakes_done);
  for (const Message& m : e.messages) {
    EXPECT_NE(m.kind, MessageKind::unknown) << m.name;
    for (const Field& f : m.fields) EXPECT_NE(f.kind, FieldKind::unknown) << m.name;
  }
}

TEST(Explain, covers_every_byte_of_the_golden_flows_exactly_once) {
  std::size_t records = 0, messages = 0, flows = 0;
  for (const auto& file : golden_flows()) {
    SCOPED_TRACE(file.filename());
    const std::string text = text_of(file);
    const auto flow = parse_flow(text);
    ASSERT_TRUE(flow);
    std::size_t bytes = 0;
    for (const Chunk& chunk : *flow) bytes += chunk.bytes.size();
    const bool refused = file.filename() == "tls10-early-change-cipher-spec.flow";
    const Explanation opened = decode(*flow, {.key_log = key_log_in(text), .server_key = {}});
    if (!refused) {
      expect_understood(opened);
      EXPECT_EQ(opened.handshakes_done, 1u);
    }
    const Explanation closed = decode(*flow);
    EXPECT_EQ(closed.stops.size(), refused ? 1u : 0u);
    EXPECT_EQ(closed.sealed_records != 0, !refused);
    for (const Explanation* e : {&opened, &closed}) {
      const Coverage c = coverage(*e);
      EXPECT_EQ(c.complaint, "");
      EXPECT_TRUE(e->unframed.empty());
      EXPECT_EQ(c.records, bytes);
      if (e == &opened) records += c.records;
      if (e == &opened) messages += c.messages;
    }
    ++flows;
  }
  EXPECT_GE(flows, 53u);
  std::cout << flows << " golden flows: " << records << " bytes of records and " << messages
            << " bytes of messages, each explained once\n";
}

/// One suite of each kind: key exchange, authentication, export, and form of records.
std::vector<const CipherSuite*> one_of_each(ProtocolVersion v) {
  std::vector<const CipherSuite*> chosen;
  std::set<std::tuple<Kx, Auth, bool, EncTraits::Mode, bool>> seen;
  for (const CipherSuite* s : suites_of(v))
    if (seen.emplace(s->kx, s->auth, s->is_export, enc_traits(s->enc).mode,
                     s->enc == Enc::chacha20_poly1305)
            .second)
      chosen.push_back(s);
  return chosen;
}

class Versions : public ::testing::TestWithParam<ProtocolVersion> {};
INSTANTIATE_TEST_SUITE_P(Explain, Versions, ::testing::ValuesIn(all_versions()),
                         [](const auto& i) { return test_name(i.param); });

TEST_P(Versions, every_key_exchange_and_form_of_record_is_explained_and_opened) {
  std::size_t suites = 0, bytes = 0;
  for (const CipherSuite* suite : one_of_each(GetParam())) {
    SCOPED_TRACE(suite->openssl_name);
    const Taped t = tape_connection(suite_options(*suite, GetParam()));
    ASSERT_TRUE(t.open);
    const Explanation e = decode(t.flow, t.secrets);
    expect_understood(e);
    EXPECT_EQ(e.version, GetParam());
    EXPECT_EQ(e.suite, suite);
    EXPECT_EQ(e.handshakes_done, 1u);
    std::size_t data = 0;
    for (const Message& m : e.messages)
      if (m.kind == MessageKind::application_data) data += m.bytes.size();
    EXPECT_EQ(data, 60u);
    const Explanation without = decode(t.flow);
    EXPECT_EQ(coverage(without).complaint, "");
    EXPECT_EQ(stops_of(without), "");
    EXPECT_GT(without.sealed_records, 3u);
    ++suites;
    bytes += coverage(e).records;
  }
  std::cout << suites << " kinds of suites: " << bytes
            << " bytes of records, each explained once\n";
}

TEST_P(Versions, encrypt_then_mac_a_client_certificate_and_alpn_are_explained) {
  const auto client = client_config({GetParam()}, "AES128-SHA");
  const auto server = server_config({GetParam()}, "AES128-SHA");
  client->identities = {client_identity()};
  client->alpn_protocols = server->alpn_protocols = {"http/1.1"};
  client->encrypt_then_mac = server->encrypt_then_mac = true;
  server->verify_mode = VerifyMode::required;
  const Taped t = tape_connection({.client = client, .server = server, .server_name = "localhost"});
  ASSERT_TRUE(t.open);
  const Explanation e = decode(t.flow, t.secrets);
  expect_understood(e);
  bool verified = false;
  for (const Finding& f : e.findings)
    verified = verified || f.what.find("CertificateVerify is that of the key") != std::string::npos;
  EXPECT_TRUE(verified);
}

TEST_P(Versions, a_client_without_a_certificate_is_in_order) {
  const auto server = server_config({GetParam()}, "AES128-SHA");
  server->verify_mode = VerifyMode::optional;
  const Taped t =
      tape_connection({.client = client_config({GetParam()}, "AES128-SHA"), .server = server});
  ASSERT_TRUE(t.open);
  const Explanation e = decode(t.flow, t.secrets);
  expect_understood(e);
  for (const Message& m : e.messages) EXPECT_FALSE(m.out_of_order) << m.name;
}

TEST_P(Versions, resumed_sessions_are_explained_by_id_and_by_ticket) {
  for (const bool tickets : {false, true}) {
    SCOPED_TRACE(tickets);
    const auto client = client_config({GetParam()}, "AES256-SHA");
    const auto server = server_config({GetParam()}, "AES256-SHA");
    if (tickets) server->ticket_keys = std::make_shared<TicketKeys>(7200);
    Pair first{{.client = client, .server = server}};
    ASSERT_TRUE(first.run());
    const Taped t = tape_connection(
        {.client = client, .server = server, .resume = first.client.session(), .seed = 2});
    ASSERT_TRUE(t.open);
    const Explanation e = decode(t.flow, t.secrets);
    expect_understood(e);
    EXPECT_TRUE(e.resumed);
  }
}

TEST_P(Versions, renegotiation_is_explained_under_both_keys) {
  for (const Side asking : {Side::client, Side::server}) {
    const auto client = client_config({GetParam()}, "AES128-SHA");
    const auto server = server_config({GetParam()}, "AES128-SHA");
    client->renegotiation = server->renegotiation = Renegotiation::freely;
    Taped t;
    Pair p{{.client = client, .server = server}};
    tape(p, t.flow);
    ASSERT_TRUE(p.run());
    ASSERT_TRUE(p.at(asking).renegotiate());
    p.run();
    p.transfer(Side::client, Bytes(10, 1));
    t.secrets.key_log = key_log_of(p.client_seen);
    const Explanation e = decode(t.flow, t.secrets);
    expect_understood(e);
    EXPECT_EQ(e.handshakes_done, 2u);
    EXPECT_EQ(e.client_randoms.size(), 2u);
  }
}

TEST_P(Versions, the_servers_rsa_key_opens_what_a_key_log_opens) {
  const Taped t = tape_connection({.client = client_config({GetParam()}, "AES128-SHA"),
                                   .server = server_config({GetParam()}, "AES128-SHA")});
  const Explanation by_log = decode(t.flow, t.secrets);
  const Explanation by_key = decode(t.flow, {.key_log = {}, .server_key = server_identity().key});
  expect_understood(by_key);
  ASSERT_EQ(by_log.messages.size(), by_key.messages.size());
  for (std::size_t i = 0; i < by_log.messages.size(); ++i)
    EXPECT_EQ(by_log.messages[i].bytes, by_key.messages[i].bytes);
  // Both begin at the premaster secret, which one is given and the other decrypts.
  ASSERT_EQ(by_key.derivations.size(), by_log.derivations.size());
  EXPECT_EQ(by_log.derivations[0].operation, Operation::given);
  EXPECT_EQ(by_key.derivations[0].operation, Operation::rsa_decrypt);
  EXPECT_EQ(by_key.derivations[0].output, by_log.derivations[0].output);
}

TEST(Explain, a_wrong_secret_opens_nothing_and_says_so) {
  const Taped t = tape_connection({.client = client_config(), .server = server_config()});
  Secrets wrong = t.secrets;
  wrong.key_log.back() = ' ';
  char& last = wrong.key_log[wrong.key_log.size() - 2];
  last = last == '0' ? '1' : '0';
  const Explanation both = decode(t.flow, wrong);
  EXPECT_EQ(both.sealed_records, 0u);
  EXPECT_TRUE(std::ranges::any_of(both.findings, [](const Finding& f) {
    return f.kind == FindingKind::surprise && f.what.find("key log") != std::string::npos;
  }));
  wrong.key_log.erase(0, wrong.key_log.find('\n') + 1);  // the premaster secret
  const Explanation e = decode(t.flow, wrong);
  EXPECT_EQ(coverage(e).complaint, "");
  ASSERT_FALSE(e.stops.empty());
  EXPECT_EQ(e.stops[0].why.code, Errc::bad_record_mac);
  EXPECT_GT(e.sealed_records, 0u);
}

TEST(Explain, how_a_flow_is_cut_into_chunks_makes_no_difference) {
  const Taped t = tape_connection({.client = client_config(), .server = server_config()});
  Flow bytewise;
  for (const Chunk& c : t.flow)
    for (const std::uint8_t b : c.bytes) bytewise.push_back({c.from, {}, {b}});
  const Explanation whole = decode(t.flow, t.secrets), cut = decode(bytewise, t.secrets);
  ASSERT_EQ(whole.messages.size(), cut.messages.size());
  for (std::size_t i = 0; i < whole.messages.size(); ++i) {
    EXPECT_EQ(whole.messages[i].name, cut.messages[i].name);
    EXPECT_EQ(whole.messages[i].bytes, cut.messages[i].bytes);
  }
  EXPECT_EQ(cut.stops.size(), 0u);
}

std::vector<std::string> findings_of(const Explanation& e, FindingKind kind) {
  std::vector<std::string> all;
  for (const Finding& f : e.findings)
    if (f.kind == kind) all.push_back(f.what + ": " + f.why);
  return all;
}
bool says(const std::vector<std::string>& all, std::string_view words) {
  return std::ranges::any_of(
      all, [&](const std::string& s) { return s.find(words) != std::string::npos; });
}

TEST(Explain, every_choice_names_its_setting_and_the_certificate_is_one) {
  const auto client = client_config({ProtocolVersion::tls12});
  const Taped t = tape_connection({.client = client,
                                   .server = server_config({ProtocolVersion::tls12}),
                                   .server_name = "localhost"});
  ASSERT_TRUE(t.open);
  const Explanation e = decode(t.flow, t.secrets);
  for (const Finding& f : e.findings)
    EXPECT_EQ(f.kind == FindingKind::weakness && f.setting.empty(), false) << f.what;
  const auto decisions = findings_of(e, FindingKind::decision);
  EXPECT_TRUE(says(decisions, "the server shows the certificate of CN="));
  EXPECT_TRUE(says(decisions, "the client asks for localhost"));
}

TEST(Explain, a_conversation_that_ends_early_says_what_was_expected) {
  const Taped t = tape_connection({.client = client_config({ProtocolVersion::tls10}, "AES128-SHA"),
                                   .server = server_config({ProtocolVersion::tls10})});
  ASSERT_TRUE(t.open);
  Flow flow;
  std::size_t unsaid = 0, done = 0;
  for (const Chunk& c : t.flow) {
    flow.push_back(c);
    const Explanation e = decode(flow, t.secrets);
    const bool told =
        says(findings_of(e, FindingKind::surprise), "ends inside the handshake: expected ");
    EXPECT_EQ(told, e.handshakes_done == 0 && e.stops.empty());
    ++(told ? unsaid : done);
  }
  EXPECT_GE(unsaid, 3u);
  EXPECT_GE(done, 1u);
}

TEST(Explain, says_why_the_secrets_that_it_has_open_nothing) {
  const auto closed = [](const char* suite, const std::string& log, bool with_key) {
    const Taped t = tape_connection({.client = client_config({ProtocolVersion::tls10}, suite),
                                     .server = server_config({ProtocolVersion::tls10})});
    EXPECT_TRUE(t.open);
    Secrets secrets{.key_log = log, .server_key = {}};
    if (with_key) secrets.server_key = server_identity().key;
    return findings_of(decode(t.flow, secrets), FindingKind::note);
  };
  const std::string other = "CLIENT_RANDOM " + std::string(64, '0') + " " + std::string(96, '1');
  EXPECT_TRUE(says(closed("AES128-SHA", "", false),
                   "there is no secret for this connection; a key "
                   "log has them, or the server's RSA key"));
  EXPECT_TRUE(says(closed("AES128-SHA", "rubbish\n", false), "no line that says a secret"));
  EXPECT_TRUE(says(closed("AES128-SHA", other, false), "no line for client random "));
  EXPECT_TRUE(
      says(closed("DHE-RSA-AES128-SHA", "", true),
           "the server's key signs in TLS_DHE_RSA_WITH_AES_128_CBC_SHA, and opens nothing; a "
           "key log has them"));
}

TEST(Explain, hellos_are_read_by_the_text_of_their_own_version) {
  for (const auto& [version, rfc] : {std::pair{ProtocolVersion::ssl30, "RFC 6101"},
                                     std::pair{ProtocolVersion::tls10, "RFC 2246"},
                                     std::pair{ProtocolVersion::tls11, "RFC 4346"},
                                     std::pair{ProtocolVersion::tls12, "RFC 5246"}}) {
    const Taped t =
        tape_connection({.client = client_config({version}), .server = server_config({version})});
    ASSERT_TRUE(t.open);
    const Explanation e = decode(t.flow, t.secrets);
    for (const std::size_t hello : {std::size_t{0}, std::size_t{1}})
      EXPECT_EQ(e.messages[hello].specification.substr(0, 8), rfc) << e.messages[hello].name;
  }
}

}  // namespace
}  // namespace parley::test
