// Text for terminals: its columns, line breaks and colours.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "tool/explain_view.hpp"

namespace parley::tool {

/// What to know of a terminal: colours by --color and NO_COLOR, columns.
View view_of(const Output&, int fd);

/// Columns of UTF-8: its code points.
std::size_t columns(std::string_view);
/// With blanks behind it up to `width` columns.
std::string padded(std::string text, std::size_t width);
/// `text` in lines of at most `width` columns, broken at blanks where there are some.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);
/// At most `width` columns; what is longer ends in "...".
std::string elided(std::string_view text, std::size_t width);
/// `text` in a colour of the terminal ("36"), if it has colours.
std::string painted(const View&, std::string_view code, std::string_view text);
/// The colour of a side.
std::string_view side_color(Side);

}  // namespace parley::tool
