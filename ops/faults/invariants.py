"""What must be so after any fault: read from the tables and the files, not from what a fault is known to break.

`Count.lost`: acknowledged, but not there. `doubled`: there twice. `stuck`: there, but what follows from it has not come.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.files.storage import default_storage
from django.db.models import Count as Number
from django.db.models import Max
from django.utils import timezone

from accounts.actors import people_at
from accounts.kinds import CLERKS
from core.models import AuditEntry, OutboxEvent
from deadlines.models import Clock, ran_out
from documents.models import NumberSeries, OfficialDocument
from foundation.cases.models import Case, Material
from foundation.work.models import Job
from notifications.mail import message_id_of
from notifications.models import Message
from ops.faults.clerks import Entry
from oversight.models import Escalation
from referrals import documents
from referrals.models import Referral
from systems.models import Delivery

# What the sweep may still be about to do: it comes every ten seconds here.
SWEPT_WITHIN = dt.timedelta(seconds=25)
NUMBER = re.compile(r"^(.+)〔(\d{4})〕(\d+)号$")


@dataclass
class Count:
    """How many there are in all, and what is wrong with them; `words` names the first few."""

    total: int = 0
    lost: int = 0
    doubled: int = 0
    stuck: int = 0
    words: list[str] = field(default_factory=list)

    def bad(self, kind: str, what: str, number: int = 1) -> None:
        setattr(self, kind, getattr(self, kind) + number)
        self.words = [*self.words, f"{kind}: {what}"][:8]

    @property
    def well(self) -> bool:
        return not (self.lost or self.doubled or self.stuck)


def acts(entries: Iterable[Entry]) -> Count:
    """Every acknowledged act has exactly one entry in the trail, one that was never answered at most one; no chain has a hole."""
    entries = list(entries)
    counted = Count(sum(1 for entry in entries if entry.answered))
    done = Counter(
        AuditEntry.objects.filter(subject_kind="referral", verb__in={f"referral.{e.verb}" for e in entries}).values_list("subject_id", "verb")
    )
    places = Counter(Case.objects.filter(place__in=[e.subject for e in entries if e.verb == "start_draft"]).values_list("place", flat=True))
    papers = Counter(Material.objects.values_list("case__place", flat=True))
    place_of = dict(Referral.objects.values_list("pk", "case__place"))
    for entry in entries:
        if entry.verb == "start_draft":
            there = places[entry.subject]
        elif entry.verb == "paper":
            there = papers[place_of.get(int(entry.subject), "")]
        else:
            there = done[entry.subject, f"referral.{entry.verb}"]
        if there > 1:
            counted.bad("doubled", f"{entry.verb} {entry.subject}: {there} times")
        elif entry.answered and not there:
            counted.bad("lost", f"{entry.verb} {entry.subject}")
        elif not entry.answered:
            counted.bad("stuck", f"{entry.verb} {entry.subject} was never answered")
    chains = AuditEntry.objects.values("subject_kind", "subject_id").annotate(n=Number("pk"), last=Max("seq"))
    for chain in chains:
        if chain["n"] != chain["last"]:
            counted.bad("lost", f"the trail of {chain['subject_kind']} {chain['subject_id']} has {chain['n']} of {chain['last']}")
    return counted


def letters() -> Count:
    """Every signed letter is there once, under its own number, with its file as registered; no series has a hole; all are out."""
    counted = Count(OfficialDocument.objects.count())
    issued = defaultdict(list)
    for letter in OfficialDocument.objects.filter(kind=documents.REFERRAL_LETTER, subject_kind="referral"):
        issued[letter.subject_id].append(letter.number)
    for pk, number, state in Referral.objects.exclude(signed_at=None).values_list("pk", "number", "state"):
        found = issued.pop(pk, [])
        if len(found) > 1:
            counted.bad("doubled", f"referral {pk}: {found}")
        elif found != [number]:
            counted.bad("lost", f"referral {pk} is {number}, its letter {found}")
        elif state == "signed":
            counted.bad("stuck", f"referral {pk} is not delivered")
    for pk, found in issued.items():
        counted.bad("doubled", f"referral {pk} is not signed, but has {found}")
    for letter in OfficialDocument.objects.defer("content"):
        if letter.rendered_at is None:
            counted.bad("stuck", f"{letter.number} has no file")
        elif not _as_registered(letter.file.name, letter.sha256):
            counted.bad("lost", f"the file of {letter.number}")
    _series(counted)
    return counted


def _as_registered(name: str, sha256: str) -> bool:
    try:
        with default_storage.open(name, "rb") as stream:
            return hashlib.sha256(stream.read()).hexdigest() == sha256
    except FileNotFoundError:
        return False


def _series(counted: Count) -> None:
    used: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    for issuer, number in OfficialDocument.objects.values_list("issuer_id", "number"):
        found = NUMBER.match(number)
        if found:
            used[issuer, found[1], int(found[2])].append(int(found[3]))
    for series in NumberSeries.objects.all():
        serials = sorted(used[series.agency_id, series.code, series.year])
        missing = series.last - len(set(serials))
        if missing:
            counted.bad("lost", f"{series}: {missing} of {series.last} numbers have no letter", missing)
        if len(serials) != len(set(serials)):
            counted.bad("doubled", f"{series}: a number was used twice", len(serials) - len(set(serials)))


def mails(taken: list[str]) -> Count:
    """Who is to be told of a letter is told once; every message that wants to go by mail went out, under one Message-ID."""
    wanted = list(Message.objects.filter(wants_mail=True))
    counted, ids = Count(len(wanted)), set(taken)
    known = {message_id_of(message): message for message in wanted}
    for identity, message in known.items():
        if message.mailed_at is None:
            counted.bad("stuck", f"message {message.pk}")
        elif identity not in ids:
            counted.bad("lost", f"message {message.pk} is said to be out, and never came")
    for identity in ids - known.keys():
        counted.bad("doubled", f"a mail of no message: {identity}")
    _told_of_letters(counted)
    return counted


def _told_of_letters(counted: Count) -> None:
    told = Counter()
    for user, key in Message.objects.filter(key__startswith="delivered:").values_list("user_id", "key"):
        told[user, int(key.split(":")[1])] += 1
    for pk, receiver in Referral.objects.exclude(delivered_at=None).values_list("pk", "to_agency_id"):
        for person in people_at({receiver}, CLERKS, timezone.localdate()):
            times = told[person.user_id, pk]
            if times != 1:
                counted.bad("lost" if not times else "doubled", f"user {person.user_id} was told of referral {pk} {times} times")


def events(taken: list[tuple[str, str]]) -> Count:
    """One event for each act of the trail, each handed out, and to the listening system in the order of its stream."""
    counted = Count(OutboxEvent.objects.count())
    for kind, model in (("referral", Referral), ("escalation", Escalation)):
        verbs = [f"{kind}.{verb}" for verb in {*model.VERBS, *model.BIRTHS} - model.QUIET]
        acts_done = Counter(AuditEntry.objects.filter(subject_kind=kind, verb__in=verbs).values_list("subject_id", "verb"))
        told = Counter((str(pk), verb) for pk, verb in OutboxEvent.objects.filter(subject_kind=kind).values_list("subject_id", "verb"))
        for key in acts_done.keys() | told.keys():
            if acts_done[key] != told[key]:
                counted.bad("lost" if told[key] < acts_done[key] else "doubled", f"{key}: {acts_done[key]} acts, {told[key]} events")
    fresh = OutboxEvent.objects.filter(fanned_at=None).count()
    if fresh:
        counted.bad("stuck", f"{fresh} events were not handed out", fresh)
    first: dict[str, None] = dict.fromkeys(identity for identity, _stream in taken)
    last: dict[str, int] = {}
    rows = {str(d.event.uid): d for d in Delivery.objects.select_related("event")}
    for identity, row in rows.items():
        if row.state != Delivery.State.DELIVERED:
            counted.bad("stuck", f"delivery {row.pk} is {row.state}")
        elif identity not in first:
            counted.bad("lost", f"delivery {row.pk} is said to be taken, and never came")
    for identity in first:
        row = rows.get(identity)
        if row is None:
            counted.bad("doubled", f"an event of no delivery: {identity}")
        elif row.event_id < last.get(row.stream, 0):
            counted.bad("lost", f"{row.stream} came out of order")
        else:
            last[row.stream] = row.event_id
    return counted


def escalations() -> Count:
    """Every statutory clock that ran out is on the record as late, and was laid on the government's desk once."""
    counted, now = Count(Escalation.objects.count()), timezone.now()
    raised = Counter(Escalation.objects.values_list("clock_id", "due_at"))
    clocks = {clock for clock, _due in raised}
    said = Counter(AuditEntry.objects.filter(subject_kind="escalation", verb="escalation.raise").values_list("subject_id", flat=True))
    for (clock, due), times in raised.items():
        if times > 1:
            counted.bad("doubled", f"clock {clock} for {due}: {times} times")
    for pk in Escalation.objects.values_list("pk", flat=True):
        if said[str(pk)] != 1:
            counted.bad("doubled" if said[str(pk)] else "lost", f"escalation {pk} is in the trail {said[str(pk)]} times")
    late = Clock.objects.late(now - SWEPT_WITHIN)
    for pk in late.values_list("pk", flat=True):
        if pk not in clocks:
            counted.bad("stuck", f"clock {pk} ran out and was not escalated")
    unmarked = Clock.objects.open().filter(ran_out(now - SWEPT_WITHIN), escalates=True, late_since=None).count()
    if unmarked:
        counted.bad("stuck", f"{unmarked} clocks are not on record as late", unmarked)
    return counted


def jobs() -> Count:
    """Nothing waits, runs or is parked: none of this work deserved parking."""
    counted = Count(Job.objects.count())
    for kind, state, number in Job.objects.exclude(state=Job.State.DONE).values_list("kind", "state").annotate(n=Number("pk")):
        counted.bad("stuck", f"{number} × {kind} {state}", number)
    return counted


def files() -> Count:
    """Every paper that was taken is there as registered."""
    counted = Count(Material.objects.count())
    for pk, name, sha256 in Material.objects.values_list("pk", "file", "sha256"):
        if not _as_registered(name, sha256):
            counted.bad("lost", f"paper {pk}")
    return counted


def nothing_waits() -> bool:
    """Whether all that follows from what was done has come: asked often, so in few queries."""
    now = timezone.now()
    late = Clock.objects.late(now - dt.timedelta(seconds=1)).values("pk")
    return not (
        Job.objects.exclude(state__in=[Job.State.DONE, Job.State.PARKED]).exists()
        or OfficialDocument.objects.filter(rendered_at=None).exists()
        or Referral.objects.filter(state="signed").exists()
        or Message.objects.filter(wants_mail=True, mailed_at=None).exists()
        or OutboxEvent.objects.filter(fanned_at=None).exists()
        or Delivery.objects.filter(state=Delivery.State.WAITING).exists()
        or late.exclude(escalations__isnull=False).exists()
    )
