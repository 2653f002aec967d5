"""The test world: five jurisdictions built once from their shipped profiles; each test runs on top of it and is undone."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Jurisdiction
from deadlines.calendar import SHANGHAI
from demo.world import World, build_world

PASSWORD = "correct-horse-battery"
NOT_TRUNCATED = {
    "core_auditentry": "audit_entry_is_not_truncated",
    "core_auditseal": "audit_seal_is_not_truncated",
    "core_auditanchor": "audit_anchor_is_not_truncated",
}
_worlds: dict[str, World] = {}
# What tests leave out for its cost, for those that are about it.
REALLY: dict[str, Callable[..., Any]] = {}


def pytest_configure() -> None:
    from ops.messages import compile_messages

    compile_messages()


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_setup: Any, django_db_blocker: Any) -> None:
    _open_no_files()
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            # Tests run as the owner, who empties the tables with TRUNCATE after a transactional test; tests/core/test_guard.py
            # shows that the triggers refuse it, and that the application's own role may not even try.
            for table, trigger in NOT_TRUNCATED.items():
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        for key in _wanted(request.session.items):
            _worlds[key] = build_world(key, password=PASSWORD)


def _open_no_files() -> None:
    """A process of its own for each paper of each letter takes most of a suite's time: only tests/formats looks into files."""
    from foundation.formats import inspecting

    REALLY.setdefault("look_into", inspecting.look_into)
    inspecting.look_into = lambda _folder, _key: {}


def _wanted(items: list[pytest.Item]) -> list[str]:
    """The worlds that the collected tests ask for, by fixture or by parametrisation; others are not built."""
    asked = {name for item in items for name in getattr(item, "fixturenames", ())}
    asked |= {item.callspec.params.get("world") for item in items if hasattr(item, "callspec")}
    return [key for key in ("xuecheng", "zhoucun", "shuocheng", "yiyuan", "qidong") if key in asked]


def world_of(key: str) -> World:
    """The world as it stands in the database now; built again after a transactional test emptied it."""
    known = _worlds.get(key)
    if known is None or not Jurisdiction.objects.filter(pk=known.jurisdiction.pk).exists():
        _worlds[key] = build_world(key, password=PASSWORD)
    return _worlds[key]


@pytest.fixture
def xuecheng(db: Any) -> World:
    return world_of("xuecheng")


@pytest.fixture
def zhoucun(db: Any) -> World:
    return world_of("zhoucun")


@pytest.fixture
def shuocheng(db: Any) -> World:
    return world_of("shuocheng")


@pytest.fixture
def yiyuan(db: Any) -> World:
    return world_of("yiyuan")


@pytest.fixture
def qidong(db: Any) -> World:
    return world_of("qidong")


@pytest.fixture
def world(request: pytest.FixtureRequest, db: Any) -> World:
    """The world that the parametrisation names: parametrize("world", ["xuecheng", "qidong"], indirect=True).

    Asking for it here, and not by name inside a test, lets pytest see before the first test that a database is wanted.
    """
    return world_of(request.param)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], datetime]:
    """Make it a given Shanghai time: at("2026-03-09T09:00"). The clock stands still until the next call."""

    def set_now(text: str) -> datetime:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
        monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(SHANGHAI))
        return moment

    return set_now


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Iterator[Callable[..., Any]]:
    """Run what an act queues on commit: with commits(): ..."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def pdf(name: str = "") -> io.BytesIO:
    return io.BytesIO(PDF + name.encode())
