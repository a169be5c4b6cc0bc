#include "crypto/sieve.hpp"

namespace parley::crypto {
namespace {

constexpr std::uint32_t kLimit = 1 << 16;

std::vector<std::uint32_t> primes_below_limit() {
  std::vector<std::uint32_t> primes;
  std::vector<bool> composite(kLimit, false);
  for (std::uint32_t i = 2; i < kLimit; ++i) {
    if (composite[i]) continue;
    primes.push_back(i);
    for (std::uint64_t j = std::uint64_t{i} * i; j < kLimit; j += i) composite[j] = true;
  }
  return primes;
}

std::uint32_t remainder(LimbView a, std::uint32_t p) {
  std::uint64_t r = 0;
  for (std::size_t i = a.size(); i > 0; --i) {
    r = ((r << 32) | (a[i - 1] >> 32)) % p;
    r = ((r << 32) | (a[i - 1] & 0xffffffff)) % p;
  }
  return static_cast<std::uint32_t>(r);
}

// 1/a modulo the prime p, by Fermat; a is not 0.
std::uint32_t inverse(std::uint32_t a, std::uint32_t p) {
  std::uint64_t result = 1;
  std::uint64_t power = a;
  for (std::uint32_t e = p - 2; e > 0; e >>= 1) {
    if ((e & 1) != 0) result = result * power % p;
    power = power * power % p;
  }
  return static_cast<std::uint32_t>(result);
}

}  // namespace

std::vector<std::uint32_t> sieve_progression(LimbView start, LimbView step, std::uint32_t count,
                                             SieveFor what) {
  static const std::vector<std::uint32_t> kPrimes = primes_below_limit();
  std::vector<bool> out(count, false);
  for (const std::uint32_t p : kPrimes) {
    const std::uint64_t s = remainder(start, p);
    const std::uint32_t d = remainder(step, p);
    // Every k with s + k d = root (mod p).
    const auto strike = [&](std::uint64_t root) {
      if (d == 0) {
        if (s == root) out.assign(count, true);
        return;
      }
      for (std::uint64_t k = (root + p - s) % p * inverse(d, p) % p; k < count; k += p) {
        out[k] = true;
      }
    };
    strike(0);
    // 2 x + 1 = 0 means x = (p - 1) / 2, and never happens modulo 2.
    if (what == SieveFor::safe_prime && p != 2) strike((p - 1) / 2);
  }
  std::vector<std::uint32_t> survivors;
  for (std::uint32_t k = 0; k < count; ++k) {
    if (!out[k]) survivors.push_back(k);
  }
  return survivors;
}

Num progression_at(LimbView start, LimbView step, std::uint32_t k) {
  Num x(start);
  Num product(x.size());
  product.assign(step, x.size());
  limbs_mul_word(product.data(), product.data(), k, product.size());
  limbs_add(x.data(), x.data(), product.data(), x.size());
  return x;
}

}  // namespace parley::crypto
