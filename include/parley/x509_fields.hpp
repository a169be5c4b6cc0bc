// A certificate or revocation list field by field, beside its bytes: for people who look into them.
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "parley/bytes.hpp"
#include "parley/export.hpp"

namespace PARLEY_PUBLIC parley {

/// A stretch of DER, told to a visitor; its name lives as long as the call. The stretches of one
/// structure follow one another without gaps: of an element that holds others only the header is
/// here, and its parts follow.
struct DerField {
  std::size_t offset = 0;  ///< in the whole
  ByteView bytes{};        ///< tag, length and, unless other fields follow, content
  unsigned depth = 0;
  std::string_view name{};  ///< RFC 5280's: "serialNumber"; "element" where it has none
  std::string meaning{};    ///< "INTEGER 17", "SEQUENCE of 20 bytes"; safe to print
};
using DerVisitor = std::function<void(const DerField&)>;

/// No structure is told in more fields; what is left of it then is told in larger stretches.
inline constexpr std::size_t kMostFields = 100'000;

/// Calls the visitor for every field in order, whatever the bytes are: what is no DER is one
/// stretch. At most kMostFields and some forty stretches more.
void visit_certificate(ByteView der, const DerVisitor&);
void visit_revocation_list(ByteView der, const DerVisitor&);

}  // namespace parley
