#!/usr/bin/env python3
"""Computes again what explain says a connection's keys are made of: hashlib, hmac, openssl.

usage: recompute.py FILE KEY    FILE: a derivation a line, tab-separated: name, operation, offset,
hex of the output, then hex of each input ("-" for none). KEY: the server's key in PEM.
"""
import hashlib
import hmac
import subprocess
import sys


def compute(operation, at, size, inputs, key):
    if operation == "concat":
        return b"".join(inputs)
    if operation == "slice":
        return inputs[0][at:at + size]
    if operation == "xor":
        return bytes(a ^ b for a, b in zip(*inputs, strict=True))
    if operation in ("md5", "sha1", "sha256", "sha384"):
        return hashlib.new(operation, b"".join(inputs)).digest()
    if operation.startswith("hmac_"):
        return hmac.new(inputs[0], b"".join(inputs[1:]), operation[5:]).digest()
    if operation == "rsa_decrypt":
        done = subprocess.run(["openssl", "pkeyutl", "-decrypt", "-inkey", key],
                              input=inputs[0], capture_output=True, check=True)
        return done.stdout
    raise ValueError(operation)


def main():
    path, key = sys.argv[1:]
    wrong = done = given = 0
    with open(path, encoding="ascii") as file:
        for line in file:
            name, operation, at, output, *inputs = line.rstrip("\n").split("\t")
            if operation == "given":
                given += 1
                continue
            expected = bytes.fromhex(output)
            values = [b"" if i == "-" else bytes.fromhex(i) for i in inputs]
            if compute(operation, int(at), len(expected), values, key) != expected:
                print(f"{name}: {operation} gives something else")
                wrong += 1
            done += 1
    print(f"{done} derivations computed again, {given} given, {wrong} wrong")
    sys.exit(1 if wrong or not done else 0)


main()
