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

void write_algorithm(DerWriter& w, ByteView oid) {
  const DerWriter::Scope s = w.open(kSequence);
  w.oid(oid);
  w.null();
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

Result<PrivateKeyInfo> parse_private_key_info(ByteView der) {
  DerReader r{der};
  DerReader seq = r.enter("PrivateKeyInfo", kSequence);
  PrivateKeyInfo k;
  const std::uint32_t version = seq.small_integer("PrivateKeyInfo.version", 1);
  k.algorithm = read_algorithm(seq, "PrivateKeyInfo.privateKeyAlgorithm");
  k.key = seq.octets("PrivateKeyInfo.privateKey");
  (void)seq.optional("PrivateKeyInfo.attributes", context_constructed(0));
  if (version == 1) (void)seq.optional("OneAsymmetricKey.publicKey", context(1));
  seq.end("PrivateKeyInfo");
  PARLEY_CHECK(r.finish("PrivateKeyInfo"));
  return k;
}

void write_rsa_public_key_info(DerWriter& w, const RsaPublicFields& k) {
  const DerWriter::Scope info = w.open(kSequence);
  write_algorithm(w, oid::kRsaEncryption);
  const DerWriter::Scope bits = w.open_bits();
  const DerWriter::Scope key = w.open(kSequence);
  w.unsigned_integer(k.n);
  w.unsigned_integer(k.e);
}

void write_rsa_private_key_info(DerWriter& w, const RsaPrivateFields& k) {
  const DerWriter::Scope info = w.open(kSequence);
  w.integer(0);
  write_algorithm(w, oid::kRsaEncryption);
  const DerWriter::Scope octets = w.open(kOctetString);
  const DerWriter::Scope key = w.open(kSequence);
  w.integer(0);
  for (const ByteView number : {k.n, k.e, k.d, k.p, k.q, k.dp, k.dq, k.qinv})
    w.unsigned_integer(number);
}

}  // namespace parley::asn1
