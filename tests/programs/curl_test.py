"""curl, as a client of `parley serve`."""

import os

from programs import VERSIONS, ProgramTest, main, program, read, run, write

# In curl's words: the lowest version, the highest one.
THEIRS = {"tls1": ("--tlsv1.0", "1.0"), "tls1.1": ("--tlsv1.1", "1.1"), "tls1.2": ("--tlsv1.2", "1.2")}


class Curl(ProgramTest):
    def curl(self, *args, version=None, ca=None):
        flags = []
        if version:
            lowest, highest = THEIRS[version]
            flags = [lowest, "--tls-max", highest]
            if version != "tls1.2":
                flags += ["--ciphers", "ALL:@SECLEVEL=0"]
        return run(program("curl"), "-sS", "--max-time", "30", "--cacert", ca or self.ca, *flags, *args,
                   env={"OPENSSL_CONF": self.old_openssl} if version != "tls1.2" else None)

    def get(self, *args, **kw):
        done = self.curl("-f", *args, **kw)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_reads_what_was_negotiated(self):
        with self.serve("--www") as s:
            for flag, name in VERSIONS:
                with self.subTest(version=flag):
                    page = self.get("https://localhost:%s/" % s.port, version=flag)
                    self.assertIn("<td>%s</td>" % name, page)
                    self.assertIn("<td>localhost</td>", page)

    def test_asks_twice_in_one_connection(self):
        with self.serve("--www") as s:
            for flag, _ in VERSIONS:
                with self.subTest(version=flag):
                    url = "https://localhost:%s/" % s.port
                    out = self.get("-w", "%{num_connects} %{http_code} %{ssl_verify_result}\n", "-o",
                                   "/dev/null", "-o", "/dev/null", url, url, version=flag)
                    self.assertEqual(out, "1 200 0\n0 200 0\n")

    def test_loads_ten_megabytes(self):
        data = write(self.path("data"), os.urandom(10 << 20))
        with self.serve("--file", data) as s:
            for flag, _ in VERSIONS:
                with self.subTest(version=flag):
                    self.get("--http0.9", "-o", self.path("got"), "https://127.0.0.1:%s/" % s.port,
                             version=flag)
                    self.assertTrue(read(self.path("got")) == read(data))

    def test_shows_its_certificate(self):
        with self.serve("--www", "--ca", self.ca, "--verify", "required") as s:
            url = "https://localhost:%s/" % s.port
            for flag, _ in VERSIONS:
                with self.subTest(version=flag):
                    page = self.get("--cert", self.pki + "/client.pem", "--key",
                                    self.pki + "/client.key", url, version=flag)
                    self.assertIn("CN=Client, issued by CN=Parley Test CA", page)
                    refused = self.curl(url, version=flag)
                    self.assertIn("alert handshake failure", refused.stderr)
                    self.assertEqual(refused.returncode, 35)

    def test_gets_the_certificate_of_the_name_it_asks_for(self):
        ca = self.pki + "/ca.pem," + self.pki + "/ca.key"
        self.make("other", "--cn", "other.test", "--issuer", ca, key="ec:p256")
        with self.serve("--www", "--sni", "other.test=" + self.pair("other")) as s:
            for flag, _ in VERSIONS:
                with self.subTest(version=flag):
                    page = self.get("--resolve", "other.test:%s:127.0.0.1" % s.port,
                                    "https://other.test:%s/" % s.port, version=flag)
                    self.assertIn("<td>other.test</td>", page)
                    self.assertIn("ECDHE-ECDSA", page)

    def test_refuses_a_stranger(self):
        with self.serve("--www", "--log") as s:
            for flag, _ in VERSIONS:
                with self.subTest(version=flag):
                    done = self.curl("https://localhost:%s/" % s.port, version=flag,
                                     ca=self.pki + "/stranger.pem")
                    self.assertEqual(done.returncode, 60, done.stderr)
                    self.log_says(s, "the client refused with alert unknown_ca")

    def test_is_told_which_version_there_is_not(self):
        with self.serve("--www", "--ssl3", "--log") as s:
            done = self.curl("https://localhost:%s/" % s.port, version="tls1")
            self.assertEqual(done.returncode, 35)
            self.assertIn("unsupported protocol", done.stderr)
            self.log_says(s, "the client refused with alert protocol_version")


if __name__ == "__main__":
    main()
