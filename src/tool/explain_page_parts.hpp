// Parts of a page: escaped text, maps of bytes, a text that cannot outgrow its limit.
#pragma once
#include <string>
#include <vector>

#include "tool/explain_view.hpp"

namespace parley::tool {

/// Text from anywhere, as text of HTML and within quotes of attributes.
std::string escaped(std::string_view);
/// The same of at most so many columns.
std::string escaped(std::string_view, std::size_t width);
/// 12,345
std::string with_commas(std::size_t);

/// Up to the inside of <header>, and from behind the last section on.
std::string page_head(std::string_view title, const std::string& name);
std::string page_foot();
/// What scripts bring to life; hidden without them.
inline constexpr const char* kPageButtons =
    "<span class=tools><button type=button id=open hidden>Open all</button>"
    "<button type=button id=theme hidden>Dark</button></span>";

/// What a finding, an error or a name may take.
inline constexpr std::size_t kMostWords = 300;  // columns
/// "client", "server": the class that gives a side its colour.
const char* side_class(Side);
/// "s", but not of one.
const char* plural(std::size_t n);
std::string finding_html(const explain::Finding&);

/// One stretch of a byte map.
struct MapField {
  std::size_t offset = 0, size = 0;
  unsigned depth = 0;
  std::string name, meaning, specification;  ///< not escaped
  char kind = 'v';                           ///< v l i c m p s u: FieldKind's first letter
  bool hidden = false;                       ///< its bytes are not shown
};
/// Fields of a message or a record; `hide` those whose bytes only their owner may see.
std::vector<MapField> map_fields(const std::vector<explain::Field>&, const View&, bool hide);
std::vector<MapField> certificate_fields(ByteView der);

/// Bytes left, fields right; pointing at one lights the other. Long ones are cut with a note.
/// `label` is what screen readers hear.
std::string byte_map(ByteView bytes, const std::vector<MapField>&, std::string_view label);
/// "<code>..</code>", cut when long, or what stands for a secret.
std::string value_html(ByteView, bool secret, const View&);

}  // namespace parley::tool
