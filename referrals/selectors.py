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
from deadlines.models import Clock, ClockExtension
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


def _at_desk(by: Actor, *roles: str) -> Exists:
    return Exists(Party.objects.filter(referral=OuterRef("pk"), agency_id=by.agency_id, role__in=roles))


def _to_decide(by: Actor) -> str:
    """A government leader decides what is proposed; the offices before that, what is reported."""
    return "proposed" if by.holds(Post.GOVERNMENT_LEADER) else "reported"


def desk(by: Actor, name: str, now: dt.datetime) -> QuerySet[Referral]:
    """One desk of the actor's agency. `all` is everything visible."""
    rows = referrals_visible_to(by)
    leads = by.holds(Post.LEADER, Post.HEAD)
    if name == "todo":
        mine = Q(from_agency_id=by.agency_id, state__in=["submitted"] if leads else ["draft", "returned", "reported", "not_accepted"])
        theirs = Q(to_agency_id=by.agency_id, state__in=OURS_TO_ACT)
        deciding = _at_desk(by, Party.Role.DECIDER) & Exists(Dispute.objects.filter(referral=OuterRef("pk"), state=_to_decide(by)))
        wanted = Q(from_agency_id=by.agency_id, supplement_wanted_at__isnull=False, supplied_at=None, state__in=OURS_TO_ACT)
        return rows.filter(mine | theirs | wanted | deciding)
    if name == "sent":
        return rows.filter(_at_desk(by, Party.Role.SENDER)).exclude(state__in=NOT_YET_SENT)
    if name == "drafts":
        return rows.filter(_at_desk(by, Party.Role.SENDER), state__in=NOT_YET_SENT)
    if name == "received":
        return rows.filter(_at_desk(by, Party.Role.RECEIVER, Party.Role.FORMER))
    if name == "copied":
        return rows.filter(_at_desk(by, Party.Role.COPIED))
    if name == "overdue":
        late = Clock.objects.overdue(now).filter(subject_kind="referral", subject_id=OuterRef("pk"))
        return rows.filter(Exists(late))
    if name == "granted":
        return rows.filter(pk__in=granted_to(by))
    return rows


def narrowed(rows: QuerySet[Referral], wanted: dict[str, Any], now: dt.datetime) -> QuerySet[Referral]:
    """Filters as the URL says them: state, matter, agency (either side), clock phase, since, until, urgent, q."""
    if wanted.get("state"):
        rows = rows.filter(state__in=wanted["state"] if isinstance(wanted["state"], list) else [wanted["state"]])
    if wanted.get("matter"):
        rows = rows.filter(case__matter_id=wanted["matter"])
    if wanted.get("agency"):
        rows = rows.filter(Q(from_agency_id=wanted["agency"]) | Q(to_agency_id=wanted["agency"]))
    if wanted.get("since"):
        rows = rows.filter(created_at__date__gte=wanted["since"])
    if wanted.get("until"):
        rows = rows.filter(created_at__date__lte=wanted["until"])
    if wanted.get("updated_since"):
        rows = rows.filter(updated_at__gte=wanted["updated_since"])
    if wanted.get("urgent"):
        rows = rows.filter(case__urgent=True)
    if wanted.get("party"):
        rows = rows.filter(case__party_name__icontains=wanted["party"])
    if wanted.get("phase") == "overdue":
        rows = rows.filter(Exists(Clock.objects.overdue(now).filter(subject_kind="referral", subject_id=OuterRef("pk"))))
    elif wanted.get("phase") == "due_soon":
        soon = Clock.objects.open().filter(subject_kind="referral", subject_id=OuterRef("pk"), due_at__gte=now)
        rows = rows.filter(Exists(soon.filter(due_at__lte=now + dt.timedelta(days=2))))
    if wanted.get("q"):
        rows = searched(rows, wanted["q"])
    return rows


def searched(rows: QuerySet[Referral], query: str) -> QuerySet[Referral]:
    """Two Chinese characters suffice; letters are tried as text and as pinyin initials."""
    readings = alternatives(query[:60])
    if not readings:
        return rows.none() if query.strip() else rows
    found = Q()
    for pairs in readings:
        found |= Q(search__contains=pairs)
    return rows.filter(found)


def page_after(rows: QuerySet[Referral], cursor: int | None, size: int = PAGE) -> tuple[list[Referral], int | None]:
    """One page, newest first, by key: (rows, cursor of the next page or None). Clocks come along in one query."""
    if cursor:
        rows = rows.filter(pk__lt=cursor)
    found = list(rows.order_by("-pk")[: size + 1])
    more = found[size - 1].pk if len(found) > size else None
    return with_clocks(found[:size]), more


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
