"""What a caller of the REST door and what a person is shown when nothing more particular can be said."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

from core.problems import KINDS, PROBLEM, type_of

DOOR = "/api/"


def _problem(kind: str, detail: str) -> HttpResponse:
    known = KINDS[kind]
    body = {"type": type_of(kind), "title": str(known.title), "status": known.status, "detail": detail}
    return JsonResponse(body, status=known.status, content_type=PROBLEM, json_dumps_params={"ensure_ascii": False})


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    if request.path.startswith(DOOR):
        return _problem("not-visible", _("没有这个地址。"))
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    if request.path.startswith(DOOR):
        return _problem("bad-input", _("请求的内容不合规。"))
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(DOOR):
        return _problem("server-error", str(KINDS["server-error"].advice))
    return defaults.server_error(request)
