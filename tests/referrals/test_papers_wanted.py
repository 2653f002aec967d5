"""Papers that a receiver asks for: waited for until they come or are not wanted any more, and asked for once by each receiver."""

from __future__ import annotations

import pytest

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed
from deadlines.models import Clock
from referrals import services
from referrals.models import Referral
from tests import make

NEW = "区民政局"


def targets(referral):
    """(role, how it ended) of the local targets, in the order in which they began."""
    rows = Clock.objects.filter(subject_kind="referral", subject_id=referral.pk, clause="").order_by("pk")
    return [(clock.role, clock.end) for clock in rows]


def supply_ended(referral):
    return [end for role, end in targets(referral) if role == "supply"]


def wanted(world, reach=make.signed_for):
    return services.request_supplement(reach(world).pk, by=make.receiver(world), wanted="现场照片")


def attach(world, referral, name="a"):
    more = make.pdf(name)
    services.attach_material(referral.pk, by=make.sender(world), slot="other", name=f"{name}.pdf", size=len(more.getvalue()), stream=more)


def redirected(world, dispute, handler, commits):
    services.report_dispute(dispute.pk, by=make.receiver(world, Post.LEADER))
    office = world.actor("区政府办公室", Post.GOVERNMENT_CLERK)
    services.propose_designation(dispute.pk, by=office, words="建议由其管辖", handler=handler)
    with commits():
        services.designate_agency(dispute.pk, by=world.actor("区政府", Post.GOVERNMENT_LEADER), handler=handler, reasons="依职责分工")
    return Referral.objects.get(pk=dispute.referral_id)


def disputed_after_asking(world):
    return services.object_referral(wanted(world).pk, by=make.receiver(world), reasons="该路段由园区管理，不属本机关管辖。")


def test_papers_are_waited_for_on_beside_a_receiver_that_goes_on_without_them(xuecheng):
    referral = wanted(xuecheng)
    services.accept_referral(referral.pk, by=make.receiver(xuecheng))
    services.handle_referral(referral.pk, by=make.receiver(xuecheng))
    assert supply_ended(referral) == [""]
    assert targets(referral)[-1] == ("decide", "")


def test_papers_that_never_came_are_not_met_when_the_case_is_decided(xuecheng):
    referral = wanted(xuecheng)
    services.accept_referral(referral.pk, by=make.receiver(xuecheng))
    make_decided(xuecheng, referral)
    assert supply_ended(referral) == ["cancelled"]


def make_decided(world, referral):
    from django.utils import timezone

    services.decide_referral(referral.pk, by=make.receiver(world), kind="other", decision="责令改正，不予处罚。", at=timezone.now())


OTHER_ENDS = {
    "refused": lambda w: services.not_accept_referral(wanted(w).pk, by=make.receiver(w), kind="papers", reasons="材料不全，请补充"),
    "objected to": lambda w: disputed_after_asking(w).referral,
    "withdrawn": lambda w: services.withdraw_referral(wanted(w, make.delivered).pk, by=make.sender(w), reason="已自行改正"),
}


@pytest.mark.parametrize("how", OTHER_ENDS)
def test_papers_that_never_came_are_not_met_when_the_letter_goes_another_way(xuecheng, how):
    referral = OTHER_ENDS[how](xuecheng)
    assert supply_ended(referral) == ["cancelled"]


def test_papers_that_came_are_met_and_what_the_receiver_does_meanwhile_runs_on(xuecheng):
    referral = wanted(xuecheng)
    services.accept_referral(referral.pk, by=make.receiver(xuecheng))
    attach(xuecheng, referral)
    running = Clock.objects.open().get(subject_id=referral.pk, role="handle")
    services.supply_supplement(referral.pk, by=make.sender(xuecheng))
    assert supply_ended(referral) == ["met"]
    assert Clock.objects.open().get(subject_id=referral.pk, role="handle").pk == running.pk


def test_asking_for_papers_does_not_count_as_having_done_what_was_awaited(xuecheng):
    referral = wanted(xuecheng, lambda w: services.handle_referral(make.accepted(w).pk, by=make.receiver(w)))
    assert ("decide", "cancelled") in targets(referral)
    attach(xuecheng, referral)
    services.supply_supplement(referral.pk, by=make.sender(xuecheng))
    assert targets(referral)[-1] == ("decide", "")


def test_a_silent_receiver_is_not_said_to_have_answered_when_the_government_decides(xuecheng, at):
    from oversight import watch

    at("2026-03-09T09:00")
    referral = make.delivered(xuecheng)
    watch.sweep(at("2026-03-13T00:00:01"))
    leader = xuecheng.actor("区政府", Post.GOVERNMENT_LEADER)
    services.designate_silent_referral(referral.pk, by=leader, handler=xuecheng.agencies[NEW], reasons="逾期不答复，由其办理。")
    ends = dict(Clock.objects.filter(subject_id=referral.pk, role__in=["acceptance_reply", "sign_for"]).values_list("role", "end"))
    assert ends == {"acceptance_reply": "cancelled", "sign_for": "cancelled"}
    assert Clock.objects.get(subject_id=referral.pk, role="acceptance_reply").late_since


def test_who_takes_the_case_back_or_closes_it_has_done_what_was_awaited(xuecheng):
    refused = services.not_accept_referral(make.signed_for(xuecheng).pk, by=make.receiver(xuecheng), kind="papers", reasons="材料不全，请补充")
    services.take_back_referral(refused.pk, by=make.sender(xuecheng), reason="自行办理本案")
    assert targets(refused)[-1] == ("after_refusal", "met")


def test_the_receiver_designated_after_another_one_asks_for_its_own_papers(xuecheng, commits):
    dispute = disputed_after_asking(xuecheng)
    referral, new = redirected(xuecheng, dispute, xuecheng.agencies[NEW], commits), xuecheng.actor(NEW)
    assert not referral.papers_are_wanted
    with pytest.raises(NotAllowed):
        services.supply_supplement(referral.pk, by=make.sender(xuecheng))
    again = services.request_supplement(referral.pk, by=new, wanted="检测报告")
    assert again.supplement_wanted == "检测报告"
    with pytest.raises(NotAllowed, match="一次"):
        services.request_supplement(referral.pk, by=new, wanted="再补充")


def test_what_was_supplied_to_the_former_receiver_does_not_answer_the_new_one(xuecheng, commits):
    referral = wanted(xuecheng)
    attach(xuecheng, referral)
    services.supply_supplement(referral.pk, by=make.sender(xuecheng))
    dispute = services.object_referral(referral.pk, by=make.receiver(xuecheng), reasons="该路段由园区管理，不属本机关管辖。")
    redirected(xuecheng, dispute, xuecheng.agencies[NEW], commits)
    services.request_supplement(referral.pk, by=xuecheng.actor(NEW), wanted="检测报告")
    with pytest.raises(BadInput, match="先上传"):
        services.supply_supplement(referral.pk, by=make.sender(xuecheng))
    attach(xuecheng, referral, "b")
    services.supply_supplement(referral.pk, by=make.sender(xuecheng))


def test_the_receiver_to_whom_the_case_comes_back_has_had_its_request(xuecheng, commits):
    dispute = disputed_after_asking(xuecheng)
    referral = redirected(xuecheng, dispute, make.receiver(xuecheng).agency, commits)
    with pytest.raises(NotAllowed, match="一次"):
        services.request_supplement(referral.pk, by=make.receiver(xuecheng), wanted="再补充")


def test_the_receiver_designated_after_a_reminded_one_may_be_reminded_itself(xuecheng, at, commits):
    at("2026-03-09T09:00")
    referral = make.signed_for(xuecheng)
    at("2026-03-16T09:00")
    services.remind_referral(referral.pk, by=make.sender(xuecheng))
    dispute = services.object_referral(referral.pk, by=make.receiver(xuecheng), reasons="该路段由园区管理，不属本机关管辖。")
    assert redirected(xuecheng, dispute, xuecheng.agencies[NEW], commits).reminded_at is None
