"""What the watch does at each step of a clock: whom it tells, and when it lays the matter on the government's desk."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actors import people_at, system_actor
from accounts.kinds import CLERKS, LEADERS, OVERSEER_KINDS, Post
from accounts.models import Agency
from core import audit, outbox
from core.bulk import insert_rows
from core.nouns import Told, addresses, noun, nouns, told_of
from deadlines import sweep as clock_sweep
from deadlines.clocks import SIGN_FOR
from deadlines.counting import LAST_SECOND
from deadlines.labels import clock_label
from deadlines.models import Clock
from deadlines.steps import DUE, DUE_SOON, LATE, OVERDUE, RAN_OUT, REMIND, STILL, UNSIGNED
from deadlines.sweep import Claimed
from notifications.models import Message
from notifications.telling import Note, tell
from oversight.models import Escalation

KIND = {
    DUE_SOON: Message.Kind.DUE_SOON, DUE: Message.Kind.DUE, OVERDUE: Message.Kind.OVERDUE, LATE: Message.Kind.OVERDUE,
    UNSIGNED: Message.Kind.UNSIGNED, REMIND: Message.Kind.REMIND,
}  # fmt: skip


# In what the escalations of one batch differ.
OWN = ("jurisdiction_id", "clock_id", "event_at", "due_at", "late_agency_id", "subject_kind", "subject_id", "title")
# Who at an overseeing office is told.
WATCHERS = (*CLERKS, *LEADERS, Post.GOVERNMENT_CLERK, Post.SUPERVISION, Post.MEETING_OFFICE)


Subjects = dict[tuple[str, int], Told]


def sweep(now: dt.datetime) -> int:
    """Everything that has become due by `now` (aware): reminders, warnings, escalations, each exactly once. Returns how many steps."""
    return clock_sweep.sweep(now, carry_out)


def carry_out(claimed: list[Claimed], now: dt.datetime) -> None:
    """Inside the sweep's transaction: escalate what is overdue, tell everybody concerned. A fixed number of queries a batch."""
    clocks = [c.clock for c in claimed]
    subjects = told_of(_subject(clock) for clock in clocks)
    offices = _offices({c.jurisdiction_id for c in clocks}, timezone.localdate(now))
    raised = _escalate([c for c in claimed if c.step in RAN_OUT and c.clock.escalates], subjects, offices, now)
    _seat_overseers([c.clock for c in claimed if c.step == STILL], subjects, offices, now)
    # A local target that no district adopted is told in the day's digest (oversight/digest.py), not one by one.
    tell(_notes([c for c in claimed if c.clock.clause or c.clock.escalates], subjects, offices, raised, now), at=now)


def _subject(clock: Clock) -> tuple[str, int]:
    return clock.subject_kind, clock.subject_id


def title_outside(clock: Clock, subjects: Subjects) -> str:
    """What is said of it outside the agency: nobody outside reads a draft, so of a letter not yet out only agency and clause."""
    told = subjects.get(_subject(clock))
    if told is None:
        return str(clock)
    return told.words if told.out else title_of_unsent(clock)


def title_of_unsent(clock: Clock) -> str:
    said = {"noun": noun(clock.subject_kind).name, "agency": clock.holder.short_name, "clause": clock.clause}
    return "尚未发出的%(noun)s（%(agency)s，%(clause)s）" % said


def _offices(jurisdictions: set[int], day: dt.date) -> dict[int, list[Agency]]:
    found: dict[int, list[Agency]] = defaultdict(list)
    for agency in Agency.objects.in_being(day).filter(jurisdiction_id__in=jurisdictions, kind__in=OVERSEER_KINDS):
        found[agency.jurisdiction_id].append(agency)
    return found


def _escalate(
    ran_out: list[Claimed], subjects: Subjects, offices: dict[int, list[Agency]], now: dt.datetime
) -> dict[tuple[int, dt.datetime], Escalation]:
    """One escalation for each due date that ran out, by (clock, that date); those already raised are left out."""
    if not ran_out:
        return {}
    known = set(Escalation.objects.filter(clock__in=[c.clock for c in ran_out]).values_list("clock_id", "due_at"))
    rows = []
    for item in ran_out:
        clock, due_at = item.clock, item.at - LAST_SECOND
        if (clock.pk, due_at) not in known:
            rows.append(
                Escalation(
                    jurisdiction_id=clock.jurisdiction_id, clock=clock, event_at=clock.event_at, due_at=due_at, late_agency=clock.holder,
                    raised_at=now, subject_kind=clock.subject_kind, subject_id=clock.subject_id,
                    title=title_outside(clock, subjects),
                )
            )  # fmt: skip
    insert_rows(rows, OWN, known_by=("clock_id", "due_at"))
    made = rows
    # Until its letter is out the draft is its agency's alone: the seat follows with the letter (referrals/services/signing.py).
    _seat_overseers([e.clock for e in made], subjects, offices, now)
    by = system_actor("到期巡查")
    said = [(e.pk, {"clock": e.clock_id, "clause": e.clock.clause, "version": e.version}) for e in made]
    audit.record_first("escalation", said, "escalation.raise", by=by, at=now)
    outbox.publish(*(outbox.event_of(e, "raise", by=by, at=now) for e in made))
    return {(e.clock_id, e.due_at): e for e in made}


def _seat_overseers(clocks: list[Clock], subjects: Subjects, offices: dict[int, list[Agency]], now: dt.datetime) -> None:
    """The overseeing offices may now read these letters; of one that is not out they learn nothing more."""
    for one in nouns():
        mine = [clock for clock in clocks if clock.subject_kind == one.kind and _subject(clock) in subjects and subjects[_subject(clock)].out]
        seats = [(clock.subject_id, office.pk) for clock in mine for office in offices[clock.jurisdiction_id]]
        if seats and one.seat_overseers is not None:
            one.seat_overseers(seats, now)


def _sentence(item: Claimed, title: str) -> str:
    clock, step = item.clock, item.step
    said = {"clock": clock_label(clock.key), "title": title, "holder": clock.holder.short_name}
    due_at = item.at - LAST_SECOND if step in RAN_OUT else clock.due_at
    if due_at is not None:
        local = timezone.localtime(due_at)
        said["due"] = f"{local:%Y-%m-%d}" if clock.unit != "hour" else f"{local:%Y-%m-%d %H:%M}"
    if step == DUE and due_at is not None and timezone.localdate(item.claimed_at) > timezone.localdate(due_at):
        # A provisional date that has passed is neither due today nor late.
        step = REMIND
    return _(_words_of(step, clock)) % said


def _words_of(step: str, clock: Clock) -> str:
    """The sentence before it is translated and filled in."""
    if step in RAN_OUT:
        return gettext_noop("%(holder)s 已逾期（应于 %(due)s 前）：%(clock)s，%(title)s")
    if step == DUE_SOON:
        return gettext_noop("即将到期（%(due)s）：%(clock)s，%(title)s")
    if step == DUE:
        return gettext_noop("今日到期（%(due)s）：%(clock)s，%(title)s")
    if step == UNSIGNED and clock.role == SIGN_FOR:
        return gettext_noop("送达后尚未签收：%(title)s")
    if step == UNSIGNED:
        return gettext_noop("已过本地提示时间（%(due)s）：%(clock)s，%(title)s")
    return gettext_noop("请立即办理：%(clock)s，%(title)s") if clock.at_once else gettext_noop("请及时办理：%(clock)s，%(title)s")


def _truest(claimed: list[Claimed]) -> list[Claimed]:
    """Of the steps of one clock that fall together, the last alone is true: 'due today' is not said of what is overdue."""
    return list({item.clock.pk: item for item in claimed}.values())


def _notes(
    claimed: list[Claimed],
    subjects: Subjects,
    offices: dict[int, list[Agency]],
    raised: dict[tuple[int, dt.datetime], Escalation],
    now: dt.datetime,
) -> list[Note]:
    agencies = {c.clock.holder_id for c in claimed} | {o.pk for c in claimed for o in offices[c.clock.jurisdiction_id]}
    posts = (*CLERKS, *LEADERS, Post.GOVERNMENT_CLERK, Post.GOVERNMENT_LEADER, Post.SUPERVISION, Post.MEETING_OFFICE)
    people = defaultdict(list)
    for person in people_at(agencies, posts, timezone.localdate(now)):
        people[person.agency_id].append(person)
    notes = []
    desks = addresses("escalation", [escalation.pk for escalation in raised.values()])
    for item in _truest(claimed):
        clock, step = item.clock, item.step
        told = subjects.get(_subject(clock))
        text, url = _sentence(item, told.words if told else str(clock)), told.page if told else "/"
        wanted = [p for p in people[clock.holder_id] if p.post in CLERKS or (step in (DUE, *RAN_OUT, UNSIGNED) and p.post in LEADERS)]
        if clock.clause == "":
            # Of a dispute the government and its offices are waited for.
            wanted += [p for p in people[clock.holder_id] if p.post in (Post.GOVERNMENT_CLERK, Post.GOVERNMENT_LEADER)]
        key = _key(item)
        notes += [Note(p.user_id, key, KIND[step], text, url, KIND[step] in p.mail_kinds) for p in wanted]
    for item in claimed:
        clock, step = item.clock, item.step
        escalation = raised.get((clock.pk, item.at - LAST_SECOND)) if step in RAN_OUT else None
        if escalation is not None:
            desk = desks[escalation.pk]
            text = _sentence(item, escalation.title)
            watchers = [p for o in offices[clock.jurisdiction_id] for p in people[o.pk] if p.post in WATCHERS]
            notes += [Note(p.user_id, _key(item), KIND[step], text, desk, KIND[step] in p.mail_kinds) for p in watchers]
    return notes


def _key(item: Claimed) -> str:
    clock, step = item.clock, item.step
    if step in RAN_OUT:
        return f"{OVERDUE}:{clock.pk}:{item.at.timestamp() - 1:.0f}"
    return f"{step}:{clock.pk}:{clock.due_at.timestamp():.0f}" if clock.due_at else f"{step}:{clock.pk}"
