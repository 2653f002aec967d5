"""督办函: object in, plain data out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import Agency
from core.nouns import noun_of, told_of
from deadlines.labels import clock_label
from documents.content import contact_note, paragraph, paragraphs, words
from oversight.models import Escalation

SUPERVISION_LETTER = "supervision_letter"


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _called(escalation: Escalation) -> tuple[str, list[str]]:
    """How a letter calls the row behind it, and the names that no line breaks; nothing of what may not be named yet."""
    kind, pk = escalation.subject_kind, escalation.subject_id
    known, told = noun_of(kind), told_of([(kind, pk)]).get((kind, pk))
    if known is None or known.in_letters is None or told is None or not told.out:
        return "", []
    return known.in_letters(pk)


def supervision_letter(escalation: Escalation, issuer: Agency) -> dict[str, Any]:
    """From the government office to the agency in delay: which duty ran out, what is ordered, and by which day."""
    clock = escalation.clock
    assert escalation.order_until is not None
    due, event = timezone.localtime(escalation.due_at), timezone.localtime(escalation.event_at)
    # Of a letter not yet out the government's letter says no more than it may know: the agency, the clause and the date.
    called, names = _called(escalation)
    what = f"{called}一案" if called else escalation.title
    until = _day(escalation.order_until)
    body = [
        paragraph(
            f"经查，你单位对{what}负有{clock_label(clock.key)}的职责，自{_day(event)}起算，依照《{clock.version.name}》"
            f"（{clock.version.doc_no}）的规定，应于{_day(due)}前办理，至今未办，已经逾期。"
        ),
        *paragraphs(escalation.instruction),
        paragraph(f"请你单位于{until}前办理完毕，并将逾期原因和办理情况书面报送我办。"),
    ]
    return words(
        f"关于限期办理{called + '案' if called else escalation.title}的督办函",
        escalation.late_agency.name,
        body,
        names=names,
        note=contact_note(escalation.proposed_by, issuer.phone),
        urgency="特急" if clock.urgent else "",
    )
