// A sieve for the primes of public parameters.
#pragma once
#include <vector>

#include "crypto/bignum.hpp"

namespace parley::crypto {

/// What must have no small factor for a candidate x to survive.
enum class SieveFor : std::uint8_t { prime, safe_prime };  ///< x; or x and 2 x + 1

/// The k in [0, count), ascending, for which start + k step has no factor below 2^16, nor has its
/// double plus one if that is asked for. The numbers are above 2^17; a small prime that divides
/// `step` rules out either nothing or everything. For PUBLIC numbers: time and addresses depend on
/// them.
std::vector<std::uint32_t> sieve_progression(LimbView start, LimbView step, std::uint32_t count,
                                             SieveFor);

/// start + k step, in the limbs of start; a carry out of the top is lost.
Num progression_at(LimbView start, LimbView step, std::uint32_t k);

}  // namespace parley::crypto
