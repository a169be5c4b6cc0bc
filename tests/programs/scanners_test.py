"""Scanners report exactly what `parley serve` was told to offer. README.md has their findings."""

import json
import os
import xml.etree.ElementTree as xml

from programs import ProgramTest, main, program, run

# Suites by OpenSSL's name and IANA's.
OLD = {"AES128-SHA": "TLS_RSA_WITH_AES_128_CBC_SHA", "AES256-SHA": "TLS_RSA_WITH_AES_256_CBC_SHA",
       "ECDHE-RSA-AES128-SHA": "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
       "DHE-RSA-AES128-SHA": "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"}
WEAK = {"DES-CBC3-SHA": "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "RC4-SHA": "TLS_RSA_WITH_RC4_128_SHA"}
NEW = {"AES128-SHA256": "TLS_RSA_WITH_AES_128_CBC_SHA256",
       "ECDHE-RSA-AES256-GCM-SHA384": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"}
# Flags of the server, and what it has then: by version, the suites.
SERVERS = (
    # May speak SSL 2.0, and has none of its suites.
    ([], {"SSLv3": {**OLD}, "TLSv1.0": {**OLD}, "TLSv1.1": {**OLD}, "TLSv1.2": {**OLD, **NEW}}),
    (["--min", "tls1"], {"TLSv1.0": {**OLD}, "TLSv1.1": {**OLD}, "TLSv1.2": {**OLD, **NEW}}),
    (["--tls1.2"], {"TLSv1.2": {**OLD, **NEW}}),
    (["--tls1"], {"TLSv1.0": {**OLD, **WEAK}}),
)


def cipher_list(versions):
    return ":".join(dict.fromkeys(name for suites in versions.values() for name in suites))


class Scanners(ProgramTest):
    def offering(self, flags, versions):
        return self.serve("--www", *flags, "--ciphers", cipher_list(versions))

    def each(self, report):
        for flags, versions in SERVERS:
            with self.subTest(flags=flags), self.offering(flags, versions) as s:
                report(s.port, versions)

    def nmap(self, port):
        done = run(program("nmap"), "-Pn", "-n", "-p", port, "--script", "+sslv2,+ssl-enum-ciphers",
                   "-oX", "-", "127.0.0.1", timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return xml.fromstring(done.stdout)

    def test_nmap(self):
        def report(port, versions):
            tree = self.nmap(port)
            seen = {table.get("key"): {e.text for e in table.iterfind("table[@key='ciphers']//elem")
                                       if e.get("key") == "name"}
                    for table in tree.iterfind(".//script[@id='ssl-enum-ciphers']/table")}
            self.assertEqual(seen, {v: set(s.values()) for v, s in versions.items()})
            self.assertIsNone(tree.find(".//script[@id='sslv2']"))
        self.each(report)

    def test_nmap_knows_the_oldest(self):
        with self.serve("--ssl3", "--ciphers", "RC4-MD5:DES-CBC3-SHA") as s:
            text = xml.tostring(self.nmap(s.port)).decode()
            self.assertIn('key="SSLv3"', text)
            self.assertNotIn('key="TLSv1', text)
        with self.serve("--ssl2", "--ciphers", "RC4-MD5:DES-CBC3-MD5") as s:
            script = self.nmap(s.port).find(".//script[@id='sslv2']")
            self.assertIn("SSLv2 supported", script.get("output"))
            for suite in ("SSL2_RC4_128_WITH_MD5", "SSL2_DES_192_EDE3_CBC_WITH_MD5"):
                self.assertIn(suite, script.get("output"))

    def test_sslscan(self):
        def report(port, versions):
            # --no-groups: see README.md.
            done = run(program("sslscan"), "--no-colour", "--no-groups", "--xml=-",
                       "127.0.0.1:" + port, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)
            tree = xml.fromstring(done.stdout)
            enabled = {p.get("type").upper() + "v" + p.get("version")
                       for p in tree.iter("protocol") if p.get("enabled") == "1"}
            self.assertEqual(enabled, set(versions))
            seen, known = {}, {**OLD, **WEAK, **NEW}
            for cipher in tree.iter("cipher"):
                # What its OpenSSL does not know, it calls by the other name.
                name = cipher.get("cipher")
                seen.setdefault(cipher.get("sslversion"), set()).add(known.get(name, name))
            # Its OpenSSL has no SSL 3.0 to try suites with.
            self.assertEqual(seen, {v: set(s.values()) for v, s in versions.items()
                                    if v != "SSLv3"})
            self.assertEqual({h.get("vulnerable") for h in tree.iter("heartbleed")}, {"0"})
            # It asks in a hello of TLS 1.0.
            if "TLSv1.0" in versions:
                self.assertEqual([(r.get("supported"), r.get("secure"))
                                  for r in tree.iter("renegotiation")], [("1", "1")])
        self.each(report)

    def test_testssl(self):
        flags, versions = SERVERS[1]
        with self.offering(flags, versions) as s:
            report = os.path.join(self.folder, "report.json")
            done = run(program("testssl"), "--quiet", "--color", "0", "--warnings", "off", "-p", "-E",
                       "--jsonfile", report, "127.0.0.1:" + s.port, timeout=500)
            # It returns the number of what it did not like.
            self.assertTrue(os.path.exists(report), done.stdout)
            with open(report) as f:
                findings = {row["id"]: row["finding"] for row in json.load(f)}
            offered = {name for name in ("SSLv2", "SSLv3", "TLS1", "TLS1_1", "TLS1_2", "TLS1_3")
                       if findings[name].startswith("offered")}
            self.assertEqual(offered, {"TLS1", "TLS1_1", "TLS1_2"})
            seen = {}
            for key, finding in findings.items():
                if key.startswith("cipher-tls1"):
                    version = key[len("cipher-"):].split("_x")[0]
                    seen.setdefault(version, set()).add(finding.split()[-1])
            self.assertEqual(seen, {{"TLSv1.0": "tls1", "TLSv1.1": "tls1_1", "TLSv1.2": "tls1_2"}[v]:
                                    set(names.values()) for v, names in versions.items()})


if __name__ == "__main__":
    main()
