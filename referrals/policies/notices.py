"""Who gives prior notice, consents, receipts what was told or filed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import CLERKS, LEADERS
from core.decisions import Allow, Decision, Deny
from referrals.models import Notice, Referral
from referrals.policies.sides import sender, stranger
from referrals.rules import profile_of_referral


def may_give_prior_notice(referral: Referral, by: Actor) -> Decision:
    if not profile_of_referral(referral).referral.prior_notice.required:
        return stranger(_("本规则没有事先通报的要求。"))
    if referral.prior_notice_at is not None:
        return Deny(_("已登记过事先通报。"), hide=True)
    return sender(referral, by, CLERKS, _("事先通报由经办人登记。"))


def may_consent(referral: Referral, by: Actor) -> Decision:
    special = profile_of_referral(referral).referral.major_difficult
    if special is None or referral.kind != "major_difficult":
        return stranger(_("本案不需要对方事先同意。"))
    if not by.of(referral.to_agency_id):
        return stranger(_("须由受移送的市级业务主管部门同意。"))
    if referral.consent_at is not None:
        return Deny(_("已登记同意。"), hide=True)
    return Allow() if by.holds(*LEADERS) else Deny(_("须由业务主管部门领导同意。"), special.clause)


def may_receipt_filing(referral: Referral, by: Actor) -> Decision:
    """Filing (QD-2.4.1-j) is done when the office with which it is filed has receipted it."""
    special = profile_of_referral(referral).referral.major_difficult
    if special is None or referral.kind != "major_difficult":
        return stranger(_("本案不需要备案。"))
    if by.agency is None or by.agency.kind != special.filing_to:
        return stranger(_("由备案机关签收。"))
    if referral.filed_at is not None:
        return Deny(_("已经备案签收。"), hide=True)
    return Allow() if by.holds(*CLERKS, *LEADERS) else Deny(_("您的岗位不办理备案。"), hide=True)


def may_receipt_notice(notice: Notice, by: Actor) -> Decision:
    if not by.of(notice.to_agency_id):
        return stranger(_("由受通报的机关签收。"))
    return Allow() if by.holds(*CLERKS, *LEADERS) else Deny(_("您的岗位不办理案件移送。"), hide=True)


def may_void_notice(notice: Notice, by: Actor) -> Decision:
    return Allow() if by.is_system else stranger(_("通报随所依据的案情失效。"))
