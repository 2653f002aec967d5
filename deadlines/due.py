"""By when: the due date as a pure function of rule, event, readings and calendar, with each day's reason.

Instants are aware datetimes; dates are read in Asia/Shanghai. Nothing here asks for the time or touches a database.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from django.utils.translation import gettext as _

from deadlines.calendar import SHANGHAI, WorkCalendar
from deadlines.explaining import Resolved, Step, reading_note, rolled, walk
from deadlines.profile import COUNTED, Extension, Limit, Profile, Unit
from deadlines.profile_files import with_options

AGENDA_SOLICITATION = "agenda_solicitation"


class UnknownClock(KeyError):
    """The document has no clock of that name."""


class UnknownOption(ValueError):
    """The document does not leave that choice open; str() is a sentence."""


class BadEvent(ValueError):
    """An event that the clock cannot start from; str() is a sentence."""


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


@dataclass(frozen=True)
class ExtensionRequest:
    """What somebody wants: told when, why, until when (None: the most that the clause allows)."""

    noticed_at: dt.datetime
    reason: str = ""
    until: dt.datetime | dt.date | None = None


def end_of_day(day: dt.date) -> dt.datetime:
    """23:59:59 of that day in Shanghai: when a limit in days runs out."""
    return dt.datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=SHANGHAI)


def _settled_limit(profile: Profile, limit: Limit) -> tuple[Limit, Extension | None]:
    if limit.same_as is None:
        return limit, None
    other = profile.clock(limit.same_as)
    inner, extension = _settled_limit(profile, other.limit)
    return inner, extension or other.extension


def _counts_by(profile: Profile, unit: Unit, value: int | None) -> Literal["workday", "calendar_day", "hour", "same_day", "none"]:
    if unit in ("workday", "hour", "same_day"):
        return unit  # type: ignore[return-value]
    if unit == "plain_day":
        mode = profile.counting.plain_day_mode
        if mode == "workday" or (mode == "penalty_law_85" and value in profile.counting.penalty_law_85_numbers):
            return "workday"
        return "calendar_day"
    return "none"


@lru_cache(maxsize=4096)
def resolve(profile: Profile, clock: str, options: tuple[tuple[str, str], ...] = (), urgent: bool = False) -> tuple[Profile, Resolved]:
    """The rule of `clock` with `options` chosen. Raises UnknownClock, UnknownOption."""
    try:
        profile = with_options(profile, options)
    except KeyError as error:
        raise UnknownOption(_("规则“%(profile)s”没有选项 %(key)s") % {"profile": profile.short_key, "key": error.args[0]}) from None
    except ValueError as error:
        raise UnknownOption(str(error)) from None
    if clock == AGENDA_SOLICITATION:
        soliciting = profile.solicitation()
        if soliciting is None:
            raise UnknownClock(clock)
        counts = _counts_by(profile, soliciting.unit, soliciting.before)
        return profile, Resolved(clock, soliciting.clause, "meeting_held", soliciting.unit, soliciting.before, None, False, counts, backwards=True)
    try:
        rule = profile.clock(clock)
    except KeyError:
        raise UnknownClock(clock) from None
    limit, inherited = _settled_limit(profile, rule.limit)
    extension = rule.extension or inherited
    unit, value, missing = limit.unit, limit.value, False
    applied = urgent and rule.urgent is not None and rule.urgent.unit is not None
    if applied and rule.urgent is not None:
        unit, value, extension = rule.urgent.unit, rule.urgent.value, None
    elif urgent:
        missing = True
    assert unit is not None
    return profile, Resolved(
        clock, rule.clause, rule.trigger, unit, value, extension, applied, _counts_by(profile, unit, value),
        no_urgent_variant=missing, generally=limit.generally,
    )  # fmt: skip


def _nth_workday(profile: Profile, calendar: WorkCalendar, start: dt.date, n: int) -> dt.date:
    if profile.counting.start_day_counts and calendar.is_workday(start):
        return start if n == 1 else calendar.add_workdays(start, n - 1)
    return calendar.add_workdays(start, n)


def compute_due(
    profile: Profile,
    clock: str,
    event_at: dt.datetime,
    calendar: WorkCalendar,
    *,
    urgent: bool = False,
    options: tuple[tuple[str, str], ...] = (),
    extension: ExtensionRequest | None = None,
    explain: bool = True,
) -> DueDate:
    """When `clock` of `profile` runs out for an event at `event_at` (aware; read in Shanghai).

    With `extension`, the extended date, or the plain one and `refused` where the clause does not allow it.
    Raises UnknownClock, UnknownOption, CalendarError.
    """
    profile, rule = resolve(profile, clock, options, urgent)
    plain = _plain_due(profile, rule, event_at.astimezone(SHANGHAI), calendar, explain)
    if extension is None:
        return plain
    return _extended(profile, rule, plain, calendar, extension, explain)


def _plain_due(profile: Profile, rule: Resolved, event: dt.datetime, calendar: WorkCalendar, explain: bool) -> DueDate:
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
        nominal, due = _forward(profile, rule, start, value, calendar)
        provisional = calendar.is_provisional(due) or calendar.is_provisional(start)
    steps = ()
    if explain:
        counts_start = profile.counting.start_day_counts and not rule.backwards
        steps = walk(calendar, start, nominal, rule.counts_by == "workday", counts_start) + rolled(calendar, nominal, due)
    return DueDate(rule, event, end_of_day(due), provisional, steps, notes)


def _forward(profile: Profile, rule: Resolved, start: dt.date, value: int, calendar: WorkCalendar) -> tuple[dt.date, dt.date]:
    if rule.counts_by == "workday":
        due = _nth_workday(profile, calendar, start, value)
        return due, due
    nominal = start + dt.timedelta(days=value - (1 if profile.counting.start_day_counts else 0))
    return nominal, _roll(profile, nominal, calendar)


def _roll(profile: Profile, nominal: dt.date, calendar: WorkCalendar) -> dt.date:
    if profile.counting.plain_day_rollover == "next_workday" and not calendar.is_workday(nominal):
        return calendar.add_workdays(nominal, 1)
    return nominal


def _extended(profile: Profile, rule: Resolved, plain: DueDate, calendar: WorkCalendar, wish: ExtensionRequest, explain: bool) -> DueDate:
    def refuse(reason: str) -> DueDate:
        said = _("%(reason)s（%(clause)s）") % {"reason": reason, "clause": rule.clause}
        return DueDate(rule, plain.event_at, plain.due_at, plain.provisional, plain.steps, plain.notes, refused=said)

    if plain.due_at is None:
        return refuse(_("本条没有数字时限，无从延长"))
    if rule.extension is None:
        return refuse(_("本条不允许延长"))
    allowed = rule.extension
    if allowed.reason and not wish.reason.strip():
        return refuse(_("延长须说明理由"))
    if allowed.prior_notice and wish.noticed_at > plain.due_at:
        return refuse(_("延长须在期限届满前事先告知，告知时已经逾期"))
    until = wish.until
    if until is None and allowed.max is None:
        return refuse(_("本条的延长没有上限，须写明延长至何日"))
    asked: dt.datetime | None = None
    if until is not None:
        asked = until if isinstance(until, dt.datetime) else end_of_day(until)
        if asked <= plain.due_at:
            return refuse(_("延长后的日期须晚于原到期日"))
    cap, cap_steps = _cap(profile, rule, allowed, plain, calendar, explain)
    if asked is not None and cap is not None and asked > end_of_day(cap):
        return refuse(_("延长超过上限，最迟 %(day)s") % {"day": cap.isoformat()})
    due_at = asked if asked is not None else end_of_day(cap or plain.event_at.date())
    if due_at <= plain.due_at:
        return refuse(_("按上限计算不晚于原到期日，无可延长"))
    touched = due_at.astimezone(SHANGHAI).date()
    provisional = plain.provisional or calendar.is_provisional(touched)
    note = _("经告知延长，原到期日 %(day)s") % {"day": plain.due_at.date().isoformat()}
    return DueDate(rule, plain.event_at, due_at, provisional, plain.steps + cap_steps, (*plain.notes, note))


def _cap(
    profile: Profile, rule: Resolved, allowed: Extension, plain: DueDate, calendar: WorkCalendar, explain: bool
) -> tuple[dt.date | None, tuple[Step, ...]]:
    """The last day to which the clause lets the clock be extended; None where it sets no cap."""
    if allowed.max is None or allowed.unit is None:
        return None, ()
    measure = Resolved(rule.key, rule.clause, rule.trigger, allowed.unit, allowed.max, None, False, _counts_by(profile, allowed.unit, allowed.max))
    start = plain.event_at.date()
    if allowed.semantics == "additional":
        # XC ambiguity 4: an addition is counted from the nominal due date, before any rolling.
        start = _nominal(profile, rule, start, calendar)
        day = start if measure.counts_by == "workday" else None
        cap = calendar.add_workdays(day, allowed.max) if day else _roll(profile, start + dt.timedelta(days=allowed.max), calendar)
    else:
        cap = _forward(profile, measure, start, allowed.max, calendar)[1]
    steps: tuple[Step, ...] = ((cap, False, _("延长的最后一日（上限 %(n)d 日）") % {"n": allowed.max}),) if explain else ()
    return cap, steps


def _nominal(profile: Profile, rule: Resolved, start: dt.date, calendar: WorkCalendar) -> dt.date:
    if rule.counts_by == "same_day":
        return start
    return _forward(profile, rule, start, rule.value or 0, calendar)[0]


def can_be_overdue(unit: str) -> bool:
    """Only a numbered limit can be overdue; 及时, 立即 and silence are reminded of."""
    return unit in COUNTED


def parse_event(text: str) -> tuple[dt.datetime, bool]:
    """An ISO date or date-time; without offset it is Shanghai time. Returns (aware instant, had a time). Raises BadEvent."""
    text = text.strip()
    try:
        if len(text) == 10:
            day = dt.date.fromisoformat(text)
            return dt.datetime(day.year, day.month, day.day, tzinfo=SHANGHAI), False
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadEvent(_("“%(text)s”不是日期或时间（例：2025-09-24T09:00）") % {"text": text}) from None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(SHANGHAI), True
    except OverflowError:
        raise BadEvent(_("“%(text)s”超出可计算的日期") % {"text": text}) from None
