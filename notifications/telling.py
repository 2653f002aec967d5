"""Telling people. The same key is told to the same person once, however often it is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.bulk import insert_columns
from core.text import shortened
from notifications.models import Message


@dataclass(frozen=True)
class Note:
    user_id: int
    key: str
    kind: str
    text: str
    url: str
    wants_mail: bool = False
    lines: list[dict[str, str]] = field(default_factory=list)


def tell(notes: Iterable[Note], *, at: dt.datetime) -> int:
    """Leave each note for its person. One query."""
    wanted = {(n.user_id, n.key): n for n in notes}
    rows = list(wanted.values())
    if not rows:
        return 0
    columns = {
        "user_id": [n.user_id for n in rows], "key": [n.key for n in rows], "kind": [str(n.kind) for n in rows], "text": [shortened(n.text, 300) for n in rows],
        "url": [n.url for n in rows], "created_at": at, "wants_mail": [n.wants_mail for n in rows], "lines": [n.lines for n in rows],
    }  # fmt: skip
    return insert_columns(Message, columns, skip_known=True)
