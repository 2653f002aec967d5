"""What was found, about whom, and what proves it. Every business hangs on a case; a case knows none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Jurisdiction, User


class Matter(models.Model):
    """A kind of violation with its legal basis and the agency that is competent for it."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="matters")
    name = models.CharField(_("违法事项"), max_length=100)
    basis = models.CharField(_("法律依据"), max_length=200)
    field = models.CharField(_("领域"), max_length=30, blank=True)
    competent = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="matters")
    competent_reason = models.CharField(_("管辖依据"), max_length=200, blank=True)
    pinyin = models.CharField(max_length=100, blank=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "name"], name="a_matter_is_listed_once")]
        verbose_name = verbose_name_plural = _("违法事项")

    def __str__(self) -> str:
        return self.name


class DocumentKind(models.TextChoices):
    """What a party is identified by. Left empty, the number's form tells."""

    CREDIT_CODE = "credit_code", _("统一社会信用代码")
    ORGANISATION_CODE = "organisation_code", _("组织机构代码")
    RESIDENT_CARD = "resident_card", _("居民身份证")
    RESIDENCE_PERMIT = "residence_permit", _("港澳台居民居住证")
    FOREIGNER_CARD = "foreigner_card", _("外国人永久居留身份证")
    PASSPORT = "passport", _("护照")
    OTHER = "other", _("其他证件")


def title_of(party: str, matter: str) -> str:
    """What a case is called: who, and what is the matter."""
    party = party or str(_("当事人待查"))
    return f"{party} · {matter}" if matter else party


class Case(models.Model):
    """What was found, where, when, by whom, about whom."""

    class Source(models.TextChoices):
        INSPECTION = "inspection", _("日常检查")
        PATROL = "patrol", _("巡查发现")
        COMPLAINT = "complaint", _("举报投诉")
        ASSIGNED = "assigned", _("上级交办")
        TRANSFERRED = "transferred", _("其他机关转来")

    class PartyKind(models.TextChoices):
        ENTERPRISE = "enterprise", _("企业或其他组织")
        PERSON = "person", _("个人")
        UNKNOWN = "unknown", _("尚未查明")

    class Sex(models.TextChoices):
        MALE = "male", _("男")
        FEMALE = "female", _("女")

    class Confidentiality(models.TextChoices):
        NONE = "none", _("无")
        TRADE = "trade", _("涉及商业秘密")
        PRIVACY = "privacy", _("涉及个人隐私")
        WORK = "work", _("工作秘密")

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="cases_found")
    source = models.CharField(_("线索来源"), max_length=20, choices=Source.choices, blank=True)
    found_at = models.DateTimeField(_("发现时间"), null=True)
    place = models.CharField(_("发现地点"), max_length=200, blank=True)
    township = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("所在镇街"))
    ongoing = models.BooleanField(_("违法行为仍在进行"), default=False)
    onsite_measures = models.TextField(_("现场已采取的措施"), blank=True)
    stopped_at = models.DateTimeField(_("采取制止措施的时间"), null=True)
    # Where the document wants the competent side told before the letter comes.
    competent_told_at = models.DateTimeField(_("告知主管一方的时间"), null=True)
    competent_told = models.CharField(_("告知了主管一方何人、以何方式"), max_length=200, blank=True, default="", db_default="")
    matter = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, verbose_name=_("违法事项"))
    facts = models.TextField(_("基本违法事实"), blank=True)
    party_kind = models.CharField(_("当事人类型"), max_length=12, choices=PartyKind.choices, blank=True)
    party_name = models.CharField(_("当事人名称或姓名"), max_length=100, blank=True)
    party_document = models.CharField(_("证件种类"), max_length=20, choices=DocumentKind.choices, blank=True)
    party_document_words = models.CharField(_("其他证件的名称"), max_length=40, blank=True)
    party_code = models.CharField(_("统一社会信用代码或证件号码"), max_length=40, blank=True)
    party_representative = models.CharField(_("法定代表人（负责人）"), max_length=100, blank=True)
    party_sex = models.CharField(_("性别"), max_length=6, choices=Sex.choices, blank=True)
    party_age = models.PositiveSmallIntegerField(_("年龄"), null=True, blank=True)
    party_address = models.CharField(_("住所或住址"), max_length=200, blank=True)
    party_contact = models.CharField(_("联系方式"), max_length=60, blank=True)
    # Rows as foundation/cases/parties.py describes them: a column, so that a version keeps them whole and no list needs a second table.
    further_parties = models.JSONField(_("其他当事人"), default=list, blank=True)
    # What the sender's own file is called, since when, and by whose hand: rows as foundation/cases/officers.py describes them.
    case_number = models.CharField(_("本机关案号"), max_length=60, blank=True)
    filed_on = models.DateField(_("立案日期"), null=True, blank=True)
    officers = models.JSONField(_("执法人员"), default=list, blank=True)
    violated_article = models.CharField(_("涉嫌违反的条款"), max_length=200, blank=True)
    urgent = models.BooleanField(_("情况紧急"), default=False)
    urgent_reason = models.CharField(_("紧急理由"), max_length=200, blank=True)
    confidentiality = models.CharField(_("保密标注"), max_length=10, choices=Confidentiality.choices, default=Confidentiality.NONE)
    preliminary_investigation = models.TextField(_("初步调查情况"), blank=True)
    prior_correction = models.TextField(_("已采取的纠错、改正等管理措施"), blank=True)
    rectify_told_on = models.DateField(_("通知当事人改正的日期"), null=True, blank=True)
    rectify_told = models.TextField(_("通知当事人改正的情况"), blank=True, default="", db_default="")
    suspected_crime = models.BooleanField(_("涉嫌犯罪"), default=False)
    legacy = models.BooleanField(_("历史遗留问题"), default=False)
    legacy_consultation = models.TextField(_("与对方协商的情况"), blank=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # Passed on by its receiver: the version in which another agency referred it here.
    origin = models.ForeignKey("CaseVersion", null=True, on_delete=models.PROTECT, related_name="passed_on", editable=False)
    # The latest version that went out with a letter.
    signed_version = models.ForeignKey("CaseVersion", null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("案件")
        indexes = [
            models.Index(fields=["jurisdiction", "party_code"], name="cases_by_party", condition=~Q(party_code="")),
            GinIndex(fields=["further_parties"], name="cases_by_further_party", opclasses=["jsonb_path_ops"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return title_of(self.party_name, self.matter.name if self.matter_id and self.matter else "")

    @property
    def masked_code(self) -> str:
        from foundation.cases.identity import masked

        return masked(self.party_kind, self.party_code, self.party_document)


# The slot of what a receiver sends along with its result: a paper of that letter, not of the sender's case.
RESULT_SLOT = "result"


class Material(models.Model):
    """One file. What it is was read from its content, not from its name; it is never served so that a browser would run it."""

    if TYPE_CHECKING:
        # What is known of its file: see foundation/formats/keeping.py, with_looks.
        look: dict[str, Any] | None

    class Original(models.TextChoices):
        ORIGINAL = "original", _("原件")
        COPY = "copy", _("复印件")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="materials")
    slot = models.CharField(_("材料类别"), max_length=40)
    name = models.CharField(_("材料名称"), max_length=200)
    file = models.FileField(upload_to="materials/%Y/%m")
    # Of the paper of which this file is the picture: how many copies go along, of how many pages, and whether it is the original.
    copies = models.PositiveSmallIntegerField(_("份数"), null=True, blank=True)
    pages = models.PositiveIntegerField(_("页数"), null=True, blank=True)
    original = models.CharField(_("原件或复印件"), max_length=8, choices=Original.choices, blank=True)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    supplementary = models.BooleanField(default=False)
    # The matter in which it was uploaded ("referral:12"): what is added to one letter later is no paper of another.
    attached_in = models.CharField(max_length=40, blank=True)
    # From then on a letter stands on it: the database refuses to change or remove it.
    frozen_at = models.DateTimeField(null=True, editable=False)
    uploaded_by = models.CharField(max_length=100)
    uploaded_for = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "sha256", "slot", "attached_in"], name="a_file_is_attached_once_per_slot_and_matter")]

    def __str__(self) -> str:
        return self.name


class CaseVersion(models.Model):
    """A case as it stood when it went to a leader: its named fields and its list of materials with their hashes.

    The database refuses to change or remove a version. A letter is signed over one, and is read from it for good.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    materials = models.JSONField(default=list)
    hash = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    maker = models.CharField(max_length=100)
    post = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()
    reason = models.CharField(_("更改案情的理由"), max_length=200, blank=True)

    # What lists show and filter by, taken out of the content.
    party_name = models.CharField(max_length=100, blank=True)
    party_code = models.CharField(max_length=40, blank=True)
    matter = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, related_name="+")
    matter_name = models.CharField(max_length=100, blank=True)
    urgent = models.BooleanField(default=False)
    found_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("案件版本")
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="a_case_has_one_version_of_a_number")]
        indexes = [models.Index(fields=["party_code"], name="case_versions_by_party", condition=~Q(party_code=""))]

    def __str__(self) -> str:
        return f"{self.case_id} v{self.number}"
