"""The main job in a browser: from the clerk's draft to the closing, and silence up to the supervision letter."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from accounts.kinds import Post
from documents.models import OfficialDocument
from foundation.cases.models import Matter
from oversight import watch
from oversight.models import Escalation
from referrals.models import Referral
from tests import make
from tests.conftest import PDF

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOUSING, BUREAU = "区住建局", "区综合行政执法局"


def local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def files(page, slot, name):
    page.set_input_files(f"#file-{slot}", files=[{"name": name, "mimeType": "application/pdf", "buffer": PDF + slot.encode()}])
    page.wait_for_selector(f"text={name}")


def pdf_text(page, url):
    answer = page.context.request.get(url)
    assert answer.ok
    return "".join(p.extract_text() for p in PdfReader(io.BytesIO(answer.body())).pages).replace("\n", "")


def test_a_referral_from_draft_to_closing(sign_in, live_server, world):
    clerk = sign_in(HOUSING)
    clerk.click(".side .new")
    clerk.fill("#id_found_at", local(timezone.now() - timedelta(hours=3)))
    clerk.select_option("#id_source", "patrol")
    clerk.fill("#id_place", "泰山南路88号门前")
    clerk.select_option("#id_party_kind", "enterprise")
    clerk.fill("#id_party_name", "枣庄喆堃建材有限公司")
    clerk.fill("#id_party_code", make.credit_code(77)[:-1] + ("A" if make.credit_code(77)[-1] != "A" else "B"))
    expect(clerk.locator("output[for=id_party_code]")).to_contain_text("校验位")
    clerk.fill("#id_party_code", make.credit_code(77))
    expect(clerk.locator("output[for=id_party_code]")).to_contain_text("✓")
    clerk.fill("#narrow-matter", "擅自占用")
    matter = Matter.objects.get(jurisdiction=world.jurisdiction, name="擅自占用城市道路堆放物料")
    expect(clerk.locator("#id_matter")).to_have_value(str(matter.pk))
    assert "区综合行政执法局" in clerk.inner_text("#suggested")
    clerk.fill("#id_facts", "在道路上堆放建筑材料约二十平方米，未取得占用许可。")
    clerk.fill("#id_reasons", "城市管理领域行政处罚权已集中到综合行政执法局。")
    clerk.fill("#id_determined_at", local(timezone.now() - timedelta(hours=1)))
    clerk.click("text=保存草稿，接着上传材料")
    files(clerk, "source_materials", "现场检查记录.pdf")
    files(clerk, "preliminary_evidence", "现场照片.pdf")
    clerk.click("text=送领导签发")
    assert "还不能送签" in clerk.inner_text("main")
    assert "XC-2.2-a" in clerk.inner_text("#f-preliminary_investigation")
    assert clerk.input_value("#id_facts").startswith("在道路上堆放")
    clerk.fill("#id_preliminary_investigation", "已现场检查并制作笔录。")
    expect(clerk.locator("#autosaved")).to_contain_text("已自动保存")
    clerk.click("text=送领导签发")
    clerk.wait_for_selector("text=已送领导签发")
    referral = Referral.objects.latest("pk")

    leader = sign_in(HOUSING, "leader_in_charge", phone=True)
    leader.click("a.title >> nth=0")
    page = leader.frame_locator("iframe.letter-frame").locator("img >> nth=0")
    expect(page).to_be_visible()
    assert page.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
    assert leader.evaluate("document.documentElement.scrollWidth") <= 390
    first = leader.locator("#act-sign summary")
    box = first.bounding_box()
    assert box["y"] + box["height"] <= 844
    assert box["height"] >= 44
    first.click()
    sheet = leader.locator("#act-sign")
    expect(sheet).to_contain_text("发往：")
    expect(sheet).to_contain_text("签发后文号和内容不再改动。")
    button = leader.locator("#act-sign button")
    box = button.bounding_box()
    assert box["y"] + box["height"] <= 844
    assert box["height"] >= 44
    button.click()
    leader.wait_for_selector("text=已签发编号")

    receiver = sign_in(BUREAU)
    receiver.click("a.title >> nth=0")
    assert "已送达未签收" in receiver.inner_text("main")
    assert "剩 3 个工作日" in receiver.inner_text("main")
    receiver.click("#act-sign_for button")
    receiver.wait_for_selector("text=已签收。")
    for opens in receiver.locator("a[data-opens]").all():
        opens.click()
    receiver.wait_for_selector(".days li.yes")
    receiver.click("#act-accept summary")
    receiver.click("#act-accept button.main")
    receiver.wait_for_selector("text=已受理，受理告知函已发出")
    receiver.click("#act-handle button")
    receiver.wait_for_selector("text=已登记开始办理")
    receiver.fill("#act-decide [name=decision]", "罚款人民币二千元。")
    receiver.select_option("#act-decide [name=kind]", "penalty")
    receiver.fill("#act-decide [name=at]", local(timezone.now()))
    receiver.fill("#act-decide [name=number]", "薛综执罚决字〔2026〕9号")
    receiver.click("#act-decide button.main")
    receiver.wait_for_selector("text=结果通报期限开始计算")
    receiver.click("#act-report_result summary")
    receiver.click("#act-report_result button")
    receiver.wait_for_selector("text=处理结果通报函已发出")

    clerk.goto(f"{live_server.url}/referrals/{referral.pk}/")
    assert "罚款人民币二千元" in clerk.inner_text("main")
    clerk.click("#act-close summary")
    clerk.click("#act-close button.main")
    clerk.wait_for_selector("text=已办结。")
    for kind, words in (
        ("referral_letter", "枣庄喆堃建材有限公司"), ("referral_acceptance_notice", "决定受理"), ("referral_result_notice", "罚款人民币二千元"),
    ):  # fmt: skip
        document = OfficialDocument.objects.get(kind=kind, subject_id=referral.pk, subject_kind="referral")
        assert words in pdf_text(clerk, f"{live_server.url}/referrals/{referral.pk}/documents/{document.pk}/")


def test_silence_reaches_the_governments_desk_once_and_a_letter_goes_out(sign_in, live_server, world, at):
    at("2026-03-09T09:00")
    referral = make.delivered(world)
    watch.sweep(at("2026-03-13T00:00:01"))
    watch.sweep(at("2026-03-13T00:01:01"))
    found = Escalation.objects.get(subject_kind="referral", subject_id=referral.pk)

    office = sign_in("区政府办公室", "government_clerk")
    office.click("text=督办")
    office.click("a.title")
    office.fill("#act-propose [name=words]", "已电话催办，建议发函督办。")
    office.click("#act-propose button.main")
    office.wait_for_selector("text=拟办意见已送政府领导")

    leader = sign_in("区政府", "government_leader", phone=True)
    leader.goto(f"{live_server.url}/escalations/{found.pk}/")
    leader.fill("#act-instruct [name=words]", "请立即答复。")
    leader.fill("#act-instruct [name=until]", "2026-03-16")
    leader.click("#act-instruct button.main")
    leader.wait_for_selector("text=督办函已编号发出")
    letter = OfficialDocument.objects.get(subject_kind="escalation", subject_id=found.pk)
    assert "薛政办发〔2021〕25号" in pdf_text(leader, f"{live_server.url}/escalations/{found.pk}/documents/{letter.pk}/")

    late = sign_in(BUREAU)
    late.goto(f"{live_server.url}/escalations/{found.pk}/")
    late.fill("#act-explain [name=words]", "经办人外出培训，今日已答复。")
    late.click("#act-explain button.main")
    late.wait_for_selector("text=情况说明已送政府办公室")
    watch.sweep(at("2026-03-16T00:00:01"))
    assert Escalation.objects.filter(subject_kind="referral", subject_id=referral.pk).count() == 1


def test_a_draft_survives_a_lost_session(sign_in, live_server, world):
    page = sign_in(HOUSING)
    page.click(".side .new")
    page.fill("#id_place", "永福南路")
    page.click("text=保存草稿，接着上传材料")
    page.wait_for_selector("text=保存草稿")
    page.context.clear_cookies()
    page.fill("#id_facts", "会话失效以后写下的事实")
    expect(page.locator("#autosaved")).to_contain_text("登录已失效")
    url = page.url
    page.goto(live_server.url + "/sign-in/")
    page.fill("[name=username]", world.user(HOUSING).username)
    page.fill("[name=password]", "correct-horse-battery")
    page.click("button.main")
    page.goto(url)
    expect(page.locator("#autosaved")).to_contain_text("已自动保存")
    assert page.input_value("#id_facts") == "会话失效以后写下的事实"
    assert Referral.objects.latest("pk").case.facts == "会话失效以后写下的事实"


def test_the_core_acts_work_with_scripts_blocked(sign_in, live_server, world):
    referral = make.delivered(world)
    page = sign_in(BUREAU, scripts=False)
    page.goto(f"{live_server.url}/referrals/{referral.pk}/")
    page.click("#act-sign_for button")
    page.click("#act-accept summary")
    page.click("#act-accept button.main")
    assert Referral.objects.get(pk=referral.pk).state == "accepted"


@pytest.mark.parametrize("phone", [False, True])
def test_nothing_serious_for_those_who_see_or_move_less_well(sign_in, live_server, world, phone):
    from axe_playwright_python.sync_playwright import Axe

    referral, draft = make.signed_for(world), make.draft(world, party_code=make.credit_code(3))
    page = sign_in(HOUSING, phone=phone)
    for path in (
        "/",
        "/referrals/",
        f"/referrals/{draft.pk}/edit/",
        f"/referrals/{referral.pk}/",
        "/calendar/",
        "/rules/",
        "/settings/",
        "/escalations/",
        "/messages/",
    ):
        page.goto(live_server.url + path)
        serious = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
        assert serious == [], (path, [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in serious])
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], path


def test_no_page_is_wider_than_a_phone_in_english(sign_in, live_server, world):
    page = sign_in("区政府办公室", Post.ADMINISTRATOR, phone=True)
    page.click("button[name=language]")
    for path in ("/", "/referrals/", "/calendar/", "/work/", "/escalations/", "/settings/"):
        page.goto(live_server.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
