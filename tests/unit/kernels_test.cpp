// The rows of kernels against each other, and how they are chosen.
#include "crypto/kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "crypto/cpu.hpp"
#include "crypto/hash.hpp"
#include "crypto/portable.hpp"
#include "parley/bytes.hpp"

namespace parley::crypto {
namespace {

Bytes random_bytes(std::mt19937& random, std::size_t n) {
  Bytes b(n);
  for (std::uint8_t& x : b) x = static_cast<std::uint8_t>(random());
  return b;
}

using Iv = std::array<std::uint8_t, 16>;
Iv random_iv(std::mt19937& random) {
  Iv iv;
  for (std::uint8_t& x : iv) x = static_cast<std::uint8_t>(random());
  return iv;
}

/// Calls f(row, its name) for each row but the portable one, which is the judge of them.
template <class F>
void each_other_row(F f) {
  for (const Kernels* row : available_kernels().subspan(1)) {
    SCOPED_TRACE(row->name);
    f(*row);
  }
}

/// A key in a row's form.
struct AesKey {
  alignas(16) std::array<std::uint8_t, kMaxAesSchedule> schedule;
  AesKey(const Kernels& row, ByteView key) {
    row.aes_expand(key.data(), key.size(), schedule.data());
  }
};

/// Of every mode: out of place from one odd address to another, and in place. `run(out, in)` must
/// do the mode of the row that it is asked for.
template <class Run>
void check_mode(std::mt19937& random, const Kernels& row, ByteView key, Run run) {
  const AesKey judge(kPortable, key), own(row, key);
  for (std::size_t blocks = 0; blocks <= 80; ++blocks) {
    const std::size_t size = 16 * blocks, from = random() % 16, to = random() % 16;
    const Bytes text = random_bytes(random, size);
    const Iv iv = random_iv(random);
    Bytes expected(size);
    Iv expected_iv = iv;
    run(kPortable, judge, expected_iv, text.data(), expected.data(), blocks);

    Bytes in(from), out(to + size + 16, 0xee);
    append(in, text);
    Iv own_iv = iv;
    run(row, own, own_iv, in.data() + from, out.data() + to, blocks);
    ASSERT_EQ(to_hex(ByteView{out}.subspan(to, size)), to_hex(expected)) << blocks;
    ASSERT_EQ(to_hex(own_iv), to_hex(expected_iv)) << blocks;
    ASSERT_TRUE(equal(ByteView{in}.subspan(from), text)) << blocks;
    ASSERT_EQ(std::count(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(to), 0xee),
              static_cast<std::ptrdiff_t>(to));
    ASSERT_EQ(std::count(out.end() - 16, out.end(), 0xee), 16) << blocks;

    own_iv = iv;
    run(row, own, own_iv, in.data() + from, in.data() + from, blocks);
    ASSERT_EQ(to_hex(ByteView{in}.subspan(from)), to_hex(expected)) << blocks << " in place";
    ASSERT_EQ(to_hex(own_iv), to_hex(expected_iv)) << blocks << " in place";
  }
}

template <class Run>
void check_mode(Run run) {
  std::mt19937 random(5);
  each_other_row([&](const Kernels& row) {
    for (const std::size_t key_size : {16U, 24U, 32U}) {
      SCOPED_TRACE(key_size);
      check_mode(random, row, random_bytes(random, key_size), run);
    }
  });
}

TEST(Kernels, agree_on_aes_blocks) {
  check_mode([](const Kernels& k, const AesKey& key, Iv&, const std::uint8_t* in, std::uint8_t* out,
                std::size_t blocks) { k.aes_ecb_encrypt(&key, in, out, blocks); });
  check_mode([](const Kernels& k, const AesKey& key, Iv&, const std::uint8_t* in, std::uint8_t* out,
                std::size_t blocks) { k.aes_ecb_decrypt(&key, in, out, blocks); });
}

TEST(Kernels, agree_on_aes_chains) {
  check_mode([](const Kernels& k, const AesKey& key, Iv& iv, const std::uint8_t* in,
                std::uint8_t* out,
                std::size_t blocks) { k.aes_cbc_encrypt(&key, iv.data(), in, out, blocks); });
  check_mode([](const Kernels& k, const AesKey& key, Iv& iv, const std::uint8_t* in,
                std::uint8_t* out,
                std::size_t blocks) { k.aes_cbc_decrypt(&key, iv.data(), in, out, blocks); });
}

TEST(Kernels, agree_on_aes_counters_that_wrap_around) {
  check_mode([](const Kernels& k, const AesKey& key, Iv& iv, const std::uint8_t* in,
                std::uint8_t* out, std::size_t blocks) {
    // A few blocks before the end, so that every length meets it somewhere.
    std::fill_n(iv.begin() + 12, 3, std::uint8_t{0xff});
    iv[15] = static_cast<std::uint8_t>(iv[15] | 0xc0);
    k.aes_ctr(&key, iv.data(), in, out, blocks);
  });
}

TEST(Kernels, agree_on_ghash) {
  std::mt19937 random(6);
  each_other_row([&](const Kernels& row) {
    for (std::size_t blocks = 0; blocks <= 70; ++blocks) {
      const std::size_t from = random() % 16;
      Iv h = random_iv(random);
      if (blocks % 7 == 0) h.fill(static_cast<std::uint8_t>(blocks % 2 == 0 ? 0xff : 0x00));
      const Bytes data = random_bytes(random, from + 16 * blocks);
      alignas(16) std::array<std::uint8_t, kMaxGhashKey> judge, own;
      kPortable.ghash_expand(h.data(), judge.data());
      row.ghash_expand(h.data(), own.data());
      Iv expected = random_iv(random), state = expected;
      kPortable.ghash_blocks(judge.data(), expected.data(), data.data() + from, blocks);
      row.ghash_blocks(own.data(), state.data(), data.data() + from, blocks);
      ASSERT_EQ(to_hex(state), to_hex(expected)) << blocks;
    }
  });
}

TEST(Kernels, agree_on_sha_from_any_state) {
  std::mt19937 random(7);
  each_other_row([&](const Kernels& row) {
    for (std::size_t blocks = 0; blocks <= 20; ++blocks) {
      const std::size_t from = random() % 16;
      const Bytes data = random_bytes(random, from + 64 * blocks);
      std::array<std::uint32_t, 8> start;
      for (std::uint32_t& x : start) x = static_cast<std::uint32_t>(random());
      auto expected = start, state = start;
      kPortable.sha1_blocks(expected.data(), data.data() + from, blocks);
      row.sha1_blocks(state.data(), data.data() + from, blocks);
      ASSERT_EQ(state, expected) << "SHA-1 of " << blocks;
      expected = state = start;
      kPortable.sha256_blocks(expected.data(), data.data() + from, blocks);
      row.sha256_blocks(state.data(), data.data() + from, blocks);
      ASSERT_EQ(state, expected) << "SHA-256 of " << blocks;
    }
  });
}

/// The field of each kind, as one number each.
std::array<const void*, 10> fields(const Kernels& k) {
  const auto address = [](auto f) { return reinterpret_cast<const void*>(f); };
  return {address(k.aes_expand),      address(k.aes_ecb_encrypt), address(k.aes_ecb_decrypt),
          address(k.aes_cbc_encrypt), address(k.aes_cbc_decrypt), address(k.aes_ctr),
          address(k.ghash_expand),    address(k.ghash_blocks),    address(k.sha1_blocks),
          address(k.sha256_blocks)};
}

TEST(KernelsChoice, begins_with_the_portable_row_which_is_always_there) {
  ASSERT_FALSE(available_kernels().empty());
  const Kernels& first = *available_kernels().front();
  EXPECT_STREQ(first.name, "portable");
  EXPECT_EQ(first.needs, 0U);
  EXPECT_EQ(fields(first), fields(kPortable));
}

TEST(KernelsChoice, lists_what_the_processor_can_run_whole_and_by_name) {
  for (const Kernels* row : available_kernels()) {
    EXPECT_EQ(row->needs & cpu_features(), row->needs) << row->name;
    EXPECT_EQ(std::ranges::count(fields(*row), nullptr), 0) << row->name;
    EXPECT_LE(row->aes_schedule_size, kMaxAesSchedule);
    EXPECT_EQ(find_kernels(row->name), row);
    // What a row builds on must run wherever it does.
    if (row->base != nullptr) {
      EXPECT_EQ(row->needs & row->base->needs, row->base->needs);
    }
  }
  EXPECT_EQ(find_kernels("abacus"), nullptr);
}

TEST(KernelsChoice, is_from_the_table_of_the_readme) {
  std::ifstream file(std::string(PARLEY_SOURCE_DIR) + "/crypto/README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  std::size_t before = 0;
  for (const Kernels* row : available_kernels()) {
    const std::size_t at = readme.find("\n| `" + std::string(row->name) + "` |");
    ASSERT_NE(at, std::string::npos) << row->name;
    EXPECT_GT(at, before) << row->name << " stands in another order";
    before = at;
  }
}

TEST(KernelsChoice, takes_every_field_from_the_last_row_that_has_its_own) {
  const auto portable = fields(kPortable);
  auto best = portable;
  for (const Kernels* row : available_kernels()) {
    const auto own = fields(*row);
    const auto base = fields(row->base == nullptr ? kPortable : *row->base);
    for (std::size_t i = 0; i < best.size(); ++i) {
      if (own[i] != base[i]) best[i] = own[i];
    }
  }
  EXPECT_EQ(fields(kernels()), best);
}

TEST(KernelsChoice, can_be_forced_for_a_while) {
  const Kernels& before = kernels();
  for (const Kernels* row : available_kernels()) {
    const ForcedKernels forced(*row);
    EXPECT_EQ(&kernels(), row);
  }
  EXPECT_EQ(&kernels(), &before);
}

TEST(CpuFeatures, of_avx512_need_the_system_to_save_its_registers) {
  constexpr std::uint32_t kAll = 0xffffffff;
  constexpr std::uint32_t kWide = kCpuAvx512 | kCpuVaes | kCpuVpclmul;
  EXPECT_EQ(cpu_features(CpuidWords{}), 0U);
  const CpuidWords everything{
      .leaf1_ecx = kAll, .leaf7_ebx = kAll, .leaf7_ecx = kAll, .xcr0 = 0xe7};
  EXPECT_EQ(cpu_features(everything) & kWide, kWide);
  for (const std::uint64_t missing : {0x02U, 0x04U, 0x20U, 0x40U, 0x80U, 0xe7U}) {
    CpuidWords w = everything;
    w.xcr0 &= ~missing;
    EXPECT_EQ(cpu_features(w), cpu_features(everything) & ~kWide) << missing;
  }
  for (const unsigned bit : {16U, 30U, 31U}) {  // F, BW and VL go together here
    CpuidWords w = everything;
    w.leaf7_ebx &= ~(1U << bit);
    EXPECT_EQ(cpu_features(w), cpu_features(everything) & ~kWide) << bit;
  }
}

#if defined(__x86_64__) && defined(__linux__)
TEST(CpuFeatures, are_those_the_compiler_finds) {
  const std::uint32_t own = cpu_features();
  const auto has = [&](CpuFeature f) { return (own & f) != 0; };
  EXPECT_EQ(has(kCpuSsse3), __builtin_cpu_supports("ssse3") != 0);
  EXPECT_EQ(has(kCpuSse41), __builtin_cpu_supports("sse4.1") != 0);
  EXPECT_EQ(has(kCpuAes), __builtin_cpu_supports("aes") != 0);
  EXPECT_EQ(has(kCpuClmul), __builtin_cpu_supports("pclmul") != 0);
  EXPECT_EQ(has(kCpuAvx512),
            __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0);
}
#endif

}  // namespace
}  // namespace parley::crypto
