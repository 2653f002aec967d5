"""A refusal has a reason of the list; 'not ours' is an objection; 'other' is read by those who oversee."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from accounts.kinds import Post
from core.errors import BadInput
from notifications.models import Message
from referrals import services
from referrals.models import Dispute, Referral
from referrals.refusals import speaks_of_jurisdiction
from tests import make


def refuse(world, referral, kind, reasons="移送材料中没有现场照片。"):
    return services.not_accept_referral(referral.pk, by=make.receiver(world), kind=kind, reasons=reasons)


@pytest.mark.parametrize("kind", ["", "aaaa", "PAPERS"])
def test_the_reason_is_one_of_the_list(xuecheng, kind):
    referral = make.signed_for(xuecheng)
    with pytest.raises(BadInput) as error:
        refuse(xuecheng, referral, kind)
    assert error.value.clause == "XC-2.2-d"
    assert "kind" in error.value.fields


def test_the_kind_stays_on_the_referral(xuecheng):
    referral = refuse(xuecheng, make.signed_for(xuecheng), "papers")
    assert (referral.state, referral.refusal_kind) == ("not_accepted", "papers")


@pytest.mark.parametrize("name", ["xuecheng", "zhoucun", "shuocheng", "qidong"])
def test_not_ours_opens_an_objection(name, db):
    from tests.conftest import world_of

    world = world_of(name)
    referral = refuse(world, make.signed_for(world), "not_ours", "该路段由园区管理。")
    assert referral.state == "disputed"
    assert Dispute.objects.get(referral=referral).reasons == "该路段由园区管理。"


def test_where_there_is_no_objection_not_ours_is_a_refusal(yiyuan, at):
    at("2026-03-09T09:00")
    referral = refuse(yiyuan, make.signed_for(yiyuan), "not_ours", "属水利部门职责。")
    assert (referral.state, referral.refusal_kind) == ("not_accepted", "not_ours")


@pytest.mark.parametrize(
    "words", ["不属于本机关管辖", "该案不归我局管", "不属我单位职责范围", "应由园区管委会管辖", "我局没有行政处罚权", "本机关无管辖权"]
)
def test_not_ours_is_not_dressed_up_as_something_else(xuecheng, words):
    with pytest.raises(BadInput) as error:
        refuse(xuecheng, make.signed_for(xuecheng), "other", words)
    assert error.value.clause == "XC-2.2-g"


@pytest.mark.parametrize(
    "words", ["缺少进货凭证，无法核查。", "当事人营业执照已由本局吊销，同一行为已处罚。", "材料不全", "照片不清，看不出违法事实。"]
)
def test_ordinary_reasons_do_not_speak_of_jurisdiction(words):
    assert not speaks_of_jurisdiction(words)


def test_other_reasons_are_told_to_the_overseers_and_stand_in_their_list(xuecheng, client):
    referral = refuse(xuecheng, make.signed_for(xuecheng), "other", "当事人已死亡，无从查处。")
    overseer = xuecheng.user("区政府督查室", Post.SUPERVISION)
    assert Message.objects.filter(user=overseer, text__contains="其他理由", url=reverse("returned")).exists()
    client.force_login(overseer)
    page = client.get(reverse("returned")).content.decode()
    assert "当事人已死亡，无从查处。" in page
    assert referral.number in page
    assert "枣庄喆堃建材有限公司" not in page
    client.force_login(make.sender(xuecheng).user)
    assert client.get(reverse("returned")).status_code == 403


def test_page_rest_and_bulk_ask_for_the_kind(xuecheng, client):
    referral = make.signed_for(xuecheng)
    client.force_login(make.receiver(xuecheng).user)
    page = client.post(reverse("act", args=[referral.pk, "not_accept"]), {"reasons": "材料不全，缺照片。"})
    assert page.status_code == 400
    assert "材料不全，缺照片。" in page.content.decode()
    url, more = f"/api/v1/referrals/{referral.pk}/not_accept/", {"content_type": "application/json", "headers": {"If-Match": "*"}}
    assert client.post(url, json.dumps({"reasons": "缺"}), **more).status_code == 400
    assert client.post(url, json.dumps({"reasons": "缺", "kind": "nonsense"}), **more).status_code == 400
    client.post(reverse("bulk"), {"verb": "not_accept", "id": [referral.pk]})
    assert Referral.objects.get(pk=referral.pk).state == "signed_for"
    answer = client.post(url, json.dumps({"reasons": "缺照片", "kind": "papers"}), **more)
    assert answer.status_code == 200
    assert answer.json()["refusal_kind"] == "papers"
