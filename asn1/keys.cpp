#include "asn1/keys.hpp"

#include "asn1/oid.hpp"

namespace parley::asn1 {

bool AlgorithmIdentifier::parameters_null_or_absent() const {
  return parameters.empty() || (parameters.size() == 2 && parameters[0] == 0x05);
}

AlgorithmIdentifier read_algorithm(DerReader& r, const char* field) {
  AlgorithmIdentifier a;
  DerReader seq = r.enter(field, kSequence);
  a.oid = seq.oid("AlgorithmIdentifier.algorithm");
  if (!seq.empty()) a.parameters = seq.any("AlgorithmIdentifier.parameters").whole;
  seq.end("AlgorithmIdentifier");
  return a;
}

Result<AlgorithmIdentifier> parse_algorithm(ByteView der) {
  DerReader r{der};
  const AlgorithmIdentifier a = read_algorithm(r, "AlgorithmIdentifier");
  PARLEY_CHECK(r.finish("AlgorithmIdentifier"));
  return a;
}

void write_algorithm(DerWriter& w, ByteView oid, Parameters parameters) {
  const DerWriter::Scope s = w.open(kSequence);
  w.oid(oid);
  if (parameters == Parameters::null) w.null();
}

Result<PublicKeyInfo> parse_public_key_info(ByteView der) {
  DerReader r{der};
  DerReader seq = r.enter("SubjectPublicKeyInfo", kSequence);
  PublicKeyInfo k;
  k.algorithm = read_algorithm(seq, "SubjectPublicKeyInfo.algorithm");
  k.key = seq.bits("SubjectPublicKeyInfo.subjectPublicKey");
  seq.end("SubjectPublicKeyInfo");
  PARLEY_CHECK(r.finish("SubjectPublicKeyInfo"));
  return k;
}

Result<PrivateKeyInfo> parse_private_key_info(ByteView der) {
  DerReader r{der};
  DerReader seq = r.enter("PrivateKeyInfo", kSequence);
  PrivateKeyInfo k;
  const std::uint32_t version = seq.small_integer("PrivateKeyInfo.version", 1);
  k.algorithm = read_algorithm(seq, "PrivateKeyInfo.privateKeyAlgorithm");
  k.key = seq.octets("PrivateKeyInfo.privateKey");
  (void)seq.optional("PrivateKeyInfo.attributes", context_constructed(0));
  if (version == 1) {
    // IMPLICIT BIT STRING: the count of unused bits comes first.
    const auto bits = seq.optional("OneAsymmetricKey.publicKey", context(1));
    if (bits && (bits->content.empty() || bits->content[0] != 0))
      seq.fail(Errc::bad_der, "OneAsymmetricKey.publicKey");
    else if (bits)
      k.public_key = bits->content.subspan(1);
  }
  seq.end("PrivateKeyInfo");
  PARLEY_CHECK(r.finish("PrivateKeyInfo"));
  return k;
}

Result<RsaPublicFields> parse_rsa_public_key(ByteView der) {
  DerReader r{der};
  DerReader seq = r.enter("RSAPublicKey", kSequence);
  RsaPublicFields k;
  k.n = seq.unsigned_integer("RSAPublicKey.modulus");
  k.e = seq.unsigned_integer("RSAPublicKey.publicExponent");
  seq.end("RSAPublicKey");
  PARLEY_CHECK(r.finish("RSAPublicKey"));
  return k;
}

Result<RsaPrivateFields> parse_rsa_private_key(ByteView der) {
  DerReader r{der};
  DerReader seq = r.enter("RSAPrivateKey", kSequence);
  RsaPrivateFields k;
  (void)seq.small_integer("RSAPrivateKey.version", 0);  // 1 has more than two primes
  k.n = seq.unsigned_integer("RSAPrivateKey.modulus");
  k.e = seq.unsigned_integer("RSAPrivateKey.publicExponent");
  k.d = seq.unsigned_integer("RSAPrivateKey.privateExponent");
  k.p = seq.unsigned_integer("RSAPrivateKey.prime1");
  k.q = seq.unsigned_integer("RSAPrivateKey.prime2");
  k.dp = seq.unsigned_integer("RSAPrivateKey.exponent1");
  k.dq = seq.unsigned_integer("RSAPrivateKey.exponent2");
  k.qinv = seq.unsigned_integer("RSAPrivateKey.coefficient");
  seq.end("RSAPrivateKey");
  PARLEY_CHECK(r.finish("RSAPrivateKey"));
  return k;
}

Result<PssFields> parse_pss_parameters(ByteView der) {
  constexpr std::uint32_t kDefaultSalt = 20;
  constexpr std::uint32_t kMaxSalt = 1024;  // a block of 8192 bits holds no longer one
  constexpr std::uint32_t kTrailerBc = 1;
  constexpr Error kUnsupported{.code = Errc::unsupported_algorithm, .where = "RSASSA-PSS-params"};
  PssFields f{.hash = oid::kSha1, .mask_hash = oid::kSha1, .salt_length = kDefaultSalt};
  bool known = true;
  DerReader r{der};
  DerReader seq = r.enter("RSASSA-PSS-params", kSequence);
  if (seq.next_is(context_constructed(0))) {
    DerReader tagged = seq.enter("RSASSA-PSS-params.hashAlgorithm", context_constructed(0));
    const AlgorithmIdentifier hash = read_algorithm(tagged, "RSASSA-PSS-params.hashAlgorithm");
    tagged.end("RSASSA-PSS-params.hashAlgorithm");
    known = known && hash.parameters_null_or_absent();
    f.hash = hash.oid;
  }
  if (seq.next_is(context_constructed(1))) {
    DerReader tagged = seq.enter("RSASSA-PSS-params.maskGenAlgorithm", context_constructed(1));
    DerReader mask = tagged.enter("RSASSA-PSS-params.maskGenAlgorithm", kSequence);
    known = known && equal(mask.oid("RSASSA-PSS-params.maskGenAlgorithm"), oid::kMgf1);
    const AlgorithmIdentifier hash = read_algorithm(mask, "RSASSA-PSS-params.maskGenAlgorithm");
    mask.end("RSASSA-PSS-params.maskGenAlgorithm");
    tagged.end("RSASSA-PSS-params.maskGenAlgorithm");
    known = known && hash.parameters_null_or_absent();
    f.mask_hash = hash.oid;
  }
  if (seq.next_is(context_constructed(2))) {
    DerReader tagged = seq.enter("RSASSA-PSS-params.saltLength", context_constructed(2));
    f.salt_length = tagged.small_integer("RSASSA-PSS-params.saltLength", kMaxSalt);
    tagged.end("RSASSA-PSS-params.saltLength");
  }
  if (seq.next_is(context_constructed(3))) {
    DerReader tagged = seq.enter("RSASSA-PSS-params.trailerField", context_constructed(3));
    known = tagged.small_integer("RSASSA-PSS-params.trailerField", 0xff) == kTrailerBc && known;
    tagged.end("RSASSA-PSS-params.trailerField");
  }
  seq.end("RSASSA-PSS-params");
  if (!known && seq.ok()) return kUnsupported;
  PARLEY_CHECK(r.finish("RSASSA-PSS-params"));
  return f;
}

void write_rsa_public_key_info(DerWriter& w, const RsaPublicFields& k) {
  const DerWriter::Scope info = w.open(kSequence);
  write_algorithm(w, oid::kRsaEncryption, Parameters::null);
  const DerWriter::Scope bits = w.open_bits();
  const DerWriter::Scope key = w.open(kSequence);
  w.unsigned_integer(k.n);
  w.unsigned_integer(k.e);
}

void write_rsa_private_key_info(DerWriter& w, const RsaPrivateFields& k) {
  const DerWriter::Scope info = w.open(kSequence);
  w.integer(0);
  write_algorithm(w, oid::kRsaEncryption, Parameters::null);
  const DerWriter::Scope octets = w.open(kOctetString);
  const DerWriter::Scope key = w.open(kSequence);
  w.integer(0);
  for (const ByteView number : {k.n, k.e, k.d, k.p, k.q, k.dp, k.dq, k.qinv})
    w.unsigned_integer(number);
}

namespace {

Result<DsaFields> parse_dsa_parameters(const AlgorithmIdentifier& algorithm) {
  if (algorithm.parameters_null_or_absent())
    return Error{.code = Errc::unsupported_key, .where = "inherited DSA parameters"};
  DerReader r{algorithm.parameters};
  DerReader seq = r.enter("Dss-Parms", kSequence);
  DsaFields k;
  k.p = seq.unsigned_integer("Dss-Parms.p");
  k.q = seq.unsigned_integer("Dss-Parms.q");
  k.g = seq.unsigned_integer("Dss-Parms.g");
  seq.end("Dss-Parms");
  PARLEY_CHECK(r.finish("Dss-Parms"));
  return k;
}

void write_dsa_algorithm(DerWriter& w, const DsaFields& k) {
  const DerWriter::Scope algorithm = w.open(kSequence);
  w.oid(oid::kDsa);
  const DerWriter::Scope parameters = w.open(kSequence);
  for (const ByteView number : {k.p, k.q, k.g}) w.unsigned_integer(number);
}

void write_ec_algorithm(DerWriter& w, ByteView curve) {
  const DerWriter::Scope algorithm = w.open(kSequence);
  w.oid(oid::kEcPublicKey);
  w.oid(curve);
}

}  // namespace

Result<DsaFields> parse_dsa_public_key(const PublicKeyInfo& info) {
  PARLEY_TRY(DsaFields k, parse_dsa_parameters(info.algorithm));
  DerReader r{info.key};
  k.y = r.unsigned_integer("DSAPublicKey");
  PARLEY_CHECK(r.finish("DSAPublicKey"));
  return k;
}

Result<DsaFields> parse_dsa_private_key(const PrivateKeyInfo& info) {
  PARLEY_TRY(DsaFields k, parse_dsa_parameters(info.algorithm));
  DerReader r{info.key};
  k.x = r.unsigned_integer("DSAPrivateKey");
  PARLEY_CHECK(r.finish("DSAPrivateKey"));
  return k;
}

Result<DsaFields> parse_dsa_traditional_key(ByteView der) {
  DerReader r{der};
  DerReader seq = r.enter("DSAPrivateKey", kSequence);
  DsaFields k;
  (void)seq.small_integer("DSAPrivateKey.version", 0);
  k.p = seq.unsigned_integer("DSAPrivateKey.p");
  k.q = seq.unsigned_integer("DSAPrivateKey.q");
  k.g = seq.unsigned_integer("DSAPrivateKey.g");
  k.y = seq.unsigned_integer("DSAPrivateKey.y");
  k.x = seq.unsigned_integer("DSAPrivateKey.x");
  seq.end("DSAPrivateKey");
  PARLEY_CHECK(r.finish("DSAPrivateKey"));
  return k;
}

void write_dsa_public_key_info(DerWriter& w, const DsaFields& k) {
  const DerWriter::Scope info = w.open(kSequence);
  write_dsa_algorithm(w, k);
  const DerWriter::Scope bits = w.open_bits();
  w.unsigned_integer(k.y);
}

void write_dsa_private_key_info(DerWriter& w, const DsaFields& k) {
  const DerWriter::Scope info = w.open(kSequence);
  w.integer(0);
  write_dsa_algorithm(w, k);
  const DerWriter::Scope octets = w.open(kOctetString);
  w.unsigned_integer(k.x);
}

Result<ByteView> parse_ec_parameters(ByteView der) {
  DerReader r{der};
  if (r.next_is(kSequence))
    return Error{.code = Errc::unsupported_key, .where = "explicit curve parameters"};
  if (r.empty() || r.next_is(kNull))
    return Error{.code = Errc::unsupported_key, .where = "inherited curve parameters"};
  const ByteView curve = r.oid("ECParameters.namedCurve");
  PARLEY_CHECK(r.finish("ECParameters"));
  return curve;
}

Result<EcPrivateFields> parse_ec_private_key(ByteView der) {
  DerReader r{der};
  DerReader seq = r.enter("ECPrivateKey", kSequence);
  EcPrivateFields k;
  if (seq.small_integer("ECPrivateKey.version", 1) != 1 && seq.ok())
    seq.fail(Errc::bad_value, "ECPrivateKey.version");
  k.scalar = seq.octets("ECPrivateKey.privateKey");
  const auto parameters = seq.optional("ECPrivateKey.parameters", context_constructed(0));
  if (seq.next_is(context_constructed(1))) {
    DerReader tagged = seq.enter("ECPrivateKey.publicKey", context_constructed(1));
    k.point = tagged.bits("ECPrivateKey.publicKey");
    tagged.end("ECPrivateKey.publicKey");
  }
  seq.end("ECPrivateKey");
  PARLEY_CHECK(r.finish("ECPrivateKey"));
  if (parameters) {
    PARLEY_TRY(k.curve, parse_ec_parameters(parameters->content));
  }
  return k;
}

void write_ec_public_key_info(DerWriter& w, ByteView curve, ByteView point) {
  const DerWriter::Scope info = w.open(kSequence);
  write_ec_algorithm(w, curve);
  w.bits(point);
}

void write_ec_private_key_info(DerWriter& w, const EcPrivateFields& k) {
  const DerWriter::Scope info = w.open(kSequence);
  w.integer(0);
  write_ec_algorithm(w, k.curve);
  const DerWriter::Scope octets = w.open(kOctetString);
  const DerWriter::Scope key = w.open(kSequence);
  w.integer(1);
  w.octets(k.scalar);
  const DerWriter::Scope tagged = w.open(context_constructed(1));
  w.bits(k.point);
}

Result<ByteView> parse_edwards_private_key(ByteView der) {
  DerReader r{der};
  const ByteView key = r.octets("CurvePrivateKey");
  PARLEY_CHECK(r.finish("CurvePrivateKey"));
  return key;
}

void write_edwards_public_key_info(DerWriter& w, ByteView oid, ByteView key) {
  const DerWriter::Scope info = w.open(kSequence);
  write_algorithm(w, oid, Parameters::absent);
  w.bits(key);
}

void write_edwards_private_key_info(DerWriter& w, ByteView oid, ByteView key) {
  const DerWriter::Scope info = w.open(kSequence);
  w.integer(0);
  write_algorithm(w, oid, Parameters::absent);
  const DerWriter::Scope octets = w.open(kOctetString);
  w.octets(key);
}

Result<RsFields> parse_rs_signature(ByteView der) {
  DerReader r{der};
  DerReader seq = r.enter("signature", kSequence);
  RsFields f;
  f.r = seq.unsigned_integer("signature.r");
  f.s = seq.unsigned_integer("signature.s");
  seq.end("signature");
  PARLEY_CHECK(r.finish("signature"));
  return f;
}

void write_rs_signature(DerWriter& w, const RsFields& f) {
  const DerWriter::Scope seq = w.open(kSequence);
  w.unsigned_integer(f.r);
  w.unsigned_integer(f.s);
}

}  // namespace parley::asn1
