"""Clients of an agency that was merged: they act for the successor, and sign for it once its own head has confirmed them."""

from __future__ import annotations

from accounts.actors import Actor
from accounts.models import PostHolding
from core import audit
from systems.confirming import tell_agency
from systems.models import SystemClient


def posts_moved(holdings: list[PostHolding], by: Actor) -> None:
    """Called in the transaction in which these posts went to another agency. Endpoints and scopes stay; the agency is told.

    What the head of the old agency confirmed does not bind the new one: until its head confirms, such a client is shut, its tokens void.
    """
    rows = SystemClient.objects.select_for_update(of=("self",), no_key=True).filter(holding__in=holdings).order_by("pk")
    for client in rows.select_related("holding__agency__jurisdiction", "holding__user"):
        if client.needs_confirmation and client.confirmed_at is not None:
            client.confirmed_at = client.confirmed_by = None
            client.save(update_fields=["confirmed_at", "confirmed_by"])
            client.accesstoken_set.all().delete()
        detail = {"agency": client.holding.agency_id, "awaits_confirmation": client.awaits_confirmation}
        entry = audit.record("systemclient", client.pk, "systemclient.pass_on", by=by, **detail)
        tell_agency(client, "随机构并入转由本机关使用", f"{entry.pk}")
