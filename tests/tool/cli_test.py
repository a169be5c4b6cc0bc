"""version, ciphers, help, and command lines that make no sense."""

import csv
import json
import os
import unittest

from support import ToolTest, parley, read

VECTORS = os.path.join(os.path.dirname(__file__), "..", "..", "vectors", "cipher_strings")
DOCUMENTED_DEFAULT = "DEFAULT:!aNULL:!eNULL:!LOW:!EXPORT:!SSLv2"
DEFAULT = (
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-SHA384:"
    "ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA:ECDHE-ECDSA-AES256-SHA:"
    "DHE-DSS-AES256-GCM-SHA384:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES256-SHA256:"
    "DHE-DSS-AES256-SHA256:DHE-RSA-AES256-SHA:DHE-DSS-AES256-SHA:DHE-RSA-CAMELLIA256-SHA:"
    "DHE-DSS-CAMELLIA256-SHA:ECDH-RSA-AES256-GCM-SHA384:ECDH-ECDSA-AES256-GCM-SHA384:"
    "ECDH-RSA-AES256-SHA384:ECDH-ECDSA-AES256-SHA384:ECDH-RSA-AES256-SHA:ECDH-ECDSA-AES256-SHA:"
    "AES256-GCM-SHA384:AES256-SHA256:AES256-SHA:CAMELLIA256-SHA:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA256:"
    "ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES128-SHA:DHE-DSS-AES128-GCM-SHA256:"
    "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-SHA256:DHE-DSS-AES128-SHA256:DHE-RSA-AES128-SHA:"
    "DHE-DSS-AES128-SHA:DHE-RSA-SEED-SHA:DHE-DSS-SEED-SHA:DHE-RSA-CAMELLIA128-SHA:"
    "DHE-DSS-CAMELLIA128-SHA:ECDH-RSA-AES128-GCM-SHA256:ECDH-ECDSA-AES128-GCM-SHA256:"
    "ECDH-RSA-AES128-SHA256:ECDH-ECDSA-AES128-SHA256:ECDH-RSA-AES128-SHA:ECDH-ECDSA-AES128-SHA:"
    "AES128-GCM-SHA256:AES128-SHA256:AES128-SHA:SEED-SHA:CAMELLIA128-SHA:IDEA-CBC-SHA:"
    "ECDHE-RSA-RC4-SHA:ECDHE-ECDSA-RC4-SHA:ECDH-RSA-RC4-SHA:ECDH-ECDSA-RC4-SHA:RC4-SHA:RC4-MD5:"
    "ECDHE-RSA-DES-CBC3-SHA:ECDHE-ECDSA-DES-CBC3-SHA:EDH-RSA-DES-CBC3-SHA:EDH-DSS-DES-CBC3-SHA:"
    "ECDH-RSA-DES-CBC3-SHA:ECDH-ECDSA-DES-CBC3-SHA:DES-CBC3-SHA\n")


class Version(ToolTest):
    def test_says_what_was_built(self):
        self.assertRegex(self.run_ok("version").stdout.decode(), r"^parley \d+\.\d+\.\d+\n")

    def test_is_one_json_document(self):
        d = json.loads(self.run_ok("version", "--json").stdout)
        self.assertEqual(d["schema"], "parley.version")
        self.assertEqual(d["exit"], {"class": 0, "name": "ok"})
        self.assertEqual(d["protocols"], ["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"])


class Ciphers(ToolTest):
    def test_without_a_string_is_what_a_context_offers(self):
        self.assertEqual(self.run_ok("ciphers").stdout.decode(), DEFAULT)
        self.assertEqual(self.run_ok("ciphers", "--ssl3").stdout.decode(), DEFAULT)
        self.assertEqual(self.run_ok("ciphers", DOCUMENTED_DEFAULT).stdout.decode(), DEFAULT)

    def test_reads_the_language_of_openssl(self):
        done = self.run_ok("ciphers", "NOBODY:RC4-MD5:kRSA+AES128!SHA256,AES256-SHA:+RC4")
        self.assertEqual(done.stdout, b"AES128-GCM-SHA256:AES128-SHA:AES256-SHA:RC4-MD5:RC4-MD5\n")

    def test_codes_are_upper_case_in_order(self):
        self.assertEqual(self.run_ok("ciphers", "--codes", "AES128-SHA:DES-CBC3-SHA").stdout,
                         b"002F,000A\n")

    def test_all_expands_what_is_not_spoken_too_for_the_context_asked_for(self):
        for context, codes in (("--sslv23", b"0004,010080\n"), ("--ssl3", b"0004\n"),
                               ("--tls1", b"0004\n"), ("--ssl2", b"010080\n")):
            with self.subTest(context=context):
                self.assertEqual(self.run_ok("ciphers", "--codes", "--all", context,
                                             "RC4-MD5").stdout, codes)
        done = self.run_ok("ciphers", "--codes", "--all", "--ssl2")
        self.assertEqual(done.stdout, b"050080,030080,010080,0700C0,060040,040080,020080\n")

    def test_answers_as_recorded(self):
        context = {"SSLv2_method": "--ssl2", "SSLv3_method": "--ssl3", "TLSv1_method": "--tls1",
                   "SSLv23_method": "--sslv23"}
        rows = read(os.path.join(VECTORS, "cipher-expansion.tsv")).decode().splitlines()
        compared = 0
        for row in rows[::12]:
            method, string, expected = row.split("\t")
            if "\\" in string or string.startswith("-"):
                continue
            done = parley("ciphers", "--codes", "--all", context[method], string)
            with self.subTest(row=row):
                if expected.startswith("ERROR:"):
                    self.assertEqual((done.returncode, done.stderr),
                                     (1, expected[len("ERROR:"):] + "\n"))
                else:
                    self.assertEqual(done.stdout.decode(), expected + "\n")
            compared += 1
        self.assertGreater(compared, 60)

    def test_columns_are_those_of_openssl(self):
        theirs = read(os.path.join(VECTORS, "descriptions.txt")).decode().splitlines()
        everything = "ALL:COMPLEMENTOFALL"
        ours = self.run_ok("ciphers", "-v", "--all", everything).stdout.decode().splitlines()
        self.assertEqual(ours, [line.split(" ", 1)[1] for line in theirs])
        ours = self.run_ok("ciphers", "-V", "--all", everything).stdout.decode().splitlines()
        for line, their in zip(ours, theirs):
            code, text = their.split(" ", 1)
            number = ",".join("0x" + code[i:i + 2] for i in range(0, len(code), 2))
            self.assertEqual(line, number.rjust(19) + " - " + text)

    def test_describes_one(self):
        for name in ("AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", "0x002f"):
            text = self.run_ok("ciphers", "--describe", name).stdout.decode()
            for word in ("AES128-SHA\n", "TLS_RSA_WITH_AES_128_CBC_SHA\n", "0x002f\n", "RFC 3268\n",
                         "Spoken here:     yes\n", "no forward secrecy"):
                self.assertIn(word, text)
        text = self.run_ok("ciphers", "--describe", "PSK-AES128-CBC-SHA").stdout.decode()
        self.assertIn("Spoken here:     no\n", text)
        self.run_fails(1, ["no suite"], "ciphers", "--describe", "AES128-GCM-SHA999")

    def test_describes_every_suite_there_is(self):
        rows = list(csv.DictReader(read(os.path.join(VECTORS, "cipher-suites.csv"))
                                   .decode().splitlines()))
        for row in rows[::7]:
            if not row["kx"]:
                continue
            with self.subTest(suite=row["iana_name"]):
                d = json.loads(self.run_ok("--json", "ciphers", "--describe",
                                           row["iana_name"]).stdout)["suite"]
                self.assertEqual((d["code"], d["openssl"], d["bits"]),
                                 ("0x" + row["code"].lower(), row["openssl_name"],
                                  int(row["secret_bits"])))
                for key in ("since", "key_exchange", "authentication", "encryption", "mac",
                            "specification"):
                    self.assertNotIn(d[key], ("", "?", "unknown"))
                self.assertEqual(any("does not encrypt" in w for w in d["weaknesses"]),
                                 row["enc"] == "eNULL")

    def test_json_lists_the_suites(self):
        d = json.loads(self.run_ok("--json", "ciphers", "--all", "EXP-RC4-MD5").stdout)
        self.assertEqual([s["code"] for s in d["suites"]], ["0x0003", "0x020080"])

    def test_that_select_nothing_are_an_answer(self):
        for string, text in (("NO-SUCH", "no cipher match"), ("", "no cipher match"),
                             ("PSK", "no cipher match"), ("AES128-SHA:! RC4", "invalid command"),
                             ("@strength", "invalid command")):
            done = parley("ciphers", string)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stderr, text + "\n")
            self.assertEqual(done.stdout, b"")
        d = json.loads(parley("--json", "ciphers", "NO-SUCH").stdout)
        self.assertEqual(d["exit"]["class"], 1)

    def test_an_empty_string_is_not_the_default(self):
        for command in (["connect", "1"], ["serve", "0", "--self-signed=rsa:512"]):
            self.run_fails(2, ["--ciphers '': no cipher match"], *command, "--ciphers", "")
            self.run_fails(2, ["--ciphers RC4+: invalid command"], *command, "--ciphers", "RC4+")


class CommandLine(ToolTest):
    def test_that_makes_no_sense_is_refused(self):
        for args in ([], ["nonsense"], ["connect"], ["connect", "4433", "--starttls", "gopher"],
                     ["connect", "4433", "--ssl3", "--tls1"], ["connect", "4433", "--ssl2", "--ssl3"],
                     ["connect", "4433", "--ssl3", "--min", "ssl3"],
                     ["connect", "4433", "--min", "tls1", "--max", "ssl3"],
                     ["connect", "4433", "--min", "tls9"], ["connect", "host:99999"],
                     ["connect", "4433", "--ciphers", "NO-SUCH"],
                     ["connect", "4433", "--verify", "sometimes"],
                     ["connect", "4433", "--key", "k"],
                     ["connect", "4433", "--sni", "a", "--no-sni"],
                     ["connect", "4433", "--timeout", "-1"], ["connect", "4433", "--head", "x"],
                     ["serve", "0"], ["serve", "0", "--self-signed=rsa:100"],
                     ["serve", "0", "--self-signed", "--cert", "c"],
                     ["serve", "0", "--self-signed", "--echo", "--www"],
                     ["serve", "0", "--self-signed", "--verify", "required"],
                     ["serve", "0", "--self-signed", "--sni", "name"],
                     ["ciphers", "--codes", "-v"], ["ciphers", "--ssl2", "--ssl3"],
                     ["ciphers", "--describe", "RC4-MD5", "ALL"],
                     ["x509"], ["x509", "make", "--keyout", "k"],
                     ["x509", "make", "--hash", "crc32"], ["x509", "make", "--days", "0"],
                     ["x509", "verify"], ["x509", "show"],
                     ["version", "--color", "sometimes"], ["version", "-v", "-q"]):
            with self.subTest(args=args):
                self.run_fails(2, [], *args)

    def test_names_the_command_there_is_not(self):
        done = self.run_fails(2, ["scan: not in this build yet"], "scan", "x", "--flag")
        self.assertNotIn("subcommand", done.stderr)
        self.run_fails(2, ["nonsense: there is no such command"], "--color", "never", "nonsense")
        self.run_fails(2, ["required"])

    def test_a_key_has_a_length_that_can_be_made(self):
        for command in (["x509", "make", "--key", "rsa:513"], ["serve", "0", "--self-signed=rsa:513"]):
            self.run_fails(2, ["rsa:513", "from 512 to 8192, a multiple of 8"], *command)
        for command in (["x509", "make"], ["serve"]):
            help_text = self.run_ok(*command, "--help").stdout.decode()
            self.assertIn("from 512 to 8192, a multiple of 8", " ".join(help_text.split()))

    def test_a_timeout_is_a_time(self):
        for command in (["connect", "1"], ["x509", "show", "1"]):
            for n in ("1e300", "-1", "0", "abc", "nan", "inf", "86401", "1s"):
                with self.subTest(command=command, n=n):
                    done = self.run_fails(2, ["--timeout", "from 0.001 to 86400"], *command,
                                          "--timeout=" + n)
                    self.assertEqual(done.stderr.count("\n"), 1)

    def test_that_makes_no_sense_is_a_document_too(self):
        d = json.loads(parley("--json", "connect").stdout)
        self.assertEqual(d["exit"], {"class": 2, "name": "usage"})

    def test_that_asks_for_later_things_says_so(self):
        nobody = {"SSL_CERT_FILE": "/nowhere", "SSL_CERT_DIR": "/nowhere"}
        self.run_fails(2, ["--verify host needs --ca"], "connect", "4433", "--verify", "host",
                       env=nobody)
        self.run_fails(10, ["tls1.3"], "connect", "4433", "--max", "tls1.3")
        self.run_fails(2, ["ec:x25519", "cannot sign"], "serve", "0", "--self-signed=ec:x25519")

    def test_help_has_examples(self):
        self.assertIn(b"parley serve 4433 --self-signed --www", self.run_ok("--help").stdout)
        for command in (["connect"], ["serve"], ["ciphers"], ["x509", "make"], ["x509", "show"],
                        ["x509", "verify"], ["x509", "convert"]):
            text = self.run_ok(*command, "--help").stdout.decode()
            self.assertIn("Usage: parley " + " ".join(command), text)
            self.assertIn("\n  parley " + " ".join(command), text)

    def test_color_is_asked_for_or_absent(self):
        self.assertNotIn("\x1b", parley("connect").stderr)
        self.assertIn("\x1b[31mparley:", parley("--color", "always", "x509", "show", "/none").stderr)


if __name__ == "__main__":
    unittest.main()
