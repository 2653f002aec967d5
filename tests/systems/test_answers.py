"""The same request twice, the version that was seen, and what nonsense gets."""

from __future__ import annotations

import json

import pytest

from accounts.actors import actor_for
from accounts.kinds import Post
from accounts.models import PostHolding
from core.errors import Busy, StorageFull
from core.models import AuditEntry, KeyedAnswer
from referrals import services
from referrals.models import Referral
from tests import make
from tests.systems.conftest import caller


def test_the_same_key_and_body_gives_the_first_answer_to_the_byte(xuecheng, system):
    first = system.post("referrals/", {"place": "泰山南路"}, Idempotency_Key="k1")
    again = system.post("referrals/", {"place": "泰山南路"}, Idempotency_Key="k1")
    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (201, 201, "true")
    assert json.loads(first.content) == json.loads(again.content)
    assert (first["ETag"], first["Location"]) == (again["ETag"], again["Location"])
    assert Referral.objects.filter(case__place="泰山南路").count() == 1


def test_the_same_key_with_another_body_path_or_version_is_422(xuecheng, system):
    system.post("referrals/", {"place": "甲"}, Idempotency_Key="k1")
    assert system.post("referrals/", {"place": "乙"}, Idempotency_Key="k1").status_code == 422
    referral = make.draft(xuecheng)
    assert system.post(f"referrals/{referral.pk}/submit/", {"place": "甲"}, Idempotency_Key="k1", If_Match="*").status_code == 422
    assert Referral.objects.filter(case__place="乙").count() == 0


def test_a_crash_between_commit_and_answer_is_answered_on_the_retry(xuecheng, system, monkeypatch):
    from rest_framework.views import APIView

    system.headers({})
    whole = APIView.finalize_response

    def broken(*args, **kwargs):
        raise ConnectionError("the worker was killed here")

    monkeypatch.setattr(APIView, "finalize_response", broken)
    with pytest.raises(ConnectionError):
        system.post("referrals/", {"place": "断线路"}, Idempotency_Key="k2")
    monkeypatch.setattr(APIView, "finalize_response", whole)
    again = system.post("referrals/", {"place": "断线路"}, Idempotency_Key="k2")
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert Referral.objects.filter(case__place="断线路").count() == 1


def test_a_fault_of_ours_is_not_kept_and_leaves_nothing(xuecheng, system, monkeypatch):
    from referrals import services

    system.headers({})
    monkeypatch.setattr(services, "start_draft", lambda **_kw: (_ for _ in ()).throw(RuntimeError("bug")))
    system.http.raise_request_exception = False
    assert system.post("referrals/", {"place": "错"}, Idempotency_Key="k3").status_code == 500
    monkeypatch.undo()
    assert system.post("referrals/", {"place": "错"}, Idempotency_Key="k3").status_code == 201


@pytest.mark.parametrize(("refusal", "status"), [(StorageFull("满"), 507), (Busy("忙", wait=2), 429)])
def test_a_passing_want_of_room_or_of_a_seat_is_not_kept(xuecheng, system, monkeypatch, refusal, status):
    def wanting(**_given):
        raise refusal

    system.headers({})
    with monkeypatch.context() as short:
        short.setattr(services, "start_draft", wanting)
        first = system.post("referrals/", {"place": "满盘路"}, Idempotency_Key="k5")
    again = system.post("referrals/", {"place": "满盘路"}, Idempotency_Key="k5")
    assert (first.status_code, again.status_code) == (status, 201)
    assert Referral.objects.filter(case__place="满盘路").count() == 1


def test_a_refusal_is_the_first_answer_too_and_stays_in_the_trail(xuecheng, system):
    referral = make.submitted(xuecheng)
    for _n in range(2):
        assert system.post(f"referrals/{referral.pk}/sign/", Idempotency_Key="k4", If_Match="*").status_code == 403
    assert AuditEntry.objects.filter(verb="referral.refused", subject_id=str(referral.pk)).count() == 1


def test_keys_are_forgotten_after_72_hours(xuecheng, at):
    from core.answers import forget_old_answers

    at("2026-03-09T09:00")
    system = caller(xuecheng, "区住建局")
    system.post("referrals/", {"place": "一"}, Idempotency_Key="k5")
    system.token = ""
    later = at("2026-03-12T09:01")
    assert system.post("referrals/", {"place": "二"}, Idempotency_Key="k5").status_code == 201
    assert forget_old_answers(later) == 0
    assert forget_old_answers(at("2026-03-15T09:02")) == 1
    assert KeyedAnswer.objects.count() == 0


def test_every_change_wants_the_version_that_was_seen(xuecheng, system):
    referral = make.draft(xuecheng)
    for method, url in (("post", f"referrals/{referral.pk}/submit/"), ("patch", f"referrals/{referral.pk}/")):
        answer = system.send(method, url)
        assert (answer.status_code, answer.json()["errors"][0]["header"]) == (428, "If-Match")


def test_a_stale_version_is_told_what_changed_since(xuecheng, system):
    referral = make.draft(xuecheng)
    seen = system.get(f"referrals/{referral.pk}/")["ETag"]
    assert system.send("patch", f"referrals/{referral.pk}/", {"place": "甲"}, If_Match=seen).status_code == 200
    answer = system.send("patch", f"referrals/{referral.pk}/", {"place": "乙"}, If_Match=seen)
    assert answer.status_code == 412
    assert answer.json()["current"] == '"v2"'
    assert [(c["version"], c["verb"], c["agency"]) for c in answer.json()["changes"]] == [(2, "save_draft", "区住建局")]


@pytest.mark.parametrize(
    ("tag", "status"), [('W/"v1"', 412), ('"other"', 412), ('"v1", "v99"', 412), ("v1", 400), ('"v1"', 200), ("*", 200), ('"x", "v1"', 200)]
)
def test_if_match_as_http_has_it(xuecheng, system, tag, status):
    referral = make.draft(xuecheng)
    current = Referral.objects.get(pk=referral.pk).version
    answer = system.send(
        "patch", f"referrals/{referral.pk}/", {"place": "甲"}, If_Match=tag.replace('"v1"', f'"v{current}"') if "W" not in tag else tag
    )
    assert answer.status_code == (412 if "v99" in tag else status), answer.content


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        (b"not json", 400, ""), (b"[]", 400, ""), (b"\xff\xfe{}", 400, ""), (b'{"place": "\\ud800"}', 400, "#/place"), (b'{"place": 1}', 400, "#/place"),
        (b'{"place": "a", "place": "b"}', 400, ""), (b'{"place": NaN}', 400, ""), (b'{"x": {"y": "\\u0000"}}', 400, "#/x/y"), (b'{"to_agency": 1.5}', 400, "#/to_agency"),
        (b'{"to_agency": "5"}', 400, "#/to_agency"), (b'{"to_agency": true}', 400, "#/to_agency"), (b'{"to_agency": -1}', 400, "#/to_agency"),
        (b'{"found_at": "0000-01-01T00:00"}', 400, "#/found_at"), (b'{"unknown": 1}', 400, "#/unknown"), (b'{"urgent": "yes"}', 400, "#/urgent"),
        (b"[" * 100_000, 400, ""), (b'{"a":' * 30 + b"1" + b"}" * 30, 400, "#/a"), (b'"' + b"x" * (1 << 20) + b'"', 413, ""), (b'{"case": 12345678901234567890123}', 400, "#/case"),
        (b"9" * 5000, 400, ""), (b'{"place": "' + b"x" * 201 + b'"}', 400, "#/place"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_its_place(xuecheng, system, body, status, where):
    answer = system.http.post("/api/v1/referrals/", body, content_type="application/json", headers=system.headers({}))
    assert answer.status_code == status, answer.content
    said = answer.json()
    assert said["type"].startswith("/api/v1/problems/#")
    assert said["detail"]
    if where:
        assert said["errors"][0]["pointer"].startswith(where)


def test_another_media_type_is_415_and_another_method_405(xuecheng, system):
    answer = system.http.post("/api/v1/referrals/", "a=b", content_type="application/x-www-form-urlencoded", headers=system.headers({}))
    assert answer.status_code == 415
    answer = system.send("put", "referrals/", {})
    assert (answer.status_code, "GET" in answer["Allow"]) == (405, True)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("stat=draft", "stat"),
        ("state=nowhere", "state"),
        ("after=x", "after"),
        ("since=0000-00-00", "since"),
        ("urgent=maybe", "urgent"),
        ("desk=none", "desk"),
        ("updated_since=9999", "updated_since"),
    ],
)
def test_a_filter_that_nobody_knows_is_refused_and_not_ignored(xuecheng, system, query, name):
    answer = system.get(f"referrals/?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, name)


def test_lists_are_paged_filtered_and_synchronised(xuecheng, system):
    from urllib.parse import quote

    for n in range(27):
        make.draft(xuecheng, party_code=make.credit_code(n), urgent=n == 3, urgent_reason="塌方" if n == 3 else "")
    first = system.get("referrals/?state=draft").json()
    assert (len(first["results"]), len(system.get(f"referrals/?state=draft&after={first['next']}").json()["results"])) == (25, 2)
    assert 'rel="next"' in system.get("referrals/?state=draft")["Link"]
    assert len(system.get("referrals/?urgent=true").json()["results"]) == 1
    assert len(system.get(f"referrals/?party_code={make.credit_code(5)}").json()["results"]) == 1
    assert len(system.get(f"referrals/?updated_since={quote(first['as_of'])}").json()["results"]) == 25
    assert system.get("referrals/?updated_since=2099-01-01T00:00").json()["results"] == []
    assert len(system.get("cases/?party_code=" + make.credit_code(5)).json()["results"]) == 1


def test_the_ledger_streams_in_both_forms(xuecheng, system):
    make.draft(xuecheng)
    csv = b"".join(system.get("referrals/ledger/").streaming_content).decode()
    assert csv.startswith("\ufeff文号,状态")
    lines = b"".join(system.get("referrals/ledger/?form=ndjson&state=draft").streaming_content).decode().splitlines()
    assert json.loads(lines[0])["状态"] == "起草"
    assert list(system.get("referrals/ledger/?form=ndjson&state=closed").streaming_content) == []


def test_a_referral_says_what_is_missing_and_what_happened(xuecheng, system):
    made = system.post("referrals/", {"place": "甲"}).json()
    assert {"field", "sentence", "clause"} <= set(made["missing"][0])
    assert system.get(f"referrals/{made['id']}/timeline/").json()["results"][0]["verb"] == "referral.start_draft"
    case = system.get(f"cases/{made['case']['id']}/").json()
    assert (case["referrals"], case["allowed_actions"][0]["allowed"]) == ([made["id"]], True)


def test_a_clock_is_explained_day_by_day(xuecheng, system, at):
    referral = make.delivered(xuecheng)
    clock = next(c for c in system.get(f"referrals/{referral.pk}/").json()["clocks"] if c["role"] == "acceptance_reply")
    said = system.get(f"clocks/{clock['id']}/").json()
    assert said["days"][0]["why"]
    assert said["clause"].startswith("XC")


def test_every_post_can_be_sent_twice_and_every_change_names_a_version():
    from django.urls import get_resolver

    from core.rest import Rest
    from tests.house.test_addresses import addresses

    def views(patterns):
        for pattern in patterns:
            yield from views(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern]

    kinds = [p.callback.cls for p in views(get_resolver().url_patterns) if issubclass(getattr(p.callback, "cls", object), Rest)]
    assert len(kinds) > 50
    assert addresses
    making = {"ReferralList", "Materials", "Uploads", "ReferralBulk", "DueDates", "Endpoints", "DeliveryResend"}
    for view in kinds:
        if hasattr(view, "post"):
            assert getattr(view.post, "once", False), view
            assert "POST" in view.if_match or view.__name__ in making, view
        for method in ("patch", "delete"):
            assert not hasattr(view, method) or method.upper() in view.if_match, view


def test_a_read_that_brings_nothing_new_is_304(xuecheng, system):
    first = system.get("referrals/?state=draft&after=999999999")
    assert first["ETag"].startswith('W/"')
    agencies = system.get("agencies/")
    assert system.get("agencies/", If_None_Match=agencies["ETag"]).status_code == 304
    assert system.get("agencies/", If_None_Match='W/"other"').status_code == 200


def test_what_may_be_done_with_a_material_is_said_with_the_reason(xuecheng, system):
    referral = make.submitted(xuecheng)
    material = system.get(f"referrals/{referral.pk}/").json()["materials"][0]["id"]
    offered = system.get(f"referrals/{referral.pk}/materials/{material}/").json()["allowed_actions"]
    action = next(one for one in offered if one["verb"] == "remove")
    assert (action["verb"], action["allowed"], bool(action["reason"])) == ("remove", False, True)


def test_a_key_is_of_the_post_acted_in_not_of_the_person(xuecheng, client):
    """What was answered in one post is no answer to the same person in another, on REST and on the page."""
    person = xuecheng.user("区住建局")
    here = xuecheng.holdings["区住建局", Post.CLERK]
    there = PostHolding.objects.create(user=person, agency=xuecheng.agencies["区民政局"], post=Post.CLERK)
    client.force_login(person)
    made = []
    for holding in (here, there, here):
        client.post("/post/", {"holding": holding.pk})
        answer = client.post("/api/v1/referrals/", {"place": "同一键路"}, "application/json", headers={"Idempotency-Key": "k9"})
        assert answer.status_code == 201
        made.append(answer.json()["id"])
    assert made[0] == made[2] != made[1]
    assert {r.from_agency_id for r in Referral.objects.filter(pk__in=made)} == {here.agency_id, there.agency_id}
    drafts = [services.start_draft(by=actor_for(person, h.pk), data={"place": "同一编号路"}, key="form-1").pk for h in (here, there, here)]
    assert drafts[0] == drafts[2] != drafts[1]
