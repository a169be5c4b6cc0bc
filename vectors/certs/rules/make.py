#!/usr/bin/env python3
"""Makes the certificates of this folder: every extension of RFC 5280, the rules that are bent for
old certificates, and what no rule lets pass.

Written as DER here, signed by OpenSSL (openssl dgst, and pkeyutl for MD2, which OpenSSL 3.0 does
not have: its digest is computed here as RFC 1319 says).

Usage: make.py   (rewrites *.pem in its own folder; new keys, so all files change)
"""
import os, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True  # every file below vectors/ is listed
sys.path.insert(0, os.path.join(HERE, '..', '..'))
from der import NULL, SHA256_RSA, boolean, cn, ext, oid, oid_content, pem, rdn, seq, tlv

TMP = tempfile.mkdtemp()


def run(*args, data=None):
    return subprocess.run(args, input=data, stdout=subprocess.PIPE, check=True, cwd=TMP).stdout


def make_key(name, bits):
    run('openssl', 'genrsa', '-out', name + '.key', str(bits))
    return run('openssl', 'rsa', '-in', name + '.key', '-pubout', '-outform', 'DER')


def md2(data):
    pi = list(range(256))
    # RFC 1319 section 3.2: digits of pi shuffle the numbers (the decimal digits of pi, taken as
    # Durstenfeld's shuffle takes random numbers).
    digits = pi_digits(722)
    at = 0

    def rand(n):
        nonlocal at
        x, y = digits[at], 10
        at += 1
        if n > 10:
            x, y, at = x * 10 + digits[at], 100, at + 1
        if n > 100:
            x, y, at = x * 10 + digits[at], 1000, at + 1
        return x % n if x < n * (y // n) else rand(n)
    for i in range(2, 257):
        j = rand(i)
        pi[j], pi[i - 1] = pi[i - 1], pi[j]
    pad = 16 - len(data) % 16
    data += bytes([pad]) * pad
    check, last = [0] * 16, 0
    for i in range(0, len(data), 16):
        for j in range(16):
            check[j] ^= pi[data[i + j] ^ last]
            last = check[j]
    data += bytes(check)
    x = [0] * 48
    for i in range(0, len(data), 16):
        for j in range(16):
            x[16 + j] = data[i + j]
            x[32 + j] = x[16 + j] ^ x[j]
        t = 0
        for r in range(18):
            for k in range(48):
                x[k] ^= pi[t]
                t = x[k]
            t = (t + r) % 256
    return bytes(x[:16])


def pi_digits(n):
    # Machin's formula with integers.
    unity = 10 ** (n + 10)

    def arctan_inverse(x):
        total = term = unity // x
        k, sign = 3, -1
        while term:
            term //= x * x
            total += sign * (term // k)
            k, sign = k + 2, -sign
        return total
    return [int(c) for c in str(4 * (4 * arctan_inverse(5) - arctan_inverse(239)))[:n]]


assert md2(b'abc').hex() == 'da853b0d3f88d99b30283a69e6ded6bb'  # RFC 1319 appendix A.5


def sign(tbs, digest, key):
    if digest != 'md2':
        return run('openssl', 'dgst', '-' + digest, '-sign', key + '.key', data=tbs)
    info = seq(seq(oid('1.2.840.113549.2.2'), NULL), tlv(4, md2(tbs)))
    return run('openssl', 'pkeyutl', '-sign', '-inkey', key + '.key', data=info)


V3 = tlv(0xa0, b'\x02\x01\x02')


def make(name, *extensions, version=V3, serial=b'\x01', algorithm=SHA256_RSA, subject=None,
         not_before=tlv(23, b'200101000000Z'), not_after=tlv(24, b'21200101000000Z'), unique=b'',
         digest='sha256', key='hand'):
    names = subject or cn(name)
    tbs = seq(version, tlv(2, serial), algorithm, names, seq(not_before, not_after), names,
              SPKI[key], unique, tlv(0xa3, seq(*extensions)) if extensions else b'')
    der = seq(tbs, algorithm, tlv(3, b'\0', sign(tbs, digest, key)))
    with open(os.path.join(HERE, name + '.pem'), 'w', encoding='ascii') as f:
        f.write(pem('CERTIFICATE', der))


SPKI = {'hand': make_key('hand', 1024), 'rsa512': make_key('rsa512', 512)}

DNS = lambda s: tlv(0x82, s.encode())
MAIL = lambda s: tlv(0x81, s.encode())
URI = lambda s: tlv(0x86, s.encode())
IP = lambda b: tlv(0x87, bytes(b))
DIR = lambda name: tlv(0xa4, name)
UTF8 = lambda s: tlv(12, s.encode())
INT = lambda n: tlv(2, bytes([n]))
NAME = seq(rdn(('2.5.4.6', 19, b'DE')), rdn(('2.5.4.10', 12, 'M\u00fcller'.encode())))
OTHER = tlv(0xa0, oid('1.2.3.4'), tlv(0xa0, UTF8('other')))
X400 = tlv(0xa3, seq(tlv(0x61, tlv(19, b'DE'))))
EDI = tlv(0xa5, tlv(0xa1, UTF8('party')))
RID = tlv(0x88, oid_content('1.2.3.4'))

BC = lambda *p: ext('2.5.29.19', seq(*p), True)
SAN = lambda *n: ext('2.5.29.17', seq(*n))
NC = lambda *p: ext('2.5.29.30', seq(*p), True)
POLICIES = lambda *p: ext('2.5.29.32', seq(*p))
AKID = lambda *p: ext('2.5.29.35', seq(*p))
POINTS = lambda *p: ext('2.5.29.31', seq(*p))
CONSTRAINTS = lambda *p: ext('2.5.29.36', seq(*p), True)
TREE = lambda base, *more: seq(base, *more)
CPS = lambda s: seq(oid('1.3.6.1.5.5.7.2.1'), tlv(22, s))
NOTICE = lambda *p: seq(oid('1.3.6.1.5.5.7.2.2'), seq(*p))


def extensions():
    make('all_extensions',
         BC(boolean(True), INT(3)),
         ext('2.5.29.15', tlv(3, b'\x01\x06'), True),
         ext('2.5.29.37', seq(oid('1.3.6.1.5.5.7.3.1'), oid('1.2.3.4.5'))),
         ext('2.5.29.14', tlv(4, bytes(range(20)))),
         AKID(tlv(0x80, bytes(range(20))), tlv(0xa1, DIR(NAME)), tlv(0x82, b'\x00\x80\x01')),
         ext('2.5.29.16', seq(tlv(0x80, b'20200101000000Z'), tlv(0x81, b'20300101000000Z'))),
         SAN(OTHER, MAIL('post@example.org'), DNS('www.example.org'), X400, DIR(NAME), EDI,
             URI('https://example.org/x'), IP([192, 0, 2, 1]), IP(range(16)), RID),
         ext('2.5.29.18', seq(MAIL('ca@example.org'), URI('https://ca.example.org/'))),
         NC(tlv(0xa0, TREE(DNS('example.org')), TREE(MAIL('.example.org')), TREE(DIR(NAME)),
                TREE(IP([192, 0, 2, 0, 255, 255, 255, 0])), TREE(URI('.example.org'))),
            tlv(0xa1, TREE(DNS('bad.example.org')),
                TREE(IP(bytes.fromhex('20010db8000000000000000000000000'
                                      'ffffffff000000000000000000000000'))))),
         POLICIES(seq(oid('1.2.3.4.1')),
                  seq(oid('2.5.29.32.0'),
                      seq(CPS(b'https://example.org/cps'),
                          NOTICE(seq(UTF8('Organ'), seq(INT(1), INT(7))), UTF8('Read \u00fc'))))),
         ext('2.5.29.33', seq(seq(oid('1.2.3.4.1'), oid('1.2.3.4.2'))), True),
         CONSTRAINTS(tlv(0x80, b'\x02'), tlv(0x81, b'\x00')),
         ext('2.5.29.54', INT(5), True),
         ext('1.3.6.1.5.5.7.1.1', seq(seq(oid('1.3.6.1.5.5.7.48.1'), URI('http://ocsp.example')),
                                      seq(oid('1.3.6.1.5.5.7.48.2'), URI('http://ca.example')))),
         ext('1.3.6.1.5.5.7.1.11', seq(seq(oid('1.3.6.1.5.5.7.48.5'), URI('http://repo.example')))),
         POINTS(seq(tlv(0xa0, tlv(0xa0, URI('http://crl.example/1'), DIR(NAME)))),
                seq(tlv(0xa0, tlv(0xa0, URI('http://crl.example/2'))), tlv(0x81, b'\x05\x60'),
                    tlv(0xa2, DIR(NAME)))),
         ext('2.5.29.46', seq(seq(tlv(0xa0, tlv(0xa0, URI('http://crl.example/delta')))))),
         ext('1.2.3.4.6', b'\x04\x03abc'))
    make('point_relative', POINTS(seq(
        tlv(0xa0, tlv(0xa1, seq(oid('2.5.4.3'), UTF8('CRL1')))), tlv(0xa2, DIR(NAME)))))
    make('unique_ids', BC(boolean(True)), unique=tlv(0x81, b'\0abc') + tlv(0x82, b'\0def'))


def rarer():
    attribute = lambda type_, *values: seq(oid(type_), tlv(0x31, *values))
    make('attributes_features',
         ext('2.5.29.9', seq(
             attribute('1.3.6.1.5.5.7.9.1', tlv(24, b'19710203120000Z')),
             attribute('1.3.6.1.5.5.7.9.2', UTF8('Z\u00fcrich')),
             attribute('1.3.6.1.5.5.7.9.4', tlv(19, b'CH'), tlv(19, b'DE')),
             attribute('1.2.3.4', seq(tlv(2, b'\x05'))))),
         ext('1.3.6.1.5.5.7.1.24', seq(tlv(2, b'\x05'), tlv(2, b'\x11'), tlv(2, b'\x10'))))


def bent():
    make('san_empty', SAN())
    make('minimum_zero', NC(tlv(0xa0, TREE(DNS('example.org'), tlv(0x80, b'\0')))))
    make('generalized_before_2050', not_before=tlv(24, b'19991231000000Z'))
    make('md2_signature', algorithm=seq(oid('1.2.840.113549.1.1.2'), NULL), digest='md2')
    make('rsa512_md5', version=b'', algorithm=seq(oid('1.2.840.113549.1.1.4'), NULL),
         digest='md5', key='rsa512')
    make('policy_text_latin1', POLICIES(seq(oid('1.2.3'), seq(NOTICE(tlv(26, b'caf\xe9'))))))


def refused():
    make('name_constraints_minimum', NC(tlv(0xa0, TREE(DNS('a'), tlv(0x80, b'\1')))))
    make('name_constraints_maximum', NC(tlv(0xa0, TREE(DNS('a'), tlv(0x81, b'\1')))))
    make('name_constraints_empty', NC())
    make('name_constraints_no_trees', NC(tlv(0xa0)))
    make('name_constraints_ip', NC(tlv(0xa0, TREE(IP([192, 0, 2, 1])))))
    make('name_constraints_twice', NC(tlv(0xa0, TREE(DNS('a')))), NC(tlv(0xa1, TREE(DNS('b')))))
    make('policies_twice', POLICIES(seq(oid('1.2.3')), seq(oid('1.2.4')), seq(oid('1.2.3'))))
    make('policies_empty', POLICIES())
    make('policies_cps_utf8', POLICIES(seq(oid('1.2.3'), seq(
        seq(oid('1.3.6.1.5.5.7.2.1'), UTF8('http://x'))))))
    make('policy_constraints_empty', CONSTRAINTS())
    make('policy_constraints_negative', CONSTRAINTS(tlv(0x80, b'\xff')))
    make('policy_constraints_huge', CONSTRAINTS(tlv(0x80, b'\x01\0\0\0\0')))
    make('policy_mappings_empty', ext('2.5.29.33', seq(), True))
    make('inhibit_negative', ext('2.5.29.54', tlv(2, b'\xff'), True))
    make('extended_key_usage_empty', ext('2.5.29.37', seq()))
    make('authority_issuer_alone', AKID(tlv(0xa1, DIR(NAME))))
    make('authority_serial_alone', AKID(tlv(0x82, b'\1')))
    make('point_of_reasons', POINTS(seq(tlv(0x81, b'\x05\x60'))))
    make('points_empty', POINTS())
    make('attributes_empty', ext('2.5.29.9', seq()))
    make('attribute_without_value', ext('2.5.29.9', seq(seq(oid('1.3.6.1.5.5.7.9.4'), tlv(0x31)))))
    make('features_negative', ext('1.3.6.1.5.5.7.1.24', seq(tlv(2, b'\xff'))))
    make('info_access_empty', ext('1.3.6.1.5.5.7.1.1', seq()))
    make('san_unknown_kind', SAN(tlv(0x89, b'x')))
    make('san_directory_bare', SAN(tlv(0xa4, b'')))


extensions()
rarer()
bent()
refused()
