"""Local targets: begun and ended by the acts, amber and never law, on the aging lists, set by the district."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.kinds import Post
from deadlines.models import Clock, LocalTarget
from deadlines.targets import BY_ROLE
from notifications.models import Message
from oversight import watch
from oversight.models import Escalation
from referrals import services
from referrals.models import Dispute
from referrals.selectors import page_after, referrals_visible_to
from referrals.templatetags.showing import remaining
from tests import make

OFFICE = ("区政府办公室", Post.GOVERNMENT_CLERK)


def waiting(referral):
    """{role: (holder, how it ended)} of the local targets of a referral."""
    rows = Clock.objects.filter(subject_kind="referral", subject_id=referral.pk, clause="").select_related("holder")
    return {c.role: (c.holder.short_name, c.end) for c in rows}


def on_aging_list(by, now):
    return [r.pk for r in page_after(by, "aging", {}, now)[0]]


def test_each_act_ends_what_was_waited_for_and_begins_what_is_waited_for_next(xuecheng):
    referral = make.reported(xuecheng)
    ours, theirs = "区住建局", "区综合行政执法局"
    assert waiting(referral) == {
        "approve": (ours, "met"), "deliver": (ours, "met"), "sign_for": (theirs, "met"), "handle": (theirs, "met"), "close": (ours, ""),
        **({"report_result": (theirs, "met")} if "report_result" in waiting(referral) else {}),
    }  # fmt: skip
    services.close_referral(referral.pk, by=make.sender(xuecheng))
    assert waiting(referral)["close"][1] == "met"


def test_handling_is_waited_for_after_acceptance_and_a_decision_after_that(xuecheng):
    referral = make.accepted(xuecheng)
    services.handle_referral(referral.pk, by=make.receiver(xuecheng))
    assert waiting(referral)["handle"][1] == "met"
    assert waiting(referral)["decide"] == ("区综合行政执法局", "")


def test_where_the_document_numbers_the_reply_its_clock_alone_runs(xuecheng):
    referral = make.signed_for(xuecheng)
    assert "answer" not in waiting(referral)
    assert Clock.objects.open().get(subject_id=referral.pk, role="acceptance_reply").due_at


def test_where_the_document_numbers_no_result_a_target_runs_beside_the_clock(zhoucun):
    """ZC-2.4.3-r: the result is copied 'in time'."""
    referral = make.decided(zhoucun)
    assert waiting(referral)["report_result"][1] == ""
    assert Clock.objects.open().get(subject_id=referral.pk, role="result_feedback").due_at is None


def test_wanted_papers_turn_the_waiting_round_and_back(xuecheng):
    referral = make.signed_for(xuecheng)
    services.request_supplement(referral.pk, by=make.receiver(xuecheng), wanted="现场照片")
    assert waiting(referral)["supply"] == ("区住建局", "")
    assert Clock.objects.open().get(subject_id=referral.pk, role="acceptance_reply").due_at
    more = make.pdf("more")
    services.attach_material(referral.pk, by=make.sender(xuecheng), slot="other", name="a.pdf", size=len(more.getvalue()), stream=more)
    services.supply_supplement(referral.pk, by=make.sender(xuecheng))
    assert waiting(referral)["supply"][1] == "met"


def test_a_dispute_waits_for_a_report_a_proposal_a_decision_and_its_service(xuecheng):
    dispute = make.disputed(xuecheng)
    referral = dispute.referral
    assert waiting(referral)["report_dispute"] == ("区综合行政执法局", "")
    services.report_dispute(dispute.pk, by=make.receiver(xuecheng, Post.LEADER))
    assert waiting(referral)["report_dispute"][1] == "met"
    assert waiting(referral)["propose"] == ("区政府办公室", "")
    services.propose_designation(dispute.pk, by=xuecheng.actor(*OFFICE), words="建议照此办理", handler=xuecheng.agencies["区民政局"])
    assert waiting(referral)["designate"] == ("区政府", "")
    due = Clock.objects.open().get(subject_id=referral.pk, role="designate")
    services.propose_designation(dispute.pk, by=xuecheng.actor(*OFFICE), words="建议照此", handler=xuecheng.agencies["区民政局"])
    assert Clock.objects.open().get(subject_id=referral.pk, role="designate").pk == due.pk
    services.designate_agency(
        dispute.pk, by=xuecheng.actor("区政府", Post.GOVERNMENT_LEADER), handler=make.proposed_handler(dispute), reasons="依职责"
    )
    assert waiting(referral)["serve_decision"] == ("区政府", "")
    assert Dispute.objects.get(pk=dispute.pk).state == "decided"


def test_a_passed_target_is_amber_and_no_lateness(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.accepted(xuecheng)
    now = at("2026-04-20T09:00")
    watch.sweep(now)
    clock = Clock.objects.get(subject_id=referral.pk, role="handle")
    assert remaining(clock, now)[0] == "amber"
    assert not clock.is_overdue(now)
    assert clock.late_since is None
    assert not Escalation.objects.filter(clock=clock).exists()
    assert referral.pk not in [r.pk for r in page_after(make.receiver(xuecheng), "overdue", {}, now)[0]]
    assert not Clock.objects.late(now).filter(pk=clock.pk).exists()


def test_a_passed_target_stands_on_the_leaders_list_and_later_on_the_overseers(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.accepted(xuecheng)
    leader, office = make.receiver(xuecheng, Post.LEADER), xuecheng.actor("区政府督查室", Post.SUPERVISION)
    # Ten working days from the 9th are the 23rd; ten more the 6th of April or after it.
    before = at("2026-03-23T18:00")
    watch.sweep(before)
    assert referral.pk not in on_aging_list(leader, before)
    once = at("2026-03-24T09:00")
    watch.sweep(once)
    assert referral.pk in on_aging_list(leader, once)
    assert not referrals_visible_to(office).filter(pk=referral.pk).exists()
    twice = at("2026-04-09T09:00")
    watch.sweep(twice)
    assert referral.pk in on_aging_list(office, twice)
    services.handle_referral(referral.pk, by=make.receiver(xuecheng))
    assert referral.pk not in on_aging_list(leader, twice)
    assert referral.pk not in on_aging_list(office, twice)


def test_of_a_draft_the_overseers_learn_nothing(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.submitted(xuecheng)
    office = xuecheng.actor("区政府督查室", Post.SUPERVISION)
    watch.sweep(at("2026-06-09T09:00"))
    assert not referrals_visible_to(office).filter(pk=referral.pk).exists()
    assert not Message.objects.filter(user=office.user, text__contains="领导签发").exists()
    assert not Message.objects.filter(user=office.user, kind="digest").exists()


def test_the_district_sets_its_days_and_when_the_overseers_are_told(xuecheng, at):
    LocalTarget.objects.create(jurisdiction=xuecheng.jurisdiction, role="handle", workdays=2, overseen_after=1)
    at("2026-03-09T09:00")
    referral = make.accepted(xuecheng)
    office = xuecheng.actor("区政府督查室", Post.SUPERVISION)
    watch.sweep(at("2026-03-12T23:00"))
    assert referral.pk not in on_aging_list(office, at("2026-03-12T23:00"))
    watch.sweep(at("2026-03-13T00:00"))
    assert referral.pk in on_aging_list(office, at("2026-03-13T00:00"))


def test_a_target_that_the_district_adopted_is_overdue_and_escalates(xuecheng, at):
    LocalTarget.objects.create(jurisdiction=xuecheng.jurisdiction, role="handle", workdays=2, adopted=True)
    at("2026-03-09T09:00")
    referral = make.accepted(xuecheng)
    now = at("2026-03-12T00:00")
    watch.sweep(now)
    clock = Clock.objects.get(subject_id=referral.pk, role="handle")
    assert remaining(clock, now)[0] == "red"
    assert clock.is_overdue(now)
    assert Escalation.objects.filter(clock=clock).count() == 1


@pytest.mark.parametrize(("role", "workdays"), [("handle", 0), ("handle", 251), ("lunch", 3)])
def test_a_setting_outside_its_bounds_is_refused(xuecheng, role, workdays):
    with pytest.raises(ValidationError):
        LocalTarget(jurisdiction=xuecheng.jurisdiction, role=role, workdays=workdays).full_clean()


def test_the_administrator_sets_it_for_the_own_district_only(xuecheng, qidong, client):
    client.force_login(xuecheng.user("区政府办公室", Post.ADMINISTRATOR))
    typed = {"role": "handle", "workdays": "7", "overseen_after": "", "adopted": ""}
    client.post("/admin/deadlines/localtarget/add/", {**typed, "jurisdiction": qidong.jurisdiction.pk})
    assert not LocalTarget.objects.exists()
    client.post("/admin/deadlines/localtarget/add/", {**typed, "jurisdiction": xuecheng.jurisdiction.pk, "workdays": "0"})
    assert not LocalTarget.objects.exists()
    done = client.post("/admin/deadlines/localtarget/add/", {**typed, "jurisdiction": xuecheng.jurisdiction.pk})
    assert done.status_code == 302, done.content[-3000:]
    assert LocalTarget.objects.get().workdays == 7


@pytest.mark.parametrize("n", [2, 12])
def test_the_aging_list_costs_no_more_than_any_list(xuecheng, client, at, n):
    at("2026-03-09T09:00")
    for number in range(n):
        make.accepted(xuecheng, party_code=make.credit_code(number + 20))
    at("2026-05-08T09:00")
    client.force_login(make.receiver(xuecheng, Post.LEADER).user)
    client.get("/")
    for url in ("/referrals/desk/aging/", "/api/v1/referrals/?desk=aging"):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        assert response.status_code == 200
        asked = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert len(asked) <= 6, "\n".join(s[:160] for s in asked)


def test_every_target_is_named_in_both_languages():
    from django.utils import translation

    for role, target in BY_ROLE.items():
        with translation.override("en"):
            assert str(target.label).isascii(), role


def test_a_case_that_lies_in_yiyuan_stands_on_the_list_of_who_is_waited_for(yiyuan, at):
    """YY-3.3-b: no delay, no sitting on a case. The document sets no days for it, so the district's own targets count."""
    at("2026-03-09T09:00")
    referral = make.signed_for(yiyuan)
    leader = make.receiver(yiyuan, Post.LEADER)
    assert waiting(referral).get("answer") == (make.SIDES["yiyuan"][1], "")
    assert on_aging_list(leader, at("2026-03-10T09:00")) == []
    assert on_aging_list(leader, at("2026-03-20T09:00")) == [referral.pk]
