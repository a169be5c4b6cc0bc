// A value that is set exactly once and never read before.
#pragma once
#include <optional>
#include <utility>

namespace parley {

/// Reading what was never set is a bug that must not turn into an empty key (what made the early
/// ChangeCipherSpec of CVE-2014-0224 an attack), so get() of an empty Once returns null and the
/// caller fails with Errc::internal.
template <class T>
class Once {
 public:
  /// False when it had a value already; the old one stays.
  [[nodiscard]] bool set(T v) {
    if (v_) return false;
    v_.emplace(std::move(v));
    return true;
  }
  const T* get() const { return v_ ? &*v_ : nullptr; }

 private:
  std::optional<T> v_;
};

}  // namespace parley
