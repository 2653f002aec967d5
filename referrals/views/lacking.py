"""The summary above a form: what is wrong or missing, in the form's order, each line with its one clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django import forms

from referrals.shortcoming import Shortcoming


@dataclass(frozen=True)
class Lack:
    """One line: the field it leads to, what it is called, what is wrong, by which clause."""

    field: str
    label: str
    sentence: str
    clause: str = ""


def lacks_of(form: forms.Form, errors: Mapping[str, str], short: Iterable[Shortcoming] = ()) -> list[Lack]:
    """From the form's own errors and from a refusal: by field, or, where a draft is not complete, its shortcomings one by one."""
    found = [
        Lack(name, str(form.fields[name].label) if name in form.fields else "", str(sentence))
        for name, sentences in form.errors.items()
        for sentence in sentences
    ]
    told = {s.field for s in short}
    if told and told >= set(errors):
        found += [Lack(s.field, "", s.sentence, s.clause) for s in short]
    else:
        found += [Lack(name, "", sentence) for name, sentence in errors.items()]
    order = {name: number for number, name in enumerate(ORDER)}
    return sorted(found, key=lambda lack: order.get(lack.field, len(order)))


# As the page lays them out (templates/referrals/draft.html); a test compares.
ORDER = (
    "", "found_at", "source", "township", "place", "case_number", "filed_on", "officers", "ongoing", "urgent", "suspected_crime", "legacy", "onsite_measures", "urgent_reason",
    "stopped_at", "competent_told_at", "competent_told",
    "party_kind", "party_name", "party_representative", "party_document", "party_document_words", "party_code", "party_sex", "party_age",
    "party_contact", "party_address", "further_parties", "matter", "violated_article", "facts", "change_reason", "preliminary_investigation", "prior_correction", "rectify_told_on", "rectify_told",
    "legacy_consultation", "another_case", "to_agency", "determined_at", "correction_reason", "kind", "ground", "name_exception", "from_agency",
    "expired_override", "reasons", "confidentiality", "contact", "copies", "sender_department", "sender_person", "sender_phone",
    "quality_checked", "materials", "prior_notice",
)  # fmt: skip
