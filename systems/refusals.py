"""Refused calls of clients in the trail: each client's each reason at once, then at most once in ten minutes with how many there were.

Counted by client and reason, never by address: whoever has many addresses writes no more entries than whoever has one.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts import told_at_times
from accounts.actors import system_actor
from core import audit
from core.retries import tried_again
from systems.clients import actor_of
from systems.models import SystemClient
from systems.scopes import Scope

REASONS = ("secret", "switched-off", "expired", "unconfirmed", "address", *(f"scope:{scope}" for scope in Scope.values))
UNKNOWN = "unknown"


def _counted(place: object, why: str) -> str:
    return f"refused client {place} {why}"


def _tell(client: SystemClient | None, why: str, address: str, tries: int) -> None:
    by = actor_of(client) if client else system_actor("接口")
    where = {"address": address} if address else {}
    audit.record("systemclient", client.pk if client else UNKNOWN, "systemclient.refused", by=by, why=why, tries=tries, **where)


@tried_again
def record_refusal(client: SystemClient | None, why: str, address: str) -> None:
    """Keep that a client (None: one that nobody registered) was refused for a reason of REASONS, last from `address`."""
    with transaction.atomic():
        place = client.pk if client else UNKNOWN
        told_at_times.count(_counted(place, why), timezone.now(), partial(_tell, client, why, address))


@tried_again
def tell_rest(now: dt.datetime) -> None:
    """What was refused since the last entries, once their ten minutes are over. `now` is aware."""
    clients: list[SystemClient | None] = [None, *SystemClient.objects.select_related("holding__user", "holding__agency__jurisdiction")]
    counted = {_counted(c.pk if c else UNKNOWN, why): (c, why) for c in clients for why in REASONS}
    for what in told_at_times.untold(list(counted)):
        client, why = counted[what]
        with transaction.atomic():
            told_at_times.tell_rest(what, now, partial(_tell, client, why, ""))
