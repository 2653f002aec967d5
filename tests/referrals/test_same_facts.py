"""The same facts do not go out again where the document forbids it, however they are typed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed
from core.models import AuditEntry
from foundation.cases.models import Matter
from referrals import services
from referrals.models import Referral
from referrals.same_facts import SameFacts, WordsWanted, same_facts
from tests import make

WORLDS = ("xuecheng", "zhoucun", "shuocheng", "yiyuan", "qidong")
FORBIDS = {"xuecheng": "XC-2.2-g", "qidong": "QD-2.4.1-i"}
THIRD = {"xuecheng": "区民政局", "zhoucun": "区工商局", "shuocheng": "区城市管理局", "yiyuan": "县民政局", "qidong": "南阳镇"}


@pytest.fixture(params=FORBIDS)
def strict(request, db):
    from tests.conftest import world_of

    return world_of(request.param)


@pytest.fixture(params=["zhoucun", "shuocheng", "yiyuan"])
def silent(request, db, at):
    from tests.conftest import world_of

    at("2026-03-09T09:00")
    return world_of(request.param)


def third(world, referral):
    """An agency that is neither of the two and may receive from the receiver."""
    two = (referral.from_agency_id, referral.to_agency_id)
    others = [a for a in world.agencies.values() if a.pk not in two and a.valid_to is None]
    return next((a for a in others if a.kind == referral.from_agency.kind), next(a for a in others if a.kind == "department"))


def wide(text):
    return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)


def like(referral, **changes):
    """What somebody types who types this referral's case again."""
    case = referral.case
    told = {n: getattr(case, n) for n in ("found_at", "place", "matter", "facts", "party_kind", "party_name", "party_code")}
    return {**told, "determined_at": referral.determined_at, **changes}


def by_receiver(world, referral, **changes):
    return make.draft(world, by=referral.to_agency.short_name, to_agency=third(world, referral), **like(referral, **changes))


def signed_by_receiver(world, referral, **changes):
    """The whole way to the signature, as the receiver."""
    made = by_receiver(world, referral, **changes)
    clerk, leader = (world.actor(referral.to_agency.short_name, post) for post in (Post.CLERK, Post.HEAD))
    if world.profile.referral.prior_notice.required:
        services.give_prior_notice(made.pk, by=clerk, to="电话", at=timezone.now())
    services.submit_referral(made.pk, by=clerk)
    return services.sign_referral(made.pk, by=leader)


def brought_to(world, state):
    reach = {"signed_for": make.signed_for, "accepted": make.accepted, "decided": make.decided, "reported": make.reported}
    if state in reach:
        return Referral.objects.select_related("from_agency", "to_agency", "case__matter").get(pk=reach[state](world).pk)
    if state == "taken_back":
        dispute = make.disputed(world)
        services.offer_agreement(dispute.pk, by=make.receiver(world, Post.LEADER), handler=dispute.referral.from_agency, words="由贵局办理")
        services.confirm_agreement(dispute.pk, by=make.sender(world, Post.LEADER), offer=1)
        return Referral.objects.select_related("from_agency", "to_agency", "case__matter").get(pk=dispute.referral_id)
    closed = services.close_referral(make.reported(world).pk, by=make.sender(world))
    return Referral.objects.select_related("from_agency", "to_agency", "case__matter").get(pk=closed.pk)


@pytest.mark.parametrize("state", ["signed_for", "accepted", "decided", "reported", "closed", "taken_back"])
def test_a_received_case_typed_again_is_refused_whatever_became_of_it(strict, state):
    referral = brought_to(strict, state)
    with pytest.raises(SameFacts) as error:
        by_receiver(strict, referral)
    assert error.value.clause == FORBIDS[strict.jurisdiction.key]
    assert error.value.more()["candidates"][0]["id"] == referral.pk
    refusal = AuditEntry.objects.filter(verb="referral.start_draft_refused").last()
    assert refusal.detail["clause"] == error.value.clause


TYPED = {
    "full-width digits": lambda c: {"party_code": wide(c.party_code)},
    "the letter O for a nought": lambda c: {"party_code": c.party_code.replace("0", "O")},
    "lower case": lambda c: {"party_code": c.party_code.lower()},
    "no code": lambda c: {"party_code": ""},
    "no code, another ending": lambda c: {"party_code": "", "party_name": c.party_name.replace("有限公司", "有限责任公司")},
    "place without its district": lambda c: {"place": c.place.replace("薛城区", "")},
    "place in full-width, with its surroundings": lambda c: {"place": wide(c.place) + "门前"},
    "found on another day": lambda c: {"found_at": c.found_at - timedelta(days=2)},
    "in other words": lambda c: {"facts": "当事人占道堆物，影响通行，经劝导仍不清理。"},
}


@pytest.mark.parametrize("how", TYPED)
def test_however_it_is_typed(xuecheng, how):
    referral = make.signed_for(xuecheng)
    with pytest.raises(SameFacts) as error:
        by_receiver(xuecheng, referral, **TYPED[how](referral.case))
    assert error.value.clause == "XC-2.2-g"


def test_what_is_filled_in_after_the_start_is_refused_when_it_goes_to_the_leader(xuecheng):
    referral = make.signed_for(xuecheng)
    clerk = make.receiver(xuecheng)
    draft = make.draft(xuecheng, by=referral.to_agency.short_name, to_agency=third(xuecheng, referral), party_code=make.credit_code(7))
    services.save_draft(draft.pk, by=clerk, data=like(referral) | {"correction_reason": "按现场记录更正"})
    with pytest.raises(SameFacts) as error:
        services.submit_referral(draft.pk, by=clerk)
    assert error.value.clause == "XC-2.2-g"
    assert Referral.objects.get(pk=draft.pk).state == "draft"


def test_what_was_received_after_the_leader_was_asked_is_refused_at_the_signature(xuecheng):
    """A draft waits at the leader's desk; then the same facts come in from another agency."""
    bureau = "区综合行政执法局"
    mine = make.submitted(xuecheng, by=bureau, to_agency=xuecheng.agencies["区民政局"])
    make.delivered(xuecheng, **like(mine, found_at=mine.case.found_at))
    with pytest.raises(SameFacts) as error:
        services.sign_referral(mine.pk, by=xuecheng.actor(bureau, Post.LEADER), another_case="另一起")
    assert error.value.clause == "XC-2.2-g"


@pytest.mark.parametrize(
    "changes",
    [
        {"place": "薛城区光明西路5号", "facts": "另一门店门前堆放冷饮柜三台，占用盲道，当场拒不清理。"},
        {"found_at": "later", "facts": "复查时又见占道经营，桌椅十二张摆放在人行道中央。"},
        {"matter": "other", "facts": "夜间切割钢材，噪声实测七十一分贝，周边居民多次反映。"},
        {"party_code": make.credit_code(31), "party_name": "枣庄顺达物流有限公司", "facts": "门前停放货车两辆卸货，占用盲道十五米。"},
    ],
    ids=["another place", "after the decision", "another matter", "another party"],
)
def test_another_violation_has_its_way(xuecheng, at, changes):
    at("2026-03-09T09:00")
    referral = brought_to(xuecheng, "decided")
    at("2026-03-20T09:00")
    if changes.get("found_at"):
        changes = changes | {"found_at": timezone.now() - timedelta(hours=3)}
    if changes.get("matter"):
        changes = changes | {"matter": Matter.objects.filter(jurisdiction=xuecheng.jurisdiction).exclude(pk=referral.case.matter_id).first()}
    assert signed_by_receiver(xuecheng, referral, determined_at=timezone.now() - timedelta(hours=1), **changes).state == "signed"


def test_where_the_document_is_silent_it_is_shown_and_the_leader_answers_for_it(silent):
    referral = make.signed_for(silent)
    with pytest.raises(WordsWanted) as error:
        signed_by_receiver(silent, referral)
    assert error.value.fields.keys() == {"another_case"}
    draft = Referral.objects.get(from_agency=referral.to_agency, case__party_code=referral.case.party_code)
    [found] = same_facts(Referral.objects.select_related("case", "from_agency").get(pk=draft.pk), silent.profile)
    assert found.likeness.certain
    assert not found.forbidden
    signed = services.sign_referral(draft.pk, by=make.receiver(silent, Post.HEAD), another_case="经核为同一处所的另一经营者。")
    assert signed.another_case_of == [referral.pk]
    entry = AuditEntry.objects.get(subject_kind="referral", subject_id=str(draft.pk), verb="referral.sign")
    assert entry.detail["another_case"] == "经核为同一处所的另一经营者。"


def test_an_unknown_party_is_likely_and_needs_the_leaders_words(xuecheng):
    referral = make.signed_for(xuecheng)
    unknown = {"party_kind": "unknown", "party_name": "", "party_code": ""}
    with pytest.raises(WordsWanted):
        signed_by_receiver(xuecheng, referral, **unknown)
    draft = Referral.objects.get(from_agency=referral.to_agency, case__party_kind="unknown")
    leader = make.receiver(xuecheng, Post.LEADER)
    with TestCase.captureOnCommitCallbacks(execute=True):
        services.sign_referral(draft.pk, by=leader, another_case="该处另有一名流动摊贩，与前案当事人无关。")
    assert Referral.objects.get(pk=draft.pk).another_case.startswith("该处另有")


def test_nothing_alike_needs_no_words(xuecheng):
    signed = make.signed(xuecheng)
    assert (signed.another_case, signed.another_case_of) == ("", [])
    other = make.signed(xuecheng, party_code=make.credit_code(12))
    assert other.another_case_of == []


def test_only_what_the_agency_itself_received_or_sent_is_looked_through(xuecheng):
    make.signed_for(xuecheng)
    stranger = make.draft(xuecheng, by="区民政局", to_agency=xuecheng.agencies["区教体局"])
    assert same_facts(stranger, xuecheng.profile) == []
    services.submit_referral(stranger.pk, by=xuecheng.actor("区民政局"))
    assert services.sign_referral(stranger.pk, by=xuecheng.actor("区民政局", Post.LEADER)).state == "signed"


def test_what_another_agency_only_drafted_is_nobody_elses(xuecheng):
    make.draft(xuecheng)
    own = make.submitted(xuecheng, by="区综合行政执法局", to_agency=xuecheng.agencies["区民政局"])
    signed = services.sign_referral(own.pk, by=make.receiver(xuecheng, Post.LEADER))
    assert signed.another_case_of == []


def test_one_case_one_referral_counts_facts_not_rows(xuecheng):
    first = make.delivered(xuecheng)
    with pytest.raises(SameFacts) as error:
        make.draft(xuecheng, **like(first), to_agency=xuecheng.agencies["区民政局"])
    assert error.value.clause == "XC-2.2-d"


def test_two_drafts_of_the_same_facts_do_not_both_reach_the_leader(xuecheng):
    first, second = make.draft(xuecheng), make.draft(xuecheng)
    services.submit_referral(first.pk, by=make.sender(xuecheng))
    with pytest.raises(SameFacts) as error:
        services.submit_referral(second.pk, by=make.sender(xuecheng))
    assert error.value.clause == "XC-2.2-d"


def test_after_an_objection_the_sender_does_not_try_a_third_agency(strict):
    dispute = make.disputed(strict)
    referral = Referral.objects.select_related("from_agency", "to_agency", "case__matter").get(pk=dispute.referral_id)
    with pytest.raises(SameFacts) as error:
        make.draft(strict, **like(referral), to_agency=third(strict, referral))
    assert error.value.clause == FORBIDS[strict.jurisdiction.key]


def test_refused_and_taken_back_it_does_not_go_to_a_third_agency(xuecheng):
    referral = services.not_accept_referral(make.signed_for(xuecheng).pk, by=make.receiver(xuecheng), kind="handled", reasons="本局已立案。")
    services.take_back_referral(referral.pk, by=make.sender(xuecheng), reason="收回")
    with pytest.raises(SameFacts) as error:
        make.draft(xuecheng, **like(referral), to_agency=xuecheng.agencies["区民政局"])
    assert error.value.clause == "XC-2.2-g"


@pytest.mark.parametrize("name", ["xuecheng", "zhoucun", "shuocheng", "qidong"])
def test_after_a_binding_settlement_no_party_files_the_facts_anew_anywhere(name, db):
    from tests.conftest import world_of

    world = world_of(name)
    dispute = make.objected(world)
    handler = dispute.referral.to_agency
    services.offer_agreement(dispute.pk, by=make.sender(world, Post.LEADER), handler=handler, words="由贵方办理")
    services.confirm_agreement(dispute.pk, by=make.receiver(world, Post.LEADER), offer=1)
    referral = Referral.objects.select_related("from_agency", "to_agency", "case__matter").get(pk=dispute.referral_id)
    assert referral.bound
    for by in (referral.to_agency, referral.from_agency):
        with pytest.raises(SameFacts) as error:
            make.draft(world, by=by.short_name, to_agency=third(world, referral), **like(referral))
        assert error.value.clause == (world.profile.referral.not_ours.clause or "")


def test_own_withdrawal_before_it_was_taken_leaves_another_receiver_open(xuecheng):
    first = make.delivered(xuecheng)
    services.withdraw_referral(first.pk, by=make.sender(xuecheng), reason="误送")
    again = make.submitted(xuecheng, **like(first), to_agency=xuecheng.agencies["区民政局"])
    with pytest.raises(WordsWanted):
        services.sign_referral(again.pk, by=make.sender(xuecheng, Post.LEADER))
    assert services.sign_referral(again.pk, by=make.sender(xuecheng, Post.LEADER), another_case="前件误送，已撤回。").state == "signed"


def test_a_received_case_is_no_own_case_by_its_number(shuocheng):
    referral = make.signed_for(shuocheng)
    with pytest.raises(NotAllowed, match="再行移送"):
        services.start_draft(by=make.receiver(shuocheng), data={}, case_id=referral.case_id)


def test_suspected_crime_goes_to_no_other_department(zhoucun):
    referral = make.draft(zhoucun, suspected_crime=True)
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=make.sender(zhoucun))
    assert error.value.clause == "ZC-2.4.3-n"
    assert "to_agency" in error.value.fields


def test_a_received_case_of_suspected_crime_is_not_typed_again_without_the_mark(zhoucun):
    police = next(a for a in zhoucun.agencies.values() if a.kind == "public_security")
    referral = make.delivered(zhoucun, by="区综合行政执法局", to_agency=police, suspected_crime=True)
    with pytest.raises(SameFacts) as error:
        by_receiver(zhoucun, referral)
    assert error.value.clause == "ZC-2.4.3-n"
    with pytest.raises(NotAllowed) as refused:
        services.refer_onward(referral.pk, by=zhoucun.actor(police.short_name), to=third(zhoucun, referral))
    assert refused.value.clause == "ZC-2.4.3-n"


def reread(draft):
    return Referral.objects.select_related("case__matter", "from_agency", "to_agency").get(pk=draft.pk)


def test_where_nothing_shares_a_key_one_query_says_so(xuecheng):
    make.signed_for(xuecheng)
    draft = reread(
        make.draft(xuecheng, place="薛城区长白山路7号", party_code=make.credit_code(77), party_name="枣庄远航商贸有限公司", facts="渣土车带泥上路。")
    )
    with CaptureQueriesContext(connection) as queries:
        assert same_facts(draft, xuecheng.profile) == []
    assert len(queries) == 1


def test_what_looks_the_same_is_found_in_three_queries_however_many_stand_under_one_roof(xuecheng):
    referral = make.signed_for(xuecheng)
    for number in range(12):
        firm = {"party_code": make.credit_code(number + 40), "party_name": f"枣庄{'金银铜铁锡玉石木竹丝麻棉'[number]}昌商行"}
        make.draft(xuecheng, by=referral.to_agency.short_name, to_agency=third(xuecheng, referral), place=referral.case.place, **firm)
    draft = make.draft(
        xuecheng, by=referral.to_agency.short_name, to_agency=third(xuecheng, referral), party_kind="unknown", party_code="", party_name=""
    )
    draft = reread(draft)
    with CaptureQueriesContext(connection) as queries:
        found = same_facts(draft, xuecheng.profile)
    assert referral.pk in {one.referral.pk for one in found}
    assert len(queries) == 3
    # What is only under the same roof is compared by a few columns; no more than can be shown is read whole.
    assert len(found) == 3
    assert len(re.findall(r"\d+", re.search(r"IN \(([\d, ]+)\)", queries[2]["sql"])[1])) < 5
