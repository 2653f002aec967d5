"""Nobody's data stands in a log: neither in the database server's nor in the application's."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import psycopg
import pytest
import yaml
from django.db import DatabaseError, connection, transaction

from core.logs import JsonLines, Readable
from ops.embedded import SILENT_ABOUT_PEOPLE

ROOT = Path(__file__).resolve().parent.parent.parent
ADMIN = os.environ.get("ADMIN_DATABASE_URL", "")
NAME = "张某某三七二"
BROKEN = [
    ("SELECT %s::integer", "22P02"),
    ("INSERT INTO accounts_user (username) VALUES (%s)", "23502"),
    ("SELECT * FROM accounts_user WHERE username = %s AND nonsense", "42703"),
]


@pytest.mark.skipif(not ADMIN, reason="needs a server of its own")
@pytest.mark.parametrize(("statement", "code"), BROKEN, ids=[code for _s, code in BROKEN])
def test_a_refused_statement_leaves_none_of_its_data_in_the_servers_log(db, statement, code):
    with psycopg.connect(ADMIN) as admin:
        log = Path(admin.execute("SHOW data_directory").fetchone()[0]).parent / "postgres.log"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [NAME])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT '{NAME}'::integer")
    assert log.exists()
    assert NAME not in log.read_text(errors="replace")


def test_the_shipped_compose_file_says_the_same_to_its_server():
    command = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["db"]["command"]
    assert {c.removeprefix("-c") for c in command[1:]} == {f"{name}={value}" for name, value in SILENT_ABOUT_PEOPLE.items()}


@pytest.mark.parametrize(("statement", "code"), BROKEN, ids=[code for _s, code in BROKEN])
def test_the_applications_log_says_what_failed_and_no_values(db, statement, code):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [NAME])
    except DatabaseError as error:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed: %s", (error,), (type(error), error, error.__traceback__))
        text = JsonLines().format(record) + Readable().format(record)
    assert NAME not in text
    assert text.count("psycopg.errors") == 2
