"""Health is answered before anything else is asked, and every other request is counted and timed by its view's name."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from core.log_context import view_of
from core.request_log import method_of
from foundation.health.metrics import REQUESTS, SECONDS

OURS = ("/health/", "/metrics")


def health_first(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A probe has no session, no language and no right host name, and must be answered while the database is frozen."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(OURS):
            return _counted(request, get_response)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return get_response(request)
        answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
        answer["Cache-Control"] = "no-store"
        return answer

    return middleware


def _counted(request: HttpRequest, get_response: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    began = time.perf_counter()
    status = 500
    try:
        answer = get_response(request)
        status = answer.status_code
        return answer
    finally:
        view = view_of(request)
        REQUESTS.labels(view, method_of(request), str(status)).inc()
        SECONDS.labels(view).observe(time.perf_counter() - began)
