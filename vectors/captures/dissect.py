#!/usr/bin/env python3
"""What tshark makes of a capture: dissect.py PCAP KEYS PORT > TSV

A line a field: number of the TCP stream, side, tshark's name of the field, its bytes in hex.
"""
import json
import subprocess
import sys

# Fields of tshark that stand for bytes of their own, not for what it has worked out.
NAMES = set("""
record.content_type record.version record.length handshake.type handshake.length
handshake.version handshake.random handshake.session_id_length handshake.session_id
handshake.cipher_suites_length handshake.ciphersuite handshake.comp_methods_length
handshake.extensions_length handshake.extension.type handshake.extension.len
handshake.certificates_length handshake.certificate_length handshake.certificate
handshake.server_curve_type handshake.server_named_curve handshake.server_point_len
handshake.server_point handshake.sig_hash_alg handshake.sig_len handshake.sig
handshake.client_point_len handshake.client_point handshake.p_len handshake.p handshake.g_len
handshake.g handshake.ys_len handshake.ys handshake.yc_len handshake.yc handshake.epms_len
handshake.session_ticket_lifetime_hint handshake.verify_data handshake.extensions_supported_group
alert_message.level alert_message.desc
""".split())


class Pairs(list):
    """An object whose names occur more than once, as tshark's do."""


def walk(pairs, out):
    for name, value in pairs:
        if name.endswith("_raw") and isinstance(value, list):
            rows = value if value and isinstance(value[0], list) else [value]
            out.extend((name[:-4], row[0]) for row in rows)
        elif isinstance(value, Pairs):
            walk(value, out)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, Pairs):
                    walk(item, out)


def main():
    pcap, keys, port = sys.argv[1:]
    text = subprocess.run(
        ["tshark", "-r", pcap, "-o", f"tls.keylog_file:{keys}", "-d", f"tcp.port=={port},tls",
         "-Y", "tls", "-T", "json", "-x"], capture_output=True, check=True).stdout
    for frame in json.loads(text, object_pairs_hook=Pairs):
        fields = []
        walk(frame, fields)
        stream = number_of(frame, "tcp.stream")
        side = "server" if number_of(frame, "tcp.srcport") == int(port) else "client"
        for name, value in fields:
            if name.startswith("tls.") and name[4:] in NAMES:
                print(stream, side, name[4:], value, sep="\t")


def number_of(pairs, wanted):
    for name, value in pairs:
        if name == wanted:
            return int(value)
        if isinstance(value, Pairs):
            found = number_of(value, wanted)
            if found is not None:
                return found
    return None


main()
