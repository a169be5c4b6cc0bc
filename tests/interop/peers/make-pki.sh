#!/bin/sh
# make-pki.sh DIR - a throw-away test PKI: ca.crt signs rsa.crt, a server's certificate for
# localhost and 127.0.0.1, with the openssl command. Both RSA-2048 with SHA-256.
# rsa.key is a PKCS #1 PEM; rsa.p12 (password "secret") is for JSSE and NSS, *.der for BearSSL.
set -eu
dir=${1:?usage: make-pki.sh DIR}
mkdir -p "$dir"
cd "$dir"
[ -f complete ] && exit 0
exec 2>make-pki.log
openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -subj "/CN=parley test CA" \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
  -keyout ca.key -out ca.crt
openssl x509 -in ca.crt -outform DER -out ca.crt.der
openssl genrsa -traditional -out rsa.key 2048
openssl req -new -key rsa.key -subj /OU=rsa/CN=localhost -sha256 -out rsa.csr
printf '%s\n' basicConstraints=CA:FALSE keyUsage=critical,digitalSignature,keyEncipherment \
  extendedKeyUsage=serverAuth subjectAltName=DNS:localhost,IP:127.0.0.1 >rsa.ext
openssl x509 -req -in rsa.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -sha256 \
  -extfile rsa.ext -out rsa.crt
# SHA-1 and 3DES: the one form of PKCS #12 that old and new stacks all read.
openssl pkcs12 -export -inkey rsa.key -in rsa.crt -certfile ca.crt -name rsa \
  -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -passout pass:secret -out rsa.p12
openssl x509 -in rsa.crt -outform DER -out rsa.crt.der
openssl pkey -in rsa.key -traditional -outform DER -out rsa.key.der
touch complete
