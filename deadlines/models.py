"""Profile versions and who is on them, calendar years, running clocks with what happened to them."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Jurisdiction
from deadlines.counting import LAST_SECOND, late_from
from deadlines.targets import SETTINGS, default_workdays

# A local target is days or weeks, not years.
WORKDAYS = (MinValueValidator(1), MaxValueValidator(250))


class ProfileVersion(models.Model):
    """One version of one document's rules, as loaded; never changed."""

    key = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    doc_no = models.CharField(max_length=60)
    name = models.CharField(max_length=100)
    source = models.TextField()
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="a_profile_version_is_loaded_once")]
        verbose_name = verbose_name_plural = _("规则版本")

    def __str__(self) -> str:
        return f"{self.doc_no} v{self.version}"


class ProfileAssignment(models.Model):
    """From `since` on, this jurisdiction works under this version, with these readings chosen."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="assignments")
    version = models.ForeignKey(ProfileVersion, on_delete=models.PROTECT)
    since = models.DateField()
    options = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "since"], name="one_profile_version_per_jurisdiction_and_day")]
        verbose_name = verbose_name_plural = _("规则适用")

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.version} {self.since}"


class LocalTarget(models.Model):
    """What a district sets for one local target (deadlines/targets.py); without a row, the default of the table holds."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="local_targets", verbose_name=_("行政区域"))
    role = models.CharField(_("等候的事项"), max_length=40, choices=SETTINGS)
    workdays = models.PositiveSmallIntegerField(_("工作日"), validators=WORKDAYS)
    overseen_after = models.PositiveSmallIntegerField(
        _("再过多少个工作日报督办单位"), null=True, blank=True, validators=WORKDAYS, help_text=_("不填：再过同样长的时间。")
    )
    adopted = models.BooleanField(_("本地定为规定"), default=False, help_text=_("定为规定的，超过即为逾期，依规定督办；否则只作提示。"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "role"], name="one_local_target_per_matter")]
        verbose_name = verbose_name_plural = _("本地提示时间")

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.workdays}"


def local_target(jurisdiction_id: int, role: str) -> LocalTarget:
    """What holds in the district for this target: its own row, or (unsaved) the default. One query."""
    row = LocalTarget.objects.filter(jurisdiction_id=jurisdiction_id, role=role).first()
    return row or LocalTarget(jurisdiction_id=jurisdiction_id, role=role, workdays=default_workdays(role))


class CalendarYear(models.Model):
    """One year's arrangement as published by the State Council."""

    year = models.PositiveSmallIntegerField(unique=True)
    holidays = models.JSONField()
    makeup = models.JSONField()
    source = models.CharField(max_length=100, blank=True)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("年度放假安排")

    def __str__(self) -> str:
        return str(self.year)


class YearProposal(models.Model):
    """A year's arrangement that one administrator put forward and another has to confirm: the calendar is one for the country."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待第二人确认")
        IN_FORCE = "in_force", _("已启用")
        REFUSED = "refused", _("未予确认")
        UNDONE = "undone", _("已撤销")

    year = models.PositiveSmallIntegerField()
    holidays = models.JSONField()
    makeup = models.JSONField()
    source = models.CharField(max_length=100, blank=True)
    # What was in force before, to be put back in one step; null where the year had none.
    before = models.JSONField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    tried = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_for = models.CharField(max_length=100)
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_for = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year"], condition=models.Q(state="proposed"), name="one_open_proposal_a_year"),
            models.CheckConstraint(
                condition=~models.Q(state="in_force") | ~models.Q(decided_by=models.F("proposed_by")), name="a_year_is_confirmed_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.state}"


class ClockQuerySet(models.QuerySet["Clock"]):
    def open(self) -> ClockQuerySet:
        return self.filter(ended_at=None)

    def overdue(self, now: dt.datetime) -> ClockQuerySet:
        """Running and late as of `now` (aware); one that was late before its date was moved counts."""
        return self.open().filter(Q(late_since__isnull=False) | ran_out(now), escalates=True)

    def past_target(self, now: dt.datetime) -> ClockQuerySet:
        """Running local targets that no rule made, passed as of `now` (aware): shown and chased, late in no figure."""
        return self.open().filter(clause="", escalates=False, due_at__lt=now)

    def late(self, now: dt.datetime) -> ClockQuerySet:
        """Late as of `now` or at any time before, running or ended: what statistics count."""
        return self.filter(Q(late_since__isnull=False) | Q(ended_at=None) & ran_out(now), escalates=True)


def ran_out(at: dt.datetime) -> Q:
    """The clocks whose present due date had passed at `at` (aware); a provisional date and a pause are not late."""
    return Q(due_at__lte=at - LAST_SECOND, provisional=False, paused_at=None)


class Clock(models.Model):
    """A statutory clock. due_at is a pure function of the stored inputs; whether it is overdue is computed from now.

    `late_since` is the first instant at which it was late. Once set it stays, whatever is edited, ended or begun anew
    afterwards; the database refuses to change it.
    """

    class End(models.TextChoices):
        MET = "met", _("已办")
        CANCELLED = "cancelled", _("已终止")

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    role = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    version = models.ForeignKey(ProfileVersion, on_delete=models.PROTECT)
    options = models.JSONField(default=dict)
    urgent = models.BooleanField(default=False)
    clause = models.CharField(max_length=30)
    holder = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="clocks_held")
    counterpart = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="clocks_awaited")
    event_at = models.DateTimeField()
    unit = models.CharField(max_length=12)
    due_at = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    at_once = models.BooleanField(default=False)
    late_since = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    calendar_version = models.CharField(max_length=40)
    escalates = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=End.choices, blank=True)
    next_step_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ended_at=None, end="") | Q(ended_at__isnull=False) & ~Q(end=""), name="an_ended_clock_says_how"),
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "role"], condition=Q(ended_at=None), name="one_running_clock_per_role"),
        ]
        indexes = [
            models.Index(fields=["next_step_at"], condition=Q(next_step_at__isnull=False), name="clocks_with_a_step_ahead"),
            models.Index(fields=["subject_kind", "subject_id"], name="clocks_by_subject"),
            models.Index(fields=["holder", "due_at"], condition=Q(ended_at=None), name="open_clocks_by_holder"),
            models.Index(
                fields=["jurisdiction", "due_at"],
                include=["subject_id"],
                condition=Q(ended_at=None, clause="", escalates=False),
                name="open_local_targets",
            ),
            models.Index(
                fields=["jurisdiction", "due_at"],
                include=["subject_id"],
                condition=Q(ended_at=None, provisional=False, escalates=True),
                name="clocks_that_may_be_late",
            ),
            models.Index(
                fields=["jurisdiction"], include=["subject_id"], condition=Q(escalates=True, late_since__isnull=False), name="clocks_that_were_late"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.subject_kind}:{self.subject_id}"

    def has_run_out(self, at: dt.datetime) -> bool:
        """Whether the present due date had passed at `at` (aware)."""
        return self.due_at is not None and not self.provisional and self.paused_at is None and at >= late_from(self.due_at)

    def is_overdue(self, now: dt.datetime) -> bool:
        return self.escalates and self.ended_at is None and (self.late_since is not None or self.has_run_out(now))

    def past_target(self, now: dt.datetime) -> bool:
        """Whether it is a local target, no rule, that had passed at `now` (aware)."""
        return not self.escalates and self.ended_at is None and self.has_run_out(now)

    def mark_late(self, at: dt.datetime) -> None:
        """Keep (unsaved) since when it is late, if at `at` it is; what is kept already stays."""
        if self.late_since is None and self.escalates and self.ended_at is None and self.has_run_out(at) and self.due_at:
            self.late_since = late_from(self.due_at)

    @property
    def was_late(self) -> bool:
        """Whether it was ever late, however it ended."""
        return self.late_since is not None


class ClockExtension(models.Model):
    """An extension as it was granted: to the instant `until`, or (none) by the most that the clause allows."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="extensions")
    noticed_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    reason = models.TextField()
    old_due_at = models.DateTimeField()
    new_due_at = models.DateTimeField()
    clause = models.CharField(max_length=30)
    by_name = models.CharField(max_length=100)
    by_user_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.clock_id} → {self.new_due_at}"


class ClockCorrection(models.Model):
    """The correction of a running clock's event, kind or urgency: who, when, why, what it was and what it is, both due dates."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="corrections")
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=100)
    by_user_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=400)
    old_key = models.CharField(max_length=40)
    new_key = models.CharField(max_length=40)
    old_event_at = models.DateTimeField()
    new_event_at = models.DateTimeField()
    old_urgent = models.BooleanField()
    new_urgent = models.BooleanField()
    old_due_at = models.DateTimeField(null=True)
    new_due_at = models.DateTimeField(null=True)
    was_late = models.BooleanField(default=False)
    moved_later = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["jurisdiction", "-id"], condition=Q(moved_later=True), name="corrections_to_oversee")]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.old_due_at} → {self.new_due_at}"


class ClockPause(models.Model):
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="pauses")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock"], condition=Q(until=None), name="one_open_pause_per_clock")]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.since}"


class ClockStep(models.Model):
    """A step of the watch that was carried out for a clock: claimed once by insert, never again."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=20)
    planned_at = models.DateTimeField()
    done_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "step"], name="each_step_of_a_clock_happens_once")]
        # The few that waited far too long, among all steps that ever were: what a desk of the overseers lists.
        indexes = [models.Index(fields=["clock"], condition=Q(step="still"), name="steps_far_beyond_a_target")]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.step}"


class ClockRecount(models.Model):
    """The trace of a due date that moved because a year's arrangement became known."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="recounts")
    old_due_at = models.DateTimeField()
    new_due_at = models.DateTimeField()
    was_provisional = models.BooleanField()
    calendar_version = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.clock_id} {self.old_due_at} → {self.new_due_at}"
