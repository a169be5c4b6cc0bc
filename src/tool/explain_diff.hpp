// Two explanations beside each other, as lines, a document, or a page.
#pragma once
#include "tool/explain_difference.hpp"

namespace parley::tool {

/// On stdout, or as a page in the file `html`. Exit::no when they differ in what is told.
Exit tell_difference(Output&, const Named& a, const Named& b, const View&, const std::string& html);

/// One self-contained page: a column each.
std::string difference_page(const Difference&, const Named& a, const Named& b);

}  // namespace parley::tool
