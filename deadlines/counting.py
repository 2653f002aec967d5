"""Counting days: the plain due date of a resolved rule, forward, backward, by the hour. Pure.

Instants are aware datetimes; dates are read in Asia/Shanghai.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from deadlines.calendar import SHANGHAI, WorkCalendar
from deadlines.explaining import Resolved, Step, reading_note, rolled, walk
from deadlines.profile import Profile, Unit

LAST_SECOND = dt.timedelta(seconds=1)


@dataclass(frozen=True)
class DueDate:
    """When a clock runs out, and why. `due_at` is None where the clause sets no number."""

    rule: Resolved
    event_at: dt.datetime
    due_at: dt.datetime | None
    provisional: bool
    steps: tuple[Step, ...] = field(repr=False, default=())
    notes: tuple[str, ...] = field(repr=False, default=())
    refused: str | None = None

    @property
    def due_date(self) -> dt.date | None:
        return self.due_at.astimezone(SHANGHAI).date() if self.due_at else None


def end_of_day(day: dt.date) -> dt.datetime:
    """23:59:59 of that day in Shanghai: when a limit in days runs out."""
    return dt.datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=SHANGHAI)


def late_from(due_at: dt.datetime) -> dt.datetime:
    """The first instant that is late: the whole second of 23:59:59 still belongs to the limit."""
    return due_at + LAST_SECOND


def counts_by(profile: Profile, unit: Unit, value: int | None) -> Literal["workday", "calendar_day", "hour", "same_day", "none"]:
    if unit in ("workday", "hour", "same_day"):
        return unit  # type: ignore[return-value]
    if unit == "plain_day":
        mode = profile.counting.plain_day_mode
        if mode == "workday" or (mode == "penalty_law_85" and value in profile.counting.penalty_law_85_numbers):
            return "workday"
        return "calendar_day"
    return "none"


def _nth_workday(profile: Profile, calendar: WorkCalendar, start: dt.date, n: int) -> dt.date:
    if profile.counting.start_day_counts and calendar.is_workday(start):
        return start if n == 1 else calendar.add_workdays(start, n - 1)
    return calendar.add_workdays(start, n)


def plain_due(profile: Profile, rule: Resolved, event: dt.datetime, calendar: WorkCalendar, explain: bool) -> DueDate:
    notes = tuple(reading_note(profile, rule)) if explain else ()
    start, value = event.date(), rule.value or 0
    if rule.counts_by == "none":
        return DueDate(rule, event, None, False, (), notes)
    if rule.counts_by == "hour":
        return DueDate(rule, event, event + dt.timedelta(hours=value), False, (), notes)
    if rule.counts_by == "same_day":
        due = start
        if profile.counting.same_day_on_rest_day == "next_workday" and not calendar.is_workday(start):
            due = calendar.add_workdays(start, 1)
        steps = walk(calendar, start, due, True, True) if explain and due != start else ()
        return DueDate(rule, event, end_of_day(due), due != start and calendar.is_provisional(due), steps, notes)
    if rule.backwards:
        due = calendar.add_workdays(start, -value) if rule.counts_by == "workday" else start - dt.timedelta(days=value)
        nominal = due
        if rule.counts_by == "calendar_day" and profile.counting.backcount_rollover == "prev_workday" and not calendar.is_workday(due):
            due = calendar.add_workdays(due, -1)
        provisional = calendar.is_provisional(start) or calendar.is_provisional(due)
    else:
        nominal, due = forward(profile, rule, start, value, calendar)
        provisional = calendar.is_provisional(due) or calendar.is_provisional(start)
    steps = ()
    if explain:
        counts_start = profile.counting.start_day_counts and not rule.backwards
        steps = walk(calendar, start, nominal, rule.counts_by == "workday", counts_start) + rolled(calendar, nominal, due)
    return DueDate(rule, event, end_of_day(due), provisional, steps, notes)


def forward(profile: Profile, rule: Resolved, start: dt.date, value: int, calendar: WorkCalendar) -> tuple[dt.date, dt.date]:
    if rule.counts_by == "workday":
        due = _nth_workday(profile, calendar, start, value)
        return due, due
    nominal = start + dt.timedelta(days=value - (1 if profile.counting.start_day_counts else 0))
    return nominal, roll(profile, nominal, calendar)


def roll(profile: Profile, nominal: dt.date, calendar: WorkCalendar) -> dt.date:
    if profile.counting.plain_day_rollover == "next_workday" and not calendar.is_workday(nominal):
        return calendar.add_workdays(nominal, 1)
    return nominal
