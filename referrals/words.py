"""Words for the search: found as people type them, from one character on; pinyin initials find names; codes are found whole."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

from core.text import clean_code, folded

# What is searched: ideographs with 〇 and 々, and letters and digits; all else only divides.
RUN = re.compile(r"[〇々㐀-鿿豈-﫿\U00020000-\U0003ffff]+|[0-9a-z]+", re.IGNORECASE)
IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF))
# A zero in Chinese figures, as people and their input methods write it.
ZEROS = dict.fromkeys(map(ord, "零○◯"), "〇")

SHORTEST_CODE = 5


@lru_cache(maxsize=1)
def _simple_forms() -> dict[int, str]:
    """Each traditional or variant character with its simplified one, sign by sign: what is stored and what is asked fold alike,
    wherever a phrase is cut. Made once a process."""
    signs = [chr(number) for first, last in IDEOGRAPHS for number in range(first, last + 1)]
    simple = OpenCC("t2s").convert("\n".join(signs)).split("\n")
    return {ord(sign): one for sign, one in zip(signs, simple, strict=True) if sign != one} | ZEROS


def _runs(text: str) -> list[str]:
    """Compatibility forms, full width, Kangxi radicals and traditional forms folded, in runs of signs that are searched."""
    return RUN.findall(folded(text).translate(_simple_forms()))


def initials(name: str) -> str:
    """The pinyin initials of a name, lower case: 薛城区住建局 → xcqzjj."""
    return "".join(part[0] for part in lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore") if part).lower()


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def words_of(texts: Iterable[str], names: Iterable[str]) -> list[str]:
    """What is stored for the search: each sign and each pair of neighbours of all texts; pairs of the initials of names (marked ~)."""
    found: set[str] = set()
    names = list(names)
    for text in [*texts, *names]:
        for run in _runs(text):
            found.update(_pairs(run), run)
    for name in names:
        short = initials(name)
        found.update("~" + pair for pair in _pairs(short) if short)
    return sorted(found)


def code_word(code: str) -> str:
    """How the code of a party is stored for the search: whole, so that a part of it finds nothing."""
    return "#" + clean_code(code)[:39]


def alternatives(query: str) -> list[list[str]]:
    """What must all be stored for `query` to match, as alternatives: read as text, as a code, or as pinyin initials."""
    runs, code = _runs(query), clean_code(query)
    as_text = [pair for run in runs for pair in _pairs(run)]
    if not as_text:
        return []
    found = [as_text]
    if len(code) >= SHORTEST_CODE and any(sign.isdigit() for sign in code):
        found.append([code_word(code)])
    if all(run.isascii() and run.isalpha() for run in runs):
        found.append(["~" + pair for run in runs for pair in _pairs(run)])
    return found
