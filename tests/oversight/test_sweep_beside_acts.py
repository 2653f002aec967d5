"""The sweep and people's acts at once: neither waits for the other, nobody is refused for the database's sake."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connections
from django.utils import timezone

from core.acts import act
from deadlines.models import ClockStep
from oversight import watch
from oversight.models import Escalation
from referrals import services
from referrals.models import Referral
from referrals.policies.answering import may_accept
from referrals.selectors import referrals_visible_to
from tests import make
from tests.conftest import world_of

pytestmark = pytest.mark.django_db(transaction=True)
# The limits of every document have run out by then.
LATER = dt.timedelta(days=60)


def beside(work):
    """A thread that does `work` and closes its connection."""

    def run():
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_the_sweep_escalates_a_referral_while_somebody_is_acting_on_it():
    world = world_of("xuecheng")
    referral = make.signed_for(world)
    by, later = make.receiver(world), timezone.now() + LATER
    with act(referrals_visible_to(by), referral.pk, "accept", by=by, may=may_accept) as (locked, _performing):
        sweep = beside(lambda: watch.sweep(later))
        sweep.join(8)
        assert not sweep.is_alive(), "the sweep waits for a person's act"
        locked.accept(by=by, at=timezone.now(), note="")
    assert Escalation.objects.filter(subject_kind="referral", subject_id=referral.pk).exists()
    assert Referral.objects.get(pk=referral.pk).state == "accepted"


def test_many_acts_beside_many_sweeps_all_succeed():
    world = world_of("xuecheng")
    referrals = [make.signed_for(world, place=f"泰山路{n}号", party_code=make.credit_code(n)) for n in range(8)]
    by, later, failed = make.receiver(world), timezone.now() + LATER, []

    def attempt(work):
        try:
            work()
        except Exception as error:
            failed.append(error)

    acts = [beside(lambda r=r: attempt(lambda: services.accept_referral(r.pk, by=by))) for r in referrals]
    sweeps = [beside(lambda: attempt(lambda: watch.sweep(later))) for _ in range(3)]
    for thread in (*acts, *sweeps):
        thread.join(60)
    watch.sweep(later)
    assert failed == []
    assert set(Referral.objects.filter(pk__in=[r.pk for r in referrals]).values_list("state", flat=True)) == {"accepted"}
    steps = ClockStep.objects.filter(step="overdue").values_list("clock_id", "step")
    assert len(steps) == len(set(steps))
