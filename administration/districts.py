"""What belongs to a district: the one list from which every row shown, every choice offered and every value accepted is drawn."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from accounts.models import PostHolding, User
from deadlines.book import profile_of
from deadlines.models import CalendarYear, ProfileVersion

# Kind of row -> the path from it to its district.
PATHS = {
    "accounts.jurisdiction": "pk",
    "accounts.agency": "jurisdiction",
    "accounts.postholding": "agency__jurisdiction",
    "accounts.absence": "holding__agency__jurisdiction",
    "accounts.apitoken": "holding__agency__jurisdiction",
    "cases.matter": "jurisdiction",
    "deadlines.profileassignment": "jurisdiction",
    "deadlines.localtarget": "jurisdiction",
}


def people_of(jurisdiction_id: int | None) -> QuerySet[User]:
    """The people whose accounts a district keeps: made here, and holding nothing, now or later, in another district.

    A post that ended elsewhere does not count. A person with posts in two districts is kept by neither's administrators: whoever
    sets that password would act in the other district too. Such accounts are the operator's (`manage.py load_district`).
    """
    elsewhere = PostHolding.objects.exclude(agency__jurisdiction_id=jurisdiction_id)
    elsewhere = elsewhere.filter(Q(until=None) | Q(until__gte=timezone.localdate()))
    machines = PostHolding.objects.filter(machine=True)
    rows = User.objects.filter(jurisdiction_id=jurisdiction_id, is_superuser=False).exclude(jurisdiction=None)
    return rows.exclude(pk__in=elsewhere.values("user_id")).exclude(pk__in=machines.values("user_id"))


def documents_of(jurisdiction_id: int | None) -> QuerySet[ProfileVersion]:
    """The rule versions written for this district: the document names its place."""
    from accounts.models import Jurisdiction

    place = Jurisdiction.objects.filter(pk=jurisdiction_id).first()
    rows = ProfileVersion.objects.only("pk")
    mine = [v.pk for v in rows if place is not None and profile_of(v.pk).levels.jurisdiction.zh == place.name]
    return ProfileVersion.objects.filter(pk__in=mine)


def of_district(model: type[Model], jurisdiction_id: int | None) -> QuerySet[Any]:
    """The rows of `model` that belong to the district. A kind of row that is not listed belongs to nobody: none."""
    kind = model._meta.label_lower
    if model is User:
        return people_of(jurisdiction_id)
    if model is ProfileVersion:
        return documents_of(jurisdiction_id)
    if model is CalendarYear:
        return CalendarYear.objects.all()
    if kind not in PATHS or jurisdiction_id is None:
        return model._default_manager.none()
    return model._default_manager.filter(**{PATHS[kind]: jurisdiction_id})
