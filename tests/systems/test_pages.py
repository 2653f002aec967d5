"""The administrator's pages for other systems, and the pages that explain the door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.kinds import Post
from systems import events
from systems.models import Delivery, SystemClient
from tests import make
from tests.systems.conftest import caller


@pytest.fixture
def admin(xuecheng, client):
    client.force_login(xuecheng.user("区政府办公室", Post.SECURITY))
    session = client.session
    session["holding"] = xuecheng.holdings["区政府办公室", Post.SECURITY].pk
    session.save()
    return client


def given(world, **changes):
    return {"name": "执法办案系统", "agency": world.agencies["区住建局"].pk, "post": "clerk", "scopes": ["read", "file"],
            "expires_on": (timezone.localdate() + timedelta(days=30)).isoformat(), "networks": "10.0.0.0/8"} | changes  # fmt: skip


def test_a_secret_is_shown_once_and_works(xuecheng, admin):
    answer = admin.post(reverse("systems"), given(xuecheng, networks=""))
    row = SystemClient.objects.get()
    secret = answer.context["shown"][2]
    assert secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert secret not in admin.get(reverse("system", args=[row.pk])).content.decode()
    token = admin.post("/api/v1/token/", {"grant_type": "client_credentials", "client_id": row.client_id, "client_secret": secret})
    assert token.status_code == 200


@pytest.mark.parametrize(
    ("field", "value"), [("networks", "nowhere"), ("expires_on", "2020-01-01"), ("scopes", []), ("name", ""), ("post", "administrator")]
)
def test_a_refused_registration_keeps_what_was_typed(xuecheng, admin, field, value):
    answer = admin.post(reverse("systems"), given(xuecheng, **{field: value}))
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert field == "name" or "执法办案系统" in answer.content.decode()
    assert SystemClient.objects.count() == 0


def test_only_the_administrator_comes_in(xuecheng, client):
    system = caller(xuecheng, "区住建局")
    for agency, post in (("区住建局", "clerk"), ("区政府办公室", "auditor"), ("区政府", "government_leader")):
        client.force_login(xuecheng.user(agency, post))
        assert client.get(reverse("systems")).status_code == 403
        assert client.get(reverse("system", args=[system.client.pk])).status_code == 403
        for verb in ("renew-secret", "switch-off", "change", "subscribe"):
            assert client.post(reverse("system-act", args=[system.client.pk, verb])).status_code == 403
    assert SystemClient.objects.get().disabled_at is None


def test_another_districts_client_is_not_there(zhoucun, xuecheng, admin):
    foreign = caller(zhoucun, "区住建局")
    assert admin.get(reverse("system", args=[foreign.client.pk])).status_code == 404


def test_the_page_changes_switches_subscribes_and_resends(xuecheng, admin, settings):
    settings.EVENTS_ALLOW_PRIVATE = True
    system = caller(xuecheng, "区住建局")
    page = reverse("system", args=[system.client.pk])
    act = lambda verb, data=None: admin.post(reverse("system-act", args=[system.client.pk, verb]), data or {})  # noqa: E731
    assert act("change", given(xuecheng, scopes=["read"])).status_code == 302
    assert SystemClient.objects.get().networks == ["10.0.0.0/8"]
    assert act("change", given(xuecheng, networks="bad")).status_code == 400
    answer = act("subscribe", {"url": "http://127.0.0.1:9/", "verbs": ["referral.start_draft"]})
    assert answer.context["shown"][0] == "endpoint"
    assert act("subscribe", {"url": "gopher://x"}).status_code == 400
    make.draft(xuecheng)
    events.fan_out(timezone.now())
    events.serve(Delivery.objects.get().endpoint_id)
    said = admin.get(page).content.decode()
    assert "referral.start_draft" in said
    assert "Connection" in said
    Delivery.objects.update(state="parked")
    assert admin.post(reverse("resend-delivery", args=[system.client.pk, Delivery.objects.get().pk])).status_code == 302
    assert Delivery.objects.get().state == "waiting"
    endpoint = Delivery.objects.get().endpoint_id
    admin.post(reverse("endpoint-act", args=[system.client.pk, endpoint, "off"]))
    assert Delivery.objects.get().state == "parked"
    act("switch-off")
    assert SystemClient.objects.get().disabled_at is not None


def test_the_door_is_explained_without_anything_from_elsewhere(xuecheng, client):
    client.force_login(xuecheng.user("区住建局"))
    for name in ("api-page", "api-problems"):
        said = client.get(reverse(name)).content.decode()
        assert 'src="http' not in said
        assert 'href="http' not in said
    assert "/api/v1/referrals/{id}/sign/" in client.get(reverse("api-page")).content.decode()


def test_the_map_of_the_door_is_not_for_passers_by(xuecheng, client, system):
    """The schema names every address and field: a client with its token and a person may read it, nobody else."""
    refused = client.get(reverse("api-schema"))
    assert (refused.status_code, refused.json()["type"]) == (401, "/api/v1/problems/#not-signed-in")
    assert client.get(reverse("api-page")).headers["Location"].startswith(reverse("sign-in"))
    assert client.get(reverse("api-problems")).status_code == 200
    for form in ("yaml", "json"):
        said = system.get(f"schema/?format={form}")
        assert (said.status_code, said["Content-Type"].split(";")[0].startswith("application/vnd.oai.openapi")) == (200, True)
    unknown = system.get("schema/?format=strange")
    assert (unknown.status_code, unknown["Content-Type"]) == (404, "application/problem+json")
    client.force_login(xuecheng.user("区住建局"))
    assert client.get(reverse("api-schema")).status_code == client.get(reverse("api-page")).status_code == 200
