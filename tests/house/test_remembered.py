"""What is remembered to save time ends: each memory of a process is named here with what it follows from and how it ends."""

from __future__ import annotations

import ast
import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.kinds import Post
from accounts.models import PostHolding
from deadlines import book
from deadlines.models import CalendarYear
from oversight import sidebar
from tests import make

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = (
    "accounts",
    "administration",
    "config",
    "core",
    "deadlines",
    "documents",
    "foundation",
    "notifications",
    "oversight",
    "referrals",
    "systems",
)

REMEMBERS = re.compile(r"(functools\.)?(lru_)?cache\b")
# What follows from the code or from files that come with it stands as long as the process; all else must end.
CODE = "follows from the code or a file that comes with it, and from nothing else"
PURE = "follows from its arguments alone; a set number of answers, the oldest goes first"
KEPT = "a row that the database lets nobody change; a set number of them"
REMEMBERED = {
    "accounts/hashing.py:_bench": CODE,
    "config/api_pages.py:operations": CODE,
    "config/api_pages.py:schema": CODE,
    "core/addresses.py:networks_of": PURE,
    "core/anchors.py:_private": PURE,
    "core/api_shapes.py:_row_of": CODE,
    "core/audit_keys.py:_ring": PURE,
    "core/characters.py:covered": CODE,
    "core/nouns.py:_DECLARED": CODE,
    "deadlines/book.py:_asked": "ends after a second",
    "deadlines/book.py:_remembered": "ends when a year is put in force, after a minute at the latest",
    "deadlines/book.py:profile_of": KEPT,
    "deadlines/calendar.py:regulation_holidays": PURE,
    "deadlines/calendar.py:shipped_arrangements": CODE,
    "deadlines/calendar.py:shipped_calendar": CODE,
    "deadlines/due.py:resolve": PURE,
    "deadlines/labels.py:_labels": CODE,
    "deadlines/profile_files.py:shipped_profiles": CODE,
    "deadlines/profile_files.py:with_options": PURE,
    "documents/previewing.py:_pages": PURE,
    "documents/previewing.py:_pdf": PURE,
    "documents/rendering.py:_equipment": CODE,
    "documents/titles.py:_costs": CODE,
    "foundation/formats/sniffing.py:_magic": CODE,
    "foundation/health/measuring.py:_shipped": CODE,
    "foundation/health/surroundings.py:_client": CODE,
    "foundation/work/queueing.py:_broker": CODE,
    "referrals/templatetags/showing.py:_state_names": CODE,
    "referrals/words.py:_simple_forms": CODE,
}


def memories():
    """Every function that remembers its answers, and every name of a module that is filled or set anew later."""
    for room in PRODUCT:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            tree, name = ast.parse(path.read_text(encoding="utf-8")), path.relative_to(ROOT).as_posix()
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef) and any(REMEMBERS.match(ast.unparse(d)) for d in node.decorator_list):
                    yield f"{name}:{node.name}"
            yield from (f"{name}:{target}" for target in filled_later(tree))


def filled_later(tree):
    """Private names of the module that begin empty: {}, [] or set(), or None with a `global` that sets them."""
    anew = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    for node in tree.body:
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Name) and target.id.startswith("_") and node.value is not None:
            empty = ast.unparse(node.value) in ("{}", "[]", "set()", "dict()")
            if empty or (target.id in anew and ast.unparse(node.value) == "None"):
                yield target.id


def test_every_memory_of_a_process_is_known_with_its_end():
    assert sorted(memories()) == sorted(REMEMBERED)


@pytest.fixture
def later(monkeypatch):
    """Moves the clock that memories are measured by."""
    began, passed = time.monotonic(), [0.0]
    monkeypatch.setattr(book.time, "monotonic", lambda: began + passed[0])
    monkeypatch.setattr(sidebar.time, "time", lambda: 1_800_000_000 + passed[0])
    return lambda seconds: passed.__setitem__(0, passed[0] + seconds)


def put_in_force_elsewhere(year):
    """As another process does it while the cache cannot be reached: nobody is told."""
    CalendarYear.objects.create(year=year, holidays={f"{year}-10-01": "国庆节"}, makeup={}, source="国办发明电")


def test_a_year_of_which_nobody_was_told_is_counted_with_after_a_minute(xuecheng, later):
    book.calendar_changed()
    assert 2031 not in book.current_calendar().published
    put_in_force_elsewhere(2031)
    later(2)
    assert 2031 not in book.current_calendar().published
    later(60)
    assert 2031 in book.current_calendar().published
    book.calendar_changed()


def test_a_year_of_which_the_cache_tells_is_counted_with_after_a_second(xuecheng, later):
    book.calendar_changed()
    assert 2031 not in book.current_calendar().published
    put_in_force_elsewhere(2031)
    cache.set(book.GENERATION, "another process wrote this", None)
    later(1.1)
    assert 2031 in book.current_calendar().published
    book.calendar_changed()


def test_a_post_taken_up_meanwhile_is_offered_without_signing_in_again(xuecheng, client, later):
    user = make.sender(xuecheng).user
    client.force_login(user)
    switch = 'name="holding"'
    assert switch not in client.get("/referrals/").content.decode()
    second = PostHolding.objects.exclude(user=user).filter(post=Post.CLERK, machine=False, agency__jurisdiction=xuecheng.jurisdiction)[0].agency
    PostHolding.objects.create(user=user, agency=second, post=Post.CLERK, since=timezone.localdate() - timedelta(days=1))
    assert switch not in client.get("/referrals/").content.decode()
    later(sidebar.SEVERAL_FOR + 1)
    assert switch in client.get("/referrals/").content.decode()
