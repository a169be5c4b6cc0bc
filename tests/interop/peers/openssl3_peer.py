#!/usr/bin/python3
"""TLS 1.0 echo peer on the OpenSSL 3.0 behind Debian's Python (`ssl`).

  /usr/bin/python3 openssl3_peer.py server --port 4433 --ciphers AES128-SHA --cert F --key F
  /usr/bin/python3 openssl3_peer.py client --port 4433 --ciphers AES128-SHA --ca F --resume 1

Tickets are off unless --tickets 1. With --ca the chain and the name --sni are checked. Renegotiation
is allowed, but Python has no way to ask for it.

Output lines: LISTENING port; CONN version=.. cipher=.. resumed=..; DATA bytes=N clean=0|1
(server); OK bytes=N and CLOSED clean=0|1 (client: close_notify came back); ERROR text.
"""
import argparse
import os
import socket
import ssl
import sys
import threading
import warnings

warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.0
VERSIONS = {"tls1": ssl.TLSVersion.TLSv1, "tls1.1": ssl.TLSVersion.TLSv1_1,
            "tls1.2": ssl.TLSVersion.TLSv1_2}
SSL_OP_IGNORE_UNEXPECTED_EOF = 1 << 7
SSL_OP_ALLOW_CLIENT_RENEGOTIATION = 1 << 8


def say(*a):
    print(*a, flush=True)


def context(o):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if o.role == "server" else ssl.PROTOCOL_TLS_CLIENT)
    c.set_ciphers(o.ciphers + ":@SECLEVEL=0")
    c.minimum_version = c.maximum_version = VERSIONS[o.version]
    if not o.tickets:
        c.options |= ssl.OP_NO_TICKET
    c.options |= SSL_OP_ALLOW_CLIENT_RENEGOTIATION
    # Python has set it (Python 3.12 names it): a bare end of stream would pass for close_notify.
    c.options &= ~SSL_OP_IGNORE_UNEXPECTED_EOF
    if o.cert:
        c.load_cert_chain(o.cert, o.key)
    if o.dh:
        c.load_dh_params(o.dh)
    if o.ca:
        c.load_verify_locations(o.ca)
    elif o.role == "client":
        c.check_hostname = False
        c.verify_mode = ssl.CERT_NONE
    return c


def report(s):
    say("CONN version=%s cipher=%s resumed=%d" % (s.version(), s.cipher()[0], s.session_reused))


def server(o):
    c = context(o)
    listener = socket.create_server((o.host, o.port), backlog=8)
    say("LISTENING", listener.getsockname()[1])
    bad = n = 0
    while o.count == 0 or n < o.count:
        n += 1
        raw, _ = listener.accept()
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        total, clean = 0, 0
        try:
            # suppress_ragged_eofs would hide a missing close_notify.
            with c.wrap_socket(raw, server_side=True, suppress_ragged_eofs=False) as s:
                report(s)
                while True:
                    try:
                        data = s.recv(16384)
                    except ssl.SSLEOFError:
                        break
                    if not data:
                        clean = 1
                        break
                    s.sendall(data)
                    total += len(data)
                say("DATA bytes=%d clean=%d" % (total, clean))
                if clean:
                    s.unwrap()
        except OSError as e:
            bad = 1
            say("ERROR", e)
        raw.close()
    return bad


def client(o):
    c = context(o)
    data = bytes((i * 7 + (i >> 8)) & 255 for i in range(o.data))
    session = None
    for _ in range(o.resume + 1):
        raw = socket.create_connection((o.host, o.port))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s = c.wrap_socket(raw, server_hostname=o.sni, session=session, suppress_ragged_eofs=False)
        report(s)
        for at in range(0, len(data), o.chunk):
            piece, back = data[at:at + o.chunk], b""
            s.sendall(piece)
            while len(back) < len(piece):
                more = s.recv(len(piece) - len(back))
                if not more:
                    raise OSError("closed after %d bytes" % (at + len(back)))
                back += more
            if back != piece:
                raise OSError("echo differs")
        say("OK bytes=%d" % len(data))
        session = s.session
        s.unwrap()  # raises unless close_notify comes back
        say("CLOSED clean=1")
        s.close()
    return 0


def main():
    p = argparse.ArgumentParser()
    p.add_argument("role", choices=["server", "client"])
    p.add_argument("--host", default="127.0.0.1")
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--version", default="tls1", choices=sorted(VERSIONS))
    p.add_argument("--ciphers", default="ALL:COMPLEMENTOFALL")
    p.add_argument("--cert")
    p.add_argument("--key")
    p.add_argument("--ca")
    p.add_argument("--dh", help="server: a PEM file with the group for DHE and ADH")
    p.add_argument("--tickets", type=int, default=0)
    p.add_argument("--sni", default="localhost")
    p.add_argument("--data", type=int, default=1000)
    p.add_argument("--chunk", type=int, default=16384)
    p.add_argument("--count", type=int, default=1, help="server: connections, 0 = no end")
    p.add_argument("--resume", type=int, default=0, help="client: that many more connections")
    p.add_argument("--timeout", type=int, default=30)
    o = p.parse_args()
    end = threading.Timer(o.timeout, lambda: (say("ERROR timeout"), os._exit(1)))
    end.daemon = True
    end.start()
    try:
        r = (server if o.role == "server" else client)(o)
    except OSError as e:
        say("ERROR", e)
        r = 1
    sys.stdout.flush()
    os._exit(r)


main()
