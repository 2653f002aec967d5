"""A file that goes along with an act: a word to the other side, a result with the receiver's own decision. Both doors alike."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from core.errors import BadInput
from documents.models import OfficialDocument
from foundation.cases.models import RESULT_SLOT, Material
from foundation.cases.selectors import working_materials
from referrals import services
from referrals.models import ProgressMessage, Referral
from referrals.selectors import materials_of
from tests import make

KEY = iter(range(10_000))


def paper(name="处罚决定书.pdf", words="decision"):
    return SimpleUploadedFile(name, make.pdf(words).getvalue())


def rest(client, referral, verb, data):
    return client.post(f"/api/v1/referrals/{referral.pk}/{verb}/", data, headers={"If-Match": "*", "Idempotency-Key": f"k{next(KEY)}"})


def page(client, referral, verb, data):
    return client.post(reverse("act", args=[referral.pk, verb]), data)


DOORS = {"page": page, "rest": rest}


@pytest.mark.parametrize("door", DOORS)
def test_a_word_to_the_other_side_takes_a_file_along(xuecheng, client, door):
    letter = make.accepted(xuecheng)
    client.force_login(make.receiver(xuecheng).user)
    answer = DOORS[door](client, letter, "write_progress", {"words": "请核对笔录。", "file": paper("笔录.pdf")})
    assert answer.status_code < 400, answer.content
    said = client.get(f"/api/v1/referrals/{letter.pk}/progress/").json()["results"]
    assert [(m["words"], m["name"], m["size"]) for m in said] == [("请核对笔录。", "笔录.pdf", len(make.pdf("decision").getvalue()))]
    client.force_login(make.sender(xuecheng).user)
    got = client.get(f"/api/v1/referrals/{letter.pk}/progress/{said[0]['id']}/file/")
    assert b"".join(got.streaming_content) == make.pdf("decision").getvalue()


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("file", "says"),
    [
        (SimpleUploadedFile("a.pdf", b"MZ\x90\x00" * 40), "不是可收的类型"),
        (SimpleUploadedFile("笑\U0001f600.pdf", b"%PDF-1.4 x"), "U+1F600"),
        (SimpleUploadedFile("空.pdf", b""), "空"),
    ],
)
def test_a_file_that_may_not_be_taken_is_named_beside_its_field_and_nothing_is_said(xuecheng, client, door, file, says):
    letter = make.delivered(xuecheng)
    client.force_login(make.sender(xuecheng).user)
    file.seek(0)
    answer = DOORS[door](client, letter, "write_progress", {"words": "请看附件", "file": file})
    assert answer.status_code == 400
    assert says in answer.content.decode()
    if door == "rest":
        assert [error["pointer"] for error in answer.json()["errors"]] == ["#/file"]
    else:
        assert "请看附件" in answer.content.decode()
    assert not ProgressMessage.objects.exists()


def test_rest_refuses_an_unknown_field_beside_a_file(xuecheng, client):
    letter = make.delivered(xuecheng)
    client.force_login(make.sender(xuecheng).user)
    assert rest(client, letter, "write_progress", {"words": "x", "picture": paper()}).status_code == 400


def test_the_same_key_with_the_same_file_is_answered_once(xuecheng, client):
    letter = make.delivered(xuecheng)
    client.force_login(make.sender(xuecheng).user)
    for _time in range(2):
        headers = {"If-Match": "*", "Idempotency-Key": "once"}
        answer = client.post(f"/api/v1/referrals/{letter.pk}/write_progress/", {"words": "一次", "file": paper()}, headers=headers)
        assert answer.status_code == 200
    assert ProgressMessage.objects.count() == 1


@pytest.mark.parametrize("door", DOORS)
def test_the_receivers_own_decision_goes_along_with_the_result(xuecheng, client, door):
    letter = make.decided(xuecheng)
    client.force_login(make.receiver(xuecheng).user)
    answer = DOORS[door](client, letter, "report_result", {"file": [paper(), paper("送达回证.pdf", "served")]})
    assert answer.status_code < 400, answer.content
    notice = OfficialDocument.objects.get(kind="referral_result_notice", subject_id=letter.pk)
    assert notice.content["attachments"] == ["处罚决定书.pdf", "送达回证.pdf"]
    client.force_login(make.sender(xuecheng).user)
    shown = client.get(f"/referrals/{letter.pk}/").content.decode()
    assert "处理结果文书" in shown
    listed = client.get(f"/api/v1/referrals/{letter.pk}/materials/").json()["results"]
    mine = [m for m in listed if m["slot"] == RESULT_SLOT]
    assert [m["name"] for m in mine] == ["处罚决定书.pdf", "送达回证.pdf"]
    assert client.get(f"/api/v1/referrals/{letter.pk}/materials/{mine[0]['id']}/file/").status_code == 200


def test_a_result_without_a_file_is_reported_as_before_by_both_doors(xuecheng, client):
    letter = make.decided(xuecheng)
    client.force_login(make.receiver(xuecheng).user)
    headers = {"If-Match": "*", "Idempotency-Key": "plain"}
    answer = client.post(f"/api/v1/referrals/{letter.pk}/report_result/", json.dumps({}), content_type="application/json", headers=headers)
    assert answer.status_code == 200, answer.content
    assert OfficialDocument.objects.get(kind="referral_result_notice", subject_id=letter.pk).content["attachments"] == []


def test_what_was_sent_with_a_result_stays_and_is_no_paper_of_the_senders_next_letter(shuocheng):
    letter = make.decided(shuocheng)
    services.report_result(letter.pk, by=make.receiver(shuocheng), file=[paper()])
    sent = Material.objects.get(slot=RESULT_SLOT)
    fresh = Referral.objects.select_related("case", "case_version").get(pk=letter.pk)
    assert sent in materials_of(fresh, make.sender(shuocheng))
    assert sent not in working_materials(fresh.case)
    for sql in ("DELETE FROM cases_material WHERE id = %s", "UPDATE cases_material SET name = 'x' WHERE id = %s"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [sent.pk])


def test_a_result_with_a_file_that_may_not_be_taken_is_not_reported(xuecheng):
    letter = make.decided(xuecheng)
    with pytest.raises(BadInput) as refused:
        services.report_result(letter.pk, by=make.receiver(xuecheng), file=[paper(), SimpleUploadedFile("a.pdf", b"MZ\x90\x00" * 40)])
    assert set(refused.value.fields) == {"file"}
    assert Referral.objects.get(pk=letter.pk).state == "decided"
    assert not Material.objects.filter(slot=RESULT_SLOT).exists()
