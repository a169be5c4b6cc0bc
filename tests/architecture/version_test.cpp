// What differs between versions is data in a ProtocolProfile. Nothing outside src/protocol and
// the negotiation asks which version it is.
#include <gtest/gtest.h>

#include <regex>

#include "tests/architecture/source_tree.hpp"

namespace parley::testing {
namespace {

// The first two decide what a version is and which one is taken, and SSL 2.0 is one by itself. In
// the others a version is a word that a person typed or will read; no protocol runs there.
const std::vector<std::string> kMayCompare = {
    "src/protocol/", "src/handshake/negotiate.cpp", "src/engine/front_door.cpp",
    "src/ssl2/",     "src/base/names.cpp",          "src/tool/",
    "src/suite/"};

// May ask whether two versions are the same one, never which one it is: a record carries the
// version that was agreed (RFC 2246 section 6.2.1), a resumed session keeps its own (7.4.1.3). An
// onlooker says when a record or a premaster secret bears another one.
const std::vector<std::string> kMayAskForSameness = {
    "src/record/framer.cpp", "src/handshake/msg_server_hello.cpp", "src/explain/records.cpp",
    "src/explain/keys.cpp"};

// `version` is here the version of a certificate (RFC 5280 section 4.1.2.1).
const std::vector<std::string> kCertificates = {
    "src/trust/", "src/api/peer_cert.cpp", "src/api/context_trust.cpp", "include/parley/x509.hpp"};

bool any_matches(const std::string& line, const std::vector<std::regex>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::regex& p) { return std::regex_search(line, p); });
}

// Comparisons by one of the operators in `op` with something called ...version. An ordinary `<`
// has blanks around it, thanks to clang-format; the angle bracket of a template has none.
std::vector<std::regex> comparisons_of_variables(const std::string& op) {
  const std::string variable = R"((\w+(\.|->|::))*\w*[vV]ersion_?(\(\))?)";
  return {std::regex("(^|[^\\w.>])" + variable + "\\s+" + op + "\\s"),
          std::regex("\\s" + op + "\\s+" + variable + R"(\b(?!\w*[:(.]))"),
          std::regex(R"(static_cast<[^>]*>\(\s*)" + variable + R"(\s*\)\s*)" + op),
          std::regex(op + R"(\s*static_cast<[^>]*>\(\s*)" + variable + R"(\s*\))")};
}

std::vector<std::string> version_findings(const std::vector<SourceFile>& tree) {
  const std::string equality = "(==|!=)";
  const std::string order = "(<=|>=|<=>|<|>)";
  const std::string any = R"((==|!=|<=|>=|<=>|<(?![<\w])|>(?!>)))";
  const std::string constant = R"(ProtocolVersion::\w+)";
  const std::vector<std::regex> with_constants = {
      std::regex(any + R"(\s*(parley::)?)" + constant),
      std::regex(constant + R"(\s*)" + any),
      std::regex(R"(\bcase\s+(parley::)?)" + constant),
      std::regex(R"(\bswitch\s*\([^;{]*[vV]ersion)"),
  };
  const auto same = comparisons_of_variables(equality);
  const auto ordered = comparisons_of_variables(order);

  std::vector<std::string> findings;
  for (const SourceFile& file : tree) {
    if (starts_with_any(file.path, kMayCompare)) continue;
    const bool certificates = starts_with_any(file.path, kCertificates);
    const bool sameness = starts_with_any(file.path, kMayAskForSameness);
    const auto lines = lines_of(code_only(file.text, true));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string& line = lines[i];
      if (line.find("ersion") == std::string::npos) continue;
      if (any_matches(line, with_constants) || (!certificates && any_matches(line, ordered)) ||
          (!certificates && !sameness && any_matches(line, same))) {
        findings.push_back(file.path + ":" + std::to_string(i + 1) + ": " + line);
      }
    }
  }
  return findings;
}

TEST(Versions, are_compared_nowhere_but_in_the_protocol_and_the_negotiation) {
  const auto findings = version_findings(source_files({"include", "crypto", "src"}));
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(Versions, would_be_found_when_compared) {
  const auto finds = [](const char* line) {
    return version_findings({{"src/record/a.cpp", line}}).size() == 1;
  };
  EXPECT_TRUE(finds("if (v == ProtocolVersion::ssl30) {"));
  EXPECT_TRUE(finds("if (v>=ProtocolVersion::tls10) {"));
  EXPECT_TRUE(finds("if (ProtocolVersion::tls10 != v) {"));
  EXPECT_TRUE(finds("  case ProtocolVersion::ssl30:"));
  EXPECT_TRUE(finds("if (version < 0x0301) {"));
  EXPECT_TRUE(finds("return profile.version >= low;"));
  EXPECT_TRUE(finds("return ctx->client_version != offered;"));
  EXPECT_TRUE(finds("if (0x0300 == profile_->version) {"));
  EXPECT_TRUE(finds("switch (profile.version) {"));
  EXPECT_TRUE(finds("return static_cast<std::uint16_t>(hello.version) > 0x0300;"));

  EXPECT_FALSE(finds("ProtocolVersion version = ProtocolVersion::ssl30;"));
  EXPECT_FALSE(finds("std::optional<ProtocolVersion> version;"));
  EXPECT_FALSE(finds("std::vector<ProtocolVersion> versions{ProtocolVersion::tls10};"));
  EXPECT_FALSE(finds("out << profile.version << 1;"));
  EXPECT_FALSE(finds("// if (version == ProtocolVersion::ssl30)"));
  EXPECT_FALSE(finds("log(\"version == old\");"));
  const auto findings_in = [](const char* path, const char* line) {
    return version_findings({{path, line}}).size();
  };
  EXPECT_EQ(findings_in("src/protocol/a.cpp", "if (version == low) {"), 0U);
  EXPECT_EQ(findings_in("src/record/framer.cpp", "if (h.version != expected) {"), 0U);
  EXPECT_EQ(findings_in("src/record/framer.cpp", "if (h.version < expected) {"), 1U);
  EXPECT_EQ(findings_in("src/record/framer.cpp", "if (v == ProtocolVersion::ssl30) {"), 1U);
  EXPECT_EQ(findings_in("src/trust/checks.cpp", "const bool old = c.version() < 3;"), 0U);
}

}  // namespace
}  // namespace parley::testing
