"""When did what comes at set times last run, and did it end well?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from foundation.work.models import Run


@contextmanager
def recorded(name: str) -> Iterator[dt.datetime]:
    """Around one run: writes when it began, and when it ended or why it did not. Yields its `now` (aware)."""
    now = timezone.now()
    Run.objects.update_or_create(name=name, defaults={"began_at": now})
    try:
        yield now
    except Exception as error:
        Run.objects.filter(name=name).update(last_error=type(error).__name__)
        raise
    Run.objects.filter(name=name).update(ended_at=timezone.now(), last_error="")


def last_end(name: str) -> dt.datetime | None:
    """When the last run that ended well ended; None if there was none."""
    return Run.objects.filter(name=name).values_list("ended_at", flat=True).first()
