"""Rules taken out: in a copy of the tree, the named tests alone, on a database that is kept between tries."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import psycopg

from tests.mutants.places import ROOT
from tests.mutants.table import Mutation

LONGEST = 300  # seconds for one try
# Such a failure says that the mutation is nonsense, not that a rule was missed.
NONSENSE = (
    "SyntaxError", "IndentationError", "ImportError", "ModuleNotFoundError", "NameError", "UnboundLocalError",
    "AttributeError", "TypeError", "KeyError",
)  # fmt: skip
# Plugins that take longer to load than most of these tests to run, and that none of them uses.
HEAVY = ("hypothesispytest", "schemathesis", "faker", "anyio", "xdist", "xdist.looponfail", "cacheprovider")
MIGRATED = "tests/house/test_tests.py::test_the_test_database_is_migrated_before_any_world_is_built"
KILLED, SURVIVED, BROKEN, RED = "killed", "SURVIVED", "BROKEN", "RED WITHOUT IT"


@dataclass(frozen=True)
class Outcome:
    mutation: Mutation
    verdict: str
    why: str = ""


class Bench:
    """A copy of the tree with servers of its own. The working tree is only read: killed at any time, it is as it was."""

    def __init__(self, number: int) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="yisong-mutants-"))
        self.tree, self.said, self.report = self.home / "tree", self.home / "said.txt", self.home / "report.xml"
        self.env = {**os.environ, "PYTHONPYCACHEPREFIX": str(self.home / "pyc")}
        for name in ("DATABASE_URL", "APPLICATION_DATABASE_URL", "ADMIN_DATABASE_URL", "REDIS_URL"):
            if f"{name}S" in os.environ:
                self.env[name] = os.environ[f"{name}S"].split()[number]
        self.database = "test_" + self.env["DATABASE_URL"].rpartition("/")[2]
        self.stale = False  # whether the database's worlds were built from a mutated profile
        self.changed_at = int(time.time())

    def __enter__(self) -> Bench:
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.tree / name)
        if (ROOT / ".venv").exists():
            (self.tree / ".venv").symlink_to((ROOT / ".venv").resolve())
        self._run([MIGRATED], "--create-db")
        self._sql("DROP DATABASE IF EXISTS migrated", f"CREATE DATABASE migrated TEMPLATE {self.database}")
        return self

    def _sql(self, *statements: str) -> None:
        with psycopg.connect(self.env["DATABASE_URL"], autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]

    def __exit__(self, *_error: object) -> None:
        shutil.rmtree(self.home, ignore_errors=True)

    def red(self, tests: list[str]) -> set[str]:
        """Which of `tests` fail as the code stands; prints why."""
        cases = self._run(tests)
        found = {test for test in tests if not (mine := [c for c in cases if _is_of(c, test)]) or any(_failures(c) for c in mine)}
        if found:
            print(self.said.read_text(encoding="utf-8")[-3000:])
        return found

    def take_out(self, same: list[Mutation]) -> list[Outcome]:
        """Take one rule out (`same`: of one or several clauses, the same piece of source), run its tests, put the rule back."""
        first = same[0]
        path = self.tree / first.file
        before = path.read_text(encoding="utf-8")
        # A world in the database already was built from the profile as it stands.
        made_of_it = not first.file.endswith(".py")
        self.stale = self.stale or made_of_it
        self._write(path, first.mutated())
        try:
            cases = self._run(sorted({m.test for m in same}))
            return [Outcome(m, *_judge([c for c in cases if _is_of(c, m.test)])) for m in same]
        except subprocess.TimeoutExpired:
            return [Outcome(m, SURVIVED, f"no answer within {LONGEST} s") for m in same]
        finally:
            self._write(path, before)
            self.stale = self.stale or made_of_it

    def _write(self, path: Path, text: str) -> None:
        """With a time of its own, to the second, so that no compiled file of the text before is taken for it."""
        path.write_text(text, encoding="utf-8")
        self.changed_at += 2
        os.utime(path, (self.changed_at, self.changed_at))

    def _run(self, tests: list[str], *more: str) -> list[ElementTree.Element]:
        if self.stale:
            self._sql(f"DROP DATABASE {self.database} WITH (FORCE)", f"CREATE DATABASE {self.database} TEMPLATE migrated")
            self.stale = False
        self.report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-o", "addopts=--strict-markers", "-q", "--tb=short", "--reuse-db", *more]
        command += [*(f"-pno:{name}" for name in HEAVY), f"--junitxml={self.report}", *tests]
        longest = LONGEST * (1 + len(tests) // 20)
        with self.said.open("wb") as out:
            subprocess.run(command, cwd=self.tree, env=self.env, stdout=out, stderr=subprocess.STDOUT, timeout=longest, check=False)
        return list(ElementTree.parse(self.report).iter("testcase")) if self.report.exists() else []  # noqa: S314 (our own file)


def _is_of(case: ElementTree.Element, test: str) -> bool:
    file, _colons, wanted = test.partition("::")
    name = case.get("name", "")
    of_file = case.get("classname", "") == file.removesuffix(".py").replace("/", ".")
    return of_file and (name == wanted or ("[" not in wanted and name.partition("[")[0] == wanted))


def _failures(case: ElementTree.Element) -> list[tuple[str, str]]:
    return [(part.tag, (part.get("message") or part.text or "").strip()) for part in case if part.tag in ("failure", "error")]


def _judge(cases: list[ElementTree.Element]) -> tuple[str, str]:
    """Killed when the test itself failed over what it claims; errors on the way to it prove nothing."""
    if not cases:
        return BROKEN, "no test ran"
    found = [failure for case in cases for failure in _failures(case)]
    for tag, said in found:
        first = said.partition("\n")[0]
        if tag == "error" or first.partition(":")[0].rpartition(".")[2] in NONSENSE:
            return BROKEN, first
    return (KILLED, found[0][1].partition("\n")[0]) if found else (SURVIVED, "the test passes without the rule")
