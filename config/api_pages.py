"""The REST door explained, without one asset from elsewhere: the schema and its operations for who is signed in, the refusals for all."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from config.operations import SUBJECTS
from core.problems import KINDS
from core.rest import Rest
from systems.scopes import Scope

METHODS = ("get", "post", "put", "patch", "delete")


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """The OpenAPI document, made once a process."""
    with translation.override("zh-hans"):
        return json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))


def _fields(shape: dict[str, Any], components: dict[str, Any], depth: int = 0) -> list[tuple[int, str, str, bool, str]]:
    """(depth, name, type, required, what it is) of an object's fields, two levels down."""
    shape = components.get(shape.get("$ref", "").rsplit("/", 1)[-1], shape)
    found = []
    for name, field in shape.get("properties", {}).items():
        inner = field.get("items", field)
        inner = (inner.get("oneOf") or inner.get("allOf") or [inner])[0]
        kind = field.get("format") or field.get("type") or inner.get("$ref", "").rsplit("/", 1)[-1] or "object"
        said = " / ".join(kind) if isinstance(kind, list) else kind
        found.append((depth, name, f"{said} []" if "items" in field else said, name in shape.get("required", []), field.get("description", "")))
        if "$ref" in inner and depth < 1:
            found += _fields(inner, components, depth + 1)
    return found


@lru_cache(maxsize=1)
def operations() -> list[tuple[str, list[dict[str, Any]]]]:
    """Every operation by subject, in the order of the schema."""
    document = schema()
    components = document["components"]["schemas"]
    by_tag: dict[str, list[dict[str, Any]]] = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            operation = item.get(method)
            if not operation:
                continue
            body = next(iter(operation.get("requestBody", {}).get("content", {}).values()), {})
            answers = {code: next(iter(said.get("content", {}).values()), {}).get("schema", {}) for code, said in operation["responses"].items()}
            good = next((shape for code, shape in answers.items() if code < "300"), {})
            scopes = next((s["client"] for s in operation.get("security", []) if "client" in s), [])
            tag = operation["tags"][0]
            by_tag.setdefault(SUBJECTS.get(tag, tag), []).append(
                {
                    "id": operation["operationId"], "method": method.upper(), "path": path, "summary": operation["summary"],
                    "parameters": operation.get("parameters", []), "scope": "".join(scopes),
                    "takes": _fields(body.get("schema", {}), components), "gives": _fields(good, components), "statuses": sorted(answers),
                    "examples": [json.dumps(e["value"], ensure_ascii=False, indent=2) for e in body.get("examples", {}).values()],
                }
            )  # fmt: skip
    return list(by_tag.items())


class DoorSchema(Rest):
    """The OpenAPI document, as YAML or JSON, for whoever may use the door: it is a map of the house, not a public page."""

    found = False
    renderer_classes = SpectacularAPIView.renderer_classes

    @extend_schema(operation_id="schema", responses={200: OpenApiTypes.OBJECT}, tags=["reference"])
    def get(self, request: Request) -> Response:
        return Response(schema())

    def handle_exception(self, error: Exception) -> Any:
        # A refusal is JSON whatever the document was asked for as, also where that was nothing we know.
        self.request.accepted_renderer, self.request.accepted_media_type = JSONRenderer(), "application/json"
        return super().handle_exception(error)


@login_required
@require_GET
def api_page(request: HttpRequest) -> HttpResponse:
    """Every operation with what it takes, gives and refuses."""
    return render(request, "api/operations.html", {"subjects": operations(), "scopes": Scope.choices})


@require_GET
def problems_page(request: HttpRequest) -> HttpResponse:
    """What each `type` of a refusal means, and what to do."""
    return render(request, "api/problems.html", {"kinds": list(KINDS.items())})
