"""A ledger belongs to the post in which it was asked for: it does not follow the person, and ends with the post."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from accounts.kinds import Post
from accounts.models import PostHolding
from referrals.models import Export
from tests import make


def made(by):
    export = Export.objects.create(user=by.user, holding_id=by.holding_id, desk="all", done_at=timezone.now())
    export.file.save("ledger.xlsx", ContentFile(b"PK"))
    return export


def test_it_does_not_follow_the_person_to_the_next_agency(xuecheng, client):
    by = make.sender(xuecheng)
    export = made(by)
    client.force_login(by.user)
    address = reverse("export-file", args=[export.pk])
    assert client.get(address).status_code == 200
    yesterday = timezone.localdate() - timedelta(days=1)
    PostHolding.objects.filter(pk=by.holding_id).update(until=yesterday)
    PostHolding.objects.create(user=by.user, agency=xuecheng.agencies["区民政局"], post=Post.CLERK)
    assert client.get(address).status_code == 404
    assert f"exports/{export.pk}/" not in client.get(reverse("exports")).content.decode()


def test_it_does_not_follow_into_another_post_of_the_same_person(xuecheng, client):
    by = make.sender(xuecheng)
    export = made(by)
    other = PostHolding.objects.create(user=by.user, agency=xuecheng.agencies["区民政局"], post=Post.CLERK)
    client.force_login(by.user)
    client.post(reverse("switch-post"), {"holding": other.pk})
    assert client.get(reverse("export-file", args=[export.pk])).status_code == 404


def test_a_ledger_under_way_says_how_far_it_is_and_looks_again(xuecheng, client):
    by = make.sender(xuecheng)
    Export.objects.create(user=by.user, holding_id=by.holding_id, desk="all", rows=3000)
    client.force_login(by.user)
    said = client.get(reverse("exports")).content.decode()
    assert "已写 3000 行" in said
    assert 'http-equiv="refresh"' in said
    Export.objects.update(done_at=timezone.now())
    assert 'http-equiv="refresh"' not in client.get(reverse("exports")).content.decode()
