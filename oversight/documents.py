"""督办函: object in, plain data out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import Agency
from deadlines.labels import clock_label
from documents.content import contact_note, paragraph, paragraphs, words
from oversight.models import Escalation
from referrals.documents import case_words, unbroken_names

SUPERVISION_LETTER = "supervision_letter"


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def supervision_letter(escalation: Escalation, issuer: Agency) -> dict[str, Any]:
    """From the government office to the agency in delay: which duty ran out, what is ordered, and by which day."""
    clock = escalation.clock
    assert escalation.order_until is not None
    due, event = timezone.localtime(escalation.due_at), timezone.localtime(escalation.event_at)
    # Of a letter not yet out the government's letter says no more than it may know: the agency, the clause and the date.
    case = escalation.referral.stated if escalation.referral and escalation.seen_referral_id else None
    what = f"{case_words(case)}一案" if case else escalation.title
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
        f"关于限期办理{case_words(case) + '案' if case else escalation.title}的督办函",
        escalation.late_agency.name,
        body,
        names=unbroken_names(case) if case else [],
        note=contact_note(escalation.proposed_by, issuer.phone),
        urgency="特急" if clock.urgent else "",
    )
