// The cipher list language against recorded answers of OpenSSL 1.0.1q.
//
// Without arguments the GoogleTest cases, which read vectors/cipher_strings. With --strings FILE
// and --expansion FILE, each as often as wanted, it compares files of the same form instead and
// prints how many rows agree; the exit status is 0 when all do. A row is
// `method TAB string TAB codes`, or `ERROR:reason` for the codes; in the string \t \n \r \\ and
// \xHH are escapes. --strings: the suites of the hello; --expansion: those of the list.
#include <gtest/gtest.h>

#include <chrono>
#include <iomanip>
#include <iostream>
#include <set>
#include <sstream>

#include "suite/suite.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::test {
namespace {

std::vector<std::string> split(std::string_view line, char at) {
  std::vector<std::string> parts(1);
  for (const char c : line)
    if (c == at)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines = split(text, '\n');
  for (std::string& line : lines)
    if (line.ends_with('\r')) line.pop_back();
  std::erase_if(lines, [](const std::string& line) { return line.empty() || line[0] == '#'; });
  return lines;
}

std::string unescape(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] != '\\') {
      out += s[i];
      continue;
    }
    const char kind = ++i < s.size() ? s[i] : '?';
    if (kind == 't')
      out += '\t';
    else if (kind == 'n')
      out += '\n';
    else if (kind == 'r')
      out += '\r';
    else if (kind == '\\')
      out += '\\';
    else if (kind == 'x' && i + 2 < s.size()) {
      out += static_cast<char>(from_hex(s.substr(i + 1, 2)).at(0));
      i += 2;
    } else {
      throw std::runtime_error("an escape nobody knows in " + std::string(s));
    }
  }
  return out;
}

/// What the `method` of a row stands for.
struct Method {
  std::string_view name;
  CipherContext context;
  ProtocolVersion highest;
};
constexpr std::array kMethods{
    Method{"SSLv2_method", CipherContext::sslv2, ProtocolVersion::ssl20},
    Method{"SSLv3_method", CipherContext::sslv3, ProtocolVersion::ssl30},
    Method{"TLSv1_method", CipherContext::sslv3, ProtocolVersion::tls10},
    Method{"TLSv1_1_method", CipherContext::sslv3, ProtocolVersion::tls10},  // the same suites
    Method{"TLSv1_2_method", CipherContext::sslv3, ProtocolVersion::tls12},
    Method{"SSLv23_method", CipherContext::sslv23, ProtocolVersion::tls12},
};

struct Row {
  Method method{};
  std::string text{};
  std::string expected{};

  bool expects_error() const { return expected.starts_with("ERROR:"); }
};

std::vector<Row> read_rows(const std::string& path) {
  std::vector<Row> rows;
  for (const std::string& line : lines_of(read_text(path))) {
    const std::vector<std::string> columns = split(line, '\t');
    if (columns.size() != 3) throw std::runtime_error(path + ": not three columns: " + line);
    const auto method = std::ranges::find(kMethods, columns[0], &Method::name);
    if (method == kMethods.end()) throw std::runtime_error(path + ": unknown method: " + line);
    std::string expected = columns[2];
    if (!expected.starts_with("ERROR:"))
      std::ranges::transform(expected, expected.begin(), [](char c) {
        return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
      });
    rows.push_back({*method, unescape(columns[1]), std::move(expected)});
  }
  return rows;
}

template <class... Parts>
std::string join(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

std::string code(const CipherSuite& s) {
  return join(std::hex, std::uppercase, std::setfill('0'), std::setw(s.id > 0xffff ? 6 : 4), s.id);
}

std::string codes(const CipherList& list, std::string_view if_empty) {
  if (list.empty()) return join("ERROR:", if_empty);
  std::string text;
  for (const CipherSuite* s : list) text += (text.empty() ? "" : ",") + code(*s);
  return text;
}

std::string error_text(const Error& e) { return join("ERROR:", errc_reason(e.code)); }

std::string expanded(const Row& r) {
  const Result<CipherList> list = expand_cipher_string(r.text, r.method.context);
  return list ? codes(*list, "no cipher match") : error_text(list.error());
}

CipherList offered(const Row& r, const CipherList& whole, const CipherList& list) {
  return hello_suites(list, hello_form(whole, r.method.context, true), r.method.highest);
}

std::string offered(const Row& r) {
  const Result<CipherList> list = expand_cipher_string(r.text, r.method.context);
  if (!list) return error_text(list.error());
  return codes(offered(r, *list, *list), "no ciphers available");
}

/// The answer of a row less what parley does not speak.
std::string spoken(const std::string& expected, std::string_view if_empty) {
  if (expected.starts_with("ERROR:")) return expected;
  CipherList list;
  for (const std::string& c : split(expected, ',')) {
    const CipherSuite* s = find_cipher_suite("0x" + c);
    if (s != nullptr && is_spoken(*s)) list.push_back(s);
  }
  return codes(list, if_empty);
}

std::string expanded_spoken(const Row& r) {
  const Result<CipherList> list = parse_cipher_list(r.text, r.method.context);
  return list ? codes(*list, "?") : error_text(list.error());
}

/// The form of the hello is that of the whole list, or the two sides would not be comparable.
std::string offered_spoken(const Row& r) {
  const Result<CipherList> whole = expand_cipher_string(r.text, r.method.context);
  const Result<CipherList> list = parse_cipher_list(r.text, r.method.context);
  if (!whole) return error_text(whole.error());
  if (!list) return "ERROR:no ciphers available";
  return codes(offered(r, *whole, *list), "no ciphers available");
}

struct Score {
  std::size_t answers = 0, answers_right = 0, errors = 0, errors_right = 0;
  std::vector<std::string> wrong{};
  bool perfect() const {
    return answers + errors > 0 && answers == answers_right && errors == errors_right;
  }
};

template <class Ours, class Theirs>
Score compare(const std::vector<Row>& rows, Ours ours, Theirs theirs) {
  Score score;
  for (const Row& r : rows) {
    const std::string expected = theirs(r), got = ours(r);
    ++(r.expects_error() ? score.errors : score.answers);
    if (got == expected)
      ++(r.expects_error() ? score.errors_right : score.answers_right);
    else
      score.wrong.push_back(
          join(r.method.name, " '", r.text, "'\n  want ", expected, "\n  got  ", got));
  }
  return score;
}

enum class Kind { strings, expansion };

Score score_whole(const std::vector<Row>& rows, Kind kind) {
  const auto ours = [&](const Row& r) { return kind == Kind::strings ? offered(r) : expanded(r); };
  return compare(rows, ours, [](const Row& r) { return r.expected; });
}

Score score_spoken(const std::vector<Row>& rows, Kind kind) {
  const bool strings = kind == Kind::strings;
  return compare(
      rows, [&](const Row& r) { return strings ? offered_spoken(r) : expanded_spoken(r); },
      [&](const Row& r) {
        return spoken(r.expected, strings ? "no ciphers available" : "no cipher match");
      });
}

std::string share(std::size_t right, std::size_t all) {
  const double percent =
      all == 0 ? 100 : 100.0 * static_cast<double>(right) / static_cast<double>(all);
  return join(right, "/", all, " (", std::fixed, std::setprecision(2), percent, " %)");
}

std::string summary(const Score& s) {
  return join("lists ", share(s.answers_right, s.answers), ", errors ",
              share(s.errors_right, s.errors));
}

std::string first_wrong(const Score& s) {
  std::string text;
  for (std::size_t i = 0; i < s.wrong.size() && i < 10; ++i) text += s.wrong[i] + "\n";
  return text;
}

constexpr std::string_view kStrings = "cipher_strings/cipher-strings.tsv";
constexpr std::string_view kExpansion = "cipher_strings/cipher-expansion.tsv";

TEST(CipherString, selects_what_openssl_selects_for_every_recorded_string) {
  const Score s = score_whole(read_rows(std::string(kExpansion)), Kind::expansion);
  EXPECT_TRUE(s.perfect()) << summary(s) << "\n" << first_wrong(s);
}

TEST(CipherString, offers_what_openssl_offers_for_every_recorded_string) {
  const Score s = score_whole(read_rows(std::string(kStrings)), Kind::strings);
  EXPECT_TRUE(s.perfect()) << summary(s) << "\n" << first_wrong(s);
}

TEST(CipherString, less_what_is_not_spoken_the_answers_are_still_the_same) {
  for (const auto& [path, kind] :
       {std::pair{kExpansion, Kind::expansion}, {kStrings, Kind::strings}}) {
    const Score s = score_spoken(read_rows(std::string(path)), kind);
    EXPECT_TRUE(s.perfect()) << path << ": " << summary(s) << "\n" << first_wrong(s);
  }
}

TEST(CipherString, the_comparison_notices_a_wrong_row) {
  std::vector<Row> rows = read_rows(std::string(kExpansion));
  std::ranges::find_if(rows, [](const Row& r) { return !r.expects_error(); })->expected += ",0000";
  const Score s = score_whole(rows, Kind::expansion);
  EXPECT_FALSE(s.perfect());
  EXPECT_EQ(s.answers_right + 1, s.answers);
  EXPECT_EQ(s.errors_right, s.errors);
}

std::uint32_t error_offset(std::string_view text) {
  const auto list = expand_cipher_string(text, CipherContext::sslv23);
  EXPECT_FALSE(list) << text;
  if (list) return 0xffffffff;
  EXPECT_EQ(list.error().code, Errc::invalid_command) << text;
  return list.error().offset;
}

TEST(CipherString, an_error_names_the_byte_that_offends) {
  using namespace std::string_view_literals;
  EXPECT_EQ(error_offset("RC4:! MD5"), 5U);
  EXPECT_EQ(error_offset("AES_GCM"), 3U);
  EXPECT_EQ(error_offset("RC4+"), 4U);
  EXPECT_EQ(error_offset("RC4+:AES"), 4U);
  EXPECT_EQ(error_offset("AES:@strength"), 5U);
  EXPECT_EQ(error_offset("@"), 1U);
  EXPECT_EQ(error_offset("DEFAULT:*"), 8U);
  EXPECT_EQ(error_offset("AES\0:RC4"sv), 3U);
  EXPECT_EQ(error_offset("NOBODY\0:RC4"sv), 6U) << "not even where everything else is skipped";
}

TEST(CipherString, a_context_of_ssl2_has_no_default) {
  const auto none = expand_cipher_string("DEFAULT", CipherContext::sslv2);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::no_cipher_match);
  EXPECT_EQ(expand_cipher_string("SSLv2", CipherContext::sslv2)->size(), 7U);
}

TEST(CipherString, what_is_selected_yet_not_spoken_by_anyone_here_is_no_match) {
  const auto list = parse_cipher_list("PSK");
  EXPECT_TRUE(expand_cipher_string("PSK", CipherContext::sslv23));
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().code, Errc::no_cipher_match);
}

std::string selected(const std::string& text, CipherContext context = CipherContext::sslv23) {
  const auto list = expand_cipher_string(text, context);
  if (!list) return error_text(list.error());
  std::string names;
  for (const CipherSuite* s : *list) {
    names += names.empty() ? "" : " ";
    names += s->selectable ? s->openssl_name : s->iana_name;
  }
  return names;
}

CipherList full_names_only() {
  CipherList l;
  for (const CipherSuite& s : cipher_suite_catalogue())
    if (has_full_name_only(s)) l.push_back(&s);
  return l;
}

TEST(FullName, selects_the_one_suite_that_openssl_1_0_1_had_no_word_for) {
  const CipherList list = full_names_only();
  ASSERT_GE(list.size(), 15U);
  std::string all;
  for (const CipherSuite* s : list) {
    const std::string name{s->iana_name};
    all += (all.empty() ? "" : ":") + name;
    EXPECT_EQ(selected(name), name);
    EXPECT_EQ(selected(name, CipherContext::sslv3), name);
    EXPECT_EQ(selected(name, CipherContext::sslv2), "ERROR:no cipher match");
    EXPECT_EQ(selected("RC4-SHA:" + name + ":AES128-SHA"), "RC4-SHA " + name + " AES128-SHA");
    EXPECT_EQ(selected("RC4-SHA:-" + name), "RC4-SHA");
    EXPECT_EQ(selected(name + ":RC4-SHA:+" + name), "RC4-SHA " + name);
    EXPECT_EQ(selected(name + ":RC4-SHA:-" + name), "RC4-SHA");
    EXPECT_EQ(selected("!" + name + ":RC4-SHA:" + name), "RC4-SHA");
    EXPECT_EQ(selected("DEFAULT:!ALL:" + name), name);
    const std::string also{s->openssl_name};
    EXPECT_EQ(selected(also), "ERROR:no cipher match") << "OpenSSL's later name stays unknown";
  }
  EXPECT_EQ(expand_cipher_string(all, CipherContext::sslv23)->size(), list.size());
}

TEST(FullName, of_a_suite_that_has_a_word_or_cannot_be_spoken_is_unknown_as_it_was) {
  for (const CipherSuite& s : cipher_suite_catalogue()) {
    if (has_full_name_only(s) || s.first == ProtocolVersion::ssl20) continue;
    EXPECT_EQ(selected(std::string(s.iana_name)), "ERROR:no cipher match") << s.iana_name;
  }
}

TEST(FullName, no_other_word_touches_the_suite) {
  const std::string name = "TLS_RSA_WITH_AES_128_CCM";
  for (const std::string word :
       {"ALL", "COMPLEMENTOFALL", "COMPLEMENTOFDEFAULT", "HIGH", "AES", "AES128", "TLSv1.2", "RSA",
        "kRSA", "aRSA", "AESGCM", "AES128-GCM-SHA256", "kRSA+AES", "AES128-SHA256"}) {
    EXPECT_EQ(selected(word).find("TLS_"), std::string::npos) << word;
    EXPECT_EQ(selected(name + ":!" + word + ":-" + word), name) << word;
    EXPECT_EQ(selected(name + ":RC4-SHA:+" + word).substr(0, name.size()), name) << word;
  }
  EXPECT_EQ(selected("DEFAULT").find("TLS_"), std::string::npos);
  // Strength is a matter of the whole list.
  EXPECT_EQ(selected(name + ":DES-CBC-SHA:TLS_RSA_WITH_AES_256_CCM:@STRENGTH"),
            "TLS_RSA_WITH_AES_256_CCM " + name + " DES-CBC-SHA");
}

TEST(FullName, is_a_word_only_alone_and_whole) {
  const std::string name = "TLS_RSA_WITH_AES_128_CCM";
  for (const std::string& text : {name + "+AES", name + "!RC4", name + "_", name + "X", name + ".",
                                  std::string{"TLS_RSA_WITH_AES_128_CC"},
                                  std::string{"tls_rsa_with_aes_128_ccm"}, std::string{"TLS_"}})
    EXPECT_EQ(selected(text + ":RC4-SHA"), "RC4-SHA") << text;
  EXPECT_EQ(selected("RSA+" + name + ":RC4-SHA"), "RC4-SHA");
  for (const char separator : {' ', ',', ';', ':'})
    EXPECT_EQ(selected(name + separator + "RC4-SHA"), name + " RC4-SHA");
}

TEST(CipherString, megabytes_are_decided_in_the_time_of_their_length) {
  const auto start = std::chrono::steady_clock::now();
  constexpr std::size_t kSize = 1 << 20;
  for (const std::string_view piece :
       {"RC4:", "-ALL:ALL:", "@STRENGTH:", "!A:", "A", "RC4+", "+AES", "!", ":", "DEFAULT",
        "kRSA+aRSA+", "TLS_", "TLS_RSA_WITH_AES_128_CCM:"}) {
    std::string text;
    while (text.size() < kSize) text += piece;
    const auto list = expand_cipher_string(text, CipherContext::sslv23);
    EXPECT_TRUE(list || list.error().code == Errc::no_cipher_match ||
                list.error().code == Errc::invalid_command);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

/// The columns of the recorded table in its own words.
std::string csv_row(const CipherSuite& s) {
  constexpr std::array kKx{"kRSA", "kEDH", "kEECDH", "kECDHr", "kECDHe", "kPSK",
                           "kSRP", "kDHr", "kDHd",   "kKRB5",  "kGOST"};
  constexpr std::array kAuth{"aRSA", "aDSS", "aNULL", "aECDH",   "aECDSA", "aPSK",
                             "aSRP", "aDH",  "aKRB5", "aGOST94", "aGOST01"};
  constexpr std::array kEnc{"eNULL",     "RC4",         "RC2",         "IDEA",     "DES",
                            "3DES",      "SEED",        "AES128",      "AES256",   "AES128GCM",
                            "AES256GCM", "CAMELLIA128", "CAMELLIA256", "GOST89CNT"};
  constexpr std::array kMac{"MD5", "SHA1", "SHA256", "SHA384", "AEAD", "GOST94", "GOST89MAC"};
  constexpr std::array kStrength{"NONE", "EXP40", "EXP56", "LOW", "MEDIUM", "HIGH"};
  const auto word = [](const auto& words, auto value) {
    return words.at(static_cast<std::size_t>(value));
  };
  const bool ssl2 = s.first == ProtocolVersion::ssl20;
  const auto* const protocol = ssl2                                ? "SSLv2"
                               : s.first == ProtocolVersion::tls12 ? "TLSv1.2"
                                                                   : "SSLv3";
  const auto row = [](const auto& first, const auto&... rest) {
    return join(first, join(",", rest)...);
  };
  return row(code(s), s.openssl_name, s.iana_name, word(kKx, s.kx), word(kAuth, s.auth),
             word(kEnc, s.enc), s.secret_bits, s.algorithm_bits, word(kMac, s.mac), s.is_export,
             word(kStrength, s.strength), s.fips, protocol, ssl2 ? "SSLv2" : "TLSv1/SSLv3",
             s.selectable);
}

TEST(Catalogue, agrees_with_the_recorded_table_row_by_row) {
  constexpr std::size_t kCompared = 15;
  std::vector<std::string> lines = lines_of(read_text("cipher_strings/cipher-suites.csv"));
  ASSERT_EQ(lines.at(0).substr(0, 4), "code");
  lines.erase(lines.begin());
  std::set<const CipherSuite*> recorded;
  std::size_t signals = 0;
  for (const std::string& line : lines) {
    std::vector<std::string> columns = split(line, ',');
    ASSERT_GT(columns.size(), kCompared) << line;
    const CipherSuite* s = find_cipher_suite("0x" + columns[0]);
    if (columns[3].empty()) {  // no key exchange: 00FF and 5600
      EXPECT_EQ(s, nullptr) << line;
      ++signals;
      continue;
    }
    ASSERT_NE(s, nullptr) << line;
    recorded.insert(s);
    std::string row;
    for (std::size_t i = 0; i < kCompared; ++i) row += (i == 0 ? "" : ",") + columns[i];
    EXPECT_EQ(csv_row(*s), row);
  }
  EXPECT_EQ(recorded.size(), 168U);
  EXPECT_EQ(signals, 2U);
  // Suites of later days must not change what the language of 1.0.1 selects.
  for (const CipherSuite& s : cipher_suite_catalogue())
    EXPECT_TRUE(recorded.contains(&s) || !s.selectable) << s.openssl_name;
}

/// Compares the files and prints what came of it. True when everything agrees.
bool compare_files(const std::vector<std::pair<Kind, std::string>>& files) {
  bool perfect = true;
  for (const auto& [kind, path] : files) {
    const std::vector<Row> rows = read_rows(std::filesystem::absolute(path).string());
    for (const bool whole : {true, false}) {
      const Score s = whole ? score_whole(rows, kind) : score_spoken(rows, kind);
      std::cout << path << (whole ? " whole: " : " spoken: ") << summary(s) << "\n"
                << first_wrong(s);
      perfect = perfect && s.perfect();
    }
  }
  return perfect;
}

}  // namespace
}  // namespace parley::test

int main(int argc, char** argv) {
  using parley::test::Kind;
  testing::InitGoogleTest(&argc, argv);
  std::vector<std::pair<Kind, std::string>> files;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view option = argv[i];
    if ((option != "--strings" && option != "--expansion") || i + 1 == argc) {
      std::cerr << "usage: " << argv[0] << " [--strings FILE]... [--expansion FILE]...\n";
      return 2;
    }
    files.emplace_back(option == "--strings" ? Kind::strings : Kind::expansion, argv[i + 1]);
  }
  if (files.empty()) return RUN_ALL_TESTS();
  try {
    return parley::test::compare_files(files) ? 0 : 1;
  } catch (const std::exception& e) {
    std::cerr << e.what() << "\n";
    return 2;
  }
}
