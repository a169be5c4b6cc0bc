// CBC over records: the IV is the last block of the record before (RFC 2246 section 6.2.3.2), or
// stands in front of each (RFC 4346 section 6.2.3.2).
#pragma once
#include "record/protection.hpp"

namespace parley {

class CbcChain {
 public:
  CbcChain(const ProtocolProfile& profile, const CipherSuite& suite, const DirectionKeys& keys)
      : cipher_(crypto::make_block_cipher(enc_traits(suite.enc).block_cipher, keys.key)),
        block_size_(cipher_->block_size()),
        prefix_(profile.explicit_iv ? block_size_ : 0),
        rng_(keys.rng) {
    if (prefix_ == 0) std::ranges::copy(keys.iv, iv_.begin());
  }

  std::size_t block_size() const { return block_size_; }
  /// Bytes of IV in front of each record; 0 when it is chained.
  std::size_t prefix() const { return prefix_; }

  /// Writes prefix() bytes. Errc::no_random: then nothing may leave.
  Status write_iv(ByteSpan out) {
    if (prefix_ == 0) return {};
    if (rng_ == nullptr || !rng_->fill(iv()))
      return Error{.code = Errc::no_random, .where = "record.iv"};
    std::ranges::copy(iv(), out.begin());
    return {};
  }
  /// Whole blocks, in place, after write_iv().
  void encrypt(ByteSpan blocks) { cipher_->cbc_encrypt(iv(), blocks, blocks); }
  /// Of prefix() bytes and whole blocks: what the blocks hold, in place.
  ByteSpan decrypt(ByteSpan fragment) {
    std::ranges::copy(fragment.first(prefix_), iv_.begin());
    const ByteSpan blocks = fragment.subspan(prefix_);
    cipher_->cbc_decrypt(iv(), blocks, blocks);
    return blocks;
  }

 private:
  ByteSpan iv() { return ByteSpan{iv_}.first(block_size_); }

  std::unique_ptr<crypto::BlockCipher> cipher_;
  std::size_t block_size_, prefix_;
  Rng* rng_;
  std::array<std::uint8_t, 16> iv_{};
};

}  // namespace parley
