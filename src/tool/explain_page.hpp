// An explanation as one HTML file: readable without scripts and without a network, better with a
// script. Everything that comes from a peer or a file is escaped.
#pragma once
#include <span>

#include "parley/x509.hpp"
#include "tool/explain_view.hpp"

namespace parley::tool {

/// Application data and long messages are cut with a note, so that pages stay below this.
inline constexpr std::size_t kMostPage = 1'000'000;  // bytes

std::string explanation_page(const explain::Explanation&, const View&, const std::string& name);
/// The bytes of certificates.
std::string certificate_page(std::span<const Certificate>, const View&, const std::string& name);

}  // namespace parley::tool
