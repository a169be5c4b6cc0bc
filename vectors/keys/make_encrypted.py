#!/usr/bin/env python3
"""Makes encrypted_*.pem and encrypted.txt: keys of this folder behind passwords, by openssl.

Needs OpenSSL 3 with its legacy provider; what it cannot do, the schemes with MD2, is put together
here out of nettle's MD2 and openssl's ciphers.
"""
import base64, ctypes, ctypes.util, os, subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
PROVIDERS = ['-provider', 'default', '-provider', 'legacy']
PASSWORD = 'correct horse battery staple'
UNICODE = 'p\u00e4ssw\u00f6rd \u20ac \U0001f511'


def openssl(*args, data=None):
    done = subprocess.run(['openssl', *args], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise SystemExit(f'{args}: {done.stderr.decode()}')
    return done.stdout


def path(name):
    return os.path.join(HERE, name + '.pem')


rows = []


def record(name, plain, scheme, password=PASSWORD):
    rows.append({'file': name, 'plain': plain, 'password': password.encode().hex(),
                 'scheme': scheme})


# Traditional forms with Proc-Type and DEK-Info.
for tool, plain, cipher in (('rsa', 'rsa_1024', 'des'), ('rsa', 'rsa_1024', 'des3'),
                            ('rsa', 'rsa_1024', 'aes128'), ('rsa', 'rsa_1024', 'aes192'),
                            ('rsa', 'rsa_1024', 'aes256'), ('rsa', 'rsa_1024', 'camellia256'),
                            ('rsa', 'rsa_1024', 'seed'),
                            ('ec', 'ec_prime256v1', 'aes256'), ('dsa', 'dsa_1024', 'des3')):
    name = f'encrypted_pem_{tool}_{cipher}'
    openssl(tool, '-in', path(plain), '-' + cipher, '-passout', 'pass:' + PASSWORD, '-out',
            path(name), *(['-traditional'] if tool == 'rsa' else []), *PROVIDERS)
    record(name, plain, cipher)

# PKCS #8.
KEY = 'ec_prime256v1'
V1 = ('PBE-MD5-DES', 'PBE-SHA1-DES', 'PBE-MD5-RC2-64', 'PBE-SHA1-RC2-64', 'PBE-SHA1-3DES',
      'PBE-SHA1-2DES', 'PBE-SHA1-RC2-128', 'PBE-SHA1-RC2-40')
for scheme in V1:
    name = 'encrypted_' + scheme.lower().replace('-', '_')
    openssl('pkcs8', '-topk8', '-in', path(KEY), '-v1', scheme, '-passout', 'pass:' + PASSWORD,
            '-out', path(name), *PROVIDERS)
    record(name, KEY, scheme)
for scheme in ('PBE-SHA1-3DES', 'PBE-MD5-DES'):
    name = 'encrypted_unicode_' + scheme.lower().replace('-', '_')
    openssl('pkcs8', '-topk8', '-in', path(KEY), '-v1', scheme, '-passout', 'pass:' + UNICODE,
            '-out', path(name), *PROVIDERS)
    record(name, KEY, scheme, UNICODE)
for cipher, prf, iterations in (('des-cbc', 'hmacWithSHA1', 2048), ('des3', 'hmacWithSHA1', 1),
                                ('aes-128-cbc', 'hmacWithSHA224', 1000),
                                ('aes-192-cbc', 'hmacWithSHA256', 2048),
                                ('aes-256-cbc', 'hmacWithSHA384', 4096),
                                ('aes-256-cbc', 'hmacWithSHA512', 10000)):
    name = f'encrypted_pbes2_{cipher}_{prf}'.lower().replace('-', '_')
    openssl('pkcs8', '-topk8', '-in', path(KEY), '-v2', cipher, '-v2prf', prf, '-iter',
            str(iterations), '-passout', 'pass:' + PASSWORD, '-out', path(name), *PROVIDERS)
    record(name, KEY, f'{cipher} {prf}')
openssl('pkcs8', '-topk8', '-in', path('ed25519'), '-v2', 'aes-256-cbc', '-passout',
        'pass:' + UNICODE, '-out', path('encrypted_ed25519'))
record('encrypted_ed25519', 'ed25519', 'aes-256-cbc hmacWithSHA256', UNICODE)
# What is not read: scrypt, and RC2 in PBES2.
openssl('pkcs8', '-topk8', '-in', path(KEY), '-scrypt', '-passout', 'pass:' + PASSWORD, '-out',
        path('encrypted_scrypt'))

# MD2.
nettle = ctypes.CDLL(ctypes.util.find_library('nettle') or 'libnettle.so.8')


def md2(data):
    context, out = ctypes.create_string_buffer(256), ctypes.create_string_buffer(16)
    nettle.nettle_md2_init(context)
    nettle.nettle_md2_update(context, ctypes.c_size_t(len(data)), data)
    nettle.nettle_md2_digest(context, ctypes.c_size_t(16), out)
    return out.raw


assert md2(b'abc').hex() == 'da853b0d3f88d99b30283a69e6ded6bb'  # RFC 1319 appendix A.5


def der(tag, *content):
    body = b''.join(content)
    n = len(body)
    size = bytes([n]) if n < 0x80 else bytes([0x81, n]) if n < 0x100 else bytes(
        [0x82, n >> 8, n & 0xff])
    return bytes([tag]) + size + body



plain = openssl('pkcs8', '-topk8', '-nocrypt', '-in', path(KEY), '-outform', 'DER')
for scheme, number, cipher in (('PBE-MD2-DES', 1, '-des-cbc'), ('PBE-MD2-RC2-64', 4, '-rc2-64-cbc')):
    salt, iterations = bytes.fromhex('0011223344556677'), 2048
    t = PASSWORD.encode() + salt
    for _ in range(iterations):
        t = md2(t)
    data = openssl('enc', '-e', cipher, '-K', t[:8].hex(), '-iv', t[8:].hex(), *PROVIDERS,
                   data=plain)
    oid = der(6, bytes.fromhex('2a864886f70d0105') + bytes([number]))
    whole = der(0x30, der(0x30, oid, der(0x30, der(4, salt), der(2, iterations.to_bytes(2, 'big')))),
                der(4, data))
    name = 'encrypted_' + scheme.lower().replace('-', '_')
    with open(path(name), 'wb') as f:
        f.write(b'-----BEGIN ENCRYPTED PRIVATE KEY-----\n' + base64.encodebytes(whole) +
                b'-----END ENCRYPTED PRIVATE KEY-----\n')
    record(name, KEY, scheme)

# Inputs for tests/fuzz/fuzz_key.cpp: how often the password says "p", then the key.
CORPUS = os.path.join(HERE, '..', 'corpora', 'fuzz_key')
os.makedirs(CORPUS, exist_ok=True)
PS = 5


def seed(name, times, *command):
    with open(os.path.join(CORPUS, name), 'wb') as f:
        f.write(bytes([times]) + openssl(*command))


PASS = ('-passout', 'pass:' + 'p' * PS, *PROVIDERS)
seed('ec_pem', 0, 'pkcs8', '-topk8', '-nocrypt', '-in', path(KEY))
seed('ec_der', 0, 'pkcs8', '-topk8', '-nocrypt', '-in', path(KEY), '-outform', 'DER')
seed('ec_sec1', 0, 'ec', '-in', path(KEY))
seed('rsa_der', 0, 'rsa', '-in', path('rsa_1024'), '-traditional', '-outform', 'DER')
seed('dsa_pem', 0, 'dsa', '-in', path('dsa_1024'))
seed('ed25519_pem', 0, 'pkey', '-in', path('ed25519'))
seed('pem_aes256', PS, 'ec', '-in', path(KEY), '-aes256', *PASS)
seed('pem_des3', PS, 'ec', '-in', path(KEY), '-des3', *PASS)
seed('pbes2', PS, 'pkcs8', '-topk8', '-in', path(KEY), '-iter', '1', *PASS)
seed('pbes2_der', PS, 'pkcs8', '-topk8', '-in', path(KEY), '-iter', '1', '-outform', 'DER', *PASS)
for scheme in ('PBE-MD5-DES', 'PBE-SHA1-3DES', 'PBE-SHA1-RC2-40'):
    seed(scheme.lower().replace('-', '_'), PS, 'pkcs8', '-topk8', '-in', path(KEY), '-v1', scheme,
         '-outform', 'DER', *PASS)

with open(os.path.join(HERE, 'encrypted.txt'), 'w', encoding='ascii') as f:
    f.write('# Encrypted keys, the plain file of the same key, and the password in hex (UTF-8).\n')
    for row in rows:
        f.write('\n' + ''.join(f'{k} = {v}\n' for k, v in row.items()))
