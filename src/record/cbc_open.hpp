// The constant-time check of padding and MAC in a decrypted CBC record.
#pragma once
#include "protocol/profile.hpp"

namespace parley {

/// What came of it. `good` is all ones or zero; `length` means something only when it is good.
struct CbcVerdict {
  std::size_t good;
  std::size_t length;
};

/// `block` is a decrypted GenericBlockCipher: content, MAC, padding, padding_length; its size is
/// public, a multiple of `block_size` and at least MAC + 1. Time and memory access depend on
/// that size only: bad padding is replaced by no padding and the MAC checked all the same
/// (RFC 4346 section 6.2.3.2, Lucky Thirteen).
CbcVerdict cbc_check(const ProtocolProfile&, const RecordMac&, std::uint64_t seq, ContentType,
                     std::size_t block_size, ByteView block);

}  // namespace parley
