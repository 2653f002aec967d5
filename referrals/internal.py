"""What is the office's own until the government has decided: opinions put before it (拟办意见), and single determinations."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from accounts.actors import Actor
from accounts.kinds import Post
from core.models import AuditEntry
from core.nouns import internal_acts, noun
from referrals.lifecycle import DisputeState
from referrals.models import Dispute
from referrals.rules import is_office, offices_of


def of_government(by: Actor) -> bool:
    """Whether `by` proposes or decides for the government; its auditor and its administrators sit there and do neither."""
    return by.in_government_office and not by.holds(Post.AUDITOR, Post.ADMINISTRATOR, Post.SECURITY)


def may_read_proposal(dispute: Dispute, by: Actor) -> bool:
    """Before the decision: the government and its office, and the offices whose joint opinion the chain names; never a party.

    Afterwards everybody who sees the dispute. A dispute that the two settled themselves was decided by nobody: it stays the office's.
    """
    if dispute.state == DisputeState.DECIDED or by.is_system:
        return True
    if by.agency_id in (dispute.referral.from_agency_id, dispute.referral.to_agency_id):
        return False
    return of_government(by) or is_office(by, offices_of(dispute.referral))


def may_read_proposal_of_office(decided_at: dt.datetime | None, by: Actor) -> bool:
    """The same of an escalation, decided at `decided_at` or not yet: the government and its office."""
    return decided_at is not None or by.is_system or of_government(by)


def may_open_escalation(late_agency_id: int, by: Actor) -> bool:
    """Whether the page and the papers of an escalation of a referral that `by` may see are open to `by`: overseers, and who is late."""
    return by.is_system or by.oversees or by.agency_id == late_agency_id


def as_told(thing: Any, opened: bool) -> Any:
    """A dispute or an escalation as its reader is told of it: where the proposal is not `opened`, it is where it was before it.

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
    if not (by.is_system or of_government(by)):
        wanted = {s for s in wanted if s not in internal} | {hidden for hidden, before in internal.items() if before in wanted}
    return Q(state__in=wanted)


def without_internal(entries: list[AuditEntry], closed: Iterable[tuple[str, int]]) -> list[AuditEntry]:
    """The timeline without what was proposed on the subjects (kind, id) whose proposal is not open to the reader."""
    shut, internal = {(kind, str(identity)) for kind, identity in closed}, internal_acts()

    def told(entry: AuditEntry) -> bool:
        verb = f"{entry.subject_kind}.{entry.detail.get('act', '')}" if entry.verb.endswith(".refused") else entry.verb
        return verb not in internal or (entry.subject_kind, entry.subject_id) not in shut

    return [entry for entry in entries if told(entry)]
