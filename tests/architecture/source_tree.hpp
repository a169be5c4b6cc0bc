// What the architecture tests share: the files of the tree, and C++ without its comments.
#pragma once
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace parley::testing {

struct SourceFile {
  std::string path;  // relative to the root of the tree, with '/'
  std::string text;
};

inline std::string read_whole_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Every .hpp and .cpp below the given folders of the tree, in order of their paths.
inline std::vector<SourceFile> source_files(std::initializer_list<const char*> folders) {
  const std::filesystem::path root = PARLEY_SOURCE_DIR;
  std::vector<SourceFile> out;
  for (const char* folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (!entry.is_regular_file() || (extension != ".hpp" && extension != ".cpp")) continue;
      out.push_back({std::filesystem::relative(entry.path(), root).generic_string(),
                     read_whole_file(entry.path())});
    }
  }
  std::sort(out.begin(), out.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return out;
}

/// The text with comments blanked, and the insides of string and character literals too if asked.
/// Line numbers stay. Raw strings are not known: the library has none.
inline std::string code_only(std::string_view text, bool blank_strings) {
  std::string out(text);
  enum class In { code, line_comment, block_comment, string, character } in = In::code;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    switch (in) {
      case In::code:
        if (c == '/' && (next == '/' || next == '*')) {
          in = next == '/' ? In::line_comment : In::block_comment;
          out[i] = out[i + 1] = ' ';
          ++i;
        } else if (c == '"') {
          in = In::string;
        } else if (c == '\'' &&
                   (i == 0 || std::isalnum(static_cast<unsigned char>(text[i - 1])) == 0)) {
          in = In::character;  // and not the separator of 1'000
        }
        break;
      case In::line_comment:
        if (c == '\n') in = In::code;
        break;
      case In::block_comment:
        if (c == '*' && next == '/') {
          in = In::code;
          out[i] = out[i + 1] = ' ';
          ++i;
          continue;
        }
        break;
      case In::string:
      case In::character:
        if (c == '\\') {
          if (blank_strings) out[i] = out[i + 1] = ' ';
          ++i;
          continue;
        }
        if (c == (in == In::string ? '"' : '\'') || c == '\n') {
          in = In::code;
          continue;
        }
        if (blank_strings) out[i] = ' ';
        continue;
    }
    if ((in == In::line_comment || in == In::block_comment) && c != '\n') out[i] = ' ';
  }
  return out;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

inline bool starts_with_any(std::string_view text, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
    return text.substr(0, prefix.size()) == prefix;
  });
}

/// The findings one below the other, for a message that a person reads.
inline std::string listed(const std::vector<std::string>& findings) {
  std::string out;
  for (const std::string& finding : findings) out += "\n  " + finding;
  return out;
}

}  // namespace parley::testing
