"""Official documents: numbers without gaps, words frozen, fonts embedded, layout by the standard, genuine or not."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest
from django.db import connections, transaction
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.actors import system_actor
from accounts.kinds import Post
from core.characters import unprintable
from documents.content import paragraph, words
from documents.files import render_document, unrendered
from documents.issuing import issue
from documents.models import OfficialDocument
from documents.rendering import render_pdf
from foundation.formats.models import LookedInto
from foundation.work.queueing import find_lost
from oversight import services as desk
from oversight import watch
from oversight.models import Escalation
from referrals import services
from tests import make
from tests.conftest import world_of

RARE = "囍龘镕喆堃䶮珺玥"
ROOT = Path(__file__).resolve().parent.parent.parent


def text_of(document):
    return "".join(page.extract_text() for page in PdfReader(document.file.path).pages).replace("\n", "")


def one(kind, referral_id, subject="referral"):
    return OfficialDocument.objects.get(kind=kind, subject_kind=subject, subject_id=referral_id)


def test_the_letter_says_what_the_clerk_said(xuecheng):
    referral = make.delivered(xuecheng, party_name=f"枣庄{RARE}商贸有限公司", urgent=True, urgent_reason="正在倾倒")
    letter = one("referral_letter", referral.pk)
    said = text_of(letter)
    for part in (RARE, "涉嫌违法案件移交函", "薛城区综合行政执法局", "附件", "移送材料清单", "签收回执", "特急", "薛政办发〔2021〕25号"):
        assert part in said, part
    assert letter.number == referral.number
    assert re.fullmatch(r"薛住建函〔\d{4}〕\d+号", letter.number)
    assert letter.sha256 == hashlib.sha256(letter.file.open("rb").read()).hexdigest()


def test_every_document_of_a_referrals_life_is_issued(xuecheng, at):
    with TestCase.captureOnCommitCallbacks(execute=True):
        at("2026-03-09T09:00")
        done = make.reported(xuecheng)
        refused = make.signed_for(xuecheng, party_code=make.credit_code(2))
        services.not_accept_referral(refused.pk, by=make.receiver(xuecheng), kind="papers", reasons="缺少进货凭证，无法核查。")
        late = make.delivered(xuecheng, party_code=make.credit_code(3))
        watch.sweep(at("2026-03-13T00:00:01"))
        found = Escalation.objects.get(subject_kind="referral", subject_id=late.pk)
        desk.propose_escalation(found.pk, by=xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK), words="建议照此办理", order="supervise")
        desk.instruct_escalation(
            found.pk, by=xuecheng.actor("区政府", Post.GOVERNMENT_LEADER), words="请立即答复。", order="supervise", until=date(2026, 3, 16)
        )
    assert "决定受理" in text_of(one("referral_acceptance_notice", done.pk))
    assert "罚款人民币二千元" in text_of(one("referral_result_notice", done.pk))
    assert "缺少进货凭证" in text_of(one("referral_non_acceptance_notice", refused.pk))
    letter = one("supervision_letter", found.pk, "escalation")
    said = text_of(letter)
    assert "应于2026年3月12日前办理" in said
    assert "请你单位于2026年3月16日前办理完毕" in said
    assert "《薛城区综合行政执法协调配合工作机制》（薛政办发〔2021〕25号）" in said
    assert letter.number.startswith("薛政办督〔2026〕")
    assert Escalation.objects.get(pk=found.pk).letter_number == letter.number


def test_the_extension_notice_goes_to_the_other_side(qidong, at):
    at("2026-03-09T09:00")
    referral = make.draft(qidong)
    services.extend_referral(referral.pk, by=make.sender(qidong), reason="需要委托鉴定")
    notice = one("extension_notice", referral.pk)
    assert notice.addressee == referral.to_agency
    assert "2026年3月23日" in str(notice.content["body"])


def test_numbers_restart_each_year_and_are_given_back_when_the_act_fails(xuecheng, at):
    def number():
        with transaction.atomic():
            return issue(
                "referral_letter", issuer=xuecheng.agencies["区科技局"], addressee=None, subject=("referral", 0),
                content=words("函", "某局", [paragraph("文")]), by=system_actor("test"), at=timezone.now(),
            ).number  # fmt: skip

    at("2025-12-31T23:50")
    assert number() == "薛科函〔2025〕1号"
    at("2026-01-01T00:10")
    assert [number(), number()] == ["薛科函〔2026〕1号", "薛科函〔2026〕2号"]

    def fails():
        issue(
            "referral_letter", issuer=xuecheng.agencies["区科技局"], addressee=None, subject=("referral", 0),
            content=words("函", "某局", [paragraph("文")]), by=system_actor("test"), at=timezone.now(),
        )  # fmt: skip
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction.atomic():
        fails()
    assert number() == "薛科函〔2026〕3号"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_two_numbers_without_a_gap():
    world, taken, barrier = world_of("xuecheng"), [], threading.Barrier(4)

    def take():
        try:
            barrier.wait()
            for _ in range(5):
                with transaction.atomic():
                    taken.append(
                        issue(
                            "referral_letter",
                            issuer=world.agencies["区科技局"],
                            addressee=None,
                            subject=("referral", 0),
                            content=words("函", "某局", [paragraph("文")]),
                            by=system_actor("test"),
                            at=timezone.now(),
                        ).number
                    )
                    transaction.set_rollback(False)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    serials = sorted(int(re.search(r"〕(\d+)号", n)[1]) for n in taken)
    assert serials == list(range(1, 21))


def test_what_a_user_typed_is_never_a_template(xuecheng):
    referral = make.delivered(xuecheng, facts="{{ 1|add:1 }} {% now 'Y' %} <script>x</script> <img src=http://127.0.0.1:9/x>")
    said = text_of(one("referral_letter", referral.pk)).replace(" ", "")
    assert "{{1|add:1}}" in said
    assert "<script>x</script>" in said


def test_a_killed_worker_leaves_nothing_half_done_and_the_sweep_queues_again(xuecheng, monkeypatch, commits):
    referral = make.signed(xuecheng)
    letter = one("referral_letter", referral.pk)

    def dies(*_a):
        raise SystemExit("killed")

    with monkeypatch.context() as broken:
        broken.setattr("documents.files.render_pdf", dies)
        with pytest.raises(SystemExit):
            render_document(letter.pk)
    letter.refresh_from_db()
    assert (letter.rendered_at, letter.sha256, bool(letter.file)) == (None, "", False)
    assert list(unrendered(timezone.now())) == []
    # The letter, and each paper that nobody has looked into yet.
    papers = LookedInto.objects.filter(read_at=None).count()
    assert find_lost(timezone.now() + timezone.timedelta(minutes=3)) == 1 + papers
    letter.refresh_from_db()
    assert letter.rendered_at is not None
    assert services.sign_for_referral(referral.pk, by=make.receiver(xuecheng)).state == "signed_for"
    assert render_document(letter.pk) is False


def test_genuine_or_not_and_nothing_else(xuecheng, client):
    letter = one("referral_letter", make.delivered(xuecheng).pk)
    said = client.get(reverse("verify-code", args=[letter.code])).content.decode()
    assert "本件为真" in said
    for secret in (letter.number, letter.title, letter.issuer.name):
        assert secret not in said
    assert "查无此件" in client.get(reverse("verify-code", args=["AAAA-BBBB-CCCC-DDDD"])).content.decode()
    typed = client.get(reverse("verify"), {"code": letter.code.lower().replace("-", " ")})
    assert typed["Location"] == reverse("verify-code", args=[letter.code])


def test_a_document_is_seen_only_by_who_sees_its_subject(xuecheng, client):
    letter = one("referral_letter", make.delivered(xuecheng).pk)
    url = reverse("document", args=[letter.subject_id, letter.pk])
    client.force_login(make.receiver(xuecheng).user)
    assert client.get(url)["Content-Type"] == "application/pdf"
    client.force_login(xuecheng.user("区民政局"))
    assert client.get(url).status_code == 404


ISOLATED = """
import sys, django
django.setup()
from documents.content import words, paragraph, heading
from documents.rendering import render_pdf
content = words("关于囍龘镕喆堃䶮珺玥公司案的函", "某某局", [heading("一、情况"), paragraph("当事人囍龘镕喆堃䶮珺玥，2026年3月9日，ABC—123。" * 9)], secrecy="内部", urgency="特急", note="联系人：某")
content |= {"number": "薛住建函〔2026〕1号", "issuer": "薛城区住房和城乡建设局", "date": "2026年3月9日", "form": sys.argv[1], "signer": "某某", "materials": [["类别", "名称", "1 KB", "ab" * 32]], "receipt": {"case": "案", "reply": "请复。"}}
sys.stdout.buffer.write(render_pdf(content, "AAAA-BBBB-CCCC-DDDD")[0])
"""


@pytest.fixture(scope="module", params=["letter", "upward"])
def isolated(request, tmp_path_factory):
    """A letter rendered where fontconfig knows no host font at all."""
    folder = tmp_path_factory.mktemp("fonts")
    (folder / "fonts.conf").write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><cachedir>{folder}</cachedir></fontconfig>'
    )
    env = {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf"), "XDG_DATA_HOME": str(folder), "HOME": str(folder)}
    done = subprocess.run([sys.executable, "-c", ISOLATED, request.param], cwd=ROOT, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[-1500:]
    path = folder / f"{request.param}.pdf"
    path.write_bytes(done.stdout)
    return request.param, path


def test_every_font_is_ours_embedded_and_no_glyph_is_missing(isolated):
    _form, path = isolated
    listed = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert listed
    for line in listed:
        assert "Yisong" in line, line
        assert line.split()[-5:-2] == ["yes", "yes", "yes"] or " yes yes yes " in line, line
    said = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    assert RARE in said.replace("\n", "")
    assert unprintable(said.replace("\f", "")) == []


MM = 72 / 25.4


def test_the_layout_keeps_the_standards_figures(isolated):
    form, path = isolated
    page = PdfReader(path).pages[0]
    assert abs(float(page.mediabox.width) / MM - 210) < 0.5
    assert abs(float(page.mediabox.height) / MM - 297) < 0.5
    said = subprocess.run(["pdftotext", "-bbox", "-f", "1", "-l", "1", str(path), "-"], capture_output=True, text=True, check=True).stdout
    boxes = [
        (float(a) / MM, float(b) / MM, float(c) / MM, float(d) / MM, word)
        for a, b, c, d, word in re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<', said)
    ]
    body = [b for b in boxes if "当事人" in b[4] or "龘" in b[4]]
    assert body
    lefts = [b[0] for b in boxes if b[4].startswith("某某局")]
    assert abs(lefts[0] - 28) < 1
    assert max(b[2] for b in body) < 28 + 156 + 1
    images = subprocess.run(["pdftoppm", "-r", "100", "-png", "-f", "1", "-l", "1", str(path)], capture_output=True, check=True).stdout
    red = _red_rows(images)
    if form == "letter":
        assert abs(red[0] - 30) < 2, red[0]
        assert abs(red[-1] - (297 - 20)) < 2, red[-1]
    else:
        assert abs(red[0] - 72) < 2, red[0]


def _red_rows(png):
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("RGB")
    rows = []
    for y in range(image.height):
        if any(r > 180 and g < 90 and b < 90 for r, g, b in (image.getpixel((x, y)) for x in range(0, image.width, 2))):
            rows.append(y / 100 * 25.4)
    return rows


def test_the_body_has_twenty_two_lines_of_twenty_eight_characters():
    content = words("函", "某局", [paragraph("字" * 28 * 60)])
    content |= {"number": "薛函〔2026〕1号", "issuer": "薛城区住房和城乡建设局", "date": "2026年3月9日", "form": "letter"}
    pdf, pages = render_pdf(content, "AAAA-BBBB-CCCC-DDDD")
    second = PdfReader(io.BytesIO(pdf)).pages[1].extract_text()
    lines = [line for line in second.splitlines() if line.startswith("字")]
    assert pages >= 3
    assert len(lines) == 22
    assert {len(line.strip()) for line in lines} == {28}
