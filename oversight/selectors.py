"""Reads of the government's desk."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.kinds import Post
from deadlines.models import ClockCorrection
from oversight.models import Escalation
from oversight.stages import LATE, LEADER, OFFICE, SUPERVISION, awaiting


def escalations_visible_to(by: Actor) -> QuerySet[Escalation]:
    """The government's offices, the supervision office, the joint-meeting office and auditors see all of theirs; the late agency its own."""
    rows = Escalation.objects.select_related(
        "late_agency", "clock__version", "clock__counterpart", "referral__case__matter", "referral__case_version"
    )
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
