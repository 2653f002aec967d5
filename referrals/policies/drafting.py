"""Who drafts, lays before the leader and throws away; who takes papers off a draft."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import CLERKS, LEADERS
from core.decisions import Allow, Decision, Deny
from foundation.cases.models import Material
from referrals.models import Referral
from referrals.policies.sides import sender, stranger
from referrals.rules import no_onward_clause, profile_of_referral
from referrals.same_facts import refilable


def may_start(by: Actor) -> Decision:
    """Who may open a draft in the name of the own agency. Whether the agency may refer at all is a shortcoming of the draft."""
    if by.agency is None or not by.holds(*CLERKS):
        return Deny(_("移送由经办人或联络员起草。"))
    return Allow()


def may_save_draft(referral: Referral, by: Actor) -> Decision:
    return sender(referral, by, CLERKS, _("草稿由本机关经办人修改。"))


def may_remove_material(referral: Referral, by: Actor) -> Decision:
    if referral.state not in ("draft", "returned"):
        return Deny(_("送签后材料不得删除。"))
    return may_save_draft(referral, by)


def may_remove_this_material(referral: Referral, material: Material, by: Actor) -> Decision:
    """What a signed letter lists, nobody takes away; and what was received is its sender's."""
    if material.frozen_at is not None:
        return Deny(_("已列入签发公函（或者已作为补充材料送出）的材料，任何人不得删除或替换。"))
    if material.case_id != referral.case_id:
        return Deny(_("随案移送来的材料由原移送机关提供，不得删除。"))
    return may_remove_material(referral, by)


def may_describe_material(referral: Referral, material: Material, by: Actor) -> Decision:
    """What the list says of a paper is its drafter's until a letter stands on it."""
    decision = may_remove_this_material(referral, material, by)
    if isinstance(decision, Deny) and referral.state in ("draft", "returned"):
        return Deny(_("已列入签发公函（或者随案移送来）的材料，份数、页数等不得再改。"))
    return decision


def may_submit(referral: Referral, by: Actor) -> Decision:
    return sender(referral, by, CLERKS, _("由经办人送签。"))


def may_discard(referral: Referral, by: Actor) -> Decision:
    """A draft without a stated event is its agency's to throw away; one whose clock runs is the leader's."""
    if by.is_system:
        return Allow() if referral.stated_at is None else stranger(_("期限已经起算的草稿不自动清理。"))
    if referral.stated_at is None:
        return sender(referral, by, (*CLERKS, *LEADERS), _("草稿由本机关作废。"))
    if by.of(referral.from_agency_id) and by.holds(*CLERKS):
        return Deny(_("期限已经起算的草稿，只能由本机关领导写明理由作废。"))
    return sender(referral, by, LEADERS, _("草稿由本机关作废。"))


def may_refile(referral: Referral, by: Actor) -> Decision:
    """After own withdrawal or a return for papers; never after an objection or a decision, and once."""
    decision = sender(referral, by, CLERKS, _("补齐后重新移送由经办人办理。"))
    if isinstance(decision, Deny):
        return decision
    clause = no_onward_clause(profile_of_referral(referral)) or ""
    if not refilable(referral, objected=referral.disputes.exists()):
        never_out = referral.delivered_at is None
        return Deny(_("只有被以材料不齐退回或者本机关自行撤回的移送可以补齐后重新移送；提出过异议、已作决定的不可以。"), clause, hide=never_out)
    if referral.refiled.exists():
        return Deny(_("本件已经重新移送。"), clause)
    return Allow()
