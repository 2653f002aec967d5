"""What a letter's receiver fills in and where it sends the paper back: the slip with opinion and two signatures, the sender's address."""

from __future__ import annotations

import pytest
from pypdf import PdfReader

from accounts.models import Agency
from documents.models import OfficialDocument
from tests import make


def letter_of(referral):
    document = OfficialDocument.objects.get(kind="referral_letter", subject_kind="referral", subject_id=referral.pk)
    return "".join(page.extract_text() for page in PdfReader(document.file.path).pages).replace("\n", "")


@pytest.mark.parametrize("world", ["xuecheng", "zhoucun", "shuocheng", "yiyuan", "qidong"], indirect=True)
def test_the_slip_has_room_for_the_opinion_and_two_signatures(world, at):
    at("2026-03-09T09:00")
    said = letter_of(make.delivered(world))
    slip = said[said.index("签收单位（盖章）") :]
    for line in ("接收意见：", "经办人（签名）：", "负责人（签名）：", "签收时间："):
        assert line in slip, line


def test_the_note_names_the_senders_address_and_telephone(xuecheng):
    Agency.objects.filter(pk=make.sender(xuecheng).agency_id).update(address="薛城区珠江路5号", phone="0632-4412345")
    said = letter_of(make.delivered(xuecheng, contact=""))
    assert "电话：0632-4412345，地址：薛城区珠江路5号" in said


def test_without_an_address_the_note_says_nothing_of_one(xuecheng):
    assert "地址：" not in letter_of(make.delivered(xuecheng))
