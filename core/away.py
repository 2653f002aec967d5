"""Is the database away? Then nothing is wrong with what was asked, and asking again is right; every other fault is one of ours."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest
from psycopg import OperationalError

# PostgreSQL's own codes: connections refused or broken (class 08); it stops, crashed, starts (57P01 to 57P03); too many connections.
AWAY = ("08", "57P01", "57P02", "57P03", "53300")
# Seconds after which it is worth asking again.
RETRY_AFTER = 2


def is_away(error: BaseException | None) -> bool:
    """Whether `error`, or what caused it, is a connection that was lost or did not come about.

    A deadlock, a statement that took too long, a full disk or a missing table are none: waiting does not mend them.
    """
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, OperationalError):
            # The driver has no code for a connection that it did not get, or that broke under it.
            return error.sqlstate is None or error.sqlstate.startswith(AWAY)
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def nothing_changed(request: HttpRequest) -> bool:
    """Whether it is certain that this request changed nothing: no commit of its own was sent, or each was refused.

    A connection that is lost while its commit is under way leaves that open for ever: then it is not certain.
    """
    before = getattr(request, "may_stand_before", None)
    return before is not None and connection.may_stand == before
