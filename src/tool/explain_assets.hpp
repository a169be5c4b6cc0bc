// The style and the script of a page, and what stands in front of them. CMake makes the values
// from explain_page.css and explain_page.js.
#pragma once
#include <string_view>

namespace parley::tool {

extern const std::string_view kExplainStyle, kExplainScript, kExplainHead;

}  // namespace parley::tool
