"""What was typed long ago and never sent is forgotten."""

from celery import shared_task
from django.utils import timezone

from foundation.typed.services import forget_old


@shared_task
def forget_typed_work() -> None:
    forget_old(timezone.now())
