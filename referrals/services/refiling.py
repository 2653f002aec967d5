"""Back for its papers, and out again: a road of its own, to the same receiver, linked and counted."""

from __future__ import annotations

from django.utils import timezone

from accounts.actors import Actor
from accounts.standing import standing_heir
from core.acts import act, create
from core.decisions import Allow
from core.retries import tried_again
from deadlines.book import rules_for
from referrals.models import Party, Referral
from referrals.policies.drafting import may_refile
from referrals.selectors import referrals_visible_to
from referrals.services.consent import ask_for_consent
from referrals.services.drafting import LETTER_FIELDS
from referrals.services.stating import state_event
from referrals.services.wording import keep_words
from referrals.waiting import done_and_over

ENDED_BY_REFILING = "补齐材料后重新移送"


@tried_again
def refile_referral(referral_id: int, *, by: Actor, if_match: int | None = None) -> Referral:
    """A new draft on the same case to the same receiver, after the letter came back for its papers or was withdrawn; the old one ends.

    Never while the earlier is open otherwise, nor after an objection or a decision (XC-2.2-g, QD-2.4.1-i). Its duty to refer runs from
    the day on which the letter came back. Returns the new draft; raises NotVisible, Stale, WrongState, NotAllowed.
    """
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "refile", by=by, may=may_refile, if_match=if_match) as (referral, saying):
        referral.refile(at=now, reason=ENDED_BY_REFILING)
        done_and_over(referral, at=now)
        # The earlier one ends before the new one is written: one case has one open referral (XC-2.2-d).
        referral.save()
        again = _again(referral, by)
        saying.detail |= {"refiled": again.pk, "times": again.refiled_times}
    return again


def _again(referral: Referral, by: Actor) -> Referral:
    rules = rules_for(referral.jurisdiction_id, timezone.localdate())
    again = Referral(
        case=referral.case, jurisdiction_id=referral.jurisdiction_id, version_of_rules=rules.version, options=rules.options,
        from_agency=referral.from_agency, drafter=by.user, writers=sorted({*referral.writers, *([by.user_id] if by.user_id else [])}), exclusive=referral.exclusive, refiled_from=referral,
        refiled_times=referral.refiled_times + 1, facts_keys=referral.facts_keys, facts_normal=referral.facts_normal,
        **{name: getattr(referral, name) for name in LETTER_FIELDS}
        | {"change_reason": ENDED_BY_REFILING, "contact": "", "to_agency": standing_heir(referral.to_agency)},
    )  # fmt: skip
    # Whether it may be filed again was asked by the act that ends the earlier one.
    with create(again, "start_draft", by=by, allowed=Allow()) as saying:
        again.save()
        keep_words(again)
        again.copies.set(referral.copies.all())
        Party.objects.create(referral=again, agency=referral.from_agency, role=Party.Role.SENDER)
        ask_for_consent(again)
        state_event(again, by=by, at=timezone.now(), new=True)
        saying.detail |= {"case": referral.case_id, "refiled_from": referral.pk}
    return again
