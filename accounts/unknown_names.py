"""Tries of names that nobody has: counted, and told to the trail now and then. Neither the names nor every try are kept."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts import told_at_times
from accounts.actors import system_actor
from core import audit
from core.retries import tried_again

UNKNOWN = "unknown names"


def _tell(tries: int) -> None:
    audit.record("sign_in", "unknown", "sign_in.refused", by=system_actor("登录"), tries=tries)


@tried_again
def note_unknown_name(now: dt.datetime) -> None:
    """Count one try; the trail is told at most once in ten minutes, with how many there were. `now` is aware."""
    with transaction.atomic():
        told_at_times.count(UNKNOWN, now, _tell)


@tried_again
def tell_rest(now: dt.datetime) -> None:
    """What was counted since the last entry, once its ten minutes are over."""
    with transaction.atomic():
        told_at_times.tell_rest(UNKNOWN, now, _tell)
