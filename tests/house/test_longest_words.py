"""Whatever a field takes at its longest, every act that copies it on can keep: lengths add up."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.urls import reverse
from django.utils import timezone

from accounts import services as accounts
from accounts.actors import actor_in
from accounts.kinds import Post
from accounts.models import Agency, PostHolding, User
from core.models import AuditEntry
from foundation.cases.models import Matter
from oversight.doors import ESCALATION_DOORS
from referrals.doors import DISPUTE_DOORS, REFERRAL_DOORS
from referrals.draft_form import DraftForm
from referrals.models import Referral
from tests import make
from tests.house.test_permission_matrix import DISPUTE, ESCALATION, REFERRAL, WHO, WORDS

PHRASE = "经现场检查发现当事人占用道路并已责令限期改正"


def long_words(length):
    return (PHRASE * (length // len(PHRASE) + 1))[:length]


def longest(form, given):
    """The fields of `form` at their longest, but for what is chosen or counted."""
    filled = {}
    for name, field in form.base_fields.items():
        if isinstance(field, forms.CharField) and not isinstance(field, forms.ChoiceField) and field.max_length:
            filled[name] = long_words(field.max_length)
        elif name in given:
            filled[name] = given[name]
    return filled


def widen(rows, *names):
    """Each of these fields as long as its column, and still one of its kind."""
    for row in rows:
        mark = str(row.pk)
        most = {name: row._meta.get_field(name).max_length for name in names}
        type(row).objects.filter(pk=row.pk).update(**{name: long_words(long - len(mark)) + mark for name, long in most.items()})


@pytest.fixture
def wide(xuecheng):
    """Parties, matters, agencies, people and posts with names as long as their columns."""
    widen(Matter.objects.filter(jurisdiction=xuecheng.jurisdiction), "name")
    widen(Agency.objects.filter(jurisdiction=xuecheng.jurisdiction), "short_name", "name", "doc_code")
    widen(User.objects.filter(jurisdiction=xuecheng.jurisdiction), "first_name")
    widen(PostHolding.objects.filter(agency__jurisdiction=xuecheng.jurisdiction), "title")
    # Its people are asked for by their agency's short name: by the long one, too.
    named = {short: Agency.objects.get(pk=agency.pk).short_name for short, agency in xuecheng.agencies.items()}
    longer = {(named[short], post): holding for (short, post), holding in xuecheng.holdings.items()}
    xuecheng.holdings.update(longer)
    yield xuecheng
    for key in longer:
        del xuecheng.holdings[key]


def performed(client, world, address, pk, verb, who, data):
    client.force_login(world.user(*WHO[who]))
    answer = client.post(reverse(address, args=[pk, verb]), {k: getattr(v, "pk", v) for k, v in data.items()})
    assert answer.status_code == 302, re.findall(r'class="(?:err|error)"[^>]*>([^<]+)', answer.content.decode())


def given(verb):
    return {k: v() if callable(v) else v for k, v in WORDS.get(verb, {}).items()}


@pytest.mark.parametrize("verb", [verb for verb, (_reach, may) in REFERRAL.items() if may and verb not in ("supply_supplement", "correct_facts")])
def test_every_act_on_a_referral_keeps_the_longest_words(wide, client, verb):
    reach, allowed = REFERRAL[verb]
    referral = reach(wide)
    words = given(verb) | {"person": wide.user("区教体局")}
    performed(client, wide, "act", referral.pk, verb, sorted(allowed)[0], longest(REFERRAL_DOORS[verb].form, words))


@pytest.mark.parametrize("verb", list(DISPUTE))
def test_every_act_on_a_dispute_keeps_the_longest_words(wide, client, verb):
    reach, allowed = DISPUTE[verb]
    dispute = reach(wide)
    words = given(verb) | {"handler": wide.agencies["区住建局" if verb == "offer_agreement" else "区市场监管局"], "offer": 1}
    performed(client, wide, "dispute-act", dispute.pk, verb, sorted(allowed)[0], longest(DISPUTE_DOORS[verb].form, words))


@pytest.mark.parametrize("verb", list(ESCALATION))
def test_every_act_on_an_escalation_keeps_the_longest_words(wide, client, at, verb):
    reach, allowed = ESCALATION[verb]
    found = reach(wide, at)
    performed(client, wide, "escalation-act", found.pk, verb, sorted(allowed)[0], longest(ESCALATION_DOORS[verb].form, given(verb)))


def test_a_draft_keeps_the_longest_words_up_to_its_letter(wide, client, commits):
    referral = make.draft(wide)
    client.force_login(make.sender(wide).user)
    typed = longest(DraftForm, {}) | {"party_code": make.credit_code(), "version": referral.version}
    answer = client.post(reverse("edit-referral", args=[referral.pk]), typed | {"save": "1"})
    assert answer.status_code == 302, re.findall(r'class="(?:err|error)"[^>]*>([^<]+)', answer.content.decode())
    with commits():
        made = make.delivered(wide, party_code=make.credit_code(8), party_name="枣庄" + long_words(98), place=long_words(200), facts=long_words(1900))
    assert Referral.objects.get(pk=made.pk).state == "delivered"


def test_who_deputises_for_the_longest_title_acts(wide):
    clerk, leader = wide.user("区住建局", Post.CLERK), wide.holdings["区住建局", Post.LEADER]
    today = timezone.localdate()
    accounts.delegate_post(by=wide.actor("区政府办公室", Post.SECURITY), holding=leader, deputy=clerk, since=today, until=today, reason="出差")
    deputy = actor_in(clerk, PostHolding.objects.select_related("agency__jurisdiction", "user").get(pk=leader.pk), True)
    assert len(deputy.post_name) <= AuditEntry._meta.get_field("post").max_length
    assert deputy.post_name.endswith("（代行）")
