"""The office's opinion put before the leader (拟办意见) is the offices' own until the leader has ordered something."""

from __future__ import annotations

from accounts.actors import Actor
from oversight.models import Escalation


def may_read_proposal(escalation: Escalation, by: Actor) -> bool:
    """Before the order: the government and its office."""
    return escalation.signed_at is not None or by.is_system or by.speaks_for_government


def may_open(escalation: Escalation, by: Actor) -> bool:
    """Whether its page and papers are open to `by`, who may see what it hangs on: overseers, and who is late."""
    return by.is_system or by.oversees or by.agency_id == escalation.late_agency_id
