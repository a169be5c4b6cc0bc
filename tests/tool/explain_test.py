"""`parley explain`, and --explain of connect and serve."""

import json
import os
import pty
import re
import select
import subprocess
import unittest

from support import ENVIRONMENT, PARLEY, Server, ToolTest, parley, read, write

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "vectors", "golden")
WIRE = "15 03 01 00 02 02 28"
HELLOS = ("ClientHello", "ServerHello", "Certificate", "ServerHelloDone", "ClientKeyExchange")


def golden(name):
    return os.path.join(GOLDEN, name + ".flow")


class Flow(ToolTest):
    def text(self, *args, **kw):
        return self.run_ok("explain", *args, **kw).stdout.decode()

    def test_has_a_line_for_each_message(self):
        lines = self.text(golden("tls10-aes128-sha")).splitlines()
        self.assertEqual(lines[0], "TLSv1, TLS_RSA_WITH_AES_128_CBC_SHA")
        for n, (name, arrow) in enumerate(zip(HELLOS, ("->", "<-", "<-", "<-", "->")), 1):
            self.assertRegex(lines[n], r"^ +%d %s .* \d+  %s" % (n, arrow, name))
        self.assertRegex("\n".join(lines), r"\n  7 -> .* Finished: verify_data is what it must be\n")

    def test_hides_what_was_said_also_where_no_cipher_does(self):
        said = "70696e673a2061206c696e65"  # "ping: a line"
        for version in ("ssl30", "tls10", "tls11", "tls12"):
            flow, page = golden(version + "-null-sha"), self.path(version + ".html")
            for args, shown in (((), False), (("--with-secrets",), True)):
                document = self.text("--json", flow, *args)
                self.run_ok("explain", flow, "--html", page, *args)
                for text in (document, read(page).decode()):
                    self.assertEqual(said in re.sub(r"[ \n]|<[^>]*>", "", text), shown, (flow, args))

    def test_leaves_closed_what_no_key_opens(self):
        bare = re.sub(rb"(?m)^# keylog .*\n", b"", read(golden("tls10-aes128-sha")))
        text = self.text(write(self.path("bare.flow"), bare))
        self.assertRegex(text, r"(?m)^ +7 -> .* sealed handshake: no key opens it$")
        self.assertRegex(text, r"(?m)^sealed: 8 records")

    def test_fits_the_columns_there_are(self):
        for columns in (80, 100, 130):
            for how in ((), ("-v",), ("-vv",), ("-vvv",)):
                text = self.text(golden("tls12-ecdhe-rsa-aes128-gcm-sha256"), *how,
                                 env={"COLUMNS": str(columns)})
                widest = max(len(line) for line in text.splitlines())
                self.assertLessEqual(widest, columns, how)

    def test_ends_no_sentence_early(self):
        finding = "what follows is under keys that we do not know"
        for name, sentence in (
                ("tls10-aes128-sha", "the connection ends in order"),
                ("tls10-early-change-cipher-spec", "")):
            for how in ((), ("-v",)):
                text = self.text(golden(name), *how, env={"COLUMNS": "80"})
                self.assertNotIn("...", "".join(
                    line for line in text.splitlines() if not re.search("[0-9a-f]{20}", line)))
        bare = re.sub(rb"(?m)^# keylog .*\n", b"", read(golden("tls10-aes128-sha")))
        text = self.text(write(self.path("bare.flow"), bare), env={"COLUMNS": "80"})
        self.assertIn(finding, re.sub(r"\s+", " ", text))

    def test_shows_each_byte_of_each_open_message(self):
        wire = bytes.fromhex("".join(re.findall(r"^[0-9a-f]+$", read(
            golden("ssl30-rc4-md5")).decode(), re.M)[:1]))
        text = self.text(golden("ssl30-rc4-md5"), "-vv")
        hello = text[text.index("ClientHello"):text.index("ServerHello")]
        rows = re.findall(r"^ {2} *(\d+) ((?:[0-9a-f]{2}(?: |$))+)", hello, re.M)
        self.assertEqual(bytes.fromhex("".join(row for _, row in rows)), wire)
        self.assertIn("RFC", hello)

    def test_says_where_it_stops(self):
        path = write(self.path("broken.flow"), b"client\n16030100 06 0100 0002 0301\n")
        self.assertRegex(self.text(path), r"(?m)^stopped: client, byte \d+: ")
        done = self.run_fails(9, ["not a flow"], "explain",
                              write(self.path("x"), b"\x7fELF and so on"))
        self.assertIn("hex", done.stderr)
        self.run_fails(9, ["nobody says anything"], "explain", write(self.path("y"), b"# empty\n"))
        self.run_fails(9, ["No such file"], "explain", self.path("missing"))

    def test_lets_nobody_speak_to_the_terminal(self):
        name = b"\x1b[31mred\x07"
        ext = b"\0\0" + bytes([0, len(name) + 5, 0, len(name) + 3, 0, 0, len(name)]) + name
        body = b"\3\1" + bytes(32) + b"\0\0\2\0\x2f\1\0" + bytes([0, len(ext)]) + ext
        hello = b"\1\0\0" + bytes([len(body)]) + body
        wire = b"\x16\3\1\0" + bytes([len(hello)]) + hello
        page = self.path("p.html")
        for how in (("-vvv",), ("--html", page)):
            out = self.run_ok("explain", "--hex", wire.hex(), *how).stdout
            out += read(page) if how[0] == "--html" else b""
            self.assertNotIn(b"\x1b", out)
            self.assertNotIn(b"\x07", out)
            self.assertIn(b"red", out)

    def test_colors_a_terminal_unless_told_otherwise(self):
        def on_terminal(*args, **env):
            leader, follower = pty.openpty()
            process = subprocess.Popen([PARLEY, "explain", "--hex", WIRE, *args], stdout=follower,
                                       stderr=follower, env={**ENVIRONMENT, **env})
            os.close(follower)
            out = b""
            while select.select([leader], [], [], 20)[0]:
                try:
                    part = os.read(leader, 65536)
                except OSError:
                    break
                if not part:
                    break
                out += part
            process.wait(20)
            os.close(leader)
            return out
        self.assertIn(b"\x1b[36m", on_terminal())
        self.assertNotIn(b"\x1b", on_terminal(NO_COLOR="1"))
        self.assertNotIn(b"\x1b", on_terminal("--color", "never"))
        self.assertNotIn("\x1b", self.text("--hex", WIRE))
        self.assertIn("\x1b", self.text("--hex", WIRE, "--color", "always"))

    def test_is_one_document(self):
        doc = json.loads(self.text("--json", golden("tls10-aes128-sha")))
        self.assertEqual(doc["schema"], "parley.explain")
        self.assertEqual(doc["protocol"], "TLSv1")
        self.assertEqual([m["title"] for m in doc["messages"][:5]], list(HELLOS))
        for side in ("client", "server"):
            size = sum(r["size"] for r in doc["records"] if r["from"] == side)
            self.assertEqual(size, doc["streams"][side]["size"])
        for m in doc["messages"]:
            self.assertEqual(sum(f["size"] for f in m["fields"]), m["size"])


class Words(ToolTest):
    def test_explains_numbers(self):
        for given in ("40", "0x28", "handshake_failure"):
            self.assertIn(b"alert 40: handshake_failure",
                          self.run_ok("explain", "alert", given).stdout)
        for given in ("47", "0x002f", "AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"):
            self.assertIn(b"TLS_RSA_WITH_AES_128_CBC_SHA",
                          self.run_ok("explain", "suite", given).stdout)
        doc = json.loads(self.run_ok("explain", "suite", "0x010080", "--json").stdout)
        self.assertIn("RC4", doc["suite"]["iana"])
        self.assertIn(b"TLS_FALLBACK_SCSV", self.run_ok("explain", "suite", "0x5600").stdout)
        doc = json.loads(self.run_ok("explain", "suite", "0x1234", "--json").stdout)
        self.assertEqual(doc["suite"], {"code": "0x1234", "iana": "unknown suite 0x1234"})

    def test_refuses_what_is_none(self):
        self.run_fails(2, ["0 to 255"], "explain", "alert", "256")
        self.run_fails(2, ["number"], "explain", "suite", "nonsense")
        self.run_fails(2, ["--hex", "two digits"], "explain", "--hex", "1g")
        self.run_fails(2, ["explain what?"], "explain")
        self.run_fails(2, ["two flows"], "explain", "--diff", golden("tls10-rc4-md5"))


class Page(ToolTest):
    def page(self, name):
        self.run_ok("explain", golden(name), "--html", self.path("p.html"))
        return read(self.path("p.html")).decode()

    def test_the_overview_of_keys_is_true(self):
        def steps(html):
            chain = re.search("<ol class=chain>(.*)</ol>", html)[1]
            return [re.findall(r"<b>([^<]*)</b><small>\d+ bytes</small>(?:<small>([^<]*))?", step)
                    for step in chain.split("</li>")[:-1]]
        self.assertEqual(steps(self.page("tls10-aes128-sha")), [
            [("pre_master_secret", ""), ("session_hash", "")],
            [("master_secret", "from session_hash and pre_master_secret")],
            [("key_block", "from master_secret")]])
        self.assertEqual(steps(self.page("ssl20-rc4-md5")), [
            [("MASTER-KEY", "")], [("KEY-MATERIAL", "from MASTER-KEY")],
            [("CLIENT-READ-KEY", "from KEY-MATERIAL"), ("CLIENT-WRITE-KEY", "from KEY-MATERIAL")]])

    def test_what_finished_covers_is_true(self):
        html = self.page("tls10-aes128-sha")
        self.assertRegex(html, r"<h3>session_hash </h3>")
        self.assertNotIn("not computed", html)
        html = self.page("ssl20-rc4-md5")
        self.assertNotIn("0 bytes of 0 messages", html)
        for name, what in (("client finished", "the connection-id of SERVER-HELLO"),
                           ("server verify", "the challenge of CLIENT-HELLO"),
                           ("server finished", "the session id")):
            self.assertRegex(html, "<h3>%s.*It is %s" % (name, what))

    def test_counts_in_grammar(self):
        page = self.path("p.html")
        self.run_ok("explain", "--hex", WIRE, "--html", page)
        self.assertIn("1 message in 1 record · 7 bytes", read(page).decode())


class Flags(ToolTest):
    """A flag that does nothing does not exist."""

    def test_that_would_do_nothing_are_refused(self):
        page, flow = self.path("x.html"), golden("tls10-aes128-sha")
        cert, _ = self.make("c", "--cn", "localhost")
        for flag, kind, args in (
                ("--html", "alert N", ("alert", "40", "--html", page)),
                ("--html", "suite N", ("suite", "5", "--html", page)),
                ("--save", "suite N", ("suite", "5", "--save", page)),
                ("--tls1", "a stored flow", (flow, "--tls1")),
                ("--ciphers", "a stored flow", (flow, "--ciphers", "RC4")),
                ("--timeout", "--hex", ("--hex", WIRE, "--timeout", "2")),
                ("--stream", "a stored flow", (flow, "--stream", "2")),
                ("--from", "a stored flow", (flow, "--from", "server")),
                ("--keylog", "a server", ("localhost:1", "--keylog", flow)),
                ("--save", "a certificate", (cert, "--save", page)),
                ("--stream", "a stored flow", ("--diff", flow, flow, "--stream", "2")),
                ("--diff", "--hex", ("--diff", "--hex", WIRE)),
                ("-v", "--diff", ("--diff", "-vv", flow, flow))):
            self.run_fails(2, [flag + " does not go with", kind], "explain", *args)
            self.assertFalse(os.path.exists(page), args)

    def test_say_what_is_wrong_with_their_numbers(self):
        for number in ("0", "-1", "x", "99999999999"):
            done = self.run_fails(2, ["--stream", "a number from 1 on"], "explain",
                                  golden("tls10-aes128-sha"), "--stream=" + number)
            self.assertLess(len(done.stderr), 120)

    def test_name_a_file_that_is_missing(self):
        for what in (("missing.pcap",), ("--diff", golden("tls10-aes128-sha"), "missing.pcap")):
            self.run_fails(3, ["missing.pcap: no such file", "as a server", "cannot connect"],
                           "explain", *what)
        for what in ("alert", "suite"):
            self.run_fails(2, ["explain " + what, "which one", "number"], "explain", what)


class Live(ToolTest):
    def test_follows_a_connection_and_keeps_it(self):
        page, flow, bare = self.path("page.html"), self.path("a.flow"), self.path("b.flow")
        with Server("--self-signed=rsa:1024", "--count", "3") as server:
            text = self.run_ok("explain", server.port, "--tls1", "-vvv").stdout.decode()
            self.run_ok("explain", server.port, "--ssl3", "--save", flow, "--with-secrets",
                        "--html", page)
            self.run_ok("explain", server.port, "--tls1.2", "--save", bare)
        self.assertRegex(text, r"check: client finished covers messages .*: equal")
        self.assertIn("48 secret bytes; --with-secrets", text)
        self.assertIn("PRF(master_secret", text)
        for path in (page, flow):
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        # A flow that brings its keys opens, and one that does not stays closed.
        doc = json.loads(self.run_ok("explain", "--json", "--with-secrets", flow).stdout)
        self.assertEqual(doc["sealed_records"], 0)
        self.assertEqual([c["equal"] for c in doc["checks"] if "finished" in c["what"]],
                         [True, True])
        master = [d for d in doc["derivations"] if d["name"] == "master_secret"][-1]["output"]
        self.assertEqual(len(master), 96)
        self.assertIn(master, read(page).decode())
        hidden = self.run_ok("explain", "--json", flow).stdout.decode()
        self.assertNotIn(master, hidden)
        self.assertNotIn(b"keylog", read(bare))
        self.assertIn(b"sealed: ", self.run_ok("explain", bare).stdout)

    def test_connect_and_serve_explain_themselves(self):
        pages = [self.path(n) for n in ("c.html", "s.html", "s-2.html")]
        with Server("--self-signed=rsa:1024", "--count", "2", "--explain=" + pages[1]) as server:
            self.run_ok("connect", server.port, "--verify", "none", "--explain=" + pages[0],
                        stdin=b"nobody may read this")
            done = self.run_ok("connect", server.port, "--verify", "none", "--explain")
            server.wait()
        self.assertRegex(done.stderr, r"(?m)^ +1 -> .*ClientHello")
        for page in pages:
            html = read(page).decode()
            self.assertIn("ServerHello", html)
            self.assertIn("equal</em>", html)
            self.assertNotIn(b"nobody may read this".hex(" "), html)

    def test_complains_about_the_file_that_was_named(self):
        missing = self.path("not-there/a")
        with Server("--self-signed=rsa:1024") as server:
            for flag, end in (("--pcap=", ".pcap"), ("--explain=", ".html")):
                self.run_fails(9, [missing + end], "connect", server.port, "--verify", "none",
                               flag + missing + end)
        self.assertIn(b"192.0.2.1", self.run_ok("connect", "--help").stdout)

    def test_is_silent_when_nobody_reads(self):
        read_end, write_end = os.pipe()
        os.close(read_end)
        done = subprocess.run([PARLEY, "explain", "--hex", WIRE], stdout=write_end,
                              stderr=subprocess.PIPE, env=ENVIRONMENT)
        os.close(write_end)
        self.assertEqual((done.returncode, done.stderr), (9, b""))

    def test_explains_a_refusal(self):
        with Server("--self-signed=rsa:1024", "--tls1.2") as server:
            done = parley("explain", server.port, "--tls1")
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertIn(b"protocol_version", done.stdout)
            doc = json.loads(parley("connect", server.port, "--tls1", "--verify", "none",
                                    "--explain", "--json").stdout)
            self.assertEqual(doc["explanations"][0]["messages"][0]["title"], "ClientHello")

    def test_opens_with_a_key_log_or_the_servers_key(self):
        cert, key = self.make("s", "--cn", "localhost")
        log, flow = self.path("keys.log"), self.path("f.flow")
        with Server("--cert", cert, "--key", key, "--keylog", log, "--count", "1") as server:
            self.run_ok("explain", server.port, "--tls1", "--ciphers", "AES128-SHA", "--save", flow)
            server.wait()
        for how in (("--keylog", log), ("--key", key)):
            doc = json.loads(self.run_ok("explain", flow, "--json", *how).stdout)
            self.assertEqual(doc["sealed_records"], 0, how)


class Capture(ToolTest):
    def test_what_connect_writes_is_read_again(self):
        pcap, log = self.path("c.pcap"), self.path("keys.log")
        with Server("--self-signed=rsa:1024", "--count", "1") as server:
            self.run_ok("connect", server.port, "--verify", "none", "--tls1.1", "--pcap", pcap,
                        "--keylog", log, stdin=b"hello")
        doc = json.loads(self.run_ok("explain", pcap, "--keylog", log, "--json",
                                     "--with-secrets").stdout)
        self.assertEqual(doc["protocol"], "TLSv1.1")
        self.assertEqual(doc["sealed_records"], 0)
        said = "".join(m["bytes"] for m in doc["messages"]
                       if m["name"] == "application_data" and m["from"] == "client")
        self.assertEqual(bytes.fromhex(said), b"hello")
        self.run_fails(2, ["--stream 2", "1 connection"], "explain", pcap, "--stream", "2")

    def test_what_serve_writes_is_read_again(self):
        pcap, log = self.path("s.pcap"), self.path("keys.log")
        words = [b"the first", b"the second"]
        with Server("--self-signed=rsa:1024", "--count", "2", "--pcap", pcap, "--keylog", log) as server:
            for said in words:
                self.run_ok("connect", server.port, "--verify", "none", stdin=said)
            server.wait()
        for path, word in zip((pcap, self.path("s-2.pcap")), words):
            doc = json.loads(self.run_ok("explain", path, "--keylog", log, "--json",
                                         "--with-secrets").stdout)
            self.assertEqual(doc["sealed_records"], 0)
            for side in ("client", "server"):  # which sends back what it hears
                said = "".join(m["bytes"] for m in doc["messages"]
                               if m["name"] == "application_data" and m["from"] == side)
                self.assertEqual(bytes.fromhex(said), word)
        # Files of key logs are those of other libraries: master secrets alone.
        self.assertEqual({line.split()[0] for line in read(log).splitlines()}, {b"CLIENT_RANDOM"})

    def test_the_ladder_begins_at_the_premaster_secret(self):
        flow = self.path("a.flow")
        with Server("--self-signed=rsa:1024", "--count", "1") as server:
            self.run_ok("explain", server.port, "--ciphers", "ECDHE-RSA-AES128-SHA", "--save", flow,
                        "--with-secrets")
        first = json.loads(self.run_ok("explain", flow, "--json", "--with-secrets").stdout)["derivations"][0]
        self.assertEqual(first["name"], "pre_master_secret")
        self.assertEqual(len(first["output"]), 64)  # the x of a point on P-256


    def test_one_that_is_damaged_or_has_holes_says_so(self):
        whole, cut = self.path("c.pcap"), self.path("cut.pcap")
        with Server("--self-signed=rsa:1024", "--count", "1") as server:
            self.run_ok("connect", server.port, "--verify", "none", "--tls1", "--pcap", whole)
        data = read(whole)
        sizes, at = [], 24  # of the packets with their headers (pcap's own: 24 bytes)
        while at < len(data):
            sizes.append(16 + int.from_bytes(data[at + 8:at + 12], "big"))
            at += sizes[-1]
        ends = [24 + sum(sizes[:n]) for n in range(len(sizes) + 1)]
        hello = next(n for n in range(len(sizes)) if sizes[n] > 16 + 40)
        after = ends[hello + 1]
        damaged = data[:after + 8] + b"\xff" * 8 + data[after + 16:]
        for content, word in ((data[:after + 20], "truncated"), (damaged, "invalid")):
            write(cut, content)
            done = self.run_ok("explain", cut)
            self.assertIn(b"ClientHello", done.stdout)
            self.assertRegex(done.stderr, r"warning: .*cut.pcap: .*damaged.*" + word)
            self.assertIn(word, json.loads(self.run_ok("explain", cut, "--json").stdout)["warnings"][0])
        # Without the first packet of the server that has data.
        answer = hello + 1
        write(cut, data[:ends[answer]] + data[ends[answer + 1]:])
        self.assertRegex(self.run_ok("explain", cut).stderr,
                         r"warning: .*: \d+ bytes of the server missing from byte 0 of its stream")
        self.assertNotIn("warning", self.run_ok("explain", whole).stderr)


class Difference(ToolTest):
    def test_finds_what_differs(self):
        done = parley("explain", "--diff", golden("ssl30-rc4-md5"), golden("tls12-rc4-md5"))
        self.assertEqual(done.returncode, 1)
        text = done.stdout.decode()
        self.assertIn("- client_version: SSL 3.0", text)
        self.assertIn("+ client_version: TLS 1.2", text)
        self.assertIn("<- Certificate: the same", text)
        doc = json.loads(parley("explain", "--json", "--diff", golden("tls10-aes128-sha"),
                                golden("tls10-client-certificate")).stdout)
        extra = [m["title"] for m in doc["messages"] if m["a"] is None]
        self.assertIn("CertificateRequest", extra)

    def test_is_a_page_of_two_columns(self):
        page = self.path("diff.html")
        done = parley("explain", "--diff", golden("ssl30-rc4-md5"), golden("tls12-rc4-md5"), "--html", page)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        html = read(page).decode()
        self.assertIn("<th scope=row>client_version</th><td>SSL 3.0</td><td>TLS 1.2</td>", html)
        self.assertIn("SSLv3", html)
        self.assertLess(len(html), 1_000_000)
        # Application data is nobody's business here either.
        self.assertNotIn(b"a line of the client".hex(), html)
        same = golden("tls11-aes128-sha")
        self.run_ok("explain", "--diff", same, same, "--html", page)
        self.assertIn("They say the same.", read(page).decode())
        self.assertIn("<td>message 1</td><td>message 1</td>", read(page).decode())

    def test_says_that_one_of_them_stopped(self):
        done = parley("explain", "--diff", golden("tls10-aes128-sha"),
                      golden("tls10-early-change-cipher-spec"))
        self.assertRegex(done.stdout.decode(), r"(?m)^\+ stopped: client, byte \d+: ")
        self.assertNotIn("- stopped", done.stdout.decode())

    def test_finds_nothing_where_nothing_differs(self):
        same = golden("tls11-aes128-sha")
        self.assertIn(b"ClientHello: the same", self.run_ok("explain", "--diff", same, same).stdout)


class Certificate(ToolTest):
    def test_is_known_by_its_content(self):
        cert, _ = self.make("c", "--cn", "localhost")
        page = self.path("c.html")
        der = bytes.fromhex("".join(f["hex"] for f in json.loads(self.run_ok(
            "explain", cert, "--json").stdout)["certificates"][0]["bytes"]))
        for columns in (80, 120):
            text = self.run_ok("explain", cert, env={"COLUMNS": str(columns)}).stdout.decode()
            self.assertIn("tbsCertificate", text)
            self.assertLessEqual(max(map(len, text.splitlines())), columns)
            rows = re.findall(r"^ {2} *\d+ ((?:[0-9a-f]{2}(?: |$))+)", text, re.M)
            self.assertEqual(bytes.fromhex("".join(rows)), der)
        self.run_ok("explain", cert, "--html", page)
        self.assertIn("tbsCertificate", read(page).decode())


if __name__ == "__main__":
    unittest.main()
