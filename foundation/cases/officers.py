"""The enforcement officers of a case: two of them, each with the number of the certificate (行政处罚法 art. 42)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from django.utils.translation import gettext as _

from core.text import clean_code
from foundation.cases.models import Case

# 执法人员不得少于两人, and a letter names two.
OFFICERS = 2


@dataclass(frozen=True)
class Officer:
    name: str = ""
    certificate: str = ""


OFFICER_FIELDS = tuple(field.name for field in fields(Officer))


def officers_of(case: Case) -> list[Officer]:
    """In their order. Of a case that a version kept as well as of the case itself."""
    return [Officer(**{name: value for name, value in row.items() if name in OFFICER_FIELDS}) for row in case.officers or []]


def officer_problems(case: Case) -> Iterator[str]:
    """Sentences on what is wrong with the officers; none are asked for, but whoever is named is named as the law wants it."""
    officers = officers_of(case)
    if not officers:
        return
    if len(officers) < OFFICERS:
        yield _("执法人员不得少于两人，请填写另一名执法人员。")
    for number, officer in enumerate(officers, 1):
        if not officer.name or not officer.certificate:
            yield _("第%(number)d名执法人员：姓名和执法证号都要填写。") % {"number": number}
    certificates = [clean_code(officer.certificate) for officer in officers if officer.certificate]
    if len(set(certificates)) < len(certificates):
        yield _("两名执法人员的执法证号相同，请核对。")
