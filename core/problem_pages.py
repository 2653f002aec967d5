"""The one page for everything that went wrong: in the frame for who is signed in, in the reader's language, with a number.

The number is in the log, so that the help line finds what happened.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from core.log_context import view_of
from core.request_log import method_of

log = logging.getLogger("yisong.pages")


def number_of_fault(request: HttpRequest, status: int, kind: str) -> str:
    """A new number to quote, written into the log with what was asked (never with what was sent)."""
    number = secrets.token_hex(4)
    log.warning("%s %s %s %s %s", number, status, method_of(request), view_of(request), kind)
    return number


def problem_page(request: HttpRequest, *, status: int, title: str, sentence: str, frame: bool = True, **more: Any) -> HttpResponse:
    """A page that says `sentence`, what to do, and the number to quote. `more`: clause, kept words, a way on (templates/problem.html).

    `frame=False` where the database cannot be asked for the side bar.
    """
    number = number_of_fault(request, status, more.get("kind", ""))
    user = getattr(request, "user", None)
    context = {"title": title, "sentence": sentence, "number": number, "status": status} | more
    html = _framed(request, context) if frame and user is not None else None
    if html is None:
        html = render_to_string("problem.html", context | {"parent": "bare.html"})
    return HttpResponse(html, status=status)


def _framed(request: HttpRequest, context: dict[str, Any]) -> str | None:
    try:
        with transaction.atomic():
            parent = "base.html" if request.user.is_authenticated else "bare.html"
            return render_to_string("problem.html", context | {"parent": parent}, request=request)
    except DatabaseError:
        return None
