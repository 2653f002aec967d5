"""Nothing about a case is kept by a browser, a shared computer's disk or a proxy: every address says so, public ones apart."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.kinds import Post
from core.middleware import MAY_BE_KEPT
from tests import make
from tests.house.test_addresses import ALL, filled

PUBLIC = {"verify", "verify-code", "api-problems"}


def kept(answer):
    return "no-store" not in answer.headers.get("Cache-Control", "")


def test_the_public_list_is_short():
    assert set(MAY_BE_KEPT) == PUBLIC


@pytest.mark.parametrize(("route", "name"), [one for one in ALL if one[1] not in PUBLIC], ids=lambda one: one or "root")
def test_no_answer_is_kept_whoever_asks(xuecheng, route, name):
    """Found or not, allowed or not, by GET or POST."""
    signed_in = Client()
    signed_in.force_login(xuecheng.user("区住建局"))
    for client in (Client(), signed_in):
        for method in ("get", "post"):
            assert not kept(getattr(client, method)(filled(route))), (name, method)


def admin_addresses():
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLResolver) and str(pattern.pattern) == "admin/":
            for inner in pattern.url_patterns:
                if isinstance(inner, URLPattern):
                    yield "/admin/" + str(inner.pattern)
                else:
                    yield "/admin/" + str(inner.pattern)


def test_the_administration_is_not_kept_either(xuecheng):
    client = Client()
    client.force_login(xuecheng.user("区政府办公室", Post.ADMINISTRATOR))
    for address in sorted(a for a in admin_addresses() if "<" not in a and "(?P" not in a):
        assert not kept(client.get(address)), address


def test_a_real_case_its_letter_and_its_rest_answers_are_not_kept(xuecheng):
    referral = make.delivered(xuecheng)
    document = referral.documents.first() if hasattr(referral, "documents") else None
    client = Client()
    client.force_login(xuecheng.user("区住建局"))
    places = ["", "preview/"] + ([f"documents/{document.pk}/"] if document else [])
    for place in places:
        answer = client.get(f"/referrals/{referral.pk}/{place}")
        assert answer.status_code in (200, 404)
        assert not kept(answer), place
    for place in (f"referrals/{referral.pk}/", "referrals/", f"referrals/{referral.pk}/timeline/", f"cases/{referral.case_id}/", "who/"):
        answer = client.get(f"/api/v1/{place}")
        assert answer.status_code == 200
        assert not kept(answer), place


def test_public_pages_may_be_kept(db):
    for address in ("/verify/", "/verify/abc/", "/api/v1/problems/"):
        assert kept(Client().get(address))
