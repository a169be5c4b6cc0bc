// Files that the caller names.
#pragma once
#include <string>

#include "crypto/secret.hpp"

namespace parley {

/// The whole file; it may be a key, hence the type. IOError when it cannot be read.
crypto::SecretBytes read_file(const std::string& path);

}  // namespace parley
