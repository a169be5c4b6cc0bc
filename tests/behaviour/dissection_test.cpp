// What explain says of a capture of OpenSSL with itself is what tshark says of it
// (vectors/captures).
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "support/explained.hpp"
#include "tool/capture.hpp"

namespace parley::test {
namespace {

using namespace explain;

std::string content_of(const std::string& name) {
  std::ifstream in{PARLEY_SOURCE_DIR "/vectors/captures/" + name, std::ios::binary};
  std::ostringstream s;
  s << in.rdbuf();
  return s.str();
}

/// tshark's names; ours are paths, of which the front may be left out.
const std::multimap<std::string, std::string>& names() {
  static const std::multimap<std::string, std::string> kNames{
      {"record.content_type", "record.type"},
      {"record.version", "record.version"},
      {"record.length", "record.length"},
      {"handshake.type", "handshake.msg_type"},
      {"handshake.length", "handshake.length"},
      {"handshake.version", "client_hello.client_version"},
      {"handshake.version", "server_hello.server_version"},
      {"handshake.random", "_hello.random"},
      {"handshake.session_id_length", "_hello.session_id.length"},
      {"handshake.session_id", "_hello.session_id"},
      {"handshake.cipher_suites_length", "client_hello.cipher_suites.length"},
      {"handshake.ciphersuite", "client_hello.cipher_suites"},
      {"handshake.ciphersuite", "server_hello.cipher_suite"},
      {"handshake.comp_methods_length", "client_hello.compression_methods.length"},
      {"handshake.extensions_length", "_hello.extensions.length"},
      {"handshake.extension.type", ".type"},
      {"handshake.extension.len", ".data.length"},
      {"handshake.extensions_supported_group", ".named_group"},
      {"handshake.sig_hash_alg", ".signature_and_hash"},
      {"handshake.sig_hash_alg", "server_key_exchange.algorithm"},
      {"handshake.certificates_length", "certificate.certificate_list.length"},
      {"handshake.certificate_length", "certificate.asn1_cert.length"},
      {"handshake.certificate", "certificate.asn1_cert"},
      {"handshake.server_curve_type", "server_key_exchange.curve_type"},
      {"handshake.server_named_curve", "server_key_exchange.named_curve"},
      {"handshake.server_point_len", "server_key_exchange.point.length"},
      {"handshake.server_point", "server_key_exchange.point"},
      {"handshake.sig_len", "server_key_exchange.signature.length"},
      {"handshake.sig", "server_key_exchange.signature"},
      {"handshake.p_len", "server_key_exchange.dh_p.length"},
      {"handshake.p", "server_key_exchange.dh_p"},
      {"handshake.g_len", "server_key_exchange.dh_g.length"},
      {"handshake.g", "server_key_exchange.dh_g"},
      {"handshake.ys_len", "server_key_exchange.dh_Ys.length"},
      {"handshake.ys", "server_key_exchange.dh_Ys"},
      {"handshake.yc_len", "client_key_exchange.dh_Yc.length"},
      {"handshake.yc", "client_key_exchange.dh_Yc"},
      {"handshake.client_point_len", "client_key_exchange.ecdh_Yc.length"},
      {"handshake.client_point", "client_key_exchange.ecdh_Yc"},
      {"handshake.epms_len", "client_key_exchange.encrypted_pre_master_secret.length"},
      {"handshake.session_ticket_lifetime_hint", "new_session_ticket.ticket_lifetime_hint"},
      {"handshake.verify_data", "finished.verify_data"},
      {"alert_message.level", "alert.level"},
      {"alert_message.desc", "alert.description"},
  };
  return kNames;
}

using Said = std::map<std::tuple<std::size_t, std::string, std::string>, std::vector<std::string>>;

Said said_by_tshark() {
  Said said;
  std::istringstream in{content_of("openssl30.tsv")};
  std::size_t stream = 0;
  for (std::string side, name, value; in >> stream >> side >> name >> value;)
    said[{stream, side, name}].push_back(value);
  return said;
}

void say(Said& said, std::size_t stream, Side from, const Field& f, ByteView value) {
  if (f.size == 0) return;
  for (const auto& [theirs, ours] : names()) {
    const bool whole = ours.front() != '.' && ours.front() != '_';
    // ".type" is that of an extension, and of nothing else.
    const bool extension = f.path.find("_hello.extensions.") != std::string::npos;
    if (ours.front() == '.' && !extension) continue;
    if (whole ? f.path == ours : f.path.ends_with(ours))
      said[{stream, std::string{side_name(from)}, theirs}].push_back(to_hex(value));
  }
}

TEST(Dissection, every_field_that_tshark_names_has_the_same_bytes) {
  const auto found = tool::connections_in("openssl30.pcap", content_of("openssl30.pcap")).connections;
  ASSERT_EQ(found.size(), 7u);
  Said ours;
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_TRUE(found[i].gaps.empty());
    const Explanation e =
        decode(found[i].flow, {.key_log = content_of("openssl30.keys"), .server_key = {}});
    EXPECT_EQ(coverage(e).complaint, "");
    EXPECT_TRUE(e.stops.empty());
    EXPECT_EQ(e.sealed_records, 0u);
    EXPECT_EQ(e.handshakes_done, 1u);
    EXPECT_EQ(e.resumed, i == 6);
    for (const TranscriptUse& use : e.checks) EXPECT_TRUE(use.equal.value_or(true)) << use.what;
    for (const Finding& f : e.findings) EXPECT_NE(f.kind, FindingKind::surprise) << f.what;
    for (const Record& r : e.records)
      for (const Field& f : r.fields) say(ours, i, r.from, f, e.value(r, f));
    for (const Message& m : e.messages)
      for (const Field& f : m.fields) say(ours, i, m.from, f, Explanation::value(m, f));
  }
  const Said theirs = said_by_tshark();
  std::size_t fields = 0;
  for (const auto& [key, values] : theirs) {
    EXPECT_EQ(ours[key], values) << std::get<0>(key) << ' ' << std::get<1>(key) << ' '
                                 << std::get<2>(key);
    fields += values.size();
  }
  for (const auto& [key, values] : ours)
    EXPECT_EQ(theirs.count(key), values.empty() ? 0u : 1u)
        << "tshark does not name " << std::get<2>(key);
  EXPECT_GT(fields, 800u);
  std::cout << fields << " fields of " << found.size() << " connections as tshark has them\n";
}

}  // namespace
}  // namespace parley::test
