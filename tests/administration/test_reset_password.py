"""A password is reset by two people and by nobody alone: an administrator asks, another or the agency's head gives it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from accounts.kinds import Post
from accounts.models import ApiToken, PasswordReset
from accounts.services import make_token
from administration.resets import ask_password_reset, give_password_reset, resets_before
from core.errors import BadInput, NotAllowed, NotVisible
from core.models import AuditEntry
from notifications.models import Message
from tests.administration.conftest import keeper, signed_in
from tests.conftest import PASSWORD


def clerk(world):
    return world.user("区住建局")


def head(world):
    return world.actor("区住建局", Post.HEAD)


def asked(world, post=Post.SECURITY):
    return ask_password_reset(clerk(world).pk, by=keeper(world, post))


def test_asking_changes_nothing_and_tells_the_person_and_whoever_may_give_it(xuecheng):
    row = asked(xuecheng)
    assert clerk(xuecheng).check_password(PASSWORD)
    told = set(Message.objects.filter(text__contains="重置密码").values_list("user_id", flat=True))
    assert {clerk(xuecheng).pk, head(xuecheng).user_id, keeper(xuecheng, Post.ADMINISTRATOR).user_id} <= told
    assert keeper(xuecheng, Post.SECURITY).user_id not in told
    assert AuditEntry.objects.get(verb="user.ask_password_reset").detail == {"request": row.pk}


# Who asked, who then may not give it.
NOT_SECOND = [
    (Post.SECURITY, lambda w: keeper(w, Post.SECURITY)),
    (Post.ADMINISTRATOR, lambda w: keeper(w, Post.ADMINISTRATOR)),
    (Post.SECURITY, lambda w: keeper(w, Post.AUDITOR)),
    (Post.SECURITY, lambda w: w.actor("区住建局", Post.LEADER)),
    (Post.SECURITY, lambda w: w.actor("区住建局", Post.CLERK)),
    (Post.SECURITY, lambda w: w.actor("区综合行政执法局", Post.HEAD)),
]


@pytest.mark.parametrize(("first", "second"), NOT_SECOND)
def test_nobody_resets_alone_nor_anybody_who_is_no_second(xuecheng, first, second):
    row, by = asked(xuecheng, first), second(xuecheng)
    with pytest.raises(NotAllowed):
        give_password_reset(row.pk, by=by)
    assert clerk(xuecheng).check_password(PASSWORD)
    client = Client()
    client.force_login(by.user)
    assert client.post(f"/password-resets/{row.pk}/give/").status_code == 403


@pytest.mark.parametrize(
    ("first", "second"),
    [(Post.SECURITY, head), (Post.ADMINISTRATOR, head), (Post.SECURITY, lambda w: keeper(w, Post.ADMINISTRATOR)), (Post.ADMINISTRATOR, lambda w: keeper(w, Post.SECURITY))],
)  # fmt: skip
def test_two_people_give_a_password_and_both_are_in_the_trail(xuecheng, first, second):
    row, by = asked(xuecheng, first), second(xuecheng)
    assert [r.pk for r in resets_before(by)] == [row.pk]
    person, password = give_password_reset(row.pk, by=by)
    assert person.check_password(password)
    assert person.must_change_password
    entries = AuditEntry.objects.filter(verb__in=["user.ask_password_reset", "user.reset_password"], subject_id=str(person.pk)).order_by("id")
    assert [e.actor_user_id for e in entries] == [keeper(xuecheng, first).user_id, by.user_id]
    assert password not in str([e.__dict__ for e in entries])


def test_two_system_administrators_are_not_enough(xuecheng):
    from administration.posts import hold_post

    other = xuecheng.user("区民政局")
    hold_post(
        by=keeper(xuecheng, Post.SECURITY), user=other, agency=xuecheng.agencies["区政府办公室"], post=Post.ADMINISTRATOR, since=timezone.localdate()
    )
    from accounts.actors import actor_for
    from accounts.models import PostHolding

    by = actor_for(other, PostHolding.objects.get(user=other, post=Post.ADMINISTRATOR).pk)
    with pytest.raises(NotAllowed):
        give_password_reset(asked(xuecheng, Post.ADMINISTRATOR).pk, by=by)


@pytest.mark.parametrize(
    "by", [lambda w: w.actor("区住建局", Post.HEAD), lambda w: keeper(w, Post.AUDITOR), lambda w: w.actor("区民政局", Post.CLERK)]
)
def test_only_an_administrator_asks_and_not_for_themselves(xuecheng, by):
    with pytest.raises(NotAllowed):
        ask_password_reset(clerk(xuecheng).pk, by=by(xuecheng))
    own = keeper(xuecheng, Post.SECURITY)
    with pytest.raises(NotAllowed, match="自己的密码"):
        ask_password_reset(own.user_id, by=own)


def test_no_request_of_another_district_is_asked_or_given(xuecheng, zhoucun):
    row = asked(xuecheng)
    with pytest.raises(NotVisible):
        give_password_reset(row.pk, by=keeper(zhoucun, Post.SECURITY))
    with pytest.raises(NotVisible):
        ask_password_reset(clerk(xuecheng).pk, by=keeper(zhoucun, Post.SECURITY))


def test_a_request_is_given_once_and_lapses_after_three_days_or_with_a_newer_one(xuecheng):
    first = asked(xuecheng)
    second = asked(xuecheng)
    with pytest.raises(BadInput):
        give_password_reset(first.pk, by=head(xuecheng))
    give_password_reset(second.pk, by=head(xuecheng))
    with pytest.raises(BadInput):
        give_password_reset(second.pk, by=head(xuecheng))
    third = asked(xuecheng)
    PasswordReset.objects.filter(pk=third.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(BadInput):
        give_password_reset(third.pk, by=head(xuecheng))


def test_on_the_pages_it_takes_both_and_ends_sessions_and_tokens(security_admin, xuecheng):
    person = clerk(xuecheng)
    theirs = Client()
    theirs.force_login(person)
    _row, token = make_token(by=keeper(xuecheng, Post.SECURITY), holding=xuecheng.holdings["区住建局", Post.CLERK], name="x")
    assert security_admin.post(f"/admin/accounts/user/{person.pk}/reset-password/").status_code in (302, 403, 404)
    assert clerk(xuecheng).check_password(PASSWORD)
    assert security_admin.post(f"/admin/accounts/user/{person.pk}/ask-password-reset/").status_code == 302
    row = PasswordReset.objects.get()
    at_head = Client()
    at_head.force_login(head(xuecheng).user)
    assert person.username in at_head.get("/password-resets/").content.decode()
    answer = at_head.post(f"/password-resets/{row.pk}/give/")
    password = answer.context["shown"][1]
    assert password in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert theirs.get("/").status_code == 302
    assert theirs.get("/api/v1/referrals/", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert ApiToken.objects.get().revoked_at is not None
    assert Message.objects.filter(user=person, text__startswith="您的密码已由").exists()
    assert theirs.post("/sign-in/", {"username": person.username, "password": password}).status_code == 302
    assert theirs.get("/")["Location"] == "/password/"


def test_the_operator_resets_on_the_command_line_on_record_and_djangos_own_command_does_not(xuecheng):
    person, said = clerk(xuecheng), StringIO()
    call_command("reset_password", person.username, stdout=said)
    assert clerk(xuecheng).check_password(said.getvalue().strip())
    entry = AuditEntry.objects.get(verb="user.reset_password", subject_id=str(person.pk))
    assert (entry.post, entry.actor_user_id) == (Post.SYSTEM, None)
    with pytest.raises(CommandError, match="reset_password"):
        call_command("changepassword", person.username)


def test_the_administration_shows_where_to_ask(xuecheng):
    page = signed_in(xuecheng, Post.SECURITY).get(f"/admin/accounts/user/{clerk(xuecheng).pk}/change/").content.decode()
    assert "ask-password-reset" in page
