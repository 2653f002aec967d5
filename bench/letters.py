"""Letters: ours beside bare WeasyPrint with the same HTML and fonts; how many a minute; how much memory after 500."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from documents import content
from documents.rendering import FONTS, HERE, OnlyOurFonts, html_of, render_pdf

PARAGRAPH = "经查，当事人在薛城区泰山南路88号堆放建筑材料，占用道路约二十平方米，未取得占用许可，上述事实有现场检查记录、照片和调查询问笔录为证。"


def letter(paragraphs: int) -> dict[str, Any]:
    """The words of a letter of as many paragraphs."""
    body = [content.heading("一、基本违法事实"), *(content.paragraph(PARAGRAPH) for _n in range(paragraphs))]
    words = content.words("关于移送枣庄喆堃建材有限公司涉嫌擅自占用道路案的函", "薛城区综合行政执法局", body, signer="分管领导")
    return words | {"number": "薛住建函〔2026〕1号", "issuer": "薛城区住房和城乡建设局", "date": "2026年3月9日", "form": "letter"}


class Bare:
    """WeasyPrint as its manual has it: one font configuration, one style sheet, the same HTML."""

    def __init__(self) -> None:
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration

        self.fonts = FontConfiguration()
        style = (HERE / "style" / "official.css").read_text(encoding="utf-8")
        self.sheet = CSS(string=style, font_config=self.fonts, base_url=FONTS.as_uri() + "/", url_fetcher=OnlyOurFonts())

    def render(self, html: str) -> bytes:
        from weasyprint import HTML

        return bytes(
            HTML(string=html, base_url=FONTS.as_uri() + "/", url_fetcher=OnlyOurFonts()).write_pdf(stylesheets=[self.sheet], font_config=self.fonts)
        )


def peak_mb() -> float:
    """The most memory that this process has had (not its parent's, which getrusage would count)."""
    with open("/proc/self/status", encoding="ascii") as stream:
        return next(int(line.split()[1]) / 1024 for line in stream if line.startswith("VmHWM"))


def worker(letters: int) -> dict[str, float]:
    """What one worker does: `letters` letters one after another; letters a minute and the peak of its memory."""
    render_pdf(letter(2), "AAAA-BBBB-CCCC-0000")
    began = time.perf_counter()
    for number in range(letters):
        render_pdf(letter(2 if number % 5 else 14), f"AAAA-BBBB-CCCC-{number:04d}")
    seconds = time.perf_counter() - began
    return {"letters_per_minute": letters / seconds * 60, "peak_mb": peak_mb()}


def html(paragraphs: int) -> str:
    return html_of(letter(paragraphs), "AAAA-BBBB-CCCC-DDDD")


if __name__ == "__main__":
    import django

    django.setup()
    sys.stdout.write(json.dumps(worker(int(sys.argv[1]))))
