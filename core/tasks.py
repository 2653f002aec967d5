"""Background work of the trail."""

from celery import shared_task

from core import seals


@shared_task
def seal_audit() -> None:
    seals.seal_audit()
