#!/usr/bin/python3
"""Parley against independent TLS stacks beyond the suites: SSL 2.0, renegotiation, tickets, clients'
certificates, groups and signatures of TLS 1.2, ALPN, hellos in the form of SSL 2.0, the table of
versions, server_name, TLS_FALLBACK_SCSV.

  features_test.py --bin build/dev/bin --peers build/peers --out build/interop/features.txt
  features_test.py ... --feature tickets --only nss    one feature, cells whose name holds that text
  features_test.py --out build/interop/features.txt --table    only print what earlier runs found

A cell is one exchange of parley with a peer: what both sides must print, line by line. What a
peer cannot do stands in LEFT_OUT with its reason. README.md beside this file says more. Standard
library only; peers and processes come from peers_test.py.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import os
import socket
import subprocess
import sys
import threading
import time

import peers_test
from peers_test import CHUNK, LARGE, LIMIT, PEERS, SMALL, Program, Target, VERSION_OF, fields

FEATURES = {"ssl2": "SSL 2.0", "renegotiation": "renegotiation", "tickets": "tickets",
            "certificates": "clients' certificates", "algorithms": "groups and signatures", "alpn": "ALPN",
            "hello": "hellos in v2 form", "versions": "the table of versions",
            "names": "server_name", "fallback": "TLS_FALLBACK_SCSV"}
VERSION_OF = dict(VERSION_OF, sslv2="ssl2", ssl2="ssl2")
# SSL 2.0's kinds of cipher: the name in OpenSSL, and the number.
KINDS = {"RC4-MD5": 0x010080, "EXP-RC4-MD5": 0x020080, "RC2-CBC-MD5": 0x030080,
         "EXP-RC2-CBC-MD5": 0x040080, "IDEA-CBC-MD5": 0x050080, "DES-CBC-MD5": 0x060040,
         "DES-CBC3-MD5": 0x0700C0}
# What nmap calls them.
NMAP = {"RC4-MD5": "SSL2_RC4_128_WITH_MD5", "EXP-RC4-MD5": "SSL2_RC4_128_EXPORT40_WITH_MD5",
        "RC2-CBC-MD5": "SSL2_RC2_128_CBC_WITH_MD5",
        "EXP-RC2-CBC-MD5": "SSL2_RC2_128_CBC_EXPORT40_WITH_MD5",
        "IDEA-CBC-MD5": "SSL2_IDEA_128_CBC_WITH_MD5", "DES-CBC-MD5": "SSL2_DES_64_CBC_WITH_MD5",
        "DES-CBC3-MD5": "SSL2_DES_192_EDE3_CBC_WITH_MD5"}
KIND_OF = {"SSL_CK_" + v[len("SSL2_"):]: k for k, v in NMAP.items()}  # as scapy spells them
# The documented table: the version in which a client (row) and a server (column) meet.
PROTOCOLS = ("ssl2", "ssl3", "any", "tls1", "tls1.1", "tls1.2")
TABLES = {
    "ALL": ("ssl2 -    ssl2   -    -      -",
            "-    ssl3 ssl3   -    -      -",
            "ssl2 -    tls1.2 -    -      -",  # its hello has the form of SSL 2.0
            "-    -    tls1   tls1 -      -",
            "-    -    tls1.1 -    tls1.1 -",
            "-    -    tls1.2 -    -      tls1.2"),
    "": ("ssl2 -    -      -    -      -",  # the default, without SSL 2.0 unless that is all there is
         "-    ssl3 ssl3   -    -      -",
         "-    ssl3 tls1.2 tls1 tls1.1 tls1.2",
         "-    -    tls1   tls1 -      -",
         "-    -    tls1.1 -    tls1.1 -",
         "-    -    tls1.2 -    -      tls1.2"),
}
SUITE = "AES128-SHA"  # every stack has it
LETTERS = b"".join(
    bytes(97 + (i + (i >> 8)) % 26 for i in range(at, at + CHUNK - 1)) + b"\n"
    for at in range(0, LARGE, CHUNK))
DIGEST = {False: peers_test.DIGEST,
          True: {n: hashlib.sha256(LETTERS[:n]).hexdigest() for n in (LARGE, SMALL)}}
TAGS = ("CONN", "RENEGOTIATED", "OK", "SESSION", "CLOSED", "DATA", "STATS", "ERROR")

# (feature, peer, parley's role, what in the cell's name, reason); None: every role.
LEFT_OUT = [
    ("ssl2", "scapy", None, "IDEA-CBC-MD5", "over today's python3-cryptography has no IDEA"),
    ("ssl2", "scapy", None, " DES-CBC-MD5", "sets the keys of DES-CBC-MD5 up wrongly"),
    ("ssl2", "scapy", "server", "EXP-", "as client sends a bad CLIENT-MASTER-KEY for export kinds"),
    ("ssl2", "scapy", None, "resumed", "resumes no session of SSL 2.0"),
    ("renegotiation", "boringssl", None, "parley follows",
     "has no way to ask for a renegotiation"),
    ("renegotiation", "boringssl", "client", "", "as server refuses every renegotiation"),
    ("certificates", "gnutls", "server", "TLS 1.0, DSA", "as client signs with DSA in TLS 1.2 only"),
    ("certificates", "gnutls", "server", "TLS 1.1, DSA", "as client signs with DSA in TLS 1.2 only"),
    ("tickets", "botan", "server", "off at the peer", "as client asks for tickets always"),
]


def left_out(feature, peer, role, name):
    for f, p, r, what, reason in LEFT_OUT:
        if f == feature and p == peer and r in (None, role) and what in " " + name:
            return reason
    return None


Cell = collections.namedtuple("Cell", "feature peer role name run")


def line(tag, **must):
    """A line that a side has to print; True and False as 1 and 0."""
    return tag, {k: str(int(v)) if isinstance(v, bool) else str(v) for k, v in must.items()}


def same(key, must, have, peer):
    if key == "version":
        have = VERSION_OF.get(have.lower(), have)
    if key == "cipher":
        have = KIND_OF.get(have) or peer.suite_of(have)
    return must in have if key == "peer" and must != "-" else must == have


def check_lines(side, lines, expected, peer, strict, optional=()):
    """What is wrong with what one side printed; an empty list if nothing is.

    `expected`: the lines in order, from line(); fields of ERROR and peer= are parts of the text,
    all others are equal. A foreign peer may leave fields out, and lines tagged as in `optional`."""
    said = [l for l in lines if l.split(" ")[0] in TAGS]
    wrong = []
    want = list(expected)
    for l in said:
        tag = l.split(" ")[0]
        while want and want[0][0] != tag and want[0][0] in optional:
            want.pop(0)
        if not want or want[0][0] != tag:
            if not strict and tag in ("SESSION", "STATS"):
                continue
            wrong.append("%s: %s, where %s was due" % (
                side, l, want[0][0] if want else "nothing more"))
            break
        must, have = want.pop(0)[1], fields(l)
        if "suite" in have:
            have["cipher"] = have["suite"]
        for key, value in must.items():
            if tag == "ERROR":
                if value.lower() not in l.lower().replace("_", " "):
                    wrong.append("%s: %s, not %s" % (side, l, value))
            elif key not in have:
                if strict:
                    wrong.append("%s: no %s= in %s" % (side, key, l))
            elif not same(key, value, have[key], peer):
                wrong.append("%s: %s=%s, not %s" % (side, key, have[key], value))
    else:
        wrong += ["%s: no %s" % (side, t) for t, _ in want if t not in optional]
    return wrong


def good(ours, version, cipher, size=SMALL, resumed=(False,), ticket=None, stats=(),
         renegotiated=None, client_shows="", server_shows="OU=rsa", letters=False):
    """(server's, client's). `renegotiated`: what the server sees then of the client, or None."""
    server, client = [], []
    for i, r in enumerate(resumed):
        both = {"version": version, "cipher": cipher, "resumed": r}
        if cipher is None:
            del both["cipher"]
        server.append(line("CONN", **both, peer=client_shows))
        client.append(line("CONN", **both, peer=server_shows))
        if renegotiated is not None:
            again = {k: v for k, v in both.items() if k != "resumed"}
            server.append(line("RENEGOTIATED", **again, peer=renegotiated))
            client.append(line("RENEGOTIATED", **again, peer=server_shows))
        digest = {"sha256": DIGEST[letters][size]}
        server.append(line("DATA", bytes=size, clean=True,
                           **(digest if ours == "server" else {})))
        client.append(line("OK", bytes=size, **(digest if ours == "client" else {})))
        if ours == "client":
            client.append(line("SESSION", **({} if ticket is None else {"ticket": ticket})))
        else:
            server.append(line("STATS", **(stats[i] if stats else {})))
        client.append(line("CLOSED", clean=True))
    return server, client


class Relay:
    """Passes one connection on, and keeps how it began."""

    def __init__(self, port):
        self.first, self.to = b"", port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        client, _ = self.listener.accept()
        server = socket.create_connection(("127.0.0.1", self.to))
        threading.Thread(target=self._pump, args=(server, client, False), daemon=True).start()
        self._pump(client, server, True)

    def _pump(self, a, b, keep):
        try:
            while data := a.recv(65536):
                if keep and len(self.first) < 5:
                    self.first += data[:5]
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class Run:
    def __init__(self, options):
        self.options, self.results, self.lock = options, [], threading.Lock()
        self.peers = {n: PEERS[n](options) for n in PEERS}
        self.parley = peers_test.Parley(options)

    # --- command lines ---

    def pki(self, name):
        return os.path.join(self.options.peers, "pki", name)

    def own(self, name):
        return ["--cert", self.pki(name + ".crt"), "--key", self.pki(name + ".key")]

    def ours(self, role, version, ciphers, *more):
        """parley's side."""
        return self.parley.program() + [role, "--version", version, "--ciphers", ciphers] + (
            ["--port", "0", "--count", "0", "--timeout", str(peers_test.FOREVER)]
            if role == "server" else ["--timeout", str(LIMIT)]) + list(more)

    def reach(self, port, size=SMALL, connections=1):
        return self.parley.echo(Target(None, port, size), connections)

    # --- one exchange ---

    def exchange(self, server, client, says_server, says_client, ours, peer, status=0,
                 optional=(), v2_form=None, limit=LIMIT):
        """Runs both; `ours` is "client" or "server". Returns (what is wrong, what was said)."""
        wrong, s = [], Program(server)
        port, relay = s.port(), None
        if port is None:
            s.stop()
            return ["the server did not start"], ["server: " + l for l in s.lines]
        if v2_form is not None:
            relay = Relay(port)
            port = relay.port
        c = Program(client(port))
        ended = c.finish(limit)
        due = sum(t in ("DATA", "ERROR") for t, _ in says_server)
        s.wait_for(lambda lines: sum(l.startswith(("DATA ", "ERROR")) for l in lines) >= due,
                   5 if ended == status else 0.5)
        if ours == "server":
            stats = sum(t == "STATS" for t, _ in says_server)
            s.wait_for(lambda lines: sum(l.startswith("STATS ") for l in lines) >= stats, 1)
        s.stop()
        if ended != status and status is not None:
            wrong.append("the client %s" % ("timed out" if ended is None
                                            else "ended with status %d" % ended))
        for side, lines, says in (("server", s.lines, says_server),
                                  ("client", c.lines, says_client)):
            mine = side == ours
            wrong += check_lines(("parley as " if mine else "the peer's ") + side, lines, says,
                                 self.parley if mine else peer, mine, () if mine else optional)
        if relay and (relay.first[:1] >= b"\x80" and relay.first[2:3] == b"\x01") != v2_form:
            wrong.append("the client began with " + relay.first.hex())
        return wrong, ["server: " + l for l in s.lines] + ["client: " + l for l in c.lines]

    # --- the features ---

    def ssl2(self):
        ossl = self.peers["openssl101"]

        def with_openssl(role, kind, certificate):
            def server_args():
                return ["--version", "ssl2", "--ciphers", kind] + self.own("rsa") + (
                    ["--ca", self.pki("ca.crt"), "--verify", "require"] if certificate else [])

            def client_args():
                return ["--version", "ssl2", "--ciphers", kind, "--ca", self.pki("ca.crt")] + (
                    self.own("client") if certificate else [])

            def run():
                says = good(role, "ssl2", kind, LARGE, resumed=(False, True),
                                 client_shows="OU=client" if certificate else "-")
                ours, theirs = self.parley.program(), ossl.program()
                return self.exchange(
                    (ours if role == "server" else theirs) + ["server"] + server_args()
                    + ossl.forever(),
                    lambda port: (ours if role == "client" else theirs) + ["client"]
                    + client_args() + self.reach(port, LARGE, 2),
                    *says, role, ossl)
            return Cell("ssl2", "openssl101", role,
                        kind + (" with a client certificate" if certificate else "") + ", resumed",
                        run)

        scapy = self.peers["scapy"]

        def with_scapy(role, kind, certificate=False):
            shows = "OU=client" if certificate else "-"

            def as_client():
                server, client = good("client", "ssl2", kind, letters=True)
                server = [l for l in server if l[0] != "DATA"]  # it waits for an alert, vainly
                return self.exchange(
                    scapy.program("server") + ["--port", "0", "--cipher", "%06x" % KINDS[kind],
                                               "--timeout", str(LIMIT)] + self.own("rsa")
                    + ["--client-auth"] * certificate,
                    lambda port: self.ours("client", "ssl2", kind, "--text", "1", "--ca",
                                           self.pki("ca.crt")) + self.reach(port)
                    + (self.own("client") if certificate else []),
                    server, client, "client", scapy)

            def as_server():
                server, client = good("server", "ssl2", kind, client_shows=shows)
                client = [l for l in client if l[0] != "CLOSED"]
                server = [(t, {k: v for k, v in f.items() if k != "sha256"}) for t, f in server]
                return self.exchange(
                    self.ours("server", "ssl2", kind, *self.own("rsa")) + (
                        ["--ca", self.pki("ca.crt"), "--verify", "require"] if certificate else []),
                    lambda port: scapy.program("client") + [
                        "--version", "ssl2", "--cipher", "0x%06x" % KINDS[kind], "--port",
                        str(port), "--data", str(SMALL), "--chunk", str(CHUNK)] + (
                            self.own("client") if certificate else []),
                    server, client, "server", scapy)
            return Cell("ssl2", "scapy", role, kind + (
                " with a client certificate" if certificate else ""),
                        as_client if role == "client" else as_server)

        def with_nmap(kinds):
            def run():
                s = Program(self.ours("server", "any", ":".join(kinds), *self.own("rsa")))
                port = s.port()
                out = subprocess.run(
                    ["nmap", "-Pn", "-n", "-sT", "-p", str(port), "--script", "+sslv2",
                     "127.0.0.1"], capture_output=True, text=True, timeout=LIMIT).stdout
                s.stop()
                found = sorted(w for w in out.split() if w.startswith("SSL2_"))
                return ([] if found == sorted(NMAP[k] for k in kinds) and "SSLv2 supported" in out
                        else ["nmap lists " + ", ".join(found)]), out.split("\n")
            return Cell("ssl2", "nmap", "server", "lists " + " ".join(kinds), run)

        for role in ("client", "server"):
            for kind in KINDS:
                yield with_openssl(role, kind, False)
                yield with_openssl(role, kind, True)
                yield with_scapy(role, kind)
            yield with_scapy(role, "RC4-MD5", True)
            yield Cell("ssl2", "scapy", role, "RC4-MD5, resumed", None)
        for kinds in (list(KINDS), ["RC4-MD5"], ["EXP-RC4-MD5", "DES-CBC3-MD5", "IDEA-CBC-MD5"]):
            yield with_nmap(kinds)

    def stack(self, name, role, version, *more):
        """The peer's side of AES128-SHA: a server's command line, or that of a client by port."""
        peer = self.peers[name]
        if role == "server":
            return peer.server(version, "rsa", [SUITE]) + list(more)
        return lambda port, size=SMALL, connections=1: peer.client(
            version, [Target(SUITE, port, size)], connections) + list(more)

    def client_certificate(self, name, own="client"):
        """What gives a peer's client a certificate."""
        if name == "jsse":
            return ["--p12", self.pki(own + ".p12")]
        if name == "nss":
            return ["--nick", own]
        if name == "botan":
            return self.peers[name].own(own)
        if name == "bearssl":
            return ["--cert", self.pki(own + ".crt.der"), "--key", self.pki(own + ".key.der")]
        return self.own(own)

    def renegotiation(self):
        def cell(name, role, version, asks, certificate):
            """asks: parley or the peer. certificate: none, always, later (only in the second)."""
            peer = self.peers[name]

            def run():
                asking = ["--renegotiate", "1"]
                theirs = asking if asks == "peer" else []
                # Asked to renegotiate, the clients of BearSSL, BoringSSL and Botan take no data
                # before they have, and GnuTLS's begins anew, with a second hello, when some comes.
                waits = name in ("bearssl", "boringssl", "botan", "gnutls") and role == "server"
                mine = [] if asks == "peer" else ["--renegotiate", "2" if waits else "1"]
                first = "OU=client" if certificate == "always" else "-"
                then = "OU=client" if certificate else "-"
                says = good(role, version, SUITE, renegotiated=then, client_shows=first)
                # Not every stack tells of a handshake that the other side began.
                optional = ("RENEGOTIATED",) if name == "bearssl" else ()
                ca = ["--ca", self.pki("ca.crt")]
                if role == "client":
                    if certificate:
                        mine = mine + self.own("client")
                        theirs = theirs + (ca if name != "nss" else []) + ["--verify-later", "1"]
                    return self.exchange(
                        self.stack(name, "server", version, *theirs),
                        lambda port: self.ours("client", version, SUITE, *ca, *mine)
                        + self.reach(port), *says, role, peer, optional=optional)
                if certificate:
                    mine = mine + ca + ["--verify", "require"]
                    theirs = theirs + self.client_certificate(name)
                return self.exchange(
                    self.ours("server", version, SUITE, *self.own("rsa"), *mine),
                    self.stack(name, "client", version, *theirs), *says, role, peer,
                    optional=optional)
            words = "%s, %s asks" % (peers_test.VERSIONS[version], asks)
            if asks == "peer":
                words += ", parley follows"
            if certificate == "later":
                words += ", certificate in the second handshake only"
            elif certificate:
                words += ", with a client certificate"
            return Cell("renegotiation", name, role, words, run)

        for name in ("openssl101", "jsse", "nss", "gnutls", "openssl3", "boringssl", "mbedtls",
                     "bearssl", "botan"):
            for version in self.peers[name].versions:
                for role in ("client", "server"):
                    for asks in ("parley", "peer"):
                        yield cell(name, role, version, asks, "")
                if name in ("openssl101", "jsse", "nss", "gnutls", "openssl3"):
                    yield cell(name, "client", version, "peer", "later")
                    yield cell(name, "server", version, "parley", "always")

    def tickets(self):
        def cell(name, role, version, ours, theirs):
            peer = self.peers[name]
            by_ticket = ours and theirs

            def run():
                mine = ["--tickets", str(int(ours))]
                more = ["--tickets", str(int(theirs))]
                stats = [{"number": int(not by_ticket), "hits": 0, "misses": 0},
                         {"number": int(not by_ticket), "hits": 1, "misses": 0}]
                says = good(role, version, SUITE, resumed=(False, True), ticket=by_ticket,
                            stats=stats)
                if role == "client":
                    return self.exchange(
                        self.stack(name, "server", version, *more),
                        lambda port: self.ours("client", version, SUITE, "--ca",
                                               self.pki("ca.crt"), *mine)
                        + self.reach(port, connections=2), *says, role, peer)
                client = self.stack(name, "client", version, *more)
                return self.exchange(
                    self.ours("server", version, SUITE, *self.own("rsa"), *mine),
                    lambda port: client(port, connections=2), *says, role, peer)
            return Cell("tickets", name, role, peers_test.VERSIONS[version] + (
                ", resumed by ticket" if by_ticket else
                ", by ID, tickets off at " + ("the peer" if ours else "parley")), run)

        for name in ("openssl101", "openssl3", "boringssl", "gnutls", "nss", "jsse", "mbedtls",
                     "botan"):
            for version in ("tls1", "tls1.1", "tls1.2"):
                for role in ("client", "server"):
                    yield cell(name, role, version, True, True)
                    if version != "tls1.1":
                        yield cell(name, role, version, False, True)
                        yield cell(name, role, version, True, False)

    def certificates(self):
        def cell(name, role, version, key):
            """key: what the client's certificate is for."""
            peer = self.peers[name]
            own = {"RSA": "client", "ECDSA": "clientec", "Ed25519": "cliented",
                   "DSA": "clientdsa"}[key]
            # Botan asks for one only where its own key signs.
            suite = "ECDHE-RSA-AES128-SHA" if name == "botan" else SUITE

            def run():
                ca = ["--ca", self.pki("ca.crt")]
                says = good(role, version, suite, resumed=(False, True), client_shows="OU=" + own)
                if role == "client":
                    theirs = ["--verify", "require"]
                    if name == "botan":
                        theirs = ["--ca", self.pki("rsaca.crt")]
                    elif name == "bearssl":
                        theirs = ["--ca", self.pki("rsaca.crt.der")]
                    elif name != "nss":
                        theirs += ca
                    if name == "boringssl" and key == "Ed25519":
                        theirs += ["--sigalgs", "ed25519:RSA+SHA256"]  # not by itself
                    return self.exchange(
                        peer.server(version, "rsa", [suite]) + theirs,
                        lambda port: self.ours("client", version, suite, *ca, *self.own(own))
                        + self.reach(port, connections=2), *says, role, peer)

                def client(port, connections):
                    return peer.client(version, [Target(suite, port, SMALL)], connections
                                       ) + self.client_certificate(name, own)
                return self.exchange(
                    self.ours("server", version, suite, *self.own("rsa"), *ca, "--verify",
                              "require", "--tickets", "0"),
                    lambda port: client(port, connections=2), *says, role, peer)
            return Cell("certificates", name, role, "%s, %s" % (
                peers_test.VERSIONS[version], key), run)

        for name in ("openssl101", "openssl3", "boringssl", "gnutls", "nss", "jsse", "mbedtls",
                     "bearssl", "botan"):
            for role in ("client", "server"):
                for version in self.peers[name].versions:
                    yield cell(name, role, version, "RSA")
                    if version != "ssl3":
                        yield cell(name, role, version, "ECDSA")
                    if name in ("openssl101", "openssl3", "gnutls", "nss", "jsse"):
                        yield cell(name, role, version, "DSA")
                if name in ("openssl3", "boringssl", "gnutls", "jsse"):
                    yield cell(name, role, "tls1.2", "Ed25519")

    def algorithms(self):
        """One group or one signature is all that the peer has. Where it names what it took, that is
        compared too."""
        def cell(name, role, suite, certificate, words, flags, shows):
            peer = self.peers[name]

            def run():
                says = good(role, "tls1.2", suite, server_shows="OU=" + certificate)
                says[0 if role == "client" else 1][0][1].update(shows)  # the peer's first line
                if role == "client":
                    server = peer.server("tls1.2", certificate, [suite]) + flags
                    return self.exchange(
                        server, lambda port: self.ours("client", "tls1.2", suite, "--ca",
                                                       self.pki("ca.crt")) + self.reach(port),
                        *says, role, peer)
                return self.exchange(
                    self.ours("server", "tls1.2", suite, *self.own(certificate)),
                    lambda port: peer.client("tls1.2", [Target(suite, port, SMALL)], 1) + flags,
                    *says, role, peer)
            return Cell("algorithms", name, role, words, run)

        def gnutls(role, suite, groups="GROUP-ALL", signatures=""):
            return ["--priority", PEERS["gnutls"](self.options).priority(
                "tls1.2", [suite], signatures, groups)]

        rsa, ecdsa = "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"
        pss = "RSA-PSS-RSAE-SHA"
        for role in ("client", "server"):
            for group, nss, jsse, curve in (
                    ("X25519", "29", "x25519", "X25519"), ("SECP384R1", "24", "secp384r1", "P-384"),
                    ("SECP521R1", "25", "secp521r1", "P-521")):
                def on(name, flags, shows={}):
                    return cell(name, role, rsa, "rsa", "group " + jsse, flags, shows)
                yield on("openssl3", ["--groups", curve], {"group": jsse})
                yield on("boringssl", ["--groups", curve], {"group": curve})
                yield on("gnutls", gnutls(role, rsa, groups="GROUP-" + group), {"group": group})
                yield on("nss", ["--group", nss])
                if group != "SECP384R1":
                    yield on("jsse", ["--groups", jsse])
            for bits in ("256", "384", "512"):
                def signed(name, flags, shows={}):
                    return cell(name, role, rsa, "rsa", "RSA-PSS with SHA-" + bits, flags, shows)
                yield signed("openssl3", ["--sigalgs", "RSA-PSS+SHA" + bits])
                yield signed("boringssl", ["--sigalgs", "RSA-PSS+SHA" + bits])
                yield signed("gnutls", gnutls(role, rsa, signatures="+SIGN-" + pss + bits
                                              + ":+SIGN-RSA-SHA256"), {"sign": pss + bits}
                             if role == "server" else {})
                yield signed("botan", ["--schemes", "RSA_PSS_SHA" + bits])
            for name in ("openssl3", "boringssl", "gnutls", "jsse"):
                yield cell(name, role, ecdsa, "ed", "an Ed25519 certificate",
                           ["--sigalgs", "ed25519"] if name == "boringssl" else [], {})

    def alpn(self):
        """The server's order decides; with nothing in common parley goes on without."""
        def cell(name, role, version, client, server, chosen):
            suite = "ECDHE-RSA-AES128-SHA" if name == "botan" else SUITE

            def run():
                says = good(role, version, suite)
                for side in says:
                    side[0][1]["alpn"] = chosen
                ca = ["--ca", self.pki("ca.crt")]
                if role == "client":
                    return self.exchange(
                        self.peers[name].server(version, "rsa", [suite]) + ["--alpn", server],
                        lambda port: self.ours("client", version, suite, *ca, "--alpn", client)
                        + self.reach(port), *says, role, self.peers[name])
                return self.exchange(
                    self.ours("server", version, suite, *self.own("rsa"), "--alpn", server),
                    lambda port: self.peers[name].client(version, [Target(suite, port, SMALL)], 1)
                    + ["--alpn", client], *says, role, self.peers[name])
            return Cell("alpn", name, role, "%s, %s for %s: %s" % (
                peers_test.VERSIONS[version], client, server, chosen), run)

        for name in ("openssl3", "boringssl", "botan"):
            for role in ("client", "server"):
                for version in ("tls1", "tls1.2"):
                    yield cell(name, role, version, "http/1.1,h2", "h2,http/1.1", "h2")
                    yield cell(name, role, version, "http/1.1", "h2,http/1.1", "http/1.1")
            yield cell(name, "server", "tls1.2", "spdy/1", "h2", "-")

    def hello(self):
        def to_server(name, ends, *more):
            def run():
                says = good("client", ends, None)
                return self.exchange(
                    self.stack(name, "server", ends, *more),
                    lambda port: self.ours("client", "any", "ALL", "--ca", self.pki("ca.crt"))
                    + self.reach(port), *says, "client", self.peers[name], v2_form=True)
            return Cell("hello", name, "client", "ends in " + peers_test.VERSIONS[ends], run)

        def from_client(name, version, ends, *more):
            def run():
                says = good("server", ends, None)
                return self.exchange(
                    self.ours("server", "any", "ALL", *self.own("rsa")),
                    self.stack(name, "client", version, *more), *says, "server",
                    self.peers[name], v2_form=True)
            return Cell("hello", name, "server", "ends in " + {
                "ssl2": "SSL 2.0", **peers_test.VERSIONS}[ends], run)

        # A certificate that no ephemeral key exchange needs, and everything else that there is.
        for ends, version in (("tls1", "any-tls1"), ("tls1.1", "any-tls1.1"), ("tls1.2", "any")):
            yield to_server("openssl101", ends, "--version", version, "--ciphers", "ALL")
            yield to_server("openssl3", ends)
            yield to_server("gnutls", ends)
            yield from_client("openssl101", version, ends, "--ciphers", "ALL")
        yield to_server("jsse", "tls1", "--version", "TLSv1,SSLv3,SSLv2Hello", "--ciphers",
                        "SSL_ALL")
        yield to_server("jsse", "tls1.2", "--version", "TLSv1.2,TLSv1.1,TLSv1,SSLv3,SSLv2Hello",
                        "--ciphers", "SSL_ALL")
        yield to_server("boringssl", "tls1.2")
        yield from_client("openssl101", "any-ssl3", "ssl3", "--ciphers", "ALL")
        yield from_client("jsse", "tls1", "tls1", "--version", "TLSv1,SSLv3,SSLv2Hello")
        yield from_client("jsse", "ssl3", "ssl3", "--version", "SSLv3,SSLv2Hello")
        yield from_client("jsse", "tls1.2", "tls1.2", "--version",
                          "TLSv1.2,TLSv1.1,TLSv1,SSLv3,SSLv2Hello")

    def versions(self):
        ossl = self.peers["openssl101"]

        def cell(role, client, server, ciphers, ends):
            def run():
                def side(whose, which, version):
                    return (self.parley.program() if whose == role else ossl.program()) + [
                        which, "--version", version, "--ciphers", ciphers]
                serve = side("server", "server", server) + self.own("rsa") + ossl.forever()

                def connect(port):
                    return side("client", "client", client) + ["--ca", self.pki("ca.crt")
                                                               ] + self.reach(port)
                if ends == "-":
                    # Whichever side notices first; the other gets an alert or an end of stream.
                    return self.exchange(serve, connect, [line("ERROR")] + (
                        [line("STATS")] if role == "server" else []), [line("ERROR")], role, ossl,
                        status=1, limit=10)
                return self.exchange(serve, connect, *good(role, ends, None), role, ossl)
            return Cell("versions", "openssl101", role, "%s client, %s server, %s ciphers: %s" % (
                client, server, ciphers or "default", ends), run)

        for ciphers, rows in TABLES.items():
            for client, row in zip(PROTOCOLS, rows):
                for server, ends in zip(PROTOCOLS, row.split()):
                    for role in ("client", "server"):
                        yield cell(role, client, server, ciphers, ends)

    def names(self):
        def cell(name, asked, shown, version):
            def run():
                server, client = good("server", version, SUITE, server_shows="OU=" + shown)
                server[0][1]["sni"] = asked
                connect = self.stack(name, "client", version)

                def with_name(port):
                    args = connect(port)
                    while "--sni" in args:
                        del args[args.index("--sni"):args.index("--sni") + 2]
                    return args + ["--sni", asked]
                return self.exchange(
                    self.ours("server", version, SUITE, *self.own("rsa"), "--name",
                              "other.test=%s=%s" % (self.pki("other.crt"), self.pki("other.key"))),
                    with_name, server, client, "server", self.peers[name])
            return Cell("names", name, "server", "%s, asked for %s" % (
                peers_test.VERSIONS[version], asked), run)

        for name in ("openssl101", "gnutls", "jsse", "mbedtls", "openssl3", "boringssl", "nss",
                     "botan"):
            for version in ("tls1", "tls1.1", "tls1.2") if name != "jsse" else ("tls1", "tls1.2"):
                yield cell(name, "localhost", "rsa", version)
                yield cell(name, "other.test", "other", version)

    def fallback(self):
        ossl = self.peers["openssl101"]
        scsv = ["--fallback-scsv", "1"]

        def to_openssl(version, server, refused):
            def run():
                says = ([line("ERROR", why="inappropriate fallback")],
                        [line("ERROR", why="inappropriate fallback")]) if refused else good(
                            "client", version, SUITE)
                return self.exchange(
                    self.stack("openssl101", "server", version, "--version", server),
                    lambda port: self.ours("client", version, SUITE, "--ca", self.pki("ca.crt"),
                                           *scsv) + self.reach(port),
                    *says, "client", ossl, status=int(refused))
            return Cell("fallback", "openssl101", "client", "%s to a server of %s: %s" % (
                version, server, "refused" if refused else "goes on"), run)

        def from_client(name, version, refused):
            def run():
                says = ([line("ERROR", why="inappropriate fallback"), line("STATS")],
                        [line("ERROR")]) if refused else good("server", version, SUITE)
                return self.exchange(
                    self.ours("server", "any", SUITE, *self.own("rsa")),
                    self.stack(name, "client", version, *scsv), *says, "server",
                    self.peers[name], status=int(refused))
            return Cell("fallback", name, "server", "%s: %s" % (
                version, "refused" if refused else "goes on"), run)

        for version in ("ssl3", "tls1", "tls1.1"):
            yield to_openssl(version, "any", True)
        yield to_openssl("tls1.2", "any", False)
        yield to_openssl("ssl3", "any-tls1", True)
        yield to_openssl("tls1", "any-tls1", False)
        yield to_openssl("tls1.1", "any-tls1.1", False)
        for name in ("openssl101", "nss", "openssl3", "boringssl"):
            for version in self.peers[name].versions:
                yield from_client(name, version, version != "tls1.2")

    # --- all of it ---

    def cells(self):
        for feature in FEATURES:
            if self.options.feature in (None, feature):
                yield from getattr(self, feature)()

    def wanted(self):
        return [c for c in self.cells() if left_out(*c[:4]) is None
                and self.options.only in " ".join(c[:4])]

    def one(self, cell):
        begin = time.monotonic()
        needs = self.parley.needs() + [self.pki("client.p12")] + (
            ["/usr/bin/nmap"] if cell.peer == "nmap" else self.peers[cell.peer].needs())
        missing = [f for f in needs if not os.path.exists(f)]
        if missing:
            wrong, said = ["not there: " + f for f in missing], []
        else:
            try:
                wrong, said = cell.run()
            except (OSError, subprocess.TimeoutExpired) as e:
                wrong, said = [repr(e)], []
        with self.lock:
            self.results.append({"cell": cell[:4], "ok": not wrong})
            print("%-4s %s: %s, parley as %s: %s (%.1f s)" % (
                "FAIL" if wrong else "ok", FEATURES[cell.feature], label(cell.peer), cell.role,
                cell.name, time.monotonic() - begin))
            for w in wrong:
                print("       " + w)
            for l in said if wrong else []:
                print("     | " + l)
            sys.stdout.flush()

    def go(self):
        with concurrent.futures.ThreadPoolExecutor(peers_test.AT_ONCE) as pool:
            for f in [pool.submit(self.one, c) for c in self.wanted()]:
                f.result()


def label(peer):
    return "nmap 7.93" if peer == "nmap" else PEERS[peer].label


def table(results, every):
    """As text. results: {(feature, peer, role, name): ok}; every: all cells that there are."""
    counts = collections.defaultdict(collections.Counter)
    reasons = []
    for c in every:
        key = tuple(c[:4])
        reason = left_out(*key)
        if reason and (key[0], key[1], reason) not in reasons:
            reasons.append((key[0], key[1], reason))
        counts[key[:3]]["left out" if reason else "not run" if key not in results else
                        "passed" if results[key] else "failed"] += 1
    states = ("passed", "failed", "not run", "left out")
    out = ["feature".ljust(23) + "peer".ljust(17) + "parley as" + "".join(
        s.rjust(10) for s in states)]
    before = None
    for (feature, peer, role), n in sorted(counts.items(), key=lambda c: list(FEATURES).index(
            c[0][0])):
        out.append(("" if feature == before else FEATURES[feature]).ljust(23)
                   + label(peer).ljust(17) + role.ljust(9)
                   + "".join(str(n[s]).rjust(10) for s in states))
        before = feature
    out.append("all".ljust(49) + "".join(
        str(sum(n[s] for n in counts.values())).rjust(10) for s in states))
    out += [""] + ["%s: %s %s" % (FEATURES[f], label(p), r) for f, p, r in reasons]
    out += ["FAILED: %s: %s, parley as %s: %s" % (FEATURES[f], label(p), r, n)
            for (f, p, r, n), ok in results.items() if not ok]
    return "\n".join(out) + "\n"


def keep(out, results, every):
    return peers_test.keep(out, "feature-", FEATURES, results, lambda cells: table(cells, every))


def main():
    p = argparse.ArgumentParser(description="interoperability beyond the suites")
    p.add_argument("--bin", default="build/dev/bin", help="where parley-peer is")
    p.add_argument("--peers", default="build/peers", help="what install-peers filled")
    p.add_argument("--out", default="build/interop/features.txt")
    p.add_argument("--feature", choices=list(FEATURES))
    p.add_argument("--only", default="", metavar="TEXT",
                   help="only cells whose 'feature peer role name' holds it")
    p.add_argument("--table", action="store_true", help="print the table of earlier runs and end")
    options = p.parse_args()
    options.bin, options.peers = os.path.abspath(options.bin), os.path.abspath(options.peers)
    os.makedirs(os.path.dirname(os.path.abspath(options.out)), exist_ok=True)
    every = list(Run(argparse.Namespace(**dict(vars(options), feature=None))).cells())
    if options.table:
        print(keep(options.out, [], every), end="")
        return 0
    peers_test.own_network()
    run = Run(options)
    run.go()
    text = keep(options.out, run.results, every)
    if not options.feature:
        print("\n" + text)
    failed = sum(not r["ok"] for r in run.results)
    print("%d passed, %d failed" % (len(run.results) - failed, failed))
    return 1 if failed or not run.results else 0


if __name__ == "__main__":
    sys.exit(main())
