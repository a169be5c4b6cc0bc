#!/usr/bin/env python3
"""Writes aead_records.txt and aead_sessions.txt: records of TLS 1.2's AEAD suites.

Records: made here by the letter of RFC 5246 section 6.2.3.3, RFC 5288, RFC 6655 and RFC 7905, with
the ciphers of Python's `cryptography`; the explicit part of a nonce is the sequence number, but in
the cases of kind "open". Sessions: what both sides of a connection of OpenSSL with itself (Python's
ssl) said after ChangeCipherSpec, with the secrets.

usage: make_aead_records.py OUTPUT-FOLDER
"""
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile

from cryptography.hazmat.primitives.ciphers import aead

MAKE = {"GCM": aead.AESGCM, "CCM": aead.AESCCM, "CCM8": lambda k: aead.AESCCM(k, tag_length=8),
        "POLY1305": aead.ChaCha20Poly1305}
SUITES = ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-CCM", "AES256-CCM", "AES128-CCM8",
          "AES256-CCM8", "ECDHE-RSA-CHACHA20-POLY1305"]
NAMED = SUITES + ["ECDHE-ECDSA-AES128-CCM8", "ECDHE-ECDSA-AES256-CCM",
                  "ECDHE-ECDSA-CHACHA20-POLY1305", "DHE-RSA-AES256-CCM8", "DHE-RSA-AES128-CCM",
                  "DHE-RSA-CHACHA20-POLY1305", "ECDHE-RSA-AES256-GCM-SHA384",
                  "ECDHE-ECDSA-AES128-GCM-SHA256", "DHE-RSA-AES256-GCM-SHA384"]


def text(case):
    return "".join(f"{k} = {v}".rstrip() + "\n" for k, v in case.items())


def record(suite, seq, kind, plaintext, explicit=None):
    key = os.urandom(16 if "128" in suite else 32)
    name = next(part for part in reversed(suite.split("-")) if part in MAKE)
    ad = seq.to_bytes(8, "big") + bytes([kind, 3, 3]) + len(plaintext).to_bytes(2, "big")
    iv = os.urandom(12 if name == "POLY1305" else 4)
    if name == "POLY1305":
        sent = b""
        nonce = bytes(a ^ b for a, b in zip(iv, bytes(4) + seq.to_bytes(8, "big")))
    else:
        sent = explicit or seq.to_bytes(8, "big")
        nonce = iv + sent
    fragment = sent + MAKE[name](key).encrypt(nonce, plaintext, ad)
    return text({"suite": suite, "kind": "open" if explicit else "both", "key": key.hex(),
                 "iv": iv.hex(), "seq": seq.to_bytes(8, "big").hex(), "type": kind,
                 "plaintext": plaintext.hex(), "fragment": fragment.hex()})


def records():
    for suite in SUITES:
        for seq, kind, size in [(0, 22, 16), (1, 23, 0), (2, 21, 2), (255, 23, 1), (256, 23, 15),
                                (1 << 32, 23, 17), ((1 << 64) - 2, 23, 100), (77, 20, 600)]:
            yield record(suite, seq, kind, os.urandom(size))
        if "POLY1305" not in suite:
            yield record(suite, 3, 23, os.urandom(40), os.urandom(8))


class Wire:
    """One direction: what came, cut into records."""

    def __init__(self):
        self.bio, self.log = ssl.MemoryBIO(), b""

    def records(self):
        at, out = 0, []
        while at < len(self.log):
            size = int.from_bytes(self.log[at + 3:at + 5], "big")
            out.append((self.log[at], self.log[at + 5:at + 5 + size]))
            at += 5 + size
        return out


def session(suite, folder):
    keylog = folder / "keylog"
    keylog.write_bytes(b"")
    wires = {}
    ends = {}
    for side in ("client", "server"):
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if side == "client" else ssl.PROTOCOL_TLS_SERVER)
        c.minimum_version = c.maximum_version = ssl.TLSVersion.TLSv1_2
        c.set_ciphers(suite + ":@SECLEVEL=0")
        wires[side] = Wire(), ssl.MemoryBIO()  # what it says; what it hears
        if side == "client":
            c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
            c.keylog_filename = str(keylog)
        else:
            kind = "ec" if "ECDSA" in suite else "rsa"
            c.load_cert_chain(folder / f"{kind}.crt", folder / f"{kind}.key")
            c.load_dh_params(folder / "dh.pem")
        ends[side] = c.wrap_bio(wires[side][1], wires[side][0].bio, server_side=side == "server")

    def carry():
        for side, other in (("client", "server"), ("server", "client")):
            said = wires[side][0].bio.read()
            wires[side][0].log += said
            wires[other][1].write(said)

    pending = {"client", "server"}
    while pending:
        for side in sorted(pending):
            try:
                ends[side].do_handshake()
                pending.discard(side)
            except ssl.SSLWantReadError:
                pass
            carry()
    assert ends["client"].cipher()[0] == suite
    data = {"client": [b"ping", os.urandom(300), b"x"], "server": [os.urandom(50), b"pong"]}
    for side, writes in data.items():
        for w in writes:
            ends[side].write(w)
    carry()
    label, client_random, master = keylog.read_text().splitlines()[-1].split()
    assert label == "CLIENT_RANDOM"
    case = {"suite": suite, "master": master, "client_random": client_random}
    hello = wires["server"][0].records()[0][1]
    assert hello[0] == 2
    case["server_random"] = hello[6:38].hex()
    for side in ("client", "server"):
        said = wires[side][0].records()
        change = [kind for kind, _ in said].index(20)
        case[side + "_records"] = " ".join(f"{k}:{f.hex()}" for k, f in said[change + 1:])
        case[side + "_data"] = " ".join(w.hex() for w in data[side])
    return text(case)


def sessions():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for kind, args in (("rsa", ["rsa:2048"]), ("ec", ["ec", "-pkeyopt",
                                                           "ec_paramgen_curve:P-256"])):
            subprocess.run(["openssl", "req", "-x509", "-nodes", "-subj", "/CN=aead", "-newkey",
                            *args, "-keyout", folder / f"{kind}.key", "-out",
                            folder / f"{kind}.crt"], check=True, capture_output=True)
        subprocess.run(["openssl", "dhparam", "-out", folder / "dh.pem", "-dsaparam", "2048"],
                       check=True, capture_output=True)
        for suite in NAMED:
            yield session(suite, folder)


def main(folder):
    version = ssl.OPENSSL_VERSION
    (folder / "aead_records.txt").write_text(
        "# Records of TLS 1.2 by the text of RFC 5246, RFC 5288, RFC 6655 and RFC 7905, over the\n"
        "# ciphers of Python's cryptography (make_aead_records.py). `kind`: both, or open where the\n"
        "# explicit nonce is not the sequence number.\n\n" + "\n".join(records()))
    (folder / "aead_sessions.txt").write_text(
        f"# Connections of TLS 1.2 of {version} with itself (make_aead_records.py):\n"
        "# the records of both sides after ChangeCipherSpec, type:fragment; Finished first, then\n"
        "# the data.\n\n" + "\n".join(sessions()))


main(pathlib.Path(sys.argv[1]))
