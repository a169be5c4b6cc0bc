"""`parley x509 verify`: its flags, its words, its exit codes, and --batch."""

import json
import os
import unittest

from chains.forge import *
from support import ToolTest, parley, write


class VerifyTest(ToolTest):
    def file(self, name_, *texts):
        return write(self.path(name_), "".join(t if isinstance(t, str) else t.pem
                                               for t in texts).encode())

    def setUp(self):
        super().setUp()
        self.root, self.ca = root(), issued(root(), 2, "CA", serial=20)
        self.end = leaf(self.ca, extensions=(san(dns("www.example.com"), ip(192, 0, 2, 1),
                                                 mail("joe@example.com")),), serial=77)
        self.files = [self.file("leaf.pem", self.end), "--ca", self.file("root.pem", self.root),
                      "--untrusted", self.file("ca.pem", self.ca), "--at", str(NOW)]

    def verify(self, *more):
        return ["x509", "verify", *self.files, *more]


class Words(VerifyTest):
    def test_say_when_and_why_a_certificate_was_taken_back(self):
        lists = self.file("crl.pem", revocation_list(self.ca, [(77, NOW - DAY, 1)]))
        self.run_fails(1, ["certificate revoked", "2025-12-31T00:00:00Z", "keyCompromise"],
                       *self.verify("--crl", lists))
        d = json.loads(parley(*self.verify("--crl", lists, "--json")).stdout)
        self.assertEqual(d["revoked"], {"depth": 0, "date": "2025-12-31T00:00:00Z",
                                        "reason": "keyCompromise"})
        self.assertEqual((d["valid"], d["reason"]), (False, "CERTIFICATE_REVOKED"))
        free = self.file("free.pem", revocation_list(self.ca))
        self.run_ok(*self.verify("--crl", free))
        self.run_fails(1, ["unable to get certificate CRL", "of certificate 1", "--crl"],
                       *self.verify("--crl", free, "--crl-check", "chain"))
        self.run_fails(10, ["unhandled critical CRL extension", "indirectCRL"], *self.verify(
            "--crl", self.file("i.pem", revocation_list(self.ca, (), [scope(indirect=True)]))))

    def test_show_the_search(self):
        wrong = self.file("wrong.pem", issued(self.root, 5, "CA", serial=8), self.ca)
        self.files[4] = wrong
        text = self.run_ok(*self.verify("--why")).stdout.decode()
        valid = ", valid 2025-01-01 to 2027-01-01: "
        self.assertRegex(text, r"(?s)issuer CN=CA, serial 08" + valid + r"no, certificate signature failure.*"
                               r"issuer CN=CA, serial 14" + valid + r"taken\n.*anchor CN=Root, serial 01"
                               + valid + "taken")
        d = json.loads(self.run_ok(*self.verify("--json")).stdout)
        self.assertEqual([(t["subject"], t["depth"], t["anchor"], t["reason"]) for t in d["tried"]],
                         [("CN=CA", 1, False, "CERTIFICATE_SIGNATURE_FAILURE"),
                          ("CN=CA", 1, False, None), ("CN=Root", 2, True, None)])
        self.assertEqual([c["subject"] for c in d["chain"]], ["CN=leaf", "CN=CA", "CN=Root"])
        self.assertEqual((d["valid"], d["reason"], d["spent"]["signatures"]), (True, None, 3))

    def test_tell_which_of_the_roots_of_one_key_is_out_of_date(self):
        old, new = root(1, serial=5, end=NOW - DAY), root(1, serial=6, end=NOW + 2 * YEAR)
        ca = issued(old, 2, "CA")
        self.files[:] = [self.file("leaf.pem", leaf(ca)), "--ca", self.file("old.pem", old),
                         "--untrusted", self.file("between.pem", ca, new), "--at", str(NOW)]
        done = self.run_fails(1, ["certificate has expired", "notAfter of certificate 2"],
                              *self.verify("--why"))
        expired = "no, certificate has expired (notAfter of certificate 2)\n"
        self.assertEqual(done.stdout.decode(), (
            "    issuer CN=CA, serial 01, valid 2025-01-01 to 2027-01-01: " + expired +
            "      anchor CN=Root, serial 05, valid 2025-01-01 to 2025-12-31: " + expired +
            "      issuer CN=Root, serial 06, valid 2025-01-01 to 2028-01-01: "
            "no, unable to get local issuer certificate (issuer of certificate 2)\n"
            "        anchor CN=Root, serial 05, valid 2025-01-01 to 2025-12-31: "
            "no, unable to get local issuer certificate (repeated name and key of certificate 3)\n"
            "  3 signatures checked, 4 candidates, 0 names compared, 0 policies\n"))
        self.files[2] = self.file("both.pem", old, new)
        self.assertRegex(self.run_ok(*self.verify("--why")).stdout.decode(),
                         "(?s)serial 05, valid 2025-01-01 to 2025-12-31: no, .* has expired"
                         ".*serial 06, valid 2025-01-01 to 2028-01-01: taken")

    def test_flags_reach_the_checks(self):
        for flags, code in ((["--purpose", "server"], 0), (["--strict"], 1),
                            (["--explicit-policy"], 1), (["--policy", "1.2.3"], 1),
                            (["--strong"], 1), (["--untrusted-first"], 0),
                            (["--host", "www.example.com"], 0), (["--host", "192.0.2.1"], 0),
                            (["--host", "example.com"], 1), (["--host", "192.0.2.2"], 1),
                            (["--email", "joe@example.com"], 0), (["--email", "joe@b.c"], 1),
                            (["--inhibit-any", "--inhibit-map"], 0), (["--crl-check", "leaf"], 1)):
            self.assertEqual(parley(*self.verify(*flags)).returncode, code, flags)
        self.files[2] = self.files[4]
        self.assertEqual(parley(*self.verify()).returncode, 1)
        self.assertEqual(parley(*self.verify("--partial-chain")).returncode, 0)

    def test_strong_asks_for_keys_whose_size_is_known(self):
        top = certificate("Big", key(70, 2048), extensions=CA)
        number = seq(integer(2 ** 511 + 1), integer(3))
        # The last one is EC, on brainpoolP160r1.
        for oid_, parameters in (("1.2.840.113549.1.1.10", b""), ("2.5.8.1.1", integer(512)),
                                 ("1.2.840.10045.2.1", oid("1.3.36.3.3.2.8.1.1.1"))):
            small = leaf(top, spki=seq(seq(oid(oid_), parameters), bits(number)))
            self.files[:] = [self.file("small.pem", small), "--ca", self.file("big.pem", top),
                             "--at", str(NOW)]
            self.run_ok(*self.verify())
            self.run_fails(1, ["subjectPublicKeyInfo"], *self.verify("--strong"))

    def test_a_unique_identifier_is_a_bit_string(self):
        for id_, code in ((b"\0x", 0), (b"\0", 0), (b"", 9), (b"\x09\xff", 9), (b"\x04\xff", 9), (b"\1", 9)):
            tbs = seq(tlv(0xa0, integer(2)), integer(4), algorithm("sha256"), self.root.subject,
                      seq(time(NOW - YEAR), time(NOW + YEAR)), cn("x"), key(9).spki, tlv(0x81, id_))
            der = seq(tbs, algorithm("sha256"), bits(key(1).sign("sha256", tbs)))
            self.files[0] = self.file("uid.pem", pem("CERTIFICATE", der))
            self.assertEqual(parley(*self.verify()).returncode, code, id_)

    def test_prints_no_name_that_turns_the_line_around(self):
        evil = leaf(self.ca, subject=name((CN, "x\u202egpj.exe\u2028\u2066\u200f\u2029 \u20ac\u009b")))
        self.files[0] = self.file("evil.pem", evil)
        bad = [c.encode() for c in "\u202e\u2028\u2066\u200f\u2029\u009b"]
        for words in (self.verify("--why"), ["x509", "show", self.files[0]],
                      ["x509", "show", "--bytes", self.files[0]]):
            out = parley(*words).stdout
            out = out if isinstance(out, bytes) else out.encode()
            self.assertFalse([b for b in bad if b in out], out)
        self.assertIn(b"\\xe2\\x80\\xae", out)

    def test_capath_holds_roots_and_lists(self):
        hash_ = self.run_hash(self.file("root.pem", self.root))
        self.file(hash_ + ".0", self.root)
        self.file(self.run_hash(self.files[4]) + ".r0", revocation_list(self.ca, [77]))
        self.files[1:3] = ["--capath", self.folder]
        self.run_ok(*self.verify())
        self.run_fails(1, ["certificate revoked"], *self.verify("--crl-check", "leaf"))

    def test_capath_is_a_list_as_in_the_library(self):
        self.file(self.run_hash(self.files[2]) + ".0", self.root)
        elsewhere = self.path("elsewhere")
        os.mkdir(elsewhere)
        both = elsewhere + ":" + self.folder
        self.files[1:3] = ["--capath", both]
        self.run_ok(*self.verify())
        self.files[2] = elsewhere
        self.run_fails(1, ["issuer"], *self.verify())
        for missing in ("/no/such/folder", elsewhere + ":/no/such/folder", self.files[0]):
            self.files[2] = missing
            self.run_fails(9, [missing.split(":")[-1]], *self.verify())
        self.files[1:3] = []
        nothing = {"SSL_CERT_FILE": self.path("none")}
        self.run_ok(*self.verify(), env={**nothing, "SSL_CERT_DIR": "/no/such/folder:" + both})
        done = parley(*self.verify(), env={**nothing, "SSL_CERT_DIR": elsewhere})
        self.assertEqual(done.returncode, 1)

    def test_the_bundle_of_the_system_is_read_or_else_told(self):
        self.files[1:3] = []
        for content, code, word in ((self.root.pem, 0, ""), ("nothing", 9, "broken.pem"),
                                    (self.root.pem[:200], 9, "broken.pem"), ("", 1, "issuer")):
            env = {"SSL_CERT_FILE": self.file("broken.pem", content),
                   "SSL_CERT_DIR": "/no/such/folder"}
            done = parley(*self.verify(), env=env)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(word, done.stderr)

    def run_hash(self, path):
        import subprocess
        return subprocess.run(["openssl", "x509", "-noout", "-hash", "-in", path], check=True,
                              stdout=subprocess.PIPE).stdout.decode().strip()

    def test_refuses_flags_that_mean_nothing(self):
        self.run_fails(2, ["--crl-check"], *self.verify("--crl-check", "root"))
        self.run_fails(2, ["leaf is required"], "x509", "verify", "--ca", self.files[2])
        self.run_fails(2, ["--batch"], "x509", "verify", self.files[0], "--batch")
        self.run_fails(2, ["--email"], *self.verify("--host", "a.b", "--email", "a@b.c"))
        self.run_fails(9, ["crl"], *self.verify("--crl", self.file("crl", "nothing")))

    def test_refuses_what_is_no_name_policy_or_moment(self):
        self.files = self.files[:-2]  # without --at
        for flag, word in (("--host", "www..example.com"), ("--host", "b\u00fccher.example"),
                           ("--email", "nobody"), ("--email", "@b.c"), ("--policy", "garbage"),
                           ("--policy", "1.2.03"), ("--policy", "3.1"), ("--at", "9223372036854775808"),
                           ("--at", "2026-01-01T00:00:60Z"), ("--at", "2026-01-01T00:00:99Z"),
                           ("--at", "2026-01-01T24:00:00Z"), ("--at", "2026-13-01T00:00:00Z"),
                           ("--at", "2026-02-29T00:00:00Z"), ("--at", "2026-01-01T00:60:00Z"),
                           ("--at", "2026-01-01T00:00:00+99:00"), ("--at", "2026-01-01T00:00:00+01:60")):
            self.run_fails(2, [flag, word], *self.verify(flag, word))
        for flag in ("--host", "--email", "--at", "--policy", "--ca", "--capath", "--crl",
                     "--crl-check", "--purpose", "--untrusted"):
            self.run_fails(2, [flag], *self.verify(flag, ""))
        self.run_fails(2, ["--host"], *self.verify("--host="))
        for policy in ("2.25.329800735698586629295641978511506172918", "2.100.3", "1.2"):
            self.run_fails(1, ["policy"], *self.verify("--policy", policy))

    def test_say_in_json_what_cannot_be_read(self):
        for flags, code, reason in (
                (["x509", "verify", "/no/such/file"], 9, "FILE_CANNOT_BE_READ"),
                (["x509", "verify", self.file("text", "nothing")], 9, "NO_START_LINE"),
                (self.verify("--capath", "/no/such/folder"), 9, "FILE_CANNOT_BE_READ"),
                (self.verify("--host", "a..b"), 2, "BAD_ARGUMENT")):
            done = parley(*flags, "--json")
            self.assertEqual(done.returncode, code, flags)
            d = json.loads(done.stdout)
            self.assertEqual((d["valid"], d["reason"]), (False, reason), flags)


class Batch(VerifyTest):
    def ask(self, *lines):
        text = "".join((l if isinstance(l, str) else json.dumps(l)) + "\n" for l in lines)
        return [json.loads(l) for l in
                self.run_ok("x509", "verify", "--batch", stdin=text.encode()).stdout.splitlines()]

    def test_takes_texts_and_files_and_lists_of_both(self):
        base = {"at": NOW, "untrusted": self.ca.pem}
        answers = self.ask({"id": 1, "leaf": self.end.pem, "ca": self.root.pem, **base},
                           {"id": "b", "leaf": self.files[0], "ca": [self.files[2], self.end.pem], **base},
                           {"id": None, "leaf": self.end.pem, "ca": self.ca.pem, **base},
                           {"leaf": self.end.pem, "ca": self.root.pem, "at": "2026-01-01T00:00:00Z"})
        self.assertEqual(answers[0], {"id": 1, "valid": True, "reason": None})
        self.assertEqual(answers[1], {"id": "b", "valid": True, "reason": None})
        self.assertEqual(answers[2], {"id": None, "valid": False, "reason": "UNKNOWN_CA",
                                      "where": "issuer", "depth": 1})
        self.assertEqual((answers[3]["valid"], answers[3]["depth"]), (False, 0))

    def test_an_empty_list_of_anchors_trusts_nobody(self):
        question = {"leaf": self.end.pem, "untrusted": self.ca.pem, "at": NOW}
        lines = json.dumps(question) + "\n" + json.dumps({**question, "ca": []}) + "\n"
        done = parley("x509", "verify", "--batch", stdin=lines.encode(),
                      env={"SSL_CERT_FILE": self.files[2]})
        self.assertEqual([json.loads(l)["valid"] for l in done.stdout.splitlines()], [True, False])

    def test_answers_a_bad_line_and_goes_on(self):
        good = {"id": 9, "leaf": self.end.pem, "ca": self.root.pem, "untrusted": self.ca.pem, "at": NOW}
        bad = ["nonsense", "[]", "7", {"id": 1}, {**good, "leaf": 5}, {**good, "at": "soon"},
               {**good, "purpose": "fun"}, {**good, "colour": 1}, {**good, "strict": "yes"},
               {**good, "leaf": "/no/such/file"}, {**good, "ca": "-----BEGIN CERTIFICATE-----"},
               {**good, "crl": self.end.pem}, {**good, "leaf": [[[[[["x"]]]]]]},
               {**good, "at": 2 ** 63 + 1}, {**good, "at": 1.5}, {**good, "host": ""},
               {**good, "host": "www..example.com"}, {**good, "email": "nobody"},
               {**good, "host": "www.example.com", "email": "joe@example.com"},
               {**good, "policy": "garbage"}, {**good, "capath": "/no/such/folder"},
               '{"id":' + "[" * 200000 + "]" * 200000 + "}"]
        reasons = {9: "FILE_CANNOT_BE_READ", 10: "BAD_END_LINE", 11: "NO_START_LINE",
                   20: "FILE_CANNOT_BE_READ"}
        answers = self.ask(*[line for b in bad for line in (b, good)])
        for i, (wrong, right) in enumerate(zip(answers[::2], answers[1::2])):
            self.assertIn("error", wrong, bad[i])
            self.assertEqual((wrong["valid"], wrong["reason"]), (False, reasons.get(i, "BAD_ARGUMENT")),
                             bad[i])
            self.assertEqual(right, {"id": 9, "valid": True, "reason": None})
        self.assertEqual(answers[6]["id"], 1)


if __name__ == "__main__":
    unittest.main()
