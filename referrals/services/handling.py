"""From acceptance to closing; and the ways out before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from core.acts import act
from core.errors import BadInput
from core.retries import tried_again
from deadlines.clocks import cancel_clocks, start_clock
from deadlines.prolonging import extend_clock
from documents.issuing import issue
from documents.printing import demand_printable, said_in_print
from notifications.models import Message
from referrals import documents
from referrals.decisions import DecisionKind, demand_stated
from referrals.models import Notice, Referral
from referrals.people import tell_agencies
from referrals.policies.handling import may_close, may_decide, may_handle, may_report_result, may_take_back, may_withdraw
from referrals.policies.limits import extendable, may_extend
from referrals.rules import PENALTY_COPY, RESULT, clock_key, penalty_copy_key, rules_of_referral
from referrals.selectors import referrals_visible_to, running_clocks
from referrals.services.materials import enclose_result
from referrals.services.notices import send_notice
from referrals.services.stating import refuse_outside_calendar
from referrals.services.wording import keep_words
from referrals.waiting import await_next, done_and_over


@tried_again
def handle_referral(referral_id: int, *, by: Actor, if_match: int | None = None) -> Referral:
    """The receiver begins the handling (files the case)."""
    with act(referrals_visible_to(by), referral_id, "handle", by=by, may=may_handle, if_match=if_match) as (referral, _saying):
        now = timezone.now()
        referral.handle(at=now)
        await_next(referral, at=now)
    return referral


@tried_again
def decide_referral(
    referral_id: int, *, by: Actor, decision: str, kind: str = "", number: str = "", at: dt.datetime | None = None, if_match: int | None = None
) -> Referral:
    """The receiver records its handling decision, of the stated `kind` (DecisionKind) and made at the stated `at` (aware).

    From it count the limit to notify the referrer and, of a penalty, the limit to copy it (XC-3.4-b, ZC-2.4.3-g, QD-2.3.1-c).
    """
    decision = said_in_print(decision, "decision", _("请写明处理决定的内容。"))
    demand_printable({"number": number})
    now = timezone.now()
    at = demand_stated(kind, at)
    refuse_outside_calendar({"at": at}, "at")
    if at > now:
        raise BadInput(_("作出决定的时间不能晚于现在。"), fields={"at": _("作出决定的时间不能晚于现在。")})
    with act(referrals_visible_to(by), referral_id, "decide", by=by, may=may_decide, if_match=if_match) as (referral, _saying):
        # A form states a moment to the minute.
        if referral.answered_at and at < referral.answered_at.replace(second=0, microsecond=0):
            raise BadInput(_("作出决定的时间不能早于受理。"), fields={"at": _("作出决定的时间不能早于受理。")})
        referral.decide(at=at, kind=kind, decision=decision, number=number.strip())
        if referral.decision_number:
            keep_words(referral)
        await_next(referral, at=now)
        _start_decision_clocks(referral, at)
    return referral


def _start_decision_clocks(referral: Referral, at: dt.datetime) -> None:
    """What the receiver owes the referrer from its decision on: the result, and of a penalty a copy."""
    copy = penalty_copy_key(referral) if referral.decision_kind == DecisionKind.PENALTY else None
    for role, key in ((RESULT, clock_key(referral, RESULT)), (PENALTY_COPY, copy)):
        if key:
            assert referral.to_agency is not None
            start_clock(
                rules_of_referral(referral), key, role=role, subject=("referral", referral.pk), event_at=at,
                holder=referral.to_agency, counterpart=referral.from_agency, urgent=referral.stated.urgent,
            )  # fmt: skip


@tried_again
def report_result(referral_id: int, *, by: Actor, file: Sequence[Any] = (), if_match: int | None = None) -> Referral:
    """Tell the referrer in writing what was decided, a penalty with its number and words: the duties to notify and to copy are met.

    `file`: the decisions themselves (处罚决定书); they go along with the notice, which names them, and stay as they were sent.
    Raises BadInput for a file that may not be taken.
    """
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "report_result", by=by, may=may_report_result, if_match=if_match) as (referral, saying):
        referral.report_result(at=now)
        papers = [enclose_result(referral, one, by=by, at=now) for one in file]
        notice = issue(
            documents.RESULT_NOTICE, issuer=referral.to_agency, addressee=referral.from_agency, subject=("referral", referral.pk),
            content=documents.result_notice(referral, [paper.name for paper in papers]), by=by, at=now,
        )  # fmt: skip
        await_next(referral, at=now, met=(RESULT, PENALTY_COPY))
        saying.detail |= {"number": notice.number, "papers": [paper.sha256 for paper in papers]}
        tell_agencies([referral.from_agency], referral, kind=Message.Kind.DESK, key="reported", at=now,
                      text="处理结果已通报：%(title)s" % {"title": referral.title})  # fmt: skip
    return referral


@tried_again
def close_referral(referral_id: int, *, by: Actor, note: str = "", if_match: int | None = None) -> Referral:
    """The referrer has seen the result."""
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "close", by=by, may=may_close, if_match=if_match) as (referral, _saying):
        referral.close(at=now, reason=note.strip())
        done_and_over(referral, at=now)
    return referral


@tried_again
def withdraw_referral(referral_id: int, *, by: Actor, reason: str, if_match: int | None = None) -> Referral:
    """The referrer takes the letter back before it was signed for."""
    reason = said_in_print(reason, "reason", _("请写明撤回的理由。"))
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "withdraw", by=by, may=may_withdraw, if_match=if_match) as (referral, saying):
        was_out = referral.state == "delivered"
        referral.withdraw(at=now, reason=reason)
        cancel_clocks(("referral", referral.pk), at=now)
        saying.detail["reason"] = reason
        if was_out:
            tell_agencies([referral.to_agency], referral, kind=Message.Kind.PROGRESS, key="withdrawn", at=now,
                          text="对方撤回移送：%(title)s" % {"title": referral.title})  # fmt: skip
    return referral


@tried_again
def take_back_referral(referral_id: int, *, by: Actor, reason: str, if_match: int | None = None) -> Referral:
    """After a refusal the referrer keeps the case."""
    reason = said_in_print(reason, "reason", _("请写明收回自行办理的理由。"))
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "take_back", by=by, may=may_take_back, if_match=if_match) as (referral, saying):
        referral.take_back(at=now, reason=reason)
        done_and_over(referral, at=now)
        saying.detail["reason"] = reason
    return referral


@tried_again
def extend_referral(referral_id: int, *, by: Actor, reason: str, until: dt.date | None = None, if_match: int | None = None) -> Referral:
    """Whoever holds the running clock tells the other side that it takes longer; `until` None asks for the most.

    Raises BadInput with the clause where the extension is late, excessive, or not provided for.
    """
    demand_printable({"reason": reason})
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "extend", by=by, may=may_extend, if_match=if_match) as (referral, saying):
        clock = extendable(running_clocks(referral), by, now)[0]
        assert clock is not None
        if reason.strip():
            # Whether the clause asks for a reason at all is the clock's business; one that is given must be one.
            reason = said_in_print(reason, "reason", _("延长须说明理由。"), clock.clause)
        referral.extend()
        row = extend_clock(clock, reason=reason, until=until, noticed_at=now, by=by)
        if referral.to_agency_id is not None:
            counterpart = clock.counterpart or referral.to_agency
            words = documents.extension_notice(referral, clock, row, counterpart)
            notice = send_notice(
                referral, Notice.Kind.EXTENSION, documents.EXTENSION_NOTICE, words, issuer=clock.holder, to=counterpart, by=by, at=now
            )
            saying.detail["number"] = notice.document.number
        saying.detail["clock"] = clock.key
        saying.detail["until"] = row.new_due_at.isoformat()
    return referral
