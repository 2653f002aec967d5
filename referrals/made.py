"""Which draft a sheet has made: the same sheet sent again goes on with it."""

from __future__ import annotations

from accounts.actors import Actor
from core.once import made_with
from referrals.lifecycle import WITH_DRAFTER
from referrals.models import Referral
from referrals.selectors import referrals_visible_to


def draft_made_with(key: str, *, by: Actor) -> Referral | None:
    """The draft that this person has made with the submit `key`, while they can still work on it."""
    made = made_with(by, key, "referral.start_draft") if by.user_id and key else None
    return referrals_visible_to(by).filter(pk=made, state__in=WITH_DRAFTER).first() if made else None
