"""Lines of a title, as GB/T 9704-2012 (7.3.1) has them: no word broken, in a trapezium or a diamond, centred.

What must not be broken is known from three places: the names that the document gives (the party, agencies, the matter), our own
list of official words, and a general dictionary (documents/vocabulary/). A name longer than a line is broken between its words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations, pairwise
from pathlib import Path

VOCABULARY = Path(__file__).resolve().parent / "vocabulary"
# 22 pt in 156 mm: twenty characters and a little.
WIDTH = 20
LONGEST_WORD = 9
NOT_FIRST = frozenset("·•、，。；：！？）》〉」』】〕”’％%‰…—～的之等")
# Small words that stand between others and belong to neither.
ON_THEIR_OWN = frozenset("和与及或在对向于为被由从将把案因以经并")
NOT_LAST = frozenset("·•（《〈「『【〔“‘第")
# A way of lines is weighed by its unevenness; beside that, what the standard's two shapes cost is small, an hourglass much.
HOURGLASS, BLOCK = 40.0, 3.0
# A line that begins with the 案 of the line before is understood, but reads badly.
TORN = 25.0
MOST_WAYS = 20_000


@lru_cache(maxsize=1)
def _costs() -> dict[str, float]:
    """What a word costs: rarer words more, our own least."""
    words = (VOCABULARY / "words.txt").read_text(encoding="utf-8").split()
    costs = {word: math.log(20 + rank) + 2 for rank, word in enumerate(words)}
    return costs | dict.fromkeys((VOCABULARY / "official.txt").read_text(encoding="utf-8").split(), 3.0)


# One character on its own: dearer than any word's share of it, so that words are found where there are any.
ALONE = 12.0


def words_of(text: str) -> list[str]:
    """`text` in words: the cheapest way through the dictionary. Runs of letters and digits stay whole."""
    costs = _costs()
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(text) + 1):
        ways = [(best[end - 1][0] + ALONE, end - 1)]
        for start in range(max(0, end - LONGEST_WORD), end - 1):
            word = text[start:end]
            if word in costs:
                ways.append((best[start][0] + costs[word], start))
        best.append(min(ways))
    cuts, at = [], len(text)
    while at:
        cuts.append(text[best[at][1] : at])
        at = best[at][1]
    return _joined(cuts[::-1])


def _joined(pieces: list[str]) -> list[str]:
    """Letters and digits of one run together; and characters that no dictionary joins: 喆堃 is somebody's name."""
    runs: list[str] = []
    lonely = False
    for piece in pieces:
        alone = len(piece) == 1 and not piece.isascii() and piece not in ON_THEIR_OWN and piece not in NOT_FIRST | NOT_LAST
        joins = runs and ((_is_latin(runs[-1][-1]) and _is_latin(piece[0])) or (alone and lonely and len(runs[-1]) < LONGEST_WORD))
        if joins:
            runs[-1] += piece
        else:
            runs.append(piece)
        lonely = alone
    return runs


def _is_latin(sign: str) -> bool:
    return sign.isascii() and not sign.isspace()


def width_of(text: str) -> float:
    """In characters: what is in ASCII is half as wide."""
    return sum(0.5 if sign.isascii() else 1.0 for sign in text)


def _unbroken(title: str, names: Sequence[str]) -> list[str]:
    """The title in pieces, each of `names` that fits on a line in one."""
    for name in sorted({n for n in (*names, *re.findall("《[^《》]+》", title)) if n}, key=len, reverse=True):
        before, found, after = title.partition(name)
        if found and width_of(name) <= WIDTH:
            return [*(_unbroken(before, names) if before else []), name, *(_unbroken(after, names) if after else [])]
    return words_of(title)


def _may_break(before: str, after: str) -> bool:
    before, after = before.rstrip(), after.lstrip()
    return bool(before and after) and after[0] not in NOT_FIRST and before[-1] not in NOT_LAST


def _glued(pieces: Iterable[str]) -> list[str]:
    """Pieces between which a line may end."""
    runs: list[str] = []
    for piece in pieces:
        if runs and not _may_break(runs[-1], piece):
            runs[-1] += piece
        else:
            runs.append(piece)
    return runs


def _cost(widths: Sequence[float]) -> float:
    """How far these lines are from even lines in a trapezium or a diamond."""
    mean = sum(widths) / len(widths)
    cost = sum((width - mean) ** 2 for width in widths)
    steps = [after - before for before, after in pairwise(widths)]
    if any(first < 0 < second for first, second in combinations(steps, 2)):
        cost += HOURGLASS
    return cost + BLOCK * sum(1 for step in steps if step == 0)


def _best(pieces: list[str], lines: int, width: float) -> list[str] | None:
    """The best way to set `pieces` in so many lines; None where none fits."""
    if len(pieces) < lines or math.comb(len(pieces) - 1, lines - 1) > MOST_WAYS:
        return None
    found: tuple[float, list[str]] | None = None
    for cuts in combinations(range(1, len(pieces)), lines - 1):
        way = ["".join(pieces[a:b]).strip() for a, b in pairwise((0, *cuts, len(pieces)))]
        widths = [width_of(line) for line in way]
        cost = _cost(widths) + TORN * sum(1 for line in way if line.startswith("案"))
        if max(widths) <= width and (found is None or cost < found[0]):
            found = (cost, way)
    return found[1] if found else None


def _filled(pieces: list[str], width: float) -> list[str]:
    """Line after line, for titles too long to weigh every way."""
    lines = [""]
    for piece in pieces:
        while width_of(piece) > width:
            lines.append(piece[: int(width)])
            piece = piece[int(width) :]
        if width_of(lines[-1] + piece) > width:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines if line.strip()]


def title_lines(title: str, names: Sequence[str] = (), width: float = WIDTH) -> list[str]:
    """`title` in lines of at most `width` characters. `names` are kept whole where they fit on a line; only spaces at the ends of
    lines are lost."""
    title = title.strip()
    if width_of(title) <= width:
        return [title]
    fewest = math.ceil(width_of(title) / width)
    for pieces in (_glued(_unbroken(title, names)), _glued(words_of(title))):
        for lines in range(fewest, fewest + 3):
            found = _best(pieces, lines, width)
            if found:
                return found
    return _filled(_glued(words_of(title)), width)
