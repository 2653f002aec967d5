"""A refusal as the REST door says it: RFC 9457 problem+json."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core.errors import Refused

PROBLEM = "application/problem+json"


def problem(status: int, kind: str, detail: str, **more: Any) -> Response:
    body = {"type": f"/problems/{kind}", "title": kind, "status": status, "detail": detail} | {k: v for k, v in more.items() if v}
    return Response(body, status=status, content_type=PROBLEM)


def refusal_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: our refusals, and the framework's own, in one shape."""
    if isinstance(error, Refused):
        return problem(error.status, error.kind, error.reason, clause=error.clause, errors=error.fields)
    if isinstance(error, exceptions.ValidationError):
        return problem(400, "bad-input", "提交的内容有误。", errors=error.detail)
    if isinstance(error, Http404):
        return problem(404, "not-visible", "没有这条记录，或者您看不到它。")
    if isinstance(error, PermissionDenied):
        return problem(403, "not-allowed", str(error) or "不允许。")
    response = exception_handler(error, context)
    if response is not None and isinstance(error, exceptions.APIException):
        made = problem(response.status_code, str(error.default_code).replace("_", "-"), str(error.detail))
        for name in ("WWW-Authenticate", "Retry-After"):
            if response.has_header(name):
                made[name] = response[name]
        return made
    return response
