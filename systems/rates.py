"""How often a caller may ask: so many requests a minute each, told in the standard headers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW = 60
log = logging.getLogger("yisong.rates")


def spend(who: str, most: int) -> tuple[int, int]:
    """Take one of `most` requests of this minute from `who`: (how many are left, below zero when none was; seconds to the next minute).

    Without a cache nobody is held up: the limit protects the service, it is not a right.
    """
    now = int(time.time())
    wait, key = WINDOW - now % WINDOW, f"rate:{who}:{now // WINDOW}"
    try:
        cache.add(key, 0, WINDOW + 5)
        return most - cache.incr(key), wait
    except Exception:
        log.warning("the rate of requests could not be counted")
        return most, wait


class PerCaller(BaseThrottle):
    """Each client, token or person has a minute of its own."""

    seconds = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        token = request.auth
        who = f"client:{token.application_id}" if hasattr(token, "application_id") else f"user:{request.user.pk}"
        most = int(settings.REST_RATE)
        left, self.seconds = spend(who, most)
        request._request._rate = (most, max(left, 0), self.seconds)
        return left >= 0

    def wait(self) -> float:
        return self.seconds


def rate_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """RateLimit-Policy and RateLimit (IETF httpapi), on every answer that was counted."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        rate = getattr(request, "_rate", None)
        if rate:
            most, left, wait = rate
            response["RateLimit-Policy"] = f'"minute";q={most};w={WINDOW}'
            response["RateLimit"] = f'"minute";r={left};t={wait}'
        return response

    return middleware
