#include "tool/explain_difference.hpp"

#include <algorithm>
#include <functional>

namespace parley::tool {
namespace {

using explain::Explanation;
using explain::Field;
using explain::Finding;
using explain::Message;

/// Aligns two lists so that as many as possible stand beside their like. Longer lists than a table
/// can hold are aligned from the front.
std::vector<Pair> align(std::size_t na, std::size_t nb,
                        const std::function<bool(std::size_t, std::size_t)>& alike) {
  constexpr std::size_t kMostCells = 1'000'000;
  std::vector<Pair> pairs;
  std::size_t i = 0, j = 0;
  while (i < na && j < nb && alike(i, j)) pairs.push_back({i++, j++});
  const std::size_t rows = na - i + 1, columns_ = nb - j + 1;
  const bool fits = rows <= kMostCells / columns_;
  // Lengths of the longest common part of what is left from each place on.
  std::vector<std::uint32_t> best(fits ? rows * columns_ : 0);
  const std::size_t i0 = i, j0 = j;
  for (std::size_t x = na; fits && x-- > i0;)
    for (std::size_t y = nb; y-- > j0;)
      best[(x - i0) * columns_ + (y - j0)] =
          alike(x, y) ? best[(x + 1 - i0) * columns_ + (y + 1 - j0)] + 1
                      : std::max(best[(x + 1 - i0) * columns_ + (y - j0)],
                                 best[(x - i0) * columns_ + (y + 1 - j0)]);
  const auto length = [&](std::size_t x, std::size_t y) {
    return best[(x - i0) * columns_ + (y - j0)];
  };
  while (i < na || j < nb) {
    if (i < na && j < nb && alike(i, j))
      pairs.push_back({i++, j++});
    else if (j == nb || (i < na && (!fits || length(i + 1, j) >= length(i, j + 1))))
      pairs.push_back({i++, {}});
    else
      pairs.push_back({{}, j++});
  }
  return pairs;
}

class Comparer {
 public:
  Comparer(Difference& out, const Explanation& a, const Explanation& b, const View& v)
      : out_(out), a_(a), b_(b), view_(v) {
    const auto alike = [&](std::size_t x, std::size_t y) {
      const Message &l = a.messages[x], &r = b.messages[y];
      return l.from == r.from && l.kind == r.kind && l.name == r.name;
    };
    for (const Pair& p : align(a.messages.size(), b.messages.size(), alike)) add(p);
    stopped(a, b, out.only_a);
    stopped(b, a, out.only_b);
    missing(a.findings, b.findings, out.only_a);
    missing(b.findings, a.findings, out.only_b);
  }

 private:
  std::string says(const Message& m, const Field& f) const {
    if ((f.secret || is_private(m)) && !view_.secrets) return redacted(f.size);
    if (!f.meaning.empty()) return printable(f.meaning);
    return to_hex(Explanation::value(m, f));
  }

  void add(const Pair& p) {
    const Message& shown = p.a ? a_.messages[*p.a] : b_.messages[*p.b];
    out_.changes.push_back({.index = p, .from = shown.from, .title = title(shown)});
    if (!p.a || !p.b) return;
    const Message &l = a_.messages[*p.a], &r = b_.messages[*p.b];
    const auto alike = [&](std::size_t x, std::size_t y) {
      const Field &f = l.fields[x], &g = r.fields[y];
      return f.path == g.path && (f.meaning.empty() ? f.size == g.size : f.meaning == g.meaning);
    };
    Change& c = out_.changes.back();
    std::vector<std::size_t> left;  // of `l`, without their like
    for (const Pair& q : align(l.fields.size(), r.fields.size(), alike)) {
      if (q.a && q.b) {
        const Field& f = l.fields[*q.a];
        if (!equal(Explanation::value(l, f), Explanation::value(r, r.fields[*q.b])) &&
            (c.other_bytes.empty() || c.other_bytes.back() != field_name(f)))
          c.other_bytes.push_back(field_name(f));
      } else if (q.a) {
        left.push_back(*q.a);
      } else {
        const Field& g = r.fields[*q.b];
        const auto it = std::ranges::find(
            left, g.path, [&](std::size_t x) -> const std::string& { return l.fields[x].path; });
        FieldChange change{.name = field_of(g), .a = {}, .b = says(r, g)};
        if (it != left.end()) {
          change.a = says(l, l.fields[*it]);
          left.erase(it);
        }
        c.fields.push_back(std::move(change));
      }
    }
    for (const std::size_t x : left)
      c.fields.push_back({.name = field_of(l.fields[x]), .a = says(l, l.fields[x]), .b = {}});
  }

  /// The last part of the path, and of a length that of what it measures, too.
  static std::string field_of(const Field& f) {
    if (field_name(f) != "length") return field_name(f);
    const std::string_view owner = std::string_view(f.path).substr(0, f.path.rfind('.'));
    return printable(owner.substr(owner.rfind('.') + 1)) + " length";
  }

  static void stopped(const Explanation& from, const Explanation& in,
                      std::vector<std::string>& out) {
    for (const explain::Stop& s : from.stops)
      if (std::ranges::find(in.stops, stop_text(s), stop_text) == in.stops.end())
        out.push_back("stopped: " + stop_text(s));
  }

  static void missing(const std::vector<Finding>& from, const std::vector<Finding>& in,
                      std::vector<std::string>& out) {
    constexpr std::size_t kMost = 200;
    for (const Finding& f : from)
      if (out.size() < kMost && std::ranges::find(in, f.what, &Finding::what) == in.end())
        out.push_back(std::string(explain::kind_name(f.kind)) + ": " + printable(f.what));
  }

  Difference& out_;
  const Explanation& a_;
  const Explanation& b_;
  const View& view_;
};

}  // namespace

Difference::Difference(const Explanation& a, const Explanation& b, const View& v) {
  Comparer(*this, a, b, v);
}

bool Difference::same() const {
  return only_a.empty() && only_b.empty() && std::ranges::all_of(changes, [](const Change& c) {
           return c.index.a && c.index.b && c.fields.empty();
         });
}

}  // namespace parley::tool
