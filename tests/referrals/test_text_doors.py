"""What was pasted from Word, WPS or a PDF, through each door: kept clean, found as it was typed, and never an error."""

from __future__ import annotations

import io
import json

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.actors import actor_for
from accounts.kinds import Post
from accounts.models import Agency, ApiToken, User
from core.errors import BadInput
from deadlines.calendar import arrangement_from_mapping
from deadlines.profile_files import SHIPPED, parse_profile
from documents.models import OfficialDocument
from foundation.cases.models import Material, Matter
from notifications.models import Message
from notifications.telling import Note, tell
from oversight.district import DistrictError, read_district
from referrals import services
from referrals.models import Export, Referral
from tests import make
from tests.conftest import PASSWORD, pdf
from tests.stories.test_sixth_district import EXAMPLE

PASTED = "枣庄\x0b甲\u202e建材\ufeff公司\x07"
PLAIN = "枣庄甲建材公司"


def case_of(referral):
    return Referral.objects.select_related("case").get(pk=referral.pk).case


def signed_in(client, world):
    client.force_login(make.sender(world).user)
    return client


def test_a_name_pasted_on_the_page_is_kept_clean_and_the_ledger_is_made(xuecheng, client, commits):
    referral = make.draft(xuecheng)
    page = signed_in(client, xuecheng).post(
        reverse("edit-referral", args=[referral.pk]),
        {
            "party_kind": "enterprise",
            "party_name": PASTED,
            "place": "泰山\x0b路\x1f８８号",
            "facts": "一\r\n二\x0b三\x08㎡",
            "reasons": "由\u200b对方",
        },
    )
    assert page.status_code == 302
    case = case_of(referral)
    assert (case.party_name, case.place, case.facts) == (PLAIN, "泰山路88号", "一\n二\n三㎡")
    with commits():
        client.post(reverse("exports"), {"desk": "all"})
    export = Export.objects.latest("pk")
    assert export.done_at
    cells = [row[2].value for row in load_workbook(export.file.open("rb")).active.iter_rows()]
    assert PLAIN in cells


def test_a_name_sent_by_rest_is_kept_clean(xuecheng, client):
    referral = make.draft(xuecheng)
    answer = signed_in(client, xuecheng).patch(
        reverse("api-referral", args=[referral.pk]), json.dumps({"party_name": PASTED, "facts": "一\x0b二"}), content_type="application/json",
        headers={"If-Match": f'"v{referral.version}"'},
    )  # fmt: skip
    assert answer.status_code == 200
    assert (case_of(referral).party_name, case_of(referral).facts) == (PLAIN, "一\n二")


def test_whoever_calls_the_service_keeps_a_clean_name_and_code(xuecheng):
    referral = make.draft(xuecheng, party_name=PASTED, party_code=" ９1370403-ma3c 00007y")
    assert (case_of(referral).party_name, case_of(referral).party_code) == (PLAIN, "91370403MA3C00007Y")


@pytest.mark.parametrize("query", ["ABC123", "ＡＢＣ１２３", "abc１２３", "商贸\u200b行", "⼭东"])
def test_a_name_is_found_as_it_was_typed_and_as_it_is_kept(xuecheng, client, query):
    referral = make.draft(xuecheng, party_name="⼭东ＡＢＣ１２３商贸行")
    page = signed_in(client, xuecheng).get(reverse("desk", args=["all"]), {"q": query})
    assert f"/referrals/{referral.pk}/" in page.content.decode()


@pytest.mark.parametrize("name", ["q", "party"])
def test_a_search_with_unseen_signs_is_answered(xuecheng, client, name):
    for address in (reverse("desk", args=["all"]), reverse("api-referrals")):
        assert signed_in(client, xuecheng).get(address, {name: "甲\x0b\u202e\x1f乙"}).status_code == 200


def test_the_trail_is_asked_with_unseen_signs(xuecheng, client):
    client.force_login(auditor_of(xuecheng))
    for name, answer in (("subject", 200), ("verb", 200), ("actor", 200), ("after", 400)):
        assert client.get(reverse("audit"), {name: "user:\x0b1"}).status_code == answer, name
        assert client.get(reverse("audit"), {name: "user:\x00\x0b1"}).status_code == 400, name


def auditor_of(world):
    return User.objects.filter(holdings__post=Post.AUDITOR, holdings__agency__jurisdiction=world.jurisdiction).first()


@pytest.mark.parametrize("around", ["%s ", "\u200b%s", "\ufeff%s\u202c", "　%s"])
def test_a_user_name_is_taken_whatever_was_pasted_around_it(xuecheng, client, around):
    name = make.sender(xuecheng).user.username
    assert client.post(reverse("sign-in"), {"username": around % name, "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    "name", ["现场" * 150 + "（第12份）.pdf", "a" * 260 + ".pdf", "目录/子目录\\正文之一.pdf", "mmexport1727143200000_" * 12 + "final.pdf"]
)
def test_a_long_file_name_keeps_its_ending_by_every_door(xuecheng, client, name):
    referral = make.draft(xuecheng)
    actor, file = make.sender(xuecheng), pdf("x")
    made = services.attach_material(
        referral.pk, by=actor, slot="source_materials", name=name, size=len(file.getvalue()), stream=file
    )  # fmt: skip
    assert made.name.endswith(name[-6:])
    assert len(made.name) <= 200
    assert not set(made.name) & set("/\\")
    body = json.dumps({"slot": "source_materials", "name": name, "size": 100})
    begun = signed_in(client, xuecheng).post(reverse("api-uploads", args=[referral.pk]), body, content_type="application/json")
    assert begun.status_code == 201, begun.content
    assert begun.json()["name"] == made.name
    assert Material.objects.filter(pk=made.pk).exists()


def test_the_longest_party_and_matter_fit_every_title(xuecheng, commits):
    matter = Matter.objects.filter(jurisdiction=xuecheng.jurisdiction).first()
    Matter.objects.filter(pk=matter.pk).update(name="未" * 99 + "案")
    for number, answer in enumerate(("accept", "not_accept"), start=1):
        with commits():
            referral = make.signed_for(
                xuecheng,
                party_name="枣庄" + "市区"[number - 1] * 96 + "公司",
                party_code=make.credit_code(number),
                matter=Matter.objects.get(pk=matter.pk),
            )
            if answer == "accept":
                services.accept_referral(referral.pk, by=make.receiver(xuecheng))
            else:
                services.object_referral(referral.pk, by=make.receiver(xuecheng), reasons="不属本机关管辖。")
    assert max(len(d.title) for d in OfficialDocument.objects.all()) > 200


def test_a_message_keeps_its_ending(xuecheng):
    user = make.sender(xuecheng).user
    tell([Note(user.pk, "k", Message.Kind.DESK, "请" * 400 + "（薛住建函〔2026〕1号）", "/")], at=timezone.now())
    text = Message.objects.get(user=user, key="k").text
    assert len(text) == 300
    assert text.endswith("（薛住建函〔2026〕1号）")


def test_the_longest_name_of_a_person_signs(xuecheng, commits):
    actor = make.sender(xuecheng)
    User.objects.filter(pk=actor.user_id).update(first_name="名" * 150)
    assert len(User.objects.get(pk=actor.user_id).display_name) == 100


def test_the_longest_note_of_consent_is_kept(qidong):
    from referrals.forms import NoteForm

    limit = NoteForm.base_fields["note"].max_length
    column = Referral._meta.get_field("consent_note")
    assert column.max_length is None or column.max_length >= limit


def test_a_district_file_is_cleaned_and_its_lengths_are_counted_after(xuecheng):
    dirty = EXAMPLE.replace("name: 住建局", "name: 住建局").replace("东", "东\u200b")
    assert "\u200b" not in str(read_district(dirty))
    with pytest.raises(DistrictError) as refused:
        read_district(EXAMPLE.replace("short_name: ", "short_name: " + "长" * 40, 1))
    assert "short_name" in str(refused.value)


def test_a_profile_and_a_year_are_cleaned():
    text = (SHIPPED / "xuecheng.yaml").read_text(encoding="utf-8").replace("移送", "移\u200b送")
    assert "\u200b" not in str(parse_profile(text, "x"))
    year = {
        "year": 2030,
        "source": "国办\u202e发\x07",
        "holidays": {"春\u200b节": ["2030-02-03"], "国庆节": ["2030-10-01"], "元旦": ["2030-01-01"]},
        "makeup": {},
    }
    found = arrangement_from_mapping(year)
    assert (found.source, set(found.holidays.values())) == ("国办发", {"春节", "国庆节", "元旦"})


def test_a_token_made_by_command_has_a_clean_name(xuecheng):
    call_command("make_token", make.sender(xuecheng).user.username, "--name", "案件\u202e系统\x07", stdout=io.StringIO(), stderr=io.StringIO())
    assert ApiToken.objects.latest("pk").name == "案件系统"


def test_the_administration_keeps_a_clean_name(xuecheng):
    request = RequestFactory().get("/")
    request.user = User.objects.filter(holdings__post=Post.ADMINISTRATOR, holdings__agency__jurisdiction=xuecheng.jurisdiction).first()
    request._actor = actor_for(request.user)
    agency = Agency.objects.filter(jurisdiction=xuecheng.jurisdiction).first()
    form = admin.site._registry[Agency].get_form(request, agency, change=True)
    assert form.base_fields["name"].clean("区\x0b住建\u202e局") == "区住建局"


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda c: c.replace("-", ""),
        lambda c: c.replace("-", " "),
        lambda c: "".join(chr(ord(s) + 0xFEE0) for s in c),
        lambda c: f"\u200b{c} ",
    ],
)
def test_a_verification_code_is_taken_however_it_was_typed(xuecheng, client, commits, change):
    make.delivered(xuecheng)
    code = OfficialDocument.objects.latest("pk").code
    page = client.get(reverse("verify"), {"code": change(code)}, follow=True)
    assert page.status_code == 200
    assert "本件为真" in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "says"), [("ABCD-EFGH-JKMN-PQR", "现为15位"), ("ABCD-EFGH-JKMN-PQRST", "现为17位"), ("甲BCD-EFGH-JKMN-PQRS", "第1位“甲”")]
)
def test_a_verification_code_of_wrong_length_is_refused_in_words_and_kept(db, client, typed, says):
    page = client.get(reverse("verify"), {"code": typed})
    assert page.status_code == 400
    assert says in page.content.decode()
    assert typed in page.content.decode()
    assert "查无此件" not in page.content.decode()


def test_an_empty_name_is_refused_as_missing_whatever_it_was_made_of(xuecheng):
    referral = make.draft(xuecheng, party_name="\u200b\ufeff \x0b")
    with pytest.raises(BadInput) as refused:
        services.submit_referral(referral.pk, by=make.sender(xuecheng))
    assert set(refused.value.fields) == {"party_name"}
