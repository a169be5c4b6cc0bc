// The table of fields beside their bytes.
#include "parley/x509_fields.hpp"

#include <gtest/gtest.h>

#include "asn1/der_writer.hpp"
#include "parley/crl.hpp"
#include "parley/x509.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

using Visit = void (*)(ByteView, const DerVisitor&);

struct Row {
  std::size_t offset;
  Bytes bytes;
  unsigned depth;
  std::string name, meaning;
};
std::vector<Row> rows_of(ByteView der, Visit visit = visit_certificate) {
  std::vector<Row> rows;
  visit(der, [&rows](const DerField& f) {
    rows.push_back({f.offset, to_bytes(f.bytes), f.depth, std::string{f.name}, f.meaning});
  });
  return rows;
}

// Without gaps and without overlaps, from the first byte to the last.
void expect_whole(ByteView der, const std::vector<Row>& rows) {
  Bytes joined;
  for (const Row& r : rows) {
    EXPECT_EQ(r.offset, joined.size()) << r.name;
    append(joined, r.bytes);
  }
  EXPECT_TRUE(equal(joined, der));
}

Certificate load(const std::string& path) {
  return certificates_from_pem(test::read_text(path))->front();
}
const Row& named(const std::vector<Row>& rows, const std::string& name) {
  for (const Row& r : rows)
    if (r.name == name) return r;
  throw std::runtime_error("no field " + name);
}

TEST(DerFields, cover_every_byte_of_every_certificate_and_list) {
  std::size_t seen = 0;
  for (const char* path :
       {"certs/chain_leaf.pem", "certs/rules/all_extensions.pem", "certs/v1.pem", "certs/ec.pem",
        "certs/strings.pem", "certs/san_rare.pem", "certs/rules/policies_twice.pem",
        "certs/rules/unique_ids.pem", "certs/rules/point_relative.pem", "keys/ca_dsa.pem"}) {
    const Certificate c = load(path);
    const auto rows = rows_of(c.der());
    expect_whole(c.der(), rows);
    for (const Row& r : rows) EXPECT_NE(r.name, "rest") << path;
    seen += rows.size();
  }
  EXPECT_GT(seen, 500U);
  for (const char* path : {"crls/openssl_full.pem", "crls/indirect.pem", "crls/delta.pem"}) {
    const RevocationList l = crls_from_pem(test::read_text(path))->front();
    expect_whole(l.der(), rows_of(l.der(), visit_revocation_list));
  }
}

TEST(DerFields, have_the_names_of_the_rfc_and_say_what_they_mean) {
  const auto rows = rows_of(load("certs/rules/all_extensions.pem").der());
  EXPECT_EQ(rows[0].name, "Certificate");
  EXPECT_EQ(rows[1].name, "tbsCertificate");
  EXPECT_EQ(rows[2].name, "version");
  EXPECT_EQ(named(rows, "Version").meaning, "INTEGER 2");
  EXPECT_EQ(named(rows, "serialNumber").meaning, "INTEGER 1");
  EXPECT_EQ(named(rows, "algorithm").meaning,
            "OBJECT IDENTIFIER 1.2.840.113549.1.1.11 (sha256WithRSAEncryption)");
  EXPECT_EQ(named(rows, "notBefore").meaning, "UTCTime Jan  1 00:00:00 2020 GMT");
  EXPECT_EQ(named(rows, "value").meaning, "UTF8String \"all_extensions\"");
  EXPECT_EQ(named(rows, "publicExponent").meaning, "INTEGER 65537");
  EXPECT_EQ(named(rows, "cA").meaning, "BOOLEAN TRUE");
  EXPECT_EQ(named(rows, "pathLenConstraint").meaning, "INTEGER 3");
  EXPECT_EQ(named(rows, "X509v3 Key Usage").meaning, "BIT STRING Certificate Sign, CRL Sign");
  EXPECT_EQ(named(rows, "dNSName").meaning, "[2] \"www.example.org\"");
  EXPECT_EQ(named(rows, "iPAddress").meaning, "[7] 192.0.2.1");
  EXPECT_EQ(named(rows, "requireExplicitPolicy").meaning, "[0] 2");
  EXPECT_EQ(named(rows, "reasons").meaning, "[1] Key Compromise, CA Compromise");
  EXPECT_EQ(named(rows, "explicitText").meaning, "UTF8String \"Read \u00fc\"");
  EXPECT_EQ(rows.back().name, "signatureValue");
}

TEST(DerFields, of_lists_have_names_too) {
  const RevocationList l = crls_from_pem(test::read_text("crls/openssl_full.pem"))->front();
  const auto rows = rows_of(l.der(), visit_revocation_list);
  EXPECT_EQ(named(rows, "userCertificate").meaning, "INTEGER 1");
  EXPECT_EQ(named(rows, "X509v3 CRL Reason Code").meaning, "ENUMERATED certificateHold");
  EXPECT_EQ(named(rows, "onlyContainsUserCerts").meaning, "[1] TRUE");
  EXPECT_EQ(named(rows, "nextUpdate").depth, 2U);
}

TEST(DerFields, whatever_the_bytes_are_all_of_them_are_told) {
  const Bytes good = to_bytes(load("certs/rules/all_extensions.pem").der());
  for (std::size_t at = 0; at < good.size(); at += 3) {
    Bytes bad = good;
    bad[at] ^= 0x21;
    expect_whole(bad, rows_of(bad));
    const ByteView cut = ByteView{good}.first(at);
    expect_whole(cut, rows_of(cut));
  }
}

TEST(DerFields, neither_depth_nor_number_is_unbounded) {
  Bytes deep;
  for (int i = 0; i < 5000; ++i) {
    Bytes outer;
    asn1::DerWriter w{outer};
    w.primitive(asn1::kSequence, deep);
    deep = std::move(outer);
  }
  auto rows = rows_of(deep);
  expect_whole(deep, rows);
  EXPECT_LE(rows.size(), 40U);
  Bytes many;
  {
    asn1::DerWriter w{many};
    const auto scope = w.open(asn1::kSequence);
    for (std::size_t i = 0; i < 3 * kMostFields; ++i) w.null();
  }
  rows = rows_of(many);
  expect_whole(many, rows);
  EXPECT_LE(rows.size(), kMostFields + 40);
}

}  // namespace
}  // namespace parley
