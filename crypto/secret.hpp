// Memory for secrets: wiped when it dies or moves away.
#pragma once
#include <array>
#include <utility>

#include "parley/bytes.hpp"

namespace parley::crypto {

/// Overwrites with zeros in a way the optimiser keeps (libsodium's sodium_memzero).
void wipe(void* p, std::size_t n);
/// Overwrites the 16 KiB of stack below the caller, where functions that have returned may have
/// left secrets behind: for arithmetic that is too fine-grained to wipe its every temporary.
void scrub_stack();
/// Calls scrub_stack() at the end of its scope.
struct StackScrubber {
  StackScrubber() = default;
  StackScrubber(const StackScrubber&) = delete;
  StackScrubber& operator=(const StackScrubber&) = delete;
  ~StackScrubber() { scrub_stack(); }
};
inline void wipe(ByteSpan s) { wipe(s.data(), s.size()); }

/// N secret bytes in place.
template <std::size_t N>
class Secret {
 public:
  Secret() = default;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(bytes_); }
  operator ByteSpan() { return bytes_; }
  operator ByteView() const { return bytes_; }
  ByteSpan span() { return bytes_; }
  ByteView view() const { return bytes_; }
  static constexpr std::size_t size() { return N; }

 private:
  std::array<std::uint8_t, N> bytes_{};
};

/// Secret bytes of a length known only at run time. Moves, never copies; resizing wipes.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t n) : bytes_(n) {}
  explicit SecretBytes(ByteView b) : bytes_(b.begin(), b.end()) {}
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  SecretBytes(SecretBytes&& o) noexcept : bytes_(std::exchange(o.bytes_, {})) {}
  SecretBytes& operator=(SecretBytes&& o) noexcept {
    if (this != &o) {
      wipe(bytes_);
      bytes_ = std::exchange(o.bytes_, {});
    }
    return *this;
  }
  ~SecretBytes() { wipe(bytes_); }

  /// An explicit copy, for the few places that need one.
  SecretBytes clone() const { return SecretBytes{ByteView{bytes_}}; }
  operator ByteSpan() { return bytes_; }
  operator ByteView() const { return bytes_; }
  ByteSpan span() { return bytes_; }
  ByteView view() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }

 private:
  Bytes bytes_;
};

}  // namespace parley::crypto
