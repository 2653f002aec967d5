"""The noun of oversight: the escalation (督办事项), which hangs on a row of any noun whose clock ran out."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.kinds import OVERSEER_KINDS
from accounts.models import Agency
from core.internal import as_told
from core.nouns import Hanging, Noun, Told, addresses, declare
from oversight.internal import may_open, may_read_proposal
from oversight.lifecycle import EscalationState
from oversight.models import Escalation
from oversight.policies import ESCALATION_POLICIES
from oversight.selectors import escalations_visible_to
from oversight.stages import ESCALATION_STAGES


def _told(ids: Iterable[int]) -> dict[int, Told]:
    titles = dict(Escalation.objects.filter(pk__in=ids).values_list("pk", "title"))
    pages = addresses("escalation", titles)
    return {pk: Told(title, pages[pk]) for pk, title in titles.items()}


def _proposals_shut_to(by: Actor, ids: set[int]) -> set[int]:
    return {row.pk for row in escalations_visible_to(by).filter(pk__in=ids) if not may_read_proposal(row, by)}


def _hanging_on(kind: str, pk: int, by: Actor) -> list[Hanging]:
    """Both sides are told that it came to this; its page and papers are for the overseers and the agency that is late."""
    rows = list(Escalation.objects.filter(subject_kind=kind, subject_id=pk).select_related("late_agency").order_by("pk"))
    pages = addresses("escalation", [row.pk for row in rows])
    return [
        Hanging(
            as_told(row, may_read_proposal(row, by)),
            _("%(agency)s 逾期，已上报政府督办") % {"agency": row.late_agency},
            pages[row.pk],
            told=may_open(row, by),
            shut=not may_read_proposal(row, by),
        )
        for row in rows
    ]


def _named(kind: str, pk: int, told: Told) -> list[int]:
    """What ran out while nobody outside might read it bears its name from now on; the overseers may read it."""
    rows = Escalation.objects.filter(subject_kind=kind, subject_id=pk)
    district = rows.values_list("jurisdiction_id", flat=True).first()
    if district is None:
        return []
    rows.update(title=told.words)
    offices = Agency.objects.in_being(timezone.localdate()).filter(jurisdiction_id=district, kind__in=OVERSEER_KINDS)
    return list(offices.values_list("pk", flat=True))


def declare_nouns() -> None:
    """At the start of the application, once."""
    declare(
        Noun(
            model=Escalation,
            name=gettext_lazy("督办事项"),
            visible_to=escalations_visible_to,
            policies=ESCALATION_POLICIES,
            stages=ESCALATION_STAGES,
            told=_told,
            in_district=lambda district: Escalation.objects.filter(jurisdiction_id=district),
            internal=frozenset({"propose"}),
            internal_states={EscalationState.PROPOSED: EscalationState.RAISED},
            shut_to=_proposals_shut_to,
            papers="escalation-document",
            hangs_on=_hanging_on,
            named=_named,
        )
    )
