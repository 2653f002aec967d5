"""One table: verb × who, in the state in which the verb is due, asked of the service, the page and REST."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.kinds import Post
from core.errors import NotAllowed, NotVisible, Refused, WrongState
from deadlines.models import Clock
from oversight import services as desk
from oversight import watch
from oversight.doors import ESCALATION_DOORS
from oversight.models import Escalation
from referrals import services
from referrals.doors import DISPUTE_DOORS, REFERRAL_DOORS
from referrals.models import Dispute, Referral
from tests import make

WHO = {
    "sender clerk": ("区住建局", Post.CLERK),
    "sender leader": ("区住建局", Post.LEADER),
    "receiver clerk": ("区综合行政执法局", Post.CLERK),
    "receiver leader": ("区综合行政执法局", Post.LEADER),
    "stranger clerk": ("区民政局", Post.CLERK),
    "stranger leader": ("区民政局", Post.LEADER),
    "government clerk": ("区政府办公室", Post.GOVERNMENT_CLERK),
    "government leader": ("区政府", Post.GOVERNMENT_LEADER),
    "supervision": ("区政府督查室", Post.SUPERVISION),
    "administrator": ("区政府办公室", Post.ADMINISTRATOR),
    "security administrator": ("区政府办公室", Post.SECURITY),
    "auditor": ("区政府办公室", Post.AUDITOR),
}
BOTH_SENDERS, BOTH_RECEIVERS = {"sender clerk", "sender leader"}, {"receiver clerk", "receiver leader"}
GOVERNMENT = {"government clerk", "government leader"}


def not_accepted(world):
    return services.not_accept_referral(make.signed_for(world).pk, by=make.receiver(world), kind="papers", reasons="材料不全")


def passed(world):
    """Delivered, and everything that the receiver owes is past its time."""
    referral = make.delivered(world)
    Clock.objects.filter(subject_kind="referral", subject_id=referral.pk, ended_at=None).update(due_at=timezone.now() - timedelta(days=3))
    return referral


def supplement_wanted(world):
    referral = services.request_supplement(make.signed_for(world).pk, by=make.receiver(world), wanted="照片")
    more = make.pdf("more")
    services.attach_material(referral.pk, by=make.sender(world), slot="other", name="a.pdf", size=len(more.getvalue()), stream=more)
    return referral


# verb: (how the referral comes into its state, who may)
REFERRAL = {
    "submit": (make.draft, {"sender clerk"}),
    "return_to_drafter": (make.submitted, {"sender leader"}),
    "sign": (make.submitted, {"sender leader"}),
    "sign_for": (make.delivered, BOTH_RECEIVERS),
    "request_supplement": (make.signed_for, BOTH_RECEIVERS),
    "accept": (make.signed_for, BOTH_RECEIVERS),
    "not_accept": (make.signed_for, BOTH_RECEIVERS),
    "object": (make.signed_for, BOTH_RECEIVERS),
    "refer_onward": (make.signed_for, set()),
    "refile": (not_accepted, {"sender clerk"}),
    "handle": (make.accepted, BOTH_RECEIVERS),
    "remind": (passed, BOTH_SENDERS),
    "decide": (make.accepted, BOTH_RECEIVERS),
    "report_result": (make.decided, BOTH_RECEIVERS),
    "withdraw": (make.delivered, BOTH_SENDERS),
    "discard": (make.draft, {"sender leader"}),
    "close": (make.reported, BOTH_SENDERS),
    "take_back": (not_accepted, BOTH_SENDERS),
    "supply_supplement": (supplement_wanted, {"sender clerk"}),
    "take_back_reading": (make.granted, {"sender leader"}),
    "grant_reading": (make.delivered, {"sender leader", "receiver leader"}),
    "set_contact": (make.delivered, BOTH_SENDERS | BOTH_RECEIVERS),
    "correct_facts": (make.delivered, {"sender leader"}),
    "write_progress": (make.delivered, BOTH_SENDERS | BOTH_RECEIVERS),
}
# Shown by tests of their own, in the districts whose documents have them: YY-3.3-a, QD-2.4.1-j, QD-2.4.1-f; with a scanner (tests/formats).
ELSEWHERE = {"release_unscanned", "give_prior_notice", "consent", "extend", "receipt_filing"}
LIMIT = date(2099, 12, 31)
WORDS = {
    "set_contact": {"department": "法制科", "person": "王某"}, "write_progress": {"words": "进展如何"}, "correct_facts": {"reason": "复核后更正", "facts": "经复核，堆放面积为六十平方米。"},
    "return_to_drafter": {"reason": "请修改事实"}, "request_supplement": {"wanted": "照片"}, "not_accept": {"kind": "papers", "reasons": "材料不全"},
    "object": {"reasons": "不归我"}, "decide": {"kind": "penalty", "decision": "罚款", "at": timezone.now}, "withdraw": {"reason": "已自行改正"}, "discard": {"reason": "不移送了"}, "offer_agreement": {"words": "你办"},
    "propose": {"words": "建议照此办理", "order": "supervise"}, "instruct": {"words": "请依法办理", "order": "supervise", "until": LIMIT}, "dismiss": {"words": "不必"},
    "explain_early": {"words": "人手不足"}, "explain": {"words": "人手不足"}, "close": {"words": "已经整改"}, "hand_over": {"words": "移交"}, "take_back": {"reason": "收回"}, "designate": {"reasons": "依职责"},
}  # fmt: skip


def by_service(door, pk, actor, data):
    try:
        door.service(pk, by=actor, **data)
    except Refused as refusal:
        return refusal
    return None


def ids(table):
    return [f"{verb}-{who}" for verb in table for who in WHO]


@pytest.mark.parametrize(("verb", "who"), [(v, w) for v in REFERRAL for w in WHO], ids=ids(REFERRAL))
def test_referral_verbs(xuecheng, client, verb, who):
    reach, allowed = REFERRAL[verb]
    referral = reach(xuecheng)
    actor = xuecheng.actor(*WHO[who])
    data = {k: v() if callable(v) else v for k, v in WORDS.get(verb, {}).items() if verb != "close"}
    if verb in ("grant_reading", "take_back_reading"):
        data = {"person": xuecheng.user("区教体局").pk}
    client.force_login(actor.user)
    page_data = dict(data)
    if who in allowed:
        response = client.post(
            f"/api/v1/referrals/{referral.pk}/{verb}/", json.dumps(data, default=str), content_type="application/json", headers={"If-Match": "*"}
        )
        assert response.status_code == 200, response.content
        return
    asked = {"reason": data["reason"], "changes": {"facts": data["facts"]}} if verb == "correct_facts" else data
    refusal = by_service(REFERRAL_DOORS[verb], referral.pk, actor, asked)
    assert isinstance(refusal, NotAllowed | NotVisible), refusal
    page = client.post(reverse("act", args=[referral.pk, verb]), page_data)
    assert page.status_code == refusal.status
    response = client.post(
        f"/api/v1/referrals/{referral.pk}/{verb}/", json.dumps(data, default=str), content_type="application/json", headers={"If-Match": "*"}
    )
    assert response.status_code == refusal.status
    assert response.json()["detail"]
    if refusal.clause:
        assert response.json()["clause"] == refusal.clause
    assert Referral.objects.get(pk=referral.pk).state == referral.state


def reported_dispute(world):
    dispute = make.disputed(world)
    return services.report_dispute(dispute.pk, by=make.receiver(world, Post.LEADER))


def proposed_dispute(world):
    dispute = reported_dispute(world)
    by = world.actor("区政府办公室", Post.GOVERNMENT_CLERK)
    return services.propose_designation(dispute.pk, by=by, words="建议照此办理", handler=world.agencies["区民政局"])


def offered_dispute(world):
    dispute = make.disputed(world)
    by = make.receiver(world, Post.LEADER)
    return services.offer_agreement(dispute.pk, by=by, handler=world.agencies["区住建局"], words="你办")


DISPUTE = {
    "confirm_agreement": (offered_dispute, {"sender leader"}),
    "offer_agreement": (make.disputed, BOTH_SENDERS | BOTH_RECEIVERS),
    "report": (make.disputed, {"sender leader", "receiver leader"}),
    "propose": (reported_dispute, {"government clerk"}),
    "designate": (proposed_dispute, {"government leader"}),
}


@pytest.mark.parametrize(("verb", "who"), [(v, w) for v in DISPUTE for w in WHO], ids=ids(DISPUTE))
def test_dispute_verbs(xuecheng, client, verb, who):
    reach, allowed = DISPUTE[verb]
    dispute = reach(xuecheng)
    actor = xuecheng.actor(*WHO[who])
    data = {k: v for k, v in WORDS.get(verb, {}).items() if k != "order"}
    if verb == "confirm_agreement":
        data = {"offer": 1}
    elif verb != "report":
        data |= {"handler": xuecheng.agencies["区住建局" if verb == "offer_agreement" else "区市场监管局"]}
    client.force_login(actor.user)
    plain = {k: getattr(v, "pk", v) for k, v in data.items()}
    if who in allowed:
        response = client.post(
            f"/api/v1/disputes/{dispute.pk}/{verb}/", json.dumps(plain), content_type="application/json", headers={"If-Match": "*"}
        )
        assert response.status_code == 200, response.content
        return
    refusal = by_service(DISPUTE_DOORS[verb], dispute.pk, actor, data)
    assert isinstance(refusal, NotAllowed | NotVisible), refusal
    assert client.post(reverse("dispute-act", args=[dispute.pk, verb]), plain).status_code == refusal.status
    assert (
        client.post(
            f"/api/v1/disputes/{dispute.pk}/{verb}/", json.dumps(plain), content_type="application/json", headers={"If-Match": "*"}
        ).status_code
        == refusal.status
    )
    assert Dispute.objects.get(pk=dispute.pk).state == dispute.state


def escalation(world, at):
    at("2026-03-09T09:00")
    referral = make.delivered(world)
    watch.sweep(at("2026-03-13T00:00:01"))
    return Escalation.objects.get(subject_kind="referral", subject_id=referral.pk)


def ordered(world, at, order="supervise"):
    found = escalation(world, at)
    desk.propose_escalation(found.pk, by=world.actor("区政府办公室", Post.GOVERNMENT_CLERK), words="建议照此办理", order=order)
    return desk.instruct_escalation(found.pk, by=world.actor("区政府", Post.GOVERNMENT_LEADER), words="请依法办理", order=order, until=LIMIT)


def proposed(world, at):

    found = escalation(world, at)
    return desk.propose_escalation(found.pk, by=world.actor("区政府办公室", Post.GOVERNMENT_CLERK), words="建议照此办理", order="supervise")


ESCALATION = {
    "propose": (escalation, {"government clerk"}),
    "instruct": (proposed, {"government leader"}),
    "dismiss": (proposed, {"government leader"}),
    "explain_early": (escalation, BOTH_RECEIVERS),
    "explain": (ordered, BOTH_RECEIVERS),
    "close": (ordered, GOVERNMENT | {"supervision"}),
    "hand_over": (ordered, GOVERNMENT | {"supervision"}),
}


@pytest.mark.parametrize(("verb", "who"), [(v, w) for v in ESCALATION for w in WHO], ids=ids(ESCALATION))
def test_escalation_verbs(xuecheng, client, at, verb, who):
    reach, allowed = ESCALATION[verb]
    found = reach(xuecheng, at)
    actor = xuecheng.actor(*WHO[who])
    data = {k: v for k, v in WORDS[verb].items() if k != "order" or verb in ("propose", "instruct")}
    client.force_login(actor.user)
    if who in allowed:
        response = client.post(
            f"/api/v1/escalations/{found.pk}/{verb}/", json.dumps(data, default=str), content_type="application/json", headers={"If-Match": "*"}
        )
        assert response.status_code == 200, response.content
        return
    refusal = by_service(ESCALATION_DOORS[verb], found.pk, actor, data)
    assert isinstance(refusal, NotAllowed | NotVisible | WrongState), refusal
    assert client.post(reverse("escalation-act", args=[found.pk, verb]), data).status_code == refusal.status
    assert (
        client.post(
            f"/api/v1/escalations/{found.pk}/{verb}/", json.dumps(data, default=str), content_type="application/json", headers={"If-Match": "*"}
        ).status_code
        == refusal.status
    )
    assert Escalation.objects.get(pk=found.pk).state == found.state


def test_no_verb_is_missing_from_the_table():
    assert set(REFERRAL) | ELSEWHERE == set(REFERRAL_DOORS)
    assert set(DISPUTE) | {"record_interim_handling", "determine"} == set(DISPUTE_DOORS)
    assert set(ESCALATION) == set(ESCALATION_DOORS)
