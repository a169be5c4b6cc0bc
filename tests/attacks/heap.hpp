// operator new that counts what is alive, and fails when it is told to. For one file of a program.
#pragma once
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <new>

namespace parley::test {

struct Heap {
  static constexpr std::size_t kForever = std::numeric_limits<std::size_t>::max();

  std::size_t live = 0, peak = 0;    ///< bytes, as malloc hands them out
  std::size_t blocks = 0;            ///< alive
  std::size_t until_end = kForever;  ///< allocations that still succeed
  bool ended = false;                ///< one has failed

  /// After `n` more allocations memory has ended, until more() is called.
  void end_after(std::size_t n) {
    until_end = n;
    ended = false;
  }
  void more() { until_end = kForever; }
  /// Measures from here on.
  void reset_peak() { peak = live; }
};
inline Heap heap;

}  // namespace parley::test

// Not inlined: GCC would see free() of what operator new gave.
[[gnu::noinline]] void* operator new(std::size_t n) {
  using parley::test::heap;
  if (heap.until_end == 0) {
    heap.ended = true;
    throw std::bad_alloc();
  }
  if (heap.until_end != heap.kForever) --heap.until_end;
  void* const p = std::malloc(std::max<std::size_t>(n, 1));
  if (p == nullptr) throw std::bad_alloc();
  heap.live += malloc_usable_size(p);
  heap.peak = std::max(heap.peak, heap.live);
  ++heap.blocks;
  return p;
}
[[gnu::noinline]] void* operator new(std::size_t n, const std::nothrow_t&) noexcept {
  try {
    return operator new(n);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
[[gnu::noinline]] void operator delete(void* p) noexcept {
  using parley::test::heap;
  if (p == nullptr) return;
  heap.live -= malloc_usable_size(p);
  --heap.blocks;
  std::free(p);
}
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { operator delete(p); }
