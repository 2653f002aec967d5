"""Id in, service call out."""

from celery import shared_task
from django.utils import timezone

from referrals.services import discarding
from referrals.services.uploads import forget_old_uploads


@shared_task
def forget_uploads() -> None:
    forget_old_uploads(timezone.now())


@shared_task
def tidy_drafts() -> int:
    return discarding.tidy_drafts(timezone.now())
