#!/usr/bin/python3
"""TLS peer on scapy's own stack (Debian package python3-scapy).

Speaks SSLv2, SSLv3, TLS 1.0-1.3 as server and as client, written in Python
with the `cryptography` package for primitives only: a record and handshake
layer that shares no code with OpenSSL's ssl library.

  /usr/bin/python3 scapy_peer.py server --port 4433 --cert F --key F
  /usr/bin/python3 scapy_peer.py client --port 4433 --version ssl3 --cipher 0x0005

Use Debian's /usr/bin/python3 (a pyenv python does not see the package).

scapy only *logs* a bad MAC, Finished or signature and then goes on.  This
wrapper turns each such log line into an ERROR line and exit status 1; take
its OK for a pass, not a completed handshake as such.

scapy takes seconds to import, so one client process may run many tests:
--each CIPHER=PORT=BYTES,.. runs each in a fork of its own under a line CELL CIPHER, and goes on after one that failed.

Output lines: LISTENING port; CONN version=.. cipher=..; DATA bytes=N clean=0|1
(server); OK bytes=N (client, echo matched); ERROR text. There is no CLOSED
line: scapy's client sends its close_notify and reads no more.
"""
import argparse
import ast
import logging
import os
import sys
import threading

logging.getLogger("scapy.loading").setLevel(logging.ERROR)
import scapy.layers.tls.automaton_cli as cli_mod          # noqa: E402
import scapy.layers.tls.automaton_srv as srv_mod          # noqa: E402
from scapy.config import conf                             # noqa: E402
from scapy.layers.tls.crypto.suites import _tls_cipher_suites  # noqa: E402
from scapy.layers.tls.handshake import TLSClientHello     # noqa: E402
from scapy.layers.tls.handshake_sslv2 import SSLv2ClientHello  # noqa: E402
from scapy.utils import randstring                        # noqa: E402

conf.logLevel = logging.INFO
NAMES = {2: "ssl2", 0x200: "ssl2", 0x300: "ssl3", 0x301: "tls1", 0x302: "tls1.1", 0x303: "tls1.2", 0x304: "tls1.3"}
OPTION = {"ssl2": "sslv2", "ssl3": "sslv3", "tls1": "tls1", "tls1.1": "tls11", "tls1.2": "tls12", "tls1.3": "tls13"}
bad = False


def say(*a):
    print(*a, flush=True)


class Complain(logging.Handler):
    """scapy's log of a failed check -> ERROR."""

    def emit(self, record):
        global bad
        text = record.getMessage()
        if any(w in text for w in ("invalid", "failed", "Missing", "No known")):
            bad = True
            say("ERROR", text)


def report(automaton):
    s = automaton.cur_session
    version = s.tls_version or s.advertised_tls_version
    suite = s.rcs.ciphersuite
    say("CONN version=%s cipher=%s" % (NAMES.get(version, hex(version)), suite.name))
    for p in s.handshake_messages_parsed:
        if type(p).__name__ in ("TLSCertificate", "TLSCertificateVerify", "SSLv2ClientCertificate"):
            say("SAW", type(p).__name__)


def server(o):
    total = 0

    class Server(srv_mod.TLSServerAutomaton):
        def vprint(self, s=""):
            if s.startswith("Waiting for a new client"):
                say("LISTENING", self.serversocket.getsockname()[1])
            if o.verbose:
                say("#", s)

        def vprint_sessioninfo(self):
            report(self)

    def on_print(*a):                       # the automaton prints what it received
        nonlocal total
        text = str(a[0])
        if text.startswith("> Received: b"):
            total += len(ast.literal_eval(text[len("> Received: "):]))
            return
        if "TLSAlert" in text:
            say("DATA bytes=%d clean=%d" % (total, "close_notify" in text))
            total = 0
        else:
            say("#", *a)

    srv_mod.print = on_print
    kw = {}
    if o.cipher:
        kw["preferred_ciphersuite"] = int(o.cipher, 16)
    t = Server(server=o.host, sport=o.port, mycert=o.cert, mykey=o.key,
               client_auth=o.client_auth, max_client_idle_time=o.timeout, debug=0, **kw)
    # The automaton serves client after client for ever; the clock ends it.
    threading.Timer(o.timeout, lambda: os._exit(1 if bad else 0)).start()
    t.run()


def client(o):
    got = bytearray()
    data = bytes((i * 7 + (i >> 8)) & 255 for i in range(o.data))
    if o.text or o.version == "ssl2":      # scapy takes SSLv2 data starting with 0..8 for a handshake message
        data = bytes(97 + (i + (i >> 8)) % 26 for i in range(o.data - 1)) + b"\n"
    pieces = [data[i:i + o.chunk] for i in range(0, len(data), o.chunk)]

    class Client(cli_mod.TLSClientAutomaton):
        def vprint(self, s=""):
            if o.verbose:
                say("#", s)

        def vprint_sessioninfo(self):
            report(self)

    def on_print(*a):
        text = str(a[0])
        if text.startswith("> Received: b"):
            got.extend(ast.literal_eval(text[len("> Received: "):]))
        else:
            say("#", text)

    cli_mod.print = on_print

    class Script(list):
        """Stands in for the automaton's list of things to send: the next
        piece only once everything sent so far came back."""
        sent = 0

        def __bool__(self):
            return True

        def pop(self):
            while o.version == "ssl2" and len(got) < self.sent:  # here the automaton knows no "wait"
                t.get_next_msg(1, 1)
                for q in t.buffer_in:
                    got.extend(q.load)
                t.buffer_in = []
            if len(got) < self.sent:
                return b"wait"                               # read again, send nothing
            if pieces:
                self.sent += len(pieces[0])
                return pieces.pop(0)
            if o.version == "ssl2":                          # nor any way to end: SSLv2 has none
                finish()
            return b"quit"

    def finish():
        if bytes(got) == data and not bad:
            say("OK bytes=%d" % len(got))
            os._exit(0)
        say("ERROR echo: %d of %d bytes, equal prefix %s" % (len(got), len(data), data.startswith(bytes(got))))
        os._exit(1)

    t = Client(server=o.host, dport=o.port, version=OPTION[o.version], mycert=o.cert, mykey=o.key,
               server_name=o.sni, debug=0,
               **({"ciphersuite": o.cipher} if o.version == "tls1.3" and o.cipher else {}))
    if o.version == "ssl2":
        suites = [int(o.cipher, 16)] if o.cipher else None
        kw = {"ciphers": suites} if suites else {}
        t.client_hello = SSLv2ClientHello(challenge=randstring(16), **kw)
    elif o.cipher and o.version != "tls1.3":
        t.client_hello = TLSClientHello(ciphers=[int(c, 16) for c in o.cipher.split(",")])
    threading.Timer(o.timeout, lambda: (say("ERROR timeout"), os._exit(1))).start()
    t.data_to_send = Script()
    t.run()
    finish()


def each(o):
    worst = 0
    for pair in o.each.split(","):
        cipher, port, size = pair.split("=")
        say("CELL", cipher)
        child = os.fork()
        if child == 0:
            o.cipher, o.port, o.data = cipher, int(port), int(size)
            client(o)
            os._exit(1)
        worst |= os.waitpid(child, 0)[1]
    return 1 if worst else 0


def main():
    p = argparse.ArgumentParser()
    p.add_argument("role", choices=["server", "client", "suites"])
    p.add_argument("--host", default="127.0.0.1")
    p.add_argument("--port", type=int, default=4433, help="server: 0 picks one")
    p.add_argument("--version", default="tls1", choices=sorted(OPTION), help="client only; the server follows the client")
    p.add_argument("--cipher", help="hex code, SSLv2 0x010080 style; client before 1.3: a comma list")
    p.add_argument("--each", help="client: CIPHER=PORT=BYTES,... instead of --cipher, --port and --data")
    p.add_argument("--cert")
    p.add_argument("--key")
    p.add_argument("--client-auth", action="store_true", help="server: ask for a certificate (not checked against a CA)")
    p.add_argument("--sni")
    p.add_argument("--data", type=int, default=1000)
    p.add_argument("--chunk", type=int, default=4000)
    p.add_argument("--text", action="store_true")
    p.add_argument("--timeout", type=int, default=30)
    p.add_argument("--verbose", action="store_true")
    o = p.parse_args()
    logging.getLogger("scapy.runtime").addHandler(Complain())
    logging.getLogger("scapy.runtime").setLevel(logging.INFO)
    if o.role == "suites":
        for k, v in sorted(_tls_cipher_suites.items()):
            say(hex(k), v)
    elif o.each:
        sys.exit(each(o))
    else:
        {"server": server, "client": client}[o.role](o)


main()
