// Time comes from outside: certificates and session lifetimes ask a Clock.
#pragma once
#include <cstdint>
#include <ctime>

#include "parley/export.hpp"

namespace PARLEY_PUBLIC parley {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Seconds since 1970-01-01T00:00:00Z.
  virtual std::int64_t unix_seconds() const = 0;
};

class SystemClock final : public Clock {
 public:
  std::int64_t unix_seconds() const override { return std::time(nullptr); }
};

/// Stands still until it is set.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(std::int64_t now) : now_(now) {}
  std::int64_t unix_seconds() const override { return now_; }
  void set(std::int64_t now) { now_ = now; }

 private:
  std::int64_t now_;
};

}  // namespace parley
