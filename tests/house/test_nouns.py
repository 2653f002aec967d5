"""Everything with a lifecycle is a noun, its facts stand in one place, and no room takes one noun for another."""

from __future__ import annotations

import pytest
from django.apps import apps

from accounts.kinds import Post
from accounts.models import Agency
from core import nouns
from deadlines.clocks import start_clock
from notifications.models import Message
from oversight import watch
from oversight.models import Escalation
from oversight.selectors import escalations_waiting_for
from referrals.lifecycle import ENDED, State
from referrals.models import Party, Referral
from referrals.rules import REPLY, clock_key, rules_of_referral
from referrals.selectors import desk_ids
from referrals.templatetags.showing import next_step
from tests import make


def test_every_model_with_a_lifecycle_is_a_noun():
    with_life = {model for model in apps.get_models() if hasattr(model, "VERBS") and hasattr(model, "BIRTHS")}
    assert with_life
    assert with_life == {noun.model for noun in nouns.nouns()}


# Whose desk a referral lies on in each state, and what its row says there is to do next.
TURNS = [
    ("draft", "sender's clerk", {"sender's clerk": "填完送签", "sender's leader": "填完送签"}),
    ("returned", "sender's clerk", {"sender's clerk": "按意见修改"}),
    ("submitted", "sender's leader", {"sender's clerk": "等领导签发", "sender's leader": "签发"}),
    ("signed", "nobody", {"sender's clerk": "正在送达"}),
    ("delivered", "receiver's clerk", {"receiver's clerk": "签收", "sender's clerk": "等 区综合行政执法局"}),
    ("signed_for", "receiver's clerk", {"receiver's clerk": "答复是否受理"}),
    ("accepted", "receiver's clerk", {"receiver's clerk": "开始办理", "sender's clerk": "等 区综合行政执法局"}),
    ("handling", "receiver's clerk", {"receiver's clerk": "登记处理决定"}),
    ("decided", "receiver's clerk", {"receiver's clerk": "通报结果"}),
    ("reported", "sender's clerk", {"sender's clerk": "核对结果，办结", "receiver's clerk": "等 区综合行政执法局"}),
    ("not_accepted", "sender's clerk", {"sender's clerk": "收回或提异议"}),
    ("disputed", "nobody", {"sender's clerk": "协商或报请", "receiver's clerk": "协商或报请"}),
    ("closed", "nobody", {}),
    ("withdrawn", "nobody", {}),
    ("taken_back", "nobody", {}),
    ("discarded", "nobody", {}),
]


@pytest.fixture
def actors(xuecheng):
    return {
        "sender's clerk": make.sender(xuecheng), "sender's leader": make.sender(xuecheng, Post.LEADER), "receiver's clerk": make.receiver(xuecheng)
    }  # fmt: skip


def test_the_table_of_turns_names_every_state():
    assert {row[0] for row in TURNS} == set(State.values)


@pytest.mark.parametrize(("state", "turn", "says"), TURNS, ids=[row[0] for row in TURNS])
def test_it_lies_on_the_desk_of_whose_turn_it_is_and_on_no_other(xuecheng, actors, at, state, turn, says):
    now = at("2026-03-10T09:00")
    referral = make.draft(xuecheng)
    # Each state without the life that leads there: only the desk is looked at.
    Party.objects.create(referral=referral, agency=referral.to_agency, role=Party.Role.RECEIVER)
    Referral.objects.filter(pk=referral.pk).update(state=state, ended_at=now if state in ENDED else None)
    referral = Referral.objects.get(pk=referral.pk)
    found = {name for name, actor in actors.items() if referral.pk in desk_ids(actor, "todo", now)}
    assert found == ({turn} if turn != "nobody" else set())
    for name, words in says.items():
        assert next_step(referral, actors[name]) == words


WAITING = [
    ("raised", {"office"}), ("proposed", {"leader"}), ("ordered", {"late"}), ("answered", {"office", "supervision"}),
    ("closed", set()), ("dismissed", set()), ("handed_over", set()),
]  # fmt: skip


@pytest.mark.parametrize(("state", "turn"), WAITING, ids=[row[0] for row in WAITING])
def test_an_escalation_lies_on_the_desk_of_whose_turn_it_is(xuecheng, at, state, turn):
    at("2026-03-09T09:00")
    make.delivered(xuecheng)
    watch.sweep(at("2026-03-13T00:00:00"))
    Escalation.objects.update(state=state)
    desks = {
        "office": xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK), "leader": xuecheng.actor("区政府", Post.GOVERNMENT_LEADER),
        "supervision": xuecheng.actor("区政府督查室", Post.SUPERVISION), "late": make.receiver(xuecheng),
    }  # fmt: skip
    assert {name for name, actor in desks.items() if escalations_waiting_for(actor).exists()} == turn


def test_the_clock_of_another_noun_says_nothing_of_a_referral_of_the_same_number(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.accepted(xuecheng)
    sides = [referral.from_agency_id, referral.to_agency_id]
    stranger = Agency.objects.filter(jurisdiction=xuecheng.jurisdiction, kind=referral.from_agency.kind).exclude(pk__in=sides)[0]
    clock = start_clock(
        rules_of_referral(referral), clock_key(referral, REPLY), role="trial", subject=("meeting", referral.pk), event_at=at("2026-03-09T09:00"),
        holder=stranger, counterpart=None,
    )  # fmt: skip
    seats = Party.objects.filter(referral=referral).order_by("pk").values_list("agency_id", "role")
    before = list(seats)
    watch.sweep(at("2026-03-13T00:00:00"))
    escalation = Escalation.objects.get(clock=clock)
    told = [escalation.title, *Message.objects.filter(user__holdings__agency=stranger).values_list("text", flat=True)]
    assert len(told) > 1
    for words in told:
        assert referral.stated.party_name not in words
        assert referral.number not in words
    urls = set(Message.objects.filter(user__holdings__agency=stranger).values_list("url", flat=True))
    assert f"/referrals/{referral.pk}/" not in urls
    assert list(seats) == before
