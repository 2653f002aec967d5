"""Prior notice and notice of extension reach the other side as notices, are receipted, and fall with what they were about."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed, NotVisible, WrongState
from core.models import AuditEntry, OutboxEvent
from deadlines.clocks import open_clock
from notifications.models import Message
from referrals import services
from referrals.models import Notice, Referral
from tests import make
from tests.referrals.test_version import fresh


@pytest.fixture
def noticed(yiyuan, at):
    """A draft of Yiyuan after its prior notice."""
    at("2026-09-23T16:00")
    referral = make.draft(yiyuan)
    services.give_prior_notice(referral.pk, by=make.sender(yiyuan), to="联络员，电话", at=timezone.now())
    return Notice.objects.get(referral=referral)


def test_the_receiver_is_told_and_reads_the_notice_but_not_the_draft(yiyuan, client, noticed):
    receiver = make.receiver(yiyuan)
    assert Message.objects.filter(user=receiver.user, url=reverse("notice", args=[noticed.pk])).exists()
    client.force_login(receiver.user)
    page = client.get(reverse("notice", args=[noticed.pk])).content.decode()
    assert "不是移送函" in page
    assert noticed.document.number in page
    assert noticed.referral.stated.facts not in page
    assert reverse("referral", args=[noticed.referral_id]) not in page
    assert client.get(reverse("referral", args=[noticed.referral_id])).status_code == 404
    assert client.get(f"/api/v1/referrals/{noticed.referral_id}/").status_code == 404
    assert [n["id"] for n in client.get("/api/v1/notices/").json()["results"]] == [noticed.pk]
    said = client.get(f"/api/v1/notices/{noticed.pk}/").json()
    assert noticed.referral.stated.facts not in json.dumps(said, ensure_ascii=False)
    assert "通报" in client.get("/notices/").content.decode()


def test_the_receipt_says_who_in_which_post_and_when(yiyuan, client, noticed):
    receiver = make.receiver(yiyuan)
    client.force_login(receiver.user)
    answer = client.post(f"/api/v1/notices/{noticed.pk}/receipt_notice/", "{}", content_type="application/json", headers={"If-Match": '"v1"'})
    assert answer.status_code == 200, answer.content
    noticed = Notice.objects.get(pk=noticed.pk)
    assert (noticed.state, noticed.receipted_by, noticed.receipted_post) == ("receipted", receiver.name, Post.CLERK)
    assert noticed.receipted_at is not None
    assert AuditEntry.objects.filter(subject_kind="notice", subject_id=str(noticed.pk), verb="notice.receipt_notice").exists()
    assert OutboxEvent.objects.filter(verb="notice.receipt_notice", subject_id=noticed.pk).exists()
    client.force_login(make.sender(yiyuan).user)
    assert receiver.name in client.get(f"/referrals/{noticed.referral_id}/").content.decode()


@pytest.mark.parametrize(
    ("who", "post", "refusal"),
    [
        ("县住房城乡建设局", Post.CLERK, NotAllowed), ("县住房城乡建设局", Post.LEADER, NotAllowed),
        ("县政府办公室", Post.GOVERNMENT_CLERK, NotVisible), ("东里镇", Post.CLERK, NotVisible),
        ("县综合行政执法局", Post.CLERK, None), ("县综合行政执法局", Post.LEADER, None),
    ],
)  # fmt: skip
def test_who_receipts_a_notice(yiyuan, client, noticed, who, post, refusal):
    actor = yiyuan.actor(who, post)
    client.force_login(actor.user)
    if refusal is None:
        assert client.post(reverse("notice-act", args=[noticed.pk, "receipt_notice"]), {"version": 1}).status_code == 302
        return
    with pytest.raises(refusal):
        services.receipt_notice(noticed.pk, by=actor)
    assert client.post(reverse("notice-act", args=[noticed.pk, "receipt_notice"])).status_code == refusal.status
    url = f"/api/v1/notices/{noticed.pk}/receipt_notice/"
    assert client.post(url, "{}", content_type="application/json", headers={"If-Match": "*"}).status_code == refusal.status


def test_a_notice_is_receipted_once(yiyuan, noticed):
    services.receipt_notice(noticed.pk, by=make.receiver(yiyuan))
    with pytest.raises(WrongState):
        services.receipt_notice(noticed.pk, by=make.receiver(yiyuan))


@pytest.mark.parametrize(
    "change", [{"facts": "完全不同的事实。"}, {"party_name": "另一家公司"}, {"place": "别处"}, {"to_agency": "县应急管理局"}]
)  # fmt: skip
def test_another_receiver_party_or_fact_voids_the_notice(yiyuan, noticed, change):
    if "to_agency" in change:
        other = next(a for a in yiyuan.agencies.values() if a.kind == "department" and a.pk != noticed.from_agency_id)
        change = {"to_agency": other}
    services.save_draft(noticed.referral_id, by=make.sender(yiyuan), data=change)
    noticed = Notice.objects.get(pk=noticed.pk)
    assert noticed.state == "void"
    assert fresh(noticed.referral).prior_notice_at is None
    told = Message.objects.filter(url=reverse("notice", args=[noticed.pk]), text__contains="失效")
    assert {make.receiver(yiyuan).user_id, make.sender(yiyuan).user_id} <= set(told.values_list("user_id", flat=True))
    with pytest.raises(BadInput) as error:
        services.submit_referral(noticed.referral_id, by=make.sender(yiyuan))
    assert error.value.fields.get("prior_notice") or error.value.fields.get("to_agency")


def test_what_does_not_concern_the_notice_leaves_it(yiyuan, noticed):
    services.save_draft(noticed.referral_id, by=make.sender(yiyuan), data={"contact": "另一个电话", "reasons": "改写理由"})
    noticed = Notice.objects.get(pk=noticed.pk)
    assert noticed.state == "sent"


def test_facts_changed_through_another_draft_are_noticed_at_the_leaders_door(yiyuan, noticed):
    other = services.start_draft(by=make.sender(yiyuan), data={}, case_id=noticed.referral.case_id)
    services.save_draft(other.pk, by=make.sender(yiyuan), data={"facts": "另一份草稿改写的事实。"})
    with pytest.raises(BadInput) as error:
        services.submit_referral(noticed.referral_id, by=make.sender(yiyuan))
    assert "prior_notice" in error.value.fields


def test_a_notice_before_the_finding_is_refused(yiyuan, at):
    now = at("2026-09-23T16:00")
    referral = make.draft(yiyuan)
    with pytest.raises(BadInput, match="发现"):
        services.give_prior_notice(referral.pk, by=make.sender(yiyuan), to="电话", at=now.replace(hour=1))


def test_discarding_the_draft_voids_its_notice(yiyuan, noticed):
    services.discard_referral(noticed.referral_id, by=make.sender(yiyuan, Post.LEADER), reason="当事人已自行改正")
    noticed = Notice.objects.get(pk=noticed.pk)
    assert noticed.state == "void"


def test_the_notice_before_an_extension_reaches_the_bureau_concerned(qidong, client, at):
    at("2026-03-09T09:00")
    referral = make.draft(qidong)
    at("2026-03-12T09:00")
    services.extend_referral(referral.pk, by=make.sender(qidong), reason="需要鉴定")
    notice = Notice.objects.get(referral=referral, kind="extension")
    assert notice.to_agency_id == referral.to_agency_id
    receiver = make.receiver(qidong)
    assert Message.objects.filter(user=receiver.user, url=reverse("notice", args=[notice.pk])).exists()
    client.force_login(receiver.user)
    assert "需要鉴定" in client.get(reverse("notice", args=[notice.pk])).content.decode()
    assert client.get(reverse("referral", args=[referral.pk])).status_code == 404
    services.receipt_notice(notice.pk, by=receiver)
    assert open_clock(("referral", referral.pk), "referral") is not None
    assert Referral.objects.get(pk=referral.pk).state == "draft"
