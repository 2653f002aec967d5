"""Refusals. Each carries a sentence in the reader's language and, where a rule is behind it, the clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """An act that did not happen. `reason` is a sentence; `clause` the id of the clause it rests on; `fields` by field name."""

    status = 400
    kind = "bad-input"

    def __init__(self, reason: str, clause: str = "", fields: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.reason, self.clause, self.fields = reason, clause, dict(fields or {})

    def __str__(self) -> str:
        return f"{self.reason}（{self.clause}）" if self.clause and self.clause not in self.reason else self.reason

    def more(self) -> dict[str, Any]:
        """What else a machine is told."""
        return {}


class BadInput(Refused):
    """What was said is wrong or incomplete: 400."""


class NotAllowed(Refused):
    """This person, in this post, may not: 403."""

    status = 403
    kind = "not-allowed"


class SecondFactorNeeded(NotAllowed):
    """The post acted in demands a one-time code that this session was not given: 403; a page leads to where it is given."""


class NotVisible(Refused):
    """As far as this person is concerned it is not there: 404."""

    status = 404
    kind = "not-visible"


class WrongState(Refused):
    """The thing is not in a state in which this can be done: 409."""

    status = 409
    kind = "wrong-state"


class Stale(Refused):
    """Somebody else changed it meanwhile: 412. `current` is the ETag of now, `changes` what happened since the version seen."""

    status = 412
    kind = "stale"

    def __init__(self, reason: str, *, current: str = "", changes: list[dict[str, Any]] | None = None) -> None:
        super().__init__(reason)
        self.current, self.changes = current, changes or []

    def more(self) -> dict[str, Any]:
        return {"current": self.current, "changes": self.changes}


class TooLarge(Refused):
    """More bytes than are taken: 413."""

    status = 413
    kind = "too-large"


class StorageFull(Refused):
    """No room left on a disk of ours: 507."""

    status = 507
    kind = "storage-full"


class KeyReused(Refused):
    """An Idempotency-Key that stands for another request: 422."""

    status = 422
    kind = "key-reused"


class EtagRequired(Refused):
    """A change without saying which version was seen: 428."""

    status = 428
    kind = "etag-required"


class Slowed(Refused):
    """Too often, or too many at once: 429. `wait` is how many seconds to let pass (Retry-After)."""

    status = 429
    kind = "too-many"

    def __init__(self, reason: str, *, wait: int) -> None:
        super().__init__(reason)
        self.wait = wait


class Busy(Slowed):
    """Others are being served just now; nothing was looked at and nothing is counted: 429."""
