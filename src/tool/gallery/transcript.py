"""The transcript that stands in src/README.md beside its walk through the code."""

import os

from gallery import ROOT, explain

FLOW = "tls10-aes128-sha"
README = os.path.join(ROOT, "src", "README.md")
BEGIN = "<!-- transcript: written by ./dev docs -->\n```\n"
END = "```\n<!-- end of the transcript -->\n"


def parts():
    """src/README.md: before the transcript, the transcript, and behind it."""
    with open(README, encoding="utf-8") as f:
        text = f.read()
    before, rest = text.split(BEGIN)
    kept, behind = rest.split(END)
    return before, kept, behind


def made(parley):
    """What the command says today, in the columns of the README."""
    return explain(parley, FLOW, COLUMNS="100")


def write(parley):
    before, kept, behind = parts()
    now = made(parley)
    if now != kept:
        with open(README, "w", encoding="utf-8") as f:
            f.write(before + BEGIN + now + END + behind)
