"""Id in, service call out."""

from celery import shared_task

from referrals.services.exporting import write_export


@shared_task
def make_export(export_id: int) -> None:
    write_export(export_id)
