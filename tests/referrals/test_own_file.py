"""The sender's own file (案号, 立案日期), its officers and the article violated: on the page, by REST, in the version and in the letter."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import BadInput
from documents.models import OfficialDocument
from foundation.cases.stated import changes_between
from referrals import services
from referrals.models import Referral
from tests import make

OFFICERS = [{"name": "王执法", "certificate": "鲁D-04000123"}, {"name": "李监督", "certificate": "鲁D-04000124"}]
ARTICLE = "《城市道路管理条例》第二十七条第五项"


def today():
    return timezone.localdate()


def file(**changes):
    return {"case_number": "薛住建罚立〔2026〕18号", "filed_on": today(), "officers": OFFICERS, "violated_article": ARTICLE} | changes


def fresh(referral):
    return Referral.objects.select_related("case__matter", "case_version", "from_agency", "to_agency").get(pk=referral.pk)


def letter(referral):
    return json.dumps(OfficialDocument.objects.get(kind="referral_letter", subject_id=referral.pk).content, ensure_ascii=False)


def change(client, referral, body):
    return client.patch(
        reverse("api-referral", args=[referral.pk]), json.dumps(body), content_type="application/json",
        headers={"If-Match": f'"v{fresh(referral).version}"'},
    )  # fmt: skip


@pytest.fixture
def signed_in(xuecheng, client):
    client.force_login(make.sender(xuecheng).user)
    return client


def test_the_letter_names_the_file_the_two_officers_with_their_certificates_and_the_article(xuecheng):
    said = letter(make.signed(xuecheng, **file()))
    day = today()
    assert f"我单位已于{day.year}年{day.month}月{day.day}日立案（案号：薛住建罚立〔2026〕18号）。" in said
    assert "执法人员：王执法（执法证号：鲁D-04000123）、李监督（执法证号：鲁D-04000124）。" in said
    assert f"上述行为涉嫌违反：{ARTICLE}。" in said


def test_a_letter_without_them_says_nothing_of_them(xuecheng):
    said = letter(make.signed(xuecheng))
    assert all(word not in said for word in ("立案", "执法人员", "上述行为涉嫌违反"))


def test_the_page_keeps_what_is_typed_and_shows_it_to_the_receiver(xuecheng, client, signed_in):
    referral = make.draft(xuecheng)
    address = reverse("edit-referral", args=[referral.pk])
    posted = {"case_number": "薛住建罚立〔２０２６〕18号", "filed_on": today().isoformat(), "violated_article": ARTICLE, "officers": "rows"}
    posted |= {f"officers-{n}-{name}": value for n, officer in enumerate(OFFICERS) for name, value in officer.items()}
    assert signed_in.post(address, posted).status_code == 302
    case = fresh(referral).case
    assert (case.case_number, case.filed_on, case.officers, case.violated_article) == ("薛住建罚立〔2026〕18号", today(), OFFICERS, ARTICLE)
    page = signed_in.get(address).content.decode()
    assert all(value in page for officer in OFFICERS for value in officer.values())
    sent = make.delivered(xuecheng, party_code=make.credit_code(5), **file())
    client.force_login(make.receiver(xuecheng).user)
    page = client.get(reverse("referral", args=[sent.pk])).content.decode()
    assert all(words in page for words in ("薛住建罚立〔2026〕18号", "王执法", "鲁D-04000124", ARTICLE))


def test_rest_takes_and_gives_them(xuecheng, signed_in):
    referral = make.draft(xuecheng)
    answer = change(signed_in, referral, file(filed_on=today().isoformat()))
    assert answer.status_code == 200, answer.content
    told = answer.json()["case"]
    assert (told["case_number"], told["filed_on"], told["officers"], told["violated_article"]) == (
        "薛住建罚立〔2026〕18号", today().isoformat(), OFFICERS, ARTICLE,
    )  # fmt: skip
    assert change(signed_in, referral, {"place": "别处"}).json()["case"]["officers"] == OFFICERS
    assert change(signed_in, referral, {"officers": None, "filed_on": None}).json()["case"]["officers"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"officers": [*OFFICERS, {"name": "第三人", "certificate": "3"}]},
        {"officers": [{"name": "王", "badge": "1"}]},
        {"officers": "王执法"},
        {"officers": [{"name": 5}]},
        {"filed_on": "yesterday"},
        {"filed_on": "1899-01-01"},
        {"case_number": "长" * 61},
        {"violated_article": "长" * 201},
    ],
)
def test_rest_refuses_what_is_none_and_keeps_nothing_of_it(xuecheng, signed_in, wrong):
    referral = make.draft(xuecheng)
    answer = change(signed_in, referral, wrong)
    assert answer.status_code == 400
    assert next(iter(wrong)) in answer.content.decode()
    assert fresh(referral).case.officers == []


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"officers": OFFICERS[:1]}, "officers", "不得少于两人"),
        ({"officers": [OFFICERS[0], {"name": "李监督", "certificate": ""}]}, "officers", "第2名"),
        ({"officers": [OFFICERS[0], {"name": "", "certificate": "X1"}]}, "officers", "第2名"),
        ({"officers": [OFFICERS[0], OFFICERS[0] | {"name": "李监督"}]}, "officers", "执法证号相同"),
        ({"filed_on": lambda: today() + dt.timedelta(days=1)}, "filed_on", "不能晚于今天"),
        ({"filed_on": lambda: today() - dt.timedelta(days=9)}, "filed_on", "不能早于发现"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_before_the_letter_goes_to_the_leader(xuecheng, changes, field, says):
    given = {name: value() if callable(value) else value for name, value in changes.items()}
    referral = make.draft(xuecheng, **file(**given))
    with pytest.raises(BadInput) as refused:
        services.submit_referral(referral.pk, by=make.sender(xuecheng))
    assert set(refused.value.fields) == {field}
    assert says in refused.value.fields[field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("case_number", "〔2026〕\U0001f600号"),
        ("violated_article", "第\U0001f600条"),
        ("officers", [OFFICERS[0], {"name": "李\U0001f600", "certificate": "2"}]),
    ],
)
def test_what_cannot_be_printed_is_named_beside_its_field(xuecheng, field, value):
    referral = make.draft(xuecheng, **file(**{field: value}))
    with pytest.raises(BadInput) as refused:
        services.submit_referral(referral.pk, by=make.sender(xuecheng))
    assert set(refused.value.fields) == {field}


def test_they_are_frozen_in_the_version_and_a_change_of_them_is_told_field_by_field(xuecheng):
    referral = fresh(make.delivered(xuecheng, **file()))
    case = referral.case
    case.officers, case.case_number, case.filed_on = [], "另一号", None
    case.save()
    stated = fresh(referral).stated
    assert (stated.officers, stated.case_number, stated.filed_on) == (OFFICERS, "薛住建罚立〔2026〕18号", today())
    from foundation.cases.services import freeze_case

    changed = changes_between(referral.case_version, freeze_case(case.pk, by=make.sender(xuecheng), at=timezone.now(), reason="更正"))
    assert ("执法人员", "王执法（鲁D-04000123）、李监督（鲁D-04000124）", "—") in changed
    assert ("本机关案号", "薛住建罚立〔2026〕18号", "另一号") in changed


def test_a_version_kept_before_there_were_such_fields_still_says_what_the_case_says(xuecheng):
    """What came into being since was blank then: no new version, and no reason is asked for what nobody changed."""
    from django.db import connection

    from foundation.cases.selectors import still_says, working_materials
    from foundation.cases.services import freeze_case

    referral = fresh(make.delivered(xuecheng))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_caseversion DISABLE TRIGGER case_version_is_kept")
        old = {k: v for k, v in referral.case_version.content.items() if k not in file()}
        papers = [{k: v for k, v in row.items() if k not in ("copies", "pages", "original")} for row in referral.case_version.materials]
        cursor.execute(
            "UPDATE cases_caseversion SET content = %s, materials = %s WHERE id = %s", [json.dumps(old), json.dumps(papers), referral.case_version_id]
        )
        cursor.execute("ALTER TABLE cases_caseversion ENABLE TRIGGER case_version_is_kept")
    referral = fresh(referral)
    assert still_says(referral.case_version, referral.case, working_materials(referral.case))
    assert freeze_case(referral.case_id, by=make.sender(xuecheng), at=timezone.now()).pk == referral.case_version_id
    assert (referral.stated.officers, referral.stated.case_number) == ([], "")
    referral.case.case_number = "新号"
    assert not still_says(referral.case_version, referral.case, working_materials(referral.case))


def test_who_passes_a_case_on_begins_a_file_of_its_own(shuocheng):
    referral = make.signed_for(shuocheng, **file())
    to = next(a for a in shuocheng.agencies.values() if a.kind == "department" and a.pk not in (referral.from_agency_id, referral.to_agency_id))
    onward = fresh(services.refer_onward(referral.pk, by=make.receiver(shuocheng), to=to))
    assert (onward.case.case_number, onward.case.filed_on, onward.case.officers) == ("", None, [])
    assert onward.case.violated_article == ARTICLE


def test_a_letter_is_found_by_the_senders_number(xuecheng, signed_in):
    referral = make.draft(xuecheng, **file())
    services.save_draft(referral.pk, by=make.sender(xuecheng), data={"case_number": "薛住建罚立〔2026〕18号"})
    assert f"/referrals/{referral.pk}/" in signed_in.get(reverse("desk", args=["all"]), {"q": "罚立〔2026〕18号"}).content.decode()
