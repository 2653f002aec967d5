"""Per request: the reader's language, and that a first password is changed."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation

MAY_BEFORE_NEW_PASSWORD = ("change-password", "sign-out", "set-language")


def language_of_session(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Chinese unless the person chose English; never guessed from the browser."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = request.session.get("language") or request.COOKIES.get("language") or "zh-hans"
        with translation.override(language if language in ("zh-hans", "en") else "zh-hans"):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "zh-hans")
            return response

    return middleware


def first_password_changed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A first password must be changed before anything else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(("/api/", "/static/", "/health/")) and request.user.is_authenticated:
            if request.user.must_change_password and not any(request.path == reverse(n) for n in MAY_BEFORE_NEW_PASSWORD):
                return HttpResponseRedirect(reverse("change-password"))
        return get_response(request)

    return middleware
