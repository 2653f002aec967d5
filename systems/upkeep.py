"""What the events need at set times."""

from __future__ import annotations

import datetime as dt

from foundation.work.kinds import KINDS
from foundation.work.queueing import queue_unfinished
from systems import events, refusals

# The name of this kind of background work: one subject is one endpoint with something to send.
EVENTS = "events"
# How soon an endpoint that still has something to send is handed to a worker again.
AGAIN = dt.timedelta(seconds=4)


def send_events(now: dt.datetime) -> None:
    """Fan out what is new, and give each endpoint with something due a job of its own: one that hangs holds up no other."""
    while events.fan_out(now):
        pass
    queue_unfinished(KINDS[EVENTS], now, AGAIN)


def tidy(now: dt.datetime) -> None:
    """Tell the trail of the last refused calls; forget events that nobody waits for, and access tokens that ended."""
    from oauth2_provider.models import clear_expired

    refusals.tell_rest(now)
    events.forget_old_events(now)
    clear_expired()


def whose_endpoint(endpoint_id: int) -> int | None:
    """The district of the agency that the endpoint's client acts for."""
    from systems.models import Endpoint

    return Endpoint.objects.filter(pk=endpoint_id).values_list("client__holding__agency__jurisdiction_id", flat=True).first()
