#!/usr/bin/env python3
"""Which test exercises which row of the documented API.

A test says so in the line above it: `// API: C3, 5.3` (in Python and CMake `# API:`), where a
decision, `D18`, stands for the rows that carry it. This reads the rows (rows.tsv) and the tests,
asks ctest which of them there are, writes the table, and fails for a row that no test exercises, a
comment that names no row, a test that ctest does not run, and a decision that nothing explains.
Rows that are waiting stand apart, and a test of one of them fails this: it waits no longer.

    coverage.py SOURCE_DIR BUILD_DIR TABLE [CTEST]
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
CMAKE = re.compile(r"^\s*add_test\(NAME (\S+)")
# What may stand between the comment and the test.
BETWEEN = ("//", "#", "@", "class")


def rows_of(path):
    """{id: (title, decision)}"""
    rows = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            ident, title, decision = (line.split("\t") + [""])[:3]
            if ident in rows:
                sys.exit(f"{path}: {ident} stands there twice")
            rows[ident] = (title, decision)
    return rows


def claims_of(path):
    """(row or decision, test, line number) of every claim in one file."""
    pending, claims = [], []
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines, 1):
        says = SAYS.match(line)
        if says:
            pending += [(row.strip(), number) for row in says[1].split(",")]
            continue
        begins = CPP_BEGINS.match(line)
        test = CPP.match(line) or PYTHON.match(line) or CMAKE.match(line)
        if begins:  # the name stands on the next line
            name = f"{begins[1]}.{lines[number].strip().rstrip(') {')}"
        elif test:
            name = ".".join(test.groups())
        elif pending and line.strip() and not line.lstrip().startswith(BETWEEN):
            name = path.name  # the whole program
        else:
            continue
        claims += [(row, name, at) for row, at in pending]
        pending = []
    return claims


class Known:
    """The tests of ctest, by the names that they have in their files."""

    def __init__(self, ctest, build):
        shown = subprocess.run([ctest, "--show-only=json-v1"], cwd=build, check=True,
                               capture_output=True, text=True).stdout
        self.names, self.unbuilt, self.commands = set(), [], []
        for test in json.loads(shown)["tests"]:
            name = test["name"]
            if name.endswith("_NOT_BUILT"):
                self.unbuilt.append(name[:-len("_NOT_BUILT")])
            self.names.add(name)
            # Instance/Suite.name/parameter
            parts = re.match(r"(?:[^/.]+/)?(\w+\.\w+)(?:/.*)?$", name)
            if parts:
                self.names.add(parts[1])
            self.commands.append(test.get("command", []))

    def runs(self, path, test):
        if path.suffix == ".py":  # one program with all of its functions
            return any(str(path) in command for command in self.commands)
        if test == path.name:
            return any(pathlib.Path(word).name == path.stem
                       for command in self.commands for word in command)
        return test in self.names


def main():
    source, build, table = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
    rows = rows_of(source / "tests/api/rows.tsv")
    waiting = {row: rows.pop(row)[0] for row in list(rows) if rows[row][1] == "waiting"}
    decided = {}
    for row, (_, decisions) in rows.items():
        for decision in filter(None, decisions.split(", ")):
            decided.setdefault(decision, []).append(row)
    known = Known(sys.argv[4] if len(sys.argv) > 4 else "ctest", build)

    by_row, wrong = {row: [] for row in rows}, []
    files = [f for f in sorted((source / "tests").rglob("*"))
             if (f.suffix in (".cpp", ".py") or f.name == "CMakeLists.txt")
             and f.parent != source / "tests/api"]
    for path in files:
        claims = claims_of(path)
        if claims and path.stem in known.unbuilt:
            wrong.append(f"{path.relative_to(source)}: build it first, or ctest does not know it")
            continue
        for claim, test, line in claims:
            where = f"{path.relative_to(source)}:{line}"
            if claim in waiting:
                wrong.append(f"{where}: {claim} waits no longer; say so in rows.tsv")
            elif claim not in rows and claim not in decided:
                wrong.append(f"{where}: there is no row {claim}")
            elif not known.runs(path, test):
                wrong.append(f"{where}: ctest does not run {test}")
            else:
                for row in decided.get(claim, [claim]):
                    by_row[row].append(test)
    wrong += [f"rows.tsv: no test exercises {row} ({rows[row][0]})"
              for row, tests in by_row.items() if not tests]
    explained = set(re.findall(r"^\| (D\d+) \|", (source / "src/api/README.md").read_text(), re.M))
    wrong += [f"src/api/README.md: no row for {d}" for d in sorted(set(decided) - explained)]
    wrong += [f"rows.tsv: no row carries {d}" for d in sorted(explained - set(decided))]

    with table.open("w") as out:
        out.write("The documented API, row by row, and the tests of each. D and a number: parley "
                  "differs from the documents\non purpose; src/api/README.md says how and why.\n\n"
                  "| row | what | differs | tests |\n|---|---|---|---|\n")
        for row, (title, decision) in rows.items():
            tests = "<br>".join(sorted(set(by_row[row]))) or "**none**"
            out.write(f"| {row} | {title} | {decision} | {tests} |\n")
        if waiting:
            out.write(f"\n{len(waiting)} rows wait for their time:\n\n| row | what |\n|---|---|\n")
            out.writelines(f"| {row} | {title} |\n" for row, title in waiting.items())
    done = sum(1 for tests in by_row.values() if tests)
    print(f"{done} of {len(rows)} rows of the API are exercised, {len(waiting)} wait for "
          f"their time; table: {table}")
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
