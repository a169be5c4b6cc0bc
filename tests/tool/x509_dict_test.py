"""x509 show --dict beside CPython's decoder of certificates, on every root of the system's store and
every certificate of vectors/certs."""

import _ssl
import glob
import json
import os
import re
import unittest

from chains.forge import *
from support import ToolTest, parley, write

HERE = os.path.dirname(os.path.abspath(__file__))
CERTS = os.path.normpath(os.path.join(HERE, "../../vectors/certs"))
ROOTS = "/etc/ssl/certs/ca-certificates.crt"

# CPython adds these; the documents that parley follows do not have them.
EXTRA = {"OCSP", "caIssuers", "crlDistributionPoints"}

# What OpenSSL 3.0 calls by a name that 1.0.1, whose names are kept, did not know.
NEW_NAMES = {
    "jurisdictionCountryName": "1.3.6.1.4.1.311.60.2.1.3",
    "jurisdictionLocalityName": "1.3.6.1.4.1.311.60.2.1.1",
    "organizationIdentifier": "2.5.4.97",
    "countryCode3n": "2.5.4.99",
}

# Names that RFC 5280 section 4.2.1.6 does not have: an error here; CPython passes them over.
REFUSED = {"rules/san_unknown_kind.pem", "rules/san_directory_bare.pem"}

# What parley reads and CPython does not: OpenSSL takes no VisibleString and no time for part of a
# name, and CPython wants UTF-8 where an IA5String has other letters.
READ = {"string.1a.706c61696e2037": "plain 7", "string.1a.636166e92080ff": "caf\u00e9 \x80\u00ff",
        "string.17.3230303130313030303030305a": "200101000000Z", "san.latin1": None}

# file: the keys in which parley differs, and why.
DIFFERENCES = {
    # A time without Z: 1.0.1 prints it without GMT, 3.0 calls it bad.
    "time_local.pem": {"notBefore", "notAfter"},
    # 1.0.1 gives the names of both extensions, 3.0 of none.
    "san_twice.pem": {"subjectAltName"},
    # CPython ends a long number where OpenSSL breaks the line.
    "serial_long.pem": {"serialNumber"},
    # Of an otherName that it knows OpenSSL 3.0 prints the value, 1.0.1 never.
    "san.utf8_mailbox": {"subjectAltName"},
}


def subject(*rdns):
    """Each RDN: [(type, tag of the string, content), ...]."""
    return seq(*(set_of(*(seq(oid(t), tlv(tag, content)) for t, tag, content in rdn)) for rdn in rdns))


UTF8, NUMERIC, PRINTABLE, T61, VIDEOTEX, IA5, UTC, GRAPHIC, VISIBLE, GENERAL, UNIVERSAL, BMP = (
    0x0c, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x19, 0x1a, 0x1b, 0x1c, 0x1e)
STRINGS = (
    *((tag, b"plain 7") for tag in (UTF8, NUMERIC, PRINTABLE, T61, VIDEOTEX, IA5, GRAPHIC, VISIBLE, GENERAL)),
    *((tag, b"caf\xe9 \x80\xff") for tag in (T61, PRINTABLE, IA5, VISIBLE, NUMERIC, GRAPHIC, GENERAL, VIDEOTEX)),
    *((tag, b"a\0b") for tag in (UTF8, PRINTABLE, T61, IA5)), *((tag, b"") for tag in (UTF8, T61, BMP, UNIVERSAL)),
    (UTF8, "\u00fc\u20ac\U0001f600".encode()), (UTF8, b"\xff"), (UTF8, b"\xc0\xaf"), (UTF8, b"\xed\xa0\x80"),
    (UTF8, b"\xf4\x90\x80\x80"), (UTF8, b"tab\tline\nquote\"\\"),
    (BMP, "caf\u00e9 \u20ac".encode("utf-16-be")), (BMP, b"\0a\0"), (BMP, b"\xd8\x3d\xde\x00"), (BMP, b"\xd8\x3d"),
    (UNIVERSAL, "\u00e9\U0001f600".encode("utf-32-be")), (UNIVERSAL, b"\0\0\0"), (UNIVERSAL, b"\x7f\0\0\0"),
    (UNIVERSAL, b"\0\0\xd8\0"), (0x02, b"\x05"), (0x03, b"\0x"), (0x04, b"octets"), (0x05, b""), (0x01, b"\xff"),
    (UTC, b"200101000000Z"), (0x30, NULL), (0x0a, b"\1"), (0x06, b"\x2a\x03"))
TYPES = ("2.5.4.3", "2.5.4.5", "2.5.4.97", "2.5.4.99", "1.2.3.4", "1.3.6.1.4.1.311.60.2.1.1", "2.5.29.17", "1.3.6.1.5.5.7.9.3",
         "1.3.6.1.4.1.99999.1.2.3.4.5.6.7.8.9", "2.999.18446744073709551616", "0.9.2342.19200300.100.1.25")
SANS = {
    "odd_texts": [dns(""), dns("a b"), dns("a\0b"), mail("joe"), mail(""), uri("x"), uri("")],
    "latin1": [dns("b\xfc.example"), uri("\xff")],
    "addresses": [ip(1, 2, 3, 4), ip(*range(16)), ip(*[0] * 16), ip(*[0] * 15, 1), ip(1, 2, 3), ip()],
    "others": [other("1.2.3", tlv(0x0c, b"x")), rid("1.2.3"), rid("2.5.4.3"), rid("1.3.6.1.4.1.99999.7"),
               tlv(0xa5, tlv(0xa1, tlv(0x0c, b"x")))],
    "directories": [directory(subject([(CN, T61, b"caf\xe9")], [(OU, BMP, b"\0x")])), directory(name())],
    "utf8_mailbox": [other("1.3.6.1.5.5.7.8.9", tlv(0x0c, b"a@b"))],
    "none": [], "many": [dns("%d.example" % i) for i in range(300)],
}


class Dictionaries(ToolTest):
    maxDiff = None

    def compare(self, file, path):
        try:
            wanted = json.loads(json.dumps(_ssl._test_decode_cert(path)))
        except Exception:
            wanted = None
        done = parley("x509", "show", path, "--dict")
        with self.subTest(file):
            if file in READ:
                self.assertEqual((wanted, done.returncode), (None, 0))
                if READ[file]:
                    self.assertEqual(json.loads(done.stdout)["subject"][0], [["commonName", READ[file]]])
                return
            if wanted is None or file in REFUSED:
                self.assertNotEqual(done.returncode, 0)
                return
            self.assertEqual(done.returncode, 0, done.stderr)
            got = json.loads(done.stdout)
            for name in ("subject", "issuer"):
                for rdn in wanted[name]:
                    rdn[:] = [[NEW_NAMES.get(k, k), v] for k, v in rdn]
            for key in EXTRA:
                wanted.pop(key, None)
            differ = {k for k in set(got) | set(wanted) if got.get(k) != wanted.get(k)}
            self.assertEqual(differ, DIFFERENCES.get(file, set()), (got, wanted))

    def test_of_odd_certificates(self):
        odd = {"string.%02x.%s" % (tag, content.hex()): certificate(subject([(CN, tag, content)], [(O, UTF8, b"x")]), key(1))
               for tag, content in STRINGS}
        odd.update({"type." + t: certificate(subject([(t, UTF8, b"x")]), key(1)) for t in TYPES})
        odd["several"] = certificate(subject([(CN, UTF8, b"b"), (OU, UTF8, b"a"), (CN, T61, b"\xe9")],
                                             [(O, UTF8, b"x")], [(O, UTF8, b"x"), (CN, UTF8, b"y")]), key(1))
        odd["nobody"] = certificate(subject(), key(1))
        odd.update({"san." + k: certificate("x", key(1), None, (san(*names),)) for k, names in SANS.items()})
        odd.update({"serial.%x" % (n & 2 ** 80 - 1): certificate("x", key(1), serial=n)
                    for n in (0, 1, 15, 255, 256, -1, -129, 2 ** 63, 2 ** 64 - 1, 2 ** 159)})
        odd.update({"version.%d" % v: certificate("x", key(1), version=v) for v in (1, 2, 3)})
        for first, last in ((0, 1), (2 ** 31, 2 ** 33), (-631152000, 253402300799)):
            odd["dates.%d" % first] = certificate("x", key(1), start=first, end=last)
        self.assertGreater(len(odd), 80)
        for id_, c in odd.items():
            self.compare(id_, write(self.path("odd.pem"), c.pem.encode()))

    def test_of_every_root_of_the_store(self):
        with open(ROOTS, encoding="ascii") as f:
            blocks = re.findall("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n",
                                f.read(), re.S)
        self.assertGreater(len(blocks), 100)
        for i, block in enumerate(blocks):
            self.compare("root %d" % i, write(self.path("root.pem"), block.encode()))

    def test_of_every_vector(self):
        files = sorted(glob.glob(CERTS + "/*.pem") + glob.glob(CERTS + "/rules/*.pem"))
        for path in files:
            if "_key" not in os.path.basename(path) and "trusted_form" not in path:
                self.compare(os.path.relpath(path, CERTS), path)


if __name__ == "__main__":
    unittest.main()
