"""One message to one person, told once under its key."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    class Kind(models.TextChoices):
        DUE_SOON = "due_soon", _("即将到期")
        DUE = "due", _("今日到期")
        OVERDUE = "overdue", _("逾期")
        UNSIGNED = "unsigned", _("送达未签收")
        REMIND = "remind", _("催办")
        ARRIVED = "arrived", _("新来文")
        PROGRESS = "progress", _("办理进展")
        DESK = "desk", _("待我办理")
        DIGEST = "digest", _("每日久办提示")
        CALENDAR = "calendar", _("到期日重算")
        SYSTEM = "system", _("系统对接")
        WORK = "work", _("后台工作")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=200)
    # Where one message stands for several things: [{"text", "url"}], shown under it.
    lines = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    wants_mail = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="nobody_is_told_the_same_thing_twice")]
        indexes = [
            models.Index(fields=["user", "-id"], name="messages_by_person"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="unread_messages"),
            models.Index(fields=["id"], condition=Q(wants_mail=True, mailed_at=None), name="messages_to_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"
