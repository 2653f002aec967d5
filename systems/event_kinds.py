"""Every kind of event that another system can receive: the verbs of the three lifecycles, and what is opened."""

from __future__ import annotations

from oversight.models import Escalation
from referrals.models import Dispute, Notice, Referral

EVENT_KINDS: dict[str, str] = {
    f"{model._meta.model_name}.{verb}": str(label)
    for model in (Referral, Dispute, Notice, Escalation)
    for verb, label in {**model.BIRTHS, **model.VERBS}.items()
    if verb not in model.QUIET
}
