"""Signatures and keys that somebody forged: what was once taken for good, or could be."""

from .other_keys import *

P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
POINT = bytes.fromhex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                      "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")


class Padded(Key):
    """RSA over any block: `make(size, DigestInfo)`."""

    def __init__(self, number, make):
        super().__init__(number)
        self.make = make

    def sign(self, hash_, data):
        digest = octets(hashlib.new(hash_, data).digest())
        block = self.make(self.size, seq(oid(HASHES[hash_][1]), NULL), seq(oid(HASHES[hash_][1])), digest)
        return pow(int.from_bytes(block, "big"), self.d, self.n).to_bytes(self.size, "big")


def padded(type_, fill, size, info):
    return (bytes([0, type_]) + bytes([fill]) * (size - 3 - len(info)) + b"\0" + info)


class Fixed:
    """Signs everything with the same bytes."""

    def __init__(self, key_, value, spki=None):
        self.key, self.value, self.spki, self.id = key_, value, spki or key_.spki, key_.id

    def algorithm(self, hash_):
        return self.key.algorithm(hash_)

    def sign(self, hash_, data):
        return self.value


class Changed(Key):
    def __init__(self, number, change):
        super().__init__(number)
        self.change = change

    def sign(self, hash_, data):
        return self.change(self, super().sign(hash_, data))


def rsa():
    r = root()
    ca = issued(r, 2, "CA")
    blocks = {
        # CVE-2006-4339, CVE-2014-1568
        "garbage_behind": lambda n, a, b, d: (b"\0\1" + b"\xff" * 8 + b"\0" + seq(a, d)).ljust(n, b"\0"),
        "no_null": lambda n, a, b, d: padded(1, 0xff, n, seq(b, d)),
        "type_2": lambda n, a, b, d: padded(2, 0xff, n, seq(a, d)),
        "type_0": lambda n, a, b, d: padded(0, 0, n, seq(a, d)),
        "filled_otherwise": lambda n, a, b, d: padded(1, 0xfe, n, seq(a, d)),
        "more_in_info": lambda n, a, b, d: padded(1, 0xff, n, seq(a, d, NULL)),
        "long_lengths": lambda n, a, b, d: padded(1, 0xff, n, b"\x30\x81" + bytes([len(a + d)]) + a + d),
        "bare_digest": lambda n, a, b, d: padded(1, 0xff, n, d[2:])}
    for id_, make in blocks.items():
        yield Case("hostile.rsa." + id_, False, leaf(ca, signer=Padded(2, make)), [r], [ca])
    changes = {"byte_in_front": lambda k, s: b"\0" + s, "byte_less": lambda k, s: s[:-1],
               "empty": lambda k, s: b"\0" * len(s), "one": lambda k, s: (1).to_bytes(len(s), "big"),
               "modulus": lambda k, s: k.n.to_bytes(len(s), "big"),
               "beyond_modulus": lambda k, s: (int.from_bytes(s, "big") + k.n).to_bytes(len(s) + 1, "big")}
    for id_, change in changes.items():
        yield Case("hostile.rsa." + id_, False, leaf(ca, signer=Changed(2, change)), [r], [ca])


def curves():
    r = root()
    p256 = on_curve("1.2.840.10045.3.1.7")
    ca = certificate("CA", p256, r, CA)
    # CVE-2022-21449 and its kin.
    values = {"zeros": seq(integer(0), integer(0)), "s_zero": seq(integer(1), integer(0)),
              "orders": seq(integer(P256_ORDER), integer(P256_ORDER)), "r_negative": seq(integer(-1), integer(1)),
              "no_der": b"x", "one_number": seq(integer(1)), "three": seq(integer(1), integer(1), integer(1)),
              "huge": seq(integer(1 << 80000), integer(1))}
    for id_, value in values.items():
        yield Case("hostile.ecdsa." + id_, False, leaf(ca, signer=Fixed(p256, value)), [r], [ca])
    spki = lambda point: seq(seq(oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")), bits(point))
    for id_, good, point in (
            ("compressed", True, b"\3" + POINT[:32]), ("other_half", True, b"\2" + POINT[:32]),
            ("hybrid", False, b"\7" + POINT), ("hybrid_wrong", False, b"\6" + POINT), ("form_5", False, b"\5" + POINT),
            ("zeros", False, b"\4" + bytes(64)), ("short", False, b"\4" + POINT[:-1]), ("no_such_x", False, b"\2" + b"\xff" * 32)):
        yield Case("hostile.point." + id_, good, leaf(r, spki=spki(point)), [r])
    # Points of small order: with them one signature fits every message.
    for i, point in enumerate(("01" + "00" * 31, "00" * 32, "ec" + "ff" * 30 + "7f",
                               "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")):
        small = Fixed(Edwards("1.3.101.112", 32), b"\1" + bytes(63),
                      seq(seq(oid("1.3.101.112")), bits(bytes.fromhex(point))))
        own = certificate("CA", small, r, CA)
        yield Case("hostile.ed25519.small_%d" % i, False, leaf(own, signer=small), [r], [own])


def dsa():
    r = root()
    k = Dsa(2048, 160)
    ca = certificate("CA", k, r, CA)
    for id_, value in (("zeros", seq(integer(0), integer(0))), ("s_order", seq(integer(1), integer(k.q))),
                       ("r_beyond", seq(integer(k.q + 1), integer(1)))):
        yield Case("hostile.dsa." + id_, False, leaf(ca, signer=Fixed(k, value)), [r], [ca])
    # With g or y of 1 a signature of 1 and 1 fits every message.
    for id_, g, y in (("ones", 1, 1), ("g_one", 1, 5), ("zeros", 0, 0), ("g_minus_one", k.p - 1, 1), ("y_one", k.g, 1),
                      ("y_zero", k.g, 0), ("y_minus_one", k.g, k.p - 1), ("y_beyond", k.g, k.p + 1)):
        spki = seq(seq(oid("1.2.840.10040.4.1"), seq(integer(k.p), integer(k.q), integer(g))), bits(integer(y)))
        forged = Fixed(k, seq(integer(1), integer(1)), spki)
        own = certificate("CA", forged, r, CA)
        yield Case("hostile.dsa.%s.ca" % id_, False, leaf(own, signer=forged), [r], [own])
        yield Case("hostile.dsa.%s.leaf" % id_, False, certificate("leaf", forged, r), [r])


def cases():
    for family in (rsa, curves, dsa):
        yield from family()
