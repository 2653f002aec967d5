"""The only tasks there are: they carry a name and a number to a worker. What is to be done stands in rows and in the registry."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from core.log_context import doing
from foundation.work import performing, runs


@shared_task(bind=True)
def work(self: Any, kind: str, subject_id: int) -> bool:
    """One attempt at one piece of work; its own limits come with the message (foundation/work/queueing.py)."""
    with doing(request_id=self.request.id or "", task=f"{kind}:{subject_id}"):
        return performing.perform(kind, subject_id)


@shared_task(bind=True)
def at_set_time(self: Any, name: str) -> Any:
    """What the beat calls for: the sweep, the seal, what was lost."""
    with doing(request_id=self.request.id or "", task=name):
        return runs.run_timed(name)
