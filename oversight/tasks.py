"""The beat's minute."""

from __future__ import annotations

from celery import shared_task

from foundation.work.runs import recorded
from oversight import watch
from oversight.digest import tell_digest
from oversight.succession import carry_out_ends

SWEEP, DIGEST = "sweep", "digest"


@shared_task
def sweep() -> int:
    """As of now: first what ended agencies leave passes on, so that who is told is who answers for it; then the clocks."""
    with recorded(SWEEP) as now:
        carry_out_ends(now)
        return watch.sweep(now)


@shared_task
def digest() -> int:
    """The day's digest: what fell out is made up for the next time, what was told is not told again."""
    with recorded(DIGEST) as now:
        return tell_digest(now)
