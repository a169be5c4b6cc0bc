"""wget (GnuTLS), Python's ssl (OpenSSL) and Java's HttpsURLConnection, as clients of parley."""

import os
import socket
import ssl
import urllib.request

from programs import VERSIONS, ProgramTest, main, program, run, write


class Wget(ProgramTest):
    # In wget's words: exactly that version, and TLS 1.2 for "TLSv1_2".
    THEIRS = {"tls1": "TLSv1", "tls1.1": "TLSv1_1", "tls1.2": "TLSv1_2"}

    def wget(self, url, *args, ca=None):
        return run(program("wget"), "-nv", "-O", "-", "--tries=1", "--timeout=20", "--no-config",
                   "--no-hsts", "--ca-certificate", ca or self.ca, *args, url)

    def test_reads_what_was_negotiated(self):
        for flag, name in VERSIONS:
            with self.subTest(version=flag), self.serve("--www", "--" + flag) as s:
                # Without this flag wget asks for what Debian's GnuTLS prefers, TLS 1.0 included.
                done = self.wget("https://localhost:%s/" % s.port)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("<td>%s</td>" % name, done.stdout)
                done = self.wget("https://localhost:%s/" % s.port,
                                 "--secure-protocol=" + self.THEIRS[flag])
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_refuses_a_stranger(self):
        with self.serve("--www") as s:
            done = self.wget("https://localhost:%s/" % s.port, ca=self.pki + "/stranger.pem")
            self.assertEqual(done.returncode, 5, done.stderr)
            self.assertIn("is not trusted", done.stderr)


class Python(ProgramTest):
    def context(self, flag):
        context = ssl.create_default_context(cafile=self.ca)
        version = {"tls1": ssl.TLSVersion.TLSv1, "tls1.1": ssl.TLSVersion.TLSv1_1,
                   "tls1.2": ssl.TLSVersion.TLSv1_2}[flag]
        context.minimum_version = context.maximum_version = version
        if flag != "tls1.2":
            context.set_ciphers("ALL:@SECLEVEL=0")
        return context

    def test_urllib_reads_what_was_negotiated(self):
        with self.serve("--www") as s:
            for flag, name in VERSIONS:
                with self.subTest(version=flag):
                    with urllib.request.urlopen("https://localhost:%s/" % s.port, timeout=20,
                                                context=self.context(flag)) as answer:
                        self.assertIn("<td>%s</td>" % name, answer.read().decode())

    def test_sends_and_gets_back(self):
        data = os.urandom(100_000)
        with self.serve() as s:
            for flag, name in VERSIONS:
                with self.subTest(version=flag), \
                        socket.create_connection(("127.0.0.1", int(s.port)), timeout=20) as raw, \
                        self.context(flag).wrap_socket(raw, server_hostname="localhost") as tls:
                    self.assertEqual(tls.version(), name)
                    tls.sendall(data)
                    got = b""
                    while len(got) < len(data):
                        got += tls.recv(65536)
                    self.assertEqual(got, data)
                    tls.unwrap()

    def test_resumes(self):
        for flags in ([], ["--no-tickets"]):
            with self.serve(*flags) as s:
                for flag, _ in VERSIONS:
                    with self.subTest(version=flag, flags=flags):
                        context, session = self.context(flag), None
                        for _ in range(2):
                            with socket.create_connection(("127.0.0.1", int(s.port)), 20) as raw, \
                                    context.wrap_socket(raw, server_hostname="localhost",
                                                        session=session) as tls:
                                reused, session = tls.session_reused, tls.session
                                tls.unwrap()
                        self.assertTrue(reused)

    def test_refuses_a_stranger_and_another_name(self):
        with self.serve() as s:
            context = self.context("tls1.2")
            for name, roots in (("localhost", "stranger"), ("other.test", "ca")):
                context = ssl.create_default_context(cafile="%s/%s.pem" % (self.pki, roots))
                with socket.create_connection(("127.0.0.1", int(s.port)), 20) as raw, \
                        self.assertRaises(ssl.SSLCertVerificationError):
                    context.wrap_socket(raw, server_hostname=name)


class Java(ProgramTest):
    THEIRS = {"tls1": "TLSv1", "tls1.1": "TLSv1.1", "tls1.2": "TLSv1.2"}

    def fetch(self, port, version, times=1, trust="ca"):
        store = self.path("trust-%s.p12" % trust)
        if not os.path.exists(store):
            done = run(program("keytool", "openjdk-17-jdk-headless"), "-importcert", "-noprompt",
                       "-alias", "ca", "-file", "%s/%s.pem" % (self.pki, trust), "-keystore", store,
                       "-storetype", "PKCS12", "-storepass", "secret")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        # Java switches off TLS 1.0 and 1.1 in this property.
        security = write(self.path("security"), b"jdk.tls.disabledAlgorithms=NULL\n")
        return run(program("java", "openjdk-17-jdk-headless"), "-Djava.security.properties=" + security,
                   "-Djavax.net.ssl.trustStore=" + store,
                   "-Djavax.net.ssl.trustStorePassword=secret", "-Dhttps.protocols=" + version,
                   "-Djdk.tls.client.protocols=" + version,
                   os.path.join(os.path.dirname(os.path.abspath(__file__)), "Fetch.java"),
                   "https://localhost:%s/" % port, str(times), timeout=90)

    def test_reads_what_was_negotiated(self):
        with self.serve("--www") as s:
            for flag, name in VERSIONS:
                with self.subTest(version=flag):
                    done = self.fetch(s.port, self.THEIRS[flag], times=2)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(done.stdout.count("<td>%s</td>" % name), 2)
                    self.assertIn("<td>resumed</td>", done.stdout)

    def test_refuses_a_stranger(self):
        with self.serve("--www", "--log") as s:
            done = self.fetch(s.port, "TLSv1.2", trust="stranger")
            self.assertIn("unable to find valid certification path", done.stderr)
            self.log_says(s, "the client refused with alert")


if __name__ == "__main__":
    main()
