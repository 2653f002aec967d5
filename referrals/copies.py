"""Copies that a document demands (QD-2.4.1-b, 相互抄告): the township where it happened and the bureau whose matter it is both learn of it."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.utils import timezone

from accounts.kinds import PARTY_KINDS
from accounts.models import Agency
from deadlines.profile import Profile
from foundation.cases.models import Matter
from referrals.models import Referral


def with_copies(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """The rows, each with the ids of its copies (`.copied`): of the many that have none, nothing more is asked."""
    of = Referral.copies.through.objects.filter(referral=OuterRef("pk"))
    return rows.annotate(copied=ArraySubquery(of.values("agency_id")))


def copies_of(referral: Referral) -> list[Agency]:
    """Who is copied, read once for the referral at hand."""
    known: list[Agency] | None = getattr(referral, "_copies", None)
    if known is None:
        known = list(referral.copies.all()) if getattr(referral, "copied", True) else []
        referral._copies = known  # type: ignore[attr-defined]
    return known


def copies_demanded(referral: Referral, profile: Profile) -> list[Agency]:
    """Which agencies must be copied under this document, besides the two sides. No query where it demands none."""
    if not profile.referral.mutual_copy.required:
        return []
    case, today = referral.stated, timezone.localdate()
    matter = Matter.objects.select_related("competent").filter(pk=case.matter_id).first() if case.matter_id else None
    wanted = [Agency.objects.filter(pk=case.township_id).first() if case.township_id else None, matter.competent if matter else None]
    sides = (referral.from_agency_id, referral.to_agency_id)
    found = {a.pk: a for a in wanted if a is not None and a.pk not in sides and a.kind in PARTY_KINDS and a.in_being(today)}
    return list(found.values())


def propose_copies(referral: Referral, profile: Profile, known: list[Agency]) -> list[Agency]:
    """Put on the list of copies what the document has come to demand since; what was there before stays as the drafter left it.

    Returns what came on the list.
    """
    before = {agency.pk for agency in known}
    new = [agency for agency in copies_demanded(referral, profile) if agency.pk not in before]
    if new:
        referral.copies.add(*new)
    return new
