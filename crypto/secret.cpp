#include "crypto/secret.hpp"

#include <sodium.h>

namespace parley::crypto {

void wipe(void* p, std::size_t n) {
  if (n != 0) sodium_memzero(p, n);
}

[[gnu::noinline]] void scrub_stack() {
  std::array<std::uint8_t, 16384> below;
  wipe(below.data(), below.size());
}

}  // namespace parley::crypto
