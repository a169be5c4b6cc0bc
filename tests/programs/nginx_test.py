"""nginx, to which parley connects."""

import os

from programs import VERSIONS, Daemon, ProgramTest, free_port, main, parley, program, write

CONFIG = """daemon off; worker_processes 1; pid {here}/pid; error_log {here}/error.log info; {user}
events {{ worker_connections 64; }}
http {{
  access_log {here}/access.log;
  client_body_temp_path {here}/t1; proxy_temp_path {here}/t2; fastcgi_temp_path {here}/t3;
  uwsgi_temp_path {here}/t4; scgi_temp_path {here}/t5;
  ssl_certificate {pki}/server.pem; ssl_certificate_key {pki}/server.key;
  ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;
  ssl_session_cache shared:all:1m; {session}
  server {{
    listen 127.0.0.1:{port} ssl; server_name localhost; root {here}/www; client_max_body_size 8m;
    {verify}
    location /up/ {{ dav_methods PUT; }}
    location = /me {{
      return 200 "$ssl_protocol $ssl_cipher $ssl_server_name $ssl_session_reused $ssl_client_verify $ssl_client_s_dn\\n";
    }}
  }}
}}
"""
SUITES = ("AES128-SHA", "ECDHE-RSA-AES256-SHA", "CAMELLIA128-SHA")
SUITES_12 = ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-SHA384",
             "AES256-GCM-SHA384", "AES128-SHA256")


class Nginx(ProgramTest):
    def nginx(self, session="", verify=""):
        os.makedirs(self.path("www/up"))
        port = free_port()
        config = self.config("nginx.conf", CONFIG.format(
            here=self.folder, pki=self.pki, port=port, session=session, verify=verify,
            # Workers of root's would be nobody, who cannot write here.
            user="user root;" if os.geteuid() == 0 else ""))
        # "-e": before it has read its configuration, nginx writes to a file that is not ours.
        return Daemon(port, program("nginx", "nginx-light"), "-e", self.path("error.log"), "-c",
                      config, log=[self.path("error.log")])

    def ask(self, port, path, *args):
        request = "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % path
        done = self.connect(port, *args, stdin=request.encode())
        header, _, body = done.stdout.partition(b"\r\n\r\n")
        self.assertTrue(header.startswith(b"HTTP/1.1 200 OK"), done.stdout)
        return body, done.stderr

    def test_agrees_on_what_was_negotiated(self):
        with self.nginx() as server:
            for flag, name in VERSIONS:
                with self.subTest(version=flag):
                    for suite in SUITES + (SUITES_12 if flag == "tls1.2" else ()):
                        body, said = self.ask(server.port, "/me", "--" + flag, "--ciphers", suite)
                        self.assertEqual(body.decode(), "%s %s localhost . NONE \n" % (name, suite))
                        self.assertIn("%s, %s" % (name, suite), said)

    def test_sends_and_takes_a_megabyte(self):
        data = os.urandom(1 << 20)
        with self.nginx() as server:
            write(self.path("www/data"), data)
            for flag, _ in VERSIONS:
                with self.subTest(version=flag):
                    self.assertEqual(self.ask(server.port, "/data", "--" + flag)[0], data)
                    head = "PUT /up/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" % flag
                    head += "Content-Length: %d\r\n\r\n" % len(data)
                    done = self.connect(server.port, "--" + flag, stdin=head.encode() + data)
                    self.assertTrue(done.stdout.startswith(b"HTTP/1.1 201"), done.stdout)
                    with open(self.path("www/up/" + flag), "rb") as f:
                        self.assertEqual(f.read(), data)

    def test_resumes_with_tickets_and_without(self):
        for i, tickets in enumerate(("on", "off")):
            self.folder = self.path(str(i))
            os.mkdir(self.folder)
            with self.nginx(session="ssl_session_tickets %s;" % tickets) as server:
                for flag, _ in VERSIONS:
                    with self.subTest(version=flag):
                        body, said = self.ask(server.port, "/me", "--" + flag, "--resume")
                        self.assertIn("resumed: yes", said)
                        self.assertIn(b" localhost r NONE", body)

    def test_takes_a_client_certificate_or_says_why_not(self):
        verify = "ssl_verify_client on; ssl_client_certificate %s;" % self.ca
        with self.nginx(verify=verify) as server:
            for flag, _ in VERSIONS:
                with self.subTest(version=flag):
                    body, _ = self.ask(server.port, "/me", "--" + flag, "--cert",
                                       self.pki + "/client.pem", "--key", self.pki + "/client.key")
                    self.assertTrue(body.endswith(b"SUCCESS CN=Client\n"), body)
                    done = self.connect(server.port, "--" + flag, "--head", "/me")
                    self.assertIn(b"400 Bad Request", done.stdout)

    def test_says_what_it_will_not_do(self):
        with self.nginx() as server:
            target = "localhost:%d" % server.port
            self.run_fails(6, ["unable to get local issuer", "--ca"], "connect", target, "--ca",
                           self.pki + "/stranger.pem")
            self.run_fails(4, ["the server refused with alert"], "connect", target, "--ca", self.ca,
                           "--ssl3")
            self.run_fails(4, ["alert handshake_failure (40)", "--ciphers"], "connect", target,
                           "--ca", self.ca, "--ciphers", "RC4-SHA")
            # nginx hangs up on who wants to renegotiate.
            done = parley("connect", target, "--ca", self.ca, "--tls1", "--renegotiate")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(target, done.stderr)


if __name__ == "__main__":
    main()
