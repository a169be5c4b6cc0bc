#!/usr/bin/env python3
"""Makes hostnames.txt: certificates with subject alternative names, and what OpenSSL says of hosts
and mail addresses (X509_check_host and its sisters of libcrypto 3, no partial wildcards, never the
subject's common name). The certificates are made with the `cryptography` package.
"""
import ctypes, datetime, ipaddress, os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = os.path.dirname(os.path.abspath(__file__))
crypto = ctypes.CDLL('libcrypto.so.3')
crypto.d2i_X509.restype = ctypes.c_void_p
NO_PARTIAL_WILDCARDS, NEVER_CHECK_SUBJECT = 4, 0x20
FLAGS = NO_PARTIAL_WILDCARDS | NEVER_CHECK_SUBJECT
KEY = ec.generate_private_key(ec.SECP256R1())
DNS = lambda s: x509.DNSName._init_without_validation(s)
MAIL = lambda s: x509.RFC822Name._init_without_validation(s)
IP = lambda s: x509.IPAddress(ipaddress.ip_address(s))


def certificate(names):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'common.example.org')])
    builder = (x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
               .public_key(KEY.public_key()).not_valid_before(datetime.datetime(2026, 1, 1))
               .not_valid_after(datetime.datetime(2126, 1, 1)))
    if names is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def ask(kind, der, name):
    pointer = ctypes.c_char_p(der)
    cert = ctypes.c_void_p(crypto.d2i_X509(None, ctypes.byref(pointer), ctypes.c_long(len(der))))
    n = ctypes.c_size_t(len(name))
    if kind == 'host':
        answer = crypto.X509_check_host(cert, name.encode(), n, FLAGS, None)
    elif kind == 'address':
        answer = crypto.X509_check_ip_asc(cert, name.encode(), FLAGS)
    else:
        answer = crypto.X509_check_email(cert, name.encode(), n, FLAGS)
    assert answer in (0, 1), (kind, name, answer)
    return answer == 1


HOSTS = ['www.example.org', 'WWW.Example.ORG', 'example.org', 'a.b.example.org', 'a.example.org',
         'xn--bcher-kva.example.org', 'XN--BCHER-KVA.example.org', 'bcher.example.org',
         'common.example.org', 'wwww.example.org', 'ww.example.org', 'www.example.com', 'org',
         'www.example.org.evil.example', 'localhost', '192.0.2.1.example.org']
ADDRESSES = ['192.0.2.1', '192.0.2.2', '::1', '2001:db8::1', '2001:DB8:0:0:0:0:0:1',
             '2001:db8::2', '::ffff:192.0.2.1']
MAILS = ['user@example.org', 'User@example.org', 'user@EXAMPLE.org', 'user@example.com',
         'other@example.org', '"a@b"@example.org', 'a@b@example.org']
CASES = {
    'plain': [DNS('www.example.org')],
    'upper case': [DNS('WWW.EXAMPLE.ORG')],
    'wildcard': [DNS('*.example.org')],
    'wildcard alone': [DNS('*')],
    'wildcard of a top level': [DNS('*.org')],
    'wildcard in a label': [DNS('w*.example.org'), DNS('*w.example.org')],
    'wildcard in the middle': [DNS('a.*.example.org'), DNS('www.*.org')],
    'two wildcards': [DNS('*.*.org'), DNS('*.*.example.org')],
    'wildcard in an A-label': [DNS('xn--*.example.org')],
    'A-label': [DNS('xn--bcher-kva.example.org')],
    'NUL': [DNS('www.example.org\0.evil.example'), MAIL('user@example.org\0')],
    'empty': [DNS('')],
    'several': [DNS('one.example.org'), IP('192.0.2.1'), MAIL('user@example.org'),
                DNS('localhost')],
    'common name only': None,
    'addresses': [IP('192.0.2.1'), IP('2001:db8::1')],
    'addresses as names': [DNS('192.0.2.1'), DNS('2001:db8::1')],
    'mail': [MAIL('user@example.org')],
    'mail, quoted': [MAIL('"a@b"@example.org')],
    'mail of a domain': [MAIL('example.org'), MAIL('@example.org')],
}
with open(os.path.join(HERE, 'hostnames.txt'), 'w', encoding='ascii') as f:
    f.write('# Certificates, and the hosts and addresses that X509_check_host, X509_check_ip_asc and\n'
            '# X509_check_email of OpenSSL 3 say they are for (yes) or not (no).\n')
    for name, names in CASES.items():
        der = certificate(names)
        f.write(f'\nname = {name}\nder = {der.hex()}\n')
        for kind, asked in (('host', HOSTS), ('address', ADDRESSES), ('mail', MAILS)):
            for yes in (True, False):
                found = [a for a in asked if ask(kind, der, a) == yes]
                f.write(f'{kind}_{"yes" if yes else "no"} = {" ".join(found)}\n')
