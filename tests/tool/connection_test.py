"""connect and serve: with each other, with OpenSSL, and with peers that misbehave."""

import contextlib
import json
import os
import re
import select
import socket
import struct
import subprocess
import threading
import time
import unittest

from support import ENVIRONMENT, PARLEY, Server, ToolTest, parley, read, write
from x509_test import der_of, pem_of

def cpu_seconds(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


DATA = bytes(range(256)) * 400 + b"the end"  # a little over 100 kB


@contextlib.contextmanager
def fake_server(handler):
    """A plain TCP server: handler(socket) for one connection. Gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        client, _ = listener.accept()
        with client:
            handler(client)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield str(listener.getsockname()[1])
    finally:
        thread.join(10)
        listener.close()


class Echo(ToolTest):
    def test_returns_everything_over_each_version(self):
        with Server("--self-signed=rsa:1024", "--log") as s:
            for flags, words in ((["--ssl3", "--ciphers", "RC4-MD5"], "SSLv3, RC4-MD5"),
                                 (["--tls1", "--ciphers", "AES128-SHA"], "TLSv1, AES128-SHA"),
                                 (["--tls1.1", "--ciphers", "AES128-SHA"],
                                  "TLSv1.1, AES128-SHA"),
                                 (["--tls1.2", "--ciphers", "AES128-SHA256"],
                                  "TLSv1.2, AES128-SHA256"),
                                 (["--max", "tls1"], "TLSv1, ECDHE-RSA-AES256-SHA"),
                                 ([], "TLSv1.2, ECDHE-RSA-AES256-GCM-SHA384"),
                                 (["--max", "ssl3"], "SSLv3, ECDHE-RSA-AES256-SHA")):
                with self.subTest(flags=flags):
                    done = self.run_ok("connect", s.port, "--verify", "none", *flags, stdin=DATA)
                    self.assertEqual(done.stdout, DATA)
                    self.assertIn(words, done.stderr)

    def test_speaks_ssl2_where_it_is_asked_for(self):
        with Server("--self-signed=rsa:1024", "--ssl2", "--log", "--count", "3") as s:
            for flags, words in ((["--ssl2"], "SSLv2, "),
                                 (["--ssl2", "--ciphers", "DES-CBC3-MD5"], "SSLv2, DES-CBC3-MD5"),
                                 (["--ciphers", "ALL", "--no-sni"], "SSLv2, ")):
                with self.subTest(flags=flags):
                    done = self.run_ok("connect", s.port, "--verify", "none", *flags, stdin=DATA)
                    self.assertEqual(done.stdout, DATA)
                    self.assertIn(words, done.stderr)
            self.assertIn("weak: SSL 2.0", s.wait()[2])
        with Server("--self-signed=rsa:1024", "--ssl2", "--ciphers", "RC4-MD5") as s:
            self.run_fails(5, ["no cipher list", "--tls1"], "connect", s.port, "--verify", "none",
                           "--ssl2", "--ciphers", "DES-CBC3-MD5")
        with Server("--self-signed=rsa:1024") as s:  # whose list has no suite of SSL 2.0
            self.run_fails(7, ["it does not speak SSL 2.0", "--sslv23"], "connect", s.port,
                           "--verify", "none", "--ssl2")

    def test_resumes_ssl2(self):
        with Server("--self-signed=rsa:1024", "--ssl2") as s:
            done = self.run_ok("connect", s.port, "--verify", "none", "--ssl2", "--resume",
                               stdin=DATA)
            self.assertIn("resumed: yes", done.stderr)
            self.assertEqual(done.stdout, DATA)

    def test_renegotiates(self):
        with Server("--self-signed=rsa:1024") as s:
            for version in ("--ssl3", "--tls1"):
                done = self.run_ok("connect", s.port, "--verify", "none", version, "--renegotiate",
                                   stdin=DATA)
                self.assertIn("renegotiated: yes", done.stderr)
                self.assertEqual(done.stdout, DATA)
        with Server("--self-signed=rsa:1024", "--ssl2") as s:
            done = parley("connect", s.port, "--verify", "none", "--ssl2", "--renegotiate")
            self.assertEqual(done.returncode, 10)

    def test_shows_each_name_its_own_certificate(self):
        for name in ("a", "b"):
            self.run_ok("x509", "make", "--cn", name + ".example", "--key", "rsa:1024", "--out",
                        self.path(name + ".crt"), "--keyout", self.path(name + ".key"))
        with Server("--cert", self.path("a.crt"), "--key", self.path("a.key"), "--sni",
                    "b.example=%s,%s" % (self.path("b.crt"), self.path("b.key"))) as s:
            for asked, shown in (("a.example", "a"), ("b.example", "b"), ("c.example", "a")):
                done = self.run_ok("connect", s.port, "--verify", "none", "--sni", asked, "--json",
                                   stdin=b"")
                self.assertIn("CN=%s.example" % shown, done.stdout.decode().replace(" ", ""))
        for wrong in ("b.example", "=x", "b.example=missing.crt"):
            self.assertIn(parley("serve", "0", "--self-signed", "--sni", wrong).returncode, (2, 9))

    def test_believes_a_directory_of_hashed_names(self):
        self.run_ok("x509", "make", "--cn", "localhost", "--key", "rsa:1024", "--out",
                    self.path("cert.pem"), "--keyout", self.path("key.pem"))
        os.mkdir(self.path("roots"))
        digest = subprocess.run(["openssl", "x509", "-noout", "-hash", "-in", self.path("cert.pem")],
                                check=True, capture_output=True, text=True).stdout.strip()
        with Server("--cert", self.path("cert.pem"), "--key", self.path("key.pem")) as s:
            refused = parley("connect", s.port, "--capath", self.path("roots"), stdin=b"")
            self.assertEqual(refused.returncode, 6)
            os.symlink(self.path("cert.pem"), self.path("roots/%s.0" % digest))
            self.run_ok("connect", s.port, "--capath", self.path("roots"), stdin=b"")
            self.run_fails(9, ["/no/such/folder"], "connect", s.port, "--capath",
                           self.path("roots") + ":/no/such/folder", stdin=b"")

    def test_serves_certificates_of_every_kind_at_once(self):
        with Server("--self-signed", "--self-signed=dsa:1024", "--self-signed=ec:p256", "--ciphers",
                    "ALL") as s:
            for suite in ("AES128-SHA", "DHE-DSS-AES128-SHA", "ECDHE-ECDSA-AES128-SHA",
                          "EXP-EDH-RSA-DES-CBC-SHA", "ECDHE-RSA-RC4-SHA"):
                with self.subTest(suite=suite):
                    done = self.run_ok("connect", s.port, "--verify", "none", "--ciphers", suite,
                                       stdin=DATA)
                    self.assertEqual(done.stdout, DATA)
                    self.assertIn(suite, done.stderr)

    def test_pairs_certificates_with_keys(self):
        names = []
        for kind in ("rsa:1024", "ec:p256"):
            name = self.path(kind.replace(":", ""))
            self.run_ok("x509", "make", "--key", kind, "--out", name + ".crt", "--keyout",
                        name + ".key")
            names.append(name)
        pairs = [flag for n in names for flag in ("--cert", n + ".crt", "--key", n + ".key")]
        with Server(*pairs) as s:
            for suite in ("AES128-SHA", "ECDHE-ECDSA-AES128-SHA"):
                self.run_ok("connect", s.port, "--verify", "none", "--ciphers", suite, stdin=b"x")
        done = parley("serve", "0", *pairs[:-2])
        self.assertEqual(done.returncode, 2)
        self.assertIn("2 --cert and 1 --key", done.stderr)

    def test_anonymous_suites_need_no_certificate(self):
        with Server("--ciphers", "ADH:AECDH") as s:
            done = self.run_ok("connect", s.port, "--verify", "none", "--ciphers",
                               "ADH-AES256-SHA", stdin=DATA)
            self.assertEqual(done.stdout, DATA)
            self.assertIn("weak: the suite is anonymous", done.stderr)
        done = parley("serve", "0", "--ciphers", "ADH:AES128-SHA")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--self-signed", done.stderr)

    def test_serves_openssl_beside_parley(self):
        with Server("--self-signed") as s:
            # Parley is connected while OpenSSL comes and goes.
            first = subprocess.Popen([PARLEY, "connect", s.port, "--ssl3", "--ciphers", "RC4-MD5",
                                      "--verify", "none"], stdin=subprocess.PIPE, env=ENVIRONMENT,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            first.stdin.write(b"one\n")
            first.stdin.flush()
            self.assertEqual(first.stdout.readline(), b"one\n")
            other = subprocess.Popen(
                ["openssl", "s_client", "-connect", "127.0.0.1:" + s.port, "-tls1", "-cipher",
                 "ALL:@SECLEVEL=0", "-quiet", "-no_ign_eof"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            other.stdin.write(b"hello from openssl\n")
            other.stdin.flush()
            self.assertEqual(other.stdout.readline(), b"hello from openssl\n")
            other.communicate(timeout=20)
            out, _ = first.communicate(b"two\n", timeout=20)
            self.assertEqual((first.returncode, out), (0, b"two\n"))

    def test_works_over_a_unix_socket(self):
        path = self.path("socket")
        server = subprocess.Popen([PARLEY, "serve", "unix:" + path, "--self-signed=rsa:1024",
                                   "--once"], stderr=subprocess.PIPE, env=ENVIRONMENT)
        self.assertIn(b"listening on unix:", server.stderr.readline())
        done = self.run_ok("connect", "unix:" + path, "--verify", "none", stdin=b"hi")
        self.assertEqual(done.stdout, b"hi")
        server.communicate(timeout=20)
        self.assertEqual(server.returncode, 0)
        self.assertFalse(os.path.exists(path))

    def test_warns_of_weak_choices_once_each(self):
        with Server("--self-signed=rsa:1024") as s:
            quiet = self.run_ok("connect", s.port, "--verify", "none", "-q", "--ssl3")
            self.assertEqual(quiet.stderr, "")
            nobody = {"SSL_CERT_FILE": "/nowhere", "SSL_CERT_DIR": "/nowhere"}
            done = self.run_ok("connect", s.port, "--ssl3", "--ciphers", "DES-CBC3-SHA", env=nobody)
            self.assertEqual(done.stderr.count("POODLE"), 1)
            self.assertEqual(done.stderr.count("SWEET32"), 1)
            self.assertEqual(done.stderr.count("not verified ("), 1)


class ClosedDescriptors(ToolTest):
    """Started with stdin, stdout or stderr closed: the socket must not take their place."""

    def on_the_wire(self, redirections, *flags):
        """Everything that a relay sees of a session, and how the client ended."""
        seen = []

        def relay(client):
            with socket.create_connection(("127.0.0.1", int(s.port))) as server:
                back = threading.Thread(target=pump, args=(server, client), daemon=True)
                back.start()
                pump(client, server)
                back.join(10)

        def pump(source, to):
            try:
                while data := source.recv(65536):
                    seen.append(data)
                    to.sendall(data)
                to.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        secret = write(self.path("secret"), b"attack at dawn" * 10)
        with Server("--self-signed=rsa:1024", "--file", secret) as s, fake_server(relay) as port:
            done = subprocess.run(["sh", "-c", 'exec "$0" "$@" ' + redirections, PARLEY, "connect",
                                   port, "-v", "--verify", "none", *flags], env=ENVIRONMENT, timeout=30,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
        return b"".join(seen), done

    def test_nothing_goes_out_in_clear(self):
        for redirections, code in (("<&-", 0), (">&-", 9), ("2>&-", 0), ("<&- >&-", 9),
                                   (">&- 2>&-", 9), ("<&- >&- 2>&-", 9)):
            with self.subTest(redirections=redirections):
                wire, done = self.on_the_wire(redirections)
                self.assertGreater(len(wire), 1000)
                self.assertNotIn(b"attack at dawn", wire)
                self.assertNotIn(b"parley:", wire)
                self.assertEqual(done.returncode, code, done.stderr)
                if ">&-" in redirections.split():
                    self.assertEqual(done.stdout, b"")
                else:
                    self.assertEqual(done.stdout, b"attack at dawn" * 10)


class Serve(ToolTest):
    def test_www_answers_head_and_get(self):
        with Server("--self-signed=rsa:1024", "--www") as s:
            done = self.run_ok("connect", s.port, "--verify", "none", "--head", "/")
            self.assertRegex(done.stdout.decode(), r"^HTTP/1\.1 200 OK\r\n(?s:.*)\r\n\r\n$")
            done = self.run_ok("connect", s.port, "--verify", "none", "--ciphers", "RC4-SHA",
                               "--sni", "<b>.example", stdin=b"GET / HTTP/1.0\r\n\r\n")
            header, body = done.stdout.split(b"\r\n\r\n", 1)
            self.assertIn(b"Content-Length: %d\r\n" % len(body), header)
            self.assertIn(b"RC4-SHA (TLS_RSA_WITH_RC4_128_SHA, 0x0005)", body)
            self.assertIn(b"&lt;b&gt;.example", body)
            done = self.run_ok("connect", s.port, "--verify", "none",
                               stdin=b"GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.0\n\n")
            self.assertEqual(done.stdout.count(b"HTTP/1.1 200 OK"), 2)

    def test_www_refuses_what_is_no_request(self):
        with Server("--self-signed=rsa:1024", "--www") as s:
            for sent, status in ((b"hello\n", b"400"), (b"GET /\r\n", b"400"),
                                 (b"no line", b"400"), (b"GET / HTTP/1.0\r\nHost: x", b"400"),
                                 (b"PUT / HTTP/1.0\r\n\r\n", b"405"),
                                 (b"\r\nGET / HTTP/1.0\r\n\r\n", b"200")):
                with self.subTest(sent=sent):
                    done = self.run_ok("connect", s.port, "--verify", "none", stdin=sent)
                    self.assertTrue(done.stdout.startswith(b"HTTP/1.1 " + status), done.stdout)

    def test_www_refuses_endless_headers_at_once(self):
        with Server("--self-signed=rsa:1024", "--www") as s:
            for size in (20000, 65536, 70000):
                with self.subTest(size=size):
                    # Its input stays open: the client does not say that this was all.
                    client = subprocess.Popen([PARLEY, "connect", s.port, "--verify", "none"],
                                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                              stderr=subprocess.DEVNULL, env=ENVIRONMENT)
                    # The answer may end the command before it has read all of this.
                    with contextlib.suppress(BrokenPipeError):
                        client.stdin.write(b"GET / HTTP/1.1\r\nX: ".ljust(size, b"x"))
                        client.stdin.flush()
                    ready, _, _ = select.select([client.stdout], [], [], 2)
                    self.assertTrue(ready, "no answer")
                    self.assertIn(b"HTTP/1.1 431 ", client.stdout.readline())
                    before = cpu_seconds(s.process.pid)
                    time.sleep(0.5)
                    self.assertLess(cpu_seconds(s.process.pid) - before, 0.2)
                    client.kill()
                    with contextlib.suppress(BrokenPipeError):
                        client.communicate()

    def test_weak_choices_are_told(self):
        with Server("--self-signed=rsa:1024", "--count", "2") as s:
            for _ in range(2):
                self.run_ok("connect", s.port, "--verify", "none", "--ssl3")
            self.assertEqual(s.wait()[2].count("warning: weak: SSL 3.0"), 1)
        with Server("--self-signed=rsa:1024", "--count", "1", "--log", "--json") as s:
            self.run_ok("connect", s.port, "--verify", "none", "--ssl3")
            _, out, err = s.wait()
            self.assertRegex(err, "ok; weak: SSL 3.0")
            self.assertIn("POODLE", json.loads(out)["connections"][0]["weaknesses"][0]["what"])

    def test_log_names_the_client_once(self):
        with Server("--self-signed=rsa:1024", "--count", "1", "--log") as s:
            socket.create_connection(("127.0.0.1", int(s.port))).close()
            self.assertEqual(s.wait()[2].count("127.0.0.1:"), 1)

    def test_says_good_bye_when_stopped(self):
        with Server("--self-signed=rsa:1024", "--log") as s:
            client = subprocess.Popen([PARLEY, "connect", s.port, "--verify", "none", "-q"],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, env=ENVIRONMENT)
            client.stdin.write(b"hi\n")
            client.stdin.flush()
            self.assertEqual(client.stdout.readline(), b"hi\n")
            s.process.terminate()
            code, _, err = s.wait()
            self.assertEqual(code, 0, err)
            self.assertIn("in 3 out 3 the server stopped", err)
            _, said = client.communicate(timeout=20)
            self.assertEqual((client.returncode, said), (0, b""))

    def test_unix_socket_files_come_and_go(self):
        path = self.path("socket")
        left = socket.socket(socket.AF_UNIX)
        left.bind(path)
        left.close()
        command = [PARLEY, "serve", "unix:" + path, "--self-signed=rsa:1024"]
        server = subprocess.Popen(command, stderr=subprocess.PIPE, env=ENVIRONMENT)
        self.addCleanup(server.kill)
        self.assertIn(b"listening on unix:", server.stderr.readline())
        self.run_fails(9, ["give another path"], *command[1:])
        self.assertTrue(os.path.exists(path))
        server.terminate()
        server.communicate(timeout=20)
        self.assertFalse(os.path.exists(path))

    def test_no_address_means_all(self):
        server = subprocess.Popen([PARLEY, "serve", ":0", "--self-signed=rsa:1024"],
                                  stderr=subprocess.PIPE, env=ENVIRONMENT)
        self.addCleanup(server.kill)
        port = server.stderr.readline().decode().strip().rsplit(":", 1)[1]
        for host in ["127.0.0.1"] + (["[::1]"] if os.path.exists("/proc/net/if_inet6") else []):
            done = self.run_ok("connect", host + ":" + port, "--verify", "none", stdin=b"hi")
            self.assertEqual(done.stdout, b"hi")
        server.terminate()
        server.communicate(timeout=20)

    def records_of_an_answer(self, *flags):
        with Server("--self-signed=rsa:1024", "--www", *flags) as s:
            client = subprocess.Popen(
                ["openssl", "s_client", "-connect", "127.0.0.1:" + s.port, "-tls1", "-cipher",
                 "AES128-SHA:@SECLEVEL=0", "-msg", "-ign_eof"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            out, _ = client.communicate(b"GET / HTTP/1.0\n\n", timeout=20)
            self.assertIn(b"TTP/1.1 200 OK", out)  # the H may travel alone
            headers = re.findall(rb"<<< TLS 1\.0, RecordHeader \[length 0005\]\s+([0-9a-f ]+)", out)
            return sum(1 for h in headers if h.startswith(b"17"))

    def test_answers_in_one_record_unless_it_splits(self):
        self.assertEqual(self.records_of_an_answer(), 2)
        self.assertEqual(self.records_of_an_answer("--no-split"), 1)

    def test_file_is_sent_to_each(self):
        path = write(self.path("data"), DATA)
        with Server("--self-signed=rsa:1024", "--file", path, "--count", "2") as s:
            for _ in range(2):
                self.assertEqual(self.run_ok("connect", s.port, "--verify", "none").stdout, DATA)
            self.assertEqual(s.wait()[0], 0)

    def test_once_ends_as_its_connection_did(self):
        with Server("--self-signed=rsa:1024", "--once") as s:
            self.run_ok("connect", s.port, "--verify", "none", stdin=b"x")
            self.assertEqual(s.wait()[0], 0)
        with Server("--self-signed=rsa:1024", "--once", "--tls1") as s:
            self.run_fails(4, ["alert"], "connect", s.port, "--verify", "none", "--ssl3")
            code, _, err = s.wait()
            self.assertEqual(code, 5, err)
            self.assertIn("--sslv23", err)

    def test_json_lists_the_connections(self):
        with Server("--self-signed=rsa:1024", "--count", "1", "--json") as s:
            self.run_ok("connect", s.port, "--verify", "none", "--tls1", stdin=b"abc")
            code, out, _ = s.wait()
            d = json.loads(out)
            self.assertEqual((code, d["schema"], d["exit"]["class"]), (0, "parley.serve", 0))
            self.assertEqual([(c["negotiated"], c["received"], c["sent"], c["outcome"])
                              for c in d["connections"]], [("TLSv1 ECDHE-RSA-AES256-SHA", 3, 3, "ok")])

    def test_survives_500_aborted_connections(self):
        hello = bytes.fromhex("160301002d010000290301") + bytes(32) + bytes.fromhex("000002002f0100")
        with Server("--self-signed=rsa:1024") as s:
            for i in range(500):
                with socket.create_connection(("127.0.0.1", int(s.port))) as c:
                    if i % 5 == 1:
                        c.sendall(hello[:i % len(hello)])
                    elif i % 5 == 2:
                        c.sendall(hello)
                    elif i % 5 == 3:
                        c.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    elif i % 5 == 4:
                        c.sendall(os.urandom(100))
                    if i % 2:  # reset instead of an orderly end
                        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            done = self.run_ok("connect", s.port, "--verify", "none", stdin=DATA)
            self.assertEqual(done.stdout, DATA)
            self.assertIsNone(s.process.poll())

    def test_asks_clients_for_certificates(self):
        root, middle, leaf = self.make_chain()
        chain = write(self.path("chain.pem"), read(leaf) + read(middle))
        with Server("--self-signed=rsa:1024", "--ca", root, "--verify", "required") as s:
            done = self.run_ok("connect", s.port, "--verify", "none", "--cert", chain, "--key",
                               self.path("leaf.key"), stdin=DATA)
            self.assertEqual(done.stdout, DATA)
            for version in ("--tls1", "--ssl3"):
                done = self.run_fails(4, ["the server refused with alert handshake_failure",
                                          "client certificate", "--cert"],
                                      "connect", s.port, "--verify", "none", version)
                self.assertNotIn("--ciphers", done.stderr)


class Connect(ToolTest):
    def setUp(self):
        super().setUp()
        self.root, self.middle, self.leaf = self.make_chain()
        self.chain = write(self.path("chain.pem"), read(self.leaf) + read(self.middle))

    def server(self, *args, cert=None, key=None):
        return Server("--cert", cert or self.chain, "--key", key or self.path("leaf.key"), *args)

    def test_verifies_a_chain_of_three(self):
        with self.server() as s:
            done = self.run_ok("connect", s.port, "--ca", self.root, stdin=b"hi")
            self.assertEqual(done.stdout, b"hi")
            self.assertIn("chain verified", done.stderr)

    def test_compares_the_name_unless_told_otherwise(self):
        with self.server() as s:
            for flags in [], ["--verify", "host"], ["--sni", "localhost"]:
                done = self.run_ok("connect", "localhost:" + s.port, "--ca", self.root, *flags)
                self.assertIn("chain verified, host name too", done.stderr)
            for flags in [], ["--verify", "host"]:
                self.run_fails(6, ["mismatch"], "connect", "localhost:" + s.port, "--ca", self.root,
                               "--sni", "example.org", *flags)
            done = self.run_ok("connect", "localhost:" + s.port, "--ca", self.root, "--sni",
                               "example.org", "--verify", "chain")
            self.assertIn("host name not compared", done.stderr)

    def test_believes_the_system_without_a_ca_of_its_own(self):
        system = {"SSL_CERT_FILE": self.root, "SSL_CERT_DIR": "/nowhere"}
        with self.server() as s:
            done = self.run_ok("connect", "localhost:" + s.port, env=system)
            self.assertIn("chain verified, host name too", done.stderr)
        with Server("--self-signed=rsa:1024") as s:
            self.run_fails(6, ["issuer"], "connect", "localhost:" + s.port, env=system)

    def test_follows_a_policy(self):
        with Server("--self-signed=rsa:2048", "--log") as s:
            done = self.run_ok("connect", s.port, "--verify", "none", "--policy", "modern")
            self.assertIn("TLSv1.2, ECDHE-RSA-AES128-GCM-SHA256", done.stderr)
        with Server("--self-signed=rsa:2048", "--tls1.1") as s:
            self.run_fails(4, ["handshake_failure"], "connect", s.port, "--verify", "none",
                           "--policy", "modern")
        with self.server() as s:  # whose keys have 1024 bits
            self.run_fails(6, ["too weak"], "connect", "localhost:" + s.port, "--ca", self.root,
                           "--policy", "modern")
        for flags in ["--policy", "ancient"], ["--policy", "modern", "--tls1"]:
            self.run_fails(2, ["--policy"], "connect", "1", *flags)
        self.run_fails(2, ["AES128-SHA is not of --policy modern"], "connect", "1", "--policy",
                       "modern", "--ciphers", "ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA")

    def test_agrees_on_a_protocol(self):
        with Server("--self-signed=rsa:1024", "--alpn", "h2,http/1.1") as s:
            for offer, chosen in ("http/1.1", "http/1.1"), ("http/1.1,h2", "h2"), ("spdy/1", None):
                done = self.run_ok("connect", s.port, "--verify", "none", "--json", "--alpn", offer)
                self.assertEqual(json.loads(done.stdout)["negotiated"].get("alpn"), chosen)
        self.run_fails(2, ["--alpn"], "connect", "1", "--alpn", "a" * 256)
        self.run_fails(2, ["HTTP/1.1", "--alpn h2"], "serve", "0", "--self-signed", "--www",
                       "--alpn", "http/1.1,h2")

    def test_refuses_a_wrong_ca(self):
        wrong, _ = self.make("wrong", "--ca")
        with self.server("--once") as s:
            self.run_fails(6, ["we refused the server's certificate", "unable to get local issuer",
                               "--ca FILE"], "connect", s.port, "--ca", wrong)
            code, _, err = s.wait()
            self.assertEqual(code, 4, err)
            self.assertIn("the client refused with alert unknown_ca (48)", err)

    def test_refuses_an_expired_certificate(self):
        request = self.path("request")
        old = self.path("old.pem")
        subprocess.run(["openssl", "req", "-new", "-key", self.path("leaf.key"), "-subj",
                        "/CN=localhost", "-out", request], check=True, stderr=subprocess.DEVNULL)
        subprocess.run(["openssl", "x509", "-req", "-in", request, "-CA", self.root, "-CAkey",
                        self.path("root.key"), "-set_serial", "7", "-days", "-1", "-out", old],
                       check=True, stderr=subprocess.DEVNULL)
        with self.server(cert=old) as s:
            self.run_fails(6, ["certificate has expired", "notAfter", "clock"], "connect", s.port,
                           "--ca", self.root)

    def test_refuses_a_forged_signature(self):
        der = bytearray(der_of(read(self.leaf)))
        der[-20] ^= 1
        forged = write(self.path("forged.pem"), pem_of(bytes(der)) + read(self.middle))
        with self.server(cert=forged) as s:
            self.run_fails(6, ["certificate signature failure"], "connect", s.port, "--ca",
                           self.root)

    def test_names_local_files_that_do_not_work(self):
        cut = write(self.path("cut.pem"), read(self.leaf)[:300])
        self.run_fails(9, ["cut.pem", "bad end line"], "connect", "1", "--ca", cut)
        self.run_fails(9, ["cut.pem", "bad end line"], "serve", "0", "--cert", cut, "--key",
                       self.path("leaf.key"))
        self.run_fails(9, ["root.key", "key values mismatch", "another certificate"], "serve", "0",
                       "--cert", self.leaf, "--key", self.path("root.key"))
        self.run_fails(9, ["none.pem", "No such file"], "connect", "1", "--ca", "none.pem")

    def test_resumes(self):
        with self.server() as s:
            for version in ("--ssl3", "--tls1"):
                done = self.run_ok("connect", s.port, version, "--ca", self.root, "--resume",
                                   stdin=DATA)
                self.assertIn("resumed: yes", done.stderr)
                self.assertEqual(done.stdout, DATA)

    def test_writes_a_key_log(self):
        for flags, env in ((["--keylog", self.path("log")], {}),
                           ([], {"SSLKEYLOGFILE": self.path("log")})):
            with self.server() as s:
                self.run_ok("connect", s.port, "--ca", self.root, *flags, env=env)
            self.assertRegex(read(self.path("log")).decode(),
                             r"\ACLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n\Z")
            os.unlink(self.path("log"))

    def test_json_tells_what_was_negotiated(self):
        with self.server() as s:
            d = json.loads(self.run_ok("--json", "connect", s.port, "--ca", self.root, "--ssl3",
                                       "--ciphers", "DES-CBC3-SHA").stdout)
            n = d["negotiated"]
            self.assertEqual((d["schema"], n["protocol"], n["suite"]["openssl"], n["verified"]),
                             ("parley.connect", "SSLv3", "DES-CBC3-SHA", True))
            self.assertEqual(len(n["peer_certificates"]), 2)
            self.assertTrue(any("POODLE" in w["what"] for w in d["weaknesses"]))
            self.assertEqual([c["what"] for c in d["decisions"][:2]], 
                             ["SSLv3", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"])
            self.assertTrue(all(c["why"] for c in d["decisions"]))

    def test_shows_certificates(self):
        with self.server() as s:
            done = self.run_ok("connect", s.port, "--ca", self.root, "--show-certs")
            self.assertEqual(done.stdout.count(b"-----BEGIN CERTIFICATE-----"), 2)
            shown = self.run_ok("x509", "show", "localhost:" + s.port, "--pem").stdout
            self.assertEqual(shown, read(self.leaf) + read(self.middle))

    def test_talks_to_openssl(self):
        listener = socket.create_server(("127.0.0.1", 0))
        port = str(listener.getsockname()[1])
        listener.close()
        server = subprocess.Popen(
            ["openssl", "s_server", "-accept", "127.0.0.1:" + port, "-tls1", "-cipher",
             "ALL:@SECLEVEL=0", "-www", "-cert", self.leaf, "-cert_chain", self.middle, "-key",
             self.path("leaf.key")],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            self.assertIn(b"ACCEPT", b"".join(iter(server.stdout.readline, b"ACCEPT\n")) + b"ACCEPT")
            for version in ("TLSv1, AES256-SHA", "TLSv1, AES128-SHA"):
                done = parley("connect", port, "--ca", self.root, "--ciphers",
                              version.split(", ")[1], stdin=b"GET / HTTP/1.0\r\n\r\n")
                self.assertIn(version, done.stderr)
                self.assertIn("chain verified", done.stderr)
                self.assertRegex(done.stdout, rb"^HTTP/1\.0 200")
                # Whether it says close_notify at the end is OpenSSL's affair.
                self.assertIn(done.returncode, (0, 8), done.stderr)
        finally:
            server.kill()
            server.communicate()


class BadPeers(ToolTest):
    def test_nobody_there(self):
        free = socket.create_server(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        self.run_fails(3, ["127.0.0.1:%d" % port, "Connection refused"], "connect",
                       "127.0.0.1:%d" % port, "--verify", "none")
        self.run_fails(3, ["no-such-host.invalid"], "connect", "no-such-host.invalid", "--verify",
                       "none")

    def test_silent_server(self):
        with fake_server(lambda c: c.recv(65536) and c.recv(1)) as port:
            self.run_fails(3, ["did not finish the handshake in time", "ClientHello", "--timeout"],
                           "connect", port, "--verify", "none", "--timeout", "0.5")

    def test_alert(self):
        def refuse(c):
            c.recv(65536)
            c.sendall(bytes.fromhex("15030100020228"))

        with fake_server(refuse) as port:
            self.run_fails(4, ["localhost:" + port,
                               "the server refused with alert handshake_failure (40) after our "
                               "ClientHello", "--ciphers"], "connect", port, "--verify", "none")
        with fake_server(refuse) as port:
            d = json.loads(parley("connect", port, "--json").stdout)
            self.assertEqual(d["exit"], {"class": 4, "name": "peer_alert"})
            self.assertEqual(d["error"]["alert"], {"number": 40, "name": "handshake_failure"})

    def test_no_tls_at_all(self):
        with fake_server(lambda c: (c.sendall(b"220 mail.example ESMTP\r\n"),
                                    c.recv(65536))) as port:
            self.run_fails(7, ["broke the protocol", "no TLS on that port"], "connect", port,
                           "--verify", "none")

    def test_end_inside_the_handshake(self):
        with fake_server(lambda c: c.recv(65536)) as port:
            self.run_fails(8, ["without close_notify", "ClientHello"], "connect", port, "--verify",
                           "none")

    def test_truncated_data(self):
        """A relay that cuts the connection after the data: the data arrives, the exit is 8."""
        with Server("--self-signed=rsa:1024", "--file", write(self.path("d"), b"x" * 1000)) as s:

            def relay(client):
                with socket.create_connection(("127.0.0.1", int(s.port))) as server:
                    threading.Thread(target=self.copy, args=(client, server), daemon=True).start()
                    while True:
                        header = server.recv(5, socket.MSG_WAITALL)
                        if len(header) < 5 or header[0] == 0x15:
                            client.shutdown(socket.SHUT_RDWR)  # ends the other thread too
                            return
                        client.sendall(header + server.recv(struct.unpack(">H", header[3:])[0],
                                                            socket.MSG_WAITALL))

            with fake_server(relay) as port:
                process = subprocess.Popen([PARLEY, "connect", port, "--verify", "none"],
                                           stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, env=ENVIRONMENT)
                out = process.stdout.read()
                err = process.stderr.read().decode()
                process.stdin.close()
                self.assertEqual(process.wait(20), 8, err)
                process.stdout.close()
                process.stderr.close()
                self.assertEqual(out, b"x" * 1000)
                self.assertIn("ended the stream without close_notify; what came may be cut off", err)

    @staticmethod
    def copy(source, to):
        try:
            while data := source.recv(65536):
                to.sendall(data)
        except OSError:
            pass


if __name__ == "__main__":
    unittest.main()
