"""Each request has a number of its own, in its answer and in every line of the log, and one line when it is answered."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.log_context import doing

log = logging.getLogger("yisong.access")
HEADER = "X-Request-ID"
# A proxy's own number is kept if it is a UUID, with or without hyphens; anything else could be somebody's data.
_GIVEN = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def method_of(request: HttpRequest) -> str:
    """One of the usual methods, or "-": a method is whatever the caller wrote."""
    return request.method if request.method in METHODS else "-"


def request_logged(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Around everything that a person or a system asks (health apart, which is asked too often to be worth a line)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "").lower()
        number = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        began = time.perf_counter()
        with doing(request_id=number, request=request):
            response = get_response(request)
            response[HEADER] = number
            ms = round((time.perf_counter() - began) * 1000)
            log.info("answered", extra={"method": method_of(request), "status": response.status_code, "ms": ms})
        return response

    return middleware
