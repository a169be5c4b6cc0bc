// A bounds-checked cursor over bytes. The first failure sticks and is asked for once, at the end.
#pragma once
#include <cstring>
#include <optional>

#include "parley/bytes.hpp"
#include "parley/export.hpp"
#include "parley/result.hpp"

namespace PARLEY_PUBLIC parley {

/// Receives every field as it is read; null in production, the explain view otherwise.
struct FieldSink {
  virtual ~FieldSink() = default;
  /// `offset` counts from the start of the outermost Reader.
  virtual void field(const char* name, std::size_t offset, ByteView value) = 0;
  /// The length in front of a vector, whose name it bears.
  virtual void length(const char* name, std::size_t offset, ByteView value) {
    field(name, offset, value);
  }
};

/// Reads big-endian fields. After a failure the cursor is empty and every read yields zero, so
/// loops over it end and the caller needs one check: finish().
/// Field names are static strings; they document, name the place in errors, and label explain.
/// A Reader from vec() reports its failures to the Reader it came from, which must outlive it.
class Reader {
 public:
  explicit Reader(ByteView in, FieldSink* sink = nullptr) : in_(in), sink_(sink) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  std::uint8_t u8(const char* field) { return static_cast<std::uint8_t>(big_endian(field, 1)); }
  std::uint16_t u16(const char* field) { return static_cast<std::uint16_t>(big_endian(field, 2)); }
  std::uint32_t u24(const char* field) { return big_endian(field, 3); }
  std::uint32_t u32(const char* field) { return big_endian(field, 4); }

  /// Exactly n bytes; a view into the input.
  ByteView bytes(const char* field, std::size_t n) { return take(field, n); }
  /// Everything that is left; a view into the input.
  ByteView rest(const char* field) { return take(field, in_.size() - at_); }

  /// A vector of the RFC's kind, field<lo..hi>, with a length of `len_bytes` bytes in front.
  Reader vec(const char* field, unsigned len_bytes, std::size_t lo, std::size_t hi) {
    const std::size_t n = number(take_length(field, len_bytes));
    if (ok() && (n < lo || n > hi)) fail(Errc::length_out_of_range, field);
    const std::size_t start = at_;
    return Reader{take_quietly(field, n), base_ + start, sink_, this};
  }

  bool empty() const { return at_ == in_.size(); }
  std::size_t remaining() const { return in_.size() - at_; }
  bool ok() const { return !error_; }
  /// Bytes consumed so far, from the start of the outermost Reader.
  std::size_t offset() const { return base_ + at_; }

  /// Records a failure here and in every enclosing Reader; the first one stays.
  void fail(Errc code, const char* field) {
    fail(Error{.code = code, .where = field, .offset = static_cast<std::uint32_t>(base_ + at_)});
  }

  /// Success only if nothing failed and nothing is left.
  Status finish(const char* what) {
    if (ok() && !empty()) fail(Errc::trailing_bytes, what);
    return ok() ? Status{} : Status{*error_};
  }

 private:
  Reader(ByteView in, std::size_t base, FieldSink* sink, Reader* parent)
      : in_(in), base_(base), sink_(sink), parent_(parent), error_(parent->error_) {}

  void fail(Error e) {
    if (!error_) error_ = e;
    in_ = in_.first(at_);
    if (parent_ != nullptr) parent_->fail(*error_);
  }
  ByteView take_quietly(const char* field, std::size_t n) {
    if (error_ || remaining() < n) {
      if (!error_) fail(Errc::truncated, field);
      return {};
    }
    const ByteView out = in_.subspan(at_, n);
    at_ += n;
    return out;
  }
  ByteView take(const char* field, std::size_t n) {
    const std::size_t start = base_ + at_;
    const ByteView out = take_quietly(field, n);
    if (sink_ != nullptr && ok()) sink_->field(field, start, out);
    return out;
  }
  ByteView take_length(const char* field, unsigned n) {
    const std::size_t start = base_ + at_;
    const ByteView out = take_quietly(field, n);
    if (sink_ != nullptr && ok()) sink_->length(field, start, out);
    return out;
  }
  static std::uint32_t number(ByteView big_endian_bytes) {
    std::uint32_t v = 0;
    for (const std::uint8_t b : big_endian_bytes) v = (v << 8) | b;
    return v;
  }
  std::uint32_t big_endian(const char* field, unsigned n) { return number(take(field, n)); }

  ByteView in_;
  std::size_t at_ = 0;
  std::size_t base_ = 0;
  FieldSink* sink_ = nullptr;
  Reader* parent_ = nullptr;
  std::optional<Error> error_;
};

}  // namespace parley
