"""SQL per request, the same at 5 and at 100 rows."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.kinds import Post
from referrals import services
from referrals.models import Referral
from tests import make


def rows(world, n):
    for number in range(n):
        services.start_draft(by=make.sender(world), data=make.complete(world, party_code=make.credit_code(number + 10)))


def counted(client, method, url, *args, **kwargs):
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        response = getattr(client, method)(url, *args, **kwargs)
    assert response.status_code < 400, response.content[:500]
    return [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]


@pytest.mark.parametrize("n", [5, 100])
@pytest.mark.parametrize(
    ("url", "most"),
    [("/referrals/", 6), ("/referrals/desk/todo/", 6), ("/referrals/?q=喆堃&phase=overdue", 6), ("/api/v1/referrals/", 6), ("/", 8)],
)
def test_lists_and_workbench(xuecheng, client, n, url, most):
    rows(xuecheng, n)
    client.force_login(make.sender(xuecheng).user)
    asked = counted(client, "get", url)
    assert len(asked) <= most, "\n".join(s[:160] for s in asked)


@pytest.mark.parametrize("url", ["/referrals/{}/", "/api/v1/referrals/{}/"])
@pytest.mark.parametrize("n", [5, 100])
def test_detail(xuecheng, client, n, url):
    rows(xuecheng, n)
    referral = make.accepted(xuecheng)
    client.force_login(make.receiver(xuecheng).user)
    asked = counted(client, "get", url.format(referral.pk))
    assert len(asked) <= 10, "\n".join(s[:160] for s in asked)


def test_filing(xuecheng, client):
    client.force_login(make.sender(xuecheng).user)
    data = {k: v for k, v in make.complete(xuecheng).items() if isinstance(v, str)}
    asked = counted(client, "post", "/referrals/new/", data)
    assert len(asked) <= 16, "\n".join(s[:160] for s in asked)


def test_filing_through_rest_reads_the_rules_once_and_looks_for_the_same_facts_once(xuecheng, client):
    client.force_login(make.sender(xuecheng).user)
    data = {k: v for k, v in make.complete(xuecheng).items() if isinstance(v, str)}
    asked = counted(client, "post", "/api/v1/referrals/", json.dumps(data), content_type="application/json")
    assert len([s for s in asked if "facts_keys &&" in s]) == 1
    assert len([s for s in asked if "deadlines_profileassignment" in s]) == 1
    assert len(asked) <= 19, "\n".join(s[:160] for s in asked)


@pytest.mark.parametrize(
    ("reach", "verb", "side", "post", "data"),
    [
        (make.submitted, "sign", make.sender, Post.LEADER, {}),
        (make.delivered, "sign_for", make.receiver, Post.CLERK, {}),
        (make.signed_for, "accept", make.receiver, Post.CLERK, {"note": ""}),
        (make.signed_for, "object", make.receiver, Post.CLERK, {"reasons": "不归我"}),
        (make.accepted, "decide", make.receiver, Post.CLERK, {"kind": "penalty", "decision": "罚款", "at": timezone.now}),
        (make.decided, "report_result", make.receiver, Post.CLERK, {}),
        (make.reported, "close", make.sender, Post.CLERK, {"note": ""}),
        (make.delivered, "withdraw", make.sender, Post.CLERK, {"reason": "已自行改正"}),
    ],
)
def test_transitions(xuecheng, client, reach, verb, side, post, data):
    referral = reach(xuecheng)
    client.force_login(side(xuecheng, post).user)
    typed = {k: v() if callable(v) else v for k, v in data.items()}
    asked = counted(client, "post", f"/referrals/{referral.pk}/act/{verb}/", typed)
    assert Referral.objects.get(pk=referral.pk).version > referral.version
    assert len(asked) <= 15, "\n".join(s[:160] for s in asked)


def test_submit_through_rest_stays_within_the_budget(xuecheng, client):
    referral = make.draft(xuecheng)
    client.force_login(make.sender(xuecheng).user)
    asked = counted(
        client, "post", f"/api/v1/referrals/{referral.pk}/submit/", json.dumps({}), content_type="application/json", headers={"If-Match": "*"}
    )
    assert len(asked) <= 25


def test_the_decisions_transitions(xuecheng, client, at):
    """Report, propose, designate, instruct: the same budget."""
    from oversight import services as desk
    from oversight import watch
    from oversight.models import Escalation

    at("2026-03-09T09:00")
    dispute = make.disputed(xuecheng)
    took = {}
    client.force_login(make.receiver(xuecheng, Post.LEADER).user)
    took["report"] = counted(client, "post", f"/disputes/{dispute.pk}/act/report/", {})
    client.force_login(xuecheng.user("区政府办公室", Post.GOVERNMENT_CLERK))
    took["propose"] = counted(
        client, "post", f"/disputes/{dispute.pk}/act/propose/", {"handler": xuecheng.agencies["区民政局"].pk, "words": "建议照此办理"}
    )
    client.force_login(xuecheng.user("区政府", Post.GOVERNMENT_LEADER))
    took["designate"] = counted(
        client, "post", f"/disputes/{dispute.pk}/act/designate/", {"reasons": "依职责", "handler": xuecheng.agencies["区民政局"].pk}
    )
    late = make.delivered(xuecheng, party_code=make.credit_code(3))
    watch.sweep(at("2026-03-13T00:00:01"))
    found = Escalation.objects.get(subject_kind="referral", subject_id=late.pk)
    desk.propose_escalation(found.pk, by=xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK), words="建议照此办理", order="supervise")
    took["instruct"] = counted(
        client, "post", f"/escalations/{found.pk}/act/instruct/", {"order": "supervise", "words": "请依法办理", "until": "2099-12-31"}
    )
    assert max(map(len, took.values())) <= 15, {k: len(v) for k, v in took.items()}


@pytest.fixture
def machine(xuecheng):
    from tests.systems.conftest import caller

    made = caller(xuecheng, "区综合行政执法局")
    made.fetch_token()
    return made


def asked_by(machine, method, url, data=None, **headers):
    with CaptureQueriesContext(connection) as queries:
        response = machine.get(url) if method == "get" else machine.send(method, url, data, **headers)
    assert response.status_code < 400, response.content[:500]
    return [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]


@pytest.mark.parametrize("n", [5, 100])
@pytest.mark.parametrize("url", ["referrals/", "referrals/?state=draft&phase=overdue", "cases/", "disputes/", "escalations/", "agencies/"])
def test_lists_for_another_system(xuecheng, machine, n, url):
    rows(xuecheng, n)
    machine.get(url)
    asked = asked_by(machine, "get", url)
    assert len(asked) <= 6, "\n".join(s[:160] for s in asked)


def test_the_ledger_costs_two_queries_a_thousand_rows(xuecheng, machine):
    rows(xuecheng, 30)
    with CaptureQueriesContext(connection) as queries:
        b"".join(machine.get("referrals/ledger/").streaming_content)
    assert len([q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]) <= 6


@pytest.mark.parametrize("key", ["", "k"])
def test_acts_of_another_system(xuecheng, machine, key):
    """Five more than the page to read the answer; a key costs three: the lock, whether it is known, and keeping the answer."""
    headers, more = ({"Idempotency_Key": key}, 3) if key else ({}, 0)
    filed = asked_by(machine, "post", "referrals/", {"place": "泰山南路"}, **headers)
    assert len(filed) <= 25, "\n".join(s[:160] for s in filed)
    referral = make.delivered(xuecheng)
    headers = {"Idempotency_Key": key + "2"} if key else {}
    signed = asked_by(machine, "post", f"referrals/{referral.pk}/sign_for/", {}, If_Match="*", **headers)
    assert len(signed) <= 15 + 5 + more, "\n".join(s[:160] for s in signed)
