"""What the search finds a referral by, kept with every act that changes a word of it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from accounts.actors import system_actor
from core.retries import tried_again
from foundation.cases.models import Material
from foundation.cases.parties import parties_of
from referrals.models import Referral, Wording
from referrals.selectors import materials_of, referrals_visible_to
from referrals.words import code_word, words_of

BATCH = 200


def search_words(referral: Referral, materials: list[Material]) -> list[str]:
    """As the letter states it (a draft: as it stands): parties, sides, matter, place, facts, numbers, names of files, codes whole."""
    case = referral.stated
    parties = parties_of(case)
    names = [*(party.name for party in parties), referral.from_agency.name, referral.from_agency.short_name]
    if referral.to_agency is not None:
        names += [referral.to_agency.name, referral.to_agency.short_name]
    texts = [case.matter.name if case.matter is not None else "", case.place, case.facts, case.case_number, referral.number, referral.decision_number]
    # A paper that was added later is not for everybody who finds the letter.
    texts += [material.name for material in materials if not getattr(material, "later", False)]
    return sorted({*words_of(texts, names), *(code_word(party.code) for party in parties if party.code)})


def keep_words(referral: Referral, materials: list[Material] | None = None) -> None:
    """Write them, called inside the act's transaction once the referral has a row. `materials`: where they are known already."""
    papers = materials_of(referral) if materials is None else materials
    row = Wording(referral=referral, words=search_words(referral, papers))
    Wording.objects.bulk_create([row], update_conflicts=True, unique_fields=["referral"], update_fields=["words"])


def renew_words(*, after: int = 0) -> Iterator[tuple[int, int]]:
    """Write the words of every referral with an id above `after` anew, a batch a transaction; yields (how many, the last id)."""
    while batch := _renew_batch(after):
        after = batch[-1]
        yield len(batch), after


@tried_again
def _renew_batch(after: int) -> list[int]:
    """The ids done. Each row is locked as an act would lock it, so that no word that is being written meanwhile is lost."""
    with transaction.atomic():
        rows = referrals_visible_to(system_actor("检索")).filter(pk__gt=after).select_for_update(of=("self",), no_key=True)
        batch = list(rows.order_by("pk")[:BATCH])
        for referral in batch:
            keep_words(referral)
    return [referral.pk for referral in batch]
