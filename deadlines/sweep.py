"""The sweep: claims each (clock, step) once by insert. Late, twice, or on two workers: nothing twice, nothing missed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction

from accounts.models import Agency
from core.bulk import insert_columns
from core.retries import tried_again
from deadlines.book import current_calendar, profile_of
from deadlines.models import Clock, ClockStep
from deadlines.steps import planned_steps

# Whoever acts on a clock of the batch waits for its end: this many take a fraction of a second, and a thousand take no less each.
BATCH = 150


@dataclass(frozen=True)
class Claimed:
    """A step that this sweep, and no other, carries out; `at` is the instant for which it was planned."""

    clock: Clock
    step: str
    at: dt.datetime
    claimed_at: dt.datetime


CarryOut = Callable[[list[Claimed], dt.datetime], None]


def sweep(now: dt.datetime, carry_out: CarryOut, *, batch: int = BATCH) -> int:
    """Carry out every step planned for `now` (aware) or before; returns how many.

    Each batch is one transaction: the claims, their consequences (`carry_out`) and the next instant stand or fall together,
    so a worker killed in the middle leaves nothing half done. With nothing due it costs one indexed query.
    """
    done = 0
    while True:
        taken, claimed = _one_batch(now, carry_out, batch)
        if not taken:
            return done
        done += claimed


@tried_again
def _one_batch(now: dt.datetime, carry_out: CarryOut, batch: int) -> tuple[int, int]:
    """One transaction: how many clocks were looked at, and how many steps of theirs were carried out.

    A clock that somebody's act holds is passed over, not waited for: it is as due a minute later. The weaker lock lets
    rows that point to a clock be written meanwhile.
    """
    with transaction.atomic():
        due = list(
            Clock.objects.filter(next_step_at__lte=now)
            .order_by("next_step_at", "pk")
            .select_for_update(skip_locked=True, of=("self",), no_key=True)[:batch]
        )
        _give_holders(due)
        claimed = _claim(due, now) if due else []
        if claimed:
            carry_out(claimed, now)
        if due:
            _write_next(due)
        return len(due), len(claimed)


def _give_holders(clocks: list[Clock]) -> None:
    """Who owes what: a few agencies hold all of a batch. One query."""
    agencies = Agency.objects.in_bulk({clock.holder_id for clock in clocks}) if clocks else {}
    for clock in clocks:
        clock.holder = agencies[clock.holder_id]


def _write_next(clocks: list[Clock]) -> None:
    """The next instants of a batch, and since when it is late, in one statement whose plan does not grow with the batch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deadlines_clock AS c SET next_step_at = n.at, late_since = COALESCE(c.late_since, n.late)"
            " FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS n(id, at, late) WHERE c.id = n.id",
            [[c.pk for c in clocks], [c.next_step_at for c in clocks], [c.late_since for c in clocks]],
        )


def _claim(clocks: list[Clock], now: dt.datetime) -> list[Claimed]:
    calendar = current_calendar()
    taken: dict[int, set[str]] = {}
    for clock_id, step in ClockStep.objects.filter(clock__in=clocks).values_list("clock_id", "step"):
        taken.setdefault(clock_id, set()).add(step)
    rows, claimed = [], []
    for clock in clocks:
        clock.next_step_at = None
        for step, at in planned_steps(clock, profile_of(clock.version_id), calendar):
            if step in taken.get(clock.pk, ()):
                continue
            if at > now:
                clock.next_step_at = at
                break
            rows.append((clock.pk, step, at))
            claimed.append(Claimed(clock, step, at, now))
        clock.mark_late(now)
    columns = {"clock_id": [c for c, _s, _a in rows], "step": [s for _c, s, _a in rows], "planned_at": [a for _c, _s, a in rows], "done_at": now}
    insert_columns(ClockStep, columns)
    return claimed
