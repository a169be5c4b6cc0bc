// Fault -> alert: every way input can be wrong, and what answers it. A row is one way; the alerts
// stand here a second time on purpose.
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "support/forger.hpp"
#include "support/meddler.hpp"

namespace parley::test {
namespace {

using V = ProtocolVersion;
using T = HandshakeType;

/// What is seen of the one who is wronged. Before a version has been chosen it is TLS's.
struct Answer {
  std::optional<Alert> tls, ssl30;  ///< nothing: silence
};
constexpr Answer both(Alert a) { return {a, a}; }
constexpr Answer differs(Alert tls, Alert ssl30) { return {tls, ssl30}; }
constexpr Answer kSilence{};

struct Settings {
  V version;
  std::shared_ptr<Config> client, server;
};

struct Fault {
  const char* name;
  Side victim;
  Answer answer;
  std::function<void(Pair&)> commit;  ///< before anything has moved, or once open
  std::string_view suite = "RC4-SHA";
  std::function<void(Settings&)> prepare = [](Settings&) {};
  bool open = false;   ///< commit it after the handshake
  V first = V::ssl30;  ///< not before this version
  V last = V::tls12;
};
std::ostream& operator<<(std::ostream& out, const Fault& f) { return out << f.name; }

template <class M>
std::function<void(Pair&)> edited(Side from, T type, std::function<void(M&)> edit) {
  return [=](Pair& p) { meddle<M>(p, from, type, edit); };
}
std::function<void(Pair&)> rewritten(Side from, T type, std::function<void(Bytes& body)> edit) {
  return [=](Pair& p) {
    meddle(p, from, [=](T t, Bytes& message) {
      if (t != type) return;
      Bytes body{message.begin() + 4, message.end()};
      edit(body);
      message = handshake_message(type, body);
    });
  };
}
std::function<void(Pair&)> first_bytes(Bytes bytes) {
  return [bytes = std::move(bytes)](Pair& p) { p.inject(Side::server, bytes); };
}
/// A record of the version under way, sealed where there are keys.
std::function<void(Pair&)> forged(Side from, ContentType type, Bytes body, int times = 1) {
  return [=](Pair& p) {
    Forger f{p, from};
    for (int i = 0; i < times; ++i) p.inject(other(from), f.seal(type, body));
  };
}
std::function<void(Pair&)> early(Side from, ContentType type, Bytes body) {
  return [=](Pair& p) {
    p.deliver(Side::client);
    p.inject(other(from), record(type, *p.server.version(), body));
  };
}
void ask_for_certificate(Settings& s) { s.server->verify_mode = VerifyMode::required; }
void mutual(Settings& s) {
  s.server->verify_mode = VerifyMode::required;
  s.client->identities = {client_identity()};
}
void without_binding(Settings& s) { s.client->extended_master_secret = false; }
void add_extension(ClientHello& m, Bytes extension) {
  if (!m.extensions) m.extensions.emplace();
  append(*m.extensions, extension);
}

const Side C = Side::client, S = Side::server;
const std::vector<Fault>& faults() {
  static const std::vector<Fault> all{
      // The first bytes.
      {"http", S, both(Alert::unexpected_message),
       first_bytes(to_bytes(as_bytes("GET / HTTP/1.0\r\n\r\n")))},
      {"a_banner", S, both(Alert::protocol_version),
       first_bytes(to_bytes(as_bytes("SSH-2.0-x\r\n")))},
      {"a_record_of_another_major_version", S, both(Alert::protocol_version),
       first_bytes({22, 4, 0, 0, 4})},
      {"a_first_record_too_long", S, both(Alert::record_overflow),
       first_bytes({22, 3, 1, 0x48, 1})},
      // ClientHello.
      {"a_hello_cut_short", S, both(Alert::decode_error),
       rewritten(C, T::client_hello, [](Bytes& b) { b.resize(36); })},
      {"a_hello_with_a_byte_too_many", S, both(Alert::decode_error),
       rewritten(C, T::client_hello, [](Bytes& b) { b.push_back(0); })},
      {"a_session_id_of_33_bytes", S, both(Alert::decode_error),
       rewritten(C, T::client_hello, [](Bytes& b) { b[34] = 33; })},
      {"no_null_compression", S, both(Alert::illegal_parameter),
       edited<ClientHello>(C, T::client_hello,
                           [](ClientHello& m) { m.compression_methods = {1}; })},
      {"no_common_suite", S, both(Alert::handshake_failure),
       edited<ClientHello>(C, T::client_hello, [](ClientHello& m) { m.cipher_suites = {0x1301}; })},
      {"a_version_too_low", S, both(Alert::protocol_version),
       edited<ClientHello>(C, T::client_hello, [](ClientHello& m) { m.client_version = 0x0200; })},
      {"an_inappropriate_fallback", S, both(Alert::inappropriate_fallback),
       edited<ClientHello>(C, T::client_hello,
                           [](ClientHello& m) { m.cipher_suites.push_back(0x5600); }),
       "RC4-SHA", [](Settings& s) { s.server->versions = Config{}.versions; }, false, V::ssl30,
       V::tls11},
      {"two_extensions_of_a_kind", S, both(Alert::decode_error),
       edited<ClientHello>(C, T::client_hello,
                           [](ClientHello& m) {
                             add_extension(m, {0x77, 0, 0, 0, 0x77, 0, 0, 0});
                           }),
       "RC4-SHA", [](Settings&) {}, false, V::tls10},
      {"a_server_name_with_a_nul", S, both(Alert::decode_error),
       edited<ClientHello>(C, T::client_hello,
                           [](ClientHello& m) {
                             add_extension(m, {0, 0, 0, 8, 0, 6, 0, 0, 3, 'a', 0, 'b'});
                           }),
       "RC4-SHA", [](Settings&) {}, false, V::tls10},
      {"a_binding_to_nothing", S, both(Alert::handshake_failure),
       edited<ClientHello>(C, T::client_hello,
                           [](ClientHello& m) {
                             add_extension(m, {0xff, 1, 0, 2, 1, 7});
                           })},
      // ServerHello.
      {"a_version_not_offered", C, both(Alert::protocol_version),
       edited<ServerHello>(S, T::server_hello, [](ServerHello& m) { m.server_version ^= 1; })},
      {"a_suite_not_offered", C, both(Alert::illegal_parameter),
       edited<ServerHello>(S, T::server_hello, [](ServerHello& m) { m.cipher_suite = 0x0035; })},
      {"a_compression_not_offered", C, both(Alert::illegal_parameter),
       edited<ServerHello>(S, T::server_hello, [](ServerHello& m) { m.compression_method = 1; })},
      {"an_extension_not_asked_for", C,
       differs(Alert::unsupported_extension, Alert::illegal_parameter),
       edited<ServerHello>(S, T::server_hello,
                           [](ServerHello& m) {
                             append(*m.extensions, Bytes{0, 16, 0, 0});
                           })},
      {"an_answer_twice", C, both(Alert::decode_error),
       edited<ServerHello>(S, T::server_hello,
                           [](ServerHello& m) { append(*m.extensions, *m.extensions); }),
       "RC4-SHA", [](Settings&) {}, false, V::tls10},
      // Certificates.
      {"a_certificate_that_is_none", C, both(Alert::bad_certificate),
       edited<CertificateMessage>(S, T::certificate,
                                  [](CertificateMessage& m) { m.certificate_list[0][0] = 5; })},
      {"no_certificate_from_a_server", C, both(Alert::bad_certificate),
       edited<CertificateMessage>(S, T::certificate,
                                  [](CertificateMessage& m) { m.certificate_list.clear(); })},
      {"a_chain_to_nobody", C, differs(Alert::unknown_ca, Alert::bad_certificate), [](Pair&) {},
       "RC4-SHA", [](Settings& s) { s.client->trust = TrustStore{}; }},
      {"another_name", C, both(Alert::bad_certificate), [](Pair&) {}, "RC4-SHA",
       [](Settings& s) { s.client->verify_policy.host = "elsewhere.test"; }},
      {"a_certificate_with_a_changed_byte", C, both(Alert::bad_certificate),
       edited<CertificateMessage>(
           S, T::certificate, [](CertificateMessage& m) { m.certificate_list[0].back() ^= 1; })},
      {"a_client_without_a_certificate", S, both(Alert::handshake_failure), [](Pair&) {}, "RC4-SHA",
       ask_for_certificate},
      {"a_client_certificate_of_strangers", S, differs(Alert::unknown_ca, Alert::bad_certificate),
       [](Pair&) {}, "RC4-SHA",
       [](Settings& s) {
         mutual(s);
         s.server->trust = TrustStore{};
       }},
      {"a_request_from_an_anonymous_server", C, both(Alert::handshake_failure),
       [](Pair& p) {
         meddle(p, S, [](T t, Bytes& message) {
           if (t == T::server_hello_done)
             message = handshake_message(T::certificate_request, Bytes{1, 1, 0, 0});
         });
       },
       "ADH-RC4-MD5", [](Settings& s) { s.client->verify_mode = VerifyMode::none; }},
      // Key exchange.
      {"parameters_with_another_signature", C,
       differs(Alert::decrypt_error, Alert::handshake_failure),
       rewritten(S, T::server_key_exchange, [](Bytes& b) { b.back() ^= 1; }), "DHE-RSA-AES128-SHA"},
      {"parameters_cut_short", C, differs(Alert::decode_error, Alert::illegal_parameter),
       rewritten(S, T::server_key_exchange, [](Bytes& b) { b.resize(5); }), "DHE-RSA-AES128-SHA"},
      {"a_prime_too_short", C, differs(Alert::insufficient_security, Alert::handshake_failure),
       [](Pair&) {}, "DHE-RSA-AES128-SHA", [](Settings& s) { s.client->min_dh_bits = 2048; }},
      {"a_curve_not_offered", C, both(Alert::illegal_parameter),
       rewritten(S, T::server_key_exchange, [](Bytes& b) { b[2] = 24; }), "AECDH-AES128-SHA",
       [](Settings& s) {
         s.client->verify_mode = VerifyMode::none;
         s.client->groups = {NamedGroup::secp256r1};
       }},
      {"a_point_off_the_curve", S, both(Alert::illegal_parameter),
       rewritten(C, T::client_key_exchange, [](Bytes& b) { b.back() ^= 1; }),
       "ECDHE-RSA-AES128-SHA", [](Settings& s) { s.client->groups = {NamedGroup::secp256r1}; }},
      {"a_share_of_one", S, both(Alert::illegal_parameter),
       edited<ClientKeyExchangeDh>(C, T::client_key_exchange,
                                   [](ClientKeyExchangeDh& m) { m.dh_yc = {1}; }),
       "DHE-RSA-AES128-SHA"},
      {"a_key_exchange_cut_short", S, both(Alert::decode_error),
       rewritten(C, T::client_key_exchange, [](Bytes& b) { b.resize(60); }), "RC4-SHA",
       [](Settings&) {}, false, V::tls10},
      {"a_premaster_secret_that_is_none", S, both(Alert::bad_record_mac),
       rewritten(C, T::client_key_exchange, [](Bytes& b) { b.back() ^= 1; })},
      {"a_proof_of_somebody_else", S, differs(Alert::decrypt_error, Alert::handshake_failure),
       rewritten(C, T::certificate_verify, [](Bytes& b) { b.back() ^= 1; }), "RC4-SHA", mutual},
      {"a_done_that_says_more", C, differs(Alert::decode_error, Alert::illegal_parameter),
       rewritten(S, T::server_hello_done, [](Bytes& b) { b.push_back(0); })},
      // Finished: nothing but the transcript differs.
      {"another_transcript", S, differs(Alert::decrypt_error, Alert::handshake_failure),
       edited<ClientHello>(C, T::client_hello,
                           [](ClientHello& m) { m.cipher_suites.push_back(0x9999); }),
       "RC4-SHA", without_binding},
      {"another_transcript_that_is_bound", S, both(Alert::bad_record_mac),
       edited<ClientHello>(C, T::client_hello,
                           [](ClientHello& m) { m.cipher_suites.push_back(0x9999); }),
       "RC4-SHA", [](Settings&) {}, false, V::tls10},
      // Order, and records in the handshake.
      {"keys_changed_too_early", S, both(Alert::unexpected_message),
       early(C, ContentType::change_cipher_spec, {1})},
      {"keys_changed_too_early_by_a_server", C, both(Alert::unexpected_message),
       early(S, ContentType::change_cipher_spec, {1})},
      {"data_too_early", S, both(Alert::unexpected_message),
       early(C, ContentType::application_data, {1})},
      {"a_message_out_of_turn", S, both(Alert::unexpected_message),
       early(C, ContentType::handshake, {20, 0, 0, 0})},
      {"an_unknown_message", S, both(Alert::unexpected_message),
       early(C, ContentType::handshake, {99, 0, 0, 0})},
      {"an_unknown_record", S, both(Alert::unexpected_message),
       early(C, static_cast<ContentType>(24), {1, 0, 0})},
      {"an_empty_record_of_a_message", S, both(Alert::unexpected_message),
       early(C, ContentType::handshake, {})},
      {"a_message_without_end", S, both(Alert::illegal_parameter),
       early(C, ContentType::handshake, {16, 1, 0, 1})},
      {"an_alert_of_three_bytes", S, differs(Alert::decode_error, Alert::illegal_parameter),
       early(C, ContentType::alert, {1, 90, 0})},
      {"good_bye_inside_the_handshake", S, kSilence, early(C, ContentType::alert, {1, 0})},
      {"a_fatal_alert", S, kSilence, early(C, ContentType::alert, {2, 40})},
      // Open.
      {"a_wrong_mac", S, both(Alert::bad_record_mac),
       [](Pair& p) {
         Bytes r = Forger{p, C}.seal(ContentType::application_data, as_bytes("x"));
         r.back() ^= 1;
         p.inject(S, r);
       },
       "NULL-SHA", [](Settings&) {}, true},
      {"a_record_of_another_version", S, differs(Alert::protocol_version, Alert::handshake_failure),
       [](Pair& p) {
         Bytes r = Forger{p, C}.seal(ContentType::application_data, as_bytes("x"));
         r[2] ^= 1;
         p.inject(S, r);
       },
       "NULL-SHA", [](Settings&) {}, true},
      {"a_plaintext_too_long", S, differs(Alert::record_overflow, Alert::bad_record_mac),
       forged(C, ContentType::application_data, Bytes(limits::kPlaintext + 1)), "NULL-SHA",
       [](Settings&) {}, true},
      {"keys_changed_again", S, both(Alert::unexpected_message),
       forged(C, ContentType::change_cipher_spec, {1}), "NULL-SHA", [](Settings&) {}, true},
      {"a_message_after_the_handshake", C, both(Alert::unexpected_message),
       forged(S, ContentType::handshake, {14, 0, 0, 0}), "NULL-SHA", [](Settings&) {}, true},
      {"a_request_that_says_more", C, differs(Alert::decode_error, Alert::illegal_parameter),
       forged(S, ContentType::handshake, {0, 0, 0, 1, 0}), "NULL-SHA", [](Settings&) {}, true},
      {"too_many_warnings", S, both(Alert::unexpected_message),
       forged(C, ContentType::alert, {1, 90}, 5), "NULL-SHA", [](Settings&) {}, true},
      {"too_many_empty_records", S, both(Alert::unexpected_message),
       forged(C, ContentType::application_data, {}, 33), "NULL-SHA", [](Settings&) {}, true},
      {"an_alert_of_no_level", S, differs(Alert::decode_error, Alert::illegal_parameter),
       forged(C, ContentType::alert, {3, 40}), "NULL-SHA", [](Settings&) {}, true},
      {"an_end_of_the_stream", S, kSilence, [](Pair& p) { p.server.end_of_stream(); }, "NULL-SHA",
       [](Settings&) {}, true},
  };
  return all;
}

class FaultTable : public testing::TestWithParam<Fault> {};
INSTANTIATE_TEST_SUITE_P(Every, FaultTable, testing::ValuesIn(faults()),
                         [](const auto& i) { return std::string{i.param.name}; });

TEST_P(FaultTable, is_answered_by_its_alert_in_every_version) {
  const Fault& f = GetParam();
  for (const V v : all_versions()) {
    if (v < f.first || v > f.last) continue;
    if (v == V::ssl30 && f.suite.find("ECDH") != std::string_view::npos)
      continue;  // no extension names the curve
    Settings s{v, client_config({v}, f.suite), server_config({v}, f.suite)};
    f.prepare(s);
    Pair p{{.client = s.client, .server = s.server}};
    ASSERT_TRUE(!f.open || p.run());
    f.commit(p);
    p.run();
    Connection& victim = p.at(f.victim);
    ASSERT_NE(victim.failure(), nullptr) << test_name(v);
    EXPECT_EQ(victim.phase(), Connection::Phase::failed);
    std::optional<Alert> said;
    for (const AlertEvent& a : (f.victim == C ? p.client_seen : p.server_seen).alerts)
      if (a.from == f.victim && a.level == AlertLevel::fatal) said = a.alert;
    EXPECT_EQ(said.has_value() ? static_cast<int>(*said) : -1,
              [&] {
                const auto& a = v == V::ssl30 ? f.answer.ssl30 : f.answer.tls;
                return a ? static_cast<int>(*a) : -1;
              }())
        << test_name(v) << ": " << victim.failure()->text();
  }
}

}  // namespace
}  // namespace parley::test
