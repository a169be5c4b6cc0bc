// The cipher list language of OpenSSL 1.0.1: its ciphers(1), "CIPHER LIST FORMAT", and what that
// leaves open as the library itself answers (vectors/cipher_strings).
#include <algorithm>
#include <optional>

#include "suite/selector.hpp"
#include "suite/suite.hpp"

namespace parley {
namespace {

constexpr std::string_view kDefaultRules = "ALL:!EXPORT:!aNULL:!eNULL:!SSLv2";

/// What an item of a list stands for: the suites that have some properties, or a single one.
struct Choice {
  Choice(const Selector& s) : selector(s) {}
  Choice(const CipherSuite* s) : only(s) {}
  Selector selector{};
  const CipherSuite* only = nullptr;
};

/// The suites there are to select from. Each is active or not; the active ones in their order
/// are the result. What was killed is gone.
class Selection {
 public:
  explicit Selection(CipherContext);

  void add(const Choice& m) {
    for (auto i = to_end(m, false); i != entries_.end(); ++i) i->active = true;
  }
  /// The others, active, go to the end.
  void order(const Choice& m) { to_end(m, true); }
  /// What was deleted last stands first, to be added first again.
  void remove(const Choice& m) {
    const auto end = std::stable_partition(entries_.begin(), entries_.end(), [&](const Entry& e) {
      return e.active && selects(m, e);
    });
    for (auto i = entries_.begin(); i != end; ++i) i->active = false;
  }
  void kill(const Choice& m) {
    std::erase_if(entries_, [&](const Entry& e) { return selects(m, e); });
  }
  void sort_by_strength() {
    const auto active = std::stable_partition(entries_.begin(), entries_.end(),
                                              [](const Entry& e) { return !e.active; });
    std::stable_sort(active, entries_.end(), [](const Entry& a, const Entry& b) {
      return a.suite->secret_bits > b.suite->secret_bits;
    });
  }

  CipherList active() const {
    CipherList list;
    for (const Entry& e : entries_)
      if (e.active) list.push_back(e.suite);
    return list;
  }

 private:
  struct Entry {
    const CipherSuite* suite;
    Selector properties;
    bool active = false;
  };

  static bool selects(const Choice& c, const Entry& e) {
    if (c.only != nullptr || !e.suite->selectable) return c.only == e.suite;
    const Selector& m = c.selector;
    // COMPLEMENTOFDEFAULT names the anonymous suites, and by these two exceptions export suites
    // and kinds of SSL 2.0 too, for as long as no other word says something of the same.
    if (m[Dimension::exported] == (kExported | kNotExported) && m[Dimension::strength] == 0 &&
        e.suite->is_export)
      return true;
    if (m[Dimension::protocol] == (kSsl3Bit | kTls12Bit) &&
        e.suite->first == ProtocolVersion::ssl20)
      return true;
    return m.selects(e.properties);
  }

  std::vector<Entry>::iterator to_end(const Choice& m, bool active) {
    return std::stable_partition(entries_.begin(), entries_.end(), [&](const Entry& e) {
      return e.active != active || !selects(m, e);
    });
  }

  std::vector<Entry> entries_{};
};

bool is_available(const CipherSuite& s, CipherContext c) {
  if (!s.selectable) return false;
  const bool ssl2 = s.first == ProtocolVersion::ssl20;
  return c == CipherContext::sslv23 || ssl2 == (c == CipherContext::sslv2);
}

/// Suites of later days and of other builds, which only their full names select.
bool is_nameable(const CipherSuite& s, CipherContext c) {
  return c != CipherContext::sslv2 && has_full_name_only(s);
}

/// The order that OpenSSL 1.0.1 prefers suites in before anybody says something.
Selection::Selection(CipherContext context) {
  for (const CipherSuite& s : cipher_suite_catalogue())
    if (is_available(s, context) || is_nameable(s, context))
      entries_.push_back({&s, properties(s)});
  std::ranges::reverse(entries_);
  std::stable_partition(entries_.begin(), entries_.end(),
                        [](const Entry& e) { return e.suite->first != ProtocolVersion::ssl20; });
  const auto word = [](std::string_view w) { return *find_keyword(w); };
  add(word("kEECDH"));
  remove(word("kEECDH"));
  add(word("AES"));
  add(Selector{});
  for (const std::string_view last : {"MD5", "aNULL", "aECDH", "kRSA", "kPSK", "RC4"})
    order(word(last));
  sort_by_strength();
  remove(Selector{});
}

const Selection& initial_selection(CipherContext c) {
  static const Selection sslv2{CipherContext::sslv2}, sslv3{CipherContext::sslv3},
      sslv23{CipherContext::sslv23};
  switch (c) {
    case CipherContext::sslv2: return sslv2;
    case CipherContext::sslv3: return sslv3;
    case CipherContext::sslv23: break;
  }
  return sslv23;
}

/// A suite's name stands for all its properties but the protocol class, so that RC4-MD5 selects
/// the kind of SSL 2.0 as well.
std::optional<Selector> find_name(std::string_view name, CipherContext context) {
  for (const CipherSuite& s : cipher_suite_catalogue())
    if (s.openssl_name == name && is_available(s, context)) {
      Selector p = properties(s);
      p[Dimension::protocol] = 0;
      return p;
    }
  return {};
}

const CipherSuite* find_full_name(std::string_view name, CipherContext context) {
  if (!name.starts_with("TLS_")) return nullptr;
  for (const CipherSuite& s : cipher_suite_catalogue())
    if (s.iana_name == name && is_nameable(s, context)) return &s;
  return nullptr;
}

constexpr bool is_separator(char c) { return c == ':' || c == ' ' || c == ';' || c == ','; }
constexpr bool is_word_byte(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.';
}

class Scanner {
 public:
  Scanner(std::string_view text, CipherContext context, Selection& selection)
      : text_(text), context_(context), selection_(selection) {}

  Status run(std::size_t from) {
    at_ = from;
    while (true) {
      while (!done() && is_separator(text_[at_])) ++at_;
      if (done()) return {};
      PARLEY_CHECK(item());
    }
  }

 private:
  Status item() {
    const char op = text_[at_];
    if (op == '-' || op == '+' || op == '!' || op == '@') ++at_;
    if (op == '@') return special();
    if (const CipherSuite* const one = full_name()) {
      apply(op, one);
      return {};
    }

    Selector selector;
    bool more = true;
    while (more) {
      PARLEY_TRY(const std::string_view w, word());
      more = !done() && text_[at_] == '+';
      if (more) ++at_;
      const std::optional<Selector> known = look_up(w);
      if (!known || !selector.narrow(*known)) return skip_to_separator();
    }
    apply(op, selector);
    return {};
  }

  void apply(char op, const Choice& choice) {
    switch (op) {
      case '-': selection_.remove(choice); break;
      case '+': selection_.order(choice); break;
      case '!': selection_.kill(choice); break;
      default: selection_.add(choice);
    }
  }

  /// Takes a full name that stands alone between separators. Anything else that begins like one is
  /// the word TLS, which nobody knows.
  const CipherSuite* full_name() {
    std::size_t end = at_;
    while (end < text_.size() && (is_word_byte(text_[end]) || text_[end] == '_')) ++end;
    if (end < text_.size() && !is_separator(text_[end])) return nullptr;
    const CipherSuite* const one = find_full_name(text_.substr(at_, end - at_), context_);
    if (one != nullptr) at_ = end;
    return one;
  }

  Status special() {
    const std::size_t start = at_;
    PARLEY_TRY(const std::string_view w, word());
    if (w != "STRENGTH") return invalid_command(start);
    selection_.sort_by_strength();
    return skip_to_separator();
  }

  Result<std::string_view> word() {
    const std::size_t start = at_;
    while (!done() && is_word_byte(text_[at_])) ++at_;
    if (at_ == start) return invalid_command(start);
    return text_.substr(start, at_ - start);
  }

  std::optional<Selector> look_up(std::string_view w) const {
    if (std::optional<Selector> named = find_name(w, context_)) return named;
    const Selector* keyword = find_keyword(w);
    return keyword == nullptr ? std::optional<Selector>{} : *keyword;
  }

  /// What is glued to an item that was ignored is ignored with it, other than NUL, which ends a
  /// string in C and has no meaning here.
  Status skip_to_separator() {
    for (; !done() && !is_separator(text_[at_]); ++at_)
      if (text_[at_] == '\0') return invalid_command(at_);
    return {};
  }

  static Error invalid_command(std::size_t at) {
    return {.code = Errc::invalid_command,
            .where = "cipher list",
            .offset = static_cast<std::uint32_t>(at)};
  }
  bool done() const { return at_ == text_.size(); }

  std::string_view text_;
  CipherContext context_;
  Selection& selection_;
  std::size_t at_ = 0;
};

constexpr Error kNoMatch{.code = Errc::no_cipher_match, .where = "cipher list"};

}  // namespace

Result<CipherList> expand_cipher_string(std::string_view text, CipherContext context) {
  Selection selection = initial_selection(context);
  // Only here is DEFAULT a word, and whatever follows it needs no separator.
  constexpr std::string_view kDefault = "DEFAULT";
  std::size_t from = 0;
  if (text.starts_with(kDefault)) {
    PARLEY_CHECK(Scanner(kDefaultRules, context, selection).run(0));
    from = kDefault.size();
  }
  PARLEY_CHECK(Scanner(text, context, selection).run(from));
  CipherList list = selection.active();
  if (list.empty()) return kNoMatch;
  return list;
}

Result<CipherList> parse_cipher_list(std::string_view text, CipherContext context) {
  PARLEY_TRY(CipherList list, expand_cipher_string(text, context));
  std::erase_if(list, [](const CipherSuite* s) { return !is_spoken(*s); });
  if (list.empty()) return kNoMatch;
  return list;
}

std::string_view default_cipher_string(CipherContext context) {
  return context == CipherContext::sslv2 ? "SSLv2" : "DEFAULT:!aNULL:!eNULL:!LOW:!EXPORT:!SSLv2";
}

const CipherList& default_cipher_list() {
  static const CipherList list = *parse_cipher_list(default_cipher_string(CipherContext::sslv23));
  return list;
}

}  // namespace parley
