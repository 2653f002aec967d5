"""What is the offices' own until there is a decision: opinions put before the government (拟办意见), and single determinations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from accounts.actors import Actor
from accounts.kinds import Post
from core.models import AuditEntry
from core.nouns import internal_acts
from referrals.models import Dispute
from referrals.rules import is_office, offices_of


def may_read_proposal(dispute: Dispute, by: Actor) -> bool:
    """Before the decision: the government's offices, the offices that the chain names, and the auditor; never a party."""
    if dispute.settled_at is not None or by.is_system or by.holds(Post.AUDITOR):
        return True
    if by.agency_id in (dispute.referral.from_agency_id, dispute.referral.to_agency_id):
        return False
    return by.in_government_office or is_office(by, offices_of(dispute.referral))


def may_read_proposal_of_office(decided_at: dt.datetime | None, by: Actor) -> bool:
    """The same of an escalation, decided at `decided_at` or not yet: the government's offices and the auditor."""
    return decided_at is not None or by.is_system or by.holds(Post.AUDITOR) or by.in_government_office


def may_open_escalation(late_agency_id: int, by: Actor) -> bool:
    """Whether the page and the papers of an escalation of a referral that `by` may see are open to `by`: overseers, and who is late."""
    return by.is_system or by.oversees or by.agency_id == late_agency_id


def without_internal(entries: list[AuditEntry], closed: Iterable[tuple[str, int]]) -> list[AuditEntry]:
    """The timeline without what was proposed on the subjects (kind, id) whose proposal is not open to the reader."""
    shut, internal = {(kind, str(identity)) for kind, identity in closed}, internal_acts()

    def told(entry: AuditEntry) -> bool:
        verb = f"{entry.subject_kind}.{entry.detail.get('act', '')}" if entry.verb.endswith(".refused") else entry.verb
        return verb not in internal or (entry.subject_kind, entry.subject_id) not in shut

    return [entry for entry in entries if told(entry)]
