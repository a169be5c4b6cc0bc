// `parley explain alert N` and `parley explain suite N`: a number or a name, in plain words.
#pragma once
#include <string>

#include "tool/output.hpp"

namespace parley::tool {

/// "40", "0x28", "handshake_failure". Failure.
Exit tell_alert(Output&, const std::string&);
/// A number such as 0x002f, in the catalogue or not, or a name. Failure.
Exit tell_suite_of(Output&, const std::string&);

}  // namespace parley::tool
