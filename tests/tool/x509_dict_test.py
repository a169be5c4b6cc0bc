"""x509 show --dict beside CPython's decoder of certificates, on every root of the system's store and
every certificate of vectors/certs."""

import _ssl
import glob
import json
import os
import re
import unittest

from support import ToolTest, parley, write

HERE = os.path.dirname(os.path.abspath(__file__))
CERTS = os.path.normpath(os.path.join(HERE, "../../vectors/certs"))
ROOTS = "/etc/ssl/certs/ca-certificates.crt"

# CPython adds these; the documents that parley follows do not have them.
EXTRA = {"OCSP", "caIssuers", "crlDistributionPoints"}

# What OpenSSL 3.0 calls by a name that 1.0.1, whose names are kept, did not know.
NEW_NAMES = {
    "jurisdictionCountryName": "1.3.6.1.4.1.311.60.2.1.3",
    "organizationIdentifier": "2.5.4.97",
}

# Names that RFC 5280 section 4.2.1.6 does not have: an error here; CPython passes them over.
REFUSED = {"rules/san_unknown_kind.pem", "rules/san_directory_bare.pem"}

# file: the keys in which parley differs, and why.
DIFFERENCES = {
    # A time without Z: 1.0.1 prints it without GMT, 3.0 calls it bad.
    "time_local.pem": {"notBefore", "notAfter"},
    # 1.0.1 gives the names of both extensions, 3.0 of none.
    "san_twice.pem": {"subjectAltName"},
    # CPython ends a long number where OpenSSL breaks the line.
    "serial_long.pem": {"serialNumber"},
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
