"""One PDF as four independent viewers show it: poppler, MuPDF, PDFium and Ghostscript; and where they differ, glyph by glyph."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pymupdf
import pypdfium2
from PIL import Image

DPI = 200
# A glyph whose blurred pictures in two viewers correlate less is another glyph. Anti-aliasing alone stays above 0.87; two
# different ideographs stay below 0.7 (measured over all of the documents).
SAME = 0.85
# Ink of the smallest sign (a middle dot at 8 pt) is above this many black pixels.
SOME_INK = 1.0
MOVES = [(x, y) for x in (0, -1, 1, -2, 2) for y in (0, -1, 1, -2, 2) if (x, y) != (0, 0)]


@dataclass(frozen=True)
class Glyph:
    """A character of the text layer and its box on the page, in points from the upper left."""

    page: int
    sign: str
    box: tuple[float, float, float, float]


def glyphs_of(pdf: Path) -> list[Glyph]:
    found = []
    with pymupdf.open(pdf) as opened:
        for number, page in enumerate(opened):
            for block in page.get_text("rawdict", flags=pymupdf.TEXT_PRESERVE_WHITESPACE)["blocks"]:
                for line in block.get("lines", ()):
                    for span in line["spans"]:
                        found += [_glyph(number, char, span["size"]) for char in span["chars"] if not char["c"].isspace()]
    return found


def _glyph(page: int, char: dict, size: float) -> Glyph:
    """The box of a glyph from its own origin: an em square, whatever the viewer says of the font's ascent."""
    x, y = char["origin"]
    left, _top, right, _bottom = char["bbox"]
    return Glyph(page, char["c"], (left, y - 0.9 * size, max(right, x + 0.2 * size), y + 0.3 * size))


def poppler(pdf: Path) -> tuple[list[np.ndarray], str]:
    made = subprocess.run(["pdftoppm", "-r", str(DPI), "-gray", str(pdf)], capture_output=True, check=True).stdout
    said = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    return _portable(made), said


def mupdf(pdf: Path) -> tuple[list[np.ndarray], str]:
    with pymupdf.open(pdf) as opened:
        shots = [page.get_pixmap(dpi=DPI, colorspace=pymupdf.csGRAY) for page in opened]
        pictures = [np.frombuffer(s.samples, dtype=np.uint8).reshape(s.height, s.stride)[:, : s.width] for s in shots]
        return pictures, "".join(page.get_text() for page in opened)


def pdfium(pdf: Path) -> tuple[list[np.ndarray], str]:
    opened = pypdfium2.PdfDocument(pdf)
    try:
        pictures = [np.asarray(page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L")) for page in opened]
        return pictures, "".join(page.get_textpage().get_text_range() for page in opened)
    finally:
        opened.close()


def ghostscript(pdf: Path) -> tuple[list[np.ndarray], str]:
    gs = ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER"]
    drawn = ["-sDEVICE=pgmraw", f"-r{DPI}", "-dTextAlphaBits=4", "-dGraphicsAlphaBits=4", "-sOutputFile=-"]
    made = subprocess.run([*gs, *drawn, str(pdf)], capture_output=True, check=True).stdout
    said = subprocess.run([*gs, "-sDEVICE=txtwrite", "-sOutputFile=-", str(pdf)], capture_output=True, check=True).stdout
    # Its text device spoils what lies beyond the basic plane (a high surrogate and a wrong low one), in ours as in any file.
    return _portable(made), re.sub(rb"\xed[\xa0-\xaf].{4}", b"", said).decode()


ENGINES = {"poppler": poppler, "MuPDF": mupdf, "PDFium": pdfium, "Ghostscript": ghostscript}


def _portable(raw: bytes) -> list[np.ndarray]:
    """The pictures of a stream of binary PGM."""
    stream, pictures = io.BytesIO(raw), []
    while stream.tell() < len(raw):
        start = stream.tell()
        with Image.open(stream) as picture:
            width, height = picture.size
            header = raw.index(b"255\n", start) + 4 - start
        end = start + header + width * height
        pictures.append(np.frombuffer(raw[start + header : end], dtype=np.uint8).reshape(height, width))
        stream.seek(end)
    return pictures


def _ink(picture: np.ndarray, box: tuple[float, float, float, float], right: int = 0, down: int = 0) -> np.ndarray:
    """How dark each pixel of the box is, 0 to 1; the box may be moved by some pixels."""
    x0, y0, x1, y1 = (round(at * DPI / 72) for at in box)
    return 1.0 - picture[max(y0 + down, 0) : y1 + down, max(x0 + right, 0) : x1 + right].astype(np.float32) / 255


def _blurred(ink: np.ndarray) -> np.ndarray:
    """Each pixel with its neighbours: half a pixel to the left is the same glyph."""
    wide = np.pad(ink, 1)
    height, width = ink.shape
    return sum(wide[y : y + height, x : x + width] for y in range(3) for x in range(3)) / 9


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    if one.shape != other.shape:
        return 0.0
    a, b = _blurred(one).ravel(), _blurred(other).ravel()
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / scale if scale else 0.0


def likeness(glyph: Glyph, one: np.ndarray, other: np.ndarray) -> float:
    """How alike two pages show a glyph: 1 for the same, near 0 for unlike ones. Viewers round to pixels differently: a
    picture may lie up to two pixels (a quarter of a millimetre) away."""
    here = _ink(one, glyph.box)
    best = _correlation(here, _ink(other, glyph.box))
    for right, down in MOVES:
        if best > 0.95:
            break
        best = max(best, _correlation(here, _ink(other, glyph.box, right, down)))
    return best


def signs_of(text: str) -> str:
    """The characters of a text layer in no order: viewers read columns differently."""
    return "".join(sorted(c for c in text if not c.isspace() and c.isprintable()))


def differences(pdf: Path) -> list[str]:
    """Every place where a viewer says another text than MuPDF, draws nothing, or draws another glyph than the others."""
    glyphs = glyphs_of(pdf)
    shown = {name: engine(pdf) for name, engine in ENGINES.items()}
    found, wanted = [], signs_of("".join(glyph.sign for glyph in glyphs))
    for name, (_pictures, said) in shown.items():
        expected = "".join(c for c in wanted if ord(c) < 0x10000) if name == "Ghostscript" else wanted
        if signs_of(said) != expected:
            found.append(f"{name} reads another text")
    pages = {name: pictures for name, (pictures, _said) in shown.items()}
    first, *others = pages
    for glyph in glyphs:
        blank = [name for name in pages if _ink(pages[name][glyph.page], glyph.box).sum() < SOME_INK]
        found += [f"{name} draws nothing for {_named(glyph)}" for name in blank]
        for other in others:
            alike = likeness(glyph, pages[first][glyph.page], pages[other][glyph.page])
            if alike < SAME:
                found.append(f"{first} and {other} differ in {_named(glyph)}: {alike:.2f}")
    return found


def _named(glyph: Glyph) -> str:
    return f"{glyph.sign} (U+{ord(glyph.sign):04X}, page {glyph.page + 1})"
