"""Deputies in term only: current colleagues, and no longer than every term that the deputising hangs on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actors import people_at, posts_of
from accounts.kinds import Post
from accounts.models import Absence, Agency, PostHolding, User
from accounts.services import delegate_post
from core.errors import BadInput, NotAllowed

HOUSING, OFFICE = "区住建局", "区政府办公室"
DAY = timedelta(days=1)


@pytest.fixture
def deputised(xuecheng):
    """The head of the housing bureau deputises for its leader: (the absence, the leader's holding, the deputy)."""
    today = timezone.localdate()
    leader, deputy = xuecheng.actor(HOUSING, Post.LEADER), xuecheng.user(HOUSING, Post.HEAD)
    absence = delegate_post(by=leader, deputy=deputy, since=today, until=today + 9 * DAY, reason="出差")
    return absence, xuecheng.holdings[HOUSING, Post.LEADER], deputy


def acts_in(deputy, holding):
    """Whether the deputy may act in the post, and is told what its holder is told: the two never differ."""
    person, today = User.objects.get(pk=deputy.pk), timezone.localdate()
    acts = holding.pk in {h.pk for h, _deputy in posts_of(person)}
    told = deputy.pk in {p.user_id for p in people_at({holding.agency_id}, (holding.post,), today)}
    assert acts == told
    return acts


def end_own_post(absence, holding, deputy):
    PostHolding.objects.filter(user=deputy).update(until=timezone.localdate() - DAY)


def end_holders_term(absence, holding, deputy):
    PostHolding.objects.filter(pk=holding.pk).update(until=timezone.localdate() - DAY)


def end_agency(absence, holding, deputy):
    Agency.objects.filter(pk=holding.agency_id).update(valid_to=timezone.localdate() - DAY)


def end_absence(absence, holding, deputy):
    today = timezone.localdate()
    Absence.objects.filter(pk=absence.pk).update(since=today - 2 * DAY, until=today - DAY)


def begin_later(absence, holding, deputy):
    Absence.objects.filter(pk=absence.pk).update(since=timezone.localdate() + DAY)


def switch_off_deputy(absence, holding, deputy):
    User.objects.filter(pk=deputy.pk).update(is_active=False)


def switch_off_holder(absence, holding, deputy):
    User.objects.filter(pk=holding.user_id).update(is_active=False)


ENDS = [end_own_post, end_holders_term, end_agency, end_absence, begin_later, switch_off_deputy, switch_off_holder]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_deputising_ends_with_whatever_it_hangs_on(deputised, end):
    absence, holding, deputy = deputised
    assert acts_in(deputy, holding)
    end(absence, holding, deputy)
    assert not acts_in(deputy, holding)


def test_only_a_current_colleague_is_named_deputy(xuecheng):
    today, leader = timezone.localdate(), xuecheng.actor(HOUSING, Post.LEADER)
    former = xuecheng.user(HOUSING, Post.CLERK)
    PostHolding.objects.filter(user=former).update(until=today - DAY)
    stranger = xuecheng.user("区民政局")
    later = xuecheng.user("区教体局")
    PostHolding.objects.create(user=later, agency=xuecheng.agencies[HOUSING], post=Post.CLERK, since=today + 5 * DAY)
    for person in (former, stranger, later, leader.user):
        with pytest.raises(BadInput, match="在任"):
            delegate_post(by=leader, deputy=person, since=today, until=today + 9 * DAY, reason="出差")
    assert delegate_post(by=leader, deputy=later, since=today + 5 * DAY, until=today + 9 * DAY, reason="出差")


def test_only_the_districts_security_administrator_names_deputies_for_others(xuecheng, zhoucun):
    today, deputy = timezone.localdate(), xuecheng.user(HOUSING, Post.HEAD)
    holding = PostHolding.objects.get(pk=xuecheng.holdings[HOUSING, Post.LEADER].pk)
    given = {"holding": holding, "deputy": deputy, "since": today, "until": today, "reason": "病休"}
    theirs = next(zhoucun.actor(short, post) for short, post in zhoucun.holdings if post == Post.SECURITY)
    for other in (theirs, xuecheng.actor(OFFICE, Post.ADMINISTRATOR), xuecheng.actor(HOUSING, Post.HEAD)):
        with pytest.raises(NotAllowed, match="安全管理员"):
            delegate_post(by=other, **given)
    assert delegate_post(by=xuecheng.actor(OFFICE, Post.SECURITY), **given)


def test_nobody_deputises_in_a_second_administration(xuecheng):
    today, auditor = timezone.localdate(), xuecheng.user(OFFICE, Post.AUDITOR)
    with pytest.raises(BadInput, match="三人分别担任"):
        delegate_post(by=xuecheng.actor(OFFICE, Post.ADMINISTRATOR), deputy=auditor, since=today, until=today, reason="出差")
