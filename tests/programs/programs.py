"""What the tests with programs share: certificates, daemons with folders of their own, ports."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tool"))
from support import PARLEY, Server, ToolTest, parley, read, write  # noqa: E402,F401

# Servers live in sbin, which is not in everybody's path.
os.environ["PATH"] += ":/usr/sbin:/sbin"
# Nothing outside the machine is asked for, whatever the user's settings are.
for name in [n for n in os.environ if n.lower().endswith("_proxy")]:
    del os.environ[name]

# The flag of the tool, and the name it prints; each program has its own words for them.
VERSIONS = (("tls1", "TLSv1"), ("tls1.1", "TLSv1.1"), ("tls1.2", "TLSv1.2"))

NOBODY = 65534  # Debian's user and group for those who own nothing

# OpenSSL 3 speaks TLS 1.0 and 1.1 only where it is told that MD5 with SHA-1 signatures are all
# right; Debian's own file may have asked for more.
OLD_OPENSSL = """openssl_conf = start
[start]
ssl_conf = ssl
[ssl]
system_default = all
[all]
MinProtocol = TLSv1
CipherString = ALL:@SECLEVEL=0
"""


def program(name, package=None):
    """Where it is. A missing program is a failure that says what to do."""
    found = shutil.which(name)
    if not found:
        raise AssertionError("%s is not there: install the package %s "
                             "(tests/programs/install-programs)" % (name, package or name))
    return found


def free_port():
    """Below the ports that the system gives to clients, so nobody is given it by accident."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as f:
        end = int(f.read().split()[0])
    for _ in range(200):
        port = random.randrange(10000, max(end, 12000))
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                s.bind(("127.0.0.1", port))
                return port
    raise AssertionError("no port is free")


def run(*args, stdin=b"", timeout=60, env=None, cwd=None):
    """Runs a program; .returncode, .stdout and .stderr (text). Its children end with it."""
    process = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=cwd,
                               stderr=subprocess.PIPE, env={**os.environ, **(env or {})},
                               start_new_session=True)
    try:
        out, err = process.communicate(stdin, timeout=timeout)
    except subprocess.TimeoutExpired:
        kill_group(process)
        out, err = process.communicate()
        raise AssertionError("%s did not end within %d s; it said:\n%s%s"
                             % (" ".join(args), timeout, text(out), text(err))) from None
    finally:
        kill_group(process)
    return subprocess.CompletedProcess(args, process.returncode, text(out), text(err))


def text(data):
    return data.decode("utf-8", "replace")


def kill_group(process, sign=signal.SIGKILL):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, sign)


class Daemon:
    """A server in the foreground, as a context manager: there once its port answers, and it has
    said `ready`."""

    def __init__(self, port, *args, log=(), env=None, cwd=None, ready=""):
        self.port, self.args, self.logs, self.env, self.cwd = port, args, log, env, cwd
        self.ready = ready

    def answers(self):
        if self.ready not in self.said():
            return False
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            return True
        return False

    def __enter__(self):
        self.output = tempfile.TemporaryFile()
        self.process = subprocess.Popen(self.args, stdin=subprocess.DEVNULL, stdout=self.output,
                                        stderr=self.output, cwd=self.cwd, start_new_session=True,
                                        env={**os.environ, **(self.env or {})})
        until = time.monotonic() + 20
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                why = "ended with %s" % self.process.poll() if self.process.poll() is not None \
                    else "does not answer on port %d" % self.port
                said = self.said()
                self.__exit__()
                raise AssertionError("%s %s; it said:\n%s" % (" ".join(self.args), why, said))
            time.sleep(0.05)
        return self

    def said(self):
        """All of its words, for messages of tests."""
        self.output.seek(0)
        return text(self.output.read()) + "".join(
            text(read(log)) for log in self.logs if os.path.exists(log))

    def __exit__(self, *unused):
        kill_group(self.process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        kill_group(self.process)
        self.process.wait()
        self.output.close()


@contextlib.contextmanager
def plain_server(handler):
    """handler(socket) for each TCP connection. Gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def one(client):
        with client, contextlib.suppress(OSError):
            client.settimeout(30)
            handler(client)

    def serve():
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=one, args=(client,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        # Ends accept() too, which close() alone would not.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


class ProgramTest(ToolTest):
    """Certificates made once for a class: ca.pem; server.pem and client.pem with their keys."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="parley-programs-")
        cls.addClassCleanup(folder.cleanup)
        # Daemons of other users read here.
        os.chmod(folder.name, 0o755)
        cls.pki = folder.name
        ca = cls.pki + "/ca.pem," + cls.pki + "/ca.key"
        for name, args in (("ca", ["--ca", "--cn", "Parley Test CA"]),
                           ("server", ["--cn", "localhost", "--san", "localhost,127.0.0.1",
                                       "--issuer", ca]),
                           ("client", ["--cn", "Client", "--issuer", ca]),
                           ("stranger", ["--ca", "--cn", "Somebody Else"])):
            done = parley("x509", "make", "--out", cls.pki + "/%s.pem" % name, "--keyout",
                          cls.pki + "/%s.key" % name, *args)
            assert done.returncode == 0, done.stderr
        cls.ca = cls.pki + "/ca.pem"
        cls.old_openssl = write(cls.pki + "/openssl.cnf", OLD_OPENSSL.encode())

    def setUp(self):
        super().setUp()
        os.chmod(self.folder, 0o755)

    def config(self, name, content):
        return write(self.path(name), content.encode())

    def unprivileged(self):
        """For servers that will not run as root: who runs them instead, as the beginning of a
        command. The folder is theirs, with a copy of our certificate and key."""
        for name in ("server.pem", "server.key"):
            shutil.copy(os.path.join(self.pki, name), self.folder)
            os.chmod(self.path(name), 0o600)
        if os.geteuid() != 0:
            return []
        for name in (".", "server.pem", "server.key"):
            os.chown(self.path(name), NOBODY, NOBODY)
        return ["setpriv", "--reuid=%d" % NOBODY, "--regid=%d" % NOBODY, "--clear-groups"]

    def serve(self, *args, name="server"):
        """`parley serve` with our certificate."""
        return Server("--cert", "%s/%s.pem" % (self.pki, name), "--key",
                      "%s/%s.key" % (self.pki, name), *args)

    def log_says(self, server, words):
        """Reads the log of `parley serve --log` up to a line with these words."""
        timer = threading.Timer(20, server.process.kill)
        timer.start()
        lines = []
        while not lines or words not in lines[-1]:
            lines.append(text(server.process.stderr.readline()))
            self.assertTrue(lines[-1], "no line has '%s':\n%s" % (words, "".join(lines)))
        timer.cancel()
        return lines[-1]

    def connect(self, port, *args, stdin=b"", **kw):
        """`parley connect` that believes our CA, and what came back. As a person at a terminal
        does, it keeps its end open until the server closes, or all of `until` has come."""
        until = kw.pop("until", None)
        if until is None and not stdin:
            done = self.run_ok("connect", "localhost:%d" % port, "--ca", self.ca, *args, **kw)
        else:
            done = self.talk(port, args, stdin, until)
            self.assertEqual(done.returncode, 0, (done.stdout[-200:], done.stderr))
        self.assertIn("chain verified", done.stderr)
        return done

    def talk(self, port, args, stdin, until, timeout=40):
        process = subprocess.Popen([PARLEY, "connect", "localhost:%d" % port, "--ca", self.ca, *args],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        timer = threading.Timer(timeout, process.kill)
        timer.start()

        def feed():
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(stdin)
                process.stdin.flush()

        writer = threading.Thread(target=feed)
        writer.start()
        out = b""
        while more := process.stdout.read1(65536):
            out += more
            if until is not None and until in out:
                break
        writer.join()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        out += process.stdout.read()
        err = process.stderr.read()
        process.stdout.close()
        process.stderr.close()
        code = process.wait()
        timer.cancel()
        return subprocess.CompletedProcess(args, code, out, text(err))


def main():
    unittest.main(warnings="ignore")
