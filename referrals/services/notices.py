"""Notices to the other side, before or beside the letter: sent as papers, receipted, void when what they were about changes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor, people_at, system_actor
from accounts.kinds import CLERKS, LEADERS
from accounts.models import Agency
from core import audit
from core.acts import act, create
from core.decisions import Allow
from core.retries import tried_again
from documents.issuing import issue
from notifications.models import Message
from notifications.telling import Note, tell
from referrals.models import Notice, Referral
from referrals.policies.notices import may_receipt_notice, may_void_notice
from referrals.selectors import notices_visible_to

if TYPE_CHECKING:
    from collections.abc import Iterable


def send_notice(
    referral: Referral, kind: str, document_kind: str, content: dict[str, Any], *, issuer: Agency, to: Agency, by: Actor, at: dt.datetime
) -> Notice:
    """Issue the paper and lay it on the addressee's desk; inside the act that gives the notice."""
    paper = issue(document_kind, issuer=issuer, addressee=to, subject=("referral", referral.pk), content=content, by=by, at=at)
    notice = Notice(referral=referral, kind=kind, from_agency=issuer, to_agency=to, document=paper, sent_at=at)
    # Whether it may be sent was asked by the act that it belongs to.
    with create(notice, "send", by=by, allowed=Allow()) as saying:
        saying.detail |= {"referral": referral.pk, "number": paper.number}
    _tell([to], notice, Message.Kind.DESK, f"收到{notice.get_kind_display()}：{paper.title}（{paper.number}），请签收", at)
    return notice


@tried_again
def receipt_notice(notice_id: int, *, by: Actor, if_match: int | None = None) -> Notice:
    """The addressee says that the notice arrived: who, in which post, when."""
    now = timezone.now()
    with act(notices_visible_to(by), notice_id, "receipt_notice", by=by, may=may_receipt_notice, if_match=if_match) as (notice, saying):
        notice.receipt_notice(by=by, at=now)
        saying.detail["referral"] = notice.referral_id
        audit.record("referral", notice.referral_id, "notice.receipt_notice", by=by, at=now, number=notice.document.number)
        _tell([notice.from_agency], notice, Message.Kind.PROGRESS, f"对方已签收：{notice.document.title}", now)
    return notice


@tried_again
def void_notices(referral: Referral, *kinds: str, reason: str, now: dt.datetime) -> int:
    """What the notices were about is no longer so: they are void and both sides are told. Returns how many were."""
    system, count = system_actor("通报"), 0
    standing = Notice.objects.filter(referral=referral, kind__in=kinds, state__in=["sent", "receipted"]).values_list("pk", flat=True)
    for notice_id in list(standing):
        with act(notices_visible_to(system), notice_id, "void_notice", by=system, may=may_void_notice) as (notice, saying):
            notice.void_notice(at=now, reason=reason)
            saying.detail["reason"] = reason
            audit.record("referral", referral.pk, "notice.void_notice", by=system, at=now, number=notice.document.number, reason=reason)
            _tell([notice.to_agency, notice.from_agency], notice, Message.Kind.PROGRESS, f"通报已失效（{reason}）：{notice.document.title}", now)
        count += 1
    return count


def _tell(agencies: Iterable[Agency], notice: Notice, kind: str, text: str, at: dt.datetime) -> None:
    url = reverse("notice", args=[notice.pk])
    people = people_at({agency.pk for agency in agencies}, (*CLERKS, *LEADERS), timezone.localdate(at))
    tell([Note(p.user_id, f"notice:{notice.pk}:{notice.version}:{kind}", kind, text, url, kind in p.mail_kinds) for p in people], at=at)
