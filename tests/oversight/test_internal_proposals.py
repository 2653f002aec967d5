"""What the office proposes is the office's until the decision: by page, REST, timeline and events."""

from __future__ import annotations

import pytest

from accounts.kinds import Post
from core.models import OutboxEvent
from oversight import services as desk
from oversight import watch
from oversight.models import Escalation
from referrals import services
from systems.events import _internal
from tests import make

SECRET = "建议从严处理并约谈其主要负责人"


@pytest.fixture
def proposed(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.delivered(xuecheng)
    watch.sweep(at("2026-03-13T00:00:01"))
    found = Escalation.objects.get(referral=referral)
    return desk.propose_escalation(found.pk, by=xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK), words=SECRET, order="supervise")


def told(client, *addresses):
    return "".join(client.get(address).content.decode() for address in addresses)


def test_the_late_agency_reads_nothing_of_the_proposal_before_the_order(xuecheng, client, proposed):
    client.force_login(make.receiver(xuecheng).user)
    pages = told(client, f"/escalations/{proposed.pk}/", f"/referrals/{proposed.referral_id}/", "/messages/")
    rest = told(client, f"/api/v1/escalations/{proposed.pk}/", f"/api/v1/referrals/{proposed.referral_id}/timeline/")
    assert SECRET not in pages + rest
    assert "区政府办公室经办人" not in pages
    assert "escalation.propose" not in rest


def test_after_the_order_it_is_on_record(xuecheng, client, proposed):
    leader = xuecheng.actor("区政府", Post.GOVERNMENT_LEADER)
    desk.instruct_escalation(proposed.pk, by=leader, words="请依法督办", order="explain")
    client.force_login(make.receiver(xuecheng).user)
    assert SECRET in told(client, f"/escalations/{proposed.pk}/")


@pytest.mark.parametrize(("agency", "post"), [("区政府办公室", Post.GOVERNMENT_CLERK), ("区政府", Post.GOVERNMENT_LEADER)])
def test_the_office_and_the_leader_read_it(xuecheng, client, proposed, agency, post):
    client.force_login(xuecheng.user(agency, post))
    assert SECRET in told(client, f"/escalations/{proposed.pk}/")
    assert SECRET in told(client, f"/api/v1/escalations/{proposed.pk}/").encode().decode("unicode_escape", "ignore") or SECRET in str(
        client.get(f"/api/v1/escalations/{proposed.pk}/").json()
    )


@pytest.fixture
def dispute(xuecheng):
    elsewhere = {"party_name": "枣庄远山运输有限公司", "party_code": make.credit_code(77), "place": "临山路六号院"}
    found = make.disputed(xuecheng, facts="夜间运输渣土，车厢未加盖，沿途遗撒约三百米。", **elsewhere)
    services.report_dispute(found.pk, by=make.receiver(xuecheng, Post.LEADER))
    clerk = xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK)
    return services.propose_designation(found.pk, by=clerk, words=SECRET, handler=xuecheng.agencies["区民政局"])


@pytest.mark.parametrize("side", [make.sender, make.receiver])
def test_no_party_to_a_dispute_reads_the_proposal_before_the_decision(xuecheng, client, dispute, side):
    client.force_login(side(xuecheng).user)
    pages = told(client, f"/referrals/{dispute.referral_id}/", "/messages/")
    rest = told(client, f"/api/v1/disputes/{dispute.pk}/", f"/api/v1/referrals/{dispute.referral_id}/timeline/")
    assert SECRET not in pages + rest
    assert "区民政局" not in pages
    assert "区政府办公室经办人" not in pages
    assert "dispute.propose" not in rest


def test_the_government_leader_reads_the_disputes_proposal(xuecheng, client, dispute):
    client.force_login(xuecheng.user("区政府", Post.GOVERNMENT_LEADER))
    assert SECRET in told(client, f"/referrals/{dispute.referral_id}/")


@pytest.mark.parametrize(("agency", "post", "learns"), [("区综合行政执法局", Post.CLERK, False), ("区政府", Post.GOVERNMENT_LEADER, True)])
def test_the_event_of_a_proposal_goes_to_no_party(xuecheng, dispute, proposed, agency, post, learns):
    by = xuecheng.actor(agency, post)
    events = list(OutboxEvent.objects.filter(verb__in=["dispute.propose", "escalation.propose"]))
    assert len(events) == 2
    assert bool(_internal(by, events)) is not learns
