"""Parties on the draft's page in a browser: the verdict on a code, rows with scripts and without, and the key Enter."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from referrals.models import Referral
from tests import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOUSING = "区住建局"


def kept(referral):
    return [party["name"] for party in Referral.objects.select_related("case").get(pk=referral.pk).case.further_parties]


def saved(page):
    """Pressed save, and the draft is shown again: the page first lets its own save finish."""
    with page.expect_navigation():
        page.click("button[form=draft]:not([name])")
    page.wait_for_load_state("networkidle")


def test_the_verdict_stands_beside_the_code_and_is_what_saving_says(sign_in, live_server, world):
    referral = make.draft(world)
    page = sign_in(HOUSING)
    page.goto(f"{live_server.url}/referrals/{referral.pk}/edit/")
    page.select_option("#id_party_kind", "person")
    told = page.locator("#f-party_code output")
    page.fill("#id_party_code", "３７０４０３ 19650615 1239")
    expect(told).to_have_text("✓ 居民身份证 370403196506151239")
    page.fill("#id_party_code", "370403196506151238")
    expect(told).to_contain_text("校验位")
    box, bar = told.bounding_box(), page.locator(".bar").bounding_box()
    assert box["y"] + box["height"] <= bar["y"]
    page.select_option("#id_party_document", "passport")
    expect(told).to_contain_text("现为18位")


@pytest.mark.parametrize("scripts", [True, False])
def test_parties_are_added_and_taken_away(sign_in, live_server, world, scripts):
    referral = make.draft(world)
    page = sign_in(HOUSING, scripts=scripts)
    page.goto(f"{live_server.url}/referrals/{referral.pk}/edit/")
    for number, name in enumerate(("第二公司", "第三公司")):
        page.click("[name=add_party]")
        page.select_option(f"[name=further_parties-{number}-kind]", "enterprise")
        page.fill(f"[name=further_parties-{number}-name]", name)
    saved(page)
    assert kept(referral) == ["第二公司", "第三公司"]
    page.click("[name=further_parties-0-remove]")
    if scripts:
        saved(page)
    page.wait_for_load_state("networkidle")
    assert kept(referral) == ["第三公司"]


def test_enter_saves_and_takes_no_party_away(sign_in, live_server, world):
    referral = make.draft(world, further_parties=[{"kind": "enterprise", "name": "第二公司"}])
    page = sign_in(HOUSING, scripts=False)
    page.goto(f"{live_server.url}/referrals/{referral.pk}/edit/")
    page.fill("#id_place", "临山路2号")
    page.press("#id_place", "Enter")
    page.wait_for_load_state("networkidle")
    assert kept(referral) == ["第二公司"]
    assert Referral.objects.select_related("case").get(pk=referral.pk).case.place == "临山路2号"
