"""Every address refuses an anonymous caller, or stands on the public list."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

PUBLIC = {
    "sign-in",
    "sign-out",
    "set-language",
    "verify",
    "verify-code",
    "health",
    "health-live",
    "health-ready",
    "health-web",
    "health-watch",
    "metrics",
    "api-token",
    "api-problems",
}


def addresses(patterns, prefix=""):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not route.startswith("admin"):
                yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.name


def filled(route):
    import re

    return "/" + re.sub(r"<(\w+):(\w+)>", lambda m: {"int": "1", "slug": "todo", "uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12}[m[1]], route)


ALL = list(addresses(get_resolver().url_patterns))


def test_the_public_list_names_real_addresses():
    assert {name for _route, name in ALL} >= PUBLIC


@pytest.mark.parametrize(("route", "name"), ALL, ids=[name for _r, name in ALL])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_anonymous_caller_gets_nothing(db, client, route, name, method):
    response = getattr(client, method)(filled(route))
    if name in PUBLIC:
        assert response.status_code not in (401, 403) or response.json()["error"]
        return
    # The page that explains the door is for people: it leads to the sign-in as every page does.
    if route.startswith("api/") and name != "api-page":
        assert response.status_code in (401, 405), response.status_code
        assert response["WWW-Authenticate"]
    else:
        assert response.status_code in (302, 405), response.status_code
        if response.status_code == 302:
            assert response["Location"].startswith("/sign-in/")


def test_the_admin_asks_for_a_sign_in(db, client):
    assert client.get("/admin/referrals/referral/").status_code == 302
