"""'Not ours': agreement between the two, or the decision that the document names."""

from __future__ import annotations

from functools import partial

import pytest
from django.test import TestCase
from django.utils import timezone

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed, WrongState
from deadlines.clocks import open_clock
from deadlines.models import Clock
from documents.models import OfficialDocument
from referrals import services
from referrals.models import Dispute, Party, Referral
from tests import make


def government(world, post):
    name = "市政府" if world.jurisdiction.key == "qidong" else "区政府"
    return world.actor(name + ("办公室" if post == Post.GOVERNMENT_CLERK else ""), post)


@pytest.mark.parametrize("world", ["xuecheng", "qidong", "shuocheng"], indirect=["world"])
def test_the_government_designates_and_the_clocks_start_anew(world, at):
    at("2026-03-09T09:00")
    dispute = make.disputed(world)
    referral_id = dispute.referral_id
    third = next(
        a for a in world.agencies.values()
        if a.kind in ("department", "township") and a.pk not in (dispute.referral.from_agency_id, dispute.referral.to_agency_id)
    )  # fmt: skip
    services.report_dispute(dispute.pk, by=make.receiver(world, Post.LEADER))
    services.propose_designation(dispute.pk, by=government(world, Post.GOVERNMENT_CLERK), words="建议指定", handler=third)
    at("2026-03-16T09:00")
    with TestCase.captureOnCommitCallbacks(execute=True):
        services.designate_agency(
            dispute.pk, by=government(world, Post.GOVERNMENT_LEADER), handler=make.proposed_handler(dispute), reasons="依职责分工"
        )
    referral = Referral.objects.select_related("to_agency").get(pk=referral_id)
    assert (referral.state, referral.to_agency, referral.bound) == ("delivered", third, True)
    clock = open_clock(("referral", referral_id), "acceptance_reply")
    assert clock.holder == third
    assert timezone.localtime(clock.event_at).isoformat() == "2026-03-16T09:00:00+08:00"
    kinds = set(OfficialDocument.objects.filter(subject_id=referral_id, subject_kind="referral").values_list("kind", flat=True))
    assert {"jurisdiction_request", "jurisdiction_decision"} <= kinds
    assert Party.objects.filter(referral_id=referral_id, agency_id=dispute.referral.to_agency_id, role=Party.Role.FORMER).exists()
    by = world.actor(third.short_name)
    refuse = partial(services.not_accept_referral, kind="handled")
    for act, words in ((services.object_referral, "也不归我"), (refuse, "不想收")):
        with pytest.raises(NotAllowed) as error:
            act(referral_id, by=by, reasons=words)
        assert error.value.clause == world.profile.referral.not_ours.clause
    assert services.accept_referral(referral_id, by=by).state == "accepted"


def test_the_two_may_agree_that_one_of_them_handles_it(xuecheng):
    dispute = make.disputed(xuecheng)
    with pytest.raises(BadInput, match="第三方"):
        services.offer_agreement(dispute.pk, by=make.receiver(xuecheng), handler=xuecheng.agencies["区民政局"], words="给他")
    leader = make.receiver(xuecheng, Post.LEADER)
    services.offer_agreement(dispute.pk, by=leader, handler=xuecheng.agencies["区住建局"], words="由贵局继续办理")
    head = make.receiver(xuecheng, Post.HEAD)
    assert head.user_id != leader.user_id
    with pytest.raises(NotAllowed, match="对方"):
        services.confirm_agreement(dispute.pk, by=head, offer=1)
    services.confirm_agreement(dispute.pk, by=make.sender(xuecheng, Post.LEADER), offer=1)
    assert Referral.objects.get(pk=dispute.referral_id).state == "taken_back"
    assert Dispute.objects.get(pk=dispute.pk).state == "agreed"


def test_the_request_is_signed_by_a_leader(xuecheng):
    dispute = make.disputed(xuecheng)
    with pytest.raises(NotAllowed) as error:
        services.report_dispute(dispute.pk, by=make.receiver(xuecheng))
    assert error.value.clause == "XC-2.2-g"


@pytest.mark.parametrize(("world", "clause"), [("zhoucun", "ZC-2.4.3-o"), ("shuocheng", "SC-3.6-a")], indirect=["world"])
def test_the_two_negotiate_before_a_decision_is_asked_for(world, clause):
    dispute = make.objected(world)
    for by in (make.receiver(world, Post.LEADER), make.sender(world, Post.LEADER)):
        with pytest.raises(NotAllowed, match="协商") as error:
            services.report_dispute(dispute.pk, by=by)
        assert error.value.clause == clause
    services.offer_agreement(dispute.pk, by=make.sender(world), handler=dispute.referral.to_agency, words="由贵单位办理")
    assert services.report_dispute(dispute.pk, by=make.receiver(world, Post.LEADER)).state == "reported"


def test_zhoucuns_two_offices_determine_together(zhoucun):
    dispute = make.disputed(zhoucun)
    services.report_dispute(dispute.pk, by=make.receiver(zhoucun, Post.LEADER))
    letter = OfficialDocument.objects.get(kind="jurisdiction_request", subject_id=dispute.referral_id)
    assert "编办" in letter.content["addressee"]
    third = zhoucun.agencies["区工商局"]
    services.determine_jurisdiction(dispute.pk, by=zhoucun.actor("区委编办", Post.LEADER), handler=third)
    assert Dispute.objects.get(pk=dispute.pk).state == "reported"
    services.determine_jurisdiction(dispute.pk, by=zhoucun.actor("区政府法制办", Post.LEADER), handler=third)
    assert Dispute.objects.get(pk=dispute.pk).state == "decided"
    assert Referral.objects.get(pk=dispute.referral_id).to_agency_id == third.pk


def test_zhoucuns_offices_that_disagree_propose_and_the_government_decides(zhoucun):
    dispute = make.disputed(zhoucun)
    services.report_dispute(dispute.pk, by=make.receiver(zhoucun, Post.LEADER))
    services.determine_jurisdiction(dispute.pk, by=zhoucun.actor("区委编办", Post.LEADER), handler=zhoucun.agencies["区工商局"])
    services.determine_jurisdiction(dispute.pk, by=zhoucun.actor("区政府法制办", Post.LEADER), handler=zhoucun.agencies["区食药局"])
    assert Dispute.objects.get(pk=dispute.pk).state == "reported"
    services.propose_designation(dispute.pk, by=zhoucun.actor("区委编办", Post.LEADER), words="建议食药局", handler=zhoucun.agencies["区食药局"])
    with TestCase.captureOnCommitCallbacks(execute=True):
        services.designate_agency(
            dispute.pk, by=zhoucun.actor("区政府", Post.GOVERNMENT_LEADER), handler=make.proposed_handler(dispute), reasons="同意"
        )
    assert Referral.objects.get(pk=dispute.referral_id).to_agency.short_name == "区食药局"


def test_a_proposal_does_not_shut_zhoucuns_two_offices_out(zhoucun):
    dispute, handler = make.disputed(zhoucun), zhoucun.agencies["区工商局"]
    services.report_dispute(dispute.pk, by=make.receiver(zhoucun, Post.LEADER))
    clerk = government(zhoucun, Post.GOVERNMENT_CLERK)
    services.propose_designation(dispute.pk, by=clerk, words="建议食药局", handler=zhoucun.agencies["区食药局"])
    for office in ("区委编办", "区政府法制办"):
        services.determine_jurisdiction(dispute.pk, by=zhoucun.actor(office, Post.LEADER), handler=handler)
    settled = Dispute.objects.get(pk=dispute.pk)
    assert (settled.state, settled.handler_id) == ("decided", handler.pk)
    assert not Clock.objects.filter(subject_id=dispute.referral_id, role="designate", end="met").exists()
    assert Referral.objects.get(pk=dispute.referral_id).to_agency_id == handler.pk


def test_only_a_government_leader_designates_and_never_who_proposed(xuecheng):
    dispute = make.disputed(xuecheng)
    services.report_dispute(dispute.pk, by=make.receiver(xuecheng, Post.LEADER))
    clerk = government(xuecheng, Post.GOVERNMENT_CLERK)
    with pytest.raises(NotAllowed) as error:
        services.designate_agency(dispute.pk, by=clerk, handler=xuecheng.agencies["区民政局"], reasons="依职责分工")
    assert error.value.clause == "XC-2.2-g"
    leader = government(xuecheng, Post.GOVERNMENT_LEADER)
    services.propose_designation(dispute.pk, by=clerk, words="建议", handler=xuecheng.agencies["区民政局"])
    Dispute.objects.filter(pk=dispute.pk).update(proposer=leader.user)
    with pytest.raises(NotAllowed, match="同一人"):
        services.designate_agency(dispute.pk, by=leader, handler=make.proposed_handler(dispute), reasons="依职责分工")


def test_a_disputed_referral_is_not_simply_accepted(xuecheng):
    dispute = make.disputed(xuecheng)
    with pytest.raises(WrongState):
        services.accept_referral(dispute.referral_id, by=make.receiver(xuecheng))


def test_yiyuan_has_no_dispute_procedure(yiyuan):
    referral = make.delivered(yiyuan, expired_override="有效期内发现")
    with pytest.raises(NotAllowed):
        services.object_referral(referral.pk, by=make.receiver(yiyuan), reasons="不归我")


def test_qidongs_duty_division_chain_wants_joint_handling_first(qidong):
    import datetime as dt

    from accounts.actors import system_actor
    from deadlines import loading
    from deadlines.models import ProfileAssignment

    version = ProfileAssignment.objects.get(jurisdiction=qidong.jurisdiction).version
    options = {"case_non_jurisdiction_route": "use_duty_division_chain"}
    loading.assign_profile(qidong.jurisdiction, version, since=dt.date(2022, 1, 1), by=system_actor("test"), options=options)
    dispute = make.disputed(qidong)
    with pytest.raises(NotAllowed) as error:
        services.report_dispute(dispute.pk, by=make.receiver(qidong, Post.LEADER))
    assert error.value.clause == "QD-2.4.5-a"
    for by in (make.receiver(qidong), make.sender(qidong)):
        with pytest.raises(NotAllowed) as error:
            services.offer_agreement(dispute.pk, by=by, handler=dispute.referral.from_agency, words="由贵单位办理")
        assert error.value.clause == "QD-2.4.5-a"
    services.record_interim_handling(dispute.pk, by=make.receiver(qidong), words="已会同现场处置")
    with pytest.raises(NotAllowed, match="协商"):
        services.report_dispute(dispute.pk, by=make.receiver(qidong, Post.LEADER))
    services.offer_agreement(dispute.pk, by=make.sender(qidong), handler=dispute.referral.to_agency, words="由贵镇办理")
    assert services.report_dispute(dispute.pk, by=make.receiver(qidong, Post.LEADER)).state == "reported"


def test_what_waits_for_a_decision_lies_on_the_deciders_desk(xuecheng, client):
    def waiting(agency, post):
        client.force_login(xuecheng.user(agency, post))
        return [r.pk for r in client.get("/referrals/desk/todo/").context["rows"]]

    dispute = make.disputed(xuecheng)
    assert waiting("区政府办公室", Post.GOVERNMENT_CLERK) == []
    services.report_dispute(dispute.pk, by=make.receiver(xuecheng, Post.LEADER))
    assert waiting("区政府办公室", Post.GOVERNMENT_CLERK) == [dispute.referral_id]
    assert waiting("区政府", Post.GOVERNMENT_LEADER) == []
    services.propose_designation(
        dispute.pk, by=government(xuecheng, Post.GOVERNMENT_CLERK), words="建议照此办理", handler=xuecheng.agencies["区民政局"]
    )
    assert waiting("区政府", Post.GOVERNMENT_LEADER) == [dispute.referral_id]
