"""Two people at once: one wins, the other is told."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from core.errors import Refused
from documents.models import OfficialDocument
from referrals import services
from referrals.models import Referral
from tests import make
from tests.conftest import world_of

pytestmark = pytest.mark.django_db(transaction=True)


def race(*acts):
    barrier, done, told = threading.Barrier(len(acts)), [], []

    def run(act):
        try:
            barrier.wait()
            done.append(act())
        except Refused as refusal:
            told.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, told


def test_accepting_and_objecting_at_once():
    world = world_of("xuecheng")
    referral = make.signed_for(world)
    by = make.receiver(world)
    done, told = race(lambda: services.accept_referral(referral.pk, by=by), lambda: services.object_referral(referral.pk, by=by, reasons="不归我"))
    assert (len(done), len(told)) == (1, 1)
    assert told[0].status == 409
    assert Referral.objects.get(pk=referral.pk).state in ("accepted", "disputed")


def test_two_leaders_sign_at_once_and_one_number_is_taken():
    world = world_of("xuecheng")
    referral = make.submitted(world)
    acts = [lambda post=post: services.sign_referral(referral.pk, by=make.sender(world, post)) for post in ("leader_in_charge", "head")]
    done, told = race(*acts)
    assert (len(done), len(told)) == (1, 1)
    assert OfficialDocument.objects.filter(subject_id=referral.pk).count() == 1


def test_the_same_key_twice_at_once_files_once():
    world = world_of("xuecheng")
    by = make.sender(world)
    done, told = race(*[lambda: services.start_draft(by=by, data={"place": "某地"}, key="same")] * 3)
    assert told == []
    assert len({r.pk for r in done}) == 1


def test_withdrawing_while_it_is_signed_for():
    world = world_of("xuecheng")
    referral = make.delivered(world)
    done, told = race(
        lambda: services.withdraw_referral(referral.pk, by=make.sender(world), reason="已自行改正"),
        lambda: services.sign_for_referral(referral.pk, by=make.receiver(world)),
    )
    assert (len(done), len(told)) == (1, 1)
