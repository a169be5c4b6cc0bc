// match_hostname, case by case of Python's test_ssl.py and the rules behind them.
#include <gtest/gtest.h>

#include "facade_support.hpp"

namespace parley {
namespace {

using namespace test;
using namespace std::string_literals;

cert_dict named(const std::string& common_name) {
  return {.subject = {{{"commonName", common_name}}}};
}

cert_dict with_dns(const std::vector<std::string>& names) {
  cert_dict d;
  d.subjectAltName.emplace();
  for (const std::string& n : names) d.subjectAltName->emplace_back("DNS", n);
  return d;
}

bool is_for(const cert_dict& cert, std::string_view host) {
  try {
    match_hostname(cert, host);
    return true;
  } catch (const CertificateError&) {
    return false;
  }
}

std::string complaint(const cert_dict& cert, std::string_view host) {
  try {
    match_hostname(cert, host);
  } catch (const CertificateError& e) {
    return e.what();
  }
  return "accepted";
}

// API: F5, 6.2.4, 6.2.5, 10.match_hostname
TEST(MatchHostname, takes_a_plain_name_whole_and_in_any_letter_case) {
  const cert_dict cert = named("example.com");
  EXPECT_TRUE(is_for(cert, "example.com"));
  EXPECT_TRUE(is_for(cert, "ExAmple.cOm"));
  for (const char* other : {"www.example.com", ".example.com", "example.org", "exampleXcom",
                            "example.com.", "example.co", "xexample.com", ""})
    EXPECT_FALSE(is_for(cert, other)) << other;
}

// API: F5, 6.2.4, 6.2.5
TEST(MatchHostname, a_star_alone_is_one_label_that_is_not_empty) {
  const cert_dict cert = named("*.a.com");
  EXPECT_TRUE(is_for(cert, "foo.a.com"));
  EXPECT_TRUE(is_for(cert, "FOO.A.COM"));
  for (const char* other :
       {"bar.foo.a.com", "a.com", "Xa.com", ".a.com", "foo.a.com.", "foo.b.com"})
    EXPECT_FALSE(is_for(cert, other)) << other;
}

// API: F5, 6.2.4, 6.2.5
TEST(MatchHostname, a_star_inside_a_label_is_anything_but_a_dot) {
  const cert_dict front = named("f*.com");
  EXPECT_TRUE(is_for(front, "foo.com"));
  EXPECT_TRUE(is_for(front, "f.com"));
  for (const char* other : {"bar.com", "foo.a.com", "bar.foo.com", "oof.com"})
    EXPECT_FALSE(is_for(front, other)) << other;
  const cert_dict middle = named("a*b.com");
  for (const char* host : {"ab.com", "axb.com", "axyzb.com", "aab.com"})
    EXPECT_TRUE(is_for(middle, host)) << host;
  for (const char* other : {"a.com", "b.com", "ba.com", "a.b.com", "axbx.com"})
    EXPECT_FALSE(is_for(middle, other)) << other;
  // What stands on both sides of the star may not be the same letters of the host.
  EXPECT_FALSE(is_for(named("aba*ba.com"), "aba.com"));
  EXPECT_TRUE(is_for(named("aba*ba.com"), "ababa.com"));
  EXPECT_TRUE(is_for(named("*b.com"), "b.com"));
}

// API: F5, 6.2.4, 6.2.5
TEST(MatchHostname, any_label_may_hold_a_star) {
  const cert_dict cert = named("a.*.com");
  EXPECT_TRUE(is_for(cert, "a.foo.com"));
  EXPECT_FALSE(is_for(cert, "a..com"));
  EXPECT_FALSE(is_for(cert, "a.com"));
  EXPECT_TRUE(is_for(named("*.*"), "a.b"));
  EXPECT_FALSE(is_for(named("*.*"), "a"));
  EXPECT_TRUE(is_for(named("*"), "localhost"));
}

// API: F5, 6.2.4
TEST(MatchHostname, more_than_one_star_in_a_label_is_refused_when_it_is_reached) {
  EXPECT_EQ(complaint(named("a*b*.com"), "axxb.com"),
            "too many wildcards in certificate DNS name: 'a*b*.com'");
  EXPECT_EQ(complaint(named("a*b*.com"), "other.org"),
            "too many wildcards in certificate DNS name: 'a*b*.com'");
  EXPECT_EQ(complaint(with_dns({"**", "good.com"}), "good.com"),
            "too many wildcards in certificate DNS name: '**'");
  EXPECT_TRUE(is_for(with_dns({"good.com", "a*b*.com"}), "good.com"));
  EXPECT_TRUE(is_for(with_dns({"*.*.com"}), "a.b.com"));
}

// API: F5, 6.2.4
TEST(MatchHostname, other_characters_stand_for_themselves) {
  EXPECT_FALSE(is_for(named("a.com"), "axcom"));
  EXPECT_TRUE(is_for(named("a+[b].com"), "a+[b].com"));
  EXPECT_FALSE(is_for(named("[ab].com"), "a.com"));
  EXPECT_FALSE(is_for(named("a?.com"), "ab.com"));
  EXPECT_FALSE(is_for(named("a\\b.com"), "a*b.com"));
  // A star in the host is no wildcard.
  EXPECT_FALSE(is_for(named("foo.com"), "*.com"));
}

// API: F5, 6.2.4, 0.str
TEST(MatchHostname, a_nul_is_an_ordinary_character) {
  const cert_dict cert = named("null.python.org\0example.org"s);
  EXPECT_FALSE(is_for(cert, "example.org"));
  EXPECT_FALSE(is_for(cert, "null.python.org"));
  EXPECT_TRUE(is_for(cert, "null.python.org\0example.org"s));
  EXPECT_EQ(complaint(cert, "example.org"),
            "hostname 'example.org' doesn't match 'null.python.org\\x00example.org'");
}

// API: F5, 6.2.2
TEST(MatchHostname, one_of_several_dns_names_is_enough) {
  cert_dict cert = with_dns({"linuxfr.org", "linuxfr.com"});
  cert.notAfter = "Jun 26 21:41:46 2011 GMT";
  cert.subject = {{{"commonName", "linuxfrz.org"}}};
  cert.subjectAltName->emplace_back("othername", "<unsupported>");
  EXPECT_TRUE(is_for(cert, "linuxfr.org"));
  EXPECT_TRUE(is_for(cert, "linuxfr.com"));
  // Not a "DNS" entry.
  EXPECT_FALSE(is_for(cert, "<unsupported>"));
  // With a DNS name there, the subject does not count.
  EXPECT_FALSE(is_for(cert, "linuxfrz.org"));
}

// API: F5, 6.2.3
TEST(MatchHostname, the_subject_counts_when_there_is_no_dns_name) {
  const cert_dict cert{.subject = {{{"countryName", "US"}},
                                   {{"stateOrProvinceName", "California"}},
                                   {{"localityName", "Mountain View"}},
                                   {{"organizationName", "Google Inc"}},
                                   {{"commonName", "mail.google.com"}}},
                       .notAfter = "Dec 18 23:59:59 2011 GMT"};
  EXPECT_TRUE(is_for(cert, "mail.google.com"));
  EXPECT_FALSE(is_for(cert, "gmail.com"));
  EXPECT_FALSE(is_for(cert, "California"));
  // Each common name of each RDN.
  const cert_dict two{.subject = {{{"organizationName", "x"}, {"commonName", "one.com"}},
                                  {{"commonName", "two.com"}, {"commonName", "three.com"}}}};
  for (const char* host : {"one.com", "two.com", "three.com"}) EXPECT_TRUE(is_for(two, host));
}

// API: F5, 6.2.3
TEST(MatchHostname, alternative_names_of_other_kinds_leave_the_subject_in_force) {
  cert_dict cert = named("example.com");
  cert.subjectAltName.emplace();
  EXPECT_TRUE(is_for(cert, "example.com"));
  cert.subjectAltName->emplace_back("othername", "blabla");
  cert.subjectAltName->emplace_back("DirName", cert_dict::Name{{{"commonName", "dir.com"}}});
  EXPECT_TRUE(is_for(cert, "example.com"));
  EXPECT_FALSE(is_for(cert, "dir.com"));
  EXPECT_FALSE(is_for(cert, "blabla"));
}

// API: F5, 6.2.2
TEST(MatchHostname, addresses_and_uris_are_not_host_names) {
  cert_dict cert = named("example.com");
  cert.subjectAltName =
      std::vector<cert_dict::AltName>{{"IP Address", "192.0.2.1"}, {"URI", "http://example.net"}};
  EXPECT_FALSE(is_for(cert, "192.0.2.1"));
  EXPECT_FALSE(is_for(cert, "http://example.net"));
  EXPECT_TRUE(is_for(cert, "example.com"));
}

// API: F5, 6.2.6
TEST(MatchHostname, says_that_there_is_no_name_at_all) {
  const std::string none = "no appropriate commonName or subjectAltName fields were found";
  const cert_dict cert{.subject = {{{"countryName", "US"}}, {{"organizationName", "Google Inc"}}},
                       .notAfter = "Dec 18 23:59:59 2011 GMT"};
  EXPECT_EQ(complaint(cert, "mail.google.com"), none);
  cert_dict other = cert;
  other.subjectAltName = std::vector<cert_dict::AltName>{{"othername", "blabla"}};
  EXPECT_EQ(complaint(other, "google.com"), none);
  EXPECT_EQ(complaint({.notAfter = "Dec 18 23:59:59 2011 GMT"}, "google.com"), none);
}

// API: F5, 6.2.6, 0.CertificateError, 10.match_hostname
TEST(MatchHostname, says_what_the_certificate_is_for) {
  // The example of the Python 3.2 documents.
  EXPECT_EQ(complaint(named("example.com"), "example.org"),
            "hostname 'example.org' doesn't match 'example.com'");
  EXPECT_EQ(complaint(with_dns({"a", "b"}), "x"), "hostname 'x' doesn't match either of 'a', 'b'");
  EXPECT_EQ(complaint({.subject = {{{"commonName", "c"}}, {{"commonName", "d"}}}}, "x"),
            "hostname 'x' doesn't match either of 'c', 'd'");
}

// API: F5, 6.2.6
TEST(MatchHostname, quotes_as_pythons_repr) {
  const auto quoted = [](const std::string& s) {
    return complaint(named("c"), s).substr(std::string("hostname ").size());
  };
  const std::string rest = " doesn't match 'c'";
  // Each right side was printed by Python 3.11.
  EXPECT_EQ(quoted("it's"), "\"it's\"" + rest);
  EXPECT_EQ(quoted("say \"it's\""), "'say \"it\\'s\"'" + rest);
  EXPECT_EQ(quoted("\""), "'\"'" + rest);
  EXPECT_EQ(quoted("a\\b"), "'a\\\\b'" + rest);
  EXPECT_EQ(quoted("a\t\n\r\x01\x1b\x7f"), "'a\\t\\n\\r\\x01\\x1b\\x7f'" + rest);
  EXPECT_EQ(quoted("b\u00fccher \u20ac \U0001d11e"), "'b\u00fccher \u20ac \U0001d11e'" + rest);
  EXPECT_EQ(quoted("\u0085\u00a0\u00ad\u200b\u202e\ufeff\U000e0001"),
            "'\\x85\\xa0\\xad\\u200b\\u202e\\ufeff\\U000e0001'" + rest);
  EXPECT_EQ(quoted("\xff|\xc3"), "'\\xff|\\xc3'" + rest);  // no UTF-8: never str in Python
}

// API: F5, 6.2.1
TEST(MatchHostname, an_unchecked_or_absent_certificate_is_a_mistake_of_the_caller) {
  EXPECT_EQ(argument_error([] { match_hostname(cert_dict{}, "x"); }), "empty or no certificate");
  EXPECT_EQ(argument_error([] { match_hostname(std::optional<cert_dict>{}, "x"); }),
            "empty or no certificate");
  EXPECT_EQ(argument_error([] { match_hostname(std::nullopt, "x"); }), "empty or no certificate");
  try {
    match_hostname(cert_dict{}, "x");
  } catch (const CertificateError&) {
    ADD_FAILURE() << "a mismatch was claimed";
  } catch (const std::invalid_argument&) {
  }
  match_hostname(std::optional(named("x")), "x");
}

// API: D18, 6.2.7
TEST(MatchHostname, an_international_name_matches_as_given_or_as_the_dns_has_it) {
  const cert_dict given = named("*.pyth\u00f6n.org");
  EXPECT_TRUE(is_for(given, "foo.pyth\u00f6n.org"));
  EXPECT_TRUE(is_for(given, "\u00fc.pyth\u00f6n.org"));
  const cert_dict encoded = with_dns(
      {"x*.python.org", "xn--pythn-mua.org", "*.pyth\u00f6n.com", "www*.xn--pythn-mua.org"});
  EXPECT_TRUE(is_for(encoded, "pyth\u00f6n.org"));
  EXPECT_TRUE(is_for(encoded, "PYTH\u00d6N.org"));
  EXPECT_TRUE(is_for(encoded, "xn--pythn-mua.org"));
  EXPECT_TRUE(is_for(encoded, "www.pyth\u00f6n.org"));
  EXPECT_TRUE(is_for(encoded, "www1.pyth\u00f6n.org"));
  EXPECT_FALSE(is_for(encoded, "ftp.pyth\u00f6n.org"));
  EXPECT_FALSE(is_for(encoded, "pyth\u00fcn.org"));
  // Rule 4 as it stands: a star inside an xn-- label.
  EXPECT_TRUE(is_for(with_dns({"xn--*-mua.org"}), "pyth\u00f6n.org"));
  // One that has no ASCII form is compared as given.
  EXPECT_FALSE(is_for(encoded, "u\u0308.org"));
  EXPECT_TRUE(is_for(named("u\u0308.org"), "u\u0308.org"));
}

// API: C6, D18
TEST(MatchHostname, goes_with_a_connection_to_an_international_name) {
  Pair p(verifying_context(PROTOCOL_TLSv1), server_context(),
         {.server_hostname = "b\u00fccher.example"});
  ASSERT_TRUE(p.good());
  EXPECT_EQ(p.c().server_hostname(), "b\u00fccher.example");
  EXPECT_EQ(p.s().connection()->server_name(), "xn--bcher-kva.example");
  EXPECT_FALSE(is_for(p.c().getpeercert().value(), "b\u00fccher.example"));
  EXPECT_TRUE(is_for(p.c().getpeercert().value(), "localhost"));
  auto ends = socketpair();
  for (const auto& [bad, why] : {std::pair{"a..b", "label empty or too long"},
                                 {"\u0308.com", "cannot be converted"},
                                 {"a b.com", "blanks or control characters"}}) {
    EXPECT_TRUE(has(argument_error([&, name = bad] {
                      verifying_context().wrap_socket(ends.first, {.server_hostname = name});
                    }),
                    why));
    EXPECT_NE(ends.first.fileno(), -1);
  }
}

}  // namespace
}  // namespace parley
