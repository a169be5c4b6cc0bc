// Builds DER; a length patches itself when its scope ends.
#pragma once
#include <array>

#include "asn1/tag.hpp"
#include "parley/bytes.hpp"

namespace parley::asn1 {

class DerWriter {
 public:
  /// Appends to `out`, which must outlive the writer.
  explicit DerWriter(Bytes& out) : out_(out) {}
  DerWriter(const DerWriter&) = delete;
  DerWriter& operator=(const DerWriter&) = delete;

  /// An element that is open for writing until the end of its scope.
  class Scope {
   public:
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope();

   private:
    friend class DerWriter;
    Scope(Bytes& out, std::size_t start) : out_(out), start_(start) {}
    Bytes& out_;
    std::size_t start_;
  };
  /// Keep the result in a variable: DerWriter::Scope s = w.open(kSequence);
  [[nodiscard]] Scope open(Tag);
  /// A BIT STRING around whole bytes that are written next.
  [[nodiscard]] Scope open_bits();

  void primitive(Tag, ByteView content);
  /// Elements that are DER already.
  void raw(ByteView der) { append(out_, der); }
  void boolean(bool);
  void null() { primitive(kNull, {}); }
  /// A number above or equal to zero from unsigned big-endian bytes; leading zeros are fine.
  void unsigned_integer(ByteView big_endian);
  void integer(std::uint32_t);
  void octets(ByteView b) { primitive(kOctetString, b); }
  void bits(ByteView whole_bytes);
  /// Bit n of the mask becomes named bit n, without trailing zeros (X.690 section 11.2.2).
  void named_bits(std::uint16_t mask);
  void oid(ByteView content) { primitive(kOid, content); }
  void text(Tag t, std::string_view s) { primitive(t, as_bytes(s)); }
  /// UTCTime until 2049 and GeneralizedTime from then on (RFC 5280 section 4.1.2.5). Years 1950
  /// to 9999; others are clamped.
  void time(std::int64_t unix_seconds);

 private:
  void tag(Tag);
  Bytes& out_;
};

}  // namespace parley::asn1
