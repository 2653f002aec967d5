"""The base of every REST view, and how a view is described: which scope, which precondition, which refusals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.cache import get_conditional_response
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from core.api import ProblemShape
from core.problems import KINDS

PAGE = 25
ALWAYS = (401, 403, 406, 429)
OF_KEY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
          "description": "The same key and request within 72 hours is answered with the first answer"}  # fmt: skip
OF_MATCH = {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string", "minLength": 1},
            "description": "The ETag of the version that was seen", "example": '"v3"'}  # fmt: skip


class Rest(APIView):
    """`scopes`: what a client's token needs for each method. `if_match`: the methods that change something that has a version.
    `found`: the address names something that may not be there."""

    scopes: ClassVar[dict[str, str]] = {"GET": "read"}
    if_match: ClassVar[tuple[str, ...]] = ()
    found: ClassVar[bool] = True
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """An answer to a read that names no version of its own gets a weak ETag of what it says: who polls is told 304 for nothing new."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.method in ("GET", "HEAD") and response.status_code == 200 and isinstance(response, Response) and not response.has_header("ETag"):
            response.add_post_render_callback(lambda rendered: _conditional(request, rendered))
        return response


def _conditional(request: Any, response: Any) -> Any:
    digest = hashlib.sha256(response.content).hexdigest()[:32]
    response["ETag"] = f'W/"{digest}"'
    return get_conditional_response(request._request, response["ETag"], None, response)


class Described(AutoSchema):
    """Adds to each operation the headers it takes and every refusal it can answer with."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is None or not isinstance(self.view, Rest):
            return operation
        method, view = self.method, self.view
        changes = method in view.if_match
        statuses = {400, *ALWAYS, *((404,) if view.found else ())}
        if method != "GET":
            statuses |= {409, 413, 415}
        if changes:
            statuses |= {412, 428}
            operation.setdefault("parameters", []).append(OF_MATCH)
        if method == "POST":
            statuses |= {422}
            operation.setdefault("parameters", []).append(OF_KEY)
        statuses |= set(getattr(view, "also_answers", ()))
        shape = {"application/problem+json": {"schema": self.resolve_serializer(ProblemShape, "response").ref}}
        titles = {kind.status: str(kind.title) for kind in KINDS.values()}
        for status in sorted(statuses):
            operation["responses"].setdefault(str(status), {"description": titles[status], "content": shape})
        return operation


def next_page(request: Any, after: int | None) -> dict[str, str]:
    """The Link header to the next page, if there is one."""
    if after is None:
        return {}
    query = request.query_params.copy()
    query["after"] = str(after)
    return {"Link": f'<{request.path}?{query.urlencode()}>; rel="next"'}


def keyed_page(
    request: Any, rows: QuerySet[Any], after: int | None, shape: type[Serializer], seen: Callable[[list[Any]], list[Any]] = list
) -> Response:
    """One page of `rows` behind the key `after`, newest first: {results, next}, with the Link header.

    `seen` turns the rows of the page into what this reader may read of them.
    """
    page = list((rows.filter(pk__lt=after) if after else rows).order_by("-pk")[: PAGE + 1])
    following = page[PAGE - 1].pk if len(page) > PAGE else None
    return Response({"results": shape(seen(page[:PAGE]), many=True).data, "next": following}, headers=next_page(request, following))


def parameters_of(form: type[forms.Form], *more: OpenApiParameter) -> list[OpenApiParameter]:
    """The query parameters that `form` takes, described."""
    found = []
    for name, field in form.base_fields.items():
        said: dict[str, Any] = {"name": name, "description": str(field.label or ""), "required": field.required}
        if isinstance(field, forms.MultipleChoiceField):
            found.append(OpenApiParameter(type=str, many=True, enum=[str(k) for k, _v in field.choices], **said))
        elif isinstance(field, forms.ChoiceField):
            found.append(OpenApiParameter(type=str, enum=[str(k) for k, _v in field.choices if k], **said))
        elif isinstance(field, forms.IntegerField):
            schema = {"type": "integer", "minimum": field.min_value or 0, "maximum": field.max_value or 2**62}
            found.append(OpenApiParameter(type=schema, **said))
        elif isinstance(field, forms.DateTimeField):
            found.append(OpenApiParameter(type={"type": "string", "format": "date-time"}, **said))
        elif isinstance(field, forms.DateField):
            found.append(OpenApiParameter(type={"type": "string", "format": "date"}, **said))
        else:
            most = getattr(field, "max_length", None) or 200
            found.append(OpenApiParameter(type={"type": "string", "minLength": 1, "maxLength": most}, **said))
    return [*found, *more]


# Where an answer gives the identity that other operations need: (the answer's operation, its status, the path that takes it, the parameter).
SOURCES = (
    ("referrals_start_draft", "201", "/api/v1/referrals/{id}/", "id"),
    ("referrals_read", "200", "/api/v1/referrals/{id}/", "id"),
    ("uploads_begin", "201", "/api/v1/uploads/{upload_id}/", "upload_id"),
    ("endpoints_subscribe", "201", "/api/v1/endpoints/{id}/", "id"),
)


def add_links(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """For drf-spectacular: OpenAPI links from what makes a thing to what is done with it, its ETag carried along."""
    operations = {o["operationId"]: (path, o) for path, item in result["paths"].items() for o in item.values() if "operationId" in o}
    for source, status, root, parameter in SOURCES:
        links = {}
        for name, (path, operation) in operations.items():
            wanted = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
            if path.startswith(root) and wanted == {parameter} and name != source:
                given = {parameter: "$response.body#/id"}
                if any(p["name"] == "If-Match" for p in operation["parameters"]):
                    given["header.If-Match"] = "$response.header.ETag"
                links[name] = {"operationId": name, "parameters": given}
        operations[source][1]["responses"][status]["links"] = links
    return result
