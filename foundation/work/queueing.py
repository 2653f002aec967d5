"""Handing work to a queue, and finding what the queue lost. A broker that is away costs nothing but time."""

from __future__ import annotations

import datetime as dt
import functools
import logging
import time
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import LimitExceeded
from kombu.exceptions import OperationalError as BrokerAway
from kombu.pools import producers
from redis.exceptions import RedisError

from foundation.work.kinds import KINDS
from foundation.work.models import Job

log = logging.getLogger("yisong.work")
# A broker that is away or frozen costs a request less than a second, and is then left alone for a while.
PATIENCE_WITH_BROKER = {"socket_timeout": 0.6, "socket_connect_timeout": 0.6, "retry_on_timeout": False}
LEFT_ALONE = 5.0
_away_until = 0.0
# How many lost subjects of one kind are queued again at a time.
AT_ONCE = 200


def queue(kind: str, subject_id: int) -> None:
    """Inside an act's transaction: have this subject worked on after commit.

    If the broker cannot be reached nothing is lost: the subject says that it is unfinished, and `find_lost` queues it.
    """
    transaction.on_commit(lambda: _send(kind, subject_id), robust=True)


def _send(kind: str, subject_id: int) -> bool:
    from foundation.work.tasks import work

    global _away_until
    if time.monotonic() < _away_until:
        return False
    known = KINDS[kind]
    limits = {"soft_time_limit": known.seconds, "time_limit": known.seconds + 15}
    try:
        with producers[_broker()].acquire(block=True, timeout=1) as producer:
            work.apply_async((kind, subject_id), queue=known.queue, producer=producer, retry=False, **limits)
    except (BrokerAway, RedisError, LimitExceeded, OSError):
        _away_until = time.monotonic() + LEFT_ALONE
        log.warning("the broker is away: %s waits for the watch", kind)
        return False
    return True


@functools.cache
def _broker() -> Connection:
    return Connection(settings.CELERY_BROKER_URL, transport_options=PATIENCE_WITH_BROKER)


def find_lost(now: dt.datetime) -> int:
    """Queue again what is unfinished and nobody has in hand; returns how much. `now` is aware."""
    found = 0
    for kind in KINDS.values():
        unfinished = list(islice(iter(kind.unfinished(now)), AT_ONCE))
        if not unfinished:
            continue
        known = {job.subject_id: job for job in Job.objects.filter(kind=kind.name, subject_id__in=unfinished)}
        lost = [pk for pk in unfinished if pk not in known or _is_lost(known[pk], now, kind.patience)]
        for pk in lost:
            if not _send(kind.name, pk):
                return found
            Job.objects.update_or_create(kind=kind.name, subject_id=pk, defaults={"queued_at": now})
            found += 1
    return found


def _is_lost(job: Job, now: dt.datetime, patience: dt.timedelta) -> bool:
    if job.state == Job.State.PARKED or (job.next_try_at and job.next_try_at > now):
        return False
    if job.state == Job.State.RUNNING and job.leased_until and job.leased_until > now:
        return False
    return job.queued_at is None or job.queued_at <= now - patience


def try_parked_again(kind: str, subject_id: int) -> bool:
    """An administrator has the parked work tried anew, from the first attempt; False if it was not parked."""
    freed = Job.objects.filter(kind=kind, subject_id=subject_id, state=Job.State.PARKED).update(
        state=Job.State.WAITING, attempts=0, next_try_at=None, queued_at=timezone.now()
    )
    if freed:
        _send(kind, subject_id)
    return bool(freed)


def oldest_waiting(now: dt.datetime) -> dict[str, float]:
    """Seconds that the oldest job of each queue has been due and not done, for health and figures."""
    ages = {kind.queue: 0.0 for kind in KINDS.values()}
    waiting = Job.objects.exclude(state__in=(Job.State.DONE, Job.State.PARKED)).filter(Q(next_try_at=None) | Q(next_try_at__lte=now))
    for job in waiting.exclude(queued_at=None).order_by("queued_at")[:1000]:
        if job.kind in KINDS and job.queued_at:
            queue_name = KINDS[job.kind].queue
            ages[queue_name] = max(ages[queue_name], (now - job.queued_at).total_seconds())
    return ages
