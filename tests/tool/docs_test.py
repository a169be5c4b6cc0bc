"""What ./dev docs makes: the gallery, and the transcript in src/README.md."""

import os
import re
import sys
import unittest

from support import PARLEY, ToolTest, read

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                             "src", "tool", "gallery"))
import gallery  # noqa: E402
import transcript  # noqa: E402


class Gallery(ToolTest):
    def test_has_a_page_for_each_story_and_an_index_of_them(self):
        index, *pages = gallery.make_gallery(PARLEY, self.folder)
        links = re.findall(r'href="([^"]*)"', read(index).decode())
        self.assertEqual(links, [os.path.basename(page) for page in pages])
        self.assertEqual(len(pages), 8)
        for page in pages:
            html = read(page).decode()
            self.assertLess(len(html), 1_000_000, page)
            # Every flow brings its keys: nothing stays closed, and what is checked is right.
            self.assertNotIn("no key opens it", html, page)
            if "early" in page:
                self.assertIn("unexpected_message", html)
            else:
                self.assertIn("equal</em>", html, page)
            self.assertNotRegex(html, r"(src|href)=[\"']?https?:", page)


class Transcript(unittest.TestCase):
    def test_is_what_the_command_says(self):
        self.maxDiff = None
        _, kept, _ = transcript.parts()
        self.assertEqual(kept, transcript.made(PARLEY), "./dev docs writes it anew")

    def test_s_lines_are_all_walked_through(self):
        _, kept, behind = transcript.parts()
        messages = [int(n) for n in re.findall(r"^ *(\d+) (?:->|<-)", kept, re.M)]
        walked = set()
        for first, last in re.findall(r"\*\*Messages? (\d+)(?: (?:to|and) (\d+))?\.", behind):
            walked.update(range(int(first), int(last or first) + 1))
        self.assertEqual(walked, set(messages))

    def test_s_files_exist(self):
        _, _, behind = transcript.parts()
        walk = behind[:behind.index("\n## ")]
        names = set(re.findall(r"`([a-z0-9_]+/[a-z0-9_]+\.[ch]pp)`", walk))
        self.assertGreater(len(names), 10)
        for name in names:
            self.assertTrue(any(os.path.exists(os.path.join(gallery.ROOT, top, name))
                                for top in ("src", "")), name)


if __name__ == "__main__":
    unittest.main()
