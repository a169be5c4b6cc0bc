"""Chromium without a window, reading pages of `parley serve --www`."""

import os
import re
import struct
import zlib

from programs import ProgramTest, main, program, read, run

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-extensions"]
# Where pictures stay: below the build folder when ctest runs this.
SHOTS = os.environ.get("PARLEY_SHOTS")


def pixels(png):
    """Width, height and how many different rows of pixels there are, of an RGB or RGBA picture."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n", png[:8]
    at, data, header = 8, b"", None
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        chunk = png[at + 8:at + 8 + length]
        at += 12 + length
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", chunk)
        elif kind == b"IDAT":
            data += chunk
    width, height, depth, color = header[:4]
    assert depth == 8 and color in (2, 6), header
    row = 1 + width * (3 if color == 2 else 4)
    raw = zlib.decompress(data)
    assert len(raw) == row * height
    return width, height, len({raw[i:i + row] for i in range(0, len(raw), row)})


class Chromium(ProgramTest):
    def believe(self, certificate):
        """Puts it among the roots of the user that Chromium is run as."""
        store = "sql:" + self.path("home/.pki/nssdb")
        os.makedirs(self.path("home/.pki/nssdb"))
        for args in (["-N", "--empty-password"], ["-A", "-n", "test", "-t", "C,,", "-i", certificate]):
            done = run(program("certutil", "libnss3-tools"), "-d", store, *args)
            self.assertEqual(done.returncode, 0, done.stderr)

    def chromium(self, *args):
        # Its home, caches and sockets are in our folder. Root may run it only without a sandbox,
        # and so may users of machines without user namespaces.
        done = run(program("chromium"), *FLAGS, "--user-data-dir=" + self.path("profile"), *args,
                   timeout=90, cwd=self.folder,
                   env={"HOME": self.path("home"), "XDG_CONFIG_HOME": self.path("home"),
                        "XDG_CACHE_HOME": self.path("home"), "XDG_RUNTIME_DIR": self.folder,
                        "DBUS_SESSION_BUS_ADDRESS": "disabled:"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def page(self, server):
        """The rows of our page as the browser has them, or the name of its error."""
        done = self.chromium("--dump-dom", "https://localhost:%s/" % server.port)
        rows = dict(re.findall(r"<tr><th>([^<]*)</th><td>([^<]*)</td></tr>", done.stdout))
        error = re.search(r"Page load failed: net::(ERR_[A-Z_]+)", done.stderr)
        self.assertTrue(rows or error, done.stdout + done.stderr)
        return rows or error[1]

    def test_shows_what_was_negotiated(self):
        self.believe(self.ca)
        with self.serve("--www", "--log") as s:
            rows = self.page(s)
            self.assertEqual(rows["Protocol"], "TLSv1.2")
            self.assertIn("ECDHE-RSA-AES128-GCM-SHA256", rows["Suite"])
            self.assertEqual(rows["Server name"], "localhost")
            self.log_says(s, "TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256")
            shot = self.path("shot.png")
            if SHOTS:
                os.makedirs(SHOTS, exist_ok=True)
                shot = os.path.join(SHOTS, "chromium.png")
            self.chromium("--window-size=900,500", "--screenshot=" + shot,
                          "https://localhost:%s/" % s.port)
            width, height, different = pixels(read(shot))
            self.assertEqual(width, 900)
            # A blank page has one row, an error page few words.
            self.assertGreater(different, 100)

    def test_likes_ecdsa(self):
        ca = self.pki + "/ca.pem," + self.pki + "/ca.key"
        self.believe(self.ca)
        cert, key = self.make("ec", "--issuer", ca, key="ec:p256")
        with self.serve("--www", "--cert", cert, "--key", key, "--ciphers",
                        "ECDHE-ECDSA-AES256-GCM-SHA384") as s:
            self.assertIn("ECDHE-ECDSA-AES256-GCM-SHA384", self.page(s)["Suite"])

    def test_refuses_a_stranger(self):
        with self.serve("--www", "--log") as s:
            self.assertEqual(self.page(s), "ERR_CERT_AUTHORITY_INVALID")
            self.log_says(s, "the client refused with alert certificate_unknown (46)")

    def test_refuses_old_versions(self):
        self.believe(self.ca)
        with self.serve("--www", "--log", "--tls1") as s:
            self.assertEqual(self.page(s), "ERR_SSL_VERSION_OR_CIPHER_MISMATCH")
            self.log_says(s, "unsupported protocol")


if __name__ == "__main__":
    main()
