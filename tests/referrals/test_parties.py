"""Several parties in a case: on the page with and without scripts, by REST, in search, ledger, version and letter."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core.errors import BadInput
from foundation.cases.parties import MOST, PARTY_FIELDS, PartyFacts, parties_of
from referrals import services
from referrals.models import Export, Referral
from tests import make

SECOND = {"kind": "enterprise", "name": "枣庄第二建材公司", "code": "91370403MA3C00007Y", "representative": "赵法人"}
THIRD = {"kind": "person", "name": "钱司机", "code": "370403196506151239"}


def fresh(referral):
    return Referral.objects.select_related("case__matter", "case_version").get(pk=referral.pk)


def names(referral):
    return [party.name for party in parties_of(fresh(referral).stated)]


def rows(*parties, **more):
    posted = {f"further_parties-{number}-{name}": value for number, party in enumerate(parties) for name, value in party.items()}
    return {"further_parties": "rows"} | posted | more


@pytest.fixture
def signed_in(xuecheng, client):
    client.force_login(make.sender(xuecheng).user)
    return client


def test_rows_are_added_and_taken_away_on_the_page_without_scripts(xuecheng, signed_in):
    referral = make.draft(xuecheng)
    address = reverse("edit-referral", args=[referral.pk])
    answer = signed_in.post(address, rows(SECOND, THIRD, add_party="1"))
    assert answer.status_code == 302
    assert "add_party=1" in answer["Location"]
    assert names(referral)[1:] == ["枣庄第二建材公司", "钱司机"]
    page = signed_in.get(answer["Location"]).content.decode()
    assert 'name="further_parties-2-name"' in page
    assert page.count("枣庄第二建材公司") == 1
    answer = signed_in.post(address, rows(SECOND, THIRD, **{"further_parties-0-remove": "1"}))
    assert answer.status_code == 302
    assert names(referral)[1:] == ["钱司机"]
    signed_in.post(address, rows())
    assert names(referral)[1:] == []


def test_a_new_letter_begins_with_several_parties(xuecheng, signed_in):
    answer = signed_in.post(reverse("new-referral"), rows(SECOND, {"kind": "", "name": " "}, submit_key="k1", party_name="甲", add_party="1"))
    assert "add_party=1" in answer["Location"]
    assert names(Referral.objects.latest("pk")) == ["甲", "枣庄第二建材公司"]


def test_a_page_without_the_rows_keeps_them(xuecheng, signed_in):
    referral = make.draft(xuecheng, further_parties=[SECOND])
    signed_in.post(reverse("autosave", args=[referral.pk]), {"place": "别处"})
    assert names(referral)[1:] == ["枣庄第二建材公司"]


def test_what_is_wrong_in_a_row_is_said_with_its_number_and_nothing_typed_is_lost(xuecheng, signed_in):
    referral = make.draft(xuecheng)
    page = signed_in.post(reverse("edit-referral", args=[referral.pk]), rows(SECOND | {"name": "很长" * 60, "representative": "孙代表"}))
    assert page.status_code == 400
    text = page.content.decode()
    assert "第2个当事人" in text
    assert "孙代表" in text
    assert "很长" * 60 in text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"code": "91370403MA3C00007X"}, "校验位"),
        ({"kind": ""}, "请选择当事人类型"),
        ({"name": ""}, "请填写当事人名称"),
        ({"code": "91370403MA3C0000"}, "现为16位"),
    ],
)
def test_a_further_party_is_checked_like_the_first(xuecheng, changed, says):
    referral = make.draft(xuecheng, further_parties=[THIRD, SECOND | changed])
    with pytest.raises(BadInput) as refused:
        services.submit_referral(referral.pk, by=make.sender(xuecheng))
    assert set(refused.value.fields) == {"further_parties"}
    assert "第3个当事人" in refused.value.fields["further_parties"]
    assert says in refused.value.fields["further_parties"]


def change(client, referral, body):
    return client.patch(
        reverse("api-referral", args=[referral.pk]),
        json.dumps(body),
        content_type="application/json",
        headers={"If-Match": f'"v{fresh(referral).version}"'},
    )


def test_rest_takes_and_gives_the_list(xuecheng, signed_in):
    referral = make.draft(xuecheng)
    answer = change(signed_in, referral, {"further_parties": [SECOND | {"code": "９1370403 ma3c-00007y", "name": "枣庄\u200b第二建材公司"}, THIRD]})
    assert answer.status_code == 200, answer.content
    told = answer.json()["case"]["further_parties"]
    assert [set(row) for row in told] == [set(PARTY_FIELDS)] * 2
    assert (told[0]["name"], told[0]["code"]) == ("枣庄第二建材公司", "91370403MA3C00007Y")
    assert (told[1]["sex"], told[1]["code"]) == ("male", "370403196506151239")
    assert change(signed_in, referral, {"place": "别处"}).json()["case"]["further_parties"] == told
    assert change(signed_in, referral, {"further_parties": None}).json()["case"]["further_parties"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        "x",
        [1],
        [{"nobody": "x"}],
        [{"name": 5}],
        [{"age": "old"}],
        [{"age": -1}],
        [{"kind": "martian"}],
        [{"name": "长" * 101}],
        [{"name": "甲"}] * MOST,
        {"name": "甲"},
    ],
)
def test_rest_refuses_what_is_no_list_of_parties(xuecheng, signed_in, wrong):
    referral = make.draft(xuecheng)
    answer = change(signed_in, referral, {"further_parties": wrong})
    assert answer.status_code == 400
    assert names(referral)[1:] == []


def test_a_case_is_found_by_every_party(xuecheng, signed_in):
    referral = make.draft(xuecheng, further_parties=[SECOND, THIRD])
    for query in ({"q": "第二建材"}, {"q": "钱司机"}, {"q": "qsj"}, {"q": "91370403MA3C00007Y"}, {"party": "３70403 19650615-1239"}):
        assert f"/referrals/{referral.pk}/" in signed_in.get(reverse("desk", args=["all"]), query).content.decode(), query
    for address in ("api-referrals", "api-cases"):
        for code in ("91370403MA3C00007Y", "370403 19650615 1239"):
            assert len(signed_in.get(reverse(address), {"party_code": code}).json()["results"]) == 1, (address, code)


def test_the_ledger_names_every_party(xuecheng, signed_in, commits):
    make.draft(xuecheng, party_name="甲公司", further_parties=[SECOND, THIRD])
    with commits():
        signed_in.post(reverse("exports"), {"desk": "all"})
    cells = [row[2].value for row in load_workbook(Export.objects.latest("pk").file.open("rb")).active.iter_rows()]
    assert "甲公司、枣庄第二建材公司、钱司机" in cells


def test_the_receiver_sees_the_parties_of_the_letter_with_masked_numbers(xuecheng, client):
    referral = make.delivered(xuecheng, party_name="甲公司", further_parties=[SECOND, THIRD | {"address": "薛城区临山路9号"}])
    client.force_login(make.receiver(xuecheng).user)
    page = client.get(reverse("referral", args=[referral.pk])).content.decode()
    for words in ("枣庄第二建材公司", "赵法人", "钱司机", "370403********1239", "薛城区临山路9号"):
        assert words in page
    assert "370403196506151239" not in page


def test_a_version_keeps_the_parties_whole(xuecheng):
    referral = make.delivered(xuecheng, further_parties=[SECOND, THIRD])
    case = fresh(referral).case
    case.further_parties = []
    case.save(update_fields=["further_parties"])
    assert names(referral)[1:] == ["枣庄第二建材公司", "钱司机"]
    assert fresh(referral).case_version.content["further_parties"][0] == asdict(PartyFacts(**SECOND))


def test_one_party_more_makes_another_version(xuecheng):
    from foundation.cases.stated import content_of

    case = fresh(make.draft(xuecheng)).case
    before = content_of(case)
    case.further_parties = [asdict(PartyFacts(**SECOND))]
    assert content_of(case) != before
