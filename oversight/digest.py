"""Once a working day, one message a person: what has waited beyond its local target, how long, and whose turn it is."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import people_at
from accounts.kinds import CLERKS, LEADERS, OVERSEER_KINDS, Post
from accounts.models import Agency
from core.nouns import Told, told_of
from deadlines.book import current_calendar
from deadlines.calendar import SHANGHAI
from deadlines.models import Clock, ClockStep
from deadlines.profile_parts import Watch
from deadlines.steps import STILL
from deadlines.targets import BY_ROLE
from notifications.models import Message
from notifications.telling import Note, tell

# Who does what is waited for; nobody can hurry what a worker of this system does.
TURN: dict[str, tuple[str, ...]] = {
    "consent_wanted": LEADERS, "revise": CLERKS, "approve": LEADERS, "deliver": (), "sign_for": (*CLERKS, *LEADERS), "answer": (*CLERKS, *LEADERS),
    "supply": CLERKS, "after_refusal": (*CLERKS, *LEADERS), "report_dispute": (*CLERKS, *LEADERS), "propose": (Post.GOVERNMENT_CLERK, *LEADERS),
    "designate": (Post.GOVERNMENT_LEADER,), "serve_decision": (), "handle": (*CLERKS, *LEADERS), "decide": (*CLERKS, *LEADERS),
    "report_result": (*CLERKS, *LEADERS), "close": (*CLERKS, *LEADERS),
}  # fmt: skip
# Who answers for their own agency's matters, whoever does them.
ANSWERABLE = (*LEADERS, Post.GOVERNMENT_LEADER)
# Who watches over the district, from the day on which the overseers were given a seat at the letter.
WATCHERS = (Post.GOVERNMENT_CLERK, Post.SUPERVISION, Post.MEETING_OFFICE)
# More than a screenful is read in the list itself.
MOST_LINES = 20
BEGINS = Watch().day_starts


@dataclass(frozen=True)
class Waiting:
    """One matter that has passed its local target."""

    clock: Clock
    told: Told
    workdays: int

    @property
    def line(self) -> dict[str, str]:
        said = {"title": self.told.words, "holder": self.clock.holder.short_name, "what": BY_ROLE[self.clock.role].label, "days": self.workdays}
        text = _("%(title)s：等%(holder)s%(what)s，已 %(days)d 个工作日") % said
        return {"text": text, "url": self.told.page}


def tell_digest(now: dt.datetime) -> int:
    """Leave the day's digest for everybody who has one as of `now` (aware); returns how many were told.

    Nothing before the working day begins or on a rest day. Told under the day: the same person hears it once, however often and
    wherever this runs. A fixed number of queries.
    """
    local = now.astimezone(SHANGHAI)
    calendar = current_calendar()
    if local.time() < BEGINS or (calendar.covers(local.date()) and not calendar.is_workday(local.date())):
        return 0
    waiting = _waiting(now)
    if not waiting:
        return 0
    offices = _offices({w.clock.jurisdiction_id for w in waiting}, local.date())
    people = people_at({w.clock.holder_id for w in waiting} | set(offices), (*CLERKS, *ANSWERABLE, *WATCHERS), local.date())
    of_agency, of_district = defaultdict(list), defaultdict(list)
    for one in waiting:
        of_agency[one.clock.holder_id].append(one)
        if one.clock.passed_long_ago and one.told.out:
            of_district[one.clock.jurisdiction_id].append(one)
    turns: dict[int, dict[int, Waiting]] = defaultdict(dict)
    watched: dict[int, dict[int, Waiting]] = defaultdict(dict)
    mails: set[int] = set()
    for person in people:
        for one in of_agency[person.agency_id]:
            if person.post in TURN[one.clock.role]:
                turns[person.user_id][one.clock.pk] = one
            elif person.post in ANSWERABLE:
                watched[person.user_id][one.clock.pk] = one
        if person.post in WATCHERS and person.agency_id in offices:
            watched[person.user_id] |= {one.clock.pk: one for one in of_district[offices[person.agency_id]]}
        if Message.Kind.DIGEST in person.mail_kinds:
            mails.add(person.user_id)
    notes = [_note(user, turns[user], watched[user], local.date(), user in mails) for user in {*turns, *watched}]
    return tell([note for note in notes if note is not None], at=now)


def _waiting(now: dt.datetime) -> list[Waiting]:
    """Everything that has passed its local target, longest first."""
    told = ClockStep.objects.filter(clock=OuterRef("pk"), step=STILL)
    rows = Clock.objects.past_target(now).select_related("holder")
    clocks = list(rows.annotate(passed_long_ago=Exists(told)).order_by("event_at", "pk"))
    subjects = told_of((clock.subject_kind, clock.subject_id) for clock in clocks)
    calendar, today = current_calendar(), now.astimezone(SHANGHAI).date()
    found = []
    for clock in clocks:
        told = subjects.get((clock.subject_kind, clock.subject_id))
        if told is None:
            continue
        since = clock.event_at.astimezone(SHANGHAI).date()
        counted = calendar.covers(since) and calendar.covers(today)
        days = calendar.workdays_between(since, today) if counted else (today - since).days * 5 // 7
        found.append(Waiting(clock, told, days))
    return found


def _offices(jurisdictions: Iterable[int], day: dt.date) -> dict[int, int]:
    """The overseeing offices of these districts on `day`: {agency: district}."""
    rows: Any = Agency.objects.in_being(day).filter(jurisdiction_id__in=jurisdictions, kind__in=OVERSEER_KINDS)
    return dict(rows.values_list("pk", "jurisdiction_id"))


def _note(user_id: int, turns: dict[int, Waiting], watched: dict[int, Waiting], day: dt.date, by_mail: bool) -> Note | None:
    mine = list(turns.values())
    others = [one for pk, one in watched.items() if pk not in turns]
    if not mine and not others:
        return None
    rows = sorted(mine, key=lambda w: -w.workdays) + sorted(others, key=lambda w: -w.workdays)
    said = {"mine": len(mine), "others": len(others), "days": max(w.workdays for w in rows)}
    text = _("超过本地提示时间的事项：轮到您办理 %(mine)d 件，请您督促 %(others)d 件；等得最久的已 %(days)d 个工作日。") % said
    lines = [one.line for one in rows[:MOST_LINES]]
    return Note(user_id, f"digest:{day.isoformat()}", Message.Kind.DIGEST, text, reverse("desk", args=["aging"]), by_mail, lines)
