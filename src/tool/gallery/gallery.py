"""The gallery: stored conversations as pages of `parley explain`, and an index of them."""

import html
import os
import subprocess

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))

# Page, stored flow in vectors/golden, heading, what to look at.
PAGES = (
    ("ssl2", "ssl20-des-cbc3-md5", "SSL 2.0",
     "Records without a type, one key for each direction straight from MD5, a hello that nobody "
     "authenticates. Triple DES, so that there is a KEY-ARG and padding."),
    ("ssl3", "ssl30-des-cbc3-sha", "SSL 3.0",
     "A master secret of MD5 over SHA-1 with 'A', 'BB', 'CCC'; padding whose bytes are free, which "
     "made POODLE; Finished with MD5 and SHA-1 side by side."),
    ("tls10", "tls10-aes128-sha", "TLS 1.0",
     "RSA key exchange: the client encrypts the premaster secret. P_MD5 xor P_SHA-1 for every key; "
     "the IV of a record is the end of the one before."),
    ("tls11", "tls11-dhe-dss-aes128-sha", "TLS 1.1",
     "Ephemeral Diffie-Hellman, signed with DSA; each CBC record brings its own IV."),
    ("tls12", "tls12-ecdhe-rsa-aes128-gcm-sha256", "TLS 1.2",
     "ECDHE, signature_algorithms, one P_hash with SHA-256, and AES-GCM with its nonce and tag."),
    ("resumed", "tls12-aes256-sha-resumed", "A resumed session",
     "The server answers with the session id that the client asked for: no certificate, no key "
     "exchange, new keys from the old master secret, and the server finishes first."),
    ("client-certificate", "tls10-client-certificate", "A client certificate",
     "CertificateRequest, the client's Certificate, and CertificateVerify, which signs the "
     "handshake so far."),
    ("early-change-cipher-spec", "tls10-early-change-cipher-spec",
     "A refused early ChangeCipherSpec",
     "Somebody in the middle says ChangeCipherSpec before there are keys (CVE-2014-0224). The "
     "script has no such line, and the server says so in an alert."),
)

INDEX = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>parley: handshakes, byte by byte</title>
<style>
:root {{ color-scheme: light dark; --line: #8884; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }}
dl {{ border-top: 1px solid var(--line); }}
dt {{ font-weight: 600; margin-top: 1rem; }}
dd {{ margin: 0 0 1rem; }}
small {{ opacity: .7; font-weight: 400; }}
</style></head><body>
<h1>Handshakes, byte by byte</h1>
<p>Pages of <code>parley explain</code>, made from conversations in <code>vectors/golden</code>: both ends
are parley with seeded randomness, so every key in there is public. Each page is one file that needs neither a
network nor scripts; with scripts, pointing at a byte lights its field.</p>
<dl>
{rows}</dl>
</body></html>
"""


def explain(parley, flow, *args, **env):
    """What the command says of a stored flow; it must succeed."""
    path = os.path.join("vectors", "golden", flow + ".flow")
    done = subprocess.run([os.path.abspath(parley), "explain", path, *args], cwd=ROOT, check=True,
                          stdout=subprocess.PIPE, env={**os.environ, "NO_COLOR": "1", **env})
    return done.stdout.decode()


def make_gallery(parley, folder):
    """Writes the pages and index.html; returns their paths."""
    folder = os.path.abspath(folder)
    os.makedirs(folder, exist_ok=True)
    rows, made = "", []
    for name, flow, heading, words in PAGES:
        path = os.path.join(folder, name + ".html")
        # The keys of these flows are in the tree already.
        explain(parley, flow, "--with-secrets", "--html", path)
        os.chmod(path, 0o644)
        rows += ('<dt><a href="%s.html">%s</a> <small>%s, %d KB</small></dt><dd>%s</dd>\n'
                 % (name, html.escape(heading), flow, os.path.getsize(path) // 1000,
                    html.escape(words, quote=False)))
        made.append(path)
    index = os.path.join(folder, "index.html")
    with open(index, "w", encoding="utf-8") as f:
        f.write(INDEX.format(rows=rows))
    return [index] + made
