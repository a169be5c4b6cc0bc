"""What the tests of the command share: running it, and servers on free ports."""

import os
import re
import subprocess
import tempfile
import unittest

PARLEY = os.environ.get("PARLEY", "build/dev/bin/parley")
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("SSLKEYLOGFILE", "NO_COLOR")}


def parley(*args, stdin=b"", env=None, timeout=60):
    """Runs the command; .returncode, .stdout (bytes), .stderr (text)."""
    done = subprocess.run([PARLEY, *args], input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=timeout,
                          env={**ENVIRONMENT, **(env or {})})
    done.stderr = done.stderr.decode("utf-8", "replace")
    return done


class Server:
    """`parley serve` on a free port, as a context manager."""

    def __init__(self, *args):
        self.args = args

    def __enter__(self):
        self.process = subprocess.Popen([PARLEY, "serve", "0", *self.args], env=ENVIRONMENT,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        line = self.process.stderr.readline().decode()
        found = re.search(r"listening on 127\.0\.0\.1:(\d+)", line)
        if not found:
            self.process.kill()
            raise AssertionError("no announcement but: " + line
                                 + self.process.communicate()[1].decode())
        self.port = found.group(1)
        return self

    def wait(self, timeout=30):
        """For servers that end by themselves: exit code, stdout, stderr."""
        out, err = self.process.communicate(timeout=timeout)
        return self.process.returncode, out, err.decode()

    def __exit__(self, *unused):
        if self.process.poll() is None:
            self.process.terminate()
        if not self.process.stderr.closed:
            self.process.communicate(timeout=30)


class ToolTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_ok(self, *args, **kw):
        done = parley(*args, **kw)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def run_fails(self, code, words, *args, **kw):
        """Exactly this exit code, and one line on stderr that has all of the words."""
        done = parley(*args, **kw)
        self.assertEqual(done.returncode, code, (args, done.stdout, done.stderr))
        errors = [line for line in done.stderr.splitlines() if "warning:" not in line]
        self.assertTrue(errors, "silent failure")
        for word in words:
            self.assertIn(word, errors[-1])
        self.assertTrue(errors[-1].startswith("parley: "), errors[-1])
        return done

    def make(self, name, *args, key="rsa:1024"):
        """A certificate and its key: NAME.pem, NAME.key."""
        self.run_ok("x509", "make", "--out", self.path(name + ".pem"), "--keyout",
                    self.path(name + ".key"), "--key", key, *args)
        return self.path(name + ".pem"), self.path(name + ".key")

    def make_chain(self):
        """root signs middle signs leaf; returns the three certificate files."""
        for name, args in (("root", ["--ca", "--cn", "Root"]),
                           ("middle", ["--ca", "--cn", "Middle", "--issuer", self.pair("root")]),
                           ("leaf", ["--cn", "localhost", "--issuer", self.pair("middle")])):
            self.make(name, *args)
        return [self.path(n + ".pem") for n in ("root", "middle", "leaf")]

    def pair(self, name):
        return self.path(name + ".pem") + "," + self.path(name + ".key")


def read(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, content):
    with open(path, "wb") as f:
        f.write(content)
    return path
