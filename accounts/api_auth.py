"""How the REST door knows who acts: a bearer token bound to a post, or the browser's session."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from accounts.actors import acting, actor_in, demands_second_factor
from accounts.models import ApiToken


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class BearerToken(authentication.BaseAuthentication):
    """`Authorization: Bearer …`. The token's post decides what it may do."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        header = authentication.get_authorization_header(request).split()
        if not header or header[0].lower() != b"bearer":
            return None
        if len(header) != 2:
            raise exceptions.AuthenticationFailed(_("令牌格式不对。"))
        token = (
            ApiToken.objects.select_related("holding__user", "holding__agency__jurisdiction", "holding__agency__parent")
            .filter(digest=digest_of(header[1].decode("latin-1")), revoked_at=None, expires_at__gt=timezone.now())
            .first()
        )
        holding = token.holding if token else None
        if holding is None or not holding.in_force_on(timezone.localdate()):
            raise exceptions.AuthenticationFailed(_("令牌无效、已过期或已撤销。"))
        if demands_second_factor(holding):
            raise exceptions.AuthenticationFailed(_("这个岗位须用动态口令，个人令牌不能使用；请改用经确认的对接客户端。"))
        request._request._actor = actor_in(holding.user, holding)
        return holding.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="yisong"'


class SignedInSession(authentication.SessionAuthentication):
    """The browser's session, with CSRF."""

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="yisong"'


class HasActor(permissions.BasePermission):
    """Signed in and holding a post; everything else is the acts' own business."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        return acting(request._request) is not None and not request.user.must_change_password


class BearerTokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api_auth.BearerToken"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api_auth.SignedInSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
