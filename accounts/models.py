"""Jurisdictions, agencies, posts held for a term, absences, and tokens of other systems."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.kinds import AgencyKind, Post
from core.text import shortened


class Jurisdiction(models.Model):
    """A district, county or county-level city: the level at which one document holds."""

    key = models.SlugField(unique=True)
    name = models.CharField(_("名称"), max_length=40)
    area_code = models.CharField(_("行政区划代码"), max_length=12)
    government_name = models.CharField(_("政府全称"), max_length=60)
    # Empty list: asked of nobody. None: of the posts that the installation names (SECOND_FACTOR_POSTS).
    second_factor_posts = ArrayField(
        models.CharField(max_length=30, choices=Post.choices), null=True, blank=True, verbose_name=_("须用动态口令的岗位")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("行政区域")

    def __str__(self) -> str:
        return self.name


def in_being(day: dt.date, path: str = "") -> Q:
    """Agencies that are in being on `day` (a Shanghai date, the last day included); `path` leads from the rows to the agency."""
    begun, last = f"{path}valid_from__lte", f"{path}valid_to"
    return Q(**{begun: day}) & (Q(**{last: None}) | Q(**{f"{last}__gte": day}))


class AgencyQuerySet(models.QuerySet["Agency"]):
    def in_being(self, day: dt.date) -> AgencyQuerySet:
        """Those that stand on `day` (a Shanghai date): one whose last day is still to come stands and works until then."""
        return self.filter(in_being(day))

    def not_over(self, day: dt.date) -> AgencyQuerySet:
        """Those that stand on `day` or are still to come."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day))


class Agency(models.Model):
    """One organ. A merged bureau keeps its rows and its history and names its successor."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="agencies", verbose_name=_("行政区域"))
    key = models.SlugField(_("标识"), max_length=60)
    kind = models.CharField(_("类别"), max_length=30, choices=AgencyKind.choices)
    name = models.CharField(_("全称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=30)
    doc_code = models.CharField(_("发文代字"), max_length=20, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts", verbose_name=_("上级机构"))
    area_code = models.CharField(_("辖区代码"), max_length=12, blank=True)
    joint_meeting_member = models.BooleanField(_("联席会议成员单位"), default=False)
    order = models.PositiveSmallIntegerField(_("排序"), default=0)
    phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    address = models.CharField(_("办公地址"), max_length=100, blank=True, default="", db_default="")
    valid_from = models.DateField(_("设立日期"), default=dt.date(2000, 1, 1))
    valid_to = models.DateField(_("撤销日期（最后一日）"), null=True, blank=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors", verbose_name=_("承继机构"))
    # When the watch had passed on everything that was left after the last day (oversight/succession.py).
    passed_on_at = models.DateTimeField(null=True, editable=False)
    pinyin = models.CharField(max_length=60, blank=True, editable=False)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("机构")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "key"], name="an_agency_key_is_unique_in_its_jurisdiction"),
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="an_agency_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(kind__in=["internal_organ", "dispatched_body", "directly_attached_body"]) | Q(parent__isnull=False),
                name="an_internal_or_dispatched_body_has_a_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def in_being(self, day: dt.date) -> bool:
        return self.valid_from <= day and not self.is_over(day)

    def is_over(self, day: dt.date) -> bool:
        """Its last day was before `day` (a Shanghai date)."""
        return self.valid_to is not None and self.valid_to < day


class User(AbstractUser):
    """A person who signs in. Rights come from posts, not from here."""

    must_change_password = models.BooleanField(_("下次登录须修改密码"), default=False)
    # Raised to end every session and forget every remembered device of the person at once.
    sign_in_generation = models.PositiveIntegerField(default=0, editable=False)
    # Whose administrators keep the account. Empty: nobody's but the operator's.
    jurisdiction = models.ForeignKey(
        Jurisdiction, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="people", verbose_name=_("所属行政区域")
    )
    language = models.CharField(max_length=10, default="zh-hans")
    mail_kinds = models.JSONField(default=list, blank=True)
    last_post = models.ForeignKey("PostHolding", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("人员")

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """A session ends with the password, and with the generation, under which it began."""
        begun_under = f"{self.password}:{self.sign_in_generation}"
        return salted_hmac("accounts.User.session", begun_under, secret=secret, algorithm="sha256").hexdigest()

    @property
    def display_name(self) -> str:
        """At most as long as every column that keeps who did something."""
        return shortened(self.first_name or self.username, 100)


def in_term(day: dt.date) -> Q:
    """The term of a holding has begun and not ended on `day` (a Shanghai date)."""
    return Q(since__lte=day) & (Q(until=None) | Q(until__gte=day))


def in_force(day: dt.date) -> Q:
    """A holding gives rights on `day`: in term, its agency in being, its holder's account active. The only list of these conditions."""
    return in_term(day) & in_being(day, "agency__") & Q(user__is_active=True)


class PostHolding(models.Model):
    """A post in an agency, held by a person for a term."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="holdings", verbose_name=_("人员"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="holdings", verbose_name=_("机构"))
    post = models.CharField(_("岗位"), max_length=30, choices=Post.choices)
    title = models.CharField(_("职务名称"), max_length=40, blank=True)
    machine = models.BooleanField(_("由对接系统担任"), default=False, editable=False)
    since = models.DateField(_("任职起日"), default=dt.date(2020, 1, 1))
    until = models.DateField(_("任职止日（最后一日）"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("任职")
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="a_term_ends_after_it_begins"),
            models.UniqueConstraint(fields=["user", "agency", "post", "since"], name="a_post_is_taken_up_once_a_day"),
        ]
        indexes = [models.Index(fields=["agency", "post"], name="holdings_by_agency_and_post")]

    def __str__(self) -> str:
        return f"{self.agency} {self.get_post_display()}"

    def in_force_on(self, day: dt.date) -> bool:
        """As in_force(day), for a row read with its agency and user."""
        in_term = self.since <= day and (self.until is None or day <= self.until)
        return in_term and self.agency.in_being(day) and self.user.is_active


class Absence(models.Model):
    """A holder is away and another person acts in the post: recorded delegation."""

    holding = models.ForeignKey(PostHolding, on_delete=models.PROTECT, related_name="absences", verbose_name=_("任职"))
    deputy = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deputising", verbose_name=_("代行人"))
    since = models.DateField(_("自"))
    until = models.DateField(_("至"))
    reason = models.CharField(_("事由"), max_length=200)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = _("授权代行")
        constraints = [models.CheckConstraint(condition=Q(until__gte=F("since")), name="an_absence_ends_after_it_begins")]

    def __str__(self) -> str:
        return f"{self.holding} → {self.deputy}"


class ApiToken(models.Model):
    """A bearer token bound to a post, hence to an agency. Only its hash is kept; it is shown once."""

    holding = models.ForeignKey(PostHolding, on_delete=models.CASCADE, related_name="tokens", verbose_name=_("任职"))
    name = models.CharField(_("名称"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("发放时间"), auto_now_add=True)
    expires_at = models.DateTimeField(_("有效期至"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("接口令牌")

    def __str__(self) -> str:
        return self.name


class RememberedDevice(models.Model):
    """A browser that gave the one-time code and is not asked again until `expires_at`. Its cookie names this row, signed."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="remembered_devices")
    name = models.CharField(max_length=120)
    generation = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class FactorCode(models.Model):
    """Leave to set up an authenticator, given by two administrators; its code is shown once and kept as a digest."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="factor_codes")
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    asked_post = models.CharField(max_length=30)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.asked_at}"


class PasswordReset(models.Model):
    """A new first password for somebody, asked for by one person and given by another; nobody resets alone."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="password_resets")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_post = models.CharField(max_length=30)
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.asked_at}"


class SignInTries(models.Model):
    """How many wrong tries of a name, an address or both; under a keyed digest of it, for a day."""

    digest = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="sign_in_tries_by_age")]

    def __str__(self) -> str:
        return f"{self.tries} {self.last_at}"


class KnownAddress(models.Model):
    """An address, as a keyed digest, from which the person has signed in."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="an_address_is_known_once_a_person")]
        indexes = [models.Index(fields=["seen_at"], name="known_addresses_by_age")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.seen_at}"
