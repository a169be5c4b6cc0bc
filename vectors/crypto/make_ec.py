#!/usr/bin/env python3
"""Writes ec_multiples.txt, ecdh_random.txt, ecdsa_random.txt (by two libraries that must agree:
OpenSSL through the `cryptography` package, and libgcrypt), and ecdsa_rfc6979.txt (the numbers of
the RFC's appendix, computed again from its keys and messages).

usage: make_ec.py OUTPUT-FOLDER
"""
import ctypes
import ctypes.util
import hashlib
import hmac
import pathlib
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

CURVES = {  # name: class of cryptography, name in libgcrypt
    "secp192r1": (ec.SECP192R1, b"NIST P-192"),
    "secp224r1": (ec.SECP224R1, b"NIST P-224"),
    "secp256r1": (ec.SECP256R1, b"NIST P-256"),
    "secp384r1": (ec.SECP384R1, b"NIST P-384"),
    "secp521r1": (ec.SECP521R1, b"NIST P-521"),
    "secp256k1": (ec.SECP256K1, b"secp256k1"),
}
HASHES = {"sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256,
          "sha384": hashes.SHA384, "sha512": hashes.SHA512}

gcrypt = ctypes.CDLL(ctypes.util.find_library("gcrypt"))
for name in ("gcry_mpi_new", "gcry_mpi_ec_get_mpi", "gcry_mpi_point_new", "gcry_mpi_ec_get_point"):
    getattr(gcrypt, name).restype = ctypes.c_void_p
gcrypt.gcry_check_version(None)


def mpi(number):
    text = b"%x" % number
    result = ctypes.c_void_p()
    # GCRYMPI_FMT_HEX
    assert gcrypt.gcry_mpi_scan(ctypes.byref(result), 4, b"00" + text, 0, None) == 0
    return result


def integer(m):
    buffer, n = ctypes.create_string_buffer(4096), ctypes.c_size_t()
    assert gcrypt.gcry_mpi_print(4, buffer, 4096, ctypes.byref(n), m) == 0
    return int(buffer.value, 16)


def gcrypt_context(curve):
    context = ctypes.c_void_p()
    assert gcrypt.gcry_mpi_ec_new(ctypes.byref(context), None, CURVES[curve][1]) == 0
    return context


def gcrypt_multiply(curve, k, point=None):
    """k times the point, or times the generator, by libgcrypt."""
    context = gcrypt_context(curve)
    if point is None:
        p = ctypes.c_void_p(gcrypt.gcry_mpi_ec_get_point(b"g", context, 1))
    else:
        p = ctypes.c_void_p(gcrypt.gcry_mpi_point_new(0))
        gcrypt.gcry_mpi_point_set(p, mpi(point[0]), mpi(point[1]), mpi(1))
        assert gcrypt.gcry_mpi_ec_curve_point(p, context)
    r = ctypes.c_void_p(gcrypt.gcry_mpi_point_new(0))
    gcrypt.gcry_mpi_ec_mul(r, mpi(k), p, context)
    x, y = (ctypes.c_void_p(gcrypt.gcry_mpi_new(0)) for _ in range(2))
    assert gcrypt.gcry_mpi_ec_get_affine(x, y, r, context) == 0
    return integer(x), integer(y)


def order(curve):
    return integer(ctypes.c_void_p(gcrypt.gcry_mpi_ec_get_mpi(b"n", gcrypt_context(curve), 1)))


def size(curve):
    return (CURVES[curve][0]().key_size + 7) // 8


def openssl_key(curve, k):
    return ec.derive_private_key(k, CURVES[curve][0]())


def multiply(curve, k):
    n = openssl_key(curve, k).public_key().public_numbers()
    assert (n.x, n.y) == gcrypt_multiply(curve, k), (curve, k)
    return n.x, n.y


def agree(curve, k, point):
    peer = ec.EllipticCurvePublicNumbers(*point, CURVES[curve][0]()).public_key()
    x = int.from_bytes(openssl_key(curve, k).exchange(ec.ECDH(), peer), "big")
    assert x == gcrypt_multiply(curve, k, point)[0], (curve, k)
    return x


def padded(curve, number):
    return number.to_bytes(size(curve), "big").hex()


def write(path, comment, cases):
    text = "".join("# " + line + "\n" for line in comment)
    for case in cases:
        text += "\n" + "".join("%s = %s\n" % item for item in case.items())
    path.write_text(text)


def numbers(curve, count):
    """Some below the order, the same each time."""
    for i in range(count):
        seed = hashlib.shake_256(b"%s %d" % (curve.encode(), i)).digest(80)
        yield int.from_bytes(seed, "big") % (order(curve) - 1) + 1


def multiples(folder):
    cases = []
    for curve in CURVES:
        n = order(curve)
        few = list(range(1, 33)) + [n // 2, n // 2 + 1] + [n - i for i in range(17, 0, -1)]
        few += [1 << i for i in (60, 63, 64, 65, 100, 127, 128, 190)]
        for k in few + list(numbers(curve, 8)):
            x, y = multiply(curve, k)
            cases.append({"curve": curve, "k": padded(curve, k), "x": padded(curve, x),
                          "y": padded(curve, y)})
    write(folder / "ec_multiples.txt", ["(x, y) = k G, as OpenSSL and libgcrypt both have it."],
          cases)


def ecdh_random(folder):
    cases = []
    for curve in CURVES:
        n = order(curve)
        ks = list(numbers(curve, 16))
        for a, b in zip([1, 2, 15, 16, n - 1, n - 2, *ks[:4]], ks[4:]):
            x, y = multiply(curve, b)
            cases.append({"curve": curve, "private": padded(curve, a),
                          "peer": "04" + padded(curve, x) + padded(curve, y),
                          "peer_compressed": "%02x" % (2 + (y & 1)) + padded(curve, x),
                          "secret": padded(curve, agree(curve, a, (x, y)))})
    write(folder / "ecdh_random.txt", ["Shared secrets, as OpenSSL and libgcrypt both have them."],
          cases)


def ecdsa_random(folder):
    cases = []
    for curve in CURVES:
        for number, name in zip(numbers(curve, 5), HASHES):
            digest = hashlib.new(name, curve.encode()).digest()
            key = openssl_key(curve, number)
            sig = key.sign(digest, ec.ECDSA(utils.Prehashed(HASHES[name]())))
            r, s = utils.decode_dss_signature(sig)
            n, (x, y) = order(curve), multiply(curve, number)
            # What libgcrypt has to say: s^-1 (z G + r Q) has the x coordinate r.
            z = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - n.bit_length())
            w = pow(s, -1, n)
            assert gcrypt_multiply(curve, (z + r * number) * w % n)[0] % n == r
            cases.append({"curve": curve, "hash": name, "digest": digest.hex(),
                          "public": "04" + padded(curve, x) + padded(curve, y),
                          "r": padded(curve, r), "s": padded(curve, s)})
    write(folder / "ecdsa_random.txt", ["Signatures by OpenSSL over the hash of the curve's name."],
          cases)


# RFC 6979 appendices A.2.3 to A.2.7.
RFC6979_KEYS = {
    "secp192r1": "6FAB034934E4C0FC9AE67F5B5659A9D7D1FEFD187EE09FD4",
    "secp224r1": "F220266E1105BFE3083E03EC7A3A654651F45E37167E88600BF257C1",
    "secp256r1": "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
    "secp384r1": "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA4774078713"
                 "7D896D5724E4C70A825F872C9EA60D2EDF5",
    "secp521r1": "0FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E"
                 "75CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538",
}


def rfc6979_nonce(x, q, name, digest):
    """Section 3.2."""
    qlen = q.bit_length()
    rlen = (qlen + 7) // 8

    def bits2int(b):
        return int.from_bytes(b, "big") >> max(0, 8 * len(b) - qlen)

    def mac(k, m):
        return hmac.new(k, m, name).digest()

    seed = x.to_bytes(rlen, "big") + (bits2int(digest) % q).to_bytes(rlen, "big")
    v, k = b"\1" * len(digest), b"\0" * len(digest)
    for separator in (b"\0", b"\1"):
        k = mac(k, v + separator + seed)
        v = mac(k, v)
    while True:
        t = b""
        while len(t) * 8 < qlen:
            v = mac(k, v)
            t += v
        if 0 < bits2int(t) < q:
            return bits2int(t)
        k = mac(k, v + b"\0")
        v = mac(k, v)


def ecdsa_rfc6979(folder):
    cases = []
    for curve, key in RFC6979_KEYS.items():
        x, n = int(key, 16), order(curve)
        for message in ("sample", "test"):
            for name in HASHES:
                digest = hashlib.new(name, message.encode()).digest()
                k = rfc6979_nonce(x, n, name, digest)
                r = multiply(curve, k)[0] % n
                z = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - n.bit_length())
                s = pow(k, -1, n) * (z + r * x) % n
                openssl_key(curve, x).public_key().verify(
                    utils.encode_dss_signature(r, s), digest,
                    ec.ECDSA(utils.Prehashed(HASHES[name]())))
                cases.append({"curve": curve, "x": padded(curve, x), "hash": name,
                              "message": message, "k": padded(curve, k), "r": padded(curve, r),
                              "s": padded(curve, s)})
    write(folder / "ecdsa_rfc6979.txt", ["RFC 6979 appendices A.2.3 to A.2.7."], cases)


def main():
    folder = pathlib.Path(sys.argv[1])
    for make in (multiples, ecdh_random, ecdsa_random, ecdsa_rfc6979):
        make(folder)


if __name__ == "__main__":
    main()
