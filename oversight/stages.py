"""The states of an escalation, one row each: how they look and whose turn it is."""

from __future__ import annotations

from core.nouns import Stage
from oversight.lifecycle import EscalationState

OFFICE, LEADER, LATE, SUPERVISION = "office", "leader", "late", "supervision"

ESCALATION_STAGES: dict[str, Stage] = {
    EscalationState.RAISED: Stage("amber", (OFFICE,)),
    EscalationState.PROPOSED: Stage("blue", (LEADER,)),
    EscalationState.ORDERED: Stage("amber", (LATE,)),
    EscalationState.ANSWERED: Stage("blue", (OFFICE, SUPERVISION)),
    EscalationState.CLOSED: Stage("plain"),
    EscalationState.DISMISSED: Stage("plain"),
    EscalationState.HANDED_OVER: Stage("plain"),
}


def awaiting(side: str) -> list[str]:
    """The states in which it is this side's turn."""
    return [str(state) for state, stage in ESCALATION_STAGES.items() if side in stage.turn]
