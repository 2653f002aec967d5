"""From frozen words to PDF. One font configuration and one style sheet per process; no network; nothing typed is a template."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import segno
from django.conf import settings
from django.template.loader import get_template
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from documents.layout import attachments, head_lines, is_long_signer, material_rows, number_width, signature
from documents.titles import title_lines

HERE = Path(__file__).resolve().parent
FONTS = HERE / "fonts"
_one_at_a_time = threading.Lock()


class OnlyOurFonts(URLFetcher):
    """Fonts from the repository and data: URLs; anything else is refused, so rendering reaches no network and no other file."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        parts = urlparse(url)
        if parts.scheme == "data" or (parts.scheme == "file" and Path(parts.path).resolve().parent == FONTS):
            return super().fetch(url, headers)
        raise ValueError(f"refused to fetch {parts.scheme}: while rendering")


@lru_cache(maxsize=1)
def _equipment() -> tuple[FontConfiguration, CSS, OnlyOurFonts]:
    fonts, fetcher = FontConfiguration(), OnlyOurFonts()
    style = (HERE / "style" / "official.css").read_text(encoding="utf-8")
    sheet = CSS(string=style, font_config=fonts, base_url=FONTS.as_uri() + "/", url_fetcher=fetcher)
    return fonts, sheet, fetcher


def verification_url(code: str) -> str:
    return f"{settings.PUBLIC_URL}/verify/{code}/"


def html_of(content: dict[str, Any], code: str) -> str:
    """The document as HTML: what the PDF is made from."""
    head, size = head_lines(content["issuer"] + ("文件" if content["form"] == "upward" else ""))
    context = content | {
        "title_lines": title_lines(content["title"], content.get("names", ())),
        "head_lines": head,
        "head_size": f"{size:.1f}",
        "signature": signature(content["issuer"], content["date"]),
        "attachments": attachments(content.get("attachments", [])),
        "materials": material_rows(content.get("materials", [])),
        "number_width": number_width(content["number"]),
        "long_signer": is_long_signer(content["number"], content.get("signer", "")),
        "code": code,
        "verify_at": f"{settings.PUBLIC_URL}/verify/",
        "qr": segno.make(verification_url(code), error="m", micro=False).svg_data_uri(border=0, scale=3),
    }
    return get_template(f"documents/{content['form']}.html").render(context)


def render_pdf(content: dict[str, Any], code: str) -> tuple[bytes, int]:
    """The PDF of these words and how many pages it has."""
    fonts, sheet, fetcher = _equipment()
    with _one_at_a_time:
        document = HTML(string=html_of(content, code), base_url=FONTS.as_uri() + "/", url_fetcher=fetcher).render(
            stylesheets=[sheet], font_config=fonts
        )
        return document.write_pdf(pdf_identifier=code.encode()), len(document.pages)
