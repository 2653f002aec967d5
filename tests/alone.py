"""Does each test pass without company? `make test-alone` runs every test file in a process of its own, on a database of its own.

ARGS="tests/core/test_audit.py" runs these files; ARGS="--changed main" runs each test that changed since then by itself.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
MIGRATED = "tests/house/test_tests.py::test_the_test_database_is_migrated_before_any_world_is_built"
NOTHING_RAN = 5  # pytest's own answer where every test of a file was left out
_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


def main(arguments: list[str]) -> int:
    """Run what was asked for; returns 0 when everything passed by itself."""
    parser = argparse.ArgumentParser(prog="make test-alone", description=__doc__)
    parser.add_argument("files", nargs="*", help="test files or tests; every test file by default")
    parser.add_argument("--changed", metavar="BASE", help="each test that changed since this commit, one by one")
    asked = parser.parse_args(arguments)
    wanted = changed_since(asked.changed) if asked.changed else asked.files or every_file()
    servers = min(len(os.environ["DATABASE_URLS"].split()), len(wanted))
    if not servers:
        print("no test changed")
        return 0
    with ThreadPoolExecutor(servers) as pool:
        shares = pool.map(run, range(servers), [wanted[number::servers] for number in range(servers)])
        failed = [name for share in shares for name in share]
    print(f"{len(wanted) - len(failed)} of {len(wanted)} pass alone" + "".join(f"\nNOT ALONE  {name}" for name in sorted(failed)))
    return 1 if failed else 0


def every_file() -> list[str]:
    """Every test file of the tree."""
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py"))


def changed_since(base: str) -> list[str]:
    """The tests that have a changed line since `base` (a commit), also those not committed yet, as pytest names them."""
    command = ["git", "diff", "--merge-base", "--unified=0", "--no-color", base, "--", "tests"]
    parts = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n+++ b/")[1:]
    found: list[str] = []
    for part in parts:
        file = part.partition("\n")[0]
        path = ROOT / file
        if path.name.startswith("test_") and path.suffix == ".py" and path.is_file():
            lines = {n for first, count in _HUNK.findall(part) for n in range(int(first), int(first) + max(int(count or 1), 1))}
            found += [f"{file}::{test}" for test in those_at(path.read_text(encoding="utf-8"), lines)]
    return found


def those_at(source: str, lines: set[int]) -> list[str]:
    """The test functions of a file that stand, with their decorators, on one of these lines (the first is 1)."""
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if lines & set(range(first, (node.end_lineno or first) + 1)):
                found.append(node.name)
    return found


def run(server: int, wanted: list[str]) -> list[str]:
    """Run each of `wanted` by itself on the server of this number; returns those that failed, whose output is printed."""
    env = dict(os.environ)
    for name in ("DATABASE_URL", "APPLICATION_DATABASE_URL", "ADMIN_DATABASE_URL", "REDIS_URL"):
        env[name] = env[f"{name}S"].split()[server]
    database = "test_" + env["DATABASE_URL"].rpartition("/")[2]
    first = _pytest(env, "--create-db", MIGRATED)
    if first.returncode:
        print(first.stdout)
        return wanted
    _sql(env, "DROP DATABASE IF EXISTS migrated", f"CREATE DATABASE migrated TEMPLATE {database}")
    failed = []
    for name in wanted:
        # What another file's worlds left in the tables would be company.
        _sql(env, f"DROP DATABASE {database} WITH (FORCE)", f"CREATE DATABASE {database} TEMPLATE migrated")
        done = _pytest(env, "--reuse-db", name)
        good = done.returncode in (0, NOTHING_RAN)
        print(f"{'alone' if good else 'NOT ALONE'}  {name}", flush=True)
        if not good:
            print(done.stdout[-3000:], flush=True)
            failed.append(name)
    return failed


def _pytest(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-o", "addopts=--strict-markers", "-q", "--tb=short", "-pno:cacheprovider", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def _sql(env: dict[str, str], *statements: str) -> None:
    with psycopg.connect(env["DATABASE_URL"], autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
