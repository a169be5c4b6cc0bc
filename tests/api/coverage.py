#!/usr/bin/env python3
"""Which test exercises which row of the documented API.

A test says so in the line above it, `// API: C3, 5.3` (`# API:` in Python). This reads the rows
(rows.tsv) and the tests, asks ctest which of them there are, writes the table, and fails for a
row that no test exercises, a comment that names no row, and a test that ctest does not run.

    coverage.py SOURCE_DIR BUILD_DIR TABLE
"""
import json
import pathlib
import re
import subprocess
import sys

SAYS = re.compile(r"^\s*(?://|#)\s*API:\s*(.+?)\s*$")
CPP = re.compile(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)")
CPP_BEGINS = re.compile(r"^TEST(?:_F|_P)?\((\w+),\s*$")
PYTHON = re.compile(r"^\s*def (test_\w+)")


def rows_of(path):
    rows = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            ident, title, decision = (line.split("\t") + [""])[:3]
            rows[ident] = (title, decision)
    return rows


def claims_of(path):
    """(row, test, line number) of every claim in one file."""
    pending, claims = [], []
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines, 1):
        says = SAYS.match(line)
        if says:
            pending += [(row.strip(), number) for row in says[1].split(",")]
            continue
        test = CPP.match(line) or PYTHON.match(line)
        begins = CPP_BEGINS.match(line)
        if begins:
            name = f"{begins[1]}.{lines[number].strip().rstrip(') {')}"
        elif test:
            name = ".".join(test.groups())
        elif pending and line.strip() and not line.lstrip().startswith(("//", "#", "INSTANTIATE", "@", "class")):
            name = path.name  # the whole program
        else:
            continue
        claims += [(row, name, at) for row, at in pending]
        pending = []
    return claims


def main():
    source, build, table = (pathlib.Path(a) for a in sys.argv[1:4])
    rows = rows_of(source / "tests/api/rows.tsv")
    shown = subprocess.run(["ctest", "--show-only=json-v1"], cwd=build, check=True,
                           capture_output=True, text=True).stdout
    known = "\n".join(t["name"] for t in json.loads(shown)["tests"])
    by_row, wrong = {row: [] for row in rows}, []
    for path in sorted((source / "tests").rglob("*")):
        if path.suffix not in (".cpp", ".py") or path == pathlib.Path(__file__).resolve():
            continue
        for row, test, line in claims_of(path):
            where = f"{path.relative_to(source)}:{line}"
            if row not in rows:
                wrong.append(f"{where}: there is no row {row}")
            elif "." in test and path.suffix == ".cpp" and test != path.name and test not in known:
                wrong.append(f"{where}: ctest does not run {test}")
            else:
                by_row[row].append(test)
    wrong += [f"rows.tsv: no test exercises {row} ({rows[row][0]})"
              for row, tests in by_row.items() if not tests]
    with table.open("w") as out:
        out.write("| row | what | differs | tests |\n|---|---|---|---|\n")
        for row, (title, decision) in rows.items():
            tests = "<br>".join(sorted(set(by_row[row]))) or "**none**"
            out.write(f"| {row} | {title} | {decision} | {tests} |\n")
    done = sum(1 for tests in by_row.values() if tests)
    print(f"{done} of {len(rows)} rows of the API are exercised; table: {table}")
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
