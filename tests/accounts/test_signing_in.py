"""Signing in, locking out, first passwords, authenticators, absence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.actors import actor_for, people_at, system_actor
from accounts.kinds import Post
from accounts.services import delegate_post, merge_agency
from core.errors import BadInput, NotAllowed
from core.models import AuditEntry
from referrals.models import Referral
from tests import make
from tests.conftest import PASSWORD


def attempt(client, user, password=PASSWORD, **more):
    return client.post(reverse("sign-in"), {"username": user.username, "password": password, **more})


def test_sign_in_and_refusal_are_in_the_trail(xuecheng, client):
    user = xuecheng.user("区住建局")
    assert attempt(client, user, "wrong").status_code == 400
    assert attempt(client, user).status_code == 302
    verbs = list(AuditEntry.objects.filter(subject_kind="user", subject_id=str(user.pk)).order_by("seq").values_list("verb", flat=True))
    assert verbs[-2:] == ["user.sign_in_refused", "user.sign_in"]


def test_a_first_password_must_be_changed_before_anything_else(xuecheng, client):
    user = xuecheng.user("区住建局")
    user.must_change_password = True
    user.save()
    client.force_login(user)
    assert client.get("/")["Location"] == reverse("change-password")
    assert client.get("/api/v1/referrals/").status_code == 403
    weak = client.post(reverse("change-password"), {"old_password": PASSWORD, "new_password1": "12345678", "new_password2": "12345678"})
    assert weak.status_code == 400
    new = "a-much-better-one-9"
    client.post(reverse("change-password"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert client.get("/").status_code == 200


def test_who_set_up_an_authenticator_needs_its_code(xuecheng, client):
    user = xuecheng.user("区住建局")
    device = TOTPDevice.objects.create(user=user, confirmed=True, name="x")
    assert attempt(client, user).status_code == 400
    assert attempt(client, user, otp=f"{totp(device.bin_key):06d}").status_code == 302


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"])
def test_passwords_are_kept_with_argon2(xuecheng):
    user = xuecheng.user("区住建局")
    user.set_password("another-good-one")
    assert user.password.startswith("argon2$argon2id$")


def test_production_names_argon2_first_and_expires_sessions():
    from config.settings import base

    assert "Argon2" in base.PASSWORD_HASHERS[0]
    assert base.SESSION_COOKIE_AGE <= 12 * 3600


def test_a_term_that_ended_gives_no_rights(xuecheng, client):
    holding = xuecheng.holdings["区住建局", Post.CLERK]
    type(holding).objects.filter(pk=holding.pk).update(until=timezone.localdate() - timedelta(days=1))
    client.force_login(holding.user)
    assert actor_for(holding.user) is None
    assert client.get("/").status_code == 403


def test_a_deputy_acts_for_the_absent_holder_and_the_trail_says_so(xuecheng):
    from referrals import services

    leader, deputy = make.sender(xuecheng, Post.LEADER), xuecheng.user("区住建局", Post.HEAD)
    today = timezone.localdate()
    delegate_post(by=leader, deputy=deputy, since=today, until=today + timedelta(days=3), reason="出差")
    acting = actor_for(deputy, leader.holding_id)
    assert (acting.deputy, acting.post, acting.agency_name) == (True, Post.LEADER, "区住建局")
    referral = make.submitted(xuecheng)
    services.sign_referral(referral.pk, by=acting)
    entry = AuditEntry.objects.get(subject_kind="referral", subject_id=str(referral.pk), verb="referral.sign")
    assert entry.actor_user_id == deputy.pk
    told = {p.user_id for p in people_at({leader.agency_id}, (Post.LEADER,), today)}
    assert {deputy.pk, leader.user_id} <= told


def test_nobody_outside_the_agency_deputises(xuecheng):
    today = timezone.localdate()
    with pytest.raises(BadInput):
        delegate_post(by=make.sender(xuecheng, Post.LEADER), deputy=xuecheng.user("区民政局"), since=today, until=today, reason="依职责分工")


def test_a_merged_bureau_keeps_its_history_and_takes_no_new_letter(xuecheng):
    from referrals import services

    referral = make.delivered(xuecheng)
    old, new = xuecheng.agencies["区综合行政执法局"], xuecheng.agencies["区住建局"]
    fresh = make.draft(xuecheng, party_code=make.credit_code(8))
    merge_agency(old, into=new, on=date.today(), by=system_actor("test"))
    assert Referral.objects.get(pk=referral.pk).to_agency.successor == new
    with pytest.raises(BadInput) as error:
        services.submit_referral(fresh.pk, by=make.sender(xuecheng))
    assert "to_agency" in error.value.fields


def test_only_the_administrator_merges(xuecheng):
    with pytest.raises(NotAllowed):
        merge_agency(xuecheng.agencies["区民政局"], into=xuecheng.agencies["区住建局"], on=date.today(), by=make.sender(xuecheng))


def test_signing_in_leads_nowhere_else(xuecheng, client):
    response = attempt(client, xuecheng.user("区住建局"), next="https://example.org/")
    assert response["Location"] == "/"
