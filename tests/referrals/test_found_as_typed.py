"""What people type is found, however their keyboards, input methods and PDF readers write it; what was not said is not found."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from referrals import services
from referrals.models import Wording
from referrals.selectors import page_after, referrals_visible_to, searched
from referrals.words import alternatives, words_of
from tests import make

CODE = make.credit_code(7)
SAID = {
    "party_name": "枣庄大〇龙马车业有限公司", "party_code": CODE, "place": "薛城区泰山南路12号3栋A座",
    "facts": "二〇二六年三月，当事人在后院堆放麵粉袋装物约㎡二十，门口无公示牌。",
}  # fmt: skip

FOUND = {
    "as it is": "龙马车业",
    "one character": "龙",
    "one digit beside a character": "3栋",
    "one letter": "a座",
    "full width": "１２号",
    "full-width letters": "Ａ座",
    "ideographic zero": "大〇龙",
    "ideographic zero alone": "〇",
    "zero as a circle": "大○龙",
    "zero as a word": "二零二六年",
    "traditional forms": "龍馬車業",
    "traditional in a fact, simplified asked": "面粉",
    "simplified in a fact, traditional asked": "後院",
    "Kangxi radicals": "⻰⻢⻋",
    "Kangxi block": "⼤〇⻰",
    "compatibility forms": "公示牌 ３栋",
    "a place": "泰山南路",
    "a fact": "堆放",
    "the name of a file": "现场勘验笔录",
    "traditional name of a file": "現場勘驗筆錄",
    "a code": CODE,
    "a code with spaces, lower case": " ".join(CODE[i : i + 4] for i in range(0, len(CODE), 4)).lower(),
    "a code with hyphens in full width": "－".join((CODE[:8], CODE[8:])),
    "initials": "lmcy",
    "two words": "龙马 泰山",
}
MISSED = {
    "another name": "虎马车业",
    "a part of the code": CODE[:10],
    "one character that is not there": "鑫",
    "pair across a comma": "月当",
    "another file": "讯问笔录",
}


@pytest.fixture
def draft(xuecheng):
    referral = make.draft(xuecheng, **SAID)
    paper = SimpleUploadedFile("现场勘验笔录.txt", "勘验情况如下。".encode())
    slot = next(iter(services.materials.slot_names(xuecheng.profile)))
    services.attach_material(referral.pk, by=make.sender(xuecheng), slot=slot, name=paper.name, size=paper.size, stream=paper)
    return referral


def found(world, query, by=None):
    return list(searched(referrals_visible_to(by or make.sender(world)), query).values_list("pk", flat=True))


@pytest.mark.parametrize("query", FOUND.values(), ids=FOUND)
def test_it_is_found(xuecheng, draft, query):
    assert found(xuecheng, query) == [draft.pk]


@pytest.mark.parametrize("query", MISSED.values(), ids=MISSED)
def test_it_is_not_found(xuecheng, draft, query):
    assert found(xuecheng, query) == []


def test_the_page_rest_and_every_desk_ask_the_same_table(xuecheng, draft, client):
    from django.urls import reverse
    from django.utils import timezone

    by = make.sender(xuecheng)
    client.force_login(by.user)
    assert [row["id"] for row in client.get("/api/v1/referrals/", {"q": "龍馬"}).json()["results"]] == [draft.pk]
    assert reverse("referral", args=[draft.pk]) in client.get(reverse("desk", args=["all"]), {"q": "勘验"}).content.decode()
    assert [r.pk for r in page_after(by, "drafts", {"q": "后院"}, timezone.now())[0]] == [draft.pk]


def test_a_file_that_is_taken_away_is_found_no_more(xuecheng, draft):
    paper = draft.case.materials.get(name__startswith="现场勘验")
    services.remove_material(draft.pk, paper.pk, by=make.sender(xuecheng))
    assert found(xuecheng, "勘验") == []


def test_a_paper_added_after_the_signing_is_not_found_by_its_name(xuecheng):
    """A former receiver, who does not see it, would learn of it by asking."""
    letter = make.signed_for(xuecheng)
    services.request_supplement(letter.pk, by=make.receiver(xuecheng), wanted="请补充勘验材料。")
    paper = SimpleUploadedFile("补充勘验附图.txt", "附图说明。".encode())
    slot = next(iter(services.materials.slot_names(xuecheng.profile)))
    services.attach_material(letter.pk, by=make.sender(xuecheng), slot=slot, name=paper.name, size=paper.size, stream=paper)
    services.supply_supplement(letter.pk, by=make.sender(xuecheng))
    call_command("renew_words")
    assert found(xuecheng, "补充勘验") == []


def test_the_receiver_finds_the_letter_as_it_was_signed(xuecheng):
    letter = make.delivered(xuecheng, **SAID)
    by = make.receiver(xuecheng)
    assert found(xuecheng, "面粉", by) == [letter.pk]
    assert found(xuecheng, letter.number, by) == [letter.pk]
    assert found(xuecheng, letter.number.replace("〔", "[").replace("〕", "]"), by) == [letter.pk]


def test_the_number_of_the_decision_is_found(xuecheng):
    from django.utils import timezone

    letter = make.accepted(xuecheng)
    by = make.receiver(xuecheng)
    services.decide_referral(letter.pk, by=by, kind="penalty", decision="罚款", number="薛城管罚决字〔2026〕第77号", at=timezone.now())
    assert found(xuecheng, "罚决字〔２０２６〕第77号") == [letter.pk]


def test_words_written_before_are_renewed_by_a_command(xuecheng, draft, capsys):
    Wording.objects.filter(pk=draft.pk).update(words=["枣庄"])
    assert found(xuecheng, "后院") == []
    call_command("renew_words")
    assert found(xuecheng, "后院") == [draft.pk]
    assert f"the last {draft.pk}" in capsys.readouterr().out


def test_an_act_that_changes_no_word_writes_none(xuecheng):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    letter = make.delivered(xuecheng)
    with CaptureQueriesContext(connection) as asked:
        services.sign_for_referral(letter.pk, by=make.receiver(xuecheng))
    assert not [q["sql"] for q in asked if "referrals_wording" in q["sql"]]


def test_what_is_asked_is_stored_wherever_a_phrase_is_cut():
    """Sign by sign: a converter of phrases would fold 乾隆 and 乾 apart."""
    whole = set(words_of(["乾隆年間後裏麵粉"], []))
    for query in ("乾隆", "乾", "年间", "後裏", "后里", "麵粉", "面粉", "間"):
        assert set(alternatives(query)[0]) <= whole
