"""Accounts: made by the system administrator, worth nothing until the security administrator gives a post."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actors import actor_for, posts_of
from accounts.kinds import Post
from accounts.models import ApiToken, User
from accounts.services import make_token
from administration.posts import hold_post
from core.errors import BadInput, NotAllowed
from core.models import AuditEntry
from tests.administration.conftest import keeper
from tests.administration.test_pages import address


def made(client, **more):
    sent = {"username": "new-person", "first_name": "新来的", "email": "", "is_active": "on"} | more
    return client.post(address("accounts.user", "add"), sent)


def test_making_an_account_and_giving_it_a_post_takes_two_people(system_admin, security_admin, xuecheng):
    answer = made(system_admin)
    assert answer.context["password"] in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    person = User.objects.get(username="new-person")
    assert (person.jurisdiction, person.must_change_password, actor_for(person)) == (xuecheng.jurisdiction, True, None)
    given = {"user": person.pk, "agency": xuecheng.agencies["区住建局"].pk, "post": "clerk", "title": "", "since": timezone.localdate().isoformat()}
    assert system_admin.post(address("accounts.postholding", "add"), given).status_code == 403
    assert made(security_admin, username="another").status_code == 403
    assert security_admin.post(address("accounts.postholding", "add"), given).status_code == 302
    assert actor_for(person).post == Post.CLERK
    verbs = set(AuditEntry.objects.filter(verb__in=("user.add", "postholding.add")).values_list("verb", "post"))
    assert verbs == {("user.add", Post.ADMINISTRATOR), ("postholding.add", Post.SECURITY)}
    assert "新来的" not in str(AuditEntry.objects.get(verb="user.add").detail)


def test_a_refused_change_is_answered_as_refused_with_what_was_typed(system_admin, xuecheng):
    answer = made(system_admin, first_name=" ", email="a@example.org")
    assert answer.status_code in (200, 400)
    assert "a@example.org" in answer.content.decode()
    assert not User.objects.filter(username="new-person").exists()


def test_switching_an_account_off_ends_its_tokens_and_its_posts(system_admin, xuecheng):
    person = xuecheng.user("区住建局")
    make_token(by=keeper(xuecheng, Post.SECURITY), holding=xuecheng.holdings["区住建局", Post.CLERK], name="x")
    sent = {"username": person.username, "first_name": person.first_name, "email": person.email}
    assert system_admin.post(address("accounts.user", "change", person.pk), sent).status_code == 302
    person.refresh_from_db()
    assert not person.is_active
    assert posts_of(person) == []
    assert ApiToken.objects.get().revoked_at is not None
    assert AuditEntry.objects.get(verb="user.change").detail["changes"] == {"is_active": ["True", "False"]}


def test_one_person_holds_at_most_one_of_the_three_administrations(xuecheng):
    by, today = keeper(xuecheng, Post.SECURITY), timezone.localdate()
    agency = xuecheng.agencies["区政府办公室"]
    for mine in (Post.ADMINISTRATOR, Post.AUDITOR):
        person = xuecheng.user("区政府办公室", mine)
        for other in {Post.ADMINISTRATOR, Post.SECURITY, Post.AUDITOR} - {mine}:
            with pytest.raises(BadInput, match="三人分别担任"):
                hold_post(by=by, user=person, agency=agency, post=other, since=today)
            with pytest.raises(BadInput, match="三人分别担任"):
                hold_post(by=by, user=person, agency=agency, post=other, since=today + timedelta(days=400))
    clerk = xuecheng.user("区住建局")
    hold_post(by=by, user=clerk, agency=agency, post=Post.AUDITOR, since=today, until=today)
    hold_post(by=by, user=clerk, agency=agency, post=Post.ADMINISTRATOR, since=today + timedelta(days=1))


def test_nobody_gives_themselves_a_post_or_ends_it(xuecheng):
    by, today = keeper(xuecheng, Post.SECURITY), timezone.localdate()
    with pytest.raises(NotAllowed, match="另一位安全管理员"):
        hold_post(by=by, user=by.user, agency=xuecheng.agencies["区住建局"], post=Post.HEAD, since=today)
