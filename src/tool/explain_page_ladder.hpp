// How keys follow from secrets, drawn: a ladder for each derivation, in the shape that its version
// gives it.
#pragma once
#include <span>

#include "tool/explain_view.hpp"

namespace parley::tool {

/// A goal (Derivation::depth 0) and the steps that lead to it, in order; the goal is the last.
using Rungs = std::span<const explain::Derivation>;
std::vector<Rungs> ladders(const explain::Explanation&);

/// The drawing, as SVG whose boxes lead to "#v<first + i>", `i` counting the rungs. Empty where
/// there is nothing to draw, as for a part of the key block.
std::string ladder_svg(Rungs, std::size_t first);

}  // namespace parley::tool
