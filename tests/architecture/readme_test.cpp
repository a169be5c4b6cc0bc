// What the README shows is what is compiled and run.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace {

std::string read_file(const std::string& path) {
  std::ifstream in{PARLEY_SOURCE_DIR "/" + path};
  std::ostringstream s;
  s << in.rdbuf();
  return s.str();
}

/// The text between two lines, with `indent` blanks taken off the front of each line.
std::string between(const std::string& text, const std::string& begin, const std::string& end,
                    std::size_t indent) {
  std::istringstream in{text};
  std::string out;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    const bool is_end = inside && line.find(end) != std::string::npos;
    if (is_end) break;
    if (inside) out += (line.size() > indent ? line.substr(indent) : std::string{}) + "\n";
    if (line.find(begin) != std::string::npos) inside = true;
  }
  return out;
}

TEST(Readme, its_client_is_the_example_that_is_compiled_and_run) {
  const std::string shown = between(read_file("README.md"), "```cpp", "```", 0);
  const std::string compiled =
      between(read_file("tests/examples/simple_client.cpp"), "[README]", "[README]", 2);
  ASSERT_FALSE(shown.empty());
  EXPECT_EQ(shown, compiled);
}

}  // namespace
