// A certificate as people read it. Nothing here may fail: broken fields are named as broken.
#include <array>
#include <bit>

#include "asn1/general_name.hpp"
#include "asn1/keys.hpp"
#include "asn1/oid.hpp"
#include "parley/x509.hpp"

namespace parley {
namespace {

using namespace asn1;

std::string colon_hex(ByteView b) {
  std::string s;
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (i > 0) s += ':';
    s += to_hex(b.subspan(i, 1));
  }
  return s;
}

// Bytes of a certificate on their way to a terminal.
std::string printable(std::string_view v) {
  std::string s;
  for (const char c : v) {
    const auto b = static_cast<std::uint8_t>(c);
    if (b >= 0x20 && b < 0x7f)
      s += c;
    else
      s += "\\x" + to_hex({&b, 1});
  }
  return s;
}

std::string name_text(const Result<Name>& n) {
  if (!n) return "<cannot be decoded>";
  const std::string s = n->text();
  return s.empty() ? "<empty>" : s;
}

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
  if (exponent.size() > 8) return "exponent 0x" + to_hex(exponent);
  std::uint64_t e = 0;
  for (const std::uint8_t b : exponent) e = (e << 8) | b;
  return "exponent " + std::to_string(e);
}

struct KeyView {
  PublicKeyFacts facts;
  std::string detail{};
};
KeyView view_key(const PublicKeyInfo& info) {
  const ByteView algorithm = info.algorithm.oid;
  if (equal(algorithm, oid::kRsaEncryption)) {
    const auto rsa = parse_rsa_public_key(info.key);
    if (!rsa || rsa->n.empty()) return {{.kind = "RSA"}, "<cannot be decoded>"};
    return {{.kind = "RSA", .bits = bit_length(rsa->n)}, exponent_text(rsa->e)};
  }
  if (equal(algorithm, oid::kDsa)) {
    const auto dsa = parse_dsa_public_key(info);
    if (!dsa || dsa->p.empty()) return {{.kind = "DSA"}, "<cannot be decoded>"};
    return {{.kind = "DSA", .bits = bit_length(dsa->p)},
            "subgroup of " + std::to_string(bit_length(dsa->q)) + " bits"};
  }
  if (equal(algorithm, oid::kEcPublicKey)) {
    const auto curve = parse_ec_parameters(info.algorithm.parameters);
    if (!curve) return {{.kind = "EC"}, curve.error().where};
    return {{.kind = "EC", .bits = curve_bits(*curve), .curve = oid_name(*curve)}};
  }
  return {{.kind = oid_name(algorithm)}};
}

std::string key_text(ByteView spki) {
  const auto info = parse_public_key_info(spki);
  if (!info) return "<cannot be decoded>";
  const auto [facts, detail] = view_key(*info);
  std::string s = facts.kind;
  if (!facts.curve.empty()) s += ", " + facts.curve;
  if (facts.bits > 0) s += ", " + std::to_string(facts.bits) + " bits";
  if (!detail.empty()) s += ", " + detail;
  return s;
}

std::string algorithm_text(ByteView der) {
  const auto a = parse_algorithm(der);
  return a ? oid_name(a->oid) : "<cannot be decoded>";
}

std::string key_usage_text(std::uint16_t bits) {
  constexpr std::array<std::string_view, 9> kNames{
      "Digital Signature", "Non Repudiation", "Key Encipherment",
      "Data Encipherment", "Key Agreement",   "Certificate Sign",
      "CRL Sign",          "Encipher Only",   "Decipher Only"};
  std::string s;
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if ((bits >> i & 1) != 0) s += (s.empty() ? "" : ", ") + std::string{kNames[i]};
  return s;
}

std::string alt_name_text(const GeneralName& g) {
  std::string s{general_name_kind(g.kind)};
  s += ':';
  return s + (g.kind == GeneralName::Kind::directory ? g.directory.text() : printable(g.value));
}

constexpr std::string_view kBroken = "<cannot be decoded>";

std::string extension_text(const Certificate& c, const Extension& e) {
  if (equal(e.oid, oid::kBasicConstraints)) {
    const auto b = c.basic_constraints();
    if (!b || !*b) return std::string{kBroken};
    std::string s = (*b)->ca ? "CA:TRUE" : "CA:FALSE";
    if ((*b)->path_length) s += ", pathlen:" + std::to_string(*(*b)->path_length);
    return s;
  }
  if (equal(e.oid, oid::kKeyUsage)) {
    const auto k = c.key_usage();
    return k && *k ? key_usage_text(**k) : std::string{kBroken};
  }
  if (equal(e.oid, oid::kExtendedKeyUsage)) {
    const auto k = c.extended_key_usage();
    if (!k || !*k) return std::string{kBroken};
    std::string s;
    for (const std::string& o : **k) {
      const OidRow* row = find_oid(o);
      s += s.empty() ? "" : ", ";
      s += row != nullptr ? row->long_name : std::string_view{o};
    }
    return s;
  }
  if (equal(e.oid, oid::kSubjectAltName)) {
    const auto names = parse_general_names(e.value);
    if (!names) return std::string{kBroken};
    std::string s;
    for (const RawGeneralName& raw : *names) {
      const auto g = decode_general_name(raw);
      s += s.empty() ? "" : ", ";
      s += g ? alt_name_text(*g) : std::string{kBroken};
    }
    return s;
  }
  if (equal(e.oid, oid::kSubjectKeyIdentifier)) return colon_hex(c.subject_key_id());
  if (equal(e.oid, oid::kAuthorityKeyIdentifier) && !c.authority_key_id().empty())
    return colon_hex(c.authority_key_id());
  constexpr std::size_t kShown = 64;
  std::string s = to_hex(e.value.first(std::min(e.value.size(), kShown)));
  if (e.value.size() > kShown) s += "... (" + std::to_string(e.value.size()) + " bytes)";
  return s;
}

}  // namespace

PublicKeyFacts public_key_facts(const Certificate& c) {
  const auto info = parse_public_key_info(c.spki());
  return info ? view_key(*info).facts : PublicKeyFacts{};
}

std::string describe(const Certificate& c) {
  std::string s;
  const auto line = [&s](std::string_view label, std::string_view value) {
    s += label;
    s += ": ";
    s.append(label.size() < 12 ? 12 - label.size() : 0, ' ');
    s += value;
    s += '\n';
  };
  line("Subject", name_text(c.subject()));
  line("Issuer", name_text(c.issuer()));
  line("Version", std::to_string(c.version()));
  line("Serial", c.serial_hex());
  line("Not before", c.not_before_text());
  line("Not after", c.not_after_text());
  line("Public key", key_text(c.spki()));
  for (const Extension& e : c.extensions()) {
    s += oid_name(e.oid);
    s += e.critical ? ": critical\n    " : ":\n    ";
    s += extension_text(c, e);
    s += '\n';
  }
  line("Signature", algorithm_text(c.signature_algorithm()));
  return s;
}

}  // namespace parley
