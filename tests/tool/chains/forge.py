"""A writer of certificates and revocation lists that refuses nothing: every field and every
extension may be whatever a case wants, well-formed or not."""

import base64
import functools
import hashlib
import random

NOW = 1767225600  # 2026-01-01T00:00:00Z
DAY, YEAR = 86400, 365 * 86400


# --- DER ---

def tlv(tag, *parts):
    content = b"".join(parts)
    n = len(content)
    if n < 128:
        return bytes([tag, n]) + content
    size = (n.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + n.to_bytes(size, "big") + content


seq = functools.partial(tlv, 0x30)
set_of = functools.partial(tlv, 0x31)
octets = functools.partial(tlv, 0x04)
NULL = b"\x05\x00"
TRUE = b"\x01\x01\xff"


def integer(n, tag=0x02):
    return tlv(tag, n.to_bytes(n.bit_length() // 8 + 1, "big", signed=True))


def bits(content):
    return tlv(0x03, b"\0", content)


def named_bits(*numbers, tag=0x03):
    """Bit n of a BIT STRING, without trailing zeros (X.690 section 11.2.2)."""
    top = max(numbers, default=-1)
    content = bytearray(top // 8 + 1)
    for n in numbers:
        content[n // 8] |= 0x80 >> n % 8
    return tlv(tag, bytes([len(content) * 8 - top - 1 if numbers else 0]), bytes(content))


def oid(dotted, tag=0x06):
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray()
    for n in (first * 40 + second, *rest):
        groups = [n & 127]
        while n > 127:
            n >>= 7
            groups.append(n & 127 | 128)
        out += bytes(reversed(groups))
    return tlv(tag, bytes(out))


def time(seconds):
    import time as clock
    t = clock.gmtime(seconds)
    if 1950 <= t.tm_year < 2050:
        return tlv(0x17, clock.strftime("%y%m%d%H%M%SZ", t).encode())
    return tlv(0x18, clock.strftime("%Y%m%d%H%M%SZ", t).encode())


def pem(label, der):
    text = base64.encodebytes(der).decode().replace("\n", "")
    lines = "\n".join(text[i:i + 64] for i in range(0, len(text), 64))
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n" % (label, lines, label)


# --- Names ---

CN, C, O, OU, EMAIL = "2.5.4.3", "2.5.4.6", "2.5.4.10", "2.5.4.11", "1.2.840.113549.1.9.1"


def name(*attributes):
    """One RDN for each (type, value) or (type, value, tag of the string)."""
    def rdn(type_, value, tag=None):
        tag = tag or (0x16 if type_ == EMAIL else 0x13 if type_ == C else 0x0c)
        return set_of(seq(oid(type_), tlv(tag, value.encode())))
    return seq(*(rdn(*a) for a in attributes))


def cn(text):
    return name((CN, text))


# GeneralName
def dns(text): return tlv(0x82, text.encode("latin-1"))
def mail(text): return tlv(0x81, text.encode("latin-1"))
def uri(text): return tlv(0x86, text.encode("latin-1"))
def ip(*numbers): return tlv(0x87, bytes(numbers))
def directory(der): return tlv(0xa4, der)
def rid(dotted): return oid(dotted, 0x88)
def other(dotted, value): return tlv(0xa0, oid(dotted), tlv(0xa0, value))


# --- Keys ---

HASHES = {"md5": (5, "1.2.840.113549.2.5"), "sha1": (5, "1.3.14.3.2.26"),
          "sha224": (14, "2.16.840.1.101.3.4.2.4"), "sha256": (11, "2.16.840.1.101.3.4.2.1"),
          "sha384": (12, "2.16.840.1.101.3.4.2.2"), "sha512": (13, "2.16.840.1.101.3.4.2.3")}
SIGNATURES = {h: "1.2.840.113549.1.1.%d" % n for h, (n, _) in HASHES.items()}
SIGNATURES["md5"] = "1.2.840.113549.1.1.4"


def prime(rng, bits_):
    def probably(n):
        if any(n % p == 0 for p in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)):
            return False
        d, s = n - 1, 0
        while d % 2 == 0:
            d, s = d // 2, s + 1
        for _ in range(12):
            x = pow(rng.randrange(2, n - 1), d, n)
            if x in (1, n - 1):
                continue
            for _ in range(s - 1):
                x = x * x % n
                if x == n - 1:
                    break
            else:
                return False
        return True
    while True:
        n = rng.getrandbits(bits_) | 3 << bits_ - 2 | 1
        if n % 65537 != 1 and probably(n):
            return n


class Key:
    """RSA; the same number is the same key in every run."""

    def __init__(self, number, size=1024):
        rng = random.Random("key %d %d" % (number, size))
        p, q = prime(rng, size // 2), prime(rng, size // 2)
        self.n, self.size = p * q, size // 8
        self.d = pow(65537, -1, (p - 1) * (q - 1))
        public = seq(integer(self.n), integer(65537))
        self.spki = seq(seq(oid("1.2.840.113549.1.1.1"), NULL), bits(public))
        self.id = hashlib.sha1(public).digest()

    def sign(self, hash_, data):
        digest = hashlib.new(hash_, data).digest()
        info = seq(seq(oid(HASHES[hash_][1]), NULL), octets(digest))
        padded = b"\0\1" + b"\xff" * (self.size - 3 - len(info)) + b"\0" + info
        return pow(int.from_bytes(padded, "big"), self.d, self.n).to_bytes(self.size, "big")

    def algorithm(self, hash_):
        return algorithm(hash_)


@functools.lru_cache(None)
def key(number, size=1024):
    return Key(number, size)


# --- Extensions: (OID, critical, value) ---

def basic(ca=True, path=None, critical=True):
    return ("2.5.29.19", critical,
            seq(TRUE if ca else b"", b"" if path is None else integer(path)))


def usage(*numbers, critical=True):
    return ("2.5.29.15", critical, named_bits(*numbers))


def purposes(*oids, critical=False):
    return ("2.5.29.37", critical, seq(*map(oid, oids)))


def san(*names, critical=False):
    return ("2.5.29.17", critical, seq(*names))


def constraints(permitted=(), excluded=(), critical=True):
    def trees(tag, names):
        return tlv(tag, *(n if n[:1] == b"\x30" else seq(n) for n in names)) if names else b""
    return ("2.5.29.30", critical, seq(trees(0xa0, permitted), trees(0xa1, excluded)))


def policies(*oids, critical=False):
    return ("2.5.29.32", critical, seq(*(seq(oid(o)) for o in oids)))


def mappings(*pairs, critical=True):
    return ("2.5.29.33", critical, seq(*(seq(oid(a), oid(b)) for a, b in pairs)))


def policy_constraints(require=None, inhibit=None, critical=True):
    return ("2.5.29.36", critical, seq(b"" if require is None else integer(require, 0x80),
                                       b"" if inhibit is None else integer(inhibit, 0x81)))


def inhibit_any(skip, critical=True):
    return ("2.5.29.54", critical, integer(skip))


def subject_key(id_, critical=False):
    return ("2.5.29.14", critical, octets(id_))


def authority_key(id_=None, issuer=None, serial=None, critical=False):
    return ("2.5.29.35", critical,
            seq(b"" if id_ is None else tlv(0x80, id_),
                b"" if issuer is None else tlv(0xa1, directory(issuer)),
                b"" if serial is None else integer(serial, 0x82)))


def points(*names, critical=False):
    return ("2.5.29.31", critical, seq(*(point(n) for n in names)))


def point(name_=None, reasons=None, issuer=None):
    """DistributionPoint."""
    return seq(tlv(0xa0, tlv(0xa0, name_)) if name_ else b"",
               named_bits(*reasons, tag=0x81) if reasons else b"",
               tlv(0xa2, directory(issuer)) if issuer else b"")


def netscape(*numbers):
    return ("2.16.840.1.113730.1.1", False, named_bits(*numbers))


def scope(point=None, user=False, ca=False, indirect=False, reasons=None, attribute=False):
    """issuingDistributionPoint."""
    yes = b"\xff"
    return ("2.5.29.28", True, seq(
        tlv(0xa0, tlv(0xa0, point)) if point else b"", tlv(0x81, yes) if user else b"",
        tlv(0x82, yes) if ca else b"", named_bits(*reasons, tag=0x83) if reasons else b"",
        tlv(0x84, yes) if indirect else b"", tlv(0x85, yes) if attribute else b""))


def write_extension(oid_, critical, value):
    return seq(oid(oid_), TRUE if critical else b"", octets(value))


# --- Certificates and lists ---

class Certificate:
    def __init__(self, subject, issuer, key_, der, serial):
        self.subject, self.issuer, self.key, self.der, self.serial = (subject, issuer, key_, der,
                                                                      serial)
        self.pem = pem("CERTIFICATE", der)


def algorithm(hash_):
    return seq(oid(SIGNATURES[hash_]), NULL)


def certificate(subject, key_, issuer=None, extensions=(), *, signer=None, serial=1, start=NOW - YEAR,
                end=NOW + YEAR, hash="sha256", version=3, outer=None, spoil=False, spki=None,
                validity=None):
    """`issuer` is a Certificate; without one it is self-signed. `signer`: another key than the
    issuer's; `outer`: another AlgorithmIdentifier beside the signature; `spoil`: break the
    signature."""
    subject = cn(subject) if isinstance(subject, str) else subject
    issuer_name = issuer.subject if issuer else subject
    signer = signer or (issuer.key if issuer else key_)
    inner = signer.algorithm(hash)
    tbs = seq(b"" if version == 1 else tlv(0xa0, integer(version - 1)), integer(serial),
              inner, issuer_name, validity or seq(time(start), time(end)), subject,
              spki or key_.spki,
              tlv(0xa3, seq(*(write_extension(*e) for e in extensions))) if extensions else b"")
    signature = bytearray(signer.sign(hash, tbs))
    signature[-1] ^= 1 if spoil else 0
    der = seq(tbs, outer or inner, bits(bytes(signature)))
    return Certificate(subject, issuer_name, key_, der, serial)


def revocation_list(issuer, revoked=(), extensions=(), *, signer=None, this=NOW - DAY,
                    until=NOW + DAY, hash="sha256", spoil=False, issuer_name=None):
    """`revoked`: serial, or (serial, date, reason), or (serial, date, reason, extensions)."""
    entries = []
    for r in revoked:
        serial, date, reason, *more = r if isinstance(r, tuple) else (r, NOW - 2 * DAY, None)
        own = [("2.5.29.21", False, integer(reason, 0x0a))] if reason is not None else []
        own += more[0] if more else []
        entries.append(seq(integer(serial), time(date),
                           seq(*(write_extension(*e) for e in own)) if own else b""))
    tbs = seq(integer(1), algorithm(hash), issuer_name or issuer.subject, time(this),
              time(until) if until is not None else b"", seq(*entries) if entries else b"",
              tlv(0xa0, seq(*(write_extension(*e) for e in extensions))) if extensions else b"")
    signature = bytearray((signer or issuer.key).sign(hash, tbs))
    signature[-1] ^= 1 if spoil else 0
    return pem("X509 CRL", seq(tbs, algorithm(hash), bits(bytes(signature))))


# --- Whom most cases need ---

CA = (basic(), usage(5, 6))


def root(number=1, subject="Root", extensions=CA, **kw):
    return certificate(subject, key(number), extensions=extensions, **kw)


def issued(issuer, number, subject, extensions=CA, **kw):
    return certificate(subject, key(number), issuer, extensions, **kw)


def rolled(issuer, number, subject, extensions=(), **kw):
    """With key identifiers, which tell apart the keys of one name."""
    ids = (subject_key(key(number).id), authority_key(issuer.key.id))
    return issued(issuer, number, subject, CA + ids + extensions, **kw)


def leaf(issuer, subject="leaf", extensions=(), number=9, **kw):
    return certificate(subject, key(number), issuer, extensions, **{"serial": 9, **kw})


class Case:
    """`good`: what RFC 5280 and parley's README say. `flags` as in --batch."""

    def __init__(self, id_, good, leaf_, ca, untrusted=(), crl=(), at=NOW, **flags):
        self.id, self.good, self.leaf, self.ca = id_, good, leaf_, ca
        self.untrusted, self.crl, self.at, self.flags = untrusted, crl, at, flags
