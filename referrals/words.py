"""Words for the search: two characters suffice; pinyin initials of names find them too; codes are found whole."""

from __future__ import annotations

import re

from pypinyin import Style, lazy_pinyin

from core.text import clean_code, folded

RUN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]+|[0-9a-z]+", re.IGNORECASE)

SHORTEST_CODE = 5


def initials(name: str) -> str:
    """The pinyin initials of a name, lower case: 薛城区住建局 → xcqzjj."""
    return "".join(part[0] for part in lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore") if part).lower()


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def words_of(texts: list[str], names: list[str]) -> list[str]:
    """What is stored for the search: character pairs of all texts, and of the initials of names (marked ~)."""
    found: set[str] = set()
    for text in [*texts, *names]:
        for run in RUN.findall(folded(text)):
            found.update(_pairs(run))
    for name in names:
        short = initials(name)
        found.update("~" + pair for pair in _pairs(short) if short)
    return sorted(found)


def code_word(code: str) -> str:
    """How the code of a party is stored for the search: whole, so that a part of it finds nothing."""
    return "#" + clean_code(code)[:39]


def alternatives(query: str) -> list[list[str]]:
    """What must all be stored for `query` to match, as alternatives: read as text, or as pinyin initials."""
    runs, code = RUN.findall(folded(query)), clean_code(query)
    as_text = [pair for run in runs for pair in _pairs(run)]
    if not as_text:
        return []
    found = [as_text]
    if len(code) >= SHORTEST_CODE and any(sign.isdigit() for sign in code):
        found.append([code_word(code)])
    if all(run.isascii() and run.isalpha() for run in runs):
        found.append(["~" + pair for run in runs for pair in _pairs(run)])
    return found
