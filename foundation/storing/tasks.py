"""What the beat has done about files."""

from celery import shared_task

from foundation.storing.keeping import remove_discarded


@shared_task
def remove_discarded_files() -> int:
    return remove_discarded()
