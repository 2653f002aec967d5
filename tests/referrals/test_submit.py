"""Sending a draft to the leader: what the document wants is demanded, each want beside its field and with its clause."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.errors import NotAllowed, Refused, WrongState
from foundation.cases.models import Material
from referrals import services
from referrals.models import Referral
from tests import make

IN_TIME = {"expired_override": "有效期内发现，已报县司法局"}


def ready(world, **changes):
    """A draft that lacks nothing but what `changes` take away."""
    referral = make.draft(world, **(IN_TIME if world.jurisdiction.key == "yiyuan" else {}), **changes)
    if world.profile.referral.prior_notice.required:
        services.give_prior_notice(referral.pk, by=make.sender(world), to="联络员，电话", at=timezone.now())
    return referral


def refusal_of(referral, world):
    with pytest.raises(Refused) as error:
        services.submit_referral(referral.pk, by=world.actor(referral.from_agency.short_name))
    assert Referral.objects.get(pk=referral.pk).state == "draft"
    return error.value


@pytest.mark.parametrize(
    ("world", "clause"),
    [("shuocheng", "SC-3.1.3-a"), ("qidong", "QD-2.4.1-d"), ("yiyuan", "YY-3.3-c")],
    indirect=["world"],
)
def test_the_basic_facts_are_stated_in_writing(world, clause):
    refusal = refusal_of(ready(world, facts="  "), world)
    assert (refusal.clause, list(refusal.fields)) == (clause, ["facts"])


@pytest.mark.parametrize("world", ["xuecheng", "shuocheng", "qidong"], indirect=True)
def test_who_declares_urgency_says_why(world):
    refusal = refusal_of(ready(world, urgent=True, urgent_reason=" "), world)
    assert list(refusal.fields) == ["urgent_reason"]
    services.submit_referral(ready(world, urgent=True, urgent_reason="正在倾倒", party_code=make.credit_code(7)).pk, by=make.sender(world))


@pytest.mark.parametrize(
    ("world", "slot", "clause"),
    [
        ("xuecheng", "source_materials", "XC-2.3-a"),
        ("xuecheng", "preliminary_evidence", "XC-2.3-a"),
        ("zhoucun", "source_materials", "ZC-2.4.3-q"),
        ("zhoucun", "preliminary_evidence", "ZC-2.4.3-q"),
        ("shuocheng", "source_materials", "SC-3.1.3-a"),
        ("shuocheng", "preliminary_evidence", "SC-3.1.3-a"),
        ("yiyuan", "preliminary_evidence", "YY-3.3-c"),
        ("qidong", "source_materials", "QD-2.4.1-d"),
        ("qidong", "preliminary_evidence", "QD-2.4.1-d"),
    ],
    indirect=["world"],
)
def test_each_kind_of_material_is_demanded_by_itself(world, slot, clause):
    referral = ready(world)
    Material.objects.filter(case=referral.case, slot=slot).delete()
    refusal = refusal_of(referral, world)
    assert (refusal.clause, list(refusal.fields)) == (clause, ["materials"])


@pytest.mark.parametrize("item", range(4))
def test_each_of_zhoucuns_four_points_is_confirmed(zhoucun, item):
    points = list(zhoucun.profile.referral.quality_checklist.items)
    refusal = refusal_of(ready(zhoucun, quality_checked=points[:item] + points[item + 1 :]), zhoucun)
    assert (refusal.clause, list(refusal.fields)) == ("ZC-2.4.3-p", ["quality_checked"])
    assert points[item] in refusal.fields["quality_checked"]


@pytest.mark.parametrize(
    ("world", "sender", "receiver", "clause"),
    [
        ("shuocheng", "神头镇", "township", "SC-3.1.4-a"),
        ("shuocheng", "区住房和城乡建设局", "department", "SC-3.1.4-a"),
        ("qidong", "汇龙镇", "township", "QD-2.4.1-b"),
        ("qidong", "市住房和城乡建设局", "department", "QD-2.4.1-b"),
        ("zhoucun", "区住建局", "department", "ZC-2.4.3-q"),
    ],
    indirect=["world"],
    ids=["SC-townships", "SC-departments", "QD-townships", "QD-departments", "ZC-regulators"],
)
def test_a_letter_goes_only_between_the_two_levels_that_the_document_names(world, sender, receiver, clause):
    same = next(a for a in world.agencies.values() if a.kind == receiver and a.short_name != sender)
    refusal = refusal_of(ready(world, by=sender, to_agency=same), world)
    assert (refusal.clause, list(refusal.fields)) == (clause, ["to_agency"])


@pytest.mark.parametrize("world", ["xuecheng", "shuocheng", "yiyuan", "qidong"], indirect=True)
def test_a_violation_in_progress_is_stopped_and_that_is_recorded(world):
    refusal = refusal_of(ready(world, ongoing=True, onsite_measures=" "), world)
    assert list(refusal.fields) == ["onsite_measures"]


def test_yiyuan_wants_the_ground_of_the_referral(yiyuan):
    assert list(refusal_of(ready(yiyuan, ground=""), yiyuan).fields) == ["ground"]


def test_nothing_is_added_to_or_taken_off_a_letter_that_lies_before_the_leader(xuecheng):
    referral, by, more = make.submitted(xuecheng), make.sender(xuecheng), make.pdf("more")
    with pytest.raises((WrongState, NotAllowed)):
        services.attach_material(referral.pk, by=by, slot="other", name="a.pdf", size=len(more.getvalue()), stream=more)
    kept = Material.objects.filter(case=referral.case)
    with pytest.raises((WrongState, NotAllowed)):
        services.remove_material(referral.pk, kept.first().pk, by=by)
    assert kept.count() == 2


def test_a_squad_opens_no_letter_in_its_own_name(xuecheng):
    with pytest.raises(NotAllowed) as error:
        services.start_draft(by=xuecheng.actor("薛城执法一中队"), data={})
    assert error.value.clause == "XC-2.2-d"


def test_a_letter_names_its_receiver(xuecheng):
    assert list(refusal_of(ready(xuecheng, to_agency=None), xuecheng).fields) == ["to_agency"]
