#!/usr/bin/python3
"""Plays the runner of parley-bogo-shim: with the ssl module, the openssl program, bytes made by
hand, and a second shim in the other role.

usage: shim_test.py PARLEY-BOGO-SHIM README [unittest options]
"""
import base64
import contextlib
import os
import re
import select
import socket
import ssl
import subprocess
import sys
import threading
import time
import unittest
import warnings

SHIM = README = None
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PKI = os.path.join(ROOT, "vectors", "facade")
CERT, KEY = (os.path.join(PKI, n) for n in ("server_cert.pem", "server_key.pem"))
IDENTITY = ["-cert-file", CERT, "-key-file", KEY]
SERVER = ["-server", *IDENTITY]
SSL3, TLS1, TLS11, TLS12 = 768, 769, 770, 771
TIMEOUT = 30


def listener(family=socket.AF_INET):
    s = socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0),
                             family=family)
    s.settimeout(TIMEOUT)
    return s


def start(port, *flags):
    return subprocess.Popen([SHIM, "-port", str(port), *map(str, flags)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Outcome:
    """How a shim ended: its exit status and the name in its line on stderr."""

    def __init__(self, process):
        out, self.err = process.communicate(timeout=TIMEOUT)
        assert out == "", out
        self.status = process.returncode
        found = re.fullmatch(r":([A-Z0-9_]+): [^\n]*\n", self.err)
        if self.status == 0:
            assert self.err == "", self.err
            self.name = "OK"
        elif self.status == 89:
            self.name = "UNIMPLEMENTED"
        else:
            assert found, (self.status, self.err)
            self.name = found.group(1)


def alone(*flags):
    """A shim that nobody waits for."""
    return Outcome(subprocess.Popen([SHIM, *map(str, flags)], stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE, text=True))


def accept(ear, shim):
    """The next connection of a shim, unless it has ended."""
    for _ in range(10 * TIMEOUT):
        ended = shim.poll() is not None
        if select.select([ear], [], [], 0.1)[0]:
            return ear.accept()
        if ended:
            raise AssertionError("ended: " + shim.stderr.read())
    raise AssertionError("no connection")


def with_peer(flags, peer, connections=1, family=socket.AF_INET):
    """Starts a shim and calls peer(socket) for each of its connections. Returns how the shim ended
    and what peer returned last."""
    result = None
    with listener(family) as ear:
        shim = start(ear.getsockname()[1], *flags)
        try:
            for _ in range(connections):
                conn, _ = accept(ear, shim)
                with conn:
                    conn.settimeout(TIMEOUT)
                    result = peer(conn)
            return Outcome(shim), result
        finally:
            shim.kill()


class Wire:
    """What went from one end to the other: as a stream and in how many pieces."""

    def __init__(self, change=None):
        self.bytes, self.pieces, self.change = b"", 0, change

    def pump(self, source, sink):
        while True:
            try:
                piece = source.recv(65536)
            except OSError:
                piece = b""
            if not piece:
                break
            self.pieces += 1
            at = len(self.bytes)
            self.bytes += piece
            if self.change:
                piece = self.change(at, piece)
            try:
                sink.sendall(piece)
            except OSError:
                pass
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def records(self, kind):
        """Fragments of the records of that content type."""
        out, rest = [], self.bytes
        while len(rest) >= 5:
            size = int.from_bytes(rest[3:5], "big")
            if rest[0] == kind:
                out.append(rest[5:5 + size])
            rest = rest[5 + size:]
        return out


def relay(a, b, up=None, down=None):
    """Joins two sockets until both have finished; the wires from a to b and back."""
    for s in a, b:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.settimeout(TIMEOUT)
    wires = Wire(up), Wire(down)
    back = threading.Thread(target=wires[1].pump, args=(b, a))
    back.start()
    wires[0].pump(a, b)
    back.join()
    return wires


class Pair:
    """A client and a server, both shims, and the bytes between them in the last connection."""

    def __init__(self, client, server, connections=1, up=None, down=None):
        with listener() as ear_c, listener() as ear_s:
            shims = (start(ear_c.getsockname()[1], *client),
                     start(ear_s.getsockname()[1], *SERVER, *server))
            try:
                for _ in range(connections):
                    (c, _), (s, _) = accept(ear_c, shims[0]), accept(ear_s, shims[1])
                    with c, s:
                        self.up, self.down = relay(c, s, up, down)
                self.client, self.server = map(Outcome, shims)
            finally:
                for p in shims:
                    p.kill()
        self.names = (self.client.name, self.server.name)


def tls_context(server=False, ask=ssl.CERT_NONE):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
        c.check_hostname = False
        c.verify_mode = ask
        c.minimum_version = c.maximum_version = ssl.TLSVersion.TLSv1
    c.set_ciphers("ALL:@SECLEVEL=0")
    if server:
        c.load_cert_chain(CERT, KEY)
    return c


def tls(conn, server=False, **more):
    """The ssl module's end of a connection, in the role given."""
    return tls_context(server, **more).wrap_socket(conn, server_side=server,
                                                   suppress_ragged_eofs=False)


def read_all(conn):
    out = b""
    try:
        while piece := conn.recv(65536):
            out += piece
    except OSError:
        pass
    return out


def record(kind, body, version=TLS1):
    return bytes([kind, *version.to_bytes(2, "big"), *len(body).to_bytes(2, "big")]) + body


def raw(flags, *sent):
    """A peer that says just these bytes, then listens."""
    def peer(conn):
        for piece in sent:
            conn.sendall(piece)
        conn.shutdown(socket.SHUT_WR)
        return read_all(conn)
    return with_peer(flags, peer)


def server_hello(version=TLS1):
    body = version.to_bytes(2, "big") + bytes(32) + b"\0" + b"\0\x2f" + b"\0"
    return record(22, b"\2" + len(body).to_bytes(3, "big") + body, version)


def client_hello(version=TLS1):
    body = version.to_bytes(2, "big") + bytes(32) + b"\0" + b"\0\2\0\x2f" + b"\1\0"
    return record(22, b"\1" + len(body).to_bytes(3, "big") + body, version)


GOODBYE = ["-shim-shuts-down", "-check-close-notify"]
BOTH_VERSIONS = [("-min-version", v, "-max-version", v) for v in (SSL3, TLS1)]


class Flags(unittest.TestCase):
    def table(self):
        return subprocess.run([SHIM, "--flags"], capture_output=True, text=True, check=True).stdout

    def rows(self, state):
        rows = re.findall(r"^\| (.*) \| %s \| .+ \|$" % state, self.table(), re.M)
        return re.findall(r"`(-[a-z0-9-]+)(?: [A-Z0-9]+)?`", " ".join(rows))

    def test_the_table_in_the_readme_is_the_programs_own(self):
        with open(README, encoding="utf-8") as f:
            shown = f.read().split("<!-- flags -->\n")
        self.assertEqual(len(shown), 3)
        self.assertEqual(shown[1], self.table())

    def test_every_flag_that_is_done_has_a_case_here(self):
        with open(__file__, encoding="utf-8") as f:
            text = f.read()
        self.assertGreater(len(self.rows("done")), 30)
        for flag in self.rows("done"):
            self.assertIn('"%s"' % flag, text)

    def test_what_is_not_implemented_is_89_and_never_a_pass(self):
        flags = [[f] for f in self.rows("89")]
        self.assertGreater(len(flags), 4)
        flags += [["-no-such-flag"], ["-"], [""], ["server"], ["--server"], ["-on-initial-"],
                  ["-on-retry-async"], ["-on-resume-signing-prefs"], ["-max-version", 772],
                  ["-min-version", 773], ["-min-version", 2], ["-max-version", 0],
                  ["-cipher", "[AES128-SHA|AES256-SHA]:DES-CBC3-SHA"]]
        for f in flags:
            with self.subTest(f):
                self.assertEqual(alone("-port", 1, *f).status, 89)

    def test_a_flag_without_a_value_that_fits_is_a_bad_argument(self):
        for f in [["-port"], ["-port", "x"], ["-port", "1x"], ["-port", "65536"], ["-port", ""],
                  ["-server"], [], ["-port", 1, "-resume-count", "-1"],
                  ["-port", 1, "-expect-certificate-types", "AQ"],
                  ["-port", 1, "-expect-certificate-types", "A!=="], ["-port", 1, "-cipher"]]:
            with self.subTest(f):
                self.assertEqual(alone(*f).name, "BAD_ARGUMENT")

    def test_files_and_cipher_strings_that_are_no_good_have_their_names(self):
        for name, f in [("FILE_CANNOT_BE_READ", ["-key-file", "/no/such/file", "-cert-file", CERT]),
                        ("FILE_CANNOT_BE_READ", ["-key-file", KEY, "-cert-file", "/no/such/file"]),
                        ("NO_START_LINE", ["-key-file", CERT, "-cert-file", CERT]),
                        ("NO_START_LINE", ["-key-file", KEY, "-cert-file", KEY]),
                        ("NO_CIPHER_MATCH", ["-cipher", "NONSENSE"]),
                        ("NO_CIPHER_MATCH", ["-cipher", ""]),
                        ("INVALID_COMMAND", ["-cipher", "ALL:@NONSENSE"])]:
            with self.subTest(f):
                self.assertEqual(alone("-port", 1, *f).name, name)

    def test_nobody_to_connect_to_is_a_system_error(self):
        with listener() as ear:
            port = ear.getsockname()[1]
        self.assertEqual(alone("-port", port).name, "SYSTEM_ERROR")


class Data(unittest.TestCase):
    def echo(self, server, *flags):
        """Of 20000 bytes with the ssl module, which plays the other role."""
        data = bytes(range(250)) * 80

        def peer(conn):
            t = tls(conn, server=not server)
            back = b""
            for at in range(0, len(data), 5000):
                t.sendall(data[at:at + 5000])
                while len(back) < at + 5000:
                    back += t.recv(65536)
            version = t.version()
            t.unwrap()
            return back, version
        shim, (back, version) = with_peer([*(SERVER if server else []), *flags], peer)
        self.assertEqual(shim.name, "OK", shim.err)
        self.assertEqual(bytes(b ^ 0xff for b in back), data)
        self.assertEqual(version, "TLSv1")

    def test_it_answers_each_byte_inverted_in_both_roles(self):
        for server in False, True:
            for flags in ([], ["-async"], ["-implicit-handshake"], ["-check-close-notify"],
                          ["-async", "-implicit-handshake", "-check-close-notify"]):
                with self.subTest(server=server, flags=flags):
                    self.echo(server, *flags)

    def test_two_shims_meet_in_both_versions(self):
        for version in BOTH_VERSIONS:
            for extra in [], ["-async"], ["-implicit-handshake"]:
                with self.subTest(version=version, extra=extra):
                    p = Pair([*version, *extra, "-shim-writes-first", *GOODBYE],
                             [*extra, "-check-close-notify"])
                    self.assertEqual(p.names, ("OK", "OK"))
                    self.assertEqual(p.down.bytes[1:3], version[1].to_bytes(2, "big"))

    def test_async_moves_single_bytes(self):
        def pieces(*flags):
            p = Pair([*GOODBYE, *flags], flags)
            self.assertEqual(p.names, ("OK", "OK"))
            return p.up.pieces + p.down.pieces
        # How many a busy machine joins on their way is not ours to say.
        self.assertTrue(any(pieces("-async") > 5 * pieces() for _ in range(5)))

    def test_it_writes_first_and_shuts_down_when_told(self):
        def peer(conn):
            t = tls(conn, server=True)
            said = b""
            while piece := t.recv(100):  # raises an exception where close_notify is missing
                said += piece
            return said
        for flags, said in [(["-shim-writes-first", "-shim-shuts-down"], b"hello"),
                            (["-shim-shuts-down"], b""),
                            (["-shim-shuts-down", "-implicit-handshake"], b"")]:
            for more in [], ["-async"]:
                shim, got = with_peer([*flags, *more], peer)
                self.assertEqual((shim.name, got), ("OK", said))

    def test_it_ends_the_connection_with_an_alert_when_told(self):
        heard = "SSLV3_ALERT_DECOMPRESSION_FAILURE"
        for more in [], ["-async"], ["-implicit-handshake"]:
            self.assertEqual(Pair(["-send-alert", *more], []).names, ("OK", heard))
            self.assertEqual(Pair([], ["-send-alert", *more]).names, (heard, "OK"))

    def test_cbc_record_splitting_is_seen_on_the_wire(self):
        for suite, flags, records in [("AES128-SHA", ["-cbc-record-splitting"], 2),
                                      ("AES128-SHA", [], 2), ("RC4-SHA", [], 1),
                                      ("RC4-SHA", ["-cbc-record-splitting"], 1)]:
            p = Pair(["-cipher", suite, "-max-version", TLS1, "-shim-writes-first", *GOODBYE,
                      *flags], [])
            self.assertEqual(p.names, ("OK", "OK"))
            self.assertEqual(len(p.up.records(23)), records, (suite, flags))

    def test_close_notify_is_needed_when_asked_for(self):
        def hang_up(conn):
            os.close(tls(conn, server=True).detach())
        for flags, name in [([], "OK"), (["-check-close-notify"], "UNEXPECTED_EOF"),
                            (["-shim-shuts-down"], "OK"), (GOODBYE, "UNEXPECTED_EOF")]:
            self.assertEqual(with_peer(flags, hang_up)[0].name, name, flags)

    def test_ipv6(self):
        def peer(conn):
            t = tls(conn, server=True)
            t.sendall(b"\0")
            return t.recv(1), t.unwrap() and None
        shim, got = with_peer(["-ipv6"], peer, family=socket.AF_INET6)
        self.assertEqual((shim.name, got[0]), ("OK", b"\xff"))


class Negotiation(unittest.TestCase):
    def test_no_common_suite(self):
        for version in BOTH_VERSIONS:
            p = Pair([*version, "-cipher", "AES128-SHA"], ["-cipher", "RC4-SHA"])
            self.assertEqual(p.names, ("SSLV3_ALERT_HANDSHAKE_FAILURE", "NO_SHARED_CIPHER"))
            p = Pair([*version, "-cipher", "AES128-SHA", *GOODBYE],
                     ["-cipher", "RC4-SHA:AES128-SHA"])
            self.assertEqual(p.names, ("OK", "OK"))

    def test_versions(self):
        def chosen(client, server):
            p = Pair([*client, *GOODBYE], server)
            return int.from_bytes(p.down.bytes[1:3], "big") if p.names == ("OK", "OK") else p.names
        self.assertEqual(chosen([], []), TLS12)
        self.assertEqual(chosen(["-no-tls1"], []), SSL3)
        self.assertEqual(chosen([], ["-no-tls1", "-no-tls11", "-no-tls12"]), SSL3)
        self.assertEqual(chosen([], ["-no-tls12"]), TLS11)
        self.assertEqual(chosen(["-no-ssl3"], []), TLS12)
        self.assertEqual(chosen(["-no-ssl3", "-no-tls11", "-no-tls12", "-no-tls13"], []), TLS1)
        self.assertEqual(chosen(["-max-version", SSL3], []), SSL3)
        self.assertEqual(chosen([], ["-max-version", SSL3]), SSL3)
        self.assertEqual(chosen(["-min-version", TLS1], []), TLS12)
        self.assertEqual(chosen(["-max-version", TLS11], []), TLS11)
        refused = ("SSLV3_ALERT_HANDSHAKE_FAILURE", "UNSUPPORTED_PROTOCOL")
        self.assertEqual(chosen(["-no-tls1"], ["-min-version", TLS1])[1], refused[1])
        self.assertEqual(chosen(["-min-version", TLS1],
                                ["-no-tls1", "-no-tls11", "-no-tls12"])[0], refused[1])
        shim, _ = with_peer(["-no-tls1", "-no-ssl3", "-no-tls11", "-no-tls12"], read_all)
        self.assertEqual(shim.name, "UNSUPPORTED_PROTOCOL")

    def test_fallback_scsv(self):
        p = Pair(["-fallback-scsv", "-max-version", SSL3], [])
        self.assertEqual(p.names,
                         ("TLSV1_ALERT_INAPPROPRIATE_FALLBACK", "INAPPROPRIATE_FALLBACK"))
        p = Pair(["-fallback-scsv", "-max-version", SSL3, *GOODBYE], ["-max-version", SSL3])
        self.assertEqual(p.names, ("OK", "OK"))

    def test_curves(self):
        for curve in "prime256v1", "secp384r1", "secp521r1":
            def peer(conn):
                c = tls_context(server=True)
                c.set_ecdh_curve(curve)
                t = c.wrap_socket(conn, server_side=True)
                return t.unwrap() and None
            shim, _ = with_peer(["-enable-all-curves", "-cipher", "ECDHE-RSA-AES128-SHA"], peer)
            self.assertEqual(shim.name, "OK", shim.err)

    def test_server_name(self):
        p = Pair(["-host-name", "example.org", *GOODBYE], ["-expect-server-name", "example.org"])
        self.assertEqual(p.names, ("OK", "OK"))
        for client in ["-host-name", "example.com"], []:
            p = Pair(client, ["-expect-server-name", "example.org"])
            self.assertEqual(p.server.name, "EXPECT_SERVER_NAME")
        p = Pair(["-host-name", "example.com", *GOODBYE],
                 ["-implicit-handshake", "-expect-server-name", "example.org"])
        self.assertEqual(p.server.name, "EXPECT_SERVER_NAME")


class Certificates(unittest.TestCase):
    def test_a_server_that_requires_a_certificate(self):
        for version in BOTH_VERSIONS:
            p = Pair([*version, *IDENTITY, *GOODBYE],
                     ["-require-any-client-certificate", "-expect-verify-result"])
            self.assertEqual(p.names, ("OK", "OK"))
            p = Pair([*version, *GOODBYE], ["-require-any-client-certificate"])
            self.assertEqual(p.names, ("SSLV3_ALERT_HANDSHAKE_FAILURE",
                                       "PEER_DID_NOT_RETURN_A_CERTIFICATE"))

    def test_a_server_that_asks_for_one(self):
        for client in [], IDENTITY:
            p = Pair([*client, *GOODBYE], ["-verify-peer", "-expect-verify-result"])
            self.assertEqual(p.names, ("OK", "OK"))
        p = Pair([*IDENTITY, *GOODBYE], ["-verify-peer", "-verify-fail"])
        self.assertEqual(p.names, ("SSLV3_ALERT_BAD_CERTIFICATE", "CERTIFICATE_VERIFY_FAILED"))

    def test_a_client_that_looks_at_the_servers_certificate(self):
        p = Pair(["-verify-peer", "-expect-verify-result", *GOODBYE], [])
        self.assertEqual(p.names, ("OK", "OK"))
        p = Pair(["-verify-peer", "-verify-fail"], [])
        self.assertEqual(p.names, ("CERTIFICATE_VERIFY_FAILED", "SSLV3_ALERT_BAD_CERTIFICATE"))

    def test_a_refusal_that_nobody_asked_about_is_only_noted(self):
        p = Pair(["-verify-fail", "-expect-verify-result", *GOODBYE], [])
        self.assertEqual(p.names, ("OK", "OK"))
        p = Pair(["-expect-verify-result", *GOODBYE], [])
        self.assertEqual(p.client.name, "EXPECT_VERIFY_RESULT")

    def test_certificate_types_are_those_on_the_wire(self):
        def peer(conn):
            t = tls(conn, server=True, ask=ssl.CERT_OPTIONAL)
            return t.unwrap() and None
        # What OpenSSL 3.0 asks for in TLS 1.0: rsa_sign, dss_sign, ecdsa_sign.
        types = base64.b64encode(bytes([1, 2, 64])).decode()
        shim, _ = with_peer(["-expect-certificate-types", types], peer)
        self.assertEqual(shim.name, "OK", shim.err)
        for other in (b"\1\2", b"\2\1\x40", b""):
            p = Pair(["-expect-certificate-types", base64.b64encode(other).decode(), *GOODBYE],
                     ["-verify-peer"])
            self.assertEqual(p.client.name, "EXPECT_CERTIFICATE_TYPES", other)
        p = Pair(["-expect-certificate-types", types, *GOODBYE], [])
        self.assertEqual(p.client.name, "EXPECT_CERTIFICATE_TYPES")


class Extensions(unittest.TestCase):
    def both(self, client, server, names=("OK", "OK"), connections=1):
        p = Pair([*client, *GOODBYE], server, connections=connections)
        self.assertEqual(p.names, names, (p.client.err, p.server.err))
        return p

    def test_versions_up_to_tls_1_2(self):
        for v, word in (770, "11"), (771, "12"):
            p = self.both(["-min-version", v, "-max-version", v], [])
            self.assertEqual(p.down.bytes[1:3], v.to_bytes(2, "big"))
            p = Pair(["-min-version", v, "-max-version", v], ["-no-tls" + word])
            # A server of the next lower version answers; the client will not have it.
            self.assertEqual(p.names, ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"))

    def test_alpn(self):
        offer = "\x03foo\x03bar"
        self.both(["-advertise-alpn", offer, "-expect-alpn", "bar"],
                  ["-select-alpn", "bar", "-expect-alpn", "bar", "-expect-advertised-alpn", offer])
        self.both(["-advertise-alpn", offer, "-expect-alpn", "foo"], ["-select-alpn", "bar"],
                  ("EXPECT_ALPN", "OK"))
        p = Pair(["-advertise-alpn", offer, *GOODBYE], ["-expect-advertised-alpn", "\x03foo"])
        self.assertEqual(p.server.name, "EXPECT_ADVERTISED_ALPN")
        for bad in "\x04foo", "\x03fo":
            self.assertEqual(alone("-port", 1, "-advertise-alpn", bad).name, "BAD_ARGUMENT")

    def test_extended_master_secret(self):
        expect = "-expect-extended-master-secret"
        self.both([expect], [expect])
        p = Pair([expect, "-max-version", SSL3, *GOODBYE], [])
        self.assertEqual(p.client.name, "EXPECT_EXTENDED_MASTER_SECRET")

    def test_a_staple_is_handed_on_as_it_is(self):
        staple, other = (base64.b64encode(b).decode() for b in (b"any bytes", b"others"))
        self.both(["-enable-ocsp-stapling", "-expect-ocsp-response", staple, "-resume-count", 1],
                  ["-ocsp-response", staple, "-resume-count", 1], connections=2)
        for flags in ["-enable-ocsp-stapling", "-expect-ocsp-response", other], \
                ["-expect-ocsp-response", staple]:
            p = Pair([*flags, *GOODBYE], ["-ocsp-response", staple])
            self.assertEqual(p.client.name, "EXPECT_OCSP_RESPONSE")

    def first_words(self, *flags):
        """What a client and a server say of themselves, told by a peer that answers nothing."""
        def peer(conn):
            t = tls(conn, server=True)
            said = b""
            while len(said) < 32:
                said += t.recv(1024)
            binding = t.get_channel_binding("tls-unique")
            t.unwrap()
            return said, binding
        shim, result = with_peer([*flags, "-shim-shuts-down"], peer)
        self.assertEqual(shim.name, "OK", shim.err)
        return result

    def test_tls_unique_is_that_of_openssl(self):
        said, binding = self.first_words("-tls-unique", "-shim-writes-first", "-export-keying-material",
                                         15, "-export-label", "EXPERIMENTAL")
        self.assertEqual(said[15:], binding + b"hello")
        self.assertEqual(len(binding), 12)

    def test_keying_material_is_that_of_openssl(self):
        for context in [], ["-use-export-context"], ["-use-export-context", "-export-context", "abc"]:
            process = None
            with listener() as ear:
                port = ear.getsockname()[1]
            more = ["-keymatexport", "EXPORTER-parley", "-keymatexportlen", "32"]
            process = subprocess.Popen(
                ["openssl", "s_server", "-accept", str(port), "-cert", CERT, "-key", KEY, "-tls1_2",
                 "-cipher", "ALL:@SECLEVEL=0", "-naccept", "1", *more],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            try:
                said = b""
                while b"ACCEPT" not in said:
                    piece = os.read(process.stdout.fileno(), 4096)
                    self.assertTrue(piece, said)
                    said += piece
                shim = Outcome(start(port, "-export-keying-material", 32, "-export-label",
                                     "EXPORTER-parley", *context, "-shim-shuts-down"))
                self.assertEqual(shim.name, "OK", shim.err)
                rest, _ = process.communicate(timeout=TIMEOUT)
            finally:
                process.kill()
            told = re.search(rb"Keying material: ([0-9A-F]{64})", said + rest)
            self.assertTrue(told, said + rest)
            # OpenSSL's program exports without a context: with one it must be something else.
            self.assertEqual(bytes.fromhex(told.group(1).decode()) in said + rest, not context)


class Resumption(unittest.TestCase):
    def test_each_later_connection_resumes_the_one_before(self):
        for version in BOTH_VERSIONS:
            for extra in [], ["-async"], ["-no-ticket"], ["-implicit-handshake"]:
                with self.subTest(version=version, extra=extra):
                    both = ["-resume-count", 2, *extra]
                    p = Pair([*version, *GOODBYE, *both], both, connections=3)
                    self.assertEqual(p.names, ("OK", "OK"))
                    # No Certificate in the last one.
                    self.assertNotIn(b"\x0b", [r[:1] for r in p.down.records(22)])

    def test_a_peer_that_hangs_up_without_a_word_can_still_resume(self):
        for shim_is_server in False, True:
            for flags in [], ["-no-ticket"]:
                context = tls_context(server=not shim_is_server)
                session = None

                def peer(conn):
                    nonlocal session
                    t = context.wrap_socket(conn, server_side=not shim_is_server, session=session)
                    t.sendall(b"\0")
                    answer = t.recv(1)
                    reused = t.session_reused
                    session = t.session if shim_is_server else None
                    # OpenSSL forgets sessions without close_notify; it believes this one to be sent.
                    socket.socket.shutdown(t, socket.SHUT_WR)
                    with contextlib.suppress(OSError):
                        t.unwrap()
                    return answer, reused
                shim, got = with_peer([*(SERVER if shim_is_server else []), *flags,
                                       "-resume-count", 2], peer, connections=3)
                self.assertEqual((shim.name, got), ("OK", (b"\xff", True)))

    def test_a_hit_where_a_miss_is_expected(self):
        both = ["-resume-count", 1]
        p = Pair([*GOODBYE, *both], [*both, "-expect-session-miss"], connections=2)
        self.assertEqual(p.server.name, "EXPECT_SESSION_MISS")
        p = Pair([*GOODBYE, *both, "-expect-session-miss"], both, connections=2)
        self.assertEqual(p.client.name, "EXPECT_SESSION_MISS")

    def test_a_miss_where_a_hit_is_expected(self):
        both = ["-resume-count", 1]
        later = ["-on-resume-max-version", SSL3]
        p = Pair([*GOODBYE, *both], [*both, *later], connections=2)
        self.assertEqual(p.names, ("EXPECT_SESSION_HIT",) * 2)
        p = Pair([*GOODBYE, *both, "-expect-session-miss"],
                 [*both, *later, "-expect-session-miss"], connections=2)
        self.assertEqual(p.names, ("OK", "OK"))

    def test_flags_for_the_first_or_the_later_connections_only(self):
        both = ["-resume-count", 1]
        p = Pair([*GOODBYE, *both, "-on-initial-host-name", "a.example", "-on-resume-host-name",
                  "a.example"],
                 [*both, "-on-initial-expect-server-name", "a.example"], connections=2)
        self.assertEqual(p.names, ("OK", "OK"))
        p = Pair([*GOODBYE, *both], [*both, "-on-resume-expect-server-name", "a.example"],
                 connections=2)
        self.assertEqual(p.server.name, "EXPECT_SERVER_NAME")


class Renegotiations(unittest.TestCase):
    """The openssl program asks."""

    OPENSSL = ["-tls1", "-cipher", "ALL:@SECLEVEL=0"]

    def with_s_server(self, flags, asks):
        with listener() as free:
            port = free.getsockname()[1]
        s = subprocess.Popen(["openssl", "s_server", "-accept", "127.0.0.1:%d" % port, "-key", KEY,
                              "-cert", CERT, *self.OPENSSL], stdin=subprocess.PIPE, bufsize=0,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return with_peer(flags, lambda conn: self.joined(conn, self.connected(port), s, asks))[0]
        finally:
            s.kill()
            s.communicate()

    @staticmethod
    def connected(port):
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port))
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def joined(self, conn, other, program, asks):
        last = [time.monotonic(), 0]  # when something passed, and how many of the two have spoken

        def notice(at, piece):
            last[:] = time.monotonic(), last[1] + (at == 0)
            return piece

        def type_commands():
            deadline = time.monotonic() + TIMEOUT
            for c in asks + "Q":
                # What was asked for is over when nothing has passed for a while.
                while time.monotonic() < deadline and (
                        last[1] < 2 or time.monotonic() - last[0] < 0.4):
                    if program.poll() is not None:
                        return
                    time.sleep(0.02)
                last[0] = time.monotonic()
                try:
                    program.stdin.write(c.encode() + b"\n")
                except BrokenPipeError:
                    return
        typist = threading.Thread(target=type_commands)
        typist.start()
        with other:
            relay(conn, other, notice, notice)
        typist.join()

    def with_s_client(self, flags, asks):
        with listener() as ear:
            port = ear.getsockname()[1]
            c = subprocess.Popen(["openssl", "s_client", "-connect", "127.0.0.1:%d" % port,
                                  *self.OPENSSL], stdin=subprocess.PIPE, bufsize=0,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                other, _ = ear.accept()
                return with_peer([*SERVER, *flags],
                                 lambda conn: self.joined(conn, other, c, asks))[0]
            finally:
                c.kill()
                c.communicate()

    def test_a_client_grants_what_its_flag_says(self):
        # OpenSSL ends the connection when it is told no_renegotiation.
        refused = "SSLV3_ALERT_HANDSHAKE_FAILURE"
        for policy, asks, done, name in [(["-renegotiate-freely"], "rr", 2, "OK"),
                                         (["-renegotiate-once"], "r", 1, "OK"),
                                         (["-renegotiate-once"], "rr", 1, refused),
                                         (["-renegotiate-ignore"], "r", 0, "OK"),
                                         ([], "r", 0, refused)]:
            with self.subTest(policy=policy, asks=asks):
                shim = self.with_s_server([*policy, "-expect-total-renegotiations", done], asks)
                self.assertEqual(shim.name, name, shim.err)

    def test_another_number_than_expected(self):
        shim = self.with_s_server(["-renegotiate-freely", "-expect-total-renegotiations", 2], "r")
        self.assertEqual(shim.name, "EXPECT_TOTAL_RENEGOTIATIONS")

    def test_a_server_too(self):
        shim = self.with_s_client(["-renegotiate-freely", "-expect-total-renegotiations", 1], "R")
        self.assertEqual(shim.name, "OK", shim.err)


class Names(unittest.TestCase):
    """Of what is wrong with the peer's bytes."""

    def test_each_alert_has_the_name_of_its_text(self):
        ssl3 = {0: "CLOSE_NOTIFY", 10: "UNEXPECTED_MESSAGE", 20: "BAD_RECORD_MAC",
                30: "DECOMPRESSION_FAILURE", 40: "HANDSHAKE_FAILURE", 41: "NO_CERTIFICATE",
                42: "BAD_CERTIFICATE", 43: "UNSUPPORTED_CERTIFICATE", 44: "CERTIFICATE_REVOKED",
                45: "CERTIFICATE_EXPIRED", 46: "CERTIFICATE_UNKNOWN", 47: "ILLEGAL_PARAMETER"}
        tls1 = {21: "DECRYPTION_FAILED", 22: "RECORD_OVERFLOW", 48: "UNKNOWN_CA",
                49: "ACCESS_DENIED", 50: "DECODE_ERROR", 51: "DECRYPT_ERROR",
                60: "EXPORT_RESTRICTION", 70: "PROTOCOL_VERSION", 71: "INSUFFICIENT_SECURITY",
                80: "INTERNAL_ERROR", 86: "INAPPROPRIATE_FALLBACK", 90: "USER_CANCELLED",
                100: "NO_RENEGOTIATION"}
        names = {n: "SSLV3_ALERT_" + t for n, t in ssl3.items()}
        names |= {n: "TLSV1_ALERT_" + t for n, t in tls1.items()}
        names |= {110: "TLSV1_UNSUPPORTED_EXTENSION", 112: "TLSV1_UNRECOGNIZED_NAME",
                  200: "UNKNOWN_ALERT_TYPE_200"}
        for number, name in names.items():
            with self.subTest(number):
                self.assertEqual(raw([], record(21, bytes([2, number])))[0].name, name)

    def test_what_a_server_makes_of_strange_clients(self):
        for name, sent in [("HTTP_REQUEST", [b"GET / HTTP/1.0\r\n\r\n"]),
                           ("UNEXPECTED_EOF", [b""]),
                           ("UNEXPECTED_EOF", [client_hello()[:20]]),
                           ("UNEXPECTED_EOF", [client_hello()]),
                           ("UNEXPECTED_MESSAGE", [record(20, b"\1")]),
                           ("UNEXPECTED_MESSAGE", [client_hello(), record(20, b"\1")]),
                           ("UNEXPECTED_MESSAGE", [server_hello()]),
                           ("EXCESS_HANDSHAKE_DATA",
                            [client_hello(), record(22, b"\x10"), record(20, b"\1")]),
                           ("APPLICATION_DATA_BEFORE_FINISHED", [client_hello(), record(23, b"x")]),
                           ("BAD_EMPTY_RECORD", [record(22, b"")]),
                           ("BAD_ALERT", [record(21, b"\1")]),
                           ("BAD_ALERT", [record(21, b"\3\x28")]),
                           ("CONNECTION_CLOSED", [client_hello(), record(21, b"\1\0")]),
                           ("TOO_MANY_WARNING_ALERTS",
                            [client_hello(), record(21, b"\1\x5a") * 5]),
                           ("LENGTH_MISMATCH", [record(22, b"\1\0\0\1\3")]),
                           ("DATA_LENGTH_TOO_LONG", [client_hello(), record(22, bytes(18433))]),
                           ("EXCESSIVE_MESSAGE_SIZE", [record(22, b"\1\xff\xff\xff")])]:
            with self.subTest(name, sent=sent[-1][:8]):
                self.assertEqual(raw(SERVER, *sent)[0].name, name)
        for sent in bytes(64), b"\x16\x7f" + bytes(64):
            self.assertIn(raw(SERVER, sent)[0].name,
                          ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "UNEXPECTED_RECORD"))

    def test_what_a_client_makes_of_strange_servers(self):
        for name, sent in [("UNEXPECTED_EOF", [b""]), ("UNEXPECTED_EOF", [server_hello()]),
                           ("UNEXPECTED_MESSAGE", [server_hello(), record(20, b"\1")]),
                           ("UNEXPECTED_MESSAGE", [client_hello()]),
                           ("UNKNOWN_PROTOCOL", [b"HTTP/1.0 200 OK\r\n\r\n"])]:
            with self.subTest(name, sent=sent[-1][:8]):
                self.assertEqual(raw([], *sent)[0].name, name)
        for name, flags in [("WRONG_CIPHER_RETURNED", ["-cipher", "RC4-SHA"]),
                            ("UNSUPPORTED_PROTOCOL", ["-max-version", SSL3])]:
            with self.subTest(name, flags=flags):
                self.assertEqual(raw(flags, server_hello())[0].name, name)

    def test_the_alert_that_tells_the_peer_arrives(self):
        _, said = raw(SERVER, client_hello(), record(20, b"\1"))
        self.assertEqual(said[-7:], record(21, b"\2\x0a"))
        _, said = raw(["-async"], server_hello(), record(20, b"\1"))
        self.assertEqual(said[-7:], record(21, b"\2\x0a"))

    def test_a_changed_byte_of_a_protected_record(self):
        for version in BOTH_VERSIONS:
            seen = []

            def flip(at, piece):
                # The record after ServerHelloDone, ClientKeyExchange, Finished: application data.
                i = piece.find(bytes([23, 3]))
                if i < 0 or seen or len(piece) < i + 20:
                    return piece
                seen.append(at)
                return piece[:i + 12] + bytes([piece[i + 12] ^ 1]) + piece[i + 13:]
            p = Pair([*version, "-shim-writes-first", *GOODBYE, "-cipher", "AES128-SHA"], [],
                     up=flip)
            self.assertEqual(p.server.name, "DECRYPTION_FAILED_OR_BAD_RECORD_MAC")
            self.assertEqual(p.client.name, "SSLV3_ALERT_BAD_RECORD_MAC")


if __name__ == "__main__":
    SHIM, README = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], warnings="ignore")
