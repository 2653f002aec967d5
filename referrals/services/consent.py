"""A major and difficult case: the bureau's consent beforehand, and its filing (QD-2.4.1-j). Consent belongs to what was consented to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, system_actor
from accounts.kinds import CLERKS, LEADERS
from core.acts import act
from core.retries import tried_again
from foundation.cases.models import CaseVersion
from foundation.cases.services import freeze_case
from notifications.models import Message
from referrals.agreed import agreed_on
from referrals.models import Notice, Party, Referral
from referrals.people import tell_agencies
from referrals.policies.notices import may_receipt_filing
from referrals.rules import profile_of_referral
from referrals.selectors import referrals_visible_to
from referrals.services.notices import void_notices
from referrals.waiting import CONSENT_WANTED, await_beside, await_no_longer


def needs_consent(referral: Referral) -> bool:
    return referral.kind == "major_difficult" and profile_of_referral(referral).referral.major_difficult is not None


def ask_for_consent(referral: Referral) -> None:
    """The draft names a bureau: it may read it and is asked, at once, without waiting for another save.

    Asked again where its consent became void with what it was about; nobody is waited for where no consent is wanted any more.
    """
    if profile_of_referral(referral).referral.major_difficult is None:
        return
    if referral.to_agency_id is None or referral.consent_at is not None or not needs_consent(referral):
        await_no_longer(referral, CONSENT_WANTED, at=timezone.now())
        return
    Party.objects.get_or_create(referral=referral, agency_id=referral.to_agency_id, role=Party.Role.RECEIVER)
    if await_beside(referral, CONSENT_WANTED, at=timezone.now()):
        tell_agencies([referral.to_agency_id], referral, kind=Message.Kind.DESK, key="consent-wanted", at=timezone.now(), posts=LEADERS,
                      text="重大且疑难案件请求同意移送：%(title)s" % {"title": referral.title})  # fmt: skip


def consented_version(referral: Referral, now: dt.datetime) -> CaseVersion:
    """What is consented to, kept. The version is the sender's case as it was read; the consent, not the version, is the bureau's."""
    return referral.case_version or freeze_case(referral.case_id, by=system_actor("征得同意"), at=now)


def settle_agreements(referral: Referral, *, before: str, former_id: int | None, now: dt.datetime, saying: dict[str, Any]) -> None:
    """After a change of the draft: consent and notice for another receiver, party or facts are void, and nobody keeps a seat for it."""
    agreed = agreed_on(referral)
    # The facts may have been changed from another draft on the same case.
    stale = {hashed for hashed in (referral.consent_hash, referral.prior_notice_hash) if hashed} - {agreed}
    if agreed == before and not stale:
        return
    voided = void_agreements(referral, told=[former_id, referral.from_agency_id], now=now, why="移送对象或案情已改")
    if former_id != referral.to_agency_id:
        void_notices(referral, Notice.Kind.EXTENSION, reason="移送对象已改", now=now)
    if voided:
        saying["voided"] = voided
    leave_seats(referral)


def void_agreements(referral: Referral, *, told: list[int | None], now: dt.datetime, why: str) -> list[str]:
    """Take back what was consented to and noticed, and tell these agencies; returns which of the two there was. Not saved."""
    voided = []
    if referral.consent_at is not None:
        referral.consent_at, referral.consent_note, referral.consent_of = None, "", None
        referral.consent_version, referral.consent_hash = None, ""
        voided.append("consent")
        tell_agencies(told, referral, kind=Message.Kind.PROGRESS, key="consent-void", at=now,
                      posts=(*CLERKS, *LEADERS), text=_("%(why)s，原先的同意不再有效。") % {"why": why})  # fmt: skip
    if referral.prior_notice_at is not None:
        referral.prior_notice_at, referral.prior_notice_to, referral.prior_notice_hash = None, "", ""
        # The clock of the letter runs on: the next notice corrects it, and what was late stays late.
        void_notices(referral, Notice.Kind.PRIOR, reason=why, now=now)
        voided.append("prior_notice")
    return voided


def leave_seats(referral: Referral) -> int:
    """Nobody but the bureau that is asked now sits at a draft; returns how many seats were taken away."""
    seats = Party.objects.filter(referral=referral, role=Party.Role.RECEIVER)
    if needs_consent(referral) and referral.ended_at is None:
        seats = seats.exclude(agency_id=referral.to_agency_id)
    return seats.delete()[0]


@tried_again
def receipt_filing(referral_id: int, *, by: Actor, if_match: int | None = None) -> Referral:
    """The justice bureau has the case on file: who, when. Both sides are told."""
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "receipt_filing", by=by, may=may_receipt_filing, if_match=if_match) as (referral, saying):
        referral.receipt_filing(by=by, at=now)
        saying.detail["filed_with"] = by.agency_id
        tell_agencies([referral.from_agency, referral.to_agency], referral, kind=Message.Kind.PROGRESS, key="filed", at=now,
                      text="%(agency)s 已备案：%(title)s" % {"agency": by.agency, "title": referral.title})  # fmt: skip
    return referral
