// What is behind DsaPublicKey and DsaPrivateKey. For dsa.cpp and dsa_generate.cpp.
#pragma once
#include "crypto/dsa.hpp"
#include "crypto/montgomery.hpp"

namespace parley::crypto {

struct DsaPublicKey::Impl {
  Montgomery p, q;
  Num g, y;            // plain, of the limbs of p
  Num g_form, y_form;  // in Montgomery's representation
  std::size_t bits = 0;
  std::size_t q_bits = 0;

  std::size_t q_size() const { return (q_bits + 7) / 8; }
};

struct DsaPrivateKey::Impl {
  DsaPublicKey public_key;
  Num x;  // of the limbs of q
};

/// Numbers of a new domain (FIPS 186-4 appendix A).
struct DsaDomain {
  Num p, q, g;
};
/// A random q of `q_bits` bits, a multiple of 4, a random p of `bits` bits, a multiple of 64, with
/// q dividing p - 1, and a g of order q.
Result<DsaDomain> generate_dsa_domain(Rng&, std::size_t bits, std::size_t q_bits);

}  // namespace parley::crypto
