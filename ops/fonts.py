"""Makes documents/fonts from Debian's font packages: `python -m ops.fonts`. What it makes is in the repository.

Input: Fandol (package texlive-lang-chinese), Noto Serif and Sans CJK
(fonts-noto-cjk, fonts-noto-cjk-extra), DejaVu Sans (fonts-dejavu-core).

A PDF viewer finds the glyph of a CID-keyed CFF font through its charset (ISO 32000, 9.7.4.2), but WeasyPrint embeds fonts by
glyph id, and Fandol's charset is Adobe-GB1. MuPDF, Ghostscript, pdf.js, Acrobat and Preview then show other glyphs or none.
TrueType outlines have no charset: the glyph id is the address, in every viewer. Decision 0008 has the reasons.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.filterPen import DecomposingFilterPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parent.parent / "documents" / "fonts"
FANDOL = Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol")
NOTO = Path("/usr/share/fonts/opentype/noto")
DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")

UNITS = 1000
# The farthest that a converted outline may lie from its original, in thousandths of the type size: 0.006 mm at 16 pt.
FARTHEST = 1.0
# Fandol's own line metrics. All our faces have them, so that a line with a rare name sits where the others do.
ASCENT, DESCENT = 880, -120

SIMPLIFIED_CHINESE_IN_COLLECTION = 2  # Noto's .ttc: JP, KR, SC, TC, HK
SPACE = 0x20

# What offices type beside ideographs: Latin, Greek, Cyrillic, punctuation, units, numbers in rings, arrows, boxes, kana.
SIGNS = (
    (0x00A0, 0x024F), (0x0250, 0x02FF), (0x0370, 0x045F), (0x1E00, 0x1EFF), (0x2000, 0x200A), (0x2010, 0x2027), (0x202F, 0x205E),
    (0x2070, 0x209C), (0x20A0, 0x20BF), (0x2100, 0x218B), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2300, 0x23FF), (0x2460, 0x24FF),
    (0x2500, 0x259F), (0x25A0, 0x25FF), (0x2600, 0x26FF), (0x2700, 0x27BF), (0x27E6, 0x27EB), (0x2900, 0x297F), (0x2A00, 0x2AFF),
    (0x2B00, 0x2BFF), (0x3000, 0x303F), (0x3041, 0x30FF), (0x3105, 0x312F), (0x31A0, 0x31BF), (0x31C0, 0x31E3), (0x31F0, 0x31FF),
    (0x3200, 0x33FF), (0xFE10, 0xFE1F), (0xFE30, 0xFE6B), (0xFF00, 0xFFEE),
)  # fmt: skip
IDEOGRAPHS = (
    (0x2E80, 0x2EF3), (0x2F00, 0x2FD5), (0x2FF0, 0x2FFB), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAD9), (0x20000, 0x323AF),
)  # fmt: skip
# Page numbers, codes, hashes: the only uses of plain 宋体. The test of the style sheet says when that is no longer so.
SONG_ONLY = "— 校验码扫或凭可核验本件真伪预览"


@dataclass(frozen=True)
class Face:
    """One font that we ship: its file, its family as the style sheet names it, its sources in order, and which characters."""

    file: str
    family: str
    sources: tuple[tuple[Path, int], ...]
    characters: frozenset[int]
    licence: str


def within(ranges: Iterable[tuple[int, int]]) -> frozenset[int]:
    return frozenset(code for first, last in ranges for code in range(first, last + 1))


def gb2312() -> frozenset[int]:
    """The characters that Fandol draws in one hand: GB 2312 and ASCII, and the middle dot of names."""
    codes = set(range(SPACE, 0x7F)) | {0x00B7}
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                codes.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return frozenset(codes)


def faces(fandol: Path, noto: Path) -> list[Face]:
    """Everything that is shipped, in the order in which a stack is searched."""
    common, rare = gb2312(), within(SIGNS) | within(IDEOGRAPHS)
    song = frozenset(range(SPACE, 0x7F)) | {ord(c) for c in SONG_ONLY}

    def ours(style: str, name: str, characters: frozenset[int]) -> Face:
        return Face(f"Yisong{name}.ttf", f"Yisong {name}", ((fandol / f"Fandol{style}.otf", -1),), characters, "GPL-3.0 with font exception")

    def names(cuts: tuple[str, str], name: str) -> Face:
        # Noto Sans has the five newest ideographs of GB 18030 (U+9FEB–9FEF), which this Noto Serif has not.
        sources = tuple((noto / f"Noto{cut}.ttc", SIMPLIFIED_CHINESE_IN_COLLECTION) for cut in cuts)
        return Face(f"Yisong{name}.ttf", f"Yisong {name}", sources, rare - everywhere, "OFL-1.1")

    made = [
        ours("Fang-Regular", "Fang", common), ours("Kai-Regular", "Kai", common), ours("Hei-Regular", "Hei", common),
        ours("Song-Bold", "Title", common), ours("Song-Regular", "Song", song),
    ]  # fmt: skip
    drawn = [set(TTFont(face.sources[0][0], lazy=True).getBestCmap()) & face.characters for face in made[:4]]
    everywhere = frozenset(set.intersection(*drawn))
    # By mean thickness of stroke in pixels at 200 pixels: Fang 3.1 and Kai 3.7 beside ExtraLight 3.4; Title 6.1 and Hei 7.0
    # beside Bold 6.7. A name is neither lighter nor darker than the words around it.
    made.append(names(("SerifCJK-ExtraLight", "SansCJK-Light"), "Names"))
    made.append(names(("SerifCJK-Bold", "SansCJK-Regular"), "NamesBold"))
    known = set(TTFont(made[-1].sources[0][0], fontNumber=SIMPLIFIED_CHINESE_IN_COLLECTION, lazy=True).getBestCmap())
    made.append(Face("YisongSigns.ttf", "Yisong Signs", ((DEJAVU, -1),), within(SIGNS) - known - everywhere, "Bitstream Vera and public domain"))
    return made


def outline(source: TTFont, glyphs: Any, name: str, scale: float) -> Any:
    """One glyph with quadratic curves in our units."""
    pen = TTGlyphPen(None)
    drawing = TransformPen(pen, (scale, 0, 0, scale, 0, 0))
    # Cubic outlines run the other way round; quadratic sources (DejaVu) keep their direction.
    quadratic = Cu2QuPen(drawing, FARTHEST / scale, reverse_direction="CFF " in source)
    glyphs[name].draw(DecomposingFilterPen(quadratic, glyphs))
    return pen.glyph()


def build(face: Face, target: Path) -> set[int]:
    """Write one face; returns the characters that it draws. Glyph ids follow the code points, two characters never share one."""
    found: dict[int, tuple[Any, int]] = {}
    names, mapping = [".notdef"], {}
    for number, (path, index) in enumerate(face.sources):
        source = TTFont(path, fontNumber=index, lazy=True)
        glyphs, cmap, scale = source.getGlyphSet(), source.getBestCmap(), UNITS / source["head"].unitsPerEm
        if number == 0:
            empty = (outline(source, glyphs, ".notdef", scale), round(source["hmtx"][".notdef"][0] * scale))
        for code in sorted(face.characters & set(cmap)):
            if code not in found:
                width = round(source["hmtx"][cmap[code]][0] * scale)
                found[code] = (outline(source, glyphs, cmap[code], scale), width)
    drawn = {".notdef": empty}
    for code in sorted(found):
        name = f"u{code:05X}"
        names.append(name)
        mapping[code] = name
        drawn[name] = found[code]
    _save(face, target, names, mapping, drawn)
    return set(found)


def _save(face: Face, target: Path, names: list[str], mapping: dict[int, str], drawn: dict[str, tuple[Any, int]]) -> None:
    builder = FontBuilder(UNITS, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(mapping)
    builder.setupGlyf({name: glyph for name, (glyph, _width) in drawn.items()})
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics({name: (width, getattr(table[name], "xMin", 0)) for name, (_glyph, width) in drawn.items()})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupNameTable({
        "familyName": face.family, "styleName": "Regular", "uniqueFontIdentifier": face.file,
        "fullName": face.family, "psName": face.file.removesuffix(".ttf"), "version": "Version 1.0",
        "licenseDescription": f"{face.licence}; changed from {', '.join(path.name for path, _index in face.sources)}: see README.md",
    })  # fmt: skip
    builder.setupOS2(
        sTypoAscender=ASCENT, sTypoDescender=DESCENT, sTypoLineGap=0, usWinAscent=ASCENT, usWinDescent=-DESCENT, fsType=0, xAvgCharWidth=UNITS
    )
    builder.setupPost(keepGlyphNames=False)
    builder.font["head"].created = builder.font["head"].modified = 0  # the same input makes the same file
    builder.font.recalcTimestamp = False
    builder.save(target / face.file)


def ranges_of(codes: set[int]) -> list[str]:
    """Code points as lines of hexadecimal ranges."""
    lines, ordered = [], sorted(codes)
    first = last = ordered[0]
    for code in [*ordered[1:], sys.maxunicode + 2]:
        if code != last + 1:
            lines.append(f"{first:04X}" if first == last else f"{first:04X}-{last:04X}")
            first = code
        last = code
    return lines


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--fandol", type=Path, default=FANDOL, help="folder with Fandol*.otf")
    asked.add_argument("--target", type=Path, default=TARGET)
    asked.add_argument("--noto", type=Path, default=NOTO, help="folder with Noto*CJK-*.ttc")
    given = asked.parse_args()
    drawn: dict[str, set[int]] = {}
    for face in faces(given.fandol, given.noto):
        drawn[face.file] = build(face, given.target)
        size = (given.target / face.file).stat().st_size / 1e6
        sys.stdout.write(f"{face.file}: {len(drawn[face.file])} characters, {size:.1f} MB\n")
    stacks = [("YisongFang", "YisongNames"), ("YisongKai", "YisongNames"), ("YisongHei", "YisongNamesBold"), ("YisongTitle", "YisongNamesBold")]
    whole = [set.union(*(drawn[f"{name}.ttf"] for name in (*stack, "YisongSigns"))) for stack in stacks]
    (given.target / "coverage.txt").write_text("\n".join(ranges_of(set.intersection(*whole))) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
