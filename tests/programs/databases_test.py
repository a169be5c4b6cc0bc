"""PostgreSQL and OpenLDAP's slapd, which start TLS on request."""

import glob

from programs import VERSIONS, Daemon, ProgramTest, free_port, main, program, run


def postgres_bin(name):
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/" + name))
    if not found:
        raise AssertionError("%s is not there: install the package postgresql-15 "
                             "(tests/programs/install-programs ... all)" % name)
    return found[-1]


def message(kind, body):
    return kind + (len(body) + 4).to_bytes(4, "big") + body


class Postgres(ProgramTest):
    def server(self, ssl="on"):
        who = self.unprivileged()
        data = self.path("data")
        done = run(*who, postgres_bin("initdb"), "-D", data, "-A", "trust", "-U", "me", "--no-sync",
                   "--no-instructions", "-E", "UTF8", "--locale=C", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        port = free_port()
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder,
                    "ssl": ssl, "ssl_cert_file": self.path("server.pem"),
                    "ssl_key_file": self.path("server.key"), "ssl_ca_file": "",
                    "ssl_min_protocol_version": "TLSv1", "ssl_ciphers": "ALL:@SECLEVEL=0",
                    "fsync": "off"}
        flags = [f for k, v in settings.items() for f in ("-c", "%s=%s" % (k, v))]
        return Daemon(port, *who, postgres_bin("postgres"), "-D", data, "-p", str(port), *flags,
                      cwd=self.folder, ready="ready to accept connections")

    def test_tells_what_it_negotiated(self):
        startup = message(b"", b"\0\3\0\0user\0me\0database\0postgres\0\0")
        query = message(b"Q", b"select version || ' ' || cipher || ' !' from pg_stat_ssl where pid = "
                              b"pg_backend_pid()\0")
        suites = {"tls1": "AES128-SHA", "tls1.1": "ECDHE-RSA-AES256-SHA",
                  "tls1.2": "ECDHE-RSA-AES128-GCM-SHA256"}
        with self.server() as s:
            for flag, name in VERSIONS:
                with self.subTest(version=flag):
                    done = self.connect(s.port, "--starttls", "postgres", "--" + flag, "--ciphers",
                                        suites[flag], stdin=startup + query + message(b"X", b""))
                    self.assertIn(("%s %s !" % (name, suites[flag])).encode(), done.stdout)

    def test_without_ssl_says_no(self):
        with self.server(ssl="off") as s:
            self.run_fails(3, ["PostgreSQL", "refuses to start TLS: 'N'"], "connect",
                           "localhost:%d" % s.port, "--ca", self.ca, "--starttls", "postgres")


def element(tag, *contents):
    body = b"".join(contents)
    assert len(body) < 128
    return bytes([tag, len(body)]) + body


class Slapd(ProgramTest):
    def server(self, tls=True):
        who = self.unprivileged()
        port = free_port()
        lines = ["pidfile " + self.path("pid"), "argsfile " + self.path("args")]
        if tls:
            lines += ["TLSCertificateFile " + self.path("server.pem"),
                      "TLSCertificateKeyFile " + self.path("server.key"),
                      "TLSCACertificateFile " + self.ca, "TLSProtocolMin 3.1"]
        config = self.config("slapd.conf", "\n".join(lines) + "\n")
        return Daemon(port, *who, program("slapd"), "-f", config, "-h", "ldap://127.0.0.1:%d" % port,
                      "-d", "stats")

    def test_answers_inside_tls(self):
        # SearchRequest of the root's entry and all it knows to do, then UnbindRequest (RFC 4511).
        search = element(0x30, element(2, b"\2"), element(
            0x63, element(4), element(10, b"\0"), element(10, b"\0"), element(2, b"\0"),
            element(2, b"\0"), element(1, b"\0"), element(0x87, b"objectClass"),
            element(0x30, element(4, b"+"))))
        unbind = element(0x30, element(2, b"\3"), element(0x42))
        with self.server() as s:
            for flag, _ in VERSIONS:
                with self.subTest(version=flag):
                    done = self.connect(s.port, "--starttls", "ldap", "--" + flag,
                                        stdin=search + unbind)
                    self.assertIn(b"supportedLDAPVersion", done.stdout)
                    self.assertIn("TLS established tls_ssf=", s.said())

    def test_without_certificate_says_so(self):
        with self.server(tls=False) as s:
            self.run_fails(3, ["LDAP", "refuses to start TLS", "result code 2"], "connect",
                           "localhost:%d" % s.port, "--ca", self.ca, "--starttls", "ldap")


if __name__ == "__main__":
    main()
