"""docs/glossary.md has every noun, state, verb, clock and local target that the code has, under its name and in its Chinese, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from core.nouns import nouns
from deadlines.labels import clock_label
from deadlines.profile_files import shipped_profiles
from deadlines.targets import TARGETS

HERE = Path(__file__).resolve().parent
GLOSSARY = (HERE.parent.parent / "docs/glossary.md").read_text(encoding="utf-8")
CLAUSES = (HERE / "clauses.txt").read_text(encoding="utf-8").split()
NOUNS = {noun.kind: noun for noun in nouns()}


def table(heading):
    """The rows of one section as cells, without the backticks around names."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", GLOSSARY, re.MULTILINE | re.DOTALL)[1]
    rows = [line.strip("| \n").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip("`") for cell in row] for row in rows[2:]]


def words(heading):
    rows = table(heading)
    found = {row[1]: row[0] for row in rows}
    assert len(found) == len(rows), "a name stands in the table once"
    return found


@pytest.fixture(autouse=True)
def _in_chinese():
    with translation.override("zh-hans"):
        yield


def test_every_noun_stands_in_the_glossary():
    assert words("Nouns") == {kind: str(noun.name) for kind, noun in NOUNS.items()}
    assert {row[1]: row[2] for row in table("Nouns")} == {kind: noun.model.__name__ for kind, noun in NOUNS.items()}


def test_every_state_stands_in_the_glossary():
    assert words("States") == {
        f"{kind}.{state}": str(label) for kind, noun in NOUNS.items() for state, label in noun.model._meta.get_field("state").choices
    }


def test_every_verb_stands_in_the_glossary():
    verbs = {kind: {**noun.model.BIRTHS, **noun.model.VERBS} for kind, noun in NOUNS.items()}
    assert words("Verbs") == {f"{kind}.{verb}": str(label) for kind, named in verbs.items() for verb, label in named.items()}


def test_every_clock_stands_in_the_glossary_with_each_clause_that_sets_it():
    clauses: dict[str, set[str]] = {}
    for profile in shipped_profiles().values():
        for clock in profile.clocks:
            clauses.setdefault(clock.key, set()).add(clock.clause)
    assert words("Clocks of the documents") == {key: clock_label(key) for key in clauses}
    assert {row[1]: set(row[2].split(", ")) for row in table("Clocks of the documents")} == clauses


def test_every_local_target_stands_in_the_glossary():
    assert [tuple(row) for row in table("Local targets")] == [(str(t.label), t.role, t.state) for t in TARGETS]


def test_every_clause_that_the_glossary_names_is_one_of_the_documents():
    named = re.findall(r"\b(?:XC|ZC|SC|YY|QD)-[0-9a-z.]+(?:-[a-z]+)?", GLOSSARY)
    assert set(named) - set(CLAUSES) == set()
    for heading in ("Nouns", "States", "Verbs"):
        for row in table(heading):
            assert row[-1] == "—" or row[-1] in CLAUSES, row
