"""The beat's minute."""

from __future__ import annotations

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from documents.tasks import queue_unrendered
from oversight import trail, watch

LAST_SWEEP = "last-sweep"


@shared_task
def sweep() -> int:
    """Sweep the clocks as of now, and pick up letters that a dead worker left unrendered."""
    now = timezone.now()
    done = watch.sweep(now)
    queue_unrendered(now)
    cache.set(LAST_SWEEP, now.isoformat(), None)
    return done


@shared_task
def verify_trail(check_id: int) -> None:
    """Carry out the verification that an auditor asked for."""
    trail.carry_out(check_id)
