"""One fault: clerks at work, the fault, how long until acts are answered and until all that follows has come, and what is wrong then."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection

from ops.faults import invariants
from ops.faults.clerks import Book, Clerks
from ops.faults.disk import SmallDisk
from ops.faults.invariants import Count
from ops.faults.servers import Listener
from ops.faults.stack import Stack

# Seconds after which what has not come counts as stuck.
LONGEST = 150.0


@dataclass
class Result:
    """`answered_again`, `all_done`: seconds from the end of the fault. `counts`: over everything that has been done so far."""

    name: str
    what: str
    acts: int = 0
    answered_again: float = 0.0
    all_done: float = 0.0
    notes: list[str] = field(default_factory=list)
    counts: dict[str, Count] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        return not self.wrong and all(count.well for count in self.counts.values())

    def sum(self, kind: str) -> int:
        return sum(int(getattr(count, kind)) for count in self.counts.values())


@dataclass
class House:
    """What every fault needs: the installation, who acts in it, and what was seen so far."""

    stack: Stack
    disk: SmallDisk
    listener: Listener
    known: dict[str, Any]
    seed: int
    letters: int
    book: Book = field(default_factory=Book)

    def take(self, number: int) -> list[Any]:
        """So many of the letters that wait for their signature."""
        rows = self.known["referrals"]
        taken, self.known["referrals"] = rows[:number], rows[number:]
        return list(taken)

    def counts(self) -> dict[str, Count]:
        connection.close()  # it may be of a server that was killed meanwhile
        return {
            "acts": invariants.acts(list(self.book.entries)), "letters": invariants.letters(), "mails": invariants.mails(list(self.stack.mail.ids)),
            "events": invariants.events(list(self.listener.events)), "escalations": invariants.escalations(), "papers": invariants.files(),
            "jobs": invariants.jobs(),
        }  # fmt: skip

    def quiet(self) -> bool:
        connection.close()
        try:
            return invariants.nothing_waits()
        except OperationalError:
            return False


Fault = Callable[[House, random.Random, Result], None]


def trial(house: House, name: str, what: str, fault: Fault) -> Result:
    """Clerks act, `fault` does its worst beside them and returns when it is over; then everything is waited for and counted."""
    result, chance = Result(name, what), random.Random(f"{house.seed}:{name}")  # noqa: S311
    before, wrong = len(house.book.acknowledged()), len(house.book.faults)
    clerks = Clerks(house.stack, house.known, house.book, f"{name}{house.seed}").start()
    clerks.give(house.take(house.letters // 2))
    time.sleep(0.5 + chance.random())
    fault(house, chance, result)
    over, wall = time.monotonic(), time.time()
    clerks.give(house.take(house.letters - house.letters // 2))
    while not house.book.acknowledged(wall) and time.monotonic() - over < LONGEST:
        time.sleep(0.02)
    result.answered_again = time.monotonic() - over
    clerks.finish()
    wait_and_count(house, result, over)
    result.acts = len(house.book.acknowledged()) - before
    result.wrong += house.book.faults[wrong:]
    return result


def wait_and_count(house: House, result: Result, over: float) -> None:
    """Wait until all that follows has come; `over` is when the fault ended."""
    until = time.monotonic() + LONGEST
    while not house.quiet() and time.monotonic() < until:
        time.sleep(0.5)
    result.all_done = time.monotonic() - over
    result.counts = house.counts()
