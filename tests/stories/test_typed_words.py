"""Ways of losing typed words, tried in a browser: none loses any, and none leaves them to the next person."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from foundation.cases.models import Case
from foundation.typed.models import TypedWork
from referrals.models import Referral
from tests import make
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOUSING, BUREAU = "区住建局", "区综合行政执法局"
FACTS = "当事人在人行道上堆放砂石约三十平方米。"


def signs_in(page, live_server, user, wait=True):
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def left_here(page):
    return page.evaluate("Object.keys(localStorage)")


def new_case(page, live_server):
    page.goto(f"{live_server.url}/referrals/new/")
    page.fill("#id_facts", FACTS)
    page.check("#id_urgent")
    page.select_option("#id_source", "patrol")
    expect(page.locator("#autosaved")).to_contain_text("已为您一人自动保存")


def test_a_new_case_comes_back_after_the_session_ran_out(sign_in, live_server, world):
    page = sign_in(HOUSING)
    new_case(page, live_server)
    page.context.clear_cookies(name="sessionid")
    page.fill("#id_place", "泰山南路")
    expect(page.locator("#autosaved")).to_contain_text("登录已失效")
    page.click(".bar .btn.main")
    signs_in(page, live_server, world.user(HOUSING))
    expect(page.locator("#autosaved")).to_contain_text("已恢复")
    assert page.input_value("#id_facts") == FACTS
    assert page.input_value("#id_place") == "泰山南路"
    assert page.is_checked("#id_urgent")
    assert page.input_value("#id_source") == "patrol"
    page.click(".bar .btn.main")
    page.wait_for_url("**/edit/")
    assert Referral.objects.count() == 1
    assert not TypedWork.objects.filter(done_at=None).exists()
    page.wait_for_load_state("networkidle")
    assert left_here(page) == []


def test_what_a_page_saved_itself_is_never_put_back_over_what_was_typed_since(sign_in, live_server, world):
    page = sign_in(HOUSING)
    asked = []
    page.route("**/typed/?*", lambda route: asked.append(route))
    page.goto(f"{live_server.url}/referrals/new/")
    page.fill("#id_facts", FACTS)
    expect(page.locator("#autosaved")).to_contain_text("已为您一人自动保存")
    # On a busy server the answer to what was asked at the beginning is made only now.
    answer = asked[0].fetch()
    page.check("#id_urgent")
    page.fill("#id_place", "泰山南路")
    asked[0].fulfill(response=answer)
    page.wait_for_timeout(300)
    assert page.is_checked("#id_urgent")
    assert page.input_value("#id_place") == "泰山南路"
    assert "已恢复" not in page.inner_text("#autosaved")


def test_earlier_words_that_arrive_late_are_offered_and_neither_is_lost(sign_in, live_server, world):
    new_case(sign_in(HOUSING), live_server)
    page = sign_in(HOUSING)
    asked = []
    page.route("**/typed/?*", lambda route: asked.append(route))
    page.goto(f"{live_server.url}/referrals/new/")
    page.fill("#id_facts", "先写了别的。")
    asked[0].continue_()
    expect(page.locator("#autosaved")).to_contain_text("您以前有一份没有提交的内容")
    page.fill("#id_place", "泰山南路")
    expect(page.locator("#autosaved")).to_contain_text("已为您一人自动保存")
    assert page.input_value("#id_facts") == "先写了别的。"
    page.click("#autosaved button >> nth=0")
    expect(page.locator("#autosaved")).to_contain_text("已恢复")
    assert page.input_value("#id_facts") == FACTS
    assert page.is_checked("#id_urgent")
    assert TypedWork.objects.filter(done_at=None).count() == 2


def test_a_browser_that_was_killed_finds_the_words_again(sign_in, live_server, world):
    new_case(sign_in(HOUSING), live_server)
    again = sign_in(HOUSING)
    again.goto(f"{live_server.url}/referrals/new/")
    expect(again.locator("#autosaved")).to_contain_text("已恢复")
    assert again.input_value("#id_facts") == FACTS


def test_offline_the_copy_is_sealed_and_only_its_author_gets_it_back(sign_in, live_server, world):
    page = sign_in(HOUSING)
    new_case(page, live_server)
    page.context.set_offline(True)
    page.fill("#id_place", "断网时写的地点")
    expect(page.locator("#autosaved")).to_contain_text("加密留在本机")
    assert len(left_here(page)) == 1
    assert "断网" not in page.evaluate("JSON.stringify(localStorage)")
    page.context.set_offline(False)
    page.goto(f"{live_server.url}/referrals/new/")
    expect(page.locator("#autosaved")).to_contain_text("已恢复")
    assert page.input_value("#id_place") == "断网时写的地点"
    assert left_here(page) == []


def test_the_next_person_finds_neither_words_nor_copies(sign_in, live_server, world):
    page = sign_in(HOUSING)
    new_case(page, live_server)
    page.context.set_offline(True)
    page.fill("#id_place", "断网时写的地点")
    expect(page.locator("#autosaved")).to_contain_text("加密留在本机")
    page.context.set_offline(False)
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/sign-in/")
    signs_in(page, live_server, world.user(HOUSING, "liaison"))
    page.goto(f"{live_server.url}/referrals/new/")
    page.wait_for_load_state("networkidle")
    assert page.input_value("#id_facts") == ""
    assert left_here(page) == []


def test_two_tabs_the_refused_one_never_saves_over_the_other(sign_in, live_server, world):
    referral = make.draft(world)
    one = sign_in(HOUSING)
    two = one.context.new_page()
    for page in (one, two):
        page.goto(f"{live_server.url}/referrals/{referral.pk}/edit/")
    one.fill("#id_place", "第一个窗口")
    expect(one.locator("#autosaved")).to_contain_text("已自动保存")
    two.fill("#id_place", "第二个窗口")
    expect(two.locator("#autosaved")).to_contain_text("没有覆盖")
    two.fill("#id_facts", "第二个窗口接着写")
    two.wait_for_timeout(2500)
    assert Case.objects.get(pk=referral.case_id).place == "第一个窗口"
    assert "已自动保存" not in two.inner_text("#autosaved")
    two.reload()
    expect(two.locator("#autosaved")).to_contain_text("不是现在这一版")
    assert two.input_value("#id_place") == "第一个窗口"
    two.click("#autosaved button >> nth=0")
    assert two.input_value("#id_facts") == "第二个窗口接着写"
    assert Case.objects.get(pk=referral.case_id).place == "第一个窗口"


def test_back_and_save_is_one_draft(sign_in, live_server, world):
    page = sign_in(HOUSING)
    new_case(page, live_server)
    page.click(".bar .btn.main")
    page.wait_for_url("**/edit/")
    page.go_back()
    page.wait_for_load_state("networkidle")
    page.fill("#id_place", "返回以后写的")
    with page.expect_navigation():
        page.click(".bar >> text=保存草稿")
    page.wait_for_load_state("networkidle")
    assert Referral.objects.count() == 1
    assert Case.objects.get().place == "返回以后写的"


def test_words_of_an_act_come_back_at_the_acts_own_address(sign_in, live_server, world):
    referral = make.signed_for(world)
    page = sign_in(BUREAU)
    page.goto(f"{live_server.url}/referrals/{referral.pk}/")
    page.click("#act-object summary")
    page.fill("#act-object [name=reasons]", "该路段由园区管理。")
    expect(page.locator("#act-object .typed-said")).to_contain_text("已为您一人自动保存")
    page.context.clear_cookies(name="sessionid")
    page.click("#act-object button.danger")
    signs_in(page, live_server, world.user(BUREAU))
    expect(page.locator("#act-object .typed-said")).to_contain_text("已恢复")
    assert page.input_value("#act-object [name=reasons]") == "该路段由园区管理。"
