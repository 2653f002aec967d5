"""One mutation tried: in a copy of the tree, its named test alone, on a database that is kept between tries."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from xml.etree import ElementTree

from tests.mutants.places import ROOT
from tests.mutants.table import Mutation

LONGEST = 300  # seconds for one try
# Such a failure says that the mutation is nonsense, not that a rule was missed.
NONSENSE = (
    "SyntaxError", "IndentationError", "ImportError", "ModuleNotFoundError", "NameError", "UnboundLocalError",
    "AttributeError", "TypeError", "KeyError",
)  # fmt: skip
KILLED, SURVIVED, BROKEN, RED = "killed", "SURVIVED", "BROKEN", "RED WITHOUT IT"


@dataclass(frozen=True)
class Outcome:
    mutation: Mutation
    verdict: str
    why: str = ""
    seconds: float = 0.0


class Bench:
    """A copy of the tree with servers of its own. The working tree is only read: killed at any time, it is as it was."""

    def __init__(self, number: int) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="yisong-mutants-"))
        self.tree = self.home / "tree"
        self.env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        for name in ("DATABASE_URL", "REDIS_URL"):
            self.env[name] = os.environ[f"{name}S"].split()[number]
        self.fresh = True

    def __enter__(self) -> Bench:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
        ).stdout.decode()
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.tree / name)
        if (ROOT / ".venv").exists():
            (self.tree / ".venv").symlink_to((ROOT / ".venv").resolve())
        return self

    def __exit__(self, *_error: type[BaseException] | BaseException | TracebackType | None) -> None:
        shutil.rmtree(self.home, ignore_errors=True)

    def red(self, tests: list[str]) -> set[str]:
        """Which of `tests` fail as the code stands."""
        cases = self._run(tests, new_database=True)
        return {test for test in tests if not (mine := [c for c in cases if _is_of(c, test)]) or any(_words(c) for c in mine)}

    def take_out(self, mutation: Mutation) -> Outcome:
        """Take the rule out, run its test alone, put the rule back."""
        path, began = self.tree / mutation.file, time.monotonic()
        before = path.read_text(encoding="utf-8")
        # What stands in the database already (profiles, tables) must be built from the mutated text.
        kept = mutation.file.endswith(".py") and "/models" not in mutation.file
        path.write_text(mutation.mutated(), encoding="utf-8")
        try:
            verdict, why = _judge(self._run([mutation.test], new_database=not kept))
        except subprocess.TimeoutExpired:
            verdict, why, self.fresh = SURVIVED, f"no answer within {LONGEST} s", False
        finally:
            path.write_text(before, encoding="utf-8")
        self.fresh = self.fresh and kept
        return Outcome(mutation, verdict, why, time.monotonic() - began)

    def _run(self, tests: list[str], *, new_database: bool) -> list[ElementTree.Element]:
        report = self.home / "report.xml"
        report.unlink(missing_ok=True)
        keep = "--create-db" if new_database or not self.fresh else "--reuse-db"
        subprocess.run(
            [sys.executable, "-m", "pytest", "-o", "addopts=--strict-markers", keep, "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
             "--tb=line", f"--junitxml={report}", *tests],
            cwd=self.tree, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=LONGEST * (1 + len(tests) // 20),
            check=False,
        )  # fmt: skip
        self.fresh = True
        return list(ElementTree.parse(report).iter("testcase")) if report.exists() else []  # noqa: S314 (our own file)


def _is_of(case: ElementTree.Element, test: str) -> bool:
    file, _colons, name = test.partition("::")
    of_file = case.get("classname", "") == file.removesuffix(".py").replace("/", ".")
    return of_file and (case.get("name") == name or ("[" not in name and case.get("name", "").partition("[")[0] == name))


def _words(case: ElementTree.Element) -> list[str]:
    return [part.get("message") or part.text or "" for part in case if part.tag in ("failure", "error")]


def _judge(cases: list[ElementTree.Element]) -> tuple[str, str]:
    """Killed when the test itself failed over what it claims; errors on the way to it prove nothing."""
    if not cases:
        return BROKEN, "no test ran"
    failed = [part.get("message") or "" for case in cases for part in case if part.tag == "failure"]
    errors = [part.get("message") or "" for case in cases for part in case if part.tag == "error"]
    for said in (*errors, *failed):
        kind = said.partition(":")[0].rpartition(".")[2]
        if said in errors or kind in NONSENSE:
            return BROKEN, said.splitlines()[0] if said else "an error before the test"
    return (KILLED, failed[0].splitlines()[0]) if failed else (SURVIVED, "the test passes without the rule")
