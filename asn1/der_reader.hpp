// A strict DER cursor (X.690 sections 8 and 10) in the manner of parley::Reader.
#pragma once
#include <optional>

#include "asn1/tag.hpp"
#include "parley/bytes.hpp"
#include "parley/result.hpp"

namespace parley::asn1 {

/// How deep enter() may nest. A certificate needs about ten.
inline constexpr unsigned kMaxDepth = 32;
/// The longest OBJECT IDENTIFIER taken, content bytes.
inline constexpr std::size_t kMaxOidSize = 128;

#ifdef PARLEY_COUNT_WORK
/// Headers of elements read so far: what work input causes (tests/unit/x509_bounds_test.cpp).
extern std::uint64_t headers_read;
#endif

/// One tag-length-value; views into the input.
struct Element {
  Tag tag{};
  ByteView whole{};    ///< with header
  ByteView content{};  ///< without
};

/// Reads elements one after another. Lengths must be definite and minimal, tag numbers minimal.
/// The first failure sticks and empties the cursor, so loops over it end and one finish() is
/// enough; every read after it yields empty values. A reader from enter() reports its failures
/// to the one it came from, which must outlive it.
class DerReader {
 public:
  explicit DerReader(ByteView in) : in_(in) {}
  DerReader(const DerReader&) = delete;
  DerReader& operator=(const DerReader&) = delete;

  bool empty() const { return at_ == in_.size(); }
  bool ok() const { return !error_; }
  /// The tag that comes next; nothing at the end or before a malformed header.
  std::optional<Tag> peek() const;
  bool next_is(Tag t) const { return peek() == t; }

  /// The next element, whatever it is.
  Element any(const char* field);
  /// The next element, which must have this tag: else Errc::bad_der.
  Element element(const char* field, Tag);
  /// The next element if it has this tag; otherwise nothing is read.
  std::optional<Element> optional(const char* field, Tag);
  /// The inside of the next element. Errc::too_deep beyond kMaxDepth.
  DerReader enter(const char* field, Tag);

  /// Content of an INTEGER in two's complement; minimal (X.690 section 8.3.2).
  ByteView integer(const char* field);
  /// An INTEGER from 0 to `max`: else Errc::bad_value.
  std::uint32_t small_integer(const char* field, std::uint32_t max);
  /// An INTEGER above or equal to zero as unsigned bytes without leading zeros (zero is empty).
  ByteView unsigned_integer(const char* field);
  bool boolean(const char* field);  ///< only 00 and FF (X.690 section 11.1)
  void null(const char* field);
  ByteView octets(const char* field);
  /// Content of a BIT STRING of whole bytes.
  ByteView bits(const char* field);
  /// A BIT STRING of named bits as a mask, bit n at 1 << n; bits above 15 are passed over.
  std::uint16_t named_bits(const char* field);
  /// Content of an OBJECT IDENTIFIER, well-formed and of at most kMaxOidSize bytes.
  ByteView oid(const char* field);

  /// Records a failure here and in every enclosing reader; the first one stays.
  void fail(Errc, const char* field);
  /// Fails with Errc::trailing_bytes when something is left.
  void end(const char* what);
  /// end(), and the outcome of everything.
  Status finish(const char* what);

 private:
  DerReader(ByteView in, std::size_t base, DerReader* parent)
      : in_(in), base_(base), depth_(parent->depth_ + 1), parent_(parent), error_(parent->error_) {}
  void fail(Error);

  ByteView in_;
  std::size_t at_ = 0;
  std::size_t base_ = 0;
  unsigned depth_ = 0;
  DerReader* parent_ = nullptr;
  std::optional<Error> error_;
};

/// The content is a well-formed INTEGER / OBJECT IDENTIFIER; for fields under IMPLICIT tags.
bool integer_content_ok(ByteView);
bool oid_content_ok(ByteView);

/// Content of a BIT STRING of named bits as a mask; see DerReader::named_bits.
Status named_bits_content(ByteView, std::uint16_t& mask);

/// Walks everything: universal constructed types are entered, universal primitive types with
/// rules of their own are checked, other tags are entered when constructed. For files and tests;
/// certificate parsing needs no such walk.
Status check_der(ByteView);

}  // namespace parley::asn1
