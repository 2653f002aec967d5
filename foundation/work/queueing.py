"""Handing work to a queue, and finding what the queue lost. A broker that is away costs nothing but time."""

from __future__ import annotations

import datetime as dt
import functools
import logging
import time
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import LimitExceeded
from kombu.exceptions import OperationalError as BrokerAway
from kombu.pools import producers
from redis.exceptions import RedisError

from core.retries import tried_again
from foundation.work.kinds import KINDS, QUEUES, Kind
from foundation.work.models import Job

log = logging.getLogger("yisong.work")
# A broker that is away or frozen costs a request less than a second, and is then left alone for a while.
PATIENCE_WITH_BROKER = {
    "socket_timeout": 0.25,
    "socket_connect_timeout": 0.25,
    "retry_on_timeout": False,
    # The library's own: three more tries with seconds between them.
    "max_retries": 0,
}
# Seconds to wait for another thread of this process to finish its own sending.
WAIT_FOR_PRODUCER = 0.25
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
        with producers[_broker()].acquire(block=True, timeout=WAIT_FOR_PRODUCER) as producer:
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
    return sum(queue_unfinished(kind, now, kind.patience) for kind in list(KINDS.values()))


def queue_unfinished(kind: Kind, now: dt.datetime, patience: dt.timedelta) -> int:
    """Queue what of this kind is unfinished, in nobody's hand, and was not queued within `patience`; returns how much.

    The row says "queued" only after the queue has it. Whoever dies between the two leaves it to be queued once more, and
    the second one to come finds it leased or done.
    """
    # What was begun comes first: it is known to be in nobody's hand, and its row is closed even where nothing is left to do.
    unfinished = list(dict.fromkeys([*_let_go(kind, now), *islice(iter(kind.unfinished(now)), AT_ONCE)]))
    if not unfinished:
        return 0
    known = {job.subject_id: job for job in Job.objects.filter(kind=kind.name, subject_id__in=unfinished)}
    found = 0
    for pk in unfinished:
        if pk in known and not _is_lost(known[pk], now, patience):
            continue
        if not _send(kind.name, pk):
            break
        Job.objects.update_or_create(kind=kind.name, subject_id=pk, defaults={"queued_at": now})
        found += 1
    return found


def _let_go(kind: Kind, now: dt.datetime) -> list[int]:
    """What a dead worker had in hand, and what failed and is due again."""
    dead, due = Q(state=Job.State.RUNNING, leased_until__lte=now), Q(state=Job.State.WAITING, next_try_at__lte=now)
    return list(Job.objects.filter(dead | due, kind=kind.name).order_by("pk").values_list("subject_id", flat=True)[:AT_ONCE])


def _is_lost(job: Job, now: dt.datetime, patience: dt.timedelta) -> bool:
    """Whether nobody has it: it was let go and not queued since, or lies in a queue for longer than its patience."""
    if job.state in (Job.State.PARKED, Job.State.GIVEN_UP):
        return False
    let_go = job.leased_until if job.state == Job.State.RUNNING else job.next_try_at
    if let_go and let_go > now:
        return False
    queued = job.queued_at
    return queued is None or (let_go is not None and queued < let_go) or queued <= now - patience


@tried_again
def try_parked_again(kind: str, subject_id: int) -> bool:
    """Parked work is tried anew, from the first attempt; False if it was not parked."""
    with transaction.atomic():
        now = timezone.now()
        freed = Job.objects.filter(kind=kind, subject_id=subject_id, state=Job.State.PARKED).update(
            state=Job.State.WAITING, attempts=0, next_try_at=None, queued_at=now, since=now, parked_at=None
        )
        if freed:
            anew = KINDS[kind].anew
            if anew is not None:
                anew(subject_id)
            queue(kind, subject_id)
    return bool(freed)


def give_parked_up(kind: str, subject_id: int) -> bool:
    """Parked work is left undone for good; False if it was not parked."""
    return bool(Job.objects.filter(kind=kind, subject_id=subject_id, state=Job.State.PARKED).update(state=Job.State.GIVEN_UP, done_at=timezone.now()))


def oldest_waiting(now: dt.datetime) -> dict[str, float]:
    """Seconds that the oldest job of each queue has been due and not done, for health and figures. One query."""
    ages = dict.fromkeys(QUEUES, 0.0)
    waiting = Job.objects.filter(state=Job.State.WAITING).filter(Q(next_try_at=None) | Q(next_try_at__lte=now))
    oldest = waiting.values("kind").annotate(due=Min(Greatest("since", Coalesce("next_try_at", "since"))))
    for row in oldest:
        if row["kind"] in KINDS:
            queue_name = KINDS[row["kind"]].queue
            ages[queue_name] = max(ages[queue_name], (now - row["due"]).total_seconds())
    return ages
