"""A full disk, wherever it shows: in the file system, in the database, in what a library made of it."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

from django.utils.translation import gettext as _

from core.errors import StorageFull

FULL = (errno.ENOSPC, errno.EDQUOT)
# PostgreSQL's disk_full.
DISK_FULL = "53100"


def is_full(error: BaseException | None) -> bool:
    """Whether this error, or one that it was raised from, says that there is no room left."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, StorageFull) or (isinstance(error, OSError) and error.errno in FULL):
            return True
        if getattr(error, "sqlstate", None) == DISK_FULL:
            return True
        error = error.__cause__ or error.__context__
    return False


def storage_full(certain: bool = True) -> StorageFull:
    """The refusal; `certain` where it is known that nothing of what was asked has been done."""
    if certain:
        return StorageFull(_("服务器的存储空间已满，没有办成。请联系系统管理员，腾出空间后再试。"))
    return StorageFull(_("服务器的存储空间已满；是否办成请先打开原来的页面核对。请联系系统管理员，腾出空间后再试。"))


@contextlib.contextmanager
def said_when_full() -> Iterator[None]:
    """What the block raises for want of room becomes StorageFull."""
    try:
        yield
    except Exception as error:
        if is_full(error) and not isinstance(error, StorageFull):
            raise storage_full() from error
        raise
