"""Large files from the page: in parts, paused, after a reload, after a broken line; never the halves of two files in one."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from foundation.cases.models import Material
from referrals.models import Upload
from tests import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOUSING = "区住建局"
SIZE = 350_000
FILM = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomavc1" + bytes(range(256)) * ((SIZE - 24) // 256)
OTHER = FILM[:24] + bytes(reversed(range(256))) * ((SIZE - 24) // 256)
CHOOSE = "#file-other"


def film(data=FILM, name="执法记录仪.mp4"):
    return {"name": name, "mimeType": "video/mp4", "buffer": data}


@pytest.fixture
def draft(world, settings, sign_in, live_server):
    settings.UPLOAD_PART_BYTES = 64 * 1024
    settings.WORK_RAISES = False
    referral = make.draft(world)
    page = sign_in(HOUSING)
    page.goto(f"{live_server.url}/referrals/{referral.pk}/edit/")
    return referral, page


def held_after(page, parts):
    """The line breaks for good after so many parts; returns how it is mended."""
    seen = []

    def hold(route):
        seen.append(route.request.url)
        if len(seen) <= parts:
            route.continue_()

    page.route("**/parts/**", hold)
    return lambda: page.unroute("**/parts/**")


def kept(referral):
    material = Material.objects.filter(case=referral.case, name="执法记录仪.mp4").first()
    return material.file.read() if material else None


def test_a_film_goes_in_parts_and_stands_on_the_list(draft):
    referral, page = draft
    page.set_input_files(CHOOSE, film())
    expect(page.locator("#f-materials a", has_text="执法记录仪.mp4").first).to_be_visible()
    assert kept(referral) == FILM
    assert not Upload.objects.exists()


def test_after_a_reload_the_same_file_goes_on_where_it_stood(draft):
    referral, page = draft
    mend = held_after(page, 2)
    page.set_input_files(CHOOSE, film())
    expect(page.locator(".sending [role=status]")).to_have_text("37%")
    page.reload()
    mend()
    expect(page.locator(".sending")).to_contain_text("执法记录仪.mp4")
    expect(page.locator(".sending [role=status]")).to_contain_text("37%")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "/parts/" in request.url else None)
    page.set_input_files(CHOOSE, film())
    expect(page.locator("#f-materials a", has_text="执法记录仪.mp4").first).to_be_visible()
    assert kept(referral) == FILM
    # The first part again, to be compared, and what was missing: not the second.
    assert [url.rsplit("/", 2)[1] for url in sent] == ["0", "131072", "196608", "262144", "327680"]


def test_another_file_of_the_same_name_and_size_is_not_mixed_in(draft):
    referral, page = draft
    mend = held_after(page, 2)
    page.set_input_files(CHOOSE, film())
    expect(page.locator(".sending [role=status]")).to_have_text("37%")
    page.reload()
    mend()
    page.set_input_files(CHOOSE, film(OTHER))
    expect(page.locator(".sending.err [role=status]")).to_contain_text("不是同一个文件")
    assert kept(referral) is None
    assert Upload.objects.get().received == 131_072


def test_paused_and_on_again_and_given_up(draft):
    referral, page = draft
    mend = held_after(page, 1)
    page.set_input_files(CHOOSE, film())
    expect(page.locator(".sending [role=status]")).to_have_text("18%")
    page.click(".sending [data-pause]")
    page.reload()
    mend()
    page.click(".sending [data-drop]")
    expect(page.locator(".sending")).to_have_count(0)
    page.wait_for_timeout(300)
    assert not Upload.objects.exists()
    page.set_input_files(CHOOSE, film())
    expect(page.locator("#f-materials a", has_text="执法记录仪.mp4").first).to_be_visible()
    assert kept(referral) == FILM


def test_what_may_not_come_in_is_said_before_it_is_sent(draft):
    _referral, page = draft
    page.set_input_files(CHOOSE, film(b"MZ\x90\x00" + b"\x00" * 300_000))
    expect(page.locator(".sending.err [role=status]")).to_contain_text("可执行程序")


def test_without_scripts_a_small_file_goes_with_the_form(sign_in, live_server, world):
    referral = make.draft(world)
    page = sign_in(HOUSING, scripts=False)
    page.goto(f"{live_server.url}/referrals/{referral.pk}/edit/")
    page.set_input_files(CHOOSE, {"name": "说明.txt", "mimeType": "text/plain", "buffer": "说明".encode()})
    page.click("form.drop:has(#file-other) button")
    expect(page.locator("#f-materials a", has_text="说明.txt")).to_be_visible()
