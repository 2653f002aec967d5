"""Clients of other systems: what they get, what they may, and what the trail keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed, NotVisible
from core.models import AuditEntry
from referrals.models import Referral
from systems.clients import change_client, register_client, renew_secret, switch_client
from systems.confirming import confirm_client
from systems.models import SystemClient
from systems.refusals import tell_rest
from tests import make
from tests.systems.conftest import caller


def admin(world):
    return world.actor("区政府办公室", Post.SECURITY)


def test_a_client_files_in_its_own_name_and_post(xuecheng, system):
    response = system.post("referrals/", {"place": "泰山南路"})
    assert response.status_code == 201, response.content
    referral = Referral.objects.get(pk=response.json()["id"])
    assert (referral.from_agency.short_name, referral.drafter.display_name) == ("区住建局", "执法办案系统")
    entry = AuditEntry.objects.get(verb="referral.start_draft", subject_id=str(referral.pk))
    assert (entry.actor_name, entry.agency_name, entry.post) == ("执法办案系统", "区住建局", "clerk")


def test_what_a_client_may_is_what_its_post_may(xuecheng, system):
    referral = make.submitted(xuecheng)
    assert system.post(f"referrals/{referral.pk}/sign/", If_Match="*").status_code == 403
    leader = caller(xuecheng, "区住建局", Post.LEADER, name="电子签章系统")
    assert leader.post(f"referrals/{referral.pk}/sign/", If_Match="*").status_code == 200


def test_secrets_and_tokens_are_kept_hashed_only(xuecheng, system):
    system.fetch_token()
    row = SystemClient.objects.get(pk=system.client.pk)
    kept = str(SystemClient.objects.values()) + str(list(row.accesstoken_set.values()))
    assert system.secret not in kept
    assert system.token not in kept
    assert row.client_secret.split("$")[0] in ("argon2", "md5", "pbkdf2_sha256")


def test_a_missing_scope_is_403_and_is_named(xuecheng):
    reader = caller(xuecheng, "区住建局", scopes=["read"])
    assert reader.get("referrals/").status_code == 200
    response = reader.post("referrals/", {"place": "x"})
    assert (response.status_code, response.json()["scope"]) == (403, "file")
    assert response["Content-Type"].startswith("application/problem+json")
    assert AuditEntry.objects.filter(verb="systemclient.refused", detail__why="scope:file").exists()


def test_bulk_asks_for_the_scope_of_its_verb(xuecheng):
    filer = caller(xuecheng, "区综合行政执法局", scopes=["read", "file"])
    referral = make.delivered(xuecheng)
    items = [{"id": referral.pk, "version": referral.version}]
    assert filer.post("referrals/bulk/", {"verb": "sign_for", "items": items}).json()["scope"] == "answer"


def test_a_client_asks_for_some_of_its_scopes_never_for_more(xuecheng):
    system = caller(xuecheng, "区住建局", scopes=["read", "file"])
    assert system.fetch_token(scope="read").json()["scope"] == "read"
    assert system.post("referrals/", {}).status_code == 403
    refused = system.fetch_token(scope="read decide")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password", "username": "a", "password": "b"}, 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "unsupported_grant_type"),
        ({}, 400, "unsupported_grant_type"),
        ({"grant_type": ["password", "client_credentials"], "client_id": "nobody", "client_secret": "x"}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "client_id": ["a", "b"], "client_secret": "x"}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "x"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "a\x00b", "client_secret": "x"}, 400, "invalid_request"),
    ],
)
def test_nothing_else_gives_a_token(db, form, status, error):
    response = Client().post("/api/v1/token/", form)
    assert (response.status_code, response.json()["error"]) == (status, error)


def test_a_wrong_secret_is_401_and_in_the_trail(xuecheng, system):
    system.secret = "wrong"
    assert system.fetch_token().status_code == 401
    assert AuditEntry.objects.filter(verb="systemclient.refused", subject_id=str(system.client.pk), detail__why="secret").exists()


def test_a_flood_of_refusals_fills_no_chain_however_many_addresses_it_has(xuecheng, system, settings, monkeypatch):
    """Each client's each reason: at once, then one entry in ten minutes with how many; also without a cache, and for clients unknown."""
    monkeypatch.setattr(cache, "add", lambda *_args, **_kwargs: True)
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    right, system.secret = system.secret, "wrong"
    form = {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "x"}
    for number in range(12):
        system.http.defaults["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{number}"
        assert system.fetch_token().status_code == 401
        assert system.http.post("/api/v1/token/", form).status_code == 401
    refused = AuditEntry.objects.filter(verb="systemclient.refused")
    assert sorted(refused.values_list("subject_id", flat=True)) == sorted([str(system.client.pk), "unknown"])
    system.secret = right
    assert system.fetch_token().status_code == 200
    later = timezone.now() + timedelta(minutes=11)
    for _twice in range(2):
        tell_rest(later)
    for place in (str(system.client.pk), "unknown"):
        assert list(refused.filter(subject_id=place).order_by("seq").values_list("detail__tries", flat=True)) == [1, 11]


def test_only_from_the_allowed_addresses(xuecheng, settings):
    system = caller(xuecheng, "区住建局", networks="10.1.0.0/16\n192.0.2.7")
    assert system.fetch_token().status_code == 401
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    forwarded = {"HTTP_X_FORWARDED_FOR": "10.1.2.3, 198.51.100.9"}
    system.http.defaults |= forwarded
    assert system.fetch_token().status_code == 401
    system.http.defaults["HTTP_X_FORWARDED_FOR"] = "198.51.100.9, 10.1.2.3"
    assert system.fetch_token().status_code == 200
    assert system.get("referrals/").status_code == 200
    system.http.defaults["HTTP_X_FORWARDED_FOR"] = "10.1.2.3, 198.51.100.9"
    assert system.get("referrals/").status_code == 401
    assert AuditEntry.objects.filter(verb="systemclient.refused", detail__why="address").exists()


@pytest.mark.parametrize("end", ["off", "expired", "secret", "scope", "term", "person", "agency"])
def test_every_end_of_a_client_ends_its_tokens_at_once(xuecheng, system, end):
    assert system.get("referrals/").status_code == 200
    client, by, later = system.client, admin(xuecheng), timezone.now() + timedelta(days=9)
    if end == "off":
        switch_client(client.pk, by=by, on=False)
    elif end == "expired":
        SystemClient.objects.filter(pk=client.pk).update(expires_at=timezone.now())
    elif end == "secret":
        confirm_client(client.pk, by=xuecheng.actor("区住建局", Post.HEAD))
    elif end == "agency":
        client.holding.agency.valid_to = timezone.localdate() - timedelta(days=1)
        client.holding.agency.save()
    elif end == "scope":
        change_client(client.pk, by=by, scopes=["file"], expires_at=later)
    elif end == "term":
        client.holding.until = client.holding.since
        client.holding.since -= timedelta(days=5)
        client.holding.until -= timedelta(days=1)
        client.holding.save()
    else:
        client.holding.user.is_active = False
        client.holding.user.save()
    assert system.get("referrals/").status_code in (401, 403)
    assert system.fetch_token().status_code == (200 if end == "scope" else 401)


def test_only_the_districts_administrator_administers(xuecheng, zhoucun):
    system = caller(xuecheng, "区住建局")
    with pytest.raises(NotAllowed):
        renew_secret(system.client.pk, by=make.sender(xuecheng, Post.LEADER))
    foreign = zhoucun.actor("区政府办公室", Post.SECURITY)
    with pytest.raises(NotVisible):
        renew_secret(system.client.pk, by=foreign)
    with pytest.raises(NotAllowed):
        register_client(
            by=foreign, agency=xuecheng.agencies["区住建局"], name="x", post="clerk", scopes=["read"], expires_at=timezone.now() + timedelta(1)
        )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"scopes": []}, "scopes"), ({"scopes": ["root"]}, "scopes"), ({"post": "administrator"}, "post"), ({"name": " "}, "name"),
        ({"networks": "10.0.0.0/99"}, "networks"), ({"days": 0}, "expires_at"), ({"days": 900}, "expires_at"),
    ],
)  # fmt: skip
def test_a_client_is_refused_with_the_field(xuecheng, change, field):
    days = change.pop("days", 30)
    given = {"name": "x", "post": "clerk", "scopes": ["read"], "networks": ""} | change
    with pytest.raises(BadInput) as refusal:
        register_client(by=admin(xuecheng), agency=xuecheng.agencies["区住建局"], expires_at=timezone.now() + timedelta(days=days), **given)
    assert field in refusal.value.fields


def test_a_machine_is_not_sent_messages_and_not_offered_as_a_person(xuecheng, system, commits):
    from notifications.models import Message

    with commits():
        make.signed(xuecheng)
    assert not Message.objects.filter(user=system.client.holding.user).exists()


def test_too_many_requests_are_429_with_the_standard_headers(xuecheng, system, settings):
    settings.REST_RATE = 3
    answers = [system.get("who/") for _n in range(5)]
    assert [a.status_code for a in answers].count(429) >= 1
    last = next(a for a in answers if a.status_code == 429)
    assert last["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert last["RateLimit"].startswith('"minute";r=0;t=')
    assert int(last["Retry-After"]) <= 60


def test_who_says_post_and_scopes(xuecheng, system):
    said = system.get("who/").json()
    assert (said["post"], said["agency_name"], sorted(said["scopes"])[0]) == ("clerk", "区住建局", "administer")


def test_guessing_secrets_is_slowed_down(xuecheng, system, settings):
    settings.TOKEN_RATE = 2
    system.secret = "guess"
    answers = [system.fetch_token() for _n in range(6)]
    assert 429 in [a.status_code for a in answers]
    assert next(a for a in answers if a.status_code == 429)["Retry-After"]


def test_clients_are_kept_by_their_acts_alone_and_a_machine_does_not_sign_in(xuecheng, system, client):
    from django.contrib import admin

    assert not [model for model in admin.site._registry if model._meta.app_label in ("oauth2_provider", "systems")]
    client.force_login(system.client.holding.user)
    assert client.get("/referrals/").status_code == 403


def test_bulk_wants_no_other_scope_than_that_of_its_verb(xuecheng):
    answering = caller(xuecheng, "区综合行政执法局", scopes=["read", "answer"])
    referral = make.delivered(xuecheng)
    done = answering.post("referrals/bulk/", {"verb": "sign_for", "items": [{"id": referral.pk, "version": referral.version}]})
    assert (done.status_code, done.json()["results"][0]["done"]) == (200, True)


def test_reading_a_confidential_case_and_taking_the_ledger_are_in_the_trail(xuecheng, system):
    referral = make.draft(xuecheng, confidentiality="trade")
    assert "facts" not in system.get("cases/").json()["results"][0]
    assert system.get(f"cases/{referral.case_id}/").json()["facts"]
    assert AuditEntry.objects.filter(verb="referral.read_confidential", subject_id=str(referral.pk), detail__what="case").exists()
    b"".join(system.get("referrals/ledger/?state=draft").streaming_content)
    assert AuditEntry.objects.filter(verb="ledger.stream", subject_id=str(system.client.holding.user_id)).exists()
