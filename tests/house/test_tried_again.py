"""No piece of work that opens a transaction is without its second try, and no lock is stronger than it need be."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("accounts", "administration", "core", "deadlines", "documents", "foundation", "notifications", "oversight", "referrals", "systems")
# What opens a transaction and cannot be run again by itself, with the reason.
APART = {
    "core/acts.py:act": "a block of the service's; the service is run again",
    "core/acts.py:create": "a block of the service's; the service is run again",
    "core/acts.py:_performing": "a block of the service's; the service is run again",
    "core/problem_pages.py:_framed": "reads only; what cannot be framed is shown without its frame",
    "foundation/health/measuring.py:database_figures": "reads only; the next who asks asks again",
    "foundation/health/collecting.py:_select_one": "reads only; a database that does not answer at once is what it tells of",
    "core/verifying.py:_anchors": "reads only, and hands out findings as it goes",
}


def functions():
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    yield f"{path.relative_to(ROOT)}:{node.name}", node


def called(node):
    function = node.func
    return function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""


def opens_a_transaction(function):
    blocks = [item.context_expr for node in ast.walk(function) if isinstance(node, ast.With) for item in node.items]
    opened = any(isinstance(block, ast.Call) and called(block) in ("act", "atomic") for block in blocks)
    return opened or any("atomic" in ast.unparse(decorator) for decorator in function.decorator_list)


def is_tried_again(function):
    return any(ast.unparse(decorator) == "tried_again" for decorator in function.decorator_list)


def test_whatever_opens_a_transaction_is_tried_again():
    without = {name for name, node in functions() if opens_a_transaction(node) and not is_tried_again(node)}
    assert without == set(APART)


def test_the_second_try_is_the_innermost_so_that_it_repeats_the_work_and_nothing_around_it():
    for name, node in functions():
        if is_tried_again(node):
            assert ast.unparse(node.decorator_list[-1]) == "tried_again", name


def test_every_row_lock_lets_rows_that_point_to_it_be_written():
    """FOR UPDATE stops every insert with a foreign key to the row: the sweep would wait for a person's act, and both could block."""
    for name, node in functions():
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and called(call) == "select_for_update":
                assert any(word.arg == "no_key" for word in call.keywords), f"{name}: select_for_update without no_key=True"


def test_what_happens_after_a_commit_never_turns_its_answer_into_a_fault():
    for name, node in functions():
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and called(call) == "on_commit" and not name.startswith("core/database/"):
                assert any(word.arg == "robust" for word in call.keywords), f"{name}: on_commit without robust=True"


def test_files_of_rows_are_kept_in_one_place():
    """Only core/filing.py stores a file, so that each is taken away when its transaction falls."""
    for name, node in functions():
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and called(call) == "save" and any(w.arg == "save" for w in call.keywords):
                assert name.startswith("core/filing.py"), name
