#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/once.hpp"
#include "parley/alert_text.hpp"
#include "parley/error.hpp"
#include "parley/protocol.hpp"
#include "parley/result.hpp"

namespace parley {
namespace {

std::vector<Errc> all_errcs() {
  std::vector<Errc> v;
  for (unsigned i = 0; i < static_cast<unsigned>(Errc::count_); ++i)
    v.push_back(static_cast<Errc>(i));
  return v;
}

TEST(Errors, every_reason_has_a_row_of_its_own) {
  for (const Errc e : all_errcs()) {
    EXPECT_EQ(errc_row(e).code, e) << errc_name(e);
    EXPECT_FALSE(errc_reason(e).empty()) << errc_name(e);
    EXPECT_NE(alert_name(alert_for(e)), "unknown") << errc_name(e);
  }
}

TEST(Errors, names_are_unique_and_upper_case) {
  std::set<std::string_view> names;
  std::set<std::string_view> reasons;
  for (const Errc e : all_errcs()) {
    const std::string_view name = errc_name(e);
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(reasons.insert(errc_reason(e)).second) << errc_reason(e);
    EXPECT_TRUE(name.front() >= 'A' && name.front() <= 'Z') << name;
    for (const char c : name)
      EXPECT_TRUE((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_') << name;
  }
}

// What a program that knows OpenSSL's reasons expects.
TEST(Errors, a_name_is_its_reason_in_upper_case) {
  // These reasons are sentences of the documented interface; their names are shorter.
  const std::set<Errc> sentences{Errc::unknown_ca, Errc::peer_alert, Errc::unexpected_eof,
                                 Errc::closed, Errc::not_open};
  for (const Errc e : all_errcs()) {
    std::string upper;
    for (const char c : errc_reason(e))
      upper += c == ' ' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    EXPECT_EQ(errc_name(e) == upper, !sentences.contains(e)) << errc_name(e) << " " << upper;
  }
}

// Programs compare with these: changing one is a change of the interface.
TEST(Errors, names_stay_what_they_were) {
  std::string all;
  for (const Errc e : all_errcs()) all += std::string{errc_name(e)} + "\n";
  EXPECT_EQ(all,
            "LENGTH_MISMATCH\nEXCESSIVE_DATA\nBAD_LENGTH\nBAD_VALUE\nNESTED_TOO_DEEP\n"
            "BAD_DER_ENCODING\nBAD_STRING_ENCODING\nBAD_TIME_VALUE\nBAD_BASE64_DECODE\n"
            "NO_START_LINE\nBAD_END_LINE\nBAD_PASSWORD_READ\nBAD_DECRYPT\n"
            "TOO_MANY_ITERATIONS\nWRONG_VERSION_NUMBER\nUNKNOWN_PROTOCOL\nHTTP_REQUEST\n"
            "UNEXPECTED_RECORD\nDATA_LENGTH_TOO_LONG\nDECRYPTION_FAILED_OR_BAD_RECORD_MAC\n"
            "BAD_EMPTY_RECORD\nTOO_MANY_EMPTY_FRAGMENTS\nTOO_MANY_WARNING_ALERTS\n"
            "SEQUENCE_NUMBER_EXHAUSTED\nKEY_LIMIT_REACHED\n"
            "UNEXPECTED_MESSAGE\nEXCESS_HANDSHAKE_DATA\n"
            "EXCESSIVE_MESSAGE_SIZE\nBAD_CHANGE_CIPHER_SPEC\nBAD_ALERT\n"
            "APPLICATION_DATA_BEFORE_FINISHED\nNO_RENEGOTIATION\nUNSUPPORTED_PROTOCOL\n"
            "INAPPROPRIATE_FALLBACK\nNO_SHARED_CIPHER\nNO_SHARED_SIGNATURE_ALGORITHMS\n"
            "NO_CIPHERS_AVAILABLE\nNO_CIPHER_MATCH\nINVALID_COMMAND\n"
            "WRONG_CIPHER_RETURNED\nWRONG_SIGNATURE_TYPE\nDOWNGRADE_DETECTED\n"
            "BAD_MAX_FRAGMENT_LENGTH\nNO_APPLICATION_PROTOCOL\nNO_EXPORTER\n"
            "UNSUPPORTED_COMPRESSION_ALGORITHM\nUNEXPECTED_EXTENSION\nDUPLICATE_EXTENSION\n"
            "BAD_EXTENSION\nRENEGOTIATION_MISMATCH\nOLD_SESSION_MISMATCH\n"
            "UNRECOGNIZED_NAME\nNON_SSLV2_INITIAL_PACKET\nNO_CIPHER_LIST\n"
            "PEER_ERROR_NO_CIPHER\nPEER_ERROR_NO_CERTIFICATE\nPEER_ERROR_CERTIFICATE\n"
            "PEER_ERROR_UNSUPPORTED_CERTIFICATE_TYPE\nNO_CERTIFICATE_SET\n"
            "PEER_DID_NOT_RETURN_A_CERTIFICATE\nTLS_CLIENT_CERT_REQ_WITH_ANON_CIPHER\n"
            "BAD_CERTIFICATE\nWRONG_CERTIFICATE_TYPE\nCERTIFICATE_VERIFY_FAILED\n"
            "CERTIFICATE_HAS_EXPIRED\nCERTIFICATE_IS_NOT_YET_VALID\nUNKNOWN_CA\n"
            "CERTIFICATE_SIGNATURE_FAILURE\nINVALID_CA_CERTIFICATE\n"
            "PATH_LENGTH_CONSTRAINT_EXCEEDED\nUNHANDLED_CRITICAL_EXTENSION\n"
            "INVALID_OR_INCONSISTENT_CERTIFICATE_EXTENSION\n"
            "UNABLE_TO_DECODE_CERTIFICATE_PUBLIC_KEY\nCERTIFICATE_REJECTED\n"
            "CERTIFICATE_REVOKED\nUNABLE_TO_GET_CERTIFICATE_CRL\nCRL_IS_NOT_YET_VALID\n"
            "CRL_HAS_EXPIRED\nCRL_SIGNATURE_FAILURE\n"
            "KEY_USAGE_DOES_NOT_INCLUDE_CRL_SIGNING\nDIFFERENT_CRL_SCOPE\n"
            "UNHANDLED_CRITICAL_CRL_EXTENSION\nOCSP_VERIFICATION_NEEDED\n"
            "OCSP_VERIFICATION_FAILED\nOCSP_UNKNOWN_CERT\nPERMITTED_SUBTREE_VIOLATION\n"
            "EXCLUDED_SUBTREE_VIOLATION\nUNSUPPORTED_NAME_CONSTRAINT_TYPE\n"
            "NO_EXPLICIT_POLICY\nCERTIFICATE_KEY_TOO_WEAK\n"
            "SIGNATURE_DIGEST_ALGORITHM_TOO_WEAK\nHOSTNAME_MISMATCH\n"
            "EMAIL_ADDRESS_MISMATCH\nIP_ADDRESS_MISMATCH\nUNSUPPORTED_KEY\n"
            "UNSUPPORTED_ALGORITHM\nKEY_TOO_SMALL\nKEY_TOO_LARGE\nBAD_ECPOINT\n"
            "POINT_AT_INFINITY\nWRONG_CURVE\nINVALID_PRIVATE_KEY\nBAD_GROUP_PARAMETERS\n"
            "DH_KEY_TOO_SMALL\nDH_P_TOO_LONG\nBAD_DH_VALUE\nSIGNATURE_OUT_OF_RANGE\n"
            "BAD_SIGNATURE\nDECRYPTION_FAILED\nDIGEST_CHECK_FAILED\nKEY_VALUES_MISMATCH\n"
            "KEY_TYPE_MISMATCH\nPEER_ALERT\nUNEXPECTED_EOF\nCONNECTION_CLOSED\nNOT_OPEN\n"
            "RANDOM_GENERATOR_FAILED\nMALLOC_FAILURE\n"
            "FILE_CANNOT_BE_READ\nBAD_ARGUMENT\nINTERNAL_ERROR\n");
}

TEST(Errors, a_number_beyond_the_table_is_an_internal_error) {
  EXPECT_EQ(errc_row(Errc::count_).code, Errc::internal);
  EXPECT_EQ(errc_row(static_cast<Errc>(60000)).code, Errc::internal);
}

// What the specifications ask for by name.
TEST(Errors, the_alert_is_the_one_the_specification_asks_for) {
  const std::map<Errc, Alert> wanted{
      {Errc::unexpected_message, Alert::unexpected_message},          // RFC 2246 section 7.2.2
      {Errc::bad_record_type, Alert::unexpected_message},             //
      {Errc::bad_record_mac, Alert::bad_record_mac},                  //
      {Errc::record_overflow, Alert::record_overflow},                //
      {Errc::truncated, Alert::decode_error},                         //
      {Errc::trailing_bytes, Alert::decode_error},                    //
      {Errc::length_out_of_range, Alert::decode_error},               //
      {Errc::no_shared_cipher, Alert::handshake_failure},             //
      {Errc::unsupported_protocol, Alert::protocol_version},          //
      {Errc::certificate_expired, Alert::certificate_expired},        //
      {Errc::unknown_ca, Alert::unknown_ca},                          //
      {Errc::certificate_revoked, Alert::certificate_revoked},        //
      {Errc::finished_mismatch, Alert::decrypt_error},                //
      {Errc::bad_signature, Alert::decrypt_error},                    //
      {Errc::inappropriate_fallback, Alert::inappropriate_fallback},  // RFC 7507 section 3
      {Errc::renegotiation_mismatch, Alert::handshake_failure},       // RFC 5746 section 3.4
      {Errc::unsolicited_extension, Alert::unsupported_extension},    // RFC 4366 section 2.3
      {Errc::unrecognized_name, Alert::unrecognized_name},            // RFC 4366 section 4
      {Errc::internal, Alert::internal_error},
  };
  for (const auto& [e, a] : wanted) EXPECT_EQ(alert_for(e), a) << errc_name(e);
}

TEST(Errors, no_reason_tells_bad_padding_from_a_bad_mac) {
  for (const Errc e : all_errcs())
    EXPECT_NE(alert_for(e), Alert::decryption_failed) << errc_name(e);
}

TEST(Errors, text_says_why_where_and_how_far_in) {
  EXPECT_EQ((Error{.code = Errc::truncated}.text()), "length mismatch");
  EXPECT_EQ((Error{.code = Errc::truncated, .where = "client_hello.random"}.text()),
            "length mismatch (client_hello.random)");
  EXPECT_EQ((Error{.code = Errc::truncated, .where = "client_hello.random", .offset = 2}.text()),
            "length mismatch (client_hello.random at 2)");
  EXPECT_EQ(
      (Error{.code = Errc::peer_alert, .where = "alert", .received = Alert::unknown_ca}.text()),
      "fatal alert from the peer: unknown_ca (alert)");
}

TEST(Names, versions_content_types_and_alerts_have_the_documented_spelling) {
  EXPECT_EQ(version_name(ProtocolVersion::ssl30), "SSLv3");
  EXPECT_EQ(version_name(ProtocolVersion::tls10), "TLSv1");
  EXPECT_EQ(version_name(static_cast<ProtocolVersion>(0x7f00)), "unknown");
  EXPECT_EQ(content_type_name(ContentType::change_cipher_spec), "change_cipher_spec");
  EXPECT_EQ(content_type_name(ContentType::alert), "alert");
  EXPECT_EQ(content_type_name(ContentType::handshake), "handshake");
  EXPECT_EQ(content_type_name(ContentType::application_data), "application_data");
  EXPECT_EQ(content_type_name(static_cast<ContentType>(24)), "unknown");
  EXPECT_EQ(step_name(Step::client_hello), "client_hello");
  EXPECT_EQ(step_name(Step::end), "end");
}

TEST(Names, every_registered_alert_number_has_a_name_and_no_other_has) {
  const std::set<int> registered{0,  10, 20,  21,  22,  30,  40,  41,  42,  43, 44,
                                 45, 46, 47,  48,  49,  50,  51,  60,  70,  71, 80,
                                 86, 90, 100, 110, 111, 112, 113, 114, 115, 120};
  std::set<std::string_view> names;
  for (int n = 0; n < 256; ++n) {
    const std::string_view name = alert_name(static_cast<Alert>(n));
    EXPECT_EQ(name != "unknown", registered.contains(n)) << n;
    if (name != "unknown") {
      EXPECT_TRUE(names.insert(name).second) << name;
    }
  }
}

// API: 7.alerts
TEST(Names, an_alert_received_is_called_as_openssl_calls_it) {
  std::set<std::string> names;
  for (int n = 0; n < 256; ++n) {
    const auto a = static_cast<Alert>(n);
    const bool registered = alert_name(a) != "unknown";
    EXPECT_EQ(received_alert_text(a) != "unknown alert type " + std::to_string(n), registered) << n;
    EXPECT_TRUE(names.insert(received_alert_name(a)).second) << n;
  }
  EXPECT_EQ(received_alert_name(Alert::handshake_failure), "SSLV3_ALERT_HANDSHAKE_FAILURE");
  EXPECT_EQ(received_alert_name(Alert::unknown_ca), "TLSV1_ALERT_UNKNOWN_CA");
  EXPECT_EQ(received_alert_name(Alert::unrecognized_name), "TLSV1_UNRECOGNIZED_NAME");
  EXPECT_EQ(received_alert_name(static_cast<Alert>(99)), "UNKNOWN_ALERT_TYPE_99");
}

Result<int> half(int n) {
  if (n % 2 != 0) return Error{.code = Errc::bad_value, .where = "odd"};
  return n / 2;
}
Result<int> quarter(int n) {
  PARLEY_TRY(const int h, half(n));
  return half(h);
}
Status both_even(int a, int b) {
  PARLEY_CHECK(half(a));
  PARLEY_CHECK(half(b));
  return {};
}

TEST(Result, the_macros_hand_the_first_error_to_the_caller) {
  EXPECT_EQ(*quarter(8), 2);
  ASSERT_FALSE(quarter(6));
  EXPECT_EQ(quarter(7).error().code, Errc::bad_value);
  EXPECT_TRUE(both_even(2, 4));
  EXPECT_STREQ(both_even(2, 3).error().where, "odd");
}

TEST(Once, is_set_once_and_keeps_its_first_value) {
  Once<int> once;
  EXPECT_EQ(once.get(), nullptr);
  EXPECT_TRUE(once.set(1));
  EXPECT_FALSE(once.set(2));
  ASSERT_NE(once.get(), nullptr);
  EXPECT_EQ(*once.get(), 1);
}

}  // namespace
}  // namespace parley
