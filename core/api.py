"""A refusal as the REST door says it: RFC 9457 problem+json with a stable type, a sentence, the paths and the clause."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, UnreadablePostError
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core.away import nothing_changed
from core.errors import BadInput, Refused, Slowed, TooLarge
from core.full import is_full, storage_full
from core.problems import KINDS, PROBLEM, type_of

OF_FRAMEWORK = {
    400: "bad-input", 401: "not-signed-in", 403: "not-allowed", 404: "not-visible", 405: "method-not-allowed", 406: "not-acceptable",
    415: "media-type", 429: "too-many",
}  # fmt: skip


class ErrorShape(serializers.Serializer):
    pointer = serializers.CharField(required=False, help_text="Path in the body (RFC 6901, as a URI fragment)")
    parameter = serializers.CharField(required=False, help_text="Name of the query parameter")
    header = serializers.CharField(required=False, help_text="Name of the header")
    detail = serializers.CharField()


class ChangeShape(serializers.Serializer):
    version = serializers.IntegerField()
    verb = serializers.CharField()
    label = serializers.CharField()
    at = serializers.DateTimeField()
    agency = serializers.CharField()


class CandidateShape(serializers.Serializer):
    """A referral of one's own agency that looks the same."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    from_agency = serializers.IntegerField()
    to_agency = serializers.IntegerField(allow_null=True)
    certain = serializers.BooleanField(help_text="The same facts; otherwise they only look the same")
    score = serializers.FloatField(help_text="0 to 1")
    agrees = serializers.ListField(child=serializers.CharField(), help_text="What agrees: party, place, matter, time, facts")
    clause = serializers.CharField(help_text="The clause that forbids sending it; empty where it is allowed")
    road = serializers.CharField(help_text="The verb on that referral that is the right road instead, if any")


class ProblemShape(serializers.Serializer):
    """RFC 9457."""

    type = serializers.CharField(help_text="Stable; explained at the address")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    clause = serializers.CharField(required=False, help_text="Clause of the local document that the refusal rests on")
    errors = ErrorShape(many=True, required=False)
    scope = serializers.CharField(required=False)
    current = serializers.CharField(required=False, help_text="412: the ETag of now")
    changes = ChangeShape(many=True, required=False)
    candidates = CandidateShape(many=True, required=False)


def problem(kind: str, detail: str, **more: Any) -> Response:
    """The response for a refusal of `kind` (a name in core.problems.KINDS)."""
    known = KINDS[kind]
    body = {"type": type_of(kind), "title": str(known.title), "status": known.status, "detail": detail}
    return Response(body | {k: v for k, v in more.items() if v}, status=known.status, content_type=PROBLEM)


def _paths(fields: dict[str, str], context: dict[str, Any]) -> list[dict[str, str]]:
    """Where each sentence belongs: a header, a query parameter of a read, or a place in the body."""
    request = context.get("request")
    reading = request is not None and request.method in ("GET", "HEAD")
    found = []
    for name, sentence in fields.items():
        if re.fullmatch(r"[A-Z][a-z]+(-[A-Z][a-z]+)+", name):
            found.append({"header": name, "detail": str(sentence)})
        elif reading:
            found.append({"parameter": name, "detail": str(sentence)})
        else:
            found.append({"pointer": f"#/{name}" if name else "#", "detail": str(sentence)})
    return found


def _flat(detail: Any, path: str = "") -> dict[str, str]:
    if isinstance(detail, dict):
        return {k: v for name, inner in detail.items() for k, v in _flat(inner, f"{path}/{name}" if path else str(name)).items()}
    if isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        return {k: v for at, inner in enumerate(detail) for k, v in _flat(inner, f"{path}/{at}" if path else str(at)).items()}
    return {path: " ".join(map(str, detail if isinstance(detail, list) else [detail]))}


def refusal_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: our refusals, and the framework's own, in one shape. None for what is a fault of ours."""
    if isinstance(error, RequestDataTooBig):
        error = TooLarge(_("请求体过大。"))
    elif isinstance(error, UnreadablePostError):
        error = BadInput(_("请求体没有传完，未作任何改动。"))
    elif isinstance(error, SuspiciousOperation):
        error = BadInput(_("请求的内容不合规。"))
    elif is_full(error) and not isinstance(error, Refused):
        error = storage_full(nothing_changed(context["request"]))
    if isinstance(error, Refused):
        told = problem(error.kind, error.reason, clause=error.clause, errors=_paths(error.fields, context), **error.more())
        if isinstance(error, Slowed):
            told["Retry-After"] = str(error.wait)
        return told
    if isinstance(error, exceptions.ValidationError):
        return problem("bad-input", _("提交的内容有误。"), errors=_paths(_flat(error.detail), context))
    if isinstance(error, Http404):
        return problem("not-visible", _("没有这条记录，或者您看不到它。"))
    if isinstance(error, PermissionDenied):
        return problem("not-allowed", str(error) or _("不允许。"))
    response = exception_handler(error, context)
    if response is not None and isinstance(error, exceptions.APIException):
        scope = getattr(error, "scope", "")
        kind = "scope-missing" if scope else OF_FRAMEWORK.get(response.status_code, "bad-input")
        made = problem(kind, str(error.detail), scope=scope)
        for name in ("WWW-Authenticate", "Retry-After", "Allow"):
            if response.has_header(name):
                made[name] = response[name]
        return made
    return response
