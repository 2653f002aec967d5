"""Long names stay inside the page, and nothing stands over anything else. Figures in millimetres from the upper left."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pymupdf
import pytest

from documents.content import contact_note, heading, paragraph, words
from documents.printing import texts_of
from documents.rendering import render_pdf

MM = 72 / 25.4
LEFT, RIGHT, TOLERANCE = 28.0, 28.0 + 156.0, 1.0
AGENCIES = {
    9: "薛城区住房和城建局",
    20: "薛城区住房和城乡建设与公用事业管理服务局",
    30: "薛城区住房和城乡建设综合行政执法与公用事业管理服务中心委员会",
    45: "薛城区住房和城乡建设综合行政执法与公用事业管理服务中心委员会暨农业农村社会治理联席会议办公室",
}
SIGNERS = ["张三", "欧阳阿卜杜拉·买买提江·司马", "薛城区住房和城乡建设局党组书记局长欧阳阿卜杜拉·买买提江"]


def made(tmp_path, form="letter", **changes):
    content = words(
        changes.pop("title", "关于枣庄喆堃建材有限公司涉嫌占道经营案处理结果的通报函"), "某局", [heading("一、情况"), paragraph("已处理。" * 20)],
        note=contact_note("张某", "0632-4400000"), **{k: changes.pop(k) for k in ("attachments", "materials", "signer") if k in changes},
    )  # fmt: skip
    content |= {"number": "薛住建综执呈〔2026〕1234号", "issuer": AGENCIES[9], "date": "2026年3月9日", "form": form} | changes
    target = tmp_path / "made.pdf"
    target.write_bytes(render_pdf(content, "AAAA-BBBB-CCCC-DDDD")[0])
    return target


def characters(pdf: Path):
    """(page, sign, left, top, right, bottom) of every sign with ink."""
    with pymupdf.open(pdf) as opened:
        for number, page in enumerate(opened):
            for block in page.get_text("rawdict")["blocks"]:
                for line in block.get("lines", ()):
                    for span in line["spans"]:
                        for char in span["chars"]:
                            if not char["c"].isspace():
                                yield (number, char["c"], *(at / MM for at in char["bbox"]))


def lines(pdf: Path):
    """Each line of text with its left and right edge, by page and baseline."""
    found = {}
    for page, sign, left, _top, right, bottom in characters(pdf):
        row = found.setdefault((page, round(bottom)), ["", left, right])
        row[0], row[1], row[2] = row[0] + sign, min(row[1], left), max(row[2], right)
    return list(found.values())


@pytest.mark.parametrize("length", AGENCIES)
@pytest.mark.parametrize("form", ["letter", "upward"])
def test_an_agencys_name_of_any_length_stays_inside(tmp_path, form, length):
    pdf = made(tmp_path, form, issuer=AGENCIES[length], signer="张三")
    for _page, sign, left, _top, right, _bottom in characters(pdf):
        assert left > 20 - TOLERANCE, sign
        assert right < 190 + TOLERANCE, sign
    signed = [row for row in lines(pdf) if "2026年3月9日" in row[0]]
    assert len(signed) == 1
    said = re.sub(r"\s", "", subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout)
    assert said.count(AGENCIES[length]) >= 2, "in the head and over the date"


@pytest.mark.parametrize("length", AGENCIES)
def test_the_signature_ends_inside_the_type_area_and_stands_centred_over_its_date(tmp_path, length):
    rows = lines(made(tmp_path, issuer=AGENCIES[length]))
    at = next(number for number, row in enumerate(rows) if row[0] == "2026年3月9日")
    name, date = rows[at - 1], rows[at]
    assert name[2] < RIGHT + TOLERANCE
    assert name[1] > LEFT - TOLERANCE
    assert abs((name[1] + name[2]) - (date[1] + date[2])) / 2 < 2
    assert RIGHT - date[2] > 4 * 16 * 0.3528 - 2, "the date is four characters from the right, or more"


@pytest.mark.parametrize("signer", SIGNERS)
def test_the_number_and_who_signs_never_stand_over_each_other(tmp_path, signer):
    found = list(characters(made(tmp_path, "upward", signer=signer)))
    head = [c for c in found if c[0] == 0 and 85 < c[3] < 200]
    number = [c for c in head if c[2] < 110 and c[1] in "薛住建综执呈〔〕号"]
    assert number
    for _page, _sign, left, top, right, bottom in head:
        over = [c for c in head if c[2] < right - 0.3 and c[4] > left + 0.3 and c[3] < bottom - 3 and c[5] > top + 3]
        assert len(over) <= 1, over
        assert right < RIGHT + TOLERANCE


def test_an_attachments_name_is_not_broken_while_it_fits(tmp_path):
    rows = [row[0] for row in lines(made(tmp_path, attachments=["移送材料清单", "签收回执"]))]
    assert "附件：1.移送材料清单" in rows
    assert "2.签收回执" in rows
    rows = [row[0] for row in lines(made(tmp_path, attachments=["涉嫌违法案件现场检查笔录及照片录像等材料清单"]))]
    assert any(row.startswith("附件：涉嫌违法案件现场检查笔录") for row in rows)


def test_a_long_file_name_leaves_size_and_hash_on_the_paper(tmp_path):
    names = ["IMG_" + "a1b2c3d4" * 24 + ".jpeg", "现场照片" * 48 + "的全部.pdf"]
    pdf = made(tmp_path, materials=[["现场检查笔录与照片录像", name, "12.3 MB", "0123456789abcdef" * 4] for name in names])
    assert all(right < RIGHT + TOLERANCE for _page, _sign, _left, _top, right, _bottom in characters(pdf))
    said = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    for wanted in (*names, "12.3 MB", "0123456789abcdef" * 4):
        assert re.sub(r"\s", "", wanted) in re.sub(r"\s", "", said)


@pytest.mark.parametrize("form", ["letter", "upward"])
def test_the_note_says_whom_to_ask(tmp_path, form):
    assert "（联系人：张某，电话：0632-4400000）" in [row[0] for row in lines(made(tmp_path, form, signer="张三"))]


def test_every_kind_of_document_names_a_contact_and_no_identifier_of_ours(every_kind):
    """Clauses, clocks, slots and choices have keys in the profiles; a letter cites the document by title and number."""
    for kind, document in every_kind.items():
        said = subprocess.run(["pdftotext", "-layout", document.file.path, "-"], capture_output=True, text=True, check=True).stdout
        assert "（联系人：" in said, kind
        names = [row.pop(1) for row in document.content["materials"]]
        assert all(name.endswith(".pdf") for name in names), "what a person called a file is theirs"
        for text in texts_of({key: value for key, value in document.content.items() if key not in ("form", "names")}):
            assert re.findall(r"\b[A-Z]{2}-\d+\.\d\S*|[a-z]+_[a-z_]+", text) == [], kind


def pages_of(body_lines):
    content = words(
        "关于枣庄正大包装材料厂涉嫌露天焚烧产生有毒有害烟尘的物质案处理结果的通报函", "某局", [paragraph("已处理。") for _ in range(body_lines)],
        note=contact_note("区综合行政执法局综合执法二中队经办人", "0632-4400000"),
    )  # fmt: skip
    content |= {"number": "薛综执函〔2026〕12号", "issuer": AGENCIES[9], "date": "2026年3月9日", "form": "letter"}
    with pymupdf.open(stream=render_pdf(content, "AAAA-BBBB-CCCC-DDDD")[0]) as opened:
        return [re.sub(r"\s", "", page.get_text()) for page in opened]


@pytest.mark.parametrize("body_lines", range(3, 13))
def test_signature_and_note_stand_together_below_words_of_the_letter(body_lines):
    """A telephone number alone on the second page, or a page that bears the signature only, is no letter (GB/T 9704)."""
    last = pages_of(body_lines)[-1]
    for part in ("已处理。", "2026年3月9日", "联系人：区综合行政执法局综合执法二中队经办人，电话：0632-4400000"):
        assert part in last, part
