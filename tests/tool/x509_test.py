"""x509 make, show, verify and convert."""

import base64
import datetime
import json
import os
import re
import ssl
import stat
import subprocess
import unittest

from support import ToolTest, parley, read, write


def der_of(pem):
    body = re.search(rb"-----BEGIN CERTIFICATE-----(.*?)-----END", pem, re.S).group(1)
    return base64.b64decode(body)


def pem_of(der):
    return (b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der)
            + b"-----END CERTIFICATE-----\n")


class Make(ToolTest):
    def test_gives_a_pair_that_openssl_takes(self):
        cert, key = self.make("a", "--cn", "www.example.org", "--san",
                              "www.example.org,192.0.2.1,DNS:b.example", "--hash", "sha1")
        text = subprocess.run(["openssl", "x509", "-in", cert, "-noout", "-text"], check=True,
                              stdout=subprocess.PIPE).stdout.decode()
        self.assertIn("DNS:www.example.org, IP Address:192.0.2.1, DNS:b.example", text)
        self.assertIn("sha1WithRSAEncryption", text)
        public = [subprocess.run(["openssl", *args], check=True, stdout=subprocess.PIPE).stdout
                  for args in (["x509", "-in", cert, "-noout", "-pubkey"],
                               ["pkey", "-in", key, "-pubout"])]
        self.assertEqual(public[0], public[1])

    def test_keeps_the_key_to_its_owner(self):
        cert, key = self.make("a")
        self.assertEqual(stat.S_IMODE(os.stat(key).st_mode), 0o600)
        self.assertNotEqual(stat.S_IMODE(os.stat(cert).st_mode) & 0o044, 0)
        self.run_ok("x509", "make", "--key", "rsa:1024", "--out", self.path("both.pem"))
        self.assertEqual(stat.S_IMODE(os.stat(self.path("both.pem")).st_mode), 0o600)

    def test_never_leaves_half_a_pair(self):
        self.run_fails(9, ["nowhere"], "x509", "make", "--key", "rsa:1024", "--keyout",
                       self.path("k"), "--out", self.path("nowhere/c"))
        self.assertEqual(os.listdir(self.folder), [])
        # The certificate's place is taken by a folder: the old key must come back.
        write(self.path("k"), b"old")
        os.mkdir(self.path("c"))
        self.run_fails(9, [self.path("c")], "x509", "make", "--key", "rsa:1024", "--keyout",
                       self.path("k"), "--out", self.path("c"))
        self.assertEqual(sorted(os.listdir(self.folder)), ["c", "k"])
        self.assertEqual(read(self.path("k")), b"old")

    def test_writes_into_a_fifo(self):
        for flags in (["--out"], ["--keyout", self.path("key"), "--out"]):
            fifo = self.path("fifo")
            os.mkfifo(fifo)
            reader = subprocess.Popen(["timeout", "20", "cat", fifo], stdout=subprocess.PIPE)
            self.run_ok("x509", "make", "--key", "rsa:512", "--hash", "sha1", *flags, fifo)
            self.assertIn(b"-----END CERTIFICATE-----\n", reader.communicate(timeout=30)[0])
            self.assertTrue(stat.S_ISFIFO(os.stat(fifo).st_mode))
            os.unlink(fifo)
        self.assertEqual(os.listdir(self.folder), ["key"])

    def test_writes_through_a_link(self):
        os.mkdir(self.path("real"))
        write(self.path("real/cert"), b"old")
        os.symlink("real/cert", self.path("link"))
        os.symlink("nowhere", self.path("dangling"))
        self.make("a")
        self.run_ok("x509", "convert", self.path("a.pem"), "--to", "pem", "--out",
                    self.path("link"))
        self.assertEqual(os.readlink(self.path("link")), "real/cert")
        self.assertEqual(read(self.path("real/cert")), read(self.path("a.pem")))
        self.assertEqual(os.listdir(self.path("real")), ["cert"])
        self.run_fails(9, ["dangling"], "x509", "make", "--key", "rsa:1024", "--out",
                       self.path("dangling"))
        self.assertTrue(os.path.islink(self.path("dangling")))
        # Two names of one place: neither certificate nor key may get lost.
        self.run_fails(2, ["one place"], "x509", "make", "--key", "rsa:1024", "--keyout",
                       self.path("link"), "--out", os.path.realpath(self.path("real/cert")))
        self.assertEqual(read(self.path("link")), read(self.path("a.pem")))

    def test_makes_every_kind_of_key_and_openssl_takes_them(self):
        curves = ["p192", "p224", "p256", "p384", "p521", "secp256k1", "prime256v1", "secp384r1"]
        kinds = ["rsa:1024", "dsa:1024", "ed25519", *("ec:" + c for c in curves)]
        self.make("ca", "--ca", "--cn", "CA", key="ec:p256")
        for i, kind in enumerate(kinds):
            with self.subTest(kind):
                root = str(i)
                cert, key = self.make(root, "--ca", "--cn", root, key=kind)
                run = lambda *args: subprocess.run(["openssl", *args], check=True,
                                                   stdout=subprocess.PIPE).stdout
                self.assertIn(b"Key is valid", run("pkey", "-in", key, "-check", "-noout"))
                self.assertEqual(run("pkey", "-in", key, "-pubout"),
                                 run("x509", "-in", cert, "-noout", "-pubkey"))
                # Signed by itself, signing for RSA, and signed by a key on a curve.
                below, _ = self.make(root + "b", "--issuer", self.pair(root))
                self.assertIn(b": OK", run("verify", "-CAfile", cert, below))
                other, _ = self.make(root + "c", "--issuer", self.pair("ca"), key=kind)
                self.assertIn(b": OK", run("verify", "-CAfile", self.path("ca.pem"), other))
                # OpenSSL writes what it read: the encodings agree.
                self.assertEqual(run("pkey", "-in", key), read(key))

    def test_says_which_keys_there_are(self):
        for kind in ("rsa", "rsa:", "rsa:513", "rsa:99999", "dsa:1000", "dsa:p256", "ec:", "ec:p255",
                     "ec:brainpoolP256r1", "ed25519:256", "rsa:+1024", ""):
            self.run_fails(2, ["--key " + kind, "rsa:N", "dsa:N", "ec:CURVE"], "x509", "make",
                           "--key", kind)
        self.run_fails(2, ["ec:x25519", "cannot sign"], "x509", "make", "--key", "ec:x25519")

    def test_names_a_hash_that_goes_with_the_key(self):
        for key, hash_ in (("dsa:1024", "sha512"), ("dsa:1024", "md5"), ("ec:p256", "md5")):
            self.run_fails(10, ["unsupported algorithm", "--hash sha256"], "x509", "make", "--key",
                           key, "--hash", hash_)
        for key, hash_, name in (("dsa:1024", "sha1", "dsaWithSHA1"),
                                 ("dsa:1024", "sha224", "dsa_with_SHA224"),
                                 ("ec:p256", "sha1", "ecdsa-with-SHA1"),
                                 ("ec:p384", "sha384", "ecdsa-with-SHA384"),
                                 ("ec:p521", "sha512", "ecdsa-with-SHA512")):
            cert, _ = self.make("h", "--hash", hash_, key=key)
            text = subprocess.run(["openssl", "x509", "-in", cert, "-noout", "-text"], check=True,
                                  stdout=subprocess.PIPE).stdout.decode()
            self.assertIn("Signature Algorithm: " + name + "\n", text)
            self.run_ok("x509", "verify", cert, "--ca", cert)

    def test_refuses_names_in_its_own_words(self):
        self.run_fails(2, ["--cn", "empty"], "x509", "make", "--cn", "")
        self.run_fails(2, ["--cn", "at most 64 bytes", "65"], "x509", "make", "--cn", "x" * 65)
        for san in ("a,,b", ",a", "a,", ","):
            self.run_fails(2, ["--san " + san, "empty"], "x509", "make", "--san", san)
        self.make("a", "--cn", "x" * 64, "--san", "a,b")

    def test_warns_of_an_issuer_that_is_no_ca(self):
        self.make("leaf")
        self.make("ca", "--ca")
        for name, warned in (("leaf", True), ("ca", False)):
            done = self.run_ok("x509", "make", "--key", "rsa:1024", "--issuer", self.pair(name))
            self.assertEqual("warning: the --issuer is no CA" in done.stderr, warned, done.stderr)

    def test_takes_the_password_of_the_issuers_key_from_elsewhere(self):
        self.make("ca", "--ca")
        encrypted = self.path("encrypted.key")
        subprocess.run(["openssl", "pkcs8", "-topk8", "-in", self.path("ca.key"), "-passout",
                        "pass:secret", "-out", encrypted], check=True)
        password = write(self.path("password"), b"secret\nand a second line\n")
        make = ["x509", "make", "--key", "ec:p256", "--issuer",
                self.path("ca.pem") + "," + encrypted]
        self.run_ok(*make, "--pass", "file:" + password)
        self.run_ok(*make, "--pass", "env:CA_PASSWORD", env={"CA_PASSWORD": "secret"})
        self.run_fails(9, ["encrypted.key", "bad password read", "--pass"], *make)
        self.run_fails(9, ["encrypted.key", "bad decrypt", "password"], *make, "--pass",
                       "env:CA_PASSWORD", env={"CA_PASSWORD": "Secret"})
        self.run_fails(9, ["no variable CA_PASSWORD"], *make, "--pass", "env:CA_PASSWORD")
        self.run_fails(9, ["/no/such"], *make, "--pass", "file:/no/such")
        for wrong in ("secret", "pass:secret", "env:", "file:"):
            self.run_fails(2, ["--pass", "env:NAME", "file:PATH"], *make, "--pass", wrong)

    def test_refuses_an_issuer_whose_key_does_not_match(self):
        self.make("ca", "--ca")
        self.make("other", "--ca")
        self.run_fails(9, ["key values mismatch", "other.key"], "x509", "make", "--issuer",
                       self.path("ca.pem") + "," + self.path("other.key"))


class Show(ToolTest):
    def test_reads_pem_and_der_and_says_who(self):
        cert, _ = self.make("a", "--cn", "www.example.org")
        self.run_ok("x509", "convert", cert, "--to", "der", "--out", self.path("a.der"))
        self.assertEqual(read(self.path("a.der")), der_of(read(cert)))
        for path in (cert, self.path("a.der")):
            self.assertIn(b"CN=www.example.org", self.run_ok("x509", "show", path).stdout)
            self.assertEqual(self.run_ok("x509", "show", path, "--pem").stdout, read(cert))
        self.assertEqual(self.run_ok("x509", "show", cert, "--der").stdout, der_of(read(cert)))

    def test_names_the_kind_of_key(self):
        for key, line, facts in (
                ("ec:p256", "EC, prime256v1, 256 bits",
                 {"kind": "EC", "bits": 256, "curve": "prime256v1"}),
                ("dsa:1024", "DSA, 1024 bits, subgroup of 160 bits", {"kind": "DSA", "bits": 1024}),
                ("rsa:1024", "RSA, 1024 bits, exponent 65537", {"kind": "RSA", "bits": 1024})):
            cert, _ = self.make("a", key=key)
            self.assertIn("Public key:   " + line + "\n",
                          self.run_ok("x509", "show", cert).stdout.decode())
            document = json.loads(self.run_ok("--json", "x509", "show", cert).stdout)
            self.assertEqual(document["certificates"][0]["public_key"], facts)

    def test_dict_is_what_python_reads(self):
        cert, _ = self.make("a", "--san", "localhost,192.0.2.1", "--cn", "A & B")
        d = json.loads(self.run_ok("x509", "show", cert, "--dict").stdout)
        wanted = json.loads(json.dumps(ssl._ssl._test_decode_cert(cert)))
        self.assertEqual({k: d[k] for k in wanted}, wanted)

    def test_escapes_what_would_move_the_cursor(self):
        cert, _ = self.make("a", "--cn", "evil\x1b[2Jname")
        done = self.run_ok("x509", "verify", cert, "--ca", cert)
        self.assertNotIn(b"\x1b", done.stdout)
        self.assertNotIn(b"\x1b", self.run_ok("x509", "show", cert).stdout)

    def test_ends_in_a_file_that_does_not(self):
        self.run_fails(9, ["/dev/zero: longer than 16 MiB"], "x509", "show", "/dev/zero")
        self.run_fails(9, ["-: longer than 16 MiB"], "x509", "show", "-",
                       stdin=bytes((16 << 20) + 1))
        self.run_fails(9, ["no start line"], "x509", "show", "-", stdin=bytes(16 << 20))

    def test_says_which_pem_block_it_wants(self):
        cert, key = self.make("a")
        self.run_fails(9, ["a.key", "a CERTIFICATE block is needed", "first block is PRIVATE KEY"],
                       "x509", "verify", key, "--ca", cert)
        self.run_fails(9, ["a.pem", "a PRIVATE KEY block is needed", "first block is CERTIFICATE"],
                       "x509", "make", "--issuer", cert + "," + cert)

    def test_names_a_file_that_is_none(self):
        self.run_fails(9, ["/no/such.pem", "No such file"], "x509", "show", "/no/such.pem")
        self.run_fails(9, ["no start line"], "x509", "show",
                       write(self.path("empty"), b"nothing here\n"))


class Verify(ToolTest):
    def setUp(self):
        super().setUp()
        self.root, self.middle, self.leaf = self.make_chain()

    def verify(self, *args):
        return ["x509", "verify", self.leaf, "--ca", self.root, "--untrusted", self.middle, *args]

    def test_of_three_certificates(self):
        done = self.run_ok(*self.verify())
        self.assertRegex(done.stdout.decode(), "(?s)valid\n  0: CN=localhost.*1: CN=Middle.*2: CN=Root")
        d = json.loads(self.run_ok(*self.verify("--json", "--purpose", "server")).stdout)
        self.assertTrue(d["valid"])
        self.assertEqual([c["subject"] for c in d["chain"]], ["CN=localhost", "CN=Middle", "CN=Root"])
        together = write(self.path("all.pem"), read(self.leaf) + read(self.middle))
        self.run_ok("x509", "verify", together, "--ca", self.root)
        # OpenSSL is of the same opinion.
        subprocess.run(["openssl", "verify", "-CAfile", self.root, "-untrusted", self.middle,
                        "-auth_level", "0", self.leaf], check=True, stdout=subprocess.DEVNULL)

    def test_refuses_a_wrong_ca(self):
        wrong, _ = self.make("wrong", "--ca", "--cn", "Somebody else")
        self.run_fails(1, ["not valid", "unable to get local issuer certificate", "--ca"],
                       "x509", "verify", self.leaf, "--ca", wrong, "--untrusted", self.middle)
        d = json.loads(parley("x509", "verify", self.leaf, "--ca", wrong, "--json").stdout)
        self.assertEqual((d["valid"], d["exit"]["class"], d["error"]["reason"]),
                         (False, 1, "UNKNOWN_CA"))

    def test_refuses_what_has_expired_or_is_not_yet_valid(self):
        self.run_fails(1, ["has expired", "notAfter"], *self.verify("--at", "2099-01-01T00:00:00Z"))
        self.run_fails(1, ["not yet valid", "notBefore"], *self.verify("--at", "946684800"))
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)
        self.run_ok(*self.verify("--at", soon.strftime("%Y-%m-%dT%H:%M:%S+00:00")))
        for no_moment in ("yesterday", "2026-02-30T00:00:00Z", "2026-01-01"):
            self.run_fails(2, [no_moment], *self.verify("--at", no_moment))

    def test_refuses_a_forged_signature(self):
        der = bytearray(der_of(read(self.leaf)))
        der[-20] ^= 1
        forged = write(self.path("forged.pem"), pem_of(bytes(der)))
        self.run_fails(1, ["certificate signature failure"], "x509", "verify", forged, "--ca",
                       self.root, "--untrusted", self.middle)

    def test_refuses_an_issuer_that_is_no_ca(self):
        self.make("child", "--cn", "child", "--issuer", self.pair("leaf"))
        self.run_fails(1, ["invalid CA certificate"], "x509", "verify", self.path("child.pem"),
                       "--ca", self.root, "--untrusted", self.middle, "--untrusted", self.leaf)

    def test_cannot_read_a_truncated_file(self):
        cut = write(self.path("cut.pem"), read(self.leaf)[:300])
        self.run_fails(9, ["cut.pem", "bad end line", "cut off"], "x509", "verify", cut, "--ca",
                       self.root)
        self.run_fails(9, ["cut.pem"], "x509", "verify", self.leaf, "--ca", cut)
        der = write(self.path("cut.der"), der_of(read(self.leaf))[:300])
        self.run_fails(9, ["cut.der"], "x509", "verify", der, "--ca", self.root)


if __name__ == "__main__":
    unittest.main()
