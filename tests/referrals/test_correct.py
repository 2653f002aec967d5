"""Changing what a running clock counts from is a correction of that clock: with a reason, within bounds, in sight of others."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed
from deadlines.clocks import open_clock
from deadlines.models import Clock
from notifications.models import Message
from oversight import watch
from oversight.models import Escalation
from referrals import services
from tests import make

WHY = "首次登记时看错了记录"


def clock_of(referral, role="referral"):
    return Clock.objects.get(subject_id=referral.pk, subject_kind="referral", role=role)


def due(clock):
    return timezone.localtime(clock.due_at).isoformat()[:16] if clock.due_at else None


@pytest.fixture
def running(qidong, at):
    """Found at 07:00 and stated at 09:00 of Monday 2026-03-09: due on the 16th."""
    at("2026-03-09T09:00")
    return make.draft(qidong)


def save(world, referral, **data):
    return services.save_draft(referral.pk, by=make.sender(world), data=data)


def test_a_correction_without_a_reason_is_refused_and_nothing_moves(running, qidong, at):
    with pytest.raises(BadInput) as error:
        save(qidong, running, found_at=at("2026-03-06T09:00"))
    assert (error.value.clause, list(error.value.fields)) == ("QD-2.4.1-f", ["correction_reason"])
    assert due(clock_of(running)) == "2026-03-16T23:59"


# what is changed at 2026-03-10T09:00 -> the due date
CORRECTIONS = [
    ({"found_at": "2026-03-06T09:00"}, "2026-03-13T23:59"),
    ({"found_at": "2026-03-09T08:30"}, "2026-03-16T23:59"),
    ({"urgent": True, "urgent_reason": "正在倾倒"}, "2026-03-10T07:00"),
]


@pytest.mark.parametrize(("change", "expected"), CORRECTIONS)
def test_a_correction_is_the_same_clock_counted_again(running, qidong, at, change, expected):
    now = at("2026-03-10T06:00")
    change = {k: at(v) if k == "found_at" else v for k, v in change.items()}
    at("2026-03-10T06:00")
    save(qidong, running, correction_reason=WHY, **change)
    clock = clock_of(running)
    row = clock.corrections.get()
    assert (due(clock), row.reason, row.at, row.by_name) == (expected, WHY, now, make.sender(qidong).name)
    assert (due_of(row.old_due_at), row.new_due_at) == ("2026-03-16T23:59", clock.due_at)


def due_of(moment):
    return timezone.localtime(moment).isoformat()[:16]


def test_what_was_stated_to_have_happened_had_happened_by_then(running, qidong, at):
    later = at("2026-03-12T08:00")
    at("2026-03-16T21:59")
    with pytest.raises(BadInput) as error:
        save(qidong, running, found_at=later, determined_at=later, correction_reason=WHY)
    assert "2026-03-09 09:00" in str(error.value)
    with pytest.raises(BadInput, match="不能晚于现在"):
        save(qidong, running, found_at=at("2026-03-18T09:00") and timezone.now() + (later - at("2026-03-11T08:00")), correction_reason=WHY)
    assert due(clock_of(running)) == "2026-03-16T23:59"


def test_an_overdue_clock_stays_late_after_the_correction_and_both_dates_are_escalated(qidong, at):
    at("2026-03-09T09:00")
    early = at("2026-02-26T09:00")
    at("2026-03-09T09:00")
    referral = make.draft(qidong, found_at=early)
    assert clock_of(referral).late_since is not None
    right = at("2026-03-06T09:00")
    at("2026-03-09T09:00")
    save(qidong, referral, found_at=right, correction_reason=WHY)
    clock = clock_of(referral)
    assert (due(clock), timezone.localtime(clock.late_since).isoformat()[:16]) == ("2026-03-13T23:59", "2026-03-05T00:00")
    assert clock.is_overdue(timezone.now())
    assert Clock.objects.overdue(timezone.now()).filter(pk=clock.pk).exists()
    watch.sweep(at("2026-03-09T09:01"))
    assert [due_of(e.due_at) for e in Escalation.objects.filter(clock=clock)] == ["2026-03-04T23:59"]
    watch.sweep(at("2026-03-14T00:00"))
    assert [due_of(e.due_at) for e in Escalation.objects.filter(clock=clock).order_by("pk")] == ["2026-03-04T23:59", "2026-03-13T23:59"]
    watch.sweep(at("2026-03-14T00:01"))
    assert Escalation.objects.filter(clock=clock).count() == 2


def test_a_date_that_moves_later_is_told_to_those_who_watch_without_the_case(running, qidong, at):
    at("2026-03-09T10:00")
    save(qidong, running, urgent=True, urgent_reason="正在倾倒")
    assert not Message.objects.filter(key__startswith="correction:").exists()
    at("2026-03-10T06:30")
    save(qidong, running, urgent=False, correction_reason=WHY)
    told = Message.objects.filter(key__startswith="correction:")
    assert qidong.user("市政府办公室", Post.GOVERNMENT_CLERK).pk in told.values_list("user_id", flat=True)
    text = told.first().text
    assert "QD-2.4.1-f" in text
    assert "2026-03-10 07:00" in text
    assert "2026-03-16 23:59" in text
    assert "喆堃" not in text


def test_a_second_extension_does_not_come_with_a_correction(running, qidong, at):
    at("2026-03-10T09:00")
    by = make.sender(qidong)
    services.extend_referral(running.pk, by=by, reason="需要鉴定")
    assert due(clock_of(running)) == "2026-03-23T23:59"
    right = at("2026-03-09T08:59")
    at("2026-03-11T09:00")
    save(qidong, running, found_at=right, correction_reason=WHY)
    assert due(clock_of(running)) == "2026-03-23T23:59"
    with pytest.raises(NotAllowed, match="一次"):
        services.extend_referral(running.pk, by=by, reason="还要鉴定")


def test_the_event_of_a_running_clock_is_not_emptied(running, qidong, at):
    at("2026-03-10T09:00")
    with pytest.raises(BadInput) as error:
        save(qidong, running, found_at=None, correction_reason=WHY)
    assert list(error.value.fields) == ["found_at"]


def test_a_kind_without_an_event_yet_leaves_the_clock_running(running, qidong, at):
    watch.sweep(at("2026-03-17T00:00"))
    save(qidong, running, kind="major_difficult", correction_reason=WHY)
    clock = open_clock(("referral", running.pk), "referral")
    assert (due(clock), clock.was_late) == ("2026-03-16T23:59", True)
    services.consent_to_referral(running.pk, by=qidong.actor("汇龙镇", Post.LEADER), note="同意")
    clock = open_clock(("referral", running.pk), "referral")
    assert (due(clock), clock.was_late) == ("2026-03-24T23:59", True)
    assert clock.corrections.get().was_late


def test_what_ran_out_between_two_sweeps_was_late_though_its_date_moves_on(running, qidong, at):
    at("2026-03-17T00:00:10")
    save(qidong, running, kind="major_difficult", correction_reason=WHY)
    services.consent_to_referral(running.pk, by=qidong.actor("汇龙镇", Post.LEADER), note="同意")
    clock = clock_of(running)
    assert (due(clock), clock.was_late) == ("2026-03-24T23:59", True)
    watch.sweep(at("2026-03-17T00:01"))
    assert [due_of(e.due_at) for e in Escalation.objects.filter(clock=clock)] == ["2026-03-16T23:59"]


def test_zhoucun_another_kind_is_the_same_clock_under_its_own_clause(zhoucun, at):
    at("2025-04-25T12:00")
    referral = make.draft(zhoucun, kind="licensed_violation")
    watch.sweep(at("2025-04-29T00:00"))
    with pytest.raises(BadInput):
        save(zhoucun, referral, kind="unlicensed_activity")
    save(zhoucun, referral, kind="unlicensed_activity", correction_reason="核实后属应批未批")
    clock = clock_of(referral)
    assert (clock.clause, clock.was_late, due(clock)) == ("ZC-2.4.3-c", True, "2025-04-28T23:59")
    assert Escalation.objects.filter(clock=clock).count() == 1


def test_a_moment_sent_back_as_the_form_shows_it_is_no_correction(running, qidong, at):
    shown = running.case.found_at.replace(second=0, microsecond=0)
    save(qidong, running, found_at=shown, facts="补写的事实")
    assert not clock_of(running).corrections.exists()


def test_the_page_that_saves_itself_keeps_the_words_and_leaves_the_event_to_the_person(running, qidong, at, client):
    at("2026-03-10T09:00")
    client.force_login(make.sender(qidong).user)
    data = {"facts": "自动保存的事实", "found_at": "2026-03-06T09:00", "version": str(running.version)}
    answer = client.post(f"/referrals/{running.pk}/autosave/", data)
    assert answer.status_code == 200, answer.content
    assert "更正" in answer.json()["held"]
    running.case.refresh_from_db()
    assert running.case.facts == "自动保存的事实"
    assert due(clock_of(running)) == "2026-03-16T23:59"


def test_the_signing_leader_sees_the_correction_on_the_page_and_in_rest(running, qidong, at, client):
    at("2026-03-10T09:00")
    right = at("2026-03-06T09:00")
    at("2026-03-10T09:00")
    save(qidong, running, found_at=right, correction_reason=WHY)
    client.force_login(make.sender(qidong, Post.LEADER).user)
    said = client.get(f"/referrals/{running.pk}/").content.decode()
    assert WHY in said
    clock = clock_of(running)
    row = client.get(f"/api/v1/clocks/{clock.pk}/").json()["corrections"][0]
    assert (row["reason"], row["old_due_at"][:10], row["new_due_at"][:10]) == (WHY, "2026-03-16", "2026-03-13")


def test_the_database_itself_refuses_to_take_lateness_back(qidong, at):
    at("2026-03-09T09:00")
    early = at("2026-02-26T09:00")
    at("2026-03-09T09:00")
    clock = clock_of(make.draft(qidong, found_at=early))
    with pytest.raises(DatabaseError), transaction.atomic():
        Clock.objects.filter(pk=clock.pk).update(late_since=None)


def test_rest_corrects_with_a_reason_and_refuses_without(running, qidong, at, client):
    at("2026-03-10T09:00")
    client.force_login(make.sender(qidong).user)
    url, headers = f"/api/v1/referrals/{running.pk}/", {"If-Match": "*"}
    refused = client.patch(url, '{"found_at": "2026-03-06T09:00+08:00"}', content_type="application/json", headers=headers)
    assert refused.status_code == 400
    assert "correction_reason" in str(refused.json()["errors"])
    body = '{"found_at": "2026-03-06T09:00+08:00", "correction_reason": "看错了"}'
    done = client.patch(url, body, content_type="application/json", headers=headers)
    assert done.status_code == 200, done.content
