"""A file that belongs to a transaction: where the transaction does not stand, the file is taken away again."""

from __future__ import annotations

from typing import Any

from django.core.files.base import File
from django.db import connection
from django.db.models.fields.files import FieldFile


def keep_file(field: FieldFile, name: str, content: File[Any]) -> None:
    """Store `content` under a free name like `name` in the row's `field` (the row itself is saved by the caller).

    Inside the caller's transaction. What a killed process leaves behind nobody refers to.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a file belongs inside the transaction of the row that names it")
    content.seek(0)
    field.save(name, content, save=False)
    storage, stored = field.storage, field.name
    connection.on_rollback(lambda: storage.delete(stored))
