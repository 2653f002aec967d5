"""A living worker keeps what it has in hand for as long as it may take; a dead one lets go of it soon."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.utils import timezone

from foundation.work import kinds, leasing
from foundation.work.kinds import Kind
from foundation.work.models import Job
from foundation.work.performing import perform

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def works(monkeypatch, settings):
    """works(run, seconds): the leases of the job each time that `run` looks, renewed every 20 ms."""
    settings.WORK_RAISES = False
    monkeypatch.setattr(leasing, "RENEWED_EVERY", 0.02)
    monkeypatch.setattr(kinds, "KINDS", kinds.KINDS)

    def go(run, seconds=60):
        monkeypatch.setitem(kinds.KINDS, "toy", Kind("toy", "玩具", "letters", run, lambda now: [], seconds=seconds))
        return perform("toy", 1)

    return go


def lease():
    return Job.objects.values_list("leased_until", flat=True).get()


def until_it_changes(before):
    for _ in range(200):
        time.sleep(0.02)
        if lease() != before:
            return lease()
    return before


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_short_and_renewed_while_the_worker_works(works):
    seen = []

    def run(_pk):
        seen.append(lease())
        seen.append(until_it_changes(seen[0]))

    began = timezone.now()
    assert works(run)
    assert seen[0] <= began + leasing.LEASE + SECOND
    assert seen[1] > seen[0]
    assert Job.objects.get().leased_until is None


@pytest.mark.django_db(transaction=True)
def test_past_its_limit_nothing_is_renewed(works, monkeypatch):
    monkeypatch.setattr(leasing, "AND_THEN_SOME", 0)
    seen = []

    def run(_pk):
        time.sleep(0.1)
        seen.append(lease())
        time.sleep(0.2)
        seen.append(lease())

    assert works(run, seconds=0)
    assert seen[0] == seen[1]
