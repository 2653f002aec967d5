"""All figures together, in a bounded time, whatever hangs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from foundation.health.bounded import Bounded
from foundation.health.figures import Figure
from foundation.health.measuring import database_figures
from foundation.health.surroundings import disk_figures, redis_figure

log = logging.getLogger("yisong.health")
# Seconds after which an answer is given without what has not come.
BOUND = 4.0
READY_BOUND = 2.5
# Seconds for which the same figures serve whoever else asks.
FRESH = 2.0


def _select_one() -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '2s'")
        cursor.execute("SELECT 1")
    return True


_ready = Bounded(_select_one, 0.5)
_database = Bounded(lambda: database_figures(), FRESH)
_disks = Bounded(lambda: list(disk_figures()), FRESH)
_redis = Bounded(lambda: [redis_figure()], FRESH)


def is_ready() -> bool:
    """Whether the database answers here and now."""
    try:
        return bool(_ready.answer(time.monotonic() + READY_BOUND))
    except Exception:
        return False


def figures() -> list[Figure]:
    """Every figure; a part that did not answer in time, or failed, is one figure that says so. Never raises."""
    until = time.monotonic() + BOUND
    parts: list[tuple[Bounded, Callable[[], Figure]]] = [
        (_database, lambda: Figure("database", 0, _("数据库没有及时应答：以下各项无从得知。"), limit=1, least=True)),
        (_disks, lambda: Figure("disk_free", None, _("磁盘没有及时应答。"), "bytes", "media", limit=0, least=True)),
        (_redis, lambda: Figure("redis", 0, _("Redis 没有及时应答。"), limit=1, least=True)),
    ]
    for part, _silent in parts:
        part.begin()
    found: list[Figure] = []
    for part, silent in parts:
        found += _answered(part, until) or [silent()]
    return found


def _answered(part: Bounded, until: float) -> Any:
    try:
        return part.answer(until)
    except Exception as error:
        # Its name only: the text of an error may hold somebody's data.
        log.warning("health could not be measured: %s", type(error).__name__)
        return None
