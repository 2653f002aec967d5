"""What was found in a stored file when it was looked into, and its preview. The file itself belongs to the row that names it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Mark(models.TextChoices):
    """What people are told of a file, wherever it is listed."""

    ENCRYPTED = "encrypted", _("已加密，不能预览")
    ACTIVE = "active", _("含脚本或自动动作")
    EMBEDDED = "embedded", _("内嵌其他文件")
    MACROS = "macros", _("含宏")
    PROGRAM = "program", _("内有可执行程序")
    DAMAGED = "damaged", _("打不开，可能已损坏")


class Scan(models.TextChoices):
    """What the virus scanner said of a file."""

    NONE = "", _("没有查毒")
    CLEAN = "clean", _("没有发现病毒")
    INFECTED = "infected", _("查出病毒")
    TOO_BIG = "too_big", _("过大，查不了")


class LookedInto(models.Model):
    """One stored file: made with it, filled by the worker that looks into it, gone with it."""

    # The name in the storage, as the row that owns the file has it.
    name = models.CharField(max_length=255, unique=True)
    # Its format (foundation/formats/table.py).
    key = models.CharField(max_length=12)
    since = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    marks = models.JSONField(default=list)
    # What lies in an archive, or is attached to a mail: names only, at most MOST_LISTED.
    listing = models.JSONField(default=list)
    preview = models.FileField(upload_to="previews/%Y/%m", blank=True)
    # Of the preview.
    sha256 = models.CharField(max_length=64, blank=True)
    scan = models.CharField(max_length=8, choices=Scan.choices, default=Scan.NONE, blank=True)
    found = models.CharField(max_length=200, blank=True)
    # The scanner gave no answer when it was last asked.
    scanner_away = models.BooleanField(default=False)
    scanned_at = models.DateTimeField(null=True)
    # A leader let it go without a verdict (foundation/formats/scanning.py).
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=100, blank=True)
    release_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("文件预览")
        indexes = [
            models.Index(fields=["since"], condition=Q(read_at=None), name="files_not_looked_into"),
            models.Index(fields=["since"], condition=Q(scan=""), name="files_not_scanned"),
        ]

    def __str__(self) -> str:
        return self.name
