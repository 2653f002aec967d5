"""Which files there should be (every FileField of every table) and which there are (everything in the storage)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.files.storage import Storage
from django.db import models
from psycopg import sql

AT_A_TIME = 2000


@dataclass(frozen=True)
class Listed:
    """One row's file: `table` and `pk` say whose, `name` is its name in the storage, `sha256` what was registered ("" if nothing)."""

    table: str
    pk: str
    name: str
    sha256: str


def holders() -> list[tuple[type[models.Model], str, bool]]:
    """Every model with a file: the model, its file's column, and whether the row registers a `sha256`."""
    found = []
    for model in apps.get_models():
        names = {field.name for field in model._meta.local_fields}
        for field in model._meta.local_fields:
            if isinstance(field, models.FileField):
                found.append((model, field.column, "sha256" in names))
    return found


def listed(connection: Any) -> Iterator[Listed]:
    """The file of every row, as this connection (psycopg's, inside a transaction) sees them; in constant memory."""
    for model, column, registered in holders():
        table, key = model._meta.db_table, model._meta.pk.column
        digest = sql.Identifier("sha256") if registered else sql.Literal("")
        query = sql.SQL("SELECT {key}::text, {file}, {digest} FROM {table} WHERE {file} <> ''").format(
            key=sql.Identifier(key), file=sql.Identifier(column), digest=digest, table=sql.Identifier(table)
        )
        with connection.cursor(name="listed_files") as cursor:
            cursor.itersize = AT_A_TIME
            cursor.execute(query)
            for pk, name, sha256 in cursor:
                yield Listed(table, pk, name, sha256)


def stored(storage: Storage, folder: str = "") -> Iterator[str]:
    """The name of everything in the storage, folder by folder."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        if name:
            yield f"{folder}/{name}" if folder else name
    for inner in folders:
        yield from stored(storage, f"{folder}/{inner}" if folder else inner)
