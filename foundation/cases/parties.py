"""The parties of a case, first and further, as one list: what is kept of each, whole, checked and compared alike."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.utils import timezone

from core.text import clean_name
from foundation.cases.identity import age_on, born_on, canonical_code, kind_of_document, masked, sex_in
from foundation.cases.models import Case, DocumentKind

MOST = 20


@dataclass
class PartyFacts:
    """One party. Of the first, a case has columns of these names with `party_` before them; of the others, rows."""

    kind: str = ""
    name: str = ""
    document: str = ""
    document_words: str = ""
    code: str = ""
    representative: str = ""
    sex: str = ""
    age: int | None = None
    address: str = ""
    contact: str = ""

    def completed(self, found_at: dt.datetime | None) -> PartyFacts:
        """Name and code in the form that is kept; sex and age from the number where nobody filled them in.

        The age is that of the day the case was found (`found_at`, aware), or of today.
        """
        self.name = clean_name(self.name or "")
        self.code = canonical_code(self.kind, self.code or "", self.document)
        born = born_on(self.code) if self.kind == Case.PartyKind.PERSON and self.document != DocumentKind.OTHER else None
        if born is not None:
            self.sex = self.sex or sex_in(self.code)
            self.age = age_on(timezone.localdate(found_at) if found_at else timezone.localdate(), born) if self.age is None else self.age
        return self

    @property
    def masked_code(self) -> str:
        return masked(self.kind, self.code, self.document)

    @property
    def sex_name(self) -> str:
        return str(dict(Case.Sex.choices).get(self.sex, ""))

    @property
    def document_name(self) -> str:
        """What the number is called: the chosen kind, another document's own name, or what the number's form tells."""
        kind = kind_of_document(self.kind, self.code, self.document)
        if kind == DocumentKind.OTHER:
            return self.document_words
        return str(DocumentKind(kind).label) if kind in DocumentKind.values else ""


PARTY_FIELDS = tuple(field.name for field in fields(PartyFacts))
# The columns of a case that hold its parties: the first one's, and the list of the others.
PARTIES = (*(f"party_{name}" for name in PARTY_FIELDS), "further_parties")


def first_party(case: Case) -> PartyFacts:
    return PartyFacts(**{name: getattr(case, f"party_{name}") for name in PARTY_FIELDS})


def further_parties(case: Case) -> list[PartyFacts]:
    """In their order. Of a case that a version kept as well as of the case itself."""
    return further_in(case.further_parties)


def further_in(rows: list[dict[str, Any]] | None) -> list[PartyFacts]:
    """The same from the column's value alone."""
    return [PartyFacts(**{name: value for name, value in row.items() if name in PARTY_FIELDS}) for row in rows or []]


def parties_of(case: Case) -> list[PartyFacts]:
    """All parties, the first first."""
    return [first_party(case), *further_parties(case)]


def complete_parties(case: Case) -> None:
    """Bring all parties into the form that is kept; not saved."""
    for name, value in asdict(first_party(case).completed(case.found_at)).items():
        setattr(case, f"party_{name}", value)
    case.further_parties = [asdict(party.completed(case.found_at)) for party in further_parties(case)]
