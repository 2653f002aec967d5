"""Longer than the limit: what a clause lets be granted, what was granted, and the pauses that are added to it. Pure.

A due date is always event + limit + granted extension + pauses, counted again from these inputs.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from deadlines.calendar import SHANGHAI, WorkCalendar
from deadlines.counting import DueDate, counts_by, end_of_day, forward, late_from, roll
from deadlines.explaining import Resolved, Step
from deadlines.profile import Extension, Profile


@dataclass(frozen=True)
class ExtensionRequest:
    """What somebody wants: told when, why, until when (None: the most that the clause allows)."""

    noticed_at: dt.datetime
    reason: str = ""
    until: dt.datetime | dt.date | None = None


@dataclass(frozen=True)
class Granted:
    """An extension as it was granted `at`: to the instant `until`, or (None) by the most that the clause allows."""

    at: dt.datetime
    until: dt.datetime | None


@dataclass(frozen=True)
class Pause:
    """The clock stood from `since` to `until`."""

    since: dt.datetime
    until: dt.datetime


def asked(profile: Profile, rule: Resolved, plain: DueDate, calendar: WorkCalendar, wish: ExtensionRequest, pauses: tuple[Pause, ...]) -> DueDate:
    """The due date that the wish leads to, or the present one with `refused` where the clause does not allow it.

    What has run out cannot be extended, whether or not the clause asks for a notice beforehand: docs/decisions/0016.
    """
    current = with_pauses(profile, plain, calendar, pauses)

    def refuse(reason: str) -> DueDate:
        return replace(current, refused=_("%(reason)s（%(clause)s）") % {"reason": reason, "clause": rule.clause})

    if current.due_at is None:
        return refuse(_("本条没有数字时限，无从延长"))
    if rule.extension is None:
        return refuse(_("本条不允许延长"))
    allowed = rule.extension
    if wish.noticed_at >= late_from(current.due_at):
        why = _("延长须在期限届满前事先告知，告知时已经逾期") if allowed.prior_notice else _("期限已经届满，不能再延长")
        return refuse(why)
    if allowed.reason and not wish.reason.strip():
        return refuse(_("延长须说明理由"))
    if wish.until is None and allowed.max is None:
        return refuse(_("本条的延长没有上限，须写明延长至何日"))
    until = wish.until if isinstance(wish.until, dt.datetime | None) else end_of_day(wish.until)
    if until is not None and until <= current.due_at:
        return refuse(_("延长后的日期须晚于原到期日"))
    most = with_pauses(profile, _at_most(profile, rule, plain, calendar), calendar, pauses) if allowed.max else None
    if until is not None and most is not None and most.due_at is not None and until > most.due_at:
        return refuse(_("延长超过上限，最迟 %(day)s") % {"day": most.due_date.isoformat() if most.due_date else ""})
    if until is None and most is not None and most.due_at is not None and most.due_at <= current.due_at:
        return refuse(_("按上限计算不晚于原到期日，无可延长"))
    return granted_due(profile, rule, plain, calendar, Granted(wish.noticed_at, until), pauses)


def granted_due(profile: Profile, rule: Resolved, plain: DueDate, calendar: WorkCalendar, granted: Granted, pauses: tuple[Pause, ...]) -> DueDate:
    """The due date under an extension already granted, exactly as it was granted, with every pause added.

    A date that was named holds as it was named: it was told with the earlier pauses in it; later ones are added.
    Never earlier than the plain date with its pauses.
    """
    unextended = with_pauses(profile, plain, calendar, pauses)
    if plain.due_at is None or unextended.due_at is None or rule.extension is None:
        return unextended
    if granted.until is None:
        found = with_pauses(profile, _at_most(profile, rule, plain, calendar), calendar, pauses)
    else:
        later = tuple(pause for pause in pauses if pause.since >= granted.at)
        named = replace(plain, due_at=granted.until, provisional=plain.provisional or _unknown(calendar, granted.until))
        found = with_pauses(profile, named, calendar, later)
    if found.due_at is None or found.due_at <= unextended.due_at:
        return unextended
    note = _("经告知延长，原到期日 %(day)s") % {"day": plain.due_at.date().isoformat()}
    return replace(found, notes=(*found.notes, note))


def with_pauses(profile: Profile, due: DueDate, calendar: WorkCalendar, pauses: tuple[Pause, ...]) -> DueDate:
    """`due` moved on by what the clock stood: hours for a limit in hours, days as the limit counts them otherwise."""
    if due.due_at is None or not pauses:
        return due
    if due.rule.counts_by == "hour":
        moved = due.due_at + sum((pause.until - pause.since for pause in pauses), dt.timedelta())
        return replace(due, due_at=moved, notes=(*due.notes, _("暂停的时间已顺延")))
    last, stood = due.due_at.astimezone(SHANGHAI).date(), 0
    for pause in pauses:
        since, until = pause.since.astimezone(SHANGHAI).date(), pause.until.astimezone(SHANGHAI).date()
        by_days = due.rule.counts_by == "calendar_day"
        stood += (until - since).days if by_days else calendar.workdays_between(since, until)
    if not stood:
        return due
    by_calendar = due.rule.counts_by == "calendar_day"
    day = roll(profile, last + dt.timedelta(days=stood), calendar) if by_calendar else calendar.add_workdays(last, stood)
    step: Step = (day, False, _("暂停 %(n)d 日，顺延至此日") % {"n": stood})
    steps = (*due.steps, step) if due.steps else ()
    moved = end_of_day(day)
    return replace(due, due_at=moved, provisional=due.provisional or _unknown(calendar, moved), steps=steps)


def _unknown(calendar: WorkCalendar, moment: dt.datetime) -> bool:
    return calendar.is_provisional(moment.astimezone(SHANGHAI).date())


def _at_most(profile: Profile, rule: Resolved, plain: DueDate, calendar: WorkCalendar) -> DueDate:
    """The plain due date moved to the last day that the clause allows; as it is where the clause sets no cap."""
    allowed = rule.extension
    if allowed is None or allowed.max is None:
        return plain
    cap = _cap(profile, rule, allowed, plain, calendar)
    step: Step = (cap, False, _("延长的最后一日（上限 %(n)d 日）") % {"n": allowed.max})
    steps = (*plain.steps, step) if plain.steps else ()
    moved = end_of_day(cap)
    return replace(plain, due_at=moved, provisional=plain.provisional or _unknown(calendar, moved), steps=steps)


def _cap(profile: Profile, rule: Resolved, allowed: Extension, plain: DueDate, calendar: WorkCalendar) -> dt.date:
    assert allowed.max is not None
    assert allowed.unit is not None
    by = counts_by(profile, allowed.unit, allowed.max)
    start = plain.event_at.date()
    if allowed.semantics == "additional":
        # An addition is counted from the nominal due date, before any rolling (consultation: XC-4.2.2-a).
        if rule.counts_by != "same_day":
            start = forward(profile, rule, start, rule.value or 0, calendar)[0]
        if by == "workday":
            return calendar.add_workdays(start, allowed.max)
        return roll(profile, start + dt.timedelta(days=allowed.max), calendar)
    measure = Resolved(rule.key, rule.clause, rule.trigger, allowed.unit, allowed.max, None, False, by)
    return forward(profile, measure, start, allowed.max, calendar)[1]
