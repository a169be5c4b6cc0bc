"""x509 show --json beside openssl x509 -text, field by field: every root of the system's store and
every odd certificate of vectors/certs. Where the two differ, DIFFERENCES says why."""

import base64
import glob
import json
import os
import re
import subprocess
import unittest

from support import parley

HERE = os.path.dirname(os.path.abspath(__file__))
CERTS = os.path.normpath(os.path.join(HERE, "../../vectors/certs"))
CRLS = os.path.normpath(os.path.join(HERE, "../../vectors/crls"))
ROOTS = "/etc/ssl/certs/ca-certificates.crt"
NAMES = "sep_comma_plus_space,esc_2253,esc_ctrl,utf8,sname"

SAN, POLICIES = "X509v3 Subject Alternative Name", "X509v3 Certificate Policies"

# (file, field): why parley and OpenSSL 3.0 do not say the same.
DIFFERENCES = {
    ("rules/all_extensions.pem", SAN):
        "RFC 5280 section 4.2.1.6 leaves otherName open: OpenSSL prints a UTF8String in it, parley "
        "gives its bytes beside <unsupported>, which is getpeercert's word",
    ("san_kinds.pem", SAN): "as above",
    ("san_bad_ip.pem", SAN):
        "an address of three bytes (section 4.2.1.6): OpenSSL adds the length to <invalid>",
    ("san_nul.pem", SAN):
        "NUL is a character of IA5String (section 4.2.1.6): OpenSSL 3.0 shows the bytes of the whole "
        "extension instead",
    ("san_twice.pem", SAN):
        "section 4.2 forbids it; parley gives the names of both beside each, as getpeercert does",
    ("rules/san_empty.pem", SAN): "section 4.2.1.6 forbids it: OpenSSL prints <EMPTY>",
    ("time_local.pem", "not_before"):
        "section 4.1.2.5.2 wants Z: parley prints the time without GMT, as OpenSSL 1.0.1; 3.0 says "
        "that it is bad",
    ("time_local.pem", "not_after"): "as above",
    ("rules/policy_text_latin1.pem", POLICIES):
        "a VisibleString outside ASCII (section 4.2.1.4): OpenSSL prints its bytes, parley UTF-8",
    ("rules/policy_constraints_huge.pem", "X509v3 Policy Constraints"):
        "parley counts to 2^32 - 1, which is very large (section 4.2.1.11)",
    ("rules/features_negative.pem", "TLS Feature"):
        "no extension of TLS has a negative number (RFC 7633 section 4.1)",
}

# What RFC 5280 forbids: parley says that it cannot be decoded, OpenSSL prints something.
REFUSED = {
    "rules/authority_issuer_alone.pem": "4.2.1.1",
    "rules/authority_serial_alone.pem": "4.2.1.1",
    "rules/policies_cps_utf8.pem": "4.2.1.4",
    "rules/policies_empty.pem": "4.2.1.4",
    "rules/policies_twice.pem": "4.2.1.4",
    "rules/policy_mappings_empty.pem": "4.2.1.5",
    "rules/san_directory_bare.pem": "4.2.1.6",
    "rules/san_unknown_kind.pem": "4.2.1.6",
    "basic_constraints_twice.pem": "4.2",
    "rules/name_constraints_empty.pem": "4.2.1.10",
    "rules/name_constraints_ip.pem": "4.2.1.10",
    "rules/name_constraints_maximum.pem": "4.2.1.10",
    "rules/name_constraints_minimum.pem": "4.2.1.10",
    "rules/name_constraints_no_trees.pem": "4.2.1.10",
    "rules/name_constraints_twice.pem": "4.2",
    "rules/policy_constraints_empty.pem": "4.2.1.11",
    "rules/policy_constraints_negative.pem": "4.2.1.11",
    "rules/extended_key_usage_empty.pem": "4.2.1.12",
    "rules/point_of_reasons.pem": "4.2.1.13",
    "rules/points_empty.pem": "4.2.1.13",
    "rules/inhibit_negative.pem": "4.2.1.14",
    "rules/info_access_empty.pem": "4.2.2.1",
}

# Neither can print these: their names are no strings (section 4.1.2.4).
UNPRINTABLE = {"string_bad_bmp.pem", "string_bad_utf8.pem"}

# What OpenSSL 3.0 calls by a name that 1.0.1, whose names are kept, did not know.
NEW_NAMES = {
    "jurisdictionC": "1.3.6.1.4.1.311.60.2.1.3",
    "organizationIdentifier": "2.5.4.97",
}


def openssl(*args, data=None):
    return subprocess.run(["openssl", *args], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=True).stdout.decode("utf-8", "surrogateescape")


def squeeze(text):
    return " ".join(text.split())


def hexed(text):
    return re.sub(r"[^0-9a-f]", "", text.lower())


def colons(hex_digits):
    return ":".join(hex_digits[i:i + 2] for i in range(0, len(hex_digits), 2)).upper()


def stripped(numbers):
    """Without leading zeros, but for points, which are no numbers."""
    return {k: v if k == "point" else v.lstrip("0") for k, v in numbers.items()}


def number(hex_digits):
    return int.from_bytes(bytes.fromhex(hex_digits), "big", signed=True)


# --- what OpenSSL prints, taken apart ---
def block(text, label):
    """The hex lines below a label."""
    found = re.search(re.escape(label) + r"\n((?: +[0-9a-f:]+\n)+)", text)
    return hexed(found[1]) if found else None


def from_openssl(text):
    fields = {"version": int(re.search(r"Version: (\d+)", text)[1])}
    serial = re.search(r"Serial Number: ?(-?\d+) \(", text)
    if serial:
        fields["serial"] = int(serial[1])
    else:
        serial = re.search(r"Serial Number:\s+(\(Negative\))?\s*([0-9a-f:\s]+)\n", text)
        fields["serial"] = int(hexed(serial[2]), 16) * (-1 if serial[1] else 1)
    for key, label in (("issuer", "Issuer:"), ("subject", "Subject:"), ("not_before", "Not Before:"),
                       ("not_after", "Not After :"), ("key_algorithm", "Public Key Algorithm:")):
        fields[key] = re.search(r"^ +" + label + r" ?(.*)$", text, re.M)[1]
    for old_key, new in NEW_NAMES.items():
        for key in ("issuer", "subject"):
            fields[key] = fields[key].replace(old_key + "=", new + "=")
    algorithms = re.findall(r"Signature Algorithm: (.*)", text)
    fields["tbs_signature_algorithm"], fields["signature_algorithm"] = algorithms[0], algorithms[-1]
    fields["signature"] = block(text, "Signature Value:")
    bits = re.search(r"Public-Key: \((\d+) bit\)", text)
    fields["bits"] = int(bits[1]) if bits else None
    exponent = re.search(r"Exponent: (\d+)", text)
    fields["numbers"] = stripped({k: v for k, v in {
        "modulus": block(text, "Modulus:"),
        "exponent": "%x" % int(exponent[1]) if exponent else None,
        "point": block(text, "pub:") if "ASN1 OID:" in text else None,
        "p": block(text, "P:") or block(text, "P:   "), "q": block(text, "Q:") or block(text, "Q:   "),
        "g": block(text, "G:") or block(text, "G:   "),
        "y": block(text, "pub:") if "ASN1 OID:" not in text else None}.items() if v})
    curve = re.search(r"ASN1 OID: (\S+)", text)
    fields["curve"] = curve[1] if curve else None
    fields["extensions"] = []
    inside = False
    for line in text.split("\n"):
        if line == "        X509v3 extensions:":
            inside = True
        elif inside and line.startswith("    Signature Algorithm:"):
            break
        elif inside:
            head = re.match(r" {12}(\S.*?): ?(critical)?$", line)
            if head:
                fields["extensions"].append([head[1], bool(head[2]), ""])
            else:
                fields["extensions"][-1][2] += line + "\n"
    return fields


def from_parley(c):
    key = c["public_key"]
    return {
        "version": c["version"], "serial": int(c["serial"], 16), "issuer": c["issuer"],
        "subject": c["subject"], "not_before": c["not_before_text"],
        "not_after": c["not_after_text"],
        "key_algorithm": {"RSA": "rsaEncryption", "EC": "id-ecPublicKey",
                          "DSA": "dsaEncryption"}.get(key["kind"], key["kind"]),
        "tbs_signature_algorithm": c["tbs_signature_algorithm"],
        "signature_algorithm": c["signature_algorithm"], "signature": c["signature"],
        "bits": key.get("bits"), "curve": key.get("curve"),
        "numbers": stripped({k: v for k, v in c["public_key_numbers"].items() if k != "key"}),
    }


# --- values of extensions as OpenSSL 3.0 writes them ---
def one_line(rdns):
    """X509_NAME_oneline."""
    out = ""
    for rdn in rdns:
        for k, v in rdn:
            raw = v.encode("utf-8", "surrogateescape")
            out += "/" + k + "=" + "".join(
                chr(b) if 0x20 <= b < 0x7f else "\\x%02X" % b for b in raw)
    return out


def rdn_text(rdns):
    """XN_FLAG_ONELINE."""
    def value(v):
        raw = v.encode("utf-8", "surrogateescape")
        return "".join(chr(b) if 0x20 <= b < 0x7f else "\\%02X" % b for b in raw)
    return ", ".join(" + ".join(k + " = " + value(v) for k, v in rdn) for rdn in rdns)


def general_name(n, printer=one_line):
    if n["kind"] == "DirName":
        return "DirName:" + printer(n["rdns"])
    return n["kind"] + ":" + n["value"]


def subtree(n):
    if n["kind"] == "IP Address":
        return "IP:%s/%s" % (n["value"], n["mask"])
    return general_name(n, rdn_text)


def qualifier(q):
    if "cps" in q:
        return "CPS: " + q["cps"]
    if "notice" not in q:
        return "Unknown Qualifier: " + q["oid"]
    notice, out = q["notice"], ["User Notice:"]
    if "organization" in notice:
        out.append("Organization: " + notice["organization"])
        numbers = [str(number(n)) for n in notice.get("numbers", [])]
        out.append("Number%s: %s" % ("s" if len(numbers) > 1 else "", ", ".join(numbers)))
    if "text" in notice:
        # Of a BMPString OpenSSL prints the bytes up to the first that is zero; section 4.2.1.4
        # allows the type.
        is_wide = notice["text"].encode("utf-16-be").hex() in q["hex"]
        out.append("Explicit Text: " + ("" if is_wide else notice["text"]))
    return "\n".join(out)


def point(p):
    out = []
    if "full_name" in p:
        out += ["Full Name:"] + [general_name(n, rdn_text) for n in p["full_name"]]
    if "relative_name" in p:
        out += ["Relative Name:", rdn_text([p["relative_name"]])]
    if p.get("only_user"):
        out.append("Only User Certificates")
    if p.get("only_ca"):
        out.append("Only CA Certificates")
    if p.get("indirect"):
        out.append("Indirect CRL")
    if "reasons" in p:
        out += ["Only Some Reasons:" if "indirect" in p else "Reasons:", ", ".join(p["reasons"])]
    if p.get("only_attribute"):
        out.append("Only Attribute Certificates")
    if "crl_issuer" in p:
        out += ["CRL Issuer:"] + [general_name(n, rdn_text) for n in p["crl_issuer"]]
    return "\n".join(out)


def key_id(a):
    parts = []
    if "key_id" in a:
        alone = "issuer" not in a and "serial" not in a
        parts.append(("" if alone else "keyid:") + colons(a["key_id"]))
    parts += [general_name(n) for n in a.get("issuer", [])]
    if "serial" in a:
        digits = a["serial"]
        if len(digits) > 2 and digits.startswith("00"):
            digits = digits[2:]
        parts.append("serial:" + colons(digits))
    return "\n".join(parts)


def date(rfc3339):
    y, m, d, clock = re.match(r"(\d+)-(\d+)-(\d+)T(.*)Z", rfc3339).groups()
    return "%s %2d %s %s GMT" % ("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()[int(m) - 1],
                                 int(d), clock, y)


RENDER = {
    "2.5.29.14": colons,
    "2.5.29.15": ", ".join,
    "2.5.29.16": lambda v: ", ".join(label + ": " + date(v[key]) for key, label in (
        ("not_before", "Not Before"), ("not_after", "Not After")) if key in v),
    "2.5.29.17": lambda v: ", ".join(map(general_name, v)),
    "2.5.29.18": lambda v: ", ".join(map(general_name, v)),
    "2.5.29.19": lambda v: "CA:" + str(v["ca"]).upper() + (
        ", pathlen:%d" % v["path_length"] if "path_length" in v else ""),
    "2.5.29.20": lambda v: str(number(v)),
    "2.5.29.27": lambda v: str(number(v)),
    "2.5.29.28": point,
    "2.5.29.30": lambda v: "\n".join(
        label + ":\n" + "\n".join(map(subtree, v[key])) for key, label in (
            ("permitted", "Permitted"), ("excluded", "Excluded")) if v[key]),
    "2.5.29.31": lambda v: "\n".join(map(point, v)),
    "2.5.29.32": lambda v: "\n".join("\n".join(
        ["Policy: " + p["name"]] + list(map(qualifier, p["qualifiers"]))) for p in v),
    "2.5.29.33": lambda v: ", ".join(
        m["issuer_domain"]["name"] + ":" + m["subject_domain"]["name"] for m in v),
    "2.5.29.35": key_id,
    "2.5.29.36": lambda v: ", ".join(label + ":%d" % v[key] for key, label in (
        ("require_explicit_policy", "Require Explicit Policy"),
        ("inhibit_policy_mapping", "Inhibit Policy Mapping")) if key in v),
    "2.5.29.37": lambda v: ", ".join(p["name"] for p in v),
    "2.5.29.46": lambda v: "\n".join(map(point, v)),
    "2.5.29.54": str,
    "1.3.6.1.5.5.7.1.1": lambda v: "\n".join(
        a["method"]["name"] + " - " + general_name(a["location"]) for a in v),
    "1.3.6.1.5.5.7.1.11": lambda v: "\n".join(
        a["method"]["name"] + " - " + general_name(a["location"]) for a in v),
}


def same_value(e, text):
    """Whether OpenSSL's text of an extension says what parley's JSON does."""
    if e["oid"] in RENDER and e["value"] is not None:
        return squeeze(RENDER[e["oid"]](e["value"])) == squeeze(text), RENDER[e["oid"]](e["value"])
    # -certopt ext_dump: "0000 - 30 0f ..."
    dumped = "".join(re.findall(r"^ +[0-9a-f]{4,} - ((?:[0-9a-f]{2}[ -]?)+)", text, re.M))
    if dumped:
        return hexed(dumped) == e["hex"], e["hex"]
    return squeeze(" ".join(e["text"])) == squeeze(text), e["text"]


class Certificates(unittest.TestCase):
    maxDiff = None

    def compare(self, name, ours, text):
        wanted = from_openssl(text)
        got = from_parley(ours)
        for field, value in got.items():
            differs = (name, field) in DIFFERENCES
            with self.subTest(file=name, field=field):
                (self.assertNotEqual if differs else self.assertEqual)(value, wanted[field])
        with self.subTest(file=name, field="extensions"):
            self.assertEqual([(e["name"], e["critical"]) for e in ours["extensions"]],
                             [(n, c) for n, c, _ in wanted["extensions"]])
        if name in REFUSED:
            # Of two extensions of a kind neither counts.
            with self.subTest(file=name, field="refused"):
                self.assertIn(None, [e["value"] for e in ours["extensions"] if e["oid"] in RENDER])
            return
        for e, (label, _, value) in zip(ours["extensions"], wanted["extensions"]):
            same, mine = same_value(e, value)
            with self.subTest(file=name, field=e["name"]):
                self.assertEqual(same, (name, e["name"]) not in DIFFERENCES, (mine, value))

    def text(self, *args, data=None):
        return openssl("x509", "-noout", "-text", "-nameopt", NAMES, "-certopt", "ext_dump", *args,
                       data=data)

    def test_every_root_of_the_store(self):
        done = parley("--json", "x509", "show", ROOTS)
        self.assertEqual(done.returncode, 0, done.stderr)
        certificates = json.loads(done.stdout)["certificates"]
        self.assertGreater(len(certificates), 100)
        for i, c in enumerate(certificates):
            self.compare("root %d, %s" % (i, c["subject"]), c, self.text(data=c["pem"].encode()))

    def test_every_odd_certificate(self):
        files = sorted(glob.glob(CERTS + "/*.pem") + glob.glob(CERTS + "/rules/*.pem"))
        files = [f for f in files if "_key" not in os.path.basename(f)]
        self.assertGreater(len(files), 60)
        for path in files:
            done = parley("--json", "x509", "show", path)
            self.assertEqual(done.returncode, 0, done.stderr)
            name, ours = os.path.relpath(path, CERTS), json.loads(done.stdout)["certificates"][0]
            if name in UNPRINTABLE:
                self.assertIsNone(ours["subject"])
                self.assertRaises(subprocess.CalledProcessError, self.text, "-in", path)
            else:
                self.compare(name, ours, self.text("-in", path))

    def test_what_is_said_to_differ_is_there(self):
        for name in [*REFUSED, *UNPRINTABLE, *(name for name, _ in DIFFERENCES)]:
            self.assertTrue(os.path.exists(os.path.join(CERTS, name)), name)


class Bytes(unittest.TestCase):
    def test_cover_every_byte_in_json_and_in_text(self):
        for path, kind in ((CERTS + "/rules/all_extensions.pem", "certificates"),
                           (CERTS + "/ec.pem", "certificates"),
                           (CRLS + "/openssl_full.pem", "revocation_lists")):
            done = parley("--json", "x509", "show", path, "--bytes")
            document = json.loads(done.stdout)[kind][0]
            der = base64.b64decode("".join(document["pem"].split("\n")[1:-2]))
            rows = document["bytes"]
            at = 0
            for row in rows:
                self.assertEqual((row["offset"], row["length"]), (at, len(row["hex"]) // 2))
                at += row["length"]
            self.assertEqual("".join(row["hex"] for row in rows), der.hex())
            text = parley("x509", "show", path, "--bytes").stdout.decode()
            # Offset, length, hex; or hex alone in a line that goes on.
            digits = re.findall(r"^ *\d+ +\d+  ([0-9a-f]+) |^ {14}([0-9a-f]+)$", text, re.M)
            self.assertEqual("".join(a + b for a, b in digits), der.hex())
            for row in rows:
                self.assertIn(row["name"] + ": " + row["meaning"], text)

    def test_fingerprints_are_openssl_s(self):
        path = CERTS + "/chain_leaf.pem"
        lines = parley("x509", "show", path, "--fingerprint").stdout.decode().split("\n")
        for line, hash_name in zip(lines, ("md5", "sha1", "sha256")):
            wanted = openssl("x509", "-noout", "-fingerprint", "-" + hash_name, "-in", path)
            self.assertEqual(line.split(), [hash_name, wanted.strip().split("=")[1]])

    def test_lists_come_as_pem_and_der(self):
        path = CRLS + "/openssl_full.pem"
        with open(path, "rb") as f:
            pem = f.read()
        self.assertEqual(parley("x509", "show", path, "--pem").stdout, pem)
        der = parley("x509", "show", path, "--der").stdout
        self.assertEqual(parley("x509", "show", "-", "--pem", stdin=der).stdout, pem)
        self.assertEqual(parley("x509", "show", path, "--dict").returncode, 2)


class Lists(unittest.TestCase):
    maxDiff = None

    def test_every_list(self):
        for path in sorted(glob.glob(CRLS + "/*.pem")):
            name = os.path.basename(path)
            done = parley("--json", "x509", "show", path)
            if done.returncode != 0:
                continue  # tests/unit/crl_test.cpp says which
            ours = json.loads(done.stdout)["revocation_lists"][0]
            text = openssl("crl", "-noout", "-text", "-nameopt", NAMES, "-in", path)
            with self.subTest(name):
                self.assertEqual(ours["version"], int(re.search(r"Version (\d)", text)[1]))
                self.assertEqual(ours["issuer"], re.search(r"Issuer: (.*)", text)[1])
                self.assertEqual(date(ours["this_update"]),
                                 re.search(r"Last Update: (.*)", text)[1])
                self.assertEqual(date(ours["next_update"]) if ours["next_update"] else "NONE",
                                 re.search(r"Next Update: (.*)", text)[1])
                self.assertEqual(ours["signature"], block(text, "Signature Value:"))
                self.assertEqual(ours["signature_algorithm"],
                                 re.search(r"Signature Algorithm: (.*)", text)[1])
                entries = re.findall(r"Serial Number: (\S+)\s+Revocation Date: (.*)",
                                     text.replace("\\\n", ""))
                self.assertEqual(
                    [(number(r["serial"]), date(r["date"])) for r in ours["revoked"]],
                    [(int(s, 16), d) for s, d in entries])
                reasons = re.findall(r"CRL Reason Code: *\n +(.*)", text)
                plain = lambda s: s.replace(" ", "").lower()
                self.assertEqual([plain(r["reason"]) for r in ours["revoked"] if "reason" in r],
                                 [plain(r) for r in reasons])
                head = text.split("Revoked Certificates")[0]
                for e in ours["extensions"]:
                    if e["oid"] in RENDER and e["value"] is not None:
                        self.assertIn(squeeze(RENDER[e["oid"]](e["value"])), squeeze(head))


if __name__ == "__main__":
    unittest.main()
