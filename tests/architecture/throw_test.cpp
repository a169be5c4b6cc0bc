// Errors are values below the facade: only src/api and src/tool throw.
#include <gtest/gtest.h>

#include <regex>

#include "tests/architecture/source_tree.hpp"

namespace parley::testing {
namespace {

const std::vector<std::string> kMayThrow = {"src/api/", "src/tool/"};
// It calls what the application wrote.
constexpr std::string_view kMayCatch = "src/session/store_guard.cpp";

std::vector<std::string> throw_findings(const std::vector<SourceFile>& tree) {
  static const std::regex any(R"(\b(throw|try|catch)\b)"), throwing(R"(\bthrow\b)");
  std::vector<std::string> findings;
  for (const SourceFile& file : tree) {
    if (starts_with_any(file.path, kMayThrow)) continue;
    const std::regex& wrong = file.path == kMayCatch ? throwing : any;
    const auto lines = lines_of(code_only(file.text, true));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (std::regex_search(lines[i], wrong)) {
        findings.push_back(file.path + ":" + std::to_string(i + 1) + ": " + lines[i]);
      }
    }
  }
  return findings;
}

TEST(Exceptions, are_thrown_and_caught_by_the_facade_and_the_tool_only) {
  const auto findings = throw_findings(source_files({"include", "crypto", "asn1", "src"}));
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(Exceptions, would_be_found_below_the_facade) {
  const auto finds = [](const char* line) {
    return throw_findings({{"src/engine/a.cpp", line}}).size() == 1;
  };
  EXPECT_TRUE(finds("throw std::runtime_error(\"no\");"));
  EXPECT_TRUE(finds("  } catch (...) {"));
  EXPECT_TRUE(finds("int x = 1'000; throw x; int y = 2'000;"));
  EXPECT_FALSE(finds("// nothing here may throw"));
  EXPECT_FALSE(finds("/* throw */ int thrown = 0;"));
  EXPECT_FALSE(finds("const char* text = \"throw\";"));
  EXPECT_TRUE(throw_findings({{"src/api/a.cpp", "throw 1;"}}).empty());
  EXPECT_TRUE(throw_findings({{"src/session/store_guard.cpp", "} catch (...) {"}}).empty());
  EXPECT_EQ(throw_findings({{"src/session/store_guard.cpp", "throw;"}}).size(), 1u);
}

}  // namespace
}  // namespace parley::testing
