"""Reads of a case's papers and versions."""

from __future__ import annotations

from django.db.models import Q

from foundation.cases.models import RESULT_SLOT, Case, CaseVersion, Material
from foundation.cases.stated import content_of, listed, says_the_same
from foundation.formats.keeping import with_looks


def working_materials(case: Case) -> list[Material]:
    """What a draft on this case would list now: the case's own papers, before them those with which it was received."""
    carried = [m["id"] for m in case.origin.materials] if case.origin_id and case.origin else []
    own = Q(case_id=case.pk) & ~Q(slot=RESULT_SLOT)
    papers = with_looks(Material.objects.filter(own | Q(pk__in=carried) if carried else own))
    return list(papers.select_related("uploaded_for").order_by("pk"))


def still_says(version: CaseVersion, case: Case, materials: list[Material]) -> bool:
    """Does the case, with these papers, still say what the version says?"""
    return says_the_same(version, content_of(case), listed(materials))
