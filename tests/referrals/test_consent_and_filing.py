"""A major and difficult case of Qidong: consent belongs to what was consented to; filing is receipted; the clock runs from consent."""

from __future__ import annotations

import pytest
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.kinds import Post
from accounts.models import Agency
from core.errors import BadInput, NotAllowed, NotVisible
from core.models import AuditEntry
from deadlines.clocks import open_clock
from notifications.models import Message
from referrals import services
from referrals.models import Party
from tests import make
from tests.referrals.test_version import fresh

TOWN, BUREAU, OTHER = "汇龙镇", "市住房和城乡建设局", "市水务局"


@pytest.fixture
def asked(qidong, at):
    at("2026-03-09T09:00")
    return make.draft(qidong, by=TOWN, to_agency=qidong.agencies[BUREAU], kind="major_difficult")


@pytest.fixture
def consented(qidong, asked, at):
    at("2026-03-11T09:00")
    services.consent_to_referral(asked.pk, by=qidong.actor(BUREAU, Post.LEADER), note="同意")
    return fresh(asked)


def seats(referral):
    return set(Party.objects.filter(referral=referral, role=Party.Role.RECEIVER).values_list("agency_id", flat=True))


def test_the_bureau_is_asked_as_soon_as_the_draft_names_it(qidong, asked, client):
    leader = qidong.actor(BUREAU, Post.LEADER)
    assert Message.objects.filter(user=leader.user, text__contains="请求同意").exists()
    client.force_login(leader.user)
    assert client.get(reverse("referral", args=[asked.pk])).status_code == 200


def test_consent_keeps_what_was_consented_to_and_starts_the_clock(qidong, consented):
    assert consented.consent_of_id == qidong.agencies[BUREAU].pk
    assert consented.consent_version.content["facts"] == consented.stated.facts
    assert consented.consent_version.agency_id == qidong.agencies[TOWN].pk
    entry = AuditEntry.objects.get(verb="referral.consent", subject_id=str(consented.pk))
    assert entry.detail["hash"] == consented.consent_version.hash
    due = open_clock(("referral", consented.pk), "referral").due_at
    assert timezone.localtime(due).date().isoformat() == "2026-03-18"


@pytest.mark.parametrize("change", [{"facts": "完全不同的事实。"}, {"party_name": "另一家公司"}, {"place": "别处"}])
def test_another_party_or_fact_voids_consent(qidong, consented, change):
    services.save_draft(consented.pk, by=qidong.actor(TOWN), data=change)
    after = fresh(consented)
    assert (after.consent_at, after.consent_of_id, after.consent_version_id, after.consent_hash) == (None, None, None, "")
    entry = AuditEntry.objects.filter(verb="referral.save_draft", subject_id=str(consented.pk)).latest("seq")
    assert entry.detail["voided"] == ["consent"]
    assert Message.objects.filter(user=qidong.actor(BUREAU, Post.LEADER).user, text__contains="同意不再有效").exists()
    with pytest.raises(BadInput) as error:
        services.submit_referral(consented.pk, by=qidong.actor(TOWN))
    assert error.value.clause == "QD-2.4.1-j"


def test_another_receiver_voids_consent_and_the_former_addressee_leaves(qidong, consented, client):
    services.save_draft(consented.pk, by=qidong.actor(TOWN), data={"to_agency": qidong.agencies[OTHER]})
    assert fresh(consented).consent_at is None
    assert seats(consented) == {qidong.agencies[OTHER].pk}
    former = qidong.actor(BUREAU, Post.LEADER)
    client.force_login(former.user)
    assert client.get(reverse("referral", args=[consented.pk])).status_code == 404
    assert client.get(f"/api/v1/referrals/{consented.pk}/").status_code == 404
    with pytest.raises(NotVisible):
        services.consent_to_referral(consented.pk, by=former, note="")


def test_who_was_asked_and_not_yet_consented_leaves_too(qidong, asked):
    services.save_draft(asked.pk, by=qidong.actor(TOWN), data={"to_agency": qidong.agencies[OTHER]})
    assert seats(asked) == {qidong.agencies[OTHER].pk}


def test_a_case_that_is_no_longer_major_has_no_bureau_at_its_draft(qidong, consented):
    services.save_draft(consented.pk, by=qidong.actor(TOWN), data={"kind": "prohibited_act", "correction_reason": "重新归类为禁止类"})
    assert seats(consented) == set()


def test_a_discarded_request_has_no_bureau_at_its_draft(qidong, asked):
    services.discard_referral(asked.pk, by=qidong.actor(TOWN, Post.LEADER), reason="当事人已自行改正")
    assert seats(asked) == set()


def test_facts_changed_through_another_draft_need_consent_again(qidong, consented):
    other = services.start_draft(by=qidong.actor(TOWN), data={}, case_id=consented.case_id)
    services.save_draft(other.pk, by=qidong.actor(TOWN), data={"facts": "另一份草稿改写的事实。"})
    with pytest.raises(BadInput) as error:
        services.submit_referral(consented.pk, by=qidong.actor(TOWN))
    assert error.value.clause == "QD-2.4.1-j"


def delivered(qidong, consented):
    services.submit_referral(consented.pk, by=qidong.actor(TOWN))
    with TestCase.captureOnCommitCallbacks(execute=True):
        services.sign_referral(consented.pk, by=qidong.actor(TOWN, Post.LEADER))
    return fresh(consented)


def test_the_filing_is_receipted_by_the_justice_bureau(qidong, consented, client):
    letter, bureau = delivered(qidong, consented), qidong.actor("市司法局")
    assert Message.objects.filter(user=bureau.user, text__contains="请备案签收").exists()
    client.force_login(make.sender(qidong).user)
    client.force_login(bureau.user)
    answer = client.post(f"/api/v1/referrals/{letter.pk}/receipt_filing/", "{}", content_type="application/json", headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.content
    filed = fresh(letter)
    assert (filed.filed_with_id, filed.filed_by) == (bureau.agency_id, bureau.name)
    with pytest.raises(NotAllowed):
        services.receipt_filing(letter.pk, by=bureau)
    client.force_login(qidong.actor(TOWN).user)
    assert bureau.name in client.get(f"/referrals/{letter.pk}/").content.decode()


@pytest.mark.parametrize(("who", "post"), [(TOWN, Post.CLERK), (BUREAU, Post.LEADER)], ids=["sender", "receiver"])
def test_nobody_else_receipts_the_filing(qidong, consented, client, who, post):
    letter, actor = delivered(qidong, consented), qidong.actor(who, post)
    with pytest.raises(NotAllowed):
        services.receipt_filing(letter.pk, by=actor)
    client.force_login(actor.user)
    assert client.post(reverse("act", args=[letter.pk, "receipt_filing"])).status_code == 403


def test_without_a_justice_bureau_the_letter_does_not_go_unfiled(qidong, consented):
    Agency.objects.filter(pk=qidong.agencies["市司法局"].pk).update(kind="department")
    with pytest.raises(BadInput) as error:
        services.submit_referral(consented.pk, by=qidong.actor(TOWN))
    assert error.value.clause == "QD-2.4.1-j"
    assert "备案" in error.value.fields["kind"]
