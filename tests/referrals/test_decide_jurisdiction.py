"""Who decides whose case it is: in Zhoucun the two offices first, everywhere else the government, and nobody in their stead."""

from __future__ import annotations

import pytest

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed, Refused
from referrals import services
from referrals.models import Dispute, Referral
from tests import make


def reported(world):
    dispute = make.disputed(world)
    return services.report_dispute(dispute.pk, by=make.receiver(world, Post.LEADER))


@pytest.mark.parametrize(
    ("agency", "post"),
    [("区住建局", Post.LEADER), ("区综合行政执法局", Post.LEADER), ("区政府", Post.GOVERNMENT_LEADER), ("区委编办", Post.CLERK)],
    ids=["sender", "receiver", "government", "clerk-of-an-office"],
)
def test_in_zhoucun_only_the_two_offices_leaders_determine(zhoucun, agency, post):
    dispute = reported(zhoucun)
    with pytest.raises(Refused):
        services.determine_jurisdiction(dispute.pk, by=zhoucun.actor(agency, post), handler=zhoucun.agencies["区工商局"])
    assert Dispute.objects.get(pk=dispute.pk).determinations == {}


def test_one_of_zhoucuns_two_offices_alone_settles_nothing(zhoucun):
    dispute = reported(zhoucun)
    services.determine_jurisdiction(dispute.pk, by=zhoucun.actor("区委编办", Post.LEADER), handler=zhoucun.agencies["区工商局"])
    assert Referral.objects.get(pk=dispute.referral_id).state == "disputed"


@pytest.mark.parametrize("world", ["xuecheng", "zhoucun", "shuocheng", "qidong"], indirect=True)
def test_nobody_but_the_government_designates(world):
    dispute = reported(world)
    parties = (dispute.referral.from_agency_id, dispute.referral.to_agency_id)
    third = next(a for a in world.agencies.values() if a.kind == "department" and a.pk not in parties)
    supervision = next(a.short_name for a in world.agencies.values() if a.kind == "supervision_office")
    others = [make.sender(world, Post.LEADER), make.receiver(world, Post.LEADER), world.actor(supervision, Post.SUPERVISION)]
    for by in others:
        with pytest.raises(Refused):
            services.designate_agency(dispute.pk, by=by, handler=third, reasons="依职责分工")
    assert Dispute.objects.get(pk=dispute.pk).handler_id is None


@pytest.mark.parametrize(
    ("world", "clause"),
    [("xuecheng", "XC-2.2-g"), ("zhoucun", "ZC-2.4.3-o"), ("shuocheng", "SC-3.6-a"), ("qidong", "QD-2.4.1-i")],
    indirect=["world"],
)
def test_not_ours_is_said_with_reasons(world, clause):
    referral = make.signed_for(world)
    with pytest.raises(BadInput) as error:
        services.object_referral(referral.pk, by=make.receiver(world), reasons=" ")
    assert error.value.clause == clause


@pytest.mark.parametrize(("world", "clause"), [("xuecheng", "XC-2.2-d"), ("zhoucun", "ZC-2.4.3-r")], indirect=["world"])
def test_a_refusal_is_given_with_reasons(world, clause):
    referral = make.signed_for(world)
    with pytest.raises(BadInput) as error:
        services.not_accept_referral(referral.pk, by=make.receiver(world), kind="papers", reasons=" ")
    assert (error.value.clause, list(error.value.fields)) == (clause, ["reasons"])


@pytest.mark.parametrize(("world", "clause"), [("xuecheng", "XC-2.2-g"), ("shuocheng", "SC-3.6-a"), ("qidong", "QD-2.4.1-i")], indirect=["world"])
def test_the_request_for_a_decision_is_signed_by_a_leader_of_a_party(world, clause):
    dispute = make.disputed(world)
    with pytest.raises(NotAllowed) as error:
        services.report_dispute(dispute.pk, by=make.receiver(world))
    assert error.value.clause == clause
