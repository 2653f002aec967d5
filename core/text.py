"""Text as it is kept: cleaned once, where it enters. Pure functions; cleaning what is clean changes nothing.

Three kinds. *Prose* keeps every sign that offices type (㎡ ½ Ⅳ ①) and its line ends. A *line* is prose without
line ends, its digits and letters half-width, its spaces single: names, places, numbers of documents, searches.
A *code* is compared letter by letter: compatibility forms folded, upper case, no spaces, hyphens or dots.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django.utils.translation import get_language

from core.characters import RADICALS, standard

# What Word, WPS and web pages put where a person saw a new line: vertical tab, form feed, NEL, LS, PS.
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Full-width digits and letters, and the ideographic space: typed by an input method, never meant.
_HALF = {full: full - 0xFEE0 for span in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)) for full in range(span[0], span[1] + 1)}
# Radicals look like the character but are none; a name copied from a PDF is full of them.
_RADICALS = {n: unicodedata.normalize("NFKC", chr(n)) for span in ((0x2E80, 0x2EF3), (0x2F00, 0x2FD5)) for n in range(span[0], span[1] + 1)}
_RADICALS |= RADICALS
_IN_A_LINE = _HALF | _RADICALS
# Which drawing of a character is meant: no face here knows, and it would hide a name from the search.
_DRAWINGS = re.compile("[\U000e0100-\U000e01ef]")
_SPACES = re.compile(r"\s+")
# Between the parts of a transliterated name stands U+00B7 (GB/T 15835); keyboards give these.
_MIDDLE_DOTS = re.compile("[\u2022\u2027\u2219\u22c5\u30fb\uff65]")
_NOT_IN_A_CODE = re.compile(r"[\s.\-‐‑‒–—―−﹣－·•‧・。．]+")


def _is_kept(sign: str) -> bool:
    """False for what nobody sees and databases, XML or spreadsheets choke on: controls but line feed and tab, directions,
    zero widths, byte order marks, lone surrogates, variation selectors, code points that are no characters."""
    if sign in "\n\t":
        return True
    number = ord(sign)
    if 0xFE00 <= number <= 0xFE0F or number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF:
        return False
    return unicodedata.category(sign) not in ("Cc", "Cf", "Cs")


def clean_prose(text: str) -> str:
    """`text` with line feeds as its only line ends, without invisible signs, private code points of GB 18030 made standard, in
    NFC. Leading and trailing space stays."""
    text = _BREAKS.sub("\n", text)
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", standard("".join(filter(_is_kept, text))))


def without_unseen(text: str) -> str:
    """`text` without what nobody sees; its breaks stay, for what a break means depends on the kind of text it goes into."""
    return "".join(sign for sign in text if sign in "\r\x0b\x0c\x85" or _is_kept(sign))


def clean_line(text: str) -> str:
    """`text` on one line: as prose, digits and letters half-width, Kangxi radicals as characters, runs of space as one."""
    # A break pasted from Word in the middle of a name is noise; one that was typed divides two words.
    text = clean_prose(_DRAWINGS.sub("", re.sub("[\x0b\x0c]", "", text))).translate(_IN_A_LINE)
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def clean_name(text: str) -> str:
    """The name of a person, a company or a body: a line, whose middle dots are U+00B7."""
    return _MIDDLE_DOTS.sub("·", clean_line(text))


def clean_code(text: str) -> str:
    """What is compared letter by letter: NFKC, upper case, without spaces, hyphens and dots of any kind."""
    text = unicodedata.normalize("NFKC", clean_line(text)).upper()
    # Folding makes spaces of some signs, and taking those out lets others combine.
    return unicodedata.normalize("NFKC", _NOT_IN_A_CODE.sub("", unicodedata.normalize("NFKC", text)))


def cleaned_throughout(data: Any, clean: Callable[[str], str]) -> Any:
    """JSON or YAML `data` with every text in it cleaned; names of fields stay as they are."""
    if isinstance(data, str):
        return clean(data)
    if isinstance(data, dict):
        return {name: cleaned_throughout(value, clean) for name, value in data.items()}
    return [cleaned_throughout(value, clean) for value in data] if isinstance(data, list) else data


def folded(text: str) -> str:
    """For comparing and searching only, never kept: compatibility forms folded, lower case."""
    text = unicodedata.normalize("NFKC", clean_line(text)).lower()
    return clean_line(unicodedata.normalize("NFKC", text))


def shortened(text: str, most: int) -> str:
    """`text` in at most `most` characters: cut in the middle, the beginning and the ending kept.

    What tells two long names apart stands at their end: a number, a company's form, a file's extension.
    """
    if len(text) <= most:
        return text
    ending = most // 3
    return text[: most - ending - 1] + "…" + text[len(text) - ending :]


def sentences(*said: str) -> str:
    """Whole sentences one after another, the empty ones left out: with a blank between them where the language writes one."""
    between = "" if (get_language() or "").startswith("zh") else " "
    return between.join(str(sentence) for sentence in said if sentence)
