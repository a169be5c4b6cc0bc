#!/usr/bin/python3
"""The matrix runner judges what the two sides print; here it is given faults to find."""
import os
import re
import sys
import types
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import features_test  # noqa: E402
import peers_test  # noqa: E402

PARLEY = peers_test.Parley(types.SimpleNamespace(bin="bin", peers="peers"))
SIZE = peers_test.SMALL
DIGEST = peers_test.DIGEST[SIZE]
# The suites that only OpenSSL 1.0.1 has, by version.
ALONE = {"ssl3": ["DHE-DSS-SEED-SHA"], "tls1": [], "tls1.1": ["IDEA-CBC-SHA", "ADH-SEED-SHA"],
         "tls1.2": ["IDEA-CBC-SHA", "ADH-DES-CBC-SHA", "ADH-SEED-SHA"]}
CLIENT = [
    "CONN version=SSLv3 cipher=RC4-MD5 resumed=0",
    "OK bytes=%d sha256=%s" % (SIZE, DIGEST),
    "CLOSED clean=1",
    "CONN version=SSLv3 cipher=RC4-MD5 resumed=1",
    "OK bytes=%d sha256=%s" % (SIZE, DIGEST),
    "CLOSED clean=1",
]
SERVER = ["LISTENING 4433"] + [
    line for i in range(2) for line in ("CONN version=TLSv1 cipher=AES128-SHA resumed=%d" % i,
                                        "DATA bytes=%d clean=1 sha256=%s" % (SIZE, DIGEST))]


def client(lines):
    return peers_test.check_side("client", lines, peers_test.Wanted("ssl3", "RC4-MD5", SIZE), 2,
                                 PARLEY, strict=True)


def server(lines):
    return peers_test.check_side("server", lines, peers_test.Wanted("tls1", "AES128-SHA", SIZE), 2,
                                 PARLEY, strict=True)


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
            "a short echo": client(swap(CLIENT, "bytes=%d" % SIZE, "bytes=7")),
            "a wrong digest": client(swap(CLIENT, DIGEST, "00" * 32)),
            "no digest": client(swap(CLIENT, " sha256=" + DIGEST, "")),
            "no digest at the server": server(swap(SERVER, " sha256=" + DIGEST, "")),
            "another amount": server(swap(SERVER, "bytes=%d" % SIZE, "bytes=%d" % peers_test.LARGE)),
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
            bin="nowhere", peers="nowhere", peer="nss", only="tls1.1 AES128-SHA", stand_in=None))
        run.go()
        self.assertEqual(len(run.results), 2)
        self.assertFalse(any(r["ok"] for r in run.results))

    def test_a_peer_on_demand_runs_only_when_it_is_named(self):
        def peers(named):
            run = peers_test.Run(types.SimpleNamespace(
                bin="nowhere", peers="nowhere", peer=named, only="tls1 AES128-SHA", stand_in=None))
            run.go()
            return {r["cell"][0] for r in run.results}
        self.assertEqual(peers(None), set(peers_test.PEERS) - set(peers_test.ON_DEMAND))
        self.assertEqual(peers("go"), {"go"})

    def test_the_table_names_failures_and_what_was_left_out(self):
        text = peers_test.table({("scapy", "client", "ssl3", "RC4-MD5"): True,
                                 ("nss", "server", "tls1", "NULL-SHA"): False})
        self.assertIn("FAILED: NSS 3.87, parley as server, TLS 1.0, NULL-SHA", text)
        self.assertRegex(text, "NULL-SHA .* NO")
        self.assertRegex(text, r"NSS 3.87 +0 +1 +[0-9]+ +[0-9]+")
        self.assertIn("scapy resumes no session", text)

    def test_the_suites_are_those_of_the_era(self):
        self.assertEqual(len(peers_test.SUITES), 115)
        self.assertEqual(len({s.code for s in peers_test.SUITES.values()}), 115)
        self.assertEqual(len(peers_test.OF_TLS12), 49)
        self.assertEqual(len(peers_test.NAMED), 16)
        self.assertEqual(peers_test.ABSENT["ssl3"], peers_test.OF_TLS12)
        self.assertEqual(peers_test.ABSENT["tls1.2"], peers_test.EXPORT)
        for parts in peers_test.LEFT_OUT:
            self.assertIn(parts[0], peers_test.PEERS)
            self.assertNotEqual(parts[3], frozenset(), parts)
            self.assertTrue(parts[0] != "openssl101" or parts[3] == peers_test.NAMED,
                            "the reference leaves nothing out that it could know")

    def test_every_suite_has_a_second_stack_where_there_is_one(self):
        def stacks(suite, version):
            return {p for p, kind in peers_test.PEERS.items() for r in ("client", "server")
                    if p not in peers_test.ON_DEMAND and version in kind.versions
                    and suite not in peers_test.ABSENT[version]
                    and "cell" not in peers_test.left_out(p, r, version, suite)}
        alone = {version: [n for n in peers_test.SUITES if len(stacks(n, version)) == 1]
                 for version in peers_test.VERSIONS}
        self.assertEqual(alone, ALONE)
        self.assertEqual([n for n in peers_test.SUITES
                          if not any(stacks(n, v) for v in peers_test.VERSIONS)], [])


class Features(unittest.TestCase):
    OPTIONS = types.SimpleNamespace(bin="nowhere", peers="nowhere", feature=None, only="")
    NSS = peers_test.PEERS["nss"](OPTIONS)
    SAYS = features_test.good("client", "tls1", "AES128-SHA", resumed=(False, True), ticket=True,
                              renegotiated="OU=client")[1]
    LINES = [line for i in range(2) for line in (
        "CONN version=TLSv1 cipher=AES128-SHA resumed=%d peer=/OU=rsa/CN=localhost sni=-" % i,
        "RENEGOTIATED version=TLSv1 cipher=AES128-SHA resumed=0 peer=/OU=rsa/CN=localhost sni=-",
        "OK bytes=%d sha256=%s" % (SIZE, DIGEST), "SESSION ticket=1", "CLOSED clean=1")]

    def judge(self, lines, optional=()):
        return features_test.check_lines("client", lines, self.SAYS, PARLEY, True, optional)

    def test_a_good_run_has_nothing_wrong(self):
        self.assertEqual(self.judge(self.LINES), [])

    def test_every_fault_is_found(self):
        faults = {
            "another version": swap(self.LINES, "TLSv1", "SSLv3"),
            "another suite": swap(self.LINES, "AES128-SHA", "RC4-SHA"),
            "no resumption": swap(self.LINES, "resumed=1", "resumed=0"),
            "another certificate": swap(self.LINES, "OU=rsa", "OU=other"),
            "no ticket": swap(self.LINES, "ticket=1", "ticket=0"),
            "nothing of a ticket": swap(self.LINES, " ticket=1", ""),
            "a wrong digest": swap(self.LINES, DIGEST, "00" * 32),
            "no renegotiation": [l for l in self.LINES if not l.startswith("RENEGOTIATED")],
            "no answer to close_notify": swap(self.LINES, "clean=1", "clean=0"),
            "one connection": self.LINES[:5],
            "three connections": self.LINES + self.LINES[:5],
            "an error line": self.LINES[:4] + ["ERROR something"] + self.LINES[4:],
            "silence": [],
        }
        for name, lines in faults.items():
            self.assertTrue(self.judge(lines), name)

    def test_a_refusal_must_name_its_reason(self):
        says = [features_test.line("ERROR", why="inappropriate fallback")]

        def judge(text):
            return features_test.check_lines("server", [text], says, PARLEY, True)
        self.assertEqual(judge("ERROR SSL3_GET_CLIENT_HELLO:inappropriate fallback"), [])
        self.assertTrue(judge("ERROR handshake failure"))
        self.assertTrue(judge("CONN version=TLSv1"))

    def test_a_foreign_peer_may_leave_out_what_it_does_not_tell(self):
        said = [l for l in swap(self.LINES, " resumed=0", "")
                if not l.startswith(("RENEGOTIATED", "SESSION"))]
        says = [l for l in self.SAYS if l[0] != "SESSION"]
        self.assertTrue(features_test.check_lines("client", said, says, self.NSS, False))
        self.assertEqual(features_test.check_lines("client", said, says, self.NSS, False,
                                                   ("RENEGOTIATED",)), [])

    def test_a_peer_that_is_not_there_fails_its_cells(self):
        run = features_test.Run(types.SimpleNamespace(**dict(vars(self.OPTIONS),
                                                             feature="fallback")))
        run.go()
        self.assertEqual(len(run.results), 21)
        self.assertFalse(any(r["ok"] for r in run.results))

    def test_the_table_names_failures_and_what_was_left_out(self):
        every = list(features_test.Run(self.OPTIONS).cells())
        self.assertEqual(len({c[:4] for c in every}), len(every), "two cells of one name")
        failed = next(c for c in every if c.feature == "tickets")
        text = features_test.table({tuple(failed[:4]): False}, every)
        self.assertIn("FAILED: tickets: OpenSSL 1.0.1j, parley as client: "
                      "TLS 1.0, resumed by ticket", text)
        self.assertIn("scapy 2.5 over today's python3-cryptography has no IDEA", text)
        for f, p, r, what, _ in features_test.LEFT_OUT:
            self.assertTrue(any(c.feature == f and c.peer == p and r in (None, c.role)
                                and what in " " + c.name for c in every), what)

    def test_ctest_runs_every_peer_and_every_feature(self):
        here = os.path.dirname(os.path.abspath(__file__))
        with open(os.path.join(here, "CMakeLists.txt")) as f:
            peers, demand, features = re.findall(r"foreach\(\w+ IN ITEMS ([^)]*)\)", f.read())
        self.assertEqual(set(demand.split()), set(peers_test.ON_DEMAND))
        self.assertEqual(set(peers.split() + demand.split()), set(peers_test.PEERS))
        self.assertEqual(set(features.split()), set(features_test.FEATURES))

    def test_every_feature_has_both_roles_and_a_second_stack(self):
        every = [c for c in features_test.Run(self.OPTIONS).cells()
                 if features_test.left_out(*c[:4]) is None]
        for feature in features_test.FEATURES:
            peers = {c.peer for c in every if c.feature == feature}
            roles = {c.role for c in every if c.feature == feature}
            # The table of versions is OpenSSL's own; only a server chooses by a name.
            self.assertGreater(len(peers), feature != "versions", feature)
            self.assertEqual(len(roles), 1 if feature == "names" else 2, feature)


unittest.main()
