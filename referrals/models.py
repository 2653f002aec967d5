"""The referral of a case, who is a party to it, and the dispute over jurisdiction."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from accounts.models import Agency, Jurisdiction, PostHolding, User
from deadlines.models import ProfileVersion
from documents.models import OfficialDocument
from foundation.cases.models import Case, CaseVersion
from foundation.cases.stated import stated
from referrals.decisions import DecisionKind
from referrals.lifecycle import OPEN_STATES, DisputeLifecycle, NoticeLifecycle, ReferralLifecycle
from referrals.refusals import RefusalKind


class Upload(models.Model):
    """A file on its way in parts. Becomes a material when whole; falls away after a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    referral = models.ForeignKey("Referral", on_delete=models.CASCADE, related_name="uploads")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    slot = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    # What the list is to say of the paper behind it (referrals/paper_form.py).
    paper = models.JSONField(default=dict)
    received = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="uploads_by_age")]

    def __str__(self) -> str:
        return f"{self.name} {self.received}/{self.size}"


class UploadPart(models.Model):
    """The bytes of an upload from `offset` on, as a file of their own: a storage of objects knows no writing on at the end."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    offset = models.BigIntegerField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="uploads")

    class Meta:
        ordering = ["offset"]
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="a_part_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.offset}+{self.size}"


class Referral(ReferralLifecycle):
    """One letter's business between two agencies, from draft to closing."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    # What went to the leader and out of the house. The database keeps it from changing once the letter is signed.
    case_version = models.ForeignKey(CaseVersion, null=True, on_delete=models.PROTECT, related_name="letters", editable=False)
    change_reason = models.CharField(_("更改案情的理由"), max_length=200, blank=True)
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT)
    version_of_rules = models.ForeignKey(ProfileVersion, on_delete=models.PROTECT)
    options = models.JSONField(default=dict)
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="referrals_sent", verbose_name=_("移送机关"))
    to_agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="referrals_received", verbose_name=_("受移送机关"))
    copies = models.ManyToManyField(Agency, blank=True, related_name="+", verbose_name=_("抄送机关"))
    kind = models.CharField(_("移送类别"), max_length=40, blank=True)
    ground = models.CharField(_("移送理由类别"), max_length=40, blank=True)
    reasons = models.TextField(_("认为由对方管辖的理由"), blank=True)
    determined_at = models.DateTimeField(_("认定不属本机关管辖的时间"), null=True)
    quality_checked = models.JSONField(_("移送前核对"), default=list, blank=True)
    name_exception = models.CharField(_("以内设（派出）机构名义移送的法律依据"), max_length=200, blank=True)
    expired_override = models.CharField(_("规则已过有效期仍移送的理由"), max_length=200, blank=True)
    drafter = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # Everybody who started, saved or submitted this letter's text (user ids): none of them signs it.
    writers = ArrayField(models.BigIntegerField(), default=list, editable=False)
    approver = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # Whom the letter names to be asked. Empty in a draft that says nothing else than the named contact below.
    contact = models.CharField(_("联系人及电话"), max_length=200, blank=True)
    number = models.CharField(max_length=40, blank=True)
    exclusive = models.BooleanField(default=False)
    bound = models.BooleanField(default=False)
    onward_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="onward")
    # Filed again after the earlier one came back for its papers; the times are counted along the line.
    refiled_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="refiled")
    refiled_times = models.PositiveSmallIntegerField(default=0)
    refusal_kind = models.CharField(_("不予受理的理由类别"), max_length=30, choices=RefusalKind.choices, blank=True)
    # Where another case of the agency looks like this one: why it is another, in the signing leader's words, and which were shown.
    another_case = models.TextField(_("为何是另一案件"), blank=True)
    another_case_of = ArrayField(models.BigIntegerField(), default=list, editable=False)

    # When the event from which a clock counts was first stated; until then a draft may simply be thrown away.
    stated_at = models.DateTimeField(null=True)
    # When an untouched draft without a stated event is tidied away; set when its owner was told.
    fades_at = models.DateTimeField(null=True)
    prior_notice_at = models.DateTimeField(null=True)
    prior_notice_to = models.CharField(_("告知了谁、如何告知"), max_length=200, blank=True)
    consent_at = models.DateTimeField(null=True)
    consent_note = models.TextField(blank=True)
    # What was consented to, and what the prior notice was about (referrals/agreed.py): other facts, no consent.
    consent_of = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    consent_version = models.ForeignKey(CaseVersion, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    consent_hash = models.CharField(max_length=64, blank=True, editable=False)
    prior_notice_hash = models.CharField(max_length=64, blank=True, editable=False)
    filed_at = models.DateTimeField(null=True)
    filed_by = models.CharField(max_length=100, blank=True)
    filed_with = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("备案机关"))
    # Who is spoken to on either side (QD-2.4.1-c); beside the letter, so that it may change after it.
    sender_department = models.CharField(_("移送机关联系部门"), max_length=60, blank=True)
    sender_person = models.CharField(_("移送机关联系人"), max_length=40, blank=True)
    sender_phone = models.CharField(_("移送机关联系电话"), max_length=40, blank=True)
    receiver_department = models.CharField(_("受移送机关联系部门"), max_length=60, blank=True)
    receiver_person = models.CharField(_("受移送机关联系人"), max_length=40, blank=True)
    receiver_phone = models.CharField(_("受移送机关联系电话"), max_length=40, blank=True)
    submitted_at = models.DateTimeField(null=True)
    returned_reason = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    signed_for_at = models.DateTimeField(null=True)
    signed_for_by = models.CharField(max_length=100, blank=True)
    answered_at = models.DateTimeField(null=True)
    answer_reasons = models.TextField(blank=True)
    supplement_wanted = models.TextField(blank=True)
    supplement_wanted_at = models.DateTimeField(null=True)
    supplied_at = models.DateTimeField(null=True)
    # Which receivers have asked for papers: each once, also the one to whom the case is redirected.
    supplement_asked_by = ArrayField(models.BigIntegerField(), default=list, editable=False)
    handling_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision_kind = models.CharField(_("处理决定的种类"), max_length=12, choices=DecisionKind.choices, blank=True)
    decision_number = models.CharField(_("决定书文号"), max_length=60, blank=True)
    decision = models.TextField(_("处理决定"), blank=True)
    reported_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    facts_keys = ArrayField(models.CharField(max_length=20), default=list, editable=False)
    # Of which normalisation the keys are (foundation/cases/sameness.py); 0: written before that was kept.
    facts_normal = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("移送")
        permissions = [("read_referral", "Read one referral that one is not a party to")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(exclusive=True, state__in=OPEN_STATES), name="one_case_has_one_open_referral_where_exclusive"
            ),
            models.CheckConstraint(condition=Q(signed_at=None) | Q(case_version__isnull=False), name="a_letter_is_signed_over_a_version"),
            models.CheckConstraint(
                condition=Q(to_agency=None) | ~Q(from_agency=models.F("to_agency")) | Q(state="taken_back"), name="nobody_refers_to_oneself"
            ),
        ]
        indexes = [
            GinIndex(fields=["facts_keys"], name="referrals_by_facts"),
            models.Index(fields=["facts_normal"], name="referrals_by_normalisation"),
            models.Index(fields=["jurisdiction", "-id"], name="referrals_refiled", condition=Q(refiled_times__gt=0)),
            models.Index(fields=["jurisdiction", "-id"], name="referrals_refused_otherwise", condition=Q(refusal_kind="other")),
            models.Index(fields=["jurisdiction", "-id"], name="referrals_by_jurisdiction"),
            models.Index(fields=["created_at"], name="referrals_by_day"),
            models.Index(fields=["updated_at"], name="referrals_by_update"),
            models.Index(
                fields=["from_agency"], condition=Q(supplement_wanted_at__isnull=False, supplied_at=None), name="referrals_waiting_for_papers"
            ),
        ]

    # Saves of a draft are nobody else's business.
    QUIET = frozenset({"save_draft"})

    def __str__(self) -> str:
        return self.number or f"#{self.pk}"

    @property
    def stream(self) -> str:
        return f"referral:{self.pk}"

    @property
    def stream_jurisdiction_id(self) -> int:
        return self.jurisdiction_id

    @property
    def stated(self) -> Case:
        """The case as this letter states it: the version it went to the leader with; while it is drafted, the case as it stands.

        Whatever is shown, printed, listed, searched or sent of a referral is read from here.
        """
        if self.case_version_id is None or self.case_version is None:
            return self.case
        if "_stated" not in self.__dict__ or self._stated[0] != self.case_version_id:
            self._stated = (self.case_version_id, stated(self.case_version))
        return self._stated[1]

    @property
    def title(self) -> str:
        return self.stated.title

    @property
    def named_contact(self) -> str:
        """The sender's named department and person, and the telephone, in words; empty where nobody is named."""
        who = " ".join(filter(None, [self.sender_department, self.sender_person]))
        phone = self.sender_phone or self.from_agency.phone
        return f"{who}，电话：{phone}" if who and phone else who

    @property
    def letter_contact(self) -> str:
        """Whom the letter names: as it was signed; of a draft, as it would be."""
        return self.contact or self.named_contact

    @property
    def papers_are_wanted(self) -> bool:
        """Has the receiver asked for papers that have not come?"""
        return self.supplement_wanted_at is not None and self.supplied_at is None

    @property
    def has_newer_version(self) -> bool:
        """Did the sender put out another version of this case after this letter?"""
        return self.signed_at is not None and self.case.signed_version_id not in (None, self.case_version_id)


class Party(models.Model):
    """An agency that may see a referral, and why. Lists read this table: one index, one direction, one sort key."""

    class Role(models.TextChoices):
        SENDER = "sender", _("移送机关")
        RECEIVER = "receiver", _("受移送机关")
        FORMER = "former", _("原受移送机关")
        COPIED = "copied", _("抄送机关")
        DECIDER = "decider", _("裁决机关")
        OVERSEER = "overseer", _("监督机关")

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="parties")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    role = models.CharField(max_length=10, choices=Role.choices)
    since = models.DateTimeField(auto_now_add=True)
    # The referral's state, kept by the database itself (a trigger), so that a desk is read from one index: docs/decisions/0009.
    state = models.CharField(max_length=20, editable=False, default="", db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "agency", "role"], name="an_agency_has_a_role_in_a_referral_once")]
        indexes = [
            models.Index(fields=["agency", "-referral"], include=["role", "state"], name="desk_of_an_agency"),
            models.Index(fields=["agency", "role", "-referral"], include=["state"], name="desk_by_agency_and_role"),
            models.Index(fields=["agency", "state", "-referral"], include=["role"], name="desk_by_agency_and_state"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.role} {self.referral_id}"


class Wording(models.Model):
    """What the search finds a referral by (referrals/words.py). Beside the row: an act that changes no word then writes none."""

    referral = models.OneToOneField(Referral, on_delete=models.CASCADE, primary_key=True, related_name="wording")
    words = ArrayField(models.CharField(max_length=40), default=list)

    class Meta:
        indexes = [GinIndex(fields=["words"], name="referrals_found_by_words")]

    def __str__(self) -> str:
        return f"{self.referral_id}: {len(self.words)} words"


class Notice(NoticeLifecycle):
    """A notice that goes to the other side before or beside the letter: a paper of its own, with its receipt.

    Its addressee reads the notice and nothing of the draft behind it.
    """

    class Kind(models.TextChoices):
        PRIOR = "prior", _("移送事先通报")
        EXTENSION = "extension", _("延期告知")

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="notices")
    document = models.ForeignKey(OfficialDocument, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    receipted_at = models.DateTimeField(null=True)
    receipted_by = models.CharField(max_length=100, blank=True)
    receipted_post = models.CharField(max_length=40, blank=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    QUIET: frozenset[str] = frozenset()

    class Meta:
        verbose_name = verbose_name_plural = _("通报告知")
        indexes = [
            models.Index(fields=["to_agency", "-id"], name="notices_received"),
            models.Index(fields=["from_agency", "-id"], name="notices_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def stream(self) -> str:
        return f"notice:{self.pk}"

    @property
    def stream_jurisdiction_id(self) -> int:
        return self.from_agency.jurisdiction_id


class ProgressMessage(models.Model):
    """A word between the two sides on how the case is going (QD-2.4.1-c). Never changed; nobody else reads it."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="progress")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.CharField(max_length=100)
    post = models.CharField(max_length=40)
    words = models.TextField(_("内容"))
    at = models.DateTimeField()
    file = models.FileField(upload_to="progress/%Y/%m", blank=True)
    name = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("进展往来")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.at}"


class Dispute(DisputeLifecycle):
    """Whose case is it? Settled by the two agencies, or by those whom the document's chain names, at last the government."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="disputes")
    opened_by = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    reasons = models.TextField(_("不属本机关管辖的理由"))
    suggested = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("建议由何机关管辖"))
    interim_handling = models.TextField(_("先予协同处置的情况"), blank=True)
    offer_by = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    offer_handler = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    offer_words = models.TextField(blank=True)
    # Counts the offers: who confirms says which. Binding only when a leader made it.
    offer_number = models.PositiveIntegerField(default=0)
    offer_binds = models.BooleanField(default=False)
    offerer = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(null=True)
    determinations = models.JSONField(default=dict)
    proposal = models.TextField(_("拟办意见"), blank=True)
    proposed_handler = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.CharField(max_length=100, blank=True)
    proposer = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # Everybody who proposed or determined before the government decides (user ids): none of them decides.
    proposers = ArrayField(models.BigIntegerField(), default=list, editable=False)
    handler = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="disputes_given")
    decision = models.TextField(_("决定理由"), blank=True)
    settled_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("管辖争议")
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(state__in=["open", "reported", "proposed"]), name="one_open_dispute_per_referral"
            )
        ]

    QUIET: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"dispute {self.pk}"

    @property
    def stream(self) -> str:
        return f"referral:{self.referral_id}"

    @property
    def stream_jurisdiction_id(self) -> int:
        return self.referral.jurisdiction_id


class Export(models.Model):
    """A ledger that somebody asked for, made in the background."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    holding_id = models.BigIntegerField()
    desk = models.CharField(max_length=20)
    query = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    rows = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    failed = models.CharField(max_length=200, blank=True)
    file = models.FileField(upload_to="exports/%Y/%m", blank=True)
    # The database has the default as well: a worker of the version before goes on writing rows while the new one starts.
    sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")

    def __str__(self) -> str:
        return f"export {self.pk}"


class ReferralReader(UserObjectPermissionBase):
    """django-guardian's permission on one referral, in a table of its own: given in a post, it ends with that post."""

    content_object = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="readers")
    holding = models.ForeignKey(PostHolding, null=True, on_delete=models.CASCADE, related_name="+")
    granted_by = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.user_id} reads {self.content_object_id}"
