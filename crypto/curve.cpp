#include "crypto/curve.hpp"

#include <algorithm>

namespace parley::crypto {
namespace {

// SEC 2 version 2.0 sections 2.2.2 to 2.6.1; the NIST curves are those of FIPS 186-4 appendix D.
constexpr CurveRow kRows[kCurveCount] = {
    {.id = Curve::secp192r1,
     .names = {"secp192r1", "prime192v1", "P-192", "p192"},
     .bits = 192,
     .p = "fffffffffffffffffffffffffffffffeffffffffffffffff",
     .n = "ffffffffffffffffffffffff99def836146bc9b1b4d22831",
     .a_is_zero = false,
     .b = "64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1",
     .gx = "188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012",
     .gy = "07192b95ffc8da78631011ed6b24cdd573f977a11e794811"},
    {.id = Curve::secp224r1,
     .names = {"secp224r1", "P-224", "p224"},
     .bits = 224,
     .p = "ffffffffffffffffffffffffffffffff000000000000000000000001",
     .n = "ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d",
     .a_is_zero = false,
     .b = "b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4",
     .gx = "b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21",
     .gy = "bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34"},
    {.id = Curve::secp256r1,
     .names = {"secp256r1", "prime256v1", "P-256", "p256"},
     .bits = 256,
     .p = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
     .n = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
     .a_is_zero = false,
     .b = "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
     .gx = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
     .gy = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"},
    {.id = Curve::secp384r1,
     .names = {"secp384r1", "P-384", "p384"},
     .bits = 384,
     .p = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
          "ffffffff0000000000000000ffffffff",
     .n = "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
          "581a0db248b0a77aecec196accc52973",
     .a_is_zero = false,
     .b = "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a"
          "c656398d8a2ed19d2a85c8edd3ec2aef",
     .gx = "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a38"
           "5502f25dbf55296c3a545e3872760ab7",
     .gy = "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c0"
           "0a60b1ce1d7e819d7a431d7c90ea0e5f"},
    {.id = Curve::secp521r1,
     .names = {"secp521r1", "P-521", "p521"},
     .bits = 521,
     .p = "01ff"
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     .n = "01ff"
          "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
          "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
     .a_is_zero = false,
     .b = "0051"
          "953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e1"
          "56193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
     .gx = "00c6"
           "858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dba"
           "a14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
     .gy = "0118"
           "39296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c"
           "97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650"},
    {.id = Curve::secp256k1,
     .names = {"secp256k1"},
     .bits = 256,
     .p = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
     .n = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
     .a_is_zero = true,
     .b = "0000000000000000000000000000000000000000000000000000000000000007",
     .gx = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
     .gy = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"},
    {.id = Curve::x25519, .names = {"x25519", "X25519"}, .bits = 256, .a_is_zero = false},
};

constexpr bool rows_are_in_order() {
  for (std::size_t i = 0; i < kCurveCount; ++i) {
    if (kRows[i].id != static_cast<Curve>(i)) return false;
  }
  return true;
}
static_assert(rows_are_in_order());

}  // namespace

const CurveRow& curve_row(Curve c) { return kRows[static_cast<std::size_t>(c)]; }

std::string_view curve_name(Curve c) { return curve_row(c).names.front(); }

std::optional<Curve> find_curve(std::string_view name) {
  if (name.empty()) return std::nullopt;
  for (const CurveRow& r : kRows)
    if (std::ranges::find(r.names, name) != r.names.end()) return r.id;
  return std::nullopt;
}

std::size_t curve_bits(Curve c) { return curve_row(c).bits; }
// By Hasse's theorem, and in fact for each row above, p and n are equally long.
std::size_t curve_field_size(Curve c) { return (curve_row(c).bits + 7) / 8; }
std::size_t curve_scalar_size(Curve c) { return curve_field_size(c); }

}  // namespace parley::crypto
