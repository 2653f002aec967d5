"""Rows say what is to be done; queues only carry it. Nothing is lost, nothing is tried for ever, nobody stops anybody else."""

from __future__ import annotations

import datetime as dt
import socket

import psycopg
import pytest
from django.db import OperationalError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway

from foundation.work import kinds, queueing
from foundation.work.kinds import GiveUp, Kind, TryLater
from foundation.work.models import Job
from foundation.work.performing import perform
from foundation.work.queueing import find_lost, queue, try_parked_again
from foundation.work.tasks import work

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


class Toy:
    """A kind of work whose subjects are numbers: what is to be done, what was done, and what goes wrong."""

    def __init__(self):
        self.todo, self.done, self.wrong, self.parked = set(), [], {}, []

    def run(self, subject_id):
        if subject_id in self.wrong:
            raise self.wrong[subject_id]
        if subject_id in self.done:
            return
        self.done.append(subject_id)
        self.todo.discard(subject_id)


@pytest.fixture
def toy(monkeypatch, settings):
    settings.WORK_RAISES = False
    monkeypatch.setattr(queueing, "_away_until", 0.0)
    made = Toy()
    kind = Kind("toy", "玩具", "letters", made.run, lambda now: sorted(made.todo), tries=3, parked=lambda pk, e: made.parked.append(pk))
    monkeypatch.setattr(kinds, "KINDS", kinds.KINDS)
    monkeypatch.setitem(kinds.KINDS, "toy", kind)
    return made


def job(pk):
    return Job.objects.get(kind="toy", subject_id=pk)


def test_work_is_done_after_the_act_has_committed(toy, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        queue("toy", 1)
        assert toy.done == []
    assert toy.done == [1]
    assert job(1).state == "done"


def test_without_a_broker_the_act_stands_and_the_work_is_found_later(toy, monkeypatch, django_capture_on_commit_callbacks):
    def away(*_a, **_k):
        raise BrokerAway("refused")

    toy.todo = {1}
    with monkeypatch.context() as broken:
        broken.setattr(work, "apply_async", away)
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            queue("toy", 1)
        assert find_lost(timezone.now()) == 0
    assert toy.done == []
    monkeypatch.setattr(queueing, "_away_until", 0.0)
    assert find_lost(timezone.now()) == 1
    assert toy.done == [1]


def test_what_fails_is_tried_again_with_growing_pauses_then_parked_and_told(toy, monkeypatch):
    toy.todo, toy.wrong = {1}, {1: ValueError("王某的材料")}
    now, pauses = timezone.now(), []
    for _ in range(3):
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        assert perform("toy", 1) is False
        assert perform("toy", 1) is False, "not before its time"
        if job(1).next_try_at:
            pauses.append(job(1).next_try_at - now)
            now = job(1).next_try_at
    assert (job(1).state, job(1).attempts) == ("parked", 3)
    assert pauses[1] > pauses[0]
    assert job(1).last_error == "ValueError", "what was worked on is not in the error"
    assert toy.parked == [1]
    assert find_lost(now + dt.timedelta(days=30)) == 0


def test_poison_stops_nobody_else(toy):
    toy.todo, toy.wrong = {1, 2, 3}, {1: ValueError()}
    find_lost(timezone.now())
    assert toy.done == [2, 3]


def test_what_gives_up_is_parked_at_once_and_what_waits_for_a_server_never(toy, monkeypatch):
    toy.wrong = {1: GiveUp("岗位已变动"), 2: TryLater("mail server away")}
    perform("toy", 1)
    assert (job(1).state, job(1).last_error) == ("parked", "岗位已变动")
    now = timezone.now()
    for _ in range(20):
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        perform("toy", 2)
        now += dt.timedelta(hours=2)
    assert job(2).state == "waiting"


def test_one_worker_at_a_time_and_a_dead_ones_work_is_taken_over(toy):
    now = timezone.now()
    toy.todo = {1}
    Job.objects.create(kind="toy", subject_id=1, state="running", attempts=1, leased_until=now + MINUTE, queued_at=now)
    assert perform("toy", 1) is False
    assert find_lost(now) == 0
    assert toy.done == []
    Job.objects.update(leased_until=now - MINUTE, queued_at=now - 10 * MINUTE)
    assert find_lost(now) == 1
    assert toy.done == [1]


def test_what_a_dead_worker_had_finished_is_closed(toy):
    """Killed between the end of the work and the row that says so."""
    now = timezone.now()
    Job.objects.create(kind="toy", subject_id=1, state="running", attempts=1, leased_until=now - MINUTE, queued_at=now - 2 * MINUTE)
    assert find_lost(now) == 1
    assert job(1).state == "done"


def test_what_failed_is_queued_when_its_pause_is_over_and_then_given_its_patience(toy, monkeypatch):
    toy.todo, toy.wrong, sent = {1}, {1: TryLater("mail server away")}, []
    monkeypatch.setattr(work, "apply_async", lambda *a, **k: sent.append(a))
    now = timezone.now()
    perform("toy", 1)
    again = job(1).next_try_at
    assert again - now < MINUTE
    assert [find_lost(again - dt.timedelta(seconds=1)), find_lost(again), find_lost(again + MINUTE), find_lost(again + 3 * MINUTE)] == [0, 1, 0, 1]


def test_what_lies_in_its_queue_is_not_queued_again_before_its_patience_ends(toy, monkeypatch):
    toy.todo = {1}
    sent = []
    monkeypatch.setattr(work, "apply_async", lambda *a, **k: sent.append(a))
    now = timezone.now()
    assert [find_lost(now), find_lost(now + MINUTE), find_lost(now + 3 * MINUTE)] == [1, 0, 1]
    assert len(sent) == 2


def test_parked_work_is_tried_again_from_its_first_attempt(toy, django_capture_on_commit_callbacks):
    toy.wrong = {1: GiveUp("x")}
    perform("toy", 1)
    toy.wrong = {}
    with django_capture_on_commit_callbacks(execute=True):
        assert try_parked_again("toy", 1) is True
    assert job(1).attempts == 1
    assert toy.done == [1]
    assert try_parked_again("toy", 1) is False


def test_a_database_that_was_away_is_no_try(toy):
    lost = OperationalError("x")
    lost.__cause__ = psycopg.errors.AdminShutdown()
    toy.wrong = {1: lost}
    perform("toy", 1)
    assert (job(1).attempts, job(1).last_error) == (0, "database away")


def test_what_ends_its_worker_each_time_is_parked_too(toy):
    """Out of memory, or past its limit: no error is ever caught; the attempts that were begun are counted all the same."""
    Job.objects.create(kind="toy", subject_id=1, state="running", attempts=3, leased_until=timezone.now() - MINUTE)
    assert perform("toy", 1) is False
    assert (job(1).state, job(1).last_error) == ("parked", "the worker ended in the middle")
    assert toy.done == []
    assert toy.parked == [1]


def test_a_crash_between_the_queue_and_the_row_does_nothing_twice(toy, monkeypatch):
    """Queued, and dead before the row says so: queued once more, done once."""
    toy.todo, sent = {1}, []
    monkeypatch.setattr(work, "apply_async", lambda args, **k: sent.append(args))
    with monkeypatch.context() as dead:
        dead.setattr(Job.objects, "update_or_create", lambda **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            find_lost(timezone.now())
    find_lost(timezone.now())
    assert sent == [("toy", 1), ("toy", 1)]
    assert [perform(*args) for args in sent] == [True, True]
    assert toy.done == [1]


def test_what_is_queued_again_keeps_its_age(toy, monkeypatch):
    toy.todo = {1}
    monkeypatch.setattr(work, "apply_async", lambda *a, **k: None)
    now = timezone.now()
    for minutes in (0, 3, 6):
        find_lost(now + minutes * MINUTE)
    assert queueing.oldest_waiting(now + 9 * MINUTE)["letters"] >= 9 * 60 - 5
    assert queueing.oldest_waiting(now)["mail"] == 0


def test_what_failed_is_due_only_when_its_pause_is_over(toy):
    now = timezone.now()
    Job.objects.create(kind="toy", subject_id=1, since=now - 60 * MINUTE, next_try_at=now + MINUTE)
    assert queueing.oldest_waiting(now)["letters"] == 0
    assert queueing.oldest_waiting(now + 2 * MINUTE)["letters"] == 60


def test_every_run_has_a_limit_and_a_queue_of_its_own(toy, monkeypatch, django_capture_on_commit_callbacks):
    given = {}
    monkeypatch.setattr(work, "apply_async", lambda *a, **k: given.update(k))
    with django_capture_on_commit_callbacks(execute=True):
        queue("toy", 1)
    assert given["queue"] == "letters"
    assert given["time_limit"] > given["soft_time_limit"] > 0
    with pytest.raises(ValueError, match="no worker serves"):
        kinds.register(Kind("lost", "", "nowhere", toy.run, lambda now: ()))


def test_a_frozen_broker_is_asked_once_and_then_left_alone(toy, monkeypatch, settings):
    from config.celery import app

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        queueing._broker.cache_clear()
        app.conf.task_always_eager = False
        try:
            toy.todo = {1, 2, 3}
            assert find_lost(timezone.now()) == 0
            assert queueing._away_until > 0
        finally:
            app.conf.task_always_eager = True
            queueing._broker.cache_clear()
    assert toy.done == []
