"""An escalation hangs on the row whose clock ran out, of whatever noun, and takes no other noun's road."""

from __future__ import annotations

import pytest

from accounts.kinds import Post
from core.errors import BadInput
from deadlines.clocks import start_clock
from documents.models import OfficialDocument
from oversight import services, watch
from oversight.models import Escalation
from referrals.rules import REPLY, clock_key, rules_of_referral
from tests import make
from tests.conftest import PASSWORD


@pytest.fixture
def of_another_noun(xuecheng, at):
    """A clock that ran out on something that is no referral, though a referral has its number."""
    at("2026-03-09T09:00")
    referral = make.accepted(xuecheng)
    clock = start_clock(
        rules_of_referral(referral), clock_key(referral, REPLY), role="trial", subject=("meeting", referral.pk),
        event_at=at("2026-03-09T09:00"), holder=referral.to_agency, counterpart=None,
    )  # fmt: skip
    watch.sweep(at("2026-03-13T00:00:00"))
    return Escalation.objects.get(clock=clock)


@pytest.fixture
def ordered(xuecheng, at):
    """A receiver keeps silent and the government has sent it a supervision letter."""
    at("2026-03-09T09:00")
    referral = make.delivered(xuecheng)
    watch.sweep(at("2026-03-13T00:00:00"))
    found = Escalation.objects.get(subject_kind="referral", subject_id=referral.pk)
    office, leader = xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK), xuecheng.actor("区政府", Post.GOVERNMENT_LEADER)
    services.propose_escalation(found.pk, by=office, words="建议发函督办。", order="supervise")
    return services.instruct_escalation(found.pk, by=leader, words="请限期答复。", order="supervise", until=at("2026-03-20T09:00").date())


def sign_in(client, world, agency, post):
    user = world.user(agency, post)
    client.login(username=user.username, password=PASSWORD)
    return client


def test_it_is_read_and_ordered_like_any_other(of_another_noun, xuecheng, client):
    office, leader = xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK), xuecheng.actor("区政府", Post.GOVERNMENT_LEADER)
    services.propose_escalation(of_another_noun.pk, by=office, words="建议责成说明。", order="explain")
    services.instruct_escalation(of_another_noun.pk, by=leader, words="请说明情况。", order="explain")
    sign_in(client, xuecheng, "区政府办公室", Post.GOVERNMENT_CLERK)
    page = client.get(f"/escalations/{of_another_noun.pk}/")
    assert page.status_code == 200
    assert f"/referrals/{of_another_noun.subject_id}/" not in page.content.decode()
    assert client.get(f"/api/v1/escalations/{of_another_noun.pk}/").json()["subject"] is None


def test_nobody_is_designated_for_what_cannot_be_designated(of_another_noun, xuecheng):
    office, leader = xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK), xuecheng.actor("区政府", Post.GOVERNMENT_LEADER)
    services.propose_escalation(of_another_noun.pk, by=office, words="建议指定管辖。", order="designate")
    with pytest.raises(BadInput, match="不能指定管辖"):
        services.instruct_escalation(of_another_noun.pk, by=leader, words="请接办。", order="designate", handler=xuecheng.agencies["区住建局"])
    assert Escalation.objects.get(pk=of_another_noun.pk).state == "proposed"


def test_a_supervision_letter_is_opened_by_who_is_late_and_the_overseers_alone(ordered, xuecheng, client, settings):
    letter = OfficialDocument.objects.get(subject_kind="escalation", subject_id=ordered.pk)
    for agency, post, status in (("区住建局", Post.CLERK, 404), ("区综合行政执法局", Post.CLERK, 202), ("区政府办公室", Post.GOVERNMENT_CLERK, 202)):
        sign_in(client, xuecheng, agency, post)
        assert client.get(f"/escalations/{ordered.pk}/documents/{letter.pk}/").status_code == status
        # Nor does the road of the referral lead to it.
        assert client.get(f"/referrals/{ordered.subject_id}/documents/{letter.pk}/").status_code == 404
        page = client.get(f"/referrals/{ordered.subject_id}/").content.decode()
        assert "逾期，已上报政府督办" in page
        assert (f"/escalations/{ordered.pk}/documents/{letter.pk}/" in page) == (status == 202)


def test_by_rest_it_names_what_it_hangs_on(ordered, xuecheng, client):
    sign_in(client, xuecheng, "区政府办公室", Post.GOVERNMENT_CLERK)
    wanted = {"kind": "referral", "id": ordered.subject_id}
    assert client.get(f"/api/v1/escalations/{ordered.pk}/").json()["subject"] == wanted
    assert client.get("/api/v1/escalations/").json()["results"][0]["subject"] == wanted
