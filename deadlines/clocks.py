"""Starting and ending a clock, and counting it again. With prolonging.py and correcting.py the only code that writes one."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, DateTimeField, ExpressionWrapper, F, Q, Value, When
from django.utils import timezone

from accounts.models import Agency
from deadlines.book import Rules, as_pairs, current_calendar, profile_of
from deadlines.calendar import SHANGHAI, CalendarError, WorkCalendar
from deadlines.counting import LAST_SECOND, DueDate, end_of_day
from deadlines.due import can_be_overdue, compute_due
from deadlines.extending import ExtensionRequest, Granted, Pause
from deadlines.models import Clock, LocalTarget, ProfileVersion, ran_out
from deadlines.profile import Profile
from deadlines.steps import OVERSEEN_AFTER, planned_steps

SIGN_FOR = "sign_for"


def start_clock(
    rules: Rules, key: str, *, role: str, subject: tuple[str, int], event_at: dt.datetime, holder: Agency,
    counterpart: Agency | None, urgent: bool = False,
) -> Clock:  # fmt: skip
    """Start the clock `key` of these rules for a subject at `event_at` (aware). One running clock per subject and role.

    It counts from the event whenever that is stated, and may be late at once. Raises CalendarError (a BadInput).
    """
    calendar = current_calendar()
    options = rules.options
    due = compute_due(profile_of(rules.version.pk), key, event_at, calendar, urgent=urgent, options=as_pairs(options), explain=False)
    clock = Clock(
        jurisdiction_id=holder.jurisdiction_id, subject_kind=subject[0], subject_id=subject[1], role=role, key=key,
        version=rules.version, options=options, urgent=urgent, clause=due.rule.clause, holder=holder, counterpart=counterpart,
        event_at=event_at, unit=due.rule.unit, due_at=due.due_at, provisional=due.provisional, calendar_version=calendar.version,
        escalates=can_be_overdue(due.rule.unit), at_once=due.rule.at_once,
    )  # fmt: skip
    clock.mark_late(timezone.now())
    clock.next_step_at = first_step(clock, rules.profile, calendar)
    clock.save()
    return clock


def start_local_target(
    version: ProfileVersion, target: LocalTarget, *, subject: tuple[str, int], event_at: dt.datetime, holder_id: int, counterpart_id: int | None
) -> Clock:
    """A local target that no clause sets (a delivered letter should be signed for soon), counted in working days from `event_at`.

    It is chased, and is late only where the district adopted it as its rule. One running clock per subject and role.
    """
    calendar = current_calendar()
    due = end_of_day(_workday_after(event_at.astimezone(SHANGHAI).date(), target.workdays, calendar))
    clock = Clock(
        jurisdiction_id=target.jurisdiction_id, subject_kind=subject[0], subject_id=subject[1], role=target.role, key=target.role,
        version=version, options={OVERSEEN_AFTER: target.overseen_after or target.workdays}, clause="", holder_id=holder_id,
        counterpart_id=counterpart_id, event_at=event_at, unit="workday", due_at=due, calendar_version=calendar.version,
        escalates=target.adopted, next_step_at=due,
    )  # fmt: skip
    clock.save()
    return clock


def _workday_after(day: dt.date, workdays: int, calendar: WorkCalendar) -> dt.date:
    """Where the calendar ends first, weeks of five days: no act is refused for the sake of a reminder."""
    try:
        return calendar.add_workdays(day, workdays)
    except CalendarError:
        return day + dt.timedelta(days=-(-workdays * 7 // 5))


def open_clock(subject: tuple[str, int], role: str) -> Clock | None:
    return Clock.objects.open().filter(subject_kind=subject[0], subject_id=subject[1], role=role).select_related("version").first()


def meet_clocks(subject: tuple[str, int], *roles: str, at: dt.datetime) -> int:
    """These duties are done at `at`; how many were running."""
    return _end(subject, roles, at, Clock.End.MET)


def cancel_clocks(subject: tuple[str, int], *roles: str, at: dt.datetime) -> int:
    """These duties fell away at `at` (withdrawn, settled otherwise); all running ones when no role is named."""
    return _end(subject, roles, at, Clock.End.CANCELLED)


def _end(subject: tuple[str, int], roles: tuple[str, ...], at: dt.datetime, end: str) -> int:
    """End running clocks in one statement. What had run out by then was late, and the sweep still carries it to the desk."""
    running = Clock.objects.open().filter(subject_kind=subject[0], subject_id=subject[1])
    if roles:
        running = running.filter(role__in=roles)
    expired = ran_out(at) & Q(escalates=True)
    since = ExpressionWrapper(F("due_at") + LAST_SECOND, output_field=DateTimeField())
    return running.update(
        ended_at=at,
        end=end,
        late_since=Case(When(expired & Q(late_since=None), then=since), default=F("late_since")),
        next_step_at=Case(When(expired | Q(late_since__isnull=False), then=Value(at)), default=None, output_field=DateTimeField()),
    )


def granted_to(clock: Clock) -> Granted | None:
    """The extension that this clock was granted, as it was granted; None without one."""
    row = clock.extensions.order_by("-pk").first()
    return Granted(row.noticed_at, row.until) if row else None


def pauses_of(clock: Clock) -> tuple[Pause, ...]:
    """What this clock stood; a pause still open when the clock ended stood until then, one of a running clock is not over."""
    rows = [(p.since, p.until or clock.ended_at) for p in clock.pauses.order_by("since")]
    return tuple(Pause(since, until) for since, until in rows if until)


def recomputed(clock: Clock, *, extension: ExtensionRequest | None = None, explain: bool = False, calendar: WorkCalendar | None = None) -> DueDate:
    """The clock's due date from its stored inputs (event, limit, granted extension, pauses) and `calendar`, that of now by default."""
    return compute_due(
        profile_of(clock.version_id), clock.key, clock.event_at, calendar or current_calendar(), urgent=clock.urgent,
        options=as_pairs(clock.options), extension=extension, granted=None if extension else granted_to(clock),
        pauses=pauses_of(clock), explain=explain,
    )  # fmt: skip


def move_clock(clock: Clock, due: DueDate, *, also: tuple[str, ...] = ()) -> None:
    """Write the newly counted due date and plan the watch's steps anew; `also` names other fields that were set."""
    calendar = current_calendar()
    if clock.due_at != due.due_at:
        clock.steps.all().delete()
    clock.due_at, clock.provisional, clock.calendar_version = due.due_at, due.provisional, calendar.version
    clock.next_step_at = first_step(clock, profile_of(clock.version_id), calendar)
    clock.save(update_fields=["due_at", "provisional", "calendar_version", "next_step_at", "late_since", *also])


def first_step(clock: Clock, profile: Profile, calendar: WorkCalendar) -> dt.datetime | None:
    """The instant of the watch's first step for this clock, or None."""
    planned = planned_steps(clock, profile, calendar)
    return planned[0][1] if planned else None
