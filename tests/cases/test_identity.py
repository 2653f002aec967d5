"""A number is checked by form, date and check character; what is said about it is true; every door says the same."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from core.errors import BadInput
from foundation.cases.identity import age_on, born_on, canonical_code, code_problem, kind_of_document, masked, sex_in
from foundation.cases.models import Case, DocumentKind
from referrals import services
from referrals.models import Referral
from tests import make

PERSON, COMPANY, UNKNOWN = "person", "enterprise", "unknown"


def card(body: str) -> str:
    return body + mod_11_2.calc_check_digit(body)


def credit(body: str) -> str:
    return body + uscc.calc_check_digit(body)


@pytest.mark.parametrize(
    "code",
    [
        "370403196506151239",  # Xuecheng, before the code 370403 is in the table of places
        card("37030619700101123"), card("37032319850101123"), card("14060319850101123"), card("32068119851231124"),
        card("37049919900101123"), card("46990119900101123"), card("65900919800229123"),
        "830000199001011234", card("81000019900101123"), card("82000020001231123"),
        "911156199001011232", "CAN112222812302", "370403900101123", card("11010519491231002"),
    ],
)  # fmt: skip
def test_a_persons_number_is_taken_whatever_a_table_of_places_says(code):
    assert code_problem(PERSON, code) is None
    assert code_problem(PERSON, code[:6] + " " + code[6:].lower()) is None


@pytest.mark.parametrize("first", "123456789ANY")
@pytest.mark.parametrize("second", "1239")
def test_a_credit_code_is_taken_whoever_registers(first, second):
    assert code_problem(COMPANY, credit(f"{first}{second}370403MA3C00007")) is None


@pytest.mark.parametrize("code", ["N1370403MA3C00007H", "A1370403MA3C00007X", "91110000802100433B", "914403001922038216"])
def test_known_credit_codes_are_taken(code):
    assert code_problem(COMPANY, code) is None


@pytest.mark.parametrize(
    ("kind", "code", "document", "says"),
    [
        (PERSON, "37040319650615123", "", "现为17位"),
        (PERSON, "3704031965061512399", "", "现为19位"),
        (PERSON, "37040X196506151239", "", "第6位“X”"),
        (PERSON, "370403196513151239", "", "“19651315”不是一个日期"),
        (PERSON, "370403196502301239", "", "“19650230”不是一个日期"),
        (PERSON, "370403209906151239", "", "在今天以后"),
        (PERSON, "370403165006151239", "", "早得不可能"),
        (PERSON, "370403196506151238", "", "校验位"),
        (PERSON, "37040319650615123X", "", "校验位"),
        (PERSON, "070403196506151239", "", "不以 0 开头"),
        (PERSON, "370403901301123", "", "“19901301”不是一个日期"),
        (PERSON, "E12345678", "", "现为9位"),
        (PERSON, "830000199001011235", "", "校验位"),
        (PERSON, "840000199001011234", DocumentKind.RESIDENCE_PERMIT, "81、82 或 83"),
        (PERSON, "811156199001011232", DocumentKind.FOREIGNER_CARD, "以 9 开头"),
        (PERSON, "E1", DocumentKind.PASSPORT, "现为2位"),
        (PERSON, "护E12345678", DocumentKind.PASSPORT, "第1位“护”"),
        (PERSON, "军字第0001", DocumentKind.OTHER, "须写明是什么证件"),
        (PERSON, "91370403MA3C00007Y", DocumentKind.CREDIT_CODE, "当事人是个人"),
        (COMPANY, "370403196506151239", DocumentKind.RESIDENT_CARD, "当事人是组织"),
        (COMPANY, "91370403MA3C00007", "", "现为17位"),
        (COMPANY, "91370403MA3C0000IY", "", "第17位“I”"),
        (COMPANY, "B1370403MA3C00007Y", "", "首位“B”"),
        (COMPANY, "913704A3MA3C00007Y", "", "只有数字"),
        (COMPANY, "91370403MA3C00007X", "", "校验位"),
        (COMPANY, "12345678", DocumentKind.ORGANISATION_CODE, "现为8位"),
        (COMPANY, "123456781", DocumentKind.ORGANISATION_CODE, "校验位"),
        (UNKNOWN, "1" * 41, "", "现为41位"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_truly(kind, code, document, says):
    said = code_problem(kind, code, document)
    assert says in said
    assert ("校验位" in said) == (says == "校验位")


@pytest.mark.parametrize(
    ("kind", "code", "document", "words"),
    [
        (PERSON, "E12345678", DocumentKind.PASSPORT, ""), (PERSON, "K0123456P", DocumentKind.PASSPORT, ""),
        (PERSON, "南字第00112233号", DocumentKind.OTHER, "军官证"), (COMPANY, "802100433", DocumentKind.ORGANISATION_CODE, ""),
        (COMPANY, "370000400000123", DocumentKind.OTHER, "工商注册号"), (UNKNOWN, "随便", "", ""), (PERSON, "", "", ""),
    ],
)  # fmt: skip
def test_another_kind_of_document_is_chosen(kind, code, document, words):
    assert code_problem(kind, code, document, words) is None


@settings(max_examples=1500, deadline=None)
@given(
    kind=st.sampled_from(["person", "enterprise", "unknown", "", "x"]),
    code=st.text(st.characters(), max_size=25) | st.from_regex(r"\A[0-9٣½²A-Za-z]{15,18}[Xx]?\Z"),
    document=st.sampled_from(["", *DocumentKind.values, "nonsense"]),
    words=st.text(max_size=5),
)
@example(kind="person", code="370499199001011237", document="", words="")
def test_no_text_whatever_breaks_the_check(kind, code, document, words):
    said = code_problem(kind, code, document, words)
    assert said is None or said
    kept = canonical_code(kind, code, document)
    assert canonical_code(kind, kept, document) == kept
    assert (code_problem(kind, kept, document, words) is None) == (said is None)
    masked(kind, kept, document), sex_in(code), born_on(code), kind_of_document(kind, code, document)


@settings(max_examples=300, deadline=None)
@given(
    area=st.integers(100000, 999999),
    born=st.dates(timezone.datetime(1900, 1, 1).date(), timezone.datetime(2026, 1, 1).date()),
    order=st.integers(0, 999),
)
def test_every_area_and_day_makes_a_good_number_and_one_wrong_digit_a_bad_one(area, born, order):
    code = card(f"{area}{born:%Y%m%d}{order:03d}")
    assert code_problem(PERSON, code) is None
    assert born_on(code) == born
    assert sex_in(code) == ("male" if order % 2 else "female")
    assert code_problem(PERSON, code[:15] + str((int(code[15]) + 1) % 10) + code[16:]) is not None


@pytest.mark.parametrize(
    ("kind", "code", "document"),
    [
        (PERSON, "830000199001011234", DocumentKind.RESIDENCE_PERMIT), (PERSON, "911156199001011232", DocumentKind.FOREIGNER_CARD),
        (PERSON, "CAN112222812302", DocumentKind.FOREIGNER_CARD), (PERSON, "370403196506151239", DocumentKind.RESIDENT_CARD),
        (COMPANY, "91370403MA3C00007Y", DocumentKind.CREDIT_CODE), (UNKNOWN, "91370403MA3C00007Y", DocumentKind.CREDIT_CODE),
        (UNKNOWN, "370403196506151239", DocumentKind.RESIDENT_CARD), (UNKNOWN, "12345", ""),
    ],
)  # fmt: skip
def test_the_number_tells_its_kind_where_none_was_chosen(kind, code, document):
    assert kind_of_document(kind, code) == document


def test_a_number_of_fifteen_digits_is_kept_with_eighteen():
    assert canonical_code(PERSON, "370403 650615 123") == "370403196506151239"
    assert canonical_code(PERSON, "370403651315123") == "370403651315123"
    assert canonical_code(COMPANY, "370000400000123", DocumentKind.OTHER) == "370000400000123"


def test_age_is_in_full_years():
    born = born_on("370403196506151239")
    assert age_on(born.replace(year=2026, month=6, day=14), born) == 60
    assert age_on(born.replace(year=2026, month=6, day=15), born) == 61


@pytest.mark.parametrize(
    ("kind", "code", "document", "shown"),
    [
        (PERSON, "370403196506151239", "", "370403********1239"), (UNKNOWN, "370403196506151239", "", "370403********1239"),
        (PERSON, "E12345678", DocumentKind.PASSPORT, "E1*****78"), (PERSON, "CAN112222812302", "", "CA***********02"),
        (COMPANY, "91370403MA3C00007Y", "", "91370403MA3C00007Y"), (UNKNOWN, "91370403MA3C00007Y", "", "91370403MA3C00007Y"),
        (PERSON, "12", DocumentKind.OTHER, "**"),
    ],
)  # fmt: skip
def test_a_persons_number_is_masked_whatever_its_kind(kind, code, document, shown):
    assert Case(party_kind=kind, party_code=code, party_document=document).masked_code == shown


GIVEN = [
    (PERSON, "370403196506151239", "370403196506151239", True), (PERSON, "３７０４０３ 19650615-1239", "370403196506151239", True),
    (PERSON, "370499199001011237", "370499199001011237", True), (PERSON, "370403196506151238", "370403196506151238", False),
    (PERSON, "370403901301123", "370403901301123", False), (COMPANY, " 9137 0403 ma3c 0000 7y ", "91370403MA3C00007Y", True),
    (COMPANY, "91370403MA3C00007X", "91370403MA3C00007X", False), (COMPANY, "９1370403MA3C00007Y", "91370403MA3C00007Y", True),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "typed", "kept", "good"), GIVEN)
def test_the_page_says_while_typing_what_submitting_says_by_page_and_by_rest(xuecheng, client, kind, typed, kept, good):
    referral = make.draft(xuecheng)
    actor = make.sender(xuecheng)
    client.force_login(actor.user)
    said = client.get(reverse("check-code"), {"kind": kind, "code": typed}).json()
    assert (said["problem"] is None) == good
    assert said["code"] == kept
    # The page keeps it, and shows it cleaned.
    page = client.post(reverse("autosave", args=[referral.pk]), {"party_kind": kind, "party_name": "甲", "party_code": typed})
    assert page.status_code == 200
    assert kept in client.get(reverse("edit-referral", args=[referral.pk])).content.decode()
    # REST keeps the same.
    version = f'"v{Referral.objects.get(pk=referral.pk).version}"'
    body = json.dumps({"party_kind": kind, "party_code": typed})
    answer = client.patch(reverse("api-referral", args=[referral.pk]), body, content_type="application/json", headers={"If-Match": version})
    assert answer.status_code == 200, answer.content
    assert answer.json()["case"]["party_code"] == kept
    missing = {m["field"]: m["sentence"] for m in answer.json()["missing"]}
    assert missing.get("party_code") == said["problem"]
    # Submitting says the same sentence.
    if good:
        assert services.submit_referral(referral.pk, by=actor).state == "submitted"
    else:
        with pytest.raises(BadInput) as refused:
            services.submit_referral(referral.pk, by=actor)
        assert refused.value.fields == {"party_code": said["problem"]}


@pytest.mark.parametrize("code", ["370499199001011237", "٣" * 18, "½" * 18, "\U0001f600" * 18, "x" * 40])
def test_no_number_breaks_the_draft_that_holds_it(xuecheng, client, code):
    referral = make.draft(xuecheng)
    client.force_login(make.sender(xuecheng).user)
    for kind in (PERSON, COMPANY, UNKNOWN):
        saved = client.post(reverse("autosave", args=[referral.pk]), {"party_kind": kind, "party_code": code})
        assert saved.status_code in (200, 400)
        assert client.get(reverse("check-code"), {"kind": kind, "code": code}).status_code == 200
        assert client.get(reverse("edit-referral", args=[referral.pk])).status_code == 200
        assert client.get(reverse("referral", args=[referral.pk])).status_code == 200


def test_sex_and_age_come_from_the_number_where_nobody_filled_them_in(xuecheng):
    referral = make.draft(xuecheng, party_kind=PERSON, party_name="张三", party_code="370403196506151239")
    case = Referral.objects.get(pk=referral.pk).case
    assert case.party_sex == "male"
    assert case.party_age == age_on(timezone.localdate(case.found_at), born_on(case.party_code))
    services.save_draft(referral.pk, by=make.sender(xuecheng), data={"party_sex": "female"})
    with pytest.raises(BadInput) as refused:
        services.submit_referral(referral.pk, by=make.sender(xuecheng))
    assert set(refused.value.fields) == {"party_sex"}


def test_a_list_is_filtered_by_a_code_as_it_is_typed(xuecheng, client):
    make.draft(xuecheng, party_code="91370403MA3C00007Y")
    client.force_login(make.sender(xuecheng).user)
    for address in ("api-cases", "api-referrals"):
        found = client.get(reverse(address), {"party_code": "９1370403 ma3c-00007y"}).json()["results"]
        assert len(found) == 1, address


def test_a_codes_length_is_counted_after_cleaning():
    from referrals.draft_form import DraftForm

    field = DraftForm.base_fields["party_code"]
    assert field.clean("91 37 04 03 MA 3C 00 00 7Y" + " " * 40) == "91370403MA3C00007Y"
    with pytest.raises(ValidationError):
        field.clean("1" * 41)
