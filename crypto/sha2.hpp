// What SHA-256 and SHA-512 share: the same rounds over words of another width, with other
// constants (FIPS 180-4 sections 6.2.2 and 6.4.2).
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace parley::crypto {

/// Amounts by which a sigma function of section 4.1 turns or, in its last term, shifts a word.
struct Sigma {
  int first, second, third;
};

/// `Variant` has Word, kK (round constants), kSigma0, kSigma1 (small sigmas: the third shifts),
/// kSum0, kSum1 (large ones: all turn) and load().
template <class Variant>
class Sha2 {
  using Word = typename Variant::Word;

 public:
  static void blocks(Word* state, const std::uint8_t* p, std::size_t blocks) {
    std::array<Word, 8> h;
    for (std::size_t i = 0; i < 8; ++i) h[i] = state[i];
    for (; blocks != 0; --blocks, p += 16 * sizeof(Word)) {
      std::array<Word, 16> w;
      for (std::size_t i = 0; i < 16; ++i) w[i] = Variant::load(p + sizeof(Word) * i);
      std::array<Word, 8> v = h;
      constexpr auto kSixteen = std::make_index_sequence<16>{};
      sixteen_steps<true>(v, w, Variant::kK.data(), kSixteen);
      for (std::size_t t = 16; t < Variant::kK.size(); t += 16)
        sixteen_steps<false>(v, w, Variant::kK.data() + t, kSixteen);
      for (std::size_t i = 0; i < 8; ++i) h[i] += v[i];
    }
    for (std::size_t i = 0; i < 8; ++i) state[i] = h[i];
  }

 private:
  [[gnu::always_inline]] static inline Word turned(Word x, Sigma s) {
    return std::rotr(x, s.first) ^ std::rotr(x, s.second) ^ std::rotr(x, s.third);
  }
  [[gnu::always_inline]] static inline Word shifted(Word x, Sigma s) {
    return std::rotr(x, s.first) ^ std::rotr(x, s.second) ^ (x >> s.third);
  }

  // Step T of sixteen; w holds the last 16 words of the message schedule in a ring, and for all
  // but the first sixteen steps the next word is made first.
  template <bool kFirst, std::size_t T>
  [[gnu::always_inline]] static inline void step(std::array<Word, 8>& v, std::array<Word, 16>& w,
                                                 const Word* k) {
    const Word a = v[(16 - T) % 8];
    const Word b = v[(17 - T) % 8];
    const Word c = v[(18 - T) % 8];
    Word& d = v[(19 - T) % 8];
    const Word e = v[(20 - T) % 8];
    const Word f = v[(21 - T) % 8];
    const Word g = v[(22 - T) % 8];
    Word& h = v[(23 - T) % 8];
    if constexpr (!kFirst) {
      w[T] += shifted(w[(T + 1) % 16], Variant::kSigma0) + w[(T + 9) % 16] +
              shifted(w[(T + 14) % 16], Variant::kSigma1);
    }
    h += w[T] + k[T];
    h += g ^ (e & (f ^ g));
    h += turned(e, Variant::kSum1);
    d += h;
    h += (a & b) | (c & (a | b));
    h += turned(a, Variant::kSum0);
  }

  template <bool kFirst, std::size_t... T>
  [[gnu::always_inline]] static inline void sixteen_steps(std::array<Word, 8>& v,
                                                          std::array<Word, 16>& w, const Word* k,
                                                          std::index_sequence<T...>) {
    (step<kFirst, T>(v, w, k), ...);
  }
};

}  // namespace parley::crypto
