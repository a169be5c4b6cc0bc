// The sections of a page. Each appends to the page so far, whose size tells how much of it still
// has room.
#pragma once
#include "tool/explain_view.hpp"

namespace parley::tool {

// Bytes of a page where what a section adds ends; a single piece is far smaller than what lies
// between them.
inline constexpr std::size_t kMostMaps = 480'000, kMostCards = 560'000, kMostKeys = 760'000,
                             kMostList = 850'000;

void add_wire(std::string&, const explain::Explanation&, const View&);
void add_finished(std::string&, const explain::Explanation&, const View&);
void add_keys(std::string&, const explain::Explanation&, const View&);

}  // namespace parley::tool
