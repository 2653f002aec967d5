"""What ran out was late, whatever is edited, withdrawn, discarded or noticed anew afterwards."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from accounts.kinds import Post
from core.errors import BadInput
from deadlines.clocks import open_clock
from deadlines.models import Clock
from notifications.models import Message
from oversight import watch
from oversight.models import Escalation
from referrals import services
from referrals.selectors import page_after
from referrals.services.exporting import COLUMNS, ledger_rows
from tests import make

# Delivered on Monday 2026-03-09 in Xuecheng: the answer is due on Thursday the 12th. What ends the duty on the 13th, unswept:
ENDS = {
    "accepted": lambda w, r: services.accept_referral(r.pk, by=make.receiver(w)),
    "refused": lambda w, r: services.not_accept_referral(r.pk, by=make.receiver(w), kind="papers", reasons="材料不全"),
    "objected": lambda w, r: services.object_referral(r.pk, by=make.receiver(w), reasons="不归我"),
    "withdrawn by the sender": lambda w, r: services.withdraw_referral(r.pk, by=make.sender(w), reason="已自行改正"),
}


def reply_clock(referral):
    return Clock.objects.get(subject_id=referral.pk, role="acceptance_reply")


@pytest.fixture
def silent(xuecheng, at):
    at("2026-03-09T09:00")
    return make.delivered(xuecheng)


@pytest.mark.parametrize("how", ENDS)
def test_an_end_after_the_date_is_late_and_is_escalated_though_no_sweep_came_between(silent, xuecheng, at, how):
    at("2026-03-13T00:00:10")
    ENDS[how](xuecheng, silent)
    clock = reply_clock(silent)
    assert (clock.was_late, timezone.localtime(clock.late_since).isoformat()) == (True, "2026-03-13T00:00:00+08:00")
    watch.sweep(at("2026-03-13T00:01"))
    assert Escalation.objects.filter(clock=clock).count() == 1
    watch.sweep(at("2026-03-20T00:01"))
    assert Escalation.objects.filter(clock=clock).count() == 1


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("when", ["2026-03-12T09:00", "2026-03-12T23:59:59", "2026-03-12T23:59:59.999999"])
def test_an_end_within_the_due_days_last_second_is_in_time(silent, xuecheng, at, how, when):
    at(when)
    ENDS[how](xuecheng, silent)
    assert not reply_clock(silent).was_late
    watch.sweep(at("2026-03-20T00:01"))
    assert not Escalation.objects.filter(clock=reply_clock(silent)).exists()


def test_lists_and_the_ledger_say_that_it_was_late(silent, xuecheng, at):
    now = at("2026-03-13T09:00")
    services.accept_referral(silent.pk, by=make.receiver(xuecheng))
    by = make.receiver(xuecheng)
    assert [r.pk for r in page_after(by, "received", {"phase": "was_late"}, now)[0]] == [silent.pk]
    assert page_after(by, "received", {"phase": "overdue"}, now)[0] == []
    assert page_after(by, "received", {}, now)[0][0].was_late
    row = next(iter(ledger_rows(by, "received", {})))
    assert row[COLUMNS.index("是否逾期")] == "曾逾期"


def test_the_last_half_second_of_the_due_day_is_nowhere_late(silent, xuecheng, at):
    by = make.receiver(xuecheng)
    now = at("2026-03-12T23:59:59.500000")
    assert not reply_clock(silent).is_overdue(now)
    assert page_after(by, "overdue", {}, now)[0] == []
    now = at("2026-03-13T00:00:00")
    assert reply_clock(silent).is_overdue(now)
    assert [r.pk for r in page_after(by, "overdue", {}, now)[0]] == [silent.pk]


def test_of_what_falls_together_only_the_truest_is_told(silent, xuecheng, at):
    watch.sweep(at("2026-03-18T09:00"))
    clerk = xuecheng.user("区综合行政执法局")
    kinds = list(Message.objects.filter(user=clerk, key__contains=f":{reply_clock(silent).pk}:").values_list("kind", flat=True))
    assert kinds == ["overdue"]


@pytest.fixture
def noticed(yiyuan, at):
    """Noticed on Monday 2026-03-09: the letter is due on the 12th."""
    at("2026-03-09T09:00")
    referral = make.draft(yiyuan)
    return services.give_prior_notice(referral.pk, by=make.sender(yiyuan), to="县综合行政执法局联络员，电话", at=timezone.now())


def letter_clock(referral):
    return Clock.objects.get(subject_id=referral.pk, role="letter_after_notice")


def test_a_second_notice_leaves_the_overdue_letter_duty_late_and_moves_no_date_unseen(noticed, yiyuan, at):
    referral = noticed
    watch.sweep(at("2026-03-13T00:00"))
    # What a change of receiver does to the notice: it no longer stands for the letter.
    referral.prior_notice_at = None
    referral.save()
    services.give_prior_notice(referral.pk, by=make.sender(yiyuan), to="另一机关联络员，电话", at=timezone.now())
    clock = letter_clock(referral)
    assert (clock.was_late, timezone.localdate(clock.due_at).isoformat()) == (True, "2026-03-18")
    assert clock.corrections.get().moved_later
    assert Message.objects.filter(key=f"correction:{clock.corrections.get().pk}").exists()
    assert Escalation.objects.filter(clock=clock).count() == 1


def test_discarding_the_draft_leaves_the_letter_duty_late(noticed, yiyuan, at):
    at("2026-03-13T09:00")
    services.discard_referral(noticed.pk, by=make.sender(yiyuan, Post.LEADER), reason="改由本机关处理")
    assert (letter_clock(noticed).was_late, letter_clock(noticed).end) == (True, "cancelled")


def test_a_prior_notice_is_not_earlier_than_the_discovery(yiyuan, at):
    at("2026-03-09T09:00")
    referral = make.draft(yiyuan)
    with pytest.raises(BadInput) as error:
        services.give_prior_notice(referral.pk, by=make.sender(yiyuan), to="电话", at=at("2026-03-08T09:00"))
    assert list(error.value.fields) == ["at"]


# noticed, submitted -> may it be sent
EXPIRY = [("2026-11-18T09:00", "2026-11-20T09:00", True), ("2026-11-20T09:00", "2026-11-20T10:00", False)]


@pytest.mark.parametrize(("notice", "sent", "allowed"), EXPIRY)
def test_a_draft_noticed_before_the_document_expired_is_sent_under_it(yiyuan, at, notice, sent, allowed):
    at(notice)
    referral = make.draft(yiyuan)
    services.give_prior_notice(referral.pk, by=make.sender(yiyuan), to="电话", at=timezone.now())
    at(sent)
    if allowed:
        assert services.submit_referral(referral.pk, by=make.sender(yiyuan)).state == "submitted"
    else:
        with pytest.raises(BadInput) as error:
            services.submit_referral(referral.pk, by=make.sender(yiyuan))
        assert "expired_override" in error.value.fields


def test_urgent_limits_of_reply_and_result_run_where_the_document_has_them(qidong, at):
    import datetime as dt

    from accounts.actors import system_actor
    from deadlines import loading
    from deadlines.profile_files import SHIPPED

    text = re.sub(r"\nversion: \d+\n", "\nversion: 99\n", (SHIPPED / "qidong.yaml").read_text(encoding="utf-8"))
    old = "trigger: referral_received, limit: {value: 5, unit: workday}, form: written}"
    assert old in text
    text = text.replace(old, "trigger: referral_received, limit: {value: 5, unit: workday}, urgent: {value: 24, unit: hour}, form: written}")
    old = "trigger: handling_result, limit: {unit: none}}"
    assert old in text
    text = text.replace(old, "trigger: handling_result, limit: {value: 3, unit: workday}, urgent: {value: 12, unit: hour}}")
    version = loading.load_profile_text(text, "qidong.yaml", by=system_actor("test"))
    loading.assign_profile(qidong.jurisdiction, version, since=dt.date(2025, 1, 1), by=system_actor("test"))
    at("2026-03-09T09:00")
    referral = make.decided(qidong, urgent=True, urgent_reason="正在倾倒")
    assert timezone.localtime(reply_clock(referral).due_at).isoformat() == "2026-03-10T09:00:00+08:00"
    result = open_clock(("referral", referral.pk), "result_feedback")
    assert timezone.localtime(result.due_at).isoformat() == "2026-03-09T21:00:00+08:00"
