"""connect --starttls: servers that follow a script, honest ones and others."""

import contextlib
import json
import re
import socket
import ssl
import threading
import time
import unittest

from support import ToolTest, parley

XMPP_OPEN = (b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='a>b' from='127.0.0.1' "
             b"xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>")
XMPP_TLS = b"xmlns='urn:ietf:params:xml:ns:xmpp-tls'"
LDAP_ASK = bytes.fromhex("301d02010177188016") + b"1.3.6.1.4.1.1466.20037"


def ldap_answer(code, diagnostic=b"", message_id=1, wide=False):
    body = bytes([0x0a, 1, code, 4, 0, 4, len(diagnostic)]) + diagnostic
    body = bytes([2, 1, message_id, 0x78, len(body)]) + body
    # Active Directory writes every length in four bytes.
    return b"\x30" + (b"\x84\0\0\0" if wide else b"") + bytes([len(body)]) + body


# What a server says first, and then each question (a pattern) with its answer. The last answer is
# the go-ahead; NAME, for the first variant of each protocol, is the word that only the offer has.
GOOD = {
    "smtp": [
        (b"220 mail.test ESMTP\r\n",
         (rb"EHLO \[127\.0\.0\.1\]\r\n", b"250-mail.test\r\n250-SIZE 1000\r\n250 STARTTLS\r\n"),
         (rb"STARTTLS\r\n", b"220 2.0.0 ready\r\n")),
        (b"220-mail.test\r\n220-no spam\r\n220 really\r\n",
         (rb"EHLO .*\r\n", b"250-hello\r\n250-starttls\r\n250 HELP\r\n"),
         (rb"STARTTLS\r\n", b"220-go\r\n220 ahead\r\n")),
        (b"220 bare line feeds\n", (rb"EHLO .*\r\n", b"250-x\n250 STARTTLS\n"),
         (rb"STARTTLS\r\n", b"220\n")),
    ],
    "imap": [
        (b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n",
         (rb"a1 CAPABILITY\r\n", b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n"
                                 b"a1 OK done\r\n"),
         (rb"a2 STARTTLS\r\n", b"a2 OK begin TLS\r\n")),
        (b"* ok\r\n", (rb"a1 CAPABILITY\r\n", b"* 1 EXISTS\r\n* capability starttls\r\na1 ok\r\n"),
         (rb"a2 STARTTLS\r\n", b"* OK [ALERT] soon\r\na2 ok\r\n")),
    ],
    "pop3": [
        (b"+OK pop.test ready\r\n",
         (rb"CAPA\r\n", b"+OK list follows\r\nTOP\r\nSTLS\r\nUIDL\r\n.\r\n"),
         (rb"STLS\r\n", b"+OK begin\r\n")),
        (b"+OK\r\n", (rb"CAPA\r\n", b"-ERR what?\r\n"), (rb"STLS\r\n", b"+OK\r\n")),
    ],
    "ftp": [
        (b"220 ftp.test\r\n", (rb"AUTH TLS\r\n", b"234 begin\r\n")),
        (b"120 ready in 1 minute\r\n220-Welcome\r\nto 999 files\r\n 220 of them old\r\n220 ready\r\n",
         (rb"AUTH TLS\r\n", b"234-begin\r\n  now\r\n234 please\r\n")),
    ],
    "xmpp": [
        (b"", (rb"<\?xml.*><stream.* to='127\.0\.0\.1' version='1\.0'>",
               XMPP_OPEN + b"<stream:features><starttls " + XMPP_TLS + b"><required/></starttls>"
               b"<mechanisms><mechanism>PLAIN</mechanism></mechanisms></stream:features>"),
         (rb"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", b"<proceed " + XMPP_TLS + b"/>")),
        (b"", (rb"<\?xml.*><stream.*>", b"<s:stream a=\"'\">\n <s:features><starttls/></s:features >"),
         (rb"<starttls .*/>", b"<proceed " + XMPP_TLS + b"></proceed>")),
    ],
    "ldap": [
        (b"", (re.escape(LDAP_ASK), ldap_answer(0))),
        (b"", (re.escape(LDAP_ASK), ldap_answer(0, b"as you wish", wide=True))),
    ],
    "postgres": [(b"", (re.escape(bytes.fromhex("0000000804d2162f")), b"S"))],
}


def one_by_one(s, data):
    for i in range(len(data)):
        s.sendall(data[i:i + 1])


class Script:
    """A server that plays one script for each connection, then speaks TLS and echoes a line."""

    def __init__(self, script, identity=None, after=None, write=None, connections=1):
        self.greeting, *self.turns = script
        self.identity, self.after, self.connections = identity, after, connections
        self.write = write or socket.socket.sendall
        self.error = None
        if identity:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.minimum_version = ssl.TLSVersion.TLSv1
            self.context.set_ciphers("ALL:@SECLEVEL=0")
            self.context.load_cert_chain(*identity)

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(30)
        self.port = str(self.listener.getsockname()[1])
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.thread.join(30)
        self.listener.close()
        if self.error:
            raise AssertionError(self.error)

    def serve(self):
        for _ in range(self.connections):
            try:
                client, _ = self.listener.accept()
                client.settimeout(20)
                # The client may leave whenever it likes; what it says has to be right.
                with client, contextlib.suppress(ConnectionError, ssl.SSLError):
                    self.talk(client)
            except AssertionError as e:
                self.error = e

    def talk(self, client):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.write(client, self.greeting)
        for question, answer in self.turns:
            asked = b""
            while not re.fullmatch(question, asked, re.DOTALL):
                more = client.recv(1)
                if not more:
                    if asked:
                        raise AssertionError("asked %r instead of %r" % (asked, question))
                    return
                asked += more
                if len(asked) > 1000:
                    raise AssertionError("asked %r instead of %r" % (asked, question))
            self.write(client, answer)
        if self.after:
            self.after(client)
        if not self.identity:
            return
        with self.context.wrap_socket(client, server_side=True) as tls:
            while data := tls.recv(1000):
                tls.sendall(data)
            with contextlib.suppress(OSError):
                tls.unwrap()


def with_last(script, change):
    """The script with another last answer."""
    *first, (question, answer) = script
    return (*first, (question, change(answer)))


def each_script():
    for protocol, scripts in GOOD.items():
        for script in scripts:
            yield protocol, script


class StartTls(ToolTest):
    def connect(self, port, protocol, *args, **kw):
        return parley("connect", "127.0.0.1:" + port, "--starttls", protocol, "--verify", "none",
                      *args, **kw)

    def fails(self, code, words, protocol, script, *args, **kw):
        with Script(script, **kw) as s:
            done = self.run_fails(code, words, "connect", "127.0.0.1:" + s.port, "--starttls",
                                  protocol, "--verify", "none", *args)
        self.assertEqual(done.stdout, b"")
        self.assertNotIn("\x1b", done.stderr)
        return done

    def test_reaches_tls_in_every_protocol(self):
        identity = self.make("server")
        for protocol, script in each_script():
            for write in (None, one_by_one):
                with self.subTest(script=script, write=write), \
                        Script(script, identity, write=write) as s:
                    done = self.connect(s.port, protocol, stdin=b"inside\r\n")
                    self.assertEqual((done.returncode, done.stdout), (0, b"inside\r\n"), done.stderr)

    def test_says_so_in_json(self):
        with Script(GOOD["smtp"][0], self.make("server")) as s:
            d = json.loads(self.connect(s.port, "smtp", "--json").stdout)
            self.assertEqual((d["starttls"], d["exit"]["class"]), ("smtp", 0))
            self.assertTrue(d["negotiated"]["suite"])

    def test_asks_again_before_it_resumes(self):
        with Script(GOOD["imap"][0], self.make("server"), connections=2) as s:
            done = self.connect(s.port, "imap", "--resume", stdin=b"x")
            self.assertEqual((done.returncode, done.stdout), (0, b"x"), done.stderr)
            self.assertIn("resumed: yes", done.stderr)

    def test_shows_the_conversation_when_asked(self):
        with Script(GOOD["smtp"][0], self.make("server")) as s:
            text = self.connect(s.port, "smtp", "-v").stderr
            for line in ("SMTP: received '220 mail.test ESMTP'", "SMTP: sent 'STARTTLS'"):
                self.assertIn(line, text)

    def test_knows_the_ports(self):
        for protocol, port in (("smtp", 25), ("imap", 143), ("pop3", 110), ("ftp", 21),
                               ("xmpp", 5222), ("ldap", 389), ("postgres", 5432)):
            d = json.loads(parley("--json", "connect", "127.9.9.9", "--starttls", protocol,
                                  "--timeout", "2").stdout)
            self.assertEqual(d["target"], "127.9.9.9:%d" % port)

    def test_is_refused_where_it_means_nothing(self):
        done = self.run_fails(2, ["--starttls gopher", "smtp, imap, pop3, ftp, xmpp, ldap or"],
                              "connect", "1", "--starttls", "gopher")
        self.assertEqual(done.stdout, b"")
        self.run_fails(2, ["--head"], "connect", "1", "--starttls", "smtp", "--head", "/")

    def test_words_before_tls_never_pass_for_words_inside(self):
        injected = {"smtp": b"250 injected\r\n", "imap": b"* 1 EXISTS\r\n", "pop3": b"+OK injected\r\n",
                    "ftp": b"230 logged in\r\n", "xmpp": b"<stream:features/>", "ldap": b"0",
                    "postgres": b"R"}
        identity = self.make("server")
        for protocol, script in each_script():
            with self.subTest(script=script):
                self.fails(7, ["go-ahead", "sent more in clear", "refused"], protocol,
                           with_last(script, lambda a: a + injected[protocol]), identity=identity)
        # What comes later is no TLS.
        for protocol, script in each_script():
            def later(client):
                time.sleep(0.05)
                client.sendall(injected[protocol] * 10)
            with self.subTest(script=script, later=True), \
                    Script(script, identity, after=later) as s:
                done = self.connect(s.port, protocol, stdin=b"x")
                self.assertNotEqual(done.returncode, 0)
                self.assertEqual(done.stdout, b"")

    def test_answers_to_questions_not_asked_yet_are_refused(self):
        for protocol, early in (("smtp", b"250 STARTTLS\r\n220 go\r\n"), ("ftp", b"234 go\r\n"),
                                ("imap", b"a1 OK\r\na2 OK\r\n"), ("pop3", b"+OK\r\n.\r\n+OK\r\n")):
            greeting, *rest = GOOD[protocol][0]
            self.fails(7, ["said more than it was asked"], protocol, (greeting + early, *rest))

    def test_a_server_without_an_offer_is_named(self):
        for protocol, script, words in (
                ("smtp", (b"220 x\r\n", (rb"EHLO .*\r\n", b"250-STARTTLS.test\r\n250 SIZE\r\n")),
                 ["does not offer STARTTLS", "SIZE"]),
                ("imap", (b"* OK\r\n", (rb"a1 .*\r\n", b"* CAPABILITY IMAP4rev1 XSTARTTLS\r\n"
                                                       b"a1 OK\r\n")),
                 ["does not offer STARTTLS", "IMAP4rev1"]),
                ("pop3", (b"+OK\r\n", (rb"CAPA\r\n", b"+OK\r\nUIDL\r\n.\r\n")),
                 ["does not offer STLS", "UIDL"]),
                ("xmpp", (b"", (rb"<\?xml.*><stream.*>", XMPP_OPEN + b"<stream:features/>")),
                 ["does not offer STARTTLS", "features"])):
            with self.subTest(protocol=protocol):
                self.fails(3, words, protocol, script)

    def test_a_refusal_is_quoted(self):
        for protocol, answer, words in (
                ("smtp", b"454 4.7.0 TLS not available\r\n", ["454 4.7.0 TLS not available"]),
                ("imap", b"a2 BAD never\r\n", ["BAD never"]),
                ("imap", b"* BYE too busy\r\n", ["hangs up", "BYE too busy"]),
                ("pop3", b"-ERR not now\r\n", ["-ERR not now"]),
                ("ftp", b"530-Please\r\n530 log in\r\n", ["530-Please / 530 log in"]),
                ("xmpp", b"<failure " + XMPP_TLS + b"/></stream:stream>", ["refuses", "<failure"]),
                ("xmpp", b"<stream:error><system-shutdown/>", ["ends the stream", "shutdown"]),
                ("ldap", ldap_answer(52, b"TLS \x1b[31mis off"), ["code 52, TLS \\x1b[31mis off"]),
                ("ldap", ldap_answer(2), ["code 2, without a word"]),
                ("ldap", ldap_answer(51, b"busy", message_id=0), ["hangs up", "code 51, busy"]),
                ("postgres", b"N", ["PostgreSQL", "refuses to start TLS: 'N'"])):
            with self.subTest(protocol=protocol, answer=answer):
                done = self.fails(3, words, protocol, with_last(GOOD[protocol][0], lambda _: answer))
                self.assertRegex(done.stderr, r"^parley: 127\.0\.0\.1:\d+: [A-Z]")

    def test_a_door_closed_at_once_is_told(self):
        for protocol, greeting in (("smtp", b"554-go\r\n554 away\r\n"), ("ftp", b"421 full\r\n"),
                                   ("imap", b"* BYE full\r\n"), ("pop3", b"-ERR full\r\n"),
                                   ("imap", b"* PREAUTH welcome\r\n")):
            words = [] if b"PREAUTH" not in greeting else ["has let us in already"]
            self.fails(3, words + [greeting.split(b"\r\n")[0].decode()[:6]], protocol, (greeting,))
        self.fails(3, ["refuses EHLO", "502"], "smtp", (b"220 x\r\n", (rb"EHLO .*\r\n", b"502 old\r\n")))

    def test_other_protocols_are_recognised_as_nonsense(self):
        http, banner = b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n"
        for protocol in ("smtp", "imap", "pop3", "ftp"):
            for greeting in (http, banner, b"\x16\x03\x01\0\x02\n", b"\r\n", b"22\r\n", b"2200 x\r\n"):
                with self.subTest(protocol=protocol, greeting=greeting):
                    self.fails(7, ["is it the right port"], protocol, (greeting,))
        for protocol in ("xmpp", "ldap", "postgres"):
            for answer in (b"<html><x y='>", b"E...", ldap_answer(0, message_id=2),
                           b"\x30\x80\x02\x01\x01", b"\x30\x85\1\1\1\1\1", b"\x30\3\2\1\1",
                           ldap_answer(0)[:-2] + b"\4\1", b"HTTP/1.1 400\r\n\r\n<html>"):
                with self.subTest(protocol=protocol, answer=answer):
                    done = self.fail_somehow(protocol, answer)
                    self.assertIn(done.returncode, (3, 7), done.stderr)

    def fail_somehow(self, protocol, answer):
        with Script((b"", (GOOD[protocol][0][1][0], answer))) as s:
            done = self.connect(s.port, protocol)
        self.assertEqual(done.stdout, b"")
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done

    def test_no_reply_is_endless(self):
        def flood(client, data):
            client.sendall(data)
            if data:
                # More than any limit; the command leaves before the end of it.
                with contextlib.suppress(OSError):
                    for _ in range(20000):
                        client.sendall(filler * 10)
        fillers = {"smtp": (b"220-x\r\n", b"x" * 1000), "ftp": (b"220-x\r\n", b"x" * 1000, b"\r\n"),
                   "imap": (b"* OK\r\n", b"x" * 1000), "pop3": (b"x" * 1000,),
                   "xmpp": (b" " * 1000, b">" * 1000)}
        for protocol, list_ in fillers.items():
            for filler in list_:
                script = GOOD[protocol][0]
                if protocol == "xmpp":
                    script = (b"", (script[1][0], b"<stream a='" if filler[:1] == b">" else filler))
                if filler == b"\r\n":  # no reply by itself, but the middle of one
                    script = (b"220-ftp.test\r\n",)
                if protocol == "imap" and filler.startswith(b"*"):
                    script = (b"* OK\r\n", (rb"a1 .*\r\n", b"* NO\r\n" * 100))
                with self.subTest(protocol=protocol, filler=filler[:10]):
                    begin = time.monotonic()
                    done = self.fails(7, [], protocol, script, write=flood)
                    self.assertRegex(done.stderr, "has no end after|is longer than|than it was asked")
                    self.assertLess(time.monotonic() - begin, 10)
        # A length that nobody will ever send.
        self.fails(7, ["says that it has 2147483647 bytes"], "ldap",
                   with_last(GOOD["ldap"][0], lambda _: b"\x30\x84\x7f\xff\xff\xff"))

    def test_time_is_short(self):
        def drip(client):
            with contextlib.suppress(OSError):
                for _ in range(100):
                    client.sendall(b"2")
                    time.sleep(0.1)
        for after in (lambda client: time.sleep(3), drip):
            begin = time.monotonic()
            self.fails(3, ["in time", "without --starttls", "--timeout"], "smtp", (b"",),
                       "--timeout", "0.7", after=after)
            self.assertLess(time.monotonic() - begin, 12)

    def test_a_server_that_leaves_is_told_wherever_that_is(self):
        for protocol, script in each_script():
            greeting, *turns = script
            cuts = [(greeting[:n],) for n in range(0, len(greeting), 9)]
            for i, (question, answer) in enumerate(turns):
                before = (greeting, *turns[:i])
                cuts += [(*before, (question, answer[:n])) for n in range(0, len(answer), 9)]
            for cut in cuts:
                with self.subTest(protocol=protocol, cut=cut), Script(cut) as s:
                    done = self.connect(s.port, protocol)
                    self.assertIn(done.returncode, (3, 7, 8), (cut, done.stderr))
                    self.assertEqual(done.stdout, b"")

    def test_xmpp_asks_for_the_domain(self):
        question = rb"<\?xml.*><stream.* to='a&apos;b&lt;&amp;\.test' version='1\.0'>"
        script = (b"", (question, GOOD["xmpp"][0][1][1]), GOOD["xmpp"][0][2])
        with Script(script, self.make("server")) as s:
            done = self.connect(s.port, "xmpp", "--sni", "a'b<&.test", stdin=b"x")
            self.assertEqual((done.returncode, done.stdout), (0, b"x"), done.stderr)


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # Python calls TLS 1.0 deprecated
