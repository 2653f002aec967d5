"""Interleaved timing: a little of each piece of work and of its limit, round after round, so that a noisy minute hits both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Pair:
    """One piece of work beside its limit. `target`: the most that `work / limit` may be; None where there is none."""

    name: str
    work: Callable[[], Any]
    limit: Callable[[], Any]
    beside: str
    target: float | None = None
    times: int = 10
    done: list[float] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)

    def round(self) -> None:
        self.done.append(_each(self.work, self.times))
        self.limits.append(_each(self.limit, self.times))

    def result(self) -> dict[str, Any]:
        work, limit = statistics.median(self.done), statistics.median(self.limits)
        ratios = sorted(w / n for w, n in zip(self.done, self.limits, strict=True))
        return {
            "name": self.name, "work_ms": work * 1000, "limit_ms": limit * 1000, "beside": self.beside, "ratio": work / limit,
            "spread": [ratios[0], ratios[-1]], "target": self.target,
        }  # fmt: skip


def _each(what: Callable[[], Any], times: int) -> float:
    began = time.perf_counter()
    for _n in range(times):
        what()
    return (time.perf_counter() - began) / times


def measure(pairs: list[Pair], rounds: int) -> list[dict[str, Any]]:
    """Warm everything once, then `rounds` rounds through all pairs."""
    for pair in pairs:
        pair.work()
        pair.limit()
    for _n in range(rounds):
        for pair in pairs:
            pair.round()
    return [pair.result() for pair in pairs]
