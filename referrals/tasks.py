"""Id in, service call out."""

from celery import shared_task
from django.utils import timezone

from referrals.services.exporting import write_export
from referrals.services.uploads import forget_old_uploads


@shared_task
def make_export(export_id: int) -> None:
    write_export(export_id)


@shared_task
def forget_uploads() -> None:
    forget_old_uploads(timezone.now())
