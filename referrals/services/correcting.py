"""The facts of a letter that is out, put right: a new version of the case beside the one over which the letter stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import CLERKS, LEADERS
from core.acts import act
from core.errors import BadInput
from core.retries import tried_again
from core.wording import said
from foundation.cases.identity import code_problem
from foundation.cases.models import Case, CaseVersion
from foundation.cases.parties import PARTIES, parties_of
from foundation.cases.services import correct_version
from notifications.models import Message
from referrals.agreed import agreed_on
from referrals.models import Referral
from referrals.people import tell_agencies
from referrals.policies import may_correct_facts
from referrals.selectors import referrals_visible_to
from referrals.services.consent import void_agreements
from referrals.services.signing import tell_of_newer_version

# Neither the matter (another matter is another case, and another agency's) nor what a clock counts from (that is corrected at the clock).
CORRECTABLE = (
    "place", "case_number", "filed_on", "officers", "violated_article", "facts", "preliminary_investigation", "onsite_measures", *PARTIES,
)  # fmt: skip


@tried_again
def correct_facts(referral_id: int, *, by: Actor, reason: str, changes: dict[str, Any], if_match: int | None = None) -> Referral:
    """The case's own agency puts facts right that it sent: the letter keeps its version, both sides read the new one beside it, and why.

    `changes`: the facts (`CORRECTABLE`) as they should be. Consent and prior notice that were given to what is now otherwise are void.
    Raises BadInput without a reason, without any change, for a fact left empty and for a wrong number of a party.
    """
    reason = said(reason, "reason", _("请写明更正的理由，双方都会看到。"))
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "correct_facts", by=by, may=may_correct_facts, if_match=if_match) as (referral, saying):
        referral.correct_facts()
        old, new = correct_version(
            referral.case_id, {n: v for n, v in changes.items() if n in CORRECTABLE}, check=_refuse, by=by, at=now, reason=reason
        )
        if new.pk == old.pk:
            raise BadInput(_("没有改动任何案情。"), fields={"facts": _("没有改动任何案情。")})
        saying.detail |= {"from_version": old.pk, "to_version": new.pk, "reason": reason}
        _void(referral, old, new, now, saying.detail)
        tell_of_newer_version(new, but=referral.pk, at=now)
        tell_agencies([referral.from_agency_id, referral.to_agency_id], referral, kind=Message.Kind.PROGRESS, key="corrected", at=now,
                      posts=(*CLERKS, *LEADERS), text="案情已更正：%(title)s（%(number)s）" % {"title": referral.title, "number": referral.number})  # fmt: skip
    return referral


def _refuse(before: Case, after: Case) -> None:
    """A correction does not empty what was stated, and names parties as they may be named."""
    wrong = {n: _("更正后不能为空。") for n in ("place", "facts", "party_kind", "party_name") if getattr(before, n) and not getattr(after, n)}
    for number, party in enumerate(parties_of(after), 1):
        problem = code_problem(party.kind, party.code, party.document, party.document_words)
        if problem:
            wrong["party_code" if number == 1 else "further_parties"] = problem
    if wrong:
        raise BadInput(_("更正的内容有误。"), fields=wrong)


def _void(referral: Referral, old: CaseVersion, new: CaseVersion, now: dt.datetime, saying: dict[str, Any]) -> None:
    """Consent and prior notice were about the party and the facts as they were."""
    if agreed_on(referral, old) != agreed_on(referral, new):
        voided = void_agreements(referral, told=[referral.to_agency_id, referral.from_agency_id], now=now, why="案情已更正")
        if voided:
            saying["voided"] = voided
