"""How referrals, their disputes and notices are called, whoever may see them: for the system's own messages."""

from __future__ import annotations

from collections.abc import Iterable

from core.nouns import Told, addresses
from foundation.cases.models import title_of
from referrals.models import Dispute, Notice, Referral

# As Referral.title reads them: of the version that the letter stands on, else of the case.
TITLED = ("case_version_id", "case_version__party_name", "case_version__matter_name", "case__party_name", "case__matter__name")


def referrals_told(ids: Iterable[int]) -> dict[int, Told]:
    """Out once the letter is signed: nobody outside its agency reads a draft. One query."""
    # By columns: a sweep asks after thousands.
    rows = list(Referral.objects.filter(pk__in=ids).values_list("pk", "number", "signed_at", *TITLED))
    pages = addresses("referral", [row[0] for row in rows])
    return {
        pk: Told(title_of(kept, kept_matter) if version else title_of(party, matter or ""), pages[pk], number, signed_at is not None)
        for pk, number, signed_at, version, kept, kept_matter, party, matter in rows
    }


def disputes_told(ids: Iterable[int]) -> dict[int, Told]:
    """By the referral that it is over. Two queries."""
    over = dict(Dispute.objects.filter(pk__in=ids).values_list("pk", "referral_id"))
    told = referrals_told(set(over.values()))
    return {pk: told[referral] for pk, referral in over.items()}


def notices_told(ids: Iterable[int]) -> dict[int, Told]:
    """By its kind and number: it says nothing of the draft behind it. One query."""
    rows = list(Notice.objects.filter(pk__in=ids).select_related("document"))
    pages = addresses("notice", [row.pk for row in rows])
    return {row.pk: Told(row.get_kind_display(), pages[row.pk], row.document.number) for row in rows}
