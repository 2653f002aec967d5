"""A refusal becomes a page with the sentence, the clause and a number to quote; an address that nobody can read is refused at the door.

And nothing is kept by browsers or proxies.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.away import nothing_changed
from core.errors import BadInput, Refused, Slowed, StorageFull
from core.full import is_full, storage_full
from core.problem_pages import problem_page
from core.problems import problem_answer


class refusals_as_pages:  # noqa: N801 - named for what it does in the settings' list
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused) and is_full(error):
            error = storage_full(nothing_changed(request))
        if not isinstance(error, Refused):
            return None
        return refused_page(request, error)


def refused_page(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The sentence, the clause and a number that stands in the log."""
    title = _("存储空间已满") if isinstance(refusal, StorageFull) else _("没有办成")
    answer = problem_page(request, status=refusal.status, title=title, sentence=refusal.reason, clause=refusal.clause, kind=refusal.kind)
    if isinstance(refusal, Slowed):
        answer["Retry-After"] = str(refusal.wait)
    return answer


def changes_counted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The outermost: what the connection may have committed before, so that a fault can be told from one that changed nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.may_stand_before = connection.may_stand  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def readable_addresses(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """No address with a NUL goes further: no database can look for one, and nobody types it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "%00" not in query and "\x00" not in query and "\x00" not in request.path:
            return get_response(request)
        refusal = BadInput(_("地址里有不允许的字符（NUL），请检查地址后再试。"))
        if not request.path.startswith("/api/"):
            return refused_page(request, refusal)
        return problem_answer(refusal.kind, refusal.reason)

    return middleware


# What says the same to everybody and names nothing of a case but what its holder already has in hand.
MAY_BE_KEPT = ("verify", "verify-code", "api-problems")


def not_stored(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """`Cache-Control: no-store` on every answer but the public ones, refusals, redirections and whatever a view says included.

    Going back after signing out, or by the next person, asks again. Files under /static/ are answered before this is asked.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name not in MAY_BE_KEPT and "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    return middleware
