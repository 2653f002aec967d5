"""Which steps the watch takes for a clock, and at what instant: pure."""

from __future__ import annotations

import datetime as dt

from deadlines.calendar import SHANGHAI, WorkCalendar
from deadlines.models import Clock
from deadlines.profile import Profile

DUE_SOON, DUE, OVERDUE, UNSIGNED, REMIND = "due_soon", "due", "overdue", "unsigned", "remind"


def planned_steps(clock: Clock, profile: Profile, calendar: WorkCalendar) -> list[tuple[str, dt.datetime]]:
    """(step, instant) in order. A provisional date is reminded of but never overdue; an unnumbered duty is reminded of once."""
    watch = profile.watch
    if clock.clause == "":
        return [(UNSIGNED, clock.due_at)] if clock.due_at else []
    if clock.due_at is None:
        day = calendar.add_workdays(clock.event_at.astimezone(SHANGHAI).date(), watch.remind_unnumbered.value)
        return [(REMIND, dt.datetime.combine(day, watch.day_starts, SHANGHAI))]
    if clock.unit == "hour":
        soon = clock.due_at - dt.timedelta(hours=watch.due_soon_hours)
        due = clock.due_at - dt.timedelta(hours=watch.due_hours)
    else:
        last = clock.due_at.astimezone(SHANGHAI).date()
        lead = calendar.add_workdays(last, -watch.due_soon.value)
        soon = max(dt.datetime.combine(lead, watch.day_starts, SHANGHAI), clock.event_at)
        due = max(dt.datetime.combine(last, watch.day_starts, SHANGHAI), soon)
    planned = [(DUE_SOON, soon), (DUE, due)]
    if not clock.provisional:
        # The instant of 23:59:59 still belongs to the limit: late is what comes after it.
        planned.append((OVERDUE, clock.due_at + dt.timedelta(seconds=1)))
    return planned
