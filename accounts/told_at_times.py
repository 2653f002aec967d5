"""What strangers can cause as often as they like: counted, and told to the trail at once and then now and then, with how many there were.

Counted in the database, not in the cache: without a cache there is no less to be held back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from accounts.known import digest_of
from accounts.models import SignInTries

# One entry in this time, whatever is tried; the first is told at once.
APART = dt.timedelta(minutes=10)


def count(what: str, now: dt.datetime, tell: Callable[[int], object]) -> None:
    """Count one more of `what`; `tell` with how many there were since it was last told, if that is long enough ago.

    Call inside a transaction; `now` is aware. What is counted is kept under a keyed digest only.
    """
    SignInTries.objects.bulk_create([SignInTries(digest=digest_of(what), tries=0, last_at=now - APART)], ignore_conflicts=True)
    row = SignInTries.objects.select_for_update(no_key=True).get(digest=digest_of(what))
    row.tries += 1
    _tell(row, now, tell)


def tell_rest(what: str, now: dt.datetime, tell: Callable[[int], object]) -> None:
    """`tell` what was counted since the last time, once its ten minutes are over. Call inside a transaction."""
    row = SignInTries.objects.select_for_update(no_key=True).filter(digest=digest_of(what), tries__gt=0).first()
    if row is not None:
        _tell(row, now, tell)


def untold(whats: list[str]) -> set[str]:
    """Those of `whats` of which something was counted that is not told yet. One query."""
    digests = {digest_of(what): what for what in whats}
    return {digests[d] for d in SignInTries.objects.filter(digest__in=digests, tries__gt=0).values_list("digest", flat=True)}


def _tell(row: SignInTries, now: dt.datetime, tell: Callable[[int], object]) -> None:
    if now - row.last_at >= APART:
        tell(row.tries)
        row.tries, row.last_at = 0, now
    row.save(update_fields=["tries", "last_at"])
