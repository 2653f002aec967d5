"""No answer stands in a frame but the preview of a letter, and that only in a page of ours; no check of Django's is silenced beside."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.kinds import Post
from tests import make


def policy(answer):
    return next(part for part in answer["Content-Security-Policy"].split(";") if "frame-ancestors" in part).split()[1:]


def test_the_preview_of_a_letter_stands_in_a_page_of_ours(xuecheng, client):
    referral = make.submitted(xuecheng)
    client.force_login(make.sender(xuecheng, Post.LEADER).user)
    answer = client.get(reverse("letter-preview", args=[referral.pk]))
    assert answer.status_code == 200
    assert (answer["X-Frame-Options"], policy(answer)) == ("SAMEORIGIN", ["'self'"])


@pytest.mark.parametrize("address", ["/", "/settings/", "/referrals/{pk}/", "/referrals/{pk}/documents/{paper}/", "/sign-in/", "/api/v1/"])
def test_everything_else_stands_in_no_frame(xuecheng, client, address):
    referral = make.delivered(xuecheng)
    client.force_login(make.sender(xuecheng).user)
    paper = referral_paper(referral)
    answer = client.get(address.format(pk=referral.pk, paper=paper))
    assert answer.status_code in (200, 302)
    assert (answer["X-Frame-Options"], policy(answer)) == ("DENY", ["'none'"])


def referral_paper(referral):
    from documents.models import OfficialDocument

    return OfficialDocument.objects.get(subject_kind="referral", subject_id=referral.pk).pk


def test_only_preloading_is_left_to_the_domains_owner():
    from config.settings import base

    source = (base.BASE_DIR / "config" / "settings" / "production.py").read_text()
    assert not hasattr(base, "SILENCED_SYSTEM_CHECKS")
    assert 'SILENCED_SYSTEM_CHECKS = ["security.W021"]' in source
