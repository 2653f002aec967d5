"""Starting, meeting, extending and pausing a clock. The only code that writes one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Agency
from core.errors import BadInput, WrongState
from deadlines.book import Rules, as_pairs, current_calendar, profile_of
from deadlines.calendar import SHANGHAI, WorkCalendar
from deadlines.due import DueDate, ExtensionRequest, can_be_overdue, compute_due, end_of_day
from deadlines.models import Clock, ClockExtension, ClockPause, ClockRecount
from deadlines.profile import Profile

if TYPE_CHECKING:
    from accounts.actors import Actor

SIGN_FOR = "sign_for"


def start_clock(
    rules: Rules, key: str, *, role: str, subject: tuple[str, int], event_at: dt.datetime, holder: Agency,
    counterpart: Agency | None, urgent: bool = False,
) -> Clock:  # fmt: skip
    """Start the clock `key` of these rules for a subject at `event_at` (aware). One running clock per subject and role."""
    calendar = current_calendar()
    options = rules.options
    due = compute_due(profile_of(rules.version.pk), key, event_at, calendar, urgent=urgent, options=as_pairs(options), explain=False)
    clock = Clock(
        jurisdiction_id=holder.jurisdiction_id, subject_kind=subject[0], subject_id=subject[1], role=role, key=key,
        version=rules.version, options=options, urgent=urgent, clause=due.rule.clause, holder=holder, counterpart=counterpart,
        event_at=event_at, unit=due.rule.unit, due_at=due.due_at, provisional=due.provisional, calendar_version=calendar.version,
        escalates=can_be_overdue(due.rule.unit),
    )  # fmt: skip
    clock.next_step_at = _first_step(clock, rules.profile, calendar)
    clock.save()
    return clock


def start_local_target(rules: Rules, *, role: str, subject: tuple[str, int], event_at: dt.datetime, holder: Agency, counterpart: Agency) -> Clock:
    """A local target that no clause sets (a delivered letter should be signed for soon): chased, never escalated."""
    calendar = current_calendar()
    target = rules.profile.watch.sign_for
    day = event_at.astimezone(SHANGHAI).date()
    due = event_at + dt.timedelta(hours=target.value) if target.unit == "hour" else end_of_day(calendar.add_workdays(day, target.value))
    clock = Clock(
        jurisdiction_id=holder.jurisdiction_id, subject_kind=subject[0], subject_id=subject[1], role=role, key=role,
        version=rules.version, options=rules.options, clause="", holder=holder, counterpart=counterpart, event_at=event_at,
        unit=target.unit, due_at=due, calendar_version=calendar.version, escalates=False, next_step_at=due,
    )  # fmt: skip
    clock.save()
    return clock


def open_clock(subject: tuple[str, int], role: str) -> Clock | None:
    return Clock.objects.open().filter(subject_kind=subject[0], subject_id=subject[1], role=role).select_related("version").first()


def meet_clocks(subject: tuple[str, int], *roles: str, at: dt.datetime) -> int:
    """These duties are done at `at`; how many were running."""
    return _end(subject, roles, at, Clock.End.MET)


def cancel_clocks(subject: tuple[str, int], *roles: str, at: dt.datetime) -> int:
    """These duties fell away at `at` (withdrawn, settled otherwise); all running ones when no role is named."""
    return _end(subject, roles, at, Clock.End.CANCELLED)


def _end(subject: tuple[str, int], roles: tuple[str, ...], at: dt.datetime, end: str) -> int:
    running = Clock.objects.open().filter(subject_kind=subject[0], subject_id=subject[1])
    if roles:
        running = running.filter(role__in=roles)
    return running.update(ended_at=at, end=end, next_step_at=None)


def recomputed(clock: Clock, *, extension: ExtensionRequest | None = None, explain: bool = False) -> DueDate:
    """The clock's due date from its stored inputs and the calendar of now."""
    return compute_due(
        profile_of(clock.version_id), clock.key, clock.event_at, current_calendar(), urgent=clock.urgent,
        options=as_pairs(clock.options), extension=extension, explain=explain,
    )  # fmt: skip


def extend_clock(clock: Clock, *, reason: str, until: dt.date | dt.datetime | None, noticed_at: dt.datetime, by: Actor) -> ClockExtension:
    """Extend a running clock as its clause allows; `until` None asks for the most. Raises BadInput with the clause."""
    with transaction.atomic():
        clock = Clock.objects.select_for_update(of=("self",)).select_related("version").get(pk=clock.pk)
        if clock.ended_at is not None or clock.due_at is None:
            raise WrongState(_("这个时限已经结束或没有数字，无从延长。"), clock.clause)
        if clock.extensions.exists():
            raise BadInput(_("这个时限已经延长过一次。"), clock.clause)
        due = recomputed(clock, extension=ExtensionRequest(noticed_at, reason, until))
        if due.refused or due.due_at is None:
            raise BadInput(due.refused or _("本条没有数字时限，无从延长"), clock.clause, {"until": due.refused or ""})
        row = ClockExtension.objects.create(
            clock=clock, noticed_at=noticed_at, reason=reason, old_due_at=clock.due_at, new_due_at=due.due_at, clause=clock.clause,
            by_name=by.name, by_user_id=by.user_id,
        )  # fmt: skip
        _move(clock, due.due_at, due.provisional, current_calendar())
        clock.steps.all().delete()
        return row


def _move(clock: Clock, due_at: dt.datetime, provisional: bool, calendar: WorkCalendar) -> None:
    clock.due_at, clock.provisional, clock.calendar_version = due_at, provisional, calendar.version
    clock.next_step_at = _first_step(clock, profile_of(clock.version_id), calendar)
    clock.save(update_fields=["due_at", "provisional", "calendar_version", "next_step_at"])


def pause_clock(clock: Clock, *, at: dt.datetime, reason: str) -> ClockPause:
    """Stop the clock's running, where the profile says that it may be; nothing falls due while it stands."""
    pause = ClockPause.objects.create(clock=clock, since=at, reason=reason)
    Clock.objects.filter(pk=clock.pk).update(next_step_at=None)
    return pause


def resume_clock(clock: Clock, *, at: dt.datetime) -> None:
    """Let a paused clock run on: the working days (or hours) that it stood are added."""
    pause = clock.pauses.filter(until=None).first()
    if pause is None or clock.due_at is None:
        return
    pause.until = at
    pause.save(update_fields=["until"])
    calendar = current_calendar()
    if clock.unit == "hour":
        due = clock.due_at + (at - pause.since)
    else:
        stood = calendar.workdays_between(pause.since.astimezone(SHANGHAI).date(), at.astimezone(SHANGHAI).date())
        day = clock.due_at.astimezone(SHANGHAI).date()
        due = end_of_day(calendar.add_workdays(day, stood)) if stood else clock.due_at
    _move(clock, due, clock.provisional or calendar.is_provisional(due.astimezone(SHANGHAI).date()), calendar)


def recount_provisional() -> list[ClockRecount]:
    """After a year was loaded: compute every open provisional clock again, leaving a trace where the date or its standing moved."""
    moved = []
    with transaction.atomic():
        waiting = Clock.objects.open().filter(provisional=True).select_for_update(of=("self",)).select_related("version")
        for clock in waiting:
            extension = clock.extensions.order_by("-pk").first()
            wish = ExtensionRequest(extension.noticed_at, extension.reason) if extension else None
            due = recomputed(clock, extension=wish)
            if extension and extension.new_due_at != clock.due_at:
                wish = ExtensionRequest(extension.noticed_at, extension.reason, extension.new_due_at)
                due = recomputed(clock, extension=wish)
            if due.due_at is None or clock.due_at is None or (due.due_at == clock.due_at and due.provisional):
                continue
            moved.append(
                ClockRecount.objects.create(
                    clock=clock,
                    old_due_at=clock.due_at,
                    new_due_at=due.due_at,
                    was_provisional=True,
                    calendar_version=current_calendar().version,
                )
            )
            _move(clock, due.due_at, due.provisional, current_calendar())
    return moved


def _first_step(clock: Clock, profile: Profile, calendar: WorkCalendar) -> dt.datetime | None:
    from deadlines.steps import planned_steps

    planned = planned_steps(clock, profile, calendar)
    return planned[0][1] if planned else None
