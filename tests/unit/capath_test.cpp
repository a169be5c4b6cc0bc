// Hashed directories: the names of names, and how a store looks into a folder.
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <thread>

#include "asn1/name.hpp"
#include "parley/pem.hpp"
#include "parley/trust.hpp"
#include "tests/support/certs.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

using test::ca_request;
using test::Issued;
using test::issued_by;
using test::kNow;
using test::self_signed;

// API: 5.3
TEST(HashedName, is_the_one_of_OpenSSL) {
  std::istringstream in(test::read_text("trust/capath-hash.tsv"));
  int rows = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream row(line);
    std::string hash, old_hash, der;
    std::getline(row, hash, '\t');
    std::getline(row, old_hash, '\t');
    std::getline(row, der, '\t');
    const auto canonical = asn1::canonical_name(test::from_hex(der));
    ASSERT_TRUE(canonical) << line;
    EXPECT_EQ(hashed_name(*canonical), hash) << line;
    ++rows;
  }
  EXPECT_EQ(rows, 17);
}

std::string pem(const Certificate& c) { return encode_pem("CERTIFICATE", c.der()); }

std::string hash_of(const Certificate& c) {
  return hashed_name(*asn1::canonical_name(c.subject_der()));
}

/// A folder that is not one, and knows what was asked of it.
struct Folder {
  std::map<std::string, std::string> files;
  std::vector<std::string> asked;
  TrustStore::ReadFile reader() {
    return [this](const std::string& path) -> std::optional<std::string> {
      asked.push_back(path);
      const auto it = files.find(path);
      if (it == files.end()) return {};
      return it->second;
    };
  }
};

struct HashedDirectory : testing::Test {
  test::Chain chain = test::make_chain();
  std::vector<Certificate> sent{chain.leaf.certificate, chain.intermediate.certificate};
  std::string hash = hash_of(chain.root.certificate);
  Folder folder;
  TrustStore store;

  HashedDirectory() { store.add_directory("ca", folder.reader()); }
  bool verifies() const { return verify_chain(store, sent, {.unix_seconds = kNow}).has_value(); }
};

// API: C3, 5.3
TEST_F(HashedDirectory, is_looked_into_when_a_chain_needs_it_and_not_before) {
  EXPECT_TRUE(folder.asked.empty());
  EXPECT_FALSE(store.empty());
  EXPECT_FALSE(verifies());
  EXPECT_NE(std::ranges::find(folder.asked, "ca/" + hash + ".0"), folder.asked.end());
  // What was missing may be there later; what was found is not looked for again.
  folder.files["ca/" + hash + ".0"] = pem(chain.root.certificate);
  EXPECT_TRUE(verifies());
  folder.files.clear();
  EXPECT_TRUE(verifies());
  ASSERT_EQ(store.known().size(), 1u);
  EXPECT_EQ(store.known()[0], chain.root.certificate);
  EXPECT_TRUE(store.certificates().empty());
}

// API: 5.3
TEST_F(HashedDirectory, numbers_its_files_without_a_gap) {
  const Issued namesake = self_signed(ca_request("Another"), 9);
  folder.files["ca/" + hash + ".0"] = pem(namesake.certificate);  // wrong place: another name
  folder.files["ca/" + hash + ".2"] = pem(chain.root.certificate);
  EXPECT_FALSE(verifies());
  folder.files["ca/" + hash + ".1"] = "no certificate at all";
  EXPECT_TRUE(verifies());
}

// API: 5.3
TEST_F(HashedDirectory, may_have_several_certificates_in_a_file) {
  const Issued other = self_signed(ca_request("Another"), 9);
  folder.files["ca/" + hash + ".0"] = pem(other.certificate) + pem(chain.root.certificate);
  EXPECT_TRUE(verifies());
  ASSERT_EQ(store.known().size(), 1u);  // of the other nobody knows the right place
}

// API: 5.2, 5.3
TEST_F(HashedDirectory, tells_namesakes_apart_by_who_signed) {
  const Name subject = *chain.root.certificate.subject();
  const Issued impostor = self_signed(ca_request(subject.rdns.back().front().value), 8);
  ASSERT_EQ(hash_of(impostor.certificate), hash);
  folder.files["ca/" + hash + ".0"] = pem(impostor.certificate);
  EXPECT_FALSE(verifies());
  TrustStore both;
  folder.files["ca/" + hash + ".1"] = pem(chain.root.certificate);
  both.add_directory("ca", folder.reader());
  EXPECT_TRUE(verify_chain(both, sent, {.unix_seconds = kNow}));
}

// API: 5.2
TEST_F(HashedDirectory, makes_no_anchor_of_an_intermediate) {
  folder.files["ca/" + hash_of(chain.intermediate.certificate) + ".0"] =
      pem(chain.intermediate.certificate);
  EXPECT_FALSE(verifies());
  // But it completes a chain that came without it.
  folder.files["ca/" + hash + ".0"] = pem(chain.root.certificate);
  EXPECT_TRUE(verify_chain(store, std::vector{chain.leaf.certificate}, {.unix_seconds = kNow}));
}

TEST_F(HashedDirectory, is_shared_by_the_copies_of_a_store_and_their_threads) {
  folder.files["ca/" + hash + ".0"] = pem(chain.root.certificate);
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, copy = store] {
      for (int n = 0; n < 20; ++n)
        good += verify_chain(copy, sent, {.unix_seconds = kNow}).has_value() ? 1 : 0;
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(good, 80);
  EXPECT_EQ(std::ranges::count(folder.asked, "ca/" + hash + ".0"), 1);
}

}  // namespace
}  // namespace parley
