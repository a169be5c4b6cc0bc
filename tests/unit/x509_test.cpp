#include <gtest/gtest.h>

#include <set>

#include "asn1/certificate.hpp"
#include "asn1/name.hpp"
#include "asn1/oid.hpp"
#include "parley/pem.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

std::string read_file(const std::string& name) { return test::read_text("certs/" + name); }

Certificate load(const std::string& name) {
  auto found = certificates_from_pem(read_file(name));
  if (!found) throw std::runtime_error(name + ": " + found.error().where);
  return found->front();
}

std::string hexed(std::string_view s) { return s.empty() ? "-" : to_hex(as_bytes(s)); }

std::string flat(const Result<Name>& name) {
  if (!name) return "bad";
  std::string s;
  for (const RelativeName& rdn : name->rdns) {
    std::string_view between = s.empty() ? "" : " ";
    for (const NameAttribute& a : rdn) {
      s.append(between).append(a.type()).append(":").append(hexed(a.value));
      between = "+";
    }
  }
  return s;
}

std::string flat(const std::vector<GeneralName>& names) {
  std::string s;
  for (const GeneralName& g : names) {
    std::string kind{general_name_kind(g.kind)};
    std::replace(kind.begin(), kind.end(), ' ', '_');
    s += (s.empty() ? "" : " ") + kind + ":";
    if (g.kind != GeneralName::Kind::directory) {
      s += hexed(g.value);
      continue;
    }
    std::string inner;
    for (const RelativeName& rdn : g.directory.rdns)
      for (const NameAttribute& a : rdn)
        inner += (inner.empty() ? "" : ",") + std::string{a.type()} + "=" + hexed(a.value);
    s += inner;
  }
  return s;
}

bool has(const test::VectorCase& c, const std::string& key) { return c.count(key) > 0; }

class Fields : public testing::TestWithParam<test::VectorCase> {};

TEST_P(Fields, agree_with_openssl) {
  const test::VectorCase& v = GetParam();
  const std::string file = test::field(v, "file");
  const Certificate c = load(file);
  if (!has(v, "subject")) {  // OpenSSL cannot decode the name either
    EXPECT_FALSE(c.subject());
    EXPECT_EQ(c.subject().error().code, Errc::bad_string);
    return;
  }
  EXPECT_EQ(c.subject()->text(), test::field(v, "subject_text"));
  EXPECT_EQ(c.issuer()->text(), test::field(v, "issuer_text"));
  EXPECT_EQ(flat(c.subject()), test::field(v, "subject"));
  EXPECT_EQ(flat(c.issuer()), test::field(v, "issuer"));
  EXPECT_EQ(std::to_string(c.version()), test::field(v, "version"));
  EXPECT_EQ(c.serial_hex(), test::field(v, "serial"));
  if (file != "time_local.pem") {  // OpenSSL 3 refuses local times, 1.0.1 printed them
    EXPECT_EQ(c.not_before_text(), test::field(v, "not_before_text"));
    EXPECT_EQ(c.not_after_text(), test::field(v, "not_after_text"));
  }
  const auto seconds = [](const Result<std::int64_t>& t) {
    return t ? std::to_string(*t) : std::string{"bad"};
  };
  EXPECT_EQ(seconds(c.not_before()), has(v, "not_before") ? test::field(v, "not_before") : "bad");
  EXPECT_EQ(seconds(c.not_after()), has(v, "not_after") ? test::field(v, "not_after") : "bad");
  const auto san = c.subject_alt_names();
  ASSERT_TRUE(san);
  if (file == "san_twice.pem") {  // OpenSSL 3 sees none; getpeercert is to join them
    EXPECT_EQ(flat(**san), "DNS:" + hexed("a.example") + " DNS:" + hexed("b.example"));
  } else {
    EXPECT_EQ(san->has_value(), has(v, "san"));
  }
  if (*san && has(v, "san")) {
    EXPECT_EQ(flat(**san), test::field(v, "san"));
  }
  const auto basic = c.basic_constraints();
  if (file == "basic_constraints_twice.pem") {
    EXPECT_EQ(basic.error().code, Errc::bad_certificate);
  } else {
    ASSERT_TRUE(basic);
    EXPECT_EQ(basic->has_value(), has(v, "ca"));
    if (*basic) {
      EXPECT_EQ((*basic)->ca ? "TRUE" : "FALSE", test::field(v, "ca"));
      const auto& length = (*basic)->path_length;
      EXPECT_EQ(length.has_value(), has(v, "path_length"));
      if (length) {
        EXPECT_EQ(std::to_string(*length), test::field(v, "path_length"));
      }
    }
  }
  const std::string text = describe(c);
  if (has(v, "key_usage")) {
    EXPECT_NE(text.find("    " + test::field(v, "key_usage") + "\n"), std::string::npos) << text;
  }
  if (has(v, "key_bits")) {
    EXPECT_NE(text.find("RSA, " + test::field(v, "key_bits") + " bits"), std::string::npos) << text;
  }
  EXPECT_EQ(to_hex(c.subject_key_id()),
            has(v, "subject_key_id") ? to_hex(test::hex_field(v, "subject_key_id")) : "");
}

std::string test_name(const testing::TestParamInfo<test::VectorCase>& info) {
  const std::string& file = test::field(info.param, "file");
  return file.substr(0, file.find('.'));
}
INSTANTIATE_TEST_SUITE_P(X509, Fields,
                         testing::ValuesIn(test::read_vector_file("certs/fields.txt")), test_name);

TEST(Certificate, the_bent_rules_each_have_a_certificate) {
  EXPECT_EQ(load("v1.pem").version(), 1);
  EXPECT_EQ(load("v1_encoded.pem").version(), 1);
  EXPECT_GE(load("serial_negative.pem").serial()[0], 0x80);
  EXPECT_EQ(load("serial_long.pem").serial().size(), 40U);
  EXPECT_TRUE(load("empty_extensions.pem").extensions().empty());
  const Certificate defaults = load("defaults_encoded.pem");
  EXPECT_FALSE((*defaults.basic_constraints())->ca);
  EXPECT_FALSE(defaults.extensions()[0].critical);
  EXPECT_EQ(**defaults.key_usage(), kDigitalSignature | kKeyEncipherment);
}

TEST(Certificate, lists_critical_extensions_that_nobody_checks) {
  EXPECT_EQ(load("unknown_critical.pem").unknown_critical_extensions(),
            std::vector<std::string>{"1.2.3.4"});
  EXPECT_TRUE(load("chain_mid.pem").unknown_critical_extensions().empty());
}

TEST(Certificate, reads_the_purposes) {
  const auto purposes = load("chain_leaf.pem").extended_key_usage();
  ASSERT_TRUE(purposes && *purposes);
  EXPECT_EQ(**purposes, (std::vector<std::string>{"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"}));
  EXPECT_FALSE(*load("chain_root.pem").extended_key_usage());
}

TEST(Certificate, the_chain_links_by_names_and_key_ids) {
  const Certificate root = load("chain_root.pem");
  const Certificate mid = load("chain_mid.pem");
  const Certificate leaf = load("chain_leaf.pem");
  EXPECT_TRUE(same_name(leaf.issuer_der(), mid.subject_der()));
  EXPECT_TRUE(same_name(mid.issuer_der(), root.subject_der()));
  EXPECT_FALSE(same_name(leaf.issuer_der(), root.subject_der()));
  EXPECT_TRUE(equal(leaf.authority_key_id(), mid.subject_key_id()));
  EXPECT_TRUE(equal(mid.authority_key_id(), root.subject_key_id()));
  EXPECT_TRUE(root.self_issued());
  EXPECT_FALSE(leaf.self_issued());
}

TEST(Certificate, copies_share_one_buffer_that_outlives_the_original) {
  std::optional<Certificate> a = load("chain_leaf.pem");
  const Certificate b = *a;
  EXPECT_EQ(a->der().data(), b.der().data());
  a.reset();
  EXPECT_EQ(b.subject()->values("commonName"), std::vector<std::string>{"www.example.org"});
  EXPECT_EQ(b.subject()->values("CN").size(), 1U);
  EXPECT_EQ(b.subject()->values("2.5.4.3").size(), 1U);
  EXPECT_TRUE(b.subject()->values("").empty());
}

TEST(Certificate, views_lie_where_they_should) {
  const Certificate c = load("chain_leaf.pem");
  const ByteView der = c.der();
  EXPECT_EQ(c.tbs().data(), der.data() + 4);
  EXPECT_EQ(c.signature().data() + c.signature().size(), der.data() + der.size());
  EXPECT_TRUE(equal(c.signature_algorithm(), c.tbs_signature_algorithm()));
  const Certificate odd = load("algorithms_differ.pem");
  EXPECT_FALSE(equal(odd.signature_algorithm(), odd.tbs_signature_algorithm()));
}

TEST(Certificate, every_proper_prefix_is_refused) {
  for (const std::string file : {"chain_leaf.pem", "strings.pem", "san_kinds.pem", "v1.pem"}) {
    const Bytes der = to_bytes(load(file).der());
    for (std::size_t n = 0; n < der.size(); ++n) {
      const auto c = Certificate::parse(to_bytes(ByteView{der}.first(n)));
      ASSERT_FALSE(c) << file << " " << n;
      EXPECT_EQ(c.error().code, Errc::truncated) << file << " " << n;
    }
  }
}

TEST(Certificate, anything_behind_it_is_refused) {
  Bytes der = to_bytes(load("chain_leaf.pem").der());
  der.push_back(0);
  const auto c = Certificate::parse(der);
  ASSERT_FALSE(c);
  EXPECT_EQ(c.error().code, Errc::trailing_bytes);
}

void touch_everything(const Certificate& c) {
  EXPECT_FALSE(describe(c).empty());
  EXPECT_TRUE(c == c);
  (void)c.self_issued();
  (void)c.not_before().has_value();
  (void)c.not_after().has_value();
  (void)c.unknown_critical_extensions();
}

TEST(Certificate, no_corrupted_byte_does_harm) {
  std::size_t refused = 0;
  for (const std::string file : {"chain_leaf.pem", "strings.pem", "san_kinds.pem"}) {
    const Bytes good = to_bytes(load(file).der());
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (const unsigned flip : {0x01U, 0x80U, 0xffU, 0x20U}) {
        Bytes der = good;
        der[at] = static_cast<std::uint8_t>(der[at] ^ flip);
        const auto c = Certificate::parse(std::move(der));
        if (c)
          touch_everything(*c);
        else
          ++refused;
      }
    }
  }
  EXPECT_GT(refused, 1000U);
}

TEST(Certificate, refuses_broken_structures) {
  const auto patched = [](const std::string& file, std::string_view from, std::string_view to) {
    const Bytes der = to_bytes(load(file).der());
    std::string hex = to_hex(der);
    const std::size_t at = hex.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    hex.replace(at, from.size(), to);
    const auto c = Certificate::parse(test::from_hex(hex));
    return c ? Errc::count_ : c.error().code;
  };
  EXPECT_EQ(patched("chain_leaf.pem", "a003020102", "a003020103"), Errc::bad_value);  // version 4
  EXPECT_EQ(patched("chain_leaf.pem", "a003020102", "a003020101"),
            Errc::trailing_bytes);  // extensions in version 2
  EXPECT_EQ(patched("serial_high_bit.pem", "020900d7", "02090057"), Errc::bad_der);
  EXPECT_EQ(patched("v1.pem", "170d3230", "160d3230"), Errc::bad_der);  // a date as IA5String
  EXPECT_EQ(patched("unknown_critical.pem", "0603551d130101ff", "0603551d1301017f"), Errc::bad_der);
}

TEST(Name, same_name_follows_the_canonical_form) {
  // Each case: two values of commonName as tag and hex, and whether OpenSSL hashes them alike.
  const auto name = [](std::uint8_t tag, std::string_view value) {
    Bytes atv{0x06, 0x03, 0x55, 0x04, 0x03, tag, static_cast<std::uint8_t>(value.size())};
    append(atv, as_bytes(value));
    for (const unsigned outer : {0x30U, 0x31U, 0x30U}) {
      Bytes w{static_cast<std::uint8_t>(outer), static_cast<std::uint8_t>(atv.size())};
      append(w, atv);
      atv = w;
    }
    return atv;
  };
  const Bytes plain = name(12, "root ca");
  EXPECT_TRUE(same_name(plain, name(19, "Root CA")));
  EXPECT_TRUE(same_name(plain, name(12, "  root \t\n ca ")));
  EXPECT_TRUE(same_name(plain, name(22, "ROOT  CA")));
  EXPECT_TRUE(same_name(plain, name(30, std::string_view{"\0r\0o\0o\0t\0 \0c\0a", 14})));
  EXPECT_FALSE(same_name(plain, name(12, "rootca")));
  EXPECT_FALSE(same_name(plain, name(12, "root cb")));
  EXPECT_FALSE(same_name(plain, name(18, "root ca"))) << "NumericString stays as it is";
  EXPECT_FALSE(same_name(name(12, "\xc3\xbc"), name(12, "\xc3\x9c"))) << "ASCII letters only";
  EXPECT_TRUE(same_name(name(20, "\xfc"), name(12, "\xc3\xbc")));
  const Bytes broken = name(12, "\xff");
  EXPECT_FALSE(same_name(broken, broken));
  EXPECT_FALSE(same_name({}, {}));
  EXPECT_TRUE(
      same_name(load("rdn_unsorted.pem").subject_der(), load("rdn_unsorted.pem").issuer_der()));
}

TEST(Describe, says_what_it_cannot_decode) {
  EXPECT_NE(describe(load("string_bad_utf8.pem")).find("<cannot be decoded>"), std::string::npos);
  const std::string nul = describe(load("san_nul.pem"));
  EXPECT_NE(nul.find("altnull.python.org\\x00example.com"), std::string::npos) << nul;
}

std::string public_key_line(const std::string& name) {
  const std::string text =
      describe(certificates_from_pem(test::read_text("keys/" + name + ".pem"))->front());
  const std::size_t at = text.find("Public key:");
  return text.substr(at, text.find('\n', at) - at);
}

TEST(Describe, names_every_kind_of_key) {
  EXPECT_EQ(public_key_line("ca_rsa"), "Public key:   RSA, 1024 bits, exponent 65537");
  EXPECT_EQ(public_key_line("ca_dsa"), "Public key:   DSA, 2048 bits, subgroup of 256 bits");
  EXPECT_EQ(public_key_line("ca_dsa1024"), "Public key:   DSA, 1024 bits, subgroup of 160 bits");
  EXPECT_EQ(public_key_line("ca_ec"), "Public key:   EC, prime256v1, 256 bits");
  EXPECT_EQ(public_key_line("ca_p521"), "Public key:   EC, secp521r1, 521 bits");
  const PublicKeyFacts facts =
      public_key_facts(certificates_from_pem(test::read_text("keys/ca_ec.pem"))->front());
  EXPECT_EQ(facts.kind, "EC");
  EXPECT_EQ(facts.bits, 256U);
  EXPECT_EQ(facts.curve, "prime256v1");
}

}  // namespace
}  // namespace parley
