// One description of a message serves to parse, to build and to explain it.
#pragma once
#include <optional>
#include <vector>

#include "parley/reader.hpp"
#include "parley/writer.hpp"

namespace parley {

/// Reads fields into a message. With a FieldSink in its Reader it is also the explain view.
struct Parse {
  Reader& r;

  void u8(const char* f, std::uint8_t& v) { v = r.u8(f); }
  void u16(const char* f, std::uint16_t& v) { v = r.u16(f); }
  void u32(const char* f, std::uint32_t& v) { v = r.u32(f); }
  template <std::size_t N>
  void fixed(const char* f, std::array<std::uint8_t, N>& a) {
    const ByteView b = r.bytes(f, N);
    if (b.size() == N) std::ranges::copy(b, a.begin());
  }
  /// opaque f<lo..hi>
  void opaque(const char* f, unsigned len_bytes, Bytes& v, std::size_t lo, std::size_t hi) {
    Reader sub = r.vec(f, len_bytes, lo, hi);
    v = to_bytes(sub.rest(f));
  }
  /// uint16 f<lo..hi>, bounds in bytes
  void list16(const char* f, unsigned len_bytes, std::vector<std::uint16_t>& v, std::size_t lo,
              std::size_t hi) {
    Reader sub = r.vec(f, len_bytes, lo, hi);
    v.clear();
    v.reserve(sub.remaining() / 2);
    while (!sub.empty()) v.push_back(sub.u16(f));
  }
  /// Fields of later versions: there when `v` holds something beforehand.
  void announced_u16(const char* f, std::optional<std::uint16_t>& v) {
    if (v) u16(f, *v);
  }
  void announced_list16(const char* f, unsigned len_bytes,
                        std::optional<std::vector<std::uint16_t>>& v, std::size_t lo,
                        std::size_t hi) {
    if (v) list16(f, len_bytes, *v, lo, hi);
  }
  /// A vector of vectors: `item` item<item_lo..> in f<lo..hi>.
  void list_of_opaque(const char* f, unsigned len_bytes, std::size_t lo, std::size_t hi,
                      const char* item, unsigned item_len_bytes, std::size_t item_lo,
                      std::vector<Bytes>& v) {
    Reader sub = r.vec(f, len_bytes, lo, hi);
    v.clear();
    while (!sub.empty()) {
      Reader one = sub.vec(item, item_len_bytes, item_lo, hi);
      v.push_back(to_bytes(one.rest(item)));
    }
  }
  /// Whatever is left of the message.
  void rest(const char* f, Bytes& v) { v = to_bytes(r.rest(f)); }
  /// opaque f<0..2^16-1> that may be missing altogether, as extensions may.
  void optional_tail(const char* f, std::optional<Bytes>& v) {
    v.reset();
    if (!r.empty()) opaque(f, 2, v.emplace(), 0, 65535);
  }
};

/// Writes the fields of a message.
struct Build {
  Writer& w;

  void u8(const char*, const std::uint8_t& v) { w.u8(v); }
  void u16(const char*, const std::uint16_t& v) { w.u16(v); }
  void u32(const char*, const std::uint32_t& v) { w.u32(v); }
  template <std::size_t N>
  void fixed(const char*, const std::array<std::uint8_t, N>& a) {
    w.bytes(a);
  }
  void opaque(const char*, unsigned len_bytes, const Bytes& v, std::size_t, std::size_t) {
    Writer::Vec scope{w, len_bytes};
    w.bytes(v);
  }
  void list16(const char*, unsigned len_bytes, const std::vector<std::uint16_t>& v, std::size_t,
              std::size_t) {
    Writer::Vec scope{w, len_bytes};
    for (const std::uint16_t x : v) w.u16(x);
  }
  void announced_u16(const char* f, const std::optional<std::uint16_t>& v) {
    if (v) u16(f, *v);
  }
  void announced_list16(const char* f, unsigned len_bytes,
                        const std::optional<std::vector<std::uint16_t>>& v, std::size_t lo,
                        std::size_t hi) {
    if (v) list16(f, len_bytes, *v, lo, hi);
  }
  void list_of_opaque(const char*, unsigned len_bytes, std::size_t, std::size_t, const char*,
                      unsigned item_len_bytes, std::size_t, const std::vector<Bytes>& v) {
    Writer::Vec scope{w, len_bytes};
    for (const Bytes& b : v) {
      Writer::Vec item{w, item_len_bytes};
      w.bytes(b);
    }
  }
  void rest(const char*, const Bytes& v) { w.bytes(v); }
  void optional_tail(const char* f, const std::optional<Bytes>& v) {
    if (v) opaque(f, 2, *v, 0, 65535);
  }
};

}  // namespace parley
