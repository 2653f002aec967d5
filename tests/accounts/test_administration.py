"""The administration: rights from the post, every change in the trail, cases only to look at."""

from __future__ import annotations

import pytest

from accounts.kinds import Post
from core.models import AuditEntry
from tests import make


@pytest.fixture
def admin_client(xuecheng, client):
    client.force_login(xuecheng.user("区政府办公室", Post.ADMINISTRATOR))
    return client


@pytest.mark.parametrize(
    "path",
    [
        "accounts/agency/",
        "accounts/postholding/",
        "accounts/user/",
        "deadlines/profileassignment/",
        "referrals/referral/",
        "cases/matter/",
        "deadlines/calendaryear/",
    ],
)
def test_the_administrator_keeps_the_house(admin_client, path):
    assert admin_client.get(f"/admin/{path}").status_code == 200


def test_nobody_else_gets_in(xuecheng, client):
    user = xuecheng.user("区住建局")
    user.is_staff = True
    user.save()
    client.force_login(user)
    assert client.get("/admin/accounts/agency/").status_code == 403


def test_a_change_of_an_agency_is_in_the_trail(admin_client, xuecheng):
    agency = xuecheng.agencies["区民政局"]
    page = admin_client.get(f"/admin/accounts/agency/{agency.pk}/change/")
    data = {k: v for k, v in page.context["adminform"].form.initial.items() if v is not None}
    data["phone"] = "0632-1"
    assert admin_client.post(f"/admin/accounts/agency/{agency.pk}/change/", data).status_code == 302
    entry = AuditEntry.objects.get(subject_kind="agency", subject_id=str(agency.pk), verb="agency.admin_change")
    assert entry.detail["fields"] == ["phone"]


def test_cases_are_only_looked_at(admin_client, xuecheng):
    referral = make.delivered(xuecheng)
    assert admin_client.get(f"/admin/referrals/referral/{referral.pk}/change/").status_code == 200
    assert admin_client.post(f"/admin/referrals/referral/{referral.pk}/change/", {"number": "x"}).status_code == 403
    assert admin_client.post(f"/admin/referrals/referral/{referral.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_auditor_reads_the_trail_of_the_own_jurisdiction_and_that_is_recorded(xuecheng, qidong, client):
    here, there = make.delivered(xuecheng), make.delivered(qidong)
    client.force_login(xuecheng.user("区政府办公室", Post.AUDITOR))
    said = client.get("/audit/").content.decode()
    assert f"referral:{here.pk}#" in said
    assert f"referral:{there.pk}#" not in said
    assert f"referral:{here.pk}#5" in said or "系统·送达" in said
    only = client.get("/audit/", {"subject": f"referral:{here.pk}", "verb": "referral.sign", "after": "x" * 50})
    assert [r.verb for r in only.context["rows"]] == ["referral.sign"]
    assert AuditEntry.objects.filter(verb="audit.read").count() == 2


def test_the_trail_is_not_for_everybody(xuecheng, client):
    client.force_login(xuecheng.user("区住建局"))
    assert client.get("/audit/").status_code == 403


def test_an_administrator_sees_and_changes_only_the_own_jurisdiction(admin_client, xuecheng, qidong):
    theirs = qidong.agencies["汇龙镇"]
    assert admin_client.get(f"/admin/accounts/agency/{theirs.pk}/change/").status_code == 302
    referral = make.delivered(qidong)
    assert admin_client.get(f"/admin/referrals/referral/{referral.pk}/change/").status_code == 302
    page = admin_client.get("/admin/accounts/postholding/add/")
    offered = {a.jurisdiction_id for a in page.context["adminform"].form.fields["agency"].queryset}
    assert offered == {xuecheng.jurisdiction.pk}
    mine = admin_client.get("/admin/accounts/user/").context["cl"].queryset
    assert not mine.filter(pk=qidong.user("汇龙镇").pk).exists()
