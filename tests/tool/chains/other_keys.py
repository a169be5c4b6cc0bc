"""Keys of other kinds than forge.Key: RSA, PSS and DSA by hand, curves by the openssl command."""

import hashlib
import math
import random
import subprocess
import tempfile

from .forge import *

# Primes p and q of DSA by their sizes; the last pair is from `openssl dsaparam 4096`.
GROUPS = {
    (1024, 192): (
        "d4adbd1eb9cccf762586f3937db49721f9798f712d8a2401196189870990fb07aa66eef47115c62fd829cd"
        "502312276a57b94914dadcb7b275c57cec32dd219baff075737d24f30872fd2cba120e93cd482e3eb12738"
        "5ee31375295d3792e527a8356844471daea7c3eb8be0dbe5d175ed2d8c6d764c0d0eb928bc1d3ac5bdc7",
        "fdd8d7426972ceb8d810a49dabb6aadc5e9482a36f22b637"),
    (2048, 160): (
        "ba899352b25526136290a24fd758b50bb57987c88a7a539e0a209d9a463d98344a826c63069e370feb833d"
        "5f394b290e187b6162a65e08e00c67240b8c4e60a7137515776cd9fb43ec94b54413b2fa8c2d7daadd76e0"
        "5be6b6c3143ec2628854d35980733d2a4cf31f21c6d5d91cbde3142a6baeea4d2aa14d29fe5d98beb9a462"
        "39e409ffacd15d0ad2234f7d7735cdae684b309682a56f35357ad0b1f538843ef1c2b682f2c305d41b0dc9"
        "1fe40b13af06c6d746cb5c1b0094b6295eb4c939ffe96e73a0cd46f8cdbf6e81a78e4b863535f5babd336c"
        "27fe4c780966b64972f0b5ab8d319c97d0a6659c82a3f1d19d610a20a446f3c603a738cbf528cb48a3",
        "e4b2b813b0b5cedd3e1acaf08ecc4b2ca688142b"),
    (4096, 224): (
        "a6254e81dc118015132389a6adf62754a5f57743f4bcbc2982446728e3da6931ec59ce6ebb2743699255c2"
        "1f216c6e70af19795e306d2db693e0d9ef6dc7d066a07072b3c24882910f5bc3cab629df1f1f1e229945af"
        "124375240c08eabfd8c16cb4a2bfa95adddb5f71869eab32725de6e5972e1ec44806ffc4e675505759526e"
        "cae5656be0cea62ef4d0b28695984cfb40823714d5aaf738449d90c328944c48fbea146902258c2619c62b"
        "3f909929031d588eefb49aa1dde1070678a6dedca9f6d920a50843acdcd915f1d8d7df7c5bae54d171a883"
        "bceb4fe7eecb6229a9488e2cedfacdfb39e66c49812309615ceef53dce180a0774d17586faabb0f1a66114"
        "d489e785dd2b57b47ad40ef9c54e5c1137064019f0a1897c8f2a8279b158cc7f356eb4b47acc758fce4736"
        "0a0f9d184d64daf08edc3251a178fef265b738f5276a350abbf6eaa2cfb3761540f7c1ae2e5ec38eff4b4e"
        "5c987998af5a6d0ee678e31b31251191d3f4a2911a0ac904e2ca89ac12c707434c3b0f92f6248e97bd4df0"
        "387c7afe87b5788807285ccd1772c87baca873d316df68c171ecee20d77061fb9ef1cfc1295bce8853239c"
        "08973679a12f3e12a74e9b6d1bd43d61c46e7c2b9ebb1df97b79025d9bddb4fad1c27352cd1e9e81ef1634"
        "62ceca9b557c9ee7dc7dc1af86a5e75cfc269cf020a4eb837a2c5f77839db5268f72b7c0dd027f",
        "f7a15685fe962c6719ddd602fd409af0144382d6c100625dab6e4c6f"),
}

SHA2 = "2.16.840.1.101.3.4.2."
HASH_OIDS = {**{h: o for h, (_, o) in HASHES.items()}, "sha512-224": SHA2 + "5",
             "sha512-256": SHA2 + "6", "sha3-224": SHA2 + "7", "sha3-256": SHA2 + "8",
             "sha3-384": SHA2 + "9", "sha3-512": SHA2 + "10", "ripemd160": "1.3.36.3.2.1"}
RSA, RSA_PSS = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"
# What HASHES has, and RFC 8017 appendix B.1, NIST's arc, and the one of TeleTrusT.
RSA_WITH = {**SIGNATURES, "sha512-224": "1.2.840.113549.1.1.15", "sha512-256": "1.2.840.113549.1.1.16",
            "sha3-224": "2.16.840.1.101.3.4.3.13", "sha3-256": "2.16.840.1.101.3.4.3.14",
            "sha3-512": "2.16.840.1.101.3.4.3.16", "ripemd160": "1.3.36.3.3.1.2"}
ECDSA_WITH = {"sha1": "1.2.840.10045.4.1", "sha224": "1.2.840.10045.4.3.1",
              "sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3",
              "sha512": "1.2.840.10045.4.3.4", "sha3-256": "2.16.840.1.101.3.4.3.10"}
DSA_WITH = {"sha1": "1.2.840.10040.4.3", "sha224": "2.16.840.1.101.3.4.3.1",
            "sha256": "2.16.840.1.101.3.4.3.2", "sha384": "2.16.840.1.101.3.4.3.3",
            "sha512": "2.16.840.1.101.3.4.3.4", "sha3-256": "2.16.840.1.101.3.4.3.6"}


def openssl(*command, data=b""):
    return subprocess.run(("openssl", *command), input=data, stdout=subprocess.PIPE, check=True).stdout


def digest_of(hash_, data):
    name = hash_.replace("sha3-", "sha3_").replace("sha512-", "sha512_")
    try:
        return hashlib.new(name, data).digest()
    except ValueError:
        return openssl("dgst", "-binary", "-provider", "default", "-provider", "legacy", "-" + hash_,
                       data=data)


class Rsa:
    """A modulus of any size, made of as many primes as make it cheap (RFC 8017 section 3.1)."""

    def __init__(self, size, e=65537, primes=2, type_=RSA, parameters=NULL):
        rng = random.Random("rsa %d %d %d" % (size, e, primes))

        def suitable(bits_):
            while True:
                p = prime(rng, bits_)
                if math.gcd(p - 1, e) == 1 or e % 2 == 0:
                    return p

        self.primes, self.e, self.n = [], e, 1
        for i in range(primes - 1):
            self.primes.append(suitable(size // primes))
            self.n *= self.primes[-1]
        # The last one makes up for what the product fell short.
        while True:
            last = suitable(size - self.n.bit_length() + rng.randrange(2))
            if (self.n * last).bit_length() == size:
                break
        self.primes.append(last)
        self.n *= last
        self.size = (size + 7) // 8
        public = seq(integer(self.n), integer(e))
        self.spki = seq(seq(oid(type_), parameters), bits(public))
        self.id = hashlib.sha1(public).digest()

    def power(self, block):
        """block ** d, prime by prime (RFC 8017 section 5.1.2)."""
        m, out, product = int.from_bytes(block, "big"), 0, 1
        if self.e == 1:
            return m.to_bytes(self.size, "big")
        for p in self.primes:
            part = pow(m % p, pow(self.e, -1, p - 1), p)
            out += product * ((part - out) * pow(product, -1, p) % p)
            product *= p
        return out.to_bytes(self.size, "big")

    def sign(self, hash_, data):
        info = seq(seq(oid(HASH_OIDS[hash_]), NULL), octets(digest_of(hash_, data)))
        return self.power(b"\0\1" + b"\xff" * (self.size - 3 - len(info)) + b"\0" + info)

    def algorithm(self, hash_):
        return seq(oid(RSA_WITH[hash_]), NULL)


class Pss:
    """Signs as RSASSA-PSS with a key of the class above (RFC 8017 section 9.1.1)."""

    def __init__(self, rsa, hash_="sha256", mask=None, salt=32, trailer=None, absent=False,
                 parameters=None, empty=False):
        self.rsa, self.spki, self.id = rsa, rsa.spki, rsa.id
        self.hash, self.mask, self.salt = hash_, mask or hash_, salt
        null = b"" if absent else NULL
        fields = (
            b"" if empty else tlv(0xa0, seq(oid(HASH_OIDS[self.hash]), null)),
            b"" if empty else tlv(0xa1, seq(oid("1.2.840.113549.1.1.8"),
                                            seq(oid(HASH_OIDS[self.mask]), null))),
            b"" if empty else tlv(0xa2, integer(salt)),
            b"" if trailer is None else tlv(0xa3, integer(trailer)))
        self.parameters = seq(*fields) if parameters is None else parameters

    def algorithm(self, _):
        return seq(oid(RSA_PSS), self.parameters)

    def mgf(self, seed, size):
        return b"".join(digest_of(self.mask, seed + i.to_bytes(4, "big"))
                        for i in range(-(-size // len(digest_of(self.mask, b"")))))[:size]

    def sign(self, _, data):
        bits_ = self.rsa.n.bit_length() - 1
        size, salt = (bits_ + 7) // 8, b"s" * self.salt
        h = digest_of(self.hash, bytes(8) + digest_of(self.hash, data) + salt)
        block = bytes(size - self.salt - len(h) - 2) + b"\1" + salt
        masked = bytearray(a ^ b for a, b in zip(block, self.mgf(h, len(block))))
        masked[0] &= 0xff >> 8 * size - bits_
        return self.rsa.power((bytes(masked) + h + b"\xbc").rjust(self.rsa.size, b"\0"))


class Dsa:
    """`inherited`: without parameters of its own (RFC 3279 section 2.3.2)."""

    def __init__(self, size, subgroup, inherited=False):
        self.p, self.q = (int(n, 16) for n in GROUPS[size, subgroup])
        self.g = pow(2, (self.p - 1) // self.q, self.p)
        self.x = random.Random("dsa %d %d" % (size, subgroup)).randrange(2, self.q)
        public = integer(pow(self.g, self.x, self.p))
        group = b"" if inherited else seq(integer(self.p), integer(self.q), integer(self.g))
        self.spki = seq(seq(oid("1.2.840.10040.4.1"), group), bits(public))
        self.id = hashlib.sha1(public).digest()

    def algorithm(self, hash_):
        return seq(oid(DSA_WITH[hash_]))

    def sign(self, hash_, data):
        digest = digest_of(hash_, data)
        h = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - self.q.bit_length())
        k = random.Random(data).randrange(2, self.q)
        r = pow(self.g, k, self.p) % self.q
        return seq(integer(r), integer(pow(k, -1, self.q) * (h + self.x * r) % self.q))


class Held:
    """A private key that the openssl command reads, from PKCS #8 or one of the older forms."""

    def __init__(self, der, oids):
        self.oids = oids
        self.file = tempfile.NamedTemporaryFile()
        self.file.write(der)
        self.file.flush()
        self.spki = openssl("pkey", "-in", self.file.name, "-inform", "DER", "-pubout", "-outform", "DER")
        self.id = hashlib.sha1(self.spki).digest()

    def algorithm(self, hash_):
        return seq(oid(self.oids[hash_]))

    def sign(self, hash_, data):
        return openssl("dgst", "-" + hash_, "-sign", self.file.name, "-keyform", "DER", data=data)


def on_curve(dotted):
    """On the curve of that name, with a scalar that every order is above."""
    return Held(seq(integer(1), octets(bytes(range(1, 14))), tlv(0xa0, oid(dotted))), ECDSA_WITH)


class Edwards(Held):
    def __init__(self, dotted, size):
        super().__init__(seq(integer(0), seq(oid(dotted)), octets(octets(bytes(range(size))))),
                         {"sha256": dotted})

    def sign(self, _, data):
        with tempfile.NamedTemporaryFile() as f:
            f.write(data)
            f.flush()
            return openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.file.name, "-keyform", "DER",
                           "-in", f.name)
