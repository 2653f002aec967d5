"""The life of an escalation: a duty went overdue, and somebody answers for it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from core.lifecycle import transition

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Agency


class EscalationState(models.TextChoices):
    RAISED = "raised", _("待拟办")
    PROPOSED = "proposed", _("待批示")
    ORDERED = "ordered", _("已批示待落实")
    ANSWERED = "answered", _("已说明整改")
    CLOSED = "closed", _("已办结")
    DISMISSED = "dismissed", _("不予督办")
    HANDED_OVER = "handed_over", _("已移交纪检监察")


class Order(models.TextChoices):
    SUPERVISE = "supervise", _("发函督办")
    EXPLAIN = "explain", _("责成说明情况")
    DESIGNATE = "designate", _("指定管辖")
    DISMISS = "dismiss", _("不予督办")


ENDED = (EscalationState.CLOSED, EscalationState.DISMISSED, EscalationState.HANDED_OVER)


class EscalationLifecycle(models.Model):
    if TYPE_CHECKING:
        proposers: list[int]

    state = FSMField(_("状态"), default=EscalationState.RAISED, choices=EscalationState.choices, protected=True)

    BIRTHS = {"raise": _("上报区政府督办")}
    BY_ANOTHER_ACT: frozenset[str] = frozenset()
    VERBS = {
        "propose": _("拟办"),
        "instruct": _("批示"),
        "dismiss": _("不予督办"),
        "explain_early": _("先行说明"),
        "explain": _("说明情况"),
        "close": _("办结"),
        "hand_over": _("移交纪检监察"),
        "pass_on": _("由承继机构接办"),
    }

    class Meta:
        abstract = True

    @transition(field=state, source=(EscalationState.RAISED, EscalationState.PROPOSED), target=EscalationState.PROPOSED)
    def propose(self, *, by: Actor, at: dt.datetime, words: str, order: str) -> None:
        self.proposal, self.proposed_order, self.proposed_by, self.proposer, self.proposed_at = words, order, by.name, by.user, at
        if by.user_id is not None and by.user_id not in self.proposers:
            self.proposers = [*self.proposers, by.user_id]

    @transition(field=state, source=EscalationState.PROPOSED, target=EscalationState.ORDERED)
    def instruct(self, *, by: Actor, at: dt.datetime, order: str, words: str, until: dt.date | None = None) -> None:
        self.order, self.instruction, self.signed_by, self.signed_at = order, words, by.name, at
        self.order_until = until

    @transition(field=state, source=EscalationState.PROPOSED, target=EscalationState.DISMISSED)
    def dismiss(self, *, by: Actor, at: dt.datetime, words: str) -> None:
        self.order, self.instruction, self.signed_by, self.signed_at, self.ended_at = Order.DISMISS, words, by.name, at, at

    @transition(field=state, source=(EscalationState.RAISED, EscalationState.PROPOSED), target=None)
    def explain_early(self, *, at: dt.datetime, words: str) -> None:
        self.explanation, self.explained_at = words, at

    @transition(field=state, source=EscalationState.ORDERED, target=EscalationState.ANSWERED)
    def explain(self, *, at: dt.datetime, words: str) -> None:
        self.explanation, self.explained_at = words, at

    @transition(field=state, source=(EscalationState.ORDERED, EscalationState.ANSWERED), target=EscalationState.CLOSED)
    def close(self, *, at: dt.datetime, words: str) -> None:
        self.closing, self.ended_at = words, at

    @transition(field=state, source=(EscalationState.ORDERED, EscalationState.ANSWERED), target=EscalationState.HANDED_OVER)
    def hand_over(self, *, at: dt.datetime, words: str) -> None:
        self.closing, self.ended_at = words, at

    @transition(field=state, source=[s for s in EscalationState if s not in ENDED], target=None)
    def pass_on(self, *, to: Agency) -> None:
        """The late agency was merged: its successor answers for it."""
        self.late_agency = to
