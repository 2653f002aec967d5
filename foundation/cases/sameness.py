"""Are these the same facts? Pure comparison of two cases by party, matter, place, time and what was written.

A case's identity is never one typed string: widths, spaces, prefixes of a place and the ending of a firm's name are noise, a code may
be missing and a party unknown. `keys_of` gives what is stored and looked up by index, `likeness` compares two cases that share a key.
The numbers below are measured: `tests/referrals/likely_cases.py` writes realistic pairs, docs/decisions/0025-same-facts.md says how many
of them are told right.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from deadlines.calendar import SHANGHAI

# Found up to this long before the other one began still counts as found in its time: two officers date one finding differently.
NEAR = dt.timedelta(days=30)
# Counted up with every change that makes keys_of give other keys for the same case: `manage.py renew_facts_keys` then renews the stored ones.
NORMALISATION = 1
LIKELY = 0.62
COPIED = 0.93
WEIGHTS = {"party": 0.3, "place": 0.2, "matter": 0.15, "time": 0.1, "facts": 0.25}

ENDINGS = re.compile(r"(集团|股份|有限责任|有限|分)*公司$|个体工商户$|有限合伙$|普通合伙$")
LEADING = re.compile(r"^(?:[一-龥]{2,8}?(?:省|自治区))?(?:[一-龥]{1,7}?市)?(?:[一-龥]{1,6}?[区县])?(?:[一-龥]{1,6}?(?:镇|乡|街道))?")
HOUSE = re.compile(r"([0-9A-Z一-龥]{1,10}?(?:路|街|巷|道|弄|胡同|大街|大道))[一-龥]{0,4}?(\d+)(?:号|#)")
UNIT = re.compile(r"([A-Z]?\d+(?:[-之]\d+)*|[一二三四五六七八九十]+)(?:号楼|幢|栋|座|单元|层|楼|室|铺|摊位|档口|户|号)")
ABOUT = re.compile(r"(门前|门口|附近|旁边|旁|院内|[东南西北]{1,2}侧|对面|沿线|路边|处|内)+$")
# Neither a letter nor a digit.
NEITHER = re.compile(r"[\W_]+")
ZEROES = str.maketrans({"O": "0", "I": "1"})


@dataclass(frozen=True)
class Who:
    """A party as it was written: `kind` is a Case.PartyKind value."""

    kind: str = ""
    name: str = ""
    code: str = ""

    # Made once, however many others it is compared with.
    @cached_property
    def by_code(self) -> str:
        return code_key(self.kind, self.code)

    @cached_property
    def by_name(self) -> str:
        return name_key(self.name)


@dataclass(frozen=True)
class Facts:
    """What makes a case the case it is. `found_at` and `ended_at` are aware; `ended_at` None: not decided or ended yet."""

    parties: tuple[Who, ...]
    matter_id: int | None
    place: str
    found_at: dt.datetime | None
    facts: str
    ended_at: dt.datetime | None = None

    @cached_property
    def spot(self) -> tuple[str, str]:
        return place_key(self.place)

    @cached_property
    def told(self) -> set[str]:
        """The pairs of characters of what was written, without the names and the place: those are compared by themselves."""
        bare = plain(self.facts)
        for noise in (plain(self.place), *(plain(who.name) for who in self.parties), *(who.by_name for who in self.parties)):
            bare = bare.replace(noise, "") if len(noise) >= 2 else bare
        return {bare[i : i + 2] for i in range(len(bare) - 1)}


@dataclass(frozen=True)
class Likeness:
    """`certain`: the same facts; otherwise `score` (0 to 1) says how like. `why` names what agrees: party, place, matter, time, facts."""

    certain: bool
    score: float
    why: tuple[str, ...]

    @property
    def likely(self) -> bool:
        return self.certain or self.score >= LIKELY


def plain(text: str) -> str:
    """One form of the same words: NFKC, upper case, only letters and digits."""
    return NEITHER.sub("", unicodedata.normalize("NFKC", text).upper())


def code_key(kind: str, code: str) -> str:
    """What identifies the party in its code: a card without its check digit, an organisation by its own nine characters; '' if none."""
    bare = plain(code)
    digits = bare.translate(ZEROES)
    if kind == "person":
        if re.fullmatch(r"\d{17}[\dX]", digits):
            return "P" + digits[:17]
        return f"P{digits[:6]}19{digits[6:]}" if re.fullmatch(r"\d{15}", digits) else "P" + bare if bare else ""
    if len(bare) == 18:
        return "O" + digits[8:17]
    return "O" + digits if bare else ""


def name_key(name: str) -> str:
    """A name without the ending that says only what sort of firm it is."""
    bare = plain(name)
    short = ENDINGS.sub("", bare)
    return short if len(short) >= 2 else bare


def place_key(place: str) -> tuple[str, str]:
    """(street and house, or the place's own words; the unit within it, '' where none is named)."""
    bare = plain(place)
    core = LEADING.sub("", bare) or bare
    house = HOUSE.search(core)
    if house:
        unit = UNIT.findall(core[house.end() :])
        return house[1] + house[2], "-".join(unit)
    core = ABOUT.sub("", core) or core
    unit = UNIT.findall(core)
    return (UNIT.sub("", core) or core, "-".join(unit))


def keys_of(facts: Facts) -> list[str]:
    """What is stored for the look-up, each a pair narrow enough to be rare even for a chain or a market hall.

    Those that begin with s are strong: without one of them nothing is certain.
    """
    found: set[tuple[str, str]] = set()
    place = facts.spot[0]
    day = facts.found_at.astimezone(SHANGHAI).date().isoformat() if facts.found_at else ""
    words = plain(facts.facts)
    marks = [("c", p.by_code) for p in facts.parties] + [("n", p.by_name) for p in facts.parties] + [("p", place)]
    for letter, mark in marks:
        if mark and facts.matter_id:
            found.add(("w" if letter == "p" else "s", f"{letter}m:{mark}:{facts.matter_id}"))
        if mark and day:
            found.add(("w", f"{letter}d:{mark}:{day}"))
    if len(words) >= 20 and day:
        # The same sentences stand in many cases; on one day they are rare.
        found.add(("w", f"f:{day}:{words}"))
    return sorted(tier + hashlib.blake2b(key.encode(), digest_size=9).hexdigest() for tier, key in found)


def likeness(new: Facts, old: Facts) -> Likeness:
    """How far `new` tells the facts of `old`."""
    party, told_apart = _parties(new.parties, old.parties)
    place, matter, time = _places(new.spot, old.spot), _matters(new, old), _times(new, old)
    facts = _alike(new.told, old.told)
    agree = {"party": party, "place": place, "matter": matter, "time": time, "facts": facts}
    score = sum(WEIGHTS[name] * value for name, value in agree.items())
    why = tuple(name for name, value in agree.items() if value >= 0.8)
    certain = party >= 0.9 and place == 1 and matter == 1 and time == 1
    if (told_apart or not all((place, matter, time))) and facts < COPIED:
        # Another firm, another place, another matter or after the decision is another case, unless its words are a copy.
        score = min(score, LIKELY - 0.01)
    return Likeness(certain, round(score, 3), why)


def _parties(new: tuple[Who, ...], old: tuple[Who, ...]) -> tuple[float, bool]:
    """(how far any two of the parties are one, whether they are surely two)."""
    best, apart = 0.4 if not new or not old else 0.0, bool(new and old)
    for one in new:
        for other in old:
            value, two = _party(one, other)
            best, apart = max(best, value), apart and two
    return best, apart


def _party(one: Who, other: Who) -> tuple[float, bool]:
    codes, names = (one.by_code, other.by_code), (one.by_name, other.by_name)
    if all(codes):
        if codes[0] == codes[1]:
            return 1.0, False
        return (0.6, False) if names[0] and names[0] == names[1] else (0.0, True)
    if not all(names):
        return 0.4, False
    if names[0] == names[1]:
        return 0.9, False
    shorter, longer = sorted(names, key=len)
    if (len(shorter) >= 4 and shorter in longer) or SequenceMatcher(None, *names).ratio() >= 0.8:
        return 0.7, False
    return 0.0, False


def _places(one: tuple[str, str], other: tuple[str, str]) -> float:
    if not one[0] or not other[0]:
        return 0.3
    if one[0] == other[0]:
        return 1.0 if one[1] == other[1] or not one[1] or not other[1] else 0.3
    shorter, longer = sorted((one[0], other[0]), key=len)
    return 0.7 if len(shorter) >= 4 and shorter in longer else 0.0


def _matters(new: Facts, old: Facts) -> float:
    if new.matter_id is None or old.matter_id is None:
        return 0.3
    return 1.0 if new.matter_id == old.matter_id else 0.0


def _times(new: Facts, old: Facts) -> float:
    """1 where the new one was found before the old one was decided or ended: until then one continuing violation is one case."""
    if new.found_at is None or old.found_at is None:
        return 0.5
    if old.ended_at is not None and new.found_at > old.ended_at:
        return 0.0
    return 1.0 if new.found_at >= old.found_at - NEAR else 0.3


def _alike(one: set[str], other: set[str]) -> float:
    """How much of the shorter text stands in the longer; 1 is a copy. A few words prove little."""
    fewer = min(len(one), len(other))
    return len(one & other) / fewer * min(1.0, fewer / 20) if fewer else 0.0
