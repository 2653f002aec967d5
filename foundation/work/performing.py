"""One attempt at one piece of work: taken by one worker, counted, and parked when it cannot be done."""

from __future__ import annotations

import datetime as dt
import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.away import is_away
from core.full import is_full
from core.retries import tried_again
from foundation.work.kinds import KINDS, WHEN_PARKED, GiveUp, Kind, TryLater
from foundation.work.leasing import LEASE, held
from foundation.work.models import Job

log = logging.getLogger("yisong.work")
# The pause after the first failure; doubled after each, an hour at most.
FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(hours=1)
# What is written where a worker was ended in the middle each time: by the system, for its memory, or past its time limit.
WORKER_DIED = "the worker ended in the middle"


def perform(name: str, subject_id: int) -> bool:
    """Try one piece of work once; True when it is done. Never raises for a failure of the work: that is written in its row."""
    kind, now = KINDS[name], timezone.now()
    job = _take(kind, subject_id, now)
    if job is None:
        return False
    if job.state == Job.State.PARKED:
        _told(job, kind)
        return False
    try:
        with held(job, kind):
            kind.run(subject_id)
    except Exception as error:
        # A full disk is nobody's fault but the disk's, a lost database nobody's but the database's: the work waits, and is not parked.
        _failed(job, kind, TryLater("storage full") if is_full(error) else TryLater("database away") if is_away(error) else error)
        if settings.WORK_RAISES:
            raise
        return False
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, done_at=timezone.now(), leased_until=None, next_try_at=None, last_error="")
    return True


@tried_again
def _take(kind: Kind, subject_id: int, now: dt.datetime) -> Job | None:
    """The job, leased to this worker; None when another has it, or it is not to be tried now.

    What has ended its worker as often as it may be tried comes back parked: it would end the next one, too.
    """
    with transaction.atomic():
        job, _new = Job.objects.get_or_create(kind=kind.name, subject_id=subject_id)
        job = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
        if job.state in (Job.State.PARKED, Job.State.GIVEN_UP) or (job.next_try_at and job.next_try_at > now):
            return None
        if job.state == Job.State.RUNNING and job.leased_until and job.leased_until > now:
            return None
        if job.state == Job.State.RUNNING and job.attempts >= kind.tries:
            _park(job, kind, WORKER_DIED, now)
            return job
        if job.state == Job.State.DONE:
            # There is something to do again: it is counted from its beginning.
            job.attempts, job.since = 0, now
        job.state, job.attempts = Job.State.RUNNING, job.attempts + 1
        job.leased_until = now + LEASE
        job.save(update_fields=["state", "attempts", "since", "leased_until"])
        return job


def _park(job: Job, kind: Kind, said: str, now: dt.datetime) -> None:
    job.state, job.last_error, job.parked_at, job.jurisdiction_id = Job.State.PARKED, said, now, kind.whose(job.subject_id)
    job.leased_until = job.next_try_at = None
    job.save(update_fields=["state", "last_error", "parked_at", "jurisdiction", "leased_until", "next_try_at"])


def _told(job: Job, kind: Kind) -> None:
    """The subject and the administrators learn that nobody tries any more. What fails here is seen on the page of parked work."""
    tell = [*WHEN_PARKED, *([lambda parked: kind.parked(parked.subject_id, parked.last_error)] if kind.parked else [])]
    for one in tell:
        try:
            one(job)
        except Exception as error:
            log.warning("nobody was told of a parked %s: %s", kind.name, type(error).__name__)


def _failed(job: Job, kind: Kind, error: Exception) -> None:
    """Write what went wrong, without what was being worked on: an error's text may hold names."""
    now, said = timezone.now(), type(error).__name__
    if isinstance(error, GiveUp | TryLater):
        said = str(error)[:300] or said
    log.warning("%s failed (%s), attempt %d", kind.name, said, job.attempts)
    if isinstance(error, GiveUp) or (job.attempts >= kind.tries and not isinstance(error, TryLater)):
        _park(job, kind, said, now)
        _told(job, kind)
        return
    pause = min(FIRST_PAUSE * 2 ** min(job.attempts - 1, 12), LONGEST_PAUSE)
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.WAITING,
        attempts=job.attempts - 1 if isinstance(error, TryLater) else job.attempts,
        last_error=said,
        leased_until=None,
        next_try_at=now + pause,
        queued_at=now,
    )
