"""Keys and signatures of every kind that is met, and of some that are not: of a leaf, where a key is
only carried, and of an authority, where it has to verify."""

from .other_keys import *

EC = "1.2.840.10045.2.1"
CURVES = {
    # parley has them
    "secp192r1": "1.2.840.10045.3.1.1", "secp224r1": "1.3.132.0.33", "secp256r1": "1.2.840.10045.3.1.7",
    "secp384r1": "1.3.132.0.34", "secp521r1": "1.3.132.0.35", "secp256k1": "1.3.132.0.10",
    # it does not
    "secp160r1": "1.3.132.0.8", "prime239v1": "1.2.840.10045.3.1.4", "sect283r1": "1.3.132.0.17",
    "brainpoolP160r1": "1.3.36.3.3.2.8.1.1.1", "brainpoolP256r1": "1.3.36.3.3.2.8.1.1.7",
    "brainpoolP384t1": "1.3.36.3.3.2.8.1.1.12", "brainpoolP512r1": "1.3.36.3.3.2.8.1.1.13"}
HAVE = ("secp192r1", "secp224r1", "secp256r1", "secp384r1", "secp521r1", "secp256k1")


def carried(id_, good, key_):
    r = root()
    return Case("kind.%s.leaf" % id_, good, certificate("leaf", key_, r, serial=9), [r])


def signing(id_, good, key_, hash_="sha256"):
    r = root()
    ca = certificate("CA", key_, r, CA, serial=2)
    return Case("kind.%s.ca" % id_, good, leaf(ca, hash=hash_), [r], [ca])


def both(id_, key_, leaf_good, ca_good, hash_="sha256"):
    yield carried(id_, leaf_good, key_)
    yield signing(id_, ca_good, key_, hash_)


def curves():
    for name_, dotted in CURVES.items():
        yield from both("curve." + name_, on_curve(dotted), True, name_ in HAVE)
    p256 = on_curve(CURVES["secp256r1"])
    for hash_, good in (("sha1", True), ("sha224", True), ("sha384", True), ("sha512", True),
                        ("sha3-256", False)):
        yield signing("ecdsa." + hash_, good, p256, hash_)
    yield from both("ed25519", Edwards("1.3.101.112", 32), True, True)
    yield from both("ed448", Edwards("1.3.101.113", 57), True, False)


class Bare:
    """A public key alone."""

    def __init__(self, spki):
        self.spki, self.id = spki, hashlib.sha1(spki).digest()


def bare():
    for id_, good, spki in (
            ("x25519", True, seq(seq(oid("1.3.101.110")), bits(bytes(range(32))))),
            ("x448", True, seq(seq(oid("1.3.101.111")), bits(bytes(range(56))))),
            ("dh", True, seq(seq(oid("1.2.840.10046.2.1"), seq(integer(23), integer(5), integer(11))),
                             bits(integer(8)))),
            ("oaep", True, seq(seq(oid("1.2.840.113549.1.1.7"), NULL),
                               bits(seq(integer(key(9).n), integer(65537))))),
            ("ecdh_only", True, seq(seq(oid("1.3.132.1.12"), oid(CURVES["secp256r1"])), bits(b"\4" + bytes(64)))),
            ("nobody_knows", True, seq(seq(oid("1.2.3.4.5")), bits(b"x"))),
            ("unknown_curve", True, seq(seq(oid(EC), oid("1.2.3.4.5")), bits(b"\4" + bytes(64)))),
            ("ed25519_short", False, seq(seq(oid("1.3.101.112")), bits(bytes(31)))),
            ("ed25519_null", False, seq(seq(oid("1.3.101.112"), NULL), bits(bytes(range(32)))))):
        yield carried("bare." + id_, good, Bare(spki))


def rsa():
    for size, primes, leaf_good, ca_good in (
            (384, 2, False, False), (511, 2, False, False), (512, 2, True, True), (513, 2, True, True),
            (1025, 2, True, True), (8192, 16, True, True), (8193, 16, True, False),
            (16384, 32, True, False), (16392, 32, True, False)):
        yield from both("rsa.size_%d" % size, Rsa(size, primes=primes), leaf_good, ca_good,
                        "sha1" if size < 500 else "sha256")
    for id_, e, leaf_good, ca_good in (
            ("1", 1, False, False), ("3", 3, True, True), ("17", 17, True, True),
            ("64_bits", 2 ** 64 - 59, True, True), ("65_bits", 2 ** 64 + 13, True, False),
            ("256_bits", 2 ** 255 + 95, True, False), ("as_n", 2 ** 1022 + 1001, True, False)):
        yield from both("rsa.exponent_" + id_, Rsa(1024, e), leaf_good, ca_good)
    for id_, e in (("0", 0), ("2", 2), ("even", 65536), ("even_long", 2 ** 255 + 94)):
        yield carried("rsa.exponent_" + id_, False,
                      Bare(seq(seq(oid(RSA), NULL), bits(seq(integer(key(9).n), integer(e))))))
    yield signing("rsa.exponent_65_bits_of_3080", False, Rsa(3080, 2 ** 64 + 13, 6))
    plain = Rsa(1024)
    for hash_ in ("sha512-224", "sha512-256", "sha3-224", "sha3-256", "sha3-512", "ripemd160"):
        yield signing("rsa." + hash_, False, plain, hash_)
    yield from both("rsa.parameters_absent", Rsa(1024, parameters=b""), True, True)
    yield from both("rsa.parameters_odd", Rsa(1024, parameters=octets(b"x")), False, False)


def pss():
    plain = Rsa(1024)
    for id_, good, options in (
            ("usual", True, {}), ("absent", True, {"absent": True}), ("no_salt", True, {"salt": 0}),
            ("salt_20", True, {"salt": 20}), ("longest_salt", True, {"salt": 94}),
            ("defaults", True, {"hash_": "sha1", "salt": 20, "empty": True}),
            ("defaults_written", True, {"hash_": "sha1", "salt": 20}),
            ("masks_differ", False, {"mask": "sha1"}), ("sha512", True, {"hash_": "sha512", "salt": 20}),
            ("sha512-256", False, {"hash_": "sha512-256"}), ("sha3-256", False, {"hash_": "sha3-256"}),
            ("md5", False, {"hash_": "md5", "salt": 16}),
            ("trailer_1", True, {"trailer": 1}), ("trailer_2", False, {"trailer": 2}),
            ("no_parameters", False, {"parameters": b""}), ("null", False, {"parameters": NULL}),
            ("salt_negative", False, {"parameters": seq(tlv(0xa2, integer(-1)))}),
            ("salt_huge", False, {"parameters": seq(tlv(0xa2, integer(2 ** 40)))}),
            ("not_mgf1", False, {"parameters": seq(tlv(0xa1, seq(oid("1.2.3"), seq(oid(HASH_OIDS["sha1"])))))})):
        yield signing("pss." + id_, good, Pss(plain, **options))
    # Keys that are for it only.
    only = Rsa(1024, type_=RSA_PSS, parameters=b"")
    yield from both("pss.key", Pss(only), True, False)
    yield from both("pss.key_limited", Pss(Rsa(1024, type_=RSA_PSS, parameters=Pss(plain).parameters)), True, False)
    yield signing("pss.key_without", False, only)


def dsa():
    for (size, subgroup), ca_good in (((1024, 192), True), ((2048, 160), True), ((4096, 224), False)):
        yield from both("dsa.%d_%d" % (size, subgroup), Dsa(size, subgroup), True, ca_good)
    for hash_, good in (("sha1", True), ("sha224", True), ("sha384", False), ("sha512", False),
                        ("sha3-256", False)):
        yield signing("dsa." + hash_, good, Dsa(2048, 160), hash_)
    yield from both("dsa.inherited", Dsa(1024, 192, True), True, False)
    # RFC 3279 section 2.3.2: the parameters of the issuer.
    r = certificate("Root", Dsa(2048, 160), extensions=CA)
    ca = certificate("CA", Dsa(2048, 160, True), r, CA)
    yield Case("kind.dsa.inherited_from_root", False, leaf(ca), [r], [ca])


def cases():
    for family in (curves, bare, rsa, pss, dsa):
        yield from family()
