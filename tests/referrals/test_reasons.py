"""Any character is not a reason: at every act that asks for words, by page and REST alike."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from accounts.kinds import Post
from core.errors import BadInput
from referrals import services
from referrals.models import Referral
from tests import make

EMPTY_WORDS = ["aaaaaa", "。。。", "不不不"]
ACTS = [
    ("return_to_drafter", make.submitted, "sender", Post.LEADER, "reason"),
    ("withdraw", make.delivered, "sender", Post.CLERK, "reason"),
    ("request_supplement", make.delivered, "receiver", Post.CLERK, "wanted"),
    ("not_accept", make.delivered, "receiver", Post.CLERK, "reasons"),
    ("object", make.delivered, "receiver", Post.CLERK, "reasons"),
    ("decide", make.accepted, "receiver", Post.CLERK, "decision"),
]


@pytest.mark.parametrize("words", EMPTY_WORDS)
@pytest.mark.parametrize(("verb", "reach", "side", "post", "field"), ACTS, ids=[a[0] for a in ACTS])
def test_a_referrals_acts_ask_for_words_that_say_something(xuecheng, client, verb, reach, side, post, field, words):
    referral = reach(xuecheng)
    by = getattr(make, side)(xuecheng, post)
    client.force_login(by.user)
    page = client.post(reverse("act", args=[referral.pk, verb]), {field: words})
    assert page.status_code == 400
    assert "不能只是重复的字" in page.content.decode()
    address = f"/api/v1/referrals/{referral.pk}/{verb}/"
    answer = client.post(address, json.dumps({field: words}), content_type="application/json", headers={"If-Match": "*"})
    assert answer.status_code == 400
    assert f"/{field}" in answer.json()["errors"][0]["pointer"]
    assert Referral.objects.get(pk=referral.pk).state == referral.state


@pytest.mark.parametrize("words", EMPTY_WORDS)
def test_an_offer_a_proposal_and_a_decision_of_jurisdiction_say_something(xuecheng, words):
    dispute = make.disputed(xuecheng)
    handler = xuecheng.agencies["区住建局"]
    with pytest.raises(BadInput):
        services.offer_agreement(dispute.pk, by=make.receiver(xuecheng, Post.LEADER), handler=handler, words=words)
    services.report_dispute(dispute.pk, by=make.receiver(xuecheng, Post.LEADER))
    clerk = xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK)
    leader = xuecheng.actor("区政府", Post.GOVERNMENT_LEADER)
    with pytest.raises(BadInput):
        services.propose_designation(dispute.pk, by=clerk, words=words, handler=handler)
    with pytest.raises(BadInput):
        services.designate_agency(dispute.pk, by=leader, handler=handler, reasons=words)


@pytest.mark.parametrize("words", EMPTY_WORDS)
def test_an_extension_says_why(qidong, words):
    referral = make.draft(qidong)
    with pytest.raises(BadInput):
        services.extend_referral(referral.pk, by=make.sender(qidong), reason=words)
