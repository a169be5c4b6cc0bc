// Any bytes as DER. What the reader lets pass, the writer writes again byte for byte, and
// OpenSSL 3.0 reads and writes it, too; one primitive element that OpenSSL reads and writes as it
// was, ours lets pass. Links asn1 and libcrypto.
#include <openssl/asn1.h>
#include <openssl/err.h>

#include <cstdlib>
#include <memory>

#include "asn1/der_reader.hpp"
#include "asn1/der_writer.hpp"

namespace {

using namespace parley;
using namespace parley::asn1;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Everything once more, every element by the function that writes its kind.
void rewrite(DerReader& r, DerWriter& w) {
  while (!r.empty()) {
    const auto tag = r.peek();
    require(tag.has_value());
    if (tag->constructed) {
      DerReader inside = r.enter("element", *tag);
      const DerWriter::Scope scope = w.open(*tag);
      rewrite(inside, w);
    } else if (*tag == kBoolean) {
      w.boolean(r.boolean("element"));
    } else if (*tag == kNull) {
      r.null("element");
      w.null();
    } else {
      const Element e = r.any("element");
      if (*tag == kInteger && e.content[0] < 0x80)
        w.unsigned_integer(e.content);
      else if (*tag == kBitString && e.content[0] == 0)
        w.bits(e.content.subspan(1));
      else
        w.primitive(*tag, e.content);
    }
  }
}

/// What OpenSSL makes of exactly one element: its own encoding of it, or nothing.
Bytes openssl_rewrites(ByteView in) {
  ERR_clear_error();
  const unsigned char* p = in.data();
  const std::unique_ptr<ASN1_TYPE, decltype(&ASN1_TYPE_free)> value{
      d2i_ASN1_TYPE(nullptr, &p, static_cast<long>(in.size())), &ASN1_TYPE_free};
  if (value == nullptr || p != in.data() + in.size()) return {};
  unsigned char* out = nullptr;
  const int size = i2d_ASN1_TYPE(value.get(), &out);
  if (size <= 0) return {};
  const Bytes again(out, out + size);
  OPENSSL_free(out);
  return again;
}

/// Kinds whose content both sides look into.
bool judged(Tag t) {
  return t == kInteger || t == kEnumerated || t == kBitString || t == kOctetString || t == kNull ||
         t == kOid;
}

/// Where we differ on purpose, from OpenSSL's "yes" to our "no".
bool refused_by_design(const Element& e) {
  if (e.tag == kOid) return e.content.size() > kMaxOidSize;  // OpenSSL sets no bound
  return false;
}

/// Where we differ on purpose, from our "yes" to OpenSSL's "no" or other bytes.
bool let_pass_by_design(const Element& e) {
  // Content that check_der() leaves to whoever decodes it: numbers under ENUMERATED.
  return e.tag == kEnumerated && !integer_content_ok(e.content);
}

void compare(const Element& e) {
  const bool ours = check_der(e.whole).has_value();
  const bool theirs = equal(openssl_rewrites(e.whole), e.whole);
  if (ours && !theirs) require(let_pass_by_design(e));
  if (theirs && !ours) require(refused_by_design(e));
}

void compare_all(DerReader& r) {
  while (!r.empty()) {
    const auto tag = r.peek();
    if (!tag) return;
    if (tag->constructed) {
      DerReader inside = r.enter("element", *tag);
      compare_all(inside);
    } else {
      const Element e = r.any("element");
      if (judged(e.tag)) compare(e);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView in{data, size};
  if (check_der(in)) {
    Bytes out;
    DerReader r{in};
    DerWriter w{out};
    rewrite(r, w);
    require(equal(out, in));
  }
  DerReader r{in};
  compare_all(r);
  return 0;
}
