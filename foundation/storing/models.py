"""Files that are to be taken away, and the backups that were made."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DiscardedFile(models.Model):
    """A stored file whose row is gone. It is removed when no backup is under way, so that no backup misses a file it has a row of."""

    name = models.CharField(max_length=255)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("待清除的文件")

    def __str__(self) -> str:
        return self.name


class Backup(models.Model):
    """One run of `manage.py backup`: health reads when the last one ended well."""

    name = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    files = models.PositiveBigIntegerField(default=0)
    copied = models.PositiveBigIntegerField(default=0)
    encrypted = models.BooleanField(default=False)
    # What went wrong, as the name of an error or a count of files; never what a file holds.
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("备份记录")

    def __str__(self) -> str:
        return self.name
