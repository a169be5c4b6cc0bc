// SHA-224 and SHA-256 (FIPS 180-4 sections 6.2 and 6.3).
#include "crypto/compress.hpp"
#include "crypto/sha2.hpp"
#include "crypto/words.hpp"

namespace parley::crypto {
namespace {

struct Sha256 {
  using Word = std::uint32_t;
  static Word load(const std::uint8_t* p) { return load_be32(p); }
  // FIPS 180-4 section 4.1.2.
  static constexpr Sigma kSigma0{7, 18, 3}, kSigma1{17, 19, 10}, kSum0{2, 13, 22}, kSum1{6, 11, 25};
  static constexpr const auto& kK = kSha256K;
};

}  // namespace

void sha256_blocks(std::uint32_t* state, const std::uint8_t* p, std::size_t blocks) {
  Sha2<Sha256>::blocks(state, p, blocks);
}

}  // namespace parley::crypto
