"""A database connection of one's own, outside the pool, and the locks that backup and removal agree by."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection

# Held by whoever makes a backup.
BACKUP = "hashtextextended('backup', 8)"
# Held while files are copied, and while files are removed: never both.
FILES = "hashtextextended('stored-files', 8)"


def parameters() -> dict[str, Any]:
    """host, port, user, password and dbname of the product's database, as psycopg and libpq's tools know them."""
    given = connection.get_connection_params()
    return {name: given[name] for name in ("host", "port", "user", "password", "dbname", "service", "sslmode", "sslrootcert") if given.get(name)}


def own_connection() -> psycopg.Connection[Any]:
    """A new connection with autocommit; its locks end with it, however it ends."""
    return psycopg.connect(**parameters(), autocommit=True)
