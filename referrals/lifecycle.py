"""The life of a referral, and of a dispute over it, in order. Bodies stamp fields and nothing else.

Called only by the acts in services.py: each locks a fresh row, asks its policy and records what was done.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField

from core.lifecycle import transition

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Agency
    from foundation.cases.models import CaseVersion


class State(models.TextChoices):
    DRAFT = "draft", _("起草")
    SUBMITTED = "submitted", _("待签发")
    RETURNED = "returned", _("退回修改")
    SIGNED = "signed", _("已签发")
    DELIVERED = "delivered", _("已送达未签收")
    SIGNED_FOR = "signed_for", _("已签收待答复")
    ACCEPTED = "accepted", _("已受理")
    NOT_ACCEPTED = "not_accepted", _("不予受理")
    DISPUTED = "disputed", _("管辖争议")
    HANDLING = "handling", _("办理中")
    DECIDED = "decided", _("已作决定")
    REPORTED = "reported", _("已通报结果")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")
    TAKEN_BACK = "taken_back", _("由移送机关自行办理")
    DISCARDED = "discarded", _("草稿已作废")


ENDED = (State.CLOSED, State.WITHDRAWN, State.TAKEN_BACK, State.DISCARDED)
OPEN_STATES = [state.value for state in State if state not in ENDED]
WITH_DRAFTER = (State.DRAFT, State.RETURNED)
BEFORE_LETTER = (State.DRAFT, State.SUBMITTED, State.RETURNED)
ARRIVED = (State.DELIVERED, State.SIGNED_FOR)
# In which the receiver may ask for papers, and the sender supply them.
TAKES_PAPERS = (*ARRIVED, State.ACCEPTED, State.HANDLING)


def with_person(ids: list[int], by: Actor) -> list[int]:
    """The list with the acting person in it, once; a part of the system is no person."""
    return ids if by.user_id is None or by.user_id in ids else [*ids, by.user_id]


class ReferralLifecycle(models.Model):
    if TYPE_CHECKING:
        writers: list[int]
        answered_at: Any
        signed_for_at: Any
        case_version: Any
        ended_at: Any
        end_reason: str
        refusal_kind: str
        receiver_person: Any
        supplement_asked_by: list[int | None]
        supplement_wanted_at: Any
        supplied_at: Any
        reminded_at: Any
        from_agency_id: int
        to_agency_id: int | None
        consent_of_id: int | None

    state = FSMField(_("状态"), default=State.DRAFT, choices=State.choices, protected=True)

    BIRTHS = {"start_draft": _("起草")}
    # Reached by way of another act only (the leader\'s order on an escalation), never offered by itself.
    BY_ANOTHER_ACT: frozenset[str] = frozenset({"designate_silent"})
    VERBS = {
        "save_draft": _("保存草稿"),
        "give_prior_notice": _("事先通报"),
        "consent": _("同意移送"),
        "submit": _("送领导签发"),
        "return_to_drafter": _("退回修改"),
        "sign": _("签发"),
        "deliver": _("送达"),
        "sign_for": _("签收"),
        "request_supplement": _("要求补充材料"),
        "supply_supplement": _("补充材料"),
        "accept": _("受理"),
        "not_accept": _("不予受理"),
        "object": _("提出管辖异议"),
        "designate_silent": _("对方逾期不答复，指定管辖"),
        "refile": _("补齐后重新移送"),
        "refer_onward": _("再行移送"),
        "redirect": _("转送指定机关"),
        "take_back": _("收回自行办理"),
        "handle": _("开始办理"),
        "decide": _("作出处理决定"),
        "report_result": _("通报处理结果"),
        "remind": _("催办"),
        "extend": _("延长期限"),
        "grant_reading": _("授权个人查看"),
        "take_back_reading": _("收回查看授权"),
        "discard": _("作废草稿"),
        "withdraw": _("撤回"),
        "close": _("办结"),
        "correct_facts": _("更正案情"),
        "note_newer_version": _("案情有新版本"),
        "receipt_filing": _("备案签收"),
        "set_contact": _("登记联系部门和联系人"),
        "write_progress": _("沟通进展"),
        "release_unscanned": _("放行未查毒的文件"),
        "pass_on": _("由承继机构接办"),
        "unite": _("双方合并"),
    }

    class Meta:
        abstract = True

    @transition(field=state, source=WITH_DRAFTER, target=None)
    def save_draft(self, *, by: Actor) -> None:
        """The drafter keeps what was typed."""
        self.written_by(by)

    def written_by(self, by: Actor) -> None:
        """Remember that `by` had a hand in the letter's text."""
        self.writers = with_person(self.writers, by)

    @transition(field=state, source=BEFORE_LETTER, target=None)
    def give_prior_notice(self, *, at: dt.datetime, to: str, agreed: str) -> None:
        self.prior_notice_at, self.prior_notice_to, self.prior_notice_hash = at, to, agreed

    @transition(field=state, source=BEFORE_LETTER, target=None)
    def consent(self, *, at: dt.datetime, note: str, version: CaseVersion, agreed: str) -> None:
        self.consent_at, self.consent_note, self.consent_of = at, note, self.to_agency
        self.consent_version, self.consent_hash = version, agreed

    @transition(field=state, source=WITH_DRAFTER, target=State.SUBMITTED)
    def submit(self, *, by: Actor, at: dt.datetime, version: CaseVersion) -> None:
        self.written_by(by)
        self.submitted_at, self.returned_reason, self.case_version = at, "", version

    @transition(field=state, source=State.SUBMITTED, target=State.RETURNED)
    def return_to_drafter(self, *, reason: str) -> None:
        self.returned_reason, self.case_version = reason, None

    @transition(field=state, source=State.SUBMITTED, target=State.SIGNED)
    def sign(self, *, by: Actor, at: dt.datetime) -> None:
        self.signed_at, self.approver = at, by.user

    @transition(field=state, source=State.SIGNED, target=State.DELIVERED)
    def deliver(self, *, at: dt.datetime) -> None:
        self.delivered_at = at

    @transition(field=state, source=State.DELIVERED, target=State.SIGNED_FOR)
    def sign_for(self, *, by: Actor, at: dt.datetime) -> None:
        self.signed_for_at, self.signed_for_by = at, by.name
        self._named(by)

    @transition(field=state, source=TAKES_PAPERS, target=None)
    def request_supplement(self, *, by: Actor, at: dt.datetime, wanted: str) -> None:
        self.supplement_wanted, self.supplement_wanted_at = wanted, at
        self.supplement_asked_by = [*self.supplement_asked_by, by.agency_id]

    @transition(field=state, source=TAKES_PAPERS, target=None)
    def supply_supplement(self, *, at: dt.datetime) -> None:
        self.supplied_at = at

    @transition(field=state, source=ARRIVED, target=State.ACCEPTED)
    def accept(self, *, by: Actor, at: dt.datetime, note: str) -> None:
        self._answered(by, at, note)

    @transition(field=state, source=ARRIVED, target=State.NOT_ACCEPTED)
    def not_accept(self, *, by: Actor, at: dt.datetime, reasons: str, kind: str) -> None:
        self._answered(by, at, reasons)
        self.refusal_kind = kind

    @transition(field=state, source=(*ARRIVED, State.NOT_ACCEPTED), target=State.DISPUTED)
    def object(self, *, by: Actor, at: dt.datetime, reasons: str) -> None:
        self._answered(by, at, reasons)

    @transition(field=state, source=ARRIVED, target=State.DISPUTED)
    def designate_silent(self) -> None:
        """The receiver keeps silent and the government decides of its own accord whose it is: nobody objected, nothing was answered."""

    def _named(self, by: Actor) -> None:
        """Proposed: who takes the letter is spoken to, until the receiver names somebody."""
        if not self.receiver_person:
            self.receiver_department, self.receiver_person = by.agency_name[:60], by.name[:40]

    def _answered(self, by: Actor, at: dt.datetime, words: str) -> None:
        if self.signed_for_at is None:
            self.signed_for_at, self.signed_for_by = at, by.name
            self._named(by)
        self.answered_at, self.answer_reasons = self.answered_at or at, words

    @transition(field=state, source=(State.NOT_ACCEPTED, State.WITHDRAWN, State.TAKEN_BACK), target=RETURN_VALUE(State.WITHDRAWN, State.TAKEN_BACK))
    def refile(self, *, at: dt.datetime, reason: str) -> str:
        """The letter came back for its papers: it ends, if it has not yet, and another on the same case takes its place."""
        if self.state == State.NOT_ACCEPTED:
            self.ended_at, self.end_reason = at, reason
        return State.WITHDRAWN if self.state == State.WITHDRAWN else State.TAKEN_BACK

    @transition(field=state, source=(*ARRIVED, State.NOT_ACCEPTED, State.DISPUTED, State.ACCEPTED, State.HANDLING), target=None)
    def refer_onward(self) -> None:
        """Forbidden where the document says so; elsewhere it starts another letter and leaves this one as it is."""

    @transition(field=state, source=State.DISPUTED, target=State.DELIVERED)
    def redirect(self, *, to: Agency, at: dt.datetime) -> None:
        if to.pk != self.to_agency_id:
            # What the former receiver asked for, and was reminded of, is not the new one's.
            self.supplement_wanted, self.supplement_wanted_at, self.supplied_at = "", None, None
            self.reminded_at = None
        self.to_agency, self.bound, self.delivered_at = to, True, at
        self.signed_for_at, self.signed_for_by, self.answered_at = None, "", None
        self.receiver_department = self.receiver_person = self.receiver_phone = ""

    @transition(field=state, source=(State.DISPUTED, State.NOT_ACCEPTED), target=State.TAKEN_BACK)
    def take_back(self, *, at: dt.datetime, reason: str) -> None:
        self.ended_at, self.end_reason = at, reason

    @transition(field=state, source=State.ACCEPTED, target=State.HANDLING)
    def handle(self, *, at: dt.datetime) -> None:
        self.handling_at = at

    @transition(field=state, source=(State.ACCEPTED, State.HANDLING), target=State.DECIDED)
    def decide(self, *, at: dt.datetime, kind: str, decision: str, number: str) -> None:
        self.handling_at = self.handling_at or at
        self.decided_at, self.decision_kind, self.decision, self.decision_number = at, kind, decision, number

    @transition(field=state, source=State.DECIDED, target=State.REPORTED)
    def report_result(self, *, at: dt.datetime) -> None:
        self.reported_at = at

    @transition(field=state, source=(*ARRIVED, State.ACCEPTED, State.HANDLING, State.DECIDED), target=None)
    def remind(self, *, at: dt.datetime) -> None:
        self.reminded_at = at

    @transition(field=state, source=[s for s in State if s not in ENDED], target=None)
    def extend(self) -> None:
        """Whoever holds a running clock tells the other side that it takes longer."""

    @transition(field=state, source=list(State), target=None)
    def grant_reading(self) -> None:
        """A leader opens this one referral to one person who is not a party."""

    @transition(field=state, source=list(State), target=None)
    def take_back_reading(self) -> None:
        """A leader of the agency that opened it closes it to that person again."""

    @transition(field=state, source=BEFORE_LETTER, target=State.DISCARDED)
    def discard(self, *, at: dt.datetime, reason: str) -> None:
        self.ended_at, self.end_reason = at, reason

    @transition(field=state, source=(State.SIGNED, State.DELIVERED), target=State.WITHDRAWN)
    def withdraw(self, *, at: dt.datetime, reason: str) -> None:
        self.ended_at, self.end_reason = at, reason

    @transition(field=state, source=State.REPORTED, target=State.CLOSED)
    def close(self, *, at: dt.datetime, reason: str) -> None:
        self.ended_at, self.end_reason = at, reason

    @transition(field=state, source=[s for s in State if s not in (*BEFORE_LETTER, State.SIGNED, *ENDED)], target=None)
    def correct_facts(self) -> None:
        """The sender says what the case is now: a new version beside the one over which this letter stands."""

    @transition(field=state, source=[s for s in State if s not in BEFORE_LETTER], target=None)
    def note_newer_version(self) -> None:
        """The sender put out another version of the case: this letter keeps its own and says that there is a newer one."""

    @transition(field=state, source=[s for s in State if s not in (*BEFORE_LETTER, State.SIGNED)], target=None)
    def receipt_filing(self, *, by: Actor, at: dt.datetime) -> None:
        self.filed_at, self.filed_by, self.filed_with = at, by.name, by.agency

    @transition(field=state, source=[s for s in State if s not in ENDED], target=None)
    def set_contact(self, *, side: str, department: str, person: str, phone: str) -> None:
        setattr(self, f"{side}_department", department)
        setattr(self, f"{side}_person", person)
        setattr(self, f"{side}_phone", phone)

    @transition(field=state, source=[s for s in State if s not in (*BEFORE_LETTER, State.SIGNED, State.WITHDRAWN)], target=None)
    def write_progress(self) -> None:
        """A word to the other side on how the case is going."""

    @transition(field=state, source=[s for s in State if s not in ENDED], target=None)
    def release_unscanned(self) -> None:
        """A leader takes it upon the agency that files go out which the scanner could not look at."""

    @transition(field=state, source=[s for s in State if s not in ENDED], target=None)
    def pass_on(self, *, old: Agency, new: Agency) -> None:
        """One side was merged into another agency, which stands in its place from now on."""
        if self.from_agency_id == old.pk:
            self.from_agency = new
        if self.to_agency_id == old.pk:
            self.to_agency = new
        if self.consent_of_id == old.pk:
            self.consent_of = new
        self.supplement_asked_by = [new.pk if asker == old.pk else asker for asker in self.supplement_asked_by]
        if self.from_agency_id == self.to_agency_id:
            # Only a draft between the two: it wants another receiver. A letter between them ends (unite).
            self.to_agency_id = None

    @transition(field=state, source=[s for s in State if s not in (*BEFORE_LETTER, *ENDED)], target=State.TAKEN_BACK)
    def unite(self, *, at: dt.datetime, reason: str) -> None:
        """The two sides are one agency now, whose case it is: nothing is left to be referred."""
        self.ended_at, self.end_reason = at, reason


class NoticeState(models.TextChoices):
    SENT = "sent", _("已送达未签收")
    RECEIPTED = "receipted", _("已签收")
    VOID = "void", _("已失效")


class NoticeLifecycle(models.Model):
    if TYPE_CHECKING:
        receipted_at: Any

    state = FSMField(_("状态"), default=NoticeState.SENT, choices=NoticeState.choices, protected=True)

    BIRTHS = {"send": _("发出通报")}
    BY_ANOTHER_ACT: frozenset[str] = frozenset()
    VERBS = {
        "receipt_notice": _("签收通报"),
        "void_notice": _("通报失效"),
    }

    class Meta:
        abstract = True

    @transition(field=state, source=NoticeState.SENT, target=NoticeState.RECEIPTED)
    def receipt_notice(self, *, by: Actor, at: dt.datetime) -> None:
        self.receipted_at, self.receipted_by, self.receipted_post = at, by.name, by.post

    @transition(field=state, source=(NoticeState.SENT, NoticeState.RECEIPTED), target=NoticeState.VOID)
    def void_notice(self, *, at: dt.datetime, reason: str) -> None:
        self.voided_at, self.void_reason = at, reason


class DisputeState(models.TextChoices):
    OPEN = "open", _("双方协商")
    REPORTED = "reported", _("已报请")
    PROPOSED = "proposed", _("已拟办")
    DECIDED = "decided", _("已决定")
    AGREED = "agreed", _("协商一致")


class DisputeLifecycle(models.Model):
    if TYPE_CHECKING:
        offer_number: int
        proposers: list[int]
        determinations: Any

    state = FSMField(_("状态"), default=DisputeState.OPEN, choices=DisputeState.choices, protected=True)

    BIRTHS = {"open": _("提出管辖争议")}
    BY_ANOTHER_ACT: frozenset[str] = frozenset()
    VERBS = {
        "record_interim_handling": _("登记先予协同处置"),
        "offer_agreement": _("提出协商意见"),
        "confirm_agreement": _("同意协商意见"),
        "report": _("报请决定"),
        "determine": _("认定管辖机关"),
        "settle_by_offices": _("两办一致认定"),
        "propose": _("拟办"),
        "designate": _("指定管辖"),
        "unite": _("双方合并"),
    }

    class Meta:
        abstract = True

    @transition(field=state, source=DisputeState.OPEN, target=None)
    def record_interim_handling(self, *, words: str) -> None:
        self.interim_handling = words

    @transition(field=state, source=(DisputeState.OPEN, DisputeState.REPORTED), target=None)
    def offer_agreement(self, *, by: Actor, handler: Agency, words: str, binds: bool) -> None:
        self.offer_by, self.offer_handler, self.offer_words = by.agency, handler, words
        self.offerer, self.offer_binds = by.user, binds
        self.offer_number += 1

    @transition(field=state, source=(DisputeState.OPEN, DisputeState.REPORTED), target=DisputeState.AGREED)
    def confirm_agreement(self, *, at: dt.datetime) -> None:
        self.handler, self.settled_at, self.decision = self.offer_handler, at, self.offer_words

    @transition(field=state, source=DisputeState.OPEN, target=DisputeState.REPORTED)
    def report(self, *, at: dt.datetime) -> None:
        self.reported_at = at

    @transition(field=state, source=(DisputeState.REPORTED, DisputeState.PROPOSED), target=None)
    def determine(self, *, by: Actor, office: str, handler: Agency) -> None:
        self.proposers = with_person(self.proposers, by)
        self.determinations = {**self.determinations, office: handler.pk}

    @transition(field=state, source=(DisputeState.REPORTED, DisputeState.PROPOSED), target=DisputeState.DECIDED)
    def settle_by_offices(self, *, at: dt.datetime, handler: Agency, reasons: str) -> None:
        self.handler, self.settled_at, self.decision = handler, at, reasons

    @transition(field=state, source=(DisputeState.REPORTED, DisputeState.PROPOSED), target=DisputeState.PROPOSED)
    def propose(self, *, by: Actor, words: str, handler: Agency) -> None:
        self.proposal, self.proposed_handler, self.proposed_by, self.proposer = words, handler, by.name, by.user
        self.proposers = with_person(self.proposers, by)

    @transition(field=state, source=(DisputeState.REPORTED, DisputeState.PROPOSED), target=DisputeState.DECIDED)
    def designate(self, *, at: dt.datetime, handler: Agency, reasons: str) -> None:
        self.handler, self.settled_at, self.decision = handler, at, reasons

    @transition(field=state, source=(DisputeState.OPEN, DisputeState.REPORTED, DisputeState.PROPOSED), target=DisputeState.AGREED)
    def unite(self, *, at: dt.datetime, handler: Agency, words: str) -> None:
        """The two are one agency now, whose case it is."""
        self.handler, self.settled_at, self.decision = handler, at, words
