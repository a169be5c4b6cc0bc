// What the README shows is what is compiled and run.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

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

TEST(Readme, no_file_names_a_document_that_does_not_exist) {
  namespace fs = std::filesystem;
  const fs::path root{PARLEY_SOURCE_DIR};
  const std::regex document{R"(([A-Za-z0-9_/.-]*[A-Z][A-Z_-]+\.md))"};
  for (const char* top : {"include", "crypto", "asn1", "src", "tests", "bench", "README.md"}) {
    std::vector<fs::path> files;
    if (fs::is_regular_file(root / top))
      files.push_back(root / top);
    else
      for (const auto& e : fs::recursive_directory_iterator{root / top})
        if (e.is_regular_file()) files.push_back(e.path());
    for (const fs::path& f : files) {
      const std::string text = read_file(fs::relative(f, root).string());
      for (std::sregex_iterator i{text.begin(), text.end(), document}, end; i != end; ++i) {
        const std::string name = i->str();
        EXPECT_TRUE(fs::exists(f.parent_path() / name) ||
                    fs::exists(root / fs::path{name}.relative_path()))
            << fs::relative(f, root) << " names " << name;
      }
    }
  }
}

}  // namespace
