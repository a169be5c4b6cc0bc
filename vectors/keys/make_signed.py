#!/usr/bin/env python3
"""Makes signed_*.pem and signed.txt: certificates and CRLs signed by openssl with the keys of this
folder, in the ways that make.py does not use: RSASSA-PSS, Ed25519, MD4.

Needs OpenSSL 3 with its legacy provider (MD4). Keeps ca_ed25519.pem's key, ed25519.pem.
"""
import os, subprocess, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TMP = tempfile.mkdtemp()
PROVIDERS = ['-provider', 'default', '-provider', 'legacy']


def openssl(*args):
    done = subprocess.run(['openssl', *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          cwd=TMP)
    if done.returncode != 0:
        raise SystemExit(f'{args}: {done.stderr.decode()}')
    return done.stdout


def path(name):
    return os.path.join(HERE, name + '.pem')


def write(name, text):
    with open(name, 'w') as f:
        f.write(text)


EXT = os.path.join(TMP, 'ext')
write(EXT, '[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n'
           'subjectKeyIdentifier=hash\n[leaf]\nbasicConstraints=critical,CA:FALSE\n'
           '[sign]\nkeyUsage=critical,digitalSignature\n[encipher]\nkeyUsage=keyEncipherment\n'
           '[agree]\nkeyUsage=keyAgreement\n')
rows = []


def request(key, cn):
    openssl('req', '-new', '-key', path(key), '-subj', f'/CN={cn}', '-out', 'r')


def self_signed(name, key):
    request(key, name)
    openssl('x509', '-req', '-in', 'r', '-signkey', path(key), '-days', '36500', '-extfile', EXT,
            '-extensions', 'ca', '-out', path(name))


def leaf(name, ca, ca_key, key, *options, **facts):
    request(key, name)
    openssl('x509', '-req', '-in', 'r', '-CA', path(ca), '-CAkey', path(ca_key), '-set_serial', '1',
            '-days', '36500', '-extfile', EXT, '-extensions', 'leaf', '-out', path(name), *options,
            *PROVIDERS)
    if facts['verifies'] == 'openssl':
        openssl('verify', '-CAfile', path(ca), path(name))
    rows.append({'file': name, 'issuer': ca, **facts})


def right_md4(name, ca_key):
    """OpenSSL 3.0 writes the OID ...2.3 for MD4 into the DigestInfo, which is ...2.4 (RFC 2313
    section 10.1.2): the same digest signed again."""
    der = openssl('x509', '-in', path(name), '-outform', 'DER')
    with open(os.path.join(TMP, 'der'), 'wb') as f:
        f.write(der)
    openssl('asn1parse', '-inform', 'DER', '-in', 'der', '-strparse', '4', '-noout', '-out', 'tbs')
    digest = openssl('dgst', '-md4', '-binary', *PROVIDERS, 'tbs')
    with open(os.path.join(TMP, 'info'), 'wb') as f:
        f.write(bytes.fromhex('3020300c06082a864886f70d020405000410') + digest)
    signature = openssl('pkeyutl', '-sign', '-inkey', path(ca_key), '-in', 'info', '-pkeyopt',
                        'rsa_padding_mode:pkcs1')
    with open(os.path.join(TMP, 'der'), 'wb') as f:
        f.write(der[:-len(signature)] + signature)
    openssl('x509', '-inform', 'DER', '-in', 'der', '-out', path(name))


def crl(name, ca, ca_key, *options, **facts):
    write(os.path.join(TMP, 'index.txt'), '')
    write(os.path.join(TMP, 'cnf'), '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\n'
                                    'default_md=sha256\ndefault_crl_days=36500\n')
    openssl('ca', '-config', 'cnf', '-gencrl', '-cert', path(ca), '-keyfile', path(ca_key), '-out',
            path(name), *options)
    openssl('crl', '-in', path(name), '-CAfile', path(ca), '-noout')
    rows.append({'file': name, 'issuer': ca, **facts})


self_signed('ca_ed25519', 'ed25519')
for digest, salt in (('sha1', 20), ('sha224', 0), ('sha256', 32), ('sha384', 48), ('sha512', 62)):
    leaf(f'signed_pss_{digest}', 'ca_rsa', 'rsa_1024', 'ec_prime256v1', '-' + digest, '-sigopt',
         'rsa_padding_mode:pss', '-sigopt', f'rsa_pss_saltlen:{salt}', algorithm='rsassaPss',
         hash=digest, salt=salt, verifies='openssl')
leaf('signed_pss_two_hashes', 'ca_rsa', 'rsa_1024', 'ec_prime256v1', '-sha256', '-sigopt',
     'rsa_padding_mode:pss', '-sigopt', 'rsa_mgf1_md:sha1', algorithm='', verifies='not here')
leaf('signed_md4', 'ca_rsa', 'rsa_1024', 'ec_prime256v1', '-md4', algorithm='md4WithRSAEncryption',
     hash='md4', verifies='not here')
right_md4('signed_md4', 'rsa_1024')
leaf('signed_ed25519', 'ca_ed25519', 'ed25519', 'ec_prime256v1', algorithm='ED25519',
     verifies='openssl')
leaf('signed_for_ed25519', 'ca_rsa', 'rsa_1024', 'ed25519', '-sha256',
     algorithm='sha256WithRSAEncryption', hash='sha256', verifies='openssl')
# What keyUsage allows a handshake to do.
for name, key, section in (('rsa_sign', 'rsa_1024', 'sign'),
                           ('rsa_encipher', 'rsa_1024', 'encipher'),
                           ('ec_sign', 'ec_prime256v1', 'sign'),
                           ('ec_agree', 'ec_prime256v1', 'agree')):
    request(key, name)
    openssl('x509', '-req', '-in', 'r', '-CA', path('ca_ec'), '-CAkey', path('ec_prime256v1'),
            '-set_serial', '2', '-days', '36500', '-extfile', EXT, '-extensions', section, '-out',
            path('usage_' + name))
crl('signed_crl_ed25519', 'ca_ed25519', 'ed25519', algorithm='ED25519')
crl('signed_crl_pss', 'ca_rsa', 'rsa_1024', '-sigopt', 'rsa_padding_mode:pss', '-sigopt',
    'rsa_pss_saltlen:digest', algorithm='rsassaPss', hash='sha256', salt=32)
crl('signed_crl_ec', 'ca_ec', 'ec_prime256v1', algorithm='ecdsa-with-SHA256', hash='sha256')
# From VeriSign, 1996; the only one here that OpenSSL did not sign.
rows.append({'file': 'verisign_class3_md2', 'issuer': 'verisign_class3_md2',
             'algorithm': 'md2WithRSAEncryption', 'hash': 'md2'})

with open(os.path.join(HERE, 'signed.txt'), 'w', encoding='ascii') as f:
    f.write('# Certificates and CRLs, who signed them and how. An empty algorithm: to be refused.\n')
    for row in rows:
        f.write('\n' + ''.join(f'{k} = {v}\n' for k, v in row.items() if k != 'verifies'))
