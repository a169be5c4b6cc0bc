#!/usr/bin/env python3
"""Other forms of certificates of the folder above: trust settings by openssl x509, and base64 whose
last bits stand for nothing, which openssl reads as the same certificate.

Usage: make.py   (rewrites *.pem in its own folder, always the same)
"""
import os, re, subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


def x509(*args):
    return subprocess.run(("openssl", "x509") + args, stdout=subprocess.PIPE, check=True).stdout


def path(name):
    return os.path.join(HERE, name)


trusted = x509("-in", path("../chain_root.pem"), "-trustout", "-addtrust", "clientAuth", "-addtrust",
               "emailProtection", "-addreject", "serverAuth", "-setalias", "uses")
with open(path("trusted_uses.pem"), "wb") as f:
    f.write(trusted)

with open(path("../chain_leaf_sha224.pem")) as f:
    plain = f.read()
letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
last = re.search("(.)=+\n-----END", plain).start(1)
spare = plain[:last] + letters[letters.index(plain[last]) + 1] + plain[last + 1:]
with open(path("spare_bits.pem"), "w") as f:
    f.write(spare)
assert x509("-in", path("spare_bits.pem"), "-outform", "DER") == \
    x509("-in", path("../chain_leaf_sha224.pem"), "-outform", "DER")
