"""What a consent or a prior notice was about: this receiver, this party, these facts, and nothing else."""

from __future__ import annotations

import hashlib
import json

from foundation.cases.models import CaseVersion
from foundation.cases.stated import content_of, stated
from referrals.models import Referral

# A change of any of these makes it another matter than the one that was consented to, or noticed.
AGREED = ("matter", "facts", "place", "found_at")


def agreed_on(referral: Referral, version: CaseVersion | None = None) -> str:
    """SHA-256 over the receiver and over who is said to have done what, where and when: as the letter states it, or this `version`."""
    content = content_of(stated(version) if version is not None else referral.stated)
    facts = {name: value for name, value in content.items() if name in AGREED or "part" in name}
    said = [referral.to_agency_id, referral.kind == "major_difficult", facts]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
