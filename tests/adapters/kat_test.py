#!/usr/bin/python3
"""Asks parley-kat for answers that hashlib, the openssl program, RFCs or FIPS know.

usage: kat_test.py PARLEY-KAT [unittest options]
"""
import functools
import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import unittest

KAT = None


def ask(*requests):
    """One process; each request is a dict, or a string sent as it is. Returns the answers."""
    lines = [r if isinstance(r, str) else json.dumps(r) for r in requests]
    p = subprocess.run([KAT], input="\n".join(lines) + "\n", capture_output=True, text=True,
                       timeout=60)
    assert p.returncode == 0, (p.returncode, p.stderr)
    assert p.stderr == "", p.stderr
    answers = [json.loads(line) for line in p.stdout.splitlines()]
    assert len(answers) == len(requests), (len(answers), len(requests))
    return answers


def one(**request):
    answer = ask(dict(request, id="x"))[0]
    assert answer.pop("id") == "x"
    return answer


def openssl(*args, data=b""):
    return subprocess.run(["openssl", *args], input=data, capture_output=True, check=True,
                          timeout=60).stdout


def pattern(n, start=0):
    """n bytes without much structure, the same each time."""
    return hashlib.shake_256(b"parley-kat %d" % start).digest(n)


LEGACY = ["-provider", "legacy", "-provider", "default"]
BLOCK_CIPHERS = [("aes", "aes-128", 16, 16), ("aes", "aes-192", 24, 16), ("aes", "aes-256", 32, 16),
                 ("des", "des", 8, 8), ("des-ede3", "des-ede3", 24, 8),
                 ("rc2-40", "rc2-40", 5, 8), ("rc2-128", "rc2", 16, 8), ("seed", "seed", 16, 16),
                 ("camellia", "camellia-128", 16, 16), ("camellia", "camellia-192", 24, 16),
                 ("camellia", "camellia-256", 32, 16)]


def enc(name, key, data, iv=None, pad=False, decrypt=False):
    args = ["enc", "-d" if decrypt else "-e", "-" + name, "-K", key.hex(), *LEGACY]
    if iv is not None:
        args += ["-iv", iv.hex()]
    if not pad:
        args.append("-nopad")
    return openssl(*args, data=data)


class Line(unittest.TestCase):
    def test_answers_come_in_order_with_the_ids_as_given(self):
        ids = [7, "seven", None, -1, 2.5, True]
        answers = ask(*({"id": i, "op": "hash", "alg": "sha1", "msg": ""} for i in ids))
        self.assertEqual([a["id"] for a in answers], ids)
        for a in answers:
            self.assertEqual(a["out"], hashlib.sha1().hexdigest())

    def test_a_request_without_id_is_answered_with_null(self):
        self.assertEqual(ask({"op": "hash", "alg": "md5", "msg": "61"}),
                         [{"id": None, "out": hashlib.md5(b"a").hexdigest()}])

    def test_malformed_lines_are_skipped_and_the_next_is_answered(self):
        good = {"id": 1, "op": "hash", "alg": "sha1", "msg": "61"}
        bad = ["", "{", "[]", "null", "\"x\"", "{\"op\":", "\x01", "[" * 100000, '{"id":[[1]]}',
               "{}", '{"op": 5}', '{"op": "hash"}', '{"op": "hash", "alg": "sha1", "msg": "6"}',
               '{"op": "hash", "alg": "sha1", "msg": "+1"}',
               '{"op": "hash", "alg": "sha1", "msg": "gg"}',
               '{"op": "hash", "alg": 1, "msg": ""}', '{"op": "hash", "alg": "sha1", "msg": 61}']
        answers = ask(*[line for b in bad for line in (b, good)])
        for b, a in zip(bad, answers[::2]):
            self.assertEqual(set(a), {"id", "skip"}, b)
            self.assertTrue(a["skip"].startswith("malformed: "), (b, a))
        for a in answers[1::2]:
            self.assertEqual(a, {"id": 1, "out": hashlib.sha1(b"a").hexdigest()})

    def test_a_malformed_request_keeps_its_id(self):
        self.assertEqual(ask({"id": "k", "op": "hash", "alg": "sha1"})[0]["id"], "k")

    def test_invalid_utf8_is_a_malformed_line(self):
        p = subprocess.run([KAT], input=b'{"id":"\xff"}\n{"id":1}\n', capture_output=True)
        self.assertEqual(p.returncode, 0)
        self.assertEqual([json.loads(x)["id"] for x in p.stdout.splitlines()], [None, 1])

    def test_what_is_not_here_is_skipped_by_name(self):
        absent = [("cipher", "rc2-cbc"), ("cipher", "cast5-cbc"), ("cipher", "aes-ctr"),
                  ("cipher_pkcs5", "rc5-cbc"), ("hash", "sha3-256"), ("hash", "md6"),
                  ("hmac", "md6"), ("prf", "tls13"), ("prf", "tls12-md6"),
                  ("aead", "aes-siv"), ("aead", "chacha20"),
                  ("record", "camellia_128_cbc_sha1_tls_implicit_iv"),
                  ("record", "aes_128_cbc_sha1_tls"), ("rsa_verify", "sha512-256"),
                  ("rsa_pss_verify", "sha3-256"), ("dsa_verify", "md6"), ("dsa_verify_der", "md6"),
                  ("ecdsa_verify", "sha3-256"), ("ecdsa_verify_der", "sha3-256"), ("quux", "zot")]
        fields = dict.fromkeys(["key", "iv", "pt", "ct", "msg", "secret", "seed"], "00" * 16)
        answers = ask(*(dict(fields, op=op, alg=alg, dir="encrypt", len=1) for op, alg in absent))
        for (op, alg), a in zip(absent, answers):
            self.assertEqual(set(a), {"id", "skip"}, (op, alg))
            self.assertTrue(a["skip"].startswith("not implemented: "), (op, alg, a))
            word = alg.removeprefix("tls12-")
            self.assertIn(word, a["skip"], (op, alg))
        for op in ("ecdh", "ecdsa_verify"):
            self.assertEqual(one(op=op, curve="secp160r1", pub="", priv="", alg="sha1")["skip"],
                             "not implemented: curve secp160r1")

    def test_kernels_are_listed_and_may_be_forced(self):
        p = subprocess.run([KAT, "--kernels"], capture_output=True, text=True)
        self.assertEqual((p.returncode, p.stderr), (0, ""))
        kernels = p.stdout.split()
        self.assertEqual(kernels[0], "portable")
        line = b'{"id":1,"op":"hash","alg":"sha1","msg":""}\n'
        for kernel in kernels:
            p = subprocess.run([KAT, "--kernel", kernel], input=line, capture_output=True)
            self.assertEqual(p.returncode, 0)
            self.assertEqual(json.loads(p.stdout)["out"], hashlib.sha1().hexdigest())
        for args in (["--kernel", "warp"], ["--kernel"], ["--nonsense"], ["x"]):
            p = subprocess.run([KAT, *args], input=line, capture_output=True)
            self.assertEqual(p.returncode, 2, args)
            self.assertEqual(p.stdout, b"", args)
            self.assertNotEqual(p.stderr, b"", args)


class Symmetric(unittest.TestCase):
    def test_block_ciphers_agree_with_openssl_both_ways(self):
        requests, expected = [], []
        for family, name, key_size, block in BLOCK_CIPHERS:
            for mode in ("cbc", "ecb"):
                key, iv, pt = pattern(key_size), pattern(block, 1), pattern(9 * block, 2)
                if (family, mode) == ("rc2-40", "ecb"):
                    continue  # openssl has no such cipher
                # openssl names two-part 3DES differently in ECB.
                ossl = name if (name, mode) == ("des-ede3", "ecb") else f"{name}-{mode}"
                ct = enc(ossl, key, pt, iv if mode == "cbc" else None)
                base = {"op": "cipher", "alg": f"{family}-{mode}", "key": key.hex(),
                        "iv": iv.hex()}
                requests.append(dict(base, dir="encrypt", pt=pt.hex()))
                expected.append(ct.hex())
                requests.append(dict(base, dir="decrypt", ct=ct.hex().upper()))
                expected.append(pt.hex())
        self.assertEqual([a.get("out") for a in ask(*requests)], expected)

    def test_aes_of_fips_197_appendix_c(self):
        key, pt = bytes(range(16)).hex(), "00112233445566778899aabbccddeeff"
        self.assertEqual(one(op="cipher", alg="aes-ecb", dir="encrypt", key=key, pt=pt),
                         {"out": "69c4e0d86a7b0430d8cdb78070b4c55a"})

    def test_what_openssl_3_lacks_agrees_with_the_publications(self):
        # RFC 2268 section 5; Lai's example for IDEA. CBC of one block from zeros is ECB.
        rc2 = "88bca90e90875a7f0f79c384627bafb2"
        for alg, key, pt, ct in (
                ("rc2-128", rc2, "00" * 8, "2269552ab0f85ca6"),
                ("rc2-64", rc2, "00" * 8, "1a807d272bbe5db1"),
                ("rc2-64", "88", "00" * 8, "61a8a244adacccf0"),
                ("rc2-64", "88bca90e90875a", "00" * 8, "6ccf4308974c267f"),
                ("idea", "00010002000300040005000600070008", "0000000100020003",
                 "11fbed2b01986de5")):
            for mode in ("ecb", "cbc"):
                base = dict(op="cipher", alg=f"{alg}-{mode}", key=key, iv="00" * 8)
                self.assertEqual(one(**base, dir="encrypt", pt=pt), {"out": ct}, alg)
                self.assertEqual(one(**base, dir="decrypt", ct=ct), {"out": pt}, alg)

    def test_rc2_of_40_bits_takes_keys_of_any_size(self):
        # SunJCE of Java 17, RC2ParameterSpec(40, iv).
        self.assertEqual(one(op="cipher", alg="rc2-40-cbc", dir="encrypt",
                             key="000102030405060708090a0b0c0d0e0f", iv="00" * 8,
                             pt="1011121314151617"), {"out": "3f364ad5c6f643ad"})
        for size, answer in ((0, "skip"), (1, "out"), (128, "out"), (129, "skip")):
            self.assertEqual(set(one(op="cipher", alg="rc2-40-ecb", dir="encrypt",
                                     key="00" * size, pt="00" * 8)), {answer}, size)

    def test_wrong_sizes_are_skipped(self):
        base = dict(op="cipher", alg="aes-cbc", dir="encrypt", key="00" * 16, iv="00" * 16, pt="")
        self.assertEqual(one(**base), {"out": ""})
        for change in ({"key": "00" * 15}, {"iv": "00" * 8}, {"pt": "00"}, {"dir": "up"}):
            self.assertEqual(set(one(**dict(base, **change))), {"skip"}, change)

    def test_pkcs5_padding_is_taken_off_or_refused(self):
        for family, name, key_size, block in BLOCK_CIPHERS:
            key, iv = pattern(key_size), pattern(block, 1)
            ask_for = functools.partial(one, op="cipher_pkcs5", alg=f"{family}-cbc",
                                        key=key.hex(), iv=iv.hex())
            for size in (0, 1, block - 1, block, 3 * block + 2):
                pt = pattern(size, 3)
                ct = enc(f"{name}-cbc", key, pt, iv, pad=True)
                self.assertEqual(ask_for(ct=ct.hex()), {"out": pt.hex()})
            for tail in (b"\0", bytes([block + 1]), b"\x03\x02\x03" + b"\x03", b"\xff"):
                bad = enc(f"{name}-cbc", key, b"\x01" * (2 * block - len(tail)) + tail, iv)
                # The last byte 3 stands after a 2 that should be a 3.
                self.assertEqual(ask_for(ct=bad.hex()), {"ok": False}, (name, tail))
            self.assertEqual(ask_for(ct=""), {"ok": False})
            self.assertEqual(ask_for(ct="00"), {"ok": False})

    def test_rc4_of_rfc_6229_with_offsets(self):
        key = "0102030405"
        stream = {0: "b2396305f03dc027ccc3524a0a1118a8", 240: "28cb1132c96ce286421dcaadb8b69eae",
                  4096: "ff25b58995996707e51fbdf08b34d875"}
        for offset, expected in stream.items():
            for form in (offset, "%x" % offset):
                self.assertEqual(one(op="rc4", key=key, offset=form, pt="00" * 16),
                                 {"out": expected})
        self.assertEqual(one(op="rc4", key=key, pt="00" * 16), {"out": stream[0]})
        self.assertEqual(set(one(op="rc4", key="", pt="00")), {"skip"})
        self.assertEqual(set(one(op="rc4", key=key, pt="00", offset=1 << 40)), {"skip"})


class Hashes(unittest.TestCase):
    NAMES = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]

    def test_hashes_agree_with_hashlib(self):
        sizes = [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 1000, 100000]
        cases = [(name, pattern(n)) for name in self.NAMES for n in sizes]
        answers = ask(*({"op": "hash", "alg": n, "msg": m.hex()} for n, m in cases))
        for (name, msg), a in zip(cases, answers):
            self.assertEqual(a.get("out"), hashlib.new(name, msg).hexdigest(), (name, len(msg)))

    def test_md2_and_md4_give_the_answers_of_rfc_1319_and_rfc_1320(self):
        text = b"message digest".hex()
        self.assertEqual(ask(*({"id": 0, "op": "hash", "alg": a, "msg": text}
                               for a in ("md2", "md4"))),
                         [{"id": 0, "out": "ab4f496bfb2a530b219ff33031fe06b0"},
                          {"id": 0, "out": "d9130a8164549fe818874806e1c7014b"}])
        # Recorded from OpenSSL 1.0.1j; it has no MD2.
        self.assertEqual(one(op="hmac", alg="md4", key="0b" * 16, msg=text), {"out": "50769be78bbe4892de2cebbc43acb420"})
        key = bytes(range(16))
        md2 = lambda m: bytes.fromhex(one(op="hash", alg="md2", msg=m.hex())["out"])
        inner = md2(bytes(b ^ 0x36 for b in key) + b"Hi There")
        self.assertEqual(one(op="hmac", alg="md2", key=key.hex(), msg=b"Hi There".hex()),
                         {"out": md2(bytes(b ^ 0x5C for b in key) + inner).hex()})

    def test_macs_agree_with_hmac_whole_and_truncated(self):
        cases = [(name, pattern(k), pattern(m, 1), t) for name in self.NAMES
                 for k in (0, 1, 64, 65, 128, 200) for m in (0, 3, 300) for t in (None, 10, 0)]
        answers = ask(*({"op": "hmac", "alg": n, "key": k.hex(), "msg": m.hex(),
                         **({} if t is None else {"trunc": t})} for n, k, m, t in cases))
        for (name, key, msg, trunc), a in zip(cases, answers):
            self.assertEqual(a.get("out"), hmac.new(key, msg, name).digest()[:trunc].hex())
        self.assertEqual(set(one(op="hmac", alg="md5", key="", msg="", trunc=17)), {"skip"})

    @staticmethod
    def p_hash(name, secret, seed, n):
        out, a = b"", seed
        while len(out) < n:
            a = hmac.new(secret, a, name).digest()
            out += hmac.new(secret, a + seed, name).digest()
        return out[:n]

    def test_prfs_agree_with_their_definitions(self):
        for size in (0, 1, 31, 48, 129):
            secret, seed = pattern(size), b"key expansion" + pattern(64, 1)
            half = (size + 1) // 2
            tls10 = bytes(x ^ y for x, y in zip(
                self.p_hash("md5", secret[:half], seed, 104),
                self.p_hash("sha1", secret[size - half:], seed, 104)))
            ask_for = functools.partial(one, op="prf", secret=secret.hex(), seed=seed.hex())
            self.assertEqual(ask_for(alg="tls10", len=104), {"out": tls10.hex()})
            self.assertEqual(ask_for(alg="tls10", len="68"), {"out": tls10.hex()})
            for name in ("sha1", "sha224", "sha256", "sha384", "sha512"):
                self.assertEqual(ask_for(alg="tls12-" + name, len=100),
                                 {"out": self.p_hash(name, secret, seed, 100).hex()})

    def test_aead_agrees_with_the_publications_and_with_openssl(self):
        for name in ("aead_published.txt", "aead_random.txt"):
            requests, expected = [], []
            for c in vectors(name):
                size = 2 * int(c["tag_size"])
                base = {"op": "aead", "alg": c["cipher"], "key": c["key"], "iv": c["nonce"],
                        "aad": c["aad"] * int(c["aad_repeat"])}
                ct, tag = c["out"][:-size], c["out"][-size:]
                wrong = f"{int(tag, 16) ^ 1:0{size}x}"
                requests += [dict(base, dir="seal", pt=c["plaintext"], tag=tag),
                             dict(base, dir="open", ct=ct, tag=tag),
                             dict(base, dir="open", ct=ct, tag=wrong)]
                expected += [{"out": c["out"]}, {"out": c["plaintext"]}, {"ok": False}]
                if size == 32:
                    requests += [dict(base, dir="seal", pt=c["plaintext"]),
                                 dict(base, dir="open", ct=c["out"])]
                    expected += expected[-3:-1]
            self.assertGreater(len(requests), 100)
            answers = ask(*requests)
            for a in answers:
                a.pop("id")
            self.assertEqual(answers, expected)

    def test_aead_of_impossible_sizes_is_refused_and_of_absent_ones_skipped(self):
        def answer(alg, key, iv, tag, **more):
            return one(op="aead", alg=alg, dir="open", key="00" * key, iv="00" * iv,
                       tag="00" * tag, aad="", ct="", **more)
        for alg, key, iv, tag in [("aes-gcm", 16, 0, 16), ("aes-ccm", 16, 6, 16),
                                  ("aes-ccm", 16, 14, 16), ("aes-ccm", 16, 12, 5),
                                  ("aes-ccm", 16, 12, 2), ("aes-ccm", 16, 12, 18),
                                  ("chacha20-poly1305", 32, 8, 16),
                                  ("chacha20-poly1305", 32, 12, 12)]:
            self.assertEqual(answer(alg, key, iv, tag), {"ok": False}, (alg, iv, tag))
        for alg, key, tag in [("aes-gcm", 15, 16), ("aes-ccm", 33, 16), ("aes-gcm", 16, 12),
                              ("chacha20-poly1305", 16, 16)]:
            self.assertIn("not implemented: " + alg, answer(alg, key, 12, tag)["skip"])

    def test_the_prf_agrees_with_openssl(self):
        secret, seed = pattern(48), b"master secret" + pattern(64, 1)
        out = openssl("kdf", "-keylen", "48", "-kdfopt", "digest:MD5-SHA1", "-kdfopt",
                      "hexsecret:" + secret.hex(), "-kdfopt", "hexseed:" + seed.hex(), "-binary",
                      "TLS1-PRF")
        self.assertEqual(one(op="prf", alg="tls10", secret=secret.hex(), seed=seed.hex(), len=48),
                         {"out": out.hex()})


class Records(unittest.TestCase):
    """Records put together here from the RFCs' text, with openssl's ciphers and hashlib's hashes."""

    CIPHERS = {"aes_128_cbc": ("aes-128-cbc", 16, 16), "aes_256_cbc": ("aes-256-cbc", 32, 16),
               "des_ede3_cbc": ("des-ede3-cbc", 24, 8), "rc4": ("rc4", 16, 0)}
    ALGS = ([f"{c}_sha1_{v}" for c in ("aes_128_cbc", "aes_256_cbc", "des_ede3_cbc")
             for v in ("ssl3", "tls_implicit_iv")]
            + [f"rc4_{m}_{v}" for m in ("md5", "sha1") for v in ("ssl3", "tls")])

    @classmethod
    def parse(cls, alg):
        cipher = next(c for c in cls.CIPHERS if alg.startswith(c + "_"))
        mac = "md5" if "_md5_" in alg else "sha1"
        return cls.CIPHERS[cipher], mac, "ssl3" in alg

    @staticmethod
    def mac(name, ssl3, key, ad, data):
        length = len(data).to_bytes(2, "big")
        if not ssl3:
            return hmac.new(key, ad + length + data, name).digest()
        pad = 48 if name == "md5" else 40
        inner = hashlib.new(name, key + b"\x36" * pad + ad + length + data).digest()
        return hashlib.new(name, key + b"\x5c" * pad + inner).digest()

    @classmethod
    def make(cls, alg, seed, pt, pad_blocks=0, padding=None, flip_mac=False):
        """(key, ad, fragment)"""
        (cipher, key_size, block), mac, ssl3 = cls.parse(alg)
        mac_key = pattern(hashlib.new(mac).digest_size, seed)
        key, iv = pattern(key_size, seed + 1), pattern(block, seed + 2)
        ad = pattern(9 if ssl3 else 11, seed + 3)
        tag = cls.mac(mac, ssl3, mac_key, ad, pt)
        if flip_mac:
            tag = bytes([tag[0] ^ 1]) + tag[1:]
        body = pt + tag
        if block:
            n = block - (len(body) + 1) % block if (len(body) + 1) % block else 0
            n += pad_blocks * block
            body += (bytes([n]) * n if padding is None else padding * n) + bytes([n])
        fragment = enc(cipher, key, body, iv if block else None)
        return mac_key + key + iv, ad, fragment

    def test_sealed_and_opened_as_the_rfcs_say(self):
        requests, expected = [], []
        for alg in self.ALGS:
            for i, size in enumerate((0, 1, 11, 12, 27, 300, 16384)):
                pt = pattern(size, 9)
                key, ad, ct = self.make(alg, 10 * i, pt)
                base = {"op": "record", "alg": alg, "key": key.hex(), "ad": ad.hex()}
                requests += [dict(base, dir="seal", pt=pt.hex()),
                             dict(base, dir="open", ct=ct.hex())]
                expected += [(alg, size, ct.hex()), (alg, size, pt.hex())]
        for (alg, size, value), a in zip(expected, ask(*requests)):
            self.assertEqual(a.get("out"), value, (alg, size))

    def open(self, alg, key, ad, ct):
        return one(op="record", alg=alg, dir="open", key=key.hex(), ad=ad.hex(), ct=ct.hex())

    def test_bad_records_are_refused(self):
        for alg in self.ALGS:
            pt = pattern(50, 9)
            self.assertEqual(self.open(alg, *self.make(alg, 1, pt, flip_mac=True)), {"ok": False})
            key, ad, ct = self.make(alg, 1, pt)
            self.assertEqual(self.open(alg, key, ad, ct), {"out": pt.hex()})
            for bad_ad in (bytes([ad[0] ^ 1]) + ad[1:], ad[:8] + bytes([ad[8] ^ 1]) + ad[9:],
                           ad[:-1] + bytes([ad[-1] ^ 1])):
                self.assertEqual(self.open(alg, key, bad_ad, ct), {"ok": False}, alg)
            for cut in (0, 1, 8, 16, len(ct) - 1):
                self.assertEqual(self.open(alg, key, ad, ct[:cut]), {"ok": False}, (alg, cut))
            self.assertEqual(self.open(alg, key, ad, ct[:-1] + bytes([ct[-1] ^ 1])), {"ok": False})

    def test_padding_follows_the_version(self):
        pt = pattern(50, 9)
        for alg in self.ALGS:
            if "cbc" not in alg:
                continue
            tls = "tls" in alg
            long_pad = self.open(alg, *self.make(alg, 1, pt, pad_blocks=3))
            self.assertEqual(long_pad, {"out": pt.hex()} if tls else {"ok": False}, alg)
            odd_pad = self.open(alg, *self.make(alg, 1, pt, padding=b"\xa5"))
            self.assertEqual(odd_pad, {"ok": False} if tls else {"out": pt.hex()}, alg)

    def test_wrong_sizes_are_skipped(self):
        for alg in self.ALGS:
            key, ad, _ = self.make(alg, 1, b"")
            base = dict(op="record", alg=alg, dir="seal", key=key.hex(), ad=ad.hex(), pt="")
            self.assertEqual(set(one(**base)), {"out"})
            for change in ({"key": key[1:].hex()}, {"ad": ad[1:].hex()}, {"ad": (ad + b"1").hex()},
                           {"pt": "00" * 65536}):
                self.assertEqual(set(one(**dict(base, **change))), {"skip"}, (alg, change))


class Rsa(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory()
        cls.pem = os.path.join(cls.dir.name, "key.pem")
        openssl("genrsa", "-out", cls.pem, "1024")
        cls.pkcs8 = openssl("pkcs8", "-topk8", "-nocrypt", "-in", cls.pem, "-outform", "DER").hex()
        cls.spki = openssl("pkey", "-in", cls.pem, "-pubout", "-outform", "DER").hex()
        modulus = openssl("rsa", "-in", cls.pem, "-noout", "-modulus").decode()
        cls.n = modulus.strip().removeprefix("Modulus=")
        cls.msg = pattern(77)

    @classmethod
    def tearDownClass(cls):
        cls.dir.cleanup()

    def sign(self, alg):
        return openssl("dgst", "-" + alg, "-sign", self.pem, data=self.msg).hex()

    def test_signatures_are_openssls(self):
        for alg in Hashes.NAMES:
            self.assertEqual(one(op="rsa_sign", alg=alg, pkcs8=self.pkcs8, msg=self.msg.hex()),
                             {"out": self.sign(alg)})

    def test_openssls_signatures_are_verified_and_others_refused(self):
        for alg in Hashes.NAMES:
            sig, msg = self.sign(alg), self.msg.hex()
            for key in ({"spki": self.spki}, {"n": self.n, "e": "10001"}, {"n": self.n,
                                                                          "e": "010001"}):
                ask_for = functools.partial(one, op="rsa_verify", alg=alg, **key)
                self.assertEqual(ask_for(msg=msg, sig=sig), {"ok": True})
                self.assertEqual(ask_for(msg=msg + "00", sig=sig), {"ok": False})
                wrong = "%02x" % (int(sig[:2], 16) ^ 1) + sig[2:]
                for bad in (wrong, sig[2:], "00" + sig, sig + "00", ""):
                    self.assertEqual(ask_for(msg=msg, sig=bad), {"ok": False})
        self.assertEqual(one(op="rsa_verify", alg="sha256", spki=self.spki, msg=self.msg.hex(),
                             sig=self.sign("sha1")), {"ok": False})

    def test_pss_signatures_of_openssl_are_verified_and_others_refused(self):
        for alg in Hashes.NAMES:
            for salt in (0, 7, hashlib.new(alg).digest_size):
                if salt + hashlib.new(alg).digest_size > 126:
                    continue
                sig = openssl("dgst", "-" + alg, "-sign", self.pem, "-sigopt",
                              "rsa_padding_mode:pss", "-sigopt", f"rsa_pss_saltlen:{salt}",
                              data=self.msg).hex()
                ask_for = functools.partial(one, op="rsa_pss_verify", alg=alg, msg=self.msg.hex())
                for key in ({"spki": self.spki}, {"n": self.n, "e": "10001"}):
                    self.assertEqual(ask_for(sig=sig, salt=salt, **key), {"ok": True})
                    self.assertEqual(ask_for(sig=sig, salt="%x" % salt, **key), {"ok": True})
                    self.assertEqual(ask_for(sig=sig, salt=salt + 1, **key), {"ok": False})
                    self.assertEqual(ask_for(sig="00" + sig, salt=salt, **key), {"ok": False})
                wrong = {"msg": "00", "sig": self.sign(alg)}
                for name, value in wrong.items():
                    request = {"op": "rsa_pss_verify", "alg": alg, "msg": self.msg.hex(),
                               "sig": sig, "salt": salt, "spki": self.spki, name: value}
                    self.assertEqual(one(**request), {"ok": False})

    def test_ciphertexts_are_decrypted_or_refused(self):
        for size in (0, 1, 48, 117):
            pt = pattern(size)
            ct = openssl("pkeyutl", "-encrypt", "-inkey", self.pem, "-pkeyopt",
                         "rsa_padding_mode:pkcs1", data=pt)
            self.assertEqual(one(op="rsa_decrypt", pkcs8=self.pkcs8, ct=ct.hex()),
                             {"out": pt.hex()})
        for head in (b"\x00\x01", b"\x01\x02", b"\x00\x02\x01\x00"):
            block = head + b"\x55" * 20 + b"\x00"
            block += b"m" * (128 - len(block))
            ct = openssl("pkeyutl", "-encrypt", "-inkey", self.pem, "-pkeyopt",
                         "rsa_padding_mode:none", data=block)
            self.assertEqual(one(op="rsa_decrypt", pkcs8=self.pkcs8, ct=ct.hex()), {"ok": False})
        for ct in ("", "00", "ff" * 128):
            self.assertEqual(one(op="rsa_decrypt", pkcs8=self.pkcs8, ct=ct), {"ok": False})

    def test_keys_beyond_the_library_are_skipped_and_broken_ones_refused(self):
        ask_for = functools.partial(one, op="rsa_verify", alg="sha1", msg="", sig="")
        self.assertEqual(set(ask_for(n="c1", e="3")), {"skip"})
        self.assertEqual(set(ask_for(n="c" + "0" * 4000 + "1", e="3")), {"skip"})
        self.assertEqual(set(ask_for(n=self.n, e="1" + "0" * 40 + "1")), {"skip"})
        self.assertEqual(ask_for(n=self.n, e="2"), {"ok": False})
        self.assertEqual(ask_for(spki="3000"), {"ok": False})
        self.assertEqual(one(op="rsa_sign", alg="sha1", msg="", pkcs8="3000"), {"ok": False})
        self.assertEqual(one(op="rsa_decrypt", ct="", pkcs8=""), {"ok": False})


def vectors(name):
    """The cases of a file of vectors/crypto, each a dict of strings."""
    path = os.path.join(os.path.dirname(__file__), "..", "..", "vectors", "crypto", name)
    with open(path) as f:
        blocks = "".join(line for line in f if line[0] != "#").split("\n\n")
    cases = [dict(map(str.strip, line.split("=", 1)) for line in b.splitlines() if line)
             for b in blocks]
    return [c for c in cases if c]


class Curves(unittest.TestCase):
    def test_secrets_are_those_of_the_documents_and_of_openssl(self):
        cases = vectors("ecdh_published.txt") + vectors("ecdh_random.txt")
        answers = ask(*({"id": 1, "op": "ecdh", "curve": c["curve"], "pub": c["peer"],
                         "priv": c["private"]} for c in cases))
        self.assertEqual([a.get("out") for a in answers], [c["secret"] for c in cases])
        # Compressed points, and private numbers with and without leading zeros.
        cases = vectors("ecdh_random.txt")
        answers = ask(*({"id": 1, "op": "ecdh", "curve": c["curve"], "pub": c["peer_compressed"],
                         "priv": prefix + c["private"].lstrip("0")}
                        for c in cases for prefix in ("", "0" * 11)))
        self.assertEqual([a.get("out") for a in answers], [c["secret"] for c in cases for _ in "ab"])

    def test_bad_points_and_numbers_are_refused(self):
        c = [c for c in vectors("ecdh_random.txt") if c["curve"] == "secp256r1"][-1]
        good = {"op": "ecdh", "curve": "secp256r1", "pub": c["peer"], "priv": c["private"]}
        self.assertEqual(one(**good), {"out": c["secret"]})
        for change in ({"pub": ""}, {"pub": "00"}, {"pub": c["peer"][:-2]}, {"priv": "00"},
                       {"pub": c["peer"][:-2] + "%02x" % (int(c["peer"][-2:], 16) ^ 1)},
                       {"priv": "f" * 64}, {"priv": ""}, {"curve": "secp256k1"},
                       {"curve": "x25519"},
                       {"curve": "x25519", "pub": "00" * 32, "priv": "40" * 32}):
            self.assertEqual(one(**dict(good, **change)), {"ok": False}, change)

    def test_signatures_of_openssl_are_verified_and_others_refused(self):
        for c in vectors("ecdsa_random.txt"):
            half = len(c["public"]) // 2 + 1
            good = {"op": "ecdsa_verify", "curve": c["curve"], "alg": c["hash"],
                    "msg": c["curve"].encode().hex(), "qx": c["public"][2:half].lstrip("0"),
                    "qy": "000" + c["public"][half:], "r": c["r"], "s": c["s"].lstrip("0")}
            changes = [{}, {"msg": "00"}, {"r": c["s"]}, {"s": "0"}, {"qx": "1"}, {"qy": ""},
                       {"qx": "1" + "0" * 150}, {"r": "1" + "0" * 300}]
            answers = ask(*(dict(good, **change, id=1) for change in changes))
            self.assertEqual([a.get("ok") for a in answers], [True] + [False] * 7, c)

    def test_ed25519_of_rfc_8032(self):
        for c in vectors("ed25519_rfc8032.txt"):
            good = {"op": "ed25519_verify", "pub": c["public"], "msg": c["message"],
                    "sig": c["signature"]}
            self.assertEqual(one(**good), {"ok": True})
            for change in ({"msg": c["message"] + "00"}, {"sig": c["signature"][2:]}, {"pub": ""},
                           {"sig": "00" + c["signature"][2:]}):
                self.assertEqual(one(**dict(good, **change)), {"ok": False}, change)


class Dsa(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory()
        cls.pem, cls.der = (os.path.join(cls.dir.name, n) for n in ("key.pem", "key.der"))
        openssl("dsaparam", "-genkey", "-out", cls.pem, "1024")
        cls.spki = openssl("pkey", "-in", cls.pem, "-pubout", "-outform", "DER").hex()
        dump = openssl("dsa", "-in", cls.pem, "-outform", "DER")
        cls.p, cls.q, cls.g, cls.y = cls.integers(dump)[1:5]
        cls.msg = pattern(77)

    @classmethod
    def tearDownClass(cls):
        cls.dir.cleanup()

    @staticmethod
    def integers(der):
        """The numbers in a SEQUENCE of INTEGERs."""
        def element(b):
            if b[1] < 0x80:
                return b[2:2 + b[1]], b[2 + b[1]:]
            n = b[1] & 0x7f
            size = int.from_bytes(b[2:2 + n], "big")
            return b[2 + n:2 + n + size], b[2 + n + size:]
        rest, numbers = element(der)[0], []
        while rest:
            value, rest = element(rest)
            numbers.append(int.from_bytes(value, "big"))
        return numbers

    def ask_for(self, **fields):
        request = {"op": "dsa_verify", "p": self.p, "q": self.q, "g": self.g, "y": self.y,
                   "msg": self.msg.hex(), **fields}
        return one(**{k: "%x" % v if isinstance(v, int) else v for k, v in request.items()})

    def test_openssls_signatures_are_verified_and_others_refused(self):
        for alg in Hashes.NAMES:
            sig = openssl("dgst", "-" + alg, "-sign", self.pem, data=self.msg)
            r, s = self.integers(sig)
            self.assertEqual(self.ask_for(alg=alg, r=r, s=s), {"ok": True})
            for bad in ({"r": s, "s": r}, {"r": r + self.q}, {"s": s + self.q}, {"r": 0},
                        {"s": 0}, {"msg": "00"}, {"y": self.y + 1}, {"y": 1}, {"y": self.p - 1},
                        {"g": 1}, {"q": self.q + 2}, {"p": self.p + 1}):
                self.assertEqual(self.ask_for(**{"alg": alg, "r": r, "s": s, **bad}),
                                 {"ok": False}, bad)
            ask_der = functools.partial(one, op="dsa_verify_der", alg=alg, spki=self.spki,
                                        msg=self.msg.hex())
            self.assertEqual(ask_der(sig=sig.hex()), {"ok": True})
            for bad in (sig[:-1], sig + b"\0", b"", sig[:-1] + bytes([sig[-1] ^ 1])):
                self.assertEqual(ask_der(sig=bad.hex()), {"ok": False})
            self.assertEqual(ask_der(sig=sig.hex(), msg="00"), {"ok": False})

    def test_keys_beyond_the_library_are_skipped(self):
        for beyond in ({"p": 2**400 + 1}, {"p": 2**4000 + 1}, {"q": 2**100 + 1},
                       {"q": 2**300 + 1}):
            self.assertEqual(set(self.ask_for(alg="sha1", r=1, s=1, **beyond)), {"skip"})

    def test_a_key_of_another_kind_is_refused(self):
        pem = os.path.join(self.dir.name, "ec.pem")
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", pem)
        spki = openssl("pkey", "-in", pem, "-pubout", "-outform", "DER").hex()
        sig = openssl("dgst", "-sha256", "-sign", pem, data=self.msg)
        request = {"alg": "sha256", "msg": self.msg.hex(), "spki": spki, "sig": sig.hex()}
        self.assertEqual(one(op="ecdsa_verify_der", **request), {"ok": True})
        self.assertEqual(one(op="ecdsa_verify_der", **dict(request, msg="00")), {"ok": False})
        self.assertEqual(one(op="dsa_verify_der", **request), {"ok": False})
        self.assertEqual(one(op="rsa_verify", **request), {"ok": False})


class Primes(unittest.TestCase):
    def check(self, n, expected):
        size = n.bit_length() // 8 + 1
        value = n.to_bytes(size, "big", signed=True).hex()
        self.assertEqual(one(op="prime", value=value), {"ok": expected}, n)

    def test_small_numbers(self):
        primes = {n for n in range(2, 300) if all(n % d for d in range(2, n))}
        numbers = list(range(-3, 300))
        answers = ask(*({"op": "prime", "value": n.to_bytes(2, "big", signed=True).hex()}
                        for n in numbers))
        self.assertEqual([n for n, a in zip(numbers, answers) if a["ok"]], sorted(primes))
        self.assertEqual(one(op="prime", value=""), {"ok": False})

    def test_large_numbers(self):
        for e in (127, 521, 607, 1279):  # Mersenne
            self.check(2**e - 1, True)
            self.check(-(2**e - 1), False)
            self.check(2**e + 1, False)
        self.check(2**523 - 1, False)
        p = int(openssl("prime", "-generate", "-bits", "512"))
        self.check(p, True)
        self.check(p * (2**127 - 1), False)
        self.assertEqual(set(one(op="prime", value="00" + "ff" * 1025)), {"skip"})

    def test_numbers_that_fool_weak_tests(self):
        # Carmichael numbers; then the strong pseudoprime to the bases 2 to 37 of Sorenson and
        # Webster, "Strong pseudoprimes to twelve prime bases", section 1.
        for n in (561, 1729, 825265, 318665857834031151167461):
            self.check(n, False)


if __name__ == "__main__":
    KAT = sys.argv.pop(1)
    unittest.main()
