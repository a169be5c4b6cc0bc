#include "crypto/kernels.hpp"

#include <array>
#include <atomic>

#include "crypto/compress.hpp"
#include "crypto/cpu.hpp"
#include "crypto/portable.hpp"
#include "crypto/x86/rows.hpp"

namespace parley::crypto {

const Kernels kPortable = {
    .name = "portable",
    .needs = 0,
    .base = nullptr,
    .aes_schedule_size = kPortableAesSchedule,
    .aes_expand = aes_expand,
    .aes_ecb_encrypt = aes_ecb_encrypt,
    .aes_ecb_decrypt = aes_ecb_decrypt,
    .aes_cbc_encrypt = aes_cbc_encrypt,
    .aes_cbc_decrypt = aes_cbc_decrypt,
    .aes_ctr = aes_ctr,
    .ghash_expand = ghash_expand,
    .ghash_blocks = ghash_blocks,
    .sha1_blocks = sha1_blocks,
    .sha256_blocks = sha256_blocks,
};

namespace {

// The best last.
constexpr std::array kRows = {
    &kPortable,
#ifdef PARLEY_X86_KERNELS
    &x86::kAesNi, &x86::kClmul, &x86::kShaNi, &x86::kVaes512, &x86::kVpclmul512,
#endif
};

// Each field of `k` that `theirs` has.
void take(Kernels& k, const Kernels& theirs) {
  const auto field = [](auto& mine, auto from) {
    if (from != decltype(from){}) mine = from;
  };
  field(k.aes_schedule_size, theirs.aes_schedule_size);
  field(k.aes_expand, theirs.aes_expand);
  field(k.aes_ecb_encrypt, theirs.aes_ecb_encrypt);
  field(k.aes_ecb_decrypt, theirs.aes_ecb_decrypt);
  field(k.aes_cbc_encrypt, theirs.aes_cbc_encrypt);
  field(k.aes_cbc_decrypt, theirs.aes_cbc_decrypt);
  field(k.aes_ctr, theirs.aes_ctr);
  field(k.ghash_expand, theirs.ghash_expand);
  field(k.ghash_blocks, theirs.ghash_blocks);
  field(k.sha1_blocks, theirs.sha1_blocks);
  field(k.sha256_blocks, theirs.sha256_blocks);
}
static_assert(sizeof(Kernels) == 14 * sizeof(void*), "take() takes every field");

struct Registry {
  std::array<Kernels, kRows.size()> rows{};
  std::array<const Kernels*, kRows.size()> available{};
  std::size_t count = 0;
  Kernels best{};

  Registry() {
    const std::uint32_t features = cpu_features();
    for (const Kernels* row : kRows) {
      if ((features & row->needs) != row->needs) continue;
      take(best, *row);
      rows[count] = filled(*row);
      available[count] = &rows[count];
      ++count;
    }
    best.name = "best";
  }

 private:
  Kernels filled(const Kernels& row) const {
    if (row.base == nullptr) return row;
    // A base stands before what is built on it, and runs wherever that does.
    const Kernels* base = available[0];
    for (std::size_t i = 1; i < count; ++i) {
      if (rows[i].name == row.base->name) base = &rows[i];
    }
    Kernels k = *base;
    take(k, row);
    k.name = row.name;
    k.needs = row.needs;
    k.base = base;
    return k;
  }
};

const Registry& registry() {
  static const Registry r;
  return r;
}

std::atomic<const Kernels*> in_use = nullptr;

}  // namespace

std::span<const Kernels* const> available_kernels() {
  return std::span{registry().available}.first(registry().count);
}

const Kernels* find_kernels(std::string_view name) {
  for (const Kernels* k : available_kernels()) {
    if (k->name == name) return k;
  }
  return nullptr;
}

const Kernels& kernels() {
  const Kernels* k = in_use.load(std::memory_order_acquire);
  if (k == nullptr) {
    k = &registry().best;
    in_use.store(k, std::memory_order_release);
  }
  return *k;
}

ForcedKernels::ForcedKernels(const Kernels& row) : before_(&kernels()) {
  in_use.store(&row, std::memory_order_release);
}
ForcedKernels::~ForcedKernels() { in_use.store(before_, std::memory_order_release); }

}  // namespace parley::crypto
