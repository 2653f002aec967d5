"""Sending a draft to the leader: what the document wants is demanded, each want beside its field and with its clause."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.kinds import Post
from core.errors import NotAllowed, Refused, WrongState
from foundation.cases.models import Material
from referrals import documents, services
from referrals.letter_facts import moment_words
from referrals.models import Referral
from tests import make
from tests.referrals.test_materials import PNG

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


IN_PROGRESS = [("xuecheng", "XC-2.2-b"), ("shuocheng", "SC-3.1.2-b"), ("yiyuan", "YY-3.3-e"), ("qidong", "QD-2.4.1-g")]


def going_on(world, **changes):
    referral = ready(world, **make.in_progress(world, **changes))
    services.attach_material(referral.pk, by=make.sender(world), slot="preliminary_evidence", name="现场.png", size=len(PNG), stream=io.BytesIO(PNG))
    return referral


@pytest.mark.parametrize(("world", "clause"), IN_PROGRESS, indirect=["world"])
def test_a_violation_in_progress_is_stopped_and_that_is_recorded(world, clause):
    refusal = refusal_of(going_on(world, onsite_measures=" "), world)
    assert (refusal.clause, list(refusal.fields)) == (clause, ["onsite_measures"])


@pytest.mark.parametrize(("world", "clause"), IN_PROGRESS, indirect=["world"])
def test_of_a_violation_in_progress_it_is_said_when_it_was_stopped(world, clause):
    refusal = refusal_of(going_on(world, stopped_at=None), world)
    assert (refusal.clause, list(refusal.fields)) == (clause, ["stopped_at"])


@pytest.mark.parametrize("hours", [3, -1], ids=["before-it-was-found", "in-the-future"])
def test_it_was_stopped_after_it_was_found_and_before_now(xuecheng, hours):
    moment = timezone.now() - timedelta(hours=hours)
    assert list(refusal_of(going_on(xuecheng, stopped_at=moment), xuecheng).fields) == ["stopped_at"]


@pytest.mark.parametrize("field", ["competent_told_at", "competent_told"])
@pytest.mark.parametrize(("world", "clause"), [IN_PROGRESS[1], IN_PROGRESS[3]], indirect=["world"])
def test_the_competent_side_is_told_of_a_violation_in_progress(world, clause, field):
    refusal = refusal_of(going_on(world, **{field: None if field.endswith("_at") else " "}), world)
    assert (refusal.clause, list(refusal.fields)) == (clause, [field])


def test_the_competent_side_was_told_after_it_was_found(qidong):
    refusal = refusal_of(going_on(qidong, competent_told_at=timezone.now() - timedelta(hours=3)), qidong)
    assert (refusal.clause, list(refusal.fields)) == ("QD-2.4.1-g", ["competent_told_at"])


def test_yiyuan_wants_pictures_of_a_violation_in_progress(yiyuan):
    referral = ready(yiyuan, **make.in_progress(yiyuan))
    refusal = refusal_of(referral, yiyuan)
    assert (refusal.clause, list(refusal.fields)) == ("YY-3.3-e", ["materials"])


@pytest.mark.parametrize(("world", "clause"), IN_PROGRESS, indirect=["world"])
def test_what_was_done_on_the_spot_stands_in_the_letter_that_goes(world, clause):
    referral = services.submit_referral(going_on(world).pk, by=make.sender(world))
    letter = str(documents.referral_letter(referral, [], [], reply=""))
    assert f"{moment_words(referral.stated.stopped_at)}，我单位采取了制止措施。" in letter
    assert ("住建局值班员王工，电话" in letter) == bool(world.profile.referral.in_progress.tell_competent)


RECTIFIED = [("licensed_violation", "ZC-2.4.3-b"), ("unlicensed_activity", "ZC-2.4.3-c")]


@pytest.mark.parametrize(("kind", "clause"), RECTIFIED)
@pytest.mark.parametrize("lacking", [{"rectify_told_on": None}, {"rectify_told": " "}], ids=["day", "words"])
def test_zhoucun_tells_the_party_to_put_it_right_first(zhoucun, kind, clause, lacking):
    refusal = refusal_of(ready(zhoucun, kind=kind, **lacking), zhoucun)
    assert (refusal.clause, list(refusal.fields)) == (clause, list(lacking))


def test_the_paper_by_which_the_party_was_told_is_enough(zhoucun):
    referral = ready(zhoucun, rectify_told="")
    services.attach_material(
        referral.pk, by=make.sender(zhoucun), slot="rectification_notice", name="a.pdf", size=len(make.pdf("r").getvalue()), stream=make.pdf("r")
    )
    services.submit_referral(referral.pk, by=make.sender(zhoucun))


@pytest.mark.parametrize("days", [2, -1], ids=["before-it-was-found", "in-the-future"])
def test_the_party_was_told_after_it_was_found_and_not_in_the_future(zhoucun, days):
    day = timezone.localdate() - timedelta(days=days)
    assert list(refusal_of(ready(zhoucun, rectify_told_on=day), zhoucun).fields) == ["rectify_told_on"]


def test_a_party_that_nobody_knows_is_told_on_no_day(zhoucun):
    referral = ready(zhoucun, party_kind="unknown", party_name="", party_code="", rectify_told_on=None, rectify_told="已在现场张贴改正通知。")
    services.submit_referral(referral.pk, by=make.sender(zhoucun))


def test_only_a_township_refers_a_case_as_major_and_difficult(qidong):
    referral = ready(qidong, kind="major_difficult")
    services.consent_to_referral(referral.pk, by=make.receiver(qidong, Post.LEADER), note="同意")
    refusal = refusal_of(referral, qidong)
    assert (refusal.clause, list(refusal.fields)) == ("QD-2.4.1-j", ["kind"])


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
