"""Who opens a case to a single reader, and who takes that back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import LEADERS
from core.decisions import Allow, Decision, Deny
from referrals.models import Referral
from referrals.policies.sides import stranger


def may_grant_reading(referral: Referral, by: Actor) -> Decision:
    if by.agency_id not in (referral.from_agency_id, referral.to_agency_id):
        return stranger(_("只有移送双方可以授权查看。"))
    if referral.signed_at is None:
        return Deny(_("移送函发出前只有本机关可以查看，不能授权他人。"), hide=True)
    return Allow() if by.holds(*LEADERS) else Deny(_("授权个人查看由本机关领导决定。"), hide=True)


def may_take_back_reading(referral: Referral, by: Actor) -> Decision:
    """Whose leader opened it."""
    decision = may_grant_reading(referral, by)
    if isinstance(decision, Deny) or referral.readers.filter(granted_by_id=by.agency_id).exists():
        return decision
    return stranger(_("本机关没有授权他人查看本案。"))
