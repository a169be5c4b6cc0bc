"""stunnel: a gateway into TLS and one out of it, and four protocols that start TLS."""

import contextlib
import os
import socket
import threading

from programs import VERSIONS, Daemon, ProgramTest, free_port, main, plain_server, program

# In stunnel's words.
THEIRS = {"tls1": "TLSv1", "tls1.1": "TLSv1.1", "tls1.2": "TLSv1.2"}
DATA = os.urandom(1 << 20)


def echo(client):
    while data := client.recv(65536):
        client.sendall(data)


def through(port, data):
    """Sends all and gives back what came by the end."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as s:
        def send():
            with contextlib.suppress(ConnectionError):
                s.sendall(data)
        thread = threading.Thread(target=send)
        thread.start()
        got = b""
        with contextlib.suppress(ConnectionError):
            while len(got) < len(data) and (more := s.recv(65536)):
                got += more
        thread.join()
        return got


class Stunnel(ProgramTest):
    def stunnel(self, backend, *lines):
        port = free_port()
        config = self.config("stunnel.conf", "\n".join([
            "foreground = yes", "pid =", "debug = info", "syslog = no", "[service]",
            "accept = 127.0.0.1:%d" % port, "connect = 127.0.0.1:%s" % backend,
            # With DHE it would compute new parameters, for seconds, each time it starts.
            "ciphers = ALL:!DHE:!ADH:@SECLEVEL=0", "securityLevel = 0", *lines, ""]))
        return Daemon(port, program("stunnel4"), config)

    def server(self, backend, *lines):
        return self.stunnel(backend, "cert = %s/server.pem" % self.pki,
                            "key = %s/server.key" % self.pki, *lines)

    def client(self, backend, *lines, ca=None):
        return self.stunnel(backend, "client = yes", "verifyChain = yes",
                            "CAfile = " + (ca or self.ca), "checkHost = localhost", *lines)

    def test_server_carries_a_megabyte_each_way(self):
        for flag, name in VERSIONS:
            with self.subTest(version=flag), plain_server(echo) as backend, \
                    self.server(backend, "sslVersion = " + THEIRS[flag]) as s:
                done = self.connect(s.port, stdin=DATA, until=DATA[-40:])
                self.assertEqual(done.stdout, DATA)
                self.assertIn(": %s, " % name, done.stderr)
                self.assertIn(THEIRS[flag], s.said())

    def test_server_resumes(self):
        with plain_server(echo) as backend, self.server(backend, "sslVersionMin = TLSv1") as s:
            for flag, _ in VERSIONS:
                with self.subTest(version=flag):
                    done = self.connect(s.port, "--" + flag, "--resume", stdin=b"again", until=b"again")
                    self.assertIn("resumed: yes", done.stderr)

    def test_server_wants_a_client_certificate(self):
        with plain_server(echo) as backend, \
                self.server(backend, "sslVersionMin = TLSv1", "verifyChain = yes",
                            "CAfile = " + self.ca) as s:
            target = "localhost:%d" % s.port
            for flag, _ in VERSIONS:
                with self.subTest(version=flag):
                    done = self.connect(s.port, "--" + flag, "--cert", self.pki + "/client.pem", "--key",
                                        self.pki + "/client.key", stdin=b"me", until=b"me")
                    self.assertEqual(done.stdout, b"me")
                    self.run_fails(4, ["handshake_failure", "client certificate", "--cert"],
                                   "connect", target, "--ca", self.ca, "--" + flag)
            self.assertIn("CN=Client", s.said())

    def test_client_carries_a_megabyte_each_way(self):
        for flag, name in VERSIONS:
            with self.subTest(version=flag), self.serve("--log", "--" + flag) as s, \
                    self.client(s.port, "sslVersion = " + THEIRS[flag]) as gateway:
                self.assertEqual(through(gateway.port, DATA), DATA, gateway.said())
                self.log_says(s, " %s " % name)

    def test_client_believes_only_its_ca(self):
        with self.serve("--log", "--tls1") as s, \
                self.client(s.port, "sslVersionMin = TLSv1", ca=self.pki + "/stranger.pem") as gateway:
            self.assertEqual(through(gateway.port, b"x"), b"", gateway.said())
            self.assertIn("certificate verify failed", gateway.said())
            self.log_says(s, "the client refused with alert unknown_ca")


class StartTls(Stunnel):
    def check(self, protocol, backend_says, command, answer):
        """Behind stunnel stands a server in clear that says hello and answers one command."""
        def backend(client):
            client.sendall(backend_says)
            line = b""
            while more := client.recv(1000):
                line += more  # records of TLS 1.0 come in two pieces
                if line == command:
                    client.sendall(answer)
                elif line.endswith(b" CAPABILITY\r\n"):  # stunnel adds its own to ours
                    client.sendall(b"* CAPABILITY IMAP4rev1\r\n" + line.split()[0] + b" OK\r\n")
                    line = b""
        with plain_server(backend) as port, \
                self.server(port, "sslVersionMin = TLSv1", "protocol = " + protocol) as s:
            name = {"pgsql": "postgres"}.get(protocol, protocol)
            for flag, _ in VERSIONS:
                with self.subTest(version=flag):
                    done = self.connect(s.port, "--starttls", name, "--" + flag, stdin=command,
                                        until=answer)
                    self.assertIn(answer, done.stdout, s.said())

    def test_smtp(self):
        self.check("smtp", b"220 mail.test ESMTP\r\n", b"NOOP\r\n", b"250 nothing done\r\n")

    def test_pop3(self):
        self.check("pop3", b"+OK pop.test\r\n", b"NOOP\r\n", b"+OK nothing done\r\n")

    def test_imap(self):
        self.check("imap", b"* OK imap.test\r\n", b"x1 NOOP\r\n", b"x1 OK nothing done\r\n")

    def test_pgsql(self):
        startup = bytes.fromhex("000000150003000075736572006e6f626f64790000")
        self.check("pgsql", b"", startup, b"R\0\0\0\x08\0\0\0\x03")


del Stunnel  # not once more by itself: StartTls has its tests


if __name__ == "__main__":
    main()
