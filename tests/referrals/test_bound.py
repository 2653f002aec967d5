"""A decision or an agreement of jurisdiction binds in every document; an abolished agency is given nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import TestCase
from django.utils import timezone

from accounts.kinds import AgencyKind, Post
from accounts.models import Agency
from core.errors import BadInput, NotAllowed, WrongState
from referrals import services
from referrals.models import Dispute, Referral
from tests import make
from tests.referrals.test_disputes import government

WORLDS = ["xuecheng", "zhoucun", "shuocheng", "qidong"]


def abolish(agency):
    Agency.objects.filter(pk=agency.pk).update(valid_to=timezone.localdate() - dt.timedelta(days=1))
    return Agency.objects.get(pk=agency.pk)


def third_of(world, referral):
    kinds = (AgencyKind.DEPARTMENT, AgencyKind.TOWNSHIP)
    sides = (referral.from_agency_id, referral.to_agency_id)
    return next(a for a in world.agencies.values() if a.kind in kinds and a.pk not in sides)


def designated(world):
    """Referred, objected to, reported, and given to a third agency by the government; returns it and a clerk there."""
    dispute = make.disputed(world)
    third = third_of(world, dispute.referral)
    services.report_dispute(dispute.pk, by=make.receiver(world, Post.LEADER))
    with TestCase.captureOnCommitCallbacks(execute=True):
        leader = government(world, Post.GOVERNMENT_LEADER)
        services.designate_agency(dispute.pk, by=leader, handler=third, reasons="依职责分工确定")
    return Referral.objects.get(pk=dispute.referral_id), third


@pytest.mark.parametrize("world", WORLDS, indirect=True)
def test_the_designated_agency_does_not_pass_the_case_on_under_any_document(world):
    referral, third = designated(world)
    assert referral.bound
    by, another = world.actor(third.short_name), make.sender(world).agency
    other = next(a for a in world.agencies.values() if a.kind == AgencyKind.DEPARTMENT and a.pk not in (third.pk, another.pk))
    clause = world.profile.referral.not_ours.clause
    for act, more in (
        (services.refer_onward, {"to": other}),
        (services.object_referral, {"reasons": "也不归本机关管辖"}),
        (services.not_accept_referral, {"kind": "papers", "reasons": "材料不够齐全"}),
    ):
        with pytest.raises(NotAllowed) as error:
            act(referral.pk, by=by, **more)
        assert error.value.clause == clause
    with pytest.raises(NotAllowed) as error:
        services.start_draft(by=by, data=make.complete(world), case_id=referral.case_id)
    assert error.value.clause == clause
    assert services.accept_referral(referral.pk, by=by).state == "accepted"
    with pytest.raises(NotAllowed):
        services.refer_onward(referral.pk, by=by, to=other)


def test_an_abolished_agency_is_neither_designated_nor_proposed_nor_offered(xuecheng):
    dispute = make.disputed(xuecheng)
    gone = abolish(xuecheng.agencies["区民政局"])
    clerk, leader = government(xuecheng, Post.GOVERNMENT_CLERK), government(xuecheng, Post.GOVERNMENT_LEADER)
    services.report_dispute(dispute.pk, by=make.receiver(xuecheng, Post.LEADER))
    with pytest.raises(BadInput, match="已撤并"):
        services.propose_designation(dispute.pk, by=clerk, words="建议照此办理", handler=gone)
    with pytest.raises(BadInput, match="已撤并"):
        services.designate_agency(dispute.pk, by=leader, handler=gone, reasons="依职责分工")
    assert Dispute.objects.get(pk=dispute.pk).state == "reported"


def test_an_agency_abolished_after_it_was_proposed_or_offered_gets_nothing(xuecheng):
    dispute = make.disputed(xuecheng)
    services.offer_agreement(dispute.pk, by=make.receiver(xuecheng, Post.LEADER), handler=xuecheng.agencies["区住建局"], words="由贵局办理")
    abolish(xuecheng.agencies["区住建局"])
    with pytest.raises(BadInput, match="已撤并"):
        services.confirm_agreement(dispute.pk, by=make.sender(xuecheng, Post.LEADER), offer=1)


def test_an_abolished_agency_is_not_suggested_and_not_referred_to_onward(zhoucun):
    referral = make.signed_for(zhoucun)
    gone = abolish(zhoucun.agencies["区工商局"])
    with pytest.raises(BadInput, match="已撤并"):
        services.refer_onward(referral.pk, by=make.receiver(zhoucun), to=gone)
    other = make.delivered(zhoucun, party_code=make.credit_code(7))
    with pytest.raises(BadInput, match="已撤并"):
        services.object_referral(other.pk, by=make.receiver(zhoucun), reasons="不归本局管", suggested=gone)


def test_an_offer_swapped_before_it_is_confirmed_is_not_agreed_to(xuecheng):
    dispute = make.disputed(xuecheng)
    theirs, ours = make.receiver(xuecheng, Post.LEADER), make.sender(xuecheng, Post.LEADER)
    housing, bureau = xuecheng.agencies["区住建局"], xuecheng.agencies["区综合行政执法局"]
    services.offer_agreement(dispute.pk, by=theirs, handler=bureau, words="由我局办理")
    services.offer_agreement(dispute.pk, by=theirs, handler=housing, words="由贵局办理")
    with pytest.raises(WrongState, match="新的协商意见"):
        services.confirm_agreement(dispute.pk, by=ours, offer=1)
    with pytest.raises(BadInput, match="哪一次"):
        services.confirm_agreement(dispute.pk, by=ours)
    assert services.confirm_agreement(dispute.pk, by=ours, offer=2).state == "agreed"


def test_a_clerks_offer_does_not_bind_the_agency(xuecheng, client):
    dispute = make.disputed(xuecheng)
    services.offer_agreement(dispute.pk, by=make.receiver(xuecheng), handler=xuecheng.agencies["区住建局"], words="由贵局办理")
    ours = make.sender(xuecheng, Post.LEADER)
    with pytest.raises(NotAllowed, match="由其领导提出"):
        services.confirm_agreement(dispute.pk, by=ours, offer=1)
    leader = make.receiver(xuecheng, Post.LEADER)
    services.offer_agreement(dispute.pk, by=leader, handler=xuecheng.agencies["区住建局"], words="由贵局办理")
    client.force_login(ours.user)
    page = client.get(f"/referrals/{dispute.referral_id}/").content.decode()
    assert 'type="hidden" name="offer" value="2"' in page
    client.post(f"/disputes/{dispute.pk}/act/confirm_agreement/", {"offer": "2"})
    assert Dispute.objects.get(pk=dispute.pk).state == "agreed"


def test_who_made_the_offer_does_not_confirm_it_in_the_other_agencys_post(xuecheng):
    from tests.referrals.test_who_signs import also

    dispute = make.disputed(xuecheng)
    leader = make.receiver(xuecheng, Post.LEADER)
    services.offer_agreement(dispute.pk, by=leader, handler=xuecheng.agencies["区住建局"], words="由贵局办理")
    there = also(xuecheng, "区住建局", Post.LEADER, leader.user)
    with pytest.raises(NotAllowed, match="不能自己同意"):
        services.confirm_agreement(dispute.pk, by=there, offer=1)


def test_everybody_who_proposed_is_kept_from_deciding(xuecheng):
    from tests.referrals.test_who_signs import also

    dispute = make.disputed(xuecheng)
    services.report_dispute(dispute.pk, by=make.receiver(xuecheng, Post.LEADER))
    first, handler = government(xuecheng, Post.GOVERNMENT_CLERK), xuecheng.agencies["区民政局"]
    second = also(xuecheng, "区政府办公室", Post.GOVERNMENT_CLERK, xuecheng.user("区政府办公室", Post.AUDITOR))
    as_leader = also(xuecheng, "区政府", Post.GOVERNMENT_LEADER, first.user)
    services.propose_designation(dispute.pk, by=first, words="建议照此办理", handler=handler)
    services.propose_designation(dispute.pk, by=second, words="建议改由民政局办", handler=handler)
    with pytest.raises(NotAllowed, match="同一人"):
        services.designate_agency(dispute.pk, by=as_leader, handler=make.proposed_handler(dispute), reasons="依职责分工")
