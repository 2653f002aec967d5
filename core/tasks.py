"""Background work of the trail."""

from celery import shared_task
from django.utils import timezone

from core import anchors, seals
from core.answers import forget_old_answers


@shared_task
def seal_audit() -> None:
    seals.seal_audit()


@shared_task
def anchor_audit() -> None:
    anchors.anchor_audit()


@shared_task
def forget_answers() -> None:
    forget_old_answers(timezone.now())
