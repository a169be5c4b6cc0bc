#include "tests/support/vector_file.hpp"

#include <charconv>
#include <fstream>
#include <stdexcept>

namespace parley::test {
namespace {

std::string_view trim(std::string_view s) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = s.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(kBlanks) - first + 1);
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::filesystem::path in_vectors(const std::filesystem::path& path) {
  return path.is_absolute() ? path : std::filesystem::path(PARLEY_SOURCE_DIR) / "vectors" / path;
}
}  // namespace

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(in_vectors(path), std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (text.empty()) throw std::runtime_error(in_vectors(path).string() + ": cannot be read");
  return text;
}

std::vector<VectorCase> read_vector_file(const std::filesystem::path& path) {
  const std::filesystem::path file = in_vectors(path);
  std::ifstream in(file);
  if (!in) throw std::runtime_error(file.string() + ": cannot be read");
  std::vector<VectorCase> cases;
  VectorCase current;
  std::string line;
  std::size_t number = 0;
  const auto fail = [&](const char* why) {
    throw std::runtime_error(file.string() + ":" + std::to_string(number) + ": " + why);
  };
  while (std::getline(in, line)) {
    ++number;
    const std::string_view text = trim(line);
    if (text.starts_with('#')) continue;
    if (text.empty()) {
      if (!current.empty()) cases.push_back(std::move(current));
      current.clear();
      continue;
    }
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) fail("neither a comment nor `key = value`");
    const std::string key(trim(text.substr(0, equals)));
    if (key.empty()) fail("no key before '='");
    if (!current.emplace(key, trim(text.substr(equals + 1))).second) fail("key given twice");
  }
  if (!current.empty()) cases.push_back(std::move(current));
  if (cases.empty()) fail("no cases in the file");
  return cases;
}

const std::string& field(const VectorCase& c, const std::string& key) {
  const auto it = c.find(key);
  if (it == c.end()) throw std::runtime_error("a vector lacks the field '" + key + "'");
  return it->second;
}

Bytes from_hex(std::string_view hex) {
  Bytes out;
  out.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size();) {
    if (hex[i] == ' ' || hex[i] == ':' || hex[i] == '\n' || hex[i] == '\t') {
      ++i;
      continue;
    }
    const int high = digit(hex[i]);
    const int low = i + 1 < hex.size() ? digit(hex[i + 1]) : -1;
    if (high < 0 || low < 0) {
      throw std::runtime_error("not hex at character " + std::to_string(i) + " of '" +
                               std::string(hex.substr(0, 80)) + "'");
    }
    out.push_back(static_cast<std::uint8_t>(high * 16 + low));
    i += 2;
  }
  return out;
}

Bytes hex_field(const VectorCase& c, const std::string& key) { return from_hex(field(c, key)); }

std::size_t number_field(const VectorCase& c, const std::string& key) {
  const std::string& text = field(c, key);
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw std::runtime_error("the field '" + key + "' is not a number: '" + text + "'");
  }
  return value;
}

}  // namespace parley::test
