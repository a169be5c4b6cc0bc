// The recorded answers of OpenSSL 1.0.1 (vectors/cipher_strings) under changes that must not
// matter. Two bytes choose a recorded string, the others rewrite it; the answer stays the recorded
// one. A rewriting adds separators, exchanges them, appends words that nobody knows, or turns round
// the words that "+" joins.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "suite/suite.hpp"

// The file itself, so that the program needs no other.
asm(".section .rodata\n"
    "recorded_answers: .incbin \"" PARLEY_RECORDED_ANSWERS
    "\"\n"
    "recorded_answers_end: .byte 0\n"
    ".previous\n");
extern "C" const char recorded_answers[], recorded_answers_end[];

namespace {

using namespace parley;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Row {
  CipherContext context{};
  std::string_view text{};
  std::string_view answer{};
};

/// The rows whose strings have nothing that the file escapes.
std::vector<Row> read_rows() {
  std::vector<Row> rows;
  std::string_view file{recorded_answers,
                        static_cast<std::size_t>(recorded_answers_end - recorded_answers)};
  while (!file.empty()) {
    const std::string_view line = file.substr(0, file.find('\n'));
    file.remove_prefix(std::min(file.size(), line.size() + 1));
    const std::size_t first = line.find('\t'), second = line.find('\t', first + 1);
    if (second == std::string_view::npos || line.find('\\') != std::string_view::npos) continue;
    const std::string_view method = line.substr(0, first);
    rows.push_back({method == "SSLv2_method"    ? CipherContext::sslv2
                    : method == "SSLv23_method" ? CipherContext::sslv23
                                                : CipherContext::sslv3,
                    line.substr(first + 1, second - first - 1), line.substr(second + 1)});
  }
  require(rows.size() > 800);
  return rows;
}

std::string answer(std::string_view text, CipherContext context) {
  const Result<CipherList> list = expand_cipher_string(text, context);
  if (!list) return "ERROR:" + std::string(errc_reason(list.error().code));
  std::string codes;
  for (const CipherSuite* s : *list) {
    const unsigned digits = s->id > 0xffff ? 6 : 4;
    if (!codes.empty()) codes += ',';
    for (unsigned i = digits; i-- > 0;) codes += "0123456789ABCDEF"[s->id >> (4 * i) & 15];
  }
  return codes;
}

constexpr std::string_view kSeparators = ":,; ";

/// "A+B+C" as "C+B+A", behind the sign before it; not what only looks so.
void turn_round(std::string& item) {
  constexpr std::string_view kSigns = "!-+";
  const std::size_t start = !item.empty() && kSigns.find(item[0]) != kSigns.npos ? 1 : 0;
  std::vector<std::string> words(1);
  for (const char c : item.substr(start))
    if (c == '+')
      words.emplace_back();
    else
      words.back() += c;
  const auto plain = [](const std::string& w) {
    constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";
    return !w.empty() && w[0] != '-' && w.find_first_not_of(kLetters) == w.npos;
  };
  if (item.starts_with("DEFAULT") || !std::ranges::all_of(words, plain)) return;
  item.resize(start);
  for (std::size_t i = words.size(); i-- > 0;) item += words[i] + (i == 0 ? "" : "+");
}

/// `text` with one byte of `changes` for each item.
std::string rewrite(std::string_view text, ByteView changes) {
  std::string out;
  while (!text.empty()) {
    const std::uint8_t change = changes.empty() ? std::uint8_t{0} : changes[0];
    if (!changes.empty()) changes = changes.subspan(1);
    const std::size_t end = std::min(text.find_first_of(kSeparators), text.size());
    std::string item{text.substr(0, end)};
    if ((change & 1) != 0) turn_round(item);
    out += item;
    text.remove_prefix(end);
    if ((change & 2) != 0 && !item.empty()) out += ":NOBODY";
    if ((change & 4) != 0) out += kSeparators[change >> 4 & 3];
    if (text.empty()) break;
    out += (change & 8) != 0 ? kSeparators[change >> 6] : text[0];
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Row> rows = read_rows();
  if (size < 2) return 0;
  const Row& row = rows[(data[0] * 256U + data[1]) % rows.size()];
  require(answer(row.text, row.context) == row.answer);
  if (row.answer.starts_with("ERROR:")) return 0;
  require(answer(rewrite(row.text, {data + 2, size - 2}), row.context) == row.answer);
  return 0;
}
