"""What is internal until it is decided: how rows, lists and timelines tell of it to those whom it does not concern yet."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from core.models import AuditEntry
from core.nouns import internal_acts, noun

if TYPE_CHECKING:
    from accounts.actors import Actor


def as_told(thing: Any, opened: bool) -> Any:
    """A row as its reader is told of it: where the proposal on it is not `opened`, it is where it was before it.

    A copy, to be shown and not to be acted upon.
    """
    before = noun(thing._meta.model_name).internal_states.get(thing.state)
    if opened or before is None:
        return thing
    told = copy.copy(thing)
    vars(told)["state"], told.proposal = before, ""
    return told


def in_told_states(by: Actor, states: Iterable[str], kind: str) -> Q:
    """Rows that stand in one of `states` as `by` is told: outside the government one that is proposed stands where it was before."""
    wanted, internal = set(states), noun(kind).internal_states
    if not (by.is_system or by.speaks_for_government):
        wanted = {s for s in wanted if s not in internal} | {hidden for hidden, before in internal.items() if before in wanted}
    return Q(state__in=wanted)


def without_internal(entries: list[AuditEntry], closed: Iterable[tuple[str, int]]) -> list[AuditEntry]:
    """The timeline without the internal acts on the subjects (kind, id) that are not open to the reader."""
    shut, internal = {(kind, str(identity)) for kind, identity in closed}, internal_acts()

    def told(entry: AuditEntry) -> bool:
        verb = f"{entry.subject_kind}.{entry.detail.get('act', '')}" if entry.verb.endswith(".refused") else entry.verb
        return verb not in internal or (entry.subject_kind, entry.subject_id) not in shut

    return [entry for entry in entries if told(entry)]
