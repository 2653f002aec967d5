"""What a person typed and has not sent: theirs alone, sealed, kept through every refusal, gone when it is done."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.kinds import Post
from core.errors import TooLarge
from core.models import AuditEntry
from foundation.typed.models import TypedWork
from foundation.typed.owners import Owner, mark_of
from foundation.typed.sealing import Words
from foundation.typed.services import Sheet, finish, forget_old, keep, kept_for
from referrals.models import Referral
from tests import make

HOUSING, BUREAU = "区住建局", "区综合行政执法局"
FACTS = "当事人在人行道上堆放砂石约三十平方米。"
WORDS = Words([("facts", FACTS), ("copies", "3"), ("copies", "5"), ("urgent", "on")], [("file", "照片.jpg")])


def owner_of(world, agency=HOUSING, post=Post.CLERK):
    holding = world.holdings[agency, post]
    return Owner(holding.user_id, holding.pk)


def signed_in(world, agency=HOUSING, post=Post.CLERK, **more):
    client = Client(**more)
    client.force_login(world.user(agency, post))
    return client


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1]


@pytest.fixture
def kept(xuecheng):
    def keep_one(form="/referrals/new/", sheet="one", words=WORDS, owner=None, **more):
        return keep(owner or owner_of(xuecheng), Sheet(form, sheet), words, now=timezone.now(), **more)

    return keep_one


def words_of(world, form="/referrals/new/", owner=None):
    return [words for _row, words in kept_for(owner or owner_of(world), [form], now=timezone.now()).get(form, [])]


def test_it_comes_back_whole_with_choices_and_the_names_of_files(xuecheng, kept):
    kept()
    assert words_of(xuecheng) == [WORDS]


def test_it_is_the_persons_and_nobody_elses(xuecheng, kept):
    kept()
    assert words_of(xuecheng, owner=owner_of(xuecheng, post=Post.LIAISON)) == []
    other = signed_in(xuecheng, post=Post.LIAISON)
    assert other.get(reverse("typed"), {"form": "/referrals/new/"}).json() == {"kept": {}}
    assert other.get(reverse("typed-kept", args=[TypedWork.objects.get().pk])).status_code == 404
    TypedWork.objects.update(user_id=owner_of(xuecheng, post=Post.LIAISON).user_id)
    assert words_of(xuecheng, owner=Owner(TypedWork.objects.get().user_id, owner_of(xuecheng).holding_id)) == []


def test_it_is_sealed_at_rest_and_keys_can_be_changed(xuecheng, kept, settings):
    settings.TYPED_KEYS = ["the first key of this installation"]
    row = kept()
    assert FACTS.encode() not in bytes(row.sealed)
    settings.TYPED_KEYS = ["a newer key", "the first key of this installation"]
    assert words_of(xuecheng) == [WORDS]
    kept(sheet="two")
    settings.TYPED_KEYS = ["the first key of this installation"]
    assert words_of(xuecheng) == [WORDS]


def test_it_leaves_no_trace_in_the_trail(xuecheng, kept):
    before = AuditEntry.objects.count()
    kept()
    finish(owner_of(xuecheng), Sheet("/referrals/new/", "one"), now=timezone.now())
    assert AuditEntry.objects.count() == before


def test_there_is_an_end_to_it(xuecheng, kept, settings):
    kept()
    with pytest.raises(TooLarge):
        kept(words=Words([("facts", "字" * settings.TYPED_MAX_BYTES)]))
    TypedWork.objects.update(saved_at=timezone.now() - timedelta(days=settings.TYPED_KEPT_DAYS, hours=1))
    assert words_of(xuecheng) == []
    assert forget_old(timezone.now()) == 1
    assert not TypedWork.objects.exists()


def test_two_tabs_never_write_over_each_other(xuecheng, kept):
    kept(sheet="one", words=Words([("facts", "甲")]))
    kept(sheet="two", words=Words([("facts", "乙")]))
    assert sorted(w.fields[0][1] for w in words_of(xuecheng)) == ["乙", "甲"]


def test_a_finished_sheet_takes_nothing_more_and_clears_what_it_came_from(xuecheng, kept):
    kept(sheet="before")
    kept(sheet="after", instead_of="before")
    assert len(words_of(xuecheng)) == 1
    kept(sheet="before")
    finish(owner_of(xuecheng), Sheet("/referrals/new/", "after"), now=timezone.now())
    assert words_of(xuecheng) == []
    kept(sheet="after")
    assert words_of(xuecheng) == []


def posted(client, world, **more):
    page = client.get(reverse("new-referral"))
    return {"typed_by": hidden(page, "typed_by"), "submit_key": hidden(page, "submit_key"), "facts": FACTS, "place": "泰山南路", **more}


def test_the_page_saves_from_the_first_keystroke_even_when_the_session_is_gone(xuecheng):
    client = signed_in(xuecheng)
    mark = hidden(client.get(reverse("new-referral")), "typed_by")
    said = {"typed_by": mark, "form": "/referrals/new/", "sheet": "one", "fields": json.dumps([["facts", "当"]]), "files": "[]"}
    assert client.post(reverse("typed"), said).json()["signed_in"] is True
    answer = Client(enforce_csrf_checks=True).post(reverse("typed"), said | {"fields": json.dumps([["facts", FACTS]])}).json()
    assert answer["signed_in"] is False
    assert client.get(reverse("typed"), {"form": "/referrals/new/"}).json()["kept"]["/referrals/new/"][0]["fields"] == [["facts", FACTS]]


def test_without_a_good_mark_nothing_is_kept(xuecheng):
    mark = mark_of(owner_of(xuecheng))
    for wrong in ("", "x", mark[:-2] + "zz"):
        assert Client().post(reverse("typed"), {"typed_by": wrong, "form": "/", "fields": "[]"}).status_code == 302
    assert not TypedWork.objects.exists()


def test_a_post_without_a_session_is_kept_and_the_sign_in_leads_to_the_words_without_scripts(xuecheng):
    client = signed_in(xuecheng)
    data = posted(client, xuecheng)
    client.logout()
    answer = client.post(reverse("new-referral"), data)
    assert answer.status_code == 302
    client.force_login(xuecheng.user(HOUSING))
    page = client.get(answer["Location"].partition("next=")[2])
    assert FACTS in page.content.decode()
    again = client.post(reverse("new-referral"), data | {"typed_by": hidden(page, "typed_by")})
    assert again.status_code == 302
    assert Referral.objects.latest("pk").case.facts == FACTS
    assert not TypedWork.objects.exists()


def test_a_failed_check_of_the_token_keeps_the_words_and_offers_to_send_them_again(xuecheng):
    client = signed_in(xuecheng, enforce_csrf_checks=True)
    answer = client.post(reverse("new-referral"), posted(client, xuecheng, csrfmiddlewaretoken="x" * 64))
    page = answer.content.decode()
    assert answer.status_code == 403
    assert 'class="side"' in page
    assert "您填写的内容都在" in page
    assert FACTS in page
    assert words_of(xuecheng)[0].fields
    token = re.search(r'action="/referrals/new/">\s*<input type="hidden" name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    data = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page)) | {"csrfmiddlewaretoken": token}
    assert client.post(reverse("new-referral"), data).status_code == 302
    assert Referral.objects.latest("pk").case.facts == FACTS
    assert words_of(xuecheng) == []


def test_a_form_is_never_sent_in_the_name_of_who_signed_in_since(xuecheng):
    data = posted(signed_in(xuecheng), xuecheng)
    other = signed_in(xuecheng, post=Post.LIAISON)
    answer = other.post(reverse("new-referral"), data)
    assert answer.status_code == 409
    assert FACTS not in answer.content.decode()
    assert not Referral.objects.exists()
    assert words_of(xuecheng)[0].fields


def test_a_refused_act_is_kept_and_a_done_one_is_not(xuecheng):
    referral = make.signed_for(xuecheng)
    client, mark = signed_in(xuecheng, BUREAU), mark_of(owner_of(xuecheng, BUREAU))
    address, owner = reverse("act", args=[referral.pk, "accept"]), owner_of(xuecheng, BUREAU)
    assert client.post(address, {"typed_by": mark, "note": "同意受理", "version": "1"}).status_code == 412
    assert words_of(xuecheng, address, owner)[0].fields == [("note", "同意受理")]
    assert client.post(address, {"typed_by": mark, "note": "同意受理", "version": referral.version}).status_code == 302
    assert words_of(xuecheng, address, owner) == []


def test_a_post_that_is_too_large_gets_a_page_of_the_house_with_the_words(xuecheng, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 60_000
    client = signed_in(xuecheng)
    data = posted(client, xuecheng, reasons="很长的理由" * 20_000)
    from urllib.parse import urlencode

    answer = client.post(reverse("new-referral"), urlencode(data), content_type="application/x-www-form-urlencoded")
    page = answer.content.decode()
    assert answer.status_code == 413
    assert 'class="side"' in page
    assert FACTS in page
    assert page.count("很长的理由") >= 20_000
    assert ("facts", FACTS) in words_of(xuecheng)[0].fields


def test_back_and_save_makes_one_draft(xuecheng):
    client = signed_in(xuecheng)
    data = posted(client, xuecheng)
    client.post(reverse("new-referral"), data)
    made = Referral.objects.get()
    back = client.get(reverse("new-referral"), {"key": data["submit_key"]})
    assert back["Location"] == reverse("edit-referral", args=[made.pk])
    client.post(reverse("new-referral"), data | {"place": "泰山北路"})
    assert Referral.objects.count() == 1
    assert Referral.objects.get().case.place == "泰山北路"


def test_back_and_save_over_what_was_changed_since_is_refused_and_keeps_both(xuecheng):
    client = signed_in(xuecheng)
    data = posted(client, xuecheng)
    client.post(reverse("new-referral"), data)
    made = Referral.objects.get()
    client.post(reverse("edit-referral", args=[made.pk]), {"place": "以后改的", "version": made.version})
    answer = client.post(reverse("new-referral"), data | {"place": "退回去写的"})
    page = answer.content.decode()
    assert "退回去写的" in page
    assert "没有覆盖" in page
    assert Referral.objects.get().case.place == "以后改的"


def test_who_saves_over_a_newer_draft_says_so_and_only_then_it_is_done(xuecheng):
    referral = make.draft(xuecheng)
    client, address = signed_in(xuecheng), reverse("edit-referral", args=[referral.pk])
    client.post(address, {"place": "另一窗口", "version": referral.version})
    page = client.post(address, {"place": "本窗口", "version": referral.version})
    assert hidden(page, "version") == str(referral.version)
    assert Referral.objects.get().case.place == "另一窗口"
    over = re.search(r'name="over" value="(\d+)"', page.content.decode())[1]
    assert client.post(address, {"place": "本窗口", "version": referral.version, "over": over}).status_code == 302
    assert Referral.objects.get().case.place == "本窗口"


def test_the_address_of_an_act_leads_to_its_form(xuecheng):
    referral = make.signed_for(xuecheng)
    client = signed_in(xuecheng, BUREAU)
    answer = client.get(reverse("act", args=[referral.pk, "not_accept"]), follow=True)
    assert answer.status_code == 200
    assert re.search(r'id="act-not_accept">\s*<details open', answer.content.decode())


def test_signing_out_leaves_nothing_behind_on_the_machine(xuecheng):
    client = signed_in(xuecheng)
    assert "no-store" in client.get(reverse("new-referral"))["Cache-Control"]
    assert client.post(reverse("sign-out"))["Clear-Site-Data"] == '"cache", "storage"'


def test_every_form_that_takes_words_keeps_them(xuecheng):
    """The kind: a POST form with a field for words, without the line that keeps them, is not let in."""
    from pathlib import Path

    from django.conf import settings

    never = {"accounts/code.html", "accounts/password.html", "accounts/sign_in.html", "accounts/totp.html", "administration/person.html"}
    shown = re.compile(r'components/field\.html|<textarea|<input type="(text|datetime-local|date|checkbox)"')
    lacking = []
    for path in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        name = str(path.relative_to(Path(settings.BASE_DIR, "templates")))
        forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", path.read_text(), re.S)
        lacking += [name for form in forms if shown.search(form) and "{% keeps_typed" not in form and name not in never]
    assert lacking == []
