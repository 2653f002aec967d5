"""The watch: each step exactly once, whoever sweeps and however late."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.kinds import Post
from deadlines.calendar import SHANGHAI
from deadlines.models import ClockStep
from notifications.models import Message
from oversight import watch
from oversight.digest import tell_digest
from oversight.models import Escalation
from referrals import services
from tests import make
from tests.conftest import world_of


@pytest.fixture
def silent(xuecheng, at):
    """Delivered on Monday 2026-03-09: the answer is due on Thursday the 12th."""
    at("2026-03-09T09:00")
    return make.delivered(xuecheng)


def steps(referral):
    return list(ClockStep.objects.filter(clock__subject_id=referral.pk, clock__role="acceptance_reply").order_by("pk").values_list("step", flat=True))


def test_reminders_come_before_the_due_date_in_order(silent, at):
    watch.sweep(at("2026-03-11T08:29:59"))
    assert steps(silent) == []
    watch.sweep(at("2026-03-11T08:30:00"))
    assert steps(silent) == ["due_soon"]
    watch.sweep(at("2026-03-12T08:30:00"))
    assert steps(silent) == ["due_soon", "due"]
    watch.sweep(at("2026-03-12T23:59:59"))
    assert steps(silent) == ["due_soon", "due"]
    assert not Escalation.objects.filter(subject_kind="referral", subject_id=silent.pk).exists()
    watch.sweep(at("2026-03-13T00:00:00"))
    assert steps(silent) == ["due_soon", "due", "overdue"]
    assert Escalation.objects.filter(subject_kind="referral", subject_id=silent.pk).count() == 1


def test_due_soon_tells_the_holder_due_tells_its_leader_overdue_tells_the_offices(silent, xuecheng, at):
    watch.sweep(at("2026-03-11T09:00"))
    told = set(Message.objects.filter(kind="due_soon").values_list("user_id", flat=True))
    assert xuecheng.user("区综合行政执法局").pk in told
    assert xuecheng.user("区综合行政执法局", Post.LEADER).pk not in told
    watch.sweep(at("2026-03-12T09:00"))
    assert Message.objects.filter(kind="due", user=xuecheng.user("区综合行政执法局", Post.LEADER)).exists()
    watch.sweep(at("2026-03-13T00:01"))
    late = set(Message.objects.filter(kind="overdue").values_list("user_id", flat=True))
    for agency, post in (("联席会议办公室", Post.MEETING_OFFICE), ("区政府督查室", Post.SUPERVISION), ("区政府办公室", Post.GOVERNMENT_CLERK)):
        holder = xuecheng.user(agency if agency in xuecheng.agencies else "区" + agency, post)
        assert holder.pk in late


def test_a_delivered_letter_that_nobody_signed_for_is_chased(silent, xuecheng, at):
    told = Message.objects.filter(kind="digest", user=xuecheng.user("区综合行政执法局"))
    tell_digest(at("2026-03-11T09:00"))
    assert "签收" in told.get().lines[0]["text"]
    services.sign_for_referral(silent.pk, by=make.receiver(xuecheng))
    tell_digest(at("2026-03-12T09:00"))
    assert told.count() == 1


def test_a_week_without_a_sweep_misses_nothing_and_doubles_nothing(silent, at):
    watch.sweep(at("2026-03-20T09:00"))
    assert steps(silent) == ["due_soon", "due", "overdue"]
    before = (Message.objects.count(), Escalation.objects.count())
    watch.sweep(at("2026-03-20T09:01"))
    watch.sweep(at("2026-03-27T09:01"))
    assert (Message.objects.count(), Escalation.objects.count()) == before


def test_an_answer_in_time_ends_the_watch(silent, xuecheng, at):
    at("2026-03-12T16:00")
    services.accept_referral(silent.pk, by=make.receiver(xuecheng))
    watch.sweep(at("2026-03-20T09:00"))
    assert "overdue" not in steps(silent)
    assert not Escalation.objects.filter(subject_kind="referral", subject_id=silent.pk).exists()


def test_a_late_answer_leaves_the_escalation_on_record(silent, xuecheng, at):
    watch.sweep(at("2026-03-13T00:00"))
    services.accept_referral(silent.pk, by=make.receiver(xuecheng))
    escalation = Escalation.objects.get(subject_kind="referral", subject_id=silent.pk)
    assert escalation.state == "raised"
    escalation.clock.refresh_from_db()
    assert escalation.clock.was_late


def test_a_sweep_that_finds_nothing_costs_one_indexed_query(silent, at):
    now = at("2026-03-09T10:00")
    watch.sweep(now)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        watch.sweep(now)
    asked = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert len(asked) == 1
    assert "next_step_at" in asked[0]


def test_a_batch_costs_the_same_statements_however_many_ran_out(silent, xuecheng, at):
    for n, told in enumerate(("夜间施工噪声扰民", "擅自搭建彩钢板棚", "餐厨垃圾倒入雨水管网", "渣土车带泥上路", "占道经营早点摊")):
        make.delivered(xuecheng, party_name=f"枣庄{told[:2]}商行", party_code=make.credit_code(n + 20), place=f"黄河路{n + 3}号", facts=told)
    now = at("2026-03-13T00:01")
    with CaptureQueriesContext(connection) as queries:
        watch.sweep(now)
    asked = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert Escalation.objects.count() == 6
    # One batch, and the look that finds nothing more.
    assert len(asked) <= 15 + 1, "\n".join(s[:160] for s in asked)


def test_a_worker_that_dies_in_the_middle_leaves_nothing_half_done(silent, at, monkeypatch):
    now = at("2026-03-13T00:01")

    def dies(notes, *, at):
        raise SystemExit("killed")

    with monkeypatch.context() as broken:
        broken.setattr(watch, "tell", dies)
        with pytest.raises(SystemExit):
            watch.sweep(now)
    assert steps(silent) == []
    assert not Escalation.objects.filter(subject_kind="referral", subject_id=silent.pk).exists()
    watch.sweep(now)
    assert steps(silent) == ["due_soon", "due", "overdue"]
    assert Escalation.objects.filter(subject_kind="referral", subject_id=silent.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_escalate_each_silence_once(at):
    world = world_of("xuecheng")
    at("2026-03-09T09:00")
    silent = [make.delivered(world, party_code=make.credit_code(n)) for n in range(6)]
    now = at("2026-03-13T00:01")
    barrier, failed = threading.Barrier(3), []

    def work():
        try:
            barrier.wait()
            for _ in range(3):
                watch.clock_sweep.sweep(now, watch.carry_out, batch=2)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    assert Escalation.objects.filter(subject_id__in=[one.pk for one in silent]).count() == 6
    for referral in silent:
        assert steps(referral) == ["due_soon", "due", "overdue"]
    keys = list(Message.objects.filter(kind="overdue").values_list("user_id", "key"))
    assert len(keys) == len(set(keys))


def test_hours_run_through_the_holiday(shuocheng, at):
    at("2026-02-16T18:20")
    referral = make.draft(shuocheng, urgent=True, urgent_reason="正在倾倒", found_at=at("2026-02-16T18:20"), determined_at=None)
    clock = referral._meta.apps.get_model("deadlines", "Clock").objects.get(subject_id=referral.pk, role="referral", ended_at=None)
    assert clock.due_at.astimezone(SHANGHAI).isoformat() == "2026-02-17T18:20:00+08:00"
    watch.sweep(at("2026-02-17T18:20:01"))
    assert Escalation.objects.filter(subject_kind="referral", subject_id=referral.pk).count() == 1
