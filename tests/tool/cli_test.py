"""version, ciphers, help, and command lines that make no sense."""

import json
import unittest

from support import ToolTest, parley

DEFAULT = "AES256-SHA:AES128-SHA:RC4-SHA:RC4-MD5:DES-CBC3-SHA\n"


class Version(ToolTest):
    def test_says_what_was_built(self):
        self.assertRegex(self.run_ok("version").stdout.decode(), r"^parley \d+\.\d+\.\d+\n")

    def test_is_one_json_document(self):
        d = json.loads(self.run_ok("version", "--json").stdout)
        self.assertEqual(d["schema"], "parley.version")
        self.assertEqual(d["exit"], {"class": 0, "name": "ok"})
        self.assertEqual(d["protocols"], ["SSLv3", "TLSv1"])


class Ciphers(ToolTest):
    def test_without_a_string_is_what_a_context_offers(self):
        self.assertEqual(self.run_ok("ciphers").stdout.decode(), DEFAULT)
        self.assertEqual(self.run_ok("ciphers", "--ssl3").stdout.decode(), DEFAULT)

    def test_takes_all_three_spellings(self):
        done = self.run_ok("ciphers", "RC4-MD5:TLS_RSA_WITH_AES_128_CBC_SHA:0x0035")
        self.assertEqual(done.stdout, b"RC4-MD5:AES128-SHA:AES256-SHA\n")

    def test_codes_are_upper_case_in_order(self):
        self.assertEqual(self.run_ok("ciphers", "--codes", "AES128-SHA:0x000a").stdout,
                         b"002F,000A\n")

    def test_columns_are_those_of_openssl(self):
        done = self.run_ok("ciphers", "-v", "DES-CBC3-SHA")
        self.assertEqual(done.stdout, b"DES-CBC3-SHA            SSLv3 Kx=RSA      Au=RSA  "
                                      b"Enc=3DES(168) Mac=SHA1\n")
        done = self.run_ok("ciphers", "-V", "NULL-MD5")
        self.assertEqual(done.stdout, b"          0x00,0x01 - NULL-MD5                SSLv3 "
                                      b"Kx=RSA      Au=RSA  Enc=None      Mac=MD5 \n")

    def test_describes_one(self):
        text = self.run_ok("ciphers", "--describe", "0x002f").stdout.decode()
        self.assertIn("AES128-SHA", text)
        self.assertIn("TLS_RSA_WITH_AES_128_CBC_SHA", text)
        self.run_fails(1, ["no suite"], "ciphers", "--describe", "AES128-GCM-SHA999")

    def test_that_select_nothing_are_an_answer(self):
        done = self.run_fails(1, [], "ciphers", "NO-SUCH")
        self.assertEqual(done.stderr, "parley: no cipher match\n")
        self.assertEqual(done.stdout, b"")
        d = json.loads(parley("--json", "ciphers", "NO-SUCH").stdout)
        self.assertEqual(d["exit"]["class"], 1)


    def test_an_empty_string_is_not_the_default(self):
        self.run_fails(1, ["no cipher match"], "ciphers", "")
        for command in (["connect", "1"], ["serve", "0", "--self-signed=rsa:512"]):
            self.run_fails(2, ["--ciphers '': no cipher match"], *command, "--ciphers", "")


class CommandLine(ToolTest):
    def test_that_makes_no_sense_is_refused(self):
        for args in ([], ["nonsense"], ["connect"], ["connect", "4433", "--starttls", "smtp"],
                     ["connect", "4433", "--ssl3", "--tls1"], ["connect", "4433", "--ssl2"],
                     ["connect", "4433", "--ssl3", "--min", "ssl3"],
                     ["connect", "4433", "--min", "tls1", "--max", "ssl3"],
                     ["connect", "4433", "--min", "tls9"], ["connect", "host:99999"],
                     ["connect", "4433", "--ciphers", "NO-SUCH"],
                     ["connect", "4433", "--verify", "sometimes"],
                     ["connect", "4433", "--verify", "chain"], ["connect", "4433", "--key", "k"],
                     ["connect", "4433", "--sni", "a", "--no-sni"],
                     ["connect", "4433", "--timeout", "-1"], ["connect", "4433", "--head", "x"],
                     ["serve", "0"], ["serve", "0", "--self-signed=rsa:100"],
                     ["serve", "0", "--self-signed", "--cert", "c"],
                     ["serve", "0", "--self-signed", "--echo", "--www"],
                     ["serve", "0", "--self-signed", "--verify", "required"],
                     ["serve", "0", "--self-signed", "--no-tickets"],
                     ["ciphers", "--codes", "-v"], ["ciphers", "--all"],
                     ["x509"], ["x509", "make", "--keyout", "k"],
                     ["x509", "make", "--hash", "crc32"], ["x509", "make", "--days", "0"],
                     ["x509", "verify", "leaf.pem"], ["x509", "show"],
                     ["version", "--color", "sometimes"], ["version", "-v", "-q"]):
            with self.subTest(args=args):
                self.run_fails(2, [], *args)

    def test_names_the_command_there_is_not(self):
        for word in ("explain", "scan"):
            done = self.run_fails(2, [word + ": not in this build yet"], word, "x", "--flag")
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
        self.run_fails(10, ["--verify host", "not supported"], "connect", "4433", "--verify", "host")
        self.run_fails(10, ["tls1.2"], "connect", "4433", "--max", "tls1.2")
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
