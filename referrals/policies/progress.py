"""Each side's contact, and the thread between the two."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import CLERKS, LEADERS
from core.decisions import Allow, Decision, Deny
from referrals.models import Referral
from referrals.policies.sides import stranger


def side_of(referral: Referral, by: Actor) -> str:
    """Which side of the letter this agency is: sender, receiver, or neither ('')."""
    return "sender" if by.of(referral.from_agency_id) else "receiver" if by.of(referral.to_agency_id) else ""


def may_set_contact(referral: Referral, by: Actor) -> Decision:
    """Each side names its own contact; the receiver once the letter has arrived."""
    side = side_of(referral, by)
    if not side or (side == "receiver" and referral.delivered_at is None):
        return stranger(_("只有移送双方各自登记联系人。"))
    return Allow() if by.holds(*CLERKS, *LEADERS) else Deny(_("您的岗位不办理案件移送。"), hide=True)


def may_read_progress(referral: Referral, by: Actor) -> Decision:
    return Allow() if side_of(referral, by) and referral.delivered_at is not None else stranger(_("进展往来只供移送双方。"))


def may_write_progress(referral: Referral, by: Actor) -> Decision:
    decision = may_read_progress(referral, by)
    if isinstance(decision, Deny):
        return decision
    return Allow() if by.holds(*CLERKS, *LEADERS) else Deny(_("您的岗位不办理案件移送。"), hide=True)
