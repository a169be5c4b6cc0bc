// AES as a BlockCipher, over the kernels.
#include <array>
#include <cassert>

#include "crypto/block_ciphers.hpp"
#include "crypto/kernels.hpp"
#include "crypto/secret.hpp"

namespace parley::crypto {
namespace {

constexpr std::size_t kBlock = 16;
// Enough where the processor has AES: half of what the portable row needs.
constexpr std::size_t kSmallSchedule = 496;

template <std::size_t kScheduleSize>
class AesOf final : public Aes {
 public:
  AesOf(const Kernels& k, ByteView key) : kernels_(k) {
    kernels_.aes_expand(key.data(), key.size(), schedule_.data());
  }
  AesOf(const AesOf&) = delete;
  AesOf& operator=(const AesOf&) = delete;
  ~AesOf() override { wipe(schedule_); }

  std::size_t block_size() const override { return kBlock; }

  void cbc_encrypt(ByteSpan iv, ByteView in, ByteSpan out) const override {
    assert(iv.size() == kBlock);
    kernels_.aes_cbc_encrypt(schedule_.data(), iv.data(), in.data(), out.data(), blocks(in, out));
  }
  void cbc_decrypt(ByteSpan iv, ByteView in, ByteSpan out) const override {
    assert(iv.size() == kBlock);
    kernels_.aes_cbc_decrypt(schedule_.data(), iv.data(), in.data(), out.data(), blocks(in, out));
  }
  void ecb_encrypt(ByteView in, ByteSpan out) const override {
    kernels_.aes_ecb_encrypt(schedule_.data(), in.data(), out.data(), blocks(in, out));
  }
  void ecb_decrypt(ByteView in, ByteSpan out) const override {
    kernels_.aes_ecb_decrypt(schedule_.data(), in.data(), out.data(), blocks(in, out));
  }
  void ctr(ByteSpan counter, ByteView in, ByteSpan out) const override {
    assert(counter.size() == kBlock);
    kernels_.aes_ctr(schedule_.data(), counter.data(), in.data(), out.data(), blocks(in, out));
  }

 private:
  static std::size_t blocks(ByteView in, [[maybe_unused]] ByteSpan out) {
    assert(in.size() % kBlock == 0 && in.size() == out.size());
    return in.size() / kBlock;
  }

  const Kernels& kernels_;
  alignas(16) std::array<std::uint8_t, kScheduleSize> schedule_;
};

}  // namespace

std::unique_ptr<Aes> make_aes(ByteView key) {
  const Kernels& k = kernels();
  if (k.aes_schedule_size <= kSmallSchedule) return std::make_unique<AesOf<kSmallSchedule>>(k, key);
  return std::make_unique<AesOf<kMaxAesSchedule>>(k, key);
}

}  // namespace parley::crypto
