"""The pages: what was typed stays, refusals carry their clause, lists say what would be there."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.kinds import Post
from core.models import AuditEntry
from foundation.cases.models import Case
from referrals import services
from referrals.models import Referral
from tests import make
from tests.conftest import PDF


def sign_in(client, world, agency, post=Post.CLERK):
    client.force_login(world.user(agency, post))


def form_of(world, **changes):
    data = make.complete(world, **changes)
    plain = {k: v for k, v in data.items() if isinstance(v, str)}
    plain |= {k: timezone.localtime(data[k]).strftime("%Y-%m-%dT%H:%M") for k in ("found_at", "determined_at")}
    plain |= {"matter": data["matter"].pk, "to_agency": data["to_agency"].pk}
    return plain


def test_a_clerk_files_a_letter_in_the_browser_without_scripts(xuecheng, client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    sign_in(client, xuecheng, "区住建局")
    response = client.post(reverse("new-referral"), form_of(xuecheng) | {"submit_key": "one"})
    referral = Referral.objects.latest("pk")
    assert response["Location"] == reverse("edit-referral", args=[referral.pk])
    for slot in ("source_materials", "preliminary_evidence"):
        client.post(reverse("upload", args=[referral.pk]), {"slot": slot, "file": SimpleUploadedFile(f"{slot}.pdf", PDF + slot.encode())})
    response = client.post(reverse("edit-referral", args=[referral.pk]), form_of(xuecheng) | {"send": "1", "version": "1"}, follow=True)
    assert Referral.objects.get(pk=referral.pk).state == "submitted", response.content.decode()[:3000]
    assert "已送领导签发" in response.content.decode()


def test_a_double_click_files_once(xuecheng, client):
    sign_in(client, xuecheng, "区住建局")
    first = client.post(reverse("new-referral"), form_of(xuecheng) | {"submit_key": "same"})
    again = client.post(reverse("new-referral"), form_of(xuecheng) | {"submit_key": "same"})
    assert first["Location"] == again["Location"]
    assert Referral.objects.filter(case__jurisdiction=xuecheng.jurisdiction).count() == 1


def test_what_is_missing_is_said_once_at_the_top_and_beside_the_field_and_nothing_typed_is_lost(xuecheng, client):
    referral = make.draft(xuecheng)
    sign_in(client, xuecheng, "区住建局")
    response = client.post(
        reverse("edit-referral", args=[referral.pk]), form_of(xuecheng, preliminary_investigation="", facts="刚写的事实") | {"send": "1"}
    )
    said = response.content.decode()
    assert response.status_code == 400
    assert 'href="#f-preliminary_investigation"' in said
    assert said.count("XC-2.2-a") >= 2
    assert "刚写的事实" in said
    assert Case.objects.get(pk=referral.case_id).facts == "刚写的事实"


def test_a_refused_act_keeps_the_words_in_their_field(xuecheng, client):
    referral = make.signed_for(xuecheng)
    sign_in(client, xuecheng, "区综合行政执法局")
    response = client.post(reverse("act", args=[referral.pk, "object"]), {"reasons": "写了很多理由", "version": "1"})
    assert response.status_code == 412
    assert "写了很多理由" in response.content.decode()


def test_the_second_person_on_a_draft_is_told_and_loses_nothing(xuecheng, client):
    referral = make.draft(xuecheng)
    services.save_draft(referral.pk, by=make.sender(xuecheng), data={"place": "另一人改的"})
    sign_in(client, xuecheng, "区住建局", Post.LIAISON)
    response = client.post(reverse("edit-referral", args=[referral.pk]), form_of(xuecheng, place="我改的") | {"version": "1"})
    assert response.status_code == 400
    assert "我改的" in response.content.decode()
    assert "他人改动" in response.content.decode()
    assert Case.objects.get(pk=referral.case_id).place == "另一人改的"


def test_the_page_shows_what_is_refused_and_why(xuecheng, client):
    referral = make.signed_for(xuecheng)
    sign_in(client, xuecheng, "区综合行政执法局")
    said = client.get(reverse("referral", args=[referral.pk])).content.decode()
    assert "不得再行移送" in said
    assert "XC-2.2-g" in said


def test_passing_on_is_refused_by_page_rest_bulk_and_admin(xuecheng, client):
    referral = make.signed_for(xuecheng)
    third = xuecheng.agencies["区民政局"]
    sign_in(client, xuecheng, "区综合行政执法局")
    page = client.post(reverse("act", args=[referral.pk, "refer_onward"]), {"to": third.pk})
    assert (page.status_code, "XC-2.2-g" in page.content.decode()) == (403, True)
    again = client.post(reverse("new-referral"), {"case": referral.case_id, "to_agency": third.pk})
    assert (again.status_code, "XC-2.2-g" in again.content.decode()) == (403, True)
    rest = client.post(f"/api/v1/referrals/{referral.pk}/refer_onward/", {"to": third.pk}, content_type="application/json", headers={"If-Match": "*"})
    assert (rest.status_code, rest.json()["clause"]) == (403, "XC-2.2-g")
    rest = client.post("/api/v1/referrals/", {"case": referral.case_id, "to_agency": third.pk}, content_type="application/json")
    assert (rest.status_code, rest.json()["clause"]) == (403, "XC-2.2-g")
    bulk = client.post(reverse("bulk"), {"verb": "refer_onward", "id": [referral.pk]})
    assert "XC-2.2-g" in bulk.content.decode()
    bulk = client.post(
        "/api/v1/referrals/bulk/",
        {"verb": "refer_onward", "items": [{"id": referral.pk, "version": referral.version}]},
        content_type="application/json",
    )
    assert "XC-2.2-g" in bulk.json()["results"][0]["refused"]
    assert Referral.objects.filter(case=referral.case).count() == 1


def test_several_are_signed_only_where_each_was_opened(xuecheng, client):
    first, second = make.submitted(xuecheng), make.submitted(xuecheng, party_code=make.credit_code(5))
    sign_in(client, xuecheng, "区住建局", Post.LEADER)
    client.get(reverse("referral", args=[first.pk]))
    said = client.post(reverse("bulk"), {"verb": "sign", "id": [first.pk, second.pk]}).content.decode()
    assert "签发前须先打开看过" in said
    assert Referral.objects.get(pk=first.pk).state == "signed"
    assert Referral.objects.get(pk=second.pk).state == "submitted"


@pytest.mark.parametrize("query", ["喆堃", "建材", "xcqzj", "qzj", "占用", "薛住建函"])
def test_two_characters_or_pinyin_initials_find_it(xuecheng, client, query):
    referral = make.delivered(xuecheng)
    sign_in(client, xuecheng, "区综合行政执法局")
    said = client.get(reverse("referrals"), {"q": {"xcqzj": "xcqzf", "qzj": "zzzk"}.get(query, query)}).content.decode()
    assert reverse("referral", args=[referral.pk]) in said
    assert reverse("referral", args=[referral.pk]) not in client.get(reverse("referrals"), {"q": "没有这样的词"}).content.decode()


def test_lists_are_paged_by_key_and_the_url_is_the_state(xuecheng, client):
    made = [make.draft(xuecheng, party_code=make.credit_code(n)).pk for n in range(28)]
    sign_in(client, xuecheng, "区住建局")
    first = client.get(reverse("desk", args=["drafts"]))
    assert [r.pk for r in first.context["rows"]] == sorted(made, reverse=True)[:25]
    second = client.get(reverse("desk", args=["drafts"]) + "?" + first.context["next"])
    assert [r.pk for r in second.context["rows"]] == sorted(made, reverse=True)[25:]
    assert first.context["sidebar"].counts["drafts"] == 28


def test_each_desk_shows_its_own(xuecheng, client, at):
    at("2026-03-09T09:00")
    referral = make.delivered(xuecheng, copies=[xuecheng.agencies["区民政局"]])
    at("2026-03-16T09:00")
    seen = {}
    for agency in ("区住建局", "区综合行政执法局", "区民政局", "区教体局"):
        sign_in(client, xuecheng, agency)
        seen[agency] = {d for d in ("todo", "sent", "received", "copied", "overdue", "all") if client.get(reverse("desk", args=[d])).context["rows"]}
    assert seen["区住建局"] == {"sent", "overdue", "all"}
    assert seen["区综合行政执法局"] == {"todo", "received", "overdue", "all"}
    assert seen["区民政局"] == {"copied", "overdue", "all"}
    assert seen["区教体局"] == set()
    assert client.get(reverse("referral", args=[referral.pk])).status_code == 404


def test_a_single_grant_opens_a_single_case_to_a_single_person(xuecheng, client):
    referral, other = make.delivered(xuecheng), make.delivered(xuecheng, party_code=make.credit_code(6))
    sign_in(client, xuecheng, "区教体局")
    services.grant_reading(referral.pk, by=make.sender(xuecheng, Post.LEADER), person=xuecheng.user("区教体局"))
    assert client.get(reverse("referral", args=[referral.pk])).status_code == 200
    assert client.get(reverse("referral", args=[other.pk])).status_code == 404
    assert [r.pk for r in client.get(reverse("desk", args=["granted"])).context["rows"]] == [referral.pk]
    sign_in(client, xuecheng, "区教体局", Post.LIAISON)
    assert client.get(reverse("referral", args=[referral.pk])).status_code == 404


def test_reading_a_confidential_case_is_in_the_trail(xuecheng, client):
    referral = make.delivered(xuecheng, confidentiality="privacy")
    sign_in(client, xuecheng, "区综合行政执法局")
    client.get(reverse("referral", args=[referral.pk]))
    letter = client.get(reverse("referral", args=[referral.pk])).context["documents"][0]
    client.get(reverse("document", args=[referral.pk, letter.pk]))
    client.get(f"/api/v1/referrals/{referral.pk}/")
    entries = AuditEntry.objects.filter(verb="referral.read_confidential", subject_id=str(referral.pk)).order_by("seq")
    assert [e.detail["what"] for e in entries] == ["page", "page", "letter", "rest"]


def test_the_ledger_is_made_in_the_background_and_takes_no_formula(xuecheng, client, commits):
    from openpyxl import load_workbook

    from referrals.models import Export

    make.delivered(xuecheng, party_name="=HYPERLINK(1)")
    sign_in(client, xuecheng, "区住建局")
    with commits():
        client.post(reverse("exports"), {"desk": "sent", "query": ""})
    export = Export.objects.latest("pk")
    response = client.get(reverse("export-file", args=[export.pk]))
    assert response.status_code == 200
    rows = list(load_workbook(export.file.path, read_only=True).active.iter_rows(values_only=True))
    assert rows[0][0] == "文号"
    assert rows[1][2] == "'=HYPERLINK(1)"
    sign_in(client, xuecheng, "区民政局")
    assert client.get(reverse("export-file", args=[export.pk])).status_code == 404


def test_an_expired_document_shows_its_banner(yiyuan, client, at):
    at("2026-11-18T09:00")
    referral = make.submitted(yiyuan)
    at("2026-11-23T09:00")
    client.force_login(make.sender(yiyuan).user)
    assert "已届满" in client.get(reverse("referral", args=[referral.pk])).content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/referrals/",
        "/referrals/new/",
        "/calendar/",
        "/calendar/2027/",
        "/rules/",
        "/settings/",
        "/messages/",
        "/escalations/",
        "/referrals/exports/",
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(xuecheng, client, path, language):
    sign_in(client, xuecheng, "区住建局")
    client.post(reverse("set-language"), {"language": language})
    response = client.get(path)
    assert response.status_code == 200
    said = response.content.decode()
    assert f'<html lang="{language}"' in said
    assert ("Working days" in said, "工作日历" in said) == (language == "en", language != "en")


def test_the_due_date_explains_itself_in_place(xuecheng, client, at):
    at("2026-04-29T09:00")
    referral = make.delivered(xuecheng)
    sign_in(client, xuecheng, "区住建局")
    shown = client.get(reverse("referral", args=[referral.pk])).context["clocks"]
    clock = next(clock for clock in shown if clock.role == "acceptance_reply")
    said = client.get(reverse("clock", args=[clock.pk]) + "?part=1").content.decode()
    assert "劳动节" in said
    assert "第八十五条" in said
    sign_in(client, xuecheng, "区教体局")
    assert client.get(reverse("clock", args=[clock.pk])).status_code == 404


def test_a_filter_with_nonsense_is_refused_not_ignored_nor_crashed(xuecheng, client):
    sign_in(client, xuecheng, "区住建局")
    for query in (
        "after=99999999999999999999999",
        "after=9999999999999999999",
        "since=0000-01-01",
        "state=nothing",
        "agency=x",
        "q=%00",
        "updated_since=0001-01-01T00:00",
    ):
        refused = client.get(reverse("referrals") + "?" + query)
        assert refused.status_code == 400, query


def test_a_leader_opens_one_case_to_one_person_and_the_trail_says_so(xuecheng, client):
    referral = make.delivered(xuecheng)
    person = xuecheng.user("区教体局")
    sign_in(client, xuecheng, "区住建局", Post.LEADER)
    client.post(reverse("act", args=[referral.pk, "grant_reading"]), {"person": person.pk})
    assert AuditEntry.objects.get(verb="referral.grant_reading").detail["person"] == person.pk
    client.force_login(person)
    assert client.get(reverse("referral", args=[referral.pk])).status_code == 200


def test_bulk_signing_through_rest_wants_the_letter_opened_too(xuecheng, client):
    referral = make.submitted(xuecheng)
    sign_in(client, xuecheng, "区住建局", Post.LEADER)
    answer = client.post(
        "/api/v1/referrals/bulk/", {"verb": "sign", "items": [{"id": referral.pk, "version": referral.version}]}, content_type="application/json"
    ).json()
    assert "打开看过" in answer["results"][0]["refused"]


def test_an_act_that_needs_words_is_not_done_in_bulk(xuecheng, client):
    referral = make.signed_for(xuecheng)
    sign_in(client, xuecheng, "区综合行政执法局")
    said = client.post(reverse("bulk"), {"verb": "not_accept", "id": [referral.pk]}).content.decode()
    assert "须逐件填写" in said
    assert Referral.objects.get(pk=referral.pk).state == "signed_for"


def test_the_workbench_orders_a_long_desk_like_a_short_one(xuecheng, monkeypatch):
    """Soonest due first, whether the desk is put in order as it is or from the index of the agency's clocks."""
    from datetime import timedelta

    from django.utils import timezone

    from referrals import selectors

    now = timezone.now()
    made = [make.draft(xuecheng, party_code=make.credit_code(n), determined_at=now - timedelta(days=n % 5, hours=1)).pk for n in range(12)]
    make.submitted(xuecheng, party_code=make.credit_code(40))
    by = make.sender(xuecheng)
    short, _waiting = selectors.workbench_rows(by, now)
    assert {r.pk for r in short} == set(made)
    assert [r.clock.due_at for r in short] == sorted(r.clock.due_at for r in short)
    monkeypatch.setattr(selectors, "MANY", 5)
    long, _waiting = selectors.workbench_rows(by, now, most=5)
    assert [r.clock.due_at for r in long] == [r.clock.due_at for r in short][:5]


def test_the_side_bar_counts_to_ninety_nine():
    from referrals.templatetags.showing import at_most

    assert [at_most(n) for n in (0, 99, 100)] == ["0", "99", "99+"]


def test_the_party_table_follows_the_state_whoever_changes_it(xuecheng):
    """The database keeps it: by an act, by a bulk update, for a party that joins later."""
    from referrals.models import Party, Referral

    referral = make.delivered(xuecheng)
    assert set(Party.objects.filter(referral=referral).values_list("state", flat=True)) == {"delivered"}
    Referral.objects.filter(pk=referral.pk).update(state="closed")
    Party.objects.create(referral=referral, agency=xuecheng.agencies["区民政局"], role="copied")
    assert set(Party.objects.filter(referral=referral).values_list("state", flat=True)) == {"closed"}
