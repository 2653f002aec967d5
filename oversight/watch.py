"""What the watch does at each step of a clock: whom it tells, and when it lays the matter on the government's desk."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import people_at, system_actor
from accounts.kinds import CLERKS, LEADERS, AgencyKind, Post
from accounts.models import Agency
from core import audit, outbox
from core.bulk import insert_columns
from deadlines import sweep as clock_sweep
from deadlines.labels import clock_label
from deadlines.models import Clock
from deadlines.steps import DUE, DUE_SOON, OVERDUE, REMIND, UNSIGNED
from deadlines.sweep import Claimed
from notifications.models import Message
from notifications.telling import Note, tell
from oversight.models import Escalation
from referrals.models import Party
from referrals.selectors import titles_of

KIND = {
    DUE_SOON: Message.Kind.DUE_SOON, DUE: Message.Kind.DUE, OVERDUE: Message.Kind.OVERDUE, UNSIGNED: Message.Kind.UNSIGNED,
    REMIND: Message.Kind.REMIND,
}  # fmt: skip
OVERSEERS = (AgencyKind.GOVERNMENT, AgencyKind.GOVERNMENT_OFFICE, AgencyKind.SUPERVISION_OFFICE, AgencyKind.MEETING_OFFICE)


def sweep(now: dt.datetime) -> int:
    """Everything that has become due by `now` (aware): reminders, warnings, escalations, each exactly once. Returns how many steps."""
    return clock_sweep.sweep(now, carry_out)


def carry_out(claimed: list[Claimed], now: dt.datetime) -> None:
    """Inside the sweep's transaction: escalate what is overdue, tell everybody concerned. A fixed number of queries a batch."""
    clocks = [c.clock for c in claimed]
    titles = _titles([c.subject_id for c in clocks if c.subject_kind == "referral"])
    offices = _offices({c.jurisdiction_id for c in clocks})
    raised = _escalate([c.clock for c in claimed if c.step == OVERDUE and c.clock.escalates], titles, offices, now)
    tell(_notes(claimed, titles, offices, raised, now), at=now)


def _titles(referrals: list[int]) -> dict[int, str]:
    return {pk: title + (f"（{number}）" if number else "") for pk, (title, number) in titles_of(referrals).items()}


def _offices(jurisdictions: set[int]) -> dict[int, list[Agency]]:
    found: dict[int, list[Agency]] = defaultdict(list)
    for agency in Agency.objects.filter(jurisdiction_id__in=jurisdictions, kind__in=OVERSEERS, valid_to=None):
        found[agency.jurisdiction_id].append(agency)
    return found


def _escalate(clocks: list[Clock], titles: dict[int, str], offices: dict[int, list[Agency]], now: dt.datetime) -> dict[int, Escalation]:
    if not clocks:
        return {}
    known = set(Escalation.objects.filter(clock__in=clocks).values_list("clock_id", flat=True))
    rows = [
        Escalation(
            jurisdiction_id=clock.jurisdiction_id,
            clock=clock,
            late_agency=clock.holder,
            raised_at=now,
            referral_id=clock.subject_id if clock.subject_kind == "referral" else None,
            title=titles.get(clock.subject_id, str(clock)),
        )
        for clock in clocks
        if clock.pk not in known
    ]
    made = Escalation.objects.bulk_create(rows)
    seats = [(e.referral_id, office.pk) for e in made if e.referral_id for office in offices[e.jurisdiction_id]]
    columns = {
        "referral_id": [r for r, _o in seats], "agency_id": [o for _r, o in seats], "role": str(Party.Role.OVERSEER), "since": now,
    }  # fmt: skip
    insert_columns(Party, columns, skip_known=True)
    by = system_actor("到期巡查")
    said = [(e.pk, {"clock": e.clock_id, "clause": e.clock.clause, "version": e.version}) for e in made]
    audit.record_first("escalation", said, "escalation.raise", by=by, at=now)
    outbox.publish(*(outbox.event_of(e, "raise", by=by, at=now) for e in made))
    return {e.clock_id: e for e in made}


def _sentence(step: str, clock: Clock, title: str) -> str:
    said = {"clock": clock_label(clock.key), "title": title, "holder": clock.holder.short_name}
    if clock.due_at is not None:
        local = timezone.localtime(clock.due_at)
        said["due"] = f"{local:%Y-%m-%d}" if clock.unit != "hour" else f"{local:%Y-%m-%d %H:%M}"
    texts = {
        DUE_SOON: _("即将到期（%(due)s）：%(clock)s，%(title)s"),
        DUE: _("今日到期（%(due)s）：%(clock)s，%(title)s"),
        OVERDUE: _("%(holder)s 已逾期（应于 %(due)s 前）：%(clock)s，%(title)s"),
        UNSIGNED: _("送达后尚未签收：%(title)s"),
        REMIND: _("请及时办理：%(clock)s，%(title)s"),
    }
    return texts[step] % said


def _notes(
    claimed: list[Claimed], titles: dict[int, str], offices: dict[int, list[Agency]], raised: dict[int, Escalation], now: dt.datetime
) -> list[Note]:
    agencies = {c.clock.holder_id for c in claimed} | {o.pk for c in claimed for o in offices[c.clock.jurisdiction_id]}
    posts = (*CLERKS, *LEADERS, Post.GOVERNMENT_CLERK, Post.SUPERVISION, Post.MEETING_OFFICE)
    people = defaultdict(list)
    for person in people_at(agencies, posts, timezone.localdate(now)):
        people[person.agency_id].append(person)
    notes = []
    page, escalation_page = reverse("referral", args=[0]), reverse("escalation", args=[0])
    for item in claimed:
        clock, step = item.clock, item.step
        text = _sentence(step, clock, titles.get(clock.subject_id, str(clock)))
        url = page.replace("/0/", f"/{clock.subject_id}/") if clock.subject_kind == "referral" else "/"
        wanted = [p for p in people[clock.holder_id] if p.post in CLERKS or (step in (DUE, OVERDUE, UNSIGNED) and p.post in LEADERS)]
        key = f"{step}:{clock.pk}:{clock.due_at.timestamp():.0f}" if clock.due_at else f"{step}:{clock.pk}"
        notes += [Note(p.user_id, key, KIND[step], text, url, KIND[step] in p.mail_kinds) for p in wanted]
        if step == OVERDUE and clock.pk in raised:
            desk = escalation_page.replace("/0/", f"/{raised[clock.pk].pk}/")
            watchers = [p for o in offices[clock.jurisdiction_id] for p in people[o.pk]]
            notes += [Note(p.user_id, key, KIND[step], text, desk, KIND[step] in p.mail_kinds) for p in watchers]
    return notes
