"""Acts on clients: register, change, renew the secret, switch off. Every one is in the trail; secrets are shown once."""

from __future__ import annotations

import datetime as dt
import ipaddress
import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from oauth2_provider.generators import generate_client_secret

from accounts.actors import Actor, actor_in
from accounts.kinds import THREE_ADMINISTRATORS, Post
from accounts.models import Agency, PostHolding, User
from accounts.standing import demand_standing
from core import audit
from core.acts import demand
from core.errors import BadInput, NotAllowed, NotVisible
from core.retries import tried_again
from core.text import clean_name, shortened
from systems.confirming import tell_agency
from systems.models import SystemClient
from systems.policies import may_administer_clients
from systems.scopes import Scope

LONGEST = dt.timedelta(days=731)
POSTS = [p for p in Post if p not in (*THREE_ADMINISTRATORS, Post.SYSTEM)]


def clients_visible_to(by: Actor) -> Any:
    """The clients of the administrator's own jurisdiction; nobody else's."""
    rows = SystemClient.objects.select_related("holding__agency__jurisdiction", "holding__agency__parent", "holding__user")
    return rows.filter(holding__agency__jurisdiction_id=by.jurisdiction_id) if may_administer_clients(by) else rows.none()


def client_for(by: Actor, pk: int) -> SystemClient:
    demand(may_administer_clients(by))
    found: SystemClient | None = clients_visible_to(by).filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("没有这个对接客户端，或者您看不到它。"))
    return found


def networks_in(text: str) -> list[str]:
    """Addresses or networks (CIDR), one a line or separated by commas, in their plain form. Raises BadInput naming the first bad one."""
    found = []
    for part in text.replace(",", "\n").replace("，", "\n").split():
        try:
            found.append(str(ipaddress.ip_network(part, strict=False)))
        except ValueError:
            sentence = _("“%(part)s”不是 IP 地址或网段。") % {"part": part[:60]}
            raise BadInput(sentence, fields={"networks": sentence}) from None
    return found


def _checked(scopes: list[str], expires_at: dt.datetime) -> None:
    unknown = sorted(set(scopes) - set(Scope.values))
    if unknown or not scopes:
        sentence = _("请至少选择一个权限范围。") if not scopes else _("没有这个权限范围：%(scope)s") % {"scope": unknown[0]}
        raise BadInput(sentence, fields={"scopes": sentence})
    now = timezone.now()
    if not now < expires_at <= now + LONGEST:
        sentence = _("有效期须晚于现在，最长两年。")
        raise BadInput(sentence, fields={"expires_at": sentence})


@tried_again
def register_client(
    *, by: Actor, agency: Agency, name: str, post: str, scopes: list[str], expires_at: dt.datetime, networks: str = ""
) -> tuple[SystemClient, str]:
    """A client with a post of its own in `agency`, which it acts in from now on; the agency is told.

    Returns the row and the secret, shown once; '' where the agency's head has to confirm it and is given the secret then.
    """
    if not by.is_system:
        demand(may_administer_clients(by, agency))
    demand_standing("agency", [agency])
    if not name.strip():
        raise BadInput(_("请填写系统名称。"), fields={"name": _("请填写系统名称。")})
    if post not in POSTS:
        raise BadInput(_("对接系统不能担任这个岗位。"), fields={"post": _("对接系统不能担任这个岗位。")})
    _checked(scopes, expires_at)
    allowed, secret = networks_in(networks), generate_client_secret()
    with transaction.atomic():
        user = User(username=f"system-{secrets.token_hex(8)}", first_name=shortened(clean_name(name), 60))
        user.set_unusable_password()
        user.save()
        holding = PostHolding.objects.create(user=user, agency=agency, post=post, title=name.strip()[:40], machine=True, since=timezone.localdate())
        client = SystemClient.objects.create(
            name=name.strip()[:60], holding=holding, scopes=sorted(set(scopes)), networks=allowed, expires_at=expires_at, client_secret=secret,
            client_type=SystemClient.CLIENT_CONFIDENTIAL, authorization_grant_type=SystemClient.GRANT_CLIENT_CREDENTIALS,
        )  # fmt: skip
        entry = audit.record(
            "systemclient", client.pk, "systemclient.register", by=by, agency=agency.pk, post=post, scopes=client.scopes, networks=allowed
        )
        tell_agency(client, _("已登记"), f"{entry.pk}")
    return client, "" if client.needs_confirmation else secret


@tried_again
def change_client(pk: int, *, by: Actor, scopes: list[str], expires_at: dt.datetime, networks: str = "") -> SystemClient:
    """Other scopes, another expiry, other addresses; the agency is told.

    Tokens already given out are void at once where a scope was taken away. What the head confirmed has to be confirmed
    again unless it only became narrower.
    """
    _checked(scopes, expires_at)
    allowed = networks_in(networks)
    with transaction.atomic():
        client = client_for(by, pk)
        wider = bool(set(scopes) - set(client.scopes)) or expires_at > client.expires_at or allowed != client.networks
        if set(client.scopes) - set(scopes):
            _revoke_tokens(client)
        client.scopes, client.expires_at, client.networks = sorted(set(scopes)), expires_at, allowed
        if client.needs_confirmation and wider:
            client.confirmed_at = client.confirmed_by = None
            _revoke_tokens(client)
        client.save()
        entry = audit.record(
            "systemclient", pk, "systemclient.change", by=by, scopes=client.scopes, networks=allowed, expires_at=expires_at.isoformat()
        )
        tell_agency(client, _("权限、期限或地址已变更"), f"{entry.pk}")
    return client


@tried_again
def renew_secret(pk: int, *, by: Actor) -> tuple[SystemClient, str]:
    """A new secret; the old one and every token of it are void at once. Returns the row and the secret, shown once."""
    secret = generate_client_secret()
    with transaction.atomic():
        client = client_for(by, pk)
        if client.needs_confirmation:
            raise NotAllowed(_("可以签发或决定的客户端，密钥由所属机关的主要负责人更换和保管。"))
        client.client_secret = secret
        client.save()
        _revoke_tokens(client)
        audit.record("systemclient", pk, "systemclient.renew_secret", by=by)
    return client, secret


@tried_again
def switch_client(pk: int, *, by: Actor, on: bool) -> SystemClient:
    """Off: at once, tokens included. On again: needs an expiry that lies ahead."""
    with transaction.atomic():
        client = client_for(by, pk)
        if on and client.expires_at <= timezone.now():
            raise BadInput(_("客户端已过有效期，请先延长。"), fields={"expires_at": _("已过有效期")})
        client.disabled_at = None if on else timezone.now()
        client.save(update_fields=["disabled_at"])
        if not on:
            _revoke_tokens(client)
        entry = audit.record("systemclient", pk, f"systemclient.switch_{'on' if on else 'off'}", by=by)
        tell_agency(client, _("已启用") if on else _("已停用"), f"{entry.pk}")
    return client


def _revoke_tokens(client: SystemClient) -> None:
    client.accesstoken_set.all().delete()


def actor_of(client: SystemClient) -> Actor:
    return actor_in(client.holding.user, client.holding)


def address_allowed(client: SystemClient, address: str) -> bool:
    """Without a list every address may; with one, only those on it."""
    if not client.networks:
        return True
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in ipaddress.ip_network(network) for network in client.networks)


@tried_again
def record_token(client: SystemClient, scope: str, address: str) -> None:
    """Keep that a token was given out."""
    with transaction.atomic():
        SystemClient.objects.filter(pk=client.pk).update(last_used_at=timezone.now())
        audit.record("systemclient", client.pk, "systemclient.token", by=actor_of(client), scope=scope, address=address)
