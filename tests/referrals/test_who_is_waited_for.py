"""State × target: in each state exactly those are waited for who have something to do; what fell away is waited for no longer."""

from __future__ import annotations

import pytest
from django.test import TestCase

from accounts.kinds import Post
from deadlines.models import Clock
from foundation.cases.models import Matter
from notifications.models import Message
from referrals import services
from tests import make

TOWN, BUREAU, OTHER = "汇龙镇", "市住房和城乡建设局", "市水务局"


def waited_for(referral):
    """{role of the target: who is waited for} of the targets that run."""
    rows = Clock.objects.open().filter(subject_kind="referral", subject_id=referral.pk, clause="").select_related("holder")
    return {c.role: c.holder.short_name for c in rows}


def ended_how(referral, role):
    return list(Clock.objects.filter(subject_id=referral.pk, subject_kind="referral", role=role).order_by("pk").values_list("end", flat=True))


def returned(world):
    return services.return_referral(make.submitted(world).pk, by=make.sender(world, Post.LEADER), reason="请补充事实")


def refused(world):
    return services.not_accept_referral(make.signed_for(world).pk, by=make.receiver(world), kind="papers", reasons="材料不全，请补充")


def wanted(world):
    return services.request_supplement(make.signed_for(world).pk, by=make.receiver(world), wanted="现场照片")


def supplied(world):
    referral, more = wanted(world), make.pdf("more")
    services.attach_material(referral.pk, by=make.sender(world), slot="other", name="a.pdf", size=len(more.getvalue()), stream=more)
    return services.supply_supplement(referral.pk, by=make.sender(world))


def handling(world):
    return services.handle_referral(make.accepted(world).pk, by=make.receiver(world))


def reported_dispute(world):
    return services.report_dispute(make.disputed(world).pk, by=make.receiver(world, Post.LEADER))


def agreed(world):
    dispute = make.disputed(world)
    sender = make.sender(world)
    dispute = services.offer_agreement(dispute.pk, by=make.receiver(world, Post.LEADER), handler=sender.agency, words="由你单位办理")
    return services.confirm_agreement(dispute.pk, by=make.sender(world, Post.LEADER), offer=dispute.offer_number)


def agreed_the_other_way(world):
    dispute = make.disputed(world)
    dispute = services.offer_agreement(dispute.pk, by=make.sender(world, Post.LEADER), handler=make.receiver(world).agency, words="由你单位办理")
    return services.confirm_agreement(dispute.pk, by=make.receiver(world, Post.LEADER), offer=dispute.offer_number)


def decided_by_the_government(world):
    dispute = reported_dispute(world)
    with TestCase.captureOnCommitCallbacks(execute=True):
        services.propose_designation(
            dispute.pk, by=world.actor("区政府办公室", Post.GOVERNMENT_CLERK), words="建议由民政局办理", handler=world.agencies["区民政局"]
        )
        return services.designate_agency(
            dispute.pk, by=world.actor("区政府", Post.GOVERNMENT_LEADER), handler=make.proposed_handler(dispute), reasons="依职责分工"
        )


OURS, THEIRS = "区住建局", "区综合行政执法局"
TABLE = {
    "draft": (make.draft, {}),
    "submitted": (make.submitted, {"approve": OURS}),
    "returned": (returned, {"revise": OURS}),
    "signed": (make.signed, {"deliver": OURS}),
    "delivered": (make.delivered, {"sign_for": THEIRS}),
    "signed_for": (make.signed_for, {}),
    "supplement_wanted": (wanted, {"supply": OURS}),
    "supplied": (supplied, {}),
    "accepted": (make.accepted, {"handle": THEIRS}),
    "handling": (handling, {"decide": THEIRS}),
    "decided": (make.decided, {}),
    "reported": (make.reported, {"close": OURS}),
    "not_accepted": (refused, {"after_refusal": OURS}),
    "disputed": (make.disputed, {"report_dispute": THEIRS}),
    "dispute reported": (reported_dispute, {"propose": "区政府办公室"}),
    "agreed: it is the sender's": (agreed, {}),
    "agreed: it is the receiver's": (agreed_the_other_way, {"sign_for": THEIRS}),
    "designated and served": (decided_by_the_government, {"sign_for": "区民政局"}),
    "closed": (lambda w: services.close_referral(make.reported(w).pk, by=make.sender(w)), {}),
    "withdrawn": (lambda w: services.withdraw_referral(make.delivered(w).pk, by=make.sender(w), reason="已自行改正"), {}),
    "discarded": (lambda w: services.discard_referral(make.draft(w).pk, by=make.sender(w, Post.LEADER), reason="当事人已改正"), {}),
    "taken back": (lambda w: services.take_back_referral(refused(w).pk, by=make.sender(w), reason="自行办理本案"), {}),
    "refiled": (lambda w: (r := refused(w), services.refile_referral(r.pk, by=make.sender(w)))[0], {}),
}  # fmt: skip


@pytest.mark.parametrize("state", TABLE)
def test_exactly_those_are_waited_for_who_have_something_to_do(xuecheng, state):
    reach, expected = TABLE[state]
    reached = reach(xuecheng)
    assert waited_for(getattr(reached, "referral", reached)) == expected


@pytest.fixture
def asked(qidong):
    """A draft of a township that waits for a bureau's consent."""
    return make.draft(qidong, by=TOWN, to_agency=qidong.agencies[BUREAU], kind="major_difficult")


def change(world, referral, **data):
    return services.save_draft(referral.pk, by=world.actor(TOWN), data=data)


def test_the_bureau_whose_consent_is_wanted_is_waited_for_until_it_consents(asked, qidong):
    assert waited_for(asked) == {"consent_wanted": BUREAU}
    services.consent_to_referral(asked.pk, by=qidong.actor(BUREAU, Post.LEADER), note="同意")
    assert waited_for(asked) == {}
    assert ended_how(asked, "consent_wanted") == ["met"]


GONE = {
    "another kind of case": lambda world: {"kind": "prohibited_act"},
    "no receiver": lambda world: {"to_agency": None},
}  # fmt: skip


@pytest.mark.parametrize("why", GONE)
def test_where_no_consent_is_wanted_any_more_nobody_is_waited_for(asked, qidong, why):
    change(qidong, asked, **GONE[why](qidong))
    assert waited_for(asked) == {}
    assert ended_how(asked, "consent_wanted") == ["cancelled"]


def test_another_bureau_is_waited_for_in_the_place_of_the_first_which_did_not_consent(asked, qidong):
    other = next(a for a in qidong.agencies.values() if a.kind == "department" and a.short_name != BUREAU)
    change(qidong, asked, to_agency=other)
    assert waited_for(asked) == {"consent_wanted": other.short_name}
    assert ended_how(asked, "consent_wanted") == ["cancelled", ""]


CHANGED = {
    "facts": lambda world: {"facts": "又查明当事人在另一处路段堆放建筑材料三十平方米，影响通行。"},
    "party": lambda world: {"party_name": "启东另一家建材有限公司", "party_code": make.credit_code(7)},
    "matter": lambda world: {"matter": Matter.objects.filter(jurisdiction=world.jurisdiction).last()},
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGED)
def test_a_consent_that_became_void_is_waited_for_anew_and_the_bureau_is_asked_again(asked, qidong, what):
    leader = qidong.actor(BUREAU, Post.LEADER)
    services.consent_to_referral(asked.pk, by=leader, note="同意")
    before = Message.objects.filter(user=leader.user, text__startswith="重大且疑难案件请求同意移送").count()
    change(qidong, asked, **CHANGED[what](qidong))
    assert waited_for(asked) == {"consent_wanted": BUREAU}
    assert Message.objects.filter(user=leader.user, text__startswith="重大且疑难案件请求同意移送").count() == before + 1


def test_a_void_consent_of_a_bureau_that_is_not_asked_any_more_leaves_no_waiting(asked, qidong):
    services.consent_to_referral(asked.pk, by=qidong.actor(BUREAU, Post.LEADER), note="同意")
    change(qidong, asked, kind="prohibited_act", correction_reason="经核实不属重大疑难案件")
    assert waited_for(asked) == {}


def test_saving_again_unchanged_asks_nobody_twice(asked, qidong):
    running = Clock.objects.open().get(subject_id=asked.pk, role="consent_wanted")
    change(qidong, asked)
    assert Clock.objects.open().get(subject_id=asked.pk, role="consent_wanted").pk == running.pk


def test_facts_changed_from_another_draft_on_the_case_void_the_consent_at_the_next_save(asked, qidong):
    services.consent_to_referral(asked.pk, by=qidong.actor(BUREAU, Post.LEADER), note="同意")
    second = services.start_draft(by=qidong.actor(TOWN), data={"kind": "prohibited_act"}, case_id=asked.case_id)
    change(qidong, second, facts="又查明当事人在另一处路段堆放建筑材料三十平方米，影响通行。")
    change(qidong, asked)
    assert waited_for(asked) == {"consent_wanted": BUREAU}
