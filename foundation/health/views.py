"""/health/: alive, ready, and how all of it fares; inside figures only for who brings the token."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from foundation.health import collecting
from foundation.health.metrics import CONTENT_TYPE, exposition


def may_see_inside(request: HttpRequest) -> bool:
    """Whether the request bears HEALTH_TOKEN. Where none is configured nobody may."""
    sent = request.headers.get("Authorization", "")
    scheme, _space, token = sent.partition(" ")
    expected = settings.HEALTH_TOKEN
    return bool(expected) and scheme.lower() == "bearer" and constant_time_compare(token.strip(), expected)


def _said(body: dict[str, object], status: int = 200) -> HttpResponse:
    answer = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return _said({"ok": True})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The process reaches its database: it may be given requests. 503 otherwise."""
    well = collecting.is_ready()
    return _said({"ok": well}, 200 if well else 503)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether every figure is within its limit (503 otherwise); with the token also each figure, the bad ones first."""
    with translation.override("en" if request.COOKIES.get("language") == "en" else "zh-hans"):
        found = collecting.figures()
        well = all(one.well for one in found)
        body: dict[str, object] = {"ok": well}
        if may_see_inside(request):
            body["figures"] = [one.shown() for one in sorted(found, key=lambda one: one.well)]
        return _said(body, 200 if well else 503)


@require_safe
def watch(request: HttpRequest) -> HttpResponse:
    """Whether the sweep and the beat are within their limits; 503 otherwise, also where nobody knows."""
    found = [one for one in collecting.figures() if one.name == "beat_lag" or (one.name, one.of) == ("timed_age", "sweep")]
    well = bool(found) and all(one.well for one in found)
    return _said({"ok": well}, 200 if well else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The same figures, and the requests, as Prometheus reads them; only with the token."""
    if not may_see_inside(request):
        answer = _said({"error": "HEALTH_TOKEN"}, 401)
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    shown = HttpResponse(exposition(collecting.figures()), content_type=CONTENT_TYPE)
    shown["Cache-Control"] = "no-store"
    return shown
