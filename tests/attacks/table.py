#!/usr/bin/env python3
"""Which tests stand against which attack (rows.tsv) and at which limit (limits.tsv): both against
what ctest knows. The table in tests/README.md is made of the first.

    table.py SOURCE_DIR BUILD_DIR [CTEST]      checks
    table.py SOURCE_DIR --write                writes the table
"""
import fnmatch
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "api"))
sys.dont_write_bytecode = True
from coverage import Known, rows_of  # noqa: E402: the other table of rows and tests

BEGIN, END = "<!-- attacks: tests/attacks/table.py writes this -->\n", "<!-- /attacks -->\n"


def table_of(rows):
    lines = ["| # | against | tests |\n", "|---|---|---|\n"]
    for row, (title, tests) in rows.items():
        names = " ".join(f"`{t}`" for t in tests.split())
        lines.append(f"| {row} | {title} | {names} |\n")
    return "".join(lines)


def parts_of(text):
    """What stands before, inside and after the markers."""
    before, _, rest = text.partition(BEGIN)
    inside, found, after = rest.partition(END)
    if not found:
        sys.exit("tests/README.md has no table of attacks: its markers are missing")
    return before, inside, after


def missing(source, known, table, rows):
    """Complaints about a table whose last column names tests."""
    for row, (_, tests) in rows.items():
        if not tests:
            yield f"{table}: no test of {row}"
        for test in tests.split():
            name, _, function = test.partition(":")
            if function:
                files = list((source / "tests").glob(f"*/{name}"))
                if not any(f"def {function}(" in f.read_text() and known.runs(f, function)
                           for f in files):
                    yield f"{table}: {row}: ctest does not run {test}"
            elif not fnmatch.filter(known.names, name):
                yield f"{table}: {row}: ctest does not know {test}"


def unlisted(source, limits):
    """Limits without a row, and rows without a limit."""
    texts = {}
    for name, (header, _) in limits.items():
        text = texts.setdefault(header, (source / header).read_text())
        if not re.search(rf"\b{name}\b", text):
            yield f"limits.tsv: {header} has no {name}"
    house = (source / "src/base/limits.hpp").read_text()
    for name in re.findall(r"^inline constexpr [\w: ]+ (k\w+) =", house, re.M):
        if name not in limits:
            yield f"src/base/limits.hpp: nobody tests {name}; limits.tsv has no row for it"


def main():
    source = pathlib.Path(sys.argv[1]).resolve()
    rows = rows_of(source / "tests/attacks/rows.tsv")
    readme = source / "tests/README.md"
    before, inside, after = parts_of(readme.read_text())
    if sys.argv[2] == "--write":
        readme.write_text(before + BEGIN + table_of(rows) + END + after)
        return 0
    known = Known(sys.argv[3] if len(sys.argv) > 3 else "ctest", pathlib.Path(sys.argv[2]))
    wrong = [f"rows.tsv: no row {n}" for n in range(1, len(rows) + 1) if str(n) not in rows]
    wrong += missing(source, known, "rows.tsv", rows)
    limits = rows_of(source / "tests/attacks/limits.tsv")
    wrong += unlisted(source, limits)
    wrong += missing(source, known, "limits.tsv", limits)
    if inside != table_of(rows):
        wrong.append("tests/README.md: the table is not that of rows.tsv; table.py --write")
    print(f"{len(rows)} attacks, {len(limits)} limits, {len(wrong)} complaints")
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
