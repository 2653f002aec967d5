"""The only tasks there are: they carry a name and a number to a worker. What is to be done stands in rows and in the registry."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from foundation.work import performing, runs


@shared_task
def work(kind: str, subject_id: int) -> bool:
    """One attempt at one piece of work; its own limits come with the message (foundation/work/queueing.py)."""
    return performing.perform(kind, subject_id)


@shared_task
def at_set_time(name: str) -> Any:
    """What the beat calls for: the sweep, the seal, what was lost."""
    return runs.run_timed(name)
