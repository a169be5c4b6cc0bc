// Prime numbers: the test, and the search RSA key generation makes.
#pragma once
#include "crypto/bignum.hpp"
#include "parley/result.hpp"
#include "parley/rng.hpp"

namespace parley::crypto {

/// A uniform number in [1, bound): r has bound.size() limbs. Fails with Errc::no_random when the
/// Rng does, or when it never gives a number in range.
Status random_below(Rng&, LimbSpan r, LimbView bound);

/// Rounds of Miller-Rabin that a RANDOM candidate needs: the error is below 2^-112 from 1024 bits
/// up (FIPS 186-4 table C.3) and below 2^-100 for 512 bits; shorter ones (halves of export keys)
/// get more than Damgard, Landrock and Pomerance ask for.
unsigned miller_rabin_rounds(std::size_t bits);
/// Rounds for a number somebody else chose, perhaps to deceive: 4^-64 whatever it is.
inline constexpr unsigned kAdversarialRounds = 64;

/// Trial division by small primes, then `rounds` of Miller-Rabin with random bases (FIPS 186-4
/// section C.3.1). For a prime, its time depends on its bit length and on the number of trailing
/// zeros of n - 1; for a composite also on when it was found out.
Result<bool> is_probable_prime(LimbView n, unsigned rounds, Rng&);

/// A random prime p of exactly `bits` bits, a multiple of 4 from 128 up, with its two top bits
/// set, so that a product of two has twice the length (FIPS 186-4 section B.3.3 asks for the top
/// of sqrt(2)), p = 3 mod 4 (so that Miller-Rabin needs no secret-dependent inner loop), and
/// gcd(p - 1, e) = 1 for the PRIME e below 2^31. Candidates follow one another from a random
/// start. r has limbs_for_bits(bits) limbs.
Status generate_prime(Rng&, LimbSpan r, std::size_t bits, Limb e);

}  // namespace parley::crypto
