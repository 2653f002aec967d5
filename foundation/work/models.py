"""One row for each piece of background work that was begun, and one for each thing that runs at set times."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Jurisdiction


class Job(models.Model):
    """A piece of work on one subject (a letter, a message, a ledger): how often it was tried, and what stood in its way.

    What there is to do is said by the subject itself (a document without a file); this row is made when it is first
    queued or tried, so that an act costs no statement more.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        PARKED = "parked", _("已搁置，待管理员处理")
        GIVEN_UP = "given_up", _("已放弃")

    kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    # Since when it waits, however often it was queued again meanwhile.
    since = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(null=True)
    # While it runs nobody else takes it up; a worker that died leaves it to others from then on.
    leased_until = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    # Whose administrator looks after it once it is parked; empty: every district's.
    jurisdiction = models.ForeignKey(Jurisdiction, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("后台工作")
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id"], name="a_subject_is_worked_on_once_a_kind")]
        indexes = [models.Index(fields=["kind", "state"], condition=~Q(state="done"), name="jobs_not_done")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.subject_id}"


class Run(models.Model):
    """The last run of what comes at set times (the sweep, the seal): health reads it, with or without a broker."""

    name = models.CharField(primary_key=True, max_length=40)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # How often in a row it has failed, and when it comes again (its time, or sooner by hand).
    failures = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name
