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
    may wait in its queue before it is queued again. `parked(subject_id, error)` tells the subject that nobody tries any more,
    `anew(subject_id)` that somebody does after all. `whose(subject_id)`: the district whose administrator is told (None: all are).
    `may_give_up`: whether an administrator may leave it undone for good.
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
    anew: Callable[[int], None] | None = None
    whose: Callable[[int], int | None] = lambda subject_id: None
    may_give_up: bool = True


@dataclass(frozen=True)
class Timed:
    """What comes at set times (the sweep, the seal): `run(now)` does it, as late and as often as it may come.

    `well_within`: how long ago its last good end may be before health says that it is unwell.
    """

    name: str
    label: Any
    queue: str
    run: Callable[[dt.datetime], Any]
    well_within: dt.timedelta = dt.timedelta(hours=3)


KINDS: dict[str, Kind] = {}
TIMED: dict[str, Timed] = {}
QUEUES = ("watch", "letters", "mail", "exports", "files", "events")
# Who is told that a piece of work was parked: called with its row (foundation.work.models.Job).
WHEN_PARKED: list[Callable[[Any], None]] = []


def _served(queue: str) -> None:
    if queue not in QUEUES:
        raise ValueError(f"no worker serves the queue {queue!r}")


def register(kind: Kind) -> None:
    """Add a kind; its queue must be one that a worker serves."""
    _served(kind.queue)
    KINDS[kind.name] = kind


def at_set_times(timed: Timed) -> None:
    """Add what comes at set times; when it comes stands in the settings (CELERY_BEAT_SCHEDULE), under the same name."""
    _served(timed.queue)
    TIMED[timed.name] = timed


def when_parked(tell: Callable[[Any], None]) -> None:
    """Have `tell` called with each job that is parked, once it stands."""
    WHEN_PARKED.append(tell)
