"""A grant of reading is one person's, in one post; it is taken back by whose it is and ends with the post."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.kinds import Post
from accounts.models import PostHolding
from core.errors import BadInput, NotAllowed
from core.models import AuditEntry
from referrals import services
from referrals.selectors import referrals_visible_to
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def referral(xuecheng):
    return make.granted(xuecheng)


@pytest.fixture
def reader(xuecheng):
    return xuecheng.actor("区教体局", Post.CLERK)


def reads(by, referral):
    return referrals_visible_to(by).filter(pk=referral.pk).exists()


def test_the_leader_who_opened_it_closes_it_again(xuecheng, referral, reader):
    assert reads(reader, referral)
    services.take_back_reading(referral.pk, by=make.sender(xuecheng, Post.LEADER), person=reader.user)
    assert not reads(reader, referral)
    entry = AuditEntry.objects.get(verb="referral.take_back_reading")
    assert entry.detail["person"] == reader.user_id


def test_only_the_agency_that_opened_it_takes_it_back(xuecheng, referral, reader):
    with pytest.raises(NotAllowed):
        services.take_back_reading(referral.pk, by=make.receiver(xuecheng, Post.LEADER), person=reader.user)
    assert reads(reader, referral)


def test_what_was_not_given_cannot_be_taken_back(xuecheng, referral):
    by = make.sender(xuecheng, Post.LEADER)
    with pytest.raises(BadInput):
        services.take_back_reading(referral.pk, by=by, person=xuecheng.user("区民政局"))
    with pytest.raises(BadInput):
        services.take_back_reading(referral.pk, by=by, person=None)


def test_it_does_not_follow_the_person_to_another_agency(xuecheng, referral, reader):
    today = timezone.localdate()
    PostHolding.objects.filter(pk=reader.holding_id).update(until=today - dt.timedelta(days=1))
    moved = PostHolding.objects.create(user=reader.user, agency=xuecheng.agencies["区民政局"], post=Post.CLERK, since=today)
    from accounts.actors import actor_in

    assert not reads(actor_in(reader.user, moved), referral)
    back = PostHolding.objects.create(user=reader.user, agency=reader.agency, post=Post.CLERK, since=today)
    assert not reads(actor_in(reader.user, back), referral), "a new post is a new matter"


def test_nobody_without_a_post_here_is_let_in(xuecheng, zhoucun, referral):
    stranger, by = zhoucun.user("区住建局"), make.sender(xuecheng, Post.LEADER)
    with pytest.raises(BadInput):
        services.grant_reading(referral.pk, by=by, person=stranger)
