#!/usr/bin/env python3
"""Makes the keys and certificates of this folder and the numbers in keys.txt.

Everything is OpenSSL's: the keys, their encodings, the certificates, and the numbers (openssl pkey
-text). What no option of it writes is bytes of its output changed here.

Usage: make.py   (rewrites *.pem and *.txt in its own folder; new keys, so all files change)
"""
import base64, os, re, subprocess, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TMP = tempfile.mkdtemp()


def run(*args, data=None):
    return subprocess.run(args, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=True, cwd=TMP).stdout


def openssl(line, data=None):
    return run('openssl', *line.split(), data=data)


def save(name, text):
    for folder in (HERE, TMP):
        with open(os.path.join(folder, name + '.pem'), 'wb') as f:
            f.write(text)


def pem(label, der):
    body = base64.b64encode(der).decode()
    lines = ''.join(body[i:i + 64] + '\n' for i in range(0, len(body), 64))
    return f'-----BEGIN {label}-----\n{lines}-----END {label}-----\n'.encode()


def der(name):
    text = open(os.path.join(TMP, name + '.pem'), 'rb').read()
    return base64.b64decode(re.search(rb'-----BEGIN [A-Z ]*KEY-----(.*?)-----END', text, re.S)[1])


def numbers(name):
    """The numbers of `openssl pkey -text`, in hex."""
    text = openssl(f'pkey -in {name}.pem -text -noout').decode()
    found = {}
    for label, body in re.findall(r'^(\w+):\s*\n((?: {4}[0-9a-f:]+\n)+)', text, re.M):
        found[label.lower()] = re.sub(r'[^0-9a-f]', '', body)
    return found


rows = []


def record(name, forms, **more):
    rows.append({'name': name, 'forms': ' '.join(forms), **more, **numbers(name)})


# Curves. SEC 1 as ecparam writes it (behind EC PARAMETERS), SEC 1 alone, PKCS #8, the public key.
for curve in ('prime192v1', 'secp224r1', 'prime256v1', 'secp384r1', 'secp521r1', 'secp256k1'):
    n = 'ec_' + curve
    save(n + '_ecparam', openssl(f'ecparam -name {curve} -genkey'))
    save(n + '_sec1', openssl(f'ec -in {n}_ecparam.pem'))
    save(n, openssl(f'pkcs8 -topk8 -nocrypt -in {n}_sec1.pem'))
    save(n + '_pub', openssl(f'pkey -in {n}.pem -pubout'))
    record(n, ['ecparam', 'sec1'], kind='EC', curve=curve)

n = 'ec_prime256v1'
save(n + '_compressed', openssl(f'ec -in {n}_sec1.pem -conv_form compressed'))
save(n + '_compressed_pub', openssl(f'ec -in {n}_sec1.pem -conv_form compressed -pubout'))
save(n + '_no_public', openssl(f'ec -in {n}_sec1.pem -no_public'))
save(n + '_explicit', openssl(f'ec -in {n}_sec1.pem -param_enc explicit'))
save(n + '_explicit_pub', openssl(f'ec -in {n}_sec1.pem -param_enc explicit -pubout'))
save(n + '_explicit_pkcs8', openssl(f'pkcs8 -topk8 -nocrypt -in {n}_explicit.pem'))
# SEC 1 with the public key of somebody else: the tail of another file.
save('other', openssl('ecparam -name prime256v1 -genkey -noout'))
os.unlink(os.path.join(HERE, 'other.pem'))
save(n + '_wrong_public', pem('EC PRIVATE KEY', der(n + '_sec1')[:-64] + der('other')[-64:]))
# A curve that parley does not have.
save('ec_brainpool', openssl('ecparam -name brainpoolP256r1 -genkey -noout'))

# DSA: traditional, PKCS #8, the public key.
for bits, q_bits in ((1024, 160), (2048, 256)):
    n = f'dsa_{bits}'
    parameters = openssl(f'genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:{bits} '
                         f'-pkeyopt dsa_paramgen_q_bits:{q_bits}')
    with open(os.path.join(TMP, 'dsaparam.pem'), 'wb') as f:
        f.write(parameters)
    save(n, openssl('gendsa dsaparam.pem'))
    save(n, openssl(f'pkcs8 -topk8 -nocrypt -in {n}.pem'))
    save(n + '_traditional', openssl(f'pkey -in {n}.pem -traditional'))
    save(n + '_pub', openssl(f'pkey -in {n}.pem -pubout'))
    record(n, ['traditional'], kind='DSA')

# Kinds that only later versions of the protocol have a use for.
for kind in ('X25519', 'ED25519'):
    save(kind.lower(), openssl(f'genpkey -algorithm {kind}'))
    save(kind.lower() + '_pub', openssl(f'pkey -in {kind.lower()}.pem -pubout'))

with open(os.path.join(HERE, 'keys.txt'), 'w', encoding='ascii') as f:
    f.write('# Numbers of the keys in this folder as openssl pkey -text prints them. forms: the same\n'
            '# key in other files, NAME_FORM.pem.\n')
    for row in rows:
        f.write('\n' + ''.join(f'{k} = {v}\n' for k, v in row.items()))

# Certificates: who signs, with which hash, for whom.
save('rsa_1024', openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024'))
EXT = os.path.join(TMP, 'ext')
with open(EXT, 'w') as f:
    f.write('[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n'
            'subjectKeyIdentifier=hash\n[leaf]\nbasicConstraints=critical,CA:FALSE\n'
            'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n')
KEY = {'rsa': 'rsa_1024', 'dsa': 'dsa_2048', 'dsa1024': 'dsa_1024', 'ec': 'ec_prime256v1',
       'p521': 'ec_secp521r1'}
for ca in KEY:
    run('openssl', 'req', '-new', '-key', KEY[ca] + '.pem', '-subj', f'/CN=CA {ca}', '-out', 'r')
    save(f'ca_{ca}', openssl(f'x509 -req -in r -signkey {KEY[ca]}.pem -sha256 -days 36500 '
                             f'-extfile ext -extensions ca'))
LEAVES = [('rsa', 'ec', 'sha1'), ('rsa', 'dsa', 'sha256'), ('ec', 'rsa', 'sha256'),
          ('dsa', 'ec', 'sha256'), ('p521', 'ec', 'sha512'),
          *(('ec', 'ec', h) for h in ('sha1', 'sha224', 'sha256', 'sha384', 'sha512')),
          *(('dsa', 'dsa1024', h) for h in ('sha1', 'sha224', 'sha256')),
          ('dsa1024', 'dsa', 'sha1'), ('dsa', 'dsa1024', 'sha384')]
with open(os.path.join(HERE, 'certificates.txt'), 'w', encoding='ascii') as f:
    f.write('# Certificates by OpenSSL: ca_ISSUER.pem signed ISSUER_SUBJECT_HASH.pem for key.\n')
    for issuer, subject, digest in LEAVES:
        n = f'{issuer}_{subject}_{digest}'
        run('openssl', 'req', '-new', '-key', KEY[subject] + '.pem', '-subj', f'/CN={n}', '-out',
            'r')
        save(n, openssl(f'x509 -req -in r -CA ca_{issuer}.pem -CAkey {KEY[issuer]}.pem -{digest} '
                        f'-set_serial 1 -days 36500 -extfile ext -extensions leaf'))
        if n != 'dsa_dsa1024_sha384':  # which OpenSSL signs and does not verify
            run('openssl', 'verify', '-CAfile', f'ca_{issuer}.pem', n + '.pem')
        f.write(f'\nname = {n}\nissuer = ca_{issuer}\nkey = {KEY[subject]}\nhash = {digest}\n')
