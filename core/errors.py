"""Refusals. Each carries a sentence in the reader's language and, where a rule is behind it, the clause."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """An act that did not happen. `reason` is a sentence; `clause` the id of the clause it rests on; `fields` by field name."""

    status = 400
    kind = "bad-input"

    def __init__(self, reason: str, clause: str = "", fields: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.reason, self.clause, self.fields = reason, clause, dict(fields or {})

    def __str__(self) -> str:
        return f"{self.reason}（{self.clause}）" if self.clause and self.clause not in self.reason else self.reason


class BadInput(Refused):
    """What was said is wrong or incomplete: 400."""


class NotAllowed(Refused):
    """This person, in this post, may not: 403."""

    status = 403
    kind = "not-allowed"


class NotVisible(Refused):
    """As far as this person is concerned it is not there: 404."""

    status = 404
    kind = "not-visible"


class WrongState(Refused):
    """The thing is not in a state in which this can be done: 409."""

    status = 409
    kind = "wrong-state"


class Stale(Refused):
    """Somebody else changed it meanwhile: 412."""

    status = 412
    kind = "stale"
