"""Pages of `parley explain` in Chromium, spoken to through a pipe: pointing, opening, dark mode."""

import base64
import json
import os
import re
import select
import subprocess
import sys

from programs import PARLEY, ProgramTest, main, parley, program, read, write
from support import ENVIRONMENT

from chromium_test import FLAGS, SHOTS

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                             "src", "tool", "gallery"))
import gallery  # noqa: E402

EVERY_FIELD_ONCE = """(() => {
  const bad = [];
  for (const map of document.querySelectorAll('.map'))
    for (const b of map.querySelectorAll('.hex [data-i]'))
      if (map.querySelectorAll('.fields [data-i="' + b.dataset.i + '"]').length != 1) bad.push(b.outerHTML);
  return bad;
})()"""


def flow(name):
    return os.path.join(gallery.ROOT, "vectors", "golden", name + ".flow")


class Browser:
    """Chromium's own protocol over descriptors 3 and 4; messages end with a NUL."""

    def __init__(self, folder):
        to_read, self.to = os.pipe()
        self.back, to_write = os.pipe()

        # 3 and 4 may be ends of these pipes themselves: copies out of the way first.
        def place():
            a, b = os.dup(to_read), os.dup(to_write)
            os.dup2(a, 63)
            os.dup2(b, 62)
            os.dup2(63, 3)
            os.dup2(62, 4)

        self.process = subprocess.Popen(
            [program("chromium"), *FLAGS, "--remote-debugging-pipe", "--hide-scrollbars",
             "--user-data-dir=" + os.path.join(folder, "profile"), "about:blank"],
            preexec_fn=place, close_fds=False, cwd=folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            env={**ENVIRONMENT, "HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_CACHE_HOME": folder,
                 "XDG_RUNTIME_DIR": folder, "DBUS_SESSION_BUS_ADDRESS": "disabled:"})
        os.close(to_read)
        os.close(to_write)
        self.unread, self.number, self.session, self.events = b"", 0, None, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")

    def message(self):
        while b"\0" not in self.unread:
            if not select.select([self.back], [], [], 60)[0]:
                raise AssertionError("Chromium is silent")
            part = os.read(self.back, 1 << 20)
            if not part:
                raise AssertionError("Chromium has ended")
            self.unread += part
        one, self.unread = self.unread.split(b"\0", 1)
        return json.loads(one)

    def call(self, method, **params):
        self.number += 1
        said = {"id": self.number, "method": method, "params": params}
        if self.session:
            said["sessionId"] = self.session
        os.write(self.to, json.dumps(said).encode() + b"\0")
        while True:
            heard = self.message()
            if heard.get("id") == self.number:
                assert "error" not in heard, heard
                return heard["result"]
            self.events.append(heard)

    def open(self, path, width=1200, scripts=True, dark=False):
        self.events = []
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=1, mobile=width < 500)
        self.call("Page.navigate", url="file://" + path)
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            self.events.append(self.message())

    def ask(self, expression):
        got = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in got, got
        return got["result"].get("value")

    def point(self, selector):
        x, y = self.ask("""(() => { const e = document.querySelector(%s);
          e.scrollIntoView({block: 'center', behavior: 'instant'});
          const r = e.getClientRects()[0]; return [r.x + 4, r.y + r.height / 2]; })()""" % json.dumps(selector))
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        return x, y

    def click(self, selector):
        x, y = self.point(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def shot(self, name, width=1200):
        """The upper part: all of an open page is a picture of many metres."""
        if SHOTS:
            os.makedirs(SHOTS, exist_ok=True)
            png = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip={
                "x": 0, "y": 0, "width": width, "height": 2000, "scale": 1})["data"]
            write(os.path.join(SHOTS, name + ".png"), base64.b64decode(png))

    def complaints(self):
        """Errors, and requests for anything but the file."""
        bad = []
        for e in self.events:
            method, p = e.get("method"), e.get("params", {})
            if method == "Runtime.exceptionThrown" or (
                    method == "Log.entryAdded" and p["entry"]["level"] in ("error", "warning")) or (
                    method == "Runtime.consoleAPICalled"):
                bad.append(p)
            if method == "Network.requestWillBeSent" and not re.match(
                    "file:|data:", p["request"]["url"]):
                bad.append(p["request"]["url"])
        return bad

    def close(self):
        self.session = None
        self.call("Browser.close")
        self.process.wait(30)
        os.close(self.to)
        os.close(self.back)


class Page(ProgramTest):
    def setUp(self):
        super().setUp()
        self.browser = Browser(self.folder)
        self.addCleanup(self.browser.close)

    def make_page(self, version, *how):
        page = self.path(version + ".html")
        with self.serve("--count", "1") as s:
            self.run_ok("explain", s.port, "--" + version, "--html", page, *how)
        self.assertLess(len(read(page)), 1_000_000)
        return page

    def test_reads_well_everywhere(self):
        b = self.browser
        for version in ("ssl3", "tls1.2"):
            page = self.make_page(version)
            with self.subTest(version=version):
                b.open(page)
                self.assertEqual(b.ask(EVERY_FIELD_ONCE), [])
                # A record opens; a byte lights its field, and a field its bytes.
                b.click("#r1 > summary")
                self.assertTrue(b.ask("document.querySelector('#r1').open"))
                for half, other in ((".hex", ".fields"), (".fields", ".hex")):
                    b.point("#m1 %s [data-i='3']" % half)
                    self.assertEqual(
                        b.ask("[...document.querySelectorAll('#m1 %s .lit')].map(e => e.dataset.i)"
                              % other), ["3"])
                    self.assertEqual(b.ask("document.querySelectorAll('.lit').length"), 2)
                # By keyboard: a field that has the focus, and the next one.
                b.ask("document.querySelector('#m1 .fields [data-i=\"3\"]').focus()")
                b.call("Input.dispatchKeyEvent", type="keyDown", key="ArrowDown", code="ArrowDown")
                self.assertEqual(b.ask("document.querySelector('#m1 .hex .lit').dataset.i"), "4")
                b.shot("explain-" + version + "-record")
                # Dark mode, by button.
                light = b.ask("getComputedStyle(document.body).backgroundColor")
                b.click("#theme")
                self.assertNotEqual(b.ask("getComputedStyle(document.body).backgroundColor"), light)
                # Everything open, on a phone.
                b.click("#open")
                b.shot("explain-" + version + "-dark")
                b.call("Emulation.setDeviceMetricsOverride", width=390, height=844,
                       deviceScaleFactor=1, mobile=True)
                self.assertEqual(b.ask("document.querySelectorAll('details:not([open])').length"), 0)
                self.assertLessEqual(b.ask("document.documentElement.scrollWidth"), 390)
                b.shot("explain-" + version + "-phone", 390)
                self.assertEqual(b.complaints(), [])

    def test_does_without_scripts_and_knows_the_system_s_colours(self):
        b = self.browser
        page = self.make_page("tls1.1", "--with-secrets")
        b.open(page, scripts=False, dark=True)
        self.assertEqual(b.ask("getComputedStyle(document.body).backgroundColor"),
                         "rgb(19, 20, 22)")
        self.assertTrue(b.ask("document.querySelector('#theme').hidden"))
        b.click("#r1 > summary")
        self.assertTrue(b.ask("document.querySelector('#r1').open"))
        self.assertEqual(b.ask("document.querySelectorAll('.ladder svg').length > 2"), True)
        self.assertEqual(b.complaints(), [])
        b.shot("explain-without-scripts")

    def fits_a_phone(self):
        self.browser.call("Emulation.setDeviceMetricsOverride", width=390, height=844,
                          deviceScaleFactor=1, mobile=True)
        self.assertLessEqual(self.browser.ask("document.documentElement.scrollWidth"), 390)

    def prints(self):
        """On paper: black on white, no buttons, nothing wider than the sheet."""
        b = self.browser
        b.call("Emulation.setDeviceMetricsOverride", width=700, height=1000, deviceScaleFactor=1,
               mobile=False)
        b.call("Emulation.setEmulatedMedia", media="print")
        self.assertEqual(b.ask("getComputedStyle(document.body).backgroundColor"),
                         "rgb(255, 255, 255)")
        self.assertEqual(b.ask("getComputedStyle(document.querySelector('nav')).display"), "none")
        self.assertLessEqual(b.ask("document.documentElement.scrollWidth"), 700)
        b.call("Emulation.setEmulatedMedia", media="")

    def test_two_flows_stand_beside_each_other(self):
        b = self.browser
        page = self.path("diff.html")
        done = parley("explain", "--diff", flow("ssl30-rc4-md5"), flow("tls12-rc4-md5"), "--html", page)
        self.assertEqual(done.returncode, 1, done.stderr)
        b.open(page)
        self.assertEqual(b.ask("""[...document.querySelectorAll('.diff tr')].filter(
            (r) => r.children[0].textContent == 'client_version').map(
            (r) => [r.children[1].textContent, r.children[2].textContent])"""),
                         [["SSL 3.0", "TLS 1.2"]])
        self.assertTrue(b.ask("document.querySelector('#open').hidden"))
        b.shot("explain-diff")
        self.fits_a_phone()
        self.prints()
        self.assertEqual(b.complaints(), [])

    def test_the_gallery_opens_and_prints(self):
        b = self.browser
        for page in gallery.make_gallery(PARLEY, self.path("gallery")):
            with self.subTest(page=os.path.basename(page)):
                b.open(page)
                if not page.endswith("index.html"):
                    self.assertEqual(b.ask(EVERY_FIELD_ONCE), [])
                    b.click("#open")
                    self.prints()
                self.fits_a_phone()
                self.assertEqual(b.complaints(), [])


if __name__ == "__main__":
    main()
