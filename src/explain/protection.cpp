// What stands in a protected record, and what it holds.
#include "base/limits.hpp"
#include "explain/decoder.hpp"
#include "explain/fields.hpp"
#include "explain/mac.hpp"
#include "explain/specification.hpp"

namespace parley::explain {
namespace {

using Mode = EncTraits::Mode;

std::string section_of(const Keys& k) {
  const Sections& s = sections_of(k.profile);
  switch (enc_traits(k.suite->enc).mode) {
    case Mode::stream: return s.cite(s.stream);
    case Mode::cbc: return k.encrypt_then_mac ? "RFC 7366 section 3" : s.cite(s.block);
    case Mode::aead: return s.cite(s.aead);
  }
  return {};
}

std::size_t tag_size(const CipherSuite& s) {
  constexpr std::size_t kShort = 8, kLong = 16;
  return s.enc == Enc::aes128_ccm8 || s.enc == Enc::aes256_ccm8 ? kShort : kLong;
}

/// IV or nonce in front of the ciphertext, bytes.
std::size_t prefix_size(const Keys& k) {
  const EncTraits& t = enc_traits(k.suite->enc);
  switch (t.mode) {
    case Mode::stream: return 0;
    case Mode::cbc: return k.profile->explicit_iv ? t.iv_size : 0;
    case Mode::aead: return t.explicit_nonce;
  }
  return 0;
}

/// Without keys the sizes still tell where the parts stand that are not encrypted.
void describe_sealed(Record& r, const Keys& k) {
  const std::size_t fragment = r.size - r.header_size;
  if (k.suite == nullptr || k.profile == nullptr || !is_spoken(*k.suite)) {
    Layout{r, r.header_size, {}}.add("record.encrypted", FieldKind::sealed, fragment, "encrypted");
    return;
  }
  Layout at{r, r.header_size, section_of(k)};
  const bool aead = enc_traits(k.suite->enc).mode == Mode::aead;
  const std::size_t tail = aead ? tag_size(*k.suite) : k.encrypt_then_mac ? mac_size(*k.suite) : 0;
  const std::size_t prefix = prefix_size(k);
  if (fragment < prefix + tail) {
    at.add("record.encrypted", FieldKind::sealed, fragment, "too short for this suite");
    return;
  }
  at.add(aead ? "record.nonce_explicit" : "record.IV", FieldKind::iv, prefix);
  at.add("record.encrypted", FieldKind::sealed, fragment - prefix - tail, "encrypted");
  at.add(aead ? "record.tag" : "record.MAC", FieldKind::mac, tail);
}

void describe_opened(Record& r, const Keys& k) {
  Layout at{r, r.header_size, section_of(k)};
  const bool aead = enc_traits(k.suite->enc).mode == Mode::aead;
  const bool cbc = enc_traits(k.suite->enc).mode == Mode::cbc;
  const std::size_t mac = aead ? tag_size(*k.suite) : mac_size(*k.suite);
  at.add(aead ? "record.nonce_explicit" : "record.IV", FieldKind::iv, prefix_size(k));
  at.add("record.content", FieldKind::content, r.plaintext_size);
  if (!k.encrypt_then_mac)
    at.add(aead ? "record.tag" : "record.MAC", FieldKind::mac, mac, "as it must be");
  if (cbc) {
    const std::size_t padding = at.left() - (k.encrypt_then_mac ? mac : 0) - 1;
    at.add("record.padding", FieldKind::padding, padding);
    at.add("record.padding_length", FieldKind::padding, 1, std::to_string(padding));
  }
  if (k.encrypt_then_mac) at.add("record.MAC", FieldKind::mac, mac, "as it must be");
}

}  // namespace

void open_record(Decoder& d, Record& r) {
  Direction& dir = d.direction(r.from);
  const Keys& k = dir.active;
  r.is_protected = true;
  r.sequence = dir.sequence++;
  if (k.protection == nullptr || dir.wrong_keys) return describe_sealed(r, k);
  Bytes decrypted = to_bytes(d.out.wire(r));
  OpenRecord one{.type = r.type, .fragment = ByteSpan{decrypted}.subspan(r.header_size)};
  if (k.protection->open(r.sequence, {&one, 1}) != 1) {
    dir.wrong_keys = true;
    stop(d, r.from, r.offset, {.code = Errc::bad_record_mac, .where = "record"});
    return describe_sealed(r, k);
  }
  r.opened = true;
  r.plaintext_size = one.fragment.size();
  r.plaintext_offset = r.header_size + prefix_size(k);
  r.decrypted = std::move(decrypted);
  describe_opened(r, k);
  r.mac = mac_steps(d.out, r, k);
  if (r.plaintext_size > limits::kPlaintext)
    stop(d, r.from, r.offset + 3, {.code = Errc::record_overflow, .where = "record.length"});
}

}  // namespace parley::explain
