"""A Redis that is frozen, refuses or is full costs a request at most a second, once, and nothing is lost."""

from __future__ import annotations

import select
import shutil
import socket
import tempfile
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from config.celery import app
from core.cache import KeptRedis
from foundation.work import kinds, queueing
from foundation.work.kinds import Kind
from ops import embedded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    monkeypatch.setattr(queueing, "_away_until", 0.0)
    monkeypatch.setattr(KeptRedis, "_away_until", 0.0)
    monkeypatch.setitem(kinds.KINDS, "toy", Kind("toy", "玩具", "letters", lambda pk: None, lambda now: range(50)))
    queueing._broker.cache_clear()
    app.conf.task_always_eager = False
    yield
    app.conf.task_always_eager = True
    queueing._broker.cache_clear()


class Frozen:
    """A server that takes connections and never answers; `asked()` counts them."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"redis://127.0.0.1:{self.server.getsockname()[1]}/0"
        self.held = []

    def asked(self):
        while select.select([self.server], [], [], 0)[0]:
            self.held.append(self.server.accept()[0])
        return len(self.held)

    def close(self):
        for one in [*self.held, self.server]:
            one.close()


@pytest.fixture
def frozen():
    made = Frozen()
    yield made
    made.close()


def cache_at(url):
    return KeptRedis(url, {"OPTIONS": dict(settings.CACHES["default"]["OPTIONS"])})


def test_all_that_a_request_may_wait_is_a_second():
    """Connecting and reading, of the cache and of the broker, each once."""
    of_cache, of_broker = settings.CACHES["default"]["OPTIONS"], queueing.PATIENCE_WITH_BROKER
    waits = [one[name] for one in (of_cache, of_broker) for name in ("socket_connect_timeout", "socket_timeout")]
    assert sum(waits) <= 1
    assert queueing.WAIT_FOR_PRODUCER <= 0.25
    assert of_cache["retry"].get_retries() == 0
    assert (of_broker["retry_on_timeout"], of_broker["max_retries"]) == (False, 0)


def test_a_frozen_cache_is_asked_once_and_is_then_as_good_as_empty(frozen):
    ours = cache_at(frozen.url)
    assert ours.get("a", "empty") == "empty"
    ours.set("a", 1)
    assert ours.get_many(["a", "b"]) == {}
    assert ours.add("b", 1) is True
    assert frozen.asked() == 1


def test_a_frozen_broker_is_asked_once_by_all_the_acts_of_a_request(frozen, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", frozen.url)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        for pk in range(20):
            queueing.queue("toy", pk)
    assert queueing.queue_unfinished(kinds.KINDS["toy"], timezone.now(), kinds.KINDS["toy"].patience) == 0
    assert frozen.asked() == 1


@pytest.fixture
def full():
    base = Path(tempfile.mkdtemp(prefix="yisong-", dir="/tmp"))
    server = embedded.start_redis(base / "redis")
    talk = redis.Redis.from_url(server.url)
    talk.config_set("maxmemory-policy", "noeviction")
    talk.config_set("maxmemory", "1")
    yield server.url
    server.stop()
    shutil.rmtree(base, ignore_errors=True)


def test_a_full_redis_ends_no_act_and_loses_no_work(full, monkeypatch, django_capture_on_commit_callbacks):
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        redis.Redis.from_url(full).set("a", "x")
    ours = cache_at(full)
    ours.set("a", 1)
    assert ours.get("a") is None
    assert KeptRedis._away_until > 0
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", full)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        queueing.queue("toy", 1)
    assert queueing._away_until > 0
    assert queueing.queue_unfinished(kinds.KINDS["toy"], timezone.now(), kinds.KINDS["toy"].patience) == 0


def test_the_pages_use_this_cache():
    assert settings.CACHES["default"]["BACKEND"] == "core.cache.KeptRedis"
