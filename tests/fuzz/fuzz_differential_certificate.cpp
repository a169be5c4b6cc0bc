// Any bytes as a certificate, judged by us and by OpenSSL 3.0: the verdicts are the same, and so is
// what both read. Where we differ on purpose stands in the two lists below, each with its reason;
// everything else is a finding. Links asn1 and libcrypto.
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <ctime>
#include <memory>

#include "asn1/keys.hpp"
#include "asn1/oid.hpp"
#include "parley/x509.hpp"

namespace {

using namespace parley;

void require(bool holds) {
  if (!holds) std::abort();
}

template <class T, void (*release)(T*)>
struct Release {
  void operator()(T* p) const { release(p); }
};
using X509Ptr = std::unique_ptr<X509, Release<X509, X509_free>>;
using NamePtr = std::unique_ptr<X509_NAME, Release<X509_NAME, X509_NAME_free>>;
using TypePtr = std::unique_ptr<ASN1_TYPE, Release<ASN1_TYPE, ASN1_TYPE_free>>;

/// All of `in` by one of OpenSSL's d2i functions, or null.
template <class Ptr, class Decode>
Ptr decode_all(Decode decode, ByteView in) {
  const unsigned char* p = in.data();
  Ptr value{decode(nullptr, &p, static_cast<long>(in.size()))};
  return p == in.data() + in.size() ? std::move(value) : Ptr{};
}

/// What one of its i2d functions writes.
template <class T, class Encode>
Bytes encode(Encode encode, T* value) {
  unsigned char* out = nullptr;
  const int size = encode(value, &out);
  if (size <= 0) return {};
  Bytes b(out, out + size);
  OPENSSL_free(out);
  return b;
}

ByteView content(const ASN1_STRING* s) {
  return {ASN1_STRING_get0_data(s), static_cast<std::size_t>(ASN1_STRING_length(s))};
}
ByteView content(const ASN1_OBJECT* o) { return {OBJ_get0_data(o), OBJ_length(o)}; }

/// We refuse what OpenSSL takes. It reads BER and keeps no bounds; below is what it takes although
/// it is DER.
struct Stricter {
  std::string_view where;  ///< what our error names; a prefix
  const char* why;
};
constexpr Stricter kStricter[]{
    {"version", "RFC 5280 section 4.1.2.1 knows versions 1 to 3"},
    {"serialNumber", "kMaxSerialSize: 1024 bytes"},
    {"tbsCertificate", "version 1 has no unique identifiers, versions 1 and 2 no extensions"},
    {"issuerUniqueID", "X.690 section 11.2.1: unused bits are zero, also of an empty string"},
    {"subjectUniqueID", "the same"},
    {"signature", "a signature is whole bytes"},
    {"subjectPublicKey", "so is a key"},
    {"RelativeDistinguishedName", "SET SIZE (1..MAX)"},
    {"AttributeTypeAndValue.type", "kMaxOidSize: 128 bytes"},
    {"extension.extnID", "the same"},
    {"algorithm", "the same"},
    {"extension.critical", "X.690 section 11.1: TRUE is FF"},
    {"extensions", "kMaxExtensions: 256"},
};

/// The same attributes. OpenSSL keeps the bytes of a Name it has read, whatever they were.
NamePtr rebuilt(const X509_NAME* name) {
  NamePtr again{X509_NAME_new()};
  int before = -1;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* e = X509_NAME_get_entry(name, i);
    const int rdn = X509_NAME_ENTRY_set(e);
    require(X509_NAME_add_entry(again.get(), e, -1, rdn == before ? -1 : 0) == 1);
    before = rdn;
  }
  return again;
}

/// OpenSSL writes again what it has read: equal to the input when that was DER.
bool is_der(X509* c, ByteView in) {
  require(X509_set_issuer_name(c, rebuilt(X509_get_issuer_name(c)).get()) == 1);
  require(X509_set_subject_name(c, rebuilt(X509_get_subject_name(c)).get()) == 1);
  (void)encode(i2d_re_X509_tbs, c);
  return equal(encode(i2d_X509, c), in);
}

bool refused_by_design(const Error& e, X509* c, ByteView in) {
  if (!is_der(c, in)) return true;
  return std::ranges::any_of(kStricter, [&e](const Stricter& s) {
    return std::string_view{e.where}.starts_with(s.where);
  });
}

/// Whether a Name has a value that is no string of X.520: RFC 5280 section 4.1.2.4 lets it be ANY.
bool has_other_values(ByteView name) {
  constexpr unsigned long kStrings = B_ASN1_PRINTABLE;  // what OpenSSL takes
  asn1::DerReader r{name};
  asn1::DerReader rdns = r.enter("Name", asn1::kSequence);
  while (!rdns.empty()) {
    asn1::DerReader rdn = rdns.enter("RelativeDistinguishedName", asn1::kSet);
    while (!rdn.empty()) {
      asn1::DerReader attribute = rdn.enter("AttributeTypeAndValue", asn1::kSequence);
      (void)attribute.any("type");
      const asn1::Tag t = attribute.any("value").tag;
      if (t.cls != asn1::TagClass::universal || t.number > 30 ||
          (ASN1_tag2bit(static_cast<int>(t.number)) & kStrings) == 0)
        return true;
    }
  }
  return false;
}

/// OpenSSL looks at once into what we leave to the accessor that decodes it.
bool taken_by_design(const Certificate& c) {
  // Strings that cannot be; values that OpenSSL has no strings for.
  const auto bad_name = [](ByteView der, const Result<Name>& ours) {
    return decode_all<NamePtr>(d2i_X509_NAME, der) == nullptr && (!ours || has_other_values(der));
  };
  if (bad_name(c.issuer_der(), c.issuer()) || bad_name(c.subject_der(), c.subject())) return true;
  // Parameters, of whatever algorithm.
  const auto bad_parameters = [](ByteView der) {
    const auto a = asn1::parse_algorithm(der);
    return a && !a->parameters.empty() &&
           decode_all<TypePtr>(d2i_ASN1_TYPE, a->parameters) == nullptr;
  };
  if (bad_parameters(c.signature_algorithm()) || bad_parameters(c.tbs_signature_algorithm()))
    return true;
  const auto key = asn1::parse_public_key_info(c.spki());
  return key && !key->algorithm.parameters.empty() &&
         decode_all<TypePtr>(d2i_ASN1_TYPE, key->algorithm.parameters) == nullptr;
}

/// One that omits seconds or has an offset or a fraction (asn1/README.md) is one for OpenSSL, too.
void compare_times(const Result<std::int64_t>& ours, const ASN1_TIME* theirs) {
  std::tm broken{};
  require(ours.has_value() == (ASN1_TIME_to_tm(theirs, &broken) == 1));
  if (ours) require(*ours == timegm(&broken));
}

/// Not all the parameters: OpenSSL has none of the tags that it cannot name.
void compare_algorithms(ByteView ours, const X509_ALGOR* theirs) {
  const ASN1_OBJECT* oid = nullptr;
  int type = 0;
  X509_ALGOR_get0(&oid, &type, nullptr, theirs);
  const auto a = asn1::parse_algorithm(ours);
  require(a && equal(a->oid, content(oid)) && a->parameters.empty() == (type == V_ASN1_UNDEF));
}

void compare_keys(const Certificate& ours, X509* theirs) {
  const unsigned char* bits = nullptr;
  int size = 0;
  X509_ALGOR* algorithm = nullptr;
  require(X509_PUBKEY_get0_param(nullptr, &bits, &size, &algorithm, X509_get_X509_PUBKEY(theirs)) ==
          1);
  const auto key = asn1::parse_public_key_info(ours.spki());
  require(key && equal(key->key, {bits, static_cast<std::size_t>(size)}));
  asn1::DerReader outer{ours.spki()};
  asn1::DerReader info = outer.enter("subjectPublicKeyInfo", asn1::kSequence);
  compare_algorithms(info.any("algorithm").whole, algorithm);
}

void compare_extensions(const Certificate& ours, X509* theirs) {
  const auto mine = ours.extensions();
  require(static_cast<int>(mine.size()) == X509_get_ext_count(theirs));
  for (std::size_t i = 0; i < mine.size(); ++i) {
    X509_EXTENSION* e = X509_get_ext(theirs, static_cast<int>(i));
    require(equal(mine[i].oid, content(X509_EXTENSION_get_object(e))));
    require(mine[i].critical == (X509_EXTENSION_get_critical(e) > 0));
    require(equal(mine[i].value, content(X509_EXTENSION_get_data(e))));
  }
}

/// What we decode, OpenSSL decodes to the same.
void compare_values(const Certificate& ours, X509* theirs) {
  if (const auto basic = ours.basic_constraints(); basic && *basic) {
    using Ptr =
        std::unique_ptr<BASIC_CONSTRAINTS, Release<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free>>;
    const Ptr b{static_cast<BASIC_CONSTRAINTS*>(
        X509_get_ext_d2i(theirs, NID_basic_constraints, nullptr, nullptr))};
    require(b != nullptr && (*basic)->ca == (b->ca != 0));
    require((*basic)->path_length.has_value() == (b->pathlen != nullptr));
    std::uint64_t length = 0;
    if (b->pathlen != nullptr && ASN1_INTEGER_get_uint64(&length, b->pathlen) == 1)
      require((*basic)->path_length == std::min<std::uint64_t>(length, 0xffffffff));
  }
  if (const auto usage = ours.key_usage(); usage && *usage) {
    using Ptr = std::unique_ptr<ASN1_BIT_STRING, Release<ASN1_BIT_STRING, ASN1_BIT_STRING_free>>;
    const Ptr b{
        static_cast<ASN1_BIT_STRING*>(X509_get_ext_d2i(theirs, NID_key_usage, nullptr, nullptr))};
    require(b != nullptr);
    for (int bit = 0; bit < 16; ++bit)
      require((**usage >> bit & 1) == ASN1_BIT_STRING_get_bit(b.get(), bit));
  }
  if (const auto uses = ours.extended_key_usage(); uses && *uses) {
    EXTENDED_KEY_USAGE* e = static_cast<EXTENDED_KEY_USAGE*>(
        X509_get_ext_d2i(theirs, NID_ext_key_usage, nullptr, nullptr));
    require(e != nullptr && static_cast<int>((*uses)->size()) == sk_ASN1_OBJECT_num(e));
    for (std::size_t i = 0; i < (*uses)->size(); ++i)
      require((**uses)[i] == asn1::oid_text(content(sk_ASN1_OBJECT_value(e, static_cast<int>(i)))));
    EXTENDED_KEY_USAGE_free(e);
  }
}

void compare(const Certificate& ours, X509* theirs) {
  require(ours.version() == X509_get_version(theirs) + 1);
  Bytes serial = encode(i2d_ASN1_INTEGER, X509_get0_serialNumber(theirs));
  asn1::DerReader serial_reader{serial};
  require(equal(ours.serial(), serial_reader.integer("serialNumber")));
  require(equal(ours.issuer_der(), encode(i2d_X509_NAME, X509_get_issuer_name(theirs))));
  require(equal(ours.subject_der(), encode(i2d_X509_NAME, X509_get_subject_name(theirs))));
  require(ours.self_issued() ==
          (X509_NAME_cmp(X509_get_issuer_name(theirs), X509_get_subject_name(theirs)) == 0));
  compare_keys(ours, theirs);
  const ASN1_BIT_STRING* signature = nullptr;
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(&signature, &algorithm, theirs);
  require(equal(ours.signature(), content(signature)));
  compare_algorithms(ours.signature_algorithm(), algorithm);
  compare_algorithms(ours.tbs_signature_algorithm(), X509_get0_tbs_sigalg(theirs));
  compare_times(ours.not_before(), X509_get0_notBefore(theirs));
  compare_times(ours.not_after(), X509_get0_notAfter(theirs));
  compare_extensions(ours, theirs);
  compare_values(ours, theirs);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView in{data, size};
  ERR_clear_error();
  const Result<Certificate> ours = Certificate::parse(to_bytes(in));
  const X509Ptr theirs = decode_all<X509Ptr>(d2i_X509, in);
  if (ours && theirs != nullptr)
    compare(*ours, theirs.get());
  else if (ours)
    require(taken_by_design(*ours));
  else if (theirs != nullptr)
    require(refused_by_design(ours.error(), theirs.get(), in));
  return 0;
}
