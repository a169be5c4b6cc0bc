#!/usr/bin/env python3
"""Makes the revocation lists of this folder and the answers in lists.txt.

Lists named openssl_* are OpenSSL's (openssl ca -gencrl); the others, which it cannot make, are
written as DER here and signed with openssl dgst. lists.txt says what the script put in, and for
openssl_* what openssl crl -text reads out.

Usage: make.py   (rewrites *.pem and lists.txt in its own folder; a new key, so all files change)
"""
import os, re, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True  # every file below vectors/ is listed
sys.path.insert(0, os.path.join(HERE, '..'))
from der import NULL, SHA256_RSA, boolean, cn, ext, oid, pem, rdn, seq, tlv

TMP = tempfile.mkdtemp()
CONFIG = '''
[ca]
default_ca = d
[d]
database = index.txt
crlnumber = number
default_md = sha256
default_crl_days = 3650
[req]
distinguished_name = dn
[dn]
[v3]
basicConstraints = critical,CA:TRUE
subjectKeyIdentifier = hash
keyUsage = critical,keyCertSign,cRLSign
[full]
authorityKeyIdentifier = keyid:always,issuer:always
issuerAltName = email:ca@example.org,URI:http://ca.example
issuingDistributionPoint = critical,@point
[point]
fullname = URI:http://crl.example/some.crl
onlysomereasons = keyCompromise,CACompromise
onlyuser = TRUE
'''
INDEX = '''R\t300101000000Z\t250101000000Z,keyCompromise\t0102\tunknown\t/CN=a
R\t300101000000Z\t250102000000Z,CACompromise\tFF33\tunknown\t/CN=b
R\t300101000000Z\t250103000000Z\t01\tunknown\t/CN=c
R\t300101000000Z\t250104000000Z,CAkeyTime,20241224000000Z\t0A0B0C\tunknown\t/CN=d
R\t300101000000Z\t250105000000Z,holdInstruction,holdInstructionReject\t7F\tunknown\t/CN=e
'''


def run(*args, data=None):
    return subprocess.run(args, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=True, cwd=TMP).stdout


def save(name, text):
    with open(os.path.join(HERE, name), 'w', encoding='ascii') as f:
        f.write(text)


CASES = []


def case(name, **said):
    CASES.append('file = %s.pem\n' % name + ''.join('%s = %s\n' % kv for kv in said.items()))


def by_openssl():
    for name, text in (('ca.cnf', CONFIG), ('index.txt', INDEX), ('number', '0A\n')):
        with open(os.path.join(TMP, name), 'w') as f:
            f.write(text)
    run('openssl', 'req', '-x509', '-newkey', 'rsa:1024', '-nodes', '-config', 'ca.cnf',
        '-extensions', 'v3', '-subj', '/C=DE/CN=Lists', '-days', '36500', '-keyout', 'ca.key',
        '-out', 'ca.pem')
    for name, extra in (('openssl_plain', ()), ('openssl_full', ('-crlexts', 'full'))):
        run('openssl', 'ca', '-config', 'ca.cnf', '-gencrl', '-keyfile', 'ca.key', '-cert',
            'ca.pem', '-out', name, *extra)
        save(name + '.pem', open(os.path.join(TMP, name)).read())
        text = run('openssl', 'crl', '-in', name, '-noout', '-text').decode()
        serials = re.findall(r'Serial Number: ([0-9A-F]+)', text)
        dates = re.findall(r'Revocation Date: (.*)', text)
        case(name, version=re.search(r'Version (\d)', text)[1], entries=len(serials),
             serials=' '.join(serials), dates=', '.join(dates),
             this_update=re.search(r'Last Update: (.*)', text)[1],
             next_update=re.search(r'Next Update: (.*)', text)[1])


INT = lambda b: tlv(2, b)
UTC = lambda s: tlv(23, s.encode())
GEN = lambda s: tlv(24, s.encode())
V2 = INT(b'\1')
URI = lambda s: tlv(0x86, s.encode())
DIR = lambda name: tlv(0xa4, name)
REASON = lambda n: ext('2.5.29.21', tlv(10, bytes([n])))
ISSUER = lambda name: ext('2.5.29.29', seq(DIR(name)), True)


def entry(serial, *extensions, date=UTC('250101000000Z')):
    return seq(INT(serial), date, seq(*extensions) if extensions else b'')


def make(name, *entries, version=V2, extensions=(), next_update=UTC('300101000000Z'),
         list_there=None, **said):
    listed = seq(*entries) if entries or list_there else b''
    tbs = seq(version, SHA256_RSA, cn('Lists'), UTC('260101000000Z'), next_update, listed,
              tlv(0xa0, seq(*extensions)) if extensions else b'')
    signature = run('openssl', 'dgst', '-sha256', '-sign', 'ca.key', data=tbs)
    save(name + '.pem', pem('X509 CRL', seq(tbs, SHA256_RSA, tlv(3, b'\0', signature))))
    case(name, **said)


def by_hand():
    delta = ext('2.5.29.27', INT(b'\x05'), True)
    point = lambda *p: ext('2.5.29.28', seq(*p), True)
    number = ext('2.5.29.20', INT(b'\x00\x80'))
    make('v1', entry(b'\x05'), version=b'', entries=1, version_said=1)
    make('v1_encoded', version=INT(b'\0'), entries=0, version_said=1)
    make('no_next_update', entry(b'\x05'), version=b'', next_update=b'', entries=1, next_update_said='none')
    make('empty_list', list_there=True, entries=0)
    make('generalized', entry(b'\x05', date=GEN('19990101000000Z')), entries=1,
         next_update=GEN('20990101000000Z'))
    make('serials', entry(b'\x80'), entry(bytes(range(1, 41))), entry(b'\0'), entry(b'\0\x80'),
         entry(b'\x05'), entry(b'\x05', REASON(1)), entries=6)
    make('reasons', *[entry(bytes([n + 1]), REASON(n)) for n in (0, 1, 2, 3, 4, 5, 6, 8, 9, 10)],
         entries=10)
    make('delta', entry(b'\x05', REASON(8)), extensions=[number, delta], entries=1, number='0080',
         base='05')
    make('indirect', entry(b'\x05'), entry(b'\x06', ISSUER(cn('Other'))), entry(b'\x07'),
         entry(b'\x05'), entry(b'\x08', ISSUER(cn('Lists'))),
         extensions=[point(tlv(0x84, b'\xff'))], entries=5)
    make('invalidity', entry(b'\x05', ext('2.5.29.24', GEN('20240101120000Z'))), entries=1)
    make('point_attribute', extensions=[point(tlv(0x85, b'\xff'))], entries=0)
    make('point_relative', extensions=[point(tlv(0xa0, tlv(0xa1, seq(
        oid('2.5.4.3'), tlv(12, b'CRL1')))))], entries=0)
    make('freshest', extensions=[ext('2.5.29.46', seq(seq(tlv(0xa0, tlv(0xa0, URI('http://d'))))))],
         entries=0)
    make('unknown_critical', extensions=[ext('1.2.3.4', NULL, True)], entries=0, unknown='1.2.3.4')
    make('unknown_critical_entry', entry(b'\x05'), entry(b'\x06', ext('1.2.3.5', NULL, True)),
         entry(b'\x07', ext('1.2.3.5', NULL, True), ext('1.2.3.6', NULL)), entries=3,
         unknown='1.2.3.5')
    make('point_two_kinds', extensions=[point(tlv(0x81, b'\xff'), tlv(0x82, b'\xff'))], entries=0)
    make('number_negative', extensions=[ext('2.5.29.20', INT(b'\xff'))], entries=0)
    make('number_twice', extensions=[number, number], entries=0)
    refused = lambda name, *entries, **more: make(name, *entries, refused='yes', **more)
    refused('bad_reason', entry(b'\x05', REASON(7)))
    refused('bad_reason_above', entry(b'\x05', REASON(11)))
    refused('reason_integer', entry(b'\x05', ext('2.5.29.21', INT(b'\1'))))
    refused('reason_twice', entry(b'\x05', REASON(1), REASON(1)))
    refused('bad_date', entry(b'\x05', date=UTC('251301000000Z')))
    refused('serial_long_form', entry(b'\0\x05'))
    refused('invalidity_utc', entry(b'\x05', ext('2.5.29.24', UTC('240101120000Z'))))
    refused('issuer_no_directory', entry(b'\x05', ext('2.5.29.29', seq(URI('http://x')), True)))
    refused('extensions_in_v1', version=b'', extensions=[number])
    refused('entry_extensions_in_v1', entry(b'\x05', REASON(1)), version=b'')
    refused('version_3', version=INT(b'\2'))


by_openssl()
by_hand()
save('lists.txt', '# What each list here holds (make.py): of openssl_* as openssl crl -text 3.0 says, of the\n'
     '# others as they were made. refused: parsing must fail.\n\n' + '\n'.join(CASES))
