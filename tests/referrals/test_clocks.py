"""The clocks of a referral's life under each document, on its own numbers."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from core.errors import BadInput
from deadlines.clocks import open_clock
from referrals import services
from tests import make

# Found and determined on the morning of Wednesday 2025-09-24; Sunday 09-28 is a make-up day, 10-01 to 10-08 is off.
REFER = [
    ("xuecheng", {}, "2025-09-28", "XC-2.2-c"),
    ("qidong", {}, "2025-09-30", "QD-2.4.1-f"),
    ("shuocheng", {}, "2025-09-28", "SC-3.1.2-a"),
    ("zhoucun", {}, "2025-09-26", "ZC-2.4.3-b"),
]
REPLY = [
    ("xuecheng", "2025-09-28", "XC-2.2-e"),
    ("qidong", "2025-09-30", "QD-2.4.1-h"),
    ("zhoucun", "2025-09-30", "ZC-2.4.3-r"),
    ("shuocheng", None, "SC-3.1.2-a"),
]


@pytest.mark.parametrize(("world", "more", "due", "clause"), REFER, indirect=["world"])
def test_the_referral_clock_of_each_document(at, world, more, due, clause):
    at("2025-09-24T12:00")
    clock = open_clock(("referral", make.draft(world, **more).pk), "referral")
    assert clock, "no clock runs"
    assert (clock.due_at.astimezone(timezone.get_default_timezone()).date().isoformat(), clock.clause) == (due, clause)


def test_xuecheng_counts_from_the_view_that_the_case_is_not_ours_and_not_from_discovery(xuecheng, at):
    # Tuesday to Friday: three working days; four days without that reading would end on the Monday after.
    found, determined = at("2025-03-07T09:00"), at("2025-03-11T09:00")
    at("2025-03-11T12:00")
    clock = open_clock(("referral", make.draft(xuecheng, found_at=found, determined_at=determined).pk), "referral")
    assert clock, "no clock runs"
    assert timezone.localtime(clock.event_at).isoformat() == "2025-03-11T09:00:00+08:00"
    assert timezone.localtime(clock.due_at).date().isoformat() == "2025-03-14"


def test_the_enforcement_bureaus_own_letter_has_its_two_days_though_nobody_chose_a_kind(zhoucun, at):
    at("2025-04-25T12:00")
    referral = make.draft(zhoucun, by="区综合行政执法局", to_agency=zhoucun.agencies["区住建局"], kind="")
    clock = open_clock(("referral", referral.pk), "referral")
    assert clock, "no clock runs"
    assert (clock.clause, timezone.localtime(clock.due_at).date().isoformat()) == ("ZC-2.4.3-l", "2025-04-28")


@pytest.mark.parametrize(("world", "due", "clause"), REPLY, indirect=["world"])
def test_the_reply_clock_of_each_document(at, world, due, clause):
    at("2025-09-24T12:00")
    clock = open_clock(("referral", make.delivered(world).pk), "acceptance_reply")
    assert clock, "no clock runs"
    found = clock.due_at and timezone.localtime(clock.due_at).date().isoformat()
    assert (found, clock.clause) == (due, clause)


def test_yiyuan_sets_no_reply_clock_of_its_own(yiyuan, at):
    at("2025-09-24T12:00")
    assert open_clock(("referral", make.delivered(yiyuan).pk), "acceptance_reply") is None


def test_an_urgent_case_of_xuecheng_is_due_at_once_and_at_the_latest_within_the_three_days(xuecheng, at):
    at("2025-09-24T12:00")
    clock = open_clock(("referral", make.draft(xuecheng, urgent=True, urgent_reason="正在倾倒").pk), "referral")
    assert (clock.unit, clock.at_once, clock.escalates) == ("plain_day", True, True)
    assert timezone.localtime(clock.due_at).isoformat() == "2025-09-28T23:59:59+08:00"
    assert timezone.localtime(clock.next_step_at).isoformat() == "2025-09-24T11:00:00+08:00"


@pytest.mark.parametrize(
    ("kind", "sender", "receiver", "clause"),
    [
        ("licensed_violation", "区住建局", "区综合行政执法局", "ZC-2.4.3-b"),
        ("unlicensed_activity", "区住建局", "区综合行政执法局", "ZC-2.4.3-c"),
        ("by_enforcement", "区综合行政执法局", "区住建局", "ZC-2.4.3-l"),
    ],
    ids=["ZC-2.4.3-b", "ZC-2.4.3-c", "ZC-2.4.3-l"],
)
def test_zhoucun_takes_the_clock_of_the_kind(zhoucun, at, kind, sender, receiver, clause):
    at("2025-04-25T12:00")
    referral = make.draft(zhoucun, by=sender, to_agency=zhoucun.agencies[receiver], kind=kind)
    clock = open_clock(("referral", referral.pk), "referral")
    assert clock.clause == clause
    assert timezone.localtime(clock.due_at).date().isoformat() == "2025-04-28"


@pytest.mark.parametrize(
    ("world", "clause"),
    [("xuecheng", "XC-2.3-a"), ("zhoucun", "ZC-2.4.3-q"), ("shuocheng", "SC-3.1.3-a"), ("qidong", "QD-2.4.1-d"), ("yiyuan", "YY-3.3-c")],
    indirect=["world"],
)
def test_each_documents_required_materials_are_demanded(at, world, clause):
    at("2025-09-24T12:00")
    by = make.sender(world)
    referral = services.start_draft(by=by, data=make.complete(world))
    if world.jurisdiction.key == "yiyuan":
        services.give_prior_notice(referral.pk, by=by, to="电话", at=timezone.now())
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=by)
    assert (error.value.clause, list(error.value.fields)) == (clause, ["materials"])


def test_a_pause_adds_the_working_days_that_it_stood_where_the_document_stops_the_clock(qidong, at):
    import datetime as dt

    from accounts.actors import system_actor
    from deadlines import loading
    from deadlines.profile_files import SHIPPED

    text = re.sub(r"\nversion: \d+\n", "\nversion: 99\n", (SHIPPED / "qidong.yaml").read_text(encoding="utf-8"))
    text = text.replace(
        "  result_feedback: {clock: result_feedback}\n", "  result_feedback: {clock: result_feedback}\n  supplement_stops_clock: true\n"
    )
    version = loading.load_profile_text(text, "qidong.yaml", by=system_actor("test"))
    loading.assign_profile(qidong.jurisdiction, version, since=dt.date(2025, 1, 1), by=system_actor("test"))
    at("2026-03-09T09:00")
    referral = make.signed_for(qidong)
    at("2026-03-10T09:00")
    services.request_supplement(referral.pk, by=make.receiver(qidong), wanted="照片")
    assert open_clock(("referral", referral.pk), "acceptance_reply").next_step_at is None
    at("2026-03-13T09:00")
    more = make.pdf("more")
    services.attach_material(referral.pk, by=make.sender(qidong), slot="other", name="a.pdf", size=len(more.getvalue()), stream=more)
    services.supply_supplement(referral.pk, by=make.sender(qidong))
    clock = open_clock(("referral", referral.pk), "acceptance_reply")
    assert timezone.localtime(clock.due_at).date().isoformat() == "2026-03-19"
    assert clock.next_step_at is not None
