"""A document before it is issued, as it will print: the PDF that the same words make, and pictures of its pages.

A browser would break the lines elsewhere than the printed letter, even with the same fonts. Pictures of the very PDF cannot.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
from functools import lru_cache
from typing import Any

import pypdfium2
from PIL import Image

from accounts.models import Agency
from documents.content import contact_note
from documents.kinds import KINDS
from documents.printing import standardised
from documents.rendering import render_pdf

# Stands where the verification code will: there is nothing to verify yet.
NO_CODE = "预览"
# Sharp on a phone (390 points of three pixels), and small: about 40 KB a page.
DPI = 150
COLOURS = 24
# How many previews a process remembers: a clerk who looks twice, a leader who turns back.
REMEMBERED = 16


def as_if_issued(kind: str, content: dict[str, Any], *, issuer: Agency, day: dt.date) -> dict[str, Any]:
    """`content` with all that `issue` would add on `day`; where the serial will stand is a space as wide as a digit."""
    known = KINDS[kind]
    return standardised(content) | {
        "note": content.get("note") or contact_note("", issuer.phone),
        "number": f"{issuer.doc_code}{known.mark}〔{day.year}〕\u2002号",
        "issuer": issuer.name,
        "date": f"{day.year}年{day.month}月{day.day}日",
        "form": known.form,
    }


def preview_pdf(content: dict[str, Any]) -> bytes:
    """The PDF of a document that is not issued."""
    return _pdf(json.dumps(content, ensure_ascii=False, sort_keys=True))


def preview_pages(content: dict[str, Any]) -> list[str]:
    """The pages of that PDF as data: URLs of PNG pictures."""
    return _pages(json.dumps(content, ensure_ascii=False, sort_keys=True))


@lru_cache(maxsize=REMEMBERED)
def _pdf(content: str) -> bytes:
    return render_pdf(json.loads(content), NO_CODE)[0]


@lru_cache(maxsize=REMEMBERED)
def _pages(content: str) -> list[str]:
    opened = pypdfium2.PdfDocument(_pdf(content))
    try:
        return [_picture(page) for page in opened]
    finally:
        opened.close()


def _picture(page: pypdfium2.PdfPage) -> str:
    stream = io.BytesIO()
    page.render(scale=DPI / 72).to_pil().quantize(COLOURS, Image.Quantize.FASTOCTREE).save(stream, "PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
