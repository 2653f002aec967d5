"""The words of a document as plain JSON, before anything is rendered: pure builders."""

from __future__ import annotations

from typing import Any


def heading(text: str) -> dict[str, str]:
    return {"kind": "h1", "text": text}


def paragraph(text: str) -> dict[str, str]:
    return {"kind": "p", "text": text}


def paragraphs(text: str) -> list[dict[str, str]]:
    """One paragraph per line that a person typed; empty lines fall away."""
    return [paragraph(line.strip()) for line in text.splitlines() if line.strip()]


def words(
    title: str,
    addressee: str,
    body: list[dict[str, str]],
    *,
    attachments: list[str] | None = None,
    note: str = "",
    copies: list[str] | None = None,
    urgency: str = "",
    secrecy: str = "",
    signer: str = "",
    materials: list[list[str]] | None = None,
    receipt: dict[str, str] | None = None,
) -> dict[str, Any]:
    """All that an issuing business says; number, issuer, date and form are added by `issue`."""
    return {
        "title": title, "addressee": addressee, "body": body, "attachments": attachments or [], "note": note,
        "copies": copies or [], "urgency": urgency, "secrecy": secrecy, "signer": signer, "materials": materials or [],
        "receipt": receipt or {},
    }  # fmt: skip


def title_lines(title: str, width: int = 20) -> list[str]:
    """A title in lines of falling length (inverted trapezium), broken only behind a natural joint where there is one."""
    if len(title) <= width:
        return [title]
    lines = -(-len(title) // width)
    target = -(-len(title) // lines) + 1
    broken: list[str] = []
    rest = title
    while len(rest) > width or (rest and len(broken) < lines - 1):
        cut = min(target, len(rest))
        for joint in ("的", "》", "、", "案"):
            found = rest.rfind(joint, max(cut - 5, 1), cut)
            if found > 0:
                cut = found + 1
                break
        broken.append(rest[:cut])
        rest = rest[cut:]
    if rest:
        broken.append(rest)
    return broken
