"""tshark opens what parley has written: captures and key logs of both ends, every form of record."""

import re

from programs import ProgramTest, main, parley, program, read, run, write

# Version and suites: streams, CBC with chained and with explicit IVs, AEADs; RSA, DHE, ECDHE.
CASES = (
    ("ssl3", "RC4-MD5"), ("ssl3", "DES-CBC3-SHA"), ("ssl3", "DHE-RSA-AES128-SHA"),
    ("tls1", "RC4-SHA"), ("tls1", "AES256-SHA"), ("tls1", "ECDHE-RSA-AES128-SHA"),
    ("tls1.1", "CAMELLIA128-SHA"), ("tls1.1", "ECDHE-RSA-AES256-SHA"),
    ("tls1.2", "NULL-SHA256"), ("tls1.2", "AES128-SHA256"), ("tls1.2", "AES128-GCM-SHA256"),
    ("tls1.2", "ECDHE-RSA-AES256-SHA384"), ("tls1.2", "ECDHE-RSA-AES256-GCM-SHA384"),
    ("tls1.2", "TLS_DHE_RSA_WITH_AES_128_CCM"), ("tls1.2", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
)
CLIENT = 40000  # its port in captures that parley writes
# More than a record holds.
SAID = b"".join(b"line %d of the client\n" % n for n in range(1000))


def joined(captures):
    """Several captures of parley as one, so that tshark has to start once: the client's port of the
    first is 40000, of the second 40001 and so on."""
    whole = read(captures[0])[:24]
    for n, capture in enumerate(captures):
        rest = bytearray(read(capture)[24:])
        at = 0
        while at < len(rest):
            size = int.from_bytes(rest[at + 8:at + 12], "big")
            for port in (at + 16 + 20, at + 16 + 22):
                if rest[port:port + 2] == CLIENT.to_bytes(2, "big"):
                    rest[port:port + 2] = (CLIENT + n).to_bytes(2, "big")
            at += 16 + size
        whole += rest
    return whole


class Tshark(ProgramTest):
    def test_opens_what_both_ends_have_written(self):
        program("tshark")
        for case in CASES:
            self.assertEqual(self.converse(*case), SAID, case)
        for end in ("connect", "serve"):
            opened = self.opened(end)
            for n, case in enumerate(CASES):
                with self.subTest(case=case, end=end):
                    self.assertEqual(opened.get(n), (SAID, SAID))

    def files(self, case, end):
        stem = self.path("-".join(case) + "-" + end)
        return stem + ".pcap", stem + ".keys"

    def converse(self, version, suite):
        """A connection that both ends write down; returns what the client has heard."""
        how = ["--" + version, "--ciphers", suite]
        serve, connect = (self.files((version, suite), end) for end in ("serve", "connect"))
        with self.serve(*how, "--count", "1", "--pcap", serve[0], "--keylog", serve[1]) as s:
            done = parley("connect", "localhost:%s" % s.port, "--ca", self.ca, *how, "--pcap", connect[0],
                          "--keylog", connect[1], stdin=SAID)
            self.assertEqual(done.returncode, 0, done.stderr)
            s.wait()
        return done.stdout

    def opened(self, end):
        """What client and server said in each connection, as tshark opens it."""
        files = [self.files(case, end) for case in CASES]
        pcap = write(self.path(end + ".pcap"), joined([pcap for pcap, _ in files]))
        keys = write(self.path(end + ".keys"), b"".join(read(keys) for _, keys in files))
        follow = [arg for n in range(len(CASES)) for arg in ("-z", "follow,tls,raw,%d" % n)]
        done = run("tshark", "-n", "-q", "-r", pcap, "-o", "tls.keylog_file:" + keys, "-d",
                   "tcp.port==443,tls", *follow, env={"HOME": self.folder})
        said = {}
        for part in done.stdout.split("Filter: tcp.stream eq ")[1:]:
            number, _, rest = part.partition("\n")
            lines = re.findall(r"(?m)^(\t?)((?:[0-9a-f]{2})+)$", rest)
            said[int(number)] = tuple(
                bytes.fromhex("".join(line for tab, line in lines if bool(tab) == server))
                for server in (False, True))
        return said


if __name__ == "__main__":
    main()
