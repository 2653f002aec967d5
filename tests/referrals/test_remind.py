"""催办: the referrer asks by letter for what the receiver has let pass; not before, not too often, changing nothing else."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.kinds import Post
from core.errors import NotAllowed
from core.models import AuditEntry, OutboxEvent
from deadlines.models import Clock, LocalTarget
from documents.models import OfficialDocument
from notifications.models import Message
from referrals import services
from tests import make


@pytest.fixture
def passed(xuecheng, at):
    """Delivered on Monday 2026-03-09; the reply was due on the 12th, the signature on the 10th."""
    at("2026-03-09T09:00")
    referral = make.delivered(xuecheng)
    at("2026-03-16T09:00")
    return referral


def test_a_reminder_letter_goes_out_and_the_receivers_clerks_and_leaders_are_told(passed, xuecheng):
    before = list(Clock.objects.filter(subject_id=passed.pk).order_by("pk").values())
    referral = services.remind_referral(passed.pk, by=make.sender(xuecheng), note="请于本周内答复。")
    letter = OfficialDocument.objects.get(kind="reminder_letter")
    said = json.dumps(letter.content, ensure_ascii=False)
    assert letter.number
    for words in ("签收：本地提示时间为2026年3月10日", "规定期限为2026年3月12日", "请于本周内答复", "的函"):
        assert words in said
    for post in (Post.CLERK, Post.LEADER):
        assert Message.objects.filter(user=make.receiver(xuecheng, post).user, kind="remind", text__contains="催办").exists()
    assert AuditEntry.objects.get(verb="referral.remind").detail["number"] == letter.number
    assert OutboxEvent.objects.filter(verb="referral.remind").count() == 1
    assert referral.state == passed.state
    assert list(Clock.objects.filter(subject_id=passed.pk).order_by("pk").values()) == before


def test_nothing_has_passed_so_nothing_is_reminded_of(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.delivered(xuecheng)
    at("2026-03-10T18:00")
    with pytest.raises(NotAllowed, match="现在不必催办"):
        services.remind_referral(referral.pk, by=make.sender(xuecheng))


def test_another_reminder_follows_only_after_the_set_days(passed, xuecheng, at):
    services.remind_referral(passed.pk, by=make.sender(xuecheng))
    at("2026-03-18T09:00")
    with pytest.raises(NotAllowed, match="2026-03-19 起可以再次催办"):
        services.remind_referral(passed.pk, by=make.sender(xuecheng, Post.LEADER))
    at("2026-03-19T09:00")
    services.remind_referral(passed.pk, by=make.sender(xuecheng, Post.LEADER))
    assert OfficialDocument.objects.filter(kind="reminder_letter").count() == 2


def test_the_district_sets_how_soon_another_may_follow(passed, xuecheng, at):
    LocalTarget.objects.create(jurisdiction=xuecheng.jurisdiction, role="remind_again", workdays=1)
    services.remind_referral(passed.pk, by=make.sender(xuecheng))
    at("2026-03-17T09:00")
    services.remind_referral(passed.pk, by=make.sender(xuecheng))


def test_what_the_sender_owes_is_no_ground_to_remind_the_receiver(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.signed_for(xuecheng)
    services.accept_referral(referral.pk, by=make.receiver(xuecheng))
    services.request_supplement(referral.pk, by=make.receiver(xuecheng), wanted="现场照片")
    at("2026-03-30T09:00")
    with pytest.raises(NotAllowed):
        services.remind_referral(referral.pk, by=make.sender(xuecheng))


def test_the_receiver_and_strangers_send_no_reminder(passed, xuecheng):
    for by in (make.receiver(xuecheng), make.receiver(xuecheng, Post.LEADER)):
        with pytest.raises(NotAllowed):
            services.remind_referral(passed.pk, by=by)


def test_it_is_offered_on_the_page_and_done_through_both_doors_within_the_budget(passed, xuecheng, client, at):
    client.force_login(make.sender(xuecheng).user)
    assert 'id="act-remind"' in client.get(f"/referrals/{passed.pk}/").content.decode()
    with CaptureQueriesContext(connection) as queries:
        done = client.post(f"/referrals/{passed.pk}/act/remind/", {"note": ""})
    assert done.status_code == 302
    assert len([q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]) <= 15
    assert 'id="act-remind"' not in client.get(f"/referrals/{passed.pk}/").content.decode()
    at("2026-03-23T09:00")
    client.force_login(make.sender(xuecheng).user)
    done = client.post(
        f"/api/v1/referrals/{passed.pk}/remind/", json.dumps({"note": "再催"}), content_type="application/json", headers={"If-Match": "*"}
    )
    assert done.status_code == 200, done.content
