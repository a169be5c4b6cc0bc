// An explanation as one JSON document: the whole model of parley/explain.hpp.
#pragma once
#include "tool/explain_view.hpp"

namespace parley::tool {

/// Bytes are hex; what is secret is null, with "secret": true beside it, unless it was asked for.
Json explanation_json(const explain::Explanation&, const View&);
/// describe_alert(), describe_suite() as JSON.
Json words_json(const explain::Words&);

}  // namespace parley::tool
