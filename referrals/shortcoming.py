"""What is missing or wrong in a draft: one sentence beside one field; and what is asked of it whatever the document says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from documents.printing import unprintable_sentence
from foundation.cases.models import Case, Material
from foundation.cases.officers import officer_problems, officers_of
from foundation.cases.parties import further_parties
from referrals.models import Referral


@dataclass(frozen=True)
class Shortcoming:
    """What is missing: beside which field, in words, by which clause."""

    field: str
    sentence: str
    clause: str = ""


def own_file_lacks(case: Case, now: dt.datetime) -> Iterator[Shortcoming]:
    """The sender's own file: filed after it was found and not in the future, by two officers where any are named."""
    if case.filed_on and case.filed_on > timezone.localdate(now):
        yield Shortcoming("filed_on", _("立案日期不能晚于今天。"))
    elif case.filed_on and case.found_at and case.filed_on < timezone.localdate(case.found_at):
        yield Shortcoming("filed_on", _("立案日期不能早于发现之日。"))
    for sentence in officer_problems(case):
        yield Shortcoming("officers", sentence)


# What a letter prints of a case and of its referral, beside the words of the profile.
PRINTED = {
    "case": ("place", "onsite_measures", "competent_told", "rectify_told", "facts", "party_name", "party_document_words", "party_code", "party_representative",
             "party_address", "party_contact", "urgent_reason", "preliminary_investigation",
             "prior_correction", "legacy_consultation", "case_number", "violated_article"),
    "referral": ("reasons", "contact", "sender_department", "sender_person", "sender_phone", "name_exception", "expired_override"),
}  # fmt: skip


def unprintable(referral: Referral, materials: list[Material]) -> Iterator[Shortcoming]:
    """Characters that no shipped font draws, each beside the field in which it stands."""
    case = referral.stated
    texts = [(name, getattr(case, name)) for name in PRINTED["case"]] + [(name, getattr(referral, name)) for name in PRINTED["referral"]]
    texts.append(("matter", f"{case.matter.name}{case.matter.basis}" if case.matter else ""))
    texts.append(("township", case.township.name if case.township else ""))
    texts.append(("to_agency", referral.to_agency.name if referral.to_agency else ""))
    texts += [("materials", material.name) for material in materials]
    texts.append(("officers", "".join(f"{officer.name}{officer.certificate}" for officer in officers_of(case))))
    texts.append(("further_parties", "".join(str(value) for party in further_parties(case) for value in vars(party).values())))
    for name, text in texts:
        sentence = unprintable_sentence(text)
        if sentence:
            yield Shortcoming(name, sentence)
