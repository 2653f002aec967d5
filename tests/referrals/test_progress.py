"""Contacts on either side, one thread between the two, and copies both ways (QD-2.4.1-b, -c)."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed, NotVisible
from core.models import AuditEntry, OutboxEvent
from foundation.cases.models import Matter
from notifications.models import Message
from referrals import services
from referrals.models import Party, ProgressMessage
from tests import make
from tests.referrals.test_version import fresh


def test_both_sides_have_a_named_contact_from_the_start(qidong):
    letter = make.signed_for(qidong)
    assert (letter.sender_department, letter.sender_person) == (make.sender(qidong).agency.short_name, make.sender(qidong).name)
    assert (letter.receiver_department, letter.receiver_person) == (make.receiver(qidong).agency.short_name, make.receiver(qidong).name)


def test_qidong_sends_no_letter_without_a_named_contact(qidong):
    referral = make.draft(qidong)
    services.save_draft(referral.pk, by=make.sender(qidong), data={"sender_person": " "})
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=make.sender(qidong))
    assert (error.value.clause, list(error.value.fields)) == ("QD-2.4.1-c", ["sender_person"])


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_each_side_names_its_own_contact_after_delivery_and_the_other_sees_it(qidong, client, side):
    letter = make.signed_for(qidong)
    mine, other = (make.sender, make.receiver) if side == "sender" else (make.receiver, make.sender)
    client.force_login(mine(qidong).user)
    data = {"department": "法制科", "person": "王某", "phone": "0513-83310000"}
    answer = client.post(reverse("act", args=[letter.pk, "set_contact"]), data)
    assert answer.status_code == 302, answer.content.decode()
    assert getattr(fresh(letter), f"{side}_person") == "王某"
    entry = AuditEntry.objects.get(verb="referral.set_contact", subject_id=str(letter.pk))
    assert (entry.detail["side"], entry.detail["person"]) == (side, "王某")
    client.force_login(other(qidong).user)
    page = client.get(f"/referrals/{letter.pk}/").content.decode()
    assert "法制科" in page
    assert client.get(f"/api/v1/referrals/{letter.pk}/").json()[f"{side}_phone"] == "0513-83310000"
    assert Message.objects.filter(user=other(qidong).user, text__contains="王某").exists()


def test_an_empty_contact_is_refused(xuecheng):
    letter = make.signed_for(xuecheng)
    with pytest.raises(BadInput):
        services.set_contact(letter.pk, by=make.sender(xuecheng), department="", person=" ")


def test_the_thread_is_read_and_written_by_both_sides(xuecheng, client):
    letter = make.accepted(xuecheng)
    client.force_login(make.sender(xuecheng).user)
    photo = SimpleUploadedFile("照片.pdf", make.pdf("photo").getvalue())
    assert client.post(reverse("act", args=[letter.pk, "write_progress"]), {"words": "请问进展如何？", "file": photo}).status_code == 302
    client.force_login(make.receiver(xuecheng, Post.LEADER).user)
    answer = client.post(
        f"/api/v1/referrals/{letter.pk}/write_progress/",
        json.dumps({"words": "已立案。"}),
        content_type="application/json",
        headers={"If-Match": "*"},
    )
    assert answer.status_code == 200, answer.content
    page = client.get(f"/referrals/{letter.pk}/").content.decode()
    assert page.index("请问进展如何？") < page.index("已立案。")
    thread = client.get(f"/api/v1/referrals/{letter.pk}/progress/").json()["results"]
    assert [(m["words"], m["post"], m["name"]) for m in thread] == [
        ("请问进展如何？", Post.CLERK, "照片.pdf"), ("已立案。", Post.LEADER, ""),
    ]  # fmt: skip
    first = ProgressMessage.objects.first()
    for url in (reverse("progress-file", args=[letter.pk, first.pk]), f"/api/v1/referrals/{letter.pk}/progress/{first.pk}/file/"):
        file = client.get(url)
        assert (file.status_code, file["Content-Type"]) == (200, "application/octet-stream")
    assert OutboxEvent.objects.filter(verb="referral.write_progress").count() == 2
    assert AuditEntry.objects.filter(verb="referral.write_progress").count() == 2
    assert Message.objects.filter(user=make.receiver(xuecheng).user, text__contains="沟通进展").exists()


def test_a_copied_agency_neither_reads_nor_writes_the_thread(xuecheng, client):
    copied = xuecheng.agencies["区民政局"]
    letter = make.delivered(xuecheng, copies=[copied])
    services.write_progress(letter.pk, by=make.sender(xuecheng), words="只给对方看")
    actor = xuecheng.actor("区民政局")
    with pytest.raises(NotAllowed):
        services.write_progress(letter.pk, by=actor, words="旁听")
    client.force_login(actor.user)
    assert client.post(reverse("act", args=[letter.pk, "write_progress"]), {"words": "旁听"}).status_code == 403
    assert client.post(reverse("act", args=[letter.pk, "set_contact"]), {"department": "x", "person": "y"}).status_code == 403
    assert "只给对方看" not in client.get(f"/referrals/{letter.pk}/").content.decode()
    assert client.get(f"/api/v1/referrals/{letter.pk}/progress/").status_code == 404


def test_before_the_letter_arrived_there_is_no_thread(xuecheng):
    draft = make.draft(xuecheng)
    with pytest.raises(NotAllowed):
        services.write_progress(draft.pk, by=make.sender(xuecheng), words="早了")
    with pytest.raises(NotVisible):
        services.write_progress(draft.pk, by=make.receiver(xuecheng), words="早了")


def test_a_word_that_is_empty_or_a_file_that_runs_is_refused(xuecheng):
    letter = make.delivered(xuecheng)
    with pytest.raises(BadInput):
        services.write_progress(letter.pk, by=make.sender(xuecheng), words="  ")
    with pytest.raises(BadInput):
        services.write_progress(letter.pk, by=make.sender(xuecheng), words="附件", file=SimpleUploadedFile("a.pdf", b"MZ\x90\x00" * 40))
    assert not ProgressMessage.objects.exists()


@pytest.mark.parametrize("sql", ["UPDATE referrals_progressmessage SET words = 'x'", "DELETE FROM referrals_progressmessage"])
def test_what_was_written_stays(xuecheng, sql):
    services.write_progress(make.delivered(xuecheng).pk, by=make.sender(xuecheng), words="话")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_qidong_copies_the_place_and_the_bureau_whose_matter_it_is(qidong):
    place, bureau = qidong.agencies["吕四港镇"], qidong.agencies["市水务局"]
    matter = Matter.objects.create(jurisdiction=qidong.jurisdiction, name="水务事项", basis="有关法规", competent=bureau)
    referral = make.draft(qidong, township=place, matter=matter)
    assert {place, bureau} <= set(referral.copies.all())
    services.save_draft(referral.pk, by=make.sender(qidong), data={"copies": []})
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=make.sender(qidong))
    assert error.value.clause == "QD-2.4.1-b"
    assert "吕四港镇" in error.value.fields["copies"]
    services.save_draft(referral.pk, by=make.sender(qidong), data={"copies": [place, bureau]})
    assert services.submit_referral(referral.pk, by=make.sender(qidong)).state == "submitted"


def test_a_copied_township_sees_the_letter(qidong):
    place = qidong.agencies["吕四港镇"]
    letter = make.delivered(qidong, township=place)
    assert Party.objects.filter(referral=letter, agency=place, role=Party.Role.COPIED).exists()
