"""Rendering in a worker: id in, file out, once."""

from __future__ import annotations

import datetime as dt
import hashlib

from celery import shared_task
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from documents.kinds import KINDS
from documents.models import OfficialDocument
from documents.rendering import render_pdf


@shared_task
def render_document(document_id: int) -> bool:
    """Render one document if nobody has yet. The row is written only when the file is complete; a killed worker leaves nothing."""
    with transaction.atomic():
        document = OfficialDocument.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=document_id, rendered_at=None).first()
        if document is None:
            return False
        pdf, document.pages = render_pdf(document.content, document.code)
        document.sha256 = hashlib.sha256(pdf).hexdigest()
        document.rendered_at = timezone.now()
        document.file.save(f"{document.code}.pdf", ContentFile(pdf), save=False)
        document.save(update_fields=["file", "sha256", "pages", "rendered_at"])
        after = KINDS[document.kind].rendered
        if after is not None:
            after(document)
    return True


def queue_unrendered(now: dt.datetime, patience: dt.timedelta = dt.timedelta(minutes=2)) -> int:
    """Queue again what a dead worker left: documents issued longer than `patience` ago without a file."""
    waiting = OfficialDocument.objects.filter(rendered_at=None, issued_at__lt=now - patience).values_list("pk", flat=True)[:200]
    for pk in waiting:
        render_document.delay(pk)
    return len(waiting)
