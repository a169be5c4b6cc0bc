// Lists of suites by name.
#include <algorithm>

#include "parley/cipher.hpp"

namespace parley {

Result<CipherList> parse_cipher_list(std::string_view names, CipherContext) {
  CipherList list;
  std::size_t at = 0;
  while (at <= names.size()) {
    const std::size_t end = std::min(names.find(':', at), names.size());
    const std::string_view name = names.substr(at, end - at);
    const auto offset = static_cast<std::uint32_t>(at);
    at = end + 1;
    if (name.empty()) continue;
    const CipherSuite* s = find_cipher_suite(name);
    if (s == nullptr || !is_spoken(*s))
      return Error{.code = Errc::bad_value, .where = "cipher list", .offset = offset};
    if (std::ranges::find(list, s) == list.end()) list.push_back(s);
  }
  if (list.empty()) return Error{.code = Errc::no_ciphers_available, .where = "cipher list"};
  return list;
}

const CipherList& default_cipher_list() {
  static const CipherList list =
      *parse_cipher_list("AES256-SHA:AES128-SHA:RC4-SHA:RC4-MD5:DES-CBC3-SHA");
  return list;
}

}  // namespace parley
