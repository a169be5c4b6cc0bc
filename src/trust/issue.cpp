#include "parley/issue.hpp"

#include <arpa/inet.h>

#include <array>

#include "asn1/keys.hpp"
#include "asn1/oid.hpp"
#include "asn1/strings.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"

namespace parley {
namespace {

using asn1::DerWriter;
using crypto::HashId;

Result<HashId> find_hash(std::string_view name) {
  for (const HashId id :
       {HashId::md5, HashId::sha1, HashId::sha224, HashId::sha256, HashId::sha384, HashId::sha512})
    if (crypto::hash_name(id) == name) return id;
  return Error{.code = Errc::bad_argument, .where = "request.hash"};
}

Result<const trust::SignatureAlgorithm*> choose_signature(const PrivateKey& signer, HashId hash) {
  if (const auto* a = trust::signature_algorithm(signer.type(), hash)) return a;
  return Error{.code = Errc::unsupported_algorithm, .where = "request.hash"};
}

void write_signature_algorithm(DerWriter& w, const trust::SignatureAlgorithm& a) {
  // RFC 3279 section 2.2: NULL for RSA, nothing for DSA and ECDSA.
  asn1::write_algorithm(w, a.oid,
                        a.key == KeyType::rsa ? asn1::Parameters::null : asn1::Parameters::absent);
}

// Positive, never zero and always of 16 bytes: 126 random bits (RFC 5280 section 4.1.2.2).
Result<std::array<std::uint8_t, 16>> make_serial(Rng& rng) {
  std::array<std::uint8_t, 16> serial{};
  if (!rng.fill(serial)) return Error{.code = Errc::no_random, .where = "serialNumber"};
  serial[0] = static_cast<std::uint8_t>((serial[0] & 0x3f) | 0x40);
  return serial;
}

Result<Bytes> make_name(const std::string& common_name) {
  // ub-common-name of RFC 5280 appendix A.1 is 64 characters.
  if (common_name.size() > 64 || !asn1::valid_utf8(as_bytes(common_name)))
    return Error{.code = Errc::bad_argument, .where = "request.common_name"};
  Bytes der;
  DerWriter w{der};
  {
    const DerWriter::Scope name = w.open(asn1::kSequence);
    if (!common_name.empty()) {
      const DerWriter::Scope rdn = w.open(asn1::kSet);
      const DerWriter::Scope attribute = w.open(asn1::kSequence);
      w.oid(asn1::oid::kCommonName);
      w.text(asn1::kUtf8String, common_name);
    }
  }
  return der;
}

template <class Body>
void write_extension(DerWriter& w, ByteView oid, bool critical, Body body) {
  const DerWriter::Scope extension = w.open(asn1::kSequence);
  w.oid(oid);
  if (critical) w.boolean(true);
  const DerWriter::Scope value = w.open(asn1::kOctetString);
  body();
}

Status write_alt_names(DerWriter& w, const std::vector<std::string>& names) {
  const DerWriter::Scope seq = w.open(asn1::kSequence);
  for (const std::string& name : names) {
    std::array<std::uint8_t, 16> address{};
    if (inet_pton(AF_INET, name.c_str(), address.data()) == 1) {
      w.primitive(asn1::context(7), ByteView{address}.first(4));
    } else if (inet_pton(AF_INET6, name.c_str(), address.data()) == 1) {
      w.primitive(asn1::context(7), address);
    } else if (!name.empty() &&
               std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; })) {
      w.text(asn1::context(2), name);
    } else {
      return Error{.code = Errc::bad_argument, .where = "request.subject_alt_names"};
    }
  }
  return {};
}

// RFC 5280 section 4.2.1.2, method (1).
Result<crypto::Digest> key_id(ByteView spki) {
  PARLEY_TRY(const asn1::PublicKeyInfo info, asn1::parse_public_key_info(spki));
  return crypto::hash(HashId::sha1, {info.key});
}

// What a handshake does with the key of a leaf: RSA key transport, static ECDH (RFC 4492 section
// 5.3), and signatures.
std::uint16_t leaf_usage(KeyType type) {
  switch (type) {
    case KeyType::rsa: return kDigitalSignature | kKeyEncipherment;
    case KeyType::dsa:
    case KeyType::ed25519: return kDigitalSignature;
    case KeyType::ec: return kDigitalSignature | kKeyAgreement;
  }
  return kDigitalSignature;
}

Status write_extensions(DerWriter& w, const CertificateRequest& request, KeyType type,
                        ByteView spki, ByteView issuer_key_id) {
  const DerWriter::Scope tagged = w.open(asn1::context_constructed(3));
  const DerWriter::Scope list = w.open(asn1::kSequence);
  write_extension(w, asn1::oid::kBasicConstraints, true, [&] {
    const DerWriter::Scope seq = w.open(asn1::kSequence);
    if (!request.ca) return;
    w.boolean(true);
    if (request.path_length) w.integer(*request.path_length);
  });
  write_extension(w, asn1::oid::kKeyUsage, true,
                  [&] { w.named_bits(request.ca ? kKeyCertSign | kCrlSign : leaf_usage(type)); });
  Status bad;
  if (!request.extended_key_usage.empty())
    write_extension(w, asn1::oid::kExtendedKeyUsage, false, [&] {
      const DerWriter::Scope seq = w.open(asn1::kSequence);
      for (const std::string& purpose : request.extended_key_usage) {
        if (const auto oid = asn1::oid_from_text(purpose))
          w.oid(*oid);
        else
          bad = Error{.code = Errc::bad_argument, .where = "request.extended_key_usage"};
      }
    });
  if (!request.subject_alt_names.empty())
    write_extension(w, asn1::oid::kSubjectAltName, false, [&] {
      if (const Status s = write_alt_names(w, request.subject_alt_names); !s) bad = s;
    });
  PARLEY_TRY(const crypto::Digest id, key_id(spki));
  write_extension(w, asn1::oid::kSubjectKeyIdentifier, false, [&] { w.octets(id); });
  if (!issuer_key_id.empty())
    write_extension(w, asn1::oid::kAuthorityKeyIdentifier, false, [&] {
      const DerWriter::Scope seq = w.open(asn1::kSequence);
      w.primitive(asn1::context(0), issuer_key_id);
    });
  return bad;
}

}  // namespace

Result<Certificate> issue_certificate(Rng& rng, const CertificateRequest& request,
                                      const PrivateKey& subject_key, const Certificate* issuer,
                                      const PrivateKey* issuer_key) {
  if ((issuer == nullptr) != (issuer_key == nullptr))
    return Error{.code = Errc::bad_argument, .where = "issuer"};
  if (issuer != nullptr) PARLEY_CHECK(check_key_matches(*issuer, *issuer_key));
  const PrivateKey& signer = issuer_key != nullptr ? *issuer_key : subject_key;
  PARLEY_TRY(const HashId hash, find_hash(request.hash));
  PARLEY_TRY(const trust::SignatureAlgorithm* const algorithm, choose_signature(signer, hash));
  PARLEY_TRY(const auto serial, make_serial(rng));
  PARLEY_TRY(const Bytes subject, make_name(request.common_name));
  const Bytes spki = subject_key.public_key_info();

  Bytes tbs;
  {
    DerWriter w{tbs};
    const DerWriter::Scope seq = w.open(asn1::kSequence);
    {
      const DerWriter::Scope version = w.open(asn1::context_constructed(0));
      w.integer(2);
    }
    w.unsigned_integer(serial);
    write_signature_algorithm(w, *algorithm);
    w.raw(issuer != nullptr ? issuer->subject_der() : ByteView{subject});
    {
      const DerWriter::Scope validity = w.open(asn1::kSequence);
      w.time(request.not_before);
      w.time(request.not_after);
    }
    w.raw(subject);
    w.raw(spki);
    PARLEY_CHECK(write_extensions(w, request, subject_key.type(), spki,
                                  issuer != nullptr ? issuer->subject_key_id() : ByteView{}));
  }

  PARLEY_TRY(const Bytes signature, trust::sign_message(signer.impl().key, rng, *algorithm, tbs));
  Bytes der;
  {
    DerWriter w{der};
    const DerWriter::Scope seq = w.open(asn1::kSequence);
    w.raw(tbs);
    write_signature_algorithm(w, *algorithm);
    w.bits(signature);
  }
  return Certificate::parse(std::move(der));
}

}  // namespace parley
