"""docs/clauses.md stays true: 222 rows, every place, test and mutation of them is there, and the counts are what is quoted."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.mutants.places import NoPlace, meaning_of, source_of, span, text_of
from tests.mutants.running import HEAVY
from tests.mutants.table import CLASSES, NONE, TABLE, fingerprint, function_of, locked, mutations, rows

HERE = Path(__file__).resolve().parent
IDS = (HERE / "clauses.txt").read_text(encoding="utf-8").split()
ROWS, MUTATIONS = rows(), mutations()
CLAIMED = [row for row in ROWS if row.kind in ("enforced", "partly")]


def test_the_table_has_the_222_clauses_of_the_five_documents_in_their_order():
    assert len(IDS) == len(set(IDS)) == 222
    assert [row.clause for row in ROWS] == IDS
    assert sum(line.startswith(("| XC", "| ZC", "| SC", "| YY", "| QD")) for line in text_of(TABLE).splitlines()) == 222


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_what_a_row_names_is_there(row):
    assert row.kind in CLASSES
    assert (row.kind == "partly") == (": " in row.standing), "partly says what is missing, the other classes stand alone"
    assert row.says
    assert row.says != NONE
    for place in row.places:
        assert span(*place)
    for file, test in row.tests:
        symbol = function_of(test)
        assert source_of(file, symbol).lstrip().startswith(("@", "def test_"))
        assert symbol.startswith("test_")


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_row_is_proved_as_far_as_it_claims(row):
    its = [m for m in MUTATIONS if m.clause == row.clause]
    assert tuple(m.name for m in its) == row.mutations
    tests = {f"{file}::{test}" for file, test in row.tests}
    assert {m.test for m in its} == tests, "each test of a row shows one of its mutations, and each mutation its test"
    if row.kind in ("enforced", "partly"):
        assert row.places
        assert its, "without a mutation nothing shows that the test would notice"
    if row.kind == "absent":
        assert (row.places, row.tests, its) == ((), (), [])


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[f"{m.clause} {m.name}" for m in MUTATIONS])
def test_a_mutation_applies_to_the_source_as_it_stands(mutation):
    assert mutation.clause in IDS
    changed = mutation.mutated()
    if mutation.file.endswith(".py"):
        compile(changed, mutation.file, "exec")


def test_every_test_that_is_named_is_collected():
    """A row of a parametrisation, too; its name is in plain ASCII, since pytest writes others as escapes."""
    wanted = sorted({m.test for m in MUTATIONS})
    slow = [f"-pno:{name}" for name in HEAVY]
    asked = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-o", "addopts=--strict-markers", *slow, *wanted]
    done = subprocess.run(asked, cwd=HERE.parent.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def test_the_counts_that_are_quoted_are_those_of_the_table():
    counts = Counter(row.kind for row in ROWS)
    numbers = [counts[kind] for kind in CLASSES]
    english = "enforced {}, partly {}, recorded only {}, absent {}".format(*numbers)
    chinese = "已落实 {} 条，部分落实 {} 条，仅有记载 {} 条，尚无 {} 条".format(*numbers)
    for file, words in ((TABLE, english), ("README.md", english), ("README.zh-CN.md", chinese)):
        assert words in re.sub(r"\s*\n\s*", " ", text_of(file)), f"{file} should say: {words}"


def test_every_clause_that_the_product_refuses_by_is_claimed():
    profiles = "\n".join(p.read_text(encoding="utf-8") for p in sorted((HERE.parent.parent / "deadlines/profiles").glob("*.yaml")))
    section = re.compile(r"^(lifecycle|referral):$(.*?)^(?=complaint:)", re.MULTILINE | re.DOTALL)
    wanted = {c for part in section.findall(profiles) for c in re.findall(r"\b[A-Z]{2}-[0-9a-z.]+(?:-[a-z]+)*", part[1])}
    assert wanted - {row.clause for row in CLAIMED} == set()


def test_the_lock_names_only_rows_that_have_mutations():
    assert set(locked()) <= {m.clause for m in MUTATIONS}


def test_a_fingerprint_follows_place_test_and_mutation():
    row = next(r for r in ROWS if r.clause == "QD-2.4.1-e")
    its = [m for m in MUTATIONS if m.clause == row.clause]
    assert fingerprint(row, its) == fingerprint(row, its) != fingerprint(row, its[:1])


def test_a_fingerprint_does_not_follow_layout(tmp_path, monkeypatch):
    """Others move and re-format what a row names; only another meaning is worth another run."""
    monkeypatch.setattr("tests.mutants.places.ROOT", tmp_path)
    said = set()
    for number, text in enumerate(
        ('def rule(a):\n    """Why."""\n    return a > 1\n', "# moved\n\n\ndef rule(\n    a,\n):\n    return a > 1  # still\n")
    ):
        (tmp_path / f"{number}.py").write_text(text)
        said.add(meaning_of(f"{number}.py", "rule"))
    assert len(said) == 1
    (tmp_path / "other.py").write_text("def rule(a):\n    return a >= 1\n")
    assert meaning_of("other.py", "rule") not in said
    for number, text in enumerate(("clocks:\n  - {key: reply, limit: 3}\n", "clocks:  # all\n  - key: reply\n    limit: 3\n")):
        (tmp_path / f"{number}.yaml").write_text(text)
    assert meaning_of("0.yaml", "clocks.reply") == meaning_of("1.yaml", "clocks.reply") == "{'key': 'reply', 'limit': 3}"


def test_a_place_that_is_gone_is_named():
    with pytest.raises(NoPlace, match="may_sign_twice"):
        span("referrals/policies/signing.py", "may_sign_twice")
    with pytest.raises(NoPlace, match=r"clocks\.nothing"):
        span("deadlines/profiles/qidong.yaml", "clocks.nothing")
