"""From the outbox to the endpoints: who may know of an event, in which order, how often, and when to give up."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.kinds import CLERKS, Post
from accounts.models import PostHolding, in_force
from core import audit
from core.models import OutboxEvent
from core.nouns import by_kind, internal_acts, noun
from core.retries import tried_again
from notifications.models import Message
from notifications.telling import Note, tell
from systems.clients import actor_of
from systems.models import Delivery, Endpoint
from systems.sending import Answer, send

BATCH = 500
GIVE_UP = dt.timedelta(days=3)
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(seconds=30), dt.timedelta(hours=6)
LEASE = dt.timedelta(seconds=90)
AT_ONCE = dt.timedelta(seconds=40)
KEPT = dt.timedelta(days=30)


@tried_again
def fan_out(now: dt.datetime) -> int:
    """Make a delivery of each new event for each endpoint whose post may see its subject; returns how many events were looked at.

    Visibility is asked of the same queries as pages and REST, at this moment.
    """
    with transaction.atomic():
        events = list(OutboxEvent.objects.select_for_update(skip_locked=True, no_key=True).filter(fanned_at=None).order_by("id")[:BATCH])
        if not events:
            return 0
        districts = {e.jurisdiction_id for e in events}
        rows: list[Delivery] = []
        for endpoint in _listening(districts, now):
            by = actor_of(endpoint.client)
            mine = [e for e in events if e.jurisdiction_id == by.jurisdiction_id and (not endpoint.verbs or e.verb in endpoint.verbs)]
            seen, internal = _seen(by, mine), _internal(by, mine)
            told = [e for e in mine if (e.subject_kind, e.subject_id) in seen and e.pk not in internal]
            rows += [Delivery(endpoint=endpoint, event=e, stream=e.stream, next_at=now) for e in told]
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        OutboxEvent.objects.filter(pk__in=[e.pk for e in events]).update(fanned_at=now)
        return len(events)


def _listening(districts: set[int], now: dt.datetime) -> QuerySet[Endpoint]:
    deep = "client__holding"
    rows = Endpoint.objects.select_related(f"{deep}__user", f"{deep}__agency__jurisdiction").filter(_usable(now))
    return rows.filter(client__scopes__contains=["read"], client__holding__agency__jurisdiction_id__in=districts)


def _usable(now: dt.datetime) -> Q:
    """Endpoints that may be told anything now: on, of a client that is on and not expired, in a post that gives rights today.

    Asked when an event is handed out and again when it is sent: a post that ended, a person deactivated, an agency abolished
    meanwhile gets nothing more, not even what was waiting.
    """
    posts = PostHolding.objects.filter(in_force(timezone.localdate(now)))
    return Q(off_at=None, client__disabled_at=None, client__expires_at__gt=now, client__holding__in=posts)


def _seen(by: Any, events: list[OutboxEvent]) -> set[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    for kind, ids in by_kind((e.subject_kind, e.subject_id) for e in events).items():
        found |= {(kind, pk) for pk in noun(kind).visible_to(by).filter(pk__in=ids).values_list("pk", flat=True)}
    return found


def _internal(by: Any, events: list[OutboxEvent]) -> set[int]:
    """Ids of the events that would tell a party or the late agency of a proposal before the decision."""
    told = internal_acts()
    asked = [e for e in events if e.verb in told]
    shut: set[tuple[str, int]] = set()
    for kind, ids in by_kind((e.subject_kind, e.subject_id) for e in asked).items():
        shut |= {(kind, pk) for pk in noun(kind).shut_to(by, ids)}
    return {e.pk for e in asked if (e.subject_kind, e.subject_id) in shut}


def endpoints_to_serve(now: dt.datetime) -> list[int]:
    """Endpoints with something to send that is due, not paused, and that nobody is serving."""
    due = Delivery.objects.filter(endpoint=OuterRef("pk"), state=Delivery.State.WAITING, next_at__lte=now)
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    ready = Q(paused_until=None) | Q(paused_until__lte=now)
    return list(Endpoint.objects.filter(free, ready, Exists(due), _usable(now)).values_list("pk", flat=True))


def serve(endpoint_id: int) -> int:
    """Send one endpoint what is due, oldest first in each stream, for at most a while; returns how many it took.

    One at a time per endpoint (a lease, not a lock: nothing in the database waits for another's server).
    """
    began = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=began)
    if not Endpoint.objects.filter(free, _usable(began), pk=endpoint_id).update(lease_until=began + LEASE):
        return 0
    taken = 0
    try:
        while timezone.now() < began + AT_ONCE:
            delivery = _next(endpoint_id, timezone.now())
            if delivery is None:
                break
            if not attempt(delivery):
                break
            taken += 1
    finally:
        Endpoint.objects.filter(pk=endpoint_id).update(lease_until=None)
    return taken


def _next(endpoint_id: int, now: dt.datetime) -> Delivery | None:
    """The oldest delivery that is due and before which nothing of its stream still waits."""
    earlier = Delivery.objects.filter(
        endpoint_id=endpoint_id, stream=OuterRef("stream"), state=Delivery.State.WAITING, event_id__lt=OuterRef("event_id")
    )
    rows = Delivery.objects.filter(endpoint_id=endpoint_id, state=Delivery.State.WAITING, next_at__lte=now, endpoint__off_at=None)
    return rows.exclude(Exists(earlier)).select_related("endpoint", "event").order_by("event_id").first()


def body_of(event: OutboxEvent) -> bytes:
    """What is sent: what happened to what, when, by which agency. Whoever wants more reads the subject, with its own rights."""
    said = {
        "id": str(event.uid), "type": event.verb, "at": timezone.localtime(event.at).isoformat(), "stream": event.stream,
        "subject": {"kind": event.subject_kind, "id": event.subject_id}, "agency": event.agency_id, **event.data,
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()


def attempt(delivery: Delivery) -> bool:
    """Send one delivery once and write down what came of it; True when it was taken."""
    now = timezone.now()
    answer = send(delivery.endpoint.url, delivery.endpoint.secret, body_of(delivery.event), str(delivery.event.uid), now.timestamp())
    _write_down(delivery, answer, timezone.now())
    return answer.taken


@tried_again
def _write_down(delivery: Delivery, answer: Answer, now: dt.datetime) -> None:
    with transaction.atomic():
        endpoint = (
            Endpoint.objects.select_for_update(of=("self",), no_key=True).select_related("client__holding__agency").get(pk=delivery.endpoint_id)
        )
        delivery.attempts += 1
        delivery.first_tried_at = delivery.first_tried_at or now
        delivery.last_tried_at, delivery.status = now, answer.status or None
        delivery.answer, delivery.milliseconds = answer.words, answer.milliseconds
        if answer.taken:
            delivery.state, delivery.delivered_at = Delivery.State.DELIVERED, now
            endpoint.failing_since, endpoint.failures, endpoint.paused_until = None, 0, None
        else:
            endpoint.failures += 1
            endpoint.failing_since = endpoint.failing_since or now
            delivery.next_at = now + pause_after(delivery.attempts)
            if now - delivery.first_tried_at >= GIVE_UP:
                delivery.state = Delivery.State.PARKED
            if answer.status == 0 or answer.status >= 500 or answer.status == 429:
                # Not this event's fault: the whole endpoint rests.
                endpoint.paused_until = now + pause_after(min(endpoint.failures, delivery.attempts))
            if now - endpoint.failing_since >= GIVE_UP:
                _switch_off(endpoint, now)
                delivery.state = Delivery.State.PARKED
        delivery.save()
        endpoint.save(update_fields=["failing_since", "failures", "paused_until", "off_at", "off_reason"])


def pause_after(attempts: int) -> dt.timedelta:
    """30 s, 1 min, 2 min, 4 min … 6 h."""
    return min(FIRST_PAUSE * 2 ** min(max(attempts - 1, 0), 20), LONGEST_PAUSE)


def _switch_off(endpoint: Endpoint, now: dt.datetime) -> None:
    """Three days without one success: no more is sent, what waits is parked, the owner and the administrators are told."""
    from accounts.actors import people_at, system_actor
    from accounts.models import Agency

    endpoint.off_at, endpoint.off_reason = now, "连续三天没有一次送达"
    Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.WAITING).update(state=Delivery.State.PARKED)
    agency = endpoint.client.holding.agency
    day = timezone.localdate(now)
    offices = set(Agency.objects.filter(jurisdiction_id=agency.jurisdiction_id, holdings__post=Post.SECURITY).values_list("pk", flat=True))
    people = [*people_at({agency.pk}, CLERKS, day), *people_at(offices, (Post.SECURITY,), day)]
    text = f"对接系统“{endpoint.client.name}”的事件接收地址已停用：{endpoint.off_reason}"
    key = f"endpoint-off:{endpoint.pk}:{now.timestamp():.0f}"
    tell([Note(p.user_id, key, Message.Kind.SYSTEM, text, "/messages/", Message.Kind.SYSTEM in p.mail_kinds) for p in people], at=now)
    audit.record("systemclient", endpoint.client_id, "systemclient.endpoint_off", by=system_actor("事件投递"), endpoint=endpoint.pk)


def forget_old_events(now: dt.datetime) -> int:
    """Delete events (and their deliveries) older than thirty days that wait for nobody; returns how many rows went."""
    waiting = Delivery.objects.filter(event=OuterRef("pk"), state=Delivery.State.WAITING)
    old = OutboxEvent.objects.filter(at__lt=now - KEPT, fanned_at__isnull=False).exclude(Exists(waiting))
    return old.delete()[0]
