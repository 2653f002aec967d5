"""What the database ends for a collision is run again; nothing else is."""

from __future__ import annotations

import threading

import pytest
from django.db import OperationalError, connections, transaction

from accounts.models import Jurisdiction
from core.retries import tried_again
from tests.conftest import world_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_that_block_each_other_both_succeed():
    """A real deadlock: each holds one row and wants the other's."""
    one, two = world_of("xuecheng").jurisdiction.pk, world_of("zhoucun").jurisdiction.pk
    barrier, runs, failed = threading.Barrier(2), [], []

    @tried_again
    def touch(first, second):
        runs.append(first)
        with transaction.atomic():
            Jurisdiction.objects.select_for_update().get(pk=first)
            if len(runs) <= 2:
                barrier.wait(10)
            Jurisdiction.objects.select_for_update().get(pk=second)

    def run(first, second):
        try:
            touch(first, second)
        except OperationalError as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    assert len(runs) == 3


def test_another_error_of_the_database_is_not_tried_again():
    runs = []

    @tried_again
    def broken():
        runs.append(1)
        raise OperationalError("the server went away")

    with pytest.raises(OperationalError):
        broken()
    assert len(runs) == 1


def test_inside_a_transaction_of_the_caller_nothing_is_tried_again(monkeypatch):
    monkeypatch.setattr("core.retries.is_collision", lambda error: True)
    runs = []

    @tried_again
    def collides():
        runs.append(1)
        raise OperationalError

    with pytest.raises(OperationalError), transaction.atomic():
        collides()
    assert len(runs) == 1
    with pytest.raises(OperationalError):
        collides()
    assert len(runs) == 6
