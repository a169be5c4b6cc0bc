#!/usr/bin/env python3
"""Writes pbkdf.txt: the answers of RFC 6070 and RFC 7914 section 11 (checked again by hashlib),
more of PBKDF2 by hashlib, PKCS #12 by `openssl kdf`, DEK-Info keys by `openssl enc`, PBKDF1 by
definition over hashlib.

usage: make_pbkdf.py OUTPUT-FOLDER
"""
import hashlib
import pathlib
import subprocess
import sys

OUT = []


def case(scheme, digest, password, salt, iterations, key, source, **more):
    OUT.append(dict(scheme=scheme, hash=digest, password=password.hex(), salt=salt.hex(),
                    iterations=iterations, key=key, **more, source=source))


def published(digest, password, salt, iterations, key, source):
    assert hashlib.pbkdf2_hmac(digest, password, salt, iterations, len(key) // 2).hex() == key
    case('pbkdf2', digest, password, salt, iterations, key, source)


for password, salt, iterations, key in (
        (b'password', b'salt', 1, '0c60c80f961f0e71f3a9b524af6012062fe037a6'),
        (b'password', b'salt', 2, 'ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957'),
        (b'password', b'salt', 4096, '4b007901b765489abead49d926f721d065a429c1'),
        (b'passwordPASSWORDpassword', b'saltSALTsaltSALTsaltSALTsaltSALTsalt', 4096,
         '3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038'),
        (b'pass\0word', b'sa\0lt', 4096, '56fa6aa75548099dcc37d7f03425e0c3')):
    published('sha1', password, salt, iterations, key, 'RFC 6070 section 2')
published('sha256', b'passwd', b'salt', 1,
          '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc'
          '49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783',
          'RFC 7914 section 11')
published('sha256', b'Password', b'NaCl', 80000,
          '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56'
          'a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d',
          'RFC 7914 section 11')
for digest in ('sha1', 'sha224', 'sha256', 'sha384', 'sha512'):
    for size in (1, 24, 32, 100):
        password, salt = b'p' * (size * 2), bytes(range(size))
        case('pbkdf2', digest, password, salt, 3,
             hashlib.pbkdf2_hmac(digest, password, salt, 3, size).hex(), 'hashlib')
for use in (1, 2, 3):
    for size in (5, 20, 24, 70):
        password = 'p\u00e4ss'.encode('utf-16-be') * size + b'\0\0'
        salt = bytes(range(8 + size % 3))
        key = subprocess.run(
            ['openssl', 'kdf', '-keylen', str(size), '-kdfopt', 'digest:SHA1', '-kdfopt',
             'hexpass:' + password.hex(), '-kdfopt', 'hexsalt:' + salt.hex(), '-kdfopt', 'iter:7',
             '-kdfopt', f'id:{use}', 'PKCS12KDF'], check=True, stdout=subprocess.PIPE)
        case('pkcs12', 'sha1', password, salt, 7,
             key.stdout.decode().strip().replace(':', '').lower(), 'openssl kdf', use=use)
for size in (16, 48):
    salt = bytes.fromhex('a1b2c3d4e5f60718')
    text = subprocess.run(
        ['openssl', 'enc', '-aes-256-cbc', '-md', 'md5', '-S', salt.hex(), '-k', 'swordfish', '-P'],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    found = dict(line.replace(' ', '').split('=') for line in text.splitlines())
    case('pem', 'md5', b'swordfish', salt, 1, (found['key'] + found['iv']).lower()[:2 * size],
         'openssl enc -md md5')
for digest in ('md5', 'sha1'):
    for iterations in (1, 1000):
        password, salt = b'password', bytes.fromhex('78578e5a5d63cb06')
        t = password + salt
        for _ in range(iterations):
            t = hashlib.new(digest, t).digest()
        case('pbkdf1', digest, password, salt, iterations, t[:16].hex(), 'hashlib')

with open(pathlib.Path(sys.argv[1]) / 'pbkdf.txt', 'w', encoding='ascii') as f:
    f.write('# Keys out of passwords: PBKDF1 and PBKDF2 (RFC 8018), PKCS #12 (RFC 7292 appendix B),\n'
            "# OpenSSL's for DEK-Info. Passwords of PKCS #12 are BMPStrings already.\n")
    for row in OUT:
        f.write('\n' + ''.join(f'{k} = {v}\n' for k, v in row.items()))
