"""Figures of a page that depend on how long a name is: the head's size, where the signature stands. GB/T 9704-2012, 7.2 and 7.3."""

from __future__ import annotations

from typing import Any

from documents.titles import title_lines, width_of

MM_PER_POINT = 0.3528
HEAD_MM = 158.0
LARGEST_HEAD = 38.0
# A head smaller than the body is none: then it goes on two lines.
SMALLEST_HEAD = 18.0
# Characters of 16 pt on a line, and how far the date stands from the right.
LINE = 28
DATE_INDENT = 4.0
LONGEST_NAME = 26
# Names of attachments up to this length stay on one line.
ON_ONE_LINE = 21


def head_lines(name: str) -> tuple[list[str], float]:
    """The issuing agency's head in one or two lines, and its size in points."""
    size = HEAD_MM / MM_PER_POINT / max(width_of(name), 1)
    if size >= SMALLEST_HEAD:
        return [name], min(LARGEST_HEAD, size)
    lines = title_lines(name, width=-(-width_of(name) // 2) + 1)
    return lines, min(LARGEST_HEAD, HEAD_MM / MM_PER_POINT / max(width_of(line) for line in lines))


def signature(issuer: str, date: str) -> dict[str, Any]:
    """署名 and 成文日期: the date four characters from the right and the name centred over it; a name too long for that ends at the
    margin, and the date is centred under it."""
    lines = title_lines(issuer, width=LONGEST_NAME)
    beyond = (max(width_of(line) for line in lines) - width_of(date)) / 2
    return {"lines": [*lines, date], "indent": f"{max(0.0, DATE_INDENT - max(0.0, beyond)):.2f}"}


def number_width(number: str) -> str:
    """What a report's head keeps for its number, in characters of 16 pt; letters and digits are a little over half as wide."""
    return f"{width_of(number) + 1.5:.1f}"


def is_long_signer(number: str, signer: str) -> bool:
    """Whether 签发人 and the document's number do not fit on one line of a report's head."""
    return width_of(number) + width_of("签发人：") + width_of(signer) > LINE - 4.5


def attachments(names: list[str]) -> list[dict[str, Any]]:
    return [{"name": name, "long": width_of(name) > ON_ONE_LINE} for name in names]


def material_rows(rows: list[list[str]]) -> list[list[str]]:
    """The list of materials; a row that was frozen before lists told of papers has size and hash alone behind the name."""
    return [row if len(row) > 4 else [*row[:2], "", "", "", *row[2:]] for row in rows]
