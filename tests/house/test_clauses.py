"""docs/clauses.md stays true: every place and every test that it names exists, every clause is cited by a profile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROW = re.compile(r"^\| ([A-Z]{2}-\S+) \| (.+?) \| `(\S+)` `(\S+)` \| `(\S+)` `(\S+)` \|$", re.MULTILINE)
TEXT = (ROOT / "docs/clauses.md").read_text(encoding="utf-8")
ROWS = ROW.findall(TEXT)
PROFILES = "\n".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "deadlines/profiles").glob("*.yaml")))


def test_every_line_of_the_table_is_read():
    assert len(ROWS) == sum(line.startswith(("| XC", "| ZC", "| SC", "| YY", "| QD")) for line in TEXT.splitlines()) > 30


@pytest.mark.parametrize("row", ROWS, ids=[r[0] for r in ROWS])
def test_the_place_and_the_test_exist(row):
    _clause, _says, place, name, test_file, test_name = row
    assert name in (ROOT / place).read_text(encoding="utf-8")
    assert f"def {test_name}(" in (ROOT / test_file).read_text(encoding="utf-8")


def test_every_clause_that_a_referral_refuses_by_is_in_the_table():
    listed = {row[0] for row in ROWS}
    section = re.compile(r"^(lifecycle|referral):$(.*?)^(?=complaint:)", re.MULTILINE | re.DOTALL)
    wanted = {c for part in section.findall(PROFILES) for c in re.findall(r"\b[A-Z]{2}-[0-9a-z.]+(?:-[a-z]+)*", part[1])}
    assert wanted - listed == {"SC-3.1.3-a", "ZC-2.4.3-q"} - listed
