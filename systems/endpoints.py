"""Acts on endpoints: subscribe, renew the signing secret, switch off and on, resend. By the client itself or its administrator."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from core import audit
from core.errors import BadInput, NotVisible, Stale, WrongState
from core.etags import etag_of
from core.retries import tried_again
from systems.clients import clients_visible_to
from systems.event_kinds import EVENT_KINDS
from systems.models import Delivery, Endpoint, SystemClient
from systems.sending import check_url

MOST = 10


def clients_of(by: Actor) -> Any:
    """The client that `by` is, or those that `by` administers."""
    mine = SystemClient.objects.filter(holding_id=by.holding_id, holding__machine=True)
    return mine if mine.exists() else clients_visible_to(by)


def endpoints_visible_to(by: Actor) -> Any:
    return Endpoint.objects.filter(client__in=clients_of(by).values("pk")).select_related("client")


def deliveries_visible_to(by: Actor) -> Any:
    return Delivery.objects.filter(endpoint__in=endpoints_visible_to(by).values("pk")).select_related("event", "endpoint")


def _one(by: Actor, pk: int, if_match: int | None = None) -> Endpoint:
    found: Endpoint | None = endpoints_visible_to(by).select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("没有这个接收地址，或者您看不到它。"))
    if if_match is not None and if_match != found.version:
        raise Stale(_("这条记录已被改动，请重新读取。"), current=etag_of(found))
    return found


def _bump(endpoint: Endpoint, verb: str, by: Actor) -> Endpoint:
    endpoint.version += 1
    endpoint.save()
    audit.record("systemclient", endpoint.client_id, f"systemclient.{verb}", by=by, endpoint=endpoint.pk)
    return endpoint


@tried_again
def subscribe(client_id: int, *, by: Actor, url: str, verbs: list[str]) -> tuple[Endpoint, str]:
    """From now on the client's events go to `url` (only `verbs`, or all). Returns the row and the signing secret, shown once."""
    url = url.strip()
    check_url(url)
    unknown = sorted(set(verbs) - set(EVENT_KINDS))
    if unknown:
        sentence = _("没有这种事件：%(verb)s") % {"verb": unknown[0][:80]}
        raise BadInput(sentence, fields={"events": sentence})
    with transaction.atomic():
        client = clients_of(by).select_for_update(of=("self",), no_key=True).filter(pk=client_id).first()
        if client is None:
            raise NotVisible(_("没有这个对接客户端，或者您看不到它。"))
        open_ones = Endpoint.objects.filter(client=client, off_at=None)
        if open_ones.filter(url=url).exists():
            raise BadInput(_("这个地址已经订阅。"), fields={"url": _("这个地址已经订阅。")})
        if open_ones.count() >= MOST:
            raise BadInput(_("每个客户端最多 %(n)d 个接收地址。") % {"n": MOST}, fields={"url": _("接收地址过多")})
        endpoint = Endpoint.objects.create(client=client, url=url, verbs=sorted(set(verbs)), created_at=timezone.now())
        audit.record("systemclient", client.pk, "systemclient.subscribe", by=by, endpoint=endpoint.pk)
    return endpoint, endpoint.secret


@tried_again
def renew_signing_secret(pk: int, *, by: Actor, if_match: int | None = None) -> tuple[Endpoint, str]:
    """The next event is signed with the new secret, which is shown once."""
    with transaction.atomic():
        endpoint = _one(by, pk, if_match)
        endpoint.generation += 1
        _bump(endpoint, "renew_signing_secret", by)
    return endpoint, endpoint.secret


@tried_again
def switch_endpoint(pk: int, *, by: Actor, on: bool, if_match: int | None = None) -> Endpoint:
    """Off: nothing more is sent and what waits is parked. On: new events again; parked ones when resent."""
    now = timezone.now()
    with transaction.atomic():
        endpoint = _one(by, pk, if_match)
        if on == (endpoint.off_at is None):
            raise WrongState(_("接收地址已经是启用状态。") if on else _("接收地址已经停用。"))
        if on:
            if Endpoint.objects.filter(client_id=endpoint.client_id, url=endpoint.url, off_at=None).exists():
                raise WrongState(_("同一地址已有一个启用中的订阅。"))
            check_url(endpoint.url)
            endpoint.off_at, endpoint.off_reason, endpoint.failing_since, endpoint.failures, endpoint.paused_until = None, "", None, 0, None
        else:
            endpoint.off_at, endpoint.off_reason = now, by.name
            Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.WAITING).update(state=Delivery.State.PARKED)
        _bump(endpoint, f"endpoint_{'on' if on else 'off'}", by)
    return endpoint


@tried_again
def resend(pk: int, *, by: Actor) -> Delivery:
    """Send a delivered or parked event once more, from the beginning of its three days."""
    now = timezone.now()
    with transaction.atomic():
        delivery: Delivery | None = deliveries_visible_to(by).select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
        if delivery is None:
            raise NotVisible(_("没有这次投递，或者您看不到它。"))
        if delivery.endpoint.off_at is not None:
            raise WrongState(_("接收地址已停用，请先启用。"))
        delivery.state, delivery.next_at, delivery.first_tried_at, delivery.attempts = Delivery.State.WAITING, now, None, 0
        delivery.save()
        Endpoint.objects.filter(pk=delivery.endpoint_id).update(paused_until=None)
        audit.record("systemclient", delivery.endpoint.client_id, "systemclient.resend", by=by, delivery=delivery.pk)
    return delivery
