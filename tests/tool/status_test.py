"""Stapled OCSP responses: connect --status and serve --ocsp, with OpenSSL at the other end."""

import contextlib
import json
import re
import select
import subprocess
import time
import unittest

from support import Server, ToolTest, parley, write

EXTENSIONS = """
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical,CA:TRUE
subjectKeyIdentifier = hash
[leaf]
subjectAltName = DNS:localhost
[staple]
subjectAltName = DNS:localhost
tlsfeature = status_request
[responder]
extendedKeyUsage = OCSPSigning
"""
INDEX = """V\t491231000000Z\t\t01\tunknown\t/CN=localhost
R\t491231000000Z\t260301120000Z,keyCompromise\t02\tunknown\t/CN=localhost
"""


class Status(ToolTest):
    def setUp(self):
        super().setUp()
        write(self.path("openssl.cnf"), EXTENSIONS.encode())
        write(self.path("index.txt"), INDEX.encode())
        self.certificate("root", "ca", "/CN=status root")
        self.certificate("other", "ca", "/CN=status root")
        self.certificate("good", "leaf", "/CN=localhost", "root", 1)
        self.certificate("revoked", "leaf", "/CN=localhost", "root", 2)
        self.certificate("responder", "responder", "/CN=responder", "root", 3)

    def openssl(self, *args):
        done = subprocess.run(["openssl", *args], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, cwd=self.folder, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout)

    def certificate(self, name, section, subject, issuer=None, serial=7):
        self.openssl("genrsa", "-out", name + ".key", "2048")
        self.openssl("req", "-new", "-key", name + ".key", "-subj", subject, "-out", name + ".csr",
                     "-config", "openssl.cnf")
        sign = (["-CA", issuer + ".pem", "-CAkey", issuer + ".key"] if issuer
                else ["-signkey", name + ".key"])
        self.openssl("x509", "-req", "-in", name + ".csr", "-out", name + ".pem", "-days", "10",
                     "-extfile", "openssl.cnf", "-extensions", section,
                     "-set_serial", str(serial), *sign)

    def response(self, of, signer="root", issuer="root"):
        """The name of a file with what the responder says of that certificate."""
        name = "%s_by_%s.der" % (of, signer)
        self.openssl("ocsp", "-issuer", "root.pem", "-cert", of + ".pem", "-no_nonce",
                     "-reqout", "question.der")
        self.openssl("ocsp", "-index", "index.txt", "-CA", issuer + ".pem", "-rsigner",
                     signer + ".pem", "-rkey", signer + ".key", "-reqin", "question.der",
                     "-respout", name, "-ndays", "5")
        return self.path(name)

    @contextlib.contextmanager
    def s_server(self, of, *flags):
        """openssl s_server with this certificate; gives the port."""
        process = subprocess.Popen(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", of + ".pem", "-key",
             of + ".key", "-www", *flags],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, bufsize=0)  # select() sees no line that Python has read
        try:
            port, said, until = None, "", time.monotonic() + 60
            while port is None and time.monotonic() < until:
                self.assertTrue(select.select([process.stdout], [], [], 60)[0], said)
                line = process.stdout.readline().decode()
                said += line
                self.assertNotEqual(line, "", said)
                found = re.match(r"ACCEPT 127\.0\.0\.1:(\d+)", line)
                port = found and found.group(1)
            yield port
        finally:
            process.kill()
            process.communicate()

    def connect(self, port, *flags):
        return parley("connect", port, "--status", *flags)

    # API: 11.staple
    def test_openssl_staples_and_connect_shows_what_it_says(self):
        for signer, by in (("root", "the issuer"), ("responder", "a responder of the issuer")):
            with self.s_server("good", "-status_file", self.response("good", signer)) as port:
                done = self.connect(port, "--ca", self.path("root.pem"))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertRegex(done.stderr, r"status: good; of 20\S+Z, good until 20\S+Z; "
                                 "signed by " + by)
                done = self.connect(port, "--ca", self.path("root.pem"), "--json")
                status = json.loads(done.stdout)["status"]
                self.assertEqual(status["verdict"], "good")
                self.assertEqual(status["delegated"], signer == "responder")
                self.assertRegex(status["next_update"], r"^20.*Z$")

    def test_a_revoked_certificate_is_refused_and_without_verification_shown(self):
        with self.s_server("revoked", "-status_file", self.response("revoked")) as port:
            done = self.connect(port, "--ca", self.path("root.pem"))
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("certificate revoked", done.stderr)
            # Whom the response is signed by is asked of the store, whatever --verify says.
            done = self.connect(port, "--ca", self.path("root.pem"), "--verify", "none", "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            status = json.loads(done.stdout)["status"]
            self.assertEqual((status["verdict"], status["reason"], status["revoked_at"]),
                             ("revoked", "keyCompromise", "2026-03-01T12:00:00Z"))

    def test_a_certificate_that_promises_a_response_has_to_bring_one(self):
        self.certificate("must", "staple", "/CN=localhost", "root", 1)
        with self.s_server("must") as port:
            done = self.connect(port, "--ca", self.path("root.pem"))
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("OCSP", done.stderr)
            self.assertEqual(parley("connect", port, "--ca", self.path("root.pem")).returncode, 0)
        with self.s_server("must", "-status_file", self.response("must")) as port:
            self.assertEqual(self.connect(port, "--ca", self.path("root.pem")).returncode, 0)

    def test_a_response_that_cannot_be_believed_is_refused(self):
        for file in (self.response("good", "other"), self.response("revoked")):
            with self.s_server("good", "-status_file", file) as port:
                done = self.connect(port, "--ca", self.path("root.pem"))
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("OCSP verification failed", done.stderr)
                done = self.connect(port, "--ca", self.path("root.pem"), "--verify", "none",
                                    "--json")
                self.assertEqual(json.loads(done.stdout)["status"]["verdict"], "invalid")

    def test_a_server_without_a_response_is_fine(self):
        with self.s_server("good") as port:
            done = self.connect(port, "--ca", self.path("root.pem"))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("status: the server staples no OCSP response", done.stderr)
            done = self.connect(port, "--ca", self.path("root.pem"), "--json")
            self.assertIsNone(json.loads(done.stdout)["status"])

    def s_client(self, port, *flags):
        done = subprocess.run(["openssl", "s_client", "-connect", "127.0.0.1:" + port, "-status",
                               "-CAfile", self.path("root.pem"), *flags], input=b"",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        return done.stdout.decode("utf-8", "replace")

    # API: 11.staple
    def test_serve_staples_and_openssl_reads_it(self):
        with Server("--cert", self.path("good.pem"), "--key", self.path("good.key"), "--ocsp",
                    self.response("good", "responder")) as s:
            for flags in [], ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], \
                    ["-tls1", "-cipher", "ALL:@SECLEVEL=0"]:
                told = self.s_client(s.port, *flags)
                self.assertIn("OCSP Response Status: successful", told)
                self.assertIn("Cert Status: good", told)
                self.assertIn("Verify return code: 0 (ok)", told)
        with Server("--cert", self.path("good.pem"), "--key", self.path("good.key")) as s:
            self.assertIn("OCSP response: no response sent", self.s_client(s.port))

    def test_serve_refuses_a_file_that_is_about_nothing_of_its_own(self):
        identity = ["--cert", self.path("good.pem"), "--key", self.path("good.key")]
        write(self.path("empty"), b"")
        for file, words in ((self.response("revoked"), "OCSP verification failed"),
                            (self.path("good.pem"), "ocspResponse"), (self.path("empty"), "empty"),
                            (self.path("missing"), "missing")):
            done = parley("serve", "0", *identity, "--ocsp", file)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, done.stderr)


if __name__ == "__main__":
    unittest.main()
