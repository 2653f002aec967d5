"""A figure of health: what was measured, what it may be, and a plain sentence."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

# Seconds that the oldest piece of work of a queue may wait. A ledger of a whole district takes long; a letter must not.
QUEUE_MAY_WAIT = {"watch": 300.0, "letters": 300.0, "mail": 900.0, "exports": 1800.0, "files": 900.0, "events": 300.0}
# Something comes every five seconds: two minutes without anything are a beat that stands still, or one whose clock was set back.
BEAT_MAY_LAG = 120.0
# Seconds by which the clocks of this machine and of the database may differ: due dates are counted with both.
CLOCKS_MAY_DIFFER = 5.0
# Seconds that a seal of the trail may stand without an anchor outside of the database (one is written every five minutes).
ANCHOR_MAY_WAIT = 1800.0


@dataclass(frozen=True)
class Figure:
    """`value` in `unit` (seconds, bytes, count); None where it could not be measured. `of`: which queue, place or part.

    `limit` is the most that is well, or the least where `least`; None where nothing is demanded. `said`: the sentence.
    """

    name: str
    value: float | None
    said: str
    unit: str = "count"
    of: str = ""
    limit: float | None = None
    least: bool = False

    @property
    def well(self) -> bool:
        if self.limit is None:
            return True
        if self.value is None:
            return False
        return self.value >= self.limit if self.least else self.value <= self.limit

    def shown(self) -> dict[str, Any]:
        """As JSON shows it."""
        value = self.value if self.value is None else round(self.value, 3)
        return asdict(self) | {"value": value, "well": self.well, "said": str(self.said)}
