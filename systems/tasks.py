"""Background work of the events, on a queue of its own."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from systems import events, refusals


@shared_task
def send_events() -> None:
    """Fan out what is new, and give each endpoint with something due a task of its own: one that hangs holds up no other."""
    now = timezone.now()
    while events.fan_out(now):
        pass
    for endpoint_id in events.endpoints_to_serve(now):
        serve_endpoint.delay(endpoint_id)


@shared_task
def serve_endpoint(endpoint_id: int) -> int:
    return events.serve(endpoint_id)


@shared_task
def tidy() -> None:
    from oauth2_provider.models import clear_expired

    now = timezone.now()
    refusals.tell_rest(now)
    events.forget_old_events(now)
    clear_expired()
