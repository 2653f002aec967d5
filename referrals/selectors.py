"""Reads. `referrals_visible_to` is the only root: pages, API, search and export all begin there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, JSONObject
from guardian.models import UserObjectPermission

from accounts.actors import Actor
from accounts.kinds import Post
from deadlines.calendar import SHANGHAI
from deadlines.models import Clock, ClockExtension
from referrals.lifecycle import OPEN_STATES, State
from referrals.models import Case, Dispute, Material, Party, Referral
from referrals.words import alternatives

PAGE = 25
DESKS = ("todo", "sent", "received", "copied", "overdue", "drafts", "granted", "all")
NOT_YET_SENT = ("draft", "submitted", "returned")
OURS_TO_ACT = ("delivered", "signed_for", "accepted", "handling", "decided")


def referrals_visible_to(by: Actor) -> QuerySet[Referral]:
    """What an agency sent, received, was copied on or put in charge of; and what was granted to this very person."""
    rows = Referral.objects.select_related("case__matter", "from_agency", "to_agency", "version_of_rules")
    if by.is_system:
        return rows
    party = Q(Exists(Party.objects.filter(referral=OuterRef("pk"), agency_id=by.agency_id)))
    if by.holds(Post.AUDITOR):
        party |= Q(jurisdiction_id=by.jurisdiction_id)
    return rows.filter(party | Q(pk__in=granted_to(by)))


def granted_to(by: Actor) -> QuerySet[Any, Any]:
    """Ids of the referrals opened to this person alone by django-guardian, as a subquery."""
    kind = ContentType.objects.get_for_model(Referral)
    rows = UserObjectPermission.objects.filter(user_id=by.user_id, content_type=kind, permission__codename="read_referral")
    return rows.annotate(referral=Cast("object_pk", BigIntegerField())).values("referral")


def cases_visible_to(by: Actor) -> QuerySet[Case]:
    seen = referrals_visible_to(by).filter(case=OuterRef("pk"))
    return Case.objects.filter(Q(agency_id=by.agency_id) | Q(Exists(seen))).select_related("matter", "township", "agency")


def disputes_visible_to(by: Actor) -> QuerySet[Dispute]:
    rows = Dispute.objects.select_related(
        "referral__case__matter", "referral__from_agency", "referral__to_agency", "referral__version_of_rules",
        "offer_handler", "proposed_handler", "handler", "opened_by", "suggested",
    )  # fmt: skip
    if by.is_system:
        return rows
    return rows.filter(Exists(Party.objects.filter(referral=OuterRef("referral"), agency_id=by.agency_id)) | Q(referral__in=granted_to(by)))


def desk(by: Actor, name: str, now: dt.datetime, wanted: dict[str, Any] | None = None) -> QuerySet[Referral]:
    """One desk of the actor's agency (`all` is everything visible), narrowed by `wanted` as the URL says.

    Reads the agency's own rows of the party table in the order of its index; a referral in which the agency has two roles
    comes twice: take a page with `page_after`, a number with `ids_of`.
    """
    wanted = wanted or {}
    if name == "granted":
        return narrowed(Referral.objects.filter(pk__in=granted_to(by)), wanted, now)
    if name == "all" and (by.is_system or by.holds(Post.AUDITOR)):
        rows = Referral.objects.all() if by.is_system else Referral.objects.filter(jurisdiction_id=by.jurisdiction_id)
        return narrowed(rows.filter(state__in=wanted["state"]) if wanted.get("state") else rows, wanted, now)
    seat = Q(parties__agency_id=by.agency_id) & _seats(by, name)
    if wanted.get("state"):
        seat &= Q(parties__state__in=wanted["state"])
    if name == "overdue" or wanted.get("phase"):
        # Only what is open has a running clock.
        seat &= Q(parties__state__in=OPEN_STATES)
    rows = Referral.objects.filter(seat)
    if name == "overdue":
        rows = rows.filter(Exists(Clock.objects.overdue(now).filter(subject_kind="referral", subject_id=OuterRef("pk"))))
    return narrowed(rows, wanted, now)


def _seats(by: Actor, name: str) -> Q:
    """Which rows of the party table lie on this desk."""
    role, sender, receiver = "parties__role", Party.Role.SENDER, Party.Role.RECEIVER
    if name == "todo":
        first = ["submitted"] if by.holds(Post.LEADER, Post.HEAD) else ["draft", "returned", "reported", "not_accepted"]
        mine = Q(parties__role=sender, parties__state__in=first)
        theirs = Q(parties__role=receiver, parties__state__in=OURS_TO_ACT)
        asked = Q(parties__role=sender, parties__state__in=OURS_TO_ACT, supplement_wanted_at__isnull=False, supplied_at=None)
        # A government leader decides what is proposed; the offices before that, what is reported.
        step = "proposed" if by.holds(Post.GOVERNMENT_LEADER) else "reported"
        dispute = Exists(Dispute.objects.filter(referral=OuterRef("pk"), state=step))
        return mine | theirs | asked | (Q(parties__role=Party.Role.DECIDER, parties__state="disputed") & dispute)
    if name == "sent":
        return Q(parties__role=sender, parties__state__in=[s for s in State.values if s not in NOT_YET_SENT])
    if name == "drafts":
        return Q(parties__role=sender, parties__state__in=NOT_YET_SENT)
    roles = {"received": [receiver, Party.Role.FORMER], "copied": [Party.Role.COPIED]}
    return Q(**{f"{role}__in": roles[name]}) if name in roles else Q()


def narrowed(rows: QuerySet[Referral], wanted: dict[str, Any], now: dt.datetime) -> QuerySet[Referral]:
    """Filters as the URL says them, but for the state (see `desk`): matter, agency (either side), party, phase, dates, urgent, q."""
    if wanted.get("matter"):
        rows = rows.filter(case__matter_id=wanted["matter"])
    if wanted.get("agency"):
        sides = Party.objects.filter(referral=OuterRef("pk"), agency_id=wanted["agency"], role__in=[Party.Role.SENDER, Party.Role.RECEIVER])
        rows = rows.filter(Exists(sides))
    if wanted.get("since"):
        rows = rows.filter(created_at__gte=dt.datetime.combine(wanted["since"], dt.time(), SHANGHAI))
    if wanted.get("until"):
        rows = rows.filter(created_at__lt=dt.datetime.combine(wanted["until"], dt.time(), SHANGHAI) + dt.timedelta(days=1))
    if wanted.get("updated_since"):
        rows = rows.filter(updated_at__gte=wanted["updated_since"])
    if wanted.get("urgent"):
        rows = rows.filter(case__urgent=wanted["urgent"] != "false")
    if wanted.get("party"):
        rows = searched(rows, wanted["party"])
    if wanted.get("party_code"):
        rows = rows.filter(case__party_code=wanted["party_code"].strip().upper())
    if wanted.get("phase") == "overdue":
        rows = rows.filter(Exists(Clock.objects.overdue(now).filter(subject_kind="referral", subject_id=OuterRef("pk"))))
    elif wanted.get("phase") == "due_soon":
        soon = Clock.objects.open().filter(subject_kind="referral", subject_id=OuterRef("pk"), due_at__gte=now)
        rows = rows.filter(Exists(soon.filter(due_at__lte=now + dt.timedelta(days=2))))
    if wanted.get("q"):
        rows = searched(rows, wanted["q"])
    return rows


def ids_of(rows: QuerySet[Referral]) -> QuerySet[Any, Any]:
    """The ids of a desk, newest first, each once."""
    return rows.order_by("-pk").values_list("pk", flat=True).distinct()


def searched(rows: QuerySet[Referral], query: str) -> QuerySet[Referral]:
    """Two Chinese characters suffice; letters are tried as text and as pinyin initials."""
    readings = alternatives(query[:60])
    if not readings:
        return rows.none() if query.strip() else rows
    found = Q()
    for pairs in readings:
        found |= Q(search__contains=pairs)
    return rows.filter(found)


def page_after(
    by: Actor, name: str, wanted: dict[str, Any], now: dt.datetime, size: int = PAGE, cursor: int | None = None
) -> tuple[list[Referral], int | None]:
    """One page of a desk, newest first, by key: (rows, cursor of the next page or None). Clocks come along in one query."""
    cursor = cursor or wanted.get("after")
    ids = _first(desk(by, name, now, wanted), cursor, size)
    if name == "all" and not by.is_system:
        ids = ids.union(_first(desk(by, "granted", now, wanted), cursor, size))
    found = list(referrals_visible_to(by).filter(pk__in=ids).order_by("-pk")[: size + 1])
    more = found[size - 1].pk if len(found) > size else None
    return with_clocks(found[:size]), more


def _first(rows: QuerySet[Referral], cursor: int | None, size: int) -> QuerySet[Any, Any]:
    return ids_of(rows.filter(pk__lt=cursor) if cursor else rows)[: size + 1]


def todo_by_due(by: Actor, now: dt.datetime, most: int = 30) -> list[Referral]:
    """What waits for the actor, soonest due first, then what has no due date: two queries, from the index of the agency's open clocks."""
    waiting = desk(by, "todo", now)
    due = Clock.objects.open().filter(holder_id=by.agency_id, subject_kind="referral").exclude(clause="").exclude(due_at=None)
    mine = due.filter(Exists(waiting.filter(pk=OuterRef("subject_id")))).order_by("due_at", "pk")
    first = list(dict.fromkeys(mine.values_list("subject_id", flat=True)[: most * 2]))[:most]
    wanted: Any = first
    if len(first) < most:
        rest = ids_of(waiting.exclude(pk__in=first))[: most - len(first)]
        wanted = Referral.objects.filter(pk__in=first).values_list("pk", flat=True).union(rest) if first else rest
    rows = list(referrals_visible_to(by).filter(pk__in=wanted))
    place = {pk: at for at, pk in enumerate(first)}
    return sorted(rows, key=lambda r: (place.get(r.pk, most), r.pk))


def with_clocks(rows: list[Referral]) -> list[Referral]:
    """Put each referral's running statutory clock (the earliest due) on it as `.clock`: one query."""
    running: dict[int, Clock] = {}
    clocks = Clock.objects.open().filter(subject_kind="referral", subject_id__in=[r.pk for r in rows]).order_by("-due_at")
    for clock in clocks:
        known = running.get(clock.subject_id)
        if known is None or clock.clause:
            running[clock.subject_id] = clock
    for row in rows:
        row.clock = running.get(row.pk)
    return rows


def materials_of(case_id: int) -> list[Material]:
    return list(Material.objects.filter(case_id=case_id).order_by("pk"))


def clocks_of(kind: str, identity: int) -> list[Clock]:
    """Every clock of a subject, oldest first, each with `.extended` (its extensions): one query."""
    extensions = ClockExtension.objects.filter(clock=OuterRef("pk")).order_by("pk")
    told = ArraySubquery(extensions.values(json=JSONObject(until="new_due_at", reason="reason")))
    rows = Clock.objects.filter(subject_kind=kind, subject_id=identity).select_related("holder", "counterpart").annotate(told=told)
    clocks = list(rows.order_by("pk"))
    for clock in clocks:
        clock.extended = [(dt.datetime.fromisoformat(e["until"]), e["reason"]) for e in clock.told]
    return clocks
