// What a public key is, for people: kind, size, numbers.
#include "asn1/describe_key.hpp"

#include <bit>

#include "asn1/keys.hpp"
#include "asn1/oid.hpp"
#include "asn1/text.hpp"

namespace parley::asn1 {
namespace {

std::size_t bit_length(ByteView number) {
  if (number.empty()) return 0;
  return 8 * number.size() - static_cast<std::size_t>(std::countl_zero(number[0]));
}

// Bits of the order (SEC 2 section 2); asn1 knows no curves but their names.
std::size_t curve_bits(ByteView curve) {
  constexpr std::pair<ByteView, std::size_t> kCurves[] = {
      {oid::kSecp192r1, 192}, {oid::kSecp224r1, 224}, {oid::kSecp256r1, 256},
      {oid::kSecp384r1, 384}, {oid::kSecp521r1, 521}, {oid::kSecp256k1, 256}};
  for (const auto& [name, bits] : kCurves)
    if (equal(name, curve)) return bits;
  return 0;
}

std::string exponent_text(ByteView exponent) {
  if (exponent.size() > 8) return "exponent 0x" + short_hex(exponent);
  std::uint64_t e = 0;
  for (const std::uint8_t b : exponent) e = (e << 8) | b;
  return "exponent " + std::to_string(e);
}

}  // namespace

KeyView view_key(const PublicKeyInfo& info) {
  const ByteView algorithm = info.algorithm.oid;
  const std::string broken{kBroken};
  if (equal(algorithm, oid::kRsaEncryption)) {
    const auto rsa = parse_rsa_public_key(info.key);
    if (!rsa || rsa->n.empty()) return {{.kind = "RSA"}, broken};
    return {{.kind = "RSA",
             .bits = bit_length(rsa->n),
             .numbers = {{"modulus", rsa->n}, {"exponent", rsa->e}}},
            exponent_text(rsa->e)};
  }
  if (equal(algorithm, oid::kDsa)) {
    const auto dsa = parse_dsa_public_key(info);
    if (!dsa || dsa->p.empty()) return {{.kind = "DSA"}, broken};
    return {{.kind = "DSA",
             .bits = bit_length(dsa->p),
             .numbers = {{"p", dsa->p}, {"q", dsa->q}, {"g", dsa->g}, {"y", dsa->y}}},
            "subgroup of " + std::to_string(bit_length(dsa->q)) + " bits"};
  }
  if (equal(algorithm, oid::kEcPublicKey)) {
    const auto curve = parse_ec_parameters(info.algorithm.parameters);
    if (!curve) return {{.kind = "EC"}, curve.error().where};
    return {{.kind = "EC",
             .bits = curve_bits(*curve),
             .curve = oid_name(*curve),
             .numbers = {{"point", info.key}}}};
  }
  return {{.kind = oid_name(algorithm), .numbers = {{"key", info.key}}}};
}

std::string key_text(ByteView spki) {
  const auto info = parse_public_key_info(spki);
  if (!info) return std::string{kBroken};
  const auto [facts, detail] = view_key(*info);
  std::string s = facts.kind;
  if (!facts.curve.empty()) s.append(", ").append(facts.curve);
  if (facts.bits > 0) s.append(", ").append(std::to_string(facts.bits)).append(" bits");
  if (!detail.empty()) s.append(", ").append(detail);
  return s;
}

}  // namespace parley::asn1
