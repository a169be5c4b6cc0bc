#include "parley/hostname.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/certs.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

using test::field;

Errc reason(const Status& s) { return s ? Errc::count_ : s.error().code; }

std::vector<std::string> words(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> all;
  for (std::string w; in >> w;) all.push_back(w);
  return all;
}

TEST(CheckHost, says_what_openssl_says) {
  std::size_t asked = 0;
  for (const auto& c : test::read_vector_file("keys/hostnames.txt")) {
    const auto cert = Certificate::parse(test::hex_field(c, "der"));
    ASSERT_TRUE(cert);
    for (const bool yes : {true, false}) {
      const std::string answer = yes ? "_yes" : "_no";
      const auto expect = [&](const std::string& kind, auto check, Errc no) {
        for (const std::string& name : words(field(c, kind + answer))) {
          EXPECT_EQ(reason(check(*cert, name)), yes ? Errc::count_ : no)
              << field(c, "name") << ": " << name;
          ++asked;
        }
      };
      expect("host", check_host, Errc::hostname_mismatch);
      expect("address", check_host, Errc::ip_address_mismatch);
      expect("mail", check_email, Errc::email_address_mismatch);
    }
  }
  EXPECT_EQ(asked, 19U * 30U);
}

Certificate certificate_for(std::vector<std::string> names) {
  CertificateRequest r = test::request("common.example.org");
  r.subject_alt_names = std::move(names);
  return test::self_signed(r, 1).certificate;
}

TEST(CheckHost, does_not_count_a_dot_at_the_end) {
  const Certificate c = certificate_for({"www.example.org"});
  EXPECT_TRUE(check_host(c, "www.example.org."));
  EXPECT_EQ(reason(check_host(c, "www.example.org..")), Errc::bad_argument);
  EXPECT_EQ(reason(check_host(certificate_for({"www.example.org."}), "www.example.org.")),
            Errc::hostname_mismatch);
}

TEST(CheckHost, finds_no_address_among_the_names) {
  const Certificate c = certificate_for({"*.2.3.5", "127.1"});
  for (const std::string_view host : {"9.2.3.5", "9.2.3.5.", "127.1", "127.1."})
    EXPECT_FALSE(check_host(c, host)) << host;
}

TEST(CheckHost, wants_a_host) {
  const Certificate c = certificate_for({"*.example.org", "192.0.2.1"});
  using namespace std::string_view_literals;
  for (const std::string_view host : {""sv, "."sv, ".example.org"sv, "www..example.org"sv,
                                      "www.example.org\0"sv, "www\0.example.org"sv, "192.0.2.1\0"sv,
                                      "b\xc3\xbc"
                                      "cher.example.org"sv,
                                      "www example.org"sv, " www.example.org"sv})
    EXPECT_TRUE(reason(check_host(c, host)) == Errc::bad_argument && !is_host(host)) << host;
  for (const char* host : {"a", "www.example.org.", "192.0.2.1", "::1", "127.1", "_srv.example"})
    EXPECT_TRUE(is_host(host)) << host;
  EXPECT_EQ(reason(check_host(c, std::string(254, 'a'))), Errc::bad_argument);
  EXPECT_EQ(reason(check_host(c, std::string(253, 'a'))), Errc::hostname_mismatch);
}

TEST(CheckHost, takes_addresses_in_one_way_of_writing_only) {
  const Certificate c = certificate_for({"192.0.2.1", "::1"});
  EXPECT_TRUE(check_host(c, "192.0.2.1"));
  EXPECT_TRUE(check_host(c, "0:0::1"));
  // Names, as far as this goes, and nobody's.
  for (const std::string_view host : {"192.0.513", "0xc0.0.2.1", "3221225985", "192.0.2.1."})
    EXPECT_EQ(reason(check_host(c, host)), Errc::hostname_mismatch) << host;
  for (const std::string_view host : {"[::1]", "::1%lo"})
    EXPECT_EQ(reason(check_host(c, host)), Errc::hostname_mismatch) << host;
}

TEST(CheckEmail, wants_an_address) {
  const Certificate c = certificate_for({"www.example.org"});
  using namespace std::string_view_literals;
  for (const std::string_view address : {""sv, "user"sv, "@example.org"sv, "user@"sv,
                                         "us\0er@example.org"sv, "\xc3\xbc@example.org"sv})
    EXPECT_EQ(reason(check_email(c, address)), Errc::bad_argument) << address;
  EXPECT_EQ(reason(check_email(c, "user@example.org")), Errc::email_address_mismatch);
}

}  // namespace
}  // namespace parley
