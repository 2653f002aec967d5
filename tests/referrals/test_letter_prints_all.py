"""What the draft asks for is printed: every field's value is in the letter, or the field is in a short list with its reason."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from foundation.cases.models import Matter
from referrals import documents
from referrals.draft_form import DraftForm
from referrals.letter_facts import moment_words
from referrals.models import Referral
from tests import make

NOT_PRINTED = {
    "change_reason": "stands with the version in the timeline, for both sides",
    "quality_checked": "confirmed by who files and who signs; the letter is the result of it",
    "party_kind": "shows in what a party's number and representative are called",
    "party_document": "printed as the name of the number",
    "correction_reason": "told to the signing leader and the overseers, in the trail",
    "sender_department": "printed where `contact` gives no other words (test_contact_on_letters.py)",
    "sender_person": "the same",
    "sender_phone": "the same",
    "confidentiality": "printed as the mark of secrecy, in the field's own words",
}
FULL = {
    "source": "complaint", "place": "泰山南路甲八八号", "ongoing": True, "onsite_measures": "已责令停工并封存。", "urgent": True,
    "competent_told": "向值班室王工电话告知。", "rectify_told": "已发责令改正通知书。",
    "urgent_reason": "废水正流入大沙河。", "party_kind": "person", "party_name": "张三丰", "party_document": "other", "party_document_words": "军官证",
    "party_code": "南字第00112233号", "party_representative": "李四光", "party_sex": "female", "party_age": 47, "party_address": "薛城区临山路乙九号",
    "party_contact": "0632-5551234", "facts": "堆放建筑材料约二十平方米。", "preliminary_investigation": "询问了三名证人。",
    "prior_correction": "已两次责令改正。", "suspected_crime": True, "legacy": True, "legacy_consultation": "双方于三月会商一次。", "reasons": "处罚权在对方。",
    "name_exception": "《某条例》第九条", "expired_override": "案情紧急，新规未出。", "contact": "王经办0632-4400000", "case_number": "薛住建罚立〔2026〕18号", "violated_article": "某条例第二十七条",
    "officers": [{"name": "周执法", "certificate": "鲁D-0400-1"}, {"name": "吴监督", "certificate": "鲁D-0400-2"}],
}  # fmt: skip
FURTHER = [
    {"kind": "enterprise", "name": "枣庄第二建材公司", "code": "91370403MA3C00007Y", "representative": "赵法人", "address": "东外环丙七号", "contact": "13900000000"},
    {"kind": "person", "name": "钱司机", "document": "passport", "code": "E12345678", "sex": "male", "age": 33, "document_words": ""},
]  # fmt: skip


def letter_of(world, **changes):
    matter = Matter.objects.filter(jurisdiction=world.jurisdiction).last()
    township = next((a for a in world.agencies.values() if a.kind == "township"), None)
    hour_ago = timezone.now() - timedelta(hours=1)
    moments = {"stopped_at": hour_ago, "competent_told_at": hour_ago + timedelta(minutes=7), "rectify_told_on": timezone.localdate()}
    data = FULL | moments | {"filed_on": timezone.localdate(), "matter": matter, "township": township, "further_parties": FURTHER} | changes
    referral = make.draft(world, **data)
    referral = Referral.objects.select_related("case__matter", "from_agency", "to_agency").get(pk=referral.pk)
    copy = next(a for a in world.agencies.values() if a.pk not in (referral.from_agency_id, referral.to_agency_id))
    content = documents.referral_letter(referral, [], [copy], reply="")
    return referral, copy, json.dumps(content, ensure_ascii=False)


@pytest.mark.parametrize("district", ["xuecheng", "zhoucun", "shuocheng", "yiyuan", "qidong"])
def test_every_field_of_the_draft_is_in_the_letter(request, db, district):
    from tests.conftest import world_of

    world = world_of(district)
    referral, copy, letter = letter_of(world)
    case = referral.case
    local = timezone.localtime
    rules = world.profile.referral
    printed = {name: str(value) for name, value in FULL.items() if isinstance(value, str)} | {
        "source": case.get_source_display(), "party_sex": "性别：女", "party_age": "47岁", "party_code": case.party_code, "ongoing": "仍在进行", "urgent": "特急",
        "suspected_crime": "涉嫌犯罪", "legacy": "历史遗留问题", "matter": case.matter.name, "township": case.township.name if case.township else "", "to_agency": referral.to_agency.name,
        "copies": copy.name, "found_at": f"{local(case.found_at).hour}时{local(case.found_at).minute:02d}分",
        "determined_at": f"{local(referral.determined_at).hour}时{local(referral.determined_at).minute:02d}分",
        "kind": next((k.zh for k in rules.kinds if k.key == referral.kind), ""), "ground": next((g.zh for g in rules.grounds if g.key == referral.ground), ""),
        "stopped_at": f"{moment_words(case.stopped_at)}，我单位采取了制止措施", "competent_told_at": f"{moment_words(case.competent_told_at)}，我单位已告知主管一方",
        "rectify_told_on": f"{case.rectify_told_on.year}年{case.rectify_told_on.month}月{case.rectify_told_on.day}日，我单位已通知当事人改正",
        "further_parties": "枣庄第二建材公司", "filed_on": f"{case.filed_on.year}年{case.filed_on.month}月{case.filed_on.day}日立案",
        "officers": "周执法（执法证号：鲁D-0400-1）、吴监督（执法证号：鲁D-0400-2）",
    }  # fmt: skip
    missing = []
    for name in DraftForm.base_fields:
        if name in NOT_PRINTED:
            continue
        if name not in printed or printed[name] not in letter:
            missing.append(name)
    assert missing == []
    for party in FURTHER:
        assert [
            value for name, value in party.items() if isinstance(value, str) and name not in ("kind", "document", "sex") and value not in letter
        ] == []
    assert "33岁" in letter
    assert "护照号码：E12345678" in letter
    assert "等3个当事人涉嫌" in letter


@pytest.mark.parametrize(("mark", "says"), [("trade", "内部"), ("work", "工作秘密")])
def test_the_mark_of_secrecy_is_printed(xuecheng, mark, says):
    assert says in letter_of(xuecheng, confidentiality=mark)[2]


def test_one_party_with_a_name_and_a_code_alone_has_no_paragraph_of_particulars(xuecheng):
    bare = {name: "" for name in FULL if name.startswith("party_")} | {"party_kind": "enterprise", "party_name": "甲公司", "party_age": None}
    letter = letter_of(xuecheng, **bare, further_parties=[])[2]
    assert "当事人基本情况" not in letter
    assert "甲公司涉嫌" in letter


def test_an_unknown_party_is_said_to_be_unknown_and_what_the_clue_calls_it_is_kept(xuecheng):
    letter = letter_of(xuecheng, party_kind="unknown", party_name="绰号老七", further_parties=[])[2]
    assert "当事人待查" in letter
    assert "线索所称：绰号老七" in letter
