"""Qidong and Zhoucun run the same stories through REST, on their own numbers."""

from __future__ import annotations

import json

import pytest
from django.test import TestCase
from django.utils import timezone

from accounts.kinds import Post
from deadlines.clocks import open_clock
from oversight import watch
from oversight.models import Escalation
from referrals.models import Referral
from tests import make
from tests.conftest import world_of


@pytest.fixture
def world(request, db):
    """No browser here: a transaction is enough, other than in the stories beside this file."""
    return world_of(request.param)


def post(client, actor, path, **data):
    client.force_login(actor.user)
    response = client.post(f"/api/v1/{path}", json.dumps(data), content_type="application/json", headers={"If-Match": "*"})
    assert response.status_code in (200, 201), response.content.decode()
    return response.json()


def due(referral, role):
    return timezone.localtime(open_clock(("referral", referral.pk), role).due_at).isoformat()


@pytest.mark.parametrize(
    ("world", "reply_due"), [("qidong", "2026-03-16"), ("zhoucun", "2026-03-16"), ("xuecheng", "2026-03-12")], indirect=["world"]
)
def test_the_main_story(client, at, world, reply_due):
    at("2026-03-09T09:00")
    referral = make.draft(world)
    clerk, leader, receiver = make.sender(world), make.signer(world), make.receiver(world)
    with TestCase.captureOnCommitCallbacks(execute=True):
        post(client, clerk, f"referrals/{referral.pk}/submit/")
        post(client, leader, f"referrals/{referral.pk}/sign/")
    assert due(referral, "acceptance_reply").startswith(reply_due)
    post(client, receiver, f"referrals/{referral.pk}/sign_for/")
    post(client, receiver, f"referrals/{referral.pk}/accept/")
    post(client, receiver, f"referrals/{referral.pk}/decide/", decision="罚款", kind="penalty", at="2026-03-09T09:00")
    post(client, receiver, f"referrals/{referral.pk}/report_result/")
    assert post(client, clerk, f"referrals/{referral.pk}/close/")["state"] == "closed"


@pytest.mark.parametrize(
    ("world", "last_second"),
    [("qidong", "2026-03-16T23:59:59"), ("zhoucun", "2026-03-16T23:59:59"), ("xuecheng", "2026-03-12T23:59:59")],
    indirect=["world"],
)
def test_the_silence_story(at, world, last_second):
    at("2026-03-09T09:00")
    referral = make.delivered(world)
    watch.sweep(at(last_second))
    assert not Escalation.objects.filter(subject_kind="referral", subject_id=referral.pk).exists()
    watch.sweep(at(last_second) + timezone.timedelta(seconds=1))
    watch.sweep(at(last_second) + timezone.timedelta(seconds=61))
    found = Escalation.objects.get(subject_kind="referral", subject_id=referral.pk)
    assert found.clock.clause == world.profile.clock(found.clock.key).clause
    assert found.late_agency == referral.to_agency


def test_shuochengs_twenty_four_hours_across_a_holiday(shuocheng, at):
    at("2026-02-16T18:20")
    referral = make.draft(shuocheng, urgent=True, urgent_reason="正在倾倒", found_at=at("2026-02-16T18:20"), determined_at=at("2026-02-16T18:20"))
    assert due(referral, "referral") == "2026-02-17T18:20:00+08:00"
    at("2026-02-17T10:00")
    make.services.submit_referral(referral.pk, by=make.sender(shuocheng))
    make.services.sign_referral(referral.pk, by=make.sender(shuocheng, Post.LEADER))
    watch.sweep(at("2026-02-18T09:00"))
    assert not Escalation.objects.filter(subject_kind="referral", subject_id=referral.pk).exists()
    assert Referral.objects.get(pk=referral.pk).number
