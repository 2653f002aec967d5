"""Two machines that are started together both migrate; a restore waits for both, and finds a place that is not empty."""

from __future__ import annotations

import subprocess
import sys

import psycopg
import pytest

from foundation.storing.connecting import TABLES
from tests.storing.restored import ROOT, empty_place

pytestmark = pytest.mark.django_db(transaction=True)


def started(place, *command):
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", *command], cwd=ROOT, env=place.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_migrate_twice_at_once_is_done_once_and_well(tmp_path):
    with empty_place(tmp_path) as place:
        with psycopg.connect(place.env["DATABASE_URL"], autocommit=True) as held:
            held.execute(f"SELECT pg_advisory_lock({TABLES})")
            both = [started(place, "migrate", "--no-input") for _n in range(2)]
            # Both have come as far as the lock before either may begin.
            for one in both:
                assert "等它结束" in one.stdout.readline()
            assert held.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchone()[0] == 0
        said = [one.communicate()[0] for one in both]
        assert [one.returncode for one in both] == [0, 0], said
        assert sorted("No migrations to apply" in words for words in said) == [False, True]
        assert place.manage("migrate", "--check")[0] == 0


def test_a_restore_waits_for_a_migrate_and_is_then_refused(tmp_path):
    (tmp_path / "backups").mkdir()
    with empty_place(tmp_path) as place, psycopg.connect(place.env["DATABASE_URL"], autocommit=True) as held:
        held.execute(f"SELECT pg_advisory_lock({TABLES})")
        waiting = started(place, "restore", str(tmp_path / "backups"), "--backup", "20260101T000000.000000Z")
        assert "等它结束" in waiting.stdout.readline()
        held.execute("CREATE TABLE somebodys (n int)")
        held.execute(f"SELECT pg_advisory_unlock({TABLES})")
        assert "数据库不是空的" in waiting.communicate()[0]
        assert waiting.returncode == 1
