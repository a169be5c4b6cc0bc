#include "record/cbc_open.hpp"

#include "crypto/ct.hpp"

namespace parley {
namespace {

using crypto::ct_eq;
using crypto::ct_ge;
using crypto::ct_lt;
using crypto::ct_select;

/// Padding bytes, padding_length itself included, that a record of either kind may end in.
std::size_t most_padding(const ProtocolProfile& p, std::size_t block_size) {
  return p.padding == PaddingRule::tls_filled ? 256 : block_size;
}

/// All ones when the padding is well formed; then `padding` is its length with padding_length.
std::size_t check_padding(const ProtocolProfile& p, std::size_t mac_size, std::size_t block_size,
                          ByteView block, std::size_t& padding) {
  const std::size_t last = block.size() - 1;
  const std::size_t length = block[last];
  std::size_t good = ct_ge(block.size(), length + 1 + mac_size);
  if (p.padding == PaddingRule::ssl3_length_only) {
    good &= ct_lt(length, block_size);
  } else {
    const std::size_t reach = std::min<std::size_t>(256, block.size());
    std::size_t wrong = 0;
    for (std::size_t i = 1; i < reach; ++i) wrong |= ct_ge(length, i) & (block[last - i] ^ length);
    good &= crypto::ct_is_zero(wrong);
  }
  padding = ct_select(good, length + 1, std::size_t{1});
  return good;
}

/// Copies block[start .. start + size) for a secret start within [window, block.size() - size].
/// Every byte of the window is read; the copy comes out rotated and is turned back by masks.
void copy_secret_offset(ByteView block, std::size_t window, std::size_t start, ByteSpan out) {
  const std::size_t size = out.size();
  std::array<std::uint8_t, crypto::kMaxDigest> rotated{};
  std::size_t rotation = 0;
  for (std::size_t i = window, j = 0; i < block.size(); ++i) {
    const std::size_t inside = ct_ge(i, start) & ct_lt(i, start + size);
    rotation |= ct_eq(i, start) & j;
    rotated[j] = static_cast<std::uint8_t>(rotated[j] | (block[i] & inside));
    j = j + 1 == size ? 0 : j + 1;
  }
  for (std::size_t step = 1; step < size; step *= 2) {
    const std::size_t take = crypto::ct_is_nonzero(rotation & step);
    std::array<std::uint8_t, crypto::kMaxDigest> turned{};
    for (std::size_t i = 0; i < size; ++i)
      turned[i] =
          ct_select(static_cast<std::uint8_t>(take), rotated[(i + step) % size], rotated[i]);
    rotated = turned;
  }
  std::copy_n(rotated.begin(), size, out.begin());
}

}  // namespace

CbcVerdict cbc_check(const ProtocolProfile& p, const RecordMac& mac, std::uint64_t seq,
                     ContentType type, std::size_t block_size, ByteView block) {
  const std::size_t mac_size = mac.size();
  std::size_t padding = 0;
  std::size_t good = check_padding(p, mac_size, block_size, block, padding);
  const std::size_t length = block.size() - mac_size - padding;
  const std::size_t most = most_padding(p, block_size);
  const std::size_t max_length = block.size() - mac_size - 1;
  const std::size_t min_length =
      block.size() > mac_size + most ? block.size() - mac_size - most : 0;

  crypto::Digest expected;
  mac.compute_secret_length(mac_header(p, seq, type, length), block.first(max_length), length,
                            min_length, expected.bytes);
  crypto::Digest received;
  copy_secret_offset(block, min_length, length, ByteSpan{received.bytes}.first(mac_size));
  std::size_t differ = 0;
  for (std::size_t i = 0; i < mac_size; ++i)
    differ |= static_cast<std::size_t>(expected.bytes[i] ^ received.bytes[i]);
  good &= crypto::ct_is_zero(differ);
  return {good, length};
}

}  // namespace parley
