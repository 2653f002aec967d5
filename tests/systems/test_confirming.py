"""A client that could sign or decide is confirmed by the agency's head, who alone is given its secret; the agency is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.kinds import Post
from accounts.services import delegate_post
from core.errors import NotAllowed, NotVisible
from core.models import AuditEntry
from notifications.models import Message
from systems.clients import change_client, register_client, renew_secret, switch_client
from systems.confirming import confirm_client, end_client
from systems.models import SystemClient
from tests.systems.conftest import Caller, caller

SOON = timedelta(days=30)


def registered(world, post=Post.LEADER, scopes=("read",)):
    by = world.actor("区政府办公室", Post.SECURITY)
    return register_client(by=by, agency=world.agencies["区住建局"], name="办案", post=post, scopes=list(scopes), expires_at=timezone.now() + SOON)


@pytest.mark.parametrize(("post", "scopes"), [(Post.LEADER, ["read"]), (Post.HEAD, ["file"]), (Post.CLERK, ["read", "decide"])])
def test_an_administrator_alone_never_signs_as_an_agency(xuecheng, post, scopes):
    client, secret = registered(xuecheng, post, scopes)
    assert secret == ""
    assert Caller(client, "guess").fetch_token().status_code == 401
    for other in (("区政府办公室", Post.SECURITY), ("区住建局", Post.LEADER), ("区住建局", Post.CLERK)):
        with pytest.raises(NotAllowed, match="主要负责人本人"):
            confirm_client(client.pk, by=xuecheng.actor(*other))
    with pytest.raises(NotAllowed, match="密钥由所属机关"):
        renew_secret(client.pk, by=xuecheng.actor("区政府办公室", Post.SECURITY))
    client, secret = confirm_client(client.pk, by=xuecheng.actor("区住建局", Post.HEAD))
    assert Caller(client, secret).fetch_token().status_code == 200
    assert AuditEntry.objects.get(verb="systemclient.confirm").agency_name == "区住建局"


def test_without_the_heads_confirmation_even_the_right_secret_is_refused(xuecheng):
    system = caller(xuecheng, "区住建局", Post.LEADER)
    SystemClient.objects.filter(pk=system.client.pk).update(confirmed_at=None)
    assert system.fetch_token().status_code == 401
    assert AuditEntry.objects.filter(verb="systemclient.refused", detail__why="unconfirmed").exists()


def test_a_clerks_client_needs_no_confirmation(xuecheng):
    client, secret = registered(xuecheng, Post.CLERK, ["read", "file"])
    assert Caller(client, secret).fetch_token().status_code == 200


def test_a_wider_client_is_confirmed_again_and_its_tokens_end(xuecheng):
    by = xuecheng.actor("区政府办公室", Post.SECURITY)
    system = caller(xuecheng, "区住建局", Post.LEADER, scopes=["read"])
    assert system.get("referrals/").status_code == 200
    change_client(system.client.pk, by=by, scopes=["read"], expires_at=timezone.now() + SOON)
    assert system.get("referrals/").status_code == 200
    for wider in ({"scopes": ["read", "decide"]}, {"networks": "10.0.0.0/8"}, {"expires_at": timezone.now() + 20 * SOON}):
        change_client(system.client.pk, by=by, **({"scopes": ["read"], "expires_at": timezone.now() + SOON} | wider))
        assert system.get("referrals/").status_code == 401
        assert SystemClient.objects.get(pk=system.client.pk).awaits_confirmation
        _client, system.secret = confirm_client(system.client.pk, by=xuecheng.actor("区住建局", Post.HEAD))
        change_client(system.client.pk, by=by, scopes=["read"], expires_at=timezone.now() + SOON)
        _client, system.secret = confirm_client(system.client.pk, by=xuecheng.actor("区住建局", Post.HEAD))
        system.token = ""
        assert system.get("referrals/").status_code == 200


def test_the_agency_is_told_of_every_change(xuecheng):
    by, head = xuecheng.actor("区政府办公室", Post.SECURITY), xuecheng.user("区住建局", Post.HEAD)
    client, _secret = registered(xuecheng, Post.CLERK)
    change_client(client.pk, by=by, scopes=["read", "file"], expires_at=timezone.now() + SOON)
    switch_client(client.pk, by=by, on=False)
    told = list(Message.objects.filter(user=head, key__startswith="client:").order_by("pk").values_list("text", flat=True))
    assert ["已登记" in told[0], "变更" in told[1], "已停用" in told[2]] == [True] * 3
    assert {m.url for m in Message.objects.filter(user=head)} == {reverse("agency-systems")}


def test_the_head_sees_and_ends_the_agencys_clients_and_nobody_elses(xuecheng, zhoucun, client):
    system = caller(xuecheng, "区住建局", scopes=["read"])
    other = caller(xuecheng, "区民政局", name="别家系统")
    head = xuecheng.actor("区住建局", Post.HEAD)
    client.force_login(head.user)
    page = client.get(reverse("agency-systems")).content.decode()
    assert "执法办案系统" in page
    assert "别家系统" not in page
    assert client.post(reverse("agency-system-act", args=[other.client.pk, "end"])).status_code == 403
    assert other.get("referrals/").status_code == 200
    assert system.get("referrals/").status_code == 200
    assert client.post(reverse("agency-system-act", args=[system.client.pk, "end"])).status_code == 302
    assert system.get("referrals/").status_code == 401
    switch_client(system.client.pk, by=xuecheng.actor("区政府办公室", Post.SECURITY), on=True)
    assert system.fetch_token().status_code == 401
    answer = client.post(reverse("agency-system-act", args=[system.client.pk, "confirm"]))
    assert Caller(system.client, answer.context["shown"][2]).fetch_token().status_code == 200
    assert "no-store" in answer["Cache-Control"]
    with pytest.raises(NotVisible):
        end_client(system.client.pk, by=zhoucun.actor("区住建局" if ("区住建局", Post.HEAD) in zhoucun.holdings else "区司法局", Post.HEAD))
    client.force_login(xuecheng.user("区住建局"))
    assert client.get(reverse("agency-systems")).status_code == 403


def test_a_deputy_confirms_nothing(xuecheng):
    today = timezone.localdate()
    head, deputy = xuecheng.actor("区住建局", Post.HEAD), xuecheng.user("区住建局", Post.LEADER)
    delegate_post(by=head, deputy=deputy, since=today, until=today, reason="出差")
    from accounts.actors import actor_for

    acting = actor_for(deputy, head.holding_id)
    assert acting.deputy
    client, _secret = registered(xuecheng)
    with pytest.raises(NotAllowed, match="本人"):
        confirm_client(client.pk, by=acting)
