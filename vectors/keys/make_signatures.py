#!/usr/bin/env python3
"""Makes signatures.txt: signatures by openssl pkeyutl with the keys of this folder.

handshake: over MD5 || SHA-1 as SSL 3.0 to TLS 1.1 sign it; digest: over a hash (RSA: DigestInfo).
"""
import hashlib, os, subprocess, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MESSAGE = b'what the server says of its ephemeral key'


def sign(key, data, *options):
    with tempfile.NamedTemporaryFile() as f:
        f.write(data)
        f.flush()
        return subprocess.run(['openssl', 'pkeyutl', '-sign', '-inkey', f'{HERE}/{key}.pem', '-in',
                               f.name, *options], stdout=subprocess.PIPE, check=True).stdout


with open(os.path.join(HERE, 'signatures.txt'), 'w', encoding='ascii') as f:
    f.write('# openssl pkeyutl -sign with the keys of this folder over\n'
            f'# "{MESSAGE.decode()}".\n')
    both = hashlib.md5(MESSAGE).digest() + hashlib.sha1(MESSAGE).digest()
    for key in ('rsa_1024', 'dsa_1024', 'dsa_2048', 'ec_prime192v1', 'ec_secp224r1', 'ec_prime256v1',
                'ec_secp384r1', 'ec_secp521r1', 'ec_secp256k1'):
        rsa = key.startswith('rsa')
        signature = sign(key, both if rsa else both[16:])
        f.write(f'\nform = handshake\nkey = {key}\ndigest = {both.hex()}\n'
                f'signature = {signature.hex()}\n')
        hashes = ('sha1', 'sha224', 'sha256', 'sha384', 'sha512')
        for name in (('md5', *hashes) if rsa else hashes):
            digest = hashlib.new(name, MESSAGE).digest()
            signature = sign(key, digest, '-pkeyopt', f'digest:{name}')
            f.write(f'\nform = digest\nkey = {key}\nhash = {name}\ndigest = {digest.hex()}\n'
                    f'signature = {signature.hex()}\n')
