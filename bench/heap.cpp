// Counts what operator new and OpenSSL allocate. Has to be linked in whole, ahead of the libraries.
#include <malloc.h>
#include <openssl/crypto.h>

#include <cstdlib>
#include <new>

#include "stack.hpp"

namespace {

parley::bench::Heap total;  // one thread

void* counted(void* p) {
  if (p == nullptr) return p;
  ++total.allocations;
  total.live_bytes += static_cast<std::ptrdiff_t>(malloc_usable_size(p));
  return p;
}
void release(void* p) {
  if (p == nullptr) return;
  total.live_bytes -= static_cast<std::ptrdiff_t>(malloc_usable_size(p));
  std::free(p);
}
void* openssl_malloc(std::size_t n, const char*, int) { return counted(std::malloc(n)); }
void openssl_free(void* p, const char*, int) { release(p); }
void* openssl_realloc(void* p, std::size_t n, const char*, int) {
  if (p != nullptr) total.live_bytes -= static_cast<std::ptrdiff_t>(malloc_usable_size(p));
  return counted(std::realloc(p, n));
}
// OpenSSL takes other functions only before its first allocation.
const int kInstalled = CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free);

}  // namespace

namespace parley::bench {
Heap heap() {
  if (kInstalled != 1) give_up("OpenSSL's allocations cannot be counted");
  return total;
}
}  // namespace parley::bench

void* operator new(std::size_t n) {
  if (void* p = counted(std::malloc(n != 0 ? n : 1))) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { release(p); }
void operator delete(void* p, std::size_t) noexcept { release(p); }
