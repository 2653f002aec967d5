"""Who may do what, one function a verb: Allow, or Deny with a sentence and the clause. The state is checked by the act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import CLERKS, DEPENDENT_KINDS, LEADERS, Post
from core.decisions import Allow, Decision, Deny
from core.wording import says_something
from deadlines.book import current_calendar
from deadlines.models import Clock, local_target
from deadlines.prolonging import may_be_extended
from deadlines.targets import REMIND_AGAIN
from foundation.cases.models import Material
from referrals.models import Dispute, Notice, Referral
from referrals.requirements import name_problem
from referrals.rules import (
    bound_clause,
    chain_of,
    clause_of_step,
    head_may_be_deputised,
    is_office,
    needs_head,
    no_onward_clause,
    profile_of_referral,
)
from referrals.same_facts import refilable
from referrals.selectors import running_clocks


def _stranger(words: str) -> Deny:
    return Deny(words, hide=True)


def _sender(referral: Referral, by: Actor, posts: tuple[str, ...], words: str) -> Decision:
    if not by.of(referral.from_agency_id):
        return _stranger(_("只有移送机关可以办理这一步。"))
    return Allow() if by.holds(*posts) else Deny(words, hide=True)


def _receiver(referral: Referral, by: Actor, posts: tuple[str, ...] = (*CLERKS, *LEADERS)) -> Decision:
    if not by.of(referral.to_agency_id):
        return _stranger(_("只有受移送机关可以办理这一步。"))
    assert by.agency is not None
    if by.agency.kind in DEPENDENT_KINDS:
        # An answer, too, is given in the name of the body that the document means, not of a squad or section of it.
        problem = name_problem(by.agency, profile_of_referral(referral), "")
        if problem:
            return Deny(problem.sentence, problem.clause)
    return Allow() if by.holds(*posts) else Deny(_("您的岗位不办理案件移送。"), hide=True)


def may_start(by: Actor) -> Decision:
    """Who may open a draft in the name of the own agency. Whether the agency may refer at all is a shortcoming of the draft."""
    if by.agency is None or not by.holds(*CLERKS):
        return Deny(_("移送由经办人或联络员起草。"))
    return Allow()


def may_save_draft(referral: Referral, by: Actor) -> Decision:
    return _sender(referral, by, CLERKS, _("草稿由本机关经办人修改。"))


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


def may_give_prior_notice(referral: Referral, by: Actor) -> Decision:
    if not profile_of_referral(referral).referral.prior_notice.required:
        return _stranger(_("本规则没有事先通报的要求。"))
    if referral.prior_notice_at is not None:
        return Deny(_("已登记过事先通报。"), hide=True)
    return _sender(referral, by, CLERKS, _("事先通报由经办人登记。"))


def may_consent(referral: Referral, by: Actor) -> Decision:
    special = profile_of_referral(referral).referral.major_difficult
    if special is None or referral.kind != "major_difficult":
        return _stranger(_("本案不需要对方事先同意。"))
    if not by.of(referral.to_agency_id):
        return _stranger(_("须由受移送的市级业务主管部门同意。"))
    if referral.consent_at is not None:
        return Deny(_("已登记同意。"), hide=True)
    return Allow() if by.holds(*LEADERS) else Deny(_("须由业务主管部门领导同意。"), special.clause)


def may_submit(referral: Referral, by: Actor) -> Decision:
    return _sender(referral, by, CLERKS, _("由经办人送签。"))


def may_return_to_drafter(referral: Referral, by: Actor) -> Decision:
    return _sender(referral, by, LEADERS, _("由本机关领导退回。"))


def may_sign(referral: Referral, by: Actor) -> Decision:
    clause = profile_of_referral(referral).referral.head_approval.clause or ""
    if not by.of(referral.from_agency_id):
        return _stranger(_("只有移送机关可以办理这一步。"))
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
    return Allow() if by.is_system else _stranger(_("签发后由系统送达。"))


def may_sign_for(referral: Referral, by: Actor) -> Decision:
    return _receiver(referral, by)


def may_request_supplement(referral: Referral, by: Actor) -> Decision:
    if referral.supplement_wanted_at is not None or by.agency_id in referral.supplement_asked_by:
        return Deny(_("补充材料只能要求一次，已于此前提出。"), hide=not by.of(referral.to_agency_id))
    return _receiver(referral, by)


def may_supply_supplement(referral: Referral, by: Actor) -> Decision:
    if not referral.papers_are_wanted:
        return _stranger(_("对方没有待补充的要求。"))
    return _sender(referral, by, CLERKS, _("由经办人补充材料。"))


def may_accept(referral: Referral, by: Actor) -> Decision:
    return _receiver(referral, by)


def may_not_accept(referral: Referral, by: Actor) -> Decision:
    rules = profile_of_referral(referral).referral
    decision = _receiver(referral, by)
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
        return _stranger(_("本规则没有规定管辖异议程序。"))
    if referral.bound:
        return Deny(_("管辖已经确定，不再受理异议。"), rules.clause or "", hide=not by.of(referral.to_agency_id))
    if referral.answered_at is not None and by.of(referral.from_agency_id) and by.holds(*CLERKS, *LEADERS):
        return Allow()
    return _receiver(referral, by)


def may_designate_silent(referral: Referral, by: Actor) -> Decision:
    """The government may settle jurisdiction of its own accord when it is asked to deal with silence."""
    if by.in_government_office and by.holds(Post.GOVERNMENT_LEADER):
        return Allow()
    return Deny(_("指定管辖须由政府领导批示。"), profile_of_referral(referral).referral.not_ours.clause or "", hide=True)


def may_refer_onward(referral: Referral, by: Actor) -> Decision:
    if not by.of(referral.to_agency_id):
        return _stranger(_("只有受移送机关会遇到这个问题。"))
    if referral.bound:
        return Deny(_("本案由决定（协商）确定由本机关管辖，不得再行移送。"), bound_clause(referral))
    clause = no_onward_clause(profile_of_referral(referral))
    if clause:
        return Deny(_("受移送的案件不得再行移送：不属本机关管辖的，只能与移送机关协商，或者报请政府决定。"), clause)
    if not by.holds(*CLERKS):
        return Deny(_("移送由经办人或联络员起草。"), hide=True)
    return Allow()


def may_refile(referral: Referral, by: Actor) -> Decision:
    """After own withdrawal or a return for papers; never after an objection or a decision, and once."""
    decision = _sender(referral, by, CLERKS, _("补齐后重新移送由经办人办理。"))
    if isinstance(decision, Deny):
        return decision
    clause = no_onward_clause(profile_of_referral(referral)) or ""
    if not refilable(referral, objected=referral.disputes.exists()):
        never_out = referral.delivered_at is None
        return Deny(_("只有被以材料不齐退回或者本机关自行撤回的移送可以补齐后重新移送；提出过异议、已作决定的不可以。"), clause, hide=never_out)
    if referral.refiled.exists():
        return Deny(_("本件已经重新移送。"), clause)
    return Allow()


def may_redirect(referral: Referral, by: Actor) -> Decision:
    return Allow() if by.is_system else _stranger(_("随管辖决定由系统办理。"))


def may_take_back(referral: Referral, by: Actor) -> Decision:
    if by.is_system:
        return Allow()
    if referral.state == "disputed":
        return Deny(_("争议未决，须经双方协商一致或者由政府决定。"), hide=not by.of(referral.from_agency_id))
    return _sender(referral, by, (*CLERKS, *LEADERS), _("由移送机关收回。"))


def may_handle(referral: Referral, by: Actor) -> Decision:
    return _receiver(referral, by)


def may_decide(referral: Referral, by: Actor) -> Decision:
    return _receiver(referral, by)


def may_report_result(referral: Referral, by: Actor) -> Decision:
    return _receiver(referral, by)


def extendable(clocks: list[Clock], by: Actor, now: dt.datetime) -> tuple[Clock | None, Decision]:
    """Of these running clocks the one that `by`'s agency holds and may extend, soonest due first; without one, why not."""
    why: Deny = Deny(_("现在没有由本机关承担、可以延长的期限。"), hide=True)
    for clock in clocks:
        if clock.clause and by.of(clock.holder_id):
            answer = may_be_extended(clock, now, extended=clock.was_extended)
            if not isinstance(answer, Deny):
                return clock, answer
            why = answer if why.hide else why
    return None, why


def passed_by_receiver(referral: Referral, now: dt.datetime) -> list[Clock]:
    """What the receiver still owes although its limit or its local target had passed at `now` (aware), soonest due first."""
    return [c for c in running_clocks(referral) if c.holder_id == referral.to_agency_id and (c.was_late or c.has_run_out(now))]


def may_remind(referral: Referral, by: Actor) -> Decision:
    """The referrer, by a letter, once the receiver has let a limit or a local target pass; not again within the set days."""
    now = timezone.now()
    decision = _sender(referral, by, (*CLERKS, *LEADERS), _("催办由移送机关办理。"))
    if isinstance(decision, Deny):
        return decision
    if not passed_by_receiver(referral, now):
        return Deny(_("对方没有超过期限或本地提示时间的事项，现在不必催办。"), hide=True)
    if referral.reminded_at is not None:
        days = local_target(referral.jurisdiction_id, REMIND_AGAIN).workdays
        again = current_calendar().add_workdays(timezone.localdate(referral.reminded_at), days)
        if timezone.localdate(now) < again:
            return Deny(_("已经催办过，%(day)s 起可以再次催办。") % {"day": again.isoformat()})
    return Allow()


def may_extend(referral: Referral, by: Actor) -> Decision:
    """The holder of a running clock, while the clock's own clause lets it: nothing need be typed to know."""
    if by.agency_id not in (referral.from_agency_id, referral.to_agency_id) or not by.holds(*CLERKS, *LEADERS):
        return _stranger(_("只有期限的承担机关可以延长。"))
    return extendable(running_clocks(referral), by, timezone.now())[1]


def may_grant_reading(referral: Referral, by: Actor) -> Decision:
    if by.agency_id not in (referral.from_agency_id, referral.to_agency_id):
        return _stranger(_("只有移送双方可以授权查看。"))
    if referral.signed_at is None:
        return Deny(_("移送函发出前只有本机关可以查看，不能授权他人。"), hide=True)
    return Allow() if by.holds(*LEADERS) else Deny(_("授权个人查看由本机关领导决定。"), hide=True)


def may_take_back_reading(referral: Referral, by: Actor) -> Decision:
    """Whose leader opened it."""
    decision = may_grant_reading(referral, by)
    if isinstance(decision, Deny) or referral.readers.filter(granted_by_id=by.agency_id).exists():
        return decision
    return _stranger(_("本机关没有授权他人查看本案。"))


def may_discard(referral: Referral, by: Actor) -> Decision:
    """A draft without a stated event is its agency's to throw away; one whose clock runs is the leader's."""
    if by.is_system:
        return Allow() if referral.stated_at is None else _stranger(_("期限已经起算的草稿不自动清理。"))
    if referral.stated_at is None:
        return _sender(referral, by, (*CLERKS, *LEADERS), _("草稿由本机关作废。"))
    if by.of(referral.from_agency_id) and by.holds(*CLERKS):
        return Deny(_("期限已经起算的草稿，只能由本机关领导写明理由作废。"))
    return _sender(referral, by, LEADERS, _("草稿由本机关作废。"))


def may_withdraw(referral: Referral, by: Actor) -> Decision:
    return _sender(referral, by, (*CLERKS, *LEADERS), _("由移送机关撤回。"))


def may_close(referral: Referral, by: Actor) -> Decision:
    return _sender(referral, by, (*CLERKS, *LEADERS), _("由移送机关核对结果后办结。"))


def may_note_newer_version(referral: Referral, by: Actor) -> Decision:
    return Allow() if by.is_system else _stranger(_("随新版本的签发由系统登记。"))


def may_pass_on(thing: Any, by: Actor) -> Decision:
    """What a merged agency leaves goes to its successor on the day, by the watch (oversight/succession.py)."""
    return Allow() if by.is_system else _stranger(_("机构撤并后由系统转由承继机构接办。"))


def may_receipt_filing(referral: Referral, by: Actor) -> Decision:
    """Filing (QD-2.4.1-j) is done when the office with which it is filed has receipted it."""
    special = profile_of_referral(referral).referral.major_difficult
    if special is None or referral.kind != "major_difficult":
        return _stranger(_("本案不需要备案。"))
    if by.agency is None or by.agency.kind != special.filing_to:
        return _stranger(_("由备案机关签收。"))
    if referral.filed_at is not None:
        return Deny(_("已经备案签收。"), hide=True)
    return Allow() if by.holds(*CLERKS, *LEADERS) else Deny(_("您的岗位不办理备案。"), hide=True)


def side_of(referral: Referral, by: Actor) -> str:
    """Which side of the letter this agency is: sender, receiver, or neither ('')."""
    return "sender" if by.of(referral.from_agency_id) else "receiver" if by.of(referral.to_agency_id) else ""


def may_set_contact(referral: Referral, by: Actor) -> Decision:
    """Each side names its own contact; the receiver once the letter has arrived."""
    side = side_of(referral, by)
    if not side or (side == "receiver" and referral.delivered_at is None):
        return _stranger(_("只有移送双方各自登记联系人。"))
    return Allow() if by.holds(*CLERKS, *LEADERS) else Deny(_("您的岗位不办理案件移送。"), hide=True)


def may_read_progress(referral: Referral, by: Actor) -> Decision:
    return Allow() if side_of(referral, by) and referral.delivered_at is not None else _stranger(_("进展往来只供移送双方。"))


def may_write_progress(referral: Referral, by: Actor) -> Decision:
    decision = may_read_progress(referral, by)
    if isinstance(decision, Deny):
        return decision
    return Allow() if by.holds(*CLERKS, *LEADERS) else Deny(_("您的岗位不办理案件移送。"), hide=True)


def may_receipt_notice(notice: Notice, by: Actor) -> Decision:
    if not by.of(notice.to_agency_id):
        return _stranger(_("由受通报的机关签收。"))
    return Allow() if by.holds(*CLERKS, *LEADERS) else Deny(_("您的岗位不办理案件移送。"), hide=True)


def may_void_notice(notice: Notice, by: Actor) -> Decision:
    return Allow() if by.is_system else _stranger(_("通报随所依据的案情失效。"))


NOTICE_POLICIES: dict[str, Callable[[Any, Actor], Decision]] = {"receipt_notice": may_receipt_notice, "void_notice": may_void_notice}

REFERRAL_POLICIES: dict[str, Callable[[Any, Actor], Decision]] = {
    "save_draft": may_save_draft, "give_prior_notice": may_give_prior_notice, "consent": may_consent, "submit": may_submit,
    "return_to_drafter": may_return_to_drafter, "sign": may_sign, "deliver": may_deliver, "sign_for": may_sign_for,
    "request_supplement": may_request_supplement, "supply_supplement": may_supply_supplement, "accept": may_accept,
    "not_accept": may_not_accept, "object": may_object, "designate_silent": may_designate_silent, "refer_onward": may_refer_onward, "refile": may_refile, "redirect": may_redirect,
    "take_back": may_take_back, "handle": may_handle, "decide": may_decide, "report_result": may_report_result,
    "remind": may_remind, "extend": may_extend, "grant_reading": may_grant_reading, "take_back_reading": may_take_back_reading, "discard": may_discard,
    "withdraw": may_withdraw, "close": may_close,
    "note_newer_version": may_note_newer_version,
    "receipt_filing": may_receipt_filing, "set_contact": may_set_contact, "write_progress": may_write_progress,
    "pass_on": may_pass_on, "unite": may_pass_on,
}  # fmt: skip
SYSTEM_ONLY = ("deliver", "redirect", "note_newer_version", "pass_on", "unite")


def _party(dispute: Dispute, by: Actor, posts: tuple[str, ...] = (*CLERKS, *LEADERS)) -> Decision:
    if by.agency_id not in (dispute.referral.from_agency_id, dispute.referral.to_agency_id):
        return _stranger(_("只有争议双方可以办理这一步。"))
    return Allow() if by.holds(*posts) else Deny(_("您的岗位不办理这一步。"), hide=True)


def _acts(dispute: Dispute) -> dict[str, tuple[str, ...]]:
    return {act: bodies for bodies, act in chain_of(dispute.referral)}


def may_record_interim_handling(dispute: Dispute, by: Actor) -> Decision:
    if "joint_interim_handling" not in _acts(dispute):
        return _stranger(_("本程序没有先予协同处置一步。"))
    return _party(dispute, by)


def may_offer_agreement(dispute: Dispute, by: Actor) -> Decision:
    return _party(dispute, by)


def may_confirm_agreement(dispute: Dispute, by: Actor) -> Decision:
    if dispute.offer_by_id is None:
        return _stranger(_("还没有协商意见。"))
    if by.of(dispute.offer_by_id):
        return Deny(_("协商意见须由对方同意。"), hide=True)
    if by.user_id is not None and by.user_id == dispute.offerer_id:
        return Deny(_("提出协商意见的人不能自己同意。"))
    if not dispute.offer_binds:
        return Deny(_("对方的协商意见由经办人提出，须由其领导提出后才能同意。"))
    return _party(dispute, by, LEADERS)


def may_report(dispute: Dispute, by: Actor) -> Decision:
    clause = profile_of_referral(dispute.referral).referral.not_ours.clause or ""
    decision = _party(dispute, by)
    if isinstance(decision, Deny):
        return decision
    if "joint_interim_handling" in _acts(dispute) and not says_something(dispute.interim_handling):
        return Deny(_("须先予协同处置并登记，再报请决定。"), clause_of_step(dispute.referral, "joint_interim_handling"))
    return Allow() if by.holds(*LEADERS) else Deny(_("请示须由本机关领导签发。"), clause)


def may_determine(dispute: Dispute, by: Actor) -> Decision:
    offices = _acts(dispute).get("determine", ())
    if not offices:
        return _stranger(_("本程序没有由两办认定一步。"))
    if by.agency is None or not is_office(by, offices):
        return _stranger(_("由本规则指定的机关认定。"))
    return Allow() if by.holds(*LEADERS) else Deny(_("认定意见须由本机关领导作出。"), hide=True)


def may_propose(dispute: Dispute, by: Actor) -> Decision:
    offices = _acts(dispute).get("propose", ())
    if offices and is_office(by, offices) and by.holds(*LEADERS):
        return Allow()
    if by.in_government_office and by.holds(Post.GOVERNMENT_CLERK):
        return Allow()
    return _stranger(_("由政府办公室（或本规则指定的机关）拟办。"))


def may_designate(dispute: Dispute, by: Actor) -> Decision:
    clause = profile_of_referral(dispute.referral).referral.not_ours.clause or ""
    if not by.in_government_office:
        return _stranger(_("指定管辖由政府决定。"))
    if not by.holds(Post.GOVERNMENT_LEADER):
        return Deny(_("指定管辖须由政府领导批示。"), clause)
    if by.user_id is not None and by.user_id in (dispute.proposer_id, *dispute.proposers):
        return Deny(_("批示人与拟办人不能是同一人。"), clause)
    return Allow()


def may_settle_by_offices(dispute: Dispute, by: Actor) -> Decision:
    return Allow() if by.is_system else _stranger(_("两办一致即告认定，由系统办理。"))


DISPUTE_SYSTEM_ONLY = ("settle_by_offices",)
DISPUTE_POLICIES: dict[str, Callable[[Any, Actor], Decision]] = {
    "record_interim_handling": may_record_interim_handling, "offer_agreement": may_offer_agreement,
    "confirm_agreement": may_confirm_agreement, "report": may_report, "determine": may_determine, "propose": may_propose,
    "designate": may_designate, "settle_by_offices": may_settle_by_offices, "unite": may_pass_on,
}  # fmt: skip
