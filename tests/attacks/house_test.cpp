// What the compiler is told to watch over.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <type_traits>

#include "parley/result.hpp"

namespace parley::test {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream in{PARLEY_SOURCE_DIR "/" + path};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Row 37: what is cut off when a number changes its type is an error, everywhere.
TEST(Compiler, warns_of_every_conversion) {
  const std::string root = text_of("CMakeLists.txt");
  for (const char* flag : {"-Wconversion", "-Wsign-conversion", "-Werror", "-Wold-style-cast"})
    EXPECT_NE(root.find(flag), std::string::npos) << flag;
}

// Row 27 (goto fail, CVE-2014-0092): a verdict is no number and no truth value by accident, and one
// that nobody looks at is a warning.
static_assert(!std::is_convertible_v<Status, bool> && !std::is_convertible_v<Status, int>);
static_assert(!std::is_convertible_v<Result<int>, bool> && !std::is_convertible_v<int, Status>);
static_assert(!std::is_convertible_v<bool, Status> && !std::is_convertible_v<Errc, Status>);
TEST(Verdicts, are_types_of_their_own) {
  EXPECT_FALSE((Status{Error{.code = Errc::bad_signature, .where = ""}}.has_value()));
  const std::string text = text_of("include/parley/result.hpp");
  EXPECT_NE(text.find("class [[nodiscard]] Status"), std::string::npos);
  EXPECT_NE(text.find("class [[nodiscard]] Result"), std::string::npos);
}

}  // namespace
}  // namespace parley::test
