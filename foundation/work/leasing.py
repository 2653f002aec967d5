"""A worker's hold on a piece of work: short, and renewed for as long as the worker lives and may take.

So what a killed worker had in hand is taken up within half a minute, however long that kind of work may last.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection
from django.utils import timezone

from foundation.work.kinds import Kind
from foundation.work.models import Job

log = logging.getLogger("yisong.work")
LEASE = dt.timedelta(seconds=30)
# Seconds between two renewals; most work is done before the first.
RENEWED_EVERY = 10.0
# How much longer than its limit a run may hold its work: the limit ends it before.
AND_THEN_SOME = 30


@contextmanager
def held(job: Job, kind: Kind) -> Iterator[None]:
    """Around one run of the work of `job`, which was leased until LEASE from now."""
    over = threading.Event()
    threading.Thread(target=_renew, args=(job, kind.seconds + AND_THEN_SOME, over), name="lease", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _renew(job: Job, seconds: float, over: threading.Event) -> None:
    until = time.monotonic() + seconds
    while not over.wait(RENEWED_EVERY) and time.monotonic() < until:
        try:
            Job.objects.filter(pk=job.pk, attempts=job.attempts, state=Job.State.RUNNING).update(leased_until=timezone.now() + LEASE)
        except DatabaseError as error:
            # The work itself meets the same, and says so.
            log.warning("a lease was not renewed: %s", type(error).__name__)
        finally:
            connection.close()
