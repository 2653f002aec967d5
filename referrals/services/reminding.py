"""The reminder letter: the referrer asks in writing for what the receiver has let pass."""

from __future__ import annotations

from django.utils import timezone

from accounts.actors import Actor
from accounts.kinds import CLERKS, LEADERS
from core.acts import act
from core.retries import tried_again
from documents.issuing import issue
from documents.printing import demand_printable
from notifications.models import Message
from referrals import documents
from referrals.models import Referral
from referrals.people import tell_agencies
from referrals.policies.limits import may_remind, passed_by_receiver
from referrals.selectors import referrals_visible_to


@tried_again
def remind_referral(referral_id: int, *, by: Actor, note: str = "", if_match: int | None = None) -> Referral:
    """Issue a reminder letter to the receiver over what it has let pass; no state, clock or target changes by it.

    Raises NotAllowed where nothing has passed, or where the last reminder is too recent.
    """
    demand_printable({"note": note})
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "remind", by=by, may=may_remind, if_match=if_match) as (referral, saying):
        passed = passed_by_receiver(referral, now)
        referral.remind(at=now)
        letter = issue(
            documents.REMINDER_LETTER, issuer=referral.from_agency, addressee=referral.to_agency, subject=("referral", referral.pk),
            content=documents.reminder_letter(referral, passed, note.strip(), now), by=by, at=now,
        )  # fmt: skip
        saying.detail |= {"number": letter.number, "clocks": [clock.key for clock in passed]}
        tell_agencies([referral.to_agency], referral, kind=Message.Kind.REMIND, key="reminded", at=now, posts=(*CLERKS, *LEADERS),
                      text="对方来函催办：%(title)s（%(number)s）" % {"title": referral.title, "number": letter.number})  # fmt: skip
    return referral
