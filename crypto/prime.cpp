#include "crypto/prime.hpp"

#include <bit>

#include "crypto/ct.hpp"
#include "crypto/montgomery.hpp"

namespace parley::crypto {
namespace {

// Odd primes below 2^13, with floor(2^64 / prime) to divide by them without a division, whose
// time would depend on the secret dividend.
struct SmallPrimes {
  static constexpr std::uint32_t kLimit = 8192;
  static constexpr std::size_t kCount = 1027;
  std::array<std::uint16_t, kCount> prime{};
  std::array<Limb, kCount> reciprocal{};

  SmallPrimes() {
    std::array<bool, kLimit> composite{};
    std::size_t n = 0;
    for (std::uint32_t i = 3; i < kLimit; i += 2) {
      if (composite[i]) continue;
      for (std::uint32_t j = i * i; j < kLimit; j += i) composite[j] = true;
      prime[n] = static_cast<std::uint16_t>(i);
      reciprocal[n] = ~Limb{0} / i;
      ++n;
    }
  }
};
const SmallPrimes& small_primes() {
  static const SmallPrimes kTable;
  return kTable;
}

// x mod m for x below 2^48, by the reciprocal of m; the quotient is at most one too small.
inline Limb reduce_small(Limb x, Limb m, Limb reciprocal) {
  const auto q = static_cast<Limb>((WideLimb{x} * reciprocal) >> kLimbBits);
  const Limb r = x - q * m;
  return r - (m & ct_ge(r, m));
}

Limb remainder_small(LimbView a, Limb m, Limb reciprocal) {
  Limb r = 0;
  for (std::size_t i = a.size(); i > 0; --i) {
    r = reduce_small((r << 32) | (a[i - 1] >> 32), m, reciprocal);
    r = reduce_small((r << 32) | (a[i - 1] & 0xffffffff), m, reciprocal);
  }
  return r;
}

// A value that decides what happens next and so is no secret any more.
template <class T>
bool revealed(T mask) {
  ct_unpoison(&mask, sizeof mask);
  return mask != 0;
}

// n is odd and above 3.
Result<bool> miller_rabin(LimbView n, unsigned rounds, Rng& rng) {
  const std::size_t limbs = n.size();
  Num minus_one(limbs);
  limbs_sub_word(minus_one.data(), n.data(), 1, limbs);
  std::size_t zeros = 0;
  for (std::size_t i = 0; i < limbs; ++i) {
    Limb w = minus_one[i];
    ct_unpoison(&w, sizeof w);
    zeros += static_cast<std::size_t>(std::countr_zero(w));
    if (w != 0) break;
  }
  Num odd_part(minus_one);
  for (std::size_t left = zeros; left > 0;) {
    const auto step = static_cast<unsigned>(std::min<std::size_t>(left, kLimbBits - 1));
    limbs_shift_right(odd_part.data(), odd_part.data(), step, limbs);
    left -= step;
  }

  const Montgomery field(n);
  Num minus_one_form(limbs);
  field.to_montgomery(minus_one_form.data(), minus_one.data());
  Num base(limbs);
  Num x(limbs);
  Num y(limbs);
  for (unsigned round = 0; round < rounds; ++round) {
    // Below n - 1 and not 1: the base 1 would find every number prime.
    do {
      PARLEY_CHECK(random_below(rng, base.span(), minus_one));
    } while (revealed(limbs_is_zero(base.data() + 1, limbs - 1) & ct_eq(base[0], Limb{1})));
    field.to_montgomery(base.data(), base.data());
    field.exp(x.data(), base.data(), odd_part);
    Limb passed = limbs_equal(x.data(), field.one().data(), limbs) |
                  limbs_equal(x.data(), minus_one_form.data(), limbs);
    for (std::size_t i = 1; i < zeros; ++i) {
      field.square(y.data(), x.data());
      x = y;
      passed |= limbs_equal(x.data(), minus_one_form.data(), limbs);
    }
    if (!revealed(passed)) return false;
  }
  return true;
}

}  // namespace

Status random_below(Rng& rng, LimbSpan r, LimbView bound) {
  const std::size_t bits = bit_length(bound);
  const std::size_t bytes = (bits + 7) / 8;
  std::array<std::uint8_t, (kMaxModulusLimbs + 2) * kLimbBytes> buffer;
  const ByteSpan drawn{buffer.data(), bytes};
  // Each try is in range with a chance of at least one half.
  constexpr int kTries = 128;
  Error error{Errc::no_random, "random_below"};
  bool found = false;
  for (int i = 0; i < kTries && !found; ++i) {
    if (!rng.fill(drawn)) break;
    drawn[0] = static_cast<std::uint8_t>(drawn[0] & (0xff >> (8 * bytes - bits)));
    decode_big_endian(r, drawn);
    found =
        revealed(limbs_less(r.data(), bound.data(), r.size()) & ~limbs_is_zero(r.data(), r.size()));
  }
  wipe(drawn);
  if (!found) return error;
  return {};
}

unsigned miller_rabin_rounds(std::size_t bits) {
  return bits >= 1536 ? 4 : bits >= 1024 ? 5 : bits >= 512 ? 7 : bits >= 256 ? 16 : 40;
}

Result<bool> is_probable_prime(LimbView n, unsigned rounds, Rng& rng) {
  const Limb lowest = n.empty() ? 0 : n[0];
  const bool one_limb = bit_length(n) <= kLimbBits;
  if (one_limb && lowest < 4) return lowest == 2 || lowest == 3;
  if ((lowest & 1) == 0) return false;
  const SmallPrimes& small = small_primes();
  Limb divided = 0;
  for (std::size_t i = 0; i < SmallPrimes::kCount; ++i) {
    if (one_limb && lowest == small.prime[i]) return true;
    divided |= ct_is_zero(remainder_small(n, small.prime[i], small.reciprocal[i]));
  }
  if (revealed(divided)) return false;
  return miller_rabin(n.first(limbs_for_bits(bit_length(n))), rounds, rng);
}

Status generate_prime(Rng& rng, LimbSpan r, std::size_t bits, Limb e) {
  const SmallPrimes& small = small_primes();
  // How far to follow one start: about 0.35 bits candidates are expected.
  const std::size_t kReach = 8 * bits;
  constexpr std::uint16_t kStep = 4;
  Secret<(kMaxModulusLimbs + 2) * kLimbBytes> buffer;
  const ByteSpan drawn = buffer.span().first(bits / 8 + (bits % 8 != 0 ? 1 : 0));
  struct Residues {
    std::array<std::uint16_t, SmallPrimes::kCount> of{};
    ~Residues() { wipe(of.data(), sizeof of); }
  } residues;
  // The chance that no start leads to a prime is negligible; a broken Rng might manage it.
  constexpr int kStarts = 64;
  for (int start = 0; start < kStarts; ++start) {
    if (!rng.fill(drawn)) return Error{Errc::no_random, "generate_prime"};
    if (bits % 8 != 0) drawn[0] &= 0x0f;  // bits is a multiple of four
    decode_big_endian(r, drawn);
    r[(bits - 1) / kLimbBits] |= Limb{1} << ((bits - 1) % kLimbBits);
    r[(bits - 2) / kLimbBits] |= Limb{1} << ((bits - 2) % kLimbBits);
    r[0] |= 3;
    for (std::size_t i = 0; i < SmallPrimes::kCount; ++i) {
      residues.of[i] =
          static_cast<std::uint16_t>(remainder_small(r, small.prime[i], small.reciprocal[i]));
    }
    for (std::size_t n = 0; n < kReach; ++n) {
      std::uint16_t divided = 0;
      for (std::size_t i = 0; i < SmallPrimes::kCount; ++i) {
        const std::uint16_t p = small.prime[i];
        const std::uint16_t x = residues.of[i];
        divided = static_cast<std::uint16_t>(divided | ct_is_zero(x));
        // The residue of the next candidate.
        const auto next = static_cast<std::uint16_t>(x + (p == 3 ? kStep - 3 : kStep));
        const auto wrapped = static_cast<std::uint16_t>(next - p);
        const auto small_enough = static_cast<std::uint16_t>(0 - (wrapped >> 15));
        residues.of[i] = ct_select(small_enough, next, wrapped);
      }
      if (!revealed(divided) && revealed(remainder_word(r, e) ^ 1)) {
        PARLEY_TRY(const bool prime, miller_rabin(r, miller_rabin_rounds(bits), rng));
        if (prime) return {};
      }
      // Past the top of the range: begin elsewhere.
      limbs_add_word(r.data(), r.data(), kStep, r.size());
      Limb top = r[(bits - 1) / kLimbBits] >> ((bits - 1) % kLimbBits);
      ct_unpoison(&top, sizeof top);
      if (top != 1) break;
    }
  }
  return Error{Errc::no_random, "generate_prime"};
}

}  // namespace parley::crypto
