#!/usr/bin/env python3
"""Makes the certificates of this folder and the answers in fields.txt.

Everything that matters is OpenSSL's: the keys, the chain (openssl ca), the signatures, and the
answers (openssl x509 and Python's view of OpenSSL, _ssl._test_decode_cert). Certificates that the
command line cannot express are written as DER here and signed with openssl dgst.

Usage: make.py   (rewrites *.pem, fields.txt in its own folder; new keys, so all files change)
"""
import _ssl, calendar, os, re, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True  # every file below vectors/ is listed
sys.path.insert(0, os.path.join(HERE, '..'))
from der import SHA256_RSA, cn, oid, pem, rdn, seq, tlv

TMP = tempfile.mkdtemp()


def run(*args, data=None):
    return subprocess.run(args, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=True, cwd=TMP).stdout


def save(name, text):
    with open(os.path.join(HERE, name), 'w', encoding='ascii') as f:
        f.write(text if isinstance(text, str) else text.decode())


CN = '2.5.4.3'


def ext(o, value, critical=b''):
    return seq(oid(o), critical, tlv(4, value))


def hand_made(name, *, version=tlv(0xa0, b'\x02\x01\x02'), serial=b'\x01', algorithm=SHA256_RSA,
              outer=None, subject=None, not_before=tlv(23, b'200101000000Z'),
              not_after=tlv(24, b'21200101000000Z'), spki=None, extensions=None, digest='-sha256'):
    names = subject or cn(name)
    tbs = seq(version, tlv(2, serial), algorithm, names, seq(not_before, not_after), names,
              spki or SPKI, b'' if extensions is None else tlv(0xa3, seq(*extensions)))
    signature = run('openssl', 'dgst', digest, '-sign', 'hand.key', data=tbs)
    der = seq(tbs, outer or algorithm, tlv(3, b'\0', signature))
    save(name + '.pem', pem('CERTIFICATE', der))


# --- a chain of three, by openssl ca ---
CONFIG = '''
[ca]
default_ca = d
[d]
database = index.txt
rand_serial = yes
new_certs_dir = .
default_md = sha256
policy = p
unique_subject = no
[p]
countryName = optional
organizationName = optional
commonName = supplied
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[mid]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = CA:FALSE
keyUsage = digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth,clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:www.example.org,DNS:*.example.org,IP:192.0.2.1
'''
FIRST, LAST = '20200101000000Z', '21200101000000Z'


def chain():
    with open(os.path.join(TMP, 'ca.cnf'), 'w') as f:
        f.write(CONFIG)
    open(os.path.join(TMP, 'index.txt'), 'w').close()
    subjects = {'root': '/C=DE/O=Parley Tests/CN=Chain Root',
                'mid': '/C=DE/O=Parley Tests/CN=Chain Intermediate',
                'leaf': '/C=DE/O=Parley Tests/CN=www.example.org'}
    for who, bits in (('root', 2048), ('mid', 1536), ('leaf', 1024)):
        run('openssl', 'genrsa', '-out', who + '.key', str(bits))
        run('openssl', 'req', '-new', '-config', 'ca.cnf', '-key', who + '.key', '-subj',
            subjects[who], '-out', who + '.csr')
    def sign(who, by, out, md='sha256', extra=()):
        issuer = ('-selfsign', '-keyfile', who + '.key') if by is None else (
            '-cert', by + '.pem', '-keyfile', by + '.key')
        run('openssl', 'ca', '-batch', '-notext', '-config', 'ca.cnf', '-in', who + '.csr', '-out',
            out, '-startdate', FIRST, '-enddate', LAST, '-extensions', who, '-md', md, *issuer)
        save('chain_' + out, open(os.path.join(TMP, out)).read())
    sign('root', None, 'root.pem')
    sign('mid', 'root', 'mid.pem', 'sha1')
    sign('leaf', 'mid', 'leaf.pem')
    for md in ('md5', 'sha1', 'sha224', 'sha384', 'sha512'):
        sign('leaf', 'mid', 'leaf_' + md + '.pem', md)
    save('leaf_key.pem', run('openssl', 'pkey', '-in', 'leaf.key'))
    save('leaf_key_pkcs1.pem', run('openssl', 'rsa', '-in', 'leaf.key', '-traditional'))
    save('leaf_key_encrypted.pem', run('openssl', 'pkcs8', '-topk8', '-in', 'leaf.key', '-passout',
                                       'pass:secret'))
    save('leaf_key_proc_type.pem', run('openssl', 'rsa', '-in', 'leaf.key', '-traditional',
                                       '-aes128', '-passout', 'pass:secret'))
    save('ec_key.pem', run('openssl', 'ecparam', '-name', 'prime256v1', '-genkey'))
    run('openssl', 'req', '-x509', '-config', 'ca.cnf', '-newkey', 'ec', '-pkeyopt',
        'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ec.key', '-subj', '/CN=ec', '-days',
        '36500', '-out', 'ec.pem')
    save('ec.pem', open(os.path.join(TMP, 'ec.pem')).read())
    trusted = run('openssl', 'x509', '-in', 'root.pem', '-trustout', '-setalias', 'root')
    save('trusted_form.pem', trusted)


def hand_made_ones():
    boolean = lambda b: tlv(1, bytes([b]))
    san = lambda *names: ext('2.5.29.17', seq(*names))
    hand_made('v1', version=b'')
    hand_made('v1_encoded', version=tlv(0xa0, b'\x02\x01\x00'))
    hand_made('serial_zero', serial=b'\0')
    hand_made('serial_high_bit', serial=bytes.fromhex('00d7c7381919afc24e'))
    hand_made('serial_negative', serial=b'\x80')
    hand_made('serial_negative_long', serial=bytes.fromhex('ff0102030405'))
    hand_made('serial_long', serial=bytes(range(1, 41)))
    hand_made('strings', subject=seq(
        rdn(('2.5.4.6', 19, b'DE')),
        rdn(('2.5.4.8', 20, 'Baden-W\xfcrttemberg'.encode('latin-1'))),
        rdn(('2.5.4.7', 30, 'K\u00f6ln \u65e5'.encode('utf-16-be'))),
        rdn(('2.5.4.10', 28, 'Stra\u00dfe \U0001f600'.encode('utf-32-be'))),
        rdn(('2.5.4.11', 12, 'J\u00fcrgen, "der" <Gro\u00dfe>; #1+\\'.encode())),
        rdn(('2.5.4.11', 22, b' leading and trailing '), ('2.5.4.11', 12, b'#two')),
        rdn(('2.5.4.5', 18, b'12345 678')),
        rdn(('1.2.840.113549.1.9.1', 22, b'root@example.org')),
        rdn(('1.3.6.1.4.1.311.60.2.1.3', 19, b'US')),
        rdn(('0.9.2342.19200300.100.1.25', 22, b'example')),
        rdn((CN, 19, b'not_printable@all*'))))
    hand_made('string_bad_utf8', subject=seq(rdn((CN, 12, b'\xc3\x28'))))
    hand_made('string_bad_bmp', subject=seq(rdn((CN, 30, b'\0A\0'))))
    hand_made('string_nul', subject=seq(rdn((CN, 12, b'null.python.org\0example.org'))))
    hand_made('rdn_unsorted', subject=seq(rdn((CN, 12, b'b'), ('2.5.4.3', 12, b'a'))))
    hand_made('empty_name', subject=seq())
    hand_made('time_1950', not_before=tlv(23, b'500101000000Z'), not_after=tlv(23, b'491231235959Z'))
    hand_made('time_generalized', not_before=tlv(24, b'19500228235959Z'),
              not_after=tlv(24, b'99991231235959Z'))
    hand_made('time_single_digit_day', not_before=tlv(23, b'101005230156Z'),
              not_after=tlv(23, b'201005230156Z'))
    hand_made('time_without_seconds', not_before=tlv(23, b'2010052301Z'),
              not_after=tlv(24, b'202010052301Z'))
    hand_made('time_fraction', not_before=tlv(24, b'20201005230156.5Z'),
              not_after=tlv(24, b'20201005230156.125Z'))
    hand_made('time_offset', not_before=tlv(23, b'201005230156+0130'),
              not_after=tlv(24, b'20201231230156-0100'))
    hand_made('time_local', not_before=tlv(24, b'20201005230156'),
              not_after=tlv(24, b'20201005230156.5'))
    hand_made('time_malformed', not_before=tlv(23, b'201305230156Z'),
              not_after=tlv(23, b'20100523015Z'))
    hand_made('time_no_such_day', not_before=tlv(23, b'210229000000Z'),
              not_after=tlv(24, b'20200229000000Z'))
    hand_made('san_kinds', extensions=[san(
        tlv(0x82, b'www.example.org'), tlv(0x81, b'post@example.org'),
        tlv(0x86, b'https://example.org/x'), tlv(0x87, bytes([192, 0, 2, 1])),
        tlv(0x87, bytes.fromhex('20010db8000000000000000000000001')),
        tlv(0xa4, seq(rdn(('2.5.4.6', 19, b'DE')), rdn((CN, 12, 'M\u00fcller'.encode())))),
        tlv(0x88, oid('1.2.3.4')[2:]),
        tlv(0xa0, oid('1.2.3.4'), tlv(0xa0, tlv(12, b'other'))))])
    hand_made('san_nul', extensions=[san(
        tlv(0x82, b'altnull.python.org\0example.com'), tlv(0x81, b'null@python.org\0user@example.org'),
        tlv(0x86, b'http://null.python.org\0http://example.org'))])
    hand_made('san_twice', extensions=[san(tlv(0x82, b'a.example')), san(tlv(0x82, b'b.example'))])
    hand_made('san_bad_ip', extensions=[san(tlv(0x87, b'\x01\x02\x03'))])
    # Every kind of RFC 5280 section 4.2.1.6 that has no text: ORAddress with countryName, and
    # EDIPartyName with partyName; an empty dNSName, an IPv4-mapped address, a large number.
    hand_made('san_rare', extensions=[san(
        tlv(0xa3, seq(tlv(0x61, tlv(19, b'DE')))), tlv(0xa5, tlv(0xa1, tlv(12, b'party'))),
        tlv(0x82, b''), tlv(0x87, bytes.fromhex('00000000000000000000ffffc0000201')),
        tlv(0x88, oid('2.999.4294967295')[2:]))])
    hand_made('rdn_three', subject=seq(
        rdn(('2.5.4.6', 19, b'DE'), ('2.5.4.10', 12, b'Many'), (CN, 12, b'one')),
        rdn((CN, 22, b'ia5'), ('2.5.4.11', 20, b'tele\xe9'))))
    hand_made('defaults_encoded', extensions=[
        ext('2.5.29.19', seq(boolean(0)), boolean(0)),
        ext('2.5.29.15', tlv(3, b'\x00\xa0'), boolean(0xff))])  # named bits not trimmed
    hand_made('empty_extensions', extensions=[])
    hand_made('unknown_critical', extensions=[
        ext('2.5.29.19', seq(boolean(0xff)), boolean(0xff)), ext('1.2.3.4', b'\x05\0', boolean(0xff))])
    hand_made('absent_parameters', algorithm=seq(oid('1.2.840.113549.1.1.11')),
              spki=shorter_spki())
    hand_made('sha1_old_oid', algorithm=seq(oid('1.3.14.3.2.29'), tlv(5)), digest='-sha1')
    hand_made('algorithms_differ', outer=seq(oid('1.2.840.113549.1.1.5'), tlv(5)))
    hand_made('basic_constraints_twice', extensions=[
        ext('2.5.29.19', seq(boolean(0xff))), ext('2.5.29.19', seq())])


def shorter_spki():
    key = SPKI[SPKI.index(b'\x03\x81\x8d'):]  # the BIT STRING of a 1024-bit key
    return seq(seq(oid('1.2.840.113549.1.1.1')), key)


def hexed(text):
    raw = text.encode('utf-8', 'surrogateescape')
    return raw.hex() or '-'


def flat_name(name):
    return ' '.join('+'.join(k.replace(' ', '_') + ':' + hexed(v) for k, v in r) for r in name)


def flat_san(items):
    out = []
    for kind, value in items:
        if isinstance(value, tuple):
            out.append(kind + ':' + ','.join(k + '=' + hexed(v) for r in value for k, v in r))
        else:
            out.append(kind.replace(' ', '_') + ':' + hexed(value.rstrip('\n')))
    return ' '.join(out)


def unix(date):
    m = re.match(r'(\w{3}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.\d+)? (\d{4}) GMT$', date)
    if not m:
        return None
    months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split()
    return calendar.timegm((int(m[6]), months.index(m[1]) + 1, int(m[2]), int(m[3]), int(m[4]),
                            int(m[5])))


def answers():
    out = ['# What OpenSSL 3.0 and Python 3.11 read out of each certificate here (make.py).',
           '# subject_text and issuer_text: openssl x509 -nameopt',
           '# sep_comma_plus_space,esc_2253,esc_ctrl,utf8,sname. subject, issuer, san, dates, serial:',
           '# Python\'s _ssl._test_decode_cert, values in hex of UTF-8 ("-" is empty). A certificate',
           '# that Python cannot decode has no such lines.', '']
    for name in sorted(os.listdir(HERE)):
        path = os.path.join(HERE, name)
        if not name.endswith('.pem') or '_key' in name or name == 'trusted_form.pem':
            continue
        out.append('file = ' + name)
        for what in ('subject', 'issuer'):
            opts = 'sep_comma_plus_space,esc_2253,esc_ctrl,utf8,sname'
            try:
                line = run('openssl', 'x509', '-in', path, '-noout', '-' + what, '-nameopt', opts)
                out.append('%s_text = %s' % (what, line.decode().rstrip('\n').split('=', 1)[1]))
            except (subprocess.CalledProcessError, UnicodeDecodeError):
                pass
        try:
            d = _ssl._test_decode_cert(path)
        except Exception as e:
            print(name, 'not decoded by Python:', e, file=sys.stderr)
            out.append('')
            continue
        out.append('version = %d' % d['version'])
        serial = d['serialNumber']
        if serial.endswith('\\\n'):  # Python stops where OpenSSL breaks the line
            serial = run('openssl', 'x509', '-in', path, '-noout',
                         '-serial').decode().replace('\\\n', '').strip().split('=')[1]
        out.append('serial = ' + serial)
        out.append('subject = ' + flat_name(d['subject']))
        out.append('issuer = ' + flat_name(d['issuer']))
        for key, label in (('notBefore', 'not_before'), ('notAfter', 'not_after')):
            out.append('%s_text = %s' % (label, d[key]))
            if unix(d[key]) is not None:
                out.append('%s = %d' % (label, unix(d[key])))
        if 'subjectAltName' in d:
            out.append('san = ' + flat_san(d['subjectAltName']))
        text = run('openssl', 'x509', '-in', path, '-noout', '-text').decode('utf-8', 'replace')
        m = re.search(r'Public-Key: \((\d+) bit\)', text)
        if m and 'rsaEncryption' in text:
            out.append('key_bits = ' + m[1])
        m = re.search(r'CA:(TRUE|FALSE)(?:, pathlen:(\d+))?', text)
        if m:
            out.append('ca = ' + m[1])
            if m[2]:
                out.append('path_length = ' + m[2])
        m = re.search(r'X509v3 Key Usage:.*\n +(.*)', text)
        if m:
            out.append('key_usage = ' + m[1].strip())
        m = re.search(r'Subject Key Identifier: *\n +([0-9A-F:]+)', text)
        if m:
            out.append('subject_key_id = ' + m[1])
        out.append('')
    # OpenSSL 1.0.1, whose names the library keeps, does not know this attribute.
    text = '\n'.join(out).rstrip('\n') + '\n'
    for new_name in ('jurisdictionCountryName:', 'jurisdictionC='):
        text = text.replace(new_name, '1.3.6.1.4.1.311.60.2.1.3' + new_name[-1])
    with open(os.path.join(HERE, 'fields.txt'), 'w', encoding='utf-8') as f:
        f.write(text)


run('openssl', 'genrsa', '-out', 'hand.key', '1024')
SPKI = run('openssl', 'rsa', '-in', 'hand.key', '-pubout', '-outform', 'DER')
chain()
hand_made_ones()
answers()
