"""The auditor reads the trail of the own district, refused sign-ins included, and proves the whole of it."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actors import system_actor
from accounts.kinds import Post
from accounts.services import record_sign_in
from accounts.unknown_names import note_unknown_name
from core.errors import BadInput, NotAllowed
from core.models import AuditCheck, AuditEntry
from oversight.trail import last_check, sentence_of, trail_visible_to, verify_trail
from tests import make
from tests.core.trail import tampered


def auditor(world):
    office = "区政府办公室" if ("区政府办公室", Post.AUDITOR) in world.holdings else "市政府办公室"
    return world.actor(office, Post.AUDITOR)


@pytest.mark.parametrize("verb", ["sign_in_refused", "locked_out"])
def test_the_auditor_sees_refused_sign_ins_and_lock_outs_of_the_own_district_only(xuecheng, qidong, verb):
    mine, theirs = xuecheng.user("区住建局"), qidong.user("汇龙镇")
    for user in (mine, theirs):
        record_sign_in(user, verb, system_actor("登录"))
    seen = trail_visible_to(auditor(xuecheng)).filter(verb=f"user.{verb}").values_list("subject_id", flat=True)
    assert list(seen) == [str(mine.pk)]


def test_the_auditor_sees_tries_of_names_that_nobody_has(xuecheng):
    note_unknown_name(timezone.now())
    assert trail_visible_to(auditor(xuecheng)).filter(verb="sign_in.refused").exists()


def test_refused_sign_ins_stand_on_the_auditors_page(xuecheng, client):
    client.post(reverse("sign-in"), {"username": xuecheng.user("区住建局").username, "password": "wrong"})
    client.force_login(xuecheng.user("区政府办公室", Post.AUDITOR))
    assert "user.sign_in_refused" in client.get("/audit/").content.decode()


def test_only_the_auditor_proves_the_trail(xuecheng):
    for agency, post in (("区政府办公室", Post.ADMINISTRATOR), ("区住建局", Post.HEAD), ("区政府办公室", Post.GOVERNMENT_LEADER)):
        with pytest.raises(NotAllowed):
            verify_trail(by=xuecheng.actor(agency, post))
    assert not AuditCheck.objects.exists()


def test_the_auditors_button_says_in_a_plain_sentence_that_the_trail_is_whole(xuecheng, client, commits):
    make.delivered(xuecheng)
    client.force_login(xuecheng.user("区政府办公室", Post.AUDITOR))
    assert "还没有核对过" in client.get("/audit/").content.decode()
    with commits():
        assert client.post("/audit/verify/").status_code == 302
    page = client.get("/audit/").content.decode()
    assert "留痕完整" in page
    assert "均核对无误" in page
    assert AuditEntry.objects.filter(verb="audit.verify").count() == 1


def test_the_auditors_button_says_what_is_broken(xuecheng, client, commits):
    referral = make.delivered(xuecheng)
    tampered("UPDATE core_auditentry SET actor_name = 'other' WHERE subject_kind = 'referral' AND subject_id = %s AND seq = 2", str(referral.pk))
    client.force_login(xuecheng.user("区政府办公室", Post.AUDITOR))
    with commits():
        client.post("/audit/verify/")
    page = client.get("/audit/").content.decode()
    assert "留痕不完整：发现 1 处问题" in page
    assert f"referral:{referral.pk}#2" in page
    assert "的内容被改动过" in page


def test_a_second_verification_waits_for_the_first(xuecheng):
    by = auditor(xuecheng)
    verify_trail(by=by)
    assert "正在核对" in sentence_of(last_check(by))
    with pytest.raises(BadInput, match="还在进行"):
        verify_trail(by=by)


def test_the_trail_is_the_audit_administrators_alone(xuecheng, client):
    for post in (Post.ADMINISTRATOR, Post.SECURITY):
        client.force_login(xuecheng.user("区政府办公室", post))
        assert client.get("/audit/").status_code == 403
        assert client.post("/audit/verify/").status_code == 403
