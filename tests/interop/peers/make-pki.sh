#!/bin/sh
# make-pki.sh DIR - a throw-away test PKI, made with the openssl command: servers' certificates
# for localhost and 127.0.0.1, one for each way to authenticate a key exchange.
#   rsa   RSA-2048, by the RSA CA    RSA, DHE_RSA, ECDHE_RSA
#   dsa   DSA 1024/160, by the RSA CA    DHE_DSS (SHA-1 and this size are what TLS 1.0 has)
#   ec    P-256, by the RSA CA    ECDHE_ECDSA and ECDH_RSA, which names the CA's key
#   ecec  P-256, by the EC CA     ECDH_ECDSA
#   ed    Ed25519, by the RSA CA    ECDHE_ECDSA of TLS 1.2 (RFC 8422)
#   other RSA-2048, by the RSA CA    for the name other.test: what server_name chooses
#   client RSA-2048, by the RSA CA    a client's certificate; clientec P-256, cliented Ed25519,
#     clientdsa DSA 1024/160
# NAME.key is a PEM in the form of its own algorithm; NAME.p12 (password "secret") is for JSSE and
# NSS, NAME.*.der for BearSSL, NAME.p8 (PKCS #8) for Botan. ca.crt holds both CAs, rsaca and ecca one each. dh.pem is a group.
set -eu
dir=${1:?usage: make-pki.sh DIR}
form=6 # count up with every change, or old build trees keep what they have
mkdir -p "$dir"
cd "$dir"
[ -f "complete-$form" ] && exit 0
rm -f complete* ./*.srl
exec 2>make-pki.log
rsa() { openssl genrsa -traditional -out "$1.key" 2048; }
ec() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
ca() { # NAME SUBJECT
  openssl req -x509 -key "$1.key" -sha256 -days 3650 -subj "/CN=$2" -out "$1.crt" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
  openssl x509 -in "$1.crt" -outform DER -out "$1.crt.der"
}
issue() { # NAME CA DIGEST USAGE [HOST]; OU=NAME keeps the subjects apart, for NSS files by subject
  openssl req -new -key "$1.key" -subj "/OU=$1/CN=${5:-localhost}" -sha256 -out "$1.csr"
  printf '%s\n' basicConstraints=CA:FALSE "keyUsage=critical,digitalSignature$4" \
    extendedKeyUsage=serverAuth,clientAuth "subjectAltName=DNS:${5:-localhost},IP:127.0.0.1" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -CAcreateserial -days 3650 \
    "-$3" -extfile "$1.ext" -out "$1.crt"
  # SHA-1 and 3DES: the one form of PKCS #12 that old and new stacks all read.
  openssl pkcs12 -export -inkey "$1.key" -in "$1.crt" -certfile "$2.crt" -name "$1" \
    -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -passout pass:secret -out "$1.p12"
  openssl x509 -in "$1.crt" -outform DER -out "$1.crt.der"
  openssl pkey -in "$1.key" -outform DER -out "$1.key.der"
  openssl pkcs8 -topk8 -nocrypt -in "$1.key" -out "$1.p8"
  rm "$1.csr" "$1.ext"
}
rsa rsaca
ca rsaca "parley test CA"
ec ecca
ca ecca "parley test EC CA"
cat rsaca.crt ecca.crt >ca.crt
rsa rsa
issue rsa rsaca sha256 ,keyEncipherment
rsa other
issue other rsaca sha256 ,keyEncipherment other.test
rsa client
issue client rsaca sha256 "" client.test
ec clientec
issue clientec rsaca sha256 "" client.test
openssl genpkey -algorithm ed25519 -out cliented.key
issue cliented rsaca sha256 "" client.test
openssl dsaparam -out dsaparam.pem 1024
for name in dsa clientdsa; do
  openssl gendsa dsaparam.pem | openssl pkey -traditional -out $name.key
done
issue dsa rsaca sha1 ""
issue clientdsa rsaca sha1 "" client.test
ec ec
issue ec rsaca sha256 ,keyAgreement
ec ecec
issue ecec ecca sha256 ,keyAgreement
openssl genpkey -algorithm ed25519 -out ed.key
issue ed rsaca sha256 ""
openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out dh.pem
touch "complete-$form"
