"""The beat's minute."""

from __future__ import annotations

from celery import shared_task

from foundation.work.runs import recorded
from oversight import watch

SWEEP = "sweep"


@shared_task
def sweep() -> int:
    """Sweep the clocks as of now."""
    with recorded(SWEEP) as now:
        return watch.sweep(now)
