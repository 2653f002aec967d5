"""What the office proposes is the office's until the decision: by page, REST, timeline and events."""

from __future__ import annotations

from html import unescape

import pytest

from accounts.kinds import Post
from core.models import OutboxEvent
from documents.models import OfficialDocument
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
    found = Escalation.objects.get(subject_kind="referral", subject_id=referral.pk)
    return desk.propose_escalation(found.pk, by=xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK), words=SECRET, order="supervise")


def told(client, *addresses):
    return "".join(client.get(address).content.decode() for address in addresses)


def test_the_late_agency_reads_nothing_of_the_proposal_before_the_order(xuecheng, client, proposed):
    client.force_login(make.receiver(xuecheng).user)
    pages = told(client, f"/escalations/{proposed.pk}/", f"/referrals/{proposed.subject_id}/", "/messages/")
    rest = told(client, f"/api/v1/escalations/{proposed.pk}/", f"/api/v1/referrals/{proposed.subject_id}/timeline/")
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


OUTSIDE = [make.sender, make.receiver, lambda world: world.actor("区政府办公室", Post.AUDITOR)]


def everywhere(client, dispute):
    """What a reader gets of a dispute at every door; the audit page of the trail among them."""
    asked = f"/audit/?subject=dispute:{dispute.pk}"
    rest = (
        f"/api/v1/disputes/{dispute.pk}/", "/api/v1/disputes/", f"/api/v1/referrals/{dispute.referral_id}/",
        f"/api/v1/referrals/{dispute.referral_id}/timeline/", "/api/v1/referrals/?q=约谈",
    )  # fmt: skip
    pages = (f"/referrals/{dispute.referral_id}/", "/messages/", "/referrals/desk/all/?q=约谈", asked)
    return told(client, *pages) + "".join(str(client.get(one).json()) for one in rest)


@pytest.mark.parametrize("outside", OUTSIDE)
def test_neither_party_nor_auditor_reads_the_words_or_the_proposed_agency_at_any_door(xuecheng, client, dispute, outside):
    by = outside(xuecheng)
    client.force_login(by.user)
    said = everywhere(client, dispute)
    assert SECRET not in said
    assert "已拟办" not in said
    assert "区政府办公室经办人" not in told(client, f"/referrals/{dispute.referral_id}/", "/messages/")
    assert f"'handler': {xuecheng.agencies['区民政局'].pk}" not in unescape(said)


@pytest.mark.parametrize("side", [make.sender, make.receiver])
def test_a_party_is_told_the_state_before_the_proposal_and_finds_it_under_that(xuecheng, client, dispute, side):
    client.force_login(side(xuecheng).user)
    assert client.get(f"/api/v1/disputes/{dispute.pk}/").json()["state"] == "reported"
    assert [d["id"] for d in client.get("/api/v1/disputes/?state=reported").json()["results"]] == [dispute.pk]
    assert client.get("/api/v1/disputes/?state=proposed").json()["results"] == []


def test_the_office_finds_it_where_it_stands(xuecheng, client, dispute):
    client.force_login(xuecheng.user("区政府办公室", Post.GOVERNMENT_CLERK))
    assert [d["state"] for d in client.get("/api/v1/disputes/?state=proposed").json()["results"]] == ["proposed"]


@pytest.mark.parametrize("match", [1, None])
def test_a_refusal_tells_a_party_nothing_of_it_either(xuecheng, client, dispute, match):
    """Too late with an agreement, with an old version or the newest: neither what changed nor the state's name tells."""
    leader = make.sender(xuecheng, Post.LEADER)
    client.force_login(leader.user)
    answer = client.post(
        f"/api/v1/disputes/{dispute.pk}/offer_agreement/", {"handler": leader.agency_id, "words": "由我局办理。"},
        content_type="application/json", headers={"If-Match": f'"v{match or dispute.version}"'},
    )  # fmt: skip
    assert answer.status_code in (409, 412)
    assert "拟办" not in answer.content.decode().encode().decode("unicode_escape") + str(answer.json())


def test_exports_and_the_verification_page_know_no_proposal(xuecheng, client, dispute):
    client.force_login(make.sender(xuecheng).user)
    ledger = b"".join(client.get("/api/v1/referrals/ledger/?desk=all").streaming_content).decode()
    assert SECRET not in ledger
    for document in OfficialDocument.objects.filter(subject_kind="referral", subject_id=dispute.referral_id):
        assert SECRET not in str(document.content)
        assert SECRET not in told(client, f"/verify/{document.code}/")


def test_the_government_decides_and_it_is_on_record_for_both_and_the_auditor(xuecheng, client, dispute):
    leader = xuecheng.actor("区政府", Post.GOVERNMENT_LEADER)
    services.designate_agency(dispute.pk, by=leader, handler=xuecheng.agencies["区民政局"], reasons="依职责分工，由区民政局办理。")
    client.force_login(make.sender(xuecheng).user)
    assert SECRET in told(client, f"/referrals/{dispute.referral_id}/")
    client.force_login(xuecheng.user("区政府办公室", Post.AUDITOR))
    assert f"{xuecheng.agencies['区民政局'].pk}" in told(client, f"/audit/?subject=dispute:{dispute.pk}&verb=dispute.propose")


def test_what_the_two_settled_themselves_was_decided_by_nobody(zhoucun, client):
    """One office's determination, overtaken by the parties' agreement, is not thereby told to them."""
    found = make.disputed(zhoucun)  # talked about once already
    sides = make.sender(zhoucun, Post.LEADER), make.receiver(zhoucun, Post.LEADER)
    services.report_dispute(found.pk, by=sides[1])
    office = zhoucun.actor("区委编办", Post.LEADER)
    services.determine_jurisdiction(found.pk, by=office, handler=zhoucun.agencies["区工商局"])
    services.offer_agreement(found.pk, by=sides[1], handler=sides[0].agency, words="由移送机关办理。")
    services.confirm_agreement(found.pk, by=sides[0], offer=2)
    client.force_login(sides[0].user)
    rest = client.get(f"/api/v1/referrals/{found.referral_id}/timeline/").json()["results"]
    assert "dispute.confirm_agreement" in [row["verb"] for row in rest]
    assert "dispute.determine" not in [row["verb"] for row in rest]
