"""Tries of names that nobody has: counted, and told to the trail now and then. Neither the names nor every try are kept."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.actors import system_actor
from accounts.known import digest_of
from accounts.models import SignInTries
from core import audit
from core.retries import tried_again

# One entry in this time, whatever is tried; the first is told at once.
APART = dt.timedelta(minutes=10)


def _counter() -> str:
    return digest_of("unknown names")


@tried_again
def note_unknown_name(now: dt.datetime) -> None:
    """Count one try; the trail is told at most once in ten minutes, with how many there were. `now` is aware."""
    with transaction.atomic():
        fresh = SignInTries(digest=_counter(), tries=0, last_at=now - APART)
        SignInTries.objects.bulk_create([fresh], ignore_conflicts=True)
        row = SignInTries.objects.select_for_update(no_key=True).get(digest=_counter())
        row.tries += 1
        _tell(row, now)


@tried_again
def tell_rest(now: dt.datetime) -> None:
    """What was counted since the last entry, once its ten minutes are over."""
    with transaction.atomic():
        row = SignInTries.objects.select_for_update(no_key=True).filter(digest=_counter(), tries__gt=0).first()
        if row is not None:
            _tell(row, now)


def _tell(row: SignInTries, now: dt.datetime) -> None:
    if now - row.last_at >= APART:
        audit.record("sign_in", "unknown", "sign_in.refused", by=system_actor("登录"), tries=row.tries)
        row.tries, row.last_at = 0, now
    row.save(update_fields=["tries", "last_at"])
