"""docs/clauses.md and docs/mutations.yaml as rows: what is claimed of each clause, and how its rule is taken out."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import yaml

from tests.mutants.places import ROOT, meaning_of, names_in_decorators, span, text_of

TABLE, MUTATIONS, LOCK = "docs/clauses.md", "docs/mutations.yaml", ROOT / "docs/mutants.lock"
CLASSES = ("enforced", "partly", "recorded only", "absent")
NONE = "—"
_ROW = re.compile(r"^\| ((?:XC|ZC|SC|YY|QD)-\S+) \| (.+) \|$", re.MULTILINE)
_PAIR = re.compile(r"`([^`]+)` `([^`]+)`")
# A symbol that a test file holds, and one of its rows: test_it[qidong-QD-2.4.1-f].
_TEST = re.compile(r"^(\w+)(\[.*\])?$")


@dataclass(frozen=True)
class Mutation:
    """How one rule is taken out: `was` becomes `now` inside `symbol` of `file`, and then `test` fails."""

    clause: str
    name: str
    file: str
    symbol: str
    was: str
    now: str
    test: str

    def mutated(self) -> str:
        """The whole file with the rule taken out. Raises NoPlace; ValueError where `was` does not stand there exactly once."""
        source, (start, end) = text_of(self.file), span(self.file, self.symbol)
        there = source[start:end].count(self.was)
        if there != 1 or self.was == self.now:
            raise ValueError(f"{self.clause} “{self.name}”: `was` stands {there} times in {self.file} {self.symbol}")
        return source[:start] + source[start:end].replace(self.was, self.now) + source[end:]


@dataclass(frozen=True)
class Row:
    """One clause as the table has it. `standing` is the class with what is missing; `tests` are (file, test) pairs."""

    clause: str
    says: str
    standing: str
    places: tuple[tuple[str, str], ...]
    tests: tuple[tuple[str, str], ...]
    mutations: tuple[str, ...]

    @property
    def kind(self) -> str:
        return self.standing.partition(":")[0]


def rows() -> list[Row]:
    """Every row of the table, in its order."""
    found = []
    for clause, rest in _ROW.findall(text_of(TABLE)):
        says, standing, places, tests, mutations = (cell.strip() for cell in rest.split(" | "))
        names = () if mutations == NONE else tuple(name.strip() for name in mutations.split(";"))
        found.append(Row(clause, says, standing, tuple(_PAIR.findall(places)), tuple(_PAIR.findall(tests)), names))
    return found


def mutations() -> list[Mutation]:
    """Every mutation of docs/mutations.yaml, in its order."""
    written = yaml.safe_load(text_of(MUTATIONS)) or {}
    return [
        Mutation(clause, name, m["file"], m["symbol"], m["was"], m["now"], m["test"])
        for clause, named in written.items()
        for name, m in named.items()
    ]


def function_of(test: str) -> str:
    """The function behind a test's name in the table, without the row of its parametrisation."""
    match = _TEST.match(test)
    if match is None:
        raise ValueError(f"not a test's name: {test}")
    return match[1]


def fingerprint(row: Row, its: list[Mutation]) -> str:
    """Over the meaning of all places and tests of a row and over its mutations: another one, and the row is run again.

    Layout, comments and docstrings do not count, nor in which file a symbol stands: a rule that was only moved is the same rule.
    """
    parts = [meaning_of(*place) for place in row.places]
    for file, test in row.tests:
        symbol = function_of(test)
        parts += [test, meaning_of(file, symbol), *(meaning_of(file, name) for name in names_in_decorators(file, symbol))]
    for m in its:
        parts += [m.name, m.symbol, m.was, m.now, m.test.partition("::")[2], meaning_of(m.file, m.symbol)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def locked() -> dict[str, str]:
    """The fingerprints under which each row's mutations were last seen to be noticed."""
    return dict(line.split() for line in LOCK.read_text(encoding="utf-8").splitlines()) if LOCK.exists() else {}


def lock(seen: dict[str, str]) -> None:
    """Write the fingerprints of `seen` over those known before; rows without mutations fall out."""
    living = {mutation.clause for mutation in mutations()}
    kept = {clause: print_ for clause, print_ in (locked() | seen).items() if clause in living}
    LOCK.write_text("".join(f"{clause} {kept[clause]}\n" for clause in sorted(kept)), encoding="utf-8")
