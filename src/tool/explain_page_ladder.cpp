#include "tool/explain_page_ladder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tool/explain_page_parts.hpp"
#include "tool/terminal_text.hpp"

namespace parley::tool {
namespace {

using explain::Derivation;
using explain::Input;
using explain::Operation;

constexpr double kLetter = 6.7, kPadding = 7, kHeight = 34, kGapX = 12, kGapY = 22;
constexpr std::size_t kLongestLabel = 18;
constexpr std::size_t kMostRungs = 64;  // of one drawing
constexpr std::size_t kMostAcross =
    4;                                // boxes in a layer; with more it is drawn from left to right
constexpr std::size_t kMostUses = 2;  // what enters more steps is drawn into the first only

struct Box {
  std::string name, what;
  std::optional<std::size_t> rung{};  ///< none: it comes from elsewhere
  std::size_t layer = 0;
  double place = 0;                    ///< within the layer
  std::size_t next = ~std::size_t{0};  ///< the layer of the first box that it leads to
};
struct Edge {
  std::size_t from, to;
};

class Drawing {
 public:
  explicit Drawing(Rungs rungs) : rungs_(rungs) {
    for (std::size_t i = 0; i < rungs.size(); ++i) add(i);
    thin_out();
    set_layers();
    set_places();
  }

  std::string svg(std::size_t first) const {
    double width = 60;
    for (const Box& b : boxes_)
      width = std::max(width, 2 * kPadding + kLetter * static_cast<double>(std::max(
                                                           columns(b.name), columns(b.what))));
    std::size_t layers = 0, across = 0;
    double most = 0;
    for (const Box& b : boxes_) {
      layers = std::max(layers, b.layer + 1);
      most = std::max(most, b.place);
      across = std::max(across,
                        static_cast<std::size_t>(std::ranges::count(boxes_, b.layer, &Box::layer)));
    }
    const bool sideways = across > kMostAcross;
    const auto x = [&](const Box& b) {
      return sideways ? static_cast<double>(b.layer) * (width + 2 * kGapX)
                      : b.place * (width + kGapX);
    };
    const auto y = [&](const Box& b) {
      return sideways ? b.place * (kHeight + kGapX / 2)
                      : static_cast<double>(b.layer) * (kHeight + kGapY);
    };
    const double w = sideways ? static_cast<double>(layers) * (width + 2 * kGapX) - 2 * kGapX
                              : (most + 1) * (width + kGapX) - kGapX;
    const double h = sideways ? (most + 1) * (kHeight + kGapX / 2)
                              : static_cast<double>(layers) * (kHeight + kGapY) - kGapY;
    std::string s = fmt::format(
        "<div class=ladder><svg viewBox=\"-1 -1 {:.0f} {:.0f}\" width={:.0f} role=img "
        "aria-label=\"how {} is computed\">",
        w + 2, h + 2, w + 2, escaped(rungs_.back().name, kLongestLabel));
    for (const Edge& e : edges_) {
      const Box &a = boxes_[e.from], &b = boxes_[e.to];
      if (sideways)
        s += curve(x(a) + width, y(a) + kHeight / 2, x(b), y(b) + kHeight / 2, true);
      else
        s += curve(x(a) + width / 2, y(a) + kHeight, x(b) + width / 2, y(b), false);
    }
    for (const Box& b : boxes_) s += box(b, x(b), y(b), width, first);
    return s + "</svg></div>\n";
  }

 private:
  static std::string label(std::string_view name) { return elided(printable(name), kLongestLabel); }

  std::size_t source(const Input& in) {
    for (std::size_t i = boxes_.size(); i-- > 0;) {
      const Box& b = boxes_[i];
      if (b.rung ? rungs_[*b.rung].name == in.name : b.name == label(in.name)) return i;
    }
    // The same thing under another name, as A(0) is the seed.
    for (std::size_t i = boxes_.size(); i-- > 0 && !in.value.empty();)
      if (boxes_[i].rung && equal(rungs_[*boxes_[i].rung].output, in.value)) return i;
    boxes_.push_back({.name = label(in.name), .what = count(in.value.size(), "byte")});
    return boxes_.size() - 1;
  }

  void add(std::size_t rung) {
    const Derivation& d = rungs_[rung];
    std::vector<std::size_t> from;
    for (const Input& in : d.inputs) from.push_back(source(in));
    std::string what(explain::operation_name(d.operation));
    std::replace(what.begin(), what.end(), '_', '-');
    boxes_.push_back({.name = label(d.name), .what = what, .rung = rung});
    for (const std::size_t f : from)
      if (std::ranges::none_of(
              edges_, [&](const Edge& e) { return e.from == f && e.to == boxes_.size() - 1; }))
        edges_.push_back({f, boxes_.size() - 1});
  }

  /// A secret that keys every rung would cover them all with lines.
  void thin_out() {
    std::vector<std::size_t> uses(boxes_.size());
    for (const Edge& e : edges_) ++uses[e.from];
    std::vector<std::size_t> drawn(boxes_.size());
    std::vector<Edge> kept;
    for (const Edge& e : edges_)
      if (uses[e.from] <= kMostUses || drawn[e.from]++ == 0) kept.push_back(e);
    edges_ = std::move(kept);
  }

  void set_layers() {
    // Edges lead from earlier steps to later ones, so one pass does; sources move down to where
    // they are needed first.
    for (const Edge& e : edges_)
      boxes_[e.to].layer = std::max(boxes_[e.to].layer, boxes_[e.from].layer + 1);
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      if (boxes_[i].rung) continue;
      std::optional<std::size_t> least;
      for (const Edge& e : edges_)
        if (e.from == i) least = std::min(least.value_or(boxes_[e.to].layer), boxes_[e.to].layer);
      if (least && *least > 0) boxes_[i].layer = *least - 1;
    }
  }

  void set_places() {
    std::size_t last = 0;
    for (const Box& b : boxes_) last = std::max(last, b.layer);
    for (const Edge& e : edges_)
      boxes_[e.from].next = std::min(boxes_[e.from].next, boxes_[e.to].layer);
    for (std::size_t layer = 0; layer <= last; ++layer) {
      std::vector<std::size_t> row;
      for (std::size_t i = 0; i < boxes_.size(); ++i)
        if (boxes_[i].layer == layer) row.push_back(i);
      for (const std::size_t i : row) {
        double sum = 0, n = 0;
        for (const Edge& e : edges_)
          if (e.to == i) {
            sum += boxes_[e.from].place;
            n += 1;
          }
        boxes_[i].place = n > 0 ? sum / n : boxes_[i].place;
      }
      // Of two below one box, what leads on stays below it; what waits for the end stands beside.
      std::stable_sort(row.begin(), row.end(), [this](std::size_t a, std::size_t b) {
        if (boxes_[a].place != boxes_[b].place) return boxes_[a].place < boxes_[b].place;
        return boxes_[a].next < boxes_[b].next;
      });
      double next = 0;
      for (const std::size_t i : row) {
        boxes_[i].place = std::max(boxes_[i].place, next);
        next = boxes_[i].place + 1;
      }
    }
  }

  static std::string curve(double x1, double y1, double x2, double y2, bool sideways) {
    const double mx = (x1 + x2) / 2, my = (y1 + y2) / 2;
    return sideways ? fmt::format(
                          "<path d=\"M{:.1f} {:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} "
                          "{:.1f}\"/>",
                          x1, y1, mx, y1, mx, y2, x2, y2)
                    : fmt::format(
                          "<path d=\"M{:.1f} {:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} "
                          "{:.1f}\"/>",
                          x1, y1, x1, my, x2, my, x2, y2);
  }

  std::string box(const Box& b, double x, double y, double width, std::size_t first) const {
    const bool goal = b.rung && *b.rung + 1 == rungs_.size();
    std::string s = fmt::format(
        "<rect x={:.1f} y={:.1f} width={:.1f} height={:.0f} rx=4 class={} /><text x={:.1f} "
        "y={:.1f}>{}</text><text x={:.1f} y={:.1f} class=op>{}</text>",
        x, y, width, kHeight,
        goal     ? "goal"
        : b.rung ? "step"
                 : "src",
        x + width / 2, y + 14, escaped(b.name), x + width / 2, y + 27, escaped(b.what));
    return b.rung ? fmt::format("<a href=\"#v{}\">{}</a>", first + *b.rung, s) : s;
  }

  Rungs rungs_;
  std::vector<Box> boxes_{};
  std::vector<Edge> edges_{};
};

}  // namespace

std::vector<Rungs> ladders(const explain::Explanation& e) {
  std::vector<Rungs> all;
  const Rungs every(e.derivations);
  std::size_t start = 0;
  for (std::size_t i = 0; i < every.size(); ++i) {
    if (every[i].depth > 0) continue;
    all.push_back(every.subspan(start, i + 1 - start));
    start = i + 1;
  }
  return all;
}

std::string ladder_svg(Rungs rungs, std::size_t first) {
  const Derivation& goal = rungs.back();
  if (goal.operation == Operation::given || rungs.size() > kMostRungs) return {};
  if (rungs.size() == 1 && goal.inputs.size() < 2) return {};
  return Drawing(rungs).svg(first);
}

}  // namespace parley::tool
