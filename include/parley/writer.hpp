// Appends big-endian fields; a length prefix patches itself when its scope ends.
#pragma once
#include "parley/bytes.hpp"
#include "parley/export.hpp"
#include "parley/result.hpp"

namespace PARLEY_PUBLIC parley {

class Writer {
 public:
  /// Appends to `out`, which must outlive the Writer.
  explicit Writer(Bytes& out) : out_(out) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void u8(std::uint8_t v) { out_.push_back(v); }
  void u16(std::uint16_t v) { big_endian(v, 2); }
  void u24(std::uint32_t v) { big_endian(v, 3); }
  void u32(std::uint32_t v) { big_endian(v, 4); }
  void bytes(ByteView b) { append(out_, b); }
  std::size_t size() const { return out_.size(); }

  /// Writes `n` length bytes now and their value when it goes out of scope.
  class Vec {
   public:
    Vec(Writer& w, unsigned n) : w_(w), n_(n), at_(w.out_.size()) { w.big_endian(0, n); }
    Vec(const Vec&) = delete;
    Vec& operator=(const Vec&) = delete;
    ~Vec() {
      std::size_t len = w_.out_.size() - at_ - n_;
      if ((len >> (8 * n_)) != 0) {
        w_.overflowed_ = true;
        len = 0;
      }
      for (unsigned i = 0; i < n_; ++i)
        w_.out_[at_ + i] = static_cast<std::uint8_t>(len >> (8 * (n_ - 1 - i)));
    }

   private:
    Writer& w_;
    unsigned n_;
    std::size_t at_;
  };

  /// Fails if a vector did not fit its length field.
  Status finish(const char* what) const {
    return overflowed_ ? Status{Error{.code = Errc::length_out_of_range, .where = what}} : Status{};
  }

 private:
  void big_endian(std::uint32_t v, unsigned n) {
    while (n-- > 0) out_.push_back(static_cast<std::uint8_t>(v >> (8 * n)));
  }
  Bytes& out_;
  bool overflowed_ = false;
};

}  // namespace parley
