#include "crypto/secret.hpp"

#include <sodium.h>

namespace parley::crypto {

void wipe(void* p, std::size_t n) {
  if (n != 0) sodium_memzero(p, n);
}

}  // namespace parley::crypto
