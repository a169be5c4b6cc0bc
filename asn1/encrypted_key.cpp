#include "asn1/encrypted_key.hpp"

#include "asn1/oid.hpp"

namespace parley::asn1 {
namespace {

constexpr std::uint32_t kAnyNumber = 0xffffffff;

}  // namespace

Result<EncryptedPrivateKeyInfo> parse_encrypted_private_key_info(ByteView der) {
  DerReader r{der};
  DerReader seq = r.enter("EncryptedPrivateKeyInfo", kSequence);
  EncryptedPrivateKeyInfo k;
  k.algorithm = read_algorithm(seq, "EncryptedPrivateKeyInfo.encryptionAlgorithm");
  k.data = seq.octets("EncryptedPrivateKeyInfo.encryptedData");
  seq.end("EncryptedPrivateKeyInfo");
  PARLEY_CHECK(r.finish("EncryptedPrivateKeyInfo"));
  return k;
}

Result<PbeFields> parse_pbe_parameters(ByteView der) {
  DerReader r{der};
  DerReader seq = r.enter("PBEParameter", kSequence);
  PbeFields f;
  f.salt = seq.octets("PBEParameter.salt");
  f.iterations = seq.small_integer("PBEParameter.iterationCount", kAnyNumber);
  seq.end("PBEParameter");
  PARLEY_CHECK(r.finish("PBEParameter"));
  return f;
}

Result<Pbes2Fields> parse_pbes2_parameters(ByteView der) {
  DerReader r{der};
  DerReader seq = r.enter("PBES2-params", kSequence);
  Pbes2Fields f;
  f.derivation = read_algorithm(seq, "PBES2-params.keyDerivationFunc");
  f.encryption = read_algorithm(seq, "PBES2-params.encryptionScheme");
  seq.end("PBES2-params");
  PARLEY_CHECK(r.finish("PBES2-params"));
  return f;
}

Result<Pbkdf2Fields> parse_pbkdf2_parameters(ByteView der) {
  DerReader r{der};
  DerReader seq = r.enter("PBKDF2-params", kSequence);
  if (seq.next_is(kSequence))
    return Error{.code = Errc::unsupported_algorithm, .where = "PBKDF2-params.salt"};
  Pbkdf2Fields f{.prf = {.oid = oid::kHmacWithSha1}};
  f.salt = seq.octets("PBKDF2-params.salt");
  f.iterations = seq.small_integer("PBKDF2-params.iterationCount", kAnyNumber);
  if (seq.next_is(kInteger))
    f.key_length = seq.small_integer("PBKDF2-params.keyLength", kAnyNumber);
  if (!seq.empty()) f.prf = read_algorithm(seq, "PBKDF2-params.prf");
  seq.end("PBKDF2-params");
  PARLEY_CHECK(r.finish("PBKDF2-params"));
  return f;
}

}  // namespace parley::asn1
