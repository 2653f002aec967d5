"""What looks the same, at every door: page, REST, several at once; and to nobody who is not a party to it."""

from __future__ import annotations

import json

import pytest
from django.test import TestCase
from django.urls import reverse

from accounts.kinds import Post
from referrals import services
from referrals.models import Referral
from tests import make
from tests.referrals.test_pages import form_of

BUREAU = "区综合行政执法局"
UNKNOWN = {"party_kind": "unknown", "party_name": "", "party_code": ""}
WORDS = "该处另有一名流动摊贩，与前案当事人无关。"


@pytest.fixture
def received(xuecheng):
    return make.signed_for(xuecheng)


@pytest.fixture
def at_the_leaders(xuecheng, received):
    """The receiver's own draft on an unknown party at the same place, waiting for the signature."""
    return make.submitted(xuecheng, by=BUREAU, to_agency=xuecheng.agencies["区民政局"], **UNKNOWN)


def send(client, url, data):
    return client.post(url, json.dumps(data), content_type="application/json", headers={"If-Match": "*"})


def test_refused_at_the_start_everything_typed_stays_and_the_other_case_is_beside_it(xuecheng, client, received):
    client.force_login(make.receiver(xuecheng).user)
    typed = form_of(xuecheng, to_agency=xuecheng.agencies["区民政局"]) | {"onsite_measures": "已拍照取证并劝离。"}
    page = client.post(reverse("new-referral"), typed)
    text = page.content.decode()
    assert page.status_code == 403
    assert "已拍照取证并劝离。" in text
    assert "XC-2.2-g" in text
    assert received.number in text
    assert reverse("referral", args=[received.pk]) + "#act-object" in text
    assert not Referral.objects.filter(from_agency=received.to_agency).exists()


def test_a_machine_is_told_which_case_it_is(xuecheng, client, received):
    client.force_login(make.receiver(xuecheng).user)
    typed = form_of(xuecheng, to_agency=xuecheng.agencies["区民政局"])
    answer = client.post("/api/v1/referrals/", json.dumps(typed | {"party_code": ""}), content_type="application/json")
    body = answer.json()
    assert (answer.status_code, body["clause"]) == (403, "XC-2.2-g")
    [candidate] = body["candidates"]
    assert (candidate["id"], candidate["certain"], candidate["road"]) == (received.pk, True, "object")


def test_a_stranger_learns_nothing(xuecheng, client, received):
    client.force_login(xuecheng.user("区民政局"))
    typed = form_of(xuecheng, to_agency=xuecheng.agencies["区教体局"])
    answer = client.post("/api/v1/referrals/", json.dumps(typed), content_type="application/json")
    assert answer.status_code == 201
    assert answer.json()["same_facts"] == []
    assert received.number not in answer.content.decode()


def test_the_drafter_sees_both_as_soon_as_it_is_saved(xuecheng, client, received):
    draft = make.draft(xuecheng, by=BUREAU, to_agency=xuecheng.agencies["区民政局"], **UNKNOWN)
    client.force_login(make.receiver(xuecheng).user)
    page = client.get(reverse("edit-referral", args=[draft.pk])).content.decode()
    assert "疑似同一案件" in page
    assert received.number in page
    saved = client.post(reverse("autosave", args=[draft.pk]), {"place": "薛城区泰山南路88号", "version": ""}).json()
    assert received.number in saved["alike"]
    gone = client.post(
        reverse("autosave", args=[draft.pk]), {"place": "薛城区光明西路5号", "facts": "另一处工地夜间施工扰民。", "version": ""}
    ).json()
    assert gone["alike"] == ""


def test_the_leader_sees_both_says_why_and_the_receiver_reads_it(xuecheng, client, received, at_the_leaders):
    pk = at_the_leaders.pk
    client.force_login(make.receiver(xuecheng, Post.LEADER).user)
    page = client.get(reverse("referral", args=[pk])).content.decode()
    assert "疑似同一案件" in page
    assert "枣庄喆堃建材有限公司" in page
    assert 'name="another_case"' in page
    refused = client.post(reverse("act", args=[pk, "sign"]), {"another_case": " "})
    assert refused.status_code == 400
    assert "并排核对" in refused.content.decode()
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(reverse("act", args=[pk, "sign"]), {"another_case": WORDS}).status_code == 302
    assert WORDS in client.get(reverse("referral", args=[pk])).content.decode()
    client.force_login(xuecheng.user("区民政局"))
    theirs = client.get(reverse("referral", args=[pk])).content.decode()
    assert WORDS in theirs
    assert received.number not in theirs
    assert client.get(f"/api/v1/referrals/{pk}/").json()["another_case"] == WORDS


def test_a_machine_says_why_in_the_body(xuecheng, client, received, at_the_leaders):
    client.force_login(make.receiver(xuecheng, Post.LEADER).user)
    url = f"/api/v1/referrals/{at_the_leaders.pk}/sign/"
    answer = send(client, url, {})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "#/another_case"
    assert [one["id"] for one in answer.json()["candidates"]] == [received.pk]
    assert send(client, url, {"another_case": WORDS}).status_code == 200


def test_not_among_several_at_once(xuecheng, client, at_the_leaders):
    client.force_login(make.receiver(xuecheng, Post.LEADER).user)
    client.get(reverse("referral", args=[at_the_leaders.pk]))
    said = client.post(reverse("bulk"), {"verb": "sign", "id": [at_the_leaders.pk]}).content.decode()
    assert "写明为何是另一案件" in said
    assert Referral.objects.get(pk=at_the_leaders.pk).state == "submitted"


def test_without_anything_alike_the_signature_is_one_tap(xuecheng, client):
    referral = make.submitted(xuecheng)
    client.force_login(make.sender(xuecheng, Post.LEADER).user)
    assert 'name="another_case"' not in client.get(reverse("referral", args=[referral.pk])).content.decode()
    assert client.post(reverse("act", args=[referral.pk, "sign"]), {}).status_code == 302


def test_reading_a_confidential_case_beside_ones_own_is_kept(xuecheng, client):
    from core.models import AuditEntry

    secret = make.signed_for(xuecheng, confidentiality="privacy")
    draft = make.draft(xuecheng, by=BUREAU, to_agency=xuecheng.agencies["区民政局"], **UNKNOWN)
    client.force_login(make.receiver(xuecheng).user)
    client.get(reverse("edit-referral", args=[draft.pk]))
    entry = AuditEntry.objects.get(subject_id=str(secret.pk), subject_kind="referral", verb="referral.read_confidential")
    assert entry.detail["what"] == "same_facts"


def test_a_received_case_is_no_draft_of_ones_own_through_rest(xuecheng, shuocheng, client):
    for world, clause in ((xuecheng, "XC-2.2-g"), (shuocheng, None)):
        referral = make.signed_for(world)
        client.force_login(make.receiver(world).user)
        answer = client.post("/api/v1/referrals/", json.dumps({"case": referral.case_id}), content_type="application/json")
        assert answer.status_code == 403
        assert answer.json().get("clause") == clause


def test_the_sender_reads_the_words_only_of_what_it_signed(xuecheng, received, at_the_leaders):
    signed = services.sign_referral(at_the_leaders.pk, by=make.receiver(xuecheng, Post.LEADER), another_case=WORDS)
    assert (signed.another_case, signed.another_case_of) == (WORDS, [received.pk])
