"""Every task carries a registered piece of work, has an end, and its row says what became of it."""

from __future__ import annotations

import inspect
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from config.celery import app
from foundation.work import kinds, runs, tasks
from foundation.work.kinds import KINDS, TIMED, Timed
from foundation.work.models import Run
from foundation.work.runs import last_end, run_timed
from ops.demo import WORKERS

# They carry a name and a number; whatever else is a task would stand in no row.
CARRIERS = {"foundation.work.tasks.work", "foundation.work.tasks.at_set_time"}


def ours():
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def test_every_task_is_a_carrier_of_registered_work():
    assert set(ours()) == CARRIERS
    assert "performing.perform" in inspect.getsource(tasks.work)
    assert "runs.run_timed" in inspect.getsource(tasks.at_set_time)


def test_every_task_has_an_end():
    for name, task in ours().items():
        hard = task.time_limit or app.conf.task_time_limit
        soft = task.soft_time_limit or app.conf.task_soft_time_limit
        assert 0 < soft < hard, name
    for kind in KINDS.values():
        assert 0 < kind.seconds <= 1800, kind.name


def test_what_the_beat_calls_for_is_what_is_registered():
    called = settings.CELERY_BEAT_SCHEDULE
    assert set(called) == set(TIMED)
    for name, entry in called.items():
        assert entry["task"] in CARRIERS
        assert entry["args"] == (name,)
        assert entry["options"]["queue"] == TIMED[name].queue
        assert entry["options"]["expires"] < entry["schedule"]


def test_every_job_of_the_product_is_registered():
    assert {"letter", "mail", "ledger", "trail_check", "events"} <= set(KINDS)
    assert {"sweep", "digest", "seal-audit", "anchor-audit", "send-events", "find-lost-work"} <= set(TIMED)


def test_every_queue_has_a_worker_whose_pool_ends_what_takes_too_long():
    """Only processes can be ended from outside. Threads are for what ends its calls itself (systems/sending.py: ten seconds in all)."""
    assert set(WORKERS) == set(kinds.QUEUES)
    assert {queue for queue, pool in WORKERS.items() if "threads" in pool} == {"events"}


@pytest.mark.django_db
class TestWhatComesAtSetTimes:
    @pytest.fixture
    def toy(self, monkeypatch):
        seen = []

        def run(now):
            seen.append(now)
            if len(seen) < 3:
                raise ValueError("王某")

        monkeypatch.setitem(kinds.TIMED, "toy", Timed("toy", "玩具", "watch", run))
        monkeypatch.setitem(settings.CELERY_BEAT_SCHEDULE, "toy", {"schedule": 60.0})
        return seen

    def test_its_row_says_how_often_it_failed_why_and_when_it_comes_again(self, toy):
        for _time in range(2):
            with pytest.raises(ValueError, match="王某"):
                run_timed("toy")
        row = Run.objects.get(pk="toy")
        assert (row.failures, row.last_error, row.ended_at) == (2, "ValueError", None)
        assert row.next_at - row.began_at == timedelta(seconds=60)
        run_timed("toy")
        row.refresh_from_db()
        assert (row.failures, row.last_error) == (0, "")
        assert last_end("toy") is not None

    def test_the_task_does_it(self, toy):
        toy += [1, 2]
        tasks.at_set_time("toy")
        assert Run.objects.get(pk="toy").failures == 0

    def test_each_that_is_registered_runs(self):
        for name in TIMED:
            runs.run_timed(name)
        assert set(Run.objects.filter(failures=0, ended_at__lte=timezone.now()).values_list("name", flat=True)) >= set(TIMED)
