"""What cannot print is named beside its field, at the act; what has a standard character is made standard."""

from __future__ import annotations

import json

import pytest
from django.test import TestCase

from accounts.kinds import Post
from core.characters import STANDARD, standard, unprintable
from core.errors import BadInput
from documents.models import OfficialDocument
from documents.printing import demand_printable
from oversight import services as desk
from oversight import watch
from oversight.models import Escalation
from referrals import services
from tests import make

NO_FONT_HAS_IT = "\U00031350"  # of extension H


def test_a_private_code_point_of_gb_18030_becomes_its_standard_character():
    """GB 18030 tells which: its code table of 2000 has the private ones, that of 2022 the standard ones."""
    assert standard("\ue863") == "䶮"
    assert standard("\ue76c") == "€"
    for code, meant in STANDARD.items():
        old = chr(code)
        assert not 0xE000 <= meant <= 0xF8FF
        assert unprintable(old) == [], f"U+{code:04X} → U+{meant:04X}"


def test_it_is_made_standard_where_it_enters(xuecheng, client):
    """On the page, as in REST: typed private, kept standard."""
    referral = make.draft(xuecheng)
    client.force_login(make.sender(xuecheng).user)
    for method, field in ((client.patch, "facts"), (client.patch, "party_name")):
        data = json.dumps({field: "当事人\ue863某"})
        answer = method(f"/api/v1/referrals/{referral.pk}/", data, content_type="application/json", headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.content
    referral.case.refresh_from_db()
    assert (referral.case.facts, referral.case.party_name) == ("当事人䶮某", "当事人䶮某")


def test_what_was_kept_private_before_prints_as_the_standard_character(xuecheng):
    """Imported or older text does not come through a form: the document is made standard when it is issued."""
    accepted = make.signed_for(xuecheng)
    services.accept_referral(accepted.pk, by=make.receiver(xuecheng), note="由\ue863某负责。")
    notice = OfficialDocument.objects.get(kind="referral_acceptance_notice", subject_id=accepted.pk)
    assert "由䶮某负责。" in str(notice.content)


def test_the_table_is_that_of_the_code_page():
    """Python's codec is of 2000: what it makes of FE50 to FEA0 is the private code point or, where Unicode had it, the character."""
    lows = [*range(0x50, 0x7F), *range(0x80, 0xA1)]
    for number, low in enumerate(lows):
        decoded = bytes((0xFE, low)).decode("gb18030")
        assert decoded in (chr(0xE815 + number), chr(STANDARD[0xE815 + number]))


@pytest.mark.parametrize("sign", [NO_FONT_HAS_IT, "\uf8ff", "😀", "\u202e", "\U000e0001", "\ud7b0"])
def test_what_no_face_draws_is_named_with_its_code_point(sign):
    with pytest.raises(BadInput, match=f"U\\+{ord(sign):04X}") as refused:
        demand_printable({"facts": f"当事人{sign}某", "reasons": "可印"})
    assert list(refused.value.fields) == ["facts"]


@pytest.mark.parametrize("text", ["", "两行\n字\t间　隔", "㎡²½☑①Ⅻ€°‰※№℃→", "囍龘镕喆堃䶮珺玥"])
def test_what_offices_type_is_let_through(text):
    demand_printable({"facts": text})


@pytest.mark.parametrize("field", ["facts", "place", "party_name", "reasons", "contact", "preliminary_investigation"])
def test_a_draft_with_it_does_not_reach_the_leader_on_page_or_rest(xuecheng, client, field):
    referral = make.draft(xuecheng, **{field: f"某{NO_FONT_HAS_IT}某"})
    with pytest.raises(BadInput) as refused:
        services.submit_referral(referral.pk, by=make.sender(xuecheng))
    assert "U+31350" in refused.value.fields[field]
    client.force_login(make.sender(xuecheng).user)
    answer = client.post(f"/api/v1/referrals/{referral.pk}/submit/", "{}", content_type="application/json", headers={"If-Match": "*"})
    assert answer.status_code == 400
    assert any(e["pointer"] == f"#/{field}" and "U+31350" in e["detail"] for e in json.loads(answer.content)["errors"])


ACTS = {
    "not_accept": (make.signed_for, services.not_accept_referral, make.receiver, "reasons", {"kind": "papers"}),
    "object": (make.signed_for, services.object_referral, make.receiver, "reasons", {}),
    "accept": (make.signed_for, services.accept_referral, make.receiver, "note", {}),
    "decide": (make.accepted, services.decide_referral, make.receiver, "decision", {}),
    "decide, number": (make.accepted, services.decide_referral, make.receiver, "number", {"kind": "penalty", "decision": "罚款"}),
}


@pytest.mark.parametrize("act", ACTS)
def test_every_act_whose_words_reach_a_document_refuses_it_beside_its_field(xuecheng, act):
    reach, service, who, field, more = ACTS[act]
    referral = reach(xuecheng)
    with pytest.raises(BadInput) as refused:
        service(referral.pk, by=who(xuecheng), **more, **{field: f"字{NO_FONT_HAS_IT}"})
    assert "U+31350" in refused.value.fields[field]


def test_so_do_the_dispute_and_the_extension(xuecheng, qidong, at):
    at("2026-03-09T09:00")
    dispute = make.disputed(xuecheng)
    services.report_dispute(dispute.pk, by=make.receiver(xuecheng, Post.LEADER))
    office, leader = xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK), xuecheng.actor("区政府", Post.GOVERNMENT_LEADER)
    third = xuecheng.agencies["区民政局"]
    with pytest.raises(BadInput, match=r"U\+31350"):
        services.propose_designation(dispute.pk, by=office, words=f"建议由民政局管辖{NO_FONT_HAS_IT}", handler=third)
    services.propose_designation(dispute.pk, by=office, words="建议由民政局管辖", handler=third)
    with pytest.raises(BadInput, match=r"U\+31350"):
        services.designate_agency(dispute.pk, by=leader, handler=make.proposed_handler(dispute), reasons=f"依职责由其管辖{NO_FONT_HAS_IT}")
    with pytest.raises(BadInput, match=r"U\+31350"):
        services.extend_referral(make.draft(qidong).pk, by=make.sender(qidong), reason=f"案情复杂需要查证{NO_FONT_HAS_IT}")


def test_so_does_the_governments_instruction(xuecheng, at):
    at("2026-03-09T09:00")
    with TestCase.captureOnCommitCallbacks(execute=True):
        late = make.delivered(xuecheng)
    today = watch.sweep(at("2026-03-13T00:00:01")) and at("2026-03-13T09:00").date()
    found = Escalation.objects.get(subject_kind="referral", subject_id=late.pk)
    office, leader = xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK), xuecheng.actor("区政府", Post.GOVERNMENT_LEADER)
    desk.propose_escalation(found.pk, by=office, words="建议照此办理", order="supervise")
    with pytest.raises(BadInput) as refused:
        desk.instruct_escalation(found.pk, by=leader, words=f"请依法办理{NO_FONT_HAS_IT}", order="supervise", until=today)
    assert "U+31350" in refused.value.fields["words"]


def test_the_number_is_not_taken_by_a_document_that_would_not_print(xuecheng):
    """The last gate, for texts that nobody typed at the act: here the name of an agency."""
    receiver = make.signed_for(xuecheng)
    agency = receiver.from_agency
    agency.name = f"某{NO_FONT_HAS_IT}局"
    agency.save()
    with pytest.raises(BadInput, match=r"U\+31350"):
        services.accept_referral(receiver.pk, by=make.receiver(xuecheng))
    assert not OfficialDocument.objects.filter(kind="referral_acceptance_notice", subject_id=receiver.pk).exists()
