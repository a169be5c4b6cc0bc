"""Postfix and Dovecot, which start TLS in SMTP and IMAP."""

import os
import shutil

from programs import VERSIONS, Daemon, ProgramTest, free_port, main, program, run

MASTER = """127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
discard unix - - n - - discard
error unix - - n - - error
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""
QUEUE = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop",
         "private", "public", "saved", "trace")
MAIN = """compatibility_level = 3.6
queue_directory = {here}/queue
data_directory = {here}/data
maillog_file = {here}/log
maillog_file_prefixes = {here}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.test
mydestination =
mynetworks = 127.0.0.0/8
default_transport = discard
alias_maps =
alias_database =
smtpd_tls_cert_file = {pki}/server.pem
smtpd_tls_key_file = {pki}/server.key
smtpd_tls_security_level = {tls}
smtpd_tls_protocols = >=TLSv1
smtpd_tls_ciphers = medium
tls_medium_cipherlist = ALL:@SECLEVEL=0
smtpd_tls_loglevel = 1
smtpd_tls_received_header = yes
"""


class Postfix(ProgramTest):
    def postfix(self, tls="encrypt"):
        program("postfix")
        self.assertEqual(os.geteuid(), 0, "Postfix starts as root only: run this test as root")
        # `postfix start` would make these with hundreds of small programs.
        for folder in ("conf", "queue/pid", "data", *("queue/" + f for f in QUEUE)):
            os.makedirs(self.path(folder))
            if folder not in ("conf", "queue/pid"):
                shutil.chown(self.path(folder), "postfix")
        port = free_port()
        self.config("conf/master.cf", MASTER.format(port=port))
        self.config("conf/main.cf", MAIN.format(here=self.folder, pki=self.pki, tls=tls))
        return Daemon(port, "/usr/lib/postfix/sbin/master", "-d", "-c", self.path("conf"),
                      log=[self.path("log")])

    def test_takes_a_letter(self):
        letter = (b"EHLO there\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n"
                  b"Subject: hello\r\n\r\nhello\r\n.\r\nQUIT\r\n")
        with self.postfix() as s:
            for flag, name in VERSIONS:
                with self.subTest(version=flag):
                    done = self.connect(s.port, "--starttls", "smtp", "--" + flag, stdin=letter)
                    self.assertIn(b"\r\n250 2.0.0 Ok: queued as ", done.stdout, s.said())
                    self.assertIn(b"\r\n221 2.0.0 Bye\r\n", done.stdout)
                    self.assertIn("%s with cipher" % name, s.said())

    def test_resumes(self):
        with self.postfix() as s:
            for flag, _ in VERSIONS:
                with self.subTest(version=flag):
                    done = self.connect(s.port, "--starttls", "smtp", "--" + flag, "--resume",
                                        stdin=b"QUIT\r\n")
                    self.assertIn("resumed: yes", done.stderr)

    def test_without_tls_does_not_offer_it(self):
        with self.postfix(tls="none") as s:
            self.run_fails(3, ["SMTP", "does not offer STARTTLS", "250-PIPELINING"], "connect",
                           "localhost:%d" % s.port, "--ca", self.ca, "--starttls", "smtp")


DOVECOT = """protocols = imap
base_dir = {here}/run
state_dir = {here}/state
log_path = /dev/stderr
listen = 127.0.0.1
ssl = {ssl}
ssl_cert = <{here}/server.pem
ssl_key = <{here}/server.key
ssl_min_protocol = TLSv1
ssl_cipher_list = ALL:@SECLEVEL=0
ssl_dh =
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
mail_location = maildir:{here}/mail
first_valid_uid = 1
disable_plaintext_auth = yes
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={here}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


class Dovecot(ProgramTest):
    def dovecot(self, ssl="required"):
        who = self.unprivileged()
        ids = [run(*who, "id", *flags).stdout.strip()
               for flags in (["-un"], ["-gn"], ["-u"], ["-g"])]
        port = free_port()
        config = self.config("dovecot.conf", DOVECOT.format(
            here=self.folder, port=port, ssl=ssl,
            **dict(zip(("user", "group", "uid", "gid"), ids))))
        return Daemon(port, *who, program("dovecot", "dovecot-imapd"), "-F", "-c", config)

    def test_lets_us_log_in(self):
        session = b"a LOGIN me secret\r\nb SELECT INBOX\r\nc LOGOUT\r\n"
        with self.dovecot() as s:
            for flag, _ in VERSIONS:
                with self.subTest(version=flag):
                    done = self.connect(s.port, "--starttls", "imap", "--" + flag, stdin=session,
                                        until=b"c OK")
                    self.assertIn(b"\r\nb OK", done.stdout, s.said())

    def test_without_tls_does_not_offer_it(self):
        with self.dovecot(ssl="no") as s:
            self.run_fails(3, ["IMAP", "does not offer STARTTLS", "IMAP4rev1"], "connect",
                           "localhost:%d" % s.port, "--ca", self.ca, "--starttls", "imap")


if __name__ == "__main__":
    main()
