#!/usr/bin/env python3
"""Writes punycode.txt and to_ascii.txt beside itself.

The codes of punycode.txt are the samples of RFC 3492 section 7.1; Python's codec says which
labels they stand for. to_ascii.txt is what Python's encodings.idna (IDNA2003) makes of names.
"""

import os
from encodings import idna

HERE = os.path.dirname(os.path.abspath(__file__))

SAMPLES = [
    ("A Arabic", "egbpdaj6bu4bxfgehfvwxn"),
    ("B Chinese, simplified", "ihqwcrb4cv8a8dqg056pqjye"),
    ("C Chinese, traditional", "ihqwctvzc91f659drss3x8bo0yb"),
    ("D Czech", "Proprostnemluvesky-uyb24dma41a"),
    ("E Hebrew", "4dbcagdahymbxekheh6e0a7fei0b"),
    ("F Hindi", "i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd"),
    ("G Japanese", "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"),
    ("H Korean", "989aomsvi5e83db1d2a355cv1e0vak1dwrv93d5xbh15a0dt30a5jpsd879ccm6fea98c"),
    ("I Russian, without its mixed-case annotation", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
    ("J Spanish", "PorqunopuedensimplementehablarenEspaol-fmd56a"),
    ("K Vietnamese", "TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g"),
    ("L", "3B-ww4c5e180e575a65lsy2b"),
    ("M", "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n"),
    ("N", "Hello-Another-Way--fc4qua05auwb3674vfr0b"),
    ("O", "2-u9tlzr9756bt3uc0v"),
    ("P", "MajiKoi5-783gue6qz075azm5e"),
    ("Q", "de-jg4avhby1noc0d"),
    ("R", "d9juau41awczczp"),
    ("S", "-> $1.00 <--"),
]

with open(os.path.join(HERE, "punycode.txt"), "w", encoding="utf-8") as out:
    out.write("# Labels and their codes: RFC 3492 section 7.1.\n")
    for name, code in SAMPLES:
        label = code.encode().decode("punycode")
        assert label.encode("punycode").decode() == code
        out.write(f"\nsample = {name}\nlabel = {label}\ncode = {code}\n")


def to_ascii(name):
    """The whole name as encodings.idna takes it apart, one dot at the end allowed."""
    labels = idna.dots.split(name)
    root = len(labels) > 1 and labels[-1] == ""
    if root:
        labels.pop()
    return b".".join(idna.ToASCII(x) for x in labels).decode() + ("." if root else "")


NAMES = [
    "example.com", "Example.COM", "example.com.", "xn--bcher-kva.example", "*.example.com",
    "bücher.example", "BÜCHER.example", "www.Bücher.Example.", "straße.de", "STRASSE.de",
    "königsgäßchen.example", "faß.de", "βόλος.com", "ΒΌΛΟΣ.com", "пример.испытание",
    "ПРИМЕР.Испытание", "例え.テスト", "例え。テスト", "例え．テスト｡jp", "예시.테스트",
    "דוגמה.טעסט", "ｅｘａｍｐｌｅ.com", "ＢＵＣＨ.example", "ｂüch.example", "a\u00adb.example",
    "ab\u200dc\u00fc.example", "Łódź.pl", "ŐRÜLT.hu", "Ђорђе.rs", "ԵՐԵՎԱՆ.am", "ẸDO.vn",
    "ÀÖØÞ.example", "ÿŸ.example", "ŽĎŤ.cz", "ƏƐ.az", "ѓѠҀҊҾӀӁӴӸԀԎ.example", "\U00020000.cn",
    "pyth\xf6n.org", "a" * 63 + ".com", "ü" * 30 + ".com",
]
with open(os.path.join(HERE, "to_ascii.txt"), "w", encoding="utf-8") as out:
    out.write("# Names in UTF-8 and their ASCII form by Python's encodings.idna.\n")
    for name in NAMES:
        out.write(f"\nname = {name}\nascii = {to_ascii(name)}\n")
