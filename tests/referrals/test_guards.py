"""What the documents demand before and in an act, each refusal with its clause."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import TestCase
from django.utils import timezone

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed, NotVisible, Stale, WrongState
from deadlines.clocks import open_clock
from deadlines.models import Clock, ClockExtension
from foundation.cases.models import Case
from referrals import services
from referrals.models import Party, Referral
from referrals.requirements import name_problem
from tests import make


def refused(error, clause):
    assert error.value.clause == clause, str(error.value)
    assert clause in str(error.value)


@pytest.mark.parametrize(
    ("world", "field", "value", "clause"),
    [
        ("xuecheng", "preliminary_investigation", "", "XC-2.2-a"),
        ("zhoucun", "quality_checked", ["事实清楚"], "ZC-2.4.3-p"),
        ("yiyuan", "prior_correction", "", "YY-3.3-d"),
        ("xuecheng", "reasons", "", ""),
        ("xuecheng", "place", "", ""),
        ("xuecheng", "party_name", "", ""),
        ("xuecheng", "party_code", "91370403MA3C00000X", ""),
        ("qidong", "kind", "", "QD-2.4.1-d"),
    ],
    indirect=["world"],
)
def test_what_is_missing_is_said_beside_the_field(world, field, value, clause):
    more = {"expired_override": "有效期内发现"} if world.jurisdiction.key == "yiyuan" else {}
    referral = make.draft(world, **{field: value}, **more)
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=make.sender(world))
    assert field in error.value.fields
    if clause:
        refused(error, clause)
    referral = Referral.objects.get(pk=referral.pk)
    assert referral.state == "draft"


def test_required_materials_are_demanded_with_the_clause(xuecheng):
    referral = services.start_draft(by=make.sender(xuecheng), data=make.complete(xuecheng))
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=make.sender(xuecheng))
    refused(error, "XC-2.3-a")


def test_an_internal_organ_or_squad_refers_in_nobodys_name(xuecheng):
    for body in ("法制科", "薛城执法一中队"):
        with pytest.raises(NotAllowed) as error:
            services.start_draft(by=xuecheng.actor(body), data={})
        refused(error, "XC-2.2-d")


def test_one_case_one_referral(xuecheng):
    first = make.draft(xuecheng)
    with pytest.raises(BadInput) as error:
        services.start_draft(by=make.sender(xuecheng), data={}, case_id=first.case_id)
    refused(error, "XC-2.2-d")
    services.discard_referral(first.pk, by=make.sender(xuecheng, Post.LEADER), reason="重复")
    assert services.start_draft(by=make.sender(xuecheng), data={}, case_id=first.case_id).pk


def test_nobody_refers_to_the_own_agency(xuecheng):
    referral = make.draft(xuecheng)
    with pytest.raises(BadInput, match="本机关"):
        services.save_draft(referral.pk, by=make.sender(xuecheng), data={"to_agency": xuecheng.agencies["区住建局"]})


def test_the_leader_signs_and_never_the_drafter(qidong):
    referral = make.submitted(qidong)
    with pytest.raises(NotAllowed) as error:
        services.sign_referral(referral.pk, by=make.sender(qidong))
    refused(error, "QD-2.4.1-e")
    Referral.objects.filter(pk=referral.pk).update(drafter=make.sender(qidong, Post.LEADER).user)
    with pytest.raises(NotAllowed) as error:
        services.sign_referral(referral.pk, by=make.sender(qidong, Post.LEADER))
    refused(error, "QD-2.4.1-e")


def test_yiyuan_informs_first_and_the_letter_follows_in_three_working_days(yiyuan, at):
    at("2026-09-23T16:00")
    referral = make.draft(yiyuan)
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=make.sender(yiyuan))
    refused(error, "YY-3.3-a")
    services.give_prior_notice(referral.pk, by=make.sender(yiyuan), to="县综合行政执法局联络员，电话", at=timezone.now())
    clock = open_clock(("referral", referral.pk), "letter_after_notice")
    assert clock, "no clock runs"
    assert timezone.localtime(clock.due_at).isoformat() == "2026-09-29T23:59:59+08:00"
    services.submit_referral(referral.pk, by=make.sender(yiyuan))
    services.sign_referral(referral.pk, by=make.sender(yiyuan, Post.LEADER))
    clock.refresh_from_db()
    assert clock.end == Clock.End.MET


def test_yiyuan_after_its_last_day_needs_a_recorded_reason(yiyuan, at):
    at("2026-11-19T15:00")
    assert make.submitted(yiyuan).state == "submitted"
    at("2026-11-20T09:00")
    referral = make.draft(yiyuan, party_code=make.credit_code(2))
    services.give_prior_notice(referral.pk, by=make.sender(yiyuan), to="电话", at=timezone.now())
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=make.sender(yiyuan))
    refused(error, "YY-end-a")
    services.save_draft(referral.pk, by=make.sender(yiyuan), data={"expired_override": "案件在有效期内发现，已报县司法局"})
    assert services.submit_referral(referral.pk, by=make.sender(yiyuan)).expired_override


def test_no_refusal_without_a_stated_reason(xuecheng):
    referral = make.signed_for(xuecheng)
    with pytest.raises(BadInput) as error:
        services.not_accept_referral(referral.pk, by=make.receiver(xuecheng), kind="papers", reasons="  ")
    refused(error, "XC-2.2-d")


def test_qidong_knows_no_refusal_but_not_ours(qidong):
    referral = make.signed_for(qidong)
    with pytest.raises(NotAllowed) as error:
        services.not_accept_referral(referral.pk, by=make.receiver(qidong), kind="papers", reasons="材料不全")
    refused(error, "QD-2.4.1-i")


@pytest.mark.parametrize(("world", "clause"), [("xuecheng", "XC-2.2-g"), ("qidong", "QD-2.4.1-i")], indirect=["world"])
def test_a_received_case_is_not_passed_on(world, clause):
    referral = make.signed_for(world)
    third = next(a for a in world.agencies.values() if a.kind == "department" and a.pk not in (referral.from_agency_id, referral.to_agency_id))
    with pytest.raises(NotAllowed) as error:
        services.refer_onward(referral.pk, by=make.receiver(world), to=third)
    refused(error, clause)
    with pytest.raises(NotAllowed) as error:
        services.start_draft(by=make.receiver(world), data={}, case_id=referral.case_id)
    refused(error, clause)
    with pytest.raises(NotAllowed) as error:
        make.draft(world, by=referral.to_agency.short_name, to_agency=third, party_code=referral.case.party_code, matter=referral.case.matter)
    refused(error, clause)


def test_where_the_document_is_silent_onward_starts_a_new_letter_that_says_so(zhoucun):
    referral = make.signed_for(zhoucun)
    third = zhoucun.agencies["区工商局"]
    onward = services.refer_onward(referral.pk, by=make.receiver(zhoucun), to=third)
    assert (onward.state, onward.onward_from_id, onward.to_agency) == ("draft", referral.pk, third)


def test_withdrawn_only_before_it_is_signed_for(xuecheng):
    out = make.delivered(xuecheng)
    assert services.withdraw_referral(out.pk, by=make.sender(xuecheng), reason="已自行改正").state == "withdrawn"
    taken = make.signed_for(xuecheng, party_code=make.credit_code(4))
    with pytest.raises(WrongState):
        services.withdraw_referral(taken.pk, by=make.sender(xuecheng), reason="改主意")


def test_acceptance_of_a_withdrawn_referral_is_refused(xuecheng):
    out = make.delivered(xuecheng)
    services.withdraw_referral(out.pk, by=make.sender(xuecheng), reason="已自行改正")
    with pytest.raises(WrongState):
        services.accept_referral(out.pk, by=make.receiver(xuecheng))


def test_supplementary_papers_are_asked_for_once_and_the_clock_runs_on(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.signed_for(xuecheng)
    before = open_clock(("referral", referral.pk), "acceptance_reply").due_at
    services.request_supplement(referral.pk, by=make.receiver(xuecheng), wanted="请补充照片")
    with pytest.raises(NotAllowed, match="一次"):
        services.request_supplement(referral.pk, by=make.receiver(xuecheng), wanted="再补充")
    at("2026-03-11T09:00")
    with pytest.raises(BadInput, match="先上传"):
        services.supply_supplement(referral.pk, by=make.sender(xuecheng))
    more = make.pdf("more")
    services.attach_material(referral.pk, by=make.sender(xuecheng), slot="other", name="照片.pdf", size=len(more.getvalue()), stream=more)
    services.supply_supplement(referral.pk, by=make.sender(xuecheng))
    assert open_clock(("referral", referral.pk), "acceptance_reply").due_at == before


def test_the_reply_clock_starts_at_delivery_not_at_the_signature(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.delivered(xuecheng)
    at("2026-03-11T17:00")
    services.sign_for_referral(referral.pk, by=make.receiver(xuecheng))
    clock = open_clock(("referral", referral.pk), "acceptance_reply")
    assert timezone.localtime(clock.due_at).isoformat() == "2026-03-12T23:59:59+08:00"


def test_an_extension_needs_prior_notice_reason_and_keeps_to_the_cap(qidong, at):
    at("2026-03-09T09:00")
    referral = make.draft(qidong)
    by = make.sender(qidong)
    with pytest.raises(BadInput) as error:
        services.extend_referral(referral.pk, by=by, reason="")
    refused(error, "QD-2.4.1-f")
    with pytest.raises(BadInput, match="上限"):
        services.extend_referral(referral.pk, by=by, reason="需要鉴定", until=date(2026, 3, 25))
    at("2026-03-16T09:00")
    services.extend_referral(referral.pk, by=by, reason="需要鉴定")
    clock = open_clock(("referral", referral.pk), "referral")
    assert timezone.localtime(clock.due_at).date().isoformat() == "2026-03-23"
    with pytest.raises(NotAllowed, match="一次"):
        services.extend_referral(referral.pk, by=by, reason="还要鉴定")


def test_an_extension_of_which_nobody_could_be_told_is_refused(qidong, at):
    at("2026-03-09T09:00")
    referral = make.draft(qidong, to_agency=None)
    with pytest.raises(NotAllowed, match="告知对方") as error:
        services.extend_referral(referral.pk, by=make.sender(qidong), reason="需要鉴定")
    refused(error, "QD-2.4.1-f")
    assert not ClockExtension.objects.exists()


def test_a_late_extension_is_refused_with_the_clause(qidong, at):
    at("2026-03-09T09:00")
    referral = make.draft(qidong)
    at("2026-03-17T09:00")
    with pytest.raises(NotAllowed) as error:
        services.extend_referral(referral.pk, by=make.sender(qidong), reason="需要鉴定")
    refused(error, "QD-2.4.1-f")


def test_an_act_on_what_one_cannot_see_finds_nothing(xuecheng):
    referral = make.delivered(xuecheng)
    with pytest.raises(NotVisible):
        services.accept_referral(referral.pk, by=xuecheng.actor("区民政局"))


def test_who_saw_an_older_version_is_told(xuecheng):
    referral = make.signed_for(xuecheng)
    with pytest.raises(Stale):
        services.accept_referral(referral.pk, by=make.receiver(xuecheng), if_match=referral.version - 1)


def test_every_step_of_the_life_meets_its_clock(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.delivered(xuecheng)
    at("2026-03-10T09:00")
    services.accept_referral(referral.pk, by=make.receiver(xuecheng))
    services.handle_referral(referral.pk, by=make.receiver(xuecheng))
    at("2026-03-20T09:00")
    services.decide_referral(referral.pk, by=make.receiver(xuecheng), kind="penalty", decision="罚款", at=timezone.now())
    clock = open_clock(("referral", referral.pk), "result_feedback")
    assert clock, "no clock runs"
    assert timezone.localtime(clock.due_at).date().isoformat() == "2026-03-25"
    at("2026-03-26T09:00")
    services.report_result(referral.pk, by=make.receiver(xuecheng))
    clock.refresh_from_db()
    assert clock.was_late
    services.close_referral(referral.pk, by=make.sender(xuecheng))
    ends = dict(Clock.objects.filter(subject_id=referral.pk, subject_kind="referral").exclude(clause="").values_list("role", "end"))
    assert ends == {"referral": "met", "acceptance_reply": "met", "result_feedback": "met", "penalty_copy": "met"}


def test_a_major_and_difficult_case_needs_the_bureaus_consent_first(qidong, at):
    at("2026-03-09T09:00")
    township, bureau = "汇龙镇", qidong.agencies["市住房和城乡建设局"]
    referral = make.draft(qidong, by=township, to_agency=bureau, kind="major_difficult")
    assert open_clock(("referral", referral.pk), "referral") is None
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=qidong.actor(township))
    refused(error, "QD-2.4.1-j")
    services.save_draft(referral.pk, by=qidong.actor(township), data={})
    at("2026-03-11T09:00")
    services.consent_to_referral(referral.pk, by=qidong.actor("市住房和城乡建设局", Post.LEADER), note="同意")
    assert timezone.localtime(open_clock(("referral", referral.pk), "referral").due_at).date().isoformat() == "2026-03-18"
    assert services.submit_referral(referral.pk, by=qidong.actor(township)).state == "submitted"
    with TestCase.captureOnCommitCallbacks(execute=True):
        services.sign_referral(referral.pk, by=qidong.actor(township, Post.LEADER))
    assert Party.objects.filter(referral=referral, agency=qidong.agencies["市司法局"], role=Party.Role.COPIED).exists()


def test_a_draft_may_be_incomplete_and_loses_nothing(xuecheng):
    referral = services.start_draft(by=make.sender(xuecheng), data={"place": "某地"})
    services.save_draft(referral.pk, by=make.sender(xuecheng), data={"facts": "写了一半"})
    case = Case.objects.get(pk=referral.case_id)
    assert (case.place, case.facts) == ("某地", "写了一半")


def test_the_same_submit_twice_files_once(xuecheng):
    by = make.sender(xuecheng)
    first = services.start_draft(by=by, data={"place": "某地"}, key="k-1")
    again = services.start_draft(by=by, data={"place": "某地"}, key="k-1")
    assert first.pk == again.pk
    with pytest.raises(BadInput, match="另一件事"):
        services.start_draft(by=by, data={"place": "别处"}, key="k-1")


def test_a_finding_in_the_future_is_refused(xuecheng):
    referral = make.draft(xuecheng, found_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=make.sender(xuecheng))
    assert "found_at" in error.value.fields


def test_an_ongoing_violation_needs_the_measures_on_the_spot(xuecheng):
    referral = make.draft(xuecheng, ongoing=True, onsite_measures="")
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=make.sender(xuecheng))
    assert "制止措施" in error.value.fields["onsite_measures"]


def test_zhoucuns_legacy_problem_needs_consultation(zhoucun):
    referral = make.draft(zhoucun, legacy=True)
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=make.sender(zhoucun))
    refused(error, "ZC-2.4.3-m")


@pytest.mark.parametrize(("world", "clause"), [("shuocheng", "SC-3.1.4-a"), ("qidong", "QD-2.4.1-b")], indirect=["world"])
def test_an_exception_to_the_name_rule_needs_its_legal_basis(world, clause):
    from accounts.models import Agency

    side = make.sender(world).agency
    Agency.objects.filter(pk=side.pk).update(kind="internal_organ", parent=next(a for a in world.agencies.values() if a.kind == "government"))
    referral = make.draft(world)
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=make.sender(world))
    assert clause in error.value.fields.get("from_agency", "")
    for words in ("有法律依据的规定", "《某法》", "第十二条", "《红楼梦》第十二条", "《某法》第某条"):
        services.save_draft(referral.pk, by=make.sender(world), data={"name_exception": words})
        with pytest.raises(BadInput) as error:
            services.submit_referral(referral.pk, by=make.sender(world))
        assert clause in error.value.fields.get("from_agency", ""), words
    services.save_draft(referral.pk, by=make.sender(world), data={"name_exception": "《某法》第十二条"})
    fresh = Referral.objects.select_related("from_agency").get(pk=referral.pk)
    assert name_problem(fresh.from_agency, world.profile, fresh.name_exception) is None
