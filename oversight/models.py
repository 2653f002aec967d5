"""Escalations: one for each due date that a clock ran out on, for good on the late agency's record."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Jurisdiction, User
from deadlines.models import Clock
from oversight.lifecycle import EscalationLifecycle, Order


class Escalation(EscalationLifecycle):
    """A numbered duty ran out. It stays even when the agency answers afterwards."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT)
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="escalations")
    event_at = models.DateTimeField()
    due_at = models.DateTimeField()
    late_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="escalations", verbose_name=_("逾期机关"))
    # What it hangs on: the row, of whatever noun, whose clock ran out.
    subject_kind = models.CharField(max_length=30, editable=False)
    subject_id = models.BigIntegerField(editable=False)
    title = models.CharField(max_length=250)
    raised_at = models.DateTimeField()
    proposal = models.TextField(_("拟办意见"), blank=True)
    proposed_order = models.CharField(max_length=12, choices=Order.choices, blank=True)
    proposed_by = models.CharField(max_length=100, blank=True)
    proposed_at = models.DateTimeField(null=True)
    proposer = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # Everybody who proposed (user ids): none of them instructs or dismisses.
    proposers = ArrayField(models.BigIntegerField(), default=list, editable=False)
    order = models.CharField(_("批示"), max_length=12, choices=Order.choices, blank=True)
    instruction = models.TextField(_("批示意见"), blank=True)
    order_until = models.DateField(_("限期"), null=True)
    signed_by = models.CharField(max_length=100, blank=True)
    signed_at = models.DateTimeField(null=True)
    letter_number = models.CharField(max_length=40, blank=True)
    explanation = models.TextField(_("情况说明"), blank=True)
    explained_at = models.DateTimeField(null=True)
    closing = models.TextField(_("办结意见"), blank=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("督办事项")
        constraints = [models.UniqueConstraint(fields=["clock", "due_at"], name="a_due_date_is_escalated_once")]
        indexes = [
            models.Index(fields=["jurisdiction", "state", "-id"], name="escalations_by_desk"),
            models.Index(fields=["subject_kind", "subject_id"], name="escalations_by_subject"),
        ]

    QUIET: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        """In order with what happens to the row that it hangs on."""
        return f"{self.subject_kind}:{self.subject_id}"

    @property
    def stream_jurisdiction_id(self) -> int:
        return self.jurisdiction_id
