"""The acts of the government's desk."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import CLERKS, LEADERS, AgencyKind, Post
from accounts.models import Agency
from core.acts import act
from core.errors import BadInput
from core.nouns import noun_of
from core.retries import tried_again
from documents.issuing import issue
from documents.printing import said_in_print
from notifications.models import Message
from notifications.telling import Note, tell
from oversight import documents
from oversight.lifecycle import Order
from oversight.models import Escalation
from oversight.policies import may_close, may_dismiss, may_explain, may_explain_early, may_hand_over, may_instruct, may_propose
from oversight.selectors import escalations_visible_to


def _tell(escalation: Escalation, agencies: list[int], posts: tuple[str, ...], key: str, text: str) -> None:
    from django.urls import reverse

    from accounts.actors import people_at

    now = timezone.now()
    url = reverse("escalation", args=[escalation.pk])
    tell(
        [
            Note(p.user_id, f"{key}:{escalation.pk}:{escalation.version}", Message.Kind.DESK, text, url, Message.Kind.DESK in p.mail_kinds)
            for p in people_at(set(agencies), posts, timezone.localdate(now))
        ],
        at=now,
    )


def _office(escalation: Escalation, kind: AgencyKind) -> Agency | None:
    return Agency.objects.in_being(timezone.localdate()).filter(jurisdiction_id=escalation.jurisdiction_id, kind=kind).first()


@tried_again
def propose_escalation(escalation_id: int, *, by: Actor, words: str, order: str, if_match: int | None = None) -> Escalation:
    """拟办: the government office proposes what the leader should order."""
    words = said_in_print(words, "words", _("请写明拟办意见。"))
    if order not in Order.values:
        raise BadInput(_("请选择拟办结论。"), fields={"order": _("请选择拟办结论。")})
    visible = escalations_visible_to(by)
    with act(visible, escalation_id, "propose", by=by, may=may_propose, if_match=if_match) as (escalation, saying):
        escalation.propose(by=by, at=timezone.now(), words=words, order=order)
        saying.detail["order"] = order
        assert by.agency_id is not None
        offices = list(
            Agency.objects.in_being(timezone.localdate())
            .filter(jurisdiction_id=escalation.jurisdiction_id, kind__in=[AgencyKind.GOVERNMENT, AgencyKind.GOVERNMENT_OFFICE])
            .values_list("pk", flat=True)
        )
        _tell(escalation, offices, (Post.GOVERNMENT_LEADER,), "escalation-proposed", "请批示：%(title)s" % {"title": escalation.title})
    return escalation


def _time_limit(order: str, until: dt.date | None, today: dt.date) -> dt.date | None:
    """The day by which a 督办函 orders the matter done: none for other orders. Raises BadInput where it is missing or past."""
    if order != Order.SUPERVISE:
        return None
    if until is None:
        raise BadInput(_("发函督办须写明限期办结的日期。"), fields={"until": _("请填写限期办结的日期。")})
    if until < today:
        raise BadInput(_("限期办结的日期不能早于今天。"), fields={"until": _("限期办结的日期不能早于今天。")})
    return until


def _designate(escalation: Escalation, handler: Agency | None, *, by: Actor, reasons: str) -> None:
    """The leader names `handler` in the place of who keeps silent. Raises BadInput where nobody is named, or nobody can be."""
    known = noun_of(escalation.subject_kind)
    if known is None or known.designate is None:
        raise BadInput(_("此类事项不能指定管辖。"), escalation.clock.clause, {"order": _("此类事项不能指定管辖。")})
    if handler is None:
        raise BadInput(_("请选择指定管辖的机关。"), escalation.clock.clause, {"handler": _("请选择指定管辖的机关。")})
    known.designate(escalation.subject_id, by=by, handler=handler, reasons=reasons)


@tried_again
def instruct_escalation(
    escalation_id: int,
    *,
    by: Actor,
    order: str,
    words: str,
    handler: Agency | None = None,
    until: dt.date | None = None,
    if_match: int | None = None,
) -> Escalation:
    """批示: a government leader orders supervision (a letter goes out that sets `until`), an explanation, or designates `handler`.

    Raises BadInput where the words or, for supervision, the day is missing.
    """
    words = said_in_print(words, "words", _("请写明批示意见。"))
    if order not in (Order.SUPERVISE, Order.EXPLAIN, Order.DESIGNATE):
        raise BadInput(_("请选择批示结论。"), fields={"order": _("请选择批示结论。")})
    now = timezone.now()
    until = _time_limit(order, until, timezone.localdate(now))
    visible = escalations_visible_to(by)
    with act(visible, escalation_id, "instruct", by=by, may=may_instruct, if_match=if_match) as (escalation, saying):
        escalation.instruct(by=by, at=now, order=order, words=words, until=until)
        saying.detail["order"] = order
        if order == Order.DESIGNATE:
            _designate(escalation, handler, by=by, reasons=words)
            assert handler is not None
            saying.detail["handler"] = handler.pk
        if order == Order.SUPERVISE:
            issuer = _office(escalation, AgencyKind.GOVERNMENT_OFFICE) or by.agency
            assert issuer is not None
            letter = issue(
                documents.SUPERVISION_LETTER, issuer=issuer, addressee=escalation.late_agency, subject=("escalation", escalation.pk),
                content=documents.supervision_letter(escalation, issuer), by=by, at=now,
            )  # fmt: skip
            escalation.letter_number = letter.number
            assert until is not None
            saying.detail |= {"number": letter.number, "until": until.isoformat()}
        _tell(escalation, [escalation.late_agency_id], (*CLERKS, *LEADERS), "escalation-ordered",
              "政府批示（%(order)s）：%(title)s" % {"order": Order(order).label, "title": escalation.title})  # fmt: skip
    return escalation


@tried_again
def dismiss_escalation(escalation_id: int, *, by: Actor, words: str, if_match: int | None = None) -> Escalation:
    """A government leader dismisses it, with a reason. It stays on record."""
    words = said_in_print(words, "words", _("不予督办须写明理由。"))
    with act(escalations_visible_to(by), escalation_id, "dismiss", by=by, may=may_dismiss, if_match=if_match) as (escalation, saying):
        escalation.dismiss(by=by, at=timezone.now(), words=words)
        saying.detail["reason"] = words
    return escalation


@tried_again
def explain_escalation(escalation_id: int, *, by: Actor, words: str, if_match: int | None = None) -> Escalation:
    """The late agency explains: before the leader's order on its own account, after it as its answer."""
    words = said_in_print(words, "words", _("请写明逾期原因和办理情况。"))
    now = timezone.now()
    visible = escalations_visible_to(by)
    early = visible.filter(pk=escalation_id, state__in=["raised", "proposed"]).exists()
    verb, may = ("explain_early", may_explain_early) if early else ("explain", may_explain)
    with act(visible, escalation_id, verb, by=by, may=may, if_match=if_match) as (escalation, _saying):
        getattr(escalation, verb)(at=now, words=words)
        office = _office(escalation, AgencyKind.GOVERNMENT_OFFICE)
        if office is not None:
            _tell(escalation, [office.pk], (Post.GOVERNMENT_CLERK,), "escalation-explained",
                  "%(agency)s 已说明：%(title)s" % {"agency": escalation.late_agency, "title": escalation.title})  # fmt: skip
    return escalation


@tried_again
def close_escalation(escalation_id: int, *, by: Actor, words: str, if_match: int | None = None) -> Escalation:
    """The office has seen that it was put right."""
    words = said_in_print(words, "words", _("请写明办结意见。"))
    with act(escalations_visible_to(by), escalation_id, "close", by=by, may=may_close, if_match=if_match) as (escalation, _saying):
        escalation.close(at=timezone.now(), words=words)
    return escalation


@tried_again
def hand_over_escalation(escalation_id: int, *, by: Actor, words: str, if_match: int | None = None) -> Escalation:
    """To discipline inspection, with the ground."""
    words = said_in_print(words, "words", _("请写明移交的事由。"))
    with act(escalations_visible_to(by), escalation_id, "hand_over", by=by, may=may_hand_over, if_match=if_match) as (escalation, saying):
        escalation.hand_over(at=timezone.now(), words=words)
        discipline = _office(escalation, AgencyKind.DISCIPLINE_INSPECTION)
        saying.detail["to"] = discipline.pk if discipline else None
        if discipline is not None:
            _tell(escalation, [discipline.pk], (*CLERKS, *LEADERS), "escalation-handed-over",
                  "政府移交：%(title)s" % {"title": escalation.title})  # fmt: skip
    return escalation
