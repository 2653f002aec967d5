"""The administration's pages: which administrator keeps what, one front door, the trail, nothing of the cases."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.kinds import Post
from accounts.models import PostHolding
from administration.pages import OwnDistrict
from administration.rights import KEPT, LOOKED_AT
from core.models import AuditEntry
from tests import make

PAGES = [model._meta.label_lower for model in admin.site._registry]


def address(kind, verb="changelist", *args):
    return reverse(f"admin:{kind.replace('.', '_')}_{verb}", args=args)


def filled(page):
    """What the form would send unchanged."""
    sent = {}
    for bound in page.context["adminform"].form:
        value = bound.value()
        if value is not None and value is not False:
            sent[bound.html_name] = getattr(value, "pk", value)
    return sent


def test_only_the_houses_own_pages_are_registered():
    assert set(PAGES) == set(KEPT) | set(LOOKED_AT)
    assert all(isinstance(page, OwnDistrict) for page in admin.site._registry.values())


@pytest.mark.parametrize("kind", PAGES)
def test_both_administrators_look_and_each_keeps_only_what_is_theirs(system_admin, security_admin, kind):
    for client, post in ((system_admin, Post.ADMINISTRATOR), (security_admin, Post.SECURITY)):
        assert client.get(address(kind)).status_code == 200
        may = KEPT.get(kind) == post and kind not in ("accounts.jurisdiction", "accounts.apitoken")
        assert client.get(address(kind, "add")).status_code == (200 if may else 403)


def test_nobody_else_gets_in_whatever_flags_the_account_has(xuecheng, client):
    for agency, post in (("区住建局", Post.CLERK), ("区住建局", Post.HEAD), ("区政府办公室", Post.AUDITOR), ("区政府", Post.GOVERNMENT_LEADER)):
        user = xuecheng.user(agency, post)
        user.is_staff = user.is_superuser = True
        user.save()
        client.force_login(user)
        for path in ("/admin/", "/admin/accounts/agency/", "/admin/accounts/user/"):
            assert client.get(path).status_code == 403


def test_there_is_one_front_door(xuecheng, client):
    person = xuecheng.user("区政府办公室", Post.ADMINISTRATOR)
    for method in (client.get, client.post):
        answer = method("/admin/login/", {"username": person.username, "password": "correct-horse-battery"})
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("sign-in"))
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/accounts/agency/")["Location"].split("?")[0].startswith(("/admin/login/", reverse("sign-in")))


def test_a_change_of_an_agency_is_in_the_trail_with_before_and_after(system_admin, xuecheng):
    agency = xuecheng.agencies["区民政局"]
    page = system_admin.get(address("accounts.agency", "change", agency.pk))
    assert system_admin.post(page.request["PATH_INFO"], filled(page) | {"phone": "0632-1"}).status_code == 302
    entry = AuditEntry.objects.get(subject_kind="agency", subject_id=str(agency.pk), verb="agency.change")
    assert entry.detail["changes"] == {"phone": [agency.phone, "0632-1"]}
    assert entry.post == Post.ADMINISTRATOR


def test_a_change_of_a_matter_is_in_the_trail(system_admin, xuecheng):
    from foundation.cases.models import Matter

    matter = Matter.objects.filter(jurisdiction=xuecheng.jurisdiction).first()
    page = system_admin.get(address("cases.matter", "change", matter.pk))
    other = xuecheng.agencies["区民政局"]
    assert system_admin.post(page.request["PATH_INFO"], filled(page) | {"competent": other.pk}).status_code == 302
    entry = AuditEntry.objects.get(subject_kind="matter", subject_id=str(matter.pk))
    assert entry.detail["changes"] == {"competent_id": [str(matter.competent_id), str(other.pk)]}


@pytest.mark.parametrize("kind", ["referrals/referral", "referrals/dispute", "cases/case", "cases/material", "oversight/escalation"])
def test_cases_are_not_read_in_the_administration(system_admin, xuecheng, kind):
    referral = make.delivered(xuecheng)
    assert system_admin.get(f"/admin/{kind}/").status_code == 404
    assert system_admin.get(f"/admin/{kind}/{referral.pk}/change/").status_code == 404


def test_nothing_is_deleted(system_admin, security_admin, xuecheng):
    holding = xuecheng.holdings["区住建局", Post.CLERK]
    assert security_admin.post(f"/admin/accounts/postholding/{holding.pk}/delete/", {"post": "yes"}).status_code == 403
    sent = {"action": "delete_selected", "_selected_action": [holding.pk], "post": "yes"}
    security_admin.post("/admin/accounts/postholding/", sent)
    assert PostHolding.objects.filter(pk=holding.pk).exists()
    agency = xuecheng.agencies["区民政局"]
    assert system_admin.post(f"/admin/accounts/agency/{agency.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_list_answers_no_questions_about_passwords(system_admin, xuecheng):
    for asked in ("password__startswith", "jurisdiction__name", "holdings__agency__name", "email__contains"):
        assert system_admin.get("/admin/accounts/user/", {asked: "a"}).status_code == 400


def test_every_text_of_the_pages_is_chinese(system_admin, security_admin):
    import re

    for client in (system_admin, security_admin):
        for kind in PAGES:
            if KEPT.get(kind) and client.get(address(kind, "add")).status_code == 200:
                said = client.get(address(kind, "add")).content.decode()
                labels = [re.sub(r"<[^>]+>", "", x).strip(": \n：") for x in re.findall(r"<label[^>]*>(.*?)</label>", said, re.S)]
                assert not [x for x in labels if x and x.isascii()], (kind, labels)
                assert "Django" not in said


def test_the_auditor_reads_the_trail_of_the_own_jurisdiction_and_that_is_recorded(xuecheng, qidong, client):
    here, there = make.delivered(xuecheng), make.delivered(qidong)
    client.force_login(xuecheng.user("区政府办公室", Post.AUDITOR))
    said = client.get("/audit/").content.decode()
    assert f"referral:{here.pk}#" in said
    assert f"referral:{there.pk}#" not in said
    assert f"referral:{here.pk}#5" in said or "系统·送达" in said
    only = client.get("/audit/", {"subject": f"referral:{here.pk}", "verb": "referral.sign"})
    assert [r.verb for r in only.context["rows"]] == ["referral.sign"]
    for unreadable in ("x" * 50, "9999999999999999999", "0"):
        assert client.get("/audit/", {"after": unreadable}).status_code == 400, unreadable
    assert AuditEntry.objects.filter(verb="audit.read").count() == 2


def test_the_trail_is_not_for_everybody(xuecheng, client):
    client.force_login(xuecheng.user("区住建局"))
    assert client.get("/audit/").status_code == 403
