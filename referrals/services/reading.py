"""Reading is an act too where a case is confidential."""

from __future__ import annotations

from django.db import transaction

from accounts.actors import Actor
from core import audit
from core.retries import tried_again
from foundation.cases.models import Case
from referrals.models import Referral


@tried_again
def record_reading(referral: Referral, *, by: Actor, what: str = "page") -> None:
    """Keep in the trail that `by` read a confidential case (`what`: page, rest, letter, preview); nothing for an ordinary one."""
    if referral.stated.confidentiality == Case.Confidentiality.NONE:
        return
    with transaction.atomic():
        audit.record("referral", referral.pk, "referral.read_confidential", by=by, what=what)
