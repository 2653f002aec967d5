"""Who does what in a dispute over jurisdiction, and who settles it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import CLERKS, LEADERS, Post
from core.decisions import Allow, Decision, Deny
from core.wording import says_something
from referrals.models import Dispute, Referral
from referrals.policies.sides import stranger
from referrals.rules import chain_of, clause_of_step, is_office, profile_of_referral


def _party(dispute: Dispute, by: Actor, posts: tuple[str, ...] = (*CLERKS, *LEADERS)) -> Decision:
    if by.agency_id not in (dispute.referral.from_agency_id, dispute.referral.to_agency_id):
        return stranger(_("只有争议双方可以办理这一步。"))
    return Allow() if by.holds(*posts) else Deny(_("您的岗位不办理这一步。"), hide=True)


def _acts(dispute: Dispute) -> dict[str, tuple[str, ...]]:
    return {act: bodies for bodies, act in chain_of(dispute.referral)}


def may_record_interim_handling(dispute: Dispute, by: Actor) -> Decision:
    if "joint_interim_handling" not in _acts(dispute):
        return stranger(_("本程序没有先予协同处置一步。"))
    return _party(dispute, by)


def _handled_jointly(dispute: Dispute) -> Decision:
    """Where the document has the two handle the violation jointly first (QD-2.4.5-a), that is recorded before anything is agreed."""
    if "joint_interim_handling" in _acts(dispute) and not says_something(dispute.interim_handling):
        return Deny(_("须先予协同处置并登记，再协商、报请决定。"), clause_of_step(dispute.referral, "joint_interim_handling"))
    return Allow()


def may_offer_agreement(dispute: Dispute, by: Actor) -> Decision:
    decision = _party(dispute, by)
    return decision if isinstance(decision, Deny) else _handled_jointly(dispute)


def may_confirm_agreement(dispute: Dispute, by: Actor) -> Decision:
    if dispute.offer_by_id is None:
        return stranger(_("还没有协商意见。"))
    if by.of(dispute.offer_by_id):
        return Deny(_("协商意见须由对方同意。"), hide=True)
    if by.user_id is not None and by.user_id == dispute.offerer_id:
        return Deny(_("提出协商意见的人不能自己同意。"))
    if not dispute.offer_binds:
        return Deny(_("对方的协商意见由经办人提出，须由其领导提出后才能同意。"))
    return _party(dispute, by, LEADERS)


def may_report(dispute: Dispute, by: Actor) -> Decision:
    """A party's leader, once the two have handled it jointly and talked about it, where the document wants that first."""
    clause = profile_of_referral(dispute.referral).referral.not_ours.clause or ""
    decision = _party(dispute, by)
    if isinstance(decision, Deny):
        return decision
    decision = _handled_jointly(dispute)
    if isinstance(decision, Deny):
        return decision
    if not by.holds(*LEADERS):
        return Deny(_("请示须由本机关领导签发。"), clause)
    if "negotiate" in _acts(dispute) and not dispute.offer_number:
        return Deny(_("须先由双方协商：提出过协商意见、协商不成的，才能报请决定。"), clause_of_step(dispute.referral, "negotiate"))
    return Allow()


def may_determine(dispute: Dispute, by: Actor) -> Decision:
    offices = _acts(dispute).get("determine", ())
    if not offices:
        return stranger(_("本程序没有由两办认定一步。"))
    if by.agency is None or not is_office(by, offices):
        return stranger(_("由本规则指定的机关认定。"))
    return Allow() if by.holds(*LEADERS) else Deny(_("认定意见须由本机关领导作出。"), hide=True)


def may_propose(dispute: Dispute, by: Actor) -> Decision:
    offices = _acts(dispute).get("propose", ())
    if offices and is_office(by, offices) and by.holds(*LEADERS):
        return Allow()
    if by.in_government_office and by.holds(Post.GOVERNMENT_CLERK):
        return Allow()
    return stranger(_("由政府办公室（或本规则指定的机关）拟办。"))


def may_designate(dispute: Dispute, by: Actor) -> Decision:
    clause = profile_of_referral(dispute.referral).referral.not_ours.clause or ""
    if not by.in_government_office:
        return stranger(_("指定管辖由政府决定。"))
    if not by.holds(Post.GOVERNMENT_LEADER):
        return Deny(_("指定管辖须由政府领导批示。"), clause)
    if by.user_id is not None and by.user_id in (dispute.proposer_id, *dispute.proposers):
        return Deny(_("批示人与拟办人不能是同一人。"), clause)
    return Allow()


def may_designate_silent(referral: Referral, by: Actor) -> Decision:
    """The government may settle jurisdiction of its own accord when it is asked to deal with silence."""
    if by.in_government_office and by.holds(Post.GOVERNMENT_LEADER):
        return Allow()
    return Deny(_("指定管辖须由政府领导批示。"), profile_of_referral(referral).referral.not_ours.clause or "", hide=True)


def may_settle_by_offices(dispute: Dispute, by: Actor) -> Decision:
    return Allow() if by.is_system else stranger(_("两办一致即告认定，由系统办理。"))


def may_redirect(referral: Referral, by: Actor) -> Decision:
    return Allow() if by.is_system else stranger(_("随管辖决定由系统办理。"))
