"""One row for each sheet (a form on an open page) that a person is filling in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TypedWork(models.Model):
    """The words are sealed (sealing.py); what can be read here is only whose, in which post, on which form, and when.

    A sheet is one loading of a page: two tabs are two rows and cannot write over each other. A page that takes words up again
    inherits their `origin`, so that one finished act clears every row that the same words passed through. A finished row stays
    for a while without words: a save that was still under way must not bring them back.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    holding = models.ForeignKey("accounts.PostHolding", null=True, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=200)
    sheet = models.CharField(max_length=40, blank=True)
    origin = models.CharField(max_length=40, blank=True)
    # The version of the thing that was on the page, where it has one.
    base = models.CharField(max_length=20, blank=True)
    sealed = models.BinaryField(default=bytes)
    saved_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("未提交的填写")
        constraints = [
            models.UniqueConstraint(fields=["user", "holding", "form", "sheet"], nulls_distinct=False, name="a_sheet_is_kept_once"),
        ]
        indexes = [models.Index(fields=["saved_at"], name="typed_work_by_age")]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.form}"
