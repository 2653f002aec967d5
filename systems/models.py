"""A client of another system, where it wants events sent, and each delivery."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from accounts.kinds import SIGNING
from accounts.models import PostHolding, User
from core.models import OutboxEvent
from systems.scopes import Scope


class SystemClient(AbstractApplication):
    """Another system, acting in a post of its own in one agency. django-oauth-toolkit keeps its secret, hashed."""

    holding = models.OneToOneField(PostHolding, on_delete=models.PROTECT, related_name="client", verbose_name=_("系统岗位"))
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("权限范围"))
    networks = ArrayField(models.CharField(max_length=50), default=list, blank=True, verbose_name=_("允许的地址"))
    expires_at = models.DateTimeField(_("有效期至"))
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    # By the head of the agency, where the client could sign or decide for it (systems/confirming.py).
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_by_agency = models.BooleanField(default=False, editable=False)
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("对接客户端")

    def usable(self, now: dt.datetime) -> bool:
        return self.disabled_at is None and self.expires_at > now and not self.awaits_confirmation

    @property
    def needs_confirmation(self) -> bool:
        """Whether it could sign or decide for its agency, or the agency ended it once."""
        return self.ended_by_agency or self.holding.post in SIGNING or Scope.DECIDE in self.scopes

    @property
    def awaits_confirmation(self) -> bool:
        return self.needs_confirmation and self.confirmed_at is None


class Endpoint(models.Model):
    """An address of the client's to which events are sent. Its signing secret is derived, never stored."""

    client = models.ForeignKey(SystemClient, on_delete=models.PROTECT, related_name="endpoints")
    url = models.CharField(_("接收地址"), max_length=500)
    verbs = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("只要这些事件"))
    generation = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    off_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    off_reason = models.CharField(max_length=200, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("事件接收地址")
        constraints = [models.UniqueConstraint(fields=["client", "url"], condition=Q(off_at=None), name="an_endpoint_is_subscribed_once")]

    def __str__(self) -> str:
        return self.url

    @property
    def secret(self) -> str:
        """The key of the signatures (64 hex digits), from SECRET_KEY, this row and how often it was renewed."""
        return salted_hmac("yisong.endpoint", f"{self.pk}:{self.generation}", algorithm="sha256").hexdigest()


class Delivery(models.Model):
    """One event on its way to one endpoint."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待送")
        DELIVERED = "delivered", _("已送达")
        PARKED = "parked", _("已搁置")

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    stream = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    first_tried_at = models.DateTimeField(null=True)
    last_tried_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="an_event_goes_to_an_endpoint_once")]
        indexes = [
            models.Index(fields=["endpoint", "stream", "event"], condition=Q(state="waiting"), name="deliveries_waiting"),
            models.Index(fields=["endpoint", "-id"], name="deliveries_of_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id} ← {self.event_id}"
