"""The second factor: demanded per post, set up by two people, remembered on a device, and nobody stranded by its loss."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor
from accounts.actors import actor_for
from accounts.kinds import Post
from accounts.models import FactorCode, PostHolding, RememberedDevice
from accounts.services import delegate_post, make_token
from administration import people
from administration.posts import demand_second_factor, hold_post
from core.errors import BadInput, NotAllowed
from core.models import AuditEntry
from referrals.models import Referral
from tests import make
from tests.conftest import PASSWORD

OFFICE = "区政府办公室"


@pytest.fixture
def demanded(xuecheng):
    """Xuecheng demands a second factor of its leaders."""
    demand_second_factor(by=xuecheng.actor(OFFICE, Post.SECURITY), of=[Post.LEADER, Post.HEAD])
    return xuecheng


@pytest.fixture
def leader(demanded):
    return demanded.user("区住建局", Post.LEADER)


def with_device(user, name=second_factor.WITH_LEAVE):
    return TOTPDevice.objects.create(user=user, confirmed=True, name=name)


def digits(device):
    """The code of now; a code just used is not taken twice, so the device forgets that it was."""
    TOTPDevice.objects.filter(pk=device.pk).update(last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None)
    return f"{totp(device.bin_key):06d}"


def give(client, user, **more):
    return client.post("/sign-in/", {"username": user.username, "password": PASSWORD} | more)


def two_administrators(world, person):
    people.ask_factor_code(person.pk, by=world.actor(OFFICE, Post.ADMINISTRATOR))
    return people.confirm_factor_code(person.pk, by=world.actor(OFFICE, Post.SECURITY))[1]


def set_up(client, user, code, password=PASSWORD):
    client.get("/settings/authenticator/")
    device = TOTPDevice.objects.get(user=user, confirmed=False)
    return client.post("/settings/authenticator/", {"password": password, "code": code, "token": digits(device)})


def test_production_demands_it_of_leaders_government_and_administrators(xuecheng):
    from config.settings import base

    assert set(base.SECOND_FACTOR_POSTS) >= {
        Post.LEADER, Post.HEAD, Post.CONVENER, Post.GOVERNMENT_LEADER, Post.ADMINISTRATOR, Post.SECURITY, Post.AUDITOR,
    }  # fmt: skip
    type(xuecheng.jurisdiction).objects.filter(pk=xuecheng.jurisdiction.pk).update(second_factor_posts=None)
    assert xuecheng.actor("区住建局", Post.LEADER).demands_second_factor
    assert not xuecheng.actor("区住建局", Post.CLERK).demands_second_factor


def test_a_demanded_post_does_nothing_without_it_on_page_rest_and_admin(demanded, leader, client):
    referral = make.submitted(demanded)
    assert give(client, leader).status_code == 302
    assert client.get("/")["Location"] == "/settings/authenticator/"
    assert client.get("/api/v1/referrals/").status_code == 403
    assert client.post(f"/referrals/{referral.pk}/act/sign/").status_code == 403
    answer = client.post(f"/api/v1/referrals/{referral.pk}/sign/", {}, content_type="application/json", headers={"If-Match": "*"})
    assert answer.status_code == 403
    assert "动态口令" in answer.json()["detail"]
    clerk = demanded.user("区住建局")
    assert give(Client(), clerk).status_code == 302


def test_setting_up_takes_the_password_and_two_administrators(demanded, leader, client):
    give(client, leader)
    assert set_up(client, leader, "").status_code == 400
    code = two_administrators(demanded, leader)
    assert set_up(client, leader, code, password="wrong").status_code == 400
    assert set_up(client, leader, "0000-0000-0000-0000").status_code == 400
    assert set_up(client, leader, code).status_code == 302
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/referrals/").status_code == 200
    verbs = AuditEntry.objects.filter(subject_id=str(leader.pk), verb__in=("user.ask_factor_code", "user.confirm_factor_code", "user.totp_on"))
    assert list(verbs.order_by("seq").values_list("post", flat=True)) == [Post.ADMINISTRATOR, Post.SECURITY, Post.LEADER]
    assert code not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_the_code_is_given_by_two_different_administrators_once_and_for_three_days(demanded, leader, at):
    system, security = demanded.actor(OFFICE, Post.ADMINISTRATOR), demanded.actor(OFFICE, Post.SECURITY)
    with pytest.raises(BadInput, match="发起"):
        people.confirm_factor_code(leader.pk, by=security)
    people.ask_factor_code(leader.pk, by=system)
    with pytest.raises(NotAllowed, match="另一类管理员"):
        people.confirm_factor_code(leader.pk, by=system)
    with pytest.raises(NotAllowed):
        second_factor.confirm_factor_code(leader, by=demanded.actor("区住建局", Post.HEAD))
    with pytest.raises(NotAllowed, match="其他管理员"):
        people.ask_factor_code(system.user_id, by=system)
    code = people.confirm_factor_code(leader.pk, by=security)[1]
    with pytest.raises(BadInput):
        people.confirm_factor_code(leader.pk, by=security)
    device = TOTPDevice.objects.create(user=leader, confirmed=False, name="x")
    FactorCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(BadInput, match="启用码"):
        second_factor.set_up(leader, device, token=digits(device), password=PASSWORD, code=code, by=actor_for(leader))
    FactorCode.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    second_factor.set_up(leader, device, token=digits(device), password=PASSWORD, code=code, by=actor_for(leader))
    other = TOTPDevice.objects.create(user=leader, confirmed=False, name="y")
    with pytest.raises(BadInput, match="启用码"):
        second_factor.set_up(leader, other, token=digits(other), password=PASSWORD, code=code, by=actor_for(leader))


def test_only_who_has_one_is_asked_for_the_code(demanded, leader, client):
    assert "otp" not in client.get("/sign-in/").content.decode()
    device = with_device(leader)
    asked = give(client, leader)
    assert 'name="otp"' in asked.content.decode()
    assert "_auth_user_id" not in client.session
    assert client.post("/sign-in/", {"otp": "000000"}).status_code == 400
    assert client.post("/sign-in/", {"otp": "²²²²²²"}).status_code == 400
    assert client.post("/sign-in/", {"otp": digits(device)}).status_code == 302
    assert client.get("/").status_code == 200


def test_five_wrong_codes_ask_for_the_password_again(demanded, leader, client):
    device = with_device(leader)
    give(client, leader)
    for _try in range(5):
        client.post("/sign-in/", {"otp": "000000"})
    answer = client.post("/sign-in/", {"otp": digits(device)})
    assert answer.status_code == 400
    assert "_auth_user_id" not in client.session
    assert AuditEntry.objects.filter(verb="user.sign_in_refused", subject_id=str(leader.pk), detail__why="code").count() == 5


def test_a_remembered_device_is_not_asked_for_a_set_time_and_can_be_forgotten(demanded, leader, client):
    device = with_device(leader)
    give(client, leader)
    client.post("/sign-in/", {"otp": digits(device), "remember": "on"})
    row = RememberedDevice.objects.get()
    assert timedelta(days=29) < row.expires_at - row.created_at <= timedelta(days=30)
    client.post("/sign-out/")
    assert give(client, leader).status_code == 302
    assert client.get("/").status_code == 200
    other = demanded.user("区住建局", Post.HEAD)
    with_device(other)
    assert give(client, other).status_code == 400
    assert give(client, leader).status_code == 302
    assert str(row.pk) in client.get("/settings/").content.decode()
    client.post("/settings/", {"forget": row.pk})
    assert client.get("/settings/").status_code == 200
    client.post("/sign-out/")
    assert give(client, leader).status_code == 400
    RememberedDevice.objects.update(forgotten_at=None, generation=leader.sign_in_generation + 1, expires_at=timezone.now() - timedelta(seconds=1))
    assert give(client, leader).status_code == 400


def test_a_replaced_authenticator_ends_sessions_and_remembered_devices(demanded, leader, client):
    device = with_device(leader)
    give(client, leader)
    client.post("/sign-in/", {"otp": digits(device), "remember": "on"})
    elsewhere = Client()
    give(elsewhere, leader)
    elsewhere.post("/sign-in/", {"otp": digits(device)})
    assert elsewhere.get("/").status_code == 200
    code = two_administrators(demanded, leader)
    assert set_up(client, leader, code).status_code == 302
    assert elsewhere.get("/").status_code == 302
    assert TOTPDevice.objects.filter(user=leader).count() == 1
    client.post("/sign-out/")
    assert give(client, leader).status_code == 400


def test_who_must_have_it_cannot_take_it_off(demanded, leader, client):
    device = with_device(leader)
    give(client, leader)
    client.post("/sign-in/", {"otp": digits(device)})
    with pytest.raises(NotAllowed, match="不能停用"):
        second_factor.take_off(leader, device, token=digits(device), password=PASSWORD, by=actor_for(leader))


def test_a_leader_who_lost_it_strands_nothing_the_deputy_signs(demanded, leader):
    with_device(leader)
    deputy = demanded.user("区住建局", Post.HEAD)
    today, holding = timezone.localdate(), demanded.holdings["区住建局", Post.LEADER]
    delegate_post(
        by=demanded.actor(OFFICE, Post.SECURITY), holding=holding, deputy=deputy, since=today, until=today + timedelta(days=3), reason="遗失验证器"
    )
    referral = make.submitted(demanded)
    browser, device = Client(), with_device(deputy)
    give(browser, deputy)
    browser.post("/sign-in/", {"otp": digits(device)})
    browser.post("/post/", {"holding": holding.pk})
    browser.get(f"/referrals/{referral.pk}/")
    assert browser.post(f"/referrals/{referral.pk}/act/sign/").status_code == 302
    assert Referral.objects.get(pk=referral.pk).state in ("signed", "delivered")


def test_no_personal_token_for_a_demanded_post(demanded, leader):
    holding = PostHolding.objects.get(pk=demanded.holdings["区住建局", Post.LEADER].pk)
    with pytest.raises(NotAllowed, match="动态口令"):
        make_token(by=demanded.actor(OFFICE, Post.SECURITY), holding=holding, name="x")
    demand_second_factor(by=demanded.actor(OFFICE, Post.SECURITY), of=[])
    holding = PostHolding.objects.get(pk=holding.pk)
    _row, token = make_token(by=demanded.actor(OFFICE, Post.SECURITY), holding=holding, name="x")
    assert Client().get("/api/v1/referrals/", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    demand_second_factor(by=demanded.actor(OFFICE, Post.SECURITY), of=[Post.LEADER])
    assert Client().get("/api/v1/referrals/", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_guesses_through_a_session_are_limited(xuecheng, client):
    person = xuecheng.user("区住建局")
    second_factor.forgive_guesses(person)
    client.force_login(person)
    sent = {"old_password": "wrong", "new_password1": "a-much-better-one-9", "new_password2": "a-much-better-one-9"}
    answers = [client.post("/password/", sent).status_code for _try in range(6)]
    assert answers == [400] * 5 + [403]
    assert client.post("/password/", sent | {"old_password": PASSWORD}).status_code == 403
    assert client.post("/settings/authenticator/", {"password": PASSWORD, "token": "1"}).status_code == 403
    second_factor.forgive_guesses(person)


def test_an_authenticator_set_up_with_the_password_alone_satisfies_no_demanded_post(demanded, client):
    clerk = demanded.user("区住建局")
    give(client, clerk)
    assert set_up(client, clerk, "").status_code == 302
    hold_post(by=demanded.actor(OFFICE, Post.SECURITY), user=clerk, agency=demanded.agencies["区住建局"], post=Post.HEAD, since=timezone.localdate())
    device = TOTPDevice.objects.get(user=clerk)
    fresh = Client()
    give(fresh, clerk)
    assert fresh.post("/sign-in/", {"otp": digits(device), "remember": "on"}).status_code == 302
    head = actor_for(clerk, clerk.holdings.get(post=Post.HEAD).pk)
    fresh.post("/post/", {"holding": head.holding_id})
    assert fresh.get("/")["Location"] == "/settings/authenticator/"
    fresh.post("/sign-out/")
    give(fresh, clerk)
    fresh.post("/post/", {"holding": head.holding_id})
    assert fresh.get("/")["Location"] == "/settings/authenticator/"
    assert set_up(fresh, clerk, two_administrators(demanded, clerk)).status_code == 302
    assert fresh.get("/").status_code == 200


def test_the_operator_gives_the_first_administrators_their_codes(demanded):
    import io

    from django.core.management import call_command

    out = io.StringIO()
    person = demanded.user(OFFICE, Post.SECURITY)
    call_command("factor_code", person.username, stdout=out)
    device = TOTPDevice.objects.create(user=person, confirmed=False, name="x")
    demand_second_factor(by=demanded.actor(OFFICE, Post.SECURITY), of=[Post.SECURITY])
    second_factor.set_up(person, device, token=digits(device), password=PASSWORD, code=out.getvalue(), by=actor_for(person))
    assert second_factor.satisfies(second_factor.device_of(person))


def test_the_security_administrator_says_of_whom_it_is_demanded_on_the_page(demanded, client):
    client.force_login(demanded.user(OFFICE, Post.SECURITY))
    address = f"/admin/accounts/jurisdiction/{demanded.jurisdiction.pk}/change/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"second_factor_posts": ["head", "auditor"], "name": "别名"}).status_code == 302
    row = type(demanded.jurisdiction).objects.get(pk=demanded.jurisdiction.pk)
    assert (row.second_factor_posts, row.name) == (["auditor", "head"], demanded.jurisdiction.name)
    assert AuditEntry.objects.filter(verb="jurisdiction.demand_second_factor").count() == 2
    client.force_login(demanded.user(OFFICE, Post.ADMINISTRATOR))
    sent = {"name": row.name, "area_code": row.area_code, "government_name": "新名称", "second_factor_posts": []}
    assert client.post(address, sent).status_code == 302
    row.refresh_from_db()
    assert (row.second_factor_posts, row.government_name) == (["auditor", "head"], "新名称")
