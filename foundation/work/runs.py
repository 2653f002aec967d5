"""When did what comes at set times last run, did it end well, and when does it come again?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from foundation.work.kinds import TIMED
from foundation.work.models import Run


@contextmanager
def recorded(name: str) -> Iterator[dt.datetime]:
    """Around one run: writes when it began, and when it ended or why it did not. Yields its `now` (aware)."""
    now = timezone.now()
    pause = settings.CELERY_BEAT_SCHEDULE.get(name, {}).get("schedule")
    next_at = now + dt.timedelta(seconds=pause) if pause else None
    Run.objects.update_or_create(name=name, defaults={"began_at": now, "next_at": next_at})
    try:
        yield now
    except Exception as error:
        # Its name only: the text of an error may hold names of persons.
        Run.objects.filter(name=name).update(last_error=type(error).__name__, failures=F("failures") + 1)
        raise
    Run.objects.filter(name=name).update(ended_at=timezone.now(), last_error="", failures=0)


def run_timed(name: str) -> Any:
    """Do now what comes at set times under this name; its row says how it ended. Raises what it raised."""
    with recorded(name) as now:
        return TIMED[name].run(now)


def last_end(name: str) -> dt.datetime | None:
    """When the last run that ended well ended; None if there was none."""
    return Run.objects.filter(name=name).values_list("ended_at", flat=True).first()
