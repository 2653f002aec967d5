"""The receiver's decision: its kind and its time are stated, and from it count the duties to notify and to copy."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import BadInput
from deadlines.clocks import open_clock
from deadlines.models import Clock
from documents.models import OfficialDocument
from referrals import services
from referrals.models import Referral
from tests import make

# Decided on the morning of Friday 2026-03-13; counted from it by each document.
COPY = [("xuecheng", "2026-03-20", "XC-3.4-b"), ("zhoucun", "2026-03-17", "ZC-2.4.3-g"), ("qidong", None, "QD-2.3.1-c")]


def decided(world, at, kind="penalty", **more):
    at("2026-03-09T09:00")
    referral = make.delivered(world, **more)
    by = world.actor(referral.to_agency.short_name)
    services.accept_referral(referral.pk, by=by)
    when = at("2026-03-13T09:00")
    return services.decide_referral(referral.pk, by=by, kind=kind, decision="罚款人民币二千元。", number="执罚字1号", at=when)


def day_of(clock):
    return clock.due_at and timezone.localtime(clock.due_at).date().isoformat()


@pytest.mark.parametrize(("world", "due", "clause"), COPY, indirect=["world"], ids=[c[2] for c in COPY])
def test_a_penalty_starts_the_limit_to_copy_it(world, at, due, clause):
    referral = decided(world, at)
    clock = open_clock(("referral", referral.pk), "penalty_copy")
    assert clock, "no clock runs"
    assert (clock.clause, day_of(clock)) == (clause, due)
    assert (clock.holder_id, clock.counterpart_id) == (referral.to_agency_id, referral.from_agency_id)
    assert timezone.localtime(clock.event_at).isoformat() == "2026-03-13T09:00:00+08:00"


@pytest.mark.parametrize("kind", ["no_penalty", "other"])
@pytest.mark.parametrize("world", ["xuecheng", "zhoucun"], indirect=True)
def test_what_is_no_penalty_need_not_be_copied(world, at, kind):
    referral = decided(world, at, kind)
    assert open_clock(("referral", referral.pk), "penalty_copy") is None
    assert open_clock(("referral", referral.pk), "result_feedback")


@pytest.mark.parametrize("world", ["shuocheng", "yiyuan"], indirect=True)
def test_where_no_copy_is_owed_unasked_no_limit_runs(world, at):
    """SC-3.3-b wants it as the department needs; Yiyuan's document says nothing."""
    referral = decided(world, at)
    assert open_clock(("referral", referral.pk), "penalty_copy") is None


@pytest.mark.parametrize("world", ["xuecheng"], indirect=True)
def test_only_the_bureau_owes_the_copy(world, at):
    """XC-3.4-b speaks of the bureau's penalties."""
    referral = decided(world, at, by="区综合行政执法局", to_agency=world.agencies["区住建局"])
    assert open_clock(("referral", referral.pk), "penalty_copy") is None


@pytest.mark.parametrize("world", ["xuecheng", "zhoucun", "qidong"], indirect=True)
def test_the_letter_with_the_result_copies_the_penalty_and_meets_both(world, at):
    referral = decided(world, at)
    at("2026-03-16T09:00")
    services.report_result(referral.pk, by=make.receiver(world))
    ends = Clock.objects.filter(subject_kind="referral", subject_id=referral.pk, role__in=["penalty_copy", "result_feedback"])
    assert set(ends.values_list("role", "end")) == {("penalty_copy", "met"), ("result_feedback", "met")}
    letter = OfficialDocument.objects.get(kind="referral_result_notice", subject_id=referral.pk)
    printed = json.dumps(letter.content, ensure_ascii=False)
    assert "执罚字1号" in printed
    assert "现将该行政处罚决定一并抄告你单位" in printed


def test_a_copy_that_came_late_was_late(zhoucun, at):
    referral = decided(zhoucun, at)
    at("2026-03-18T09:00")
    services.report_result(referral.pk, by=make.receiver(zhoucun))
    clock = Clock.objects.get(subject_kind="referral", subject_id=referral.pk, role="penalty_copy")
    assert (clock.end, clock.was_late) == ("met", True)


@pytest.mark.parametrize("left_out", ["at", "kind"])
def test_when_and_what_is_stated_and_never_guessed(xuecheng, client, left_out):
    referral = make.accepted(xuecheng)
    client.force_login(make.receiver(xuecheng).user)
    said = {"kind": "penalty", "decision": "罚款人民币二千元。", "at": timezone.now().isoformat()}
    del said[left_out]
    page = client.post(reverse("act", args=[referral.pk, "decide"]), said)
    assert page.status_code == 400
    assert "罚款人民币二千元。" in page.content.decode()
    address = f"/api/v1/referrals/{referral.pk}/decide/"
    answer = client.post(address, json.dumps(said), content_type="application/json", headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, f"#/{left_out}")
    assert Referral.objects.get(pk=referral.pk).state == "accepted"
    assert not Clock.objects.filter(subject_id=referral.pk, role__in=["result_feedback", "penalty_copy"]).exists()


@pytest.mark.parametrize("left_out", ["at", "kind"])
def test_no_other_door_guesses_it_either(xuecheng, left_out):
    """Bulk, imports and tasks call the service: it asks for itself what the forms ask for."""
    referral = make.accepted(xuecheng)
    said = {"kind": "penalty", "at": timezone.now()}
    del said[left_out]
    with pytest.raises(BadInput) as refusal:
        services.decide_referral(referral.pk, by=make.receiver(xuecheng), decision="罚款人民币二千元。", **said)
    assert [(name, sentence[:2]) for name, sentence in refusal.value.fields.items()] == [(left_out, "请填" if left_out == "at" else "请选")]
    assert Referral.objects.get(pk=referral.pk).state == "accepted"


def test_a_decision_in_the_minute_of_the_acceptance_is_not_before_it(xuecheng, at):
    at("2026-03-09T09:00:40")
    referral = make.accepted(xuecheng)
    services.decide_referral(referral.pk, by=make.receiver(xuecheng), kind="other", decision="责令改正。", at=at("2026-03-09T09:00"))
    other = make.accepted(xuecheng, party_code=make.credit_code(8))
    with pytest.raises(BadInput):
        services.decide_referral(other.pk, by=make.receiver(xuecheng), kind="other", decision="责令改正。", at=at("2026-03-09T08:59"))
