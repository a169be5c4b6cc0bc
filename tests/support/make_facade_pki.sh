#!/bin/sh
# make_facade_pki.sh DIR - the certificates of tests/behaviour and tests/examples, made by the
# OpenSSL command (3.0 here); `_ssl` of a Python 3 says what getpeercert() has to return.
# The keys are public: they are good for tests and for nothing else.
set -eu
mkdir -p "$1"
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
touch index.txt
cat > ca.cnf <<'CNF'
[ca]
default_ca = d
[d]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
countryName = optional
stateOrProvinceName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
emailAddress = optional
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[leaf]
basicConstraints = CA:FALSE
subjectAltName = DNS:localhost,IP:127.0.0.1
[names]
basicConstraints = CA:FALSE
subjectAltName = DNS:www.example.org,DNS:*.example.org,email:post@example.org,URI:http://example.org/x,IP:192.0.2.1,IP:2001:db8::1,RID:1.2.3.4,dirName:dn
[dn]
C = DE
CN = Directory Entry
CNF
key() { openssl genrsa -traditional -out "$1.key" "$2"; }
# sign NAME SUBJECT SECTION CA START END
sign() {
  openssl req -new -utf8 -key "$1.key" -subj "$2" -out "$1.csr"
  if [ "$4" = self ]; then by="-selfsign -keyfile $1.key"; else by="-cert $4.crt -keyfile $4.key"; fi
  openssl ca -batch -notext -preserveDN -utf8 -config ca.cnf $by -extensions "$3" -startdate "$5" \
    -enddate "$6" -in "$1.csr" -out "$1.crt"
}
from=20200101000000Z to=20491231235959Z
{
  for n in root wrong middle; do key $n 2048; done
  for n in server expired deep names other; do key $n 1024; done
  sign root "/C=DE/O=Parley Tests/CN=Parley test root" root self $from $to
  sign wrong "/C=DE/O=Parley Tests/CN=Some other root" root self $from $to
  sign middle "/C=DE/O=Parley Tests/CN=Parley test intermediate" root root $from $to
  sign server "/C=DE/O=Parley Tests/OU=Servers/CN=localhost" leaf root $from $to
  sign deep "/C=DE/O=Parley Tests/CN=localhost" leaf middle $from $to
  sign expired "/C=DE/O=Parley Tests/CN=localhost" leaf root $from 20210105230156Z
  sign names "/C=DE/ST=Baden-Württemberg/O=Bücher & Söhne/CN=names/emailAddress=root@example.org" names \
    root $from $to
} 2> openssl.log || { cat openssl.log; exit 1; }
cp root.crt "$out/ca.pem"
cp wrong.crt "$out/wrong_ca.pem"
cp server.crt "$out/server_cert.pem"
cp server.key "$out/server_key.pem"
cat server.key server.crt > "$out/server.pem"
cat expired.key expired.crt > "$out/expired.pem"
cat deep.key deep.crt middle.crt > "$out/chain.pem"
cat names.key names.crt > "$out/names.pem"
cp other.key "$out/other_key.pem"
openssl rsa -traditional -aes128 -passout pass:secret -in server.key -out "$out/encrypted_key.pem" 2> openssl.log
for n in server names; do
  python3 -c '
import _ssl, sys
d = _ssl._test_decode_cert(sys.argv[1])
print("# What getpeercert() returns for %s.pem, by key." % sys.argv[2])
def text(v):
    if isinstance(v, tuple):
        return "(" + " ".join(text(x) for x in v) + ")"
    return str(v).replace(" ", "_").strip("\n")
for k in ("subject", "issuer", "version", "serialNumber", "notBefore", "notAfter", "subjectAltName"):
    v = d[k]
    print(k, "=", text(v) if not isinstance(v, str) else v)
' "$n.crt" "$n" > "$out/$n.dict"
done
