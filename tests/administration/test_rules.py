"""Assigning rules in the administration: the own place's documents, on days on which they are in force, refused as refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.kinds import Post
from core.models import AuditEntry
from deadlines.models import ProfileAssignment
from tests.administration.conftest import signed_in
from tests.administration.test_pages import address


def assign(world, **more):
    version = ProfileAssignment.objects.filter(jurisdiction=world.jurisdiction).first().version
    sent = {"jurisdiction": world.jurisdiction.pk, "version": version.pk, "since": "2026-01-01", "options": "{}"} | more
    client = signed_in(world, Post.ADMINISTRATOR)
    return client.post(address("deadlines.profileassignment", "add"), sent)


@pytest.mark.parametrize(
    ("place", "since"),
    [
        ("xuecheng", "1900-01-01"),
        ("xuecheng", "2021-10-14"),
        ("shuocheng", "2021-04-14"),
        ("yiyuan", "2021-11-19"),
        ("yiyuan", "2026-11-20"),
        ("xuecheng", (timezone.localdate() + timedelta(days=400)).isoformat()),
        ("xuecheng", "9999-12-31"),
    ],
)
def test_a_day_on_which_the_document_is_not_in_force_is_refused(place, since, request, xuecheng, shuocheng, yiyuan):
    world = {"xuecheng": xuecheng, "shuocheng": shuocheng, "yiyuan": yiyuan}[place]
    before = ProfileAssignment.objects.count()
    answer = assign(world, since=since)
    assert answer.status_code == 400
    assert answer.context["adminform"].form.errors["since"]
    assert ProfileAssignment.objects.count() == before


@pytest.mark.parametrize("options", ['{"nothing": "x"}', '{"nothing": [1]}', "[1]", '"x"', "7"])
def test_an_option_that_the_document_does_not_have_is_refused(xuecheng, options):
    before = ProfileAssignment.objects.count()
    answer = assign(xuecheng, options=options)
    assert answer.context["adminform"].form.errors["options"]
    assert ProfileAssignment.objects.count() == before


def test_another_places_document_is_refused(xuecheng, zhoucun):
    theirs = ProfileAssignment.objects.filter(jurisdiction=zhoucun.jurisdiction).first().version
    before = ProfileAssignment.objects.count()
    answer = assign(xuecheng, version=theirs.pk)
    assert answer.context["adminform"].form.errors["version"]
    assert ProfileAssignment.objects.count() == before


def test_a_good_assignment_is_kept_and_in_the_trail(xuecheng):
    assert assign(xuecheng, since="2026-01-05").status_code == 302
    assert ProfileAssignment.objects.get(jurisdiction=xuecheng.jurisdiction, since=date(2026, 1, 5))
    entry = AuditEntry.objects.filter(verb="jurisdiction.assign_profile").order_by("-pk").first()
    assert (entry.post, entry.detail["since"]) == (Post.ADMINISTRATOR, "2026-01-05")
