"""`manage.py check_files`: rows without their file, files that no row names, and files that are not what was registered."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.storing.connecting import own_connection
from foundation.storing.inventory import Listed, holders, listed, stored
from foundation.storing.models import DiscardedFile

GRACE = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Trouble:
    """What is wrong with one file: kind is "missing", "damaged" or "orphan"; `row` is empty for an orphan."""

    kind: str
    name: str
    row: str = ""

    def __str__(self) -> str:
        if self.kind == "missing":
            return _("记录 %(row)s 的文件 %(name)s 不在存储中") % {"row": self.row, "name": self.name}
        if self.kind == "damaged":
            return _("记录 %(row)s 的文件 %(name)s 与登记的校验值不符") % {"row": self.row, "name": self.name}
        return _("文件 %(name)s 没有对应的记录") % {"name": self.name}


def check(*, hashes: bool = True, grace: dt.timedelta = GRACE, seen: Any = lambda _n: None) -> Iterator[Trouble]:
    """Compare rows and files both ways, in one snapshot of the rows. Files stored and removed meanwhile are not complained of.

    `hashes=False` does not read the files; a file younger than `grace` may belong to an act that is still under way. `seen(n)` is told after each file how many there were.
    """
    before = set(stored(default_storage))
    with own_connection() as own, own.transaction():
        own.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        named = set()
        for number, one in enumerate(listed(own), start=1):
            named.add(one.name)
            trouble = _row(one, hashes)
            if trouble and not _gone_meanwhile(one):
                yield trouble
            seen(number)
    waiting = set(DiscardedFile.objects.values_list("name", flat=True))
    yield from (Trouble("orphan", name) for name in sorted(before - named - waiting) if _lies_about(name, timezone.now() - grace))


def _gone_meanwhile(one: Listed) -> bool:
    """The row was taken away, with its file, after the snapshot was taken."""
    model, column = next((model, column) for model, column, _registered in holders() if model._meta.db_table == one.table)
    file = next(field.name for field in model._meta.local_fields if field.column == column)
    return not model._base_manager.filter(pk=one.pk, **{file: one.name}).exists()


def _lies_about(name: str, before: dt.datetime) -> bool:
    """Whether the file has been there since before: a younger one may belong to an act that has not ended."""
    try:
        return default_storage.get_modified_time(name) < before
    except FileNotFoundError:
        return False


def _row(one: Listed, hashes: bool) -> Trouble | None:
    row = f"{one.table}:{one.pk}"
    if not default_storage.exists(one.name):
        return Trouble("missing", one.name, row)
    if hashes and one.sha256:
        with default_storage.open(one.name, "rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != one.sha256:  # type: ignore[arg-type]
                return Trouble("damaged", one.name, row)
    return None
