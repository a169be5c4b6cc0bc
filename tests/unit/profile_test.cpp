#include "protocol/profile.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "protocol/ssl30.hpp"
#include "protocol/tls12.hpp"
#include "record/half.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

using test::field;
using test::hex_field;
using test::VectorCase;

/// A profile with the files of its vectors.
struct Version {
  const ProtocolProfile& profile;
  const char* computed;
  const char* recorded = nullptr;
};
const std::array kVersions{
    Version{kSsl30, "profile/ssl30.txt", "profile/session_ssl30.txt"},
    Version{kTls10, "profile/tls10.txt", "profile/session_tls10.txt"},
    Version{kTls11, "profile/tls11.txt"},
    Version{kTls12, "profile/tls12.txt"},
};
/// Those of which OpenSSL's sessions were recorded.
const std::span kRecorded = std::span{kVersions}.first(2);

Side side_of(const VectorCase& c) {
  return field(c, "side") == "client" ? Side::client : Side::server;
}

/// What the profile computes for a case of the computed vectors; nothing when it has no such
/// function.
Bytes answer(const ProtocolProfile& p, const VectorCase& c) {
  const std::string& what = field(c, "what");
  const Bytes secret = hex_field(c, "secret");
  const auto prf = c.contains("prf") ? crypto::HashId::sha384 : crypto::HashId::sha256;
  if (what == "finished")
    return to_bytes(p.finished(prf, hex_field(c, "messages"), secret, side_of(c)));
  if (what == "certificate_verify") {
    if (p.certificate_verify == nullptr) return {};
    return to_bytes(p.certificate_verify(hex_field(c, "messages"), secret));
  }
  if (what == "record_mac") {
    const auto id = field(c, "hash") == "md5" ? crypto::HashId::md5 : crypto::HashId::sha1;
    const auto type = static_cast<ContentType>(test::number_field(c, "type"));
    const Bytes data = hex_field(c, "data");
    Bytes out(crypto::digest_size(id));
    p.record_mac(id, secret)
        .compute(mac_header(p, test::number_field(c, "sequence"), type, data.size()), data, out);
    return out;
  }
  Bytes out(field(c, "out").size() / 2);
  if (what == "extended_master_secret") {
    if (p.extended_master_secret == nullptr) return {};
    p.extended_master_secret(prf, secret, hex_field(c, "messages"), out);
    return out;
  }
  const Bytes client = hex_field(c, "client_random");
  const Bytes server = hex_field(c, "server_random");
  const Randoms randoms{.client = client, .server = server};
  if (what == "master_secret") p.master_secret(prf, secret, randoms, out);
  if (what == "export_keys") {
    if (p.export_keys == nullptr) return {};
    const std::size_t key_size = out.size() - test::number_field(c, "iv_size");
    p.export_keys(side_of(c), secret, randoms, ByteSpan{out}.first(key_size),
                  ByteSpan{out}.subspan(key_size));
  }
  if (what == "key_block") p.key_block(prf, secret, randoms, out);
  return out;
}

TEST(Profile, every_function_gives_the_answers_computed_from_the_text_of_its_rfc) {
  for (const Version& v : kVersions) {
    std::map<std::string, int> count;
    for (const VectorCase& c : test::read_vector_file(v.computed)) {
      EXPECT_EQ(to_hex(answer(v.profile, c)), field(c, "out"))
          << v.profile.name << " " << field(c, "what");
      ++count[field(c, "what")];
    }
    const int prfs = v.profile.version == kTls12.version ? 2 : 1;
    std::map<std::string, int> expected{{"master_secret", 4 * prfs},
                                        {"key_block", 5 * prfs},
                                        {"record_mac", 12 * prfs},
                                        {"finished", 10 * prfs}};
    if (v.profile.extended_master_secret != nullptr) expected["extended_master_secret"] = 3 * prfs;
    if (v.profile.certificate_verify != nullptr) expected["certificate_verify"] = 5;
    if (v.profile.export_keys != nullptr) expected["export_keys"] = 6;
    EXPECT_EQ(count, expected) << v.profile.name;
  }
}

TEST(Profile, a_record_mac_over_a_secret_length_is_the_same_mac) {
  for (const Version& v : kVersions)
    for (const VectorCase& c : test::read_vector_file(v.computed)) {
      if (field(c, "what") != "record_mac") continue;
      const auto id = field(c, "hash") == "md5" ? crypto::HashId::md5 : crypto::HashId::sha1;
      Bytes data = hex_field(c, "data");
      const std::size_t n = data.size();
      data.resize(n + 70, 0xee);  // bytes that must not matter
      Bytes out(crypto::digest_size(id));
      v.profile.record_mac(id, hex_field(c, "secret"))
          .compute_secret_length(
              mac_header(v.profile, test::number_field(c, "sequence"),
                         static_cast<ContentType>(test::number_field(c, "type")), n),
              data, n, n - std::min<std::size_t>(n, 100), out);
      EXPECT_EQ(to_hex(out), field(c, "out")) << v.profile.name << " " << n;
    }
}

// TLS 1.1 computes what TLS 1.0 does, but for the version inside the MAC.
TEST(Profile, no_function_of_one_version_gives_the_answers_of_another) {
  for (const Version& a : kVersions)
    for (const Version& b : kVersions) {
      if (&a == &b) continue;
      const bool alike = (&a == &kVersions[1] || &a == &kVersions[2]) &&
                         (&b == &kVersions[1] || &b == &kVersions[2]);
      for (const VectorCase& c : test::read_vector_file(b.computed)) {
        const bool equal = to_hex(answer(a.profile, c)) == field(c, "out");
        EXPECT_EQ(equal,
                  alike && field(c, "what") != "record_mac" && field(c, "what") != "export_keys")
            << a.profile.name << " as " << b.profile.name << ": " << field(c, "what");
      }
    }
}

// Sessions of OpenSSL 1.0.1 with itself.

TEST(RecordedSession, master_secret_is_the_one_openssl_printed) {
  for (const Version& v : kRecorded)
    for (const VectorCase& c : test::read_vector_file(v.recorded)) {
      Bytes master(48);
      v.profile.master_secret(
          crypto::HashId::sha256, hex_field(c, "premaster"),
          {.client = hex_field(c, "client_random"), .server = hex_field(c, "server_random")},
          master);
      EXPECT_EQ(to_hex(master), field(c, "master")) << v.profile.name << " " << field(c, "suite");
    }
}

TEST(RecordedSession, certificate_verify_is_what_the_client_signed) {
  for (const Version& v : kRecorded)
    for (const VectorCase& c : test::read_vector_file(v.recorded))
      EXPECT_EQ(to_hex(v.profile.certificate_verify(
                    hex_field(c, "messages_before_certificate_verify"), hex_field(c, "master"))),
                field(c, "certificate_verify_digest"))
          << v.profile.name << " " << field(c, "suite");
}

TEST(RecordedSession, both_finished_messages_are_reproduced) {
  for (const Version& v : kRecorded)
    for (const VectorCase& c : test::read_vector_file(v.recorded)) {
      const Bytes master = hex_field(c, "master");
      Bytes transcript = hex_field(c, "messages_before_certificate_verify");
      append(transcript, hex_field(c, "certificate_verify_message"));
      const std::string client =
          to_hex(v.profile.finished(crypto::HashId::sha256, transcript, master, Side::client));
      EXPECT_EQ(client, field(c, "client_finished_message").substr(8)) << field(c, "suite");
      append(transcript, hex_field(c, "client_finished_message"));
      const std::string server =
          to_hex(v.profile.finished(crypto::HashId::sha256, transcript, master, Side::server));
      EXPECT_EQ(server, field(c, "server_finished_message").substr(8)) << field(c, "suite");
    }
}

/// type:hex type:hex ...
struct Sealed {
  ContentType type;
  Bytes fragment;
};
std::vector<Sealed> records_of(const std::string& text) {
  std::vector<Sealed> v;
  std::istringstream in{text};
  for (std::string word; in >> word;) {
    const std::size_t colon = word.find(':');
    v.push_back({static_cast<ContentType>(std::stoi(word.substr(0, colon))),
                 test::from_hex(word.substr(colon + 1))});
  }
  return v;
}

/// Opens everything one side sent after its ChangeCipherSpec; "type=hex " of each.
std::string opened(const Version& v, const VectorCase& c, Side from) {
  const CipherSuite& suite = *find_cipher_suite(field(c, "suite"));
  const EncTraits& enc = enc_traits(suite.enc);
  const std::size_t mac = mac_size(suite);
  Bytes block(2 * (mac + enc.key_size + enc.iv_size));
  v.profile.key_block(
      crypto::HashId::sha256, hex_field(c, "master"),
      {.client = hex_field(c, "client_random"), .server = hex_field(c, "server_random")}, block);
  // RFC 2246 section 6.3: both MAC secrets, both keys, both IVs, the client's first.
  const std::size_t second = from == Side::client ? 0 : 1;
  const ByteView b = block;
  const DirectionKeys keys{
      .mac_secret = b.subspan(second * mac, mac),
      .key = b.subspan(2 * mac + second * enc.key_size, enc.key_size),
      .iv = b.subspan(2 * (mac + enc.key_size) + second * enc.iv_size, enc.iv_size)};
  Half half;
  half.set_pending(make_protection(v.profile, suite, keys));
  EXPECT_TRUE(half.change_keys());
  std::vector<Sealed> sealed =
      records_of(field(c, from == Side::client ? "client_records" : "server_records"));
  std::vector<OpenRecord> run;
  for (Sealed& s : sealed) run.push_back({s.type, s.fragment});
  std::size_t good = 0;
  EXPECT_TRUE(half.open(run, good)) << good << " of " << run.size() << " were good";
  std::string text;
  for (std::size_t i = 0; i < good; ++i)
    text += std::to_string(static_cast<int>(run[i].type)) + "=" + to_hex(run[i].fragment) + " ";
  return text;
}

// Finished, data and close_notify: key_block, record MAC, cipher state and count, all at once.
TEST(RecordedSession, the_records_of_both_sides_open) {
  for (const Version& v : kRecorded)
    for (const VectorCase& c : test::read_vector_file(v.recorded)) {
      const std::string client = opened(v, c, Side::client);
      const std::string server = opened(v, c, Side::server);
      EXPECT_TRUE(client.starts_with("22=" + field(c, "client_finished_message") + " 23="));
      EXPECT_TRUE(server.starts_with("22=" + field(c, "server_finished_message") + " 23="));
      EXPECT_TRUE(client.ends_with(" 21=0100 "));
      EXPECT_TRUE(server.ends_with(" 21=0100 "));
      // The peer echoes, so behind Finished both said the same.
      const auto data = [](std::string s) {
        std::string all;
        std::istringstream in{s};
        for (std::string word; in >> word;)
          if (word.starts_with("23=")) all += word.substr(3);
        return all;
      };
      EXPECT_EQ(data(client).size(), 2000U);
      EXPECT_EQ(data(client), data(server));
    }
}

// Versions and alerts.

TEST(Registry, profiles_stand_oldest_first_under_their_names) {
  const auto all = all_profiles();
  ASSERT_EQ(all.size(), 4U);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LT(all[i - 1]->version, all[i]->version);
  for (const ProtocolProfile* p : all) {
    EXPECT_EQ(find_profile(p->version), p);
    EXPECT_EQ(p->name, version_name(p->version));
  }
  EXPECT_EQ(find_profile(static_cast<ProtocolVersion>(0x0200)), nullptr);
  EXPECT_EQ(find_profile(static_cast<ProtocolVersion>(0x0305)), nullptr);
}

TEST(Registry, a_server_chooses_the_highest_version_not_above_the_clients) {
  using V = ProtocolVersion;
  const std::vector<V> both{V::tls10, V::ssl30};
  const std::vector<V> all{V::ssl30, V::tls10, V::tls11, V::tls12};
  const std::vector<V> ssl30{V::ssl30};
  const std::vector<V> tls10{V::tls10};
  const auto client = [](int v) { return static_cast<V>(v); };
  EXPECT_EQ(choose_version(both, client(0x0301)), &kTls10);
  EXPECT_EQ(choose_version(both, client(0x0303)), &kTls10);
  EXPECT_EQ(choose_version(both, client(0x0300)), &kSsl30);
  EXPECT_EQ(choose_version(all, client(0x0301)), &kTls10);
  EXPECT_EQ(choose_version(all, client(0x0302)), &kTls11);
  EXPECT_EQ(choose_version(all, client(0x0303)), &kTls12);
  EXPECT_EQ(choose_version(all, client(0x0304)), &kTls12);
  EXPECT_EQ(choose_version(both, client(0x02ff)), nullptr);
  EXPECT_EQ(choose_version(ssl30, client(0x0303)), &kSsl30);
  EXPECT_EQ(choose_version(tls10, client(0x0300)), nullptr);
  EXPECT_EQ(choose_version({}, client(0x0303)), nullptr);
}

TEST(Registry, a_client_offers_the_highest_version_it_may) {
  using V = ProtocolVersion;
  EXPECT_EQ(highest_to_offer(std::vector{V::tls10, V::ssl30}), &kTls10);
  EXPECT_EQ(highest_to_offer(std::vector{V::ssl30}), &kSsl30);
  EXPECT_EQ(highest_to_offer(std::vector{V::tls10}), &kTls10);
  EXPECT_EQ(highest_to_offer(std::vector{V::tls10, V::tls11, V::tls12}), &kTls12);
  EXPECT_EQ(highest_to_offer(std::vector{V::ssl30, V::tls11, V::tls12}), &kSsl30);  // a hole
  EXPECT_EQ(highest_to_offer(std::vector{V::tls11, V::tls10}), &kTls11);
  EXPECT_EQ(highest_to_offer({}), nullptr);
}

std::string substitutions(const ProtocolProfile* p) {
  std::string s;
  for (int n = 0; n < 256; ++n) {
    const auto a = static_cast<Alert>(n);
    const Alert said = substitute_alert(p, a);
    if (said != a && alert_name(a) != "unknown")
      s += std::string{alert_name(a)} + " -> " + std::string{alert_name(said)} + "\n";
  }
  return s;
}

TEST(Alerts, ssl_3_says_what_it_can) {
  EXPECT_EQ(substitutions(&kSsl30),
            "decryption_failed -> bad_record_mac\n"
            "record_overflow -> bad_record_mac\n"
            "unknown_ca -> bad_certificate\n"
            "access_denied -> handshake_failure\n"
            "decode_error -> illegal_parameter\n"
            "decrypt_error -> handshake_failure\n"
            "export_restriction -> handshake_failure\n"
            "protocol_version -> handshake_failure\n"
            "insufficient_security -> handshake_failure\n"
            "internal_error -> handshake_failure\n"
            "inappropriate_fallback -> handshake_failure\n"
            "user_canceled -> handshake_failure\n"
            "no_renegotiation -> handshake_failure\n"
            "unsupported_extension -> illegal_parameter\n"
            "certificate_unobtainable -> handshake_failure\n"
            "unrecognized_name -> handshake_failure\n"
            "bad_certificate_status_response -> handshake_failure\n"
            "bad_certificate_hash_value -> handshake_failure\n"
            "unknown_psk_identity -> handshake_failure\n"
            "no_application_protocol -> handshake_failure\n");
}

TEST(Alerts, tls_1_0_says_all_but_what_came_later_or_helps_an_oracle) {
  EXPECT_EQ(substitutions(&kTls10),
            "decryption_failed -> bad_record_mac\n"
            "no_certificate -> bad_certificate\n"
            "certificate_unobtainable -> handshake_failure\n"
            "bad_certificate_hash_value -> handshake_failure\n"
            "unknown_psk_identity -> handshake_failure\n");
  EXPECT_EQ(substitutions(nullptr), substitutions(&kTls10));
}

// RFC 4346 section 7.2, RFC 5246 section 7.2.
TEST(Alerts, tls_1_1_and_later_have_no_export_restriction) {
  EXPECT_EQ(substitutions(&kTls11),
            "decryption_failed -> bad_record_mac\n"
            "no_certificate -> bad_certificate\n"
            "export_restriction -> handshake_failure\n"
            "certificate_unobtainable -> handshake_failure\n"
            "bad_certificate_hash_value -> handshake_failure\n"
            "unknown_psk_identity -> handshake_failure\n");
  EXPECT_EQ(substitutions(&kTls12), substitutions(&kTls11));
}

TEST(Alerts, whatever_is_sent_exists_in_the_version) {
  for (const ProtocolProfile* p : all_profiles())
    for (int n = 0; n < 256; ++n) {
      const Alert said = substitute_alert(p, static_cast<Alert>(n));
      EXPECT_NE(std::ranges::find(p->alerts, said), p->alerts.end()) << p->name << " " << n;
    }
}

// The table of src/protocol/README.md.

/// A function is known by whose vectors it satisfies; one that is not there by "none".
std::string function_cell(const ProtocolProfile& p, std::string_view what, const char* ssl30,
                          const char* tls10, const char* tls12) {
  const std::array words{ssl30, tls10, tls10, tls12};
  for (std::size_t v = 0; v < kVersions.size(); ++v) {
    int right = 0, wrong = 0;
    for (const VectorCase& c : test::read_vector_file(kVersions[v].computed))
      if (field(c, "what") == what) ++(to_hex(answer(p, c)) == field(c, "out") ? right : wrong);
    if (right > 0 && wrong == 0) return words[v];
  }
  return "none";
}
std::string yes(bool b) { return b ? "yes" : "no"; }
std::string hex16(ProtocolVersion v) {
  const auto n = static_cast<std::uint16_t>(v);
  return "0x" + to_hex(std::array<std::uint8_t, 2>{static_cast<std::uint8_t>(n >> 8),
                                                   static_cast<std::uint8_t>(n)});
}
std::string script_cell(std::span<const Line> s) {
  const bool is_full = s.data() == std::span<const Line>{kFullHandshake}.data();
  const bool is_resumed = s.data() == std::span<const Line>{kResumption}.data();
  return is_full ? "kFullHandshake" : is_resumed ? "kResumption" : "another";
}

/// Every field of a profile in words, in the order of the struct.
std::vector<std::pair<std::string, std::string>> in_words(const ProtocolProfile& p) {
  // Names every member: a new one does not compile until it has a row here.
  const auto& [version, name, hello_record_version, prf, master_secret, extended_master_secret,
               key_block, export_keys, record_mac, mac_covers_version, padding, explicit_iv,
               split_cbc_records, finished, certificate_verify, bare_dsa_signatures,
               no_client_certificate, rsa_premaster, hello_extensions,
               close_notify_needed_to_resume, alerts, full, resumed] = p;
  static_cast<void>(master_secret);
  static_cast<void>(extended_master_secret);
  static_cast<void>(key_block);
  static_cast<void>(export_keys);
  static_cast<void>(record_mac);
  static_cast<void>(certificate_verify);
  const Bytes nothing;
  const std::string finished_size =
      std::to_string(finished(crypto::HashId::sha256, nothing, nothing, Side::client).size);
  return {
      {"version", hex16(version)},
      {"name", std::string{name}},
      {"hello_record_version", hex16(hello_record_version)},
      {"prf", prf == nullptr      ? "none"
              : prf == kTls12.prf ? "P_hash of the suite's hash"
                                  : "P_MD5 xor P_SHA-1"},
      {"master_secret", function_cell(p, "master_secret", "MD5 over SHA-1 with 'A', 'BB', 'CCC'",
                                      "PRF, \"master secret\"", "that PRF, \"master secret\"")},
      {"extended_master_secret",
       function_cell(p, "extended_master_secret", "", "PRF over MD5 and SHA-1 of the messages",
                     "that PRF over the hash of the messages")},
      {"key_block", function_cell(p, "key_block", "MD5 over SHA-1 with 'A', 'BB', 'CCC' ...",
                                  "PRF, \"key expansion\"", "that PRF, \"key expansion\"")},
      {"export_keys", function_cell(p, "export_keys", "MD5 of the key and the randoms",
                                    "PRF, \"client write key\" ...", "")},
      {"record_mac",
       function_cell(p, "record_mac", "pad_1 and pad_2 behind the secret", "HMAC", "HMAC")},
      {"mac_covers_version", yes(mac_covers_version)},
      {"padding", padding == PaddingRule::ssl3_length_only ? "shorter than a block, bytes free"
                                                           : "up to 255, every byte the length"},
      {"explicit_iv", yes(explicit_iv)},
      {"split_cbc_records", yes(split_cbc_records)},
      {"finished", function_cell(p, "finished", "MD5 and SHA-1 with sender and master secret, ",
                                 "PRF over MD5 and SHA-1, ", "that PRF over the suite's hash, ") +
                       finished_size + " bytes"},
      {"certificate_verify",
       function_cell(p, "certificate_verify", "MD5 and SHA-1 with the master secret",
                     "MD5 and SHA-1 of the messages", "")},
      {"bare_dsa_signatures", yes(bare_dsa_signatures)},
      {"no_client_certificate", no_client_certificate == NoCertRule::warning_alert
                                    ? "warning no_certificate"
                                    : "empty Certificate"},
      {"rsa_premaster",
       rsa_premaster == RsaPremaster::bare ? "bare" : "two length bytes before it"},
      {"hello_extensions", yes(hello_extensions)},
      {"close_notify_needed_to_resume", yes(close_notify_needed_to_resume)},
      {"alerts", std::to_string(alerts.size())},
      {"full", script_cell(full)},
      {"resumed", script_cell(resumed)},
  };
}

TEST(Profile, the_table_in_the_readme_is_the_difference_between_the_profiles) {
  std::string expected;
  std::string equal_in_all;
  std::vector<std::vector<std::pair<std::string, std::string>>> columns;
  for (const ProtocolProfile* p : all_profiles()) columns.push_back(in_words(*p));
  for (std::size_t i = 0; i < columns[0].size(); ++i) {
    const auto& [name, first] = columns[0][i];
    std::string row = "| `" + name + "` | " + first;
    bool differs = false;
    for (std::size_t v = 1; v < columns.size(); ++v) {
      const bool same = columns[v][i].second == columns[v - 1][i].second;
      differs = differs || !same;
      row += " | " + (same ? "same" : columns[v][i].second);
    }
    if (differs)
      expected += row + " |\n";
    else
      equal_in_all += "- `" + name + "`: " + first + "\n";
  }
  // The README has these lines; its table goes on with a column that says where each row stands.
  std::ifstream in(std::string{PARLEY_SOURCE_DIR} + "/src/protocol/README.md");
  std::string rows;
  std::string bullets;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("| `")) {
      std::size_t end = 0;
      for (std::size_t n = 0; n <= columns.size(); ++n) end = line.find('|', end + 1);
      rows += line.substr(0, end + 1) + "\n";
    }
    if (line.starts_with("- `")) bullets += line + "\n";
  }
  EXPECT_EQ(rows, expected) << "the rows that differ now are:\n" << expected;
  EXPECT_EQ(bullets, equal_in_all) << "the rows that are equal now are:\n" << equal_in_all;
}

}  // namespace
}  // namespace parley
