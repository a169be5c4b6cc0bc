// Every value of a derivation is computed again by Python's hashlib and hmac and by the openssl
// command line, and every input of one has been said before.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>

#include "suite/suite.hpp"
#include "support/explained.hpp"
#ifndef PARLEY_NO_SSL2
#include "support/ssl2_pair.hpp"
#endif

namespace parley::test {
namespace {

using namespace explain;

/// What an onlooker has seen of a message: it, and all runs of its fields.
bool is_on_the_wire(const Explanation& e, const Derivation& d, const Input& in) {
  for (std::size_t i = 0; i <= d.message; ++i) {
    const std::string_view text = as_text(e.messages[i].bytes);
    if (text.find(as_text(in.value)) != std::string_view::npos) return true;
  }
  return false;
}
bool is_transcript(const Explanation& e, const Input& in) {
  Bytes all;
  std::set<std::size_t> starts;
  unsigned handshake = 0;
  for (const Message& m : e.messages) {
    if (!m.in_transcript) continue;
    if (m.handshake != handshake) all.clear();
    handshake = m.handshake;
    append(all, m.bytes);
    if (all == in.value) return true;
  }
  return false;
}
bool is_constant(const Input& in) {
  if (in.value.empty() || in.name == "label" || in.name == "sender") return true;
  if (in.name == "pad_1") return in.value == Bytes(in.value.size(), 0x36);
  if (in.name == "pad_2") return in.value == Bytes(in.value.size(), 0x5c);
  return in.name == std::string{"'"}.append(as_text(in.value)).append("'");
}

/// Every input was an output before, or is known to everybody.
void expect_connected(const Explanation& e) {
  std::set<std::string> outputs;
  for (const Derivation& d : e.derivations) {
    for (const Input& in : d.inputs)
      EXPECT_TRUE(outputs.count(to_hex(in.value)) != 0 || is_constant(in) ||
                  is_on_the_wire(e, d, in) || is_transcript(e, in) || in.name == "client_random")
          << in.name << " of " << d.name << " comes from nowhere";
    outputs.insert(to_hex(d.output));
  }
}

class Recomputed : public ::testing::Test {
 protected:
  void add(const Explanation& e) {
    ASSERT_FALSE(e.derivations.empty());
    expect_connected(e);
    for (const Derivation& d : e.derivations) add(d);
    for (const Record& r : e.records) {
      EXPECT_EQ(r.mac.empty(), !r.is_protected || !r.opened);
      for (const Derivation& d : r.mac) add(d);
      for (const Field& f : r.fields)
        if (f.path == "record.MAC") {
          EXPECT_EQ(to_hex(r.mac.back().output), to_hex(e.value(r, f)));
        }
    }
  }
  void add(const Derivation& d) {
    text_ += d.name + "\t" + std::string{operation_name(d.operation)} + "\t" +
             std::to_string(d.at) + "\t" + to_hex(d.output);
    for (const Input& in : d.inputs) text_ += "\t" + (in.value.empty() ? "-" : to_hex(in.value));
    text_ += "\n";
    names_.insert(d.name);
  }
  void expect_right() {
    const std::string base = ::testing::TempDir() + "explain_" + std::to_string(getpid());
    std::ofstream{base + ".tsv"} << text_;
    std::ofstream{base + ".pem"} << server_identity().key.to_pem();
    const std::string command = "python3 '" PARLEY_SOURCE_DIR "/tests/behaviour/recompute.py' '" +
                                base + ".tsv' '" + base + ".pem'";
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::remove((base + ".tsv").c_str());
    std::remove((base + ".pem").c_str());
  }
  std::set<std::string> names_;
  std::string text_;
};

class RecomputedVersions : public Recomputed,
                           public ::testing::WithParamInterface<ProtocolVersion> {};
INSTANTIATE_TEST_SUITE_P(Explain, RecomputedVersions, ::testing::ValuesIn(all_versions()),
                         [](const auto& i) { return test_name(i.param); });

TEST_P(RecomputedVersions, from_the_premaster_secret_to_both_finished) {
  for (const CipherSuite* suite : suites_of(GetParam())) {
    if (suite->kx != Kx::rsa) continue;
    SCOPED_TRACE(suite->openssl_name);
    const auto set = [&](Side s) {
      auto c = s == Side::client ? client_config({GetParam()}) : server_config({GetParam()});
      c->suites = {suite};
      c->extended_master_secret = suite->enc != Enc::aes128;  // both forms
      return c;
    };
    const Taped t = tape_connection({.client = set(Side::client), .server = set(Side::server)});
    ASSERT_TRUE(t.open);
    Explanation e = decode(t.flow, {.key_log = {}, .server_key = server_identity().key});
    if (e.derivations.empty()) e = decode(t.flow, t.secrets);  // RSA_EXPORT has a key of its own
    EXPECT_TRUE(e.stops.empty());
    add(e);
  }
  for (const char* name : {"master_secret", "key_block", "client_write_key", "server_write_key",
                           "pre_master_secret", "client finished", "server finished", "MAC"})
    EXPECT_EQ(names_.count(name), 1u) << name;
  expect_right();
}

#ifndef PARLEY_NO_SSL2
TEST_F(Recomputed, the_keys_of_ssl2) {
  for (const bool with_certificate : {false, true}) {
    const auto client = ssl2_config(Side::client), server = ssl2_config(Side::server);
    if (with_certificate) client->identities = {client_identity()};
    server->verify_mode = VerifyMode::optional;
    for (const CipherSuite* kind : CipherList{client->suites}) {
      client->suites = server->suites = {kind};
      Flow flow;
      Ssl2Pair p{{.client = client, .server = server}};
      tape(p, flow);
      ASSERT_TRUE(p.run());
      add(decode(flow, {.key_log = {}, .server_key = server_identity().key}));
    }
  }
  EXPECT_EQ(names_.count("KEY-MATERIAL"), 1u);
  EXPECT_EQ(names_.count("certificate digest"), 1u);
  EXPECT_EQ(names_.count("MAC-DATA"), 1u);
  EXPECT_EQ(names_.count("IV"), 1u);
  expect_right();
}
#endif

TEST_F(Recomputed, a_wrong_value_is_found) {
  text_ = "wrong\tmd5\t0\t00112233445566778899aabbccddeeff\t-\n";
  const std::string file = ::testing::TempDir() + "explain_wrong_" + std::to_string(getpid());
  std::ofstream{file} << text_;
  const std::string command =
      "python3 '" PARLEY_SOURCE_DIR "/tests/behaviour/recompute.py' '" + file + "' /dev/null";
  EXPECT_NE(std::system(command.c_str()), 0);
  std::remove(file.c_str());
}

}  // namespace
}  // namespace parley::test
