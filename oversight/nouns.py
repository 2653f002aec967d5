"""The noun of oversight: the escalation (督办事项)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from core.nouns import Noun, Told, addresses, declare
from oversight.lifecycle import EscalationState
from oversight.models import Escalation
from oversight.policies import ESCALATION_POLICIES
from oversight.selectors import escalations_visible_to
from oversight.stages import ESCALATION_STAGES
from referrals.internal import may_read_proposal_of_office


def _told(ids: Iterable[int]) -> dict[int, Told]:
    titles = dict(Escalation.objects.filter(pk__in=ids).values_list("pk", "title"))
    pages = addresses("escalation", titles)
    return {pk: Told(title, pages[pk]) for pk, title in titles.items()}


def _proposals_shut_to(by: Actor, ids: set[int]) -> set[int]:
    seen = escalations_visible_to(by).filter(pk__in=ids)
    return {row.pk for row in seen if not may_read_proposal_of_office(row.signed_at, by)}


def declare_nouns() -> None:
    """At the start of the application, once."""
    declare(
        Noun(
            model=Escalation,
            name=_("督办事项"),
            visible_to=escalations_visible_to,
            policies=ESCALATION_POLICIES,
            stages=ESCALATION_STAGES,
            told=_told,
            in_district=lambda district: Escalation.objects.filter(jurisdiction_id=district),
            internal=frozenset({"propose"}),
            internal_states={EscalationState.PROPOSED: EscalationState.RAISED},
            shut_to=_proposals_shut_to,
        )
    )
