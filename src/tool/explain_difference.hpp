// Where two explanations differ, message by message and field by field.
#pragma once
#include <optional>

#include "tool/explain_view.hpp"

namespace parley::tool {

struct Named {
  std::string name;  ///< printable
  explain::Explanation explanation;
};

/// Of each explanation an index, or of one only.
struct Pair {
  std::optional<std::size_t> a, b;
};
struct FieldChange {
  std::string name, a, b;  ///< what it says; empty: it is not there
};
/// A message, or two of the same kind beside each other.
struct Change {
  Pair index;
  Side from{};
  std::string title;
  std::vector<FieldChange> fields{};
  std::vector<std::string> other_bytes{};  ///< names of fields that say the same in other bytes
  bool same() const { return index.a && index.b && fields.empty() && other_bytes.empty(); }
};

struct Difference {
  /// The view says whether secrets may be told.
  Difference(const explain::Explanation& a, const explain::Explanation& b, const View&);

  std::vector<Change> changes{};
  std::vector<std::string> only_a{}, only_b{};  ///< where it stopped, and findings
  /// A connection has its own random values: two of them say the same if their fields do.
  bool same() const;
};

}  // namespace parley::tool
