"""From where a request comes: behind N trusted proxies, the N-th address from the right of X-Forwarded-For."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The caller's address, as text; what a caller writes itself into the header is never believed."""
    hops = int(settings.TRUSTED_PROXIES)
    if hops:
        told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(told) >= hops:
            return told[-hops][:60]
    return str(request.META.get("REMOTE_ADDR", ""))[:60]
