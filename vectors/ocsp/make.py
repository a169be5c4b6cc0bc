#!/usr/bin/env python3
"""Makes the OCSP responses of this folder and the answers in responses.txt.

All but the hand-made ones are openssl ocsp's, which plays the responder from an index; what it
reads out of them and whether it believes them stands in responses.txt, by a question to
openssl ocsp as the client.

Usage: make.py   (rewrites *.der, *.pem and responses.txt in its own folder; new keys and a new
moment, so all files change)
"""
import os, re, subprocess, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
TMP = tempfile.mkdtemp()
EXTENSIONS = '''
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical,CA:TRUE
subjectKeyIdentifier = hash
[leaf]
subjectAltName = DNS:localhost
authorityKeyIdentifier = keyid
[responder]
extendedKeyUsage = OCSPSigning
keyUsage = digitalSignature
noCheck = ignored
[server]
extendedKeyUsage = serverAuth
[encipher]
extendedKeyUsage = OCSPSigning
keyUsage = keyEncipherment
'''
SERIALS = {'leaf': '0102', 'revoked': '0A', 'plainly_revoked': '0B', 'stranger': '7F'}
INDEX = '''V\t491231000000Z\t\t0102\tunknown\t/CN=localhost
R\t491231000000Z\t260301120000Z,keyCompromise\t0A\tunknown\t/CN=localhost
R\t491231000000Z\t260302120000Z\t0B\tunknown\t/CN=localhost
'''


def run(*args, check=True):
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=TMP)
    if check and done.returncode != 0:
        raise SystemExit(' '.join(args) + '\n' + done.stdout.decode())
    return done.stdout.decode()


def key(name, kind):
    if kind == 'rsa':
        run('openssl', 'genrsa', '-out', name + '.key', '1024')
    else:
        run('openssl', 'ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', name + '.key')


def certificate(name, kind, section, subject, issuer=None, serial=None, days='8000'):
    key(name, kind)
    run('openssl', 'req', '-new', '-key', name + '.key', '-subj', subject, '-out', name + '.csr',
        '-config', 'openssl.cnf')
    sign = ['-CA', issuer + '.pem', '-CAkey', issuer + '.key'] if issuer else \
        ['-signkey', name + '.key']
    run('openssl', 'x509', '-req', '-in', name + '.csr', '-out', name + '.pem', '-sha256',
        '-days', days, '-extfile', 'openssl.cnf', '-extensions', section,
        '-set_serial', '0x' + serial if serial else '0x%X' % (1000 + len(os.listdir(TMP))), *sign)


def answer(name, of, signer='root', issuer='root', hash=None, flags=()):
    """NAME.der: what the responder says of the certificates in `of`."""
    question = []
    for c in of:
        question += ['-issuer', issuer + '.pem', *(['-' + hash] if hash else []), '-cert', c + '.pem']
    run('openssl', 'ocsp', *question, '-no_nonce', '-reqout', 'question.der')
    run('openssl', 'ocsp', '-index', 'index.txt', '-CA', issuer + '.pem', '-rsigner',
        signer + '.pem', '-rkey', signer + '.key', '-reqin', 'question.der', '-respout',
        name + '.der', *flags)


CASES = []


def case(name, of='leaf', issuer='root', delegated=False, made=True, **more):
    """What openssl ocsp reads out of NAME.der, and whether it believes it now."""
    fields = {'file': name + '.der', 'certificate': of + '.pem', 'issuer': issuer + '.pem'}
    if made:
        text = run('openssl', 'ocsp', '-respin', name + '.der', '-noverify', '-resp_text')
        for field, words in (('cert_status', 'Cert Status'), ('this_update', 'This Update'),
                             ('next_update', 'Next Update'), ('revoked_at', 'Revocation Time'),
                             ('reason', 'Revocation Reason'), ('serial', 'Serial Number'),
                             ('produced_at', 'Produced At'), ('hash', 'Hash Algorithm')):
            found = re.search(r'^ *' + words + ': (.*)$', text, re.M)
            if found:
                fields[field] = found.group(1).strip()
    told = run('openssl', 'ocsp', '-respin', name + '.der', '-issuer', issuer + '.pem',
               *(['-sha256'] if fields.get('hash') == 'sha256' else []),
               '-cert', of + '.pem', '-CAfile', issuer + '.pem', check=False)
    believed = 'Response verify OK' in told
    status = re.search(r'^' + of + r'\.pem: (\w+)', told, re.M)
    status = status.group(1) if status else 'none'
    fields['openssl'] = status if believed and status in ('good', 'revoked', 'unknown') \
        and 'WARNING: Status times invalid' not in told else 'refused'
    fields['delegated'] = 'yes' if delegated else 'no'
    fields['at'] = str(int(time.time()))
    fields.update(more)
    CASES.append(fields)


def main():
    with open(os.path.join(TMP, 'openssl.cnf'), 'w', encoding='ascii') as f:
        f.write(EXTENSIONS)
    with open(os.path.join(TMP, 'index.txt'), 'w', encoding='ascii') as f:
        f.write(INDEX)
    certificate('root', 'rsa', 'ca', '/CN=OCSP test root')
    certificate('namesake', 'rsa', 'ca', '/CN=OCSP test root')
    certificate('curve', 'ec', 'ca', '/CN=OCSP test root on a curve')
    for name, serial in SERIALS.items():
        certificate(name, 'rsa', 'leaf', '/CN=localhost', 'root', serial)
    certificate('curve_leaf', 'ec', 'leaf', '/CN=localhost', 'curve', '0102')
    certificate('responder', 'rsa', 'responder', '/CN=responder', 'root')
    certificate('responder_curve', 'ec', 'responder', '/CN=responder', 'root')
    certificate('responder_server', 'rsa', 'server', '/CN=responder', 'root')
    certificate('responder_encipher', 'rsa', 'encipher', '/CN=responder', 'root')
    certificate('responder_foreign', 'rsa', 'responder', '/CN=responder', 'namesake')
    certificate('responder_late', 'rsa', 'responder', '/CN=responder', 'root', days='-1')

    week = ('-ndays', '7')
    answer('good', ['leaf'], flags=week)
    case('good')
    answer('by_key', ['leaf'], flags=(*week, '-resp_key_id'))
    case('by_key')
    answer('sha256', ['leaf'], hash='sha256', flags=week)
    case('sha256')
    answer('signed_sha1', ['leaf'], flags=(*week, '-rmd', 'sha1'))
    case('signed_sha1')
    answer('no_certificates', ['leaf'], flags=(*week, '-resp_no_certs'))
    case('no_certificates')
    answer('no_next_update', ['leaf'])
    case('no_next_update')
    answer('revoked', ['revoked'], flags=week)
    case('revoked', 'revoked')
    answer('plainly_revoked', ['plainly_revoked'], flags=week)
    case('plainly_revoked', 'plainly_revoked')
    answer('unknown', ['stranger'], flags=week)
    case('unknown', 'stranger')
    answer('several', ['revoked', 'leaf', 'stranger'], flags=week)
    case('several')
    answer('curve', ['curve_leaf'], 'curve', 'curve', flags=week)
    case('curve', 'curve_leaf', 'curve')
    answer('delegated', ['leaf'], 'responder', flags=week)
    case('delegated', delegated=True)
    answer('delegated_by_key', ['leaf'], 'responder', flags=(*week, '-resp_key_id'))
    case('delegated_by_key', delegated=True)
    answer('delegated_curve', ['leaf'], 'responder_curve', flags=week)
    case('delegated_curve', delegated=True)
    answer('delegated_revoked', ['revoked'], 'responder', flags=week)
    case('delegated_revoked', 'revoked', delegated=True)
    # What must be refused, and by which check here.
    case('good', 'revoked', where='certID')
    case('good', 'curve_leaf', 'curve', where='certID')
    case('good', 'leaf', 'namesake', where='certID')
    answer('of_namesake', ['leaf'], 'namesake', flags=week)
    case('of_namesake', where='responder: extKeyUsage')
    answer('delegated_server', ['leaf'], 'responder_server', flags=week)
    case('delegated_server', where='responder: extKeyUsage')
    answer('delegated_encipher', ['leaf'], 'responder_encipher', flags=week)
    case('delegated_encipher', where='responder: keyUsage')
    answer('delegated_foreign', ['leaf'], 'responder_foreign', flags=week)
    case('delegated_foreign', where='responder: issuer')
    answer('delegated_late', ['leaf'], 'responder_late', flags=week)
    case('delegated_late', where='responder: certificate')
    answer('delegated_alone', ['leaf'], 'responder', flags=(*week, '-resp_no_certs'))
    case('delegated_alone', where='responderID')
    # RFC 6960 section 4.2.1: tryLater, and nothing else; by hand.
    with open(os.path.join(TMP, 'try_later.der'), 'wb') as f:
        f.write(bytes.fromhex('30030a0103'))
    case('try_later', made=False, where='responseStatus')
    with open(os.path.join(TMP, 'good.der'), 'rb') as f:
        good = f.read()
    with open(os.path.join(TMP, 'flipped.der'), 'wb') as f:
        at = good.index(b'\x03\x81\x81\x00') + 100  # in the signature of 1024 bits
        f.write(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
    case('flipped', where='signature')

    for name in os.listdir(HERE):
        if name.endswith(('.der', '.pem')):
            os.remove(os.path.join(HERE, name))
    used = {c[f] for c in CASES for f in ('file', 'certificate', 'issuer')}
    for name in used:
        run('cp', name, HERE)
    with open(os.path.join(HERE, 'responses.txt'), 'w', encoding='ascii') as f:
        f.write('# OCSP responses of openssl ocsp, by make.py of this folder: what it reads out of '
                'the first answer\n# of each, and as `openssl` what it says of the certificate, or '
                'refused.\n')
        for c in CASES:
            f.write('\n' + ''.join('%s = %s\n' % kv for kv in c.items()))


main()
