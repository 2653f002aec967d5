"""Every limit that one of the five documents counts from an event of a referral is begun by the act of that event.

Or its clause is said in docs/clauses.md to be recorded only.
"""

from __future__ import annotations

import inspect

import pytest
from django.utils import timezone

from accounts.kinds import Post
from deadlines.models import Clock
from deadlines.profile_files import shipped_profiles
from referrals import services
from tests import make
from tests.mutants.table import rows

# What happens to a referral (before, in and after it), by the name that the documents' rules give it.
OF_A_REFERRAL = {
    "violation_discovered", "no_jurisdiction_determined", "penalty_need_determined", "in_progress_found", "crime_suspected", "referral_intended",
    "prior_notice_given", "referral_received", "handling_decision_made", "handling_result", "penalty_decided", "decision_made",
    "no_criminal_liability", "refuses_to_correct",
}  # fmt: skip
# Beside a referral: meetings, sharing, help, licences, complaints, operations, hazards, appraisals.
ELSEWHERE = {
    "approval_made", "document_received", "request_received", "written_request_received", "information_formed", "hazard_found", "hazard_notified",
    "licence_progress", "conclusion_issued", "cooperation_document_received", "participation_needed", "query_request_received", "operation_running",
    "accountability_ground_found", "complaint_received", "notice_received", "request_letter_received",
}  # fmt: skip
# SC-3.2.3-a counts the answer to a complaint from its result: no referral.
OF_A_COMPLAINT = {"complaint_result_feedback"}
RECORDED = {row.clause for row in rows() if row.kind in ("recorded only", "absent")}
# Done in the act itself, so that nothing is left to count: the stop is recorded with the draft, the notice is the act.
DONE_AT_ONCE = {
    "QD-2.4.1-g": "services.start_draft", "SC-3.1.2-b": "services.start_draft", "YY-3.3-a prior_notice": "services.give_prior_notice",
    "YY-3.3-e": "services.start_draft",
}  # fmt: skip


def demanded(key):
    return {
        clock.key: clock.clause
        for clock in shipped_profiles()[key].clocks
        if clock.trigger in OF_A_REFERRAL and clock.key not in OF_A_COMPLAINT and clock.clause not in RECORDED
        and clock.clause not in DONE_AT_ONCE and f"{clock.clause} {clock.key}" not in DONE_AT_ONCE
    }  # fmt: skip


def test_every_event_of_the_five_documents_is_of_a_referral_or_elsewhere():
    known = OF_A_REFERRAL | ELSEWHERE
    assert {c.trigger for p in shipped_profiles().values() for c in p.clocks} - known == set()


def whole_life(world, **more):
    """Filed, answered, decided with a penalty and reported."""
    referral = make.delivered(world, **more)
    by = world.actor(referral.to_agency.short_name, Post.CLERK)
    services.accept_referral(referral.pk, by=by)
    services.decide_referral(referral.pk, by=by, kind="penalty", decision="罚款人民币二千元。", at=timezone.now())
    services.report_result(referral.pk, by=by)
    return referral


LIVES = {
    "zhoucun": [
        {"kind": "licensed_violation"},
        {"kind": "unlicensed_activity", "party_code": make.credit_code(3)},
        {"kind": "by_enforcement", "by": "区综合行政执法局", "to": "区住建局", "party_code": make.credit_code(4)},
    ],
}  # fmt: skip


@pytest.mark.parametrize("world", ["xuecheng", "zhoucun", "shuocheng", "yiyuan", "qidong"], indirect=True)
def test_every_limit_of_a_referral_is_begun_by_an_act(world, at):
    at("2026-03-09T09:00")
    key = world.jurisdiction.key
    begun = set()
    for life in LIVES.get(key, [{}]):
        life = dict(life)
        to = life.pop("to", None)
        referral = whole_life(world, **life, **({"to_agency": world.agencies[to]} if to else {}))
        begun |= set(Clock.objects.filter(subject_kind="referral", subject_id=referral.pk).exclude(clause="").values_list("key", flat=True))
    assert {name: clause for name, clause in demanded(key).items() if name not in begun} == {}


def test_what_is_done_in_the_act_itself_has_that_act():
    for place in DONE_AT_ONCE.values():
        assert inspect.isfunction(getattr(services, place.removeprefix("services.")))
