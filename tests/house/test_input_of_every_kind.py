"""No address, filter, hidden field or header makes the product fall over, whatever stands in it: it is answered 200 to 499.

Which parameters a page reads is found out by watching it read, so that a new one is tried from the day it is there.
"""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from django.http import QueryDict
from django.test import Client

from accounts.kinds import Post
from tests import make
from tests.conftest import PASSWORD
from tests.house.test_addresses import ALL

STRANGE = (
    "²", "-1", "1" * 5000, "99999999999999999999", "9999999999999999999", "a\x00b", "\ud800", "9999-12-31", "0001-01-01T00:00:00+14:00", "2026-02-30", "x" * 3000, ":",
)  # fmt: skip
WHO = {
    "anonymous": None,
    "clerk": ("区综合行政执法局", Post.CLERK),
    "auditor": ("区政府办公室", Post.AUDITOR),
    "administrator": ("区政府办公室", Post.ADMINISTRATOR),
}
# What a page reads that another test drives: signing out ends the walk.
# Signing out ends what is tried; health takes nothing, and truly answers 503 where nothing beats.
APART = {"sign-out", "health", "health-watch"}


def signed_in(world, who):
    client = Client(raise_request_exception=False)
    if WHO[who]:
        client.force_login(world.user(*WHO[who]))
    return client


def coded(value):
    return quote(value.encode("utf-8", "surrogatepass"))


class Watched(QueryDict):
    """A QueryDict that remembers what it was asked for."""

    asked: set[str] = set()

    def _seen(self, name):
        Watched.asked.add(str(name))

    def __getitem__(self, name):
        self._seen(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self._seen(name)
        return super().__contains__(name)

    def get(self, name, default=None):
        self._seen(name)
        return super().get(name, default)

    def getlist(self, name, default=None):
        self._seen(name)
        return super().getlist(name, default)


@pytest.fixture
def address(xuecheng):
    """An address of the product with the numbers of things that are there."""
    dispute = make.disputed(xuecheng)
    referral = make.delivered(xuecheng, party_code=make.credit_code(7))
    document = referral.case.materials.first()
    known = {
        "pk": referral.pk,
        "material_id": document.pk,
        "year": 2026,
        "name": "todo",
        "verb": "accept",
        "code": "AAAA-AAAA-AAAA-AAAA",
        "offset": 0,
    }

    def filled(route):
        pk = dispute.pk if "dispute" in route else referral.pk
        numbers = known | {"pk": pk}
        other = {"int": "1", "slug": "on", "uuid": "00000000-0000-4000-8000-000000000000"}
        return "/" + re.sub(r"<(\w+):(\w+)>", lambda m: str(numbers.get(m[2], other[m[1]])), route)

    return filled


def refused(response, what):
    """Answered, and not with a failure of ours; a refusal to a person is in Chinese."""
    assert response.status_code < 500, what
    if response.status_code == 400 and response["Content-Type"].startswith(("text/html", "application/problem")):
        assert re.search("[一-鿿]", response.content.decode()), what


def parameters_of_page(client, url, monkeypatch):
    from django.core.handlers.wsgi import WSGIRequest

    Watched.asked = set()
    with monkeypatch.context() as patched:
        patched.setattr(WSGIRequest, "GET", property(lambda self: Watched(self.META.get("QUERY_STRING", ""))))
        status = client.get(url).status_code
    return status, sorted(Watched.asked)


PAGES = [(route, name) for route, name in ALL if not route.startswith("api/") and name not in APART]


@pytest.mark.parametrize(("route", "name"), PAGES, ids=[n for _r, n in PAGES])
def test_no_parameter_of_a_page_makes_it_fall(xuecheng, address, monkeypatch, route, name):
    url, tried = address(route), 0
    for who in WHO:
        client = signed_in(xuecheng, who)
        status, names = parameters_of_page(client, url, monkeypatch)
        assert status < 500, (who, url)
        if status >= 300 and who not in ("anonymous", "clerk"):
            continue
        for value in STRANGE:
            if status < 300 and tried < 1:
                for one in names:
                    refused(client.get(f"{url}?{one}={coded(value)}"), (who, url, one, value[:40]))
            else:
                refused(client.get(f"{url}?" + "&".join(f"{one}={coded(value)}" for one in names)), (who, url, value[:40]))
        tried += status < 300


FIELDS = ("version", "id", "verb", "desk", "query", "case", "submit_key", "holding", "forget", "file", "slot", "deputy", "since", "until", "next", "language",
          "username", "password", "otp", "code", "token", "order", "handler", "words", "reasons", "reason", "kind", "at", "to", "person", "number", "offer", "url",
          "verbs", "name", "agency", "post", "expires_on", "scopes", "networks", "party_age", "found_at", "matter", "copies", "further_parties-0-name",
          "further_parties-٣-name", "further_parties-99999999999999999999-name", "party_code", "to_agency", "grant_type", "client_id", "client_secret", "scope")  # fmt: skip


@pytest.mark.parametrize(("route", "name"), [(r, n) for r, n in ALL if n not in APART], ids=[n for _r, n in ALL if n not in APART])
def test_no_field_of_a_form_makes_an_address_fall(xuecheng, address, route, name):
    url = address(route)
    for who in ("anonymous", "clerk", "administrator"):
        client = signed_in(xuecheng, who)
        for value in STRANGE:
            body = "&".join(f"{one}={coded(value)}" for one in FIELDS)
            response = client.post(url, body, content_type="application/x-www-form-urlencoded", headers={"If-Match": '"v1"'})
            refused(response, (who, url, value[:40]))


@pytest.mark.parametrize("value", STRANGE, ids=range(len(STRANGE)))
def test_no_part_of_an_address_makes_it_fall(xuecheng, address, value):
    for who in ("anonymous", "clerk"):
        client = signed_in(xuecheng, who)
        for route, name in ALL:
            if name not in APART and "<" in route:
                url = "/" + re.sub(r"<(\w+):(\w+)>", lambda m: coded(value), route)
                response = client.get(url)
                assert response.status_code < 500, (who, route, value[:40])


def test_a_number_too_large_for_the_database_is_simply_not_there(xuecheng, address):
    client = signed_in(xuecheng, "clerk")
    for route, name in ALL:
        if name not in APART and "<int:" in route:
            url = "/" + re.sub(
                r"<(\w+):(\w+)>", lambda m: {"slug": "accept", "uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12}.get(m[1], "9" * 30), route
            )
            assert client.get(url).status_code < 500, route
            assert client.post(url, "{}", content_type="application/json", headers={"If-Match": '"v1"'}).status_code < 500, route


def test_no_filter_of_the_rest_door_makes_it_fall(xuecheng, address):
    client, tried = signed_in(xuecheng, "clerk"), 0
    document = json.loads(client.get("/api/v1/schema/?format=json").content)
    for path, item in document["paths"].items():
        for parameter in item.get("get", {}).get("parameters", []):
            if parameter["in"] == "query":
                url = re.sub("{[a-z_]+}", "1", path)
                for value in STRANGE:
                    refused(client.get(f"{url}?{parameter['name']}={coded(value)}"), (url, parameter["name"], value[:40]))
                    tried += 1
    assert tried > 300


HEADERS = (
    "If-Match",
    "If-None-Match",
    "Idempotency-Key",
    "Range",
    "Authorization",
    "Accept",
    "Accept-Language",
    "Content-Range",
    "X-Forwarded-For",
    "User-Agent",
)


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_makes_it_fall(xuecheng, address, header):
    for who in ("anonymous", "clerk"):
        client = signed_in(xuecheng, who)
        for value in (
            *STRANGE,
            "Bearer " + "x" * 9000,
            "Bearer \x00",
            "Basic ²",
            "bytes=²-",
            "bytes=0-" + "9" * 5000,
            '"v²"',
            '"v' + "9" * 40 + '"',
            "*",
        ):
            value = value.encode("utf-8", "surrogatepass").decode("latin-1")
            for url in (
                address("referrals/<int:pk>/"),
                address("api/v1/referrals/<int:pk>/"),
                address("api/v1/referrals/<int:pk>/materials/<int:material_id>/file/"),
            ):
                assert client.get(url, headers={header: value}).status_code < 500, (who, url, header, value[:40])
            refused(
                client.post(
                    address("api/v1/referrals/<int:pk>/sign_for/"), "{}", content_type="application/json", headers={"If-Match": "*"} | {header: value}
                ),
                value[:40],
            )


@pytest.mark.parametrize("name", ["sessionid", "language", "device", "csrftoken", "messages"])
def test_no_cookie_makes_it_fall(xuecheng, name):
    for value in (*STRANGE, '"\\000abcdefgh"', '"\\000"'):
        client = Client(raise_request_exception=False)
        client.cookies.load({name: value.encode("utf-8", "surrogatepass").decode("latin-1")} if not value.startswith('"') else f"{name}={value}")
        assert client.get("/sign-in/").status_code < 500, value[:40]
        assert client.post("/sign-in/", {"username": "x", "password": "y"}).status_code < 500, value[:40]
        assert client.get("/").status_code < 500, value[:40]


BODIES = (
    b"", b"null", b"[]", b'"x"', b"1", b"1" * 5000, b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b'{"a":"\\ud800"}', b'{"a":"\\u0000"}', b'{"a":1,"a":2}',
    b'{"a":1e999}', b'{"a":' + b"9" * 5000 + b"}", b"NaN", b"\x00",
)  # fmt: skip


def test_no_body_makes_the_rest_door_fall(xuecheng, address):
    client, posts = signed_in(xuecheng, "clerk"), [r for r, _n in ALL if r.startswith("api/")]
    for route in posts:
        for body in BODIES:
            response = client.post(address(route), body, content_type="application/json", headers={"If-Match": '"v1"'})
            refused(response, (route, body[:20]))


# The sign-in, for who is not there yet: a name of any length and of any signs.
@pytest.mark.parametrize("value", STRANGE, ids=range(len(STRANGE)))
def test_no_name_makes_the_sign_in_fall(xuecheng, value):
    client = Client(raise_request_exception=False)
    for field in ("username", "password", "otp", "next"):
        body = {"username": "lin.chen", "password": PASSWORD} | {field: value.encode("utf-8", "replace").decode()}
        assert client.post("/sign-in/", body).status_code < 500, (field, value[:40])
