"""One attempt at one piece of work: taken by one worker, counted, and parked when it cannot be done."""

from __future__ import annotations

import datetime as dt
import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.full import is_full
from core.retries import tried_again
from foundation.work.kinds import KINDS, GiveUp, Kind, TryLater
from foundation.work.models import Job

log = logging.getLogger("yisong.work")
# The pause after the first failure; doubled after each, an hour at most.
FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(hours=1)


def perform(name: str, subject_id: int) -> bool:
    """Try one piece of work once; True when it is done. Never raises for a failure of the work: that is written in its row."""
    kind, now = KINDS[name], timezone.now()
    job = _take(kind, subject_id, now)
    if job is None:
        return False
    try:
        kind.run(subject_id)
    except Exception as error:
        # A full disk is nobody's fault but the disk's: the work waits for room, and is not parked.
        _failed(job, kind, TryLater("storage full") if is_full(error) else error)
        if settings.WORK_RAISES:
            raise
        return False
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, done_at=timezone.now(), leased_until=None, next_try_at=None, last_error="")
    return True


@tried_again
def _take(kind: Kind, subject_id: int, now: dt.datetime) -> Job | None:
    """The job, leased to this worker; None when another has it, or it is not to be tried now."""
    with transaction.atomic():
        job, _new = Job.objects.get_or_create(kind=kind.name, subject_id=subject_id)
        job = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
        if job.state == Job.State.PARKED or (job.next_try_at and job.next_try_at > now):
            return None
        if job.state == Job.State.RUNNING and job.leased_until and job.leased_until > now:
            return None
        job.state, job.attempts = Job.State.RUNNING, job.attempts + 1
        job.leased_until = now + dt.timedelta(seconds=kind.seconds + 30)
        job.save(update_fields=["state", "attempts", "leased_until"])
        return job


def _failed(job: Job, kind: Kind, error: Exception) -> None:
    """Write what went wrong, without what was being worked on: an error's text may hold names."""
    now, said = timezone.now(), type(error).__name__
    if isinstance(error, GiveUp | TryLater):
        said = str(error)[:300] or said
    parked = isinstance(error, GiveUp) or (job.attempts >= kind.tries and not isinstance(error, TryLater))
    pause = min(FIRST_PAUSE * 2 ** min(job.attempts - 1, 12), LONGEST_PAUSE)
    attempts = job.attempts - 1 if isinstance(error, TryLater) else job.attempts
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.PARKED if parked else Job.State.WAITING,
        attempts=attempts,
        last_error=said,
        leased_until=None,
        next_try_at=None if parked else now + pause,
        queued_at=now,
    )
    log.warning("%s failed (%s), attempt %d%s", kind.name, said, job.attempts, ", parked" if parked else "")
    if parked and kind.parked is not None:
        kind.parked(job.subject_id, said)
