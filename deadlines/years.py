"""A year's arrangement: tried on every running clock that it touches, kept, and taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core import audit
from core.retries import tried_again
from deadlines.book import calendar_changed, current_calendar
from deadlines.calendar import SHANGHAI, CalendarError, WorkCalendar, YearArrangement, arrangement_from_mapping
from deadlines.clocks import move_clock, recomputed
from deadlines.models import CalendarYear, Clock, ClockRecount

if TYPE_CHECKING:
    from accounts.actors import Actor

AT_ONCE = 500


@dataclass(frozen=True)
class Trial:
    """How many running clocks were counted under the new calendar, and how many due dates would move."""

    tried: int
    moved: int


def stored_year(year: int) -> YearArrangement | None:
    """What is in force for `year`, or None where no arrangement is."""
    row = CalendarYear.objects.filter(year=year).first()
    return as_arrangement(year, row.holidays, row.makeup, row.source) if row else None


def as_arrangement(year: int, holidays: dict[str, str], makeup: dict[str, str], source: str) -> YearArrangement:
    return YearArrangement(
        year, {dt.date.fromisoformat(d): n for d, n in holidays.items()}, {dt.date.fromisoformat(d): n for d, n in makeup.items()}, source
    )


def as_stored(arrangement: YearArrangement) -> dict[str, dict[str, str] | str]:
    return {
        "holidays": {d.isoformat(): n for d, n in sorted(arrangement.holidays.items())},
        "makeup": {d.isoformat(): n for d, n in sorted(arrangement.makeup.items())},
        "source": arrangement.source,
    }


def calendar_with(year: int, arrangement: YearArrangement | None) -> WorkCalendar:
    """The calendar as it would be with `arrangement` (None: without any) for `year`. Raises CalendarError."""
    years = [as_arrangement(row.year, row.holidays, row.makeup, row.source) for row in CalendarYear.objects.exclude(year=year).order_by("year")]
    return WorkCalendar(tuple(sorted([*years, *([arrangement] if arrangement else [])], key=lambda one: one.year)))


def touched_by(year: int) -> QuerySet[Clock]:
    """Running clocks that may count other days when `year` changes: provisional ones, and those that run into it."""
    first, after = dt.datetime(year, 1, 1, tzinfo=SHANGHAI), dt.datetime(year + 1, 1, 1, tzinfo=SHANGHAI)
    into = Q(event_at__lt=after, due_at__gte=first)
    return Clock.objects.open().filter(Q(provisional=True) | into).exclude(clause="").select_related("version").order_by("pk")


def try_year(year: int, arrangement: YearArrangement | None) -> Trial:
    """Count every running clock that it touches under the calendar with `arrangement`; nothing is written.

    Raises CalendarError where one of them could not be counted any more: it would stand without a due date.
    """
    calendar = calendar_with(year, arrangement)
    tried = moved = 0
    for clock in touched_by(year).iterator(chunk_size=AT_ONCE):
        try:
            due = recomputed(clock, calendar=calendar)
        except CalendarError as error:
            raise CalendarError(_("有正在计算的期限在新的日历下无法计算：%(error)s") % {"error": error}) from error
        tried, moved = tried + 1, moved + (due.due_at != clock.due_at)
    return Trial(tried, moved)


@tried_again
def keep_year(year: int, arrangement: YearArrangement | None, *, by: Actor, verb: str = "load") -> list[ClockRecount]:
    """Put the arrangement in force (None: take the year's away) and count again what it touches, each with its trace.

    Tried on every such clock first. Raises CalendarError; nothing is kept then.
    """
    if arrangement is not None:
        arrangement.check()
    try:
        with transaction.atomic():
            try_year(year, arrangement)
            if arrangement is None:
                CalendarYear.objects.filter(year=year).delete()
            else:
                CalendarYear.objects.update_or_create(year=year, defaults=as_stored(arrangement))
            audit.record("calendaryear", year, f"calendaryear.{verb}", by=by, source=arrangement.source if arrangement else "")
            calendar_changed()
            # Another process may have read the old years while this one had not committed.
            transaction.on_commit(calendar_changed, robust=True)
            return list(_recounted(year))
    except BaseException:
        # Nothing was kept: nothing of it may be remembered.
        calendar_changed()
        raise


def _recounted(year: int) -> Iterator[ClockRecount]:
    calendar = current_calendar()
    for clock in touched_by(year).select_for_update(of=("self",), no_key=True):
        due = recomputed(clock)
        if due.due_at is None or clock.due_at is None or (due.due_at == clock.due_at and due.provisional == clock.provisional):
            continue
        yield ClockRecount.objects.create(
            clock=clock, old_due_at=clock.due_at, new_due_at=due.due_at, was_provisional=clock.provisional, calendar_version=calendar.version
        )
        move_clock(clock, due)


def arrangement_from_text(text: str) -> YearArrangement:
    """One year as a person wrote it down (YAML or JSON). Raises CalendarError, also for what is no YAML."""
    import yaml

    from core.strict_yaml import strict_load

    try:
        return arrangement_from_mapping(strict_load(text))
    except yaml.YAMLError as error:
        raise CalendarError(str(error)) from error
