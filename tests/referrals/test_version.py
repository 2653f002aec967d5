"""A letter is signed over a version of its case, and is read from it for good."""

from __future__ import annotations

import json

import pytest
from django.test import TestCase
from django.utils import timezone

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed, Stale, WrongState
from core.models import AuditEntry
from documents.models import OfficialDocument
from foundation.cases.models import Case, CaseVersion, Material
from referrals import services
from referrals.models import Referral
from referrals.selectors import materials_of, referrals_visible_to
from tests import make


def fresh(referral):
    return referrals_visible_to(make.system()).get(pk=referral.pk)


def second_draft(world, first, **changes):
    """Another letter on the same case by its own agency, to a third agency."""
    third = next(a for a in world.agencies.values() if a.kind == "department" and a.pk not in (first.from_agency_id, first.to_agency_id))
    data = {k: v for k, v in make.complete(world, to_agency=third).items() if k not in ("facts",)}
    draft = services.start_draft(by=make.sender(world), data=data, case_id=first.case_id)
    services.save_draft(draft.pk, by=make.sender(world), data=changes)
    return draft


def signed_again(world, first, **changes):
    draft = second_draft(world, first, **changes)
    services.submit_referral(draft.pk, by=make.sender(world))
    with TestCase.captureOnCommitCallbacks(execute=True):
        services.sign_referral(draft.pk, by=make.signer(world), another_case="同案事实更正后另行发函。")
    return fresh(draft)


NEW = {"facts": "另行查明：堆放面积为六十平方米。", "party_name": "枣庄另一家公司", "change_reason": "复核后更正"}


def test_a_second_draft_rewrites_nothing_of_the_letter_that_is_out(shuocheng, client):
    first = make.signed_for(shuocheng)
    before = fresh(first)
    said = (before.stated.facts, before.stated.party_name, before.title)
    second_draft(shuocheng, first, **NEW)
    after = fresh(first)
    assert (after.stated.facts, after.stated.party_name, after.title) == said
    assert after.case.facts == NEW["facts"]
    client.force_login(make.receiver(shuocheng).user)
    page = client.get(f"/referrals/{first.pk}/").content.decode()
    assert said[0] in page
    assert NEW["facts"] not in page
    assert NEW["party_name"] not in page
    rest = client.get(f"/api/v1/referrals/{first.pk}/").json()
    assert (rest["case"]["facts"], rest["title"]) == (said[0], said[2])
    assert client.get(f"/api/v1/cases/{first.case_id}/").json()["facts"] == said[0]
    assert client.get("/api/v1/cases/").json()["results"][0]["party_name"] == said[1]
    for desk in ("/referrals/desk/received/", "/api/v1/referrals/?desk=received", "/api/v1/referrals/ledger/?desk=received"):
        answer = client.get(desk)
        text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
        assert said[1] in text
        assert NEW["party_name"] not in text


def test_later_documents_name_the_party_of_the_signed_letter(shuocheng):
    first = make.signed_for(shuocheng)
    second_draft(shuocheng, first, **NEW)
    services.accept_referral(first.pk, by=make.receiver(shuocheng))
    services.decide_referral(first.pk, by=make.receiver(shuocheng), kind="penalty", decision="罚款", at=timezone.now())
    services.report_result(first.pk, by=make.receiver(shuocheng))
    titles = list(OfficialDocument.objects.filter(subject_kind="referral", subject_id=first.pk).values_list("title", flat=True))
    assert len(titles) == 3
    assert all(NEW["party_name"] not in title for title in titles)
    assert sum("枣庄喆堃建材有限公司" in title for title in titles) == 2


def test_the_request_for_a_decision_states_the_signed_facts(shuocheng):
    first = make.signed_for(shuocheng)
    second_draft(shuocheng, first, **NEW)
    dispute = services.object_referral(first.pk, by=make.receiver(shuocheng), reasons="不属本机关管辖")
    services.offer_agreement(dispute.pk, by=make.receiver(shuocheng), handler=first.from_agency, words="建议由贵单位办理。")
    services.report_dispute(dispute.pk, by=make.receiver(shuocheng, Post.LEADER))
    content = OfficialDocument.objects.get(subject_id=first.pk, kind="jurisdiction_request").content
    assert NEW["facts"] not in json.dumps(content, ensure_ascii=False)


def test_search_and_filters_find_a_letter_by_what_it_states(shuocheng, client):
    first = make.signed_for(shuocheng)
    other = make.credit_code(77)
    second_draft(shuocheng, first, **NEW, party_code=other)
    client.force_login(make.receiver(shuocheng).user)
    assert [r["id"] for r in client.get(f"/api/v1/referrals/?party_code={make.credit_code()}").json()["results"]] == [first.pk]
    assert client.get(f"/api/v1/referrals/?party_code={other}").json()["results"] == []
    assert client.get(f"/api/v1/cases/?party_code={other}").json()["results"] == []
    assert client.get("/api/v1/referrals/?q=另一家").json()["results"] == []


def test_other_facts_need_a_reason_once_a_letter_is_out(shuocheng):
    first = make.signed_for(shuocheng)
    draft = second_draft(shuocheng, first, **NEW | {"change_reason": " "})
    with pytest.raises(BadInput) as error:
        services.submit_referral(draft.pk, by=make.sender(shuocheng))
    assert "change_reason" in error.value.fields
    assert CaseVersion.objects.filter(case=first.case_id).count() == 1


def test_both_sides_read_what_a_new_version_changed_and_a_third_does_not(shuocheng, client):
    first = make.signed_for(shuocheng)
    version = fresh(first).version
    second = signed_again(shuocheng, first, **NEW)
    assert (second.case_version.number, second.case_version.agency_id) == (2, first.from_agency_id)
    assert (second.case_version.maker, second.case_version.reason) == (make.sender(shuocheng).name, "复核后更正")
    kept = fresh(first)
    assert kept.has_newer_version
    assert kept.version == version + 1
    for actor in (make.receiver(shuocheng), make.sender(shuocheng)):
        client.force_login(actor.user)
        page = client.get(f"/referrals/{first.pk}/").content.decode()
        assert "复核后更正" in page
        assert NEW["facts"] in page
        rows = client.get(f"/api/v1/referrals/{first.pk}/timeline/").json()["results"]
        told = next(row for row in rows if row["verb"] == "referral.note_newer_version")
        assert {"枣庄喆堃建材有限公司", NEW["party_name"]} <= {c["before"] for c in told["changes"]} | {c["after"] for c in told["changes"]}
    entry = AuditEntry.objects.get(verb="referral.note_newer_version")
    assert NEW["party_name"] not in json.dumps(entry.detail, ensure_ascii=False)
    auditor = shuocheng.actor("区政府办公室", Post.AUDITOR)
    client.force_login(auditor.user)
    rows = client.get(f"/api/v1/referrals/{first.pk}/timeline/").json()["results"]
    assert all(row["changes"] == [] for row in rows)


def test_the_leader_signs_what_the_leader_saw(shuocheng, client):
    """Between opening and signing another draft changed the case: by page, REST or service the letter is not signed."""
    waiting = make.submitted(shuocheng)
    second_draft(shuocheng, waiting, facts="事后改写的事实。")
    leader = make.sender(shuocheng, Post.LEADER)
    with pytest.raises(Stale):
        services.sign_referral(waiting.pk, by=leader)
    client.force_login(leader.user)
    assert client.post(f"/referrals/{waiting.pk}/act/sign/", {"version": waiting.version}).status_code == 412
    answer = client.post(
        f"/api/v1/referrals/{waiting.pk}/sign/", "{}", content_type="application/json", headers={"If-Match": f'"v{waiting.version}"'}
    )
    assert answer.status_code == 412
    services.return_referral(waiting.pk, by=leader, reason="请核对")
    assert fresh(waiting).case_version_id is None
    services.submit_referral(waiting.pk, by=make.sender(shuocheng))
    signed = services.sign_referral(waiting.pk, by=leader)
    assert (signed.case_version.number, signed.stated.facts) == (2, "事后改写的事实。")


def test_a_file_added_through_another_draft_stops_the_signing_too(shuocheng):
    waiting = make.submitted(shuocheng)
    draft, more = second_draft(shuocheng, waiting), make.pdf("more")
    services.attach_material(draft.pk, by=make.sender(shuocheng), slot="other", name="b.pdf", size=len(more.getvalue()), stream=more)
    with pytest.raises(Stale):
        services.sign_referral(waiting.pk, by=make.sender(shuocheng, Post.LEADER))


def test_sending_the_same_again_makes_no_second_version(xuecheng):
    referral = make.submitted(xuecheng)
    services.return_referral(referral.pk, by=make.sender(xuecheng, Post.LEADER), reason="看错")
    services.submit_referral(referral.pk, by=make.sender(xuecheng))
    assert [v.number for v in CaseVersion.objects.filter(case=referral.case_id)] == [1]


@pytest.mark.parametrize("name", ["zhoucun", "shuocheng"])
def test_a_receiver_opens_no_draft_on_a_received_case_but_by_passing_it_on(zhoucun, shuocheng, client, name):
    world = {"zhoucun": zhoucun, "shuocheng": shuocheng}[name]
    referral = make.signed_for(world)
    with pytest.raises(NotAllowed):
        services.start_draft(by=make.receiver(world), data={}, case_id=referral.case_id)
    client.force_login(make.receiver(world).user)
    for answer in (
        client.post("/api/v1/referrals/", json.dumps({"case": referral.case_id}), content_type="application/json"),
        client.post("/referrals/new/", {"case": referral.case_id}),
    ):
        assert answer.status_code == 403


def test_passing_on_leaves_the_senders_case_to_the_sender(zhoucun):
    first = make.signed_for(zhoucun)
    case = Case.objects.get(pk=first.case_id)
    onward = services.refer_onward(first.pk, by=make.receiver(zhoucun), to=zhoucun.agencies["区工商局"])
    services.save_draft(onward.pk, by=make.receiver(zhoucun), data={"facts": "受移送机关自己的说法。", "party_name": "别的公司"})
    again = Case.objects.get(pk=first.case_id)
    assert (again.facts, again.party_name) == (case.facts, case.party_name)
    passed = Case.objects.get(pk=fresh(onward).case_id)
    assert (passed.agency_id, passed.origin_id) == (first.to_agency_id, fresh(first).case_version_id)
    assert {m.pk for m in materials_of(fresh(onward))} == {m["id"] for m in fresh(first).case_version.materials}
    with pytest.raises(WrongState):
        services.remove_material(onward.pk, fresh(first).case_version.materials[0]["id"], by=make.receiver(zhoucun))


def test_the_onward_letter_carries_the_senders_words_beside_the_own(zhoucun):
    first = make.signed_for(zhoucun)
    by = make.receiver(zhoucun)
    onward = services.refer_onward(first.pk, by=by, to=zhoucun.agencies["区工商局"])
    own = {k: v for k, v in make.complete(zhoucun).items() if k in ("reasons", "determined_at", "kind", "ground", "quality_checked", "contact")}
    services.save_draft(onward.pk, by=by, data=own | {"facts": "受移送机关自己的说法。"})
    services.submit_referral(onward.pk, by=by)
    services.sign_referral(onward.pk, by=zhoucun.actor(by.agency.short_name, Post.HEAD))
    said = json.dumps(OfficialDocument.objects.get(subject_id=onward.pk, kind="referral_letter").content, ensure_ascii=False)
    assert fresh(first).stated.facts in said
    assert "受移送机关自己的说法。" in said
    assert first.number in said


def test_case_fields_of_a_received_case_are_written_by_no_draft(zhoucun):
    """Also where an older draft still hangs on the sender's case."""
    first = make.signed_for(zhoucun)
    onward = services.refer_onward(first.pk, by=make.receiver(zhoucun), to=zhoucun.agencies["区工商局"])
    Referral.objects.filter(pk=onward.pk).update(case=first.case_id)
    with pytest.raises(NotAllowed):
        services.save_draft(onward.pk, by=make.receiver(zhoucun), data={"facts": "改写"})
    assert Material.objects.filter(case=first.case_id).exists()
