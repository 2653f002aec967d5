"""Kind and subject in, one attempt out."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from foundation.work import performing, queueing


@shared_task
def work(kind: str, subject_id: int) -> bool:
    return performing.perform(kind, subject_id)


@shared_task
def find_lost_work() -> int:
    """The beat's half minute: queue again what a dead worker or a broker lost."""
    return queueing.find_lost(timezone.now())
