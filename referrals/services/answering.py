"""At the receiver's desk: ours, or not ours."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import CLERKS, LEADERS
from accounts.models import Agency
from core.acts import act, create
from core.decisions import Allow
from core.errors import BadInput, NotAllowed
from core.retries import tried_again
from core.text import shortened
from deadlines.clocks import open_clock
from deadlines.prolonging import pause_clock, resume_clock
from documents.issuing import issue
from documents.printing import demand_printable, said_in_print
from foundation.cases.services import pass_on_case
from notifications.models import Message
from referrals import documents
from referrals.models import Dispute, Party, Referral
from referrals.people import tell_agencies, tell_returns_watchers
from referrals.policies.answering import (
    may_accept,
    may_not_accept,
    may_object,
    may_refer_onward,
    may_request_supplement,
    may_sign_for,
    may_supply_supplement,
)
from referrals.refusals import RefusalKind, speaks_of_jurisdiction
from referrals.requirements import demand_addressable
from referrals.rules import REPLY, chain_of, profile_of_referral
from referrals.same_facts import JUDICIAL
from referrals.selectors import materials_of, referrals_visible_to
from referrals.services.wording import keep_words
from referrals.waiting import await_next, await_papers, papers_came


@tried_again
def sign_for_referral(referral_id: int, *, by: Actor, if_match: int | None = None) -> Referral:
    """The receiver takes the letter. The reply clock has been running since delivery."""
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "sign_for", by=by, may=may_sign_for, if_match=if_match) as (referral, _saying):
        referral.sign_for(by=by, at=now)
        await_next(referral, at=now)
    return referral


@tried_again
def request_supplement(referral_id: int, *, by: Actor, wanted: str, if_match: int | None = None) -> Referral:
    """Ask for supplementary papers, each receiver once; the clock runs on unless the document says that it stops."""
    wanted = said_in_print(wanted, "wanted", _("请写明需要补充哪些材料。"))
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "request_supplement", by=by, may=may_request_supplement, if_match=if_match) as (
        referral,
        _saying,
    ):
        referral.request_supplement(by=by, at=now, wanted=wanted)
        clock = open_clock(("referral", referral.pk), REPLY)
        if clock and profile_of_referral(referral).lifecycle.supplement_stops_clock:
            pause_clock(clock, at=now, reason=shortened(wanted, 200))
        await_papers(referral, at=now)
        tell_agencies([referral.from_agency], referral, kind=Message.Kind.DESK, key="supplement", at=now,
                      text="请补充材料：%(title)s" % {"title": referral.title})  # fmt: skip
    return referral


@tried_again
def supply_supplement(referral_id: int, *, by: Actor, if_match: int | None = None) -> Referral:
    """The referrer has attached what was asked for and says so."""
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "supply_supplement", by=by, may=may_supply_supplement, if_match=if_match) as (referral, _saying):
        if not any(paper.later and paper.uploaded_at >= referral.supplement_wanted_at for paper in materials_of(referral)):
            raise BadInput(_("请先上传要补充的材料。"), fields={"materials": _("请先上传要补充的材料。")})
        referral.supply_supplement(at=now)
        clock = open_clock(("referral", referral.pk), REPLY)
        if clock:
            resume_clock(clock, at=now)
        papers_came(referral, at=now)
        tell_agencies([referral.to_agency], referral, kind=Message.Kind.PROGRESS, key="supplied", at=now,
                      text="对方已补充材料：%(title)s" % {"title": referral.title})  # fmt: skip
    return referral


@tried_again
def accept_referral(referral_id: int, *, by: Actor, note: str = "", if_match: int | None = None) -> Referral:
    """Ours: the acceptance notice goes out and the reply duty is met."""
    demand_printable({"note": note})
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "accept", by=by, may=may_accept, if_match=if_match) as (referral, saying):
        referral.accept(by=by, at=now, note=note.strip())
        notice = _answer(referral, documents.ACCEPTANCE_NOTICE, documents.acceptance_notice(referral), by)
        saying.detail["number"] = notice
        tell_agencies([referral.from_agency], referral, kind=Message.Kind.PROGRESS, key="accepted", at=now,
                      text="%(agency)s 已受理：%(title)s" % {"agency": referral.to_agency, "title": referral.title})  # fmt: skip
    return referral


@tried_again
def not_accept_referral(referral_id: int, *, by: Actor, kind: str, reasons: str, if_match: int | None = None) -> Referral:
    """Refuse for a reason of the list (`kind`, a RefusalKind value) with its particulars (XC-2.2-d, ZC-2.4.3-r).

    'Not ours' is no plain refusal: where the document knows an objection, that is what it becomes (see object_referral). 'Other' is
    told to the offices that oversee. Raises BadInput where kind or words are missing, or the words speak of jurisdiction.
    """
    now = timezone.now()
    if kind == RefusalKind.NOT_OURS and _may_be_objected_to(referral_id, by):
        return object_referral(referral_id, by=by, reasons=reasons, if_match=if_match).referral
    with act(referrals_visible_to(by), referral_id, "not_accept", by=by, may=may_not_accept, if_match=if_match) as (referral, saying):
        clause = profile_of_referral(referral).referral.refusal.clause or ""
        reasons = said_in_print(reasons, "reasons", _("没有正当理由不得拒收，请写明不予受理的理由。"), clause)
        _must_be_listed(kind, reasons, referral)
        referral.not_accept(by=by, at=now, reasons=reasons, kind=kind)
        saying.detail["kind"] = kind
        if kind == RefusalKind.OTHER:
            tell_returns_watchers(referral, key="refused-otherwise", at=now, text="以其他理由不予受理：%(title)s" % {"title": referral.title})
        saying.detail["number"] = _answer(referral, documents.NON_ACCEPTANCE_NOTICE, documents.non_acceptance_notice(referral), by)
        tell_agencies([referral.from_agency], referral, kind=Message.Kind.DESK, key="not-accepted", at=now,
                      text="%(agency)s 不予受理：%(title)s" % {"agency": referral.to_agency, "title": referral.title})  # fmt: skip
    return referral


def _may_be_objected_to(referral_id: int, by: Actor) -> bool:
    referral = referrals_visible_to(by).filter(pk=referral_id).first()
    return referral is not None and bool(chain_of(referral))


def _must_be_listed(kind: str, reasons: str, referral: Referral) -> None:
    rules = profile_of_referral(referral).referral
    if kind not in RefusalKind.values:
        sentence = _("请选择不予受理的理由类别。")
        raise BadInput(sentence, rules.refusal.clause or "", {"kind": sentence})
    if kind != RefusalKind.NOT_OURS and speaks_of_jurisdiction(reasons):
        sentence = _("所写的理由是管辖问题：请选“不属于本机关管辖”，不能以其他理由退回。")
        raise BadInput(sentence, rules.not_ours.clause or rules.refusal.clause or "", {"kind": sentence})


def _answer(referral: Referral, kind: str, content: dict[str, object], by: Actor) -> str:
    assert referral.to_agency is not None
    assert referral.answered_at is not None
    notice = issue(
        kind, issuer=referral.to_agency, addressee=referral.from_agency, subject=("referral", referral.pk), content=content, by=by,
        at=referral.answered_at,
    )  # fmt: skip
    await_next(referral, at=referral.answered_at, met=(REPLY,))
    return notice.number


@tried_again
def object_referral(referral_id: int, *, by: Actor, reasons: str, suggested: Agency | None = None, if_match: int | None = None) -> Dispute:
    """'Not ours': open the dispute. From here the case moves only by agreement or by the decision that the document names."""
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "object", by=by, may=may_object, if_match=if_match) as (referral, _saying):
        clause = profile_of_referral(referral).referral.not_ours.clause or ""
        reasons = said_in_print(reasons, "reasons", _("请写明不属本机关管辖的理由。"), clause)
        if suggested is not None:
            demand_addressable(suggested, referral, "suggested")
        referral.object(by=by, at=now, reasons=reasons)
        assert by.agency is not None
        dispute = Dispute(referral=referral, opened_by=by.agency, reasons=reasons, suggested=suggested)
        with create(dispute, "open", by=by, allowed=Allow()) as birth:
            birth.detail["referral"] = referral.pk
        await_next(referral, at=now, met=(REPLY,), holder_id=by.agency_id)
        tell_agencies([referral.from_agency, referral.to_agency], referral, kind=Message.Kind.DESK, key="objected", at=now,
                      posts=(*CLERKS, *LEADERS), text="管辖异议：%(title)s" % {"title": referral.title})  # fmt: skip
    return dispute


@tried_again
def refer_onward(referral_id: int, *, by: Actor, to: Agency | None = None, if_match: int | None = None) -> Referral:
    """Pass a received case on: refused with the clause where the document forbids it (XC-2.2-g, QD-2.4.1-i).

    Elsewhere it starts another draft, on a case of its own that begins with what was received and says where it came from:
    the sender's case stays the sender's.
    """
    with act(referrals_visible_to(by), referral_id, "refer_onward", by=by, may=may_refer_onward, if_match=if_match) as (referral, saying):
        if to is None:
            raise BadInput(_("请选择受移送机关。"), fields={"to_agency": _("请选择受移送机关。")})
        if to.pk in (referral.from_agency_id, referral.to_agency_id):
            raise BadInput(_("请选择另外的机关。"), fields={"to_agency": _("请选择另外的机关。")})
        demand_addressable(to, referral, "to_agency")
        profile = profile_of_referral(referral)
        if referral.stated.suspected_crime and profile.criminal.no_admin_re_referral and to.kind not in JUDICIAL:
            raise NotAllowed(_("涉嫌犯罪的案件应当直接移送司法机关，不得再移送其他部门。"), profile.criminal.clause or "")
        referral.refer_onward()
        assert by.agency is not None
        assert referral.case_version is not None
        onward = Referral(
            case=pass_on_case(referral.case_version, by=by), jurisdiction_id=referral.jurisdiction_id, version_of_rules=referral.version_of_rules,
            options=referral.options, from_agency=by.agency, to_agency=to, drafter=by.user, writers=[by.user_id] if by.user_id else [],
            onward_from=referral, facts_keys=referral.facts_keys, facts_normal=referral.facts_normal,
        )  # fmt: skip
        with create(onward, "start_draft", by=by, allowed=Allow()) as birth:
            onward.save()
            keep_words(onward)
            Party.objects.create(referral=onward, agency=by.agency, role=Party.Role.SENDER)
            birth.detail |= {"case": onward.case_id, "onward_from": referral.pk}
        saying.detail["onward"] = onward.pk
    return onward
