"""Names that were tried are kept as long as they may lock somebody out, and no longer."""

from __future__ import annotations

import datetime as dt

from axes.models import AccessAttempt
from celery import shared_task
from django.utils import timezone

KEPT_FOR = dt.timedelta(days=1)


@shared_task
def tidy_sign_ins() -> int:
    """Forget failed tries older than a day (they lock for a quarter of an hour). Returns how many tries."""
    return int(AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - KEPT_FOR).delete()[0])
