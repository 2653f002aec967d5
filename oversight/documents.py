"""督办函: object in, plain data out."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from deadlines.labels import clock_label
from documents.content import paragraph, paragraphs, words
from oversight.models import Escalation

SUPERVISION_LETTER = "supervision_letter"


def supervision_letter(escalation: Escalation) -> dict[str, Any]:
    """From the government office to the agency in delay."""
    clock = escalation.clock
    assert clock.due_at is not None
    due, event = timezone.localtime(clock.due_at), timezone.localtime(clock.event_at)
    answer = f"{due.year}年{due.month}月{due.day}日"
    body = [
        paragraph(f"经查，你单位对“{escalation.title}”负有{clock_label(clock.key)}的职责，自{event.year}年{event.month}月{event.day}日起算，"
                  f"依照{clock.version.doc_no}（{clock.clause}）的规定，应于{answer}前办理，至今未办，已经逾期。"),
        *paragraphs(escalation.instruction),
        paragraph("请你单位立即办理，并将逾期原因和办理情况书面报送我办。"),
    ]  # fmt: skip
    return words(f"关于限期办理{escalation.title}的督办函", escalation.late_agency.name, body, urgency="特急" if clock.urgent else "")
