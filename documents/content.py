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


def contact_note(person: str, phone: str = "") -> str:
    """附注: whom to ask, and at which telephone; empty where neither is known."""
    said = [f"联系人：{person}"] if person else []
    return "，".join([*said, f"电话：{phone}"] if phone else said)


def words(
    title: str,
    addressee: str,
    body: list[dict[str, str]],
    *,
    names: list[str] | None = None,
    attachments: list[str] | None = None,
    note: str = "",
    copies: list[str] | None = None,
    urgency: str = "",
    secrecy: str = "",
    signer: str = "",
    materials: list[list[str]] | None = None,
    receipt: dict[str, str] | None = None,
) -> dict[str, Any]:
    """All that an issuing business says; number, issuer, date and form are added by `issue`.

    `names` are parts of the title that no line may break: the party, agencies, the matter. Without `note` the issuing act
    writes whom to ask.
    """
    return {
        "title": title,
        "names": [name for name in names or [] if name],
        "addressee": addressee,
        "body": body,
        "attachments": attachments or [],
        "note": note,
        "copies": copies or [],
        "urgency": urgency,
        "secrecy": secrecy,
        "signer": signer,
        "materials": materials or [],
        "receipt": receipt or {},
    }
