"""A database connection of one's own, outside the pool, and the locks that backup and removal agree by."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

# Held by whoever makes a backup.
BACKUP = "hashtextextended('backup', 8)"
# Held while files are copied, and while files are removed: never both.
FILES = "hashtextextended('stored-files', 8)"
# Held by whoever makes or changes tables: migrate and restore.
TABLES = "hashtextextended('tables', 8)"
# Seconds between two tries.
TRIED_EVERY = 0.5


def parameters() -> dict[str, Any]:
    """host, port, user, password and dbname of the product's database, as psycopg and libpq's tools know them."""
    given = connection.get_connection_params()
    return {name: given[name] for name in ("host", "port", "user", "password", "dbname", "service", "sslmode", "sslrootcert") if given.get(name)}


def own_connection() -> psycopg.Connection[Any]:
    """A new connection with autocommit; its locks end with it, however it ends."""
    return psycopg.connect(**parameters(), autocommit=True)


@contextmanager
def changing_tables(*, waiting: Callable[[], Any]) -> Iterator[None]:
    """Alone among those who change tables; `waiting` is called once where somebody else is first. The lock ends with its connection.

    Asks again and again instead of waiting inside the database: an index that is built concurrently waits for every statement
    that runs, and so for one that waits for the builder.
    """
    with own_connection() as own:
        told = False
        while not _taken(own):
            if not told:
                waiting()
                told = True
            time.sleep(TRIED_EVERY)
        yield


def _taken(own: psycopg.Connection[Any]) -> bool:
    row = own.execute(f"SELECT pg_try_advisory_lock({TABLES})").fetchone()
    return bool(row and row[0])
