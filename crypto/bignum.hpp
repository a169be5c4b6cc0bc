// Natural numbers in limbs of 64 bits, least significant first: what RSA and Diffie-Hellman
// compute with.
//
// Sizes (counts of limbs) are public; values are secret unless a name says otherwise. Every
// function here runs in time that depends on sizes only and touches addresses that depend on
// sizes only. Conditions on values are masks: all ones or zero (crypto/ct.hpp).
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "crypto/secret.hpp"
#include "parley/bytes.hpp"

namespace parley::crypto {

using Limb = std::uint64_t;
// No `using` can carry __extension__.  NOLINTNEXTLINE(modernize-use-using)
__extension__ typedef unsigned __int128 WideLimb;
using LimbView = std::span<const Limb>;
using LimbSpan = std::span<Limb>;

inline constexpr std::size_t kLimbBits = 64;
inline constexpr std::size_t kLimbBytes = 8;
/// The largest modulus: 8192 bits.
inline constexpr std::size_t kMaxModulusLimbs = 8192 / kLimbBits;

/// Limbs needed for so many bits or bytes.
constexpr std::size_t limbs_for_bits(std::size_t n) { return (n + kLimbBits - 1) / kLimbBits; }
constexpr std::size_t limbs_for_bytes(std::size_t n) { return (n + kLimbBytes - 1) / kLimbBytes; }

/// A number of a size chosen at run time inside a fixed capacity, so that arithmetic needs no
/// heap. Wiped when it dies.
template <std::size_t Capacity>
class LimbArray {
 public:
  LimbArray() = default;
  /// Zero, of `n` limbs; n is at most Capacity.
  explicit LimbArray(std::size_t n) { resize(n); }
  explicit LimbArray(LimbView v) { assign(v, v.size()); }
  LimbArray(const LimbArray& o) { assign(o.view(), o.size_); }
  LimbArray& operator=(const LimbArray& o) {
    if (this != &o) assign(o.view(), o.size_);
    return *this;
  }
  ~LimbArray() { wipe(w_.data(), size_ * sizeof(Limb)); }

  /// New limbs are zero; limbs cut off are wiped.
  void resize(std::size_t n) {
    if (n < size_) wipe(w_.data() + n, (size_ - n) * sizeof(Limb));
    if (n > size_) std::fill_n(w_.data() + size_, n - size_, Limb{0});
    size_ = n;
  }
  /// The value of v in n limbs; limbs of v beyond n are dropped (and should be zero).
  void assign(LimbView v, std::size_t n) {
    resize(n);
    const std::size_t kept = std::min(n, v.size());
    std::copy_n(v.data(), kept, w_.data());
    std::fill_n(w_.data() + kept, n - kept, Limb{0});
  }

  std::size_t size() const { return size_; }
  Limb* data() { return w_.data(); }
  const Limb* data() const { return w_.data(); }
  Limb& operator[](std::size_t i) { return w_[i]; }
  Limb operator[](std::size_t i) const { return w_[i]; }
  LimbSpan span() { return {w_.data(), size_}; }
  LimbView view() const { return {w_.data(), size_}; }
  operator LimbView() const { return view(); }

 private:
  std::array<Limb, Capacity> w_;
  std::size_t size_ = 0;
};

/// A number up to a modulus, with a little room above; and a product of two of them.
using Num = LimbArray<kMaxModulusLimbs + 2>;
using WideNum = LimbArray<2 * (kMaxModulusLimbs + 2)>;

/// Drops leading zero bytes. For public values, or where the length of a secret is public.
ByteView strip_zeros(ByteView big_endian);
/// The number that big-endian bytes denote, into all of `r`; what does not fit is dropped.
void decode_big_endian(LimbSpan r, ByteView big_endian);
/// Fills all of `out`, with leading zeros as needed; limbs beyond out.size() are dropped.
void encode_big_endian(ByteSpan out, LimbView a);
/// The number that at most kMaxModulusLimbs limbs of big-endian bytes denote, in as many limbs as
/// the bytes fill.
Num number_from(ByteView big_endian);
/// The number without leading zeros; its length must be public.
Bytes minimal_bytes(LimbView a);

/// r = a + b and r = a - b over n limbs; the carry or borrow, 0 or 1, comes back. r may be a or b.
Limb limbs_add(Limb* r, const Limb* a, const Limb* b, std::size_t n);
Limb limbs_sub(Limb* r, const Limb* a, const Limb* b, std::size_t n);
/// The same with a single limb as second operand.
Limb limbs_add_word(Limb* r, const Limb* a, Limb b, std::size_t n);
Limb limbs_sub_word(Limb* r, const Limb* a, Limb b, std::size_t n);
/// r = mask ? r - b : r; returns the borrow of the subtraction, were it made or not masked out.
Limb limbs_sub_masked(Limb* r, const Limb* b, Limb mask, std::size_t n);
/// r = a * b, of na + nb limbs; r overlaps neither operand.
void limbs_mul(Limb* r, const Limb* a, std::size_t na, const Limb* b, std::size_t nb);
/// r = a * a, of 2 n limbs; r does not overlap a.
void limbs_square(Limb* r, const Limb* a, std::size_t n);
/// r = a * b with a single limb b, over n limbs; the limb that overflows comes back. r may be a.
Limb limbs_mul_word(Limb* r, const Limb* a, Limb b, std::size_t n);
/// r = a >> bits, 0 < bits < 64, over n limbs. r may be a.
void limbs_shift_right(Limb* r, const Limb* a, unsigned bits, std::size_t n);

/// Masks: all ones when true.
Limb limbs_less(const Limb* a, const Limb* b, std::size_t n);
Limb limbs_equal(const Limb* a, const Limb* b, std::size_t n);
Limb limbs_is_zero(const Limb* a, std::size_t n);
/// Equal values of any two sizes.
Limb numbers_equal(LimbView a, LimbView b);
/// r = mask ? a : b. r may be a or b.
void limbs_select(Limb* r, Limb mask, const Limb* a, const Limb* b, std::size_t n);
/// Exchanges a and b where the mask is set.
void limbs_swap(Limb mask, Limb* a, Limb* b, std::size_t n);

/// Number of bits without leading zeros. Its time depends on the position of the top bit, so the
/// length must be public.
std::size_t bit_length(LimbView a);

/// Quotient (when q is not empty, of a.size() limbs) and remainder of a / m by shifting and
/// subtracting: slow, a few hundred microseconds at 4096 bits, but independent of the values.
/// m is not zero, r has m.size() limbs.
void divide(LimbSpan q, LimbSpan r, LimbView a, LimbView m);
/// a mod m for m below 2^63, not zero.
Limb remainder_word(LimbView a, Limb m);
/// a / m where m is odd and divides a: one pass from the low end (2-adic), no division at all.
void divide_exact(LimbSpan q, LimbView a, Limb m);
/// The inverse of an odd x modulo 2^64.
constexpr Limb inverse_mod_2_64(Limb x) {
  Limb y = x;  // right in the lowest three bits; each step doubles that
  for (int i = 0; i < 5; ++i) y *= 2 - x * y;
  return y;
}

}  // namespace parley::crypto
