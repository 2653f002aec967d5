"""The file of an issued document: made once, in a worker, from its frozen words."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from core.filing import keep_file
from core.retries import tried_again
from documents.kinds import KINDS
from documents.models import OfficialDocument
from documents.rendering import render_pdf

# The name of this kind of background work.
LETTER = "letter"
# How long a document may lie in its queue before it counts as lost.
PATIENCE = dt.timedelta(minutes=2)


@tried_again
def render_document(document_id: int) -> bool:
    """Render one document if nobody has yet. The row is written only when the file is complete; a killed worker leaves nothing."""
    with transaction.atomic():
        document = (
            OfficialDocument.objects.select_for_update(skip_locked=True, of=("self",), no_key=True).filter(pk=document_id, rendered_at=None).first()
        )
        if document is None:
            return False
        pdf, document.pages = render_pdf(document.content, document.code)
        document.sha256 = hashlib.sha256(pdf).hexdigest()
        document.rendered_at = timezone.now()
        keep_file(document.file, f"{document.code}.pdf", ContentFile(pdf))
        document.save(update_fields=["file", "sha256", "pages", "rendered_at"])
        after = KINDS[document.kind].rendered
        if after is not None:
            after(document)
    return True


def unrendered(now: dt.datetime) -> Iterable[int]:
    """Documents issued longer ago than their queue may take, without a file; `now` is aware."""
    waiting = OfficialDocument.objects.filter(rendered_at=None, issued_at__lt=now - PATIENCE)
    return waiting.order_by("issued_at").values_list("pk", flat=True)


def whose_letter(document_id: int) -> int | None:
    """The district of the agency in whose name it was issued."""
    return OfficialDocument.objects.filter(pk=document_id).values_list("issuer__jurisdiction_id", flat=True).first()
