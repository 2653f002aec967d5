"""Files go out that the virus scanner could not look at: a leader's decision, with its reason in the trail."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from core.acts import act
from core.errors import BadInput
from core.retries import tried_again
from core.wording import says_something
from foundation.formats.scanning import let_go
from referrals.models import Referral
from referrals.policies.scanning import may_release_unscanned
from referrals.selectors import referrals_visible_to, stuck_files


@tried_again
def release_unscanned(referral_id: int, *, by: Actor, reason: str, if_match: int | None = None) -> Referral:
    """Let the files of this side go that wait for a scanner which gives no verdict. They are scanned all the same when it is back.

    Raises BadInput without a reason, NotAllowed where nothing waits without hope of a verdict.
    """
    if not says_something(reason):
        sentence = _("请写明放行的理由。")
        raise BadInput(sentence, fields={"reason": sentence})
    visible, now = referrals_visible_to(by), timezone.now()
    with act(visible, referral_id, "release_unscanned", by=by, may=may_release_unscanned, if_match=if_match) as (referral, saying):
        going = let_go(stuck_files(referral, by), by=by.name, reason=reason.strip(), now=now)
        referral.release_unscanned()
        saying.detail |= {"reason": reason.strip(), "files": going}
    return referral
