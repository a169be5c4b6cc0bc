// An explanation for a terminal: a line a message, and below it as much as was asked for.
#pragma once
#include "parley/x509.hpp"
#include "tool/explain_view.hpp"

namespace parley::tool {

/// Lines of at most View::width columns, but for names that cannot be broken.
std::string explanation_text(const explain::Explanation&, const View&);
/// Each field of a certificate beside its bytes, as those of messages with -vv.
std::string certificate_text(const Certificate&, const View&);
std::string words_text(const explain::Words&, const View&);

}  // namespace parley::tool
