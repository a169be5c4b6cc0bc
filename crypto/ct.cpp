#include "crypto/ct.hpp"

#ifdef PARLEY_CT
#include <valgrind/memcheck.h>
#endif

namespace parley::crypto {

#ifdef PARLEY_CT
void ct_poison(const void* p, std::size_t n) { VALGRIND_MAKE_MEM_UNDEFINED(p, n); }
void ct_unpoison(const void* p, std::size_t n) { VALGRIND_MAKE_MEM_DEFINED(p, n); }
#else
void ct_poison(const void*, std::size_t) {}
void ct_unpoison(const void*, std::size_t) {}
#endif

}  // namespace parley::crypto
