"""Stored keys of the same facts, written anew after the normalisation behind them has changed."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from accounts.actors import system_actor
from core.retries import tried_again
from foundation.cases.sameness import NORMALISATION
from referrals.models import Referral
from referrals.same_facts import renew_facts_keys
from referrals.selectors import referrals_visible_to

BATCH = 200


def older_facts_keys() -> int:
    """How many referrals are looked up by keys of an older normalisation: those that a retyped case may pass by."""
    return Referral.objects.filter(facts_normal__lt=NORMALISATION).count()


def renew_all_facts_keys() -> Iterator[int]:
    """Write the keys of those referrals anew, a batch a transaction; yields how many each. Stopped, it goes on where it was."""
    while count := _renew_batch():
        yield count


@tried_again
def _renew_batch() -> int:
    """Each row is locked as an act would lock it, so that keys that are being written meanwhile are not overwritten by older ones."""
    with transaction.atomic():
        older = referrals_visible_to(system_actor("同一案件")).filter(facts_normal__lt=NORMALISATION)
        batch = list(older.select_for_update(of=("self",), no_key=True).order_by("pk")[:BATCH])
        for referral in batch:
            renew_facts_keys(referral)
        Referral.objects.bulk_update(batch, ["facts_keys", "facts_normal"])
    return len(batch)
