"""`python -m ops.faults.sweeper SECONDS SEED`: looks at every open clock again and again, as many sweeps on many machines would."""

from __future__ import annotations

import random
import sys
import time

import django

if __name__ == "__main__":
    django.setup()

from django.db import OperationalError
from django.utils import timezone

from core.retries import tried_again
from deadlines.models import Clock
from oversight import minute


@tried_again
def make_due() -> None:
    Clock.objects.open().update(next_step_at=timezone.now())


def sweep_for(seconds: float, chance: random.Random) -> tuple[int, int]:
    """How many sweeps there were, and how many failed."""
    until, swept, failed = time.monotonic() + seconds, 0, 0
    while time.monotonic() < until:
        try:
            make_due()
            minute.sweep(timezone.now())
            swept += 1
        except OperationalError:
            failed += 1
        time.sleep(chance.random() * 0.1)
    return swept, failed


if __name__ == "__main__":
    swept, failed = sweep_for(float(sys.argv[1]), random.Random(sys.argv[2]))  # noqa: S311
    print(f"[{swept}, {failed}]")
