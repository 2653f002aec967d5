"""The facts of a letter that is out are put right in a new version beside it: attributed, with a reason, read by both sides."""

from __future__ import annotations

import json

import pytest
from django import forms
from django.test import TestCase
from django.urls import reverse

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed, NotVisible, WrongState
from core.models import AuditEntry
from foundation.cases.models import CaseVersion
from notifications.models import Message
from referrals import services
from referrals.correct_form import CorrectFactsForm
from referrals.models import Notice
from referrals.selectors import referrals_visible_to
from referrals.services.correcting import CORRECTABLE
from tests import make
from tests.referrals.test_notices import noticed  # noqa: F401
from tests.referrals.test_version import fresh, second_draft, signed_again

WHY = "复核后更正堆放面积"
FACTS = "经复核，堆放面积为六十平方米。"


def leader(world):
    return make.sender(world, Post.LEADER)


def sent(world, referral_id):
    services.submit_referral(referral_id, by=make.sender(world))
    with TestCase.captureOnCommitCallbacks(execute=True):
        return services.sign_referral(referral_id, by=make.signer(world))


def correct(world, referral, **changes):
    return services.correct_facts(referral.pk, by=leader(world), reason=WHY, changes=changes or {"facts": FACTS})


def test_the_letter_keeps_its_version_and_a_new_one_stands_beside_it(xuecheng):
    letter = make.signed_for(xuecheng)
    said = (fresh(letter).stated.facts, fresh(letter).title)
    correct(xuecheng, letter, facts=FACTS, party_name="枣庄喆堃新材料有限公司")
    after = fresh(letter)
    assert (after.stated.facts, after.title) == said
    newest = after.case.signed_version
    assert (newest.number, newest.content["facts"], newest.party_name) == (2, FACTS, "枣庄喆堃新材料有限公司")
    assert (newest.maker, newest.agency_id, newest.reason) == (leader(xuecheng).name, letter.from_agency_id, WHY)
    assert newest.materials == after.case_version.materials
    assert after.case.facts == FACTS
    assert CaseVersion.objects.filter(case=letter.case_id).count() == 2


def test_both_sides_read_it_beside_the_signed_words_with_the_reason(xuecheng, client):
    letter = make.signed_for(xuecheng)
    said = fresh(letter).stated.facts
    correct(xuecheng, letter)
    for side in (make.sender(xuecheng), make.receiver(xuecheng)):
        client.force_login(side.user)
        page = client.get(reverse("referral", args=[letter.pk])).content.decode()
        assert page.count(FACTS) == 2  # beside the letter's, and in the timeline
        assert said in page
        assert WHY in page
        rest = client.get(f"/api/v1/referrals/{letter.pk}/").json()
        assert rest["case"]["facts"] == said
        assert rest["newer_version"]["version"]["reason"] == WHY
        assert [c["after"] for c in rest["newer_version"]["changes"]] == [FACTS]
        row = next(r for r in client.get(f"/api/v1/referrals/{letter.pk}/timeline/").json()["results"] if r["verb"] == "referral.correct_facts")
        assert row["changes"][0]["after"] == FACTS
    told = Message.objects.filter(text__contains="案情已更正").values_list("user_id", flat=True)
    assert {make.receiver(xuecheng).user_id, make.sender(xuecheng).user_id} <= set(told)


def test_the_trail_holds_who_and_which_versions_and_no_word_of_the_case(xuecheng):
    letter = make.signed_for(xuecheng)
    correct(xuecheng, letter)
    entry = AuditEntry.objects.get(verb="referral.correct_facts")
    assert (entry.actor_user_id, entry.detail["reason"]) == (leader(xuecheng).user_id, WHY)
    assert FACTS not in json.dumps(entry.detail, ensure_ascii=False)


def test_who_is_no_side_reads_that_there_is_one_and_not_what_it_says(xuecheng, client):
    letter = make.signed_for(xuecheng)
    correct(xuecheng, letter)
    client.force_login(xuecheng.user("区政府办公室", Post.AUDITOR))
    page = client.get(reverse("referral", args=[letter.pk])).content.decode()
    assert FACTS not in page
    assert client.get(f"/api/v1/referrals/{letter.pk}/").json()["newer_version"] is None


@pytest.mark.parametrize(
    ("reason", "changes", "field"),
    [
        ("", {"facts": FACTS}, "reason"), ("aaaa", {"facts": FACTS}, "reason"), (WHY, {}, "facts"), (WHY, {"facts": ""}, "facts"),
        (WHY, {"party_name": ""}, "party_name"), (WHY, {"party_code": "91370403MA3C4H6W12"}, "party_code"),
        (WHY, {"further_parties": [{"kind": "person", "name": "王某", "code": "370403199001011230"}]}, "further_parties"),
    ],
)  # fmt: skip
def test_what_is_refused_says_beside_which_field_and_changes_nothing(xuecheng, reason, changes, field):
    letter = make.signed_for(xuecheng)
    with pytest.raises(BadInput) as error:
        services.correct_facts(letter.pk, by=leader(xuecheng), reason=reason, changes=changes)
    assert field in error.value.fields
    assert CaseVersion.objects.filter(case=letter.case_id).count() == 1


def test_neither_the_matter_nor_a_clocks_event_is_changed_this_way(xuecheng, client):
    letter = make.signed_for(xuecheng)
    client.force_login(leader(xuecheng).user)
    body = json.dumps({"reason": WHY, "urgent": True})
    answer = client.post(f"/api/v1/referrals/{letter.pk}/correct_facts/", body, content_type="application/json", headers={"If-Match": "*"})
    assert answer.status_code == 400
    with pytest.raises(BadInput):
        services.correct_facts(letter.pk, by=leader(xuecheng), reason=WHY, changes={"urgent": True})


def test_only_a_leader_of_the_cases_own_agency_and_only_once_a_letter_is_out(xuecheng):
    draft = make.draft(xuecheng)
    with pytest.raises(WrongState):
        correct(xuecheng, draft)
    letter = make.signed_for(xuecheng, party_code=make.credit_code(5))
    for by in (make.sender(xuecheng), make.receiver(xuecheng, Post.LEADER)):
        with pytest.raises(NotAllowed):
            services.correct_facts(letter.pk, by=by, reason=WHY, changes={"facts": FACTS})
    with pytest.raises(NotVisible):
        services.correct_facts(letter.pk, by=xuecheng.actor("区民政局", Post.LEADER), reason=WHY, changes={"facts": FACTS})


def test_what_an_unsent_draft_says_is_no_part_of_the_correction(shuocheng):
    letter = make.signed_for(shuocheng)
    second_draft(shuocheng, letter, place="尚未签发的另一地点")
    correct(shuocheng, letter)
    after = fresh(letter)
    assert after.case.signed_version.content["place"] == after.stated.place
    assert (after.case.place, after.case.facts) == ("尚未签发的另一地点", FACTS)


def test_every_other_letter_on_the_case_is_told(shuocheng):
    letter = make.signed_for(shuocheng)
    second = signed_again(shuocheng, letter, change_reason="一并移送", facts="另行查明：堆放面积为六十平方米。")
    correct(shuocheng, letter, facts="最终查明：堆放面积为七十平方米。")
    assert AuditEntry.objects.filter(verb="referral.note_newer_version", subject_id=str(second.pk)).exists()


def test_another_party_voids_the_prior_notice_and_both_are_told(yiyuan, noticed):  # noqa: F811
    letter = sent(yiyuan, noticed.referral_id)
    services.correct_facts(letter.pk, by=make.signer(yiyuan), reason="当事人登记有误", changes={"party_name": "另一家公司"})
    assert Notice.objects.get(pk=noticed.pk).state == "void"
    assert referrals_visible_to(make.system()).get(pk=letter.pk).prior_notice_at is None


def test_what_nobody_was_told_before_leaves_the_prior_notice(yiyuan, noticed):  # noqa: F811
    letter = sent(yiyuan, noticed.referral_id)
    services.correct_facts(letter.pk, by=make.signer(yiyuan), reason="补写立案案号", changes={"case_number": "沂住建立〔2026〕9号"})
    assert Notice.objects.get(pk=noticed.pk).state == "sent"


def test_the_page_shows_what_was_put_out_and_keeps_what_was_typed(xuecheng, client):
    letter = make.signed_for(xuecheng)
    client.force_login(leader(xuecheng).user)
    url = reverse("correct-facts", args=[letter.pk])
    page = client.get(url).content.decode()
    assert fresh(letter).stated.facts in page
    data = {"version": fresh(letter).version, "party_kind": "enterprise", "party_name": "枣庄喆堃建材有限公司", "party_code": make.credit_code(),
            "place": "薛城区泰山南路88号", "facts": FACTS, "further_parties": "rows", "officers": "rows"}  # fmt: skip
    refused = client.post(url, data)
    assert refused.status_code == 400
    assert FACTS in refused.content.decode()
    assert client.post(url, data | {"reason": WHY}).status_code == 302
    assert fresh(letter).case.facts == FACTS
    client.force_login(make.sender(xuecheng).user)
    assert client.get(url).status_code == 403


def test_rest_changes_what_is_given_and_leaves_the_rest(xuecheng, client):
    letter = make.signed_for(xuecheng)
    client.force_login(leader(xuecheng).user)
    url, body = f"/api/v1/referrals/{letter.pk}/correct_facts/", json.dumps({"reason": WHY, "facts": FACTS})
    assert client.post(url, body, content_type="application/json").status_code == 428
    answer = client.post(url, body, content_type="application/json", headers={"If-Match": f'"v{fresh(letter).version}"'})
    assert answer.status_code == 200, answer.content
    newest = fresh(letter).case.signed_version
    assert {k: v for k, v in newest.content.items() if k != "facts"} == {k: v for k, v in fresh(letter).case_version.content.items() if k != "facts"}


def test_the_longest_facts_are_kept(xuecheng, client):
    """Of every fact that may be corrected as much as its field takes, but for a number, which is checked."""
    letter = make.signed_for(xuecheng)
    most = dict.fromkeys(CORRECTABLE, "长名" * 2000)
    fields = {n: f for n, f in CorrectFactsForm.base_fields.items() if isinstance(f, forms.CharField) and f.max_length and n != "party_code"}
    body = {"reason": WHY} | {name: most.get(name, WHY)[: field.max_length] for name, field in fields.items()}
    client.force_login(leader(xuecheng).user)
    url = f"/api/v1/referrals/{letter.pk}/correct_facts/"
    answer = client.post(url, json.dumps(body), content_type="application/json", headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.content
    assert fresh(letter).case.signed_version.content["facts"] == body["facts"]
