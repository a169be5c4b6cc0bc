#!/usr/bin/env python3
"""Makes ssl30.txt, tls10.txt, tls11.txt and tls12.txt from the text of RFC 6101, RFC 2246, RFC 4346
and RFC 5246 with hashlib and hmac alone.

Run it in this folder; the inputs come from a counter, so that every run gives the same files.
"""
import hashlib
import hmac
import itertools

counter = itertools.count()


def some(n):
    """n bytes that look random and are the same in every run."""
    out = b""
    while len(out) < n:
        out += hashlib.sha256(b"parley profile %d" % next(counter)).digest()
    return out[:n]


def md5(*parts):
    return hashlib.md5(b"".join(parts)).digest()


def sha(*parts):
    return hashlib.sha1(b"".join(parts)).digest()


class Ssl30:
    """RFC 6101."""

    NAME = "SSL 3.0"
    HASHES = {"md5": (md5, 48), "sha1": (sha, 40)}

    def expand(self, secret, first, second, n):  # sections 6.1 and 6.2.2
        out = b""
        for i in range(1, 27):
            salt = bytes([ord("A") + i - 1]) * i
            out += md5(secret, sha(salt, secret, first, second))
        return out[:n]

    def master_secret(self, premaster, client, server):
        return self.expand(premaster, client, server, 48)

    def key_block(self, master, client, server, n):
        return self.expand(master, server, client, n)

    def export_keys(self, key, client, server, side, key_size, iv_size):  # section 6.2.2.1
        own, peer = (client, server) if side == "client" else (server, client)
        return md5(key, own, peer)[:key_size] + md5(own, peer)[:iv_size]

    def record_mac(self, name, secret, seq, kind, data):  # section 5.2.3.1
        h, pad = self.HASHES[name]
        inner = h(secret, b"\x36" * pad, seq.to_bytes(8, "big"), bytes([kind]),
                  len(data).to_bytes(2, "big"), data)
        return h(secret, b"\x5c" * pad, inner)

    def nested(self, master, messages):  # sections 5.6.8 and 5.6.9
        return b"".join(
            h(master, b"\x5c" * pad, h(messages, master, b"\x36" * pad))
            for h, pad in self.HASHES.values())

    def finished(self, master, messages, side):
        sender = {"client": 0x434C4E54, "server": 0x53525652}[side].to_bytes(4, "big")
        return self.nested(master, messages + sender)

    def certificate_verify(self, master, messages):
        return self.nested(master, messages)


class Tls10:
    """RFC 2246."""

    NAME = "TLS 1.0"
    VERSION = b"\x03\x01"

    def p_hash(self, name, secret, seed, n):  # section 5
        a, out = seed, b""
        while len(out) < n:
            a = hmac.new(secret, a, name).digest()
            out += hmac.new(secret, a + seed, name).digest()
        return out[:n]

    def prf(self, secret, label, seed, n):
        half = (len(secret) + 1) // 2
        left = self.p_hash("md5", secret[:half], label + seed, n)
        right = self.p_hash("sha1", secret[len(secret) - half:], label + seed, n)
        return bytes(x ^ y for x, y in zip(left, right))

    def master_secret(self, premaster, client, server):  # section 8.1
        return self.prf(premaster, b"master secret", client + server, 48)

    def key_block(self, master, client, server, n):  # section 6.3
        return self.prf(master, b"key expansion", server + client, n)

    def export_keys(self, key, client, server, side, key_size, iv_size):  # section 6.3.1
        label = side.encode() + b" write key"
        ivs = self.prf(b"", b"IV block", client + server, 2 * iv_size)
        iv = ivs[:iv_size] if side == "client" else ivs[iv_size:]
        return self.prf(key, label, client + server, key_size) + iv

    def record_mac(self, name, secret, seq, kind, data):  # section 6.2.3.1
        header = seq.to_bytes(8, "big") + bytes([kind]) + self.VERSION + len(data).to_bytes(2, "big")
        return hmac.new(secret, header + data, name).digest()

    def finished(self, master, messages, side):  # section 7.4.9
        label = side.encode() + b" finished"
        return self.prf(master, label, md5(messages) + sha(messages), 12)

    def certificate_verify(self, master, messages):  # section 7.4.8
        return md5(messages) + sha(messages)

    def extended_master_secret(self, premaster, messages):  # RFC 7627 section 4
        return self.prf(premaster, b"extended master secret", md5(messages) + sha(messages), 48)


class Tls11(Tls10):
    """RFC 4346."""

    NAME = "TLS 1.1"
    VERSION = b"\x03\x02"
    export_keys = None


class Tls12(Tls11):
    """RFC 5246."""

    NAME = "TLS 1.2"
    VERSION = b"\x03\x03"
    certificate_verify = None

    def __init__(self, prf_hash):
        self.prf_hash = prf_hash

    def prf(self, secret, label, seed, n):  # section 5
        return self.p_hash(self.prf_hash, secret, label + seed, n)

    def hash(self, messages):
        return hashlib.new(self.prf_hash, messages).digest()

    def finished(self, master, messages, side):  # section 7.4.9
        return self.prf(master, side.encode() + b" finished", self.hash(messages), 12)

    def extended_master_secret(self, premaster, messages):
        return self.prf(premaster, b"extended master secret", self.hash(messages), 48)


def cases(p):
    for n in (48, 48, 1, 128):
        pre, c, s = some(n), some(32), some(32)
        yield {"what": "master_secret", "secret": pre, "client_random": c, "server_random": s,
               "out": p.master_secret(pre, c, s)}
    for n in (40, 72, 104, 136, 416):  # 416 is all that 26 letters give in SSL 3.0
        m, c, s = some(48), some(32), some(32)
        yield {"what": "key_block", "secret": m, "client_random": c, "server_random": s,
               "out": p.key_block(m, c, s, n)}
    for name, size in (("md5", 16), ("sha1", 20)):
        for seq, kind, n in ((0, 22, 0), (1, 23, 1), (255, 21, 2), (2**32 - 1, 23, 55),
                             (2**32, 23, 64), (2**64 - 2, 23, 1000)):
            k, d = some(size), some(n)
            yield {"what": "record_mac", "hash": name, "secret": k, "sequence": seq, "type": kind,
                   "data": d, "out": p.record_mac(name, k, seq, kind, d)}
    for n in (0, 1, 63, 64, 1500):
        m, t = some(48), some(n)
        for side in ("client", "server"):
            yield {"what": "finished", "side": side, "secret": m, "messages": t,
                   "out": p.finished(m, t, side)}
        if p.certificate_verify:
            yield {"what": "certificate_verify", "secret": m, "messages": t,
                   "out": p.certificate_verify(m, t)}
    exports = ((16, 0), (16, 8), (8, 8)) if p.export_keys else ()  # RC4_40, RC2_CBC_40, DES40_CBC
    for key_size, iv_size in exports:
        k, c, s = some(5), some(32), some(32)
        for side in ("client", "server"):
            yield {"what": "export_keys", "side": side, "secret": k, "client_random": c,
                   "server_random": s, "iv_size": iv_size,
                   "out": p.export_keys(k, c, s, side, key_size, iv_size)}


def bound_cases(p):
    for n in (48, 1, 128):
        pre, t = some(n), some(1000)
        yield {"what": "extended_master_secret", "secret": pre, "messages": t,
               "out": p.extended_master_secret(pre, t)}


def text(value):
    return value.hex() if isinstance(value, bytes) else str(value)


def write(f, cases, **more):
    for case in cases:
        f.write("\n" + "".join("%s = %s\n" % (k, text(v)) for k, v in (more | case).items()))


for profile, path in ((Ssl30(), "ssl30.txt"), (Tls10(), "tls10.txt"), (Tls11(), "tls11.txt"),
                      (Tls12("sha256"), "tls12.txt")):
    with open(path, "w", encoding="ascii") as f:
        f.write("# %s as %s has it; computed by make_profile.py.\n" %
                (profile.NAME, profile.__doc__.rstrip(".")))
        write(f, cases(profile))
        if isinstance(profile, Tls10):
            write(f, bound_cases(profile))
        if isinstance(profile, Tls12):
            write(f, cases(Tls12("sha384")), prf="sha384")
            write(f, bound_cases(Tls12("sha384")), prf="sha384")
