"""One message a person a working day: what waits beyond its local target, how long, whose turn; for those whom it concerns."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.kinds import Post
from deadlines.models import LocalTarget
from deadlines.targets import BY_ROLE
from notifications.models import Message
from oversight import watch
from oversight.digest import TURN, tell_digest
from referrals import services
from referrals.selectors import page_after
from tests import make

OFFICE = ("区政府督查室", Post.SUPERVISION)


def told(actor):
    return list(Message.objects.filter(user=actor.user, kind="digest").order_by("pk"))


def lines(actor):
    return [line["text"] for message in told(actor) for line in message.lines]


@pytest.fixture
def lying(xuecheng, at):
    """Accepted on Monday the 9th of March, and nothing done: ten working days end with the 23rd."""
    at("2026-03-09T09:00")
    return make.accepted(xuecheng)


def test_who_is_waited_for_and_its_leader_are_told_what_waits_how_long_and_whose_turn_it_is(lying, xuecheng, at):
    tell_digest(at("2026-03-24T09:00"))
    clerk, leader = make.receiver(xuecheng), make.receiver(xuecheng, Post.LEADER)
    for person in (clerk, leader):
        [line] = lines(person)
        assert lying.number in line
        assert "等区综合行政执法局受理后开始办理，已 11 个工作日" in line
        assert "轮到您办理 1 件" in told(person)[0].text
    assert told(clerk)[0].lines[0]["url"] == reverse("referral", args=[lying.pk])
    assert not told(make.sender(xuecheng))
    assert not told(xuecheng.actor("区民政局"))
    assert not told(xuecheng.actor("区政府办公室", Post.AUDITOR))


def test_a_person_is_told_once_a_day_however_often_it_runs_and_whatever_is_done_meanwhile(lying, xuecheng, at):
    at("2026-03-09T10:00")
    other = make.accepted(xuecheng, party_code=make.credit_code(31))
    tell_digest(at("2026-03-24T08:30"))
    assert len(lines(make.receiver(xuecheng))) == 2
    at("2026-03-24T09:00")
    services.handle_referral(other.pk, by=make.receiver(xuecheng))
    for moment in ("2026-03-24T09:15", "2026-03-24T18:00"):
        tell_digest(at(moment))
    assert len(told(make.receiver(xuecheng))) == 1
    tell_digest(at("2026-03-25T08:30"))
    assert len(told(make.receiver(xuecheng))) == 2


@pytest.mark.parametrize("moment", ["2026-03-23T09:00", "2026-03-24T08:29", "2026-03-28T09:00"], ids=["not yet passed", "before work", "a Saturday"])
def test_nobody_is_told_too_early_or_on_a_rest_day(lying, xuecheng, at, moment):
    assert tell_digest(at(moment)) == 0


def test_what_was_done_is_not_told(lying, xuecheng, at):
    at("2026-03-23T09:00")
    services.handle_referral(lying.pk, by=make.receiver(xuecheng))
    assert tell_digest(at("2026-03-24T09:00")) == 0


def test_the_overseers_are_told_when_it_has_waited_twice_as_long(lying, xuecheng, at):
    office = xuecheng.actor(*OFFICE)
    watch.sweep(at("2026-03-24T09:00"))
    tell_digest(at("2026-03-24T09:00"))
    assert not told(office)
    watch.sweep(at("2026-04-09T09:00"))
    tell_digest(at("2026-04-09T09:00"))
    assert "请您督促 1 件" in told(office)[0].text
    assert lying.pk in [r.pk for r in page_after(office, "aging", {}, at("2026-04-09T09:00"))[0]]


def test_the_sweep_says_nothing_of_it_one_by_one(lying, xuecheng, at):
    watch.sweep(at("2026-04-09T09:00"))
    assert not Message.objects.filter(text__contains="受理后开始办理").exists()


def test_of_an_unsigned_letter_only_those_hear_who_may_sign_it(xuecheng, at):
    at("2026-03-09T09:00")
    make.submitted(xuecheng)
    watch.sweep(at("2026-04-09T09:00"))
    tell_digest(at("2026-04-09T09:00"))
    assert "领导签发" in lines(make.sender(xuecheng, Post.LEADER))[0]
    assert not told(make.sender(xuecheng))
    assert not told(xuecheng.actor(*OFFICE)), "nobody outside reads a draft"


def test_a_target_that_the_district_adopted_is_told_as_a_lateness_and_not_here(xuecheng, at):
    LocalTarget.objects.create(jurisdiction=xuecheng.jurisdiction, role="handle", workdays=2, adopted=True)
    at("2026-03-09T09:00")
    make.accepted(xuecheng)
    watch.sweep(at("2026-03-24T09:00"))
    assert tell_digest(at("2026-03-24T09:00")) == 0
    assert Message.objects.filter(kind="overdue").exists()


def test_it_goes_by_mail_to_who_wants_it(lying, xuecheng, at):
    clerk = make.receiver(xuecheng).user
    clerk.mail_kinds = ["digest"]
    clerk.save()
    tell_digest(at("2026-03-24T09:00"))
    assert told(make.receiver(xuecheng))[0].wants_mail
    assert not told(make.receiver(xuecheng, Post.LEADER))[0].wants_mail


def test_the_page_of_messages_shows_its_lines_with_their_links(lying, xuecheng, at, client):
    tell_digest(at("2026-03-24T09:00"))
    client.force_login(make.receiver(xuecheng).user)
    page = client.get(reverse("messages")).content.decode()
    assert "每日久办提示" in page
    assert f'href="{reverse("referral", args=[lying.pk])}"' in page
    assert "已 11 个工作日" in page


def test_it_costs_the_same_however_much_waits(xuecheng, at):
    asked = []
    for number in range(2):
        at("2026-03-09T09:00")
        for more in range(1 + 4 * number):
            make.accepted(xuecheng, party_code=make.credit_code(40 + 10 * number + more))
        with CaptureQueriesContext(connection) as queries:
            tell_digest(at(f"2026-03-{24 + number}T09:00"))
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 6


def test_every_target_says_whose_turn_it_is():
    assert set(TURN) == set(BY_ROLE)


def test_the_list_of_what_lies_too_long_begins_with_the_oldest(xuecheng, at):
    at("2026-03-09T09:00")
    made = [make.accepted(xuecheng, party_code=make.credit_code(50 + n)).pk for n in range(3)]
    now = at("2026-03-24T09:00")
    leader = make.receiver(xuecheng, Post.LEADER)
    first, after = page_after(leader, "aging", {}, now, size=2)
    second, end = page_after(leader, "aging", {}, now, size=2, cursor=after)
    assert [r.pk for r in first] + [r.pk for r in second] == made
    assert end is None
