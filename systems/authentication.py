"""A bearer token of a client: the token, the client, its post and the caller's address are checked anew on every request."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from oauth2_provider.models import get_access_token_model
from oauthlib.common import generate_token
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from core.addresses import client_address
from systems.clients import actor_of, address_allowed
from systems.models import SystemClient
from systems.refusals import record_refusal
from systems.scopes import Scope

PREFIX = "ys_"
_HOLDING, _AGENCY = "application__holding__", "application__holding__agency__"
NEEDED = (
    "scope", "expires", "application__scopes", "application__networks", "application__expires_at", "application__disabled_at", "application__confirmed_at", "application__ended_by_agency", f"{_HOLDING}agency", f"{_HOLDING}post",
    f"{_HOLDING}title", f"{_HOLDING}since", f"{_HOLDING}until", f"{_HOLDING}user__username", f"{_HOLDING}user__first_name", f"{_HOLDING}user__is_active",
    f"{_HOLDING}user__must_change_password", *(f"{_AGENCY}{name}" for name in ("key", "kind", "name", "short_name", "doc_code", "phone", "parent", "jurisdiction", "valid_from", "valid_to")),
    f"{_AGENCY}jurisdiction__key", f"{_AGENCY}jurisdiction__name", f"{_AGENCY}jurisdiction__second_factor_posts", f"{_AGENCY}parent__name", f"{_AGENCY}parent__short_name", f"{_AGENCY}parent__jurisdiction",
)  # fmt: skip


def new_token(request: Any) -> str:
    """For django-oauth-toolkit: tell our access tokens from personal ones by their first letters."""
    return PREFIX + generate_token(length=40)


def why_unusable(client: SystemClient, address: str) -> str:
    """'' or the reason for which this client is refused now, from this address."""
    now, holding = timezone.now(), client.holding
    today = timezone.localdate(now)
    if client.disabled_at is not None or not holding.user.is_active:
        return "switched-off"
    if client.expires_at <= now or not holding.in_force_on(today):
        return "expired"
    if client.awaits_confirmation:
        return "unconfirmed"
    if not address_allowed(client, address):
        return "address"
    return ""


class ClientToken(authentication.BaseAuthentication):
    """`Authorization: Bearer ys_…`, as given out at /api/v1/token/."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        header = authentication.get_authorization_header(request).split()
        if len(header) != 2 or header[0].lower() != b"bearer" or not header[1].startswith(PREFIX.encode()):
            return None
        checksum = hashlib.sha256(header[1]).hexdigest()
        deep = "application__holding"
        rows = get_access_token_model().objects.select_related(f"{deep}__user", f"{deep}__agency__jurisdiction", f"{deep}__agency__parent")
        token = rows.only(*NEEDED).filter(token_checksum=checksum, expires__gt=timezone.now()).first()
        if token is None:
            raise exceptions.AuthenticationFailed(_("令牌无效、已过期或已撤销。"))
        client: SystemClient = token.application
        address = client_address(request._request)
        why = why_unusable(client, address)
        if why:
            record_refusal(client, why, address)
            raise exceptions.AuthenticationFailed(_("令牌无效、已过期或已撤销。"))
        request._request._actor = actor_of(client)
        return client.holding.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="yisong"'


class ScopeMissing(exceptions.PermissionDenied):
    """403 that names the scope."""

    def __init__(self, scope: str) -> None:
        super().__init__(_("令牌缺少权限范围“%(scope)s”（%(label)s）。") % {"scope": scope, "label": Scope(scope).label})
        self.scope = scope


class HasScope(permissions.BasePermission):
    """A client's token carries the scope that the view names for the method; a person in a post needs none."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        if token is None or not hasattr(token, "scope"):
            return True
        wanted = view.scopes.get("GET" if request.method == "HEAD" else request.method)
        if wanted is None:
            # A method that the view does not have: it answers 405 itself.
            return True
        # A scope taken away from the client is gone at once, also from tokens already given out.
        if wanted not in token.scope.split() or wanted not in token.application.scopes:
            record_refusal(token.application, f"scope:{wanted}", client_address(request._request))
            raise ScopeMissing(wanted)
        return True


class ClientTokenScheme(OpenApiAuthenticationExtension):
    target_class = "systems.authentication.ClientToken"
    name = "client"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        flow = {"tokenUrl": "/api/v1/token/", "scopes": {value: str(label) for value, label in Scope.choices}}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        scopes = getattr(auto_schema.view, "scopes", {})
        return {self.name: [str(scopes.get(auto_schema.method) or scopes.get("GET", "read"))]}
