"""Every kind of document shows the same glyphs in poppler, MuPDF, PDFium and Ghostscript."""

from __future__ import annotations

from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from documents.kinds import KINDS
from tests.documents.engines import differences, glyphs_of

OLD_STYLE = Path(__file__).parent / "fonts" / "cid-keyed.otf"
SENTENCE = "枣庄喆堃商贸有限公司函号2026年3月9日移送局"


def test_every_kind_of_document_shows_the_same_glyphs_in_every_viewer(every_kind):
    assert set(every_kind) == set(KINDS), "a kind of document that nobody has looked at"
    for kind, document in every_kind.items():
        found = differences(Path(document.file.path))
        assert found == [], f"{kind}: {found[:10]}"
        assert len(glyphs_of(Path(document.file.path))) > 100


def _printed(font: Path, folder: Path) -> Path:
    fonts = FontConfiguration()
    style = CSS(string=f'@font-face {{ font-family: Tried; src: url("{font.as_uri()}") }} p {{ font: 16pt Tried }}', font_config=fonts)
    target = folder / "tried.pdf"
    HTML(string=f"<p>{SENTENCE}</p>").write_pdf(target, stylesheets=[style], font_config=fonts)
    return target


def test_a_font_whose_charset_is_not_the_identity_is_found_out(tmp_path):
    """The kind of font that these documents had: in MuPDF and Ghostscript its glyphs are missing or wrong."""
    found = differences(_printed(OLD_STYLE, tmp_path))
    assert any("MuPDF" in line for line in found)
    assert any("Ghostscript" in line for line in found)


def test_the_same_words_in_a_shipped_font_are_not_found_fault_with(tmp_path):
    shipped = Path(__file__).resolve().parent.parent.parent / "documents" / "fonts" / "YisongFang.ttf"
    words = SENTENCE.replace("喆堃", "")
    assert words
    assert [line for line in differences(_printed(shipped, tmp_path)) if "喆" not in line and "堃" not in line] == []
