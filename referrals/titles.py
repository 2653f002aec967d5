"""How referrals, their disputes and notices are called, whoever may see them: for the system's own messages."""

from __future__ import annotations

from collections.abc import Iterable

from core.nouns import Told, addresses
from referrals.models import Dispute, Notice, Referral

TITLED = (
    "number", "signed_at", "case__party_name", "case__matter__name", "case_version__case", "case_version__party_name", "case_version__matter",
    "case_version__matter_name", "case_version__urgent", "case_version__found_at",
)  # fmt: skip


def referrals_told(ids: Iterable[int]) -> dict[int, Told]:
    """Out once the letter is signed: nobody outside its agency reads a draft. One query."""
    rows = list(Referral.objects.filter(pk__in=ids).select_related("case__matter", "case_version").only(*TITLED))
    pages = addresses("referral", [row.pk for row in rows])
    return {row.pk: Told(row.title, pages[row.pk], row.number, row.signed_at is not None) for row in rows}


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
