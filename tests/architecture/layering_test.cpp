// Layers have one direction: a file includes only files of its own layer or of a lower one, and
// crypto/ and asn1/ do not know each other.
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include "tests/architecture/source_tree.hpp"

namespace parley::testing {
namespace {

// The table. A folder that stands nowhere in it is a finding, so a new one must be put here.
const std::map<std::string, int> kLayers = {
    {"src/api", 5},        {"src/tool", 5},                                          //
    {"src/engine", 4},     {"src/ssl2", 4},   {"src/explain", 4},                    //
    {"src/handshake", 3},  {"src/record", 3}, {"src/session", 3}, {"src/trust", 3},  //
    {"src/protocol", 2},   {"src/suite", 2},  {"src/wire", 2},                       //
    {"crypto", 1},         {"asn1", 1},                                              //
    {"include/parley", 0}, {"src/base", 0},
};

// Public headers that are the face of a higher room: only that room's layer and those above it
// may include them. Every other header of include/parley is vocabulary.
const std::map<std::string, int> kPublicFaces = {
    {"include/parley/parley.hpp", 5},      {"include/parley/ssl.hpp", 5},
    {"include/parley/socket.hpp", 5},      {"include/parley/connection.hpp", 4},
    {"include/parley/socket_file.hpp", 5}, {"include/parley/ssl_object.hpp", 5},
    {"include/parley/ssl_context.hpp", 5}, {"include/parley/ssl_socket.hpp", 5},
    {"include/parley/ssl_error.hpp", 5},   {"include/parley/ssl_constants.hpp", 5},
    {"include/parley/cert_dict.hpp", 5},   {"include/parley/keylog.hpp", 5},
    {"include/parley/explain.hpp", 4},     {"include/parley/config.hpp", 3},
    {"include/parley/session.hpp", 3},     {"include/parley/trust.hpp", 3},
    {"include/parley/hostname.hpp", 3},    {"include/parley/ocsp_check.hpp", 3},
    {"include/parley/issue.hpp", 3},       {"include/parley/cipher.hpp", 2},
    {"include/parley/x509.hpp", 1},        {"include/parley/pem.hpp", 1},
    {"include/parley/x509_name.hpp", 1},   {"include/parley/x509_extensions.hpp", 1},
    {"include/parley/crl.hpp", 1},         {"include/parley/x509_fields.hpp", 1},
    {"include/parley/fingerprint.hpp", 3},
};

// The tool is the library's first user: of the library it may include the public headers only.
const std::set<std::string> kPublicOnly = {"src/tool"};

std::string room_of(const std::string& path) {
  std::string best;
  for (const auto& [room, layer] : kLayers) {
    if (path.compare(0, room.size() + 1, room + "/") == 0 && room.size() > best.size()) best = room;
  }
  return best;
}

int layer_of(const std::string& path) {
  const auto face = kPublicFaces.find(path);
  if (face != kPublicFaces.end()) return face->second;
  const std::string room = room_of(path);
  return room.empty() ? -1 : kLayers.at(room);
}

// Where `#include "name"` leads: the include path is the root, include/ and src/; then the
// folder of the file itself. Empty if nowhere in the tree.
std::string resolve(const std::string& name, const std::string& includer,
                    const std::set<std::string>& files) {
  const std::string own_folder = includer.substr(0, includer.rfind('/') + 1);
  for (const std::string& candidate : {own_folder + name, name, "include/" + name, "src/" + name}) {
    if (files.count(candidate) != 0) return candidate;
  }
  return {};
}

std::vector<std::string> layering_findings(const std::vector<SourceFile>& tree) {
  std::set<std::string> files;
  for (const SourceFile& file : tree) files.insert(file.path);

  static const std::regex include("^\\s*#\\s*include\\s*([\"<])([^\">]+)[\">]");
  std::vector<std::string> findings;
  for (const SourceFile& file : tree) {
    const std::string room = room_of(file.path);
    if (room.empty()) {
      findings.push_back(file.path + " stands in no layer");
      continue;
    }
    for (const std::string& line : lines_of(code_only(file.text, false))) {
      std::smatch match;
      if (!std::regex_search(line, match, include)) continue;
      const std::string target = resolve(match[2], file.path, files);
      if (target.empty()) {
        if (match[1] == "\"") findings.push_back(file.path + " includes unknown " + match[2].str());
        continue;
      }
      const std::string target_room = room_of(target);
      if (layer_of(target) > layer_of(file.path)) {
        findings.push_back(file.path + " includes " + target + " of a higher layer");
      } else if ((room == "crypto" && target_room == "asn1") ||
                 (room == "asn1" && target_room == "crypto")) {
        findings.push_back(file.path + " includes " + target + ", its sibling");
      } else if (kPublicOnly.count(room) != 0 && target_room != room &&
                 target_room != "include/parley") {
        findings.push_back(file.path + " includes " + target + ", which is not public");
      }
    }
  }
  return findings;
}

TEST(Layering, has_only_downward_arrows) {
  const auto tree = source_files({"include", "crypto", "asn1", "src"});
  ASSERT_GT(tree.size(), 20U);
  const auto findings = layering_findings(tree);
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(Layering, would_find_each_kind_of_wrong_arrow) {
  const std::vector<SourceFile> vocabulary = {
      {"include/parley/bytes.hpp", ""}, {"include/parley/connection.hpp", ""},
      {"crypto/hash.hpp", ""},          {"asn1/oid.hpp", ""},
      {"src/record/half.hpp", ""},      {"src/engine/fail.hpp", ""}};
  const auto findings_with = [&](const char* path, const char* text) {
    std::vector<SourceFile> tree = vocabulary;
    tree.push_back({path, text});
    return layering_findings(tree).size();
  };
  EXPECT_EQ(findings_with("src/record/a.cpp", "#include \"crypto/hash.hpp\"\n"), 0U);
  EXPECT_EQ(findings_with("src/record/a.cpp", "#include <vector>\n"), 0U);
  EXPECT_EQ(findings_with("src/record/a.cpp", "#include \"engine/fail.hpp\"\n"), 1U);
  EXPECT_EQ(findings_with("src/record/a.cpp", "  # include \"../engine/../nowhere.hpp\"\n"), 1U);
  EXPECT_EQ(findings_with("src/record/a.cpp", "// #include \"engine/fail.hpp\"\n"), 0U);
  EXPECT_EQ(findings_with("src/record/a.cpp", "#include \"parley/connection.hpp\"\n"), 1U);
  EXPECT_EQ(findings_with("src/engine/a.cpp", "#include \"parley/connection.hpp\"\n"), 0U);
  EXPECT_EQ(findings_with("crypto/a.cpp", "#include \"asn1/oid.hpp\"\n"), 1U);
  EXPECT_EQ(findings_with("asn1/a.cpp", "#include <crypto/hash.hpp>\n"), 1U);
  EXPECT_EQ(findings_with("src/tool/a.cpp", "#include \"engine/fail.hpp\"\n"), 1U);
  EXPECT_EQ(findings_with("src/tool/a.cpp", "#include \"parley/connection.hpp\"\n"), 0U);
  EXPECT_EQ(findings_with("src/attic/a.cpp", ""), 1U);
}

}  // namespace
}  // namespace parley::testing
