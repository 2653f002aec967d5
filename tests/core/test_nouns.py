"""A noun is declared whole or the application does not start; everything about it is then found under its name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured

from core import nouns
from core.nouns import Stage, declare, noun
from referrals.models import Dispute


@pytest.fixture
def referral_noun():
    """Declared as before when the test has ended."""
    kept = noun("referral")
    yield kept
    nouns._DECLARED["referral"] = kept


def test_what_is_declared_is_found_by_its_name(referral_noun):
    assert noun("referral").kind == "referral"
    assert nouns.noun_of("no_such_thing") is None
    with pytest.raises(LookupError, match="no_such_thing"):
        noun("no_such_thing")


HALVES = {
    "a verb without policy": lambda n: {"policies": {k: v for k, v in n.policies.items() if k != "accept"}},
    "a policy for no verb": lambda n: {"policies": {**n.policies, "no_verb": n.policies["accept"]}},
    "a state without stage": lambda n: {"stages": {k: v for k, v in n.stages.items() if k != "accepted"}},
    "a stage of no state": lambda n: {"stages": {**n.stages, "no_state": Stage("plain")}},
    "a stage without tone": lambda n: {"stages": {**n.stages, "accepted": Stage("purple")}},
    "an internal act that is none": lambda n: {"internal": frozenset({"no_verb"})},
}


@pytest.mark.parametrize("half", HALVES)
def test_what_is_declared_by_halves_does_not_start_and_is_named(referral_noun, half):
    word = {"a verb without policy": "accept", "a policy for no verb": "no_verb", "a state without stage": "accepted"}
    with pytest.raises(ImproperlyConfigured, match=word.get(half, "no_|accepted")):
        declare(replace(referral_noun, **HALVES[half](referral_noun)))
    assert noun("referral") is referral_noun


def test_two_nouns_do_not_share_a_name(referral_noun, monkeypatch):
    monkeypatch.setattr(Dispute._meta, "model_name", "referral")
    with pytest.raises(ImproperlyConfigured, match="another noun"):
        declare(noun("dispute"))


def test_a_verb_is_called_as_its_lifecycle_calls_it():
    assert nouns.verb_label("referral.accept") == "受理"
    assert nouns.verb_label("dispute.open") == "提出管辖争议"
    assert nouns.verb_label("escalation.raise") == "上报区政府督办"
    assert nouns.verb_label("user.sign_in") == ""
