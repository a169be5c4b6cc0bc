#include "ssl2/record.hpp"

#include "crypto/ct.hpp"
#include "crypto/hash.hpp"

namespace parley::ssl2 {

Result<std::optional<RecordHeader>> read_record_header(ByteView in) {
  if (in.size() < 2) return std::optional<RecordHeader>{};
  const std::size_t first = in[0];
  if ((first & 0x80) != 0) return std::optional{RecordHeader{2, (first & 0x7f) << 8 | in[1], 0}};
  if ((first & 0x40) != 0)
    return Error{.code = Errc::bad_record_type, .where = "record: security escape"};
  if (in.size() < 3) return std::optional<RecordHeader>{};
  return std::optional{RecordHeader{3, (first & 0x3f) << 8 | in[1], in[2]}};
}

void Half::set_keys(const CipherSuite& s, ByteView key, ByteView iv) {
  const EncTraits& t = enc_traits(s.enc);
  mac_secret_.emplace(key);
  if (t.mode == EncTraits::Mode::cbc) {
    block_ = crypto::make_block_cipher(t.block_cipher, key);
    iv_ = to_bytes(iv);
  } else {
    rc4_ = std::make_unique<crypto::Rc4>(key);
  }
}

void Half::mac(ByteView data_and_padding, ByteSpan out) const {
  std::array<std::uint8_t, 4> sequence;
  for (unsigned i = 0; i < 4; ++i)
    sequence[i] = static_cast<std::uint8_t>(sequence_ >> (8 * (3 - i)));
  crypto::Hasher h{crypto::HashId::md5};
  h.update(*mac_secret_);
  h.update(data_and_padding);
  h.update(sequence);
  h.finish(out);
}

Result<ByteSpan> Half::open(const RecordHeader& header, ByteSpan body) {
  // The number would begin again, and with it old records.
  if (sequence_ >> 32 != 0)
    return Error{.code = Errc::sequence_overflow, .where = "record.sequence_number"};
  if (!has_keys()) {
    if (header.padding != 0)
      return Error{.code = Errc::length_out_of_range, .where = "record.padding"};
    ++sequence_;
    return body;
  }
  // The padding length is not under the MAC: whoever is in the middle can move the end of the data
  // within the padding (Wagner and Schneier 1996). Taking only as much padding as a block needs
  // leaves him seven bytes.
  const std::size_t block = block_size();
  if (body.size() % block != 0 || header.padding >= block ||
      body.size() < kMacSize + header.padding)
    return Error{.code = Errc::bad_record_mac, .where = "record.length"};
  if (block_)
    block_->cbc_decrypt(iv_, body, body);
  else
    rc4_->apply(body, body);
  const ByteSpan covered = body.subspan(kMacSize);
  std::array<std::uint8_t, kMacSize> expected;
  mac(covered, expected);
  if (!crypto::ct_equal(expected, body.first(kMacSize)))
    return Error{.code = Errc::bad_record_mac, .where = "record.mac"};
  ++sequence_;
  return covered.first(covered.size() - header.padding);
}

Result<std::size_t> Half::seal(ByteView data, ByteQueue& out) {
  if (sequence_ >> 32 != 0)
    return Error{.code = Errc::sequence_overflow, .where = "record.sequence_number"};
  const std::size_t mac_size = has_keys() ? kMacSize : 0;
  const std::size_t padding =
      has_keys() ? (block_size() - (mac_size + data.size()) % block_size()) % block_size() : 0;
  const std::size_t length = mac_size + data.size() + padding;
  if (length > (padding == 0 ? kMaxRecord : kMaxPaddedRecord))
    return Error{.code = Errc::message_too_long, .where = "record.length"};
  const std::size_t header = padding == 0 ? 2 : 3;
  const ByteSpan record = out.prepare(header + length).first(header + length);
  record[0] = static_cast<std::uint8_t>(length >> 8 | (padding == 0 ? 0x80 : 0));
  record[1] = static_cast<std::uint8_t>(length);
  if (padding != 0) record[2] = static_cast<std::uint8_t>(padding);
  const ByteSpan body = record.subspan(header);
  std::ranges::copy(data, body.subspan(mac_size).begin());
  std::ranges::fill(body.last(padding), std::uint8_t{0});
  if (has_keys()) {
    mac(body.subspan(kMacSize), body.first(kMacSize));
    if (block_)
      block_->cbc_encrypt(iv_, body, body);
    else
      rc4_->apply(body, body);
  }
  ++sequence_;
  out.commit(record.size());
  return record.size();
}

}  // namespace parley::ssl2
