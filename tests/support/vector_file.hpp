// Known answers as text: the one parser of the files under vectors/.
//
// A file is a list of cases divided by blank lines. A case is a list of `key = value` lines; a
// line whose first character is '#' is a comment and divides nothing. Keys and values lose the
// blanks around them; a value may be empty and may hold further '=' signs.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "parley/bytes.hpp"

namespace parley::test {

using VectorCase = std::map<std::string, std::string>;

/// The cases of a file in their order. Throws std::runtime_error, naming file and line, when the
/// file cannot be read, holds no case, or has a line that is neither comment nor `key = value`,
/// or a key twice in one case. A relative path starts in the folder vectors/ of the source tree.
std::vector<VectorCase> read_vector_file(const std::filesystem::path& path);

/// The whole of a file, which must be there and not empty; a relative path starts in vectors/.
std::string read_text(const std::filesystem::path& path);

/// The value of a key that must be there: throws std::runtime_error naming the key otherwise.
const std::string& field(const VectorCase& c, const std::string& key);

/// Bytes of hex digits in either case; blanks and colons between bytes are skipped. Throws
/// std::runtime_error for anything else.
Bytes from_hex(std::string_view hex);

/// from_hex(field(c, key)).
Bytes hex_field(const VectorCase& c, const std::string& key);

/// A decimal number field.
std::size_t number_field(const VectorCase& c, const std::string& key);

}  // namespace parley::test
