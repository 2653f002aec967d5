"""Whose case is it? By agreement of the two, or by those whom the document's chain names, at last the government."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, system_actor
from accounts.kinds import CLERKS, GOVERNMENT_KINDS, LEADERS, PARTY_KINDS, AgencyKind, Post
from accounts.models import Agency
from core.acts import act, create
from core.decisions import Allow
from core.errors import BadInput, WrongState
from core.retries import tried_again
from documents.issuing import issue
from documents.models import OfficialDocument
from documents.printing import said_in_print
from notifications.models import Message
from referrals import documents
from referrals.lifecycle import DisputeState
from referrals.models import Dispute, Party, Referral
from referrals.people import tell_agencies
from referrals.policies.disputes import (
    may_confirm_agreement,
    may_designate,
    may_designate_silent,
    may_determine,
    may_offer_agreement,
    may_propose,
    may_record_interim_handling,
    may_redirect,
    may_report,
    may_settle_by_offices,
)
from referrals.policies.handling import may_take_back
from referrals.rules import REPLY, chain_of, clause_of_step, offices_of, profile_of_referral
from referrals.selectors import disputes_visible_to, referrals_visible_to
from referrals.services.signing import start_receiver_clocks
from referrals.waiting import await_next, done_and_over, settled_otherwise, with_local_targets

OFFICE_KINDS = {
    "establishment_office": AgencyKind.ESTABLISHMENT_OFFICE,
    "legislative_affairs_office": AgencyKind.JUSTICE_BUREAU,
    "justice_bureau": AgencyKind.JUSTICE_BUREAU,
}
OFFICES_AGREE = "两办一致认定"


def _clause(dispute: Dispute) -> str:
    return profile_of_referral(dispute.referral).referral.not_ours.clause or ""


def _must_be_party(agency: Agency | None, dispute: Dispute, *, only_the_two: bool) -> Agency:
    referral = dispute.referral
    if agency is None:
        raise BadInput(_("请选择管辖机关。"), _clause(dispute), {"handler": _("请选择管辖机关。")})
    if only_the_two and agency.pk not in (referral.from_agency_id, referral.to_agency_id):
        sentence = _("双方只能约定由其中一方办理；转给第三方须由政府决定。")
        raise BadInput(sentence, _clause(dispute), {"handler": sentence})
    if agency.kind not in PARTY_KINDS or agency.jurisdiction_id != referral.jurisdiction_id:
        raise BadInput(_("该机关不能办理移送案件。"), _clause(dispute), {"handler": _("该机关不能办理移送案件。")})
    return _in_being(agency, dispute, timezone.now())


def _in_being(agency: Agency | None, dispute: Dispute, now: dt.datetime) -> Agency:
    """Raises BadInput where the agency was merged or abolished: nobody would be there to handle the case."""
    assert agency is not None
    if not agency.in_being(timezone.localdate(now)):
        sentence = _("%(agency)s 已撤并，不能办理案件。") % {"agency": agency.name}
        raise BadInput(sentence, _clause(dispute), {"handler": sentence})
    return agency


@tried_again
def record_interim_handling(dispute_id: int, *, by: Actor, words: str, if_match: int | None = None) -> Dispute:
    """The two have handled the violation jointly for the time being (QD-2.4.5-a has it first)."""
    visible = disputes_visible_to(by)
    with act(visible, dispute_id, "record_interim_handling", by=by, may=may_record_interim_handling, if_match=if_match) as (dispute, _saying):
        clause = clause_of_step(dispute.referral, "joint_interim_handling")
        dispute.record_interim_handling(words=said_in_print(words, "words", _("请写明先予协同处置的情况。"), clause))
    return dispute


@tried_again
def offer_agreement(dispute_id: int, *, by: Actor, handler: Agency | None, words: str, if_match: int | None = None) -> Dispute:
    """One party says who of the two should handle the case; the other's leader may confirm."""
    words = said_in_print(words, "words", _("请写明协商意见。"))
    with act(disputes_visible_to(by), dispute_id, "offer_agreement", by=by, may=may_offer_agreement, if_match=if_match) as (dispute, saying):
        handler = _must_be_party(handler, dispute, only_the_two=True)
        assert by.agency is not None
        dispute.offer_agreement(by=by, handler=handler, words=words, binds=by.holds(*LEADERS))
        saying.detail["handler"] = handler.pk
        referral = dispute.referral
        other = referral.from_agency if by.of(referral.to_agency_id) else referral.to_agency
        tell_agencies([other], referral, kind=Message.Kind.DESK, key=f"offer:{dispute.version}", at=timezone.now(), posts=(*CLERKS, *LEADERS),
                      text="对方提出协商意见：%(title)s" % {"title": referral.title})  # fmt: skip
    return dispute


@tried_again
def confirm_agreement(dispute_id: int, *, by: Actor, offer: int | None = None, if_match: int | None = None) -> Dispute:
    """The other party's leader agrees to the offer of this number: the agreement binds both.

    Raises BadInput where neither the offer nor the version seen is named, and WrongState where another offer stands by now.
    """
    now = timezone.now()
    with act(disputes_visible_to(by), dispute_id, "confirm_agreement", by=by, may=may_confirm_agreement, if_match=if_match) as (dispute, saying):
        if offer is None and if_match is None:
            raise BadInput(_("请写明同意的是哪一次协商意见。"), fields={"offer": _("请写明同意的是哪一次协商意见。")})
        if offer is not None and offer != dispute.offer_number:
            raise WrongState(_("对方已提出新的协商意见（第 %(n)d 次），请看过再同意。") % {"n": dispute.offer_number})
        _in_being(dispute.offer_handler, dispute, now)
        dispute.confirm_agreement(at=now)
        saying.detail["offer"] = dispute.offer_number
        saying.detail["handler"] = dispute.handler_id
        _settle(dispute, now, "双方协商一致")
    return dispute


@tried_again
def report_dispute(dispute_id: int, *, by: Actor, if_match: int | None = None) -> Dispute:
    """A party's leader signs the request for a decision: to the bodies that come next in the document's chain."""
    now = timezone.now()
    visible = with_local_targets(disputes_visible_to(by), "referral__")
    with act(visible, dispute_id, "report", by=by, may=may_report, if_match=if_match) as (dispute, saying):
        dispute.report(at=now)
        dispute.referral.local_targets = dispute.local_targets
        deciders = deciders_of(dispute)
        assert by.agency is not None
        request = issue(
            documents.JURISDICTION_REQUEST, issuer=by.agency,
            addressee=next((a for a in deciders if a.kind == AgencyKind.GOVERNMENT), None), subject=("referral", dispute.referral_id),
            content=documents.jurisdiction_request(dispute, by, _addressee_words(dispute, deciders)), by=by, at=now,
        )  # fmt: skip
        Party.objects.bulk_create(
            [Party(referral_id=dispute.referral_id, agency=agency, role=Party.Role.DECIDER) for agency in deciders], ignore_conflicts=True
        )
        saying.detail["number"] = request.number
        await_next(dispute.referral, at=now, state="dispute.reported", holder_id=_proposer(dispute, deciders, by))
        tell_agencies(deciders, dispute.referral, kind=Message.Kind.DESK, key=f"dispute:{dispute.pk}", at=now,
                      posts=(Post.GOVERNMENT_CLERK, *LEADERS),
                      text="报请决定管辖：%(title)s" % {"title": dispute.referral.title})  # fmt: skip
    return dispute


def deciders_of(dispute: Dispute) -> list[Agency]:
    """The offices and the government that the chain names after the parties."""
    kinds = [*GOVERNMENT_KINDS]
    for bodies, _act in chain_of(dispute.referral):
        kinds += [OFFICE_KINDS[body] for body in bodies if body in OFFICE_KINDS]
    return list(Agency.objects.in_being(timezone.localdate()).filter(jurisdiction_id=dispute.referral.jurisdiction_id, kind__in=kinds))


def _proposer(dispute: Dispute, deciders: list[Agency], by: Actor) -> int | None:
    """Which office is waited for: the first that the document names; else the government's office; else the government."""
    named = [OFFICE_KINDS.get(body, "") for body in offices_of(dispute.referral)]
    for kind in (*named, AgencyKind.GOVERNMENT_OFFICE, AgencyKind.GOVERNMENT):
        for agency in deciders:
            if agency.kind == kind:
                return agency.pk
    return by.agency_id


def _government(dispute: Dispute) -> Agency | None:
    standing = Agency.objects.in_being(timezone.localdate())
    return standing.filter(jurisdiction_id=dispute.referral.jurisdiction_id, kind=AgencyKind.GOVERNMENT).first()


def _addressee_words(dispute: Dispute, deciders: list[Agency]) -> str:
    acts = {act: bodies for bodies, act in chain_of(dispute.referral)}
    if "determine" in acts:
        offices = [a.name for a in deciders if a.kind in (AgencyKind.ESTABLISHMENT_OFFICE, AgencyKind.JUSTICE_BUREAU)]
        return "、".join(offices)
    return next((a.name for a in deciders if a.kind == AgencyKind.GOVERNMENT), "")


@tried_again
def determine_jurisdiction(dispute_id: int, *, by: Actor, handler: Agency | None, if_match: int | None = None) -> Dispute:
    """One of the offices that the document names says whose it is (ZC-2.4.3-o); when all say the same, that settles it."""
    now = timezone.now()
    with act(disputes_visible_to(by), dispute_id, "determine", by=by, may=may_determine, if_match=if_match) as (dispute, saying):
        handler = _must_be_party(handler, dispute, only_the_two=False)
        assert by.agency is not None
        dispute.determine(by=by, office=by.agency.kind, handler=handler)
        saying.detail["handler"] = handler.pk
        offices = next(bodies for bodies, what in chain_of(dispute.referral) if what == "determine")
        wanted = {OFFICE_KINDS[body].value for body in offices}
        if wanted <= set(dispute.determinations) and len({dispute.determinations[k] for k in wanted}) == 1:
            saying.then(lambda: _settle_by_offices(dispute.pk, handler, now))
    return disputes_visible_to(by).get(pk=dispute_id) if saying.afterwards else dispute


@tried_again
def _settle_by_offices(dispute_id: int, handler: Agency, now: dt.datetime) -> None:
    """The offices said the same: that settles it, which the system records beside what each of them said."""
    system = system_actor("管辖认定")
    with act(disputes_visible_to(system), dispute_id, "settle_by_offices", by=system, may=may_settle_by_offices) as (dispute, saying):
        if dispute.state == DisputeState.PROPOSED:
            # The government was waited for and has not decided: the two offices have.
            settled_otherwise(dispute.referral, at=now)
        dispute.settle_by_offices(at=now, handler=handler, reasons=OFFICES_AGREE)
        saying.detail["handler"] = handler.pk
        _settle(dispute, now, OFFICES_AGREE)


@tried_again
def propose_designation(dispute_id: int, *, by: Actor, words: str, handler: Agency | None, if_match: int | None = None) -> Dispute:
    """The government office (or the offices that the document names) put a handling opinion before the government."""
    words = said_in_print(words, "words", _("请写明拟办意见。"))
    with act(disputes_visible_to(by), dispute_id, "propose", by=by, may=may_propose, if_match=if_match) as (dispute, saying):
        handler = _must_be_party(handler, dispute, only_the_two=False)
        again = dispute.state == DisputeState.PROPOSED
        dispute.propose(by=by, words=words, handler=handler)
        saying.detail["handler"] = handler.pk
        government = [a for a in deciders_of(dispute) if a.kind in GOVERNMENT_KINDS]
        if not again:
            # Another proposal does not give the government new days.
            decides = next((a.pk for a in government if a.kind == AgencyKind.GOVERNMENT), by.agency_id)
            await_next(dispute.referral, at=timezone.now(), state="dispute.proposed", holder_id=decides)
        tell_agencies(government, dispute.referral, kind=Message.Kind.DESK, key=f"proposed:{dispute.pk}:{dispute.version}", at=timezone.now(),
                      posts=(Post.GOVERNMENT_LEADER,), text="请批示管辖争议：%(title)s" % {"title": dispute.referral.title})  # fmt: skip
    return dispute


@tried_again
def designate_agency(dispute_id: int, *, by: Actor, handler: Agency | None, reasons: str, if_match: int | None = None) -> Dispute:
    """A government leader decides. The decision binds; when the worker has made and served it, the clocks start anew there."""
    now = timezone.now()
    with act(disputes_visible_to(by), dispute_id, "designate", by=by, may=may_designate, if_match=if_match) as (dispute, saying):
        reasons = said_in_print(reasons, "reasons", _("请写明决定的理由。"), _clause(dispute))
        handler = _must_be_party(handler, dispute, only_the_two=False)
        dispute.designate(at=now, handler=handler, reasons=reasons)
        issuer = _government(dispute) or by.agency
        assert issuer is not None
        decision = issue(
            documents.JURISDICTION_DECISION, issuer=issuer, addressee=handler, subject=("referral", dispute.referral_id),
            content=documents.jurisdiction_decision(dispute, issuer), by=by, at=now,
        )  # fmt: skip
        await_next(dispute.referral, at=now, state="dispute.decided", holder_id=issuer.pk)
        saying.detail |= {"handler": handler.pk, "number": decision.number}
    return dispute


@tried_again
def designate_silent_referral(referral_id: int, *, by: Actor, handler: Agency | None, reasons: str) -> Dispute:
    """A government leader settles whose it is where the receiver keeps silent: the same decision, without waiting for an objection."""
    reasons = said_in_print(reasons, "words", _("请写明决定的理由。"))
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "designate_silent", by=by, may=may_designate_silent) as (referral, _saying):
        referral.designate_silent()
        assert by.agency is not None
        # Nobody objected and nobody reported it: the government took it up, so it lies before the government from the start.
        dispute = Dispute(referral=referral, opened_by=by.agency, reasons=reasons, state=DisputeState.REPORTED, reported_at=now)
        with create(dispute, "open", by=by, allowed=Allow()) as birth:
            birth.detail |= {"referral": referral.pk, "silent": True}
        settled_otherwise(referral, REPLY, at=now)
        await_next(referral, at=now, state="dispute.reported", holder_id=by.agency_id)
    return designate_agency(dispute.pk, by=by, handler=handler, reasons=reasons)


def decision_is_rendered(document: OfficialDocument) -> None:
    """Called once by the worker when the decision's file exists: it is served, and the referral lies on the handler's desk."""
    decided = Dispute.objects.select_related("referral", "handler").filter(referral_id=document.subject_id, state="decided")
    dispute = decided.order_by("-settled_at").first()
    if dispute is not None and dispute.referral.state == "disputed":
        _settle(dispute, timezone.now(), f"政府决定 {document.number}")


@tried_again
def _settle(dispute: Dispute, now: dt.datetime, why: str) -> None:
    """What follows from knowing whose it is: the referral goes back to its sender, or lies anew on the handler's desk."""
    system, referral_id = system_actor("管辖决定"), dispute.referral_id
    handler = dispute.handler
    assert handler is not None
    former_id = dispute.referral.to_agency_id
    if handler.pk == dispute.referral.from_agency_id:
        with act(referrals_visible_to(system), referral_id, "take_back", by=system, may=may_take_back) as (referral, _saying):
            referral.take_back(at=now, reason=why)
            done_and_over(referral, at=now)
    else:
        with act(referrals_visible_to(system), referral_id, "redirect", by=system, may=may_redirect) as (referral, saying):
            referral.redirect(to=handler, at=now)
            Party.objects.bulk_create([Party(referral=referral, agency=handler, role=Party.Role.RECEIVER)], ignore_conflicts=True)
            if former_id != handler.pk:
                Party.objects.filter(referral=referral, agency_id=former_id, role=Party.Role.RECEIVER).update(role=Party.Role.FORMER)
            start_receiver_clocks(referral, now)
            saying.detail["to"] = handler.pk
    dispute.referral = referral
    _tell_settled(referral, [referral.from_agency_id, former_id, handler.pk], now, why)


def _tell_settled(referral: Referral, agencies: list[int | None], now: dt.datetime, why: str) -> None:
    tell_agencies(agencies, referral, kind=Message.Kind.ARRIVED, key="settled", at=now, posts=(*CLERKS, *LEADERS),
                  text="管辖已定（%(why)s）：%(title)s" % {"why": why, "title": referral.title})  # fmt: skip
