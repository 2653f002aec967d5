"""Two at once, and the queue that events have to themselves."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from referrals.models import Referral
from tests.conftest import world_of
from tests.systems.conftest import Caller, caller


@pytest.mark.django_db(transaction=True)
def test_the_same_request_twice_at_once_acts_once():
    first = caller(world_of("xuecheng"), "区住建局")
    first.fetch_token()
    answers, gate = [], threading.Barrier(4)

    def file():
        mine = Caller(first.client, first.secret)
        mine.token = first.token
        gate.wait()
        answers.append(mine.post("referrals/", {"place": "同时路"}, Idempotency_Key="together"))
        connection.close()

    threads = [threading.Thread(target=file) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    assert Referral.objects.filter(case__place="同时路").count() == 1


def test_events_have_a_queue_of_their_own():
    from django.conf import settings

    from foundation.work.kinds import KINDS, TIMED

    assert KINDS["events"].queue == TIMED["send-events"].queue == "events"
    assert settings.CELERY_BEAT_SCHEDULE["send-events"]["options"]["queue"] == "events"
    assert TIMED["sweep"].queue == "watch"
