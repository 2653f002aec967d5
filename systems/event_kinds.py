"""Every kind of event that another system can receive: the verbs of the three lifecycles, and what is opened."""

from __future__ import annotations

from oversight.models import Escalation
from referrals.models import Dispute, Notice, Referral

EVENT_KINDS: dict[str, str] = {
    "referral.start_draft": "起草",
    **{f"referral.{verb}": str(label) for verb, label in Referral.VERBS.items() if verb not in Referral.QUIET},
    **{f"dispute.{verb}": str(label) for verb, label in Dispute.VERBS.items()},
    "notice.send": "发出通报",
    **{f"notice.{verb}": str(label) for verb, label in Notice.VERBS.items()},
    "escalation.raise": "逾期报政府",
    **{f"escalation.{verb}": str(label) for verb, label in Escalation.VERBS.items()},
}
