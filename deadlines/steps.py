"""Which steps the watch takes for a clock, and at what instant: pure."""

from __future__ import annotations

import datetime as dt

from deadlines.calendar import SHANGHAI, CalendarError, WorkCalendar
from deadlines.counting import end_of_day, late_from
from deadlines.models import Clock
from deadlines.profile import Profile

DUE_SOON, DUE, OVERDUE, UNSIGNED, REMIND = "due_soon", "due", "overdue", "unsigned", "remind"
# It ran out once, and its date was moved afterwards: that lateness is carried to the desk all the same.
LATE = "late"
RAN_OUT = (OVERDUE, LATE)
# A local target was passed long ago: now the offices that oversee are told as well.
STILL = "still"
# The key, among a local target's options, of the working days until then.
OVERSEEN_AFTER = "overseen_after"


def planned_steps(clock: Clock, profile: Profile, calendar: WorkCalendar) -> list[tuple[str, dt.datetime]]:
    """(step, instant) in order. A provisional date is reminded of but never overdue; an unnumbered duty is reminded of once.

    A clock that has ended or stands has no step ahead: only what ran out before is still to be carried out.
    """
    planned = _planned(clock, profile, calendar)
    stopped = clock.paused_at or clock.ended_at
    if clock.late_since is not None and (clock.due_at is None or clock.late_since != late_from(clock.due_at)):
        planned.insert(0, (LATE, clock.late_since))
    return [(step, at) for step, at in planned if stopped is None or (step in RAN_OUT and at <= stopped)]


def _planned(clock: Clock, profile: Profile, calendar: WorkCalendar) -> list[tuple[str, dt.datetime]]:
    watch = profile.watch
    if clock.clause == "":
        return _of_target(clock, calendar)
    reminded = [(REMIND, clock.event_at)] if clock.at_once else []
    if clock.due_at is None:
        day = calendar.add_workdays(clock.event_at.astimezone(SHANGHAI).date(), watch.remind_unnumbered.value)
        return reminded or [(REMIND, dt.datetime.combine(day, watch.day_starts, SHANGHAI))]
    if clock.unit == "hour":
        soon = clock.due_at - dt.timedelta(hours=watch.due_soon_hours)
        due = clock.due_at - dt.timedelta(hours=watch.due_hours)
    else:
        last = clock.due_at.astimezone(SHANGHAI).date()
        lead = calendar.add_workdays(last, -watch.due_soon.value)
        soon = max(dt.datetime.combine(lead, watch.day_starts, SHANGHAI), clock.event_at)
        due = max(dt.datetime.combine(last, watch.day_starts, SHANGHAI), soon)
    planned = [*reminded, (DUE_SOON, soon), (DUE, due)]
    if not clock.provisional:
        # The instant of 23:59:59 still belongs to the limit: late is what comes after it.
        planned.append((OVERDUE, late_from(clock.due_at)))
    return planned


def _of_target(clock: Clock, calendar: WorkCalendar) -> list[tuple[str, dt.datetime]]:
    """A local target is chased when it has passed, and once more before the overseers; an adopted one is overdue instead."""
    if clock.due_at is None:
        return []
    if clock.escalates:
        return [(UNSIGNED, clock.due_at), (OVERDUE, late_from(clock.due_at))]
    days = int(clock.options.get(OVERSEEN_AFTER, 1))
    try:
        last = calendar.add_workdays(clock.due_at.astimezone(SHANGHAI).date(), days)
    except CalendarError:
        return [(UNSIGNED, clock.due_at)]
    return [(UNSIGNED, clock.due_at), (STILL, end_of_day(last))]
