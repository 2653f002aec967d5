"""Nothing more is told to a client whose post ended, whose user is deactivated or whose agency is abolished."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Agency, PostHolding, User
from systems.models import Delivery
from tests import make
from tests.systems.conftest import caller
from tests.systems.test_events import receiver, run, subscribed

__all__ = ["receiver"]


def post_ended(system):
    PostHolding.objects.filter(pk=system.client.holding_id).update(
        since=timezone.localdate() - timedelta(days=9), until=timezone.localdate() - timedelta(days=1)
    )


def deactivated(system):
    User.objects.filter(pk=system.client.holding.user_id).update(is_active=False)


def abolished(system):
    Agency.objects.filter(pk=system.client.holding.agency_id).update(valid_to=timezone.localdate() - timedelta(days=1))


@pytest.mark.parametrize("end", [post_ended, deactivated, abolished])
def test_events_after_the_end_are_not_even_made(xuecheng, receiver, end):
    system = caller(xuecheng, "区综合行政执法局")
    subscribed(system, receiver.url)
    make.delivered(xuecheng)
    end(system)
    run()
    assert receiver.got == []
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("end", [post_ended, deactivated, abolished])
def test_what_was_waiting_at_the_end_is_not_sent(xuecheng, receiver, end):
    from systems import events

    system = caller(xuecheng, "区综合行政执法局")
    subscribed(system, receiver.url)
    make.delivered(xuecheng)
    while events.fan_out(timezone.now()):
        pass
    assert Delivery.objects.filter(state=Delivery.State.WAITING).exists()
    end(system)
    for endpoint in set(Delivery.objects.values_list("endpoint_id", flat=True)):
        events.serve(endpoint)
    assert events.endpoints_to_serve(timezone.now()) == []
    assert receiver.got == []
