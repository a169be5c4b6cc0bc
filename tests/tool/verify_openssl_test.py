"""`parley x509 verify --batch` against `openssl verify`, over chains written by chains/forge.py and
over every root of the system: the same decision, or a row of DIFFERENCES that says why not."""

import json
import os
import re
import subprocess
import tempfile
import time
import unittest

from chains import basic, names, owner, policy, revocation
from chains.forge import pem
from support import PARLEY, parley

ROOTS = "/etc/ssl/certs/ca-certificates.crt"

# (cases, what OpenSSL 3.0 says, why parley does not). Every row must match a case, and every
# case of it must differ.
BACKTRACKS = "OpenSSL takes the first candidate that looks right and never turns back (RFC 4158 2.4)"
DIFFERENCES = (
    (r"last_second\..*", False, "OpenSSL leaves the last second out (RFC 5280 4.1.2.5: both ends belong)"),
    (r"crl\.last_second", False, "the same for nextUpdate (RFC 5280 5.1.2.5)"),
    (r"odd_date\.(260101000000\+0100|2601010000Z|20260101000000\.5Z)", False,
     "old certificates have offsets, fractions and no seconds (asn1/README.md; X.690 11.7 has not)"),
    (r"eku\.(leaf|ca|root)\.(any|mail_any)\.(server|client)", False,
     "anyExtendedKeyUsage is any use (RFC 5280 4.2.1.12); OpenSSL asks for the one by name"),
    (r"critical\.(ski|aki)", False,
     "must not be critical (RFC 5280 4.2.1.1 and .2), but both are understood"),
    (r"root\.two_of_a_name", False, BACKTRACKS),
    (r"cross\.(first|stranger_first|wrong_key_first)", False, BACKTRACKS),
    (r"names\.other_way|crl\.other_way", False, BACKTRACKS),
    (r"crl\.spoilt_and_good", False, "OpenSSL looks at the newest list only (RFC 5280 6.3.3)"),
    (r"names\.(cn_star(_inside|_in_the_middle)?|cn_outside_ascii|excluded_star_inside)", True,
     "match_hostname() takes such names for hosts, so they are held against subtrees (RFC 6125 6.4.3)"),
    (r"names\.dns\.27", True,
     "a wildcard may stand for an excluded host (RFC 5280 4.2.1.10 is silent, RFC 6125 6.4.3)"),
    (r"names\.cn_wildcard", True, "match_hostname() believes a wildcard in a commonName"),
    (r"names\.dns\.29", True, "the dot of the root may be written (RFC 1034 3.1)"),
    (r"names\.dns\.30", False, "the dot of the root may be written (RFC 1034 3.1)"),
    (r"names\.dns\.31", True, "a NUL hides what other programs see (RFC 5280 4.2.1.6: IA5String)"),
    (r"names\.uri\.1[01]", True, "an address for a host must be refused (RFC 5280 4.2.1.10)"),
    (r"names\.uri\.13", False, "joe@ is not of the host (RFC 3986 3.2)"),
    (r"names\.empty", True, "must not be empty (RFC 5280 4.2.1.10)"),
    (r"policy\.map\.doubling", False, "OpenSSL gives up at 1000 nodes of its tree (RFC 9618 3)"),
    (r"owner\.host\.[78]", True, "a wildcard is a whole label (RFC 9525 6.3)"),
    (r"owner\.host\.common_name", True, "only subjectAltName names a host (RFC 9525 6.3)"),
    (r"owner\.email\.subject", True, "only subjectAltName names a mailbox (RFC 5280 4.1.2.6)"),
    (r"crl\.scope\.broken", True, "a critical extension that cannot be read (RFC 5280 5.2)"),
)
# Roots of which OpenSSL thinks otherwise.
ROOT_DIFFERENCES = {
    "CIF A62634068": "two roots of one name and key: OpenSSL compares the leaf with the first only",
}


def differs(id_):
    return next((row for row in DIFFERENCES if re.fullmatch(row[0], id_)), None)


def all_cases():
    for family in (basic, names, owner, policy, revocation):
        yield from family.cases()


def openssl_flags(case):
    f = dict(case.flags)
    purpose = f.pop("purpose", "any")
    check = f.pop("crl_check", "none")
    out = ["-attime", str(case.at)]
    out += {"server": ["-purpose", "sslserver"], "client": ["-purpose", "sslclient"], "any": []}[purpose]
    out += {"leaf": ["-crl_check"], "chain": ["-crl_check", "-crl_check_all"], "none": []}[check]
    if host := f.pop("host", None):
        out += ["-verify_ip" if re.fullmatch("[0-9.]+|[0-9a-f:]+:.*", host) else "-verify_hostname", host]
    if email := f.pop("email", None):
        out += ["-verify_email", email]
    # To OpenSSL no policy is not any policy, which RFC 5280 section 6.1.1 (c) asks for.
    if "policy_check" in f:
        for oid in f.get("policy", ["2.5.29.32.0"]):
            out += ["-policy", oid]
    if f.pop("policy", None):
        out.append("-explicit_policy")
    names_ = {"policy_check": "-policy_check", "explicit_policy": "-explicit_policy",
              "inhibit_any": "-inhibit_any", "inhibit_map": "-inhibit_map", "strict": "-x509_strict",
              "partial_chain": "-partial_chain"}
    for key, value in f.items():
        if value:
            out.append(names_[key])
    return out


class Question:
    """A case in files, for OpenSSL, and as a line, for parley."""

    def __init__(self, folder, number, case):
        self.case = case
        line = {"id": case.id, "at": case.at, **case.flags}
        line.pop("policy_check", None)
        command = ["openssl", "verify", *openssl_flags(case)]
        for key, flag, texts in (("ca", "-CAfile", [c.pem for c in case.ca]),
                                 ("untrusted", "-untrusted", [c.pem for c in case.untrusted]),
                                 ("crl", "-CRLfile", case.crl), ("leaf", None, [case.leaf.pem])):
            if not texts:
                continue
            path = os.path.join(folder, "%d.%s" % (number, key))
            with open(path, "w") as f:
                f.write("".join(texts))
            line[key] = path
            command += [flag, path] if flag else [path]
        self.line, self.command = line, command

    def openssl(self):
        done = subprocess.run(self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode == 0, done.stdout.decode("utf-8", "replace")


def batch(lines):
    done = parley("x509", "verify", "--batch", timeout=110,
                  stdin="".join(json.dumps(l) + "\n" for l in lines).encode())
    assert done.returncode == 0, done.stderr
    return [json.loads(l) for l in done.stdout.splitlines()]


class Chains(unittest.TestCase):
    def test_are_decided_as_openssl_decides_them(self):
        with tempfile.TemporaryDirectory() as folder:
            questions = [Question(folder, i, c) for i, c in enumerate(all_cases())]
            answers = batch(q.line for q in questions)
            self.assertEqual(len(answers), len(questions))
            self.assertGreaterEqual(len(questions), 300)
            self.assertEqual(len({q.case.id for q in questions}), len(questions))
            used, wrong = set(), []
            for q, a in zip(questions, answers):
                self.assertEqual(a["id"], q.case.id)
                if a.get("valid", False) != q.case.good:
                    wrong.append("%s: parley: %s" % (q.case.id, a))
                theirs, text = q.openssl()
                row = differs(q.case.id)
                if theirs != (row[1] if row else q.case.good):
                    wrong.append("%s: openssl: %s" % (q.case.id, " ".join(re.findall("(?m)error \\d+ .*", text))))
                if row:
                    used.add(row[0])
                    if row[1] == q.case.good:
                        wrong.append("%s: no difference" % q.case.id)
            wrong += ["row without a case: " + row[0] for row in DIFFERENCES if row[0] not in used]
            good = sum(q.case.good for q in questions)
            print("%d chains, %d good, %d bad, %d differ" % (
                len(questions), good, len(questions) - good,
                sum(differs(q.case.id) is not None for q in questions)))
            self.assertFalse(wrong, "\n" + "\n".join(wrong))


class Roots(unittest.TestCase):
    def test_of_the_system_verify_themselves_as_with_openssl(self):
        with open(ROOTS) as f:
            blocks = re.findall("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n",
                                f.read(), re.S)
        self.assertGreater(len(blocks), 100)
        now = int(time.time())
        for at in (now, now + 10 * 365 * 86400):
            answers = batch({"id": i, "leaf": b, "ca": ROOTS, "at": at} for i, b in enumerate(blocks))
            different = 0
            for block, answer in zip(blocks, answers):
                done = subprocess.run(["openssl", "verify", "-attime", str(at), "-CAfile", ROOTS],
                                      input=block.encode(), stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE)
                theirs, text = done.returncode == 0, done.stderr.decode("utf-8", "replace")
                if answer.get("valid") == theirs:
                    continue
                different += 1
                self.assertTrue(answer["valid"], (answer, done))
                self.assertTrue(any(name in text for name in ROOT_DIFFERENCES), (answer, done))
            self.assertLessEqual(different, len(ROOT_DIFFERENCES))
            print("%d roots at %d, %d differ" % (len(blocks), at, different))


class Many(unittest.TestCase):
    def test_ten_thousand_in_one_process_within_a_minute(self):
        case = next(c for c in basic.cases() if c.id == "length.4")
        line = {"leaf": case.leaf.pem, "ca": [c.pem for c in case.ca], "at": case.at,
                "untrusted": [c.pem for c in case.untrusted]}
        begun = time.monotonic()
        answers = batch({"id": i, **line} for i in range(10000))
        spent = time.monotonic() - begun
        print("10000 chains of four: %.1f s" % spent)
        self.assertEqual([a["id"] for a in answers if a["valid"]], list(range(10000)))
        self.assertLess(spent, 60)


if __name__ == "__main__":
    unittest.main()
