"""Every verb of a lifecycle has both doors, a policy and a name, or is listed as system-only."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django_fsm import can_proceed

from oversight.doors import ESCALATION_DOORS
from oversight.models import Escalation
from oversight.policies import ESCALATION_POLICIES
from referrals.doors import DISPUTE_DOORS, NOTICE_DOORS, REFERRAL_DOORS
from referrals.models import Dispute, Notice, Referral
from referrals.policies import DISPUTE_POLICIES, DISPUTE_SYSTEM_ONLY, NOTICE_POLICIES, REFERRAL_POLICIES, SYSTEM_ONLY

NOUNS = [
    ("referral", Referral, REFERRAL_DOORS, REFERRAL_POLICIES, (*SYSTEM_ONLY, *Referral.BY_ANOTHER_ACT, "save_draft")),
    ("notice", Notice, NOTICE_DOORS, NOTICE_POLICIES, ("void_notice",)),
    ("dispute", Dispute, DISPUTE_DOORS, DISPUTE_POLICIES, (*DISPUTE_SYSTEM_ONLY, "unite")),
    ("escalation", Escalation, ESCALATION_DOORS, ESCALATION_POLICIES, ("pass_on",)),
]


def transitions(model):
    return {t.name for t in model._meta.get_field("state").get_all_transitions(model)}


@pytest.mark.parametrize(("noun", "model", "doors", "policies", "apart"), NOUNS, ids=[n[0] for n in NOUNS])
def test_every_verb_has_both_doors_or_is_system_only(noun, model, doors, policies, apart):
    verbs = transitions(model)
    assert verbs == set(model.VERBS) == set(policies)
    assert set(doors) == verbs - set(apart)
    for verb in doors:
        assert reverse("act" if noun == "referral" else f"{noun}-act", args=[1, verb])
        assert reverse(f"api-{noun}-{verb}", args=[1]) == f"/api/v1/{noun}s/1/{verb}/"


def test_saving_a_draft_has_its_own_page_and_patch():
    assert reverse("edit-referral", args=[1])
    assert reverse("api-referral", args=[1])


def test_the_state_cannot_be_set_by_hand():
    with pytest.raises(AttributeError):
        Referral(state="draft").state = "closed"
    assert can_proceed(Referral().submit)
