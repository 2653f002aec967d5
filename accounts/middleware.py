"""Per request: the reader's language, that a first password is changed, and where a one-time code is given."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation

from core.errors import SecondFactorNeeded

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


class second_factor_given:  # noqa: N801 - named for what it does in the settings' list
    """Where the post demands a one-time code that the session was not given: to where it is set up, or to a sign-in with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, SecondFactorNeeded) or request.method != "GET":
            return None
        from accounts.second_factor import device_of, satisfies

        device = device_of(request.user)
        if device is None or not satisfies(device):
            return HttpResponseRedirect(reverse("totp"))
        # Signed in without the code (before the post, or its demand, began): once more, from the front door.
        logout(request)
        return redirect_to_login(request.get_full_path(), reverse("sign-in"))
