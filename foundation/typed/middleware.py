"""After every post of a form that keeps what is typed: done, and its words are gone; refused in any way, and they are kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import TooLarge
from core.log_context import view_of
from core.problem_pages import problem_page
from foundation.typed.models import TypedWork
from foundation.typed.owners import Owner, owner_marked
from foundation.typed.services import finish, keep, sheet_posted, words_posted

log = logging.getLogger("yisong.typed")
OWN = "typed"


def owner_posted(request: HttpRequest) -> Owner | None:
    """Whose sheet was posted; None where the form keeps nothing, cannot be read, or is one of this package's own."""
    try:
        return _owner_read(request)
    except (SuspiciousOperation, UnreadablePostError, OSError):
        return None


def _owner_read(request: HttpRequest) -> Owner | None:
    """The same before the view: what cannot be read is raised, for a second look would find a form without one field."""
    # REST has no sheets, and reads its bodies itself: what is read here first it could not read again.
    if request.method != "POST" or request.path.startswith((f"/{OWN}/", "/api/")):
        return None
    mark = request.POST.get("typed_by", "")
    return owner_marked(mark) if mark else None


def keep_posted(request: HttpRequest, owner: Owner) -> TypedWork | None:
    """Keep what was posted; None where it is more than is kept or cannot be kept now (the answer itself still stands)."""
    try:
        return keep(owner, sheet_posted(request), words_posted(request), now=timezone.now())
    except (TooLarge, DatabaseError):
        log.warning("a refused post of %s could not be kept", view_of(request))
        return None


class typed_work_kept:  # noqa: N801 - named for what it does in the settings' list
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A failed check of the form's token has kept the words already (config/faults.py).
        owner = None if hasattr(request, "typed_kept") else owner_posted(request)
        return self._settled(request, response, owner) if owner else response

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """One person's form is never sent in another's name, whoever has signed in on this machine since."""
        owner = _owner_read(request)
        if owner is None or not request.user.is_authenticated or request.user.pk == owner.user_id:
            return None
        keep_posted(request, owner)
        request.typed_kept = True  # type: ignore[attr-defined]
        return problem_page(
            request,
            status=409,
            title=_("没有办成"),
            sentence=_("这一页是另一位用户登录时打开的，没有以您的名义办理。所填内容已留给那位用户，您看不到。"),
        )

    def _settled(self, request: HttpRequest, response: HttpResponse, owner: Owner) -> HttpResponse:
        sign_in = resolve_url(settings.LOGIN_URL)
        if 300 <= response.status_code < 400 and response.get("Location", "").split("?")[0] == sign_in:
            row = keep_posted(request, owner)
            if row is not None and not row.sheet:
                # Without scripts nothing fills the form again: the sign-in leads to a page that has the words.
                response["Location"] = f"{sign_in}?next={quote(reverse('typed-kept', args=[row.pk]))}"
        elif response.status_code >= 400:
            keep_posted(request, owner)
        else:
            try:
                finish(owner, sheet_posted(request), now=timezone.now())
            except DatabaseError:
                log.warning("typed words of %s could not be cleared", view_of(request))
        return response
