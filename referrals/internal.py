"""What is the office's own until the government has decided: opinions put before it (拟办意见), and single determinations."""

from __future__ import annotations

from accounts.actors import Actor
from referrals.lifecycle import DisputeState
from referrals.models import Dispute
from referrals.rules import is_office, offices_of


def may_read_proposal(dispute: Dispute, by: Actor) -> bool:
    """Before the decision: the government and its office, and the offices whose joint opinion the chain names; never a party.

    Afterwards everybody who sees the dispute. A dispute that the two settled themselves was decided by nobody: it stays the office's.
    """
    if dispute.state == DisputeState.DECIDED or by.is_system:
        return True
    if by.agency_id in (dispute.referral.from_agency_id, dispute.referral.to_agency_id):
        return False
    return by.speaks_for_government or is_office(by, offices_of(dispute.referral))
