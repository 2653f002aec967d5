"""Numbers and documents."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency


class NumberSeries(models.Model):
    """The serials of one code of one agency in one year: no gaps, no repeats."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    code = models.CharField(max_length=30)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "code", "year"], name="one_series_per_agency_code_and_year")]

    def __str__(self) -> str:
        return f"{self.code}〔{self.year}〕"


class OfficialDocument(models.Model):
    """An issued document. Its words are frozen in `content`; its file is rendered from them once."""

    kind = models.CharField(max_length=40)
    number = models.CharField(_("发文字号"), max_length=40)
    issuer = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="documents_issued")
    addressee = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="documents_received")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    title = models.CharField(max_length=400)
    content = models.JSONField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=100)
    code = models.CharField(_("校验码"), max_length=20, unique=True)
    file = models.FileField(upload_to="documents/%Y/%m", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField(default=0)
    rendered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "number"], name="a_document_number_is_used_once"),
            models.CheckConstraint(condition=Q(rendered_at=None) | ~Q(sha256=""), name="a_rendered_document_has_its_hash"),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="documents_by_subject"),
            models.Index(fields=["issued_at"], condition=Q(rendered_at=None), name="documents_to_render"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def kind_name(self) -> str:
        from documents.kinds import KINDS

        return KINDS[self.kind].name
