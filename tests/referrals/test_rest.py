"""The REST door: the same acts, and what nonsense gets."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from accounts.actors import system_actor
from accounts.services import make_token
from referrals.models import Referral
from tests import make


def post(client, url, data=None, **headers):
    return client.post(url, json.dumps(data or {}), content_type="application/json", headers={"If-Match": "*"} | headers)


@pytest.fixture
def bearer(xuecheng):
    _row, token = make_token(by=system_actor("test"), holding=xuecheng.holdings["区住建局", "clerk"], name="case system")
    return {"Authorization": f"Bearer {token}"}


def test_a_token_acts_as_its_post(xuecheng, bearer):
    client = Client()
    response = post(client, "/api/v1/referrals/", {"place": "泰山南路"}, **bearer)
    assert response.status_code == 201, response.content
    referral = Referral.objects.get(pk=response.json()["id"])
    assert referral.from_agency.short_name == "区住建局"
    assert response["ETag"] == '"v1"'
    assert post(client, f"/api/v1/referrals/{referral.pk}/sign/", {}, **bearer).status_code in (403, 409)


def test_a_wrong_expired_or_revoked_token_is_401(xuecheng, bearer):
    from django.utils import timezone

    from accounts.models import ApiToken

    assert Client().get("/api/v1/referrals/", headers={"Authorization": "Bearer nothing"}).status_code == 401
    ApiToken.objects.update(revoked_at=timezone.now())
    assert Client().get("/api/v1/referrals/", headers=bearer).status_code == 401


def test_the_token_itself_is_not_kept(xuecheng, bearer):
    from accounts.models import ApiToken

    assert bearer["Authorization"].split()[1] not in str(ApiToken.objects.values())


def test_allowed_actions_say_why_not(xuecheng, client):
    referral = make.signed_for(xuecheng)
    client.force_login(make.receiver(xuecheng).user)
    actions = {a["verb"]: a for a in client.get(f"/api/v1/referrals/{referral.pk}/").json()["allowed_actions"]}
    assert actions["accept"]["allowed"]
    assert (actions["refer_onward"]["allowed"], actions["refer_onward"]["clause"]) == (False, "XC-2.2-g")


def test_a_stale_if_match_is_412_and_a_fresh_one_works(xuecheng, client):
    referral = make.delivered(xuecheng)
    client.force_login(make.receiver(xuecheng).user)
    etag = client.get(f"/api/v1/referrals/{referral.pk}/")["ETag"]
    assert post(client, f"/api/v1/referrals/{referral.pk}/sign_for/", {}, **{"If-Match": '"v1"'}).status_code == 412
    assert post(client, f"/api/v1/referrals/{referral.pk}/sign_for/", {}, **{"If-Match": etag}).status_code == 200


def test_a_wrong_state_is_409(xuecheng, client):
    referral = make.draft(xuecheng)
    client.force_login(make.sender(xuecheng).user)
    response = post(client, f"/api/v1/referrals/{referral.pk}/close/")
    assert response.status_code == 409
    assert "起草" in response.json()["detail"]


def test_the_same_request_with_the_same_key_acts_once(xuecheng, client):
    referral = make.delivered(xuecheng)
    client.force_login(make.receiver(xuecheng).user)
    first = post(client, f"/api/v1/referrals/{referral.pk}/accept/", {}, **{"Idempotency-Key": "a"})
    again = post(client, f"/api/v1/referrals/{referral.pk}/accept/", {}, **{"Idempotency-Key": "a"})
    assert (first.status_code, again.status_code) == (200, 200)
    assert post(client, f"/api/v1/referrals/{referral.pk}/accept/", {}).status_code == 409


@pytest.mark.parametrize(
    "body",
    [b"not json", b"[]", b'"x"', b"{\"unknown\": 1}", b'{"place": {"a": 1}}', b'{"found_at": "0000-00-00"}', b'{"to_agency": "x"}', b'{"matter": 99999999999999999999}',
     b'{"place": "\\u0000"}', b'{"found_at": 5}', b'{"case": "x"}', b'{"source": "nowhere"}', b"\xff\xfe", b'{"ongoing": [1, [2]]}'],
)  # fmt: skip
def test_nonsense_is_400_with_the_field(xuecheng, client, body):
    client.force_login(make.sender(xuecheng).user)
    response = client.post("/api/v1/referrals/", body, content_type="application/json")
    assert response.status_code == 400, response.content
    assert response["Content-Type"].startswith("application/problem+json")
    assert response.json()["detail"]


def test_saving_a_draft_changes_only_what_is_given(xuecheng, client):
    referral = make.draft(xuecheng, ongoing=True, onsite_measures="已制止")
    client.force_login(make.sender(xuecheng).user)
    response = client.patch(
        f"/api/v1/referrals/{referral.pk}/", json.dumps({"place": "新地点"}), content_type="application/json", headers={"If-Match": "*"}
    )
    assert response.status_code == 200, response.content
    case = Referral.objects.select_related("case").get(pk=referral.pk).case
    assert (case.place, case.ongoing, case.onsite_measures) == ("新地点", True, "已制止")


def test_a_material_travels_by_rest(xuecheng, client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    referral = make.draft(xuecheng)
    client.force_login(make.sender(xuecheng).user)
    url = f"/api/v1/referrals/{referral.pk}/materials/"
    assert client.post(url, {"slot": "other", "file": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"1" * 40)}).status_code == 201
    refused = client.post(url, {"slot": "other", "file": SimpleUploadedFile("a.exe", b"MZ" + b"\0" * 40)})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "#/file"


def test_the_schema_is_valid_and_names_every_act(xuecheng, client):
    import yaml
    from drf_spectacular.validation import validate_schema

    from referrals.doors import REFERRAL_DOORS

    client.force_login(xuecheng.user("区住建局"))
    schema = yaml.safe_load(client.get("/api/v1/schema/").content)
    validate_schema(schema)
    assert schema["openapi"].startswith("3.")
    for verb in REFERRAL_DOORS:
        assert f"/api/v1/referrals/{{id}}/{verb}/" in schema["paths"]
