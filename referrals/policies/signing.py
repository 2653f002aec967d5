"""Who signs a letter, sends it back to its drafter, delivers it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import CLERKS, LEADERS, Post
from core.decisions import Allow, Decision, Deny
from referrals.models import Referral
from referrals.policies.sides import sender, stranger
from referrals.rules import head_may_be_deputised, needs_head, profile_of_referral


def may_return_to_drafter(referral: Referral, by: Actor) -> Decision:
    return sender(referral, by, LEADERS, _("由本机关领导退回。"))


def may_sign(referral: Referral, by: Actor) -> Decision:
    clause = profile_of_referral(referral).referral.head_approval.clause or ""
    if not by.of(referral.from_agency_id):
        return stranger(_("只有移送机关可以办理这一步。"))
    if not by.holds(*LEADERS):
        return Deny(_("移送函须经本机关领导批准签发。"), clause)
    if by.user_id is not None and by.user_id in (referral.drafter_id, *referral.writers):
        return Deny(_("签发人不能是起草、修改或者送签过本函的人。"), clause)
    return _head(referral, by, clause)


def _head(referral: Referral, by: Actor, clause: str) -> Decision:
    """Where the document wants the head's approval, a leader in charge cannot give it; a deputy only where the option allows."""
    if not needs_head(referral):
        return Allow()
    if not by.holds(Post.HEAD):
        return Deny(_("本规则要求由部门主要负责人批准，分管领导不能代替。"), clause)
    if by.deputy and not head_may_be_deputised(referral):
        return Deny(_("本地选择由主要负责人本人批准，不得代行。"), clause)
    return Allow()


def may_deliver(referral: Referral, by: Actor) -> Decision:
    return Allow() if by.is_system else stranger(_("签发后由系统送达。"))


def may_correct_facts(referral: Referral, by: Actor) -> Decision:
    """What the other side has in writing is put right by a leader of the agency whose case it is, not by who typed it."""
    decision = sender(referral, by, (*CLERKS, *LEADERS), _("由移送机关更正案情。"))
    if isinstance(decision, Deny):
        return decision
    if not by.of(referral.case.agency_id):
        return Deny(_("案情只能由发现案件的机关更正。"), hide=True)
    return Allow() if by.holds(*LEADERS) else Deny(_("公函已经发出，案情由本机关领导更正。"))


def may_note_newer_version(referral: Referral, by: Actor) -> Decision:
    return Allow() if by.is_system else stranger(_("随新版本的签发由系统登记。"))
