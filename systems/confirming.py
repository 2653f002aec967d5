"""A client that signs or decides is the agency's own affair: its head confirms it, is given the secret, and can end it.

An administrator registers such a client and never holds its secret, so that no administrator can sign as an agency.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from oauth2_provider.generators import generate_client_secret

from accounts.actors import Actor, people_at
from accounts.kinds import HEADS, SIGNING
from accounts.models import Agency, PostHolding, in_force
from core import audit
from core.acts import demand
from core.decisions import Allow, Decision, Deny
from core.errors import BadInput, NotVisible
from core.retries import tried_again
from notifications.models import Message
from notifications.telling import Note, tell
from systems.models import SystemClient


def may_confirm_clients(by: Actor, agency: Agency) -> Decision:
    """The agency's head in person, not who deputises; for an agency that has no head, the leader of its government."""
    if by.deputy or not by.holds(*HEADS):
        return Deny(_("对接客户端由所属机关的主要负责人本人确认。"))
    if by.of(agency.pk):
        return Allow()
    headless = not PostHolding.objects.filter(in_force(timezone.localdate()), agency=agency, post__in=HEADS, machine=False).exists()
    if headless and by.in_government_office and by.jurisdiction_id == agency.jurisdiction_id:
        return Allow()
    return Deny(_("对接客户端由所属机关的主要负责人本人确认。"))


def clients_of_agency(by: Actor) -> Any:
    """The clients that act for the actor's own agency."""
    rows = SystemClient.objects.select_related("holding__agency__jurisdiction", "holding__user", "confirmed_by")
    return rows.filter(holding__agency_id=by.agency_id).order_by("disabled_at", "-pk") if by.holds(*HEADS) else rows.none()


def _own_client(pk: int, by: Actor) -> SystemClient:
    """The locked client of the head's agency. Raises NotVisible, NotAllowed."""
    rows = SystemClient.objects.select_for_update(of=("self",), no_key=True).select_related("holding__agency__jurisdiction")
    client = rows.filter(pk=pk, holding__agency__jurisdiction_id=by.jurisdiction_id).first()
    if client is None:
        raise NotVisible(_("没有这个对接客户端，或者您看不到它。"))
    demand(may_confirm_clients(by, client.holding.agency))
    return client


@tried_again
def confirm_client(pk: int, *, by: Actor) -> tuple[SystemClient, str]:
    """The head confirms what was registered or changed, or renews the secret, which is shown to the head alone, once.

    Raises NotVisible, NotAllowed (not the head in person), BadInput (nothing to confirm).
    """
    secret = generate_client_secret()
    with transaction.atomic():
        client = _own_client(pk, by)
        if not client.needs_confirmation or client.disabled_at is not None:
            raise BadInput(_("这个客户端不需要确认，或者已经停用。"))
        client.confirmed_at, client.confirmed_by, client.client_secret = timezone.now(), by.user, secret
        client.save()
        client.accesstoken_set.all().delete()
        detail = {"post": client.holding.post, "scopes": client.scopes, "networks": client.networks}
        audit.record("systemclient", pk, "systemclient.confirm", by=by, **detail)
    return client, secret


@tried_again
def end_client(pk: int, *, by: Actor) -> SystemClient:
    """The head ends a client of the agency at once, tokens included. Switched on again, it has to be confirmed again."""
    with transaction.atomic():
        client = _own_client(pk, by)
        client.disabled_at, client.confirmed_at, client.confirmed_by = timezone.now(), None, None
        client.ended_by_agency = True
        client.save(update_fields=["disabled_at", "confirmed_at", "confirmed_by", "ended_by_agency"])
        client.accesstoken_set.all().delete()
        audit.record("systemclient", pk, "systemclient.end", by=by)
    return client


def tell_agency(client: SystemClient, what: str, key: str) -> None:
    """Tell those who lead the agency what an administrator did with a client that acts for it."""
    agency, today = client.holding.agency, timezone.localdate()
    people = people_at({agency.pk}, SIGNING, today)
    words = {"agency": agency.short_name, "client": client.name, "post": client.holding.get_post_display(), "what": what}
    text = _("以%(agency)s%(post)s身份对接的系统“%(client)s”：%(what)s。") % words
    if client.awaits_confirmation:
        text += _("经主要负责人确认后才能使用。")
    kind = Message.Kind.SYSTEM
    notes = [Note(p.user_id, f"client:{client.pk}:{key}", kind, text, reverse("agency-systems"), kind in p.mail_kinds) for p in people]
    tell(notes, at=timezone.now())
