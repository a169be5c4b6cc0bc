"""`parley x509 verify`: its flags, its words, its exit codes, and --batch."""

import json
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
        self.assertRegex(text, r"(?s)issuer CN=CA, serial 08: no, certificate signature failure.*"
                               r"issuer CN=CA, serial 14: taken\n.*anchor CN=Root, serial 01: taken")
        d = json.loads(self.run_ok(*self.verify("--json")).stdout)
        self.assertEqual([(t["subject"], t["depth"], t["anchor"], t["reason"]) for t in d["tried"]],
                         [("CN=CA", 1, False, "CERTIFICATE_SIGNATURE_FAILURE"),
                          ("CN=CA", 1, False, None), ("CN=Root", 2, True, None)])
        self.assertEqual([c["subject"] for c in d["chain"]], ["CN=leaf", "CN=CA", "CN=Root"])
        self.assertEqual((d["valid"], d["reason"], d["spent"]["signatures"]), (True, None, 3))

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

    def test_capath_holds_roots_and_lists(self):
        hash_ = self.run_hash(self.file("root.pem", self.root))
        self.file(hash_ + ".0", self.root)
        self.file(self.run_hash(self.files[4]) + ".r0", revocation_list(self.ca, [77]))
        self.files[1:3] = ["--capath", self.folder]
        self.run_ok(*self.verify())
        self.run_fails(1, ["certificate revoked"], *self.verify("--crl-check", "leaf"))

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
               '{"id":' + "[" * 200000 + "]" * 200000 + "}"]
        answers = self.ask(*[line for b in bad for line in (b, good)])
        for i, (wrong, right) in enumerate(zip(answers[::2], answers[1::2])):
            self.assertIn("error", wrong, bad[i])
            self.assertNotIn("valid", wrong)
            self.assertEqual(right, {"id": 9, "valid": True, "reason": None})
        self.assertEqual(answers[6]["id"], 1)


if __name__ == "__main__":
    unittest.main()
