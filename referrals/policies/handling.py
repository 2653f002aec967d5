"""Who handles an accepted case, reports its result, and ends a referral."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import CLERKS, LEADERS
from core.decisions import Allow, Decision, Deny
from referrals.models import Referral
from referrals.policies.sides import receiver, sender


def may_handle(referral: Referral, by: Actor) -> Decision:
    return receiver(referral, by)


def may_decide(referral: Referral, by: Actor) -> Decision:
    return receiver(referral, by)


def may_report_result(referral: Referral, by: Actor) -> Decision:
    return receiver(referral, by)


def may_take_back(referral: Referral, by: Actor) -> Decision:
    if by.is_system:
        return Allow()
    if referral.state == "disputed":
        return Deny(_("争议未决，须经双方协商一致或者由政府决定。"), hide=not by.of(referral.from_agency_id))
    return sender(referral, by, (*CLERKS, *LEADERS), _("由移送机关收回。"))


def may_withdraw(referral: Referral, by: Actor) -> Decision:
    return sender(referral, by, (*CLERKS, *LEADERS), _("由移送机关撤回。"))


def may_close(referral: Referral, by: Actor) -> Decision:
    return sender(referral, by, (*CLERKS, *LEADERS), _("由移送机关核对结果后办结。"))
