// An explanation for a terminal: a line a message, and below it as much as was asked for.
#pragma once
#include "tool/explain_view.hpp"

namespace parley::tool {

/// Lines of at most View::width columns, but for names that cannot be broken.
std::string explanation_text(const explain::Explanation&, const View&);
std::string words_text(const explain::Words&, const View&);

}  // namespace parley::tool
