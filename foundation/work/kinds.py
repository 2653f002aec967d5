"""What kinds of background work there are. Each business registers its own when it is ready."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


class TryLater(Exception):
    """The work itself is sound, what it needs is away (a mail server): try again later, without counting towards parking."""


class GiveUp(Exception):
    """Trying again cannot help (a post that ended): park at once. Its text is stored and shown; no personal data."""


@dataclass(frozen=True)
class Kind:
    """`run(subject_id)` does the work once, or nothing if it is done; `unfinished(now)` gives the subjects still to be done.

    `seconds`: the longest that one run may take; `tries`: how often before it is parked; `patience`: how long a subject
    may wait in its queue before it is queued again. `parked(subject_id, error)` tells the subject that nobody tries any more.
    """

    name: str
    label: Any
    queue: str
    run: Callable[[int], Any]
    unfinished: Callable[[dt.datetime], Iterable[int]]
    seconds: int = 60
    tries: int = 8
    patience: dt.timedelta = dt.timedelta(minutes=2)
    parked: Callable[[int, str], None] | None = None


KINDS: dict[str, Kind] = {}
QUEUES = ("watch", "letters", "mail", "exports", "events")


def register(kind: Kind) -> None:
    """Add a kind; its queue must be one that a worker serves."""
    if kind.queue not in QUEUES:
        raise ValueError(f"no worker serves the queue {kind.queue!r}")
    KINDS[kind.name] = kind
