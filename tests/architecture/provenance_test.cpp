// Every vector has a line in vectors/PROVENANCE.tsv that says where it comes from, with the
// SHA-256 of the file as it was checked in.
#include <gtest/gtest.h>

#include <map>

#include "crypto/hash.hpp"
#include "tests/architecture/source_tree.hpp"

namespace parley::testing {
namespace {

constexpr std::size_t kColumns = 7;  // path, source, section, licence, how made, date, SHA-256

std::string sha256_hex(const std::string& text) {
  return to_hex(crypto::hash(crypto::HashId::sha256, {as_bytes(text)}).view());
}

std::vector<std::string> columns_of(const std::string& line) {
  std::vector<std::string> out(1);
  for (const char c : line) {
    if (c == '\t') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

// `files`: path below vectors/ to contents, without README.md and PROVENANCE.tsv.
std::vector<std::string> provenance_findings(const std::string& table,
                                             const std::map<std::string, std::string>& files) {
  std::vector<std::string> findings;
  std::map<std::string, std::string> listed_hash;
  bool heading = true;
  for (const std::string& line : lines_of(table)) {
    if (line.empty() || line[0] == '#') continue;
    const auto columns = columns_of(line);
    if (heading && columns[0] == "path") {
      heading = false;
      continue;
    }
    heading = false;
    if (columns.size() != kColumns) {
      findings.push_back("a line of " + std::to_string(columns.size()) + " columns: " + line);
      continue;
    }
    for (const std::string& column : columns) {
      if (column.empty()) findings.push_back("an empty column: " + line);
    }
    if (!listed_hash.emplace(columns[0], columns.back()).second) {
      findings.push_back(columns[0] + " is listed twice");
    }
    if (files.count(columns[0]) == 0) findings.push_back(columns[0] + " is listed but not there");
  }
  for (const auto& [path, text] : files) {
    const auto entry = listed_hash.find(path);
    if (entry == listed_hash.end()) {
      findings.push_back(path + " is not listed");
    } else if (const std::string hash = sha256_hex(text); entry->second != hash) {
      findings.push_back(path + " is listed with " + entry->second + " but has " + hash);
    }
  }
  return findings;
}

TEST(Provenance, is_known_of_every_vector_file) {
  const std::filesystem::path root = std::filesystem::path(PARLEY_SOURCE_DIR) / "vectors";
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    const std::string path = std::filesystem::relative(entry.path(), root).generic_string();
    if (entry.path().filename() == "README.md" || path == "PROVENANCE.tsv") continue;
    files.emplace(path, read_whole_file(entry.path()));
  }
  ASSERT_FALSE(files.empty());
  const auto findings = provenance_findings(read_whole_file(root / "PROVENANCE.tsv"), files);
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(Provenance, would_miss_nothing) {
  // printf abc | sha256sum
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const std::string line = "a.txt\tRFC 1\tsection 2\tpublic\tby hand\t2026-11-22\t" + abc + "\n";
  const std::string heading = "path\tsource\tsection\tlicence\thow\tdate\tsha256\n";
  EXPECT_TRUE(provenance_findings(heading + line, {{"a.txt", "abc"}}).empty());
  EXPECT_TRUE(provenance_findings(line, {{"a.txt", "abc"}}).empty());
  EXPECT_EQ(provenance_findings(line, {{"a.txt", "abd"}}).size(), 1U);
  EXPECT_EQ(provenance_findings(line, {{"a.txt", "abc"}, {"b.txt", ""}}).size(), 1U);
  EXPECT_EQ(provenance_findings(line, {}).size(), 1U);
  EXPECT_EQ(provenance_findings(line + line, {{"a.txt", "abc"}}).size(), 1U);
  EXPECT_EQ(provenance_findings("a.txt\tRFC 1\n" + line, {{"a.txt", "abc"}}).size(), 1U);
}

}  // namespace
}  // namespace parley::testing
