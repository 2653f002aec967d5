"""Who signs for a letter and answers it: papers wanted, accepted, not accepted, not ours, passed on."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import CLERKS, LEADERS
from core.decisions import Allow, Decision, Deny
from referrals.models import Referral
from referrals.policies.sides import receiver, sender, stranger
from referrals.rules import bound_clause, chain_of, no_onward_clause, profile_of_referral


def may_sign_for(referral: Referral, by: Actor) -> Decision:
    return receiver(referral, by)


def may_request_supplement(referral: Referral, by: Actor) -> Decision:
    if referral.supplement_wanted_at is not None or by.agency_id in referral.supplement_asked_by:
        return Deny(_("补充材料只能要求一次，已于此前提出。"), hide=not by.of(referral.to_agency_id))
    return receiver(referral, by)


def may_supply_supplement(referral: Referral, by: Actor) -> Decision:
    if not referral.papers_are_wanted:
        return stranger(_("对方没有待补充的要求。"))
    return sender(referral, by, CLERKS, _("由经办人补充材料。"))


def may_accept(referral: Referral, by: Actor) -> Decision:
    return receiver(referral, by)


def may_not_accept(referral: Referral, by: Actor) -> Decision:
    rules = profile_of_referral(referral).referral
    decision = receiver(referral, by)
    if isinstance(decision, Deny):
        return decision
    if referral.bound:
        return Deny(_("本案由决定（协商）确定由本机关管辖，不得拒收。"), rules.not_ours.clause or "")
    if rules.refusal.addressed == "only_non_jurisdiction":
        return Deny(_("只有不属本机关管辖一种情形可以不办，请提出管辖异议，报请政府决定。"), rules.not_ours.clause or "")
    return Allow()


def may_object(referral: Referral, by: Actor) -> Decision:
    rules = profile_of_referral(referral).referral.not_ours
    if not chain_of(referral):
        return stranger(_("本规则没有规定管辖异议程序。"))
    if referral.bound:
        return Deny(_("管辖已经确定，不再受理异议。"), rules.clause or "", hide=not by.of(referral.to_agency_id))
    if referral.answered_at is not None and by.of(referral.from_agency_id) and by.holds(*CLERKS, *LEADERS):
        return Allow()
    return receiver(referral, by)


def may_refer_onward(referral: Referral, by: Actor) -> Decision:
    if not by.of(referral.to_agency_id):
        return stranger(_("只有受移送机关会遇到这个问题。"))
    if referral.bound:
        return Deny(_("本案由决定（协商）确定由本机关管辖，不得再行移送。"), bound_clause(referral))
    clause = no_onward_clause(profile_of_referral(referral))
    if clause:
        return Deny(_("受移送的案件不得再行移送：不属本机关管辖的，只能与移送机关协商，或者报请政府决定。"), clause)
    if not by.holds(*CLERKS):
        return Deny(_("移送由经办人或联络员起草。"), hide=True)
    return Allow()
