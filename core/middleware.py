"""A refusal becomes a page with the sentence, the clause and a number to quote."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import Refused

log = logging.getLogger("yisong.refusals")


class refusals_as_pages:  # noqa: N801 - named for what it does in the settings' list
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        number = secrets.token_hex(4)
        log.info("%s %s %s", number, error.kind, error.clause)
        context = {"refusal": error, "number": number, "back": request.META.get("HTTP_REFERER", "/")}
        return render(request, "refused.html", context, status=error.status)
