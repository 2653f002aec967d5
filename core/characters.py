"""Which characters print in our documents, and which standard ones the private code points of GBK and GB 18030 stand for."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from django.conf import settings

_VERTICAL = (0xFE10, 0xFE12, 0xFE11, 0xFE13, 0xFE14, 0xFE15, 0xFE16, 0xFE17, 0xFE18, 0xFE19)
# GB 18030's FE50–FEA0, in order: first in the private use area, since 2005 and 2022 in Unicode.
_IDEOGRAPHS = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱䎬⺻䏝䓖䙡䙌"
    "龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
STANDARD: dict[int, int] = {
    0xE76C: 0x20AC,  # €, in GBK before 2000
    0xE7C7: 0x1E3F,  # ḿ
    0xE7C8: 0x01F9,  # ǹ
    0xE7E7: 0x303E,
    **{0xE78D + number: code for number, code in enumerate(_VERTICAL)},
    **{0xE7E8 + number: 0x2FF0 + number for number in range(12)},
    **{0xE815 + number: ord(sign) for number, sign in enumerate(_IDEOGRAPHS)},
}
# Radicals that look like a whole character and that NFKC leaves (Unicode, EquivalentUnifiedIdeograph): copied from a PDF.
RADICALS = dict(
    zip(
        map(ord, "⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⺜⺝"),
        "民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙日月",
        strict=True,
    )
)


def is_private(sign: str) -> bool:
    """Whether a code point means only what some font says that it means."""
    return unicodedata.category(sign) == "Co"


def standard(text: str) -> str:
    """`text` with every private code point that has a standard character replaced by it; other private ones stay."""
    return text.translate(STANDARD)


@lru_cache(maxsize=1)
def covered() -> frozenset[int]:
    """Every code point that prints in every face of our documents: the list that `python -m ops.fonts` writes. Read once."""
    codes: set[int] = set()
    for line in (settings.BASE_DIR / "documents" / "fonts" / "coverage.txt").read_text(encoding="ascii").split():
        first, _dash, last = line.partition("-")
        codes.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(codes)


# Line ends and what tells a shaper how to join or to break, without ink of its own.
_WITHOUT_INK = frozenset("\t\n\r\u00ad\u200b\u200c\u200d\u2060\ufeff")


def unprintable(text: str) -> list[str]:
    """The characters of `text` that no shipped face draws, each once, in their order. Private code points of GB 18030 do print:
    they are made standard where text enters."""
    known = covered()
    return [sign for sign in dict.fromkeys(standard(text)) if ord(sign) not in known and sign not in _WITHOUT_INK]


def named(signs: list[str]) -> str:
    """Characters as a person finds them again: the sign where the screen may show one, and its code point always."""
    return "、".join(f"“{s}”（U+{ord(s):04X}）" if s.isprintable() and not is_private(s) else f"U+{ord(s):04X}" for s in signs[:8])
