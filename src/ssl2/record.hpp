// Records of SSL 2.0 (section 1.1): two or three bytes of header, a MAC in front of the data, and
// padding whose length stands in the header.
#pragma once
#include <memory>
#include <optional>

#include "base/byte_queue.hpp"
#include "crypto/cipher.hpp"
#include "crypto/secret.hpp"
#include "parley/result.hpp"
#include "suite/suite.hpp"

namespace parley::ssl2 {

/// RECORD-LENGTH has 15 bits, or 14 beside a padding length.
inline constexpr std::size_t kMaxRecord = 32767, kMaxPaddedRecord = 16383;
inline constexpr std::size_t kMacSize = 16;
/// Application data we put into one record, bytes: with the MAC whole blocks, so that nothing is
/// padded.
inline constexpr std::size_t kDataPerRecord = 16360;

struct RecordHeader {
  std::size_t size;     ///< of the header itself, 2 or 3
  std::size_t length;   ///< of what follows it
  std::size_t padding;  ///< bytes at the end of that
};
/// The header at the front of `in`; nothing when more bytes are needed. Errc::bad_record_type for
/// a security escape, which was never given a meaning.
Result<std::optional<RecordHeader>> read_record_header(ByteView in);

/// One direction: what protects it, and how many records it has carried.
class Half {
 public:
  /// From now on records are encrypted. The key is that of the cipher and of the MAC as well.
  void set_keys(const CipherSuite&, ByteView key, ByteView iv);
  bool has_keys() const { return mac_secret_.has_value(); }
  /// A record has passed that this Half did not see.
  void count_record() { ++sequence_; }

  /// Decrypts in place and checks; the data, without MAC and padding. Whatever is wrong with a
  /// protected record is Errc::bad_record_mac.
  Result<ByteSpan> open(const RecordHeader&, ByteSpan body);
  /// Appends a record to `out` and returns its size. Errc::message_too_long for data that needs
  /// padding and is longer than a padded record.
  Result<std::size_t> seal(ByteView data, ByteQueue& out);

 private:
  std::size_t block_size() const { return block_ ? block_->block_size() : 1; }
  void mac(ByteView data_and_padding, ByteSpan out) const;

  std::uint64_t sequence_ = 0;  // of every record since the first, protected or not
  std::optional<crypto::SecretBytes> mac_secret_;
  std::unique_ptr<crypto::BlockCipher> block_;
  Bytes iv_;
  std::unique_ptr<crypto::Rc4> rc4_;
};

}  // namespace parley::ssl2
