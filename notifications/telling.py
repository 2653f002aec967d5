"""Telling people. The same key is told to the same person once, however often it is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from notifications.models import Message


@dataclass(frozen=True)
class Note:
    user_id: int
    key: str
    kind: str
    text: str
    url: str
    wants_mail: bool = False


def tell(notes: Iterable[Note], *, at: dt.datetime) -> int:
    """Leave each note for its person. One query."""
    wanted = {(n.user_id, n.key): n for n in notes}
    rows = [
        Message(user_id=n.user_id, key=n.key, kind=n.kind, text=n.text[:300], url=n.url, created_at=at, wants_mail=n.wants_mail)
        for n in wanted.values()
    ]
    return len(Message.objects.bulk_create(rows, ignore_conflicts=True)) if rows else 0
