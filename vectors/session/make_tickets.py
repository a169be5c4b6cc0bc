#!/usr/bin/env python3
"""make_tickets.py - writes tickets.txt: sessions and tickets made without parley.

The layout is that of src/session/README.md and RFC 5077 section 4, written down here a second
time; AES-256-CBC is the command `openssl enc`, HMAC-SHA256 Python's hmac. With the argument
--corpus FOLDER it writes the same sessions and tickets as inputs for the fuzzer.
"""
import hashlib
import hmac
import pathlib
import struct
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def stream(label, size):
    """Bytes that look random and are the same every time."""
    out = b""
    while len(out) < size:
        out += hashlib.sha512(f"parley tickets {label} {len(out)}".encode()).digest()
    return out[:size]


def vec(size_bytes, data):
    return len(data).to_bytes(size_bytes, "big") + data


def certificate(name):
    return subprocess.run(
        ["openssl", "x509", "-in", HERE.parent / "facade" / name, "-outform", "DER"],
        check=True, capture_output=True).stdout


def encode(s):
    return (bytes([3]) + struct.pack(">HI", s["version"], s["suite"]) + vec(1, s["id"])
            + vec(1, s["master_secret"]) + vec(1, s["key_arg"]) + vec(2, s["ticket"])
            + vec(1, s["server_name"].encode())
            + vec(3, b"".join(vec(3, c) for c in s["peer_chain"]))
            + bytes([s["peer_verified"]]) + struct.pack(">qq", s["created"], s["ticket_until"]))


def seal(key, iv, sealed_at, encoded):
    name, aes, mac = key[:16], key[16:48], key[48:]
    # openssl enc pads as PKCS #7 does.
    encrypted = subprocess.run(
        ["openssl", "enc", "-aes-256-cbc", "-K", aes.hex(), "-iv", iv.hex()],
        input=struct.pack(">q", sealed_at) + encoded, check=True, capture_output=True).stdout
    front = name + iv + vec(2, encrypted)
    return front + hmac.new(mac, front, hashlib.sha256).digest()


def session(label, **changes):
    s = {"version": 0x0301, "suite": 0x002f, "id": b"", "master_secret": stream(label, 48),
         "key_arg": b"", "ticket": b"", "server_name": "", "peer_chain": [], "peer_verified": 0,
         "created": 1_700_000_000, "ticket_until": 0}
    return s | changes


CASES = {
    "plain": session("plain"),
    "with_an_id_and_a_name": session("id", id=stream("session id", 32), suite=0xc014,
                                     server_name="www.example.org"),
    "of_a_client": session("client", ticket=stream("foreign ticket", 160), version=0x0300,
                           ticket_until=1_700_000_300),
    "with_a_chain": session("chain", peer_chain=[certificate("server_cert.pem"), certificate("ca.pem")],
                            peer_verified=1),
    "of_ssl2": session("ssl2", version=0x0002, suite=0x0700c0, id=stream("ssl2 id", 16),
                       master_secret=stream("master key", 24), key_arg=stream("iv", 8)),
    "before_1970": session("early", created=-2),
}

if len(sys.argv) == 3 and sys.argv[1] == "--corpus":
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for name, s in CASES.items():
        (folder / f"session_{name}").write_bytes(encode(s))
    plain = encode(CASES["plain"])
    (folder / "ticket").write_bytes(seal(bytes(range(80)), stream("iv", 16), 1_700_000_000, plain))
else:
    lines = ["# Made by make_tickets.py with OpenSSL's enc and Python's hmac."]
    for name, s in CASES.items():
        key, iv = stream(name + " key", 80), stream(name + " iv", 16)
        encoded = encode(s)
        lines += ["", f"name = {name}"]
        for field, value in s.items():
            if field == "peer_chain":
                value = " ".join(hashlib.sha256(c).hexdigest() for c in value)
            lines.append(f"{field} = {value.hex() if isinstance(value, bytes) else value}".rstrip())
        sealed_at = s["created"] + 7
        lines += [f"encoded = {encoded.hex()}", f"key = {key.hex()}", f"iv = {iv.hex()}",
                  f"sealed_at = {sealed_at}", f"sealed = {seal(key, iv, sealed_at, encoded).hex()}"]
    (HERE / "tickets.txt").write_text("\n".join(lines) + "\n")
