#!/usr/bin/env python3
"""Writes aead_published.txt and aead_random.txt.

Published: the test cases of the GCM specification (McGrew and Viega, appendix B), the examples of
SP 800-38C appendix C, packet vectors 1 to 12 of RFC 3610 section 8, the two of RFC 8439 (sections
2.8.2 and A.5). Of each the published tag (for RFC 3610 and SP 800-38C all of the answer) stands
below; every answer is computed by OpenSSL's libcrypto and must end in it.

Random: random input, answers by libcrypto.

usage: make_aead.py OUTPUT-FOLDER
"""
import ctypes
import ctypes.util
import os
import pathlib
import sys

LIB = ctypes.CDLL(ctypes.util.find_library("crypto"))
for name in ("EVP_CIPHER_CTX_new", "EVP_CIPHER_fetch"):
    getattr(LIB, name).restype = ctypes.c_void_p
LIB.OpenSSL_version.restype = ctypes.c_char_p
VERSION = LIB.OpenSSL_version(0).decode()
SET_IVLEN, GET_TAG, SET_TAG = 0x9, 0x10, 0x11


def seal(cipher, key, nonce, aad, plaintext, tag_size=16):
    name = {"aes-gcm": f"AES-{8 * len(key)}-GCM", "aes-ccm": f"AES-{8 * len(key)}-CCM",
            "chacha20-poly1305": "ChaCha20-Poly1305"}[cipher]
    ctx = ctypes.c_void_p(LIB.EVP_CIPHER_CTX_new())
    evp = ctypes.c_void_p(LIB.EVP_CIPHER_fetch(None, name.encode(), None))
    n = ctypes.c_int()
    out = ctypes.create_string_buffer(len(plaintext) + 16)
    tag = ctypes.create_string_buffer(tag_size)

    def must(result):
        assert result == 1, (name, len(nonce), tag_size)

    must(LIB.EVP_EncryptInit_ex(ctx, evp, None, None, None))
    must(LIB.EVP_CIPHER_CTX_ctrl(ctx, SET_IVLEN, len(nonce), None))
    if cipher == "aes-ccm":
        must(LIB.EVP_CIPHER_CTX_ctrl(ctx, SET_TAG, tag_size, None))
    must(LIB.EVP_EncryptInit_ex(ctx, None, None, key, nonce))
    if cipher == "aes-ccm":
        must(LIB.EVP_EncryptUpdate(ctx, None, ctypes.byref(n), None, len(plaintext)))
    if aad:
        must(LIB.EVP_EncryptUpdate(ctx, None, ctypes.byref(n), aad, len(aad)))
    if plaintext or cipher == "aes-ccm":
        must(LIB.EVP_EncryptUpdate(ctx, out, ctypes.byref(n), plaintext, len(plaintext)))
    must(LIB.EVP_EncryptFinal_ex(ctx, ctypes.byref(ctypes.create_string_buffer(16)),
                                 ctypes.byref(n)))
    must(LIB.EVP_CIPHER_CTX_ctrl(ctx, GET_TAG, tag_size, tag))
    LIB.EVP_CIPHER_CTX_free(ctx)
    LIB.EVP_CIPHER_free(evp)
    return out.raw[:len(plaintext)] + tag.raw


def case(cipher, key, nonce, aad, plaintext, tag_size, source, published="", aad_repeat=1):
    out = seal(cipher, key, nonce, aad * aad_repeat, plaintext, tag_size).hex()
    assert out.endswith(published.replace(" ", "").lower()), (source, out)
    lines = {"source": source, "cipher": cipher, "key": key.hex(), "nonce": nonce.hex(),
             "aad": aad.hex(), "aad_repeat": aad_repeat, "plaintext": plaintext.hex(),
             "tag_size": tag_size, "out": out}
    return "\n".join(f"{k} = {v}".rstrip() for k, v in lines.items()) + "\n"


def x(text):
    return bytes.fromhex(text)


def gcm_specification():
    long_key = "feffe9928665731c6d6a8f9467308308" * 2
    text = x("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
             "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255")
    aad = x("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    ivs = [x("cafebabefacedbaddecaf888"), x("cafebabefacedbad"),
           x("9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728"
             "c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b")]
    tags = """58e2fccefa7e3061367f1d57a4e7455a ab6e47d42cec13bdf53a67b21257bddf
        4d5c2af327cd64a62cf35abd2ba6fab4 5bc94fbc3221a5db94fae95ae7121a47
        3612d2e79e3b0785561be14aaca2fccb 619cc5aefffe0bfa462af43c1699d050
        cd33b28ac773f74ba00ed1f312572435 2ff58d80033927ab8ef4d4587514f0fb
        9924a7c8587336bfb118024db8674a14 2519498e80f1478f37ba55bd6d27618c
        65dcc57fcf623a24094fcca40d3533f8 dcf566ff291c25bbb8568fc3d376a6d9
        530f8afbc74536b9a963b4f1c4cb738b d0d1c8a799996bf0265b98b5d48ab919
        b094dac5d93471bdec1a502270e3cc6c 76fc6ece0f4e1768cddf8853bb2d551b
        3a337dbf46a792c45e454913fe2ea8f2 a44a8266ee1c8eb0c8b5d4cf5ae9f19a""".split()
    rows = []
    for size in (16, 24, 32):
        key = x(long_key)[:size]
        rows += [(bytes(size), bytes(12), b"", b""), (bytes(size), bytes(12), b"", bytes(16)),
                 (key, ivs[0], b"", text)] + [(key, iv, aad, text[:60]) for iv in ivs]
    for number, (row, tag) in enumerate(zip(rows, tags, strict=True), 1):
        yield case("aes-gcm", *row, 16, f"GCM specification test case {number}", tag)


def sp800_38c():
    key, answers = bytes(range(0x40, 0x50)), [
        "7162015b 4dac255d", "d2a1f0e051ea5f62081a7792073d593d 1fc64fbfaccd",
        "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5 484392fbc1b09951",
        "69915dad1e84c6376a68c2967e4dab615ae0fd1faec44cc484828529463ccf72"
        "b4ac6bec93e8598e7f0dadbcea5b"]
    shapes = [(7, 8, 1, 4, 4), (8, 16, 1, 16, 6), (12, 20, 1, 24, 8), (13, 256, 256, 32, 14)]
    for i, ((nonce, aad, repeat, text, tag), out) in enumerate(zip(shapes, answers, strict=True)):
        yield case("aes-ccm", key, bytes(range(0x10, 0x10 + nonce)), bytes(range(aad)),
                   bytes(range(0x20, 0x20 + text)), tag, f"SP 800-38C example {i + 1}", out, repeat)


def rfc3610():
    answers = """588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0
        72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916
        51b1e5f44a197d1da46b0f8e2d282ae871e838bb64da8596574adaa76fbd9fb0c5
        a28c6865939a9a79faaa5c4c2a9d4a91cdac8c96c861b9c9e61ef1
        dcf1fb7b5d9e23fb9d4e131253658ad86ebdca3e51e83f077d9c2d93
        6fc1b011f006568b5171a42d953d469b2570a4bd87405a0443ac91cb94
        0135d1b2c95f41d5d1d4fec185d166b8094e999dfed96c048c56602c97acbb7490
        7b75399ac0831dd2f0bbd75879a2fd8f6cae6b6cd9b7db24c17b4433f434963f34b4
        82531a60cc24945a4b8279181ab5c84df21ce7f9b73f42e197ea9c07e56b5eb17e5f4e
        07342594157785152b074098330abb141b947b566aa9406b4d999988dd
        676bb20380b0e301e8ab79590a396da78b834934f53aa2e9107a8b6c022c
        c0ffa0d6f05bdb67f24d43a4338d2aa4bed7b20e43cd1aa31662e7ad65d6db""".split()
    for i, out in enumerate(answers):
        header = 8 if i % 6 < 3 else 12
        packet = bytes(range(31 + i % 3))
        nonce = bytes([0, 0, 0, i + 3, i + 2, i + 1, i]) + bytes(range(0xa0, 0xa6))
        yield case("aes-ccm", bytes(range(0xc0, 0xd0)), nonce, packet[:header], packet[header:],
                   8 if i < 6 else 10, f"RFC 3610 packet vector {i + 1}", out)


def rfc8439():
    yield case("chacha20-poly1305", bytes(range(0x80, 0xa0)), x("070000004041424344454647"),
               x("50515253c0c1c2c3c4c5c6c7"),
               b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for "
               b"the future, sunscreen would be it.", 16, "RFC 8439 section 2.8.2",
               "1ae10b594f09e26a7e902ecbd0600691")
    yield case("chacha20-poly1305",
               x("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0"),
               x("000000000102030405060708"), x("f33388860000000000004e91"),
               "Internet-Drafts are draft documents valid for a maximum of six months and may be "
               "updated, replaced, or obsoleted by other documents at any time. It is "
               "inappropriate to use Internet-Drafts as reference material or to cite them other "
               "than as /\u201cwork in progress./\u201d".encode(), 16, "RFC 8439 section A.5",
               "eead9d67890cbb22392336fea1851f38")


def times(a, b):
    """In GCM's field; the first bit of a block is the coefficient of x^0."""
    z = 0
    for bit in range(127, -1, -1):
        if b >> bit & 1:
            z ^= a
        a = a >> 1 ^ (0xe1 << 120 if a & 1 else 0)
    return z


def nonce_with_counter(key, first_block):
    """Of 16 bytes, such that GCM's first counter block is `first_block`."""
    ctx = ctypes.c_void_p(LIB.EVP_CIPHER_CTX_new())
    evp = ctypes.c_void_p(LIB.EVP_CIPHER_fetch(None, f"AES-{8 * len(key)}-ECB".encode(), None))
    h, n = ctypes.create_string_buffer(32), ctypes.c_int()
    assert LIB.EVP_EncryptInit_ex(ctx, evp, None, key, None) == 1
    assert LIB.EVP_EncryptUpdate(ctx, h, ctypes.byref(n), bytes(16), 16) == 1
    h = int.from_bytes(h.raw[:16], "big")
    inverse, power = 1 << 127, h  # h^(2^128 - 2)
    for _ in range(127):
        power = times(power, power)
        inverse = times(inverse, power)
    j = int.from_bytes(first_block, "big")
    return times(times(j, inverse) ^ 128, inverse).to_bytes(16, "big")


def random_cases():
    r = os.urandom
    sizes = [0, 1, 15, 16, 17, 63, 64, 65, 511, 512, 513, 1029]
    for size in sizes:
        for cipher, key in [("aes-gcm", 16), ("aes-gcm", 32), ("aes-ccm", 16), ("aes-ccm", 32),
                            ("chacha20-poly1305", 32)]:
            yield case(cipher, r(key), r(12), r(13), r(size), 16, "random")
    for size in [0, 1, 13, 14, 15, 16, 17, 30, 31, 512, 513, 0xfeff, 0xff00, 0xff01]:
        for cipher in ("aes-gcm", "aes-ccm", "chacha20-poly1305"):
            key = 32 if cipher[0] == "c" else 24
            yield case(cipher, r(key), r(12), r(1) if size > 1000 else r(size), r(40), 16,
                       "random aad", aad_repeat=size if size > 1000 else 1)
    for nonce in [1, 7, 8, 11, 13, 15, 16, 17, 32, 33, 64, 128]:
        yield case("aes-gcm", r(16), r(nonce), r(5), r(50), 16, "random, size of nonce")
    for count in (0xffffffff, 0xfffffffe, 0xfffffff0, 0):
        key, block = r(32), r(12) + count.to_bytes(4, "big")
        yield case("aes-gcm", key, nonce_with_counter(key, block), b"", bytes(600), 16,
                   f"random, first counter block {block.hex()}")
    for nonce in range(7, 14):
        for tag in range(4, 17, 2):
            yield case("aes-ccm", r((16, 24, 32)[nonce % 3]), r(nonce), r(20), r(33), tag,
                       "random, sizes of nonce and tag")
    for size in (300, 16384):
        yield case("aes-ccm", r(16), r(13), b"", r(1) * size, 8, "random, long")


def main(folder):
    for name, about, cases in (
            ("aead_published.txt", "The GCM specification (McGrew and Viega) appendix B, SP 800-38C"
             " appendix C, RFC 3610 section 8,\n# RFC 8439 sections 2.8.2 and A.5; every answer"
             " also by", [*gcm_specification(), *sp800_38c(), *rfc3610(), *rfc8439()]),
            ("aead_random.txt", "Random input. Answers by", list(random_cases()))):
        (folder / name).write_text(
            f"# {about} {VERSION}\n# (make_aead.py). `out` is ciphertext and tag; the associated"
            " data is `aad`, `aad_repeat` times.\n\n" + "\n".join(cases))


main(pathlib.Path(sys.argv[1]))
