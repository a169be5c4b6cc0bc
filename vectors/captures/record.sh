#!/bin/sh
# record.sh NAME: connections of OpenSSL's s_client with its s_server over loopback, captured by
# tcpdump: NAME.pcap, NAME.keys. dissect.py then says what tshark makes of them.
set -eu
port=14433
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.tmp -out cert.tmp -subj /CN=localhost
tcpdump -i lo -w "$1.pcap" "port $port" &
dump=$!
openssl s_server -accept $port -cert cert.tmp -key key.tmp -cipher ALL:@SECLEVEL=0 \
  -min_protocol TLSv1 -quiet &
server=$!
sleep 1
name=$1
ask() {
  { echo hello; sleep 0.4; } | timeout 3 openssl s_client -connect localhost:$port \
    -keylogfile "$name.keys" "$@" >/dev/null 2>&1 || true
}
ask -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256
ask -tls1_2 -cipher AES128-SHA
ask -tls1_1 -cipher DHE-RSA-AES256-SHA:@SECLEVEL=0
ask -tls1 -cipher AES128-SHA:@SECLEVEL=0
ask -tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305
ask -tls1_2 -cipher AES256-SHA256 -noservername -alpn h2 -sess_out session.tmp
ask -tls1_2 -sess_in session.tmp
sleep 1
kill $dump $server
rm -f key.tmp cert.tmp session.tmp
