"""Signing: by a leader of the sending agency, never by who drafted, and only what still has everything that it needs."""

from __future__ import annotations

import pytest

from accounts.kinds import Post
from accounts.models import Agency
from core.errors import BadInput, NotAllowed
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
    leader = make.signer(world)
    Referral.objects.filter(pk=referral.pk).update(drafter=leader.user)
    with pytest.raises(NotAllowed) as error:
        services.sign_referral(referral.pk, by=leader)
    assert error.value.clause == clause


def test_no_other_agencys_leader_signs(xuecheng):
    referral = make.submitted(xuecheng)
    with pytest.raises(Exception, match="") as error:
        services.sign_referral(referral.pk, by=make.receiver(xuecheng, Post.LEADER))
    assert error.value.status in (403, 404)


def test_what_the_document_wants_is_asked_again_at_the_signature(zhoucun):
    referral = make.submitted(zhoucun)
    Referral.objects.filter(pk=referral.pk).update(quality_checked=[])
    with pytest.raises(BadInput) as error:
        services.sign_referral(referral.pk, by=make.sender(zhoucun, Post.HEAD))
    assert (error.value.clause, list(error.value.fields)) == ("ZC-2.4.3-p", ["quality_checked"])
    assert not Referral.objects.get(pk=referral.pk).number


def test_nothing_is_signed_to_an_agency_that_was_abolished_on_the_way(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.submitted(xuecheng)
    Agency.objects.filter(pk=referral.to_agency_id).update(valid_to="2026-03-09")
    at("2026-03-10T09:00")
    with pytest.raises(BadInput) as error:
        services.sign_referral(referral.pk, by=make.sender(xuecheng, Post.LEADER))
    assert list(error.value.fields) == ["to_agency"]
