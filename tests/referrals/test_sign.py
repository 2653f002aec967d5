"""Signing: by a leader of the sending agency, never by who drafted, and only what still has everything that it needs."""

from __future__ import annotations

import pytest

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed
from foundation.cases.models import Case, Material
from referrals import services
from referrals.models import Referral
from tests import make


@pytest.mark.parametrize(("world", "clause"), [("zhoucun", "ZC-2.4.3-p"), ("qidong", "QD-2.4.1-e")], indirect=["world"])
def test_a_clerk_who_did_not_draft_does_not_sign_either(world, clause):
    referral = make.submitted(world)
    other = make.sender(world, Post.LIAISON)
    assert other.user_id != referral.drafter_id
    with pytest.raises(NotAllowed) as error:
        services.sign_referral(referral.pk, by=other)
    assert error.value.clause == clause
    assert Referral.objects.get(pk=referral.pk).state == "submitted"


@pytest.mark.parametrize("world", ["xuecheng", "shuocheng", "yiyuan"], indirect=True)
def test_where_the_document_is_silent_a_letter_is_signed_by_a_leader_all_the_same(world):
    more = {"expired_override": "有效期内发现"} if world.jurisdiction.key == "yiyuan" else {}
    with pytest.raises(NotAllowed):
        services.sign_referral(make.submitted(world, **more).pk, by=make.sender(world, Post.LIAISON))


@pytest.mark.parametrize(("world", "clause"), [("zhoucun", "ZC-2.4.3-p"), ("qidong", "QD-2.4.1-e")], indirect=["world"])
def test_a_leader_who_drafted_it_does_not_sign_it(world, clause):
    referral = make.submitted(world)
    leader = make.sender(world, Post.LEADER)
    Referral.objects.filter(pk=referral.pk).update(drafter=leader.user)
    with pytest.raises(NotAllowed) as error:
        services.sign_referral(referral.pk, by=leader)
    assert error.value.clause == clause


def test_no_other_agencys_leader_signs(xuecheng):
    referral = make.submitted(xuecheng)
    with pytest.raises(Exception, match="") as error:
        services.sign_referral(referral.pk, by=make.receiver(xuecheng, Post.LEADER))
    assert error.value.status in (403, 404)


@pytest.mark.parametrize("gone", ["facts", "materials"])
def test_what_went_missing_on_the_way_to_the_leader_is_not_signed(qidong, gone):
    referral = make.submitted(qidong)
    if gone == "facts":
        Case.objects.filter(pk=referral.case_id).update(facts="")
    else:
        Material.objects.filter(case=referral.case_id, slot="preliminary_evidence").delete()
    with pytest.raises(BadInput) as error:
        services.sign_referral(referral.pk, by=make.sender(qidong, Post.LEADER))
    assert (error.value.clause, list(error.value.fields)) == ("QD-2.4.1-d", [gone])
    assert not Referral.objects.get(pk=referral.pk).number
