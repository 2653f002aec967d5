"""Reads of the government's desk."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.kinds import Post
from core.nouns import Told, noun_of, told_of
from deadlines.models import ClockCorrection
from oversight.models import Escalation
from oversight.stages import LATE, LEADER, OFFICE, SUPERVISION, awaiting


def escalations_visible_to(by: Actor) -> QuerySet[Escalation]:
    """The government's offices, the supervision office, the joint-meeting office and auditors see all of theirs; the late agency its own."""
    rows = Escalation.objects.select_related("late_agency", "clock__version", "clock__counterpart")
    if by.is_system:
        return rows
    if by.oversees:
        return rows.filter(jurisdiction_id=by.jurisdiction_id)
    return rows.filter(Q(late_agency_id=by.agency_id))


def corrections_visible_to(by: Actor) -> QuerySet[ClockCorrection]:
    """Corrections that moved a due date later: the overseers see all of their district, an agency those of its own clocks.

    Each shows the agency, the clause, the dates and the reason given for it; nothing of the draft.
    """
    rows = ClockCorrection.objects.filter(moved_later=True).select_related("clock__holder")
    if by.is_system:
        return rows
    return rows.filter(jurisdiction_id=by.jurisdiction_id) if by.oversees else rows.filter(clock__holder_id=by.agency_id)


def escalations_waiting_for(by: Actor) -> QuerySet[Escalation]:
    """What this post has to act on next."""
    rows = escalations_visible_to(by)
    if by.in_government_office and by.holds(Post.GOVERNMENT_LEADER):
        return rows.filter(state__in=awaiting(LEADER))
    if by.in_government_office:
        return rows.filter(state__in=awaiting(OFFICE))
    if by.holds(Post.SUPERVISION):
        return rows.filter(state__in=awaiting(SUPERVISION))
    return rows.filter(late_agency_id=by.agency_id, state__in=awaiting(LATE))


def matter_seen(escalation: Escalation, by: Actor) -> Told | None:
    """The row that it hangs on, where `by` may see it. Two queries."""
    known = noun_of(escalation.subject_kind)
    if known is None or not known.visible_to(by).filter(pk=escalation.subject_id).exists():
        return None
    return known.told([escalation.subject_id]).get(escalation.subject_id)


def subjects_named(rows: list[Escalation]) -> dict[int, dict[str, Any] | None]:
    """By escalation: the row (kind, id) that it hangs on, once it may be named outside its agency. A query for each kind."""
    told = told_of((row.subject_kind, row.subject_id) for row in rows)

    def named(row: Escalation) -> dict[str, Any] | None:
        known = told.get((row.subject_kind, row.subject_id))
        return {"kind": row.subject_kind, "id": row.subject_id} if known is not None and known.out else None

    return {row.pk: named(row) for row in rows}
