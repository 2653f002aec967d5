"""What is shown before signing is what prints: the same face and the same line breaks."""

from __future__ import annotations

import base64
import io
import re

from PIL import Image
from pypdf import PdfReader

from documents.models import OfficialDocument
from tests import make


def lines_of(pdf):
    return [page.extract_text().splitlines() for page in PdfReader(io.BytesIO(pdf)).pages]


def without_what_signing_adds(pages):
    """The number and the verification code are not there yet."""
    lines = [[re.sub(r"\s", " ", line) for line in page if not re.search("校验码|verify", line)] for page in pages]
    return [[re.sub(r"〕[\d\s]*号", "〕号", line) for line in page] for page in lines]


def test_the_preview_breaks_its_lines_where_the_letter_does(xuecheng, client, at):
    at("2026-03-09T09:00")
    facts = "现场检查发现当事人在泰山南路东侧人行道上堆放建筑材料约20.5㎡，" * 20
    referral = make.submitted(xuecheng, facts=facts)
    client.force_login(make.sender(xuecheng).user)
    before = b"".join(client.get(f"/referrals/{referral.pk}/preview/?pdf"))
    with make.TestCase.captureOnCommitCallbacks(execute=True):
        make.services.sign_referral(referral.pk, by=xuecheng.actor(referral.from_agency.short_name, make.Post.LEADER))
    letter = OfficialDocument.objects.get(kind="referral_letter", subject_id=referral.pk)
    assert without_what_signing_adds(lines_of(before)) == without_what_signing_adds(lines_of(letter.file.read()))


def test_the_page_shows_pictures_of_that_pdf(xuecheng, client):
    referral = make.submitted(xuecheng)
    client.force_login(make.sender(xuecheng).user)
    answer = client.get(f"/referrals/{referral.pk}/preview/")
    pictures = re.findall(r'src="data:image/png;base64,([^"]+)"', answer.content.decode())
    pdf = b"".join(client.get(f"/referrals/{referral.pk}/preview/?pdf"))
    assert len(pictures) == len(PdfReader(io.BytesIO(pdf)).pages)
    first = Image.open(io.BytesIO(base64.b64decode(pictures[0])))
    assert abs(first.width / first.height - 210 / 297) < 0.01
    assert any(red > 180 and green < 90 for red, green, _blue in first.convert("RGB").resize((60, 85)).getdata())
    assert len(answer.content) < 600_000


def test_a_letter_not_ready_to_look_at_is_not_there_for_a_stranger(xuecheng, client):
    referral = make.submitted(xuecheng)
    client.force_login(xuecheng.user("区民政局"))
    assert client.get(f"/referrals/{referral.pk}/preview/?pdf").status_code == 404
