"""`parley x509 verify --batch` against `openssl verify`, over chains written by chains/forge.py and
over every root of the system: the same decision, or a row of DIFFERENCES that says why not."""

import json
import os
import re
import subprocess
import tempfile
import time
import unittest

from chains import basic, general_names, hostile, kinds, malformed, names, owner, policy, revocation
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
    (r"(critical|must)\.(ski|aki)", False,
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
    (r"malformed\..*\.trailing", True, "nothing may follow the value (RFC 5280 4.2: its DER, X.690 8.1)"),
    (r"malformed\.(ian|freshest|aia|sia|period|attributes|features)\.(garbage|empty|twice|of_ca|of_root)", True,
     "OpenSSL does not decode them (RFC 5280 4.2, 4.2.1.7, 4.2.1.15, 4.2.2)"),
    (r"malformed\.(policies|mappings|policy_constraints|inhibit_any)\."
     "(garbage|empty|twice|critical|of_ca|of_root)", True,
     "OpenSSL decodes policies only when it is asked for them (RFC 5280 4.2, 4.2.1.4)"),
    (r"malformed\.unknown\.twice", True, "no extension more than once (RFC 5280 4.2)"),
    (r"key\.(rsa_(e_1|e_even|n_even|negative)|ec_infinity)", True,
     "OpenSSL does not look at the numbers of the leaf's key (RFC 8017 3.1, RFC 5480 2.2)"),
    (r"root\.version_2", False,
     "versions 1 and 2 cannot say it, so the owner of the store does (RFC 5280 6.1.4 (k))"),
    (r"names\.mailbox\.a_label", False, "its host is written in A-labels (RFC 9598 3); OpenSSL: RFC 8398"),
    (r"names\.mailbox\.host_outside_ascii_inside", True,
     "its host is written in A-labels (RFC 9598 3); OpenSSL: RFC 8398"),
    (r"policy\.map\.any_inhibited", True,
     "anyPolicy that is inhibited holds nothing that could be mapped (RFC 5280 6.1.3 (d) (2))"),
    (r"crl\.malformed\.[a-z_]+", True,
     "OpenSSL takes a list whose extensions it cannot read (RFC 5280 5.2)"),
    (r"crl\.points\.(some_reasons_and_all|reasons_together)", False,
     "all points count, not the first alone (RFC 5280 6.3.3)"),
    (r"crl\.points\.own_issuer", True,
     "a point with cRLIssuer wants an indirect list (RFC 5280 6.3.3 (b) (1))"),
    (r"crl\.namesake\.beside", False, "OpenSSL looks at the newest list only (RFC 5280 6.3.3)"),
    (r"crl\.entry\.(of_other|after_other)", True,
     "certificateIssuer is for indirect lists alone (RFC 5280 5.3.3)"),
    (r"crl\.entry\.removed_(first|twice)", True,
     "removeFromCRL is for changes alone, and takes nothing back here (RFC 5280 5.3.1)"),
    (r"names\.odd\.((dns|mail)\.[bl2t].*|uri\.(percent|blank)|cn\..*)", True, "no such name is of the form that subtrees are for (RFC 5280 4.2.1.6, .10)"),
    (r"names\.address_cn\.(outside|excluded)", True,
     "match_hostname() takes such names for addresses (RFC 5280 4.2.1.10)"),
    (r"names\.mask\.(gap|bit_gap)", True, "masks are as in RFC 4632 (RFC 5280 4.2.1.10)"),
    (r"malformed\.alt_name\.(x400_garbage|ip_of_(five|none))", True, "the content is of no such kind (RFC 5280 4.2.1.6)"),
    (r"settings\.of_leaf(_any)?", True,
     "what the store rejects for the use is not used, in whatever place (RFC 5280 6.1: input is local policy)"),
    (r"settings\.copies\.(alias|trust)_first", True, "the settings of all copies hold, OpenSSL takes those of one"),
    (r"kind\.curve\.(secp160|prime239|sect|brainpool).*\.ca|kind\.ed448\.ca", True,
     "curves that crypto/ lacks: a leaf may carry one, nothing is verified with it (RFC 5480 2.1.1.1, RFC 8410)"),
    (r"kind\.bare\.(oaep|ecdh_only|nobody_knows|unknown_curve)\.leaf|kind\.dsa\.inherited\.leaf", False,
     "what the key of a leaf is good for is a question of its use (RFC 5280 4.1.2.7, RFC 3279 2.3)"),
    (r"kind\.rsa\.size_(384|511)\..*", True,
     "KeyStrength: below what the export laws allowed (RFC 5280 8: keys that are too short)"),
    (r"kind\.rsa\.size_(8193|16384)\.ca", True, "a bound of work: 8192 bits (RFC 8017 3.1 sets none)"),
    (r"kind\.rsa\.exponent_1\..*|kind\.rsa\.exponent_(0|2|even|even_long)\.leaf", True,
     "an exponent is odd and at least 3 (RFC 8017 3.1)"),
    (r"kind\.rsa\.exponent_(65_bits|256_bits|as_n)\.ca", True,
     "a bound of work: exponents of 64 bits (RFC 8017 3.1 sets none)"),
    (r"kind\.rsa\.(sha3-.*|ripemd160)\.ca", True, "hashes that are not here (RFC 8017 A.2.4 has neither)"),
    (r"kind\.rsa\.parameters_odd\..*", True, "parameters of rsaEncryption are NULL (RFC 3279 2.3.1)"),
    (r"kind\.pss\.masks_differ\.ca", True, "one hash is for both (RFC 4055 3.1 recommends it strongly)"),
    (r"kind\.pss\.(sha512-256|sha3-256|md5)\.ca", True, "not a hash of RFC 4055 2.1"),
    (r"kind\.pss\.key(_limited)?\.ca", True,
     "keys that are for PSS only are carried, not used (RFC 4055 1.2: rsaEncryption serves both)"),
    (r"kind\.dsa\.1024_192\.ca", False, "RFC 3279 2.3.2 sets no size of q; OpenSSL has those of FIPS 186-4 4.2"),
    (r"kind\.dsa\.4096_224\.ca", True, "a bound of work: 3072 bits (FIPS 186-4 4.2, RFC 5758 3.1)"),
    (r"inside\.broken\.((dns|mail|uri)_nul|nul_in_.*)|inside\.tree\.dns_nul_unused", True,
     "a NUL hides what other programs see (CVE-2009-2408; RFC 5280 4.2.1.6: IA5String)"),
    (r"inside\.broken\.dns_constructed", True, "strings are primitive (RFC 5280 4.1: DER, X.690 10.2)"),
    (r"inside\.broken\.ip_.*|inside\.tree\.ip_.*", True,
     "addresses have 4 or 16 octets, with their masks 8 or 32 (RFC 5280 4.2.1.6, .10)"),
    (r"inside\.broken\.directory_empty_rdn", True, "an RDN has one attribute at least (RFC 5280 4.1.2.4)"),
    (r"inside\.excluded\.odd\.(dns_.*|mail_(nothing_behind|named|blank|latin1|two)|uri_(blank|latin1))"
     r"|inside\.permitted\.odd\.(dns_(two_dots|leading_dot|latin1|scheme)|uri_(blank|latin1))", True,
     "no such name is of the form that subtrees are for (RFC 5280 4.2.1.6, .10)"),
    (r"inside\.permitted\.usual\.dns_root", False, "the dot of the root may be written (RFC 1034 3.1)"),
    (r"inside\.permitted\.usual\.uri_user", False, "joe@ is not of the host (RFC 3986 3.2)"),
    (r"must\.(nocheck|addresses|systems)", True,
     "not understood here, so refused when critical (RFC 5280 4.2; RFC 6960 4.2.2.2.1, RFC 3779 2 and 3)"),
    (r"hostile\.point\.hybrid", True, "the hybrid form is not for certificates (RFC 5480 2.2)"),
    (r"hostile\.ed25519\.small_[02]", True,
     "a key is a multiple of the base point (RFC 8032 5.1.5), so of no small order, where one signature fits all"),
    (r"hostile\.dsa\.(ones|g_minus_one)\.ca|hostile\.dsa\..*\.leaf", True,
     "g and y are of the subgroup of order q (RFC 3279 2.3.2, FIPS 186-4 4.1)"),
    (r"crl\.scope\.broken", True, "a critical extension that cannot be read (RFC 5280 5.2)"),
)
# Roots of which OpenSSL thinks otherwise.
ROOT_DIFFERENCES = {
    "CIF A62634068": "two roots of one name and key: OpenSSL compares the leaf with the first only",
}


# Why not, where it matters which reason is told.
INVALID = "INVALID_OR_INCONSISTENT_CERTIFICATE_EXTENSION"
REASONS = (
    (r"names\.odd\..*", "UNSUPPORTED_NAME_CONSTRAINT_TYPE"), (r"names\.mask\..*", INVALID),
    (r"crl\.entry\.(of|after)_other", "UNHANDLED_CRITICAL_CRL_EXTENSION"),
    (r"malformed\..*", INVALID), (r"crl\.malformed\.[a-z_]+", INVALID),
    (r"key\.(rsa_.*|ec_(off_curve|infinity))(?<!of_ca)", "UNABLE_TO_DECODE_CERTIFICATE_PUBLIC_KEY"),
    (r"settings\..*\.of_ca", "CERTIFICATE_REJECTED|UNKNOWN_CA"),
    (r"settings\..*(?<!of_ca)", "CERTIFICATE_REJECTED"),
    (r"names\.mailbox\..*host.*", "UNSUPPORTED_NAME_CONSTRAINT_TYPE"),
    (r"names\.mailbox\.(outside|below)", "PERMITTED_SUBTREE_VIOLATION"),
    (r"crl\.points\..*reasons[a-z_]*", "DIFFERENT_CRL_SCOPE"),
    (r"crl\.points\..*\.revoked", "CERTIFICATE_REVOKED|DIFFERENT_CRL_SCOPE"),
    (r"crl\.namesake\.alone", "CRL_SIGNATURE_FAILURE"),
    (r"crl\.namesake\.alone_with_id", "UNABLE_TO_GET_CERTIFICATE_CRL"),
    (r"crl\.namesake\.beside_expired", "CRL_HAS_EXPIRED"),
    (r"inside\.broken\..*|inside\.tree\.(.*_nul.*|ip_.*|directory_broken|other_garbage|rid_unfinished)", INVALID),
    (r"inside\.(permitted|excluded)\.odd\..*|inside\.tree\.(dns_(blank|star|port)|mail_.*|uri_.*)",
     "UNSUPPORTED_NAME_CONSTRAINT_TYPE"),
    (r"inside\.host\..*", "HOSTNAME_MISMATCH"),
    (r"hostile\.(rsa|ecdsa|ed25519)\..*|hostile\.dsa\.[a-z_]+", "CERTIFICATE_SIGNATURE_FAILURE"),
    (r"hostile\.(point|dsa)\..*(ca|leaf|hybrid|short|x|5|point\.zeros)", "UNABLE_TO_DECODE_CERTIFICATE_PUBLIC_KEY"),
    (r"kind\.(curve|pss\.key|rsa\.exponent_([0-9]+_bits|as_n)|dsa\.inherited).*", "UNSUPPORTED_KEY"),
    (r"kind\.(rsa\.size_[0-9]{4,}|dsa\.4096_224)\.ca", "KEY_TOO_LARGE"),
    (r"kind\.rsa\.size_(384|511)\..*", "CERTIFICATE_KEY_TOO_WEAK"),
    (r"kind\.(rsa\.(exponent_([0-2]\.|even).*|parameters_odd)|bare\.ed25519_(short|null))\.?.*",
     "UNABLE_TO_DECODE_CERTIFICATE_PUBLIC_KEY"),
    (r"kind\.(ed448|ecdsa|rsa\.(sha|ripemd)|dsa\.sha|pss\.(masks|sha|md5|trailer|no_p|not)).*\.ca",
     "UNSUPPORTED_ALGORITHM"),
)


def differs(id_):
    return next((row for row in DIFFERENCES if re.fullmatch(row[0], id_)), None)


def all_cases():
    for family in (basic, general_names, hostile, kinds, malformed, names, owner, policy, revocation):
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
                for pattern, reasons in REASONS:
                    if re.fullmatch(pattern, q.case.id) and not a.get("valid", False):
                        if (a.get("reason") or "") not in reasons.split("|"):
                            wrong.append("%s: wrong reason: %s" % (q.case.id, a))
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
