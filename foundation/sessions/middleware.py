"""`request.user`, from the row that came with the session; whatever is unusual is left to Django's own look-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject


def person_of(request: Any) -> Any:
    """The person signed in, looked up once a request; anonymous if there is none."""
    if not hasattr(request, "_cached_user"):
        request._cached_user = _beside_the_session(request) or auth.get_user(request)
    return request._cached_user


def _beside_the_session(request: Any) -> Any:
    session = request.session
    named = session.get(auth.SESSION_KEY)
    person = getattr(session, "person", None)
    if named is None or person is None or str(person.pk) != named or not person.is_active:
        return None
    if session.get(auth.BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    kept = session.get(auth.HASH_SESSION_KEY) or ""
    return person if constant_time_compare(kept, person.get_session_auth_hash()) else None


class with_person(AuthenticationMiddleware):  # noqa: N801 - named for what it does in the settings' list
    get_response: Callable[[HttpRequest], Any]

    def process_request(self, request: Any) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: person_of(request))
