#!/usr/bin/python3
"""The matrix runner judges what the two sides print; here it is given faults to find."""
import os
import sys
import types
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import peers_test  # noqa: E402

PARLEY = peers_test.Parley(types.SimpleNamespace(bin="bin", peers="peers"))
CLIENT = [
    "CONN version=SSLv3 cipher=RC4-MD5 resumed=0",
    "OK bytes=%d sha256=%s" % (peers_test.SIZE, peers_test.DIGEST),
    "CLOSED clean=1",
    "CONN version=SSLv3 cipher=RC4-MD5 resumed=1",
    "OK bytes=%d sha256=%s" % (peers_test.SIZE, peers_test.DIGEST),
    "CLOSED clean=1",
]
SERVER = ["LISTENING 4433"] + [
    line for i in range(2) for line in ("CONN version=TLSv1 cipher=AES128-SHA resumed=%d" % i,
                                        "DATA bytes=%d clean=1" % peers_test.SIZE)]


def client(lines):
    return peers_test.check_side("client", lines, "ssl3", "RC4-MD5", 2, PARLEY, strict=True)


def server(lines):
    return peers_test.check_side("server", lines, "tls1", "AES128-SHA", 2, PARLEY)


def swap(lines, old, new):
    assert any(old in line for line in lines)
    return [line.replace(old, new) for line in lines]


class Judgement(unittest.TestCase):
    def test_a_good_run_has_nothing_wrong(self):
        self.assertEqual(client(CLIENT), [])
        self.assertEqual(server(SERVER), [])

    def test_every_fault_is_found(self):
        faults = {
            "another version": client(swap(CLIENT, "SSLv3", "TLSv1")),
            "another suite": client(swap(CLIENT, "RC4-MD5", "RC4-SHA")),
            "no resumption": client(swap(CLIENT, "resumed=1", "resumed=0")),
            "resumed at first": server(swap(SERVER, "resumed=0", "resumed=1")),
            "a short echo": client(swap(CLIENT, "bytes=%d" % peers_test.SIZE, "bytes=7")),
            "a wrong digest": client(swap(CLIENT, peers_test.DIGEST, "00" * 32)),
            "no digest": client(swap(CLIENT, " sha256=" + peers_test.DIGEST, "")),
            "no close_notify": server(swap(SERVER, "clean=1", "clean=0")),
            "no answer to close_notify": client(swap(CLIENT, "clean=1", "clean=0")),
            "one connection": client(CLIENT[:3]),
            "an unfinished one": server(SERVER[:-1]),
            "an error line": server(SERVER + ["ERROR something"]),
            "silence": client([]),
        }
        for name, wrong in faults.items():
            self.assertTrue(wrong, name)

    def test_a_peer_that_is_not_there_fails_its_cells(self):
        run = peers_test.Run(types.SimpleNamespace(
            bin="nowhere", peers="nowhere", peer="nss", only="AES128-SHA", stand_in=False))
        run.go()
        self.assertEqual(len(run.results), 4)
        self.assertFalse(any(r["ok"] for r in run.results))

    def test_the_table_names_failures_and_what_was_left_out(self):
        text = peers_test.table({("scapy", "client", "ssl3", "RC4-MD5"): True,
                                 ("nss", "server", "tls1", "NULL-SHA"): False})
        self.assertIn("FAIL", text)
        self.assertIn("scapy resumes no session", text)


unittest.main()
