"""Every state of a referral and of a dispute that is no end: somebody is waited for, and something says since when."""

from __future__ import annotations

import pytest

from deadlines.models import Clock, LocalTarget
from deadlines.targets import BY_STATE, RECEIVER, SENDER, SETTINGS, TARGETS, default_workdays
from referrals.lifecycle import ENDED, DisputeState, State
from tests import make

# A draft waits for nobody but its own agency: its clock is the law's, or it stands in the leader's aging list.
DRAFTS = {State.DRAFT}
# What has its target in the dispute: the referral stays in one state meanwhile.
DISPUTE_ENDS = {DisputeState.AGREED}
# The dispute begins in this state together with the referral's `disputed`.
WITH_THE_REFERRAL = {DisputeState.OPEN: State.DISPUTED}


@pytest.mark.parametrize("state", [s for s in State if s not in ENDED and s not in DRAFTS])
def test_every_state_of_a_referral_has_somebody_waited_for(state):
    assert BY_STATE[state.value].workdays >= 1


@pytest.mark.parametrize("state", [s for s in DisputeState if s not in DISPUTE_ENDS])
def test_every_state_of_a_dispute_has_somebody_waited_for(state):
    together = WITH_THE_REFERRAL.get(state)
    assert BY_STATE[together.value if together else f"dispute.{state.value}"]


@pytest.mark.parametrize("beside", ["consent_wanted", "supplement_wanted"])
def test_what_is_waited_for_beside_a_state_has_a_target(beside):
    assert BY_STATE[beside]


def test_each_target_is_of_one_state_has_one_name_and_can_be_set():
    assert len(BY_STATE) == len({t.role for t in TARGETS}) == len(TARGETS)
    assert {role for role, _label in SETTINGS} == set(LocalTarget._meta.get_field("role").choices and dict(SETTINGS))
    assert all(default_workdays(role) >= 1 for role, _label in SETTINGS)


REACHED = {
    "submitted": (make.submitted, SENDER), "signed": (make.signed, SENDER), "delivered": (make.delivered, RECEIVER),
    "accepted": (make.accepted, RECEIVER), "reported": (make.reported, SENDER), "disputed": (make.disputed, RECEIVER),
}  # fmt: skip


@pytest.mark.parametrize("state", REACHED)
def test_whoever_is_waited_for_holds_the_running_target(state, xuecheng):
    reach, side = REACHED[state]
    reached = reach(xuecheng)
    referral = getattr(reached, "referral", reached)
    running = Clock.objects.open().get(subject_kind="referral", subject_id=referral.pk, clause="")
    holder = make.sender(xuecheng) if side == SENDER else make.receiver(xuecheng)
    assert (running.role, running.holder) == (BY_STATE[state].role, holder.agency)
    assert not running.escalates
